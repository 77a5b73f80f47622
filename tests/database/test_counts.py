"""Whatever happens in whatever order, the kept counts equal a count by hand over all rows."""

from __future__ import annotations

import json
import random
import threading
from datetime import date
from typing import Any

import psycopg
import pytest

from survey_app.database import Unavailable
from tests.database.conftest import PRINCIPLES, World, batch_text, record_consent, submission, submit
from tests.database.count_by_hand import ages_on, count_by_hand

DAYS = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 11, 24), date(2026, 12, 31), date(2026, 4, 30))
BIRTHS = ((2016, None), (2018, 11), (2019, None), (2019, 11), (2019, 4), (2011, 1), (2010, None), (2020, 6))
"""Some are surely of the ages 7 to 15, some surely not, some leave a doubt, and with some the doubt ends within a year."""
SEEDS = range(6)
ACTIONS = 60


def random_action(chance: random.Random) -> tuple[Any, ...]:
    match chance.choices(
        ["submit", "resend", "withdraw", "review", "principles", "consent", "close", "open", "by word", "headcount"],
        [30, 4, 8, 8, 5, 3, 3, 3, 8, 3],
    )[0]:
        case "submit":
            cards = [None, "unknown", *range(len(BIRTHS)), *range(len(BIRTHS))]
            items = [(chance.randrange(5), chance.choice(cards)) for _ in range(chance.randint(1, 4))]
            how = chance.choices(["clean", "problems", "unvouched", "late"], [8, 1, 1, 1])[0]
            return "submit", items, how
        case "by word":
            return "by word", chance.randrange(5), chance.randrange(len(BIRTHS)), chance.random() < 0.7
        case ("review" | "principles") as verb:
            return verb, chance.randrange(50), chance.random() < 0.7
        case verb:
            return verb, chance.randrange(50)


