import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.population import AGES, YEARS, estimate


def children(table: pd.DataFrame, year: int, low: int, high: int) -> float:
    return float(table[(table["year"] == year) & table["age"].between(low, high)]["children"].sum())


def test_the_province_had_140530_children_aged_7_to_15_in_2019(estimates: pd.DataFrame) -> None:
    assert children(estimates, 2019, 7, 15) == pytest.approx(140_530, abs=1)
    assert children(estimates, 2019, 11, 15) == pytest.approx(74_303, abs=1)


def test_every_commune_year_and_age_is_there_once(estimates: pd.DataFrame, communes: list[str]) -> None:
    keys = estimates.set_index(["commune_code", "year", "age"]).index
    assert keys.is_unique
    assert set(keys) == {(c, y, a) for c in communes for y in YEARS for a in AGES}
    assert (estimates["children"] > 0).all()
    assert estimates["is_estimate"].all()


def test_communes_of_one_district_add_up_to_its_band(
    estimates: pd.DataFrame, succession: pd.DataFrame, census: pd.DataFrame
) -> None:
    district = "Huyện Càng Long"  # none of its communes went together with another district's
    codes = succession[succession["former_district"] == district]["new_code"].unique()
    assert set(succession[succession["new_code"].isin(codes)]["former_district"]) == {district}
    mine = estimates[estimates["commune_code"].isin(codes)]
    row = census.set_index("district").loc[district]
    assert children(mine, 2019, 0, 4) == pytest.approx(row["age_0_4"])
    assert children(mine, 2019, 10, 14) == pytest.approx(row["age_10_14"])


def test_a_commune_takes_from_both_districts_it_was_made_of() -> None:
    succession = pd.DataFrame(
        [("A", "1", 300), ("A", "2", 100), ("B", "2", 50), ("B", "3", 150)],
        columns=["former_district", "new_code", "population_2019"],
    )
    census = pd.DataFrame(
        [("A", 400, 40, 80, 20, 20), ("B", 200, 100, 20, 40, 20)],
        columns=["district", "total", "age_0_4", "age_5_9", "age_10_14", "age_15_19"],
    )
    table = estimate(succession, census, [2019])
    # commune 2: a quarter of A's 80 children aged 5 to 9 and a quarter of B's 20
    assert children(table[table["commune_code"] == "2"], 2019, 5, 9) == pytest.approx(20 + 5)
    assert children(table, 2019, 5, 9) == pytest.approx(100)


@settings(max_examples=30, deadline=None)
@given(year=st.integers(2020, 2031), age=st.integers(1, 17))
def test_a_cohort_keeps_its_size_as_it_grows_older(estimates: pd.DataFrame, year: int, age: int) -> None:
    now = estimates[(estimates["year"] == year) & (estimates["age"] == age)].set_index("commune_code")["children"]
    before = estimates[(estimates["year"] == year - 1) & (estimates["age"] == age - 1)]
    pd.testing.assert_series_equal(now, before.set_index("commune_code")["children"])


def test_births_after_the_census_are_the_mean_of_ages_0_to_4_then(estimates: pd.DataFrame) -> None:
    mean = children(estimates, 2019, 0, 4) / 5
    for year in (2020, 2031):
        assert children(estimates, year, 0, 0) == pytest.approx(mean)


def test_a_year_before_the_census_is_refused(succession: pd.DataFrame, census: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="before the census"):
        estimate(succession, census, [2018])


def test_communes_that_do_not_add_up_to_their_district_are_refused(
    succession: pd.DataFrame, census: pd.DataFrame
) -> None:
    with pytest.raises(ValueError, match="Thành phố Trà Vinh"):
        estimate(succession[succession["old_code"] != "29242"], census)


def test_a_district_the_census_does_not_have_is_named(succession: pd.DataFrame, census: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="Huyện Trà Cú"):
        estimate(succession, census[census["district"] != "Huyện Trà Cú"])
