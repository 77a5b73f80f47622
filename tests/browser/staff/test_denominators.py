"""Official child population: a file with a mistake, the mended one, and the map that follows it at once."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date

from openpyxl import Workbook
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.staff.desk import Desk

TITLE = "Dân số trẻ em thử nghiệm"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def counted(server: Server, year: int) -> tuple[str, int]:
    """The commune with most children who surely took part in consultations of the year, and how many."""
    counts = server.as_staff("reviewer").read(
        "participation_count",
        columns=["area_code", "carded_certain", "largest_certain"],
        where={"indicator": 22, "year": year},
    )
    lower = counts.set_index("area_code").drop(index="84", errors="ignore").max(axis=1)
    return str(lower.idxmax()), int(lower.max())


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    for row in (["Mã xã", "Năm", "Tuổi", "Nam", "Nữ", "Tổng số"], *rows):
        book.worksheets[0].append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def give(desk: Desk, name: str, content: bytes) -> None:
    desk.page.locator("input[type=file]").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    desk.settle()


def test_official_figures_are_mended_taken_in_followed_and_taken_back(
    desk: Callable[..., Desk], server: Server
) -> None:
    year = date.today().year
    commune, children = counted(server, year)
    assert children >= 5, "else it would be hidden"
    # Four times as many: a quarter of them took part.
    boys = dict.fromkeys(range(7, 16), 0) | {7: children, 15: 3 * children}
    rows: list[list[object]] = [[commune, year, age, count, 0, count] for age, count in boys.items()]
    wrong = [[*row[:5], int(str(row[5])) + 1] if row[2] == 15 else row for row in rows]

    officer = desk("reviewer")
    officer.go("/staff/map")
    on_map = officer.page.locator(f"table.figures tr[data-code='{commune}']")
    expect(on_map).to_be_visible()
    before = on_map.inner_text()
    assert "25,0 %" not in before

    administrator = desk("administrator", "phone")
    administrator.go("/staff/denominators")
    give(administrator, "so-lieu.xlsx", workbook(wrong))
    told = administrator.page.get_by_text(f"Nam và nữ cộng lại là {3 * children}, nhưng tổng số ghi {3 * children + 1}")
    expect(told).to_be_visible()
    expect(administrator.page.get_by_text("Dòng 10 · cột “Tổng số”")).to_be_visible()
    expect(administrator.page.locator("#population-preview")).to_have_count(0)
    assert not administrator.has_sideways_scroll()

    give(administrator, "so-lieu-da-sua.xlsx", workbook(rows))
    change = administrator.page.locator(f"#population-preview tr[data-code='{commune}']")
    expect(change.locator("td").nth(1)).to_have_text(f"{4 * children:,}".replace(",", "."))
    expect(on_map).to_contain_text("ước tính")
    assert administrator.barriers() == []
    administrator.press("Nhập số liệu")
    expect(administrator.page.locator(".mistake")).to_have_count(2)
    administrator.enter("Tên nguồn số liệu", TITLE)
    administrator.enter("Cơ quan công bố", "Thống kê tỉnh")
    administrator.press("Nhập số liệu")
    kept = administrator.page.locator(".item", has_text=TITLE)
    expect(kept).to_contain_text("Đang dùng")

    expect(on_map).to_contain_text("25,0 %", timeout=20_000)
    expect(on_map).to_contain_text(TITLE)
    expect(on_map).not_to_contain_text("ước tính")

    (source,) = server.rows("select source from population_in_force where year = %s", year)[0]
    administrator.page.locator(f".st-key-take-back-{source} button").click()
    administrator.page.locator(".st-key-population-change button").click()
    administrator.settle()
    expect(administrator.page.locator(f".st-key-use-{source} button")).to_be_visible()
    expect(kept).not_to_contain_text("Đang dùng")
    expect(on_map).to_have_text(before, use_inner_text=True, timeout=20_000)


def test_others_do_not_get_the_denominators(desk: Callable[..., Desk]) -> None:
    officer = desk("officer")
    officer.go("/staff/denominators")
    expect(officer.page.get_by_text("Dân số trẻ em", exact=True)).to_have_count(0)
    expect(officer.page.locator("input[type=file]")).to_have_count(0)
