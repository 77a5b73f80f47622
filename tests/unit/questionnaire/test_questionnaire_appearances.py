"""Appearances: those of our own, those of XLSForm that may be passed over, and those that are refused by row."""

from __future__ import annotations

import pytest

from survey_app.questionnaire.appearance import KNOWN
from tests.unit.questionnaire.form_text import YES_NO, nodes, problems, survey


def row(kind: str, appearance: str) -> str:
    if kind in ("group", "repeat"):
        return survey(
            "appearance", f"begin_{kind} | q | Hỏi | {appearance}", "text | in | Trong |", f"end_{kind} | | |"
        )
    with_list = f"{kind} yn" if kind in ("select_one", "select_multiple", "rank") else kind
    return survey("appearance", f"{with_list} | q | Hỏi | {appearance}", "text | other | Khác |") + YES_NO


@pytest.mark.parametrize(("kind", "appearance"), [(kind, one) for kind, all_ in KNOWN.items() for one in all_])
def test_known_appearances_are_kept(kind: str, appearance: str) -> None:
    assert nodes(row(kind, f"{appearance} w4"))["q"].appearance == (appearance, "w4")


@pytest.mark.parametrize(
    "appearance", ["columns-3", "compact", "compact-2", "quickcompact", "quickcompact-4", "horizontal-compact"]
)
def test_arrangements_of_choices_are_passed_over(appearance: str) -> None:
    assert nodes(row("select_multiple", appearance))["q"].appearance == (appearance,)


def test_a_rating_is_in_stars() -> None:
    assert nodes(row("range", "rating"))["q"].appearance == ("stars",)


@pytest.mark.parametrize(
    ("kind", "appearance", "code"),
    [
        ("select_one", "face", "unsupported_appearance"),
        ("select_one", "map", "unsupported_appearance"),
        ("select_one", "image-map", "unsupported_appearance"),
        ("select_one", "quick map", "unsupported_appearance"),
        ("select_one", "minimal search('villages')", "unsupported_appearance"),
        ("select_one", "label", "unsupported_appearance"),
        ("select_one", "list-nolabel", "unsupported_appearance"),
        ("select_one", "slider", "unsupported_appearance"),
        ("select_multiple", "likert", "unsupported_appearance"),
        ("select_multiple", "faces", "unsupported_appearance"),
        ("rank", "picture-grid", "unsupported_appearance"),
        ("text", "masked", "unsupported_appearance"),
        ("text", "url", "unsupported_appearance"),
        ("text", "printer:org.app", "unsupported_appearance"),
        ("text", "ex:org.app(a='b')", "unsupported_appearance"),
        ("text", "faces", "unsupported_appearance"),
        ("decimal", "bearing", "unsupported_appearance"),
        ("note", "stars", "unsupported_appearance"),
        ("date", "ethiopian", "unsupported_appearance"),
        ("date", "month-year", "part_of_date"),
        ("date", "year", "part_of_date"),
        ("image", "annotate", "unsupported_appearance"),
        ("image", "new-front", "photo_of_face"),
        ("image", "selfie", "photo_of_face"),
        ("audio", "draw", "unsupported_appearance"),
        ("group", "table-list", "unsupported_appearance"),
        ("repeat", "draw", "unsupported_appearance"),
    ],
)
def test_appearances_that_would_be_something_else_here_are_refused(kind: str, appearance: str, code: str) -> None:
    assert (code, "survey", 2, "appearance") in problems(row(kind, appearance))
