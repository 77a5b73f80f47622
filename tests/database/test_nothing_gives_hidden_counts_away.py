"""Reads everything that any exit shows, holds the exits against each other, and tries to find the hidden counts in all of it."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psycopg
import pytest

from analysis import suppression
from analysis.indicators import PROVINCE, rates
from analysis.suppression import SUPPRESSED, THRESHOLD
from survey_app import indicator_figures
from survey_app.api.openapi import description
from survey_app.database.accounts import issue_token
from survey_app.database.embedded import open_embedded
from survey_app.indicator_figures import DATA, IndicatorFacts, definitions_in_force
from survey_app.indicator_groups import Asking
from survey_app.indicators_command import FORMATS as COMMAND_FORMATS
from survey_app.report import facts as report_facts
from survey_app.report.files import FORMATS as REPORT_FORMATS
from survey_app.screens import map_figures
from tests.database.conftest import World, _adding_staff, owner_conninfo
from tests.database.exits import EXITS, INDICATORS, TOGETHER, Instance, Key, Span
from tests.database.test_activity_counts import attend, new_activity
from tests.unit.analysis import test_area_suppression_attack as by_area
from tests.unit.analysis import test_suppression_attack as by_sex

YEARS = (2025, 2026)
COMMUNES = 9
SEED = 5
FEW, SOME, MANY = range(1, THRESHOLD), range(THRESHOLD, 10), range(12, 28)
SEXES = ("female", "male", None)
Told = dict[str, dict[Key, list[Span | None]]]
"""By exit, everything that it says of a key."""


@pytest.fixture(scope="module")
def instance(new_folder: Callable[[], Path]) -> Iterator[Instance]:
    """A database of its own: other tests' communes would be in the same province."""
    with closing(open_embedded(new_folder())) as door, psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        secret = owner.execute("select value from private.setting where name = 'token_secret'").fetchone()
        assert secret

        def issue(user_id: str, seconds: int) -> str:
            return issue_token(str(secret[0]), uuid.UUID(user_id), timedelta(seconds=seconds)).token

        world = World(door, owner, _adding_staff(owner), issue)
        yield _filled(world, random.Random(SEED))


