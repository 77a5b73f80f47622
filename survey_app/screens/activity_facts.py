"""An activity as screens show it: a session on the right to participate, or a participation model."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from uuid import UUID

from survey_app.database import Condition, Database, Row
from survey_app.screens.consultation_facts import ages, place
from survey_app.screens.language import day, number, say
from survey_app.screens.stored_rows import rows

AWARENESS = "awareness_session"
KINDS = (
    *(AWARENESS, "children_council", "children_forum", "club", "school_dialogue"),
    *("family_group", "other_model"),
)
STATES = ("planned", "held")
USUAL_AGES = {23: (7, 15), 24: (11, 15)}
"""Ages that the indicator counts."""

_COLUMNS = (
    *("id", "kind", "indicator", "title", "commune_code", "commune_name", "school_id", "school_name", "roster_id"),
    *("roster_name", "held_on", "year", "min_age", "max_age", "planned", "plan", "evidence", "headcount", "state"),
    *("before_id", "after_id", "attended", "of_counted_ages"),
)
_CHIPS = {"planned": "draft", "held": "open"}


def indicator_of(kind: str) -> int:
    """The indicator that an activity of this kind counts for."""
    return 23 if kind == AWARENESS else 24


def activities(database: Database, where: Mapping[str, Condition] | None = None) -> list[Row]:
    """Those that this member of staff may see, the latest day first."""
    found = rows(database, "activity_overview", _COLUMNS, where)
    return sorted(found, key=lambda a: (a["held_on"], a["title"]), reverse=True)


def activity(database: Database, id_text: str | None) -> Row | None:
    """The one of this id, None when there is none or this member of staff may not see it."""
    try:
        identity = str(UUID(id_text or ""))
    except ValueError:
        return None
    found = activities(database, {"id": identity})
    return found[0] if found else None


def attended_line(row: Row) -> str:
    """Cards, and children without one, apart."""
    if row["state"] == "planned":
        return say("activity.planned_number", count=number(row["planned"])) if row["planned"] else ""
    parts = [say("activity.attended", count=number(row["attended"]))]
    if row["headcount"]:
        parts.append(say("activity.headcount_line", count=number(row["headcount"])))
    return " · ".join(parts)


def state_chip(row: Row) -> str:
    """HTML that shows whether it has been held."""
    return f'<span class="chip {_CHIPS[row["state"]]}">{escape(say("activity_state." + row["state"]))}</span>'


def facts(row: Row) -> list[str]:
    """Kind, place, class, day and ages."""
    parts = [say("activity_kind." + row["kind"]), place(row), row["roster_name"], day(row["held_on"]), ages(row)]
    return [part for part in parts if part]


def summary_html(row: Row) -> str:
    """An activity in a list."""
    return (
        f'<div class="item"><h3>{escape(row["title"])} {state_chip(row)}</h3>'
        f"<p>{escape(say('activity_kind.' + row['kind']))} · "
        f"{escape(say('activity.for_indicator', indicator=row['indicator']))}</p>"
        f"<p>{escape(place(row))}</p><p>{escape(day(row['held_on']))} · {escape(ages(row))}</p>"
        f'<p class="counts">{escape(attended_line(row))}</p></div>'
    )
