"""Shows a figure only where it cannot point at a child.

Primary: a count from 1 to threshold − 1 is hidden, and with it every figure that would give it away (the other end of
the interval, rate, gap, whether the target is reached). Zero is shown: the denominators are public and large, so "none
of 1,200 children" points at nobody, while hiding it would hide the communes that were left out.

Complementary: communes add up to the province. What is hidden could be found by subtraction, so further communes are
hidden, smallest first, until the hidden ones together leave room: with sum S over n hidden communes, each at least 1,
any of them could be as large as S − (n − 1), and that must be at least the threshold. Where no commune is left to hide,
the province's figure of that year is hidden instead. Distinct children are counted anew each year, so years do not add
up to anything.

What is hidden for which of the two reasons is not told, since that alone would narrow down the figure.
Not covered: comparing two indicators whose ages overlap, or tables made at different times.
"""

from collections.abc import Mapping

import pandas as pd

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
        hidden = hidden_areas(counts, threshold, total)
        where = rows.index[rows["commune_code"].isin(list(hidden))]
        shown.loc[where, list(HIDDEN_COLUMNS)] = pd.NA
        shown.loc[where, "state"] = SUPPRESSED
    return shown


def hidden_areas(counts: Mapping[str, Counts], threshold: int = THRESHOLD, total: str = PROVINCE) -> frozenset[str]:
    """Which areas to hide. Every area has the same number of counts (such as lower and upper bound), each of them
    additive.

    A total that is not in `counts` is taken to be known from elsewhere; it cannot be hidden then.
    """
    hidden = {code for code, values in counts.items() if any(0 < value < threshold for value in values)}
    if total in hidden:
        return frozenset(hidden)
    smallest_first = sorted(
        (values, code) for code, values in counts.items() if code != total and code not in hidden and all(values)
    )
    spare = [code for _, code in smallest_first]
    while hidden and not _leaves_room([counts[code] for code in hidden], threshold):
        if not spare:
            hidden.add(total)
            break
        hidden.add(spare.pop(0))
    return frozenset(hidden & counts.keys())


def _leaves_room(hidden: list[Counts], threshold: int) -> bool:
    # One hidden area alone never leaves room: the count it is hidden for is itself below the threshold.
    return all(sum(column) - (len(hidden) - 1) >= threshold for column in zip(*hidden, strict=True))
