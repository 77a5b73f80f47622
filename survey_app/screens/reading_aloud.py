"""Recording the texts of a questionnaire: one text at a time, in the order in which a child meets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from survey_app.media_types import MEDIA_TYPE_OF
from survey_app.recording import LONGEST_SECONDS, Recording, UnusableRecording, make_recording
from survey_app.screens.address import public_url
from survey_app.screens.failures import told
from survey_app.screens.language import number, said_in, say
from survey_app.screens.questionnaire_facts import Form, heard_of, language_name, same_words
from survey_app.screens.session import Member
from survey_app.screens.spoken_texts import IN_THE_FORM, NONE, RECORDED, SpokenText, next_without
from survey_app.screens.streamlit_words import say_in_our_words

FILE_TYPES = ["mp3", "m4a", "ogg", "wav", "webm"]
_LOOKS = {RECORDED: "open", IN_THE_FORM: "closed", NONE: "draft"}
_MARKS = {RECORDED: "✓", IN_THE_FORM: "✓", NONE: "○"}


@dataclass
class _Desk:
    """What the teacher has before her, kept between runs."""

    at: int = 0
    """The text on screen."""
    take: int = 0
    """Makes the recorder and the file field empty ones again."""
    again: str | None = None
    """The place that is being recorded anew though it has a recording."""


@dataclass(frozen=True)
class _Unsaved:
    """What was recorded or uploaded and not saved yet: a recording, or why there is none."""

    source: str
    recording: Recording | None
    refusal: str | None


@dataclass(frozen=True)
class _Undo:
    """The recording that was there before the last change."""

    language: str
    place: str
    at: int
    stored_as: str
    message: str


def reading_aloud(who: Member, form: Form, known: Sequence[Form]) -> None:
    """The recorder and the list of texts, in the language chosen. `known`: all forms, this one among them."""
    if not form.texts:
        st.info(say("aloud.nothing"), icon=":material/quiz:")
        return
    with st.container(gap=None):
        st.write(say("aloud.explained"))
        say_in_our_words()
    languages = form.questionnaire.languages
    language = str(
        st.segmented_control(
            say("aloud.language"),
            languages,
            default=languages[0],
            format_func=language_name,
            key=_key(form, "language"),
            required=True,
        )
        or languages[0]
    )
    states = form.states(language)
    heard = form.heard(language)
    st.progress(heard / len(states), text=f"**{heard_of(form, language)}** – {_what_is_missing(heard, len(states))}")
    desk: _Desk = st.session_state.setdefault(_key(form, "desk", language), _Desk())
    _undo(who, form, language)
    _reuse(who, form, language, known)
    with st.container(border=True, key="spoken-text"):
        _one(who, form, language, desk, states)
    _way_on(desk, states)
    _all(form, language, states)


def _what_is_missing(heard: int, all_texts: int) -> str:
    return say("aloud.all_heard") if heard == all_texts else say("aloud.missing", count=number(all_texts - heard))


def _one(who: Member, form: Form, language: str, desk: _Desk, states: list[str]) -> None:
    desk.at = min(desk.at, len(states) - 1)
    text, now = form.texts[desk.at], states[desk.at]
    st.html(_shown(text, language, desk.at, len(states), now))
    if text.is_filled_in:
        st.caption(say("aloud.filled_in"))
    stored_as = form.recordings.get((language, text.place)) or form.form_files.get(text.files.get(language, ""))
    if stored_as and now != NONE:
        with told():
            st.audio(who.database.read_file("media", stored_as), format=MEDIA_TYPE_OF[stored_as.rsplit(".", 1)[-1]])
    unsaved = _unsaved(form, language, text)
    if now == RECORDED and not unsaved and desk.again != text.place:
        _change(who, form, language, desk, text, stored_as or "")
        return
    if now == IN_THE_FORM:
        st.caption(say("aloud.wins"))
    _record(form, language, desk, text)
    unsaved = _unsaved(form, language, text)
    if unsaved and unsaved.refusal:
        st.error(
            say(f"recording.refused.{unsaved.refusal}", seconds=LONGEST_SECONDS, types=", ".join(FILE_TYPES)),
            icon=":material/error:",
        )
    elif unsaved and unsaved.recording:
        _offer(who, form, language, desk, text, unsaved.recording, states)


def _shown(text: SpokenText, language: str, at: int, count: int, now: str) -> str:
    kind = say("aloud.choice", question=said_in(text.question)) if text.question is not None else say("aloud.question")
    chip = f'<span class="chip {_LOOKS[now]}">{escape(say("aloud.state." + now))}</span>'
    words = text.words.get(language) or said_in(text.words)
    return (
        f'<div class="spoken"><p>{escape(say("aloud.at", at=number(at + 1), all=number(count)))} · {escape(kind)} {chip}</p>'
        f'<p class="words" lang="{escape(language)}">{escape(words)}</p></div>'
    )


def _record(form: Form, language: str, desk: _Desk, text: SpokenText) -> None:
    """The recorder and the file field; what comes out of either is kept as unsaved."""
    key = _key(form, "take", language, text.place, str(desk.take))
    if _may_use_microphone():
        spoken = st.audio_input(
            say("aloud.record", seconds=LONGEST_SECONDS), sample_rate=24_000, key=f"{key}-microphone"
        )
    else:
        spoken = None
        st.info(say("aloud.no_microphone"), icon=":material/mic_off:")
    with st.expander(say("aloud.upload"), icon=":material/upload_file:", expanded=not _may_use_microphone()):
        uploaded = st.file_uploader(
            say("aloud.upload.types", types=", ".join(FILE_TYPES)), type=FILE_TYPES, key=f"{key}-file"
        )
    given = [file for file in (spoken, uploaded) if file is not None]
    known = _unsaved(form, language, text)
    heard: list[str] = st.session_state.setdefault(_key(form, "heard"), [])
    for file in given:
        if file.file_id in heard or (known and known.source == file.file_id):
            continue
        heard.append(file.file_id)
        try:
            found = _Unsaved(file.file_id, make_recording(file.getvalue()), None)
        except UnusableRecording as refused:
            found = _Unsaved(file.file_id, None, refused.code)
        st.session_state[_key(form, "unsaved", language, text.place)] = found


def _offer(
    who: Member, form: Form, language: str, desk: _Desk, text: SpokenText, recording: Recording, states: list[str]
) -> None:
    """Listen to what was made of it, then keep it or not."""
    st.markdown(f"**{say('aloud.listen')}**")
    st.audio(recording.content, format=recording.media_type)
    with st.container(horizontal=True, vertical_alignment="center"):
        following = next_without(states, desk.at)
        if (
            following is not None
            and following != desk.at
            and st.button(say("aloud.save_next"), type="primary", icon=":material/check:")
        ):
            with told():
                _save(who, form, language, desk, text, recording)
                desk.at = following
                st.rerun()
        if st.button(
            say("aloud.save"), icon=":material/save:", type="primary" if following in (None, desk.at) else "secondary"
        ):
            with told():
                _save(who, form, language, desk, text, recording)
                st.rerun()
        if st.button(say("aloud.discard"), type="tertiary", icon=":material/restart_alt:"):
            _clear(form, language, desk, text)
            st.rerun()


def _save(who: Member, form: Form, language: str, desk: _Desk, text: SpokenText, recording: Recording) -> None:
    """Raises what the door raises: then nothing is cleared, and the teacher can try again."""
    who.database.keep_file("media", recording.name, recording.content, recording.media_type)
    _point_to(who, form, language, text.place, recording.name)
    before = form.recordings.get((language, text.place))
    st.session_state[_key(form, "undo")] = (
        _Undo(language, text.place, desk.at, before, "aloud.replaced") if before and before != recording.name else None
    )
    st.toast(say("aloud.saved", at=number(desk.at + 1)), icon=":material/check:")
    _clear(form, language, desk, text)


def _point_to(who: Member, form: Form, language: str, place: str, stored_as: str) -> None:
    who.database.call(
        "save_recording",
        questionnaire=form.questionnaire.id,
        version=form.questionnaire.version,
        language=language,
        place=place,
        stored_as=stored_as,
    )


def _clear(form: Form, language: str, desk: _Desk, text: SpokenText) -> None:
    st.session_state.pop(_key(form, "unsaved", language, text.place), None)
    desk.take += 1
    desk.again = None


def _change(who: Member, form: Form, language: str, desk: _Desk, text: SpokenText, stored_as: str) -> None:
    with st.container(horizontal=True):
        if st.button(say("aloud.again"), icon=":material/mic:"):
            desk.again = text.place
            desk.take += 1
            st.rerun()
        if st.button(say("aloud.delete"), type="tertiary", icon=":material/delete:"):
            _confirm_delete(who, form, language, desk, text, stored_as)


def _confirm_delete(who: Member, form: Form, language: str, desk: _Desk, text: SpokenText, stored_as: str) -> None:
    @st.dialog(say("aloud.delete.title"))
    def ask() -> None:
        st.write(say("aloud.delete.explained", words=text.words.get(language) or said_in(text.words)))
        keep, delete = st.columns(2)
        if keep.button(say("delete.keep"), width="stretch"):
            st.rerun()
        if delete.button(say("delete.confirm"), type="primary", width="stretch"):
            with told():
                who.database.call(
                    "remove_recording",
                    questionnaire=form.questionnaire.id,
                    version=form.questionnaire.version,
                    language=language,
                    place=text.place,
                )
                st.session_state[_key(form, "undo")] = _Undo(language, text.place, desk.at, stored_as, "aloud.deleted")
                st.rerun()

    ask()


def _undo(who: Member, form: Form, language: str) -> None:
    """The last change can be taken back until the next one."""
    undo: _Undo | None = st.session_state.get(_key(form, "undo"))
    if undo is None or undo.language != language:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo-recording"):
        st.markdown(f":material/history: {say(undo.message, at=number(undo.at + 1))}")
        if st.button(say("aloud.undo"), icon=":material/undo:"):
            with told():
                _point_to(who, form, undo.language, undo.place, undo.stored_as)
                st.session_state[_key(form, "undo")] = None
                st.session_state[_key(form, "desk", language)].at = undo.at
                st.rerun()


def _reuse(who: Member, form: Form, language: str, known: Sequence[Form]) -> None:
    """What was once recorded need not be recorded again: for another list of choices, or for the version before."""
    found = same_words(form, language, known)
    if found and st.button(say("aloud.reuse", count=number(len(found))), icon=":material/content_copy:"):
        with told():
            for place, stored_as in found.items():
                _point_to(who, form, language, place, stored_as)
            st.toast(say("saved"), icon=":material/check:")
            st.rerun()


def _way_on(desk: _Desk, states: list[str]) -> None:
    """To the text before, the one after, and the next that has no recording."""
    ways = st.container(horizontal=True)
    if ways.button(say("aloud.previous"), icon=":material/arrow_back:", width="stretch", disabled=desk.at == 0):
        _go(desk, desk.at - 1)
    if ways.button(
        say("aloud.next"),
        icon=":material/arrow_forward:",
        icon_position="right",
        width="stretch",
        disabled=desk.at == len(states) - 1,
    ):
        _go(desk, desk.at + 1)
    missing = next_without(states, desk.at)
    if missing is not None and missing not in (desk.at, desk.at + 1):
        label = say("aloud.next_missing", at=number(missing + 1))
        if st.button(label, icon=":material/skip_next:", type="tertiary", width="stretch"):
            _go(desk, missing)


def _go(desk: _Desk, at: int) -> None:
    desk.at = at
    desk.again = None
    st.rerun()


def _all(form: Form, language: str, states: list[str]) -> None:
    """Every text with its state, to see what is missing and to go there."""
    desk: _Desk = st.session_state[_key(form, "desk", language)]
    with st.expander(say("aloud.list"), icon=":material/list:"), st.container(key="spoken-list", gap=None):
        for at, (text, now) in enumerate(zip(form.texts, states, strict=True)):
            words = text.words.get(language) or said_in(text.words)
            unsaved = f" · {say('aloud.unsaved')}" if _unsaved(form, language, text) else ""
            label = f"{_MARKS[now]} {at + 1}. {_plain(words)} – {say('aloud.state.' + now)}{unsaved}"
            if st.button(label, type="tertiary", key=_key(form, "go", language, text.place), width="stretch"):
                _go(desk, at)


def _plain(words: str) -> str:
    """A button reads its label as Markdown."""
    return "".join("\\" + mark if mark in "\\`*_{}[]()<>#+-.!|~:$" else mark for mark in words)


def _unsaved(form: Form, language: str, text: SpokenText) -> _Unsaved | None:
    found: _Unsaved | None = st.session_state.get(_key(form, "unsaved", language, text.place))
    return found


def _may_use_microphone() -> bool:
    """Browsers give it to a page that came encrypted, or from this very machine, and to no other."""
    seen = urlsplit(st.context.url or public_url())
    return (st.context.headers.get("X-Forwarded-Proto") or seen.scheme) == "https" or seen.hostname in (
        "localhost",
        "127.0.0.1",
        "::1",
    )


def _key(form: Form, *parts: str) -> str:
    return "-".join(("aloud", form.questionnaire.id, form.questionnaire.version, *parts))
