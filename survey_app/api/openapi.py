"""The API's description (OpenAPI 3.1), made from the types that read the requests, so that it stays true."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from survey_app.api.attachments import LARGEST_PART, PART_TYPE, Arrivals
from survey_app.api.feedback import FeedbackAsked, FeedbackRating
from survey_app.api.submission import LARGEST_BATCH, LARGEST_BODY, Batch
from survey_app.api.tablets import Presence, Withdrawal
from survey_app.api.throttle import FIGURES_A_MINUTE
from survey_app.data_for_others.shapes import DataElements, DataValueSet, Figures, Metadata


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one submission. Only created, duplicate and gone take it off a tablet."""

    index: int
    id: UUID | None
    verdict: Literal["created", "duplicate", "conflict", "gone", "refused"]
    reason: str | None = None
    message: str | None = None


class Verdicts(msgspec.Struct, frozen=True):
    """One verdict for each submission of the batch, in its order."""

    results: list[Verdict]


class Place(msgspec.Struct, frozen=True):
    code: str
    name: str


class Consultation(msgspec.Struct, frozen=True):
    """All that a tablet needs to run a consultation."""

    id: UUID
    code: str
    kind: Literal["consultation", "community_survey", "before_after"]
    status: Literal["open"]
    held_on: str
    min_age: int
    max_age: int
    commune: Place
    school: str | None
    demonstration: bool
    assent_version: int
    questionnaire: dict[str, Any]
    photos_allowed: bool
    pin_digest: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    """SHA-256 of "<id>:<PIN>": keeps a child from leaving the form."""
    media: dict[str, str]
    """File named in the questionnaire → its name under /webform/media/."""
    recordings: dict[str, dict[str, str]]
    """Language → "question:<name>" or "choice:<list>/<name>" → name under /webform/media/. Wins over the form's own sound."""


Texts = dict[str, str]
"""Language → text; Vietnamese is always there."""


class FeedbackAnswer(msgspec.Struct, frozen=True):
    """What a body answers to a theme, what it will do, and what came of it."""

    id: UUID
    body: str
    answer: Texts
    promise: Texts
    outcome: Texts
    due_on: str | None
    status: Literal["planned", "under_way", "done", "declined"]


class FeedbackTheme(msgspec.Struct, frozen=True):
    """What children said."""

    name: Texts
    said: Texts
    answers: list[FeedbackAnswer]


class Feedback(msgspec.Struct, frozen=True):
    """What was answered to a consultation; nothing of staff, nothing of a single child."""

    code: str
    state: Literal["published", "not_yet"]
    school: str | None
    commune: Place
    held_on: str
    published_on: str | None
    themes: list[FeedbackTheme]


class FeedbackOfCommune(msgspec.Struct, frozen=True):
    consultations: list[Feedback]


class CommuneWithFeedback(msgspec.Struct, frozen=True):
    code: str
    name: str
    consultations: int


class CommunesWithFeedback(msgspec.Struct, frozen=True):
    communes: list[CommuneWithFeedback]


class RatingCounted(msgspec.Struct, frozen=True):
    counted: Literal[True]


class CommunitySurvey(msgspec.Struct, frozen=True):
    code: str
    title: str
    commune: str


class CommunitySurveys(msgspec.Struct, frozen=True):
    surveys: list[CommunitySurvey]


class Error(msgspec.Struct, frozen=True):
    """Why nothing was done, as a code and in words."""

    error: str
    message: str


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    status: Literal["ok", "unavailable"]
    database: Literal["ok", "unavailable"]
    milliseconds: float | None = None


class Pong(msgspec.Struct, frozen=True):
    survey_app: Literal["pong"]


class Withdrawn(msgspec.Struct, frozen=True):
    withdrawn: Literal[True]


class Arrived(msgspec.Struct, frozen=True):
    """A submission that is here."""

    id: UUID
    complete: bool
    """With all that was announced to follow it."""


class ArrivedOnes(msgspec.Struct, frozen=True):
    """Those of the submissions asked after that are here, in any order."""

    arrived: list[Arrived]


