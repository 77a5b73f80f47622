"""Which class takes part."""

from __future__ import annotations

import streamlit as st

from survey_app.screens.language import say
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.vietnamese_order import vietnamese_order

NONE = ""


def roster_choice(
    who: Member, commune: str | None, school: str | None, key: str, chosen: str | None = None
) -> str | None:
    """A list of the classes of the commune that may come; the id of the chosen one, None for none.

    `key` belongs to this commune and school, since another one has other classes.
    """
    found = rows(who.database, "roster", ["id", "name", "school_id"], {"commune_code": commune}) if commune else []
    # A class of another school does not come; one of no school may.
    offered = [row for row in found if not school or row["school_id"] in (None, school)]
    names = {row["id"]: row["name"] for row in sorted(offered, key=lambda r: vietnamese_order(r["name"]))}
    options = [NONE, *names]
    choice: str = st.selectbox(
        say("field.roster"),
        options,
        index=options.index(chosen) if chosen in names else 0,
        format_func=lambda one: names.get(one) or say("field.roster.none"),
        disabled=not names,
        key=key,
    )
    return choice or None
