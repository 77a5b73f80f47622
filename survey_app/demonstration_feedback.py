"""Synthetic answers to children: themes of a consultation, what a body promised, and what came of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from survey_app.database import Database

Texts = dict[str, str]


@dataclass(frozen=True)
class _Theme:
    name: Texts
    said: Texts
    answer: Texts
    promise: Texts
    outcome: Texts
    words: tuple[str, ...]
    """An opinion with one of them is about this."""


_THEMES = (
    _Theme(
        {"vi": "Nhà vệ sinh ở trường", "km": "បង្គន់នៅសាលា", "en": "Toilets at school"},
        {
            "vi": "Nhiều bạn thấy nhà vệ sinh chưa sạch và hay hết nước.",
            "km": "សិស្សច្រើនថាបង្គន់មិនស្អាត ហើយអស់ទឹក។",
            "en": "Many of us find the toilets dirty and without water.",
        },
        {
            "vi": "Các em nói đúng: bể nước đã cũ và thường hết nước vào giờ ra chơi.",
            "km": "ប្អូនៗនិយាយត្រូវ៖ ធុងទឹកចាស់ ហើយតែងអស់ទឹកនៅម៉ោងចេញលេង។",
            "en": "You are right: the tank is old and often empty at break.",
        },
        {
            "vi": "Thay bể nước, thêm xà phòng và dọn hai lần mỗi ngày.",
            "km": "ប្តូរធុងទឹក ដាក់សាប៊ូ និងសម្អាតពីរដងក្នុងមួយថ្ងៃ។",
            "en": "A new tank, soap, and cleaning twice a day.",
        },
        {
            "vi": "Đã thay bể nước và có xà phòng ở cả hai dãy.",
            "km": "បានប្តូរធុងទឹក ហើយមានសាប៊ូនៅទាំងពីរជួរ។",
            "en": "The tank was replaced, and there is soap in both rows.",
        },
        ("vệ sinh", "nước"),
    ),
    _Theme(
        {"vi": "Đường đến trường", "km": "ផ្លូវទៅសាលា", "en": "The way to school"},
        {
            "vi": "Các em sợ xe chạy nhanh ở cổng trường, và đường còn tối.",
            "km": "ប្អូនៗខ្លាចរថយន្តបើកលឿននៅមុខសាលា ហើយផ្លូវងងឹត។",
            "en": "We are afraid of fast cars at the gate, and the road is dark.",
        },
        {
            "vi": "Cổng trường nằm sát đường lớn, giờ tan học rất đông xe.",
            "km": "មុខសាលានៅជាប់ផ្លូវធំ ម៉ោងចេញរៀនមានរថយន្តច្រើន។",
            "en": "The gate is on the main road, which is full of cars after school.",
        },
        {
            "vi": "Kẻ vạch sang đường, thêm đèn và có người trực giờ tan học.",
            "km": "គូសគំនូសឆ្លងផ្លូវ បន្ថែមភ្លើង និងមានអ្នកយាមនៅម៉ោងចេញរៀន។",
            "en": "A crossing, a lamp, and somebody on duty after school.",
        },
        {
            "vi": "Đã kẻ vạch và có người trực mỗi buổi chiều.",
            "km": "បានគូសគំនូស ហើយមានអ្នកយាមរាល់ល្ងាច។",
            "en": "The crossing is there, and somebody is on duty every afternoon.",
        },
        ("đường", "tối"),
    ),
    _Theme(
        {"vi": "Chỗ chơi", "km": "កន្លែងលេង", "en": "A place to play"},
        {
            "vi": "Các em muốn có sân chơi, có cây và có sân bóng gần nhà.",
            "km": "ប្អូនៗចង់បានកន្លែងលេងមានដើមឈើ និងទីលានបាល់នៅជិតផ្ទះ។",
            "en": "We want a playground with trees, and a ball field near home.",
        },
        {
            "vi": "Năm nay chưa đủ tiền để làm sân chơi mới.",
            "km": "ឆ្នាំនេះមិនទាន់មានថវិកាគ្រប់សម្រាប់ធ្វើកន្លែងលេងថ្មីទេ។",
            "en": "There is not enough money for a new playground this year.",
        },
        {
            "vi": "Trồng cây trong sân trường và mở cửa sân vào cuối tuần.",
            "km": "ដាំដើមឈើក្នុងទីធ្លាសាលា និងបើកទីធ្លានៅចុងសប្តាហ៍។",
            "en": "Trees in the school yard, which opens on weekends.",
        },
        {
            "vi": "Đã trồng mười hai cây và mở sân vào sáng thứ bảy.",
            "km": "បានដាំដើមឈើដប់ពីរដើម ហើយបើកទីធ្លានៅព្រឹកថ្ងៃសៅរ៍។",
            "en": "Twelve trees were planted, and the yard is open on Saturday mornings.",
        },
        ("sân", "cây", "bóng"),
    ),
    _Theme(
        {"vi": "Được lắng nghe", "km": "ការស្តាប់", "en": "Being listened to"},
        {
            "vi": "Các em muốn thầy cô hỏi ý kiến trước khi đặt nội quy.",
            "km": "ប្អូនៗចង់ឲ្យគ្រូសួរយោបល់មុនដាក់បទបញ្ជា។",
            "en": "We want to be asked before rules are made.",
        },
        {
            "vi": "Nhà trường đồng ý: nội quy là của cả trường.",
            "km": "សាលាយល់ព្រម៖ បទបញ្ជាជារបស់សាលាទាំងមូល។",
            "en": "The school agrees: its rules belong to everybody.",
        },
        {
            "vi": "Mỗi học kỳ họp với đại diện các lớp một lần trước khi sửa nội quy.",
            "km": "រៀងរាល់ឆមាស ប្រជុំជាមួយតំណាងថ្នាក់ម្តង មុនកែបទបញ្ជា។",
            "en": "Once a term the classes’ delegates meet before the rules are changed.",
        },
        {
            "vi": "Đã họp với đại diện các lớp vào đầu học kỳ.",
            "km": "បានប្រជុំជាមួយតំណាងថ្នាក់នៅដើមឆមាស។",
            "en": "The delegates met at the beginning of the term.",
        },
        ("ý kiến", "hỏi"),
    ),
)
_DECLINED = {
    "vi": "Việc này chưa làm được trong năm nay; trường sẽ xem lại vào năm học sau.",
    "km": "រឿងនេះមិនទាន់អាចធ្វើបានក្នុងឆ្នាំនេះទេ សាលានឹងពិនិត្យឡើងវិញនៅឆ្នាំសិក្សាក្រោយ។",
    "en": "This cannot be done this year; the school will look at it again next school year.",
}

RATED = """
insert into public.feedback_rating (commitment_id, rater, rating)
select m.id, sha256(convert_to(m.id::text || child, 'UTF8')),
       case when chance.percent < case m.status when 'done' then 78 when 'declined' then 25 else 55 end then 3
            when chance.percent < 90 then 2 else 1 end
