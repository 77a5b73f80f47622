"""Synthetic consultations, activities, answers to children and petitions over three years, made through the same functions as real ones.

No child is behind any of it. The instance says so on every screen, and nothing real may be mixed in.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from survey_app.api.intake import Intake
from survey_app.database import Database, Door, Unavailable
from survey_app.database.embedded import EmbeddedDoor
from survey_app.demonstration_activities import (
    CLASS,
    EFFORTS,
    MODELS,
    hold_activities,
    hold_session_with_questions,
    plan,
)
from survey_app.demonstration_answers import send_answers
from survey_app.demonstration_feedback import RATED, answer_children, release_and_group
from survey_app.demonstration_petitions import register_petitions
from survey_app.questionnaire import Questionnaire
from survey_app.synthetic_answers import synthetic_answers

YEARS = 3
SCHOOLS = (("Trường Tiểu học {commune}", "primary", 7, 10), ("Trường THCS {commune}", "lower_secondary", 11, 15))
PRINCIPLES = ["voluntary", "informed", "age_suited", "safe_private", "trained_facilitator", "feedback_planned"]
OPEN_COMMUNE = "29242"
"""Its first school has the consultation that stays open."""
SEED = 2221
LOADING = "loading"
SYNTHETIC = " (mô phỏng)"
CLASS_NAME = "Lớp 4A"
BEFORE_AFTER = "right-to-participate"
_BACKDATED = """
update public.consultation c
set opened_at = c.held_on + time '00:15', closed_at = c.held_on + time '04:00',
    published_at = case when c.published_at is not null then
        least(c.published_at, c.held_on + interval '25 days' + extract(day from c.held_on) * interval '1 day') end
where c.status = 'closed'
"""
"""As if it had been done in time: opened and closed on its day, answered some weeks later."""


@dataclass(frozen=True)
class DemonstrationAccount:
    """An account that everyone may know."""

    role: str
    email: str
    password: str
    name: str
    commune_code: str | None = None


ACCOUNTS = (
    DemonstrationAccount("facilitator", "huongdan@example.org", "trang-giay-xanh", "Cô Lan (mô phỏng)"),
    DemonstrationAccount("officer", "canbo@example.org", "ben-song-que", "Anh Phúc (mô phỏng)", OPEN_COMMUNE),
    DemonstrationAccount("reviewer", "rasoat@example.org", "con-duong-lang", "Anh Minh (mô phỏng)"),
    DemonstrationAccount("protection_officer", "baove@example.org", "canh-tay-am", "Chị Thảo (mô phỏng)"),
    DemonstrationAccount("administrator", "quantri@example.org", "dong-song-tien", "Chị Hoa (mô phỏng)"),
)


@dataclass(frozen=True)
class _School:
    id: str
    commune: str
    name: str
    youngest: int
    oldest: int
    pupils: list[tuple[str, int]]
    """Card and year of birth."""


def load(door: EmbeddedDoor, *, scale: float = 1.0, report: Callable[[str], None] = lambda _line: None) -> None:
    """Fill an empty instance; one that holds the demonstration already is left as it is.

    `scale` from 0.01 to 1 says how many children take part. Raises Unavailable when real consultations are there.
    """
    owner = door.as_owner()
    state = _state(owner)
    if state is True:
        return
    if state == LOADING:
        # Broken off half-way: all of it is synthetic, so begin again.
        door.execute_as_owner(
            "truncate public.consultation, public.participant, public.school, private.participation_tally, private.area_tally "
            "cascade"
        )
    elif any(len(owner.read(table, columns=["id"])) for table in ("consultation", "activity", "roster", "petition")):
        raise Unavailable(
            "this data folder holds a real instance; the demonstration needs a folder of its own (DATA_DIR)"
        )
    owner.write("setting", [{"name": "demonstration", "value": LOADING}])
    for account in ACCOUNTS:
        door.add_staff(account.email, account.password, account.name, account.role, account.commune_code)
    asking = _signed_in(door, "facilitator")
    administering = _signed_in(door, "administrator")

    chance = random.Random(SEED)  # noqa: S311 - the same demonstration each time
    today = date.today()
    communes = administering.read("unit", columns=["code", "name"], where={"valid_to": None}, order=["code"])
    questionnaires = _questionnaires(administering)
    answers = {key: synthetic_answers(q, chance, 200) for key, q in questionnaires.items()}
    intake = Intake(door)
    asked = _before_and_after(administering, chance)
    classes: list[str] = []
    for number, (code, name) in enumerate(communes.itertuples(index=False), start=1):
        report(f"  dữ liệu mô phỏng (synthetic data) {number}/{len(communes)}: {name}")
        children = round(_children(administering, code, today.year) * scale)
        schools = list(_schools(administering, code, name, children, today, chance))
        years = range(today.year - YEARS + 1, today.year + 1)
        for school in schools:
            for year in years:
                _year(asking, intake, school, year, today, questionnaires, answers, chance)
        pupils = [pupil for school in schools for pupil in school.pupils]
        hold_activities(
            asking, code, schools[-1].id, children, pupils, years, today, EFFORTS[number % len(EFFORTS)], chance
        )
        if code == OPEN_COMMUNE:
            classes.append(_class(asking, schools[0], today))
            _open_commune(asking, intake, schools, classes[0], asked, today, chance)
        elif number % 10 == 1:
            _session(asking, intake, schools[-1], asked, today, chance)
    register_petitions(asking, [OPEN_COMMUNE, *communes["code"].tolist()], today, chance)
    door.execute_as_owner(_BACKDATED)
    door.execute_as_owner(RATED)
    _open_one(asking, today, questionnaires, classes[0] if classes else None)
    owner.write("setting", [{"name": "demonstration", "value": True}])


def is_broken_off(door: EmbeddedDoor) -> bool:
    """Whether a demonstration was begun here and not finished: nothing to show, and nothing real."""
    return bool(_state(door.as_owner()) == LOADING)


def open_join_code(door: Door) -> str:
    """The join code of the demonstration's open consultation; one is opened when somebody has closed the last."""
    asking = _signed_in(door, "facilitator")
    for where in ({"status": "open", "commune_code": OPEN_COMMUNE}, {"status": "open"}):
        found = asking.read("consultation", columns=["held_on", "join_code"], where=where)
        if not found.empty:
            return str(found["join_code"].iloc[-1])
    return _open_one(asking, date.today(), _questionnaires(asking))


