"""Child population by source: who may import it and put it in force, and what of its history stays."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from analysis.population_table import Unit, meaning
from survey_app.database import Database, InvalidData, NotAllowed, Refused
from survey_app.database.embedded import SCHEMA_FILE
from tests.database.conftest import World
from tests.database.test_places import Codes, codes

__all__ = ["codes"]

SHA = "ab" * 32
# Years that no other test puts anything in force for.
YEAR, ANOTHER = 2161, 2162
TODAY = date(2026, 11, 25)


def figures(commune: str, year: int = YEAR, children: float = 90, **more: Any) -> list[dict[str, Any]]:
    return [
        {"commune_code": commune, "year": year, "age": age, "children": children / 9, **more} for age in range(7, 16)
    ]


def take_in(
    asking: Database, rows: list[dict[str, Any]], title: str = "Dân số trẻ em", by: str = "Thống kê tỉnh"
) -> str:
    made = asking.call(
        "import_population", title=title, published_by=by, file_name="so-lieu.xlsx", file_sha256=SHA, figures=rows
    )
    return str(made[0]["import_population"])


def in_force(world: World, year: int) -> str | None:
    found = world.rows("select source from population_in_force where year = %s", year)
    return str(found[0][0]) if found else None


def test_an_import_is_kept_with_where_it_came_from_and_is_not_in_force(each_world: World) -> None:
    asking, commune = each_world.as_staff("administrator"), each_world.new_commune()
    made = take_in(asking, figures(commune, girls=4, boys=6, band_from=5, band_to=19), title="  Dân số  ")
    told = each_world.rows(
        "select title, published_by, file_name, file_sha256, is_estimate, imported_at > now() - interval '1 minute', "
        "imported_by is not null from population_source where source = %s",
        made,
    )
    assert told == [("Dân số", "Thống kê tỉnh", "so-lieu.xlsx", SHA, False, True, True)]
    stored = each_world.rows(
        "select count(*), sum(children), sum(girls), min(band_from), max(band_to) from population where source = %s",
        made,
    )
    assert stored == [(9, 90.0, 36.0, 5, 19)]
    seen = asking.read("denominator_source", columns=["source", "in_force"], where={"source": made})
    assert seen.to_dict("records") == [{"source": made, "in_force": []}]
    totals = each_world.as_staff("reviewer").read(
        "population_total", columns=["age", "children", "communes"], where={"source": made}
    )
    assert totals["children"].tolist() == [10.0] * 9
    assert set(totals["communes"]) == {1}


def test_one_source_is_in_force_in_a_year_and_every_change_is_written_down(world: World) -> None:
    asking, commune = world.as_staff("administrator"), world.new_commune()
    first, second = (take_in(asking, figures(commune, ANOTHER), title=title) for title in ("Một", "Hai"))
    before = world.value("select coalesce(max(id), 0) from population_in_force_change")
    for source in (first, first, second, None, first):
        asking.call("put_in_force", source=source, year=ANOTHER)
        assert in_force(world, ANOTHER) == source
    changes = world.rows(
        "select source from population_in_force_change where id > %s and changed_by is not null order by id", before
    )
    assert [source for (source,) in changes] == [first, second, None, first]
    assert world.value("select count(*) from population where source in (%s, %s)", first, second) == 18
    seen = asking.read("denominator_source", columns=["source", "in_force"], where={"source": [first, second]})
    assert dict(seen.itertuples(index=False, name=None)) == {first: [ANOTHER], second: []}
    assert len(asking.read("population_in_force_change", columns=["id"], where={"year": ANOTHER})) >= 4


@pytest.mark.parametrize("role", ["facilitator", "officer", "reviewer", "protection_officer", None])
def test_only_an_administrator_imports_or_puts_in_force(each_world: World, role: str | None) -> None:
    commune = each_world.new_commune()
    made = take_in(each_world.as_staff("administrator"), figures(commune))
    asking = each_world.as_staff(role) if role else each_world.door.as_anonymous()
    with pytest.raises(NotAllowed):
        take_in(asking, figures(commune))
    with pytest.raises(NotAllowed):
        asking.call("put_in_force", source=made, year=YEAR)
    if role is None:
        with pytest.raises(NotAllowed):
            asking.read("population_in_force", columns=["year"])
        return
    assert len(asking.read("population_in_force_change", columns=["id"])) == 0
    assert len(asking.read("denominator_source", columns=["source"], where={"source": made})) == 1


def test_what_was_imported_is_never_written_over(each_world: World) -> None:
    asking, commune = each_world.as_staff("administrator"), each_world.new_commune()
    made = take_in(asking, figures(commune))
    with pytest.raises(NotAllowed):
        asking.write("population", [{"source": made, "commune_code": commune, "year": YEAR, "age": 7, "children": 1}])
    with pytest.raises(NotAllowed):
        asking.write("population_source", [{"source": made, "title": "Khác", "is_estimate": False}])
    with pytest.raises(NotAllowed):
        asking.write("population_in_force", [{"year": YEAR, "source": made}])
    stored = each_world.rows("select distinct children from population where source = %s", made)
    assert stored == [(10.0,)]


def test_a_source_of_the_application_stays_correctable(each_world: World) -> None:
    asking, source = each_world.as_staff("administrator"), f"thử-{uuid.uuid4().hex}"
    asking.write("population_source", [{"source": source, "title": "Thử", "is_estimate": True}])
    row = {"source": source, "commune_code": each_world.new_commune(), "year": YEAR, "age": 7, "children": 1.0}
    asking.write("population", [row])
    asking.write("population", [{**row, "children": 2.0}])
    assert each_world.value("select children from population where source = %s", source) == 2


def test_official_figures_from_before_there_was_a_choice_stay_the_denominators(world: World) -> None:
    source, year = f"cũ-{uuid.uuid4().hex}", 2171
    world.rows("insert into population_source (source, title, is_estimate) values (%s, 'Cũ', false)", source)
    world.rows(
        "insert into population (source, commune_code, year, age, children) values (%s, '1', %s, 7, 1)", source, year
    )
    for _ in range(2):
        world.owner.execute(SCHEMA_FILE.read_bytes())
        assert in_force(world, year) == source
    assert world.value("select count(*) from population_in_force_change where year = %s", year) == 1
    world.as_staff("administrator").call("put_in_force", source=None, year=year)
    world.owner.execute(SCHEMA_FILE.read_bytes())
    assert in_force(world, year) is None, "what an administrator took back stays so"


def test_what_makes_no_sense_is_refused_whole(world: World) -> None:
    asking, commune = world.as_staff("administrator"), world.new_commune()
    before = world.value("select count(*) from population_source")
    for reason, arguments in (
        ("population_title", {"title": "  "}),
        ("population_title", {"by": ""}),
        ("unknown_commune", {"rows": figures("99999")}),
        ("population_empty", {"rows": []}),
    ):
        with pytest.raises(Refused) as refused:
            take_in(asking, **{"rows": figures(commune), **arguments})
        assert refused.value.reason == reason
    for wrong in ({"children": -9}, {"girls": 5, "boys": 6}, {"band_from": 8}, {"year": 12}, {"year": None}):
        with pytest.raises(InvalidData):
            take_in(asking, figures(commune, **wrong))
    assert world.value("select count(*) from population_source") == before
    made = take_in(asking, figures(commune))
    with pytest.raises(Refused) as refused:
        asking.call("put_in_force", source=made, year=YEAR + 5)
    assert refused.value.reason == "population_not_of_year"


def test_the_table_and_the_database_agree_on_what_a_code_means(world: World, codes: Codes) -> None:
    asking = world.as_staff("reviewer")
    mine = [codes.first, codes.second, codes.third, codes.reused, codes.gone]
    known = asking.read("unit", columns=["code", "valid_from", "valid_to", "name"], where={"code": mine})
    units = [
        Unit(row["code"], date.fromisoformat(row["valid_from"]), _day(row["valid_to"]), row["name"], None)
        for row in known.to_dict("records")
    ]
    days = [
        date(1999, 1, 1),
        date(2019, 12, 31),
        date(2020, 1, 1),
        date(2025, 6, 30),
        date(2025, 7, 1),
        date(2025, 8, 1),
        TODAY,
    ]
    asked = [(code, day) for code in mine for day in days]
    told = _resolved(asking, asked)
    meant = {(code, day): meaning([u for u in units if u.code == code], day) for code, day in asked}
    heirs = _resolved(asking, [(unit.code, unit.valid_to or TODAY) for unit in units])
    assert sum(unit is not None for unit in meant.values()) > 20
    for pair, unit in meant.items():
        assert told[pair] == (heirs[unit.code, unit.valid_to or TODAY] if unit else None), pair


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None


def _resolved(asking: Database, asked: list[tuple[str, date]]) -> dict[tuple[str, date], str | None]:
    answer = asking.call("resolve_codes", codes=[c for c, _ in asked], days=[day.isoformat() for _, day in asked])
    return {(row["code"], date.fromisoformat(row["day"])): row["commune"] for row in answer}
