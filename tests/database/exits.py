"""Every way by which the indicators leave the application, each read back as what it says of an area."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import docx
import openpyxl
import pypdfium2
import streamlit as st

from analysis.indicators import PROVINCE
from analysis.report import Letterhead, Report
from analysis.report_content import report
from survey_app import indicators_command
from survey_app.api.public_side import public_side
from survey_app.indicators_command import INDICATORS
from survey_app.report.facts import read_facts
from survey_app.report.files import FORMATS
from survey_app.screens.map_figures import figures
from survey_app.screens.map_table import table_html
from survey_app.settings import Settings
from tests.database.api_client import DescribedClient
from tests.database.conftest import World
from tests.unit.test_sdmx import observations

Range = tuple[float, float]
Shown = dict[tuple[int, str], dict[str, Range]]
"""By indicator and area: what is said, as the least and the greatest that it can be. What is hidden is absent."""
MEASURES = ("lower", "upper", "rate", "rate_upper", "gap")
_EXACT, _TENTH = 1e-4, 0.1
_NUMBER = re.compile(r"[+−-]?\d[\d.]*(?:,\d+)?")


@dataclass(frozen=True)
class Exit:
    read: Callable[[World, int], Shown]
    measures: tuple[str, ...] = MEASURES
    has_province: bool = True


def _range(name: str, value: float, *, floored: bool) -> Range:
    if name in ("lower", "upper"):
        return value, value
    return value - _EXACT, value + (_TENTH if floored else 0) + _EXACT


def _vietnamese(words: str) -> list[float]:
    """The numbers of a cell; a cell that begins with words says why there are none."""
    if not _NUMBER.match(words):
        return []
    return [float(one.replace(".", "").replace(",", ".").replace("−", "-")) for one in _NUMBER.findall(words)]


def _exact(rows: list[dict[str, Any]]) -> Shown:
    return {
        (int(row["indicator"]), row["area_code"]): {
            name: _range(name, float(row[name]), floored=False)
            for name in MEASURES
            if row.get(name) not in (None, "")
        }
        for row in rows
    }  # fmt: skip


def _printed(world: World, year: int, *arguments: str) -> str:
    parser, out = argparse.ArgumentParser(), io.StringIO()
    indicators_command.add_arguments(parser)
    options = parser.parse_args(["--year", str(year), "--by", "commune", *arguments])
    assert indicators_command.print_indicators(world.as_staff("administrator"), options, out) == 0
    return out.getvalue()


def _command_json(world: World, year: int) -> Shown:
    return _exact(json.loads(_printed(world, year, "--format", "json")))


def _command_csv(world: World, year: int) -> Shown:
    return _exact(list(csv.DictReader(io.StringIO(_printed(world, year, "--format", "csv")))))


def _of_words(people: str, rate: str, gap: str) -> dict[str, Range]:
    """Counts, rates and gap as the map's table words them; where both ends are written alike, one is."""
    found = {}
    for names, told in ((("lower", "upper"), people), (("rate", "rate_upper"), rate), (("gap",), gap)):
        numbers = _vietnamese(told)
        both = numbers * 2 if len(numbers) == 1 else numbers
        found |= {name: _range(name, one, floored=True) for name, one in zip(names, both, strict=False)}
    return found


def _command_words(world: World, year: int) -> Shown:
    shown: Shown = {}
    for number in INDICATORS:
        written = _printed(world, year, "--format", "csv", "--language", "vi", "--indicator", str(number))
        for code, _, *cells in list(csv.reader(io.StringIO(written)))[1:]:
            shown[number, code] = _of_words(cells[0], cells[3], cells[5])
    return shown


def _map_table(world: World, year: int) -> Shown:
    """The page's own table, read as a browser would."""
    # Its numbers may be some seconds old.
    st.cache_data.clear()
    database = world.as_staff("reviewer")
    codes = sorted(code for (code,) in world.rows("select code from unit where valid_to is null"))
    shown: Shown = {}
    for number in INDICATORS:
        of = figures(database, number, year, tuple(codes))
        html, _ = table_html(of, dict(zip(codes, codes, strict=True)), search="", order="name", chosen=None)
        for line in re.findall(r"<tr data-code.*?</tr>", html):
            cells = re.findall(r'<td class="figure"[^>]*>(.*?)</td>', line)
            code = re.findall(r'data-code="(\w+)"', line)[0]
            shown[number, code] = _of_words(cells[0], cells[3], cells[5])
    return shown


