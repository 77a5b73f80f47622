"""A questionnaire of one's own, checked and kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk
from tests.browser.staff.sounds import sound

WRONG = """
| survey |
|        | type     | name | label::Tiếng Việt (vi) | relevant     |
|        | geopoint | noi  | Em ở đâu?              |              |
|        | text     | y    | Em mong gì?            | ${nguoi} = 1 |
"""
RIGHT = """
| survey |
|        | type          | name | label::Tiếng Việt (vi) | media::audio::Tiếng Việt (vi) |
|        | select_one yn | choi | {label}                | choi.wav                      |
| choices |
|        | list_name | name  | label::Tiếng Việt (vi) | media::image |
|        | yn        | co    | Có                     | co.png       |
|        | yn        | khong | Không                  |              |
| settings |
|        | form_id  | version | form_title | default_language | min_age | max_age |
|        | san-choi | 1       | Sân chơi   | Tiếng Việt (vi)  | 7       | 10      |
"""


def form(text: str, **values: str) -> dict[str, Any]:
    return {
        "name": "phieu.md",
        "mimeType": "text/markdown",
        "buffer": text.format(**values).encode() if values else text.encode(),
    }


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (64, 64), "green").save(written, "PNG")
    return written.getvalue()


def choose(desk: Desk, *files: dict[str, Any], field: int = 0) -> None:
    desk.page.locator("[data-testid=stFileUploader] input[type=file]").nth(field).set_input_files(list(files))
    desk.settle()


def test_a_form_is_checked_kept_with_its_files_and_not_changed_once_used(
    desk: Callable[..., Desk], server: Server
) -> None:
    administrator = desk("administrator", "phone")
    page = administrator.page
    administrator.go("/staff/questionnaires")
    administrator.press("Thêm phiếu hỏi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thêm phiếu hỏi", timeout=15_000)
    administrator.settle()
    choose(administrator, {"name": "phieu.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    expect(page.get_by_text("files are not allowed")).to_be_hidden()
    assert "Upload" not in page.locator("[data-testid=stMain]").inner_text()

    choose(administrator, form(WRONG))
    expect(page.get_by_text("Có 2 chỗ cần sửa")).to_be_visible(timeout=15_000)
    problems = page.locator(".item")
    expect(problems.nth(0)).to_contain_text("Trang survey, hàng 2")
    expect(problems.nth(1)).to_contain_text("“${nguoi}” không phải là tên câu hỏi nào.")
    expect(problems.nth(1)).to_contain_text("Cách sửa:")
    assert not administrator.has_sideways_scroll()
    assert administrator.barriers() == []

    administrator.go("/staff/new-questionnaire")
    choose(administrator, form(RIGHT, label="Em thích chơi không?"))
    expect(page.get_by_text("“Sân chơi” dùng được.")).to_be_visible(timeout=15_000)
    save = page.get_by_role("button", name="Lưu phiếu hỏi")
    expect(page.get_by_text("Còn thiếu 2 tệp.")).to_be_visible()
    expect(save).to_be_disabled()
    choose(
        administrator,
        {"name": "choi.wav", "mimeType": "audio/wav", "buffer": b"nothing to hear"},
        {"name": "co.png", "mimeType": "image/png", "buffer": picture()},
        field=1,
    )
    expect(page.get_by_text("choi.wav: không phải hình")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("Còn thiếu 1 tệp.")).to_be_visible()
    choose(administrator, {"name": "choi.wav", "mimeType": "audio/wav", "buffer": sound(1)}, field=1)
    expect(save).to_be_enabled(timeout=15_000)
    save.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phiếu hỏi", timeout=15_000)
    expect(page.locator(".item", has_text="Sân chơi")).to_contain_text("Tiếng Việt 1/3")

    code = server.open_consultation("san-choi")
    found = page.request.get(f"{server.url}/api/consultations/{code}").json()
    assert found["media"].keys() == {"choi.wav", "co.png"}
    assert found["questionnaire"]["choices"]["yn"][0]["image"] == "co.png"
    image = page.request.get(f"{server.url}/webform/media/{found['media']['co.png']}")
    assert image.body() == picture()
    assert (
        page.request.get(f"{server.url}/webform/media/{found['media']['choi.wav']}").headers["content-type"]
        == "audio/mpeg"
    )

    administrator.go("/staff/new-questionnaire")
    choose(administrator, form(RIGHT, label="Em có thích chơi không?"))
    expect(page.get_by_text("Phiên bản 1 đã được dùng trong một đợt, với nội dung khác")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Lưu phiếu hỏi")).to_have_count(0)
    assert administrator.outside == []


def test_a_teacher_checks_a_form_and_an_administrator_keeps_it(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    teacher.go("/staff/new-questionnaire")
    choose(teacher, form(RIGHT, label="Em thích gì?"))
    expect(teacher.page.get_by_text("Hãy nhờ quản trị viên lưu phiếu này.")).to_be_visible(timeout=15_000)
    expect(teacher.page.get_by_role("button", name="Lưu phiếu hỏi")).to_have_count(0)
