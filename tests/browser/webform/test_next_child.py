"""What the next child on the same tablet costs: what she says goes out, nothing comes in."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import pin_of

LIVE_COUNT = "/api/presence"
"""The teacher's live count: at most one small report in five seconds, which nobody waits for."""


def answer_and_send(child: Child) -> None:
    child.go_in()
    child.answer_all()
    child.send()
    child.wait_until_sent()


def test_the_next_child_asks_for_nothing_but_to_be_stored(child: Child, server: Server) -> None:
    child.open()
    child.wait_until_works_offline()
    child.hand_around(pin_of(server, server.join_code))
    child.page.click("[data-pass]")
    answer_and_send(child)
    asked: Counter[tuple[str, str]] = Counter()
    child.context.on("request", lambda request: asked.update([(request.method, urlsplit(request.url).path)]))
    for children in (1, 2):
        child.page.click("[data-next-child]")
        child.wait_for("pass")
        child.page.click("[data-pass]")
        answer_and_send(child)
        del asked["POST", LIVE_COUNT]
        assert asked == {("POST", "/api/submissions"): children}