def _made(world: World, year: int) -> Report:
    return report(read_facts(world.as_staff("reviewer"), "annual", year, date(2026, 11, 25)), Letterhead())


def _of_cells(cells: list[str]) -> dict[str, Range]:
    return {
        name: _range(name, _vietnamese(cell)[0], floored=True)
        for name, cell in zip(MEASURES, cells, strict=True)
        if _vietnamese(cell)
    }


def _code_of(name: str) -> str:
    return PROVINCE if name.startswith("Toàn địa bàn") else name.split()[-1]


def _word(world: World, year: int) -> Shown:
    document = docx.Document(io.BytesIO(FORMATS["docx"][0](_made(world, year))))
    of = [one for one in document.tables if [c.text for c in one.rows[0].cells][1] == "Xã/phường"]
    shown: Shown = {}
    for number, one in zip(INDICATORS, (t for t in of if len(t.columns) == 10), strict=True):
        for row in one.rows[1:]:
            cells = [cell.text for cell in row.cells]
            if not cells[1].startswith("Cộng"):
                shown[number, _code_of(cells[1])] = _of_cells(cells[3:8])
    return shown


def _excel(world: World, year: int) -> Shown:
    """The results that are kept beside the formulas."""
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"][0](_made(world, year))), data_only=True)
    shown: Shown = {}
    for number in INDICATORS:
        for row in book[f"Chỉ tiêu {number}"].iter_rows(values_only=True):
            name = str(row[1])
            if name.startswith(("Toàn địa bàn", "Xã ")):
                shown[number, _code_of(name)] = {
                    measure: _range(measure, float(value), floored=True)
                    for measure, value in zip(MEASURES, row[3:8], strict=True)
                    if isinstance(value, int | float)
                }
    return shown


def _pdf(world: World, year: int) -> Shown:
    pages = pypdfium2.PdfDocument(FORMATS["pdf"][0](_made(world, year)))
    text = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())
    cell = r"((?:[+−]?[\d.]+(?:,\d+)?|ẩn|–)) "
    shown: Shown = {}
    times: dict[str, int] = {}
    for name, _, *cells in re.findall(rf"(Xã \d{{5}}|Toàn địa bàn) {cell * 6}", text):
        code = _code_of(name)
        shown[INDICATORS[times.get(code, 0)], code] = _of_cells(cells)
        times[code] = times.get(code, 0) + 1
    return shown


def _asked(world: World, year: int, kind: str) -> Any:
    token = world.as_staff("administrator").call("create_data_token", label="Thử")[0]["create_data_token"]
    with DescribedClient(public_side(world.door, Settings())) as client:
        answer = client.get(
            "/api/data/indicators",
            params={"year": str(year), "format": kind},
            headers={"Authorization": f"Bearer {token}"},
        )
    assert answer.status_code == 200
    return answer


def _api_json(world: World, year: int) -> Shown:
    return _exact(_asked(world, year, "json").json()["figures"])


def _api_csv(world: World, year: int) -> Shown:
    return _exact(list(csv.DictReader(io.StringIO(_asked(world, year, "csv").text))))


def _dhis2(world: World, year: int) -> Shown:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in _asked(world, year, "dhis2").json()["dataValues"]:
        indicator, name = one["dataElement"].removeprefix("CRP").split("_", 1)
        row = rows.setdefault((indicator, one["orgUnit"]), {"indicator": indicator, "area_code": one["orgUnit"]})
        row[name.lower()] = one["value"]
    return _exact(list(rows.values()))


def _sdmx(world: World, year: int) -> Shown:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for (_, indicator, area, name, _), told in observations(_asked(world, year, "sdmx-json").json()).items():
        number = indicator.removeprefix("CRP")
        row = rows.setdefault((number, area), {"indicator": number, "area_code": area})
        row[name.lower()] = told["OBS_VALUE"]
    return _exact(list(rows.values()))


EXITS = {
    "command json": Exit(_command_json),
    "command csv": Exit(_command_csv),
    "command words": Exit(_command_words),
    "map table": Exit(_map_table, has_province=False),
    "report docx": Exit(_word),
    "report xlsx": Exit(_excel),
    "report pdf": Exit(_pdf),
    "api json": Exit(_api_json),
    "api csv": Exit(_api_csv),
    "api dhis2": Exit(_dhis2),
    "api sdmx-json": Exit(_sdmx),
}
