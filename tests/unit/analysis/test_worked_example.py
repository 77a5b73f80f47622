"""The example in the documentation comes out as it says there."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.choropleth import percent
from analysis.districts import district_rates
from analysis.group_suppression import suppress_groups
from analysis.indicators import PROVINCE, Definition, group_populations, rates
from analysis.suppression import suppress
from survey_app.indicator_groups import age_bands, band_of
from tests.unit.analysis.conftest import DATA

COLUMNS = [
    *("indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
]
OFFICIAL = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
PAGE = Path(__file__).parents[3] / "docs" / "indicators.md"


def tables() -> list[list[list[str]]]:
    """The page's tables: rows of cells, without the line below the head."""
    found: list[list[list[str]]] = [[]]
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            found.append([])
        elif not line.startswith("|---"):
            found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return [table for table in found if table]


def number(written: str) -> float:
    return float(written.replace("−", "-").removesuffix("%"))


def test_the_page_tells_the_ages_and_targets_of_the_definitions(definitions: dict[int, Definition]) -> None:
    for indicator, ages, _, middle, last in tables()[0][1:]:
        definition = definitions[int(indicator)]
        assert ages == f"{definition.min_age}–{definition.max_age}"
        assert dict(definition.targets) == {2025: number(middle), 2030: number(last)}


