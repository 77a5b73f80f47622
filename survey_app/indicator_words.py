"""The indicators in words: the table beside the map, which can also be downloaded there, for the command line."""

from __future__ import annotations

import pandas as pd

from analysis.choropleth import table
from analysis.indicators import PROVINCE, Definition
from survey_app.indicator_figures import IndicatorFigures
from survey_app.messages import catalogue, text

LANGUAGES = ("vi", "en")
_DOMAIN = "staff"
_CONSULTATIONS = 22


def title(indicator: int, language: str) -> str:
    return text(_DOMAIN, language, f"map.title.{indicator}")


def word_table(figures: IndicatorFigures, definition: Definition, language: str, *, by_commune: bool) -> pd.DataFrame:
    """Of one indicator; indexed by the areas' codes, columns in the language. What is hidden says so."""

    def say(key: str) -> str:
        if key == "map.column.denominator":
            return text(_DOMAIN, language, key, low=definition.min_age, high=definition.max_age)
        of_activities = catalogue(_DOMAIN, language).get(f"map_of_activities.{key}")
        return of_activities if of_activities and definition.number != _CONSULTATIONS else text(_DOMAIN, language, key)

    mine = figures.rates[figures.rates["indicator"] == definition.number]
    wanted = mine if by_commune else mine[mine["commune_code"] == PROVINCE]
    names = {**figures.names, PROVINCE: say("map.province")}
    return table(wanted, names, say, language).rename_axis(say("map.column.code"))