def _state(owner: Database) -> Any:
    return owner.read("setting", columns=["value"], where={"name": "demonstration"})["value"].tolist()[0]


def _signed_in(door: Door, role: str) -> Database:
    account = next(account for account in ACCOUNTS if account.role == role)
    return door.as_user(door.sign_in(account.email, account.password).token)


def _questionnaires(database: Database) -> dict[tuple[int, int], Questionnaire]:
    """By the youngest and oldest age that each is for."""
    rows = database.read("questionnaire", columns=["id", "version", "definition"])
    # What is asked before and after an activity is no consultation.
    rows = rows[rows["id"] != BEFORE_AFTER]
    found = [Questionnaire.from_json(definition) for definition in rows["definition"]]
    return {(q.min_age, q.max_age): q for q in found if q.min_age is not None and q.max_age is not None}


def _before_and_after(database: Database, chance: random.Random) -> tuple[Questionnaire, list[dict[str, Any]]]:
    """What is asked before and after a session, and answers to it."""
    rows = database.read("questionnaire", columns=["definition"], where={"id": BEFORE_AFTER}, order=["version"])
    questionnaire = Questionnaire.from_json(rows["definition"].iloc[-1])
    return questionnaire, synthetic_answers(questionnaire, chance, 200)


def _children(database: Database, commune: str, year: int) -> float:
    table = database.read(
        "population",
        columns=["age", "children"],
        where={"commune_code": commune, "year": year, "age": list(range(7, 16))},
    )
    return float(table["children"].sum())


def _schools(
    database: Database, commune: str, commune_name: str, children: int, today: date, chance: random.Random
) -> Iterator[_School]:
    """Two schools with cards for about a third of the commune's children, by single year of birth."""
    for pattern, kind, youngest, oldest in SCHOOLS:
        school = str(uuid.uuid5(uuid.NAMESPACE_URL, f"demonstration:{commune}:{kind}"))
        named = pattern.format(commune=commune_name.split(" ", 1)[1])
        database.write(
            "school",
            [
                {
                    "id": school,
                    "commune_code": commune,
                    "name": named,
                    "kind": kind,
                }
            ],
        )
        pupils: list[tuple[str, int]] = []
        # Children who were in this school in earlier years have cards, too.
        for age in range(youngest, oldest + YEARS):
            quantity = max(2, round(children / 9 * 0.62))
            rows = database.call(
                "issue_cards",
                commune=commune,
                school=school,
                quantity=quantity,
                birth_year=today.year - age,
                sex=chance.choice(["female", "male"]),
            )
            pupils.extend((row["card"], today.year - age) for row in rows)
        yield _School(school, commune, named, youngest, oldest, pupils)