def test_the_worked_example_comes_out_as_the_page_says(definitions: dict[int, Definition]) -> None:
    consultations = [[int(cell) for cell in row[1:]] for row in tables()[1][1:]]
    expected = {name: number(value) for name, value in tables()[2][1:]}
    cards = sum(carded - again for carded, again, _ in consultations)
    facts = (
        cards,
        cards,
        max(c + u for c, _, u in consultations),
        sum(u for _, _, u in consultations),
        len(consultations),
        0,
    )
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    counts = pd.DataFrame([(22, area, 2025, *facts) for area in ("29242", PROVINCE)], columns=columns)
    population = pd.DataFrame(
        [("official", "29242", 2025, age, 100 / 9) for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    sources = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
    for row in rates(counts, population, definitions[22], [2025], ["29242"], sources=sources).to_dict("records"):
        names = ("lower", "upper", "rate", "rate_upper", "target", "gap")
        assert [float(row[name]) for name in names] == pytest.approx(list(expected.values()))


def test_the_province_comes_out_as_the_page_says(definitions: dict[int, Definition]) -> None:
    written = {area: [int(cell) for cell in cells] for area, *cells in tables()[3][1:]}
    communes = [area for area in written if area != "province"]
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    counts = pd.DataFrame(
        [
            (22, PROVINCE if area == "province" else area, 2025, cards, cards, largest, without, 1, 0)
            for area, (cards, largest, without, _, _) in written.items()
        ],
        columns=columns,
    )
    population = pd.DataFrame(
        [("official", area, 2025, age, 100) for area in communes for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    sources = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
    found = rates(counts, population, definitions[22], [2025], communes, sources=sources)
    assert found[["lower", "upper"]].to_numpy().tolist() == [[lower, upper] for *_, lower, upper in written.values()]


def test_the_three_communes_are_hidden_as_the_page_says(definitions: dict[int, Definition]) -> None:
    written = {row[0]: row[1:] for row in tables()[-1][1:]}
    communes = [name for name in written if name != "province"]
    counted = {name: (int(cards), int(without)) for name, (cards, without, *_) in written.items()}
    rows = [(22, name, 2025, *counted[name][:1] * 2, sum(counted[name]), counted[name][1], 1, 0) for name in communes]
    largest = max(sum(counted[name]) for name in communes)
    cards, without = counted["province"]
    assert without == sum(counted[name][1] for name in communes)
    assert cards == sum(counted[name][0] for name in communes) - 1
    rows.append((22, PROVINCE, 2025, cards, cards, largest, without, len(communes), 0))
    columns = [
        "indicator", "area_code", "year", "carded_certain", "carded_possible", "largest_certain", "uncarded_possible",
        "consultations", "consultations_not_counted",
    ]  # fmt: skip
    population = pd.DataFrame(
        [("official", name, 2025, age, 1000 / 9) for name in communes for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    sources = pd.DataFrame([("official", "Chi cục Thống kê", False)], columns=["source", "title", "is_estimate"])
    reckoned = rates(
        pd.DataFrame(rows, columns=columns), population, definitions[22], [2025], communes, sources=sources
    )
    shown = suppress(reckoned).to_dict("records")
    for before, after in zip(reckoned.to_dict("records"), shown, strict=True):
        _, _, lower, upper, told, rate = written.get(before["commune_code"], written["province"])
        assert [before["lower"], before["upper"]] == [int(lower), int(upper)]
        if after["state"] == "suppressed":
            assert (told, rate) == ("hidden", "hidden")
        else:
            assert told == f"{after['lower']}–{after['upper']}"
            assert rate == f"{percent(after['rate'], 'en')} %"


def test_age_bands_come_out_as_the_page_says(definitions: dict[int, Definition]) -> None:
    written = tables()[5][1:]
    population = pd.DataFrame(
        [("official", "29242", 2025, age, 100.0, None, None) for age in range(18)],
        columns=["source", "commune_code", "year", "age", "children", "girls", "boys"],
    )
    table = rates(pd.DataFrame(columns=COLUMNS), population, definitions[22], [2025], ["29242"], sources=OFFICIAL)
    people = group_populations(population, table, "band", definitions[22], age_bands())
    by_band = people[people["area_code"] == "29242"].set_index("group")["population"].to_dict()
    for age, _, band, children, known, rate in written:
        assert band_of(age) == band
        assert int(children) == sum(int(row[1]) for row in written if row[2] == band)
        assert known == str(by_band.get(band, ""))
        assert rate == (f"{100 * int(children) / by_band[band]:.1f} %" if band in by_band else "")


def test_a_commune_of_two_districts_is_in_the_larger_part_as_the_page_says() -> None:
    units = pd.read_csv(DATA / "units.csv", dtype=str)
    stands = units[units["valid_to"].isna()].set_index("code")["former_district"].to_dict()
    parts = pd.read_csv(DATA / "succession.csv", dtype={"new_code": str})
    sums = parts.groupby(["new_code", "former_district"], as_index=False)["population_2019"].sum()
    sums = sums.sort_values(["new_code", "population_2019"], ascending=[True, False])
    found = []
    for code, rows in sums.groupby("new_code"):
        assert stands[code] == rows.iloc[0]["former_district"]
        if len(rows) > 1:
            found.append([code, *(str(value) for row in rows.iloc[:2].itertuples() for value in row[2:])])
    assert tables()[6][1:] == found


def test_the_district_of_two_communes_comes_out_as_the_page_says(definitions: dict[int, Definition]) -> None:
    written = {area: [int(cell) for cell in cells] for area, *cells in tables()[3][1:]}
    counts = pd.DataFrame(
        [
            (22, area, 2025, cards, cards, largest, without, 1, 0)
            for area, (cards, largest, without, *_) in written.items()
        ],
        columns=COLUMNS,
    )
    population = pd.DataFrame(
        [("official", area, 2025, age, 100) for area in ("A", "B", "C") for age in range(7, 16)],
        columns=["source", "commune_code", "year", "age", "children"],
    )
    cards = pd.DataFrame([(22, "AB", 58, 58)], columns=["indicator", "area_code", "children", "possible"])
    of = {"A": "AB", "B": "AB", "C": "C"}
    found = district_rates(counts, cards, population, definitions[22], 2025, of, sources=OFFICIAL)
    row = found.iloc[0]
    assert "58 cards, of A 30 children more, at least 88, at most 58 + 45 = 103" in PAGE.read_text(encoding="utf-8")
    assert (row["commune_code"], row["lower"], row["upper"], row["population"]) == ("AB", 88, 103, 1800)


def test_one_child_without_a_recorded_sex_takes_the_girls_with_it_as_the_page_says() -> None:
    assert "40 girls and 50 boys with cards and\n1 child of whom no sex is recorded" in PAGE.read_text(encoding="utf-8")
    counts = {"29242": (40, 50, 1), "29254": (60, 60, 20), "29263": (70, 80, 30), PROVINCE: (170, 190, 51)}
    names = ("female", "male", "not_recorded")
    groups = pd.DataFrame(
        [(area, name, n) for area, row in counts.items() for name, n in zip(names, row, strict=True)],
        columns=["area_code", "group", "children"],
    )
    areas = pd.DataFrame(
        [(area, sum(row), "measured") for area, row in counts.items()], columns=["commune_code", "lower", "state"]
    )
    table = suppress_groups(groups, areas, areas)
    hidden = table[table["children"].isna() & (table["area_code"] == "29242")]["group"].tolist()
    assert hidden == ["female", "not_recorded"]
