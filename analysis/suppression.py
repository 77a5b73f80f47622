"""Shows a figure only where it cannot point at a child.

Primary: a count from 1 to threshold − 1 is hidden, and with it every figure that would give it away (the other end of
the interval, rate, gap, whether the target is reached). Zero is shown: the denominators are public and large, so "none
of 1,200 children" points at nobody, while hiding it would hide the communes that were left out.

Complementary: communes add up to the province. What is hidden could be found by subtraction, so further communes are
hidden, smallest first, until the hidden ones together leave room: the least and the greatest number that a small count
could be, given what is shown, must lie at least a threshold apart. They are found in closed form, for an attacker who
knows more than is shown: the exact sum S of the n hidden communes at both ends (the lower ends of all communes go beyond
the province's by the children with cards in two communes, the upper ends also where a population caps them; he knows by
how much), that each has at least 1 child and none more than the
province, in which communes both ends are one number, and which commune has as many as the province. So a small count
lies between S − (the most that the others can have) and S − (n − 1), both ends of an interval moving together; where
nobody surely took part, the upper ends alone. Where no commune is left to hide, the province's figure of that year is
hidden instead. Distinct children are counted anew each year, so years do not add up to anything; and a change between two
years is shown only where both are.

Groups (boys and girls) of areas are a table with totals both ways. There, what is hidden is attacked before it is shown:
for every small count the least and the greatest value that agree with everything shown are found by linear programming,
and further groups are hidden until the two are at least a threshold apart. The attacker is given more than is shown:
that the lower bounds are of children with cards alone, where all are, and how many children stand in two communes.
Areas hidden as a whole show no group, and the areas' own figures are never changed by their groups.

The method is complementary cell suppression with an audit of the feasible intervals (Willenborg and de Waal, Elements of
Statistical Disclosure Control, 2001; Hundepool and others, Statistical Disclosure Control, 2012). Cells are chosen one by
one, smallest first: safe, not the fewest possible.

What is hidden for which of the two reasons is not told, since that alone would narrow down the figure.
Not covered: comparing two indicators whose ages overlap, or tables made at different times; reasoning backwards from the
rule "smallest first" (a commune that is hidden alone is a small one); whoever knows one of two hidden communes from her
own work, such as its officer, and subtracts it; a child or a teacher who knows all but one of the children of a commune;
staff who may open a consultation's own page, where its children are counted one by one; communes with hardly more
children than the threshold, whose population itself says that a count is small.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from analysis.indicators import PROVINCE

THRESHOLD = 5
SUPPRESSED = "suppressed"
HIDDEN_COLUMNS = ("lower", "upper", "rate", "rate_upper", "gap", "reached")

Counts = tuple[int, ...]


def suppress(table: pd.DataFrame, threshold: int = THRESHOLD, total: str = PROVINCE) -> pd.DataFrame:
    """`table` as made by `analysis.indicators.rates`, with figures hidden (pandas.NA) and state 'suppressed' where need
    be.

    Give it whole tables (all communes and the province's row), before anything is filtered: what is hidden depends on
    the rest. Map, table, chart, export and report all show what comes out of here. Raises ValueError for a threshold
    below 2, or when an area stands twice in the same indicator and year.
    """
    if threshold < 2:
        raise ValueError(f"suppress: threshold is {threshold}; 2 is the least that hides anything")
    shown = table.copy()
    for (indicator, year), rows in table.groupby(["indicator", "year"]):
        if rows["commune_code"].duplicated().any():
            raise ValueError(f"suppress: an area stands twice in indicator {indicator}, year {year}")
        counted = rows[rows["upper"].notna()]
        counts: dict[str, Counts] = {
            code: (int(lower), int(upper))
            for code, lower, upper in zip(counted["commune_code"], counted["lower"], counted["upper"], strict=True)
        }
        people = {
            code: int(children)
            for code, children in zip(counted["commune_code"], counted["population"], strict=True)
            if not pd.isna(children)
        }
        hidden = hidden_areas(counts, threshold, total, people)
        where = rows.index[rows["commune_code"].isin(list(hidden))]
        shown.loc[where, list(HIDDEN_COLUMNS)] = pd.NA
        shown.loc[where, "state"] = SUPPRESSED
    return shown


def hidden_areas(
    counts: Mapping[str, Counts],
    threshold: int = THRESHOLD,
    total: str = PROVINCE,
    most: Mapping[str, int] | None = None,
) -> frozenset[str]:
    """Which areas to hide. Every area has the same number of counts, each of them additive: one, or a lower and an upper
    bound. `most`: the most that an area's counts can be (its population), where that is known.

    A total that is not in `counts` is taken to be known from elsewhere; it cannot be hidden then.
    """
    hidden = {code for code, values in counts.items() if any(0 < value < threshold for value in values)}
    if total in hidden:
        return frozenset(hidden)
    smallest_first = sorted(
        (values, code) for code, values in counts.items() if code != total and code not in hidden and all(values)
    )
    spare = [code for _, code in smallest_first]
    while hidden and not _leaves_room(
        {code: counts[code] for code in hidden}, counts.get(total), most or {}, threshold
    ):
        if not spare:
            hidden.add(total)
            break
        hidden.add(spare.pop(0))
    return frozenset(hidden & counts.keys())


def _leaves_room(hidden: Mapping[str, Counts], whole: Counts | None, most: Mapping[str, int], threshold: int) -> bool:
    """Whether every small count among the hidden ones could be numbers that lie a threshold apart. `whole`: the total's
    counts, where they are shown.
    """
    ends = {code: (values[0], values[-1]) for code, values in hidden.items()}
    if whole:
        # Where the total is that of its largest area, that area's count is as good as shown.
        ends = {code: (low, high) for code, (low, high) in ends.items() if low != whole[0] and high != whole[-1]}
    greatest = sum(high for _, high in ends.values())
    lower, upper = (whole[0], whole[-1]) if whole else (greatest, greatest)
    limits = [min(upper, most.get(code, upper)) for code in ends]
    cells = list(zip(ends.values(), limits, strict=True))
    # Children are moved from area to area: both ends go along, or, where the two differ, the upper ends alone.
    moved = _spans([(low, 1, max(low, min(lower, limit - (high - low)))) for (low, high), limit in cells])
    stretched = _spans(
        [(high, max(low, 1), max(high, limit)) if low < high else (high, high, high) for (low, high), limit in cells]
    )
    return bool(ends) and all(
        span >= threshold or (not low and other >= threshold)
        for (low, high), span, other in zip(ends.values(), moved, stretched, strict=True)
        if 0 < low < threshold or 0 < high < threshold
    )


def _spans(cells: list[tuple[int, int, int]]) -> list[int]:
    """How far each value can be moved between its least and its most while the sum of all stays the same."""
    together, lows, highs = (sum(column) for column in zip(*cells, strict=True)) if cells else (0, 0, 0)
    return [min(high, together - lows + low) - max(low, together - highs + high) for _, low, high in cells]


def suppress_groups(
    groups: pd.DataFrame, shown: pd.DataFrame, threshold: int = THRESHOLD, total: str = PROVINCE
) -> pd.DataFrame:
    """Children with cards by area and group, with small counts hidden: area_code, group, children (pandas.NA where
    hidden), state ('measured' or 'suppressed'); every group in every area that `shown` has any figure of or hides.

    `groups`: area_code, group, children; each child is in one group of an area, and in the total's row once. `shown`:
    one indicator and year as made by `suppress`. Raises ValueError when an area and group stand twice.
    """
    if groups.duplicated(["area_code", "group"]).any():
        raise ValueError("suppress_groups: an area and group stand twice")
    names = sorted(groups["group"].unique())
    bounds = {
        code: None if pd.isna(lower) else int(lower)
        for code, lower, state in zip(shown["commune_code"], shown["lower"], shown["state"], strict=True)
        if state == SUPPRESSED or not pd.isna(lower)
    }
    counts = {(code, name): 0 for code in bounds for name in names}
    given = zip(groups["area_code"], groups["group"], groups["children"], strict=True)
    counts |= {(code, name): int(children) for code, name, children in given if code in bounds}
    hidden = _hidden_groups(_Grid(counts, bounds, total), threshold)
    rows = [
        (
            code,
            name,
            pd.NA if (code, name) in hidden else children,
            SUPPRESSED if (code, name) in hidden else "measured",
        )
        for (code, name), children in counts.items()
    ]
    table = pd.DataFrame(rows, columns=["area_code", "group", "children", "state"])
    return table.astype({"children": "Int64"})


Cell = tuple[str, str]


@dataclass(frozen=True)
class _Grid:
    """Counts by area and group, and the areas' lower bounds where they are shown."""

    counts: Mapping[Cell, int]
    bounds: Mapping[str, int | None]
    total: str
    place: dict[Cell, int] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "place", {cell: number for number, cell in enumerate(self.counts)})

    def known(self) -> tuple[list[np.ndarray], list[int], list[np.ndarray], list[int]]:
        """Sums that are known exactly (left sides, right sides), and sums of which only an upper bound is known."""
        equal: list[np.ndarray] = []
        below: list[np.ndarray] = []
        equals: list[int] = []
        most: list[int] = []
        groups = sorted({name for _, name in self.counts})
        shown = {area: bound for area, bound in self.bounds.items() if bound is not None and groups}
        # That every lower bound is of cards alone is nowhere shown; an attacker who supposes it is right only then.
        cards_alone = all(sum(self.counts[area, name] for name in groups) == bound for area, bound in shown.items())
        for area, bound in shown.items():
            (equal if cards_alone else below).append(self._row([(area, name) for name in groups]))
            (equals if cards_alone else most).append(bound)
        if self.total in self.bounds:
            for name in groups:
                row = self._row([(area, name) for area in self.bounds if area != self.total])
                row[self.place[self.total, name]] = -1
                equal.append(row)
                equals.append(int(row @ np.array(list(self.counts.values()))))
        return equal, equals, below, most

    def _row(self, cells: list[Cell]) -> np.ndarray:
        row = np.zeros(len(self.counts))
        row[[self.place[cell] for cell in cells]] = 1
        return row


