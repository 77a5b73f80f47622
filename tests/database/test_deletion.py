"""Deleting: taken out of sight and out of every count, brought back whole, erased after 30 days, and noted for good."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from survey_app.api import purging
from survey_app.database import Database, NotAllowed, Refused
from survey_app.database.voucher import voucher
from survey_app.reference_data import card_animals
from tests.database.conftest import World, submission, submit
from tests.database.test_counts import assert_counts_are_right

TODAY = datetime.now(UTC).date()


class Place:
    """A school with its facilitator, and one item of each kind."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commune = world.new_commune()
        self.school = world.new_school(self.commune)
        self.facilitator = world.as_staff("facilitator", self.commune, self.school)

    def roster(self, name: str = "4A") -> str:
        made = self.facilitator.call("save_roster", roster=None, commune=self.commune, school=self.school, name=name)
        return str(made[0]["save_roster"])

    def consultation(self, **changes: Any) -> str:
        return self.world.new_consultation(self.facilitator, self.commune, school=self.school, **changes)

    def activity(self, kind: str = "club", roster: str | None = None) -> str:
        made = self.facilitator.call(
            "save_activity", activity=None, kind=kind, title="Câu lạc bộ", commune=self.commune, school=self.school,
            roster=roster, held_on=TODAY.isoformat(), min_age=7, max_age=15, planned=20, plan="",
        )  # fmt: skip
        return str(made[0]["save_activity"])

    def theme(self, consultation: str) -> str:
        made = self.facilitator.call(
            "save_theme", theme=None, consultation=consultation, name={"vi": "Nhà vệ sinh"}, said={}
        )
        return str(made[0]["save_theme"])

    def commitment(self, theme: str | None, petition: str | None = None) -> str:
        made = self.facilitator.call(
            "save_commitment", commitment=None, theme=theme, petition=petition, body="Trường", answer={"vi": "Đúng."},
            promise={}, due_on="2030-01-01", status="planned", outcome={},
        )  # fmt: skip
        return str(made[0]["save_commitment"])

    def petition(self) -> str:
        made = self.facilitator.call(
            "save_petition", petition=None, received_on="2026-01-05", raised_by="children", channel="box",
            request="Xin thêm nước uống.", commune=self.commune, school=self.school,
        )  # fmt: skip
        return str(made[0]["save_petition"])

    def item(self, kind: str) -> str:
        match kind:
            case "consultation":
                return self.consultation()
            case "activity":
                return self.activity()
            case "roster":
                return self.roster()
            case "theme":
                return self.theme(self.consultation())
            case "commitment":
                return self.commitment(self.theme(self.consultation()))
            case _:
                return self.petition()

    def counted(self, indicator: int) -> list[tuple[int, ...]]:
        columns = ["carded_certain", "carded_possible", "largest_certain", "uncarded_possible", "consultations"]
        where = {"area_code": self.commune, "indicator": indicator}
        frame = self.facilitator.read("participation_count", columns=columns, where=where)
        return list(frame.itertuples(index=False, name=None))


@pytest.fixture
def place(world: World) -> Place:
    return Place(world)


def delete(asking: Database, kind: str, item: str) -> int:
    return int(asking.call("delete_item", kind=kind, item=item)[0]["delete_item"])


def restore(asking: Database, deletion: int) -> str:
    return str(asking.call("restore_item", deletion=deletion)[0]["restore_item"])


def pass_days(world: World, deletion: int, days: int) -> None:
    world.rows("update deletion set deleted_at = deleted_at - %s * interval '1 day' where id = %s", days, deletion)


