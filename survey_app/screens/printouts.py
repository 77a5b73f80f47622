"""What is printed for a consultation and for a class, as PDFs to take along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import streamlit as st

from survey_app.card import card_mistake
from survey_app.database import Row
from survey_app.documents.card_sheets import card_sheets
from survey_app.documents.consent_letter import consent_letter
from survey_app.documents.occasion import Occasion
from survey_app.documents.paper_form import paper_form
from survey_app.documents.typesetting import LANGUAGES
from survey_app.questionnaire import Questionnaire
from survey_app.screens.address import public_url
from survey_app.screens.language import say
from survey_app.screens.questionnaire_facts import language_name
from survey_app.screens.roster_facts import members
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows


def consultation_printouts(who: Member, row: Row) -> None:
    """The letter to guardians and the questionnaire on paper; `row` is one of consultation_overview.

    Nothing for a survey of adults.
    """
    if row["kind"] == "community_survey":
        return
    occasion = _occasion(row)
    st.write(say("print.letter.explained"))
    with st.container(key=f"halves-print-letter-{row['id']}"):
        for column, language in zip(st.columns(len(LANGUAGES)), LANGUAGES, strict=True):
            with column:
                _button(
                    say("print.letter", name=language_name(language)),
                    f"thu-gui-gia-dinh-{row['join_code']}-{language}.pdf",
                    partial(consent_letter, language, occasion),
                    f"print-letter-{language}-{row['id']}",
                )
    questionnaire = _questionnaire(who, row)
    spoken = [language for language in LANGUAGES if questionnaire and language in questionnaire.languages]
    if questionnaire is None or not spoken:
        return
    st.write(say("print.form.explained"))
    with st.container(key=f"halves-print-form-{row['id']}"):
        for column, language in zip(st.columns(max(2, len(spoken))), spoken, strict=False):
            with column:
                _button(
                    say("print.form", name=language_name(language)),
                    f"phieu-giay-{row['join_code']}-{language}.pdf",
                    partial(paper_form, questionnaire, language, occasion),
                    f"print-form-{language}-{row['id']}",
                )


def roster_printouts(who: Member, row: Row) -> None:
    """The cards of the class, to be cut out; `row` is one of roster_overview. Nothing where it has no cards."""
    if not row["cards"]:
        return
    owner = " · ".join(filter(None, (row["name"], row["school_name"] or row["commune_name"])))
    # Read now: what goes wrong when the file is made is not told in Vietnamese.
    cards = [one["card"] for one in members(who.database, row["id"]) if card_mistake(one["card"]) is None]
    _button(
        say("print.cards"),
        f"the-{row['id'][:8]}.pdf",
        partial(card_sheets, cards, owner, public_url()),
        f"print-cards-{row['id']}",
    )
    st.caption(say("print.cards.explained"))


def _button(label: str, file_name: str, made: Callable[[], bytes], key: str) -> None:
    """The document is made when it is asked for, not whenever the screen is drawn."""
    st.download_button(
        label,
        made,
        file_name=file_name,
        mime="application/pdf",
        icon=":material/print:",
        key=key,
        on_click="ignore",
        width="stretch",
    )


def _occasion(row: Row) -> Occasion:
    return Occasion(
        title=row["title"],
        school=row["school_name"] or "",
        commune=row["commune_name"] or "",
        held_on=date.fromisoformat(str(row["held_on"])[:10]),
        join_code=row["join_code"],
        min_age=row["min_age"],
        max_age=row["max_age"],
    )


def _questionnaire(who: Member, row: Row) -> Questionnaire | None:
    if row["questionnaire_id"] is None:
        return None
    found = rows(
        who.database,
        "questionnaire",
        ["definition"],
        {"id": row["questionnaire_id"], "version": row["questionnaire_version"]},
    )
    return Questionnaire.from_json(found[0]["definition"]) if found else None
