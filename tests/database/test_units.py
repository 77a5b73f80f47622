"""Reorganisations: communes merged, split and renamed on a day, what goes along with them, and taking one back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from survey_app.boundary_sets import merged
from survey_app.database import Database, NotAllowed, Refused
from survey_app.reference_data import card_animals
from tests.database.conftest import World

BEFORE, AFTER = date(2026, 5, 20), date(2026, 7, 2)


def change(old: str | None, new: str, **other: Any) -> dict[str, Any]:
    day = {} if old is None else {"last_day": "2026-06-30"}
    return {"old_code": old, **day, "new_code": new, "first_day": "2026-07-01", "name": f"Xã {new}", "kind": "Xã", **other}  # fmt: skip


def take_in(asking: Database, *changes: dict[str, Any]) -> str:
    told = asking.call("import_units", file_name="sap-nhap.csv", file_sha256="0" * 64, changes=list(changes))
    return str(told[0]["import_units"])


def unused_code(world: World) -> str:
    code = world.new_commune()
    world.rows("delete from unit where code = %s", code)
    return code


def counted(world: World, indicator: int = 22) -> dict[str, tuple[int, int]]:
    found = world.as_staff("reviewer").read(
        "participation_count", columns=["area_code", "carded_certain", "consultations"], where={"indicator": indicator, "year": 2026}
    )  # fmt: skip
    return {area: (certain, held) for area, certain, held in found.itertuples(index=False, name=None)}


def test_a_child_counted_before_in_the_old_commune_and_after_in_the_new_one_is_one_child(world: World) -> None:
    asking = world.as_staff("administrator")
    first, second, new = world.new_commune(), world.new_commune(), unused_code(world)
    (card,) = world.new_cards(first, 1, 2016)
    (other,) = world.new_cards(second, 1, 2016)
    before = world.new_consultation(asking, first, held_on=BEFORE)
    asking.call("record_participation", consultation=before, cards=[card])
    elsewhere = world.new_consultation(asking, second, held_on=BEFORE)
    asking.call("record_participation", consultation=elsewhere, cards=[other])
    take_in(asking, change(first, new), change(second, new))
    after = world.new_consultation(asking, new, held_on=AFTER)
    asking.call("record_participation", consultation=after, cards=[card])
    found = counted(world)
    assert found[new] == (2, 3)
    assert first not in found
    assert second not in found
    kept = dict(world.rows("select id::text, commune_code from consultation where id in (%s, %s)", before, elsewhere))
    assert kept == {before: first, elsewhere: second}, "what took place keeps the code of its day"
    names = asking.read("consultation_overview", columns=["commune_code", "commune_name"], where={"id": before})
    assert names.to_dict("records") == [{"commune_code": new, "commune_name": f"Xã {first}"}]


def test_an_activity_of_the_old_commune_counts_for_the_new_one(world: World) -> None:
    asking = world.as_staff("administrator")
    old, new = world.new_commune(), unused_code(world)
    (card,) = world.new_cards(old, 1, 2014)
    activity = asking.call(
        "save_activity", activity=None, kind="club", title="Câu lạc bộ", commune=old, school=None, roster=None,
        held_on=BEFORE.isoformat(), min_age=11, max_age=15, planned=None, plan="",
    )[0]["save_activity"]  # fmt: skip
    asking.call("record_attendance", activity=activity, cards=[card])
    assert counted(world, 24)[old] == (1, 1)
    take_in(asking, change(old, new))
    assert counted(world, 24)[new] == (1, 1)
    # Corrected afterwards, it still took place in the old one.
    asking.call(
        "save_activity", activity=activity, kind="club", title="Câu lạc bộ đọc", commune=new, school=None, roster=None,
        held_on=BEFORE.isoformat(), min_age=11, max_age=15, planned=None, plan="",
    )  # fmt: skip
    assert world.value("select commune_code from activity where id = %s", activity) == old
    assert counted(world, 24)[new] == (1, 1)


def test_an_officer_of_the_new_commune_sees_what_was_held_in_the_old_ones(world: World) -> None:
    asking = world.as_staff("administrator")
    old, other, new = world.new_commune(), world.new_commune(), unused_code(world)
    held = world.new_consultation(asking, old, held_on=BEFORE)
    her = world.as_staff("officer", old)
    stranger = world.as_staff("officer", world.new_commune())
    take_in(asking, change(old, new), change(other, new))
    newcomer = world.as_staff("officer", new)
    for asked in (her, newcomer):
        assert list(asked.read("consultation_overview", columns=["id"], where={"id": held})["id"]) == [held]
        assert world.new_consultation(asked, new)
    assert stranger.read("consultation_overview", columns=["id"], where={"id": held}).empty


def test_a_number_that_two_merged_communes_gave_out_stays_with_one_child(world: World) -> None:
    asking = world.as_staff("administrator")
    asking.write("card_animal", card_animals())
    first, second = world.new_commune(), world.new_commune()
    (card,) = world.new_cards(first, 1, 2016)
    world.rows("insert into participant (commune_code, card, birth_year) values (%s, %s, 2015)", second, card)
    children = {birth: str(i) for i, birth in world.rows("select id, birth_year from participant where card = %s and commune_code in (%s, %s)", card, first, second)}  # fmt: skip
    before = world.new_consultation(asking, second, held_on=BEFORE)
    made = take_in(asking, change(first, first), change(second, first))
    cards = {str(i): (commune, number) for i, commune, number in world.rows("select id, commune_code, card from participant where id = any(%s)", list(children.values()))}  # fmt: skip
    assert cards[children[2016]] == (first, card), "whose commune keeps its code keeps the card"
    assert cards[children[2015]][0] == first
    assert cards[children[2015]][1] != card
    moved = world.value("select moved from unit_change where id = %s", made)
    assert moved["renumbered"] == 1
    assert asking.call("renumbered_cards", change=made) == [
        {"former_commune": f"Xã {second}", "school": None, "roster": None, "former_card": card, "card": cards[children[2015]][1]}
    ]  # fmt: skip
    assert before
    asking.call("undo_units", change=made)
    assert world.rows("select commune_code, card from participant where id = %s", children[2015]) == [(second, card)]


def test_what_was_held_in_a_split_commune_is_in_the_upper_bound_of_each_part_and_in_no_lower_one(world: World) -> None:
    asking = world.as_staff("administrator")
    old, new, other = world.new_commune(), unused_code(world), unused_code(world)
    (card,) = world.new_cards(old, 1, 2016)
    held = world.new_consultation(asking, old, held_on=BEFORE)
    asking.call("record_participation", consultation=held, cards=[card])
    province = counted(world)["84"]
    take_in(asking, change(old, new), change(old, other))
    found = counted(world)
    assert old not in found
    assert found["84"] == province
    columns = ["area_code", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"]
    parts = world.as_staff("reviewer").read("participation_count", columns=columns, where={"area_code": [new, other]})
    assert {tuple(row) for row in parts.itertuples(index=False)} == {(new, 0, 1, 0, 4), (other, 0, 1, 0, 4)}, (
        "one child perhaps, told as up to five"
    )
    later = world.new_consultation(asking, new, held_on=AFTER)
    asking.call("record_participation", consultation=later, cards=[world.new_cards(new, 1, 2015)[0]])
    asking.call("set_headcount", consultation=held, children=6)
    parts = world.as_staff("reviewer").read("participation_count", columns=columns, where={"area_code": [new, other]})
    assert {tuple(row) for row in parts.itertuples(index=False)} == {(new, 1, 2, 1, 6), (other, 0, 1, 0, 6)}
    assert asking.call("resolve", code=old, on_date="2026-05-20") == [{"resolve": None}]
    assert [row["commune"] for row in asking.call("heirs", code=old, on_date="2026-05-20")] == sorted([new, other])
    assert world.value("select commune_code from participant where card = %s and commune_code = %s", card, old) == old


def test_population_of_merged_communes_is_their_sum_and_of_a_split_one_unknown(world: World) -> None:
    asking = world.as_staff("administrator")
    communes = [world.new_commune() for _ in range(3)]
    figures = [
        {"commune_code": code, "year": 2026, "age": 8, "children": 10.0 + number, "girls": 5.0, "boys": 5.0 + number}
        for number, code in enumerate(communes)
    ]
    source = asking.call(
        "import_population", title="Niên giám", published_by="Cục", file_name="x", file_sha256="0" * 64, figures=figures
    )[0]["import_population"]
    merged, part, rest = unused_code(world), unused_code(world), unused_code(world)
    made = take_in(
        asking, *(change(code, merged) for code in communes[:2]), change(communes[2], part), change(communes[2], rest)
    )
    where = "select commune_code, children, girls from population where source = %s order by 1"
    assert world.rows(where, source) == [(merged, 21.0, 10.0)]
    asking.call("undo_units", change=made)
    assert world.rows(where, source) == [
        (code, 10.0 + n, 5.0) for n, code in sorted(enumerate(communes), key=lambda x: x[1])
    ]


def test_figures_by_the_units_of_before_have_what_was_surely_theirs_and_what_was_perhaps(world: World) -> None:
    asking = world.as_staff("administrator")
    first, second, new = world.new_commune(), world.new_commune(), unused_code(world)
    cards = world.new_cards(first, 6, 2016)
    before = world.new_consultation(asking, first, held_on=BEFORE)
    asking.call("record_participation", consultation=before, cards=cards[:4])
    take_in(asking, change(first, new), change(second, new))
    after = world.new_consultation(asking, new, held_on=AFTER)
    asking.call("record_participation", consultation=after, cards=cards)
    units = [
        {"area": first, "code": first, "valid_from": "0001-01-01", "sure": True},
        *({"area": area, "code": new, "valid_from": "2026-07-01", "sure": False} for area in (first, second)),
    ]
    told = asking.call("participation_in_units", for_year=2026, units=units)
    found = {r["area_code"]: (r["carded_certain"], r["carded_possible"], r["largest_certain"]) for r in told}
    assert found == {first: (4, 6, 4), second: (0, 6, 0)}


def test_what_is_taken_back_is_as_it_was(world: World) -> None:
    asking = world.as_staff("administrator")
    old, other = world.new_commune(), world.new_commune()
    school = world.new_school(old)
    name = world.value("select name from school where id = %s", school)
    world.rows("insert into school (commune_code, name, kind) values (%s, %s, 'primary')", other, name)
    planned = world.new_consultation(asking, other, held_on=AFTER)
    held = world.new_consultation(asking, old, held_on=BEFORE)
    (card,) = world.new_cards(old, 1, 2016)
    asking.call("record_participation", consultation=held, cards=[card])
    before = counted(world)
    made = take_in(asking, change(old, other), change(other, other))
    assert world.rows("select commune_code, unit_from::text from consultation where id = %s", planned) == [
        (other, "2026-07-01")
    ]
    assert world.value("select count(distinct name) from school where commune_code = %s", other) == 2
    asking.call("undo_units", change=made)
    assert counted(world) == before
    assert world.rows("select commune_code, name from school where id = %s", school) == [(old, name)]
    assert world.rows("select commune_code, unit_from::text, area_code from consultation where id = %s", planned) == [(other, "0001-01-01", other)]  # fmt: skip
    assert world.value("select count(*) from unit where code in (%s, %s) and valid_to is null", old, other) == 2
    with pytest.raises(Refused, match="units_no_such_change"):
        asking.call("undo_units", change=made)


def test_what_others_have_built_on_is_not_taken_back(world: World) -> None:
    asking = world.as_staff("administrator")
    old, new = world.new_commune(), unused_code(world)
    made = take_in(asking, change(old, new))
    world.new_consultation(asking, new, held_on=AFTER)
    with pytest.raises(Refused, match="units_in_use"):
        asking.call("undo_units", change=made)
    later = take_in(asking, change(world.new_commune(), unused_code(world)))
    with pytest.raises(Refused, match="units_not_latest"):
        asking.call("undo_units", change=made)
    asking.call("undo_units", change=later)


@pytest.mark.parametrize("role", ["facilitator", "officer", "reviewer", "protection_officer"])
def test_only_administrators_reorganise(world: World, role: str) -> None:
    asking = world.as_staff(role)
    old = world.new_commune()
    with pytest.raises(NotAllowed):
        take_in(asking, change(old, old))
    with pytest.raises(NotAllowed):
        asking.call("undo_units", change="00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotAllowed):
        asking.call("units_touched", codes=[old])
    with pytest.raises(NotAllowed):
        asking.call("participation_in_units", for_year=2026, units=[])
    with pytest.raises(NotAllowed):
        asking.call("renumbered_cards", change="00000000-0000-0000-0000-000000000000")
    assert asking.read("unit_change", columns=["id"]).empty


def test_what_makes_no_whole_is_refused_and_changes_nothing(world: World) -> None:
    asking = world.as_staff("administrator")
    old, standing, new = world.new_commune(), world.new_commune(), unused_code(world)
    wrong: list[tuple[str, list[dict[str, Any]]]] = [
        ("units_empty", []),
        ("units_in_future", [change(old, new, last_day="2126-06-30", first_day="2126-07-01")]),
        ("units_wrong", [change(old, standing)]),
        ("units_wrong", [change(unused_code(world), new)]),
        ("units_wrong", [change(old, new, first_day="2026-06-30")]),
        ("units_wrong", [change(old, "1234")]),
        ("units_wrong", [change(old, new), change(old, unused_code(world), last_day="2026-05-30")]),
        ("units_wrong", [change(old, new), change(standing, new, name="Xã Khác")]),
    ]
    for reason, changes in wrong:
        with pytest.raises(Refused, match=reason):
            take_in(asking, *changes)
    assert world.value("select count(*) from unit where code in (%s, %s) and valid_to is null", old, standing) == 2


def test_merged_communes_are_drawn_as_one_and_a_split_one_not_at_all() -> None:
    square = [[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]
    cells = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": square}}
            for code in ("1", "2", "3", "4")
        ],
    }
    drawn = merged(cells, {"1": "1", "2": "1", "3": None, "4": "5"})
    assert {f["properties"]["code"]: (f["geometry"]["type"], len(f["geometry"]["coordinates"])) for f in drawn["features"]} == {
        "1": ("MultiPolygon", 2), "5": ("Polygon", 1),
    }  # fmt: skip
