"""The report is made at the screen and downloaded as a file that opens."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import docx

from tests.browser.staff.desk import Desk


def test_a_reviewer_makes_the_report_and_takes_it_along(desk: Callable[..., Desk]) -> None:
    sitting = desk("reviewer", "phone")
    sitting.go("/staff/report")
    sitting.press("Lập báo cáo")
    button = sitting.page.locator(".st-key-report-docx button")
    button.wait_for(timeout=60_000)
    assert not sitting.has_sideways_scroll()
    assert sitting.barriers() == []
    with sitting.page.expect_download() as waiting:
        button.click()
    assert waiting.value.suggested_filename == f"bao-cao-nam-{date.today().year}.docx"
    document = docx.Document(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert "BÁO CÁO" in said
    assert any("Số liệu mô phỏng" in text for text in said)
    assert [len(table.rows) for table in document.tables].count(1 + 41 + 2) == 3
    sitting.page.locator(".st-key-report_kind label", has_text="Giữa kỳ").click()
    sitting.settle()
    sitting.page.get_by_text("Bạn đã thay đổi lựa chọn").wait_for()
    assert sitting.page.locator(".st-key-report-docx").count() == 0
    assert sitting.outside == []


def test_a_facilitator_makes_no_report(desk: Callable[..., Desk]) -> None:
    sitting = desk("facilitator")
    sitting.go("/staff/report")
    assert sitting.page.get_by_role("button", name="Lập báo cáo").count() == 0
