"""Commune and school, to choose from."""

from __future__ import annotations

import streamlit as st

from survey_app.screens.language import say
from survey_app.screens.places import communes, schools
from survey_app.screens.session import Member

NO_SCHOOL = ""


def commune_choice(who: Member, key: str, chosen: str | None = None) -> str | None:
    """The code of a commune that this member of staff works in; None until one is chosen."""
    offered = {c.code: c.name for c in communes(who.database) if who.administers or who.commune_code in (None, c.code)}
    codes = list(offered)
    only = 0 if len(codes) == 1 else None
    return st.selectbox(
        say("field.commune"),
        codes,
        index=codes.index(chosen) if chosen in offered else only,
        format_func=offered.__getitem__,
        placeholder=say("field.commune.choose"),
        disabled=len(codes) == 1,
        key=key,
    )


def school_choice(who: Member, commune: str | None, key: str, chosen: str | None) -> str | None:
    """The id of a school of the commune, None for none; another commune has other schools: a field of its own."""
    present = {s.id: s.name for s in schools(who.database, commune)} if commune else {}
    options = [NO_SCHOOL, *present]
    choice: str = st.selectbox(
        say("field.school"),
        options,
        index=options.index(chosen) if chosen in present else 0,
        format_func=lambda one: present.get(one) or say("field.school.none"),
        disabled=commune is None,
        key=f"{key}_{commune or ''}",
    )
    return choice or None
