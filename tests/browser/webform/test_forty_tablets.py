"""Forty tablets on the Wi-Fi of a school, none with the right time: every answer arrives, once, and as it was given."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from tests.browser.conftest import Server
from tests.browser.webform.bad_link import LOST, PASSES, UNCONFIRMED, BadLink, bad_links
from tests.browser.webform.child import Child

TABLETS = 40
ANSWERS_EACH = 10
SEED = 2221
YEAR = timedelta(days=365)
OF_THE_FORM_ITSELF = range(1, TABLETS, 13)
"""Tablets on which one of the ten answers is tapped through the form from its first screen to its last."""
TAPPED_ROUND = 4
LAST_LESSONS = 8
"""From this answer on all tablets are without a network; it comes back when the consultation is closed."""
LONGEST_PAUSE = timedelta(minutes=5)
"""Between two tries of a tablet."""
MOST_PAUSES = 60
CLOCK_ERROR = timedelta(minutes=1)

MODULE = """() => { window.tablet = import(document.querySelector("script[src*='/tablet.js']").src); }"""

ANSWER = """async ({consultation, card, text}) => {
    const tablet = await window.tablet;
    const now = tablet.localTime(new Date());
    const item = {
        id: tablet.uuid(), consultation: consultation.id,
        questionnaire: consultation.questionnaire.id, version: consultation.questionnaire.version,
        language: "vi", card, assent: {version: consultation.assent_version, given: true},
        started_at: tablet.localTime(new Date(Date.now() - 240_000)), finished_at: now,
        device: await tablet.device(), receipt: tablet.receipt(), answers: {message: text},
    };
    await tablet.finish(item);
    tablet.sendNow();
    return item;
}"""

HOLD_THE_OUTBOX = "() => { navigator.locks.request('outbox', () => new Promise(letGo => (window.letGo = letGo))); }"

IS_SENDING = "async () => (await navigator.locks.query()).held.some(lock => lock.name === 'outbox')"


@dataclass
class Tablet:
    """One of the forty: its page, its link, how far its clock is off, and what children finished on it."""

    child: Child
    link: BadLink
    off: timedelta
    finished: list[dict[str, Any]] = field(default_factory=list)
    clock: list[tuple[float, timedelta]] = field(default_factory=list)
    """From when on (true time) its clock has been how far off."""

    def switch_on(self, code: str) -> None:
        self.child.page.clock.install(time=datetime.now(UTC) + self.off)
        self.clock.append((time.time(), self.off))
        self.child.page.goto(f"{self.link.url}/join/{code}")
        self.child.wait_for("language")
        self.child.page.evaluate(MODULE)

    def time_passes(self, span: timedelta) -> None:
        """On the tablet only, so that a lesson of hours takes a moment; not while it is sending."""
        while self.child.page.evaluate(IS_SENDING) and not self.link.is_down:
            time.sleep(0.02)
        self.off += span
        self.clock.append((time.time(), self.off))
        self.child.page.clock.fast_forward(int(span.total_seconds() * 1000))

    def clock_was_off(self, moment: float) -> timedelta:
        return [off for since, off in self.clock if since <= moment][-1]

    def answer(self, consultation: dict[str, Any], card: str | None, text: str) -> None:
        asked = {"consultation": consultation, "card": card, "text": text}
        self.finished.append(self.child.page.evaluate(ANSWER, asked))

    def answer_by_tapping(self, text: str) -> None:
        """From the first screen to the next child, as children do it."""
        self.child.choose_language()
        self.child.without_card()
        self.child.assent()
        self.child.wait_for("question")
        self.child.answer_all(text)
        identity = self.child.draft()["id"]
        self.child.page.evaluate(HOLD_THE_OUTBOX)
        self.child.send()
        (item,) = [one["item"] for one in self.child.kept()["outbox"] if one["id"] == identity]
        self.finished.append(item)
        self.child.page.evaluate("window.letGo()")
        self.child.page.click("[data-next-child]")
        self.child.wait_for("language")

    def outbox(self) -> int:
        return len(self.child.kept()["outbox"])


def test_forty_tablets_on_bad_links_with_wrong_clocks_lose_nothing_and_send_nothing_twice(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    chance = random.Random(SEED)
    code = server.open_consultation(expected=400)
    consultation = httpx.get(f"{server.url}/api/consultations/{code}").json()
    cards = issue_cards(server, TABLETS * ANSWERS_EACH // 2)
    skews = [-YEAR, YEAR] + [chance.uniform(-1, 1) * YEAR for _ in range(TABLETS - 2)]
    begun = datetime.now(UTC)

    with bad_links(server.served.port, TABLETS, SEED) as links:
        tablets = [
            Tablet(new_tablet(service_workers="block", timezone_id="Asia/Ho_Chi_Minh"), link, skew)
            for link, skew in zip(links, skews, strict=True)
        ]
        for tablet in tablets:
            tablet.switch_on(code)
            tablet.link.fails = True

        for lesson in range(ANSWERS_EACH):
            for number, tablet in enumerate(tablets):
                network_goes_or_comes(tablet, number, lesson, chance)
                text = f"tablet {number}, answer {lesson}"
                if lesson == TAPPED_ROUND and number in OF_THE_FORM_ITSELF:
                    tablet.answer_by_tapping(text)
                else:
                    tablet.answer(consultation, cards.pop() if (number + lesson) % 2 and cards else None, text)

        for tablet in tablets:
            tablet.time_passes(timedelta(minutes=chance.uniform(4, 15)))
        server.as_staff("facilitator").call("close_consultation", consultation=consultation["id"])
        closed = time.time()
        for tablet in tablets:
            network_comes_back(tablet)
        for tablet in tablets:
            empty_the_outbox(tablet)

    finished = {item["id"]: item for tablet in tablets for item in tablet.finished}
    assert len(finished) == TABLETS * ANSWERS_EACH
    stored = {
        row[0]: row
        for row in server.rows(
            "select id::text, answers, status, late, problems, device_id::text, started_at, finished_at, answered_at,"
            " received_at, received_number from submission where consultation_id = %s",
            consultation["id"],
        )
    }
    assert stored.keys() == finished.keys()
    assert [tablet.outbox() for tablet in tablets] == [0] * TABLETS

    for item in finished.values():
        _, answers, status, late, problems, device, started_at, finished_at, *_ = stored[item["id"]]
        assert (answers, device) == (item["answers"], item["device"])
        assert (status, late, problems) == ("accepted", False, [])
        assert started_at == datetime.fromisoformat(item["started_at"])
        assert finished_at == datetime.fromisoformat(item["finished_at"])
    assert counts(server, consultation["id"]) == (400, 400, 0, 0)

    arrivals = arrivals_of(tablets)
    for tablet in tablets:
        for item in tablet.finished:
            *_, finished_at, answered_at, received_at, _ = stored[item["id"]]
            at_the_time = tablet.clock_was_off(arrivals[item["id"]][0])
            assert abs(answered_at - (finished_at - at_the_time)) < CLOCK_ERROR
            assert begun <= received_at <= datetime.now(UTC)
    assert out_of_order(arrivals, {identity: row[-1] for identity, row in stored.items()}) == []

    # All of it was put to the test: the links failed in each way, whole batches came late, some twice.
    fates = Counter(fate for tablet in tablets for fate in tablet.link.fates)
    assert fates[PASSES] > fates[LOST] > fates[UNCONFIRMED] > TABLETS
    deliveries = [delivery for tablet in tablets for delivery in tablet.link.deliveries]
    assert max(len(delivery.ids) for delivery in deliveries) > 2
    assert sum(len(delivery.ids) for delivery in deliveries) > len(finished) + TABLETS
    assert sum(arrived > closed for arrived, _ in arrivals.values()) >= TABLETS * (ANSWERS_EACH - LAST_LESSONS)


def network_goes_or_comes(tablet: Tablet, number: int, lesson: int, chance: random.Random) -> None:
    """Once or twice each tablet is without a network for two or three answers, and all are in the end."""
    since = (lesson + number) % 5
    if since == 0 or lesson == LAST_LESSONS:
        network_goes(tablet, number)
    elif since == 2 + number % 2 and lesson < LAST_LESSONS:
        tablet.time_passes(timedelta(minutes=chance.uniform(4, 15)))
        network_comes_back(tablet)


def network_goes(tablet: Tablet, number: int) -> None:
    """On every other tablet the browser knows; on the others nothing answers any more."""
    if number % 2:
        tablet.child.context.set_offline(True)
    else:
        tablet.link.goes_down()


def network_comes_back(tablet: Tablet) -> None:
    tablet.child.context.set_offline(False)
    tablet.link.comes_back()


def empty_the_outbox(tablet: Tablet) -> None:
    """Nobody touches it: it sends by itself, pause after pause."""
    for _ in range(MOST_PAUSES):
        if not tablet.outbox():
            return
        tablet.time_passes(LONGEST_PAUSE)
    raise AssertionError("the outbox is never emptied")


def issue_cards(server: Server, quantity: int) -> list[str]:
    issued = server.as_staff("facilitator").call(
        "issue_cards", commune="29242", school=None, quantity=quantity, birth_year=date.today().year - 9
    )
    return [row["card"] for row in issued]


def counts(server: Server, consultation: str) -> tuple[Any, ...]:
    (row,) = server.rows(
        "select received, accepted, in_review, late, uncarded + carded_certain from consultation_tally where consultation_id = %s",
        consultation,
    )
    assert row[4] == row[0], "each child is counted once, with a card or without"
    return row[:4]


def arrivals_of(tablets: list[Tablet]) -> dict[str, tuple[float, float]]:
    """Id → when it was first handed to the server, and when the server had answered that."""
    first: dict[str, tuple[float, float]] = {}
    for tablet in tablets:
        for delivery in tablet.link.deliveries:
            for identity in delivery.ids:
                first.setdefault(identity, (delivery.forwarded, delivery.answered))
    return first


def out_of_order(arrivals: dict[str, tuple[float, float]], numbers: dict[str, int]) -> list[str]:
    """Those that have a higher number than one that was sent only after they were stored."""
    wrong = []
    last_sent = 0.0
    for identity in sorted(numbers, key=lambda one: numbers[one]):
        forwarded, answered = arrivals[identity]
        if answered < last_sent:
            wrong.append(identity)
        last_sent = max(last_sent, forwarded)
    return wrong
