"""Every text that code asks for is in the catalogue, in every language, and none is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from analysis.choropleth import TEXT_KEYS
from survey_app.database import Refused
from survey_app.demonstration import ACCOUNTS
from survey_app.messages import LOCALE_FOLDER
from survey_app.questionnaire.check import CODES

REPOSITORY = Path(__file__).parent.parent.parent
PACKAGE = REPOSITORY / "survey_app"
LANGUAGES = {"webform": ("vi", "km", "en"), "api": ("vi", "km", "en"), "staff": ("vi", "en"), "documents": ("vi", "km")}
EACH = [(domain, language) for domain, languages in LANGUAGES.items() for language in languages]
SCHEMA = (REPOSITORY / "schema.sql").read_text(encoding="utf-8")
KEY = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*")


def texts(domain: str, language: str) -> dict[str, str]:
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file, locale=language, abort_invalid=True) if one.id}


def trees(*places: str) -> Iterator[ast.Module]:
    for place in places:
        path = PACKAGE / place
        for file in sorted(path.glob("*.py")) if path.is_dir() else [path]:
            yield ast.parse(file.read_text(encoding="utf-8"))


def constants(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def prefixes(tree: ast.AST) -> set[str]:
    """Beginnings of keys that are put together: "role." + role, f"status.{status}"."""
    found: set[str] = set()
    for node in ast.walk(tree):
        first: ast.AST | None = None
        if isinstance(node, ast.JoinedStr) and len(node.values) > 1:
            first = node.values[0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            first = node.left
        if (
            isinstance(first, ast.Constant)
            and isinstance(first.value, str)
            and re.fullmatch(r"[a-z_.]+\.", first.value)
        ):
            found.add(first.value)
    return found


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in names:
                yield node


def literal(node: ast.expr | None) -> set[str]:
    """The texts that an expression can be: a literal, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        return literal(node.body) | literal(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


# Every catalogue


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_a_language_says_everything(domain: str, language: str) -> None:
    said = texts(domain, language)
    assert said.keys() == texts(domain, "vi").keys()
    assert [key for key, text in said.items() if not text.strip()] == []
    assert [key for key in said if not KEY.fullmatch(key)] == []


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_a_language_has_the_same_places_to_fill(domain: str, language: str) -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}

    other = texts(domain, language)
    assert {key: places(text) for key, text in texts(domain, "vi").items()} == {
        key: places(text) for key, text in other.items()
    }


@pytest.mark.parametrize(("domain", "language"), EACH)
def test_a_catalogue_names_each_key_once_and_none_is_unsure(domain: str, language: str) -> None:
    source = (LOCALE_FOLDER / language / "LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', source, re.MULTILINE)
    assert len(keys) == len(set(keys))
    assert ", fuzzy" not in source


# What is printed


def test_every_text_that_is_printed_is_there_and_no_other() -> None:
    written = set().union(*(constants(tree) for tree in trees("documents")))
    asked = {key for tree in trees("documents") for call in calls(tree, "said") for key in literal(call.args[1])}
    begun = tuple(set().union(*(prefixes(tree) for tree in trees("documents"))))
    assert len(asked) > 30
    assert asked <= texts("documents", "vi").keys()
    assert [key for key in texts("documents", "vi") if key not in written and not key.startswith(begun)] == []


# Staff screens


STAFF = ("screens", "main.py")


def test_no_text_of_the_staff_screens_is_missing() -> None:
    asked = {
        key for tree in trees(*STAFF) for call in calls(tree, "say", "say_if_known") for key in literal(call.args[0])
    }
    assert len(asked) > 100
    assert asked | set(TEXT_KEYS) <= texts("staff", "vi").keys()
    for prefix in set().union(*(prefixes(tree) for tree in trees(*STAFF))):
        assert any(key.startswith(prefix) for key in texts("staff", "vi")), prefix


def test_no_text_of_the_staff_screens_is_left_over() -> None:
    written = set().union(*(constants(tree) for tree in trees(*STAFF)), TEXT_KEYS)
    begun = tuple(set().union(*(prefixes(tree) for tree in trees(*STAFF))))
    assert [key for key in texts("staff", "vi") if key not in written and not key.startswith(begun)] == []


def test_every_value_that_a_staff_text_asks_for_is_given() -> None:
    said = texts("staff", "vi")
    for tree in trees(*STAFF):
        for call in calls(tree, "say"):
            given = {one.arg for one in call.keywords}
            if None in given:
                continue
            for key in literal(call.args[0]):
                asked = {name for _, name, _, _ in Formatter().parse(said[key]) if name}
                assert asked <= given, key


def test_every_reason_to_refuse_is_worded_for_staff() -> None:
    reasons = set(re.findall(r"private\.refuse\('([a-z0-9_]+)'\)", SCHEMA))
    assert len(reasons) > 8
    worded = {key.removeprefix("refused.") for key in texts("staff", "vi") if key.startswith("refused.")}
    assert reasons <= worded
    assert worded - reasons - {"other"} == set()
    assert all(Refused(reason).reason == reason for reason in reasons)


def test_every_problem_of_a_submission_is_worded_for_staff() -> None:
    found = set(re.findall(r"""["']code["'][:,] ["']([a-z_]+)["']""", SCHEMA)) | CODES.keys()
    for tree in trees("api"):
        found |= {
            value
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict)
            for key, each in zip(node.keys, node.values, strict=True)
            if literal(key) == {"code"}
            for value in literal(each)
        }
        found |= {value for call in calls(tree, "Problem") for value in literal(call.args[1])}
    assert {"late", "unchecked", "wrong_field", "characters_replaced", "not_a_choice"} <= found
    worded = {key.removeprefix("problem.") for key in texts("staff", "vi") if key.startswith("problem.")}
    assert found <= worded
    assert worded - found == {"none", "other"}


