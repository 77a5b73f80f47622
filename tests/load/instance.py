"""A served instance with one open consultation of twelve questions, for measuring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.demonstration import PRINCIPLES
from survey_app.questionnaire import read_questionnaire
from tests.served import Served, served

EMAIL, PASSWORD = "bench@example.org", "only-for-measuring"
FORM = """
| survey |
|        | type             | name | label::Tiếng Việt (vi) |
{questions}
|        | text             | wish | Em muốn nói gì?        |
| choices |
|        | list_name | name | label::Tiếng Việt (vi) |
|        | scale     | a    | Không bao giờ          |
|        | scale     | b    | Đôi khi                |
|        | scale     | c    | Luôn luôn              |
| settings |
|        | form_id | version | form_title | default_language |
|        | bench   | 1       | Đo tốc độ  | Tiếng Việt (vi)  |
"""


@dataclass(frozen=True)
class Instance:
    """A served instance and the consultation that is open in it."""

    served: Served
    consultation: str
    join_code: str


@contextmanager
def running_instance(folder: Path) -> Iterator[Instance]:
    """Serve an empty instance, make and open a consultation, stop it all at the end."""
    with served(folder, ["serve"], {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD}) as running:
        door = open_embedded(folder)
        consultation, join_code = _open_consultation(door)
        yield Instance(running, consultation, join_code)
        door.close()


def _open_consultation(door: EmbeddedDoor) -> tuple[str, str]:
    asking = door.as_user(door.sign_in(EMAIL, PASSWORD).token)
    questions = "\n".join(f"|        | select_one scale | q{n} | Câu hỏi {n} |" for n in range(1, 12))
    questionnaire = read_questionnaire(FORM.format(questions=questions).encode(), name="bench.md")
    definition = questionnaire.to_json()
    asking.write(
        "questionnaire",
        [
            {
                "id": questionnaire.id,
                "version": questionnaire.version,
                "title": definition["title"],
                "definition": definition,
            }
        ],
    )
    created = asking.call(
        "create_consultation",
        title="Đo tốc độ",
        commune="29242",
        school=None,
        held_on=date.today().isoformat(),
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        min_age=7,
        max_age=15,
        expected=10000,
    )[0]
    asking.call("set_principles", consultation=created["id"], principles=PRINCIPLES)
    asking.call(
        "record_guardian_consent",
        consultation=created["id"],
        method="letter",
        obtained_on=date.today().isoformat(),
        guardians=10000,
    )
    asking.call("open_consultation", consultation=created["id"])
    return created["id"], created["join_code"]
