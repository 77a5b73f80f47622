"""A teacher reads a questionnaire aloud for children who read badly."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import soundfile
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk
from tests.browser.staff.sounds import sound

FORM = "children-7-10"
BYTES_A_SECOND = 5_000


def wav(seconds: float, **how: float) -> dict[str, Any]:
    """A tone as a file to upload."""
    return {"name": "giong-doc.wav", "mimeType": "audio/wav", "buffer": sound(seconds, **how)}


def upload(teacher: Desk, file: dict[str, Any]) -> None:
    field = teacher.page.locator("[data-testid=stFileUploader] input[type=file]")
    if not teacher.page.get_by_text("Chọn tệp").is_visible():
        teacher.page.get_by_text("Hoặc tải tệp âm thanh lên").click()
    # Another text's field may still be on its way out.
    expect(field).to_have_count(1, timeout=15_000)
    field.set_input_files(file)
    teacher.settle()


def consultation(server: Server, desk: Desk, code: str) -> dict[str, Any]:
    """What a tablet gets."""
    found: dict[str, Any] = desk.page.request.get(f"{server.url}/api/consultations/{code}").json()
    return found


def open_form(teacher: Desk, server: Server) -> None:
    version = server.rows("select version from questionnaire where id = %s order by added_at desc", FORM)[0][0]
    teacher.go(f"/staff/questionnaire?id={FORM}&version={version}")


def test_a_text_is_recorded_replaced_and_deleted_and_each_can_be_taken_back(
    desk: Callable[..., Desk], server: Server
) -> None:
    server.rows("delete from recording")
    code = server.open_consultation(FORM)
    teacher = desk("facilitator", "phone")
    page = teacher.page
    teacher.go("/staff/questionnaires")
    listed = page.locator(f"[class*=st-key-form-{FORM}-]")
    expect(listed).to_contain_text("10 câu hỏi")
    expect(listed).to_contain_text(re.compile(r"Tiếng Việt 0/\d+"))
    listed.get_by_role("link", name="Đọc to").click()
    page.wait_for_selector(".spoken")
    teacher.settle()
    assert not teacher.has_sideways_scroll()
    chip, words = page.locator(".spoken .chip"), page.locator(".spoken .words")
    expect(chip).to_have_text("Chưa có, máy tự đọc")
    expect(words).to_contain_text("Chào em!")

    upload(teacher, wav(2, loudness=0))
    expect(page.get_by_text("Không nghe thấy tiếng nói")).to_be_visible()
    teacher.press("Câu sau")
    expect(words).to_have_text("Ở trường, em thấy thế nào?")
    upload(teacher, {"name": "x.mp3", "mimeType": "audio/mpeg", "buffer": b"not a sound at all"})
    expect(page.get_by_text("Không đọc được tệp này như âm thanh")).to_be_visible()
    teacher.press("Câu trước")
    expect(words).to_contain_text("Chào em!")
    upload(teacher, wav(61))
    expect(page.get_by_text("Bản ghi dài quá 60 giây")).to_be_visible()
    upload(teacher, wav(3))
    expect(page.get_by_text("Nghe lại trước khi lưu")).to_be_visible()
    assert consultation(server, teacher, code)["recordings"] == {}
    # Looking at another text in between loses nothing.
    teacher.press("Câu sau")
    expect(words).to_have_text("Ở trường, em thấy thế nào?")
    teacher.press("Câu trước")
    expect(words).to_contain_text("Chào em!")
    teacher.press("Lưu")
    expect(chip).to_have_text("Đã ghi âm")

    first = consultation(server, teacher, code)["recordings"]
    assert first.keys() == {"vi"}
    assert first["vi"].keys() == {"question:welcome"}
    stored = page.request.get(f"{server.url}/webform/media/{first['vi']['question:welcome']}")
    assert stored.status == 200
    assert stored.headers["content-type"] == "audio/mpeg"
    assert len(stored.body()) < 3.2 * BYTES_A_SECOND
    heard, rate = soundfile.read(io.BytesIO(stored.body()))
    assert abs(len(heard) / rate - 3) < 0.2

    teacher.press("Ghi lại")
    upload(teacher, wav(1, pitch=600))
    teacher.press("Lưu, sang câu chưa có")
    expect(words).to_have_text("Ở trường, em thấy thế nào?")
    second = consultation(server, teacher, code)["recordings"]
    assert second["vi"].keys() == {"question:welcome"}
    assert second != first
    expect(page.get_by_text("Đã thay bản ghi số 1.")).to_be_visible()
    teacher.press("Lấy lại bản cũ")
    expect(words).to_contain_text("Chào em!")
    assert consultation(server, teacher, code)["recordings"] == first

    teacher.press("Xóa bản ghi")
    teacher.press("Giữ lại")
    assert consultation(server, teacher, code)["recordings"] == first
    teacher.press("Xóa bản ghi")
    page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
    expect(chip).to_have_text("Chưa có, máy tự đọc", timeout=15_000)
    assert consultation(server, teacher, code)["recordings"] == {}
    teacher.settle()
    teacher.press("Lấy lại bản cũ")
    expect(chip).to_have_text("Đã ghi âm")
    assert consultation(server, teacher, code)["recordings"] == first

    page.get_by_role("radio", name="Tiếng Khmer").click()
    expect(chip).to_have_text("Chưa có, máy tự đọc", timeout=15_000)
    expect(words).to_have_attribute("lang", "km")
    assert teacher.outside == []


def test_a_choice_is_spoken_into_the_microphone(desk: Callable[..., Desk], server: Server) -> None:
    code = server.open_consultation(FORM)
    teacher = desk("facilitator", "tablet", microphone=True)
    page = teacher.page
    open_form(teacher, server)
    page.get_by_text("Danh sách tất cả câu và lựa chọn").click()
    assert teacher.barriers() == []
    page.get_by_role("button", name=re.compile(r"Em không biết – Chưa có")).first.click()
    teacher.settle()
    expect(page.locator(".spoken")).to_contain_text("Lựa chọn của câu “Ở trường, em thấy có an toàn không?”")
    page.get_by_role("button", name="Bắt đầu ghi âm").click()
    page.wait_for_timeout(2_500)
    page.get_by_role("button", name="Dừng ghi âm").click()
    expect(page.get_by_text("Nghe lại trước khi lưu")).to_be_visible(timeout=15_000)
    teacher.settle()
    teacher.press("Lưu")
    expect(page.locator(".spoken .chip")).to_have_text("Đã ghi âm")
    spoken = consultation(server, teacher, code)["recordings"]["vi"]
    assert spoken.keys() >= {"choice:safe/unknown"}

    # The same words in other lists of choices need not be spoken again.
    teacher.settle()
    page.get_by_role("button", name=re.compile(r"Dùng lại \d+ bản ghi")).click()
    expect(page.get_by_role("button", name=re.compile(r"Dùng lại \d+ bản ghi"))).to_have_count(0, timeout=15_000)
    everywhere = consultation(server, teacher, code)["recordings"]["vi"]
    assert len(everywhere) > len(spoken)
    assert everywhere["choice:heard/unknown"] == everywhere["choice:safe/unknown"]
    assert teacher.outside == []


def test_without_a_microphone_the_reason_is_said_in_vietnamese(desk: Callable[..., Desk], server: Server) -> None:
    teacher = desk("administrator")
    open_form(teacher, server)
    teacher.page.get_by_role("button", name="Câu sau").click()
    teacher.settle()
    recorder = teacher.page.locator("[data-testid=stAudioInput]")
    recorder.get_by_role("button", name="Bắt đầu ghi âm").click()
    theirs = recorder.get_by_text(re.compile("An error has occurred|would like to use"))
    expect(theirs).to_have_count(1)
    expect(theirs).to_be_hidden()
    said = theirs.locator("..").evaluate("e => getComputedStyle(e, '::after').content")
    assert "Chưa dùng được micrô" in said


def test_an_unknown_questionnaire_is_said_in_words(desk: Callable[..., Desk]) -> None:
    teacher = desk("facilitator")
    for address in ("/staff/questionnaire", "/staff/questionnaire?id=x&version=1"):
        teacher.go(address)
        expect(teacher.page.get_by_text("Không tìm thấy phiếu hỏi này")).to_be_visible()


def test_who_runs_no_consultations_records_nothing(desk: Callable[..., Desk]) -> None:
    for role in ("reviewer", "protection_officer"):
        other = desk(role)
        other.go("/staff/questionnaires")
        expect(other.page.get_by_text("Tài khoản của bạn không được làm việc này")).to_be_visible()
        expect(other.page.get_by_role("link", name="Phiếu hỏi")).to_have_count(0)
