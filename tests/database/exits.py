"""Every way out for the indicators' figures, and what somebody reads there: add a new export to EXITS."""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import docx
import openpyxl
import pypdfium2

from analysis.choropleth import STATE_COLOURS, features, table
from analysis.indicators import PROVINCE
from analysis.map_picture import map_picture
from analysis.measures import ANSWERS, MEASURES
from analysis.progress import behind, standing
from analysis.report import FIRST_ROW, Letterhead, Report
from analysis.report_content import report
from analysis.report_tables import HIDDEN, NONE, REACHED, sheet_of
from survey_app import indicators_command
from survey_app.api.public_side import public_side
from survey_app.boundary_sets import approximate_cells
from survey_app.database import Database
from survey_app.report.excel import excel
from survey_app.report.facts import read_facts
from survey_app.report.pdf import pdf
from survey_app.report.word import word
from survey_app.screens import commune_trend, map_figures
from survey_app.screens.map_table import table_html
from survey_app.settings import Settings
from tests.database.api_client import DescribedClient
from tests.database.conftest import World
from tests.unit.test_sdmx import observations

INDICATORS = (22, 23, 24)
TOGETHER = ("lower", "upper", "rate", "rate_upper", "gap", "reached")
"""What is hidden of an area when its count is."""
Key = tuple[int, int, str, str]
"""Indicator, year, area, measure: one of TOGETHER, "change", "sex:…" or "list:…" (a consultation's own number)."""
Span = tuple[float, float]
"""Between which numbers the true one must lie for whoever reads it."""
Read = Iterator[tuple[Key, Span | None]]
"""None: the exit speaks of it and shows no number."""

# The screens' functions ask for the language of a visitor, whom there is none of here: Vietnamese, then, and a warning each time.
logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").disabled = True

_NUMBER = re.compile(r"[+−]?\d+(?:[.,]\d+)*")
_TINY = 1e-5


OF_COUNTS = tuple(one for one in MEASURES if one not in ANSWERS)
"""Measures of the map that are reckoned from the counts of children."""


@dataclass
class Instance:
    """What the exits are read of: `names` of the communes by code; `administrator` may read all of them.

    What several exits are made from is made once for them: take a copy (`dataclasses.replace`) when something has changed.
    """

    world: World
    administrator: Database
    names: Mapping[str, str]
    years: Sequence[int]
    reports: dict[int, Report] = field(default_factory=dict, init=False)
    maps: dict[tuple[int, int, str], map_figures.Figures] = field(default_factory=dict, init=False)

    @cached_property
    def token(self) -> str:
        return str(self.administrator.call("create_data_token", label="Thử")[0]["create_data_token"])

    def area(self, name: str) -> str:
        return next(code for code, known in self.names.items() if known == name)


def _exact(value: float) -> Span:
    return value, value


def _near(value: float, by: float) -> Span:
    return value - by - _TINY, value + by + _TINY


def _floored(value: float) -> Span:
    """One decimal, rounded down."""
    return value - _TINY, value + 0.1 + _TINY


def _numbers(words: str, language: str = "vi") -> list[float]:
    thousands, decimal = (".", ",") if language == "vi" else (",", ".")
    plain = (one.replace(thousands, "").replace(decimal, ".").replace("−", "-") for one in _NUMBER.findall(words))
    return [float(one) for one in plain]


def _from_words(where: tuple[int, int, str], numerator: str, rate: str, gap: str | None, language: str = "vi") -> Read:
    """The words that `analysis.choropleth` writes of an area."""
    for words, measures, span in ((numerator, ("lower", "upper"), _exact), (rate, ("rate", "rate_upper"), _floored)):
        found = _numbers(words, language)
        for place, measure in enumerate(measures):
            # Both ends are said once where they are written alike.
            yield (*where, measure), span(found[min(place, len(found) - 1)]) if found else None
    if gap is not None:
        found = _numbers(gap, language)
        yield (*where, "gap"), _floored(found[0]) if found else None


