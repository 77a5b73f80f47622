"""How the report's numbers were made, for a reader who wants to check them."""

from __future__ import annotations

import pandas as pd

from analysis.report import Paragraph
from analysis.report_facts import Facts


def methods(facts: Facts) -> tuple[Paragraph, ...]:
    ages = "; ".join(
        f"chỉ tiêu {number} tính trẻ em từ {one.min_age} đến {one.max_age} tuổi"
        for number, one in facts.definitions.items()
    )
    texts = (
        f"Trẻ em là người dưới 16 tuổi (Luật Trẻ em năm 2016). Tuổi tính tròn vào ngày tham gia: {ages}.",
        "Mỗi trẻ em được đếm một lần trong năm, dù tham gia nhiều lần. Trẻ có thẻ được nhận ra qua số thẻ, không ghi tên; "
        "trẻ không có thẻ thì không phân biệt được, nên số trẻ là một khoảng. Số ít nhất là số lớn hơn trong hai số: số thẻ khác "
        "nhau, và số trẻ của lần có đông trẻ nhất. Số nhiều nhất là số thẻ khác nhau cộng mọi lượt trẻ không có thẻ, không quá số "
        "trẻ em của địa bàn. Tỷ lệ so với mục tiêu là tỷ lệ ít nhất.",
        "Toàn tỉnh, số ít nhất là số thẻ khác nhau cộng số trẻ của từng xã, phường vượt quá số thẻ ở đó; giả định trong năm trẻ "
        "không có thẻ chỉ tham gia ở một xã, phường và không có thẻ ở nơi khác. Số nhiều nhất không cần giả định này.",
        "Một đợt lấy ý kiến tính vào chỉ tiêu 22 khi đủ sáu nguyên tắc (Thông tư số 36/2018/TT-BLĐTBXH) và có sự đồng ý của cha "
        "mẹ, người giám hộ. Chỉ tiêu 23 đếm trẻ dự buổi nâng cao nhận thức; chỉ tiêu 24 đếm trẻ tham gia mô hình, hoạt động.",
        "Mẫu số là số trẻ em của xã, phường trong năm. Nơi ghi “ước tính”, số này tính từ Tổng điều tra dân số và nhà ở ngày "
        "01/4/2019 bằng cách chuyển từng độ tuổi đến năm báo cáo; nguồn của từng xã, phường ghi ở phụ lục.",
        _sources(facts),
        "Mục tiêu của năm giữa năm 2025 và năm 2030 tính theo đường thẳng; trước năm 2025 lấy mục tiêu năm 2025. Tỷ lệ và khoảng "
        "cách làm tròn xuống một chữ số thập phân, nên không có số nào trông như đã đạt khi chưa đạt.",
        f"Số trẻ từ 1 đến {facts.threshold - 1} không được nêu, cùng những số có thể dùng để tính ra số đó, để không ai nhận ra "
        "một em. Ở bảng, ô đó ghi “ẩn”.",
    )
    return tuple(Paragraph(text) for text in texts if text)


def _sources(facts: Facts) -> str:
    """Every source of a denominator of the year, and for how many communes it serves."""
    communes: dict[tuple[str, bool], set[str]] = {}
    for number in facts.definitions:
        for row in facts.of_year(number).to_dict("records"):
            if not pd.isna(row["source_title"]):
                source = (str(row["source_title"]), not pd.isna(row["is_estimate"]) and bool(row["is_estimate"]))
                communes.setdefault(source, set()).add(row["commune_code"])
    parts = [
        f"{title}{' (ước tính)' if is_estimate else ''} cho {len(codes)} xã, phường"
        for (title, is_estimate), codes in sorted(communes.items())
    ]
    return f"Nguồn số trẻ em năm {facts.year}: {'; '.join(parts)}." if parts else ""
