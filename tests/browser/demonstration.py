"""A served instance with synthetic data, and what a test may ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from survey_app.database import Database
from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.demonstration import ACCOUNTS, PRINCIPLES
from tests.served import Served, served


@dataclass(frozen=True)
class Server:
    """A running demonstration, and a way past it to its database."""

    served: Served
    join_code: str
    door: EmbeddedDoor

    @property
    def url(self) -> str:
        return self.served.url

    @property
    def accounts(self) -> dict[str, tuple[str, str]]:
        """Role → (e-mail, password)."""
        return {account.role: (account.email, account.password) for account in ACCOUNTS}

    def as_staff(self, role: str) -> Database:
        """What the demonstration's account of this role may see and do."""
        return self.door.as_user(self.door.sign_in(*self.accounts[role]).token)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database's owner sees."""
        return self.served.rows(statement, *values)

    def open_consultation(
        self, questionnaire: str = "children-7-10", commune: str = "29242", expected: int = 35
    ) -> str:
        """The join code of a new open consultation whose principles and consent are complete."""
        asking = self.as_staff("facilitator")
        version, youngest, oldest = self.rows(
            "select version, min_age, max_age from questionnaire where id = %s order by version desc", questionnaire
        )[0]
        today = date.today().isoformat()
        created = asking.call(
            "create_consultation",
            title="Đợt thử",
            commune=commune,
            school=None,
            held_on=today,
            questionnaire_id=questionnaire,
            questionnaire_version=version,
            min_age=youngest or 7,
            max_age=oldest or 15,
            expected=expected,
        )[0]
        consultation = created["id"]
        asking.call("set_principles", consultation=consultation, principles=PRINCIPLES)
        asking.call(
            "record_guardian_consent", consultation=consultation, method="letter", obtained_on=today, guardians=expected
        )
        asking.call("open_consultation", consultation=consultation)
        return str(created["join_code"])

    @property
    def join_code_older(self) -> str:
        """A new open consultation of ages 11 to 15."""
        return self.open_consultation("children-11-15")


@contextmanager
def demonstration(data_dir: Path, scale: float) -> Iterator[Server]:
    """Serve so much of the demonstration from this folder."""
    with served(data_dir, ["demo", "--scale", str(scale)]) as running:
        door = open_embedded(data_dir)
        joins = [line for line in running.output.splitlines() if line.startswith("join: ")]
        yield Server(running, joins[0].rsplit("/", 1)[1], door)
        door.close()
