"""The report's lists: consultations and how far each has come, and what was promised to children."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.report import Cell, Column, Table
from analysis.report_facts import Facts, shown_children
from analysis.report_tables import HIDDEN, NONE, count

STEPS = ("1. Chuẩn bị", "2. Lấy ý kiến", "3. Tổng hợp", "4. Đã phản hồi")
STATUSES = {"planned": "Chưa làm", "under_way": "Đang làm", "done": "Đã làm", "declined": "Không làm được"}
OVERDUE = "Quá hạn"


def consultations(facts: Facts) -> Table:
    columns = (
        Column("TT", 0.5, "0", centred=True),
        Column("Tên đợt lấy ý kiến", 3.4),
        Column("Xã/phường, trường", 3.2),
        Column("Ngày", 1.1, centred=True),
        Column("Số trẻ", 0.8, "#,##0"),
        Column("Tính vào chỉ tiêu 22", 1.0, centred=True),
        Column("Bước đã đến", 1.4),
    )
    rows = [
        (
            Cell(str(number), number),
            Cell(row["title"]),
            Cell(", ".join(part for part in (row["commune_name"], row["school_name"]) if part)),
            Cell(f"{row['held_on']:%d/%m/%Y}"),
            Cell(HIDDEN) if children is None else Cell(count(children), children),
            Cell("Có" if row["counted"] else "Chưa"),
            Cell(STEPS[step_of(row) - 1]),
        )
        for number, (row, children) in enumerate(zip(facts.consultations, shown_children(facts), strict=True), start=1)
    ]
    notes = (
        "Số trẻ là số thẻ khác nhau cộng số trẻ không có thẻ; một em dự nhiều đợt có trong số của mỗi đợt.",
        f"{HIDDEN}: không nêu, vì số quá nhỏ có thể làm lộ một em.",
    )
    return Table("Đợt lấy ý kiến", "Danh sách các đợt lấy ý kiến trẻ em", columns, tuple(rows), (), notes)


def commitments(facts: Facts) -> Table:
    columns = (
        Column("TT", 0.5, "0", centred=True),
        Column("Cơ quan, đơn vị", 3.2),
        Column("Cam kết (hoặc lý do không làm được)", 4.4),
        Column("Xã/phường", 1.7),
        Column("Hạn", 1.1, centred=True),
        Column("Tình trạng", 1.3, centred=True),
    )
    rows = [
        (
            Cell(str(number), number),
            Cell(row["body"]),
            Cell(row["promise"] or row["answer"] or NONE),
            Cell(row["commune_name"] or NONE),
            Cell(f"{row['due_on']:%d/%m/%Y}" if row["due_on"] else NONE),
            Cell(status_of(row)),
        )
        for number, row in enumerate(facts.commitments, start=1)
    ]
    return Table("Cam kết", "Danh sách cam kết trả lời ý kiến của trẻ em", columns, tuple(rows))


def step_of(row: Mapping[str, Any]) -> int:
    """Of the four steps, 1 to 4: the one that it is at, the last when children have been answered."""
    if row["status"] != "closed":
        return 1 if row["status"] == "draft" else 2
    return 4 if row["published"] else 3


def status_of(row: Mapping[str, Any]) -> str:
    return OVERDUE if row["is_overdue"] else STATUSES[row["status"]]
