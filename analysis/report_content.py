"""From facts to the report: its sections, in the words of the administrative form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from analysis.choropleth import percent, without_cell
from analysis.indicators import target
from analysis.report import Appendix, Block, Letterhead, Paragraph, Report, Section, in_words
from analysis.report_changes import changes
from analysis.report_facts import CONSULTATIONS, FIRST_YEAR, Facts
from analysis.report_lists import OVERDUE, STATUSES, commitments, consultations, status_of, step_of
from analysis.report_methods import methods
from analysis.report_pictures import ROMAN, appendix_of, map_of, trend_of
from analysis.report_tables import by_commune, by_year, count, gap_words, summary

WARNING = "Số liệu mô phỏng để giới thiệu phần mềm: không phải trẻ em thật, không dùng để báo cáo."
_BECAUSE = {
    "no_data": "Chưa có số liệu (không phải 0 %)",
    "not_counted": "Có đợt lấy ý kiến nhưng chưa đủ điều kiện để tính",
    "suppressed": "Không nêu số liệu để bảo vệ trẻ em",
    "no_population": "Chưa có số trẻ em để tính tỷ lệ",
}


def report(facts: Facts, letterhead: Letterhead, remarks: Sequence[str] = ()) -> Report:
    """`remarks`: paragraphs of the office's own, a section before the end."""
    sections = [
        Section("KẾT QUẢ THỰC HIỆN BA CHỈ TIÊU", 1, (*_overview(facts), summary(facts), by_year(facts, _shown_years(facts)))),
        *(Section(f"{definition.name['vi']} (chỉ tiêu {number})", 2, tuple(_indicator(facts, number)))
          for number, definition in facts.definitions.items()),
        Section("CÁC ĐỢT LẤY Ý KIẾN TRẺ EM", 1, (*_consultations(facts), *_changes(facts))),
        Section("CAM KẾT TRẢ LỜI Ý KIẾN CỦA TRẺ EM", 1, tuple(_commitments(facts))),
        Section("PHƯƠNG PHÁP VÀ NGUỒN SỐ LIỆU", 1, methods(facts)),
        *([Section("NHẬN XÉT, KIẾN NGHỊ", 1, tuple(Paragraph(one) for one in remarks))] if remarks else []),
    ]  # fmt: skip
    return Report(
        letterhead,
        facts.made_on,
        _subject(facts),
        tuple(_opening(facts)),
        tuple(_numbered([*sections[:-1], _ended(sections[-1])])),
        tuple(_appendices(facts)),
        WARNING if facts.is_demonstration else None,
    )


def _ended(section: Section) -> Section:
    """With the mark after which nothing may be added."""
    *others, last = section.blocks
    if not isinstance(last, Paragraph):
        raise TypeError(f"the report ends with a paragraph, not with what {section.heading!r} ends with")
    return replace(section, blocks=(*others, replace(last, text=f"{last.text.rstrip('.')}./.")))


def period(facts: Facts) -> str:
    """The years that the report is about, in words."""
    return f"năm {facts.year}" if facts.kind == "annual" else f"giai đoạn {FIRST_YEAR} - {facts.year}"


def _subject(facts: Facts) -> str:
    begun = {"annual": "Kết quả", "midterm": "Sơ kết", "final": "Tổng kết"}[facts.kind]
    return (
        f"{begun} {period(facts)} thực hiện các chỉ tiêu về quyền tham gia của trẻ em theo Quyết định số 2221/QĐ-UBND"
    )


def _opening(facts: Facts) -> Iterator[Paragraph]:
    yield Paragraph(
        "Thực hiện Quyết định số 2221/QĐ-UBND ngày 07 tháng 10 năm 2021 của Ủy ban nhân dân tỉnh Trà Vinh ban hành Kế hoạch "
        "thực hiện Chương trình hành động quốc gia vì trẻ em giai đoạn 2021 - 2030 trên địa bàn tỉnh Trà Vinh, kết quả thực "
        f"hiện các chỉ tiêu 22, 23 và 24 về quyền tham gia của trẻ em {period(facts)} trên địa bàn tỉnh Trà Vinh trước đây, "
        f"nay gồm {len(facts.units)} xã, phường, như sau:"
    )
    if facts.made_on.year <= facts.year:
        yield Paragraph(f"Số liệu tính đến {in_words(facts.made_on)}; năm {facts.year} chưa kết thúc.")


def _numbered(sections: Sequence[Section]) -> Iterator[Section]:
    upper = lower = 0
    for section in sections:
        if section.level == 1:
            upper, lower = upper + 1, 0
            number = ROMAN[upper - 1]
        else:
            lower += 1
            number = str(lower)
        yield Section(f"{number}. {section.heading}", section.level, section.blocks)


def _shown_years(facts: Facts) -> list[int]:
    """The years up to this one, from the first in which anything was counted (a report about several: from the first)."""
    counted = [
        int(year)
        for table in facts.rates.values()
        for year, state in zip(table["year"], table["state"], strict=True)
        if state != "no_data"
    ]
    first = FIRST_YEAR if facts.kind != "annual" else min([*counted, facts.year])
    return list(range(first, facts.year + 1))


def _overview(facts: Facts) -> Iterator[Block]:
    reached, known = [], 0
    for number in facts.definitions:
        row = facts.province(number)
        if not pd.isna(row["rate"]):
            known += 1
            if row["reached"]:
                reached.append(str(number))
    if not known:
        yield Paragraph(f"Năm {facts.year} chưa có số liệu nêu được của toàn địa bàn.")
    elif len(reached) == len(facts.definitions):
        yield Paragraph(f"Năm {facts.year}, toàn địa bàn đạt cả ba chỉ tiêu so với mục tiêu của năm.")
    elif reached:
        yield Paragraph(
            f"Năm {facts.year}, toàn địa bàn đạt {len(reached)} trên {len(facts.definitions)} chỉ tiêu so với mục tiêu của "
            f"năm (chỉ tiêu {' và '.join(reached)})."
        )
    else:
        yield Paragraph(f"Năm {facts.year}, toàn địa bàn chưa đạt chỉ tiêu nào so với mục tiêu của năm.")


