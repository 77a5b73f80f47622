"""What children drew and said: for the protection officer alone."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from uuid import uuid4

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from survey_app.database import DatabaseError
from survey_app.questionnaire import read_questionnaire
from tests.browser.conftest import Server
from tests.browser.staff.answering import File, answer
from tests.browser.staff.desk import Desk
from tests.browser.staff.sounds import sound

FORM = "ve-va-noi"
FORM_TEXT = """
| survey |
|        | type  | name | label::Tiếng Việt (vi)   | appearance |
|        | image | tree | Em vẽ sân trường của em. | draw       |
|        | audio | wish | Em nói điều em mong.     |            |
| settings |
|        | form_id   | version | form_title | default_language | min_age | max_age |
|        | ve-va-noi | 1       | Vẽ và nói  | Tiếng Việt (vi)  | 7       | 10      |
"""
PICTURES_A_PAGE = 12


def drawing(number: int) -> bytes:
    """No two alike, so that nothing depends on the names of files."""
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).line([(10, 10), (300, 20 + 3 * number), (40, 220)], fill=(11, 107, 93), width=9)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@pytest.fixture(scope="module")
def consultation(server: Server) -> str:
    """An open consultation that asks for a drawing and a voice; its id."""
    definition = read_questionnaire(FORM_TEXT.encode(), f"{FORM}.md").to_json()
    server.rows(
        "insert into questionnaire (id, version, title, definition, min_age, max_age) values (%s, '1', %s, %s, 7, 10) "
        "on conflict do nothing",
        FORM,
        json.dumps(definition["title"]),
        json.dumps(definition),
    )
    code = server.open_consultation(FORM)
    return str(server.rows("select id from consultation where join_code = %s", code)[0][0])


def test_the_protection_officer_looks_and_listens(desk: Callable[..., Desk], server: Server, consultation: str) -> None:
    officer = desk("protection_officer", "tablet")
    page = officer.page
    officer.go(f"/staff/consultation?consultation={consultation}")
    expect(page.get_by_text("Đợt này chưa có hình vẽ hay tiếng nói nào.")).to_be_visible()

    for number in range(PICTURES_A_PAGE + 1):
        answer(server, consultation, {"tree": File(f"{uuid4()}.png", "image/png", drawing(number))})
    answer(server, consultation, {"wish": File(f"{uuid4()}.ogg", "audio/ogg", sound(1, kind="OGG"))})
    answer(server, consultation, {"tree": File(f"{uuid4()}.png", "image/png", drawing(99))}, upload=False)

    officer.go()
    mine = page.locator(f"[class*=st-key-consultation-{consultation}]")
    expect(mine).to_contain_text("15 hình vẽ, tiếng nói")
    # Those that children have sent something to come first.
    listed = page.locator("[class*=st-key-consultation-]").all_inner_texts()
    at = next(number for number, text in enumerate(listed) if "15 hình vẽ, tiếng nói" in text)
    assert all("hình vẽ, tiếng nói" in text or "cảnh báo mới" in text for text in listed[:at])
    mine.get_by_role("link", name="Xem").click()
    expect(page.get_by_text("Đã về 14 tệp, còn 1 tệp đang chờ trên máy tính bảng")).to_be_visible(timeout=20_000)
    officer.settle()
    # Newest first: the voice, then the pictures from the last to the first.
    expect(page.locator(".childs")).to_have_count(PICTURES_A_PAGE)
    expect(page.locator(".childs").first).to_contain_text("Em nói điều em mong.")
    pictures = page.locator(".childs img")
    expect(pictures).to_have_count(PICTURES_A_PAGE - 1)
    expect(pictures.first).to_have_attribute("alt", "Hình của một em, câu “Em vẽ sân trường của em.”")
    assert pictures.first.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [320, 240]
    small = pictures.first.bounding_box()
    pictures.first.click()
    large = pictures.first.bounding_box()
    assert small is not None
    assert large is not None
    assert large["height"] > 3 * small["height"]
    pictures.first.click()
    assert pictures.first.bounding_box() == small
    officer.press("Nghe")
    player = page.locator(".childs audio")
    expect(player).to_have_attribute("controlslist", "nodownload")
    page.wait_for_function("document.querySelector('.childs audio').duration > 0.5")
    assert not officer.has_sideways_scroll()
    assert officer.barriers() == []

    officer.press("Cũ hơn")
    expect(page.locator(".childs")).to_have_count(2)
    page.get_by_role("radio", name="Tiếng nói (1)").click()
    expect(page.locator(".childs")).to_have_count(1)
    # Whose they are is not said anywhere, and nothing but looking is offered.
    body = page.locator("[data-testid=stMain]").inner_text()
    assert "Mã PIN" not in body
    assert "Thẻ" not in body
    expect(page.get_by_role("button", name="Đóng đợt")).to_have_count(0)
    expect(page.locator("[data-testid=stDownloadButton], a[download]")).to_have_count(0)
    assert officer.outside == []


def test_nobody_else_sees_them_neither_on_screen_nor_past_it(
    desk: Callable[..., Desk], server: Server, consultation: str
) -> None:
    name = f"{uuid4()}.png"
    answer(server, consultation, {"tree": File(name, "image/png", drawing(7))})
    columns = ["name", "submission_id"]
    assert name in set(server.as_staff("protection_officer").read("attachment", columns=columns)["name"])
    assert server.as_staff("protection_officer").read_file("attachment", name) == drawing(7)
    for role in ("facilitator", "reviewer", "administrator"):
        assert server.as_staff(role).read("attachment", columns=columns).empty
        with pytest.raises(DatabaseError):
            server.as_staff(role).read_file("attachment", name)
    with pytest.raises(DatabaseError):
        server.door.as_anonymous().read_file("attachment", name)
    for role in ("facilitator", "administrator"):
        other = desk(role)
        other.go(f"/staff/consultation?consultation={consultation}")
        expect(other.page.get_by_text("Hình vẽ và tiếng nói của các em")).to_have_count(0)
        expect(other.page.locator(".childs")).to_have_count(0)
        for path in (f"/webform/media/{name}", f"/api/attachments/{name}"):
            assert other.page.request.get(server.url + path).status in (404, 405)
