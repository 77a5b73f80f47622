"""A reorganisation of communes, read from a table: whole, or with every problem by row and column.

A row says that a new unit took over ground of an old one: the old code and its last day, the new code, its name and first
day. Several rows with one new code are a merger, several with one old code a split, one to one a new name or code; a row
without an old code begins a unit of a new province. What stands in one row of a unit need not be said in its others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from analysis.population_file import Sheet, UnreadableTable, bare, columns
from analysis.population_table import Problem, Unit

HEADINGS: Mapping[str, frozenset[str]] = {
    "old_code": frozenset({"ma cu", "ma don vi cu", "old code"}),
    "old_name": frozenset({"ten cu", "ten don vi cu", "old name"}),
    "last_day": frozenset({"ngay cuoi", "ngay cuoi cua don vi cu", "last day", "old valid to"}),
    "new_code": frozenset({"ma moi", "ma don vi moi", "new code"}),
    "name": frozenset({"ten moi", "ten don vi moi", "new name"}),
    "kind": frozenset({"loai", "loai moi", "loai don vi moi", "kind", "new kind"}),
    "first_day": frozenset({"ngay dau", "ngay dau cua don vi moi", "ngay hieu luc", "first day"}),
    "lat": frozenset({"vi do", "lat"}),
    "lon": frozenset({"kinh do", "lon"}),
    "area_km2": frozenset({"dien tich", "dien tich km2", "dien tich km²", "dien tich (km2)", "area km2"}),
}
NEEDED = ("new_code", "name")
TEMPLATE = (
    "Mã cũ",
    "Tên cũ",
    "Ngày cuối",
    "Mã mới",
    "Tên mới",
    "Loại",
    "Ngày đầu",
    "Vĩ độ",
    "Kinh độ",
    "Diện tích km2",
)
_KINDS = {"xa": "Xã", "phuong": "Phường", "thi tran": "Thị trấn", "dac khu": "Đặc khu"}
_WITHIN = {"lat": (8.0, 24.0), "lon": (102.0, 118.0), "area_km2": (0.01, 5000.0)}
_OF_THE_NEW = ("name", "kind", "first_day", "lat", "lon", "area_km2")


@dataclass(frozen=True)
class Change:
    """A row: `old` ended on `last_day`, the unit `new_code` began on `first_day` with ground of it."""

    row: int
    old: Unit | None
    last_day: date | None
    new_code: str
    first_day: date
    name: str
    kind: str
    lat: float | None = None
    lon: float | None = None
    area_km2: float | None = None


@dataclass(frozen=True)
class UnitReading:
    """`changes` is empty as long as there is a problem."""

    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


@dataclass
class _Row:
    number: int
    old: Unit | None
    last_day: date | None
    new_code: str
    given: dict[str, object] = field(default_factory=dict)


class _Wrong(ValueError):
    def __init__(self, column: str, code: str, **values: str) -> None:
        super().__init__(code)
        self.column, self.code, self.values = column, code, values


def read_units(sheet: Sheet, units: Sequence[Unit], today: date) -> UnitReading:
    """`units`: all commune-level units that ever were; those without a last day are in force."""
    try:
        places = columns(sheet, HEADINGS)
    except UnreadableTable as error:
        return UnitReading((), (Problem(None, None, error.code),))
    return _Reader(sheet, places, units, today).read()


class _Reader:
    def __init__(self, sheet: Sheet, places: Mapping[str, int], units: Sequence[Unit], today: date) -> None:
        self.sheet, self.places, self.units, self.today = sheet, places, units, today
        self.in_force = {unit.code: unit for unit in units if unit.valid_to is None}
        self.problems: list[Problem] = []
        self.rows: list[_Row] = []

    def read(self) -> UnitReading:
        for number, cells in self.sheet.lines:
            try:
                self._line(number, cells)
            except _Wrong as wrong:
                self._tell(number, wrong.column, wrong.code, **wrong.values)
        changes = [change for rows in self._by_new().values() for change in self._unit(rows)]
        self._olds()
        self._in_force_twice(changes)
        ordered = sorted(self.problems, key=lambda problem: (problem.row or 0, problem.column or ""))
        return UnitReading(() if ordered else tuple(sorted(changes, key=lambda change: change.row)), tuple(ordered))

    def _tell(self, row: int | None, column: str, code: str, **values: str) -> None:
        at = self.places.get(column)
        self.problems.append(Problem(row, self.sheet.headings[at] if at is not None else None, code, values))

    def _line(self, number: int, cells: Sequence[str]) -> None:
        def cell(column: str) -> str:
            return cells[self.places[column]].strip() if column in self.places else ""

        new_code = _code("new_code", cell("new_code"))
        old = self._old(cell("old_code"), cell("old_name"))
        last_day = _day("last_day", cell("last_day"))
        if old is None and last_day is not None:
            raise _Wrong("old_code", "old_missing")
        row = _Row(number, old, last_day, new_code)
        for name in ("name", "kind"):
            if cell(name):
                row.given[name] = re.sub(r"\s+", " ", cell(name))
        if (day := _day("first_day", cell("first_day"))) is not None:
            row.given["first_day"] = day
        for name, (least, most) in _WITHIN.items():
            if cell(name):
                row.given[name] = _number(name, cell(name), least, most)
        for other in self.rows:
            if other.new_code == new_code and other.old == old:
                raise _Wrong("new_code", "double", first=str(other.number))
        self.rows.append(row)

    def _old(self, text: str, name: str) -> Unit | None:
        if not text:
            if name:
                raise _Wrong("old_code", "old_missing")
            return None
        code = _code("old_code", text)
        unit = self.in_force.get(code)
        if unit is None:
            ended = [one for one in self.units if one.code == code and one.valid_to is not None]
            if not ended:
                raise _Wrong("old_code", "old_unknown", value=code)
            last = max(ended, key=lambda one: one.valid_from)
            raise _Wrong("old_code", "old_ended", value=code, name=last.name, day=f"{last.valid_to:%d/%m/%Y}")
        if name and bare(name) != bare(unit.name):
            raise _Wrong("old_name", "old_name_differs", value=name, bearer=code, name=unit.name)
        return unit

    def _by_new(self) -> dict[str, list[_Row]]:
        found: dict[str, list[_Row]] = defaultdict(list)
        for row in self.rows:
            found[row.new_code].append(row)
        return found

    def _unit(self, rows: Sequence[_Row]) -> list[Change]:
        """The changes that one new unit is made of; none where something of it is wrong."""
        before = len(self.problems)
        said: dict[str, object] = {}
        for row in rows:
            for name, value in row.given.items():
                if said.setdefault(name, value) != value:
                    self._tell(row.number, name, "differs", value=_words(value), other=_words(said[name]))
        first = rows[0].number
        kind = said.get("kind") or next(
            (word for plain, word in _KINDS.items() if bare(str(said.get("name", ""))).startswith(plain + " ")), None
        )
        if "name" not in said:
            self._tell(first, "name", "name_missing", value=rows[0].new_code)
        elif kind is None:
            self._tell(first, "kind", "kind_missing", value=str(said["name"]))
        begins = said.get("first_day")
        if begins is None:
            ends = [row.last_day for row in rows if row.last_day is not None]
            begins = max(ends) + timedelta(days=1) if ends else None
        if not isinstance(begins, date):
            self._tell(first, "first_day", "first_day_missing", value=rows[0].new_code)
            return []
        if begins > self.today:
            self._tell(first, "first_day", "in_future", day=f"{begins:%d/%m/%Y}")
        changes = []
        for row in rows:
            last_day = row.last_day or (begins - timedelta(days=1) if row.old else None)
            if row.old is not None and last_day is not None:
                if last_day >= begins:
                    self._tell(
                        row.number, "last_day", "days_cross", last=f"{last_day:%d/%m/%Y}", first=f"{begins:%d/%m/%Y}"
                    )
                if last_day < row.old.valid_from:
                    began = f"{row.old.valid_from:%d/%m/%Y}"
                    self._tell(row.number, "last_day", "before_it_began", name=row.old.name, day=began)
            row.last_day = last_day
            if len(self.problems) == before:
                change = Change(row.number, row.old, last_day, row.new_code, begins, str(said["name"]), str(kind))
                changes.append(replace(change, **{n: said.get(n) for n in ("lat", "lon", "area_km2")}))  # type: ignore[arg-type]
        return changes if len(self.problems) == before else []

    def _olds(self) -> None:
        ends: dict[str, _Row] = {}
        for row in self.rows:
            if row.old is None or row.last_day is None:
                continue
            first = ends.setdefault(row.old.code, row)
            if first.last_day != row.last_day:
                self._tell(row.number, "last_day", "ends_twice", name=row.old.name, first=str(first.number))

    def _in_force_twice(self, changes: Sequence[Change]) -> None:
        ending = {row.old.code: row.last_day for row in self.rows if row.old is not None}
        told: set[str] = set()
        for change in changes:
            for bearer in self.units:
                if bearer.code != change.new_code or change.new_code in told:
                    continue
                end = bearer.valid_to or ending.get(bearer.code)
                if end is None or end >= change.first_day:
                    told.add(change.new_code)
                    self._tell(change.row, "new_code", "in_force_twice", value=change.new_code, name=bearer.name)


def _code(column: str, text: str) -> str:
    if not text:
        raise _Wrong(column, "code_missing")
    if not re.fullmatch(r"\d{3,5}", text):
        raise _Wrong(column, "code_malformed", value=text)
    return text.zfill(5)


def _day(column: str, text: str) -> date | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text) or re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", text)
    try:
        numbers = [int(part) for part in found.groups()] if found else []
        return date(*(numbers if numbers[0] > 31 else reversed(numbers)))
    except (ValueError, IndexError) as error:
        raise _Wrong(column, "day_unclear", value=text) from error


def _number(column: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise _Wrong(column, "number_unclear", value=text) from error
    if not least <= value <= most:
        raise _Wrong(column, "number_out_of_range", value=text, least=f"{least:g}", most=f"{most:g}")
    return value


def _words(value: object) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
