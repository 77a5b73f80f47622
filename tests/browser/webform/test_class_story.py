"""A class on four shared tablets in a room without a network: the whole lesson, from preparing to "you may leave"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form, pin_of

FORM = """
| survey |
|        | type                 | name    | label::Tiếng Việt (vi)        | label::ខ្មែរ (km)               | label::English (en)         | appearance   | media::image | required |
|        | note                 | hello   | Chào em!                      | សួស្តីប្អូន!                     | Hello!                      |              | yard.png     |          |
|        | select_one feeling   | feeling | Ở trường em thấy thế nào?     | នៅសាលា ប្អូនមានអារម្មណ៍យ៉ាងណា? | How do you feel at school?  | faces        |              | yes      |
|        | select_multiple wish | wishes  | Em muốn có gì ở sân trường?   | ប្អូនចង់បានអ្វីនៅទីធ្លាសាលា?    | What should the yard have?  | picture-grid |              |          |
|        | image                | drawing | Em vẽ sân trường em muốn.     | គូរទីធ្លាសាលាដែលប្អូនចង់បាន។  | Draw the yard you wish for. | draw         |              |          |
|        | audio                | voice   | Em nói cho người lớn nghe.    | និយាយប្រាប់មនុស្សធំ។           | Tell grown-ups.             |              |              |          |
|        | text                 | message | Em viết cho người lớn.        | សរសេរទៅមនុស្សធំ។              | Write to grown-ups.         |              |              |          |

| choices |
|         | list_name | name  | label::Tiếng Việt (vi) | label::ខ្មែរ (km) | label::English (en) | emoji |
|         | feeling   | happy | Vui                    | សប្បាយ           | Happy               | 😀    |
|         | feeling   | so_so | Bình thường            | ធម្មតា            | So-so               | 😐    |
|         | feeling   | sad   | Buồn                   | មិនសប្បាយ        | Sad                 | 🙁    |
|         | wish      | tree  | Cây                    | ដើមឈើ            | Trees               | 🌳    |
|         | wish      | ball  | Sân bóng               | ទីលានបាល់        | Ball ground         | ⚽    |
|         | wish      | water | Nước uống              | ទឹកផឹក            | Drinking water      | 🚰    |

| settings |
|          | form_title | form_id     | version | default_language | min_age | max_age |
|          | Sân trường | school-yard | 1       | Tiếng Việt (vi)  | 7       | 10      |
"""
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cfc00000030101002f4c8a570000000049454e44ae426082"
)
NOTHING_LEFT: dict[str, list[Any]] = {"drafts": [], "outbox": [], "attachments": []}


@dataclass
class Lesson:
    """What has to be found at the server afterwards."""

    code: str
    pin: str
    cards: list[str]
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Of each submission, as its child gave them."""
    receipts: list[str] = field(default_factory=list)
    cards_given: int = 0

    def next_card(self) -> str:
        self.cards_given += 1
        return self.cards[self.cards_given - 1]


