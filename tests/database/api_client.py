"""A client of the public side that holds every answer against the API's own description, and a consultation to answer."""

from __future__ import annotations

import json
import re
import uuid
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import jsonschema
from starlette.applications import Starlette

from survey_app.api.openapi import description
from survey_app.database import Database
from survey_app.questionnaire import read_questionnaire
from tests.database.conftest import PRINCIPLES, World, record_consent

with warnings.catch_warnings():
    # Starlette would rather have a successor of httpx, which nothing else here needs.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

FORM, VERSION = "api-thu", "1"
FORM_TEXT = """
| survey |
|        | type            | name | label::Tiếng Việt (vi) | required |
|        | select_one face | vui  | Em có vui không?       | yes      |
|        | text            | mong | Em mong gì?            |          |
|        | integer         | tuoi | Em mấy tuổi?           |          |
|        | select_multiple face | may | Những gì?          |          |
|        | date            | ngay | Ngày nào?              |          |
| choices |
|        | list_name | name | label::Tiếng Việt (vi) |
|        | face      | yes  | Vui                    |
|        | face      | no   | Không vui              |
| settings |
|        | form_id | version | form_title | default_language |
|        | api-thu | 1       | Thử API    | Tiếng Việt (vi)  |
"""
DESCRIBED = description()


def schema_of(name: str) -> dict[str, Any]:
    """A schema of the description that stands alone."""
    return {"$ref": f"#/components/schemas/{name}", "components": DESCRIBED["components"]}


def operation(method: str, path: str) -> dict[str, Any] | None:
    """What the description says of a request."""
    for template, operations in DESCRIBED["paths"].items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path):
            found: dict[str, Any] | None = operations.get(method.lower())
            return found
    return None


def hold_to_description(method: str, path: str, answer: httpx.Response) -> None:
    """Fails when the answer is not one that the description names."""
    assert answer.status_code != 500, f"{method} {path}: {answer.text}"
    described = operation(method, path)
    if described is None:
        assert not path.startswith("/api/") or answer.status_code in (307, 404, 405), (
            f"{method} {path} is not described"
        )
        return
    responses = described["responses"]
    assert str(answer.status_code) in responses, f"{method} {path} answers {answer.status_code}, not described"
    content = responses[str(answer.status_code)].get("content", {})
    kind = answer.headers.get("content-type", "")
    assert not content or kind.split(";")[0] in content, f"{method} {path} answers {kind}, not described"
    if kind.split(";")[0] == "application/json" and content:
        assert kind == "application/json"
        schema = {**content["application/json"]["schema"], "components": DESCRIBED["components"]}
        jsonschema.validate(json.loads(answer.content), schema, jsonschema.Draft202012Validator)


class DescribedClient(TestClient):
    """Each answer is checked against the OpenAPI description."""

    def __init__(self, app: Starlette) -> None:
        super().__init__(app, raise_server_exceptions=False, follow_redirects=False)

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        answer: httpx.Response = super().request(method, url, **options)
        hold_to_description(method, httpx.URL(url).path, answer)
        return answer


@dataclass(frozen=True)
class Asked:
    """A consultation with real questions."""

    id: str
    code: str
    commune: str
    asking: Database


def ask(
    world: World, *, is_open: bool = True, kind: str = "consultation", form: str = FORM, form_text: str = FORM_TEXT
) -> Asked:
    """A consultation made through the functions that the screens use."""
    definition = read_questionnaire(form_text.encode(), name=f"{form}.md").to_json()
    world.rows(
        "insert into questionnaire (id, version, title, definition) values (%s, %s, %s, %s) on conflict do nothing",
        form, VERSION, json.dumps(definition["title"]), json.dumps(definition),
    )  # fmt: skip
    commune = world.new_commune()
    asking = world.as_staff("facilitator", commune)
    made = asking.call(
        "create_consultation", title="Thử <b>API</b>", commune=commune, school=None,
        held_on=datetime.now(UTC).date().isoformat(), questionnaire_id=form, questionnaire_version=VERSION,
        min_age=7, max_age=15, expected=30, kind=kind,
    )[0]  # fmt: skip
    asking.call("set_principles", consultation=made["id"], principles=PRINCIPLES)
    record_consent(asking, made["id"])
    if is_open:
        asking.call("open_consultation", consultation=made["id"])
    return Asked(made["id"], made["join_code"], commune, asking)


def item(consultation: str, **changes: Any) -> dict[str, Any]:
    """A submission as the web form sends it."""
    now = datetime.now(UTC).isoformat()
    content = {
        "id": str(uuid.uuid4()), "consultation": consultation, "questionnaire": FORM, "version": VERSION, "language": "vi",
        "card": None, "assent": {"version": 1, "given": True}, "started_at": now, "finished_at": now,
        "device": str(uuid.uuid4()), "receipt": uuid.uuid4().hex[:10].upper(), "answers": {"vui": "yes"},
    }  # fmt: skip
    return {**content, **changes}


def body_of(items: Sequence[bytes | dict[str, Any]], sent_at: Any = None) -> bytes:
    """A batch; items that are bytes go into it as they are."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in items]
    sent = json.dumps(sent_at or datetime.now(UTC).isoformat()).encode()
    return b'{"sent_at":' + sent + b',"submissions":[' + b",".join(parts) + b"]}"


def send(client: DescribedClient, *items: bytes | dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """The verdicts of a batch."""
    answer = client.post("/api/submissions", content=body_of(items, options.pop("sent_at", None)), **options)
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    assert [result["index"] for result in results] == list(range(len(items)))
    return results