def _from_values(where: tuple[int, int, str], row: Mapping[str, Any], within: float) -> Read:
    """Members of a record, empty where there is no figure; rates are `within` so much of the true ones."""
    for measure in TOGETHER:
        value = row.get(measure)
        if value in (None, ""):
            yield (*where, measure), None
        elif measure == "reached":
            yield (*where, measure), _exact(float(str(value).lower() == "true"))
        else:
            yield (*where, measure), _exact(float(value)) if measure in TOGETHER[:2] else _near(float(value), within)


# The command


def _printed(of: Instance, *arguments: str) -> str:
    parser, out = argparse.ArgumentParser(), io.StringIO()
    indicators_command.add_arguments(parser)
    assert (
        indicators_command.print_indicators(
            of.administrator, parser.parse_args(arguments), out, of.world.door.submission_secret
        )
        == 0
    )
    return out.getvalue()


def _columns(printed: str) -> list[dict[str, str]]:
    """A table whose columns are lined up below their names."""
    head, *lines = printed.splitlines()
    starts = [found.start() for found in re.finditer(r"(?:^|(?<=  ))\S", head)]
    ends = [*starts[1:], None]
    cells = [[line[a:b].strip() for a, b in zip(starts, ends, strict=True)] for line in (head, *lines)]
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def _records(printed: str, kind: str) -> list[dict[str, Any]]:
    if kind == "json":
        return list(json.loads(printed))
    return list(csv.DictReader(io.StringIO(printed))) if kind == "csv" else _columns(printed)


def _command(kind: str, within: float) -> Callable[[Instance, int], Read]:
    def read(of: Instance, year: int) -> Read:
        for row in _records(_printed(of, "--year", str(year), "--by", "commune", "--format", kind), kind):
            yield from _from_values((int(row["indicator"]), year, row["area_code"]), row, within)

    return read


def _command_by_sex(kind: str) -> Callable[[Instance, int], Read]:
    def read(of: Instance, year: int) -> Read:
        for row in _records(_printed(of, "--year", str(year), "--by", "commune,sex", "--format", kind), kind):
            key = (int(row["indicator"]), year, row["area_code"], f"sex:{row['group']}")
            yield key, None if row["carded"] in (None, "") else _exact(float(row["carded"]))

    return read


def _command_in_words(kind: str, language: str) -> Callable[[Instance, int], Read]:
    def read(of: Instance, year: int) -> Read:
        for indicator in INDICATORS:
            said = _printed(
                of, "--year", str(year), "--by", "commune", "--format", kind, "--language", language,
                "--indicator", str(indicator),
            )  # fmt: skip
            # The table has a title above it.
            rows = _records(said if kind == "csv" else said.partition("\n")[2], kind)
            for row in rows:
                code, _, numerator, _, _, rate, _, gap, _ = row.values()
                yield from _from_words((indicator, year, code), numerator, rate, gap, language)

    return read


# The map and what stands beside it


def _figures(of: Instance, indicator: int, year: int, measure: str = "rate") -> map_figures.Figures:
    if not of.maps:
        # What is kept may be another test's.
        map_figures.counts.clear()  # type: ignore[attr-defined]
        map_figures.follow_denominators()
    if (indicator, year, measure) not in of.maps:
        found = map_figures.figures(of.administrator, indicator, year, tuple(of.names), measure)
        of.maps[indicator, year, measure] = found
    return of.maps[indicator, year, measure]


