"""The report's table of what changed between the questions before and after an activity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal

from analysis.report import Cell, Column, Table
from analysis.report_facts import Facts
from analysis.report_tables import HIDDEN, NONE, count
from analysis.score_change import ScoreChange
from analysis.suppression import SUPPRESSED

_TENTH, _SIGNED = "#,##0.0", "+#,##0.0;−#,##0.0;0.0"


def shown_change(facts: Facts, row: Mapping[str, Any]) -> ScoreChange | None:
    """None where few children answered both times, and where the commune's own figure of that year is hidden.

    Children who were asked are children who were there: their number would narrow what the commune's can be.
    """
    table = facts.rates[row["indicator"]]
    own = table[(table["commune_code"] == row["commune_code"]) & (table["year"] == row["year"])]
    change: ScoreChange | None = row["change"]
    if change is None or 0 < change.pairs < facts.threshold or (own["state"] == SUPPRESSED).any():
        return None
    return change


def changes(facts: Facts) -> Table:
    columns = (
        Column("Buổi, hoạt động", 2.8),
        Column("Xã/phường", 1.8),
        Column("Ngày", 1.7, centred=True),
        Column("Số trẻ trả lời cả hai lần", 1.0, "#,##0"),
        Column("Điểm trước", 0.8, _TENTH),
        Column("Điểm sau", 0.8, _TENTH),
        Column("Thay đổi", 0.9, _SIGNED),
        Column("Khoảng tin cậy 95 %", 1.6, centred=True),
    )
    rows = []
    for row in facts.changes:
        change = shown_change(facts, row)
        figures = _hidden() if change is None else _figures(change)
        rows.append(
            (
                Cell(row["title"]),
                Cell(row["commune_name"] or NONE),
                Cell(f"{row['held_on']:%d/%m/%Y}"),
                *figures,
            )
        )
    notes = (
        "Chỉ gồm trẻ em trả lời bằng cùng một thẻ ở cả hai lần. Khoảng tin cậy không chứa số 0 thì thay đổi khó là ngẫu nhiên; "
        "không có nhóm so sánh, nên chưa thể nói buổi, hoạt động là nguyên nhân.",
        f"{HIDDEN}: không nêu, vì số quá nhỏ có thể làm lộ một em.",
    )
    return Table("Trước và sau", "Điểm trung bình trước và sau các buổi, hoạt động", columns, tuple(rows), (), notes)


def _hidden() -> tuple[Cell, ...]:
    return (Cell(HIDDEN),) * 5


def _figures(change: ScoreChange) -> tuple[Cell, ...]:
    known = change.lower is not None and change.upper is not None
    return (
        Cell(count(change.pairs), change.pairs),
        Cell(_points(change.before), change.before),
        Cell(_points(change.after), change.after),
        Cell(_signed(change.change), change.change),
        Cell(f"{_signed(change.lower or 0)} đến {_signed(change.upper or 0)}" if known else NONE),
    )


def _points(score: float) -> str:
    return str(format_decimal(score, _TENTH, locale="vi"))


def _signed(points: float) -> str:
    rounded = math.floor(abs(points) * 10 + 0.5) / 10
    return ("" if not rounded else "−" if points < 0 else "+") + _points(rounded)