KINDS = ("consultation", "activity", "roster", "theme", "commitment", "petition")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_deleted_is_gone_from_sight_and_comes_back(place: Place, kind: str) -> None:
    item, asking = place.item(kind), place.facilitator

    def seen() -> int:
        return len(asking.read(kind, columns=["id"], where={"id": item}))

    assert seen() == 1
    deletion = delete(asking, kind, item)
    assert seen() == 0
    with pytest.raises(NotAllowed):
        delete(asking, kind, item)
    listed = asking.read("deleted_items", columns=["id", "kind", "item", "by_role", "days_left", "commune_code"])
    assert [tuple(row) for row in listed.astype(object).itertuples(index=False)] == [
        (deletion, kind, item, "facilitator", 30, place.commune)
    ]
    restore(asking, deletion)
    assert seen() == 1
    assert asking.read("deleted_items", columns=["id"]).empty
    with pytest.raises(Refused, match="already_restored"):
        restore(asking, deletion)


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not(world: World, place: Place, kind: str) -> None:
    item = place.item(kind)
    others = {
        "other school": world.as_staff("facilitator", place.commune, world.new_school(place.commune)),
        "other commune": world.as_staff("officer", world.new_commune()),
        "reviewer": world.as_staff("reviewer"),
        "protection officer": world.as_staff("protection_officer"),
        "anonymous": world.door.as_anonymous(),
    }
    if kind == "petition":
        others["administrator"] = world.as_staff("administrator")
    for asking in others.values():
        with pytest.raises(NotAllowed):
            delete(asking, kind, item)
    deletion = delete(place.facilitator, kind, item)
    for name, asking in others.items():
        with pytest.raises(NotAllowed):
            restore(asking, deletion)
        if name != "anonymous":
            assert asking.read("deleted_items", columns=["id"], where={"id": deletion}).empty
    colleague = world.as_staff("facilitator", place.commune, place.school)
    restore(colleague, deletion)


def test_what_nobody_knows_of_is_refused(place: Place) -> None:
    for kind in (*KINDS, "staff"):
        with pytest.raises(NotAllowed):
            delete(place.facilitator, kind, "00000000-0000-0000-0000-000000000001")
    with pytest.raises(NotAllowed):
        restore(place.facilitator, 10**12)