@pytest.fixture
def tablets(browser: Browser, server: Server, tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Switches on the tablet of this name; once more, with the same memory, when it was on before."""
    running: dict[str, BrowserContext] = {}
    errors: list[str] = []

    def switch_on(name: str) -> Child:
        if name in running:
            running[name].close()
        running[name] = browser.browser_type.launch_persistent_context(
            tmp_path / name,
            executable_path=find_chromium(),
            args=ARGUMENTS,
            permissions=["microphone"],
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            viewport={"width": 820, "height": 1180},
            has_touch=True,
            reduced_motion="reduce",
        )
        page = running[name].pages[0]
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(f"{name}: {error}"))
        return Child(running[name], page, server)

    yield switch_on
    for context in running.values():
        context.close()
    assert errors == []


def test_a_class_on_four_shared_tablets_without_a_network(tablets: Callable[[str], Child], server: Server) -> None:
    lesson = open_the_consultation(server)
    red, green, blue, white = class_set = [tablets(name) for name in ("red", "green", "blue", "white")]

    # In the staff room there is Wi-Fi: the teacher prepares each tablet and hands it to the class.
    for tablet in class_set:
        prepare(tablet, lesson)
    for tablet in class_set:
        tablet.context.set_offline(True)

    # In the classroom there is none. An draws; Bình begins in Vietnamese and goes on in Khmer; Chi skips what she may.
    begin(red, lesson, "vi")
    answer(red, feeling="happy")
    draw(red)
    finish(red, lesson, message="An vẽ cây phượng")
    nothing_of_her_is_left(red, "An vẽ cây phượng", lesson)
    begin(red, lesson, "vi")
    answer(red, feeling="so_so", wishes=["tree", "ball"])
    red.change_language("km")
    assert red.page.locator("[data-question=drawing] .question__title").inner_text() == "គូរទីធ្លាសាលាដែលប្អូនចង់បាន។"
    finish(red, lesson, message="ខ្ញុំចង់បានដើមឈើ")
    begin(red, lesson, "en")
    answer(red, feeling="sad")
    skip_the_rest(red)
    finish(red, lesson)

    # Dung speaks her answer; Em has to go and keeps hers for later; Giang comes between; Em comes back.
    begin(green, lesson, "vi")
    answer(green, feeling="happy", wishes=["water"])
    speak(green)
    finish(green, lesson, message="Em là Dung, em nói xong rồi")
    card_of_em = begin(green, lesson, "vi")
    answer(green, feeling="sad", wishes=["water"])
    stop_and_keep(green)
    begin(green, lesson, "vi", beside_a_draft=True)
    answer(green, feeling="happy")
    finish(green, lesson, message="Giang thích bóng đá")
    come_back(green, card_of_em, at="drawing")
    finish(green, lesson, message="Em quay lại viết tiếp")

    # Hà is in the middle when the tablet's browser dies; still without a network, her card opens her answers again.
    begin(blue, lesson, "km")
    answer(blue, feeling="so_so")
    finish(blue, lesson, message="ខ្ញុំចង់លេង")
    card_of_ha = begin(blue, lesson, "vi")
    answer(blue, feeling="happy", wishes=["ball"])
    draw(blue)
    blue = class_set[2] = tablets("blue")
    blue.context.set_offline(True)
    blue.open(lesson.code)
    come_back(blue, card_of_ha, at="voice")
    finish(blue, lesson, message="Hà viết sau khi máy tắt")

    # Khoa has no card; Lan does not want to, and that is all there is to it; Minh is the last.
    begin(white, lesson, "vi", card=False)
    answer(white, feeling="so_so")
    finish(white, lesson, message="Khoa")
    says_no(white)
    begin(white, lesson, "vi")
    answer(white, feeling="happy", wishes=["tree", "ball", "water"])
    draw(white)
    speak(white)
    finish(white, lesson, message="Minh vẽ và nói")

    assert server.rows(SUBMISSIONS, lesson.code) == []
    assert len(lesson.answers) == 10
    for tablet in class_set:
        assert what_the_teacher_reads(tablet, lesson, "unreachable")

    # Back in the staff room: it sends by itself, and only the teacher's own screen says that she may leave.
    for tablet in class_set:
        tablet.context.set_offline(False)
    for tablet, children in zip(class_set, (3, 3, 2, 2), strict=True):
        tablet.wait_until_sent()
        assert re.findall(r"\d+", what_the_teacher_reads(tablet, lesson, "all")) == [str(children)] * 2

    stored = {row[0]: row[1:] for row in server.rows(SUBMISSIONS, lesson.code)}
    assert {identity: row[0] for identity, row in stored.items()} == lesson.answers
    assert sorted(row[1:3] for row in stored.values()) == [("accepted", "known")] * 9 + [("accepted", "none")]
    assert sorted(row[3] for row in stored.values()) == ["en"] + ["km"] * 2 + ["vi"] * 7
    made = [
        name for answers in lesson.answers.values() for name in (answers.get("drawing"), answers.get("voice")) if name
    ]
    attachments = server.rows(ATTACHMENTS, lesson.code)
    assert sorted(name for name, *_ in attachments) == sorted(made)
    assert {(question, state, kind.split("/")[0]) for _, question, state, kind in attachments} == {
        ("drawing", "stored", "image"),
        ("voice", "stored", "audio"),
    }
    assert len(made) == 5

    # And on no tablet is anything left of any child.
    for tablet in class_set:
        kept = tablet.kept()
        assert {name: kept[name] for name in NOTHING_LEFT} == NOTHING_LEFT
        left = json.dumps(kept, ensure_ascii=False) + tablet.page.content()
        left += tablet.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        secrets = [
            *lesson.receipts,
            *lesson.cards,
            *(one["message"] for one in lesson.answers.values() if "message" in one),
        ]
        assert [secret for secret in secrets if secret in left] == []


SUBMISSIONS = (
    "select s.id::text, answers, s.status, card_state, language from submission s"
    " join consultation c on c.id = s.consultation_id where join_code = %s"
)
ATTACHMENTS = (
    "select name, question, state, media_type from attachment a"
    " join consultation c on c.id = a.consultation_id where join_code = %s"
)


def open_the_consultation(server: Server) -> Lesson:
    code = open_form(server, FORM, {"yard.png": PICTURE})
    issued = server.as_staff("facilitator").call(
        "issue_cards", commune="29242", school=None, quantity=9, birth_year=2017
    )
    return Lesson(code, pin_of(server, code), [row["card"] for row in issued])


def prepare(tablet: Child, lesson: Lesson) -> None:
    """Before class: everything is on the tablet, and it knows that it goes from child to child."""
    tablet.open(lesson.code)
    tablet.open_teacher()
    tablet.page.click("[data-teacher=prepare]")
    for what in ("questions", "media", "restart"):
        expect(tablet.page.locator(f"[data-ready={what}]")).to_have_attribute("data-state", "ok")
    tablet.page.click("[data-teacher=hand-around]")
    tablet.type_pin(lesson.pin)
    tablet.page.wait_for_selector("[data-hand-around=on]")
    tablet.page.click("[data-teacher=back]")
    tablet.wait_for("pass")


def begin(tablet: Child, lesson: Lesson, language: str, *, card: bool = True, beside_a_draft: bool = False) -> str:
    """The next child takes the tablet and comes to the first question; her card, "" without one."""
    tablet.wait_for("pass")
    tablet.page.click("[data-pass]")
    if beside_a_draft:
        tablet.page.click("[data-anew]")
    hers = lesson.next_card() if card else ""
    tablet.go_in(language, hers)
    return hers


def answer(tablet: Child, feeling: str, wishes: Sequence[str] = ()) -> None:
    """From the welcome to the drawing."""
    assert tablet.at() == "hello"
    assert tablet.page.locator(".question__image").evaluate("one => one.decode().then(() => one.naturalWidth)") == 1
    tablet.next()
    tablet.page.locator(f"[value={feeling}]").check()
    tablet.next()
    for wish in wishes:
        tablet.page.locator(f"[value={wish}]").check()
    tablet.next()
    assert tablet.at() == "drawing"


def draw(tablet: Child) -> None:
    paper = tablet.page.locator("[data-question=drawing] canvas")
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box
    mouse = tablet.page.mouse
    mouse.move(box["x"] + 40, box["y"] + 40)
    mouse.down()
    for step in range(1, 6):
        mouse.move(box["x"] + 40 + step * 25, box["y"] + 40 + (step % 2) * 50)
    mouse.up()
    tablet.page.wait_for_function(KEPT, arg="drawing")
    tablet.next()


def speak(tablet: Child) -> None:
    if tablet.at() == "drawing":
        tablet.next()
    tablet.page.click("[data-record]")
    expect(tablet.page.locator(".is-recording")).to_be_visible()
    tablet.page.wait_for_timeout(1_200)
    tablet.page.click("[data-record]")
    tablet.page.wait_for_function(KEPT, arg="voice")


def finish(tablet: Child, lesson: Lesson, message: str = "") -> None:
    """What is left is passed over, but for what she writes; then she sends it and gives the tablet away."""
    while tablet.screen() == "question":
        if tablet.at() == "message" and message:
            tablet.page.locator("textarea").fill(message)
        tablet.next()
    lesson.receipts.append(tablet.send())
    (sent,) = [one["item"] for one in tablet.kept()["outbox"] if one["id"] not in lesson.answers]
    lesson.answers[sent["id"]] = sent["answers"]
    tablet.page.click("[data-next-child]")


def skip_the_rest(tablet: Child) -> None:
    while tablet.screen() == "question":
        here = tablet.page.locator("[data-screen]").element_handle()
        tablet.page.click("[data-way=skip]")
        tablet.page.wait_for_function("here => !here.isConnected", arg=here)


def stop_and_keep(tablet: Child) -> None:
    tablet.page.click("#stop")
    tablet.page.click("[data-stop=keep]")
    tablet.wait_for("kept")
    tablet.page.click("[data-next-child]")


def come_back(tablet: Child, card: str, at: str) -> None:
    """She says by the digits of her card that the answers under its animal are hers."""
    tablet.wait_for("pass")
    tablet.page.click("[data-pass]")
    tablet.wait_for("gate")
    tablet.page.click("[data-continue]")
    tablet.wait_for("digits")
    tablet.tap_digits(card[-4:])
    tablet.wait_for("question")
    assert tablet.at() == at


def says_no(tablet: Child) -> None:
    tablet.wait_for("pass")
    tablet.page.click("[data-pass]")
    tablet.choose_language("vi")
    tablet.without_card()
    tablet.assent("no")
    tablet.wait_for("refused")
    tablet.page.click("[data-next-child]")


def nothing_of_her_is_left(tablet: Child, message: str, lesson: Lesson) -> None:
    """For the next child, whichever way she tries."""
    for step in ("go_back", "reload", "go_forward"):
        getattr(tablet.page, step)()
        tablet.wait_for("pass")
        assert message not in tablet.page.content()
        assert lesson.receipts[-1] not in tablet.page.content()


def what_the_teacher_reads(tablet: Child, lesson: Lesson, arrivals: str) -> str:
    """On her own screen, behind the PIN, once it says so; she leaves it again."""
    tablet.wait_for("pass")
    tablet.page.click("#for-teacher")
    tablet.type_pin(lesson.pin)
    tablet.wait_for("teacher")
    told = tablet.page.locator("[data-arrivals]")
    expect(told).to_have_attribute("data-arrivals", arrivals)
    text = told.inner_text()
    tablet.page.click("[data-teacher=back]")
    tablet.wait_for("pass")
    return text


# The drawing or the voice is safe on the tablet and belongs to the answers.
KEPT = """question => new Promise((resolve, reject) => {
    const opening = indexedDB.open("survey-app");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
        const database = opening.result;
        database.transaction("drafts").objectStore("drafts").getAll().onsuccess = ({target}) => {
            database.close();
            resolve(target.result.some(draft => draft.answers[question]));
        };
    };
})"""
