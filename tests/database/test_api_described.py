"""/api/openapi.json is valid, and it describes every route and nothing else. Every answer of the other tests is held to it."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import jsonschema
import pytest
from starlette.routing import Route

from survey_app.api.public_side import public_side
from survey_app.settings import Settings
from tests.database.api_client import DESCRIBED, DescribedClient, hold_to_description, item, schema_of
from tests.database.conftest import World

CONTENT = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "required": ["schema"],
        "properties": {"schema": {"type": "object"}},
        "additionalProperties": False,
    },
}
OPERATION = {
    "type": "object",
    "required": ["summary", "responses"],
    "properties": {
        "summary": {"type": "string", "minLength": 1},
        "security": {"const": [{"token": []}]},
        "parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "in", "required", "schema"],
                "properties": {
                    "name": {"type": "string"},
                    "in": {"enum": ["path", "header", "query"]},
                    "required": {"type": "boolean"},
                },
            },
        },
        "requestBody": {
            "type": "object",
            "required": ["content"],
            "properties": {"required": {"type": "boolean"}, "content": CONTENT},
            "additionalProperties": False,
        },
        "responses": {
            "type": "object",
            "minProperties": 1,
            "patternProperties": {
                "^[1-5][0-9][0-9]$": {
                    "type": "object",
                    "required": ["description"],
                    "properties": {
                        "description": {"type": "string", "minLength": 1},
                        "content": CONTENT,
                        "headers": {
                            "type": "object",
                            "additionalProperties": {"type": "object", "required": ["schema"]},
                        },
                    },
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
DOCUMENT = {
    "type": "object",
    "required": ["openapi", "info", "paths", "components"],
    "properties": {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "properties": {name: {"type": "string"} for name in ("title", "version", "description")},
            "additionalProperties": False,
        },
        "paths": {
            "type": "object",
            "patternProperties": {
                "^/": {
                    "type": "object",
                    "patternProperties": {"^(get|post|head|patch)$": OPERATION},
                    "additionalProperties": False,
                }
            },
            "additionalProperties": False,
        },
        "components": {
            "type": "object",
            "properties": {
                "schemas": {
                    "type": "object",
                    "propertyNames": {"pattern": "^[A-Za-z0-9._-]+$"},
                    "additionalProperties": {"type": "object"},
                },
                "securitySchemes": {"const": {"token": {"type": "http", "scheme": "bearer"}}},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
"""The parts of OpenAPI 3.1's own schema that our document uses; stricter where it uses less."""


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for value in part.values() for found in references(value)]
    return [found for value in part for found in references(value)] if isinstance(part, list) else []


def operations() -> set[tuple[str, str]]:
    return {(path, method.upper()) for path, found in DESCRIBED["paths"].items() for method in found}


def test_it_is_an_openapi_document() -> None:
    jsonschema.validate(DESCRIBED, DOCUMENT, jsonschema.Draft202012Validator)
    for schema in DESCRIBED["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for reference in references(DESCRIBED):
        assert reference.removeprefix("#/components/schemas/") in DESCRIBED["components"]["schemas"]
    for path, found in DESCRIBED["paths"].items():
        for one in found.values():
            assert all(each["required"] for each in one.get("parameters", []) if each["in"] == "path")
            in_path = {each["name"] for each in one.get("parameters", []) if each["in"] == "path"}
            assert in_path == set(re.findall(r"\{(\w+)\}", path))


def test_it_is_served(world: World) -> None:
    with DescribedClient(public_side(world.door, Settings())) as client:
        assert client.get("/api/openapi.json").json() == json.loads(json.dumps(DESCRIBED))


def test_it_describes_every_route_and_no_other(world: World) -> None:
    routes = {
        (route.path, method)
        for route in public_side(world.door, Settings()).routes
        if isinstance(route, Route)
        for method in (route.methods or set()) - ({"HEAD"} if "GET" in (route.methods or ()) else set())
    }
    assert operations() <= routes
    spoken_to_by_programs = ("/api/", "/auth/", "/health")
    assert {one for one in routes if one[0].startswith(spoken_to_by_programs)} == operations()


def test_what_the_web_form_sends_is_as_described() -> None:
    body: dict[str, Any] = {"sent_at": "2026-11-24T08:00:00Z", "submissions": [item(str(uuid.uuid4()))]}
    validator = jsonschema.Draft202012Validator(schema_of("Batch"))
    validator.validate(body)
    del body["submissions"][0]["answers"]
    assert not validator.is_valid(body)


def test_an_answer_that_is_not_described_would_be_noticed(world: World) -> None:
    with DescribedClient(public_side(world.door, Settings())) as client:
        answer = client.get("/api/ping")
    answer.status_code = 418
    with pytest.raises(AssertionError, match="418"):
        hold_to_description("GET", "/api/ping", answer)
    answer.status_code = 200
    with pytest.raises(jsonschema.ValidationError):
        hold_to_description("GET", "/health", answer)
