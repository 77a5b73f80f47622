"""Putting released opinions into themes: by hand, with the words that many of them share as a help."""

from __future__ import annotations

import streamlit as st

from analysis.word_counts import common_words
from survey_app.database import Row
from survey_app.screens.appearance import mistake
from survey_app.screens.failures import told
from survey_app.screens.language import number, said_in, say
from survey_app.screens.session import Member

NEW = ""
SHOWN = 40


def opinion_grouping(who: Member, row: Row, opinions: list[Row], themes: list[Row]) -> None:
    """`opinions` as of `opinions_of`. Nothing is grouped by itself."""
    if not opinions:
        st.info(say("grouping.none"), icon=":material/format_quote:")
        return
    with st.container(border=True, key="grouping"):
        st.markdown(f"**{say('grouping.title')}**")
        word = _word(row, opinions)
        offered = [one for one in opinions if word is None and not one["themes"]] + [
            one for one in opinions if word is not None and one["opinion"] in word[1]
        ]
        if not offered:
            st.success(say("grouping.all_done"), icon=":material/task_alt:")
            return
        st.caption(say("grouping.of_word", word=word[0]) if word else say("grouping.not_grouped"))
        at = st.session_state.get(f"grouping-at-{row['id']}", 0)
        chosen = [one["opinion"] for one in offered[:SHOWN] if _ticked(one, word, at)]
        if len(offered) > SHOWN:
            st.caption(say("grouping.more", count=number(len(offered) - SHOWN)))
        _into(who, row, chosen, opinions, themes, at)


def _word(row: Row, opinions: list[Row]) -> tuple[str, frozenset[str]] | None:
    """The shared word that was tapped, with the opinions that have it."""
    common = _common(tuple((str(one["opinion"]), one["shown"]) for one in opinions))
    if not common:
        return None
    by_word = {word: frozenset(keys) for word, keys in common}
    tapped = st.pills(
        say("grouping.words"),
        list(by_word),
        format_func=lambda word: f"{word} ({number(len(by_word[word]))})",
        key=f"grouping-word-{row['id']}",
    )
    return (tapped, by_word[tapped]) if tapped in by_word else None


@st.cache_data(max_entries=20, ttl=600, show_spinner=False)
def _common(texts: tuple[tuple[str, str], ...]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.word, one.texts) for one in common_words(dict(texts))]


def _ticked(one: Row, word: tuple[str, frozenset[str]] | None, at: int) -> bool:
    # Set apart from Markdown: a child's words stand as she wrote them.
    with st.container(horizontal=True, vertical_alignment="center", key=f"offered-{one['opinion']}"):
        ticked = st.checkbox(
            one["shown"],
            value=word is not None,
            key=f"grouping-{one['opinion']}-{word[0] if word else ''}-{at}",
            label_visibility="collapsed",
            width="content",
        )
        st.text(one["shown"], width="stretch")
    return bool(ticked)


def _into(who: Member, row: Row, chosen: list[str], opinions: list[Row], themes: list[Row], at: int) -> None:
    names = {theme["id"]: said_in(theme["name"]) for theme in themes}
    theme = st.selectbox(
        say("grouping.theme"),
        [NEW, *names],
        format_func=lambda one: names.get(one) or say("grouping.new_theme"),
        key=f"grouping-theme-{row['id']}-{len(names)}",
    )
    name = "" if theme else st.text_input(say("themes.name"), max_chars=200, key=f"grouping-name-{row['id']}-{at}")
    wrong_key = f"grouping-wrong-{row['id']}"
    mistake(say("refused.theme_name") if st.session_state.get(wrong_key) else None)
    if not st.button(
        say("grouping.put", count=number(len(chosen))),
        type="primary",
        icon=":material/category:",
        disabled=not chosen,
        key=f"grouping-put-{row['id']}",
        width="stretch",
    ):
        return
    st.session_state[wrong_key] = not theme and not (name or "").strip()
    if not st.session_state[wrong_key]:
        with told():
            if not theme:
                made = who.database.call("save_theme", theme=None, consultation=row["id"], name={"vi": name}, said={})
                theme = made[0]["save_theme"]
            before = [one["opinion"] for one in opinions if theme in one["themes"]]
            who.database.call("group_opinions", theme=theme, opinions=sorted({*before, *chosen}))
            st.session_state[f"grouping-at-{row['id']}"] = at + 1
            st.rerun()
    else:
        st.rerun()
