"""The report as a PDF that opens everywhere alike."""

from __future__ import annotations

import dataclasses
from typing import Any

from analysis.report import Paragraph, Picture, Report, Table
from survey_app.report.typesetting import typeset
from survey_app.report.words import MOTTO, NATION, RECIPIENTS, TITLE


def pdf(report: Report) -> bytes:
    """The same bytes for the same report, whenever it is made."""
    sections = [
        {"heading": one.heading, "level": one.level, "blocks": [_block(block) for block in one.blocks]}
        for one in report.sections
    ]
    return typeset(
        {
            "letterhead": dataclasses.asdict(report.letterhead),
            "number": report.number_line,
            "place": report.place_line,
            "nation": NATION,
            "motto": MOTTO,
            "title": TITLE,
            "subject": report.subject,
            "warning": report.warning,
            "opening": [_block(one) for one in report.opening],
            "sections": sections,
            "recipients-title": RECIPIENTS,
            "recipients": report.recipient_lines,
            "signer": report.letterhead.signer_title.splitlines(),
            "appendices": [
                {"heading": f"Phụ lục {one.number}", "wide": one.is_wide, "table": _table(one.table)}
                for one in report.appendices
            ],
        }
    )


def _block(block: Paragraph | Table | Picture) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": f"- {block.text}" if block.is_bullet else block.text}
    if isinstance(block, Table):
        return _table(block)
    return {"kind": "picture", **dataclasses.asdict(block)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.caption,
        "head": [column.title for column in table.columns],
        "widths": [column.width for column in table.columns],
        "aligns": ["center" if one.centred else "right" if one.number else "left" for one in table.columns],
        "rows": [[cell.text for cell in row] for row in table.rows],
        "totals": [[cell.text for cell in row] for row in table.totals],
        "notes": table.notes,
    }
