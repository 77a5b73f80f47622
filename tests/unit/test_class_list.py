"""Class lists as schools have them; whatever is in them, no name comes out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from survey_app.class_list import GROUPS, Child, ClassList, Mistake, UnusableClassList, read_class_list
from survey_app.class_list_template import template

YEAR = 2026


def read(content: bytes | str, groups: Sequence[str] = ()) -> ClassList:
    return read_class_list(content.encode() if isinstance(content, str) else content, YEAR, groups)


def refused(content: bytes | str, groups: Sequence[str] = ()) -> list[Mistake]:
    with pytest.raises(UnusableClassList) as caught:
        read(content, groups)
    return list(caught.value.mistakes)


def workbook(rows: Sequence[Sequence[object]], looks: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for cell, look in (looks or {}).items():
        sheet[cell].number_format = look
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def children(found: ClassList) -> list[dict[str, object]]:
    return [dict(child.stored()) for child in found.children]


GIRL_AND_BOY = [{"birth_year": 2016, "sex": "female"}, {"birth_year": 2017, "sex": "male"}]


@pytest.mark.parametrize(
    "text",
    [
        "Năm sinh,Giới tính\n2016,Nữ\n2017,Nam\n",
        "nam sinh;gioi tinh\r\n2016;nu\r\n2017;nam\r\n",
        "birth_year\tsex\n2016\tfemale\n2017\tM\n",
        "STT,Phái,NĂM SINH (dương lịch)\n1,nữ,2016\n2,NAM,2017\n",
        "Trường Tiểu học A,,\nDANH SÁCH LỚP 4A,,\n,,\nTT,Năm sinh,Nam/Nữ\n1,2016,gái\n2,2017,trai\nTổng số: 2 em,,\n",
        "Năm sinh,Nữ\n2016,x\n2017,\n",
        "Năm sinh,Nam,Nữ\n'2016,,x\n2017.0,x,\n",
        "Ngày sinh,Giới tính\n2016,Nữ\n2017,Nam\n",
    ],
)
def test_a_list_is_read_however_it_is_headed_and_parted(text: str) -> None:
    assert children(read(text)) == GIRL_AND_BOY


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_list_is_read_in_the_encodings_that_excel_saves(encoding: str) -> None:
    assert children(read("Năm sinh;Giới tính\n2016;Nữ\n2017;Nam\n".encode(encoding))) == GIRL_AND_BOY


def test_the_old_vietnamese_encoding_is_read() -> None:
    # As cp1258 has it: tones are marks of their own.
    text = "Năm sinh;Giơ\u0301i tính\n2016;Nư\u0303\n2017;Nam\n"
    assert children(read(text.encode("cp1258"))) == GIRL_AND_BOY


def test_months_are_taken_where_a_school_gives_them_and_days_never() -> None:
    both = [{"birth_year": 2016, "birth_month": 3}, {"birth_year": 2017, "birth_month": 11}]
    assert children(read("tháng sinh,năm sinh\n3,2016\nTháng 11,2017\n")) == both
    assert children(read("tháng/năm sinh\n3/2016\n2017-11\n")) == both
    looks = {"A2": "mm/yyyy", "A3": "mmm-yy"}
    assert children(read(workbook([["Năm sinh"], [date(2016, 3, 1)], [date(2017, 11, 1)]], looks))) == both
    for list_with_days in (
        "Năm sinh\n2016\n12/05/2016\n",
        "Ngày sinh\n2016\n2016-05-12\n",
        "Năm sinh\n2016\nngày 12 tháng 5 năm 2016\n",
        workbook([["Năm sinh"], [2016], [date(2016, 5, 12)]], {"A3": "dd/mm/yyyy"}),
    ):
        assert refused(list_with_days) == [Mistake("full_birth_date", "A", (3,))]
    parted = refused("Ngày sinh,Tháng sinh,Năm sinh\n12,5,2016\n3,6,2017\n")
    assert parted == [Mistake("full_birth_date", "A", (2, 3))]


def test_what_tells_who_a_child_is_is_refused_by_column() -> None:
    said = refused(
        "STT,Họ và tên,Năm sinh,Địa chỉ,SĐT phụ huynh,Mã định danh\n1,Thạch Thị Sô Phi,2016,ấp Chợ,0912345678,084316000001\n"
    )
    assert [(one.code, one.column) for one in said] == [
        *(("names", "B"), ("address", "D"), ("contact", "E"), ("identity", "F")),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Năm sinh,\n2016,Nguyễn Văn An\n2017,Trần Thị Bình\n", Mistake("names", "B", (2, 3))),
        ("Năm sinh,Ghi chú\n2016,\n2017,em Lê Thị Hoa chuyển lớp\n", Mistake("names", "B", (3,))),
        ("Năm sinh,Cột 1\n2016,An\n2017,Bình\n2017,Chi\n", Mistake("names", "B", (2, 3, 4))),
        ("Năm sinh,Cột 1\n2016,pham van dung\n", Mistake("names", "B", (2,))),
        ("Năm sinh,Giới tính\n2016,Nữ\n2017,Kim Sa Rây\n", Mistake("names", "B", (3,))),
        ("Năm sinh,Liên hệ\n2016,0912 345 678\n", Mistake("contact", "B", (2,))),
        ("Năm sinh,Cột 1\n2016,lan@example.com\n", Mistake("contact", "B", (2,))),
        ("Năm sinh,Cột 1\n2016,12/5/2016\n", Mistake("full_birth_date", "B", (2,))),
        ("Năm sinh,Cột 1\n2016,ấp Chợ xã Cầu Ngang\n", Mistake("address", "B", (2,))),
    ],
)
def test_what_stands_in_a_column_tells_where_its_heading_does_not(text: str, expected: Mistake) -> None:
    assert refused(text) == [expected]


def test_a_column_of_names_that_was_emptied_harms_nobody() -> None:
    assert children(read("Họ và tên,Năm sinh,Giới tính\n,2016,Nữ\n,2017,Nam\n")) == GIRL_AND_BOY


def test_what_is_not_needed_is_left_out_and_said() -> None:
    found = read("STT,Năm sinh,Lớp,Trường\n1,2016,4A,Trường Tiểu học Lê Văn Tám\nTổng,,,\n")
    assert children(found) == [{"birth_year": 2016}]
    assert found.unread_columns == ("A", "C", "D")
    assert found.unread_rows == (3,)


def test_groups_are_kept_only_where_they_are_switched_on() -> None:
    text = (
        "Năm sinh,Dân tộc,Khuyết tật,Hoàn cảnh\n2016,Khơ-me,x,Hộ nghèo\n2017,Kinh,,cận nghèo\n2017,Chăm,Không,không\n"
    )
    found = read(text)
    assert children(found) == [{"birth_year": 2016}, {"birth_year": 2017}, {"birth_year": 2017}]
    assert found.switched_off == GROUPS
    assert children(read(text, GROUPS)) == [
        {"birth_year": 2016, "ethnicity": "khmer", "disability": True, "household": "poor"},
        {"birth_year": 2017, "ethnicity": "kinh", "household": "near_poor"},
        {"birth_year": 2017, "ethnicity": "other", "disability": False, "household": "other"},
    ]
    only = read(text, ["ethnicity"])
    assert only.switched_off == ("disability", "household")
    assert children(only)[0] == {"birth_year": 2016, "ethnicity": "khmer"}


def test_all_mistakes_are_told_at_once_by_row_and_column() -> None:
    text = "Năm sinh,Tháng sinh,Giới tính,Dân tộc\n2016,13,nữ,Kinh\n16,5,không rõ,Kinh\n1990,5,nam,Sao Hỏa\n,5,nam,\n"
    assert sorted(refused(text, GROUPS), key=lambda one: str(one.column)) == [
        *(Mistake("birth_year", "A", (3, 4, 5)), Mistake("birth_month", "B", (2,))),
        *(Mistake("sex", "C", (3,)), Mistake("ethnicity", "D", (4,))),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "old_excel"),
        (b"PK\x03\x04broken", "unreadable"),
        (b"x" * 3_000_000, "too_large"),
        ("Lớp\n4A\n".encode(), "no_heading"),
        ("Năm sinh,Giới tính\n".encode(), "nobody"),
        (("Năm sinh\n" + "2016\n" * 1_001).encode(), "too_many"),
        (("Năm sinh\n" + "2016\n" * 5_000).encode(), "too_many"),
        ("Năm sinh,Năm sinh\n2016,2017\n".encode(), "twice"),
        ("Năm sinh,Gi?i tính\n2016,N?\n".encode("cp1258"), "broken_letters"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content: bytes, code: str) -> None:
    assert [one.code for one in refused(content)] == [code]


def test_empty_rows_that_a_spreadsheet_saves_do_not_count() -> None:
    assert len(read("Năm sinh\n2016\n" + "\n" * 5_000).children) == 1


def test_a_list_without_headings_is_refused_and_its_names_are_told() -> None:
    assert refused("Nguyễn Văn An,2016,nam\nTrần Thị Bình,2017,nữ\n") == [
        *(Mistake("no_heading"), Mistake("names", "A", (1, 2))),
    ]


def test_the_sheet_with_the_list_is_found() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Hướng dẫn"])
    book.create_sheet("Lớp 4A").append(["Năm sinh"])
    book["Lớp 4A"].append([2016.0])
    file = io.BytesIO()
    book.save(file)
    assert children(read(file.getvalue())) == [{"birth_year": 2016}]


def test_the_row_in_the_file_is_known_so_that_the_teacher_finds_the_child() -> None:
    found = read("Danh sách\n\nNăm sinh\n2016\n\n2017\n")
    assert [child.row for child in found.children] == [4, 6]


def test_the_template_is_a_list_that_can_be_read() -> None:
    headings = {"birth_year": "Năm sinh", "birth_month": "Tháng sinh", "sex": "Giới tính", "ethnicity": "Dân tộc"}
    book = load_workbook(io.BytesIO(template(headings, ["Nữ", "Nam"])))
    assert book.active is not None
    book.active.append([2016, 5, "Nữ", "Khmer"])
    file = io.BytesIO()
    book.save(file)
    assert children(read(file.getvalue(), GROUPS)) == [
        {"birth_year": 2016, "birth_month": 5, "sex": "female", "ethnicity": "khmer"}
    ]


# Whatever stands in a file, no name comes out of it.

ALLOWED = {"female", "male", "kinh", "khmer", "hoa", "other", "poor", "near_poor"}
NAMES = st.lists(
    st.sampled_from(["Nguyễn", "Thạch", "Kim", "Sơn", "Thị", "Văn", "An", "Sô", "Phi", "សុខ", "lan", "Ý"]),
    min_size=1,
    max_size=4,
).map(" ".join)
CODES = {
    *(
        "names",
        "broken_letters",
        "address",
        "contact",
        "identity",
        "full_birth_date",
        "twice",
        "nobody",
        "no_heading",
        "empty",
    ),
    *("birth_year", "birth_month", "sex", "ethnicity", "disability", "household"),
}
CELLS = st.one_of(
    NAMES,
    st.sampled_from(["2016", "2017", "5/2016", "12/05/2016", "nữ", "nam", "x", "", "Kinh", "Khmer", "Hộ nghèo", "có"]),
    st.text(max_size=12),
)
HEADINGS = st.one_of(
    st.sampled_from(
        [
            "Năm sinh",
            "Tháng sinh",
            "Giới tính",
            "Nữ",
            "Dân tộc",
            "Khuyết tật",
            "Hoàn cảnh",
            "Họ và tên",
            "Ghi chú",
            "",
            "Lớp",
        ]
    ),
    CELLS,
)


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda n: st.tuples(
            st.lists(HEADINGS, min_size=n, max_size=n), st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=6)
        )
    ),
    st.booleans(),
)
def test_a_name_never_comes_out(sheet: tuple[list[str], list[list[str]]], as_workbook: bool) -> None:
    rows = [sheet[0], *sheet[1]]
    if as_workbook:
        content = workbook([["".join(c for c in cell if c.isprintable()) for cell in row] for row in rows])
    else:
        content = "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows).encode(errors="replace")
    children: tuple[Child, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    try:
        children = read(content, GROUPS).children
    except UnusableClassList as error:
        mistakes = error.mistakes
    for child in children:
        assert all(isinstance(value, int) or value in ALLOWED for value in child.stored().values())
    for mistake in mistakes:
        assert mistake.column is None or mistake.column in "ABCDE"
        assert all(isinstance(row, int) for row in mistake.rows)
        assert mistake.code in CODES
