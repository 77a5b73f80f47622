"""A world to test in: communes, a questionnaire, staff and consultations of a test's own."""

from __future__ import annotations

import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher

from survey_app.database import Database, Door
from survey_app.database.accounts import issue_token
from survey_app.database.embedded import SCHEMA_FILE, EmbeddedDoor
from survey_app.database.supabase import SupabaseDoor, open_supabase
from survey_app.database.voucher import voucher
from survey_app.settings import Settings, load_settings
from tests.supabase_standin.server import Standin

PASSWORD = "mười-hai-con-vịt"
PRINCIPLES = ["voluntary", "informed", "age_suited", "safe_private", "trained_facilitator", "feedback_planned"]
FORM, VERSION = "thu-nghiem", "1"
AddStaff = Callable[[str, str, str, str | None, str | None], str]
_HASH = PasswordHasher().hash(PASSWORD)
_numbers = itertools.count(int.from_bytes(os.urandom(2)) % 20_000 + 50_000)


def owner_conninfo(door: EmbeddedDoor) -> str:
    return psycopg.conninfo.make_conninfo(host=str(door.data_dir / "postgres"), dbname="postgres", user="postgres")


@dataclass
class World:
    """A door under test, and the way of the database's owner past it."""

    door: Door
    owner: psycopg.Connection[Any]
    add_staff: AddStaff
    issue: Callable[[str, int], str] | None = None
    """A token for an account's id with so many seconds to live; None where only signing in gives one."""

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = self.owner.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []

    def value(self, statement: str, *values: Any) -> Any:
        return self.rows(statement, *values)[0][0]

    def new_commune(self) -> str:
        """A commune's code that no other test uses."""
        code = f"{next(_numbers):05d}"
        self.rows("insert into unit (code, name, kind) values (%s, %s, 'xã')", code, f"Xã {code}")
        return code

    def new_account(self, role: str, commune: str | None = None, school: str | None = None) -> tuple[str, str]:
        """The e-mail of a new member of staff and her id."""
        email = f"{role}-{uuid.uuid4().hex[:12]}@example.org"
        return email, self.add_staff(email, "Cô Lan", role, commune, school)

    def as_staff(self, role: str, commune: str | None = None, school: str | None = None) -> Database:
        email, user_id = self.new_account(role, commune, school)
        return self.door.as_user(self.issue(user_id, 3600) if self.issue else self.door.sign_in(email, PASSWORD).token)

    def new_school(self, commune: str) -> str:
        statement = "insert into school (commune_code, name, kind) values (%s, %s, 'primary') returning id"
        return str(self.value(statement, commune, f"Trường {uuid.uuid4().hex[:6]}"))

    def new_consultation(
        self, asking: Database, commune: str, *, held_on: date | None = None, counted: bool = True, is_open: bool = True,
        school: str | None = None, ages: tuple[int, int] = (7, 15), kind: str = "consultation",
    ) -> str:  # fmt: skip
        """The id of a consultation made through the functions that the screens use."""
        self.rows("insert into questionnaire values (%s, %s, '{}', '{}') on conflict do nothing", FORM, VERSION)
        made = asking.call(
            "create_consultation", title="Đợt thử", commune=commune, school=school,
            held_on=(held_on or datetime.now(UTC).date()).isoformat(), questionnaire_id=FORM,
            questionnaire_version=VERSION, min_age=ages[0], max_age=ages[1], expected=30, kind=kind,
        )[0]["id"]  # fmt: skip
        if counted:
            asking.call("set_principles", consultation=made, principles=PRINCIPLES)
            record_consent(asking, made)
        if is_open:
            asking.call("open_consultation", consultation=made)
        return str(made)

    def new_cards(self, commune: str, count: int, birth_year: int, birth_month: int | None = None) -> list[str]:
        """Cards written past issue_cards, which has tests of its own."""
        cards = [f"VOI{next(_numbers) % 10_000:04d}" for _ in range(count)]
        for card in cards:
            self.rows(
                "insert into participant (commune_code, card, birth_year, birth_month) values (%s, %s, %s, %s)",
                commune, card, birth_year, birth_month,
            )  # fmt: skip
        return cards


def record_consent(asking: Database, consultation: str) -> None:
    today = datetime.now(UTC).date().isoformat()
    asking.call("record_guardian_consent", consultation=consultation, method="letter", obtained_on=today, guardians=30)


def submission(consultation: str, **changes: Any) -> dict[str, Any]:
    """The content of a submission as a tablet makes it."""
    now = datetime.now(UTC).isoformat()
    content = {
        "id": str(uuid.uuid4()), "consultation": consultation, "questionnaire": FORM, "version": VERSION, "language": "vi",
        "card": None, "assent": {"version": 1, "given": True}, "started_at": now, "finished_at": now,
        "device": str(uuid.uuid4()), "receipt": uuid.uuid4().hex[:10].upper(), "answers": {"vui": "yes"},
    }  # fmt: skip
    return {**content, **changes}


