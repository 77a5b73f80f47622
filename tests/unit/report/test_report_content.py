"""What the report says is what the rates say, and small numbers are nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.choropleth import CLASS_COLOURS, classes, colour, percent
from analysis.report import Paragraph, Picture, Report, Table, in_words
from analysis.report_facts import Facts, shown_children
from tests.unit.report.conftest import EMPTY, FEW, MANY, UNCOUNTED, consultation


def table(report: Report, sheet: str) -> Table:
    return next(one for one in report.tables() if one.sheet == sheet)


def texts(report: Report) -> list[str]:
    """All paragraphs of the body."""
    blocks = [block for section in report.sections for block in section.blocks]
    return [block.text for block in (*report.opening, *blocks) if isinstance(block, Paragraph)]


def name(facts: Facts, code: str) -> str:
    return str(facts.units.set_index("code").loc[code, "name"])


def row_of(report: Report, facts: Facts, code: str, sheet: str = "Chỉ tiêu 22") -> list[str]:
    wanted = name(facts, code)
    return next([cell.text for cell in row] for row in table(report, sheet).rows if row[1].text == wanted)


@pytest.mark.parametrize("indicator", [22, 23, 24])
def test_every_commune_has_its_row_with_the_numbers_of_the_rates(facts: Facts, annual: Report, indicator: int) -> None:
    made = table(annual, f"Chỉ tiêu {indicator}")
    assert len(made.rows) == 41
    for row, unit in zip(made.rows, facts.units.to_dict("records"), strict=True):
        known = facts.of_year(indicator).loc[unit["code"]]
        assert row[1].text == unit["name"]
        assert row[2].value == known["population"]
        assert [row[3].value, row[4].value] == [
            None if pd.isna(known[end]) else known[end] for end in ("lower", "upper")
        ]
        assert row[5].text == (percent(float(known["rate"])) if known["state"] == "measured" else row[3].text)
        assert (row[8].text == "Đạt") == (known["state"] == "measured" and bool(known["reached"]))
        assert row[9].text == "(1) ước tính"


def test_what_is_missing_says_why_and_is_never_zero(facts: Facts, annual: Report) -> None:
    assert row_of(annual, facts, EMPTY)[3:9] == ["–"] * 5 + ["Chưa có"]
    assert row_of(annual, facts, UNCOUNTED)[3:9] == ["–"] * 5 + ["Chưa tính"]
    assert row_of(annual, facts, FEW)[3:9] == ["ẩn"] * 5 + ["Ẩn"]
    said = texts(annual)
    for code, because in ((EMPTY, "Chưa có số liệu (không phải"), (UNCOUNTED, "chưa đủ điều kiện"), (FEW, "bảo vệ")):
        assert any(because in text and name(facts, code) in text for text in said)


def test_the_sum_and_the_province_stand_apart(facts: Facts, annual: Report) -> None:
    total, province = table(annual, "Chỉ tiêu 22").totals
    shown = facts.of_year(22)
    assert total[2].value == shown["population"].sum() == province[2].value
    assert total[3].value == shown["lower"].sum()
    assert province[3].value == facts.province(22)["lower"]


def test_a_number_of_children_that_is_small_hides_all_of_its_commune_and_year(facts: Facts, annual: Report) -> None:
    assert shown_children(facts) == [None, None, None, 61, 25]
    assert [row[4].text for row in table(annual, "Đợt lấy ý kiến").rows] == ["ẩn", "ẩn", "ẩn", "61", "25"]
    assert shown_children(replace(facts, threshold=4)) == [40, 4, None, 61, 25]


def test_lists_tell_step_and_standing(annual: Report) -> None:
    made = [[cell.text for cell in row] for row in table(annual, "Đợt lấy ý kiến").rows]
    assert [row[5] for row in made] == ["Có", "Chưa", "Có", "Có", "Có"]
    assert [row[6][0] for row in made] == ["3", "2", "4", "3", "3"]
    promised = [[cell.text for cell in row] for row in table(annual, "Cam kết").rows]
    assert [row[2] for row in promised] == ["Thay bể nước", "Chưa đủ kinh phí"]
    assert [row[4:] for row in promised] == [["01/09/2026", "Quá hạn"], ["–", "Không làm được"]]


def test_the_form(annual: Report) -> None:
    assert annual.subject.startswith("Kết quả năm 2026 thực hiện các chỉ tiêu")
    assert annual.place_line == "Vĩnh Long, ngày 25 tháng 11 năm 2026"
    assert re.fullmatch(r"Số: +/BC-SYT", annual.number_line)
    assert annual.recipient_lines[-1] == "- Lưu: VT."
    assert [one.heading.split(".")[0] for one in annual.sections] == ["I", "1", "2", "3", "II", "III", "IV"]
    assert texts(annual)[-1].endswith("./.")
    assert annual.warning is not None
    assert in_words(date(2026, 2, 3)) == "ngày 03 tháng 02 năm 2026"


def test_reports_of_several_years(facts: Facts, make: Callable[..., Report]) -> None:
    middle = make(replace(facts, kind="midterm", year=2025, is_demonstration=False), remarks=["Cần thêm thẻ."])
    assert "giai đoạn 2021 - 2025" in middle.subject
    assert [row[0].text for row in table(middle, "Qua các năm").rows] == ["2021", "2022", "2023", "2024", "2025"]
    assert [cell.text for cell in table(middle, "Qua các năm").rows[0]] == [
        "2021",
        "–",
        "30,0",
        "–",
        "85,0",
        "–",
        "30,0",
    ]
    assert middle.warning is None
    assert middle.sections[-1].heading == "V. NHẬN XÉT, KIẾN NGHỊ"
    assert texts(middle)[-1] == "Cần thêm thẻ./."
    assert "chưa kết thúc" not in " ".join(texts(middle))


def test_lists_of_one_commune_say_so(facts: Facts, make: Callable[..., Report]) -> None:
    assert any("tại Xã Thử có 5 đợt" in text for text in texts(make(replace(facts, seen_of="Xã Thử"))))


def test_nothing_held_leaves_no_empty_list(facts: Facts, make: Callable[..., Report]) -> None:
    empty = make(replace(facts, consultations=[], commitments=[], activities=[]))
    assert [one.number for one in empty.appendices] == ["I", "II", "III"]
    assert any(text.startswith("Không có đợt lấy ý kiến nào trong năm 2026") for text in texts(empty))


def test_the_map_has_the_colours_of_the_screen(facts: Facts, annual: Report) -> None:
    picture = next(one for one in annual.pictures() if one.caption.startswith("Bản đồ chỉ tiêu\u00a022 "))
    root = ElementTree.fromstring(picture.svg)
    shapes = root.findall("{http://www.w3.org/2000/svg}g")[0]
    drawn = [cell["properties"]["code"] for cell in facts.cells["features"]]
    fills = dict(zip(drawn, (shape.attrib["fill"] for shape in shapes), strict=True))
    rates = facts.of_year(22)
    for code, fill in fills.items():
        row = rates.loc[code]
        rate = None if pd.isna(row["rate"]) else float(row["rate"])
        wanted = colour(row["state"], rate, classes(facts.definitions[22].class_edges))
        assert fill == ("url(#no_data)" if row["state"] == "no_data" else "#{:02x}{:02x}{:02x}".format(*wanted))
    assert fills[EMPTY] == "url(#no_data)"
    assert fills[MANY] in {"#{:02x}{:02x}{:02x}".format(*one) for one in CLASS_COLOURS}
    assert "gần đúng" in picture.svg


def test_the_map_names_whose_borders_it_is_drawn_with(make: Callable[..., Report], facts: Facts) -> None:
    report = make(replace(facts, borders_from="Địa giới 2025 (Sở)"))
    pictures = [one for one in report.pictures() if one.caption.startswith("Bản đồ")]
    assert len(pictures) == 3
    for picture in pictures:
        assert "Ranh giới theo Địa giới 2025 (Sở)" in picture.svg
        assert "gần đúng" not in picture.svg + picture.alternative


def test_a_long_name_of_borders_stays_within_the_picture(facts: Facts, make: Callable[..., Report]) -> None:
    report = make(replace(facts, borders_from="Bản đồ địa giới " * 12 + "(Sở)"))
    root = ElementTree.fromstring(next(iter(report.pictures())).svg)
    texts = [one for one in root.findall("{http://www.w3.org/2000/svg}text") if one.get("fill") == "#333"]
    assert len(texts) == 3
    assert max(len(one.text or "") for one in texts) <= 112
    assert all(float(one.attrib["y"]) < float(root.attrib["height"]) for one in texts)


def test_a_year_without_a_figure_has_no_point(annual: Report) -> None:
    picture = next(one for one in annual.pictures() if one.caption.startswith("Chỉ tiêu 22 của toàn địa bàn"))
    assert picture.svg.count("<circle") == 2 + 1  # 2025, 2026 and the legend's
    assert isinstance(picture, Picture)
    assert all(f">{year}</text>" in picture.svg for year in range(2021, 2031))


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=4), st.data())
def test_nobody_finds_a_small_consultation_from_the_others(
    facts: Facts, held: list[tuple[int, bool]], data: Any
) -> None:
    """An attacker who knows the commune's figure: as many distinct children as can be, or as few."""
    most, least = sum(number for number, counts in held if counts), max([0, *(n for n, counts in held if counts)])
    distinct = data.draw(st.integers(least, most))
    rates = facts.rates[22].copy()
    where = (rates["commune_code"] == MANY) & (rates["year"] == 2026)
    rates.loc[where, ["lower", "upper"]] = distinct
    rates.loc[where, "state"] = "suppressed" if 0 < distinct < 5 else "measured" if most else "not_counted"
    listed = [consultation(MANY, number, "Đợt", date(2026, 3, 1), counted=counts) for number, counts in held]
    shown = shown_children(replace(facts, rates={**facts.rates, 22: rates}, consultations=listed))
    if min(number for number, _ in held) < 5 or 0 < distinct < 5:
        # None is shown, and whatever is not there leaves each of them free from 1 to what the commune has.
        assert shown == [None] * len(held)
        assert distinct == 0 or 0 < distinct < 5 or len(held) > 1
    else:
        assert shown == [number for number, _ in held]


def test_sources_and_the_decision_are_named(annual: Report, facts: Facts) -> None:
    said = texts(annual)
    assert "Nguồn số trẻ em năm 2026: Tổng điều tra 2019 (ước tính) cho 41 xã, phường." in said
    assert all(any(one.source["vi"] in text for text in said) for one in facts.definitions.values())
    assert any("3 đợt đã xong bước lấy ý kiến nhưng chưa trả lời" in text for text in said)


def test_scores_before_and_after_stand_with_their_uncertainty_and_few_children_are_hidden(annual: Report) -> None:
    rows = {row[0].text: [cell.text for cell in row[3:]] for row in table(annual, "Trước và sau").rows}
    assert rows == {
        "Quyền của em": ["24", "3,0", "4,8", "+1,8", "+1,4 đến +2,2"],
        "Buổi ít em": ["ẩn"] * 5,
        # Its 25 children would narrow what the commune's hidden number can be.
        "Nơi số của xã bị ẩn": ["ẩn"] * 5,
    }