def _year(
    asking: Database,
    intake: Intake,
    school: _School,
    year: int,
    today: date,
    questionnaires: dict[tuple[int, int], Questionnaire],
    answers: dict[tuple[int, int], list[dict[str, Any]]],
    chance: random.Random,
) -> None:
    """One school's consultation of one year: most children of the school, or no consultation at all."""
    first_day, last_day = date(year, 1, 15), min(date(year, 12, 20), today - timedelta(days=1))
    if last_day < first_day or chance.random() < 0.22 - 0.06 * (year - today.year):
        return
    ages = min(key for key in questionnaires if key[0] == school.youngest)
    questionnaire = questionnaires[ages]
    held_on = first_day + timedelta(days=chance.randrange((last_day - first_day).days + 1))
    pupils = [card for card, born in school.pupils if ages[0] <= year - born - 1 and year - born <= ages[1]]
    taking_part = chance.sample(pupils, round(len(pupils) * chance.uniform(0.35, 0.95)))
    if not taking_part:
        return
    uncarded = round(len(taking_part) * chance.choice([0, 0, 0, 0.04]))
    consultation = _create(asking, school.id, school.commune, held_on, questionnaire, len(taking_part) + uncarded)
    if chance.random() < 0.93:
        _complete(asking, consultation, held_on, len(taking_part))
    asking.call("open_consultation", consultation=consultation)
    cards: list[str | None] = [*taking_part, *[None] * uncarded]
    send_answers(intake, consultation, questionnaire, held_on, cards, answers[ages], chance)
    asking.call("close_consultation", consultation=consultation)
    body = school.name + SYNTHETIC
    if school.commune == OPEN_COMMUNE and year == today.year:
        release_and_group(asking, consultation, body, held_on, today, chance)
    else:
        answer_children(asking, consultation, body, held_on, today, chance)


def _create(
    asking: Database, school: str, commune: str, held_on: date, questionnaire: Questionnaire, expected: int
) -> str:
    rows = asking.call(
        "create_consultation",
        title=questionnaire.title["vi"],
        commune=commune,
        school=school,
        held_on=held_on.isoformat(),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        min_age=questionnaire.min_age,
        max_age=questionnaire.max_age,
        expected=max(1, expected),
    )
    return str(rows[0]["id"])


def _complete(asking: Database, consultation: str, held_on: date, guardians: int) -> None:
    asking.call("set_principles", consultation=consultation, principles=PRINCIPLES)
    asking.call(
        "record_guardian_consent",
        consultation=consultation,
        method="letter",
        obtained_on=(held_on - timedelta(days=5)).isoformat(),
        guardians=guardians,
    )


def _class(asking: Database, school: _School, today: date) -> str:
    """A class of the facilitator's with cards of its own, from which she prints sheets and taps who is there."""
    found = asking.call(
        "save_roster", roster=None, commune=school.commune, school=school.id, name=CLASS_NAME + SYNTHETIC
    )
    roster = str(found[0]["save_roster"])
    for sex in ("female", "male"):
        asking.call("issue_roster_cards", roster=roster, quantity=CLASS // 2, birth_year=today.year - 9, sex=sex)
    return roster


def _open_commune(
    asking: Database,
    intake: Intake,
    schools: Sequence[_School],
    roster: str,
    asked: tuple[Questionnaire, list[dict[str, Any]]],
    today: date,
    chance: random.Random,
) -> None:
    """A session of the class, and a council that is yet to be held."""
    cards = asking.read("roster_member", columns=["card"], where={"roster_id": roster}, order=["card"])["card"].tolist()
    held_on = today - timedelta(days=6)
    hold_session_with_questions(
        asking, intake, schools[0].commune, schools[0].id, cards, *asked, held_on, chance, roster
    )
    kind, title = MODELS[0]
    plan(asking, kind, title, schools[-1].commune, schools[-1].id, today + timedelta(days=9), (11, 15), 20)


def _session(
    asking: Database,
    intake: Intake,
    school: _School,
    asked: tuple[Questionnaire, list[dict[str, Any]]],
    today: date,
    chance: random.Random,
) -> None:
    """A session that a class of an older school was asked about before and after."""
    held_on = today - timedelta(days=20 + chance.randrange(40))
    of_age = [card for card, born in school.pupils if today.year - born - 1 >= 11 and today.year - born <= 15]
    cards = chance.sample(of_age, min(CLASS, len(of_age)))
    hold_session_with_questions(asking, intake, school.commune, school.id, cards, *asked, held_on, chance)


def _open_one(
    asking: Database, today: date, questionnaires: dict[tuple[int, int], Questionnaire], roster: str | None = None
) -> str:
    """Open the consultation that a visitor joins from her own phone; its join code."""
    youngest = min(questionnaires)
    school = asking.read("school", columns=["id", "kind"], where={"commune_code": OPEN_COMMUNE, "kind": "primary"})[
        "id"
    ].iloc[0]
    consultation = _create(asking, str(school), OPEN_COMMUNE, today, questionnaires[youngest], 35)
    _complete(asking, consultation, today, 35)
    if roster is not None:
        asking.call("set_consultation_roster", consultation=consultation, roster=roster)
    asking.call("open_consultation", consultation=consultation)
    opened = asking.read("consultation", columns=["join_code"], where={"id": consultation})
    return str(opened["join_code"].iloc[0])
