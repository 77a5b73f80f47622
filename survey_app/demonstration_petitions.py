"""Synthetic petitions: what children and families ask for outside a consultation, and how far it has come."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from survey_app.database import Database

_REQUESTS = (
    ("children", "box", "Chúng em xin có thêm nước uống ở sân trường vào giờ ra chơi."),
    ("child", "in_person", "Em mong xe đưa rước chạy chậm lại ở đoạn có trường."),
    ("parent", "telephone", "Xin nhà trường mở thư viện thêm nửa giờ vào buổi chiều cho các cháu chờ cha mẹ."),
    ("guardian", "letter", "Gia đình đề nghị có lớp dạy bơi miễn phí cho trẻ trước mùa lũ."),
    ("children", "in_person", "Chúng em muốn có câu lạc bộ tiếng Khmer ở nhà văn hóa xã."),
    ("parent", "online", "Đề nghị lắp đèn ở con đường từ ấp đến trường."),
    ("child", "box", "Em muốn có sân bóng cho cả các bạn nữ."),
    ("other", "letter", "Đề nghị xã hỏi ý kiến trẻ em trước khi sửa nhà thiếu nhi."),
)
_SYNTHETIC = " (Kiến nghị mô phỏng.)"
_ANSWER = "Đã chuyển nội dung này vào kế hoạch của xã và báo lại cho người kiến nghị (mô phỏng)."
_BODIES = ("Ủy ban nhân dân xã", "Ban Giám hiệu trường", "Đoàn Thanh niên xã")
QUANTITY = 24


def register_petitions(asking: Database, communes: Sequence[str], today: date, chance: random.Random) -> None:
    """Some in several communes, registered to closed; a few wait longer than they should."""
    for number in range(QUANTITY):
        raised_by, channel, request = _REQUESTS[number % len(_REQUESTS)]
        received_on = today - timedelta(days=chance.randrange(1, 240))
        petition = asking.call(
            "save_petition",
            petition=None,
            received_on=received_on.isoformat(),
            raised_by=raised_by,
            channel=channel,
            request=request + _SYNTHETIC,
            commune=communes[0] if number < 4 else chance.choice(communes),
            school=None,
        )[0]["save_petition"]
        _move_on(asking, str(petition), received_on, today, chance)


def _move_on(asking: Database, petition: str, received_on: date, today: date, chance: random.Random) -> None:
    is_recent = received_on > today - timedelta(days=20)
    steps = chance.choice([0, 1]) if is_recent else chance.choice([1, 2, 3, 3, 3])
    if steps >= 1:
        due_on = received_on + timedelta(days=30)
        asking.call("assign_petition", petition=petition, body=chance.choice(_BODIES), due_on=due_on.isoformat())
    if steps >= 2:
        if chance.random() < 0.4:
            _promise(asking, petition, today, chance)
        asking.call("answer_petition", petition=petition, answer=_ANSWER)
    if steps >= 3:
        asking.call("close_petition", petition=petition)


def _promise(asking: Database, petition: str, today: date, chance: random.Random) -> None:
    asking.call(
        "save_commitment",
        commitment=None,
        theme=None,
        petition=petition,
        body=chance.choice(_BODIES),
        answer={"vi": _ANSWER},
        promise={"vi": "Đưa vào kế hoạch năm nay và báo kết quả."},
        due_on=(today + timedelta(days=chance.randrange(-20, 120))).isoformat(),
        status="under_way",
        outcome={},
    )
