"""What every instance starts with: places, the census estimate, the cards' animals, the questionnaires of this repository."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.population import estimate
from survey_app.database import Database
from survey_app.questionnaire import read_questionnaire
from survey_app.questionnaire.media_files import read_media, wanted_media
from survey_app.store_questionnaire import store_media, store_questionnaire

DATA = Path(__file__).parent / "data"
QUESTIONNAIRES = Path(__file__).parent.parent / "questionnaires"
ESTIMATED_YEARS = range(2019, 2032)
OLDEST_CHILD = 15


def card_animals() -> list[dict[str, Any]]:
    """The animals of the cards: position, code, emoji, and the name in vi, km and en."""
    return [{**row, "position": int(row["position"])} for row in _rows("card_animals.csv")]


def load(database: Database) -> None:
    """Write the reference data; what an administrator has added since stays, what the package brings is brought up to date."""
    known = database.read("unit", columns=["code", "valid_from", "ended_by"])
    reorganised = known[known["ended_by"].notna()]
    ended = {
        (str(code), str(begin)) for code, begin in zip(reorganised["code"], reorganised["valid_from"], strict=True)
    }
    packaged = [_unit(row) for row in _rows("units.csv")]
    database.write("unit", [row for row in packaged if (row["code"], row["valid_from"]) not in ended])
    database.write(
        "unit_succession",
        [
            {
                "old_code": row["old_code"],
                "old_valid_to": row["valid_to"],
                "new_code": row["new_code"],
                "population_2019": int(row["population_2019"]),
            }
            for row in _rows("succession.csv")
        ],
    )
    sources = _rows("population_sources.csv")
    database.write(
        "population_source",
        [
            {"source": row["source"], "title": row["title_vi"], "is_estimate": row["is_estimate"] == "true"}
            for row in sources
        ],
    )
    estimated = _population(sources[0]["source"])
    database.write("population", _of_today(database, estimated, packaged) if ended else estimated)
    database.write("card_animal", card_animals())
    load_questionnaires(database, sorted(QUESTIONNAIRES.glob("*.md")))


def load_questionnaires(database: Database, files: Sequence[Path]) -> None:
    """Write each questionnaire that is not there yet in this version, with the files in the folder media beside it.

    Raises QuestionnaireError when a form or one of its files cannot be used; of that form nothing is written then.
    """
    known = database.read("questionnaire", columns=["id", "version"])
    present = set(zip(known["id"], known["version"], strict=True))
    media = database.read("questionnaire_media", columns=["questionnaire_id", "version", "file"])
    kept = set(media.itertuples(index=False, name=None))
    for path in files:
        questionnaire = read_questionnaire(path)
        key = (questionnaire.id, questionnaire.version)
        wanted = {(*key, file) for file in wanted_media(questionnaire)}
        if key in present and wanted <= kept:
            continue
        found = read_media(questionnaire, path)
        if key in present:
            store_media(database, questionnaire, found)
        else:
            store_questionnaire(database, questionnaire, found)


def _unit(row: Mapping[str, str]) -> dict[str, Any]:
    numbers = {name: float(row[name]) if row[name] else None for name in ("lat", "lon", "area_km2")}
    return {
        "code": row["code"],
        "valid_from": row["valid_from"] or "0001-01-01",
        "valid_to": row["valid_to"] or None,
        "name": row["name"],
        "kind": row["kind"],
        "former_district": row["former_district"] or None,
        **numbers,
    }


def _population(source: str) -> list[dict[str, Any]]:
    succession = pd.read_csv(DATA / "succession.csv", dtype={"old_code": str, "new_code": str})
    census = pd.read_csv(DATA / "census_2019_district_age.csv")
    estimated = estimate(succession, census, ESTIMATED_YEARS)
    estimated = estimated[estimated["age"] <= OLDEST_CHILD]
    return [
        {
            "source": source,
            "commune_code": code,
            "year": int(year),
            "age": int(age),
            "children": round(float(children), 3),
        }
        for code, year, age, children in estimated[["commune_code", "year", "age", "children"]].itertuples(index=False)
    ]


def _of_today(
    database: Database, figures: Sequence[Mapping[str, Any]], packaged: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Figures of the package's communes as those of the communes that were made of whole ones since."""
    began = {str(unit["code"]): str(unit["valid_from"]) for unit in packaged if unit["valid_to"] is None}
    told = database.call("resolve_codes", codes=list(began), days=list(began.values()))
    heirs = {str(row["code"]): row["commune"] for row in told}
    # A commune with a part of a split one has more children than its whole ones had.
    split = [code for code, heir in heirs.items() if heir is None]
    broken = {row["commune"] for code in split for row in database.call("heirs", code=code, on_date=began[code])}
    table = pd.DataFrame(figures).assign(commune_code=lambda rows: rows["commune_code"].map(heirs))
    table = table[table["commune_code"].notna() & ~table["commune_code"].isin(broken)]
    keys = ["source", "commune_code", "year", "age"]
    return [
        {str(k): v for k, v in row.items()}
        for row in table.groupby(keys)["children"].sum().reset_index().to_dict("records")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((DATA / name).read_text(encoding="utf-8"))))
