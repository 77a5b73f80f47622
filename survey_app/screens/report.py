"""Screen: the report that the province signs, as Word, Excel and PDF."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analysis.report import Letterhead
from analysis.report_content import report
from analysis.report_facts import LAST_YEAR, MIDDLE_YEAR
from survey_app.report.facts import read_facts, years_to_report
from survey_app.report.files import FORMATS, file_name
from survey_app.screens.failures import told
from survey_app.screens.language import say, today
from survey_app.screens.places import communes
from survey_app.screens.session import Member, member

MADE = "report_made"
_USUAL = Letterhead()


@dataclass(frozen=True)
class _Wanted:
    """What was asked for: another wish makes the files that are there stale."""

    asker: str
    kind: str
    year: int
    letterhead: Letterhead
    remarks: tuple[str, ...]


def screen() -> None:
    who = member()
    st.title(say("nav.report"))
    st.write(say("report.explained"))
    _whose_lists(who)
    with told():
        kind, year = _period(who)
        letterhead, remarks = _office()
        wanted = _Wanted(who.id, kind, year, letterhead, remarks)
        if st.button(say("report.make"), type="primary", icon=":material/description:", width="stretch"):
            _make(who, wanted)
        _downloads(wanted)


def _whose_lists(who: Member) -> None:
    if who.role == "officer" and who.commune_code:
        names = {commune.code: commune.name for commune in communes(who.database)}
        st.info(say("report.own_commune", name=names.get(who.commune_code, "")), icon=":material/info:")


def _period(who: Member) -> tuple[str, int]:
    now = today()
    kinds = ["annual", "midterm", *(["final"] if now.year >= LAST_YEAR else [])]
    with st.container(border=True):
        kind = st.radio(say("report.kind"), kinds, format_func=lambda one: say(f"report.kind.{one}"), key="report_kind")
        if "final" not in kinds:
            st.caption(say("report.final_later", year=LAST_YEAR))
        if kind != "annual":
            return kind, MIDDLE_YEAR if kind == "midterm" else LAST_YEAR
        year: int = st.selectbox(
            say("field.year"), years_to_report(who.database, now), format_func=str, key="report_year"
        )
        if year == now.year:
            st.caption(say("report.year_goes_on", year=year))
        return kind, year


def _office() -> tuple[Letterhead, tuple[str, ...]]:
    with st.expander(say("report.office"), icon=":material/edit_document:"):
        with st.container(key="halves-report-office"):
            left, right = st.columns(2)
            superior = left.text_input(say("report.superior"), _USUAL.superior, max_chars=80)
            office = right.text_input(say("report.office_name"), _USUAL.office, max_chars=80)
        with st.container(key="halves-report-number"):
            left, middle, right = st.columns(3)
            number = left.text_input(say("report.number"), _USUAL.number, max_chars=10)
            symbol = middle.text_input(say("report.symbol"), _USUAL.symbol, max_chars=20)
            place = right.text_input(say("report.place"), _USUAL.place, max_chars=40)
        with st.container(key="halves-report-signer"):
            left, right = st.columns(2)
            title = left.text_area(say("report.signer_title"), _USUAL.signer_title, max_chars=120, height=96)
            name = right.text_input(say("report.signer_name"), _USUAL.signer_name, max_chars=60)
        recipients = st.text_area(say("report.recipients"), "\n".join(_USUAL.recipients), max_chars=800, height=150)
        remarks = st.text_area(say("report.remarks"), max_chars=4000, placeholder=say("report.remarks.example"))
    letterhead = Letterhead(
        superior.strip(), office.strip(), number.strip(), symbol.strip(), place.strip(),
        "\n".join(_lines(title)), name.strip(), _lines(recipients),
    )  # fmt: skip
    return letterhead, _lines(remarks)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _make(who: Member, wanted: _Wanted) -> None:
    st.session_state.pop(MADE, None)
    progress = st.progress(0.0, text=say("report.reading"))
    own = who.commune_code if who.role == "officer" else None
    facts = read_facts(who.database, wanted.kind, wanted.year, today(), seen_of=own)
    made = report(facts, wanted.letterhead, wanted.remarks)
    files = {}
    for step, (ending, (write, _)) in enumerate(FORMATS.items(), start=1):
        progress.progress(step / (len(FORMATS) + 1), text=say(f"report.writing.{ending}"))
        files[ending] = write(made)
    progress.empty()
    st.session_state[MADE] = (wanted, files)


def _downloads(wanted: _Wanted) -> None:
    made_for, files = st.session_state.get(MADE, (None, {}))
    if not files:
        return
    if made_for != wanted:
        st.info(say("report.stale"), icon=":material/update:")
        return
    st.subheader(say("report.ready"))
    with st.container(key="halves-report-files"):
        for column, (ending, (_, media_type)) in zip(st.columns(len(FORMATS)), FORMATS.items(), strict=True):
            column.download_button(
                say(f"report.download.{ending}"),
                files[ending],
                file_name=file_name(wanted.kind, wanted.year, ending),
                mime=media_type,
                icon=":material/download:",
                width="stretch",
                on_click="ignore",
                key=f"report-{ending}",
            )
    st.caption(say("report.check"))


screen()
