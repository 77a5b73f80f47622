"""Fields that say how many cards of children of which age, for a new class and for one that grows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.language import say, today
from survey_app.screens.session import Member

MOST_CARDS = 1_000
SEXES = ("any", "female", "male")
NO_MONTH = 0


@dataclass(frozen=True)
class CardOrder:
    """What was filled in."""

    quantity: int | None
    birth_year: int | None
    birth_month: int | None
    sex: str | None

    def mistakes(self) -> list[str]:
        """The fields that are not right."""
        right = {
            "quantity": self.quantity is not None and 1 <= self.quantity <= MOST_CARDS,
            "birth_year": self.birth_year is not None,
        }
        return [field for field, is_right in right.items() if not is_right]


def card_fields(key: str, wrong: Collection[str]) -> CardOrder:
    """`key` is unique on the screen; `wrong` are the fields to mark."""
    year = today().year
    with st.container(key=f"halves-{key}-cards"):
        first, second = st.columns(2)
        third, fourth = st.columns(2)
    with first:
        quantity = st.number_input(
            say("cards.quantity"), value=None, step=1, placeholder=say("cards.quantity.example"), key=f"{key}_quantity"
        )
        mistake(say("refused.cards_1_to_1000") if "quantity" in wrong else None)
    with second:
        birth_year = st.selectbox(
            say("cards.birth_year"),
            range(year - 3, year - 19, -1),
            index=None,
            placeholder=say("cards.birth_year.choose"),
            key=f"{key}_birth_year",
        )
        mistake(say("mistake.birth_year") if "birth_year" in wrong else None)
    month = third.selectbox(
        say("cards.birth_month"),
        range(13),
        format_func=lambda one: say("sex.any") if one == NO_MONTH else say("cards.birth_month.one", month=one),
        key=f"{key}_birth_month",
    )
    sex = fourth.selectbox(say("cards.sex"), SEXES, format_func=lambda one: say(f"sex.{one}"), key=f"{key}_sex")
    return CardOrder(quantity, birth_year, month or None, None if sex == "any" else sex)


def issue(who: Member, roster_id: str, order: CardOrder) -> list[Row]:
    """The new cards of the class; raises what the database raises."""
    made = who.database.call(
        "issue_roster_cards",
        roster=roster_id,
        quantity=order.quantity,
        birth_year=order.birth_year,
        birth_month=order.birth_month,
        sex=order.sex,
    )
    facts = {"birth_year": order.birth_year, "birth_month": order.birth_month, "sex": order.sex}
    return [{"participant_id": row["participant_id"], "card": row["card"], **facts} for row in made]