def _indicator(facts: Facts, number: int) -> Iterator[Block]:
    definition, province, communes = facts.definitions[number], facts.province(number), facts.of_year(number)
    aim = target(definition, facts.year)
    yield Paragraph(f"Quyết định số 2221/QĐ-UBND: “{definition.source['vi']}”")
    if pd.isna(province["rate"]):
        why = "không nêu để bảo vệ trẻ em" if province["state"] == "suppressed" else "chưa có"
        yield Paragraph(f"Mục tiêu năm {facts.year}: {percent(aim)} %. Số liệu toàn địa bàn: {why}.")
    else:
        yield Paragraph(
            f"Mục tiêu năm {facts.year}: {percent(aim)} %. Toàn địa bàn có ít nhất {count(province['lower'])} và nhiều nhất "
            f"{count(province['upper'])} trên {count(province['population'])} trẻ em từ {definition.min_age} đến "
            f"{definition.max_age} tuổi, tỷ lệ ít nhất {percent(float(province['rate']))} %, nhiều nhất "
            f"{percent(float(province['rate_upper']))} %; {_gap(float(province['gap']))}."
        )
    measured = communes[communes["rate"].notna()]
    yield Paragraph(
        f"{int(measured['reached'].sum())} trên {len(measured)} xã, phường có số liệu đạt mục tiêu của năm "
        f"(phụ lục {appendix_of(facts, number)})."
    )
    names = dict(zip(facts.units["code"], facts.units["name"], strict=True))
    for state, because in _BECAUSE.items():
        found = [names[code] for code in communes[communes["state"] == state]["commune_code"]]
        if found:
            yield Paragraph(f"{because}: {len(found)} xã, phường, gồm {', '.join(found)}.", is_bullet=True)
    undrawn = [names[code] for code in without_cell(facts.cells, communes)]
    if undrawn:
        yield Paragraph(f"Chưa vẽ được trên bản đồ: {', '.join(undrawn)}.", is_bullet=True)
    yield map_of(facts, number)
    yield trend_of(facts, number)


def _gap(gap: float) -> str:
    if gap >= 0:
        return f"đạt mục tiêu, hơn {gap_words(gap).lstrip('+')} điểm phần trăm"
    return f"thấp hơn mục tiêu {gap_words(gap).lstrip('−')} điểm phần trăm"


def _consultations(facts: Facts) -> Iterator[Block]:
    found = facts.consultations
    if not found:
        yield Paragraph(f"Không có đợt lấy ý kiến nào {_when(facts)}.")
        return
    counted = sum(bool(row["counted"]) for row in found)
    answered = sum(step_of(row) == 4 for row in found)
    waiting = sum(step_of(row) == 3 for row in found)
    yield Paragraph(
        f"T{_when(facts)[1:]} có {count(len(found))} đợt lấy ý kiến trẻ em, trong đó {count(counted)} đợt đủ điều kiện "
        f"tính vào chỉ tiêu {CONSULTATIONS} (đủ sáu nguyên tắc và có sự đồng ý của cha mẹ, người giám hộ); {count(answered)} đợt "
        f"đã trả lời trẻ em (bước 4), {count(waiting)} đợt đã xong bước lấy ý kiến nhưng chưa trả lời. Danh sách ở phụ lục {ROMAN[len(facts.definitions)]}."
    )
    held = {number: sum(row["indicator"] == number for row in facts.activities) for number in (23, 24)}
    if facts.activities:
        yield Paragraph(
            f"Ngoài ra đã tổ chức {count(held[23])} buổi truyền thông, nâng cao nhận thức về quyền tham gia và {count(held[24])} "
            "hoạt động của các mô hình (diễn đàn, hội đồng trẻ em, câu lạc bộ và mô hình khác)."
        )


def _changes(facts: Facts) -> Iterator[Block]:
    if facts.changes:
        yield Paragraph(
            f"T{_when(facts)[1:]} có {count(len(facts.changes))} buổi, hoạt động hỏi trẻ em cùng bộ câu hỏi trước và sau."
        )
        yield changes(facts)


def _when(facts: Facts) -> str:
    """The years, and the only commune that is told of where there is but one."""
    return f"trong {period(facts)}" + (f" tại {facts.seen_of}" if facts.seen_of else "")


def _commitments(facts: Facts) -> Iterator[Block]:
    if not facts.commitments:
        yield Paragraph(f"Chưa có cam kết nào được ghi nhận {_when(facts)}.")
        return
    said = [status_of(row) for row in facts.commitments]
    parts = [f"{count(said.count(one))} {one.lower()}" for one in (*STATUSES.values(), OVERDUE) if one in said]
    yield Paragraph(
        f"T{_when(facts)[1:]}, các cơ quan, đơn vị đã ghi {count(len(said))} cam kết trả lời ý kiến của trẻ em: {', '.join(parts)}. "
        f"Danh sách ở phụ lục {ROMAN[len(facts.definitions) + 1]}."
    )


def _appendices(facts: Facts) -> Iterator[Appendix]:
    for number in facts.definitions:
        yield Appendix(appendix_of(facts, number), by_commune(facts, number))
    if facts.consultations:
        yield Appendix(ROMAN[len(facts.definitions)], consultations(facts), is_wide=True)
    if facts.commitments:
        yield Appendix(ROMAN[len(facts.definitions) + 1], commitments(facts), is_wide=True)
