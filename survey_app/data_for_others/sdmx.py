"""The figures as an SDMX-JSON 2.0 data message (https://github.com/sdmx-twg/sdmx-json), flat: each observation has its whole key.

Dimensions FREQ, INDICATOR, REF_AREA, MEASURE, TIME_PERIOD; the measure OBS_VALUE; attributes OBS_STATUS and CONF_STATUS with
the codes of SDMX's cross-domain lists, UNIT_MEASURE, STATE, and DATA_SOURCE of the population that a figure rests on.
A hidden figure has no value and the status Q (missing, suppressed); it is never told which of them is small itself and
which is hidden for another's sake, so CONF_STATUS is C for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analysis.indicators import load_definitions
from survey_app.data_for_others.making import STATES
from survey_app.data_for_others.shapes import Figure, Figures
from survey_app.indicator_figures import DATA

MEDIA_TYPE = "application/vnd.sdmx.data+json"
_DATAFLOW = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=CRP:INDICATORS(1.0.0)"
_SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json"


@dataclass(frozen=True)
class _Measure:
    name: tuple[str, str]
    unit: str
    can_be_hidden: bool = False
    rests_on_population: bool = False


_MEASURES = {
    "lower": _Measure(("Số trẻ ít nhất", "Children, at least"), "PS", can_be_hidden=True),
    "upper": _Measure(("Số trẻ nhiều nhất", "Children, at most"), "PS", can_be_hidden=True),
    "population": _Measure(("Số trẻ trong độ tuổi", "Children of these ages"), "PS", rests_on_population=True),
    "rate": _Measure(("Tỷ lệ", "Rate"), "PT", can_be_hidden=True, rests_on_population=True),
    "rate_upper": _Measure(("Tỷ lệ cao nhất", "Rate, at most"), "PT", can_be_hidden=True, rests_on_population=True),
    "target": _Measure(("Mục tiêu", "Target"), "PT"),
    "gap": _Measure(("Khoảng cách", "Gap"), "PP", can_be_hidden=True, rests_on_population=True),
    "consultations": _Measure(("Số đợt, buổi được tính", "Consultations counted"), "NUM"),
    "consultations_not_counted": _Measure(("Số đợt chưa được tính", "Consultations not counted"), "NUM"),
}
_UNITS = {
    "PS": ("Người", "Persons"),
    "PT": ("Phần trăm", "Percent"),
    "PP": ("Điểm phần trăm", "Percentage points"),
    "NUM": ("Lần", "Number"),
}
_OBS_STATUS = {
    "A": ("Bình thường", "Normal value"),
    "E": ("Ước tính", "Estimated value"),
    "O": ("Thiếu", "Missing value"),
    "Q": ("Không nêu", "Missing value; suppressed"),
}
_CONF_STATUS = {
    "F": ("Được nêu", "Free (free for publication)"),
    "C": ("Không nêu", "Confidential statistical information"),
}


@dataclass
class _Values:
    """Values in the order in which they are first needed; observations name them by number."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def number(self, value: dict[str, Any]) -> int:
        key = str(value.get("id", value.get("value")))
        self.found.setdefault(key, value)
        return list(self.found).index(key)


def data_message(figures: Figures, prepared: datetime) -> dict[str, Any]:
    """The year's figures. Valid by SDMX-JSON's own schema; `test` says that no child stands behind them."""
    keys = {name: _Values() for name in ("FREQ", "INDICATOR", "REF_AREA", "MEASURE", "TIME_PERIOD")}
    told = {name: _Values() for name in ("OBS_STATUS", "CONF_STATUS", "UNIT_MEASURE", "STATE", "DATA_SOURCE")}
    names = {
        number: (one.name["vi"], one.name["en"]) for number, one in load_definitions(DATA / "indicators.json").items()
    }
    observations: dict[str, list[Any]] = {}
    for figure in figures.figures:
        for name, measure in _MEASURES.items():
            key = (
                _coded("A", ("Hằng năm", "Annual")),
                _coded(f"CRP{figure.indicator}", names[figure.indicator]),
                _coded(figure.area_code, (figure.area, figure.area)),
                _coded(name.upper(), measure.name),
                _year(figure.year),
            )
            place = ":".join(map(str, _numbers(keys.values(), key)))
            observations[place] = [getattr(figure, name), *_attributes(told, figure, name, measure)]
    content = [
        _component(name, values, {"keyPosition": position}) for position, (name, values) in enumerate(keys.items())
    ]
    links = [{"rel": "dataflow", "urn": _DATAFLOW}]
    return {
        "meta": {
            "schema": _SCHEMA,
            "id": f"CRP-{figures.year}",
            "test": figures.synthetic,
            "prepared": prepared.isoformat(timespec="seconds"),
            "contentLanguages": ["vi", "en"],
            "sender": {"id": "CRP", "name": "Quyền tham gia của trẻ em"},
        },
        "data": {
            "dataSets": [{"structure": 0, "action": "Replace", "links": links, "observations": observations}],
            "structures": [
                {
                    "dataSets": [0],
                    "links": links,
                    **_named(("Ba chỉ tiêu về quyền tham gia của trẻ em", "Three indicators of child participation")),
                    "dimensions": {"dataSet": [], "series": [], "observation": content},
                    "measures": {"observation": [{"id": "OBS_VALUE", **_named(("Giá trị", "Value"))}]},
                    "attributes": {
                        "dataSet": [],
                        "series": [],
                        "observation": [
                            _component(name, values, {"relationship": {"observation": {}}})
                            for name, values in told.items()
                            if values.found
                        ],
                    },
                }
            ],
        },
    }


def _attributes(told: dict[str, _Values], figure: Figure, name: str, measure: _Measure) -> list[int | None]:
    """Numbers of the attributes' values; the last one, which not every figure has, may be left out."""
    hidden = measure.can_be_hidden and figure.state == "suppressed"
    estimated = measure.rests_on_population and figure.is_estimate
    missing = getattr(figure, name) is None
    status = "Q" if hidden else "O" if missing else "E" if estimated else "A"
    conf = "C" if hidden else "F"
    values = (
        _coded(status, _OBS_STATUS[status]),
        _coded(conf, _CONF_STATUS[conf]),
        _coded(measure.unit, _UNITS[measure.unit]),
        _coded(figure.state, (STATES[figure.state], STATES[figure.state])),
    )
    numbers: list[int | None] = [*_numbers(list(told.values())[:-1], values)]
    if measure.rests_on_population and figure.source_title:
        numbers.append(told["DATA_SOURCE"].number({"value": figure.source_title}))
    return numbers


def _numbers(lists: Iterable[_Values], values: Sequence[dict[str, Any]]) -> list[int]:
    return [one.number(value) for one, value in zip(lists, values, strict=True)]


def _component(name: str, values: _Values, more: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "name": name, **more, "values": list(values.found.values())}


def _named(name: tuple[str, str]) -> dict[str, Any]:
    return {"name": name[0], "names": {"vi": name[0], "en": name[1]}}


def _coded(code: str, name: tuple[str, str]) -> dict[str, Any]:
    return {"id": code, **_named(name)}


def _year(year: int) -> dict[str, Any]:
    return {"id": str(year), "name": str(year), "start": f"{year}-01-01T00:00:00Z", "end": f"{year}-12-31T23:59:59Z"}
