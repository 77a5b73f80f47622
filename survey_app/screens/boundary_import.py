"""Part of a screen: a file of official boundaries, its problems or what it looks like, and taking it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from analysis.boundaries import Checked, Problem, Unit, check, likely_property
from analysis.boundary_file import Layer, UnreadableBoundaries, read_layers
from survey_app.boundary_sets import fingerprint, take_in, units_and_former_codes
from survey_app.screens.appearance import mistake
from survey_app.screens.boundary_preview import preview
from survey_app.screens.failures import told
from survey_app.screens.language import moment, number, say
from survey_app.screens.map_borders import follow_boundaries
from survey_app.screens.places import communes
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words

FILE_TYPES = ["geojson", "json", "zip", "gpkg"]
LARGEST_MEGABYTES = 50
SHOWN_PROBLEMS = 30


@dataclass(frozen=True)
class _File:
    name: str
    sha256: str
    layers: tuple[Layer, ...]
    wrong: str | None = None
    """Why nothing could be read."""


def import_section(who: Member) -> None:
    st.subheader(say("boundaries.import"))
    with st.container(gap=None):
        st.write(say("boundaries.import_explained"))
        say_in_our_words()
    version = st.session_state.setdefault("boundaries_version", 0)
    with st.container(border=True):
        given = st.file_uploader(
            say("boundaries.file"),
            type=FILE_TYPES,
            max_upload_size=LARGEST_MEGABYTES,
            key=f"boundaries_file-{version}",
        )
        if given is None:
            for key in ("boundaries_read", "boundaries_checked"):
                st.session_state.pop(key, None)
            return
        # Kept, so that each file is read once.
        kept: tuple[str, _File] | None = st.session_state.get("boundaries_read")
        if kept is None or kept[0] != given.file_id:
            kept = given.file_id, _read(given.getvalue(), given.name)
            st.session_state["boundaries_read"] = kept
            st.session_state.pop("boundaries_checked", None)
        file = kept[1]
        if file.wrong:
            _problems((Problem(None, None, file.wrong),))
            return
        units, former = units_and_former_codes(who.database)
        layer, by = _choices(file, units)
    of = (given.file_id, layer.name, by)
    done: tuple[tuple[str, str, str | None], Checked] | None = st.session_state.get("boundaries_checked")
    if done is None or done[0] != of:
        with st.spinner(say("boundaries.checking")):
            done = of, check(layer, units, by=by, former=former)
        st.session_state["boundaries_checked"] = done
    checked = done[1]
    if checked.problems:
        _problems(checked.problems)
        return
    _same_file(who, file.sha256)
    preview(checked, communes(who.database))
    _take_in(who, file, checked)


def _read(content: bytes, name: str) -> _File:
    try:
        return _File(name, fingerprint(content), read_layers(content))
    except UnreadableBoundaries as error:
        return _File(name, fingerprint(content), (), error.code)


def _choices(file: _File, units: Sequence[Unit]) -> tuple[Layer, str | None]:
    """The layer, and its property with the codes; asked for only where there is a choice."""
    layer = file.layers[0]
    if len(file.layers) > 1:
        names = [one.name for one in file.layers]
        with_codes = [place for place, one in enumerate(file.layers) if likely_property(one, units)]
        chosen = st.selectbox(
            say("boundaries.layer"), names, index=with_codes[-1] if with_codes else 0, key="boundaries_layer"
        )
        layer = next(one for one in file.layers if one.name == chosen)
    likely = likely_property(layer, units)
    if not layer.properties:
        return layer, None
    by = st.selectbox(
        say("boundaries.property"),
        layer.properties,
        index=layer.properties.index(likely) if likely else None,
        placeholder=say("boundaries.property_choose"),
        key=f"boundaries_property-{layer.name}",
    )
    return layer, by


def _problems(problems: Sequence[Problem]) -> None:
    st.error(say("population.wrong", count=number(len(problems))), icon=":material/error:")
    for problem in problems[:SHOWN_PROBLEMS]:
        places = [problem.unit or ""]
        if problem.number is not None:
            places.append(say("boundaries.shape", number=number(problem.number)))
        place = " · ".join(filter(None, places)) or say("population.whole_file")
        with st.container(border=True):
            st.html(
                f'<div class="item"><h3>{escape(place)}</h3>'
                f"<p>{escape(say(f'boundaries.problem.{problem.code}', **problem.values))}</p></div>"
            )
    if len(problems) > SHOWN_PROBLEMS:
        st.caption(say("population.more_problems", count=number(len(problems) - SHOWN_PROBLEMS)))


def _same_file(who: Member, sha256: str) -> None:
    before = rows(who.database, "boundary_set", ["imported_at", "title"], {"file_sha256": sha256})
    if before:
        last = before[-1]
        st.warning(
            say("population.same_file", title=last["title"], moment=moment(str(last["imported_at"]))),
            icon=":material/content_copy:",
        )


def _take_in(who: Member, file: _File, checked: Checked) -> None:
    wrong: dict[str, str] = st.session_state.get("boundaries_mistakes", {})
    with st.container(border=True):
        title = st.text_input(
            say("boundaries.title"), key="boundaries_title", max_chars=200, placeholder=say("boundaries.title_example")
        )
        mistake(wrong.get("title"))
        by = st.text_input(
            say("population.published_by"),
            key="boundaries_by",
            max_chars=200,
            placeholder=say("boundaries.published_by_example"),
        )
        mistake(wrong.get("published_by"))
        at_once = st.checkbox(say("boundaries.at_once"), value=True, key="boundaries_at_once")
        if st.button(say("boundaries.take_in"), type="primary", icon=":material/upload:", width="stretch"):
            wrong = {
                name: say("population.needed")
                for name, text in (("title", title), ("published_by", by))
                if not text.strip()
            }
            st.session_state["boundaries_mistakes"] = wrong
            if wrong:
                st.rerun()
            with told():
                made = take_in(
                    who.database,
                    checked,
                    title=title,
                    published_by=by,
                    file_name=file.name,
                    file_sha256=file.sha256,
                )
                if at_once:
                    who.database.call("put_boundaries_in_force", boundary_set=made)
                    follow_boundaries()
                for key in ("read", "checked", "title", "by", "mistakes"):
                    st.session_state.pop(f"boundaries_{key}", None)
                st.session_state["boundaries_version"] += 1
                st.toast(say("boundaries.taken_in"), icon=":material/check:")
                st.rerun()
