"""What other systems get of the example in docs/indicators.md: three communes, of which two are hidden."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
import pytest

from survey_app.data_for_others.dhis2 import data_elements, data_value_set
from survey_app.data_for_others.making import as_csv, figures_of, metadata_of
from survey_app.data_for_others.shapes import Figures

A, B, C, PROVINCE = "00001", "00002", "00003", "84"
COUNTS = {A: (3, 3, 0), B: (9, 12, 3), C: (40, 45, 5), PROVINCE: (51, 45, 8)}
"""With a card, in the largest consultation, without a card."""


def told(*, demonstration: bool = False) -> dict[str, Any]:
    return {
        "demonstration": demonstration,
        "threshold": 5,
        "units": [{"code": code, "name": f"Xã {code}"} for code in (C, A, B)],
        "indicators": [{"id": 22, "min_age": 7, "max_age": 16}],
        "sources": [{"source": "s", "title": "Số liệu", "is_estimate": True, "in_force": []}],
        "population": [
            {"source": "s", "commune_code": code, "year": 2025, "age": age, "children": 100.0, "band_from": None, "band_to": None}
            for code in (A, B, C) for age in range(18)
        ],
        "counts": [
            {
                "indicator": 22, "area_code": code, "year": 2025, "carded_certain": cards, "carded_possible": cards,
                "largest_certain": largest, "uncarded_possible": uncarded, "consultations": 1, "consultations_not_counted": 0,
            }
            for code, (cards, largest, uncarded) in COUNTS.items()
        ],
    }  # fmt: skip


@pytest.fixture
def figures() -> Figures:
    return figures_of(told(), 2025)


def test_what_is_shown_is_the_example(figures: Figures) -> None:
    mine = {one.area_code: one for one in figures.figures if one.indicator == 22}
    assert list(mine) == [A, B, C, PROVINCE]
    assert {code: (one.state, one.lower, one.upper) for code, one in mine.items()} == {
        A: ("suppressed", None, None),
        B: ("suppressed", None, None),
        C: ("measured", 45, 45),
        PROVINCE: ("measured", 59, 59),
    }
    assert (mine[C].rate, mine[C].gap, mine[C].reached, mine[PROVINCE].rate) == (4.5, -25.5, False, 1.9667)
    assert (mine[A].population, mine[A].source_title, mine[A].is_estimate) == (1000, "Số liệu", True)
    others = [one for one in figures.figures if one.indicator != 22]
    assert {(one.state, one.lower, one.rate) for one in others} == {("no_data", None, None)}
    written = msgspec.to_builtins(mine[A])
    assert written.keys() & {"lower", "upper", "rate", "rate_upper", "gap", "reached"} == set()


def test_the_file_has_empty_cells_where_something_is_hidden(figures: Figures) -> None:
    rows = [row for row in csv.DictReader(io.StringIO(as_csv(figures))) if row["indicator"] == "22"]
    cells = [(row["area_code"], row["lower"], row["rate"], row["reached"], row["synthetic"]) for row in rows]
    assert cells == [
        (A, "", "", "", "false"),
        (B, "", "", "", "false"),
        (C, "45", "4.5", "false", "false"),
        (PROVINCE, "59", "1.9667", "false", "false"),
    ]


def test_dhis2_gets_values_by_code_and_none_that_is_hidden(figures: Figures) -> None:
    values = {(one.data_element, one.org_unit): one for one in data_value_set(figures).data_values}
    assert {area for element, area in values if element == "CRP22_RATE"} == {C, PROVINCE}
    assert {area for element, area in values if element == "CRP22_STATE"} == {A, B, C, PROVINCE}
    assert {area for element, area in values if element == "CRP23_RATE"} == set()
    assert msgspec.to_builtins(values["CRP22_RATE", C]) == {
        "dataElement": "CRP22_RATE", "period": "2025", "orgUnit": C, "value": "4.5", "comment": "Số liệu (estimate)",
    }  # fmt: skip
    assert [values[f"CRP22_{name}", C].value for name in ("GAP", "TARGET", "REACHED", "LOWER")] == [
        "-25.5", "30", "false", "45",
    ]  # fmt: skip
    synthetic = data_value_set(figures_of(told(demonstration=True), 2025)).data_values
    assert all("synthetic" in (one.comment or "") for one in synthetic)


def test_data_elements_are_of_this_instances_ages_and_never_added_up() -> None:
    elements = {one.code: one for one in data_elements(metadata_of(told())).data_elements}
    assert "7–16 tuổi" in elements["CRP22_RATE"].description
    assert {one.aggregation_type for one in elements.values()} == {"NONE"}
    assert {one.data_element for one in data_value_set(figures_of(told(), 2025)).data_values} <= elements.keys()


def test_a_year_of_which_nothing_is_known_has_no_figures() -> None:
    empty = told() | {"population": [], "counts": [], "sources": []}
    assert {(one.state, one.lower, one.population) for one in figures_of(empty, 2025).figures} == {
        ("no_data", None, None)
    }
