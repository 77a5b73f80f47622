"""Screen: the answers of a class, for its wall."""

from __future__ import annotations

import streamlit as st

from survey_app.database import Row
from survey_app.screens.class_figures import STYLE, question_html, questions, quotes_html
from survey_app.screens.consultation_facts import consultation, place
from survey_app.screens.failures import told
from survey_app.screens.form_words import form_words
from survey_app.screens.language import day, number, said_in, say
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows


def screen() -> None:
    who = member()
    row = consultation(who.database, st.query_params.get("consultation"))
    if row is None:
        st.title(say("nav.results"))
        st.info(say("consultation.unknown"), icon=":material/search_off:")
        return
    st.page_link(
        "screens/consultation.py",
        label=say("results.back"),
        icon=":material/arrow_back:",
        query_params={"consultation": row["id"]},
    )
    st.html(STYLE)
    st.title(row["title"])
    st.caption(f"{place(row)} · {day(row['held_on'])}")
    if row["status"] != "closed":
        st.info(say("results.not_closed"), icon=":material/hourglass_top:")
        return
    with told():
        _results(who, row)


def _results(who: Member, row: Row) -> None:
    words = form_words(who.database, row)
    texts = who.database.call("released_texts", consultation=row["id"])
    pages = [question_html(asked, words) for asked in questions(_figures(who, row))]
    if texts:
        pages.append(quotes_html(texts, words))
    if not row["questionnaire_id"]:
        _themes(who, row)
    if not pages:
        st.info(say("results.empty"), icon=":material/inbox:")
        return
    if st.toggle(say("results.all"), key="results_all"):
        for page in pages:
            st.html(page)
            st.divider()
    else:
        _one_at_a_time(row, pages)
    st.caption(say("results.kept_explained"))


def _figures(who: Member, row: Row) -> list[Row]:
    return who.database.call("class_results", consultation=row["id"])


def _one_at_a_time(row: Row, pages: list[str]) -> None:
    key = f"results_at-{row['id']}"
    at = max(0, min(int(st.session_state.get(key, 0)), len(pages) - 1))
    with st.container(horizontal=True, vertical_alignment="center", key="results-turn"):
        if st.button(
            say("results.previous"),
            disabled=at == 0,
            key="results_previous",
            icon=":material/arrow_back:",
            shortcut="Left",
        ):
            st.session_state[key] = at - 1
            st.rerun()
        st.markdown(say("results.page", page=number(at + 1), pages=number(len(pages))))
        if st.button(
            say("results.next"),
            disabled=at == len(pages) - 1,
            key="results_next",
            icon=":material/arrow_forward:",
            shortcut="Right",
        ):
            st.session_state[key] = at + 1
            st.rerun()
    st.html(pages[at])


def _themes(who: Member, row: Row) -> None:
    found = rows(who.database, "theme", ["position", "id", "name"], {"consultation_id": row["id"]})
    if found:
        st.subheader(say("results.themes", count=number(len(found))))
        st.markdown("\n".join(f"- {said_in(theme['name'])}" for theme in found))


screen()
