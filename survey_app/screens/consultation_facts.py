"""A consultation as screens show it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from uuid import UUID

from survey_app.database import Condition, Database, Row
from survey_app.screens.language import day, number, say
from survey_app.screens.stored_rows import rows

PRINCIPLES = ("voluntary", "informed", "age_suited", "safe_private", "trained_facilitator", "feedback_planned")
CONSENT_METHODS = ("letter", "meeting", "telephone", "other")
STATUSES = ("draft", "open", "closed")
BY_WORD = ("forum", "talk", "telephone", "other")
"""Forms that do without a questionnaire."""
FORMS = ("questionnaire", "online", *BY_WORD)
"""How opinions are collected: Circular 36/2018/TT-BLĐTBXH, article 5."""

_COLUMNS = (
    *(
        "id",
        "join_code",
        "kind",
        "title",
        "commune_code",
        "commune_name",
        "school_id",
        "school_name",
        "held_on",
        "year",
    ),
    *(
        "questionnaire_id",
        "questionnaire_version",
        "min_age",
        "max_age",
        "expected",
        "status",
        "opened_at",
        "closed_at",
    ),
    *("principles", "counted", "received", "accepted", "in_review", "late", "carded", "uncarded"),
    *("consent_version", "consent_method", "consent_on", "consent_guardians", "pin"),
    *("form", "roster_id", "roster_name", "headcount", "published_at", "created_by"),
)


def consultations(database: Database, where: Mapping[str, Condition] | None = None) -> list[Row]:
    """Those that this member of staff may see, newest first, open ones before all others."""
    found = rows(database, "consultation_overview", _COLUMNS, where)
    found.sort(key=lambda c: (c["held_on"], c["title"]), reverse=True)
    return sorted(found, key=lambda c: c["status"] != "open")


def consultation(database: Database, id_text: str | None) -> Row | None:
    """The one of this id, None when there is none or this member of staff may not see it."""
    try:
        identity = str(UUID(id_text or ""))
    except ValueError:
        return None
    found = consultations(database, {"id": identity})
    return found[0] if found else None


def place(row: Row) -> str:
    """School and commune."""
    return ", ".join(part for part in (row["school_name"], row["commune_name"]) if part)


def ages(row: Row) -> str:
    return say("consultation.ages", low=row["min_age"], high=row["max_age"])


def counts_line(row: Row) -> str:
    """Answers received of expected, and what needs a look."""
    parts = [say("consultation.received_of", received=number(row["received"]), expected=number(row["expected"]))]
    if row["in_review"]:
        parts.append(say("consultation.in_review", count=number(row["in_review"])))
    if row["late"]:
        parts.append(say("consultation.late", count=number(row["late"])))
    return " · ".join(parts)


def not_counted_reasons(row: Row) -> list[str]:
    """Why it does not count for indicator 22; empty when it does."""
    reasons = []
    missing = len(PRINCIPLES) - len(row["principles"])
    if missing:
        reasons.append(say("count.principles_missing", count=missing))
    if row["consent_version"] is None:
        reasons.append(say("count.consent_missing"))
    return reasons


def summary_html(row: Row, chip_html: str, attachments: int = 0) -> str:
    """A consultation in a list."""
    reasons = [] if row["counted"] else not_counted_reasons(row)
    warning = (
        f'<p><span class="chip warn">{escape(say("count.not_yet"))}</span></p>'
        if reasons and row["status"] != "draft"
        else ""
    )
    files = f"<p>{escape(say('files.count', count=number(attachments)))}</p>" if attachments else ""
    return (
        f'<div class="item"><h3>{escape(row["title"])} {chip_html}</h3>'
        f"<p>{escape(place(row))}</p><p>{escape(day(row['held_on']))} · {escape(ages(row))}</p>"
        f'<p class="counts">{escape(counts_line(row))}</p>{files}{warning}</div>'
    )
