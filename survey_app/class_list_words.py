"""What headings and cells of a class list mean, in Vietnamese and English, with or without diacritics."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from unicodedata import category, normalize

# Headings, folded. What is between brackets in a heading does not count.
_HEADINGS = {
    "birth_year": (
        *("nam sinh", "namsinh", "sinh nam", "thang nam sinh", "thang va nam sinh", "birth year", "birthyear"),
        *("year of birth", "month and year of birth", "born", "year", "yob"),
        # A day of birth is refused where the cells hold one; many such columns hold only the year.
        *("ngay sinh", "sinh ngay", "ngay thang nam sinh", "ngay thang sinh", "date of birth", "dob", "birth date"),
        *("birthdate", "birthday"),
    ),
    "birth_month": ("thang sinh", "thang", "birth month", "birthmonth", "month of birth", "month"),
    "sex": ("gioi tinh", "gioitinh", "gioi", "phai", "nam nu", "sex", "gender"),
    "is_female": ("nu", "female", "girl"),
    "ethnicity": ("dan toc", "dantoc", "ethnicity", "ethnic group", "ethnic"),
    "disability": ("khuyet tat", "tre khuyet tat", "tinh trang khuyet tat", "disability", "disabled"),
    "household": (
        *("hoan canh", "hoan canh gia dinh", "hoan canh ho", "gia canh", "dien ho", "loai ho", "ho ngheo"),
        *("ho ngheo can ngheo", "household", "household situation"),
    ),
}
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}

_HARMLESS = re.compile(r"(stt|tt|so thu tu|no|number|(ten )?(lop|truong|khoi)( hoc)?|class|school|grade)( name)?")
_PERSONAL = (
    (
        "identity",
        re.compile(
            r"\b(cccd|cmnd|can cuoc|dinh danh|ma (so )?(hoc sinh|hs)|(student |pupil )?id|identity|bhyt|passport)\b"
        ),
    ),
    ("contact", re.compile(r"\b(dien thoai|di dong|so dt|sdt|dt|phone|mobile|tel|zalo|e ?mail|facebook)\b")),
    (
        "address",
        re.compile(
            r"\b(dia chi|address|noi o|cho o|thuong tru|tam tru|ho khau|thon|ap|khom|que quan|noi sinh|place of birth"
            r"|hamlet|village|street)\b"
        ),
    ),
    ("full_birth_date", re.compile(r"(ngay|day|day of birth|birth day)")),
    (
        "names",
        re.compile(
            r"\b(ten|ho (va )?ten|hoten|ho dem|ten dem|full ?name|name|surname|hoc sinh|student|pupil|child|cha|bo|me|father"
            r"|mother|parents?|guardian|phu huynh|giam ho|giao vien|teacher)\b|^ho$"
        ),
    ),
)

_SEXES = {
    "female": ("nu", "n", "f", "female", "gai", "be gai", "girl", "woman"),
    "male": ("nam", "m", "male", "trai", "be trai", "boy", "man"),
}
_ETHNICITIES = {
    "kinh": ("kinh", "viet"),
    "khmer": ("khmer", "kho me", "khome", "kh mer", "khmer nam bo"),
    "hoa": ("hoa", "han"),
    "other": (
        *("khac", "dan toc khac", "other", "cham", "tay", "thai", "muong", "nung", "mong", "hmong", "dao", "gia rai"),
        *(
            "e de",
            "ede",
            "ba na",
            "xo dang",
            "co ho",
            "san chay",
            "raglai",
            "stieng",
            "mnong",
            "bru van kieu",
            "cho ro",
        ),
    ),
}
_HOUSEHOLDS = {
    "poor": ("ngheo", "ho ngheo", "poor"),
    "near_poor": ("can ngheo", "ho can ngheo", "near poor"),
    "other": ("khac", "khong", "khong ngheo", "khong thuoc", "binh thuong", "other", "no", "not poor"),
}
_YES = ("x", "v", "co", "yes", "y", "true", "1", "khuyet tat")
_NO = ("khong", "no", "n", "false", "0", "khong co", "khong khuyet tat")
_VALUES: dict[str, dict[str, str | bool]] = {
    "sex": {word: sex for sex, words in _SEXES.items() for word in words},
    "ethnicity": {word: group for group, words in _ETHNICITIES.items() for word in words},
    "household": {word: group for group, words in _HOUSEHOLDS.items() for word in words},
    "disability": {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)},
    "is_female": {**dict.fromkeys((*_YES, "nu", "f", "female"), True), **dict.fromkeys((*_NO, "nam", "m"), False)},
}

# Surnames that are hardly ever anything else, and those that are everyday words, too.
_SURE = "nguyễn trần phạm huỳnh hoàng phan vũ võ đặng bùi đỗ ngô dương thạch trương đinh lê đoàn trịnh phùng quách"
_SOMETIMES = (
    "hồ lý kim sơn mai hà cao thái lâm châu tô tăng danh kiên trầm diệp nhan tạ lương lưu đào thị văn liêu huình hứa từ "
    "triệu vương giang khưu la mạc ông thân tiêu tống trang viên chung đàm đồng kha khổng nông quang chau neang"
)
_SURNAMES = frozenset(_SURE.split())
_ALL_SURNAMES = _SURNAMES | frozenset(_SOMETIMES.split())


def folded(text: str) -> str:
    """In small letters without diacritics, words parted by one space."""
    bare = normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join(re.findall(r"[a-z0-9]+", "".join(one for one in bare if category(one) != "Mn")))


def field_of(heading: str) -> str | None:
    """Which field of a child a column of this heading holds; "is_female" is one of ticks."""
    bare = re.sub(r"\(.*?\)", " ", heading)
    # Without its mark, "nam" is as much a boy as a year.
    return "birth_year" if normalize("NFC", bare).strip().casefold() == "năm" else _FIELDS.get(folded(bare))


def personal(heading: str) -> str | None:
    """What a column of this heading says about a person that is not kept here: a reason to refuse it."""
    bare = folded(heading)
    if _HARMLESS.fullmatch(bare):
        return None
    for reason, pattern in _PERSONAL:
        if pattern.fullmatch(bare) if reason == "full_birth_date" else pattern.search(bare):
            return reason
    return None


def is_harmless(heading: str) -> bool:
    """A column that is told apart from names by its heading: a school may bear somebody's name."""
    return _HARMLESS.fullmatch(folded(heading)) is not None