def test_the_log_is_changed_by_nobody(world: World, place: Place) -> None:
    deletion = delete(place.facilitator, "petition", place.petition())
    assert world.rows("select title, of_petition from deletion where id = %s", deletion) == [("2026-01-05", True)]
    for role in ("anon", "authenticated"):
        world.rows(f"set role {role}")
        try:
            for statement in (
                "update deletion set title = 'x'",
                "delete from deletion",
                "insert into deletion (kind, item, title) values ('theme', gen_random_uuid(), 'x')",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    world.rows(statement)
        finally:
            world.rows("reset role")


def test_a_count_goes_down_and_comes_back_by_exactly_the_same(world: World, place: Place) -> None:
    cards = world.new_cards(place.commune, 4, TODAY.year - 10)
    first, second = place.consultation(), place.consultation()
    submit(world.door, *(submission(first, card=card) for card in cards[:3]), submission(first))
    submit(world.door, *(submission(second, card=card) for card in cards[2:]))
    place.facilitator.call("record_participation", consultation=second, cards=cards[:1])
    before = place.counted(22)
    assert before == [(4, 4, 4, 1, 2)]
    deletion = delete(place.facilitator, "consultation", first)
    assert place.counted(22) == [(3, 3, 3, 0, 1)]
    assert_counts_are_right(world)
    other = delete(place.facilitator, "consultation", second)
    assert place.counted(22) == []
    restore(place.facilitator, other)
    restore(place.facilitator, deletion)
    assert place.counted(22) == before
    assert_counts_are_right(world)


@pytest.mark.parametrize(("kind", "indicator"), [("awareness_session", 23), ("club", 24)])
def test_an_activitys_children_go_and_come_back(world: World, place: Place, kind: str, indicator: int) -> None:
    cards = world.new_cards(place.commune, 3, TODAY.year - 13)
    first, second = place.activity(kind), place.activity(kind)
    place.facilitator.call("record_attendance", activity=first, cards=cards)
    place.facilitator.call("set_activity_headcount", activity=first, children=5)
    place.facilitator.call("record_attendance", activity=second, cards=cards[:1])
    before = place.counted(indicator)
    deletion = delete(place.facilitator, "activity", first)
    assert [row[:2] for row in place.counted(indicator)] == [(1, 1)]
    restore(place.facilitator, deletion)
    assert place.counted(indicator) == before
    assert before[0][:2] == (3, 3)


def test_answers_still_on_a_tablet_are_kept_and_count_when_it_is_back(world: World, place: Place) -> None:
    cards = world.new_cards(place.commune, 2, TODAY.year - 10)
    made = place.consultation()
    submit(world.door, submission(made, card=cards[0]))
    deletion = delete(place.facilitator, "consultation", made)
    late = submission(made, card=cards[1])
    assert world.door.as_anonymous().call("questionnaire_of", consultation=made)
    assert submit(world.door, late) == ["created"]
    assert submit(world.door, late) == ["duplicate"]
    assert place.counted(22) == []
    assert_counts_are_right(world)
    restore(place.facilitator, deletion)
    assert [row[:2] for row in place.counted(22)] == [(2, 2)]
    assert_counts_are_right(world)


def test_a_deleted_consultation_is_over_for_everyone(world: World, place: Place) -> None:
    made = place.consultation()
    survey = place.consultation(kind="community_survey")
    code = world.value("select join_code from consultation where id = %s", made)
    anyone, asking = world.door.as_anonymous(), place.facilitator
    theme = place.theme(made)
    commitment = place.commitment(theme)
    asking.call("close_consultation", consultation=made)
    asking.call("publish_feedback", consultation=made)
    content = submission(made)
    submit(world.door, content)
    for each in (made, survey):
        delete(asking, "consultation", each)
    assert anyone.call("consultation_by_code", code=code) == []
    assert anyone.call("feedback_by_code", code=code) == []
    assert anyone.call("feedback_by_receipt", receipt=content["receipt"]) == []
    assert anyone.call("feedback_of_commune", commune=place.commune) == []
    assert place.commune not in {row["code"] for row in anyone.call("communes_with_feedback")}
    assert survey not in str(anyone.call("community_surveys"))
    device = "00000000-0000-0000-0000-000000000009"
    assert anyone.call("rate_feedback", commitment=commitment, rating=3, device=device)[0]["rate_feedback"] is False
    anyone.call(
        "report_presence", consultation=made, device=device, begun=1, answering=True, question=1, question_count=2, sent=0,
        waiting=0,
    )  # fmt: skip
    assert world.value("select count(*) from presence where consultation_id = %s", made) == 0
    for view in ("consultation_overview", "theme", "commitment", "commitment_board", "attachment_count"):
        column = "id" if view == "consultation_overview" else "consultation_id"
        assert asking.read(view, columns=[column], where={column: made}).empty, view
    for function in (
        "live_count",
        "class_results",
        "released_texts",
        "ratings_of",
        "open_consultation",
        "publish_feedback",
    ):
        with pytest.raises(NotAllowed):
            asking.call(function, consultation=made)
    assert anyone.call("withdraw", receipt=content["receipt"])[0]["withdraw"] is True, (
        "her answers stay hers to take back"
    )


def test_a_deleted_theme_takes_its_answers_along(world: World, place: Place) -> None:
    made = place.consultation()
    theme = place.theme(made)
    commitment = place.commitment(theme)
    own = delete(place.facilitator, "commitment", commitment)
    whole = delete(place.facilitator, "theme", theme)
    with pytest.raises(Refused, match="restore_whole_first"):
        restore(place.facilitator, own)
    restore(place.facilitator, whole)
    assert place.facilitator.read("commitment", columns=["id"], where={"theme_id": theme}).empty
    restore(place.facilitator, own)
    whole = delete(place.facilitator, "theme", theme)
    assert place.facilitator.read("commitment", columns=["id"], where={"theme_id": theme}).empty
    with pytest.raises(NotAllowed):
        place.facilitator.call(
            "save_commitment", commitment=commitment, theme=None, petition=None, body="Xã", answer={"vi": "Đúng."},
            promise={}, due_on="2030-01-01", status="planned", outcome={},
        )  # fmt: skip
    deleted = delete(place.facilitator, "consultation", made)
    with pytest.raises(Refused, match="restore_whole_first"):
        restore(place.facilitator, whole)
    restore(place.facilitator, deleted)
    restore(place.facilitator, whole)
    assert len(place.facilitator.read("commitment", columns=["id"], where={"theme_id": theme})) == 1


def test_an_answer_to_a_petition_is_brought_back_by_who_reads_petitions(world: World, place: Place) -> None:
    deletion = delete(place.facilitator, "commitment", place.commitment(None, place.petition()))
    administrator = world.as_staff("administrator")
    with pytest.raises(NotAllowed):
        restore(administrator, deletion)
    assert administrator.read("deleted_items", columns=["id"], where={"id": deletion}).empty
    restore(world.as_staff("officer", place.commune), deletion)


def test_a_class_whose_name_was_taken_comes_back_under_another(place: Place) -> None:
    first = place.roster("4A")
    deletion = delete(place.facilitator, "roster", first)
    second = place.roster("4a")
    assert restore(place.facilitator, deletion) == "4A (2)"
    other = delete(place.facilitator, "roster", second)
    place.roster("4A")
    assert restore(place.facilitator, other) == "4a (3)"


def test_an_activity_keeps_working_when_its_class_is_deleted(world: World, place: Place) -> None:
    roster = place.roster()
    activity = place.activity(roster=roster)
    delete(place.facilitator, "roster", roster)
    place.facilitator.call(
        "save_activity", activity=activity, kind="club", title="Đổi tên", commune=place.commune, school=place.school,
        roster=roster, held_on=TODAY.isoformat(), min_age=7, max_age=15, planned=20, plan="",
    )  # fmt: skip
    with pytest.raises(Refused, match="unknown_roster"):
        place.activity(roster=roster)


def test_what_was_asked_before_and_after_goes_with_its_activity(world: World, place: Place) -> None:
    world.rows("insert into questionnaire values ('right-to-participate', '0', '{}', '{}') on conflict do nothing")
    activity = place.activity("awareness_session")
    made = place.facilitator.call("create_before_after", activity=activity, before_title="Trước", after_title="Sau")[0]
    before, after = str(made["before_id"]), str(made["after_id"])
    with pytest.raises(Refused, match="belongs_to_activity"):
        delete(place.facilitator, "consultation", before)

    def seen() -> int:
        return len(place.facilitator.read("consultation", columns=["id"], where={"id": [before, after]}))

    deletion = delete(place.facilitator, "activity", activity)
    assert seen() == 0
    restore(place.facilitator, deletion)
    assert seen() == 2
    place.facilitator.call("open_consultation", consultation=before)
    submit(world.door, submission(before))
    deletion = delete(place.facilitator, "activity", activity)
    pass_days(world, deletion, 31)
    purging.purge(world.door)
    assert world.value("select count(*) from consultation where id = any (%s)", [before, after]) == 0
    assert world.value("select count(*) from submission where consultation_id = %s", before) == 0
    assert world.value("select count(*) from activity where id = %s", activity) == 0


def test_after_30_days_nothing_is_left_but_the_log(world: World, place: Place) -> None:
    made = place.consultation()
    (card,) = world.new_cards(place.commune, 1, TODAY.year - 10)
    content = submission(made, card=card)
    submit(world.door, content)
    place.commitment(place.theme(made))
    world.rows(
        "insert into opinion (consultation_id, submission_id, said) values (%s, %s, 'Lời của em')", made, content["id"]
    )
    name = f"{content['id']}.png"
    world.rows(
        "insert into attachment (name, submission_id, consultation_id, question, media_type, size, state, stored_at) "
        "values (%s, %s, %s, 'tranh', 'image/png', 9, 'stored', now())",
        name, content["id"], made,
    )  # fmt: skip
    activity = place.activity()
    world.rows("update activity set before_id = %s where id = %s", made, activity)
    world.rows("update activity set before_id = null where id = %s", activity)
    deletion = delete(place.facilitator, "consultation", made)
    pass_days(world, deletion, 29)
    purging.purge(world.door)
    assert world.value("select count(*) from consultation where id = %s", made) == 1
    listed = place.facilitator.read("deleted_items", columns=["days_left"], where={"id": deletion})
    assert listed["days_left"].tolist() == [1]
    pass_days(world, deletion, 2)
    assert place.facilitator.read("deleted_items", columns=["id"], where={"id": deletion}).empty
    with pytest.raises(Refused, match="too_late_to_restore"):
        restore(place.facilitator, deletion)
    secret = world.door.submission_secret or ""
    world.door.as_anonymous().call("purge_deleted", voucher=voucher(secret, "deleted"))
    assert world.rows("select erased_at is null from private.erasure where name = %s", name) == [(True,)]
    for table in (
        *(
            "submission",
            "theme",
            "commitment",
            "opinion",
            "attachment",
            "consultation_participant",
            "consultation_tally",
        ),
        *("guardian_consent", "presence", "alert"),
    ):
        assert world.value(f"select count(*) from {table} where consultation_id = %s", made) == 0, table
    assert world.value("select count(*) from consultation where id = %s", made) == 0
    purging.purge(world.door)
    assert world.rows("select erased_at is null from private.erasure where name = %s", name) == [(False,)]
    ((purged, title, by),) = world.rows("select purged_at, title, deleted_by from deletion where id = %s", deletion)
    assert purged is not None
    assert title == "Đợt thử"
    assert by is not None
    assert submit(world.door, content) == ["refused"], "the consultation is unknown now"
    assert_counts_are_right(world)


def test_what_may_tell_of_harm_stays_until_it_was_looked_at(world: World, place: Place) -> None:
    made = place.consultation()
    deletion = delete(place.facilitator, "consultation", made)
    pass_days(world, deletion, 31)
    alert = world.value("insert into alert (consultation_id) values (%s) returning id", made)
    purging.purge(world.door)
    assert world.value("select count(*) from consultation where id = %s", made) == 1
    officer = world.as_staff("protection_officer")
    assert str(alert) in {str(row["alert"]) for row in officer.call("alert_list")}
    officer.call("decide_alert", alert=str(alert), state="handled", note="")
    purging.purge(world.door)
    assert world.value("select count(*) from consultation where id = %s", made) == 0


def test_of_a_class_that_nobody_brought_back_only_cards_that_took_part_are_left(world: World, place: Place) -> None:
    world.as_staff("administrator").write("card_animal", card_animals())
    roster = place.roster()
    cards = place.facilitator.call("issue_roster_cards", roster=roster, quantity=3, birth_year=TODAY.year - 12)
    activity = place.activity(roster=roster)
    consultation = place.consultation()
    place.facilitator.call("set_consultation_roster", consultation=consultation, roster=roster)
    place.facilitator.call("record_attendance", activity=activity, cards=[cards[0]["card"]])
    counted = place.counted(24)
    deletion = delete(place.facilitator, "roster", roster)
    pass_days(world, deletion, 31)
    purging.purge(world.door)
    left = world.rows("select id::text from participant where id = any (%s)", [str(c["participant_id"]) for c in cards])
    assert left == [(str(cards[0]["participant_id"]),)]
    assert place.counted(24) == counted
    assert world.value("select roster_id from activity where id = %s", activity) is None
    assert world.value("select roster_id from consultation where id = %s", consultation) is None
    assert world.value("select count(*) from roster_card where roster_id = %s", roster) == 0


@pytest.mark.parametrize("kind", ["theme", "commitment", "petition"])
def test_small_things_are_erased_too(world: World, place: Place, kind: str) -> None:
    item = place.item(kind)
    deletion = delete(place.facilitator, kind, item)
    pass_days(world, deletion, 31)
    purging.purge(world.door)
    assert world.value(f"select count(*) from {kind} where id = %s", item) == 0
    assert world.value("select purged_at is not null from deletion where id = %s", deletion)


def test_erasing_is_for_the_application_alone(world: World) -> None:
    for asking in (world.door.as_anonymous(), world.as_staff("administrator")):
        for wrong in (None, "", "x" * 64):
            with pytest.raises(NotAllowed):
                asking.call("purge_deleted", voucher=wrong)


def test_a_day_of_another_year_comes_back_to_that_year(world: World, place: Place) -> None:
    (card,) = world.new_cards(place.commune, 1, 2015)
    made = place.consultation(held_on=date(2024, 5, 5))
    submit(world.door, submission(made, card=card))
    before = place.counted(22)
    deletion = delete(place.facilitator, "consultation", made)
    assert place.counted(22) == []
    restore(place.facilitator, deletion)
    assert place.counted(22) == before


def test_the_counts_are_right_when_answers_arrive_while_it_is_deleted_and_brought_back(
    world: World, place: Place
) -> None:
    cards = world.new_cards(place.commune, 60, TODAY.year - 10)
    made = place.consultation()
    verdicts: list[str] = []

    def send(some: list[str]) -> None:
        for card in some:
            verdicts.extend(submit(world.door, submission(made, card=card)))

    tablets = [threading.Thread(target=send, args=(cards[number::3],)) for number in range(3)]
    for tablet in tablets:
        tablet.start()
    while any(tablet.is_alive() for tablet in tablets):
        restore(place.facilitator, delete(place.facilitator, "consultation", made))
    for tablet in tablets:
        tablet.join()
    assert verdicts == ["created"] * 60
    assert place.counted(22)[0][:2] == (60, 60)
    assert_counts_are_right(world)
