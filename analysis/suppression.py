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

Districts lie between: `suppress_districts` hides a district where its figure would tell its communes'. Groups of areas (boys
and girls, ages, …) are in analysis/group_suppression.py; the areas' own figures are changed by neither.

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

from collections.abc import Collection, Mapping

import pandas as pd

from analysis.indicators import PROVINCE

THRESHOLD = 5
SUPPRESSED = "suppressed"
HIDDEN_COLUMNS = ("lower", "upper", "rate", "rate_upper", "gap", "reached")

Counts = tuple[int, ...]
"""One number, or a lower and an upper bound."""


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
    already: Collection[str] = (),
) -> frozenset[str]:
    """Which areas to hide. Every area has the same number of counts, each of them additive: one, or a lower and an upper
    bound. `most`: the most that an area's counts can be (its population), where that is known. `already`: areas that are hidden anyway.

    A total that is not in `counts` is taken to be known from elsewhere; it cannot be hidden then.
    """
    hidden = {*already, *(code for code, values in counts.items() if any(0 < value < threshold for value in values))}
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


def suppress_districts(
    districts: pd.DataFrame, communes: pd.DataFrame, shown: pd.DataFrame, district_of: Mapping[str, str], threshold: int
) -> pd.DataFrame:
    """Districts' rows as made by `analysis.indicators.rates`, with figures hidden where they are small or would give away
    those of communes; of one indicator and year.

    `communes`: the rows of communes and the province as reckoned, `shown` the same as made by `suppress`; what is hidden
    there stays so and nothing more is. `district_of`: the district of each commune; one that has none is as in a district that is never shown.
    """
    ends = {
        code: (int(lower), int(upper))
        for table in (districts, communes)
        for code, lower, upper in zip(table["commune_code"], table["lower"], table["upper"], strict=True)
        if not pd.isna(upper)
    }
    kept = {code for code, state in zip(shown["commune_code"], shown["state"], strict=True) if state == SUPPRESSED}
    people = dict(zip(communes["commune_code"], communes["population"], strict=True))
    most = {code: int(people[code]) for code in kept if not pd.isna(people[code])}
    below: dict[str, dict[str, Counts]] = {name: {} for name in districts["commune_code"]}
    for code in sorted(kept - {PROVINCE}):
        below.setdefault(district_of.get(code, ""), {})[code] = ends[code]
    province = None if PROVINCE in kept else ends.get(PROVINCE)
    hidden = {name for name in below if name not in ends and below[name]}
    hidden |= {name for name in below if name in ends and any(0 < value < threshold for value in ends[name])}
    hidden |= {
        name
        for name, cells in below.items()
        if cells and name in ends and not _leaves_room(cells, ends[name], most, threshold)
    }
    smallest_first = sorted(
        (name for name in below if name in ends), key=lambda name: (not below[name], ends[name], name)
    )
    while hidden and not _rest_leaves_room([below[name] for name in hidden], province, most, threshold):
        spare = [name for name in smallest_first if name not in hidden]
        if not spare:
            break
        hidden.add(spare[0])
    told = districts.copy()
    where = told.index[told["commune_code"].isin(list(hidden))]
    told.loc[where, list(HIDDEN_COLUMNS)] = pd.NA
    told.loc[where, "state"] = SUPPRESSED
    return told


def _rest_leaves_room(
    rest: list[dict[str, Counts]], province: Counts | None, most: Mapping[str, int], threshold: int
) -> bool:
    """Whether hidden communes of hidden districts leave room, one by one and each district's together."""
    single = {code: values for cells in rest for code, values in cells.items()}
    if not single:
        return False
    together = {
        str(place): (sum(low for low, _ in cells.values()), sum(high for _, high in cells.values()))
        for place, cells in enumerate(rest)
        if cells
    }
    return _leaves_room(single, province, most, threshold) and _leaves_room(together, province, {}, threshold)
