"""What the API for others answers, as types: the answers are made from them, and so is their description."""

from __future__ import annotations

from typing import Literal

import msgspec

Texts = dict[str, str]
"""Language → text; Vietnamese is always there."""

State = Literal["measured", "not_counted", "no_data", "no_population", "suppressed"]


class Figure(msgspec.Struct, frozen=True, omit_defaults=True):
    """One indicator in one area and year. What is missing or hidden is absent, never 0; `state` says why."""

    indicator: Literal[22, 23, 24]
    year: int
    area_code: str
    area: str
    state: State
    target: float
    """Percent."""
    consultations: int
    """Those that count; of 23 and 24 the activities held."""
    consultations_not_counted: int
    lower: int | None = None
    """Children who surely took part."""
    upper: int | None = None
    """Children who took part, at most."""
    population: int | None = None
    """Children of the indicator's ages."""
    rate: float | None = None
    """`lower` in percent of `population`."""
    rate_upper: float | None = None
    gap: float | None = None
    """`rate` − `target`, percentage points."""
    reached: bool | None = None
    source: str | None = None
    """Of `population`."""
    source_title: str | None = None
    is_estimate: bool | None = None
    """Whether `population` is an estimate, and with it every rate."""


class Figures(msgspec.Struct, frozen=True):
    """All indicators of a year: the communes of today in the order of their codes, then the province (code 84)."""

    year: int
    synthetic: bool
    """Whether this is a demonstration: no child stands behind any figure."""
    figures: list[Figure]


class IndicatorMeaning(msgspec.Struct, frozen=True):
    """An indicator of the decision."""

    number: Literal[22, 23, 24]
    name: Texts
    source: Texts
    """The clause of the decision."""
    counts: Literal["consultation", "awareness", "activity"]
    min_age: int
    max_age: int
    """Completed years, both included."""
    targets: dict[str, float]
    """Year → percent; linear in between."""


class Area(msgspec.Struct, frozen=True):
    code: str
    name: str
    level: Literal["province", "commune"]


class Source(msgspec.Struct, frozen=True):
    """Where populations come from."""

    source: str
    title: str
    is_estimate: bool
    in_force: list[int]
    """Years of which it is the denominator by an administrator's choice."""


class Metadata(msgspec.Struct, frozen=True):
    """What the figures mean."""

    synthetic: bool
    threshold: int
    """Counts from 1 to one less are hidden, and others that would give them away."""
    decision: Texts
    indicators: list[IndicatorMeaning]
    areas: list[Area]
    sources: list[Source]
    columns: dict[str, str]
    """Of the CSV, which are the members of a figure in JSON."""
    states: dict[str, str]


class DataValue(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A value as DHIS2 takes it."""

    data_element: str
    period: str
    org_unit: str
    value: str
    comment: str | None = None


class DataValueSet(msgspec.Struct, frozen=True, rename="camel"):
    """For /api/dataValueSets of DHIS2, everything by code. What is missing or hidden is not in it."""

    data_values: list[DataValue]


class DataElement(msgspec.Struct, frozen=True, rename="camel"):
    """Never added up by DHIS2: a child counted in two communes is one child of the province, whose own figure is sent."""

    code: str
    name: str
    short_name: str
    description: str
    value_type: Literal["NUMBER", "INTEGER_ZERO_OR_POSITIVE", "BOOLEAN", "TEXT"]
    domain_type: Literal["AGGREGATE"] = "AGGREGATE"
    aggregation_type: Literal["NONE"] = "NONE"
    zero_is_significant: Literal[True] = True


class DataElements(msgspec.Struct, frozen=True, rename="camel"):
    """For /api/metadata of DHIS2."""

    data_elements: list[DataElement]
