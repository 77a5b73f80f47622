"""Screen: what was deleted in the last 30 days, and the way back."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.deleting import restore, shown_title
from survey_app.screens.language import moment, number, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows

COLUMNS = ("deleted_at", "id", "kind", "title", "commune_name", "school_name", "by_role", "days_left")
PAGE_LENGTH = 20
# So few days left are marked.
SOON = 5


def screen() -> None:
    who = member()
    st.title(say("nav.deleted"))
    st.caption(say("deleted.explained"))
    found = sorted(rows(who.database, "deleted_items", COLUMNS), key=lambda row: row["deleted_at"], reverse=True)
    if not found:
        with st.container(border=True):
            st.subheader(say("deleted.empty"))
            st.write(say("deleted.empty_explained"))
        return
    limit = st.session_state.setdefault("deleted_limit", PAGE_LENGTH)
    for row in found[:limit]:
        _item(who, row)
    if len(found) > limit and st.button(
        say("list.more", count=number(min(PAGE_LENGTH, len(found) - limit))), width="stretch"
    ):
        st.session_state["deleted_limit"] = limit + PAGE_LENGTH
        st.rerun()


def _item(who: Member, row: Row) -> None:
    title = shown_title(row["kind"], row["title"])
    left = say("deleted.left", days=number(row["days_left"])) if row["days_left"] else say("deleted.last_day")
    facts = [say(f"deleted.kind.{row['kind']}"), row["school_name"], row["commune_name"]]
    done = say("deleted.when", moment=moment(row["deleted_at"]), role=say(f"role.{row['by_role']}"))
    look = "warn" if row["days_left"] <= SOON else "draft"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"deleted-{row['id']}"):
        st.html(
            f'<div class="item"><h3>{escape(title)} <span class="chip {look}">{escape(left)}</span></h3>'
            f"<p>{escape(' · '.join(filter(None, facts)))}</p><p>{escape(done)}</p></div>"
        )
        if st.button(say("deleted.restore"), icon=":material/restore:", key=f"restore-{row['id']}"):
            restore(who, row["id"], row["kind"], row["title"])


screen()