from public.commitment m
join public.theme t on t.id = m.theme_id
join public.consultation c on c.id = t.consultation_id and c.published_at is not null
cross join lateral generate_series(1, abs(hashtext(m.id::text)) % 40) child
cross join lateral (select abs(hashtext(m.id::text || '/' || child)) % 100 as percent) chance
on conflict do nothing
"""
"""What synthetic children think of the published answers: kept promises please more of them."""


def answer_children(
    asking: Database, consultation: str, body: str, held_on: date, today: date, chance: random.Random
) -> None:
    """Two themes with an answer each; most of them published, some late, as it happens. Older ones are answered oftener."""
    if chance.random() > (0.92 if held_on.year < today.year else 0.7):
        return
    for theme in chance.sample(_THEMES, 2):
        _promise(asking, _new_theme(asking, consultation, theme), theme, body, held_on, today, chance)
    if held_on.year < today.year or chance.random() < 0.8:
        asking.call("publish_feedback", consultation=consultation)


def release_and_group(
    asking: Database, consultation: str, body: str, held_on: date, today: date, chance: random.Random
) -> None:
    """What children wrote is read and released but for a few, grouped by what it is about, answered and published."""
    asking.call("gather_opinions", consultation=consultation)
    opinions = asking.call("texts_to_read", consultation=consultation)
    for opinion in opinions[:60]:
        if chance.random() < 0.9:
            asking.call("release_opinion", opinion=opinion["opinion"], shown=opinion["said"])
    released = asking.call("opinions_of", consultation=consultation)
    for theme in _THEMES:
        about = [one["opinion"] for one in released if any(word in one["shown"].lower() for word in theme.words)]
        if about:
            made = _new_theme(asking, consultation, theme)
            asking.call("group_opinions", theme=made, opinions=about)
            _promise(asking, made, theme, body, held_on, today, chance)
    if released:
        asking.call("publish_feedback", consultation=consultation)


def _new_theme(asking: Database, consultation: str, theme: _Theme) -> str:
    made = asking.call("save_theme", theme=None, consultation=consultation, name=theme.name, said=theme.said)
    return str(made[0]["save_theme"])


def _promise(
    asking: Database, identity: str, theme: _Theme, body: str, held_on: date, today: date, chance: random.Random
) -> None:
    due_on = held_on + timedelta(days=chance.choice([60, 120, 200]))
    is_declined = chance.random() < 0.07
    is_done = not is_declined and due_on < today and chance.random() < 0.88
    status = "declined" if is_declined else "done" if is_done else chance.choice(["planned", "under_way"])
    asking.call(
        "save_commitment",
        commitment=None,
        theme=identity,
        petition=None,
        body=body,
        answer=_DECLINED if is_declined else theme.answer,
        promise={} if is_declined else theme.promise,
        due_on=None if is_declined else due_on.isoformat(),
        status=status,
        outcome=theme.outcome if is_done else {},
    )
