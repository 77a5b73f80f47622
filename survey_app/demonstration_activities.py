"""Synthetic activities of a school in one year: a session on the right to participate, and a participation model."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

from survey_app.database import Database

MODELS = (
    ("children_council", "Hội đồng trẻ em"),
    ("children_forum", "Diễn đàn trẻ em"),
    ("club", "Câu lạc bộ Quyền trẻ em"),
    ("school_dialogue", "Đối thoại với nhà trường"),
)
AT_ONCE = 500


def hold_activities(
    asking: Database,
    *,
    commune: str,
    school: str,
    pupils: Sequence[tuple[str, int]],
    year: int,
    today: date,
    chance: random.Random,
) -> None:
    """Plan and hold what this school did that year; `pupils` are cards with the child's year of birth."""
    first_day, last_day = date(year, 2, 1), min(date(year, 12, 10), today - timedelta(days=1))
    if last_day < first_day:
        return
    for kind, title, youngest, share in _chosen(chance):
        of_age = [card for card, born in pupils if youngest <= year - born - 1 and year - born <= 15]
        present = chance.sample(of_age, round(len(of_age) * share))
        if not present:
            continue
        held_on = first_day + timedelta(days=chance.randrange((last_day - first_day).days + 1))
        activity = asking.call(
            "save_activity",
            activity=None,
            kind=kind,
            title=title,
            commune=commune,
            school=school,
            roster=None,
            held_on=held_on.isoformat(),
            min_age=youngest,
            max_age=15,
            planned=len(of_age),
            plan="",
        )[0]["save_activity"]
        for start in range(0, len(present), AT_ONCE):
            asking.call("record_attendance", activity=activity, cards=present[start : start + AT_ONCE])
        without_card = round(len(present) * chance.choice([0, 0.3, 0.9]))
        if without_card:
            asking.call("set_activity_headcount", activity=activity, children=without_card)


def _chosen(chance: random.Random) -> list[tuple[str, str, int, float]]:
    """Kind, title, youngest age and share of the pupils that came."""
    chosen = []
    if chance.random() < 0.85:
        chosen.append(("awareness_session", "Tìm hiểu quyền tham gia của trẻ em", 7, chance.uniform(0.5, 0.95)))
    if chance.random() < 0.7:
        kind, title = chance.choice(MODELS)
        chosen.append((kind, title, 11, chance.uniform(0.2, 0.8)))
    return chosen
