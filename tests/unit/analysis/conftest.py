import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis import indicators, population

DATA = Path(__file__).parents[3] / "survey_app" / "data"


@pytest.fixture(scope="session")
def data() -> Path:
    return DATA


@pytest.fixture(scope="session")
def units() -> pd.DataFrame:
    return pd.read_csv(DATA / "units.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def in_force(units: pd.DataFrame) -> pd.DataFrame:
    return units[units["valid_to"] == ""]


@pytest.fixture(scope="session")
def communes(in_force: pd.DataFrame) -> list[str]:
    return list(in_force["code"])


@pytest.fixture(scope="session")
def succession() -> pd.DataFrame:
    return pd.read_csv(DATA / "succession.csv", dtype=str)


@pytest.fixture(scope="session")
def census() -> pd.DataFrame:
    return pd.read_csv(DATA / "census_2019_district_age.csv")


@pytest.fixture(scope="session")
def estimates(succession: pd.DataFrame, census: pd.DataFrame) -> pd.DataFrame:
    return population.estimate(succession, census)


@pytest.fixture(scope="session")
def definitions() -> dict[int, indicators.Definition]:
    return indicators.load_definitions(DATA / "indicators.json")


@pytest.fixture(scope="session")
def sources() -> pd.DataFrame:
    titles = pd.read_csv(DATA / "population_sources.csv").rename(columns={"title_vi": "title"})
    return titles[["source", "title", "is_estimate"]]


@pytest.fixture(scope="session")
def cells() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((DATA / "approximate_cells.geojson").read_text(encoding="utf-8"))
    return loaded