def _filled(world: World, chance: random.Random) -> Instance:
    administrator = world.as_staff("administrator")
    units = pd.read_csv(DATA / "units.csv", dtype={"code": str})
    units = units[units["valid_to"].isna()].head(COMMUNES)
    names = dict(zip(units["code"], units["name"], strict=True))
    for code, name, kind, lat, lon in units[["code", "name", "kind", "lat", "lon"]].itertuples(index=False):
        world.rows(
            "insert into unit (code, name, kind, lat, lon) values (%s, %s, %s, %s, %s)", code, name, kind, lat, lon
        )
    world.rows("insert into population_source values ('thử', 'Số liệu thử', true)")
    for code in names:
        world.rows(
            "insert into population (source, commune_code, year, age, children) "
            "select 'thử', %s, year, age, %s from unnest(%s) year, generate_series(0, 17) age",
            code, chance.randint(9, 40), [*YEARS, YEARS[0] - 1],
        )  # fmt: skip
        cards = world.new_cards(code, max(MANY), YEARS[1] - 13)
        for sex in SEXES:
            some = chance.sample(cards, len(cards) // 3)
            world.rows("update participant set sex = %s where commune_code = %s and card = any (%s)", sex, code, some)
        for year in YEARS:
            _take_part(world, administrator, chance, code, year, cards)
    return Instance(world, administrator, names, YEARS)


def _take_part(
    world: World, administrator: Any, chance: random.Random, commune: str, year: int, cards: list[str]
) -> None:
    """None to two consultations or activities of each indicator, and now and then children without a card."""
    for indicator in INDICATORS:
        for number in range(chance.choice([0, 1, 1, 1, 2])):
            children = chance.sample(cards, chance.choice(chance.choice([FEW, FEW, SOME, MANY, MANY])))
            heads = chance.choice([0, 0, 0, 2, 7])
            day = date(year, 3 + number, 2)
            if indicator == 22:
                counted = chance.random() < 0.85
                held = world.new_consultation(administrator, commune, held_on=day, counted=counted)
                world.rows("update consultation set title = %s where id = %s", f"{commune}-{year}-{number}", held)
                administrator.call("record_participation", consultation=held, cards=children)
                administrator.call("set_headcount", consultation=held, children=heads)
            else:
                kind = "awareness_session" if indicator == 23 else "club"
                held = new_activity(world, commune, kind, day, headcount=heads)
                attend(world, held, *children)


@pytest.fixture(scope="module")
def told(instance: Instance) -> Told:
    return {name: _read(instance, name) for name in EXITS}


def _read(instance: Instance, name: str) -> dict[Key, list[Span | None]]:
    found: dict[Key, list[Span | None]] = defaultdict(list)
    for year in YEARS:
        for key, span in EXITS[name](instance, year):
            found[key].append(span)
    return found


def _union(told: Told) -> dict[Key, list[tuple[str, Span | None]]]:
    found: dict[Key, list[tuple[str, Span | None]]] = defaultdict(list)
    for name, keys in told.items():
        for key, spans in keys.items():
            found[key] += [(name, span) for span in spans]
    return found


def disagreements(told: Told) -> list[str]:
    """What one exit shows and another hides, and numbers that cannot both be true."""
    found = []
    union = _union(told)
    for key, said in union.items():
        shown = {name for name, span in said if span is not None}
        hidden = {name for name, span in said if span is None}
        if shown and hidden:
            found.append(f"{key}: shown by {sorted(shown)}, hidden by {sorted(hidden)}")
        spans = [span for _, span in said if span is not None]
        if spans and max(low for low, _ in spans) > min(high for _, high in spans):
            found.append(f"{key}: {said}")
    for (indicator, year, area, measure), said in union.items():
        counts = [span for _, span in union[indicator, year, area, "lower"]] if measure in TOGETHER else [(0.0, 0.0)]
        if counts[0] is None and any(span for _, span in said):
            found.append(f"{(indicator, year, area, measure)}: shown, although the count is hidden")
    return found


@pytest.fixture(scope="module")
def true(instance: Instance) -> dict[int, pd.DataFrame]:
    """By indicator, both years as reckoned before anything is hidden."""
    found: dict[int, pd.DataFrame] = {}
    for number, definition in definitions_in_force(instance.administrator).items():
        parts: list[IndicatorFacts] = [indicator_figures.read_facts(instance.administrator, year) for year in YEARS]
        counts, population = (
            pd.concat(one, ignore_index=True) for one in zip(*((p.counts, p.population) for p in parts), strict=True)
        )
        found[number] = rates(
            counts, population, definition, list(YEARS), list(instance.names), sources=parts[0].sources
        )
    return found


def found_out(told: Told, true: Mapping[int, pd.DataFrame]) -> list[str]:
    """Small counts of areas that can be told more narrowly than by the threshold from everything that is shown."""
    spans: dict[Key, Span] = {}
    for key, said in _union(told).items():
        shown = [span for _, span in said if span is not None]
        if shown:
            spans[key] = max(low for low, _ in shown), min(high for _, high in shown)
    found = []
    for indicator, table in true.items():
        places = [(indicator, year, area) for year, area in zip(table["year"], table["commune_code"], strict=True)]
        visible = table.assign(
            lower=[
                one if (*place, "lower") in spans else pd.NA for one, place in zip(table["lower"], places, strict=True)
            ]
        )
        attack = by_area.Attack(table, dict.fromkeys(YEARS, 0))
        attack.learn_structure(visible)
        _learn(attack, {key: span for key, span in spans.items() if key[0] == indicator}, table)
        for _, year, area in places:
            for end in ("lower", "upper"):
                value = attack.true(year, area, end)
                if value and value < THRESHOLD:
                    low, high = attack.range_of((year, area, end))
                    assert low <= value <= high
                    if high - low < THRESHOLD:
                        found.append(f"{indicator}, {year}, {area}: {end} {value} is within {low} and {high}")
    return found


def _learn(attack: by_area.Attack, spans: Mapping[Key, Span], table: pd.DataFrame) -> None:
    rows = {(row["year"], row["commune_code"]): row for row in table.to_dict("records")}
    for (_, year, area, measure), (low, high) in spans.items():
        if measure in ("lower", "upper"):
            attack.know({(year, area, measure): 1}, low, high)
            continue
        if measure not in (*TOGETHER, "change"):
            continue
        row = rows[year, area]
        share, aim = 100 / float(row["population"]), float(row["target"])
        parts = {(year, area, "upper" if measure == "rate_upper" else "lower"): share}
        if measure == "gap":
            low, high = low + aim, high + aim
        if measure == "reached":
            low, high = (aim - 1e-5, np.inf) if low else (-np.inf, aim)
        if measure == "change":
            parts[year - 1, area, "lower"] = -100 / float(rows[year - 1, area]["population"])
        attack.know(parts, low, high)


def test_all_exits_show_and_hide_the_same(told: Told) -> None:
    assert disagreements(told) == []


def test_every_exit_shows_something_and_hides_something(told: Told) -> None:
    """Else whoever reads it reads nothing, and the other tests would be content."""
    for name, keys in told.items():
        said = [span for spans in keys.values() for span in spans]
        assert any(said), name
        # The ranking on the progress page names whom it ranks, and nobody else.
        assert name == "progress" or None in said, name
    union = _union(told)
    for year in YEARS:
        for measure in (*TOGETHER, "sex:female"):
            assert {indicator for indicator in INDICATORS if (indicator, year, PROVINCE, measure) in union} == set(
                INDICATORS
            )
    assert any(key[3].startswith("list:") for key in union)
    assert any(key[3] == "change" and any(span for _, span in said) for key, said in union.items())


def test_no_small_count_of_a_commune_is_found_in_everything_that_is_shown(
    told: Told, true: dict[int, pd.DataFrame]
) -> None:
    small = [
        value for table in true.values() for value in table["lower"] if not pd.isna(value) and 0 < value < THRESHOLD
    ]
    assert len(small) > 4, "without small counts there is nothing to find"
    assert found_out(told, true) == []


def test_no_small_count_of_a_sex_is_found_in_everything_that_is_shown(
    instance: Instance, told: Told, true: dict[int, pd.DataFrame]
) -> None:
    union = _union(told)
    for year in YEARS:
        counted = Asking(instance.administrator, instance.world.door.submission_secret).told("sex", year)
        children = {
            (row["indicator"], row["area_code"], row["group"]): int(row["children"])
            for row in counted.to_dict("records")
        }
        for indicator in INDICATORS:
            table = true[indicator][true[indicator]["year"] == year]
            shown = table.assign(
                lower=[_value(union[indicator, year, area, "lower"]) for area in table["commune_code"]]
            )
            keys = [key for key in union if key[:2] == (indicator, year) and key[3].startswith("sex:")]
            sexes = pd.DataFrame(
                [
                    (area, measure.removeprefix("sex:"), _value(union[indicator, year, area, measure]))
                    for *_, area, measure in keys
                ],
                columns=["area_code", "group", "children"],
            )
            own = {
                (area, sex): children.get((indicator, area, sex), 0)
                for area in table["commune_code"]
                for sex in by_sex.SEXES
            }
            more = {
                sex: sum(n for (area, one), n in own.items() if one == sex and area != PROVINCE) - own[PROVINCE, sex]
                for sex in by_sex.SEXES
            }
            cards = {area: sum(own[area, sex] for sex in by_sex.SEXES) for area in table["commune_code"]}
            alone = all(
                pd.isna(lower) or lower == cards[area]
                for area, lower in zip(table["commune_code"], table["lower"], strict=True)
            )
            attack = by_sex.Attack(shown, sexes, more, set(cards) if alone else set())
            for area, sex in attack.place:
                if 0 < own[area, sex] < THRESHOLD:
                    low, high = attack.range_of([(area, sex)])
                    assert high - low >= THRESHOLD - 1e-6, (indicator, year, area, sex, low, high)


def _value(said: list[tuple[str, Span | None]]) -> Any:
    spans = [span for _, span in said if span is not None]
    return int(spans[0][0]) if spans else pd.NA


def test_no_consultation_in_the_report_gives_its_commune_away(told: Told, true: dict[int, pd.DataFrame]) -> None:
    shown = _union(told)
    listed = {key: said for key, said in shown.items() if key[3].startswith("list:")}
    for (_, year, area, _), said in listed.items():
        for _, span in said:
            assert span is None or span[0] == 0 or span[0] >= THRESHOLD
            row = true[22][(true[22]["year"] == year) & (true[22]["commune_code"] == area)].iloc[0]
            hidden = not pd.isna(row["lower"]) and shown[22, year, area, "lower"][0][1] is None
            assert span is None or not hidden


def _hides_nothing(table: pd.DataFrame, *_: Any) -> pd.DataFrame:
    return table


def _hides_small_ones_alone(table: pd.DataFrame, threshold: int = THRESHOLD, *_: Any) -> pd.DataFrame:
    small = table[["lower", "upper"]].astype("Float64").apply(lambda one: one.between(1, threshold - 1)).any(axis=1)
    shown = table.copy()
    shown.loc[small, list(suppression.HIDDEN_COLUMNS)] = pd.NA
    shown.loc[small, "state"] = SUPPRESSED
    return shown


@pytest.mark.parametrize(
    ("module", "name"),
    [(report_facts, "report, xlsx"), (map_figures, "map, pictures"), (indicator_figures, "api, dhis2")],
    ids=lambda one: one if isinstance(one, str) else one.__name__,
)
def test_one_exit_that_hides_nothing_is_found(
    instance: Instance, told: Told, monkeypatch: pytest.MonkeyPatch, module: Any, name: str
) -> None:
    monkeypatch.setattr(module, "suppress", _hides_nothing)
    leaking = {**told, name: _read(replace(instance), name)}
    assert any(name in one for one in disagreements(leaking))


def test_all_exits_that_hide_too_little_alike_are_found(
    instance: Instance, true: dict[int, pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They agree, and none shows a small count; it is the attack that finds them by subtraction."""
    for module in (map_figures, indicator_figures):
        monkeypatch.setattr(module, "suppress", _hides_small_ones_alone)
    same = replace(instance)
    careless = {name: _read(same, name) for name in ("map, file", "api, json")}
    assert disagreements(careless) == []
    assert found_out(careless, true) != []


def test_whoever_adds_a_format_adds_it_to_the_exits() -> None:
    parameters = description()["paths"]["/api/data/indicators"]["get"]["parameters"]
    (formats,) = [one["schema"]["enum"] for one in parameters if one["name"] == "format"]
    assert {f"api, {one}" for one in formats} == {one for one in EXITS if one.startswith("api, ")}
    assert {f"report, {one}" for one in REPORT_FORMATS} <= EXITS.keys()
    assert {f"command, {one}" for one in COMMAND_FORMATS} <= EXITS.keys()