def batch_text(
    *contents: dict[str, Any], sent_at: str | None = None, problems: list[dict[str, str]] | None = None
) -> str:
    sent = sent_at or datetime.now(UTC).isoformat()
    items = [{"content": content, "problems": problems or [], "sent_at": sent} for content in contents]
    return json.dumps({"submissions": items}, ensure_ascii=False)


def submit(door: Door, *contents: dict[str, Any], **batch: Any) -> list[str]:
    """The verdicts of a batch that the application has checked."""
    text = batch_text(*contents, **batch)
    vouched = voucher(door.submission_secret, text) if door.submission_secret else None
    rows = door.as_anonymous().call("submit", batch=text, voucher=vouched)
    return [row["verdict"] for row in sorted(rows, key=lambda row: int(row["index"]))]


@pytest.fixture(scope="session")
def standin(embedded_door: EmbeddedDoor) -> Iterator[Standin]:
    """A project whose Storage is there before the schema is run once more, which then writes its policies."""
    running = Standin(owner_conninfo(embedded_door))
    with psycopg.connect(owner_conninfo(embedded_door), autocommit=True) as owner:
        owner.execute(SCHEMA_FILE.read_bytes())
    yield running
    running.stop()


@pytest.fixture(scope="session")
def supabase_door(standin: Standin, embedded_door: EmbeddedDoor) -> Iterator[SupabaseDoor]:
    """The door to the stand-in, over the same database as the embedded door."""
    door = open_supabase(
        Settings(
            supabase_url=standin.url,
            supabase_anon_key=standin.anon_key,
            submission_secret=embedded_door.submission_secret,
        )
    )
    yield door
    door.close()


@pytest.fixture
def world(embedded_door: EmbeddedDoor) -> Iterator[World]:
    """The embedded door."""
    with psycopg.connect(owner_conninfo(embedded_door), autocommit=True) as owner:
        secret = owner.execute("select value from private.setting where name = 'token_secret'").fetchone()

        def issue(user_id: str, seconds: int) -> str:
            return issue_token(str((secret or ("",))[0]), uuid.UUID(user_id), timedelta(seconds=seconds)).token

        yield World(embedded_door, owner, _adding_staff(owner), issue)


DOORS = ["embedded", "supabase", *(["project"] if os.environ.get("SUPABASE_URL") else [])]


@pytest.fixture(params=DOORS)
def each_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Every door: embedded, Supabase by its stand-in, and a real project where SUPABASE_URL, SUPABASE_ANON_KEY,
    SUBMISSION_SECRET and SUPABASE_DB_URL (its owner's connection string, for setting up) name one for testing."""
    if request.param == "project":
        settings = load_settings()
        with psycopg.connect(os.environ["SUPABASE_DB_URL"], autocommit=True) as owner:
            yield World(open_supabase(settings), owner, _adding_staff_of_a_project(owner))
        return
    embedded: World = request.getfixturevalue("world")
    if request.param == "embedded":
        yield embedded
        return
    standin: Standin = request.getfixturevalue("standin")
    door: SupabaseDoor = request.getfixturevalue("supabase_door")
    yield World(door, embedded.owner, embedded.add_staff, standin.auth.issue)


def _adding_staff(owner: psycopg.Connection[Any]) -> AddStaff:
    """As EmbeddedDoor.add_staff, without the time that a hash takes on purpose."""

    def add_staff(email: str, name: str, role: str, commune: str | None, school: str | None) -> str:
        statement = "insert into auth.users (email, password_hash) values (%s, %s) returning id"
        return _with_role(owner, owner.execute(statement, (email, _HASH)), name, role, commune, school)

    return add_staff


def _adding_staff_of_a_project(owner: psycopg.Connection[Any]) -> AddStaff:
    def add_staff(email: str, name: str, role: str, commune: str | None, school: str | None) -> str:
        made = owner.execute(
            "insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, "
            "raw_app_meta_data, raw_user_meta_data, created_at, updated_at, confirmation_token, recovery_token, "
            "email_change, email_change_token_new) values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), "
            "'authenticated', 'authenticated', %s, extensions.crypt(%s, extensions.gen_salt('bf')), now(), "
            """'{"provider": "email", "providers": ["email"]}', '{}', now(), now(), '', '', '', '') returning id""",
            (email, PASSWORD),
        )
        return _with_role(owner, made, name, role, commune, school)

    return add_staff


def _with_role(
    owner: psycopg.Connection[Any],
    made: psycopg.Cursor[Any],
    name: str,
    role: str,
    commune: str | None,
    school: str | None,
) -> str:
    (user_id,) = made.fetchone()
    owner.execute(
        "insert into public.staff (id, name, role, commune_code, school_id) values (%s, %s, %s, %s, %s)",
        (user_id, name, role, commune, school),
    )
    return str(user_id)
