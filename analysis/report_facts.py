"""What a report is made of, and which numbers of children in its lists are hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.indicators import PROVINCE, Definition
from analysis.suppression import SUPPRESSED

FIRST_YEAR, MIDDLE_YEAR, LAST_YEAR = 2021, 2025, 2030
"""Of the decision's programme."""
KINDS = ("annual", "midterm", "final")
CONSULTATIONS = 22

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """`rates`: by indicator, every year from FIRST_YEAR to `year`, small figures hidden (`analysis.suppression`).

    `units`: code, name, kind, lat, lon of the communes, in the order of the tables. `consultations`: title, commune_code,
    commune_name, school_name, held_on (date), year, carded, uncarded, counted, status, published. `activities`: kind,
    indicator. `commitments`: body, promise, answer, commune_name, due_on (date or None), status, is_overdue. `texts`: by indicator,
    the catalogue's words that `analysis.choropleth` asks for. `seen_of`: the only commune whose lists the reader may see.
    `changes`: of activities with questions before and after them: title, indicator, commune_code, commune_name, held_on (date),
    year, change (ScoreChange; None: few children).
    `borders_from`: where the cells' borders come from; empty: they are approximate.
    """

    kind: str
    year: int
    made_on: date
    definitions: Mapping[int, Definition]
    rates: Mapping[int, pd.DataFrame]
    units: pd.DataFrame
    cells: Mapping[str, Any]
    borders_from: str
    consultations: Sequence[Row]
    activities: Sequence[Row]
    commitments: Sequence[Row]
    texts: Mapping[int, Callable[[str], str]]
    threshold: int
    is_demonstration: bool
    seen_of: str | None = None
    changes: Sequence[Row] = ()

    @property
    def years(self) -> range:
        """Those that the report is about."""
        return range(self.year if self.kind == "annual" else FIRST_YEAR, self.year + 1)

    def of_year(self, indicator: int, year: int | None = None) -> pd.DataFrame:
        """The communes' rows, in their order."""
        table = self.rates[indicator]
        mine = table[(table["year"] == (year or self.year)) & (table["commune_code"] != PROVINCE)]
        return mine.set_index("commune_code", drop=False).loc[self.units["code"].tolist()]

    def province(self, indicator: int, year: int | None = None) -> dict[Any, Any]:
        table = self.rates[indicator]
        mine = table[(table["year"] == (year or self.year)) & (table["commune_code"] == PROVINCE)]
        return dict(mine.to_dict("records")[0])


def shown_children(facts: Facts) -> list[int | None]:
    """Children of each consultation; None where it is hidden.

    All consultations of a commune and year are hidden together when one of them has fewer children than the threshold, or
    when the commune's own figure is hidden: else the one could be found from the others and the commune's figure. Nobody is
    told which it was.
    """
    numbers = [int(row["carded"]) + int(row["uncarded"]) for row in facts.consultations]
    table = facts.rates[CONSULTATIONS]
    found = table[table["state"] == SUPPRESSED]
    hidden = {(str(code), int(year)) for code, year in zip(found["commune_code"], found["year"], strict=True)}
    for row, number in zip(facts.consultations, numbers, strict=True):
        if 0 < number < facts.threshold:
            hidden.add((row["commune_code"], int(row["year"])))
    return [
        None if (row["commune_code"], int(row["year"])) in hidden else number
        for row, number in zip(facts.consultations, numbers, strict=True)
    ]
