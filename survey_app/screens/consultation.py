"""Screen: one consultation, as the four steps that the law asks for."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from survey_app.database import Row
from survey_app.screens.appearance import chip
from survey_app.screens.attachments import attachments
from survey_app.screens.by_word import by_word
from survey_app.screens.collection import close_button, closed_note, closed_summary, collecting
from survey_app.screens.consultation_facts import PRINCIPLES, ages, consultation, place
from survey_app.screens.consultation_steps import STEPS, Facts, Step, at_step, steps
from survey_app.screens.deleting import delete_button
from survey_app.screens.feedback import feedback
from survey_app.screens.language import day, number, said_in, say
from survey_app.screens.preparation import preparation, what_it_counts
from survey_app.screens.review import review
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.texts import reading, results_link, texts_to_read, unread
from survey_app.screens.themes import themes
from survey_app.screens.written_texts import written_texts


def screen() -> None:
    who = member()
    st.page_link("screens/consultations.py", label=say("consultation.back"), icon=":material/arrow_back:")
    row = consultation(who.database, st.query_params.get("consultation"))
    if row is None:
        st.title(say("nav.consultation"))
        st.info(say("consultation.unknown"), icon=":material/search_off:")
        return
    _header(who, row)
    if who.protects:
        attachments(who, row)
        written_texts(who, row)
        return
    texts = texts_to_read(who, row)
    facts = _facts(who, row, texts)
    all_steps, at = steps(facts), at_step(facts)
    chosen = _choice(row, all_steps, at)
    _tasks(all_steps[chosen])
    if chosen == 0:
        preparation(who, row)
    elif chosen == 1:
        _collect(who, row)
    elif row["status"] != "closed":
        st.info(say(f"step.{STEPS[chosen]}.later"), icon=":material/hourglass_empty:")
    elif chosen == 2:
        _compile(who, row, texts)
    else:
        feedback(who, row)
    if chosen < at or (chosen == 2 and all_steps[2].is_done):
        _onward(row, chosen)
    _deleting(who, row)


def _deleting(who: Member, row: Row) -> None:
    is_own = row["created_by"] == who.id or (row["school_id"] is not None and row["school_id"] == who.school_id)
    # What is asked before and after an activity goes with the activity.
    if row["kind"] == "before_after" or not (who.administers or (who.runs_consultations and is_own)):
        return
    children = row["carded"] + row["uncarded"]
    consequence = [
        f"{place(row)} · {day(row['held_on'])}.",
        say("delete.consultation.answers", answers=number(row["received"]), children=number(children))
        if row["received"] or children
        else say("delete.consultation.no_answers"),
    ]
    if row["status"] == "open":
        consequence.append(say("delete.consultation.open"))
    if row["published_at"] is not None:
        consequence.append(say("delete.consultation.published"))
    delete_button(who, "consultation", row["id"], row["title"], "\n\n".join(consequence), "screens/consultations.py")


def _header(who: Member, row: Row) -> None:
    st.title(row["title"])
    named = rows(
        who.database,
        "questionnaire",
        ["title"],
        {"id": row["questionnaire_id"], "version": row["questionnaire_version"]},
    )
    facts = [
        place(row),
        row["roster_name"],
        day(row["held_on"]),
        *([] if row["form"] == "questionnaire" else [say("form." + row["form"])]),
        said_in(named[0]["title"]) if named else row["questionnaire_id"],
        ages(row),
        say("consultation.expected", count=number(row["expected"])),
    ]
    st.html(f"<p>{chip(row['status'])} {escape(' · '.join(filter(None, facts)))}</p>")
    what_it_counts(row)


def _facts(who: Member, row: Row, texts: list[Row] | None) -> Facts:
    closed: dict[str, Any] = {"consultation_id": row["id"], "deleted_at": None}
    found = rows(who.database, "theme", ["id"], closed) if row["status"] == "closed" else []
    answered = rows(who.database, "commitment", ["theme_id"], closed) if found else []
    return Facts(
        status=row["status"],
        principles=len(row["principles"]),
        all_principles=len(PRINCIPLES),
        has_consent=row["consent_version"] is not None,
        participants=max(row["received"], row["carded"] + row["uncarded"]),
        expected=row["expected"],
        in_review=row["in_review"],
        unread=None if texts is None else unread(texts),
        themes=len(found),
        themes_answered=len({one["theme_id"] for one in answered} & {one["id"] for one in found}),
        is_published=row["published_at"] is not None,
    )


def _choice(row: Row, all_steps: tuple[Step, ...], at: int) -> int:
    """Which step is shown: the one that it is at, until another one is chosen; opening and closing lead on by themselves."""
    key = _step_key(row)
    if key not in st.session_state:
        wanted = st.query_params.get("step", "")
        came = st.session_state.setdefault(f"came-{row['id']}", row["status"]) == row["status"]
        st.session_state[key] = int(wanted) - 1 if came and wanted in ("1", "2", "3", "4") else at

    def label(step: int) -> str:
        icon = "check_circle" if all_steps[step].is_done else "pending" if step <= at else "circle"
        return f":material/{icon}: {step + 1}. {say('step.' + STEPS[step] + '.short')}"

    with st.container(key="steps"):
        chosen = st.segmented_control(
            say("step.label"), range(len(STEPS)), format_func=label, key=key, required=True, width="stretch"
        )
    return int(chosen or 0)


def _step_key(row: Row) -> str:
    return f"step-{row['id']}-{row['status']}"


def _tasks(step: Step) -> None:
    items = "".join(
        f'<li class="{"is-done" if task.is_done else ""}"><span aria-hidden="true">{"✓" if task.is_done else "○"}</span> '
        f"{escape(say('task.' + task.name, count=number(task.done_count), of=number(task.of)))}"
        f'<span class="unseen">: {escape(say("task.done" if task.is_done else "task.to_do"))}</span></li>'
        for task in step.tasks
    )
    st.html(f'<h2>{escape(say("step." + step.name))}</h2><ul class="tasks">{items}</ul>')


def _collect(who: Member, row: Row) -> None:
    if row["status"] == "draft":
        st.info(say("step.collect.later"), icon=":material/hourglass_empty:")
        return
    asks, is_open = row["questionnaire_id"] is not None, row["status"] == "open"
    if not is_open:
        closed_summary(who, row)
    elif asks:
        collecting(who, row)
    if who.runs_consultations and row["kind"] == "consultation":
        with st.expander(say("by_word.beside"), icon=":material/record_voice_over:") if asks else st.container():
            by_word(who, row)
    if is_open:
        close_button(who, row)
    review(who, row)


def _compile(who: Member, row: Row, texts: list[Row] | None) -> None:
    closed_note(row)
    results_link(row)
    if texts is not None:
        reading(who, row, texts)
    themes(who, row)


def _onward(row: Row, chosen: int) -> None:
    """To the step after one that is behind."""

    def go() -> None:
        st.session_state[_step_key(row)] = chosen + 1

    st.button(
        say("step.onward", step=say(f"step.{STEPS[chosen + 1]}.short")),
        on_click=go,
        icon=":material/arrow_forward:",
        key="step-onward",
        type="primary",
        width="stretch",
    )


screen()
