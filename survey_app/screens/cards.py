"""Screen: cards for children, made and listed."""

from __future__ import annotations

import csv
import io
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.language import number, say, today
from survey_app.screens.places import communes, schools
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows

MOST_CARDS = 2_000
SHOWN = 200
NO_SCHOOL = ""


def screen() -> None:
    who = member()
    st.title(say("cards.title"))
    st.write(say("cards.explained"))
    with st.container(border=True):
        commune, school = _place(who)
        _issue(who, commune, school)
    if made := st.session_state.get("cards_made"):
        st.success(say("cards.made", count=number(len(made))), icon=":material/check_circle:")
        _listed(made, "made")
    if commune:
        _existing(who, commune, school)


def _place(who: Member) -> tuple[str | None, str | None]:
    offered = [c for c in communes(who.database) if who.role == "administrator" or who.commune_code in (None, c.code)]
    left, right = st.columns(2)
    commune = left.selectbox(
        say("field.commune"),
        offered,
        index=0 if len(offered) == 1 else None,
        format_func=lambda c: c.name,
        placeholder=say("field.commune.choose"),
        disabled=len(offered) == 1,
        key="cards_commune",
    )
    present = {s.id: s.name for s in schools(who.database, commune.code)} if commune else {}
    options = [NO_SCHOOL, *present]
    school = right.selectbox(
        say("field.school"),
        options,
        index=options.index(who.school_id) if who.school_id in present else 0,
        format_func=lambda choice: present.get(choice) or say("field.school.none"),
        disabled=commune is None,
        key=f"cards_school_{commune.code if commune else ''}",
    )
    return (commune.code if commune else None), (school or None)


def _issue(who: Member, commune: str | None, school: str | None) -> None:
    wrong = st.session_state.get("cards_mistakes", ())
    mistake(say("mistake.commune") if "commune" in wrong else None)
    first, second, third = st.columns(3)
    with first:
        quantity = st.number_input(say("cards.quantity"), value=None, step=1, placeholder="35", key="cards_quantity")
        mistake(say("refused.cards_1_to_1000") if "quantity" in wrong else None)
    year = today().year
    birth_year = second.selectbox(
        say("cards.birth_year"),
        range(year - 3, year - 19, -1),
        index=None,
        placeholder=say("cards.birth_year.choose"),
        key="cards_birth_year",
    )
    with second:
        mistake(say("mistake.birth_year") if "birth_year" in wrong else None)
    sex = third.selectbox(
        say("cards.sex"), ["any", "female", "male"], format_func=lambda s: say(f"sex.{s}"), key="cards_sex"
    )
    if st.button(say("cards.create"), type="primary", icon=":material/add_card:"):
        found = [
            field
            for field, right in (
                ("commune", commune is not None),
                ("quantity", quantity is not None and 1 <= quantity <= MOST_CARDS),
                ("birth_year", birth_year is not None),
            )
            if not right
        ]
        st.session_state["cards_mistakes"] = found
        known_sex = None if sex == "any" else sex
        if not found:
            made = who.database.call(
                "issue_cards", commune=commune, school=school, quantity=quantity, birth_year=birth_year, sex=known_sex
            )
            st.session_state["cards_made"] = [
                {"card": row["card"], "birth_year": birth_year, "sex": known_sex}
                for row in sorted(made, key=lambda r: r["card"])
            ]
        st.rerun()


def _existing(who: Member, commune: str, school: str | None) -> None:
    found = rows(
        who.database, "participant", ["card", "birth_year", "sex"], {"commune_code": commune, "school_id": school}
    )
    if found:
        with st.expander(say("cards.existing", count=number(len(found)))):
            _listed(found, "existing")


def _listed(cards: list[Row], key: str) -> None:
    st.download_button(
        say("cards.download"),
        cards_csv(cards),
        file_name="the-tham-gia.csv",
        mime="text/csv",
        icon=":material/download:",
        key=f"cards_download_{key}",
        on_click="ignore",
    )
    head = "".join(
        f'<th scope="col">{escape(say("cards.column." + name))}</th>' for name in ("card", "birth_year", "sex")
    )
    body = "".join(
        f"<tr><td>{escape(_spaced(card['card']))}</td><td>{card['birth_year']}</td><td>{escape(_sex(card))}</td></tr>"
        for card in cards[:SHOWN]
    )
    st.html(f'<table class="plain"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')
    if len(cards) > SHOWN:
        st.caption(say("cards.more", count=number(len(cards) - SHOWN)))


def _sex(card: Row) -> str:
    return say("sex." + (card["sex"] or "any"))


def _spaced(card: str) -> str:
    return f"{card[:-4]} {card[-4:]}"


def cards_csv(cards: list[Row]) -> bytes:
    """For a spreadsheet: marked as UTF-8, so that Excel reads Vietnamese."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([say("cards.column." + name) for name in ("card", "birth_year", "sex")])
    for card in cards:
        writer.writerow([_spaced(card["card"]), card["birth_year"], _sex(card)])
    return file.getvalue().encode("utf-8-sig")


screen()
