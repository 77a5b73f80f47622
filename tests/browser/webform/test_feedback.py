"""A child reads what adults answered, in her language, and says with a face whether it is good."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.test_for_everybody import PROBLEMS_OF_LAYOUT, SMALLEST_TARGET, serious_problems

PHONE = {"width": 390, "height": 844}


def answered(server: Server, code: str) -> str:
    """Publishes an answer to this consultation; the commitment's id."""
    theme, commitment = str(uuid.uuid4()), str(uuid.uuid4())
    server.rows(
        "insert into theme (id, consultation_id, name, said) select %s, id, %s, %s from consultation where join_code = %s",
        theme,
        json.dumps({"vi": "Nhà vệ sinh", "km": "បង្គន់"}),
        json.dumps({"vi": "Nhà vệ sinh hay hết nước, chúng em ngại vào.", "km": "បង្គន់អស់ទឹក។"}),
        code,
    )
    server.rows(
        "insert into commitment (id, consultation_id, theme_id, commune_code, body, answer, promise, due_on) "
        "select %s, id, %s, commune_code, 'Trường Tiểu học Thử', %s, %s, '2027-03-01' from consultation where join_code = %s",
        commitment,
        theme,
        json.dumps({"vi": "Các em nói đúng. Bể nước bị hỏng từ tháng trước.", "km": "ប្អូនៗនិយាយត្រូវ។"}),
        json.dumps({"vi": "Thay bể nước và sửa hai phòng."}),
        code,
    )
    server.rows("update consultation set published_at = now() where join_code = %s", code)
    return commitment


def faces(server: Server, commitment: str) -> list[int]:
    rows = server.rows("select rating from feedback_rating where commitment_id = %s order by rating", commitment)
    return [rating for (rating,) in rows]


def test_by_her_receipt_and_with_a_face(server: Server, child: Child) -> None:
    code = server.open_consultation()
    child.open(code)
    child.choose_language()
    child.page.click("[data-card=none]")
    child.assent()
    child.wait_for("question")
    child.answer_all()
    receipt = child.send()
    child.wait_until_sent()
    page = child.page

    page.goto(f"{server.url}/feedback")
    page.fill("#key", f"{receipt[:5]} {receipt[5:]}".lower())
    page.click("#feedback-form button")
    expect(page.locator(f"article[data-code='{code}'] .notice")).to_contain_text("quay lại sau")

    commitment = answered(server, code)
    page.fill("#key", receipt)
    page.click("#feedback-form button")
    answer = page.locator(f"[data-answer='{commitment}']")
    expect(answer).to_contain_text("trước ngày 01/03/2027")
    answer.locator("[data-rating='1']").click()
    expect(answer.locator("[role=status]")).to_have_text("Đã ghi nhận. Cảm ơn em!")
    answer.locator("[data-rating='3']").click()
    expect(answer.locator("[data-rating='3']")).to_have_attribute("aria-pressed", "true")
    expect(answer.locator("[data-rating='1']")).to_have_attribute("aria-pressed", "false")
    page.wait_for_timeout(300)
    assert faces(server, commitment) == [3]
    assert receipt not in page.url


@pytest.mark.parametrize("language", ["vi", "km", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_everybody(server: Server, new_tablet: Callable[..., Child], language: str, scheme: str) -> None:
    code = server.open_consultation()
    answered(server, code)
    page = new_tablet(viewport=PHONE, color_scheme=scheme).page
    page.goto(f"{server.url}/feedback/{code}")
    page.click(f"#languages [lang={language}]")
    expect(page.locator(".theme h3")).to_have_text("បង្គន់" if language == "km" else "Nhà vệ sinh")
    expect(page.locator(".theme h3")).to_have_attribute("lang", "km" if language == "km" else "vi")
    assert page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET) == []
    assert serious_problems(page) == []


def test_it_is_read_aloud_from_top_to_bottom(server: Server, new_tablet: Callable[..., Child]) -> None:
    code = server.open_consultation()
    answered(server, code)
    page = new_tablet().page
    page.goto(f"{server.url}/feedback/{code}")
    expect(page.locator("#ear")).to_be_visible()
    read = page.locator("#answers [data-aloud]").all_inner_texts()
    order = ["Nhà vệ sinh", "Các em nói", "Người lớn trả lời", "Người lớn sẽ làm", "Em thấy câu trả lời này thế nào?"]
    assert [text for text in read if text in order] == order


def test_commune_by_commune(server: Server, child: Child) -> None:
    code = server.open_consultation(commune="29302")
    answered(server, code)
    page = child.page
    page.goto(f"{server.url}/")
    page.get_by_role("link", name="Xem câu trả lời").click()
    page.locator("#communes a[href='/feedback/commune/29302']").click()
    expect(page.locator(f"article[data-code='{code}']")).to_be_visible()


def test_what_is_wrong_is_said_in_words(server: Server, child: Child) -> None:
    page = child.page
    page.goto(f"{server.url}/feedback")
    for typed, said in (("12345", "Mã biên nhận có 10 chữ và số"), ("999999", "Không tìm thấy mã này")):
        page.fill("#key", typed)
        page.click("#feedback-form button")
        expect(page.locator("#key-error")).to_contain_text(said)
