"""Screen: a questionnaire from an XLSForm, checked row by row before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from survey_app.database import Row
from survey_app.questionnaire import FormProblem, Questionnaire, QuestionnaireError, read_questionnaire
from survey_app.questionnaire.media_files import MediaFile, wanted_media
from survey_app.screens.failures import told
from survey_app.screens.form_files import UnusableFile, make_file
from survey_app.screens.language import current, number, said_in, say
from survey_app.screens.questionnaire_facts import facts
from survey_app.screens.session import Member, member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words
from survey_app.store_questionnaire import store_questionnaire

FORM_TYPES = ["xlsx", "xls", "csv", "md"]
FILE_TYPES = ["png", "jpg", "jpeg", "webp", "gif", "svg", "mp3", "m4a", "ogg", "wav", "webm"]


@dataclass
class _Checked:
    """A form as it was read, and the files made ready for it; kept so that each is read once."""

    source: str = ""
    questionnaire: Questionnaire | None = None
    problems: tuple[FormProblem, ...] = ()
    files: dict[str, MediaFile] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Uploaded file → its name and why it cannot be used."""
    seen: set[str] = field(default_factory=set)


def screen() -> None:
    who = member()
    st.page_link("screens/questionnaires.py", label=say("forms.back"), icon=":material/arrow_back:")
    st.title(say("nav.new_form"))
    with st.container(gap=None):
        st.write(say("new_form.explained"))
        say_in_our_words()
    with st.container(border=True):
        given = st.file_uploader(
            say("new_form.file", types=", ".join(FORM_TYPES)), type=FORM_TYPES, key="new_form_file"
        )
    if given is None:
        return
    checked: _Checked = st.session_state.setdefault("new_form_checked", _Checked())
    if checked.source != given.file_id:
        checked = st.session_state["new_form_checked"] = _read(given.file_id, given.name, given.getvalue())
    if checked.questionnaire is None:
        _problems(checked.problems)
        return
    st.success(say("new_form.right", title=said_in(checked.questionnaire.title)), icon=":material/check_circle:")
    st.caption(facts(checked.questionnaire))
    wanted = wanted_media(checked.questionnaire)
    if wanted:
        _ask_files(checked, wanted)
    _offer(who, checked, [name for name in wanted if name not in checked.files])


def _read(source: str, name: str, content: bytes) -> _Checked:
    try:
        return _Checked(source, read_questionnaire(content, name))
    except QuestionnaireError as error:
        return _Checked(source, None, error.problems)


def _problems(problems: tuple[FormProblem, ...]) -> None:
    st.error(say("new_form.wrong", count=number(len(problems))), icon=":material/error:")
    language = current()
    for problem in problems:
        place = problem.place(language) or say("new_form.whole")
        with st.container(border=True):
            st.html(
                f'<div class="item"><h3>{escape(place[:1].upper() + place[1:])}</h3>'
                f"<p>{escape(problem.cause(language))}</p>"
                f"<p><b>{escape(say('new_form.remedy'))}:</b> {escape(problem.remedy(language))}</p></div>"
            )


def _ask_files(checked: _Checked, wanted: Mapping[str, bool]) -> None:
    with st.container(border=True):
        st.subheader(say("new_form.files"))
        given = st.file_uploader(
            say("new_form.files.explained"),
            type=FILE_TYPES,
            accept_multiple_files=True,
            key=f"new_form_files-{checked.source}",
        )
        for file in given:
            if file.file_id in checked.seen:
                continue
            checked.seen.add(file.file_id)
            try:
                made = make_file(file.name, file.getvalue())
                if made.is_picture != wanted.get(made.name, made.is_picture):
                    raise UnusableFile("unreadable")
                checked.files[made.name] = made
            except UnusableFile as refused:
                checked.refused[file.file_id] = (file.name, refused.code)
        for source, (name, code) in checked.refused.items():
            if source in {file.file_id for file in given}:
                st.error(f"{name}: {say(f'new_form.refused.{code}')}", icon=":material/error:")
        st.html(
            '<ul class="checks">'
            + "".join(
                f"<li>{'✓' if name in checked.files else '○'} <code>{escape(name)}</code></li>" for name in wanted
            )
            + "</ul>"
        )


def _offer(who: Member, checked: _Checked, missing: list[str]) -> None:
    questionnaire = checked.questionnaire
    if questionnaire is None:
        return
    if not who.administers:
        st.info(say("new_form.ask_administrator"), icon=":material/info:")
        return
    present = rows(
        who.database, "questionnaire", ["definition"], {"id": questionnaire.id, "version": questionnaire.version}
    )
    same = bool(present) and present[0]["definition"] == questionnaire.to_json()
    used = bool(present) and not same and _is_used(who, questionnaire)
    if used:
        st.error(say("new_form.version_used", version=questionnaire.version), icon=":material/lock:")
        return
    if same:
        st.info(say("new_form.same"), icon=":material/info:")
    elif present:
        st.warning(say("new_form.replaces", version=questionnaire.version), icon=":material/published_with_changes:")
    if missing:
        st.warning(say("new_form.missing", count=number(len(missing))), icon=":material/image_not_supported:")
    if st.button(say("new_form.save"), type="primary", icon=":material/save:", disabled=bool(missing), width="stretch"):
        with told():
            wanted = wanted_media(questionnaire)
            files = [file for file in checked.files.values() if file.name in wanted]
            store_questionnaire(who.database, questionnaire, files)
            st.session_state.pop("new_form_checked", None)
            st.switch_page("screens/questionnaires.py")


def _is_used(who: Member, questionnaire: Questionnaire) -> bool:
    using: list[Row] = rows(
        who.database,
        "consultation",
        ["id"],
        {"questionnaire_id": questionnaire.id, "questionnaire_version": questionnaire.version},
    )
    return bool(using)


screen()