def _hidden_groups(grid: _Grid, threshold: int) -> set[Cell]:
    small = [cell for cell, children in grid.counts.items() if 0 < children < threshold]
    hidden = {*small, *(cell for cell in grid.counts if grid.bounds[cell[0]] is None)}
    known = grid.known()
    for cell in small:
        # Hiding more only widens what is feasible, so a cell that is safe once stays so.
        while not _is_safe(cell, grid, hidden, known, threshold):
            spare = [each for each in grid.counts if each not in hidden and (each[0] == cell[0] or each[1] == cell[1])]
            if not spare:
                hidden = set(grid.counts)
                break
            hidden.add(
                min(spare, key=lambda each: (each[0] != cell[0], grid.counts[each] == 0, grid.counts[each], each))
            )
    return hidden


def _is_safe(cell: Cell, grid: _Grid, hidden: set[Cell], known: tuple[Any, ...], threshold: int) -> bool:
    equal, equals, below, most = known
    aim = np.zeros(len(grid.counts))
    aim[grid.place[cell]] = 1
    limits = [(0, None) if each in hidden else (children, children) for each, children in grid.counts.items()]
    ends = []
    for sign in (1, -1):
        solved = linprog(
            sign * aim,
            A_eq=np.array(equal) if equal else None, b_eq=equals or None,
            A_ub=np.array(below) if below else None, b_ub=most or None,
            bounds=limits,
        )  # fmt: skip
        if solved.status == 3:
            return True
        if solved.status != 0:
            raise RuntimeError(f"suppress_groups: {solved.message}")
        ends.append(float(aim @ np.asarray(solved.x)))
    return ends[1] - ends[0] >= threshold - 1e-6
