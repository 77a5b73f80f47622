"""Rosters: whose they are, and what becomes of a card that is lost or moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from survey_app.database import Database, NotAllowed, Refused
from survey_app.reference_data import card_animals
from tests.database.conftest import World, submission, submit


@pytest.fixture(autouse=True)
def animals(world: World) -> None:
    world.as_staff("administrator").write("card_animal", card_animals())


def saved(asking: Database, roster: str | None, commune: str, school: str | None, name: str) -> str:
    made = asking.call("save_roster", roster=roster, commune=commune, school=school, name=name)
    return str(made[0]["save_roster"])


def new_roster(asking: Database, commune: str, school: str | None = None, name: str = "4A") -> str:
    return saved(asking, None, commune, school, name)


def one_card(asking: Database, roster: str) -> tuple[str, str]:
    made = asking.call("issue_roster_cards", roster=roster, quantity=1, birth_year=2016)[0]
    return str(made["participant_id"]), made["card"]


def test_a_class_has_cards_that_only_its_school_sees(world: World) -> None:
    commune = world.new_commune()
    school, elsewhere = world.new_school(commune), world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    roster = new_roster(teacher, commune, school)
    made = teacher.call("issue_roster_cards", roster=roster, quantity=3, birth_year=2016, birth_month=5, sex="female")
    colleague = world.as_staff("facilitator", commune, school)
    for seeing in (teacher, colleague, world.as_staff("officer", commune)):
        members = seeing.read("roster_member", columns=["card"], where={"roster_id": roster})
        assert sorted(members["card"]) == sorted(row["card"] for row in made)
        assert seeing.read("roster_overview", columns=["cards"], where={"id": roster})["cards"].tolist() == [3]
    for blind in (world.as_staff("facilitator", commune, elsewhere), world.as_staff("reviewer")):
        assert blind.read("roster_overview", columns=["cards"], where={"id": roster}).empty
        assert blind.read("roster_member", columns=["card"], where={"roster_id": roster}).empty
        for name, arguments in (
            ("save_roster", {"roster": roster, "commune": commune, "school": school, "name": "4B"}),
            ("issue_roster_cards", {"roster": roster, "quantity": 1, "birth_year": 2016}),
            ("import_roster", {"roster": roster, "children": [{"birth_year": 2016}]}),
            ("replace_card", {"participant": str(made[0]["participant_id"])}),
            ("move_cards", {"participants": [str(made[0]["participant_id"])], "roster": roster}),
        ):
            with pytest.raises(NotAllowed):
                blind.call(name, **arguments)
    with pytest.raises(NotAllowed):
        world.door.as_anonymous().call("replace_card", participant=str(made[0]["participant_id"]))


def test_a_name_is_of_one_class_of_a_school(world: World) -> None:
    commune = world.new_commune()
    school = world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    roster = new_roster(teacher, commune, school)
    with pytest.raises(Refused, match="roster_name_taken"):
        new_roster(teacher, commune, school, "4a ")
    assert saved(teacher, roster, commune, school, "5A") == roster
    assert new_roster(teacher, commune, school, "4A") != roster


def test_a_class_list_brings_groups_only_where_they_are_allowed(world: World) -> None:
    commune = world.new_commune()
    teacher = world.as_staff("facilitator", commune)
    roster = new_roster(teacher, commune)
    children = [{"birth_year": 2016, "birth_month": 3, "sex": "male"}, {"birth_year": 2015}]
    assert len(teacher.call("import_roster", roster=roster, children=children)) == 2
    with pytest.raises(Refused, match="group_not_allowed"):
        teacher.call(
            "import_roster", roster=roster, children=[{"birth_year": 2016}, {"birth_year": 2016, "ethnicity": "khmer"}]
        )
    with pytest.raises(Refused, match="wrong_child"):
        teacher.call("import_roster", roster=roster, children=[{"birth_year": 2016, "name": "Lan"}])
    assert teacher.read("roster_overview", columns=["cards"], where={"id": roster})["cards"].tolist() == [2]


def test_what_was_answered_with_a_lost_card_before_is_its_childs(world: World) -> None:
    commune = world.new_commune()
    teacher = world.as_staff("facilitator", commune)
    child, old = one_card(teacher, new_roster(teacher, commune))
    before, after = world.new_consultation(teacher, commune), world.new_consultation(teacher, commune)
    earlier = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    new = teacher.call("replace_card", participant=child)[0]["replace_card"]
    assert new != old
    submit(world.door, submission(before, card=old, started_at=earlier, finished_at=earlier))
    submit(world.door, submission(after, card=old))
    holders = "select participant_id::text from consultation_participant where consultation_id = %s"
    assert world.rows(holders, before) == [(child,)]
    assert world.rows(holders, after) == []
    submit(world.door, submission(after, card=new))
    assert world.rows(holders, after) == [(child,)]


def test_a_card_that_moves_keeps_its_number_where_that_is_free(world: World) -> None:
    here, there = world.new_commune(), world.new_commune()
    officer = world.as_staff("officer")
    from_roster, to_roster = new_roster(officer, here), new_roster(officer, there)
    child, card = one_card(officer, from_roster)
    other, taken = one_card(officer, from_roster)
    world.rows("insert into participant (commune_code, card, birth_year) values (%s, %s, 2016)", there, taken)
    moved = officer.call("move_cards", participants=[child, other], roster=to_roster)
    cards = {str(row["participant_id"]): row["card"] for row in moved}
    assert cards[child] == card
    assert cards[other] != taken
    assert sorted(officer.read("roster_member", columns=["card"], where={"roster_id": to_roster})["card"]) == sorted(
        cards.values()
    )
    assert officer.read("roster_member", columns=["card"], where={"roster_id": from_roster}).empty
    former = "select card, reason from former_card where commune_code = %s"
    assert sorted(world.rows(former, here)) == sorted([(card, "moved"), (taken, "moved")])


def test_cards_of_no_class_are_seen_by_their_school_and_put_into_one(world: World) -> None:
    commune = world.new_commune()
    school, elsewhere = world.new_school(commune), world.new_school(commune)
    teacher = world.as_staff("facilitator", commune, school)
    made = teacher.call("issue_cards", commune=commune, school=school, quantity=2, birth_year=2016)
    cards = sorted(row["card"] for row in made)

    def loose(asking: Database) -> list[str]:
        return sorted(asking.read("loose_card", columns=["card"], where={"school_id": school})["card"])

    assert loose(teacher) == cards
    for blind in (world.as_staff("facilitator", commune, elsewhere), world.as_staff("reviewer")):
        assert loose(blind) == []
    with pytest.raises(NotAllowed):
        loose(world.door.as_anonymous())
    moving = next(row for row in made if row["card"] == cards[0])
    teacher.call(
        "move_cards", participants=[str(moving["participant_id"])], roster=new_roster(teacher, commune, school)
    )
    assert loose(teacher) == cards[1:]
