"""Official child population, read from a table: whole, or with every problem by row and column.

A row counts the children of one unit, year and age or band of ages, as boys and girls, as a total, or both. Its code is
an old or a new one: which unit a code means depends on the day (codes are used again), so the day comes from the
table's own column, from who imports it, or from the year where that leaves no doubt. Former units are added up into the
commune of today that took them over, and only when none of them is missing.

A band is spread evenly over its ages, and its ends are kept with each of them: an indicator whose ages take in whole
bands gets the source's own figure; one that cuts a band gets an estimate, and is told so (`indicators.denominators`).
Rows of grown-ups, of totals over all ages, and without any count are passed over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from analysis.population_file import Sheet, UnreadableTable, bare, columns

OLDEST = 17
"""Bands that begin later hold no children."""
FIGURES = ("commune_code", "year", "age", "children", "girls", "boys", "band_from", "band_to")
_COUNTS = ("boys", "girls", "total")
_ALL_AGES = {"tong so", "tong", "tong cong", "cong", "chung", "total", "all"}


@dataclass(frozen=True)
class Unit:
    """A commune-level unit, the days it was in force, and the commune of today that holds it."""

    code: str
    valid_from: date
    valid_to: date | None
    name: str
    commune: str | None


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row (its number in the file) and column (its heading); None: in the whole table."""

    row: int | None
    column: str | None
    code: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """`figures` has the columns FIGURES, and no row as long as there is a problem."""

    figures: pd.DataFrame
    problems: tuple[Problem, ...]
    passed_over: int = 0


@dataclass
class _Entry:
    row: int
    unit: Unit
    year: int
    low: int
    high: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def children(self) -> int:
        return self.counts.get("total", self.counts.get("boys", 0) + self.counts.get("girls", 0))


class _Wrong(ValueError):
    def __init__(self, column: str, code: str, **values: str) -> None:
        super().__init__(code)
        self.column, self.code, self.values = column, code, values


def meaning(units: Sequence[Unit], day: date) -> Unit | None:
    """Of the units that bore one code, the one it means on that day: in force then, or the last one before."""
    begun = sorted((unit for unit in units if unit.valid_from <= day), key=lambda unit: unit.valid_from)
    return next((u for u in begun if u.valid_to is None or u.valid_to >= day), begun[-1] if begun else None)


def read_population(
    sheet: Sheet, units: Sequence[Unit], *, codes_on: date | None = None, year: int | None = None
) -> Reading:
    """`codes_on`: the day whose codes the rows bear that name none themselves; None: the row's year decides.
    `year`: of a table without a column for it.
    """
    return _Reader(sheet, units, codes_on, year).read()


