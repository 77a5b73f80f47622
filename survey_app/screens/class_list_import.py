"""A class list from a file: checked, shown as numbers, and only then made into cards. The file itself is kept nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from survey_app.class_list import GROUPS, ClassList, Mistake, UnusableClassList, read_class_list
from survey_app.class_list_template import template
from survey_app.database import Row
from survey_app.screens.failures import told
from survey_app.screens.language import number, say, today
from survey_app.screens.session import Member
from survey_app.screens.stored_rows import rows
from survey_app.screens.streamlit_words import say_in_our_words

SHOWN_ROWS = 6
PERSONAL = ("names", "full_birth_date", "address", "contact", "identity")
GROUP_SETTING = "group_fields"


def groups_kept(who: Member) -> list[str]:
    """The sensitive groups that this instance keeps, as an administrator has decided."""
    found = rows(who.database, "setting", ["value"], {"name": GROUP_SETTING})
    value = found[0]["value"] if found else []
    return [group for group in GROUPS if group in value]


def class_list_import(who: Member, row: Row) -> None:
    """Cards for the children of a list, one each."""
    kept = groups_kept(who)
    st.write(say("import.explained"))
    st.caption(say("import.no_names"))
    _template(row, kept)
    say_in_our_words()
    key = f"import-{row['id']}"
    version = st.session_state.get(f"{key}-version", 0)
    given = st.file_uploader(say("import.file"), type=["csv", "xlsx"], key=f"{key}-file-{version}", max_upload_size=2)
    if given is not None:
        try:
            st.session_state[f"{key}-read"] = read_class_list(given.getvalue(), today().year, kept)
        except UnusableClassList as refused:
            st.session_state[f"{key}-read"] = refused.mistakes
        # A field of its own for the next file; this one, and what it says of anybody, is gone with the old field.
        st.session_state[f"{key}-version"] = version + 1
        st.rerun()
    read = st.session_state.get(f"{key}-read")
    if isinstance(read, ClassList):
        _preview(who, row, read, key)
    elif read:
        _refused(read)


def _template(row: Row, kept: Sequence[str]) -> None:
    fields = ("birth_year", "birth_month", "sex", *kept)
    st.download_button(
        say("import.template"),
        template({field: say(f"import.field.{field}") for field in fields}, [say("sex.female"), say("sex.male")]),
        file_name="mau-danh-sach-lop.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/table:",
        key=f"import-template-{row['id']}",
        on_click="ignore",
        width="stretch",
    )


def _refused(mistakes: Sequence[Mistake]) -> None:
    with st.container(key="import-refused"):
        st.error(say("import.refused"), icon=":material/error:")
        lines = [f"- {_place(one)}{say(f'import.mistake.{one.code}')}" for one in mistakes]
        st.markdown("\n".join(lines))
        if any(one.code in PERSONAL for one in mistakes):
            st.info(say("import.why_no_names"), icon=":material/shield_person:")


def _place(one: Mistake) -> str:
    """In bold: "Cột B, dòng 3, 4:"; empty when it is about the whole file."""
    parts = [say("import.column", column=one.column)] if one.column else []
    if one.rows:
        shown = ", ".join(str(row) for row in one.rows[:SHOWN_ROWS])
        more = len(one.rows) - SHOWN_ROWS
        parts.append(
            say("import.rows", rows=shown) if more <= 0 else say("import.rows_more", rows=shown, more=number(more))
        )
    return f"**{', '.join(parts)}:** " if parts else ""


def _preview(who: Member, row: Row, read: ClassList, key: str) -> None:
    with st.container(border=True, key="import-preview"):
        count = number(len(read.children))
        st.markdown(f"**{say('import.preview', count=count)}**")
        _numbers(read)
        for line in _left_out(read):
            st.caption(line)
        with st.container(key="halves-import"):
            cancel, make = st.columns(2)
        if cancel.button(say("import.cancel"), key="import-cancel", width="stretch"):
            del st.session_state[f"{key}-read"]
            st.rerun()
        if make.button(
            say("import.make", count=count),
            icon=":material/add_card:",
            type="primary",
            key="import-make",
            width="stretch",
        ):
            _make(who, row, read, key)


def _numbers(read: ClassList) -> None:
    sexes = [one for one in ("female", "male", None) if any(child.sex == one for child in read.children)]
    years = Counter(child.birth_year for child in read.children)
    both = Counter((child.birth_year, child.sex) for child in read.children)
    head = "".join(f'<th scope="col">{say("sex." + (one or "any"))}</th>' for one in sexes)
    body = "".join(
        f'<tr><th scope="row">{year}</th>'
        + "".join(f"<td>{both[year, one]}</td>" for one in sexes)
        + f"<td><b>{years[year]}</b></td></tr>"
        for year in sorted(years)
    )
    st.html(
        f'<table class="plain"><thead><tr><th scope="col">{say("cards.birth_year")}</th>{head}'
        f'<th scope="col">{say("import.total")}</th></tr></thead><tbody>{body}</tbody></table>'
    )


def _left_out(read: ClassList) -> list[str]:
    lines = []
    if read.switched_off:
        groups = ", ".join(say(f"import.field.{group}").lower() for group in read.switched_off)
        lines.append(say("import.switched_off", groups=groups))
    if read.unread_columns:
        lines.append(say("import.unread_columns", columns=", ".join(read.unread_columns)))
    if read.unread_rows:
        lines.append(say("import.unread_rows", rows=", ".join(str(row) for row in read.unread_rows[:SHOWN_ROWS])))
    return lines


def _make(who: Member, row: Row, read: ClassList, key: str) -> None:
    with told():
        made = who.database.call(
            "import_roster", roster=row["id"], children=[child.stored() for child in read.children]
        )
        # In the order of the list: the row is how the teacher knows whose card it is.
        st.session_state[f"roster-made-{row['id']}"] = [
            {
                "row": child.row,
                "participant_id": one["participant_id"],
                "card": one["card"],
                "birth_year": child.birth_year,
                "birth_month": child.birth_month,
                "sex": child.sex,
            }
            for child, one in zip(read.children, made, strict=True)
        ]
        del st.session_state[f"{key}-read"]
        st.rerun()
