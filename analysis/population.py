"""Children by commune, single age and year, estimated from the census of 1 April 2019. Every figure is an estimate.

The census gives five-year age bands by former district, and the whole population of every former commune. From these:

1. Single ages: a band is spread evenly over its five ages.
2. Communes: each former commune has the share of its district's band that it has of the district's whole population.
   Former communes are then added up into the commune that took them over (no unit was split, so the sums are exact; a
   commune with predecessors in two districts takes from both).
3. Years: cohorts move on. Children aged a in year y were aged a − (y − 2019) at the census.
4. Births after the census: a cohort not yet born in April 2019 is taken to be as large as the mean of ages 0–4 then.
5. No migration and no mortality after the census. Ages are completed years on 1 April.

Figures are fractions of children: round only what is shown, after adding up. From 2027 on, part of ages 7–15 rests on
step 4.
"""

from collections.abc import Iterable

import pandas as pd

CENSUS_YEAR = 2019
AGES = range(18)
YEARS = range(2019, 2032)
SOURCE = "census-2019-cohorts"
BANDS = {"age_0_4": range(0, 5), "age_5_9": range(5, 10), "age_10_14": range(10, 15), "age_15_19": range(15, 20)}


def estimate(succession: pd.DataFrame, census: pd.DataFrame, years: Iterable[int] = YEARS) -> pd.DataFrame:
    """Rows (commune_code, year, age, children, source, is_estimate) for every commune, year, and age from 0 to 17.

    `succession`: one row a former commune: former_district, new_code, population_2019.
    `census`: one row a former district: district, total, age_0_4 … age_15_19 (a row for the province may be there).
    Raises ValueError when a district is missing from the census, when former communes do not add up to their district,
    or for a year before the census.
    """
    wanted = sorted(set(years))
    if wanted and wanted[0] < CENSUS_YEAR:
        raise ValueError(
            f"estimate: year {wanted[0]} is before the census of {CENSUS_YEAR}; ask for {CENSUS_YEAR} or later"
        )
    at_census = _single_ages(succession, census)
    parts = []
    for year in wanted:
        moved = at_census.copy()
        for age in AGES:
            moved[age] = at_census[max(age - (year - CENSUS_YEAR), 0)]
        long = (
            moved.rename_axis("commune_code").reset_index().melt("commune_code", var_name="age", value_name="children")
        )
        parts.append(long.assign(year=year))
    if not parts:
        return pd.DataFrame(columns=["commune_code", "year", "age", "children", "source", "is_estimate"])
    table = pd.concat(parts, ignore_index=True).assign(source=SOURCE, is_estimate=True)
    table["age"] = table["age"].astype(int)
    ordered = table[["commune_code", "year", "age", "children", "source", "is_estimate"]]
    return ordered.sort_values(["commune_code", "year", "age"], ignore_index=True)


def _single_ages(succession: pd.DataFrame, census: pd.DataFrame) -> pd.DataFrame:
    """Children at the census: index new_code, a column for each age from 0 to 17."""
    merged = succession.astype({"population_2019": int, "new_code": str}).merge(
        census, how="left", left_on="former_district", right_on="district"
    )
    for district, communes in merged.groupby("former_district"):
        stated, added = communes["total"].iloc[0], communes["population_2019"].sum()
        if pd.isna(stated):
            raise ValueError(f"estimate: district {district!r} is not in the census table; add its row")
        if added != int(stated):
            raise ValueError(
                f"estimate: former communes of {district!r} have {added} people, the census table says {int(stated)}; "
                "correct one of the two"
            )
    share = merged["population_2019"] / merged["total"]
    ages = {
        age: share * merged[band] / len(band_ages)
        for band, band_ages in BANDS.items()
        for age in band_ages
        if age in AGES
    }
    return pd.DataFrame(ages).groupby(merged["new_code"]).sum()