class Story:
    """Five consultations of two communes, their cards, and what was sent to them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asking = world.as_staff("administrator")
        communes = [world.new_commune(), world.new_commune()]
        places = [communes[0], communes[0], communes[0], communes[0], communes[1]]
        ages = [(7, 15), (7, 10), (5, 17), (11, 15), (7, 15)]
        self.consultations = [
            world.new_consultation(self.asking, place, held_on=day, ages=span, counted=number != 1)
            for number, (place, day, span) in enumerate(zip(places, DAYS, ages, strict=True))
        ]
        self.cards = {commune: [world.new_cards(commune, 1, *birth)[0] for birth in BIRTHS] for commune in communes}
        self.places = dict(zip(self.consultations, places, strict=True))
        self.sent: list[dict[str, Any]] = []

    def content(self, number: int, card: int | str | None, *, late: bool = False) -> dict[str, Any]:
        consultation = self.consultations[number]
        name = self.cards[self.places[consultation]][card] if isinstance(card, int) else ("VOI" if card else None)
        content = submission(consultation, card=name)
        if late:
            self.world.rows(
                "update consultation set status = 'closed', closed_at = opened_at where id = %s", consultation
            )
        return content

    def act(self, action: tuple[Any, ...]) -> None:
        match action:
            case ("submit", items, how):
                contents = [self.content(number, card, late=how == "late") for number, card in items]
                self.sent.extend(contents)
                if how == "unvouched":
                    self.world.door.as_anonymous().call("submit", batch=batch_text(*contents), voucher=None)
                else:
                    submit(self.world.door, *contents, problems=[{"code": "x"}] if how == "problems" else None)
            case ("resend", number) if self.sent:
                submit(self.world.door, self.sent[number % len(self.sent)])
            case ("withdraw", number) if self.sent:
                receipt = self.sent[number % len(self.sent)]["receipt"]
                self.world.door.as_anonymous().call("withdraw", receipt=receipt)
            case ("review", number, accept) if self.sent:
                identity = self.sent[number % len(self.sent)]["id"]
                if self.world.value("select status <> 'withdrawn' from submission where id = %s", identity):
                    self.asking.call("review_submission", submission=identity, accept=accept)
            case ("principles", number, complete):
                principles = PRINCIPLES if complete else PRINCIPLES[:3]
                self.asking.call("set_principles", consultation=self.consultations[number % 5], principles=principles)
            case ("consent", number):
                record_consent(self.asking, self.consultations[number % 5])
            case ("by word", number, child, came):
                consultation = self.consultations[number]
                card = self.cards[self.places[consultation]][child]
                if came:
                    self.asking.call("record_participation", consultation=consultation, cards=[card])
                else:
                    self.asking.call("remove_participation", consultation=consultation, card=card)
            case ("headcount", number):
                self.asking.call("set_headcount", consultation=self.consultations[number % 5], children=number % 7)
            case ("close" | "open" as verb, number):
                self.asking.call(f"{verb}_consultation", consultation=self.consultations[number % 5])


def assert_counts_are_right(world: World) -> None:
    tallies, areas = count_by_hand(world.owner)
    kept = world.rows(
        "select consultation_id, received, accepted, in_review, late, carded_certain, carded_possible, uncarded "
        "from consultation_tally"
    )
    assert {row[0]: row[1:] for row in kept} == {row[0]: tallies[row[0]] for row in kept}
    assert {key for key, counts in tallies.items() if any(counts)} <= {row[0] for row in kept}
    frame = world.as_staff("reviewer").read(
        "participation_count",
        columns=[
            "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
            "consultations", "consultations_not_counted",
        ],
        where={"indicator": 22},
    )  # fmt: skip
    assert {(area, year): tuple(counts) for _, area, year, *counts in frame.itertuples(index=False)} == areas


@pytest.mark.parametrize("seed", SEEDS)
def test_the_kept_counts_equal_a_count_by_hand(world: World, seed: int) -> None:
    chance = random.Random(seed)
    story = Story(world)
    for number in range(ACTIONS):
        story.act(random_action(chance))
        if number % 20 == 19:
            assert_counts_are_right(world)
    for consultation in story.consultations:
        world.rows("select private.recount(%s)", consultation)
    assert_counts_are_right(world)


def test_the_counts_are_right_after_everything_at_once(world: World) -> None:
    """Tablets send, a facilitator ticks, a reviewer decides, a child withdraws: all at the same time."""
    story = Story(world)
    mishaps: list[Exception] = []

    def again_and_again(act: Any) -> threading.Thread:
        def go() -> None:
            for number in range(12):
                for attempt in range(20):
                    try:
                        act(number)
                        break
                    except Unavailable as error:
                        # A deadlock ends one of the two; its sender sends again, as the web form does.
                        if attempt == 19:
                            mishaps.append(error)
                    except Exception as error:  # noqa: BLE001
                        mishaps.append(error)
                        break

        return threading.Thread(target=go)

    def send(number: int) -> None:
        contents = [story.content(each % 5, (number + each) % len(BIRTHS)) for each in range(3)]
        story.sent.extend(contents)
        submit(world.door, *contents)

    threads = [
        again_and_again(send),
        again_and_again(send),
        again_and_again(lambda number: story.act(("principles", number % 5, number % 2 == 0))),
        again_and_again(lambda number: story.act(("withdraw", number * 2))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert mishaps == []
    assert_counts_are_right(world)


def test_an_answer_that_waits_for_principles_to_be_taken_back_is_not_counted(world: World) -> None:
    administrator, commune = world.as_staff("administrator"), world.new_commune()
    asked = world.new_consultation(administrator, commune, held_on=DAYS[2])
    (card,) = world.new_cards(commune, 1, 2016)
    sending = threading.Thread(target=lambda: submit(world.door, submission(asked, card=card)))
    with psycopg.connect(world.owner.info.dsn) as owner, owner.transaction():
        # Ticked, then taken back: the row has been written twice when the answer comes to it.
        claims = json.dumps({"sub": str(world.value("select created_by from consultation where id = %s", asked))})
        owner.execute("select set_config('request.jwt.claims', %s, true)", (claims,))
        for principles in (PRINCIPLES, PRINCIPLES[:3]):
            owner.execute("select public.set_principles(%s, %s)", (asked, principles))
        sending.start()
        sending.join(0.4)
        assert sending.is_alive()
    sending.join(10)
    assert_counts_are_right(world)


def test_two_recounts_of_the_same_children_do_not_pass_each_other_by(world: World) -> None:
    """One recount writes a child's row anew while the other is about to take it away."""
    administrator, commune = world.as_staff("administrator"), world.new_commune()
    uncounted, counted = (
        world.new_consultation(administrator, commune, held_on=DAYS[2], counted=is_counted)
        for is_counted in (False, True)
    )
    (card,) = world.new_cards(commune, 1, 2016)
    submit(world.door, submission(uncounted, card=card), submission(counted, card=card))
    switching_off = threading.Thread(
        target=lambda: administrator.call("set_principles", consultation=counted, principles=PRINCIPLES[:3])
    )
    with psycopg.connect(world.owner.info.dsn) as recounting:
        recounting.execute("select private.recount(%s)", (uncounted,))
        switching_off.start()
        switching_off.join(0.4)
    switching_off.join(10)
    assert_counts_are_right(world)


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 28), date(2026, 11, 24), date(2026, 12, 31)]
)
def test_the_ages_that_a_child_may_have_are_those_of_all_days_of_birth(world: World, day: date) -> None:
    for year in (2008, 2016, 2026):
        for month in (None, *range(1, 13)):
            found = world.rows("select youngest, oldest from private.age_bounds(%s, %s, %s)", year, month, day)
            ages = ages_on(day, year, month)
            assert found == [(min(ages), max(ages))], (year, month)