# The API


def codes_of_the_api() -> set[str]:
    found = {"role." + account.role for account in ACCOUNTS}
    for tree in trees("api"):
        found |= {key for call in calls(tree, "error_answer") for key in literal(call.args[1])}
        found |= {key for call in calls(tree, "BadRequest") for key in literal(call.args[0])}
        found |= {key for call in calls(tree, "RefusedItem") for key in literal(call.args[1])}
        found |= {
            value
            for node in ast.walk(tree)
            if isinstance(node, ast.Dict)
            for key, each in zip(node.keys, node.values, strict=True)
            if literal(key) == {"reason"}
            for value in literal(each)
        }
    return found | set(re.findall(r"reason := '([a-z_]+)'", SCHEMA))


def test_every_code_of_the_api_is_worded_and_no_other() -> None:
    found = codes_of_the_api()
    assert {"closed", "slow_down", "not_json", "no_id", "no_assent", "cannot_be_stored"} <= found
    assert found == texts("api", "vi").keys()


# The web form


def web_form() -> str:
    files = sorted(path for path in (PACKAGE / "webform").iterdir() if path.suffix in (".js", ".html"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def begun_in_the_web_form() -> tuple[str, ...]:
    return tuple(set(re.findall(r"\bt\(\s*`([a-z.-]+\.)\$\{", web_form())))


def test_no_text_of_the_web_form_is_missing() -> None:
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', web_form())) | set(
        re.findall(r'data-t(?:-label)?="([^"]+)"', web_form())
    )
    assert len(asked) > 50
    assert asked - texts("webform", "vi").keys() == set()
    for prefix in begun_in_the_web_form():
        assert any(key.startswith(prefix) for key in texts("webform", "vi")), prefix


def test_no_text_of_the_web_form_is_left_over() -> None:
    written = set(re.findall(r'"([a-z][a-z0-9.-]*)"', web_form()))
    begun = tuple(set(re.findall(r"`([a-z.-]+\.)\$\{", web_form())))
    ended = set(re.findall(r"`\$\{\w+\}\.([a-z-]+)`", web_form()))
    assert {"title", "lead", "yes", "no"} <= ended
    left_over = [key for key in texts("webform", "vi") if key not in written and not key.startswith(begun)]
    assert [
        key for key in left_over if not (key.rsplit(".", 1)[-1] in ended and key.rsplit(".", 1)[0] in written)
    ] == []


def test_what_is_asked_before_something_goes_for_good_is_worded() -> None:
    asked = set(re.findall(r'\baskBefore\("([a-z.-]+)"', web_form()))
    assert {"draw.clear", "voice.delete", "review.remove"} <= asked
    assert {f"{key}.{end}" for key in asked for end in ("title", "no", "yes")} <= texts("webform", "vi").keys()


@pytest.mark.parametrize("domain", ["webform", "documents"])
def test_khmer_asks_for_a_native_speaker(domain: str) -> None:
    head = (LOCALE_FOLDER / "km" / "LC_MESSAGES" / f"{domain}.po").read_text(encoding="utf-8").split("msgid")[0]
    assert "native speaker" in head


def test_every_reason_to_sign_in_again_is_worded() -> None:
    reasons = set(re.findall(r'error=([a-z]+)"', (PACKAGE / "api" / "sign_in.py").read_text(encoding="utf-8")))
    reasons |= set(re.findall(r'SignInRefused\("([a-z]+)"\)', (PACKAGE / "database" / "accounts.py").read_text()))
    assert reasons == {"credentials", "locked", "unavailable"}
    assert {f"sign-in.error.{reason}" for reason in reasons} <= texts("webform", "vi").keys()
