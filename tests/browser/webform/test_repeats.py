"""Questions that are asked once for each brother and sister: add one, go back, take one away."""

from __future__ import annotations

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form

FORM = """
| survey |
|        | type         | name     | label::Tiếng Việt (vi)     | calculation   | relevant   |
|        | text         | hello    | Em chào mọi người nhé      |               |            |
|        | begin repeat | siblings | Anh chị em                 |               |            |
|        | text         | called   | Em gọi là gì?              |               |            |
|        | integer      | years    | Mấy tuổi?                  |               |            |
|        | text         | school   | Học lớp mấy?               |               | ${years}>5 |
|        | end repeat   |          |                            |               |            |
|        | calculate    | together |                            | sum(${years}) |            |
|        | note         | all      | Cộng lại ${together} tuổi  |               |            |

| settings |
|          | form_title | form_id     | version | default_language | min_age | max_age |
|          | Anh chị em | with-repeat | 1       | Tiếng Việt (vi)  | 7       | 10      |
"""


def answer(child: Child, text: str) -> None:
    child.page.locator("textarea, input[inputmode=numeric]").fill(text)
    child.next()


def add(child: Child, called: str, years: str) -> None:
    child.page.click("[data-add-time]")
    child.page.wait_for_selector("[data-question=called]")
    answer(child, called)
    answer(child, years)


def test_a_child_adds_goes_back_changes_and_takes_away(child: Child, server: Server) -> None:
    child.open(open_form(server, FORM))
    child.without_card()
    child.assent()
    child.wait_for("question")
    identity = child.draft()["id"]
    answer(child, "Chào")
    assert child.at() == "siblings/more"
    add(child, "chị Hai", "12")
    assert child.at() == "siblings/0/school"
    answer(child, "lớp 6")
    add(child, "em Út", "3")
    # A small one is not asked about school.
    assert child.at() == "siblings/more"
    add(child, "bé Na", "2")
    child.page.click("[data-way=back]")
    child.page.wait_for_selector("[data-at='siblings/2/years']")
    assert child.page.locator("input[inputmode=numeric]").input_value() == "2"
    answer(child, "1")
    child.page.reload()
    child.page.wait_for_selector("[data-at='siblings/more']")
    child.next()
    assert "16" in child.page.locator(".question__title").inner_text()
    child.next()
    assert child.page.locator(".review__time h2").count() == 3
    # Taking one away is asked first, and may be thought better of.
    child.page.click("[data-remove-time='siblings/1']")
    child.page.locator("dialog .button--main").click()
    assert child.page.locator(".review__time h2").count() == 3
    child.page.click("[data-remove-time='siblings/1']")
    child.page.click("[data-remove-yes]")
    child.page.wait_for_function("() => document.querySelectorAll('.review__time h2').length === 2")
    # What it newly opens is asked, and then the review comes back.
    child.page.locator("[data-edit=years]").last.click()
    child.page.wait_for_selector("[data-at='siblings/1/years']")
    answer(child, "8")
    assert child.at() == "siblings/1/school"
    answer(child, "lớp 2")
    assert child.screen() == "review"
    child.send()
    child.wait_until_sent()
    ((answers, status),) = server.rows("select answers, status from submission where id = %s", identity)
    assert answers["siblings"] == [
        {"called": "chị Hai", "years": 12, "school": "lớp 6"},
        {"called": "bé Na", "years": 8, "school": "lớp 2"},
    ]
    assert (int(answers["together"]), status) == (20, "accepted")
