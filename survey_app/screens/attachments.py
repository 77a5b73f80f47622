"""Drawings, photos and voices of the children of a consultation: for the protection officer's eyes and ears alone.

Nothing here says which child's they are: no card is shown, and the officer has no way to look one up.
"""

from __future__ import annotations

import base64
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.order import walk
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, said_in, say
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows

PAGE_LENGTH = 12
WIDTH_PIXELS = 230
BUCKET = "attachment"
ALL, SEEN, HEARD = "all", "seen", "heard"


def attachments(who: Member, row: Row) -> None:
    """Those that have arrived, newest first, a page at a time; and how many are still on their way."""
    st.subheader(say("files.title"))
    st.write(say("files.explained"))
    found = rows(
        who.database,
        "attachment",
        ["stored_at", "name", "submission_id", "question", "media_type", "state"],
        {"consultation_id": row["id"]},
    )
    if not found:
        st.info(say("files.empty"), icon=":material/draw:")
        return
    arrived = [file for file in reversed(found) if file["state"] == "stored"]
    waiting = len(found) - len(arrived)
    if waiting:
        st.warning(
            say("files.waiting", arrived=number(len(arrived)), waiting=number(waiting)), icon=":material/hourglass_top:"
        )
    else:
        st.success(say("files.all_here", arrived=number(len(arrived))), icon=":material/cloud_done:")
    shown = _of_kind(arrived)
    pages = -(-len(shown) // PAGE_LENGTH)
    page = _page(row["id"], pages)
    asked = _questions(who, row)
    with st.container(horizontal=True, key="files-page"):
        for at, file in enumerate(shown[page * PAGE_LENGTH : (page + 1) * PAGE_LENGTH]):
            with st.container(width=WIDTH_PIXELS, key=f"file-{at}"):
                _file(who, file, asked)
    _turn(row["id"], page, pages)


def _of_kind(arrived: list[Row]) -> list[Row]:
    kinds = {ALL: arrived, SEEN: [f for f in arrived if _is_seen(f)], HEARD: [f for f in arrived if not _is_seen(f)]}
    offered = [kind for kind, files in kinds.items() if files]
    if len(offered) < len(kinds):
        return arrived
    chosen = st.segmented_control(
        say("files.kind"),
        offered,
        default=ALL,
        format_func=lambda kind: f"{say('files.kind.' + kind)} ({number(len(kinds[kind]))})",
        key="files_kind",
        required=True,
    )
    return kinds[chosen or ALL]


def _is_seen(file: Row) -> bool:
    return str(file["media_type"]).startswith("image/")


def _file(who: Member, file: Row, asked: dict[str, str]) -> None:
    name = str(file["question"])
    question = asked.get(name.rsplit("/", 1)[-1], name)
    caption = f"<figcaption>{escape(question)}<br>{escape(say('files.arrived', moment=moment(file['stored_at'])))}</figcaption>"
    with told():
        if _is_seen(file):
            st.html(
                f'<figure class="childs"><details><summary><img src="{_inline(who, file)}" draggable="false" '
                f'alt="{escape(say("files.seen", question=question))}"></summary></details>{caption}</figure>'
            )
            return
        key = f"listen-{file['submission_id']}-{file['name']}"
        if st.session_state.get(key):
            # The browser's own menu would offer to save it.
            st.html(
                f'<figure class="childs"><audio controls controlslist="nodownload" src="{_inline(who, file)}" '
                f'aria-label="{escape(say("files.heard", question=question))}"></audio>{caption}</figure>'
            )
            return
        st.html(f'<figure class="childs">{caption}</figure>')
        if st.button(say("files.listen"), key=f"{key}-button", icon=":material/hearing:", width="stretch"):
            st.session_state[key] = True
            st.rerun()


def _inline(who: Member, file: Row) -> str:
    """Inside the page: the file has no address of its own that could be passed on."""
    content = who.database.read_file(BUCKET, file["name"])
    return f"data:{escape(file['media_type'])};base64,{base64.b64encode(content).decode()}"


def _questions(who: Member, row: Row) -> dict[str, str]:
    """Name of a question → its wording."""
    found = rows(
        who.database,
        "questionnaire",
        ["definition"],
        {"id": row["questionnaire_id"], "version": row["questionnaire_version"]},
    )
    if not found:
        return {}
    nodes = walk(Questionnaire.from_json(found[0]["definition"]).nodes)
    return {node.name: said_in(node.label) for node in nodes if node.label}


def _page(consultation: str, pages: int) -> int:
    return max(0, min(int(st.session_state.get(f"files_page-{consultation}", 0)), pages - 1))


def _turn(consultation: str, page: int, pages: int) -> None:
    if pages <= 1:
        return
    back, where, on = st.columns(3, vertical_alignment="center")
    where.markdown(say("files.page", page=number(page + 1), pages=number(pages)), text_alignment="center")
    for column, label, to, key in (
        (back, say("files.newer"), page - 1, "newer"),
        (on, say("files.older"), page + 1, "older"),
    ):
        if column.button(label, disabled=not 0 <= to < pages, width="stretch", key=f"files_{key}"):
            st.session_state[f"files_page-{consultation}"] = to
            st.rerun()
