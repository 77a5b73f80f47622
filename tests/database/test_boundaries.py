"""Official boundaries: who may import them and put them in force, and that a set is whole."""

from __future__ import annotations

import copy
import uuid
from typing import Any

import pytest

from survey_app.boundary_sets import approximate_cells, boundaries_in_force, units_and_former_codes
from survey_app.database import Database, NotAllowed, Refused
from tests.database.conftest import World

SHA = "cd" * 32


def whole(world: World) -> dict[str, Any]:
    """A square for every commune in force, whatever other tests have added."""
    codes = [code for (code,) in world.rows("select code from unit where valid_to is null order by code")]
    ring = [[106.0, 9.0], [106.1, 9.0], [106.1, 9.1], [106.0, 9.1], [106.0, 9.0]]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for code in codes
        ],
    }


def take_in(asking: Database, geojson: object, title: str = "Địa giới", by: str = "Sở") -> str:
    made = asking.call(
        "import_boundaries",
        title=title,
        published_by=by,
        file_name="ranh-gioi.gpkg",
        file_sha256=SHA,
        geojson=geojson,
    )
    return str(made[0]["import_boundaries"])


def test_one_set_is_in_force_and_every_change_is_written_down(each_world: World) -> None:
    asking, commune = each_world.as_staff("administrator"), each_world.new_commune()
    first, second = (take_in(asking, whole(each_world), title) for title in (" Một ", "Hai"))
    kept = each_world.rows(
        "select title, published_by, file_name, file_sha256, in_force, imported_by is not null, "
        "imported_at > now() - interval '1 minute' from boundary_set where id = %s",
        first,
    )
    assert kept == [("Một", "Sở", "ranh-gioi.gpkg", SHA, False, True, True)]
    before = each_world.value("select coalesce(max(id), 0) from boundary_set_change")
    for chosen in (first, first, second, None, None):
        asking.call("put_boundaries_in_force", boundary_set=chosen)
        found = each_world.rows("select id::text from boundary_set where in_force")
        assert found == ([(chosen,)] if chosen else [])
        seen = boundaries_in_force(each_world.as_staff("officer"))
        assert (seen.id, seen.is_official) == (chosen, chosen is not None)
        if chosen:
            assert commune in [one["properties"]["code"] for one in seen.cells["features"]]
        else:
            assert seen.cells is approximate_cells()
    changes = each_world.rows(
        "select boundary_set::text from boundary_set_change where id > %s and changed_by is not null order by id",
        before,
    )
    assert [one for (one,) in changes] == [first, second, None]


@pytest.mark.parametrize("role", ["facilitator", "officer", "reviewer", "protection_officer", None])
def test_only_an_administrator_imports_or_puts_in_force(each_world: World, role: str | None) -> None:
    made = take_in(each_world.as_staff("administrator"), whole(each_world))
    asking = each_world.as_staff(role) if role else each_world.door.as_anonymous()
    with pytest.raises(NotAllowed):
        take_in(asking, whole(each_world))
    for chosen in (made, None):
        with pytest.raises(NotAllowed):
            asking.call("put_boundaries_in_force", boundary_set=chosen)
    if role is None:
        with pytest.raises(NotAllowed):
            asking.read("boundary_set", columns=["id"])
        return
    assert len(asking.read("boundary_set_change", columns=["id"])) == 0
    assert len(asking.read("boundary_set", columns=["id"], where={"id": made})) == 1


def test_nobody_writes_past_the_functions(each_world: World) -> None:
    asking = each_world.as_staff("administrator")
    made = take_in(asking, whole(each_world))
    with pytest.raises(NotAllowed):
        asking.write("boundary_set", [{"id": made, "title": "Khác", "published_by": "", "imported_at": "2026-01-01"}])


def test_what_is_not_whole_is_refused(world: World) -> None:
    world.new_commune()
    asking, right = world.as_staff("administrator"), whole(world)
    before = world.value("select count(*) from boundary_set")
    one_less, twice, unknown, point = (copy.deepcopy(right) for _ in range(4))
    one_less["features"].pop()
    twice["features"].append(twice["features"][0])
    unknown["features"][0]["properties"]["code"] = "99999"
    point["features"][0]["geometry"] = {"type": "Point", "coordinates": [106, 9]}
    for wrong in (one_less, twice, unknown, point, {"features": "4"}, {}, None):
        with pytest.raises(Refused) as refused:
            take_in(asking, wrong)
        assert refused.value.reason == "boundaries_not_whole"
    for words in ({"title": " "}, {"by": ""}, {"title": "x" * 201}):
        with pytest.raises(Refused) as refused:
            take_in(asking, right, **words)
        assert refused.value.reason == "boundary_title"
    with pytest.raises(Refused) as refused:
        asking.call("put_boundaries_in_force", boundary_set=str(uuid.uuid4()))
    assert refused.value.reason == "no_such_boundaries"
    assert world.value("select count(*) from boundary_set") == before


def test_units_in_force_and_codes_of_former_times_are_told_apart(world: World) -> None:
    commune, gone = world.new_commune(), f"7{uuid.uuid4().int % 10_000:04}"
    world.rows(
        "insert into unit (code, valid_to, name, kind) values (%s, '2025-06-30', 'Xã Cũ', 'Xã') on conflict do nothing",
        gone,
    )
    units, former = units_and_former_codes(world.as_staff("reviewer"))
    codes = [unit.code for unit in units]
    assert commune in codes
    assert codes == sorted(codes)
    assert gone in former
    assert not former & set(codes)