def _map_csv(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        shown = _figures(of, indicator, year)
        told = table(shown.rates, of.names, shown.text, "vi").rename_axis("Mã").to_csv()
        for row in csv.reader(io.StringIO(told.partition("\n")[2])):
            code, _, numerator, _, _, rate, _, gap, _ = row
            yield from _from_words((indicator, year, code), numerator, rate, gap)


def _map_tooltips(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        shown = _figures(of, indicator, year)
        drawn = features(approximate_cells(), shown.communes, of.names, shown.classes, shown.text, "vi")
        assert len(drawn["features"]) == len(of.names)
        for one in (feature["properties"] for feature in drawn["features"]):
            yield from _from_words((indicator, year, one["code"]), one["numerator"], one["rate"], one["gap"])


def _map_table(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        for measure in OF_COUNTS:
            shown = _figures(of, indicator, year, measure)
            html, count = table_html(shown, of.names, search="", order="name", chosen=None)
            assert count == len(of.names)
            for code, row in re.findall(r'<tr data-code="(\d+)".*?</th>(.*?)</tr>', html):
                value, numerator, _, _, rate, _, gap, _ = (
                    re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td.*?</td>", row)
                )
                yield from _from_words((indicator, year, code), numerator, rate, gap)
                if measure != "rate":
                    # "1,2 điểm (từ 0 đến dưới 5)", or only why there is none.
                    found = _numbers(value) if "(" in value and value[0] in "+−0123456789" else []
                    yield (indicator, year, code, measure), _floored(found[0]) if found else None


def _map_pictures(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        for measure in OF_COUNTS:
            shown = _figures(of, indicator, year, measure)
            svg = map_picture(approximate_cells(), shown.communes, (), shown.classes, shown.legend(), "")
            yield from _colours(svg, of, shown, (indicator, year, measure))


def _colours(svg: str, of: Instance, shown: map_figures.Figures, what: tuple[int, int, str]) -> Read:
    indicator, year, measure = what
    cells = [cell["properties"]["code"] for cell in approximate_cells()["features"]]
    drawn = re.findall(r'<path d="[^"]*" fill="([^"]*)"/>', svg.partition("</defs>")[2].partition("</g>")[0])
    for code, fill in zip((code for code in cells if code in of.names), drawn, strict=True):
        hexes = {"#{:02x}{:02x}{:02x}".format(*one.colour): one for one in shown.classes}
        states = {"#{:02x}{:02x}{:02x}".format(*one) for one in STATE_COLOURS.values()} | {"url(#no_data)"}
        assert (fill in hexes) != (fill in states)
        one = hexes.get(fill)
        span = None if one is None else (one.low - _TINY, float("inf") if one.high is None else one.high + _TINY)
        yield (indicator, year, code, measure), span


def _progress(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        _figures(of, indicator, year)
        definition, rates = map_figures.all_years(of.administrator, indicator, tuple(of.names))
        own = standing(rates, definition, year)
        for measure, value in (("rate", own.rate), ("rate_upper", own.upper), ("gap", own.gap)):
            yield (indicator, year, PROVINCE, measure), None if value is None else _near(value, 0)
        for code, rate, gap in behind(rates, year, most=len(of.names)).furthest:
            yield (indicator, year, code, "rate"), _near(rate, 0)
            yield (indicator, year, code, "gap"), _near(gap, 0)


def _trend_of_areas(of: Instance, year: int) -> Read:
    for indicator in INDICATORS:
        _figures(of, indicator, year)
        _, rates = map_figures.all_years(of.administrator, indicator, tuple(of.names))
        for row in rates[rates["year"] == year].to_dict("records"):
            line = commune_trend._line(year, row, float(row["target"]))
            for measure, name in (("rate", "rate"), ("rate_upper", "upper")):
                key = (indicator, year, row["commune_code"], measure)
                yield key, None if line[name] is None else _near(line[name], 0)
                found = _numbers(line[f"{name}_words"])
                yield key, _floored(found[0]) if found else None


# The report


def _report(of: Instance, year: int) -> Report:
    if year not in of.reports:
        facts = read_facts(of.administrator, "annual", year, date(max(of.years) + 1, 2, 1))
        of.reports[year] = report(facts, Letterhead())
    return of.reports[year]


def _cell(cell: Any, span: Callable[[float], Span]) -> Span | None:
    """A cell of the report, as text in print or as a number in a workbook."""
    if cell in (HIDDEN, NONE, None, ""):
        return None
    return span(float(cell) if isinstance(cell, int | float) else _numbers(str(cell))[0])


def _report_row(where: tuple[int, int, str], cells: Sequence[Any]) -> Read:
    """Lower, upper, rate, its upper end (None where the table has none), gap, result."""
    spans = (_exact, _exact, _floored, _floored, _floored)
    for measure, cell, span in zip(TOGETHER[:5], cells[:5], spans, strict=True):
        if measure != "rate_upper" or cell is not None:
            yield (*where, measure), _cell(cell, span)
    result = str(cells[5])
    reached = _exact(float(result == REACHED)) if "đạt" in result.casefold() else None
    yield (*where, "reached"), reached


def _report_tables(of: Instance, year: int, tables: Mapping[str, list[list[Any]]]) -> Read:
    """`tables`: the report's, by the name of their sheet, without their heads."""
    for indicator in INDICATORS:
        for row in tables[sheet_of(indicator)]:
            if row[1] in of.names.values():
                yield from _report_row((indicator, year, of.area(row[1])), row[3:9])
            elif row[1] == "Toàn địa bàn":
                yield from _report_row((indicator, year, PROVINCE), row[3:9])
    for row in tables["Tổng hợp"]:
        # People, lower, upper, rate, target, gap, result.
        yield from _report_row((int(row[0][:2]), year, PROVINCE), [row[2], row[3], row[4], None, row[6], row[7]])
    for row in tables["Qua các năm"]:
        for place, indicator in enumerate(INDICATORS):
            yield (indicator, int(row[0]), PROVINCE, "rate"), _cell(row[1 + 2 * place], _floored)
    for row in tables.get("Đợt lấy ý kiến", []):
        name = row[2].partition(",")[0]
        yield (22, year, of.area(name), f"list:{row[1]}"), _cell(row[4], _exact)


def _report_prose(said: str, year: int) -> Read:
    """The sentence on the province."""
    sentences = re.findall(
        r"Mục tiêu năm \d+: [\d,]+ %\. (Số liệu toàn địa bàn: .*?\.|Toàn địa bàn có ít nhất (\S+) và nhiều nhất "
        r"(\S+) trên \S+ trẻ em .*?, tỷ lệ ít nhất (\S+) %, nhiều nhất (\S+) %)",
        " ".join(said.split()),
    )
    assert len(sentences) == len(INDICATORS)
    for indicator, (_, lower, upper, rate, most) in zip(INDICATORS, sentences, strict=True):
        spans = (_exact, _exact, _floored, _floored)
        for measure, words, span in zip(TOGETHER[:4], (lower, upper, rate, most), spans, strict=True):
            yield (indicator, year, PROVINCE, measure), span(_numbers(words)[0]) if words else None


def _report_word(of: Instance, year: int) -> Read:
    made = _report(of, year)
    opened = docx.Document(io.BytesIO(word(made)))
    rows = [[[cell.text for cell in row.cells] for row in one.rows[1:]] for one in opened.tables if len(one.rows) > 1]
    yield from _report_tables(of, year, dict(zip((one.sheet for one in made.tables()), rows, strict=True)))
    yield from _report_prose(" ".join(one.text for one in opened.paragraphs), year)


def _report_excel(of: Instance, year: int) -> Read:
    book = openpyxl.load_workbook(io.BytesIO(excel(_report(of, year))), data_only=True)
    tables = {
        sheet.title: [list(row) for row in sheet.iter_rows(min_row=FIRST_ROW, values_only=True)] for sheet in book
    }
    for name, rows in tables.items():
        # Notes stand below an empty line.
        ends = next((number for number, row in enumerate(rows) if not any(row)), len(rows))
        tables[name] = rows[:ends]
    yield from _report_tables(of, year, tables)


def _report_pdf(of: Instance, year: int) -> Read:
    with pypdfium2.PdfDocument(pdf(_report(of, year))) as opened:
        read = " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in opened)
    yield from _report_prose(read, year)
    parts = re.split(r"Phụ lục (?=[IV]+ )", read)[1:]
    for indicator, part in zip(INDICATORS, parts, strict=False):
        for code, name in {**of.names, PROVINCE: "Toàn địa bàn"}.items():
            found = re.search(rf"{name} (?:\S+) " + r"(\S+) " * 5 + r"(Đạt|Chưa đạt|Ẩn|ẩn|–|Chưa \S+)", part)
            assert found, (indicator, name, part)
            yield from _report_row((indicator, year, code), found.groups())


def _report_pictures(of: Instance, year: int) -> Read:
    """The report's own maps, in the order of the indicators, and the rates written into its trends."""
    maps, trends = (list(_report(of, year).pictures())[start::2] for start in (0, 1))
    for indicator, drawn, trend in zip(INDICATORS, maps, trends, strict=True):
        yield from _colours(drawn.svg, of, _figures(of, indicator, year), (indicator, year, "rate"))
        where = {x: int(one) for x, one in re.findall(r'<text x="([\d.]+)" y="290"[^>]*>(\d{4})<', trend.svg)}
        told = dict(re.findall(r'<text x="([\d.]+)" y="[\d.]+" text-anchor="middle" font-weight="600" fill="#0b6b5d">(.*?) %', trend.svg))  # fmt: skip
        assert where
        for x, one in where.items():
            if one in of.years and one <= year:
                yield (indicator, one, PROVINCE, "rate"), _floored(_numbers(told[x])[0]) if x in told else None


# For other systems


def _asked(of: Instance, year: int, kind: str) -> Any:
    with DescribedClient(public_side(of.world.door, Settings())) as client:
        answer = client.get(
            "/api/data/indicators",
            params={"year": str(year), "format": kind},
            headers={"Authorization": f"Bearer {of.token}"},
        )
    assert answer.status_code == 200, answer.text
    return answer


def _api_json(of: Instance, year: int) -> Read:
    for row in _asked(of, year, "json").json()["figures"]:
        yield from _from_values((row["indicator"], year, row["area_code"]), row, 5e-5)


def _api_csv(of: Instance, year: int) -> Read:
    for row in csv.DictReader(io.StringIO(_asked(of, year, "csv").text)):
        yield from _from_values((int(row["indicator"]), year, row["area_code"]), row, 5e-5)


def _api_dhis2(of: Instance, year: int) -> Read:
    rows: dict[tuple[int, str], dict[str, str]] = {}
    for one in _asked(of, year, "dhis2").json()["dataValues"]:
        indicator, _, member = one["dataElement"].removeprefix("CRP").partition("_")
        rows.setdefault((int(indicator), one["orgUnit"]), {})[member.lower()] = one["value"]
    for (indicator, area), row in rows.items():
        yield from _from_values((indicator, year, area), row, 5e-5)


def _api_sdmx(of: Instance, year: int) -> Read:
    rows: dict[tuple[int, str], dict[str, Any]] = {}
    for (_, indicator, area, name, _), told in observations(_asked(of, year, "sdmx-json").json()).items():
        rows.setdefault((int(indicator.removeprefix("CRP")), area), {})[name.lower()] = told["OBS_VALUE"]
    for (indicator, area), row in rows.items():
        for key, span in _from_values((indicator, year, area), row, 5e-5):
            # Whether the target is reached is no measure there.
            if key[3] != "reached":
                yield key, span


EXITS: Mapping[str, Callable[[Instance, int], Read]] = {
    "command, json": _command("json", 5e-5),
    "command, csv": _command("csv", 5e-5),
    "command, table": _command("table", 0.05),
    **{f"command by sex, {kind}": _command_by_sex(kind) for kind in ("json", "csv", "table")},
    **{
        f"command in words, {kind}, {language}": _command_in_words(kind, language)
        for kind in ("csv", "table")
        for language in ("vi", "en")
    },
    "map, file": _map_csv,
    "map, tooltips": _map_tooltips,
    "map, table": _map_table,
    "map, pictures": _map_pictures,
    "progress": _progress,
    "trend of areas": _trend_of_areas,
    "report, docx": _report_word,
    "report, xlsx": _report_excel,
    "report, pdf": _report_pdf,
    "report, pictures": _report_pictures,
    "api, json": _api_json,
    "api, csv": _api_csv,
    "api, dhis2": _api_dhis2,
    "api, sdmx-json": _api_sdmx,
}
"""By name: every key that the exit speaks of in a year."""
