"""Synthetic activities: sessions on the right to participate, participation models, and what changed by a session."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from survey_app.api.intake import Intake
from survey_app.database import Database
from survey_app.demonstration_answers import send_answers
from survey_app.questionnaire import Questionnaire

SESSION = ("awareness_session", "Tìm hiểu quyền tham gia của trẻ em")
MODELS = (
    ("children_council", "Hội đồng trẻ em"),
    ("children_forum", "Diễn đàn trẻ em"),
    ("club", "Câu lạc bộ Quyền trẻ em"),
    ("school_dialogue", "Đối thoại với nhà trường"),
    ("family_group", "Nhóm gia đình cùng trẻ em"),
    ("other_model", "Trẻ em góp ý sân chơi của xã"),
)
EVIDENCE = "Biên bản và danh sách thẻ lưu tại trường (mô phỏng)."
CLASS = 28
MOST_CARDS = 300
"""More children come, but their cards are not shown: as many as one can scan."""

Pupils = Sequence[tuple[str, int]]
"""Cards with the year of birth."""


@dataclass(frozen=True)
class Effort:
    """How much a commune does: the chances that it holds a session, or a model, in a year."""

    sessions: float
    models: float


EFFORTS = (Effort(0, 0), Effort(0.6, 0), Effort(0.9, 0.5), Effort(1, 0.9), Effort(1, 1), Effort(0.3, 0.8))


def hold_activities(
    asking: Database,
    commune: str,
    school: str,
    children: int,
    pupils: Pupils,
    years: Sequence[int],
    today: date,
    effort: Effort,
    chance: random.Random,
) -> None:
    """What a commune of so many children did in these years; of the models `school` is the place."""
    for year in years:
        first_day, last_day = date(year, 2, 1), min(date(year, 12, 10), today - timedelta(days=1))
        if last_day < first_day:
            continue
        held: list[tuple[tuple[str, str], int, float, str | None]] = []
        if chance.random() < effort.sessions:
            held.append((SESSION, 7, chance.uniform(0.4, 0.98), None))
        if chance.random() < effort.models:
            held.append((chance.choice(MODELS), 11, chance.uniform(0.1, 0.55), school))
        for (kind, title), youngest, share, where in held:
            of_age = [card for card, born in pupils if youngest <= year - born - 1 and year - born <= 15]
            came = round(children * share * (16 - youngest) / 9)
            present = chance.sample(of_age, min(len(of_age), round(came * chance.uniform(0.4, 0.9)), MOST_CARDS))
            held_on = first_day + timedelta(days=chance.randrange((last_day - first_day).days + 1))
            if present:
                activity = plan(asking, kind, title, commune, where, held_on, (youngest, 15), came)
                asking.call("set_activity_headcount", activity=activity, children=came - len(present))
                asking.call("record_attendance", activity=activity, cards=present)
                asking.call("set_activity_evidence", activity=activity, evidence=EVIDENCE)


def plan(
    asking: Database,
    kind: str,
    title: str,
    commune: str,
    school: str | None,
    held_on: date,
    ages: tuple[int, int],
    planned: int,
    roster: str | None = None,
) -> str:
    """The id of a new activity."""
    made = asking.call(
        "save_activity",
        activity=None,
        kind=kind,
        title=title,
        commune=commune,
        school=school,
        roster=roster,
        held_on=held_on.isoformat(),
        min_age=ages[0],
        max_age=ages[1],
        planned=max(1, planned),
        plan="",
    )
    return str(made[0]["save_activity"])


def hold_session_with_questions(
    asking: Database,
    intake: Intake,
    commune: str,
    school: str,
    cards: Sequence[str],
    questionnaire: Questionnaire,
    answers: Sequence[dict[str, Any]],
    held_on: date,
    chance: random.Random,
    roster: str | None = None,
) -> None:
    """A session of one class that is asked the same before and after it, and knows more afterwards."""
    kind, title = SESSION
    activity = plan(asking, kind, title, commune, school, held_on, (7, 15), len(cards), roster)
    asking.call("record_attendance", activity=activity, cards=list(cards))
    pair = asking.call(
        "create_before_after", activity=activity, before_title="Trước buổi: " + title, after_title="Sau buổi: " + title
    )[0]
    by_score = sorted((one for one in answers if one.get("score") is not None), key=lambda one: int(one["score"]))
    half = len(by_score) // 2
    for consultation, chosen in (
        (pair["before_id"], by_score[: half + half // 2]),
        (pair["after_id"], by_score[half:]),
    ):
        asking.call("open_consultation", consultation=consultation)
        send_answers(intake, str(consultation), questionnaire, held_on, cards, chosen, chance)
        asking.call("close_consultation", consultation=consultation)