class _Reader:
    def __init__(self, sheet: Sheet, units: Sequence[Unit], codes_on: date | None, year: int | None) -> None:
        self.sheet, self.codes_on, self.year = sheet, codes_on, year
        self.units = units
        self.by_code: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            self.by_code[unit.code].append(unit)
        self.problems: list[Problem] = []
        self.entries: dict[tuple[Unit, int, int, int], _Entry] = {}
        self.without_day: list[_Entry] = []
        self.passed_over = 0

    def read(self) -> Reading:
        try:
            self.columns = columns(self.sheet)
        except UnreadableTable as error:
            return self._result([Problem(None, None, error.code)])
        if not any(count in self.columns for count in _COUNTS):
            return self._result([Problem(None, None, "no_counts")])
        if "year" not in self.columns and self.year is None:
            return self._result([Problem(None, None, "no_year")])
        for number, cells in self.sheet.lines:
            try:
                self._line(number, cells)
            except _Wrong as wrong:
                self._tell(number, wrong.column, wrong.code, **wrong.values)
        if not self.entries and not self.problems:
            return self._result([Problem(None, None, "no_children")])
        for check in (self._sexes, self._ages, self._mixed_codes, self._communes):
            check()
        return self._result(self.problems)

    def _result(self, problems: Sequence[Problem]) -> Reading:
        ordered = sorted(problems, key=lambda problem: (problem.row or 0, problem.column or ""))
        rows = [] if problems else list(_figures(list(self.entries.values())))
        return Reading(pd.DataFrame(rows, columns=list(FIGURES)), tuple(ordered), self.passed_over)

    def _tell(self, row: int | None, column: str, code: str, **values: str) -> None:
        at = self.columns.get(column)
        self.problems.append(Problem(row, self.sheet.headings[at] if at is not None else None, code, values))

    def _line(self, number: int, cells: Sequence[str]) -> None:
        def cell(column: str) -> str:
            return cells[self.columns[column]].strip() if column in self.columns else ""

        ages = _ages(cell("age"))
        # A row without a count is one that nobody filled in: what it leaves open shows as a gap or a missing commune.
        if ages is None or ages[0] > OLDEST or not any(cell(name) for name in _COUNTS):
            self.passed_over += 1
            return
        year = _year(cell("year")) if "year" in self.columns else self.year or 0
        day = _day(cell("day"))
        unit = self._unit(cell("code"), year, day)
        key = (unit, year, *ages)
        entry = self.entries.get(key) or _Entry(number, unit, year, *ages)
        counts = self._counts(cell("sex"), {name: cell(name) for name in _COUNTS})
        if doubled := [name for name in counts if name in entry.counts]:
            raise _Wrong(doubled[0] if doubled[0] in self.columns else "age", "double", first=str(entry.row))
        if key not in self.entries:
            self.entries[key] = entry
            if day is None:
                self.without_day.append(entry)
        entry.counts.update(counts)

    def _unit(self, text: str, year: int, day: date | None) -> Unit:
        if not text:
            raise _Wrong("code", "code_missing")
        code = text.zfill(5)
        bearers = self.by_code.get(code, [])
        if not bearers:
            raise _Wrong("code", "code_unknown", value=text)
        if day or self.codes_on:
            found = meaning(bearers, day or self.codes_on or date.min)
        else:
            first, found = (meaning(bearers, date(year, *at)) for at in ((1, 1), (12, 31)))
            if first and found and first.commune != found.commune:
                raise _Wrong("code", "code_ambiguous", value=code, before=first.name, after=found.name)
        if found is None:
            raise _Wrong("code", "code_later", value=code, day=min(u.valid_from for u in bearers).strftime("%d/%m/%Y"))
        if found.commune is None:
            raise _Wrong("code", "code_split", value=code, name=found.name)
        return found

    def _counts(self, sex: str, cells: Mapping[str, str]) -> dict[str, int]:
        read = {name: _count(name, text) for name, text in cells.items() if text}
        if "sex" not in self.columns:
            return read
        one = {"nam": "boys", "trai": "boys", "male": "boys", "nu": "girls", "gai": "girls", "female": "girls"}
        name = one.get(bare(sex), "total" if not sex or bare(sex) in _ALL_AGES else "")
        if not name:
            raise _Wrong("sex", "sex_unclear", value=sex)
        if list(read) != ["total"]:
            raise _Wrong("sex", "sex_twice")
        return {name: read["total"]}

    def _sexes(self) -> None:
        for entry in self.entries.values():
            boys, girls, total = (entry.counts.get(name) for name in _COUNTS)
            if boys is not None and girls is not None:
                if total is not None and boys + girls != total:
                    self._tell(entry.row, "total", "sum_of_sexes", sum=str(boys + girls), total=str(total))
            elif total is None:
                self._tell(entry.row, "girls" if girls is None else "boys", "sex_missing")

    def _ages(self) -> None:
        of_unit: dict[tuple[Unit, int], list[_Entry]] = defaultdict(list)
        for entry in self.entries.values():
            of_unit[entry.unit, entry.year].append(entry)
        for entries in of_unit.values():
            entries.sort(key=lambda entry: (entry.low, entry.high))
            reached = entries[0].high
            for entry in entries[1:]:
                if entry.low <= reached:
                    self._tell(entry.row, "age", "age_overlap", age=str(entry.low))
                elif entry.low > reached + 1:
                    self._tell(entry.row, "age", "age_gap", ages=_spans(range(reached + 1, entry.low)))
                reached = max(reached, entry.high)

    def _mixed_codes(self) -> None:
        """Codes of today beside codes that have ended: then one that has meant two units is in doubt."""
        day = self.codes_on
        if day is None or not any(e.unit.valid_to and e.unit.valid_to < day for e in self.without_day):
            return
        told: set[int] = set()
        for entry in self.without_day:
            bearers = self.by_code[entry.unit.code]
            if len({unit.commune for unit in bearers}) > 1 and entry.row not in told:
                told.add(entry.row)
                first, last = (each(bearers, key=lambda unit: unit.valid_from) for each in (min, max))
                self._tell(
                    entry.row, "code", "code_ambiguous", value=entry.unit.code, before=first.name, after=last.name
                )

    def _communes(self) -> None:
        held: dict[tuple[str, int], dict[Unit, list[_Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry in self.entries.values():
            held[str(entry.unit.commune), entry.year][entry.unit].append(entry)
        for (commune, year), by_unit in held.items():
            first = min(entry.row for entries in by_unit.values() for entry in entries)
            name = next(
                (unit.name for unit in self.units if unit.commune == commune and unit.valid_to is None), commune
            )
            ends = [unit.valid_to for unit in by_unit if unit.valid_to is not None]
            if not ends:
                continue
            if len(ends) < len(by_unit):
                self._tell(first, "code", "counted_twice", name=name, year=str(year))
                continue
            wanted = [
                u for u in self.units if u.commune == commune and u.valid_from <= min(ends) <= (u.valid_to or date.max)
            ]
            if missing := sorted(f"{u.name} ({u.code})" for u in wanted if u not in by_unit):
                self._tell(first, "code", "commune_incomplete", name=name, year=str(year), missing=", ".join(missing))
            covered = {
                unit: {a for e in entries for a in range(e.low, e.high + 1)} for unit, entries in by_unit.items()
            }
            everything = set().union(*covered.values())
            for unit, ages in covered.items():
                if lacking := sorted(everything - ages):
                    row = min(entry.row for entry in by_unit[unit])
                    self._tell(row, "age", "ages_differ", name=name, unit=unit.name, ages=_spans(lacking))


def _figures(entries: Sequence[_Entry]) -> Iterator[tuple[object, ...]]:
    parts: dict[tuple[str, int, int], list[_Entry]] = defaultdict(list)
    for entry in entries:
        for age in range(entry.low, entry.high + 1):
            parts[str(entry.unit.commune), entry.year, age].append(entry)
    for (commune, year, age), held in sorted(parts.items()):
        widths = [entry.high - entry.low + 1 for entry in held]
        children = sum(entry.children / width for entry, width in zip(held, widths, strict=True))
        girls, boys = (
            sum(entry.counts[sex] / width for entry, width in zip(held, widths, strict=True))
            if all("girls" in entry.counts and "boys" in entry.counts for entry in held)
            else None
            for sex in ("girls", "boys")
        )
        low, high = min(entry.low for entry in held), max(entry.high for entry in held)
        band = (low, high) if high > low else (None, None)
        yield commune, year, age, children, girls, boys, *band


def _ages(text: str) -> tuple[int, int] | None:
    """First and last age; None for the row of all ages."""
    plain = re.sub(r"\s*\btuoi\b\s*", "", bare(text.replace("–", "-").replace("—", "-"))).strip()
    if not plain:
        raise _Wrong("age", "age_missing")
    if plain in _ALL_AGES:
        return None
    if re.fullmatch(r"\d{4}-\d\d?-\d\d?|\d\d?/\d\d?/\d{2,4}|\d\d?-(\w*[a-z]\w*)( \d+)?", plain):
        raise _Wrong("age", "age_is_date", value=text)
    if found := re.fullmatch(r"(?:tu )?(\d{1,3})(?: ?(?:-|den|to) ?(\d{1,3}))?", plain):
        low, high = int(found[1]), int(found[2] or found[1])
    elif found := re.fullmatch(r"duoi (\d{1,3})|< ?(\d{1,3})", plain):
        low, high = 0, int(found[1] or found[2]) - 1
    elif found := re.fullmatch(r"(?:tu )?(\d{1,3}) ?(?:\+|tro len)", plain):
        low, high = int(found[1]), 130
        if low <= OLDEST:
            raise _Wrong("age", "age_open", value=text)
    else:
        raise _Wrong("age", "age_unclear", value=text)
    if not 0 <= low <= high <= 130:
        raise _Wrong("age", "age_unclear", value=text)
    return low, high


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20|21)\d\d", text):
        raise _Wrong("year", "year_unclear", value=text)
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})-(\d\d?)-(\d\d?)", text) or re.fullmatch(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", text)
    try:
        numbers = [int(part) for part in found.groups()] if found else []
        return date(*(numbers if numbers[0] > 31 else reversed(numbers)))
    except (ValueError, IndexError) as error:
        raise _Wrong("day", "day_unclear", value=text) from error


def _count(column: str, text: str) -> int:
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    if re.fullmatch(r"\d{1,9}", plain):
        return int(plain)
    if re.fullmatch(r"\d{1,3}(\.\d{3}){1,2}|\d{1,3}(,\d{3}){1,2}", plain):
        return int(re.sub(r"[.,]", "", plain))
    if re.match(r"[-−–]\d", plain):
        raise _Wrong(column, "count_negative", value=text)
    if re.fullmatch(r"[\d.,]*\d[\d.,]*", plain):
        raise _Wrong(column, "count_not_whole", value=text)
    raise _Wrong(column, "count_unclear", value=text)


def _spans(ages: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for age in ages:
        if spans and age == spans[-1][1] + 1:
            spans[-1][1] = age
        else:
            spans.append([age, age])
    return ", ".join(str(low) if low == high else f"{low}–{high}" for low, high in spans)
