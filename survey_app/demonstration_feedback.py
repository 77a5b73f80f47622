"""Synthetic answers to children: themes of a consultation, what a body promised, and what came of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from survey_app.database import Database


@dataclass(frozen=True)
class _Theme:
    name: dict[str, str]
    said: dict[str, str]
    answer: str
    promise: str
    outcome: str


_THEMES = (
    _Theme(
        {"vi": "Nhà vệ sinh ở trường", "km": "បង្គន់នៅសាលា", "en": "Toilets at school"},
        {
            "vi": "Nhiều bạn thấy nhà vệ sinh chưa sạch và hay hết nước.",
            "km": "សិស្សច្រើនថាបង្គន់មិនស្អាត ហើយអស់ទឹក។",
            "en": "Many of us find the toilets dirty and without water.",
        },
        "Các em nói đúng: bể nước đã cũ và thường hết nước vào giờ ra chơi.",
        "Thay bể nước, thêm xà phòng và dọn hai lần mỗi ngày.",
        "Đã thay bể nước và có xà phòng ở cả hai dãy.",
    ),
    _Theme(
        {"vi": "Đường đến trường", "km": "ផ្លូវទៅសាលា", "en": "The way to school"},
        {
            "vi": "Các em sợ xe chạy nhanh ở cổng trường.",
            "km": "ប្អូនៗខ្លាចរថយន្តបើកលឿននៅមុខសាលា។",
            "en": "We are afraid of fast cars at the gate.",
        },
        "Cổng trường nằm sát đường lớn, giờ tan học rất đông xe.",
        "Kẻ vạch sang đường, đặt biển giảm tốc độ và có người trực giờ tan học.",
        "Đã kẻ vạch và có người trực mỗi buổi chiều.",
    ),
    _Theme(
        {"vi": "Chỗ chơi", "km": "កន្លែងលេង", "en": "A place to play"},
        {
            "vi": "Các em muốn có sân chơi có bóng mát.",
            "km": "ប្អូនៗចង់បានកន្លែងលេងមានម្លប់។",
            "en": "We want a playground with shade.",
        },
        "Năm nay ngân sách chưa đủ để làm sân chơi mới.",
        "Trồng cây trong sân trường và mở cửa sân vào cuối tuần.",
        "Đã trồng mười hai cây và mở sân vào sáng thứ bảy.",
    ),
    _Theme(
        {"vi": "Được lắng nghe", "km": "ការស្តាប់", "en": "Being listened to"},
        {
            "vi": "Các em muốn thầy cô hỏi ý kiến trước khi đặt nội quy.",
            "km": "ប្អូនៗចង់ឲ្យគ្រូសួរយោបល់មុនដាក់បទបញ្ជា។",
            "en": "We want to be asked before rules are made.",
        },
        "Nhà trường đồng ý: nội quy là của cả trường.",
        "Mỗi học kỳ họp với đại diện các lớp một lần trước khi sửa nội quy.",
        "Đã họp với đại diện các lớp vào đầu học kỳ.",
    ),
)


def answer_children(
    asking: Database, consultation: str, body: str, held_on: date, today: date, chance: random.Random
) -> None:
    """Two themes with an answer each; most of them published, some late, as it happens."""
    if chance.random() > 0.7:
        return
    for theme in chance.sample(_THEMES, 2):
        identity = asking.call("save_theme", theme=None, consultation=consultation, name=theme.name, said=theme.said)[
            0
        ]["save_theme"]
        due_on = held_on + timedelta(days=chance.choice([60, 120, 200]))
        is_done = due_on < today and chance.random() < 0.8
        asking.call(
            "save_commitment",
            commitment=None,
            theme=identity,
            petition=None,
            body=body,
            answer={"vi": theme.answer},
            promise={"vi": theme.promise},
            due_on=due_on.isoformat(),
            status="done" if is_done else chance.choice(["planned", "under_way"]),
            outcome={"vi": theme.outcome} if is_done else {},
        )
    if chance.random() < 0.85:
        asking.call("publish_feedback", consultation=consultation)
