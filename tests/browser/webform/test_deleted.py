"""A consultation that is deleted while children answer: nothing of theirs is lost, and nobody new comes in."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child


def test_who_is_answering_goes_on_and_who_comes_is_told_that_it_is_over(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    code = server.open_consultation()
    child, stranger = new_tablet(), new_tablet()
    child.begin(code=code)
    child.answer_here()
    child.next()
    consultation = server.rows("select id from consultation where join_code = %s", code)[0][0]
    asking = server.as_staff("facilitator")
    deletion = asking.call("delete_item", kind="consultation", item=str(consultation))[0]["delete_item"]

    child.page.reload()
    child.wait_for("question")
    child.answer_all()
    child.send()
    child.wait_until_sent()
    received = "select count(*) from submission where consultation_id = %s and status = 'accepted'"
    assert server.rows(received, consultation) == [(1,)]
    child.open(code)
    expect(child.page.get_by_text("Đợt lấy ý kiến này đã kết thúc. Em hỏi thầy cô nhé.")).to_be_visible()
    stranger.open(code)
    expect(stranger.page.get_by_text("Chưa tìm thấy mã này.")).to_be_visible()

    asking.call("restore_item", deletion=deletion)
    tally = server.rows("select accepted, uncarded from consultation_tally where consultation_id = %s", consultation)
    assert tally == [(1, 1)]
    stranger.open(code)
    stranger.wait_for("language")
