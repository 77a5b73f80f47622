"""How children are answered, by area: consultations of a year that wait, and what children think of the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pandas as pd

from analysis.indicators import PROVINCE
from analysis.suppression import SUPPRESSED, THRESHOLD, hidden_areas

_COUNTED = ("ratings", "good", "other")


def waiting(communes: Iterable[str | None]) -> pd.DataFrame:
    """commune_code, value and value_state; `communes`: the commune of each consultation that waits for its answer, None where it was
    held in a unit that was split since: in the province then, and in no commune.

    The province's row is there always. These are consultations, not children: nothing is hidden.
    """
    places = list(communes)
    counts = Counter(code for code in places if code is not None)
    rows = [(code, float(number), "measured") for code, number in counts.items()]
    rows.append((PROVINCE, float(len(places)), "measured"))
    return pd.DataFrame(rows, columns=["commune_code", "value", "value_state"])


def good_ratings(ratings: pd.DataFrame, year: int, threshold: int = THRESHOLD) -> pd.DataFrame:
    """The share of good ratings in percent: commune_code, value, value_state and ratings (their number); missing where hidden.

    `ratings`: area_code, year, ratings, good, other (not good or so-so), each of them also as most_… (the most that one
    answer got); areas are communes and the province, where the others add up. A child may rate several answers and cannot be
    known again, so at least as many children rated as one answer got ratings, at most as many as there are ratings: that
    interval is what is hidden where it may be of fewer children than the threshold, of all ratings, the good ones and the
    others alike; where one of the three would give a child away, none is shown.
    """
    rows = ratings[(ratings["year"] == year) & (ratings["ratings"] > 0)].to_dict("records")
    hidden: set[str] = set()
    for counted in _COUNTED:
        counts = {str(row["area_code"]): (int(row[f"most_{counted}"]), int(row[counted])) for row in rows}
        if PROVINCE in counts:
            # Children of different communes are different children.
            least = sum(low for code, (low, _) in counts.items() if code != PROVINCE)
            counts[PROVINCE] = (least, counts[PROVINCE][1])
        hidden |= hidden_areas(counts, threshold)
    made = []
    for row in rows:
        is_hidden = row["area_code"] in hidden
        made.append(
            {
                "commune_code": str(row["area_code"]),
                "value": None if is_hidden else 100 * row["good"] / row["ratings"],
                "value_state": SUPPRESSED if is_hidden else "measured",
                "ratings": None if is_hidden else int(row["ratings"]),
            }
        )
    return pd.DataFrame(made, columns=["commune_code", "value", "value_state", "ratings"]).astype(
        {"commune_code": "str", "value": "Float64", "value_state": "str", "ratings": "Int64"}
    )