_TYPES = (
    Batch,
    Verdicts,
    Consultation,
    CommunitySurveys,
    Error,
    Health,
    Pong,
    Presence,
    Withdrawal,
    Withdrawn,
    Arrivals,
    ArrivedOnes,
    Feedback,
    FeedbackAsked,
    FeedbackRating,
    FeedbackOfCommune,
    CommunesWithFeedback,
    RatingCounted,
    Figures,
    DataValueSet,
    Metadata,
    DataElements,
)

_CODE = {"name": "code", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]{6}$"}}
_ATTACHMENT = [
    {"name": "submission", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
    {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
]
_YEAR = {
    "name": "year",
    "in": "query",
    "required": True,
    "schema": {"type": "string", "pattern": "^(19|20|21)[0-9]{2}$"},
}
_PROGRESS = {
    "Upload-Offset": {"description": "bytes that are here", "schema": {"type": "integer"}},
    "Upload-Length": {"description": "bytes of the whole", "schema": {"type": "integer"}},
    "Upload-Stored": {"description": "true when all of it is verified and stored", "schema": {"const": "true"}},
    "Tus-Resumable": {"description": "the version of tus", "schema": {"const": "1.0.0"}},
}


def description() -> dict[str, Any]:
    """The OpenAPI document."""
    _, components = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Children's consultations",
            "version": "1",
            "description": f"For tablets and scripts. A body is at most {LARGEST_BODY} bytes, a batch at most {LARGEST_BATCH} submissions.",
        },
        "paths": {
            "/api/consultations/{code}": {
                "get": {
                    "summary": "An open consultation by its join code",
                    "parameters": [_CODE],
                    "responses": _answers(Consultation, 404, 410, 429, 503),
                }
            },
            "/api/submissions": {
                "post": {
                    "summary": "Store submissions, each with its own verdict",
                    "requestBody": _body(Batch),
                    "responses": _answers(Verdicts, 400, 413, 422, 503),
                }
            },
            "/api/presence": {
                "post": {
                    "summary": "What a tablet says of itself while a consultation runs",
                    "requestBody": _body(Presence),
                    "responses": {"204": {"description": "noted"}, **_errors(400, 413, 422, 503)},
                }
            },
            "/api/withdrawals": {
                "post": {
                    "summary": "A child takes her answers back by her receipt",
                    "requestBody": _body(Withdrawal),
                    "responses": _answers(Withdrawn, 400, 404, 413, 422, 429, 503),
                }
            },
            "/api/attachments/{submission}/{name}": {
                "head": {
                    "summary": "How much of an attachment is here (tus 1.0); 404 unknown, 410 withdrawn or not taken",
                    "parameters": _ATTACHMENT,
                    "responses": {
                        "204": {"description": "see the headers", "headers": _PROGRESS},
                        **{str(status): {"description": "no such upload"} for status in (404, 410)},
                        **{str(status): {"description": "come again later"} for status in (429, 503)},
                    },
                },
                "patch": {
                    "summary": f"The bytes of an attachment from Upload-Offset on, at most {LARGEST_PART} a request (tus 1.0). "
                    "409: another offset; 422: the whole is not what was announced, begin again at 0",
                    "parameters": [
                        *_ATTACHMENT,
                        {"name": "Upload-Offset", "in": "header", "required": True, "schema": {"type": "integer"}},
                    ],
                    "requestBody": {"required": True, "content": {PART_TYPE: {"schema": {"type": "string"}}}},
                    "responses": {
                        "204": {"description": "kept", "headers": _PROGRESS},
                        **_errors(400, 404, 409, 410, 413, 415, 422, 429, 503),
                    },
                },
            },
            "/api/arrivals": {
                "post": {
                    "summary": "Which submissions are here, with all that belongs to them",
                    "requestBody": _body(Arrivals),
                    "responses": _answers(ArrivedOnes, 400, 413, 422, 503),
                }
            },
            "/api/feedback": {
                "post": {
                    "summary": "What was answered to the consultation that a child took part in, by her receipt",
                    "requestBody": _body(FeedbackAsked),
                    "responses": _answers(Feedback, 400, 404, 413, 422, 429, 503),
                }
            },
            "/api/feedback/ratings": {
                "post": {
                    "summary": "Whether a child finds an answer good",
                    "requestBody": _body(FeedbackRating),
                    "responses": _answers(RatingCounted, 400, 404, 413, 422, 503),
                }
            },
            "/api/feedback/{code}": {
                "get": {
                    "summary": "What was answered to a consultation, by its join code",
                    "parameters": [_CODE],
                    "responses": _answers(Feedback, 404, 429, 503),
                }
            },
            "/api/communes-with-feedback": {
                "get": {
                    "summary": "Communes whose children were answered",
                    "responses": _answers(CommunesWithFeedback, 503),
                }
            },
            "/api/communes/{code}/feedback": {
                "get": {
                    "summary": "What was answered to children of a commune, newest first, at most 20 consultations",
                    "parameters": [{**_CODE, "schema": {"type": "string", "pattern": "^[0-9]{2,5}$"}}],
                    "responses": _answers(FeedbackOfCommune, 503),
                }
            },
            "/api/community-surveys": {
                "get": {"summary": "Open community surveys", "responses": _answers(CommunitySurveys, 503)}
            },
            "/api/data/indicators": {
                "get": {
                    "summary": f"The indicators of a year, small counts hidden. For other systems: at most {FIGURES_A_MINUTE} a minute "
                    "and token; tokens are made by an administrator under Settings",
                    "security": [{"token": []}],
                    "parameters": [_YEAR, _format("json", "csv", "dhis2", "sdmx-json")],
                    "responses": {
                        "200": {
                            "description": "the figures; dhis2 is a data value set, by code; sdmx-json an SDMX-JSON 2.0 data message",
                            "content": {
                                **_either(Figures, DataValueSet),
                                "text/csv": {"schema": {"type": "string"}},
                                "application/vnd.sdmx.data+json": {"schema": {"type": "object"}},
                            },
                        },
                        **_errors(401, 422, 429, 503),
                    },
                }
            },
            "/api/data/metadata": {
                "get": {
                    "summary": "What the indicators' figures mean; dhis2: the data elements to import first",
                    "security": [{"token": []}],
                    "parameters": [_format("json", "dhis2")],
                    "responses": {
                        "200": {"description": "done", "content": _either(Metadata, DataElements)},
                        **_errors(401, 422, 429, 503),
                    },
                }
            },
            "/api/ping": {"get": {"summary": "Proves being online", "responses": _answers(Pong)}},
            "/api/openapi.json": {
                "get": {
                    "summary": "This description",
                    "responses": {
                        "200": {"description": "done", "content": {"application/json": {"schema": {"type": "object"}}}}
                    },
                }
            },
            "/health": {
                "get": {
                    "summary": "Whether the database can be written",
                    "responses": {**_answers(Health), "503": _content("it cannot", Health)},
                }
            },
            "/auth/sign-in": {
                "post": {
                    "summary": "Staff sign in by form; sets a cookie and goes on to /staff/, or back to /sign-in with the reason",
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/x-www-form-urlencoded": {
                                "schema": {
                                    "type": "object",
                                    "properties": {"email": {"type": "string"}, "password": {"type": "string"}},
                                    "required": ["email", "password"],
                                }
                            }
                        },
                    },
                    "responses": {
                        "303": {"description": "see Location"},
                        "403": {"description": "sent from another site"},
                    },
                }
            },
            "/auth/sign-out": {
                "post": {
                    "summary": "Ends the session",
                    "responses": {
                        "303": {"description": "see Location"},
                        "403": {"description": "sent from another site"},
                    },
                }
            },
        },
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _format(*kinds: str) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(kinds), "default": kinds[0]}
    return {"name": "format", "in": "query", "required": False, "schema": schema}


def _either(*kinds: type) -> dict[str, Any]:
    references = [{"$ref": f"#/components/schemas/{kind.__name__}"} for kind in kinds]
    return {"application/json": {"schema": {"anyOf": references}}}


def _answers(kind: type, *errors: int) -> dict[str, Any]:
    return {"200": _content("done", kind), **_errors(*errors)}


def _errors(*statuses: int) -> dict[str, Any]:
    return {str(status): _content("nothing was done", Error) for status in statuses}


def _body(kind: type) -> dict[str, Any]:
    return {"required": True, **_json(kind)}


def _content(words: str, kind: type) -> dict[str, Any]:
    return {"description": words, **_json(kind)}


def _json(kind: type) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{kind.__name__}"}}}}
