"""Which class takes part."""

from __future__ import annotations

import streamlit as st

from survey_app.screens.language import say
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.vietnamese_order import vietnamese_order

NONE = ""


def roster_choice(
    who: Member, commune: str | None, school: str | None, key: str, chosen: tuple[str, str | None] | None = None
) -> str | None:
    """A list of the classes of the commune that may come; the id of the chosen one, None for none.

    `key` belongs to this commune and school, since another one has other classes. `chosen`: id and name of the class so
    far, which is offered even when it has been deleted meanwhile.
    """
    found = rows(who.database, "roster", ["id", "name", "school_id"], {"commune_code": commune}) if commune else []
    # A class of another school does not come; one of no school may.
    offered = [row for row in found if not school or row["school_id"] in (None, school)]
    known = {chosen[0]: chosen[1] or say("field.roster.gone")} if chosen else {}
    known |= {row["id"]: row["name"] for row in offered}
    names = dict(sorted(known.items(), key=lambda one: vietnamese_order(one[1])))
    options = [NONE, *names]
    choice: str = st.selectbox(
        say("field.roster"),
        options,
        index=options.index(chosen[0]) if chosen else 0,
        format_func=lambda one: names.get(one) or say("field.roster.none"),
        disabled=not names,
        key=key,
    )
    return choice or None
