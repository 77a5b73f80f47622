"""Communes and schools to choose from."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from survey_app.database import Database
from survey_app.screens.stored_rows import rows
from survey_app.vietnamese_order import vietnamese_order

SCHOOL_KINDS = ("primary", "lower_secondary", "primary_and_lower_secondary", "other")


@dataclass(frozen=True)
class Commune:
    """A commune or ward in force today."""

    code: str
    name: str
    kind: str
    lat: float | None
    lon: float | None

    @property
    def short_name(self) -> str:
        return self.name.removeprefix(f"{self.kind} ")


@dataclass(frozen=True)
class School:
    """A school that consultations are held at."""

    id: str
    name: str
    commune_code: str


@st.cache_data(ttl=60, show_spinner=False)
def communes(_database: Database) -> tuple[Commune, ...]:
    """All of them, in Vietnamese order of their names. The same for every member of staff, hence one cache for all."""
    found = rows(_database, "unit", ["code", "name", "kind", "lat", "lon"], {"valid_to": None})
    return tuple(sorted((Commune(**row) for row in found), key=lambda c: vietnamese_order(c.short_name)))


def schools(database: Database, commune_code: str) -> list[School]:
    """Of one commune, in Vietnamese order."""
    found = rows(database, "school", ["id", "name", "commune_code"], {"commune_code": commune_code})
    return sorted((School(**row) for row in found), key=lambda s: vietnamese_order(s.name))
