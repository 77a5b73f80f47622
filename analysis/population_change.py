"""What a new source of child population would change: denominators before and after, beside the estimate."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.indicators import PROVINCE, Definition, denominators

FAR_OFF_PERCENT = 20
"""A figure that differs from the estimate by more than this is worth a second look."""


def changes(
    imported: pd.DataFrame,
    population: pd.DataFrame,
    sources: pd.DataFrame,
    definition: Definition,
    year: int,
    communes: Sequence[str],
) -> pd.DataFrame:
    """One row a commune, then the province's: commune_code, before, after, difference, estimate, off, taken.

    `imported`: the figures to come, as `population_table` reads them; they would be in force in the year. `population`
    and `sources` are those of `denominators`. off: percent that after is above (+) or below (−) the estimate; taken:
    whether the commune's figure would be the imported one. The province's sums are missing where a commune's is.
    """
    key = "to come"
    others = sources.assign(in_force=sources["in_force"].map(lambda years: [y for y in years if y != year]))
    new = pd.DataFrame([{"source": key, "title": key, "is_estimate": False, "in_force": [year]}])
    both = [population, imported.assign(source=key)]

    def reckoned(figures: pd.DataFrame, of: pd.DataFrame) -> pd.DataFrame:
        return denominators(figures, of, definition, [year], communes).set_index("commune_code")

    after = reckoned(pd.concat(both, ignore_index=True), pd.concat([others, new], ignore_index=True))
    estimate = reckoned(population, others[others["is_estimate"].astype(bool)])
    table = pd.DataFrame(
        {
            "before": reckoned(population, sources)["population"],
            "after": after["population"],
            "estimate": estimate["population"],
        },
        index=list(communes),
    ).astype("Float64")
    table.loc[PROVINCE] = table.sum(skipna=False)
    table["difference"] = table["after"] - table["before"]
    table["off"] = 100 * (table["after"] - table["estimate"]) / table["estimate"].replace(0, pd.NA)
    taken = (after["source"] == key).to_dict()
    table["taken"] = [taken.get(code, True) for code in table.index]
    return table.rename_axis("commune_code").reset_index()


def far_off(changed: pd.DataFrame) -> list[str]:
    """Codes of the communes, and of the province, whose imported figure is far from the estimate."""
    wide = changed["taken"] & (changed["off"].abs() > FAR_OFF_PERCENT).fillna(value=False)
    return list(changed[wide]["commune_code"])
