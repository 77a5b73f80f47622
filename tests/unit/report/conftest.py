"""Facts of a year: the real communes, invented counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.indicators import PROVINCE, load_definitions, rates
from analysis.population import estimate
from analysis.report import Letterhead, Report
from analysis.report_content import report
from analysis.report_facts import FIRST_YEAR, Facts
from analysis.score_change import score_change
from analysis.suppression import suppress
from survey_app.report.facts import _said

DATA = Path(__file__).parents[3] / "survey_app" / "data"
FEW, MANY, UNCOUNTED, EMPTY = "29242", "29254", "29263", "29266"
"""Communes: with fewer children than the threshold, with many, with consultations that do not count, with none."""
COUNTS = (
    *("carded_certain", "carded_possible", "largest_certain", "uncarded_possible"),
    *("consultations", "consultations_not_counted"),
)


def counted(
    indicator: int, area: str, year: int, children: int, uncarded: int = 0, held: int = 2, other: int = 0
) -> Any:
    figures = (children, children, children // 2 + uncarded, uncarded, held, other)
    return {"indicator": indicator, "area_code": area, "year": year, **dict(zip(COUNTS, figures, strict=True))}


@pytest.fixture(scope="session")
def facts() -> Facts:
    units = pd.read_csv(DATA / "units.csv", dtype={"code": str})
    units = units[units["valid_to"].isna()][["code", "name", "kind", "lat", "lon"]].reset_index(drop=True)
    codes = units["code"].tolist()
    assert {FEW, MANY, UNCOUNTED, EMPTY} <= set(codes)
    others = [code for code in codes if code not in (FEW, MANY, UNCOUNTED, EMPTY)]
    rows = []
    for indicator in (22, 23, 24):
        for year in (2025, 2026):
            rows += [counted(indicator, FEW, year, 3), counted(indicator, MANY, year, 1900, 40)]
            rows += [counted(indicator, UNCOUNTED, year, 0, held=0, other=1)]
            rows += [counted(indicator, code, year, 100 + 7 * number) for number, code in enumerate(others[:20])]
            total = 3 + 1900 + sum(100 + 7 * number for number in range(20)) - 11
            rows.append(counted(indicator, PROVINCE, year, total, 40, held=44, other=1))
    census = pd.read_csv(DATA / "census_2019_district_age.csv")
    succession = pd.read_csv(DATA / "succession.csv", dtype=str)
    population = estimate(succession, census, range(FIRST_YEAR, 2027)).assign(source="census-2019-cohorts")
    sources = pd.DataFrame([{"source": "census-2019-cohorts", "title": "Tổng điều tra 2019", "is_estimate": True}])
    definitions = load_definitions(DATA / "indicators.json")
    years = list(range(FIRST_YEAR, 2027))
    return Facts(
        kind="annual",
        year=2026,
        made_on=date(2026, 11, 25),
        definitions=definitions,
        rates={
            number: suppress(rates(pd.DataFrame(rows), population, one, years, codes, sources=sources), 5)
            for number, one in definitions.items()
        },
        units=units,
        cells=json.loads((DATA / "approximate_cells.geojson").read_text(encoding="utf-8")),
        borders_from="",
        consultations=[
            consultation(MANY, 40, "=2+3", date(2026, 3, 1)),
            consultation(MANY, 4, "Chuyện của lớp #strong[em]", date(2026, 4, 1), counted=False, status="open"),
            consultation(FEW, 30, "<b>Sân chơi</b> & *đường*", date(2026, 5, 1), published=True),
            consultation(others[9], 61, "Ý kiến của em", date(2026, 6, 1)),
            consultation(MANY, 25, "Năm trước", date(2025, 6, 1)),
        ],
        activities=[{"kind": "club", "indicator": 24}, {"kind": "awareness_session", "indicator": 23}],
        changes=[
            change(MANY, "Quyền của em", 24),
            change(MANY, "Buổi ít em", 3),
            change(FEW, "Nơi số của xã bị ẩn", 25),
        ],
        commitments=[
            {"body": "Trường Tiểu học", "promise": "Thay bể nước", "answer": "Đúng vậy", "commune_name": "Xã A",
             "due_on": date(2026, 9, 1), "status": "planned", "is_overdue": True},
            {"body": "Ủy ban nhân dân xã", "promise": "", "answer": "Chưa đủ kinh phí", "commune_name": "Xã A",
             "due_on": None, "status": "declined", "is_overdue": False},
        ],
        texts={number: partial(_said, number) for number in definitions},
        threshold=5,
        is_demonstration=True,
    )  # fmt: skip


def change(commune: str, title: str, pairs: int) -> dict[str, Any]:
    return {
        **{"title": title, "indicator": 23, "commune_code": commune, "commune_name": f"Xã {commune}", "year": 2026},
        **{"held_on": date(2026, 4, 2), "change": score_change(pairs, 3.04, 4.84, 1.8, 0.9)},
    }


def consultation(commune: str, carded: int, title: str, held_on: date, **changes: Any) -> dict[str, Any]:
    return {
        **{"title": title, "commune_code": commune, "commune_name": f"Xã {commune}", "school_name": None},
        **{"held_on": held_on, "year": held_on.year, "carded": carded, "uncarded": 0},
        **{"counted": True, "status": "closed", "published": False},
        **changes,
    }


@pytest.fixture(scope="session")
def make() -> Callable[..., Report]:
    return partial(report, letterhead=Letterhead(signer_title="KT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC", signer_name="Trần Thị Sen"))


@pytest.fixture(scope="session")
def annual(facts: Facts, make: Callable[..., Report]) -> Report:
    return make(facts)