def value_of(field: str, cell: str) -> str | bool | None:
    """What a cell of a field says; None when it is not understood."""
    return _VALUES[field].get("x" if cell in ("✓", "✔", "☑", "✗", "×") else folded(cell))


def personal_cells(cells: Sequence[tuple[int, str]]) -> tuple[str, list[int]] | None:
    """What the cells (row, text) of a column say about people, with the rows that do; None when nothing."""
    for reason, tells in (("full_birth_date", is_full_date), ("contact", _is_contact), ("identity", _is_identity)):
        if found := [row for row, cell in cells if tells(cell)]:
            return reason, found
    if found := [row for row, cell in cells if has_name(cell)]:
        return "names", found
    places = [row for row, cell in cells if _ADDRESS.search(normalize("NFC", cell).casefold())]
    if len(places) * 3 >= len(cells) > 0:
        return "address", places
    # Words that hardly repeat: given names, or names in another script.
    words = [(row, cell) for row, cell in cells if _is_words(cell)]
    if len(words) >= 3 and len(words) * 2 >= len(cells) and len({cell for _, cell in words}) * 5 >= len(words) * 3:
        return "names", [row for row, _ in words]
    return None


_FULL_DATE = re.compile(r"\d{1,2}[./\- ]\d{1,2}[./\- ](\d{2}|\d{4})|\d{4}[./\-]\d{1,2}[./\-]\d{1,2}([ t].*)?|\d{8}")
_DATE_IN_WORDS = re.compile(r"\d+ thang \d+ nam \d+|ngay \d+ thang \d+")
_ADDRESS = re.compile(r"\b(ấp|xã|phường|đường|khóm|thôn|huyện|tỉnh|số nhà|tổ \d)\b")


def is_full_date(cell: str) -> bool:
    return bool(_FULL_DATE.fullmatch(cell.casefold()) or _DATE_IN_WORDS.search(folded(cell)))


def has_name(cell: str) -> bool:
    """Whether somebody seems to be named in it: a surname and what follows it."""
    words = re.findall(r"[^\W\d_]+", normalize("NFC", cell))
    for one, following in pairwise(words):
        if one[0].isupper() and following[0].isupper() and _is_surname(one, _ALL_SURNAMES):
            return True
    return 2 <= len(words) <= 6 and _is_surname(words[0], _SURNAMES)


def _is_surname(word: str, among: frozenset[str]) -> bool:
    small = word.casefold()
    # A word with marks is itself; one without may have lost them.
    return small in among if not small.isascii() else small in among | {folded(one) for one in among}


def _is_contact(cell: str) -> bool:
    digits = re.sub(r"[\s.\-()]", "", cell)
    return bool(re.fullmatch(r"(\+?84|0)\d{8,10}|[35789]\d{8}", digits)) or bool(re.search(r"\S@\S", cell))


def _is_identity(cell: str) -> bool:
    return re.fullmatch(r"\d{9,13}", re.sub(r"\s", "", cell)) is not None


def _is_words(cell: str) -> bool:
    return 1 <= len(cell.split()) <= 6 and all(
        category(one)[0] in "LM" or one in " -'’.\u200b\u200c\u200d" for one in cell
    )
