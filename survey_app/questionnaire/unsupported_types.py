"""Types of other tools that we do not have: for each the problem that says why and what to do instead."""

from __future__ import annotations

import re

from survey_app.questionnaire.problems import FormProblem

SHEET = "survey"
_KINDS = (
    ("unsupported_place", re.compile(r"geo(point|trace|shape)|gps|location|^osm", re.IGNORECASE)),
    (
        "unsupported_personal",
        re.compile(r"phone|e-?mail|user ?name|sim ?(serial|id)|subscriber|^audit$", re.IGNORECASE),
    ),
    ("unsupported_media", re.compile(r"video|file|barcode|background-audio", re.IGNORECASE)),
    ("unsupported_datetime", re.compile(r"date ?time", re.IGNORECASE)),
    ("unsupported_choice_source", re.compile(r"-external$|cascading|select_?(one|multiple)?.*(external|file)")),
)
# Of blocks in which pyxform stumbles over one row after the other.
BLOCKS = frozenset({"unsupported_score", "unsupported_ranking", "unsupported_matrix"})
_BUILT = re.compile(r"begin[_ ](score|rank|kobomatrix)")


def unsupported(number: int, kind: str) -> FormProblem:
    """The problem of a row whose type we do not have."""
    code = next((code for code, pattern in _KINDS if pattern.search(kind)), "unsupported_type")
    return FormProblem(code, SHEET, number, "type", {"type": kind})


def built_by_kobo(number: int, kind: str) -> tuple[FormProblem, str] | None:
    """For the first row of a block that only KoboToolbox's form builder knows: the problem, and the type of its end."""
    if not (begin := _BUILT.fullmatch(kind)):
        return None
    code = {"score": "unsupported_score", "rank": "unsupported_ranking", "kobomatrix": "unsupported_matrix"}[begin[1]]
    return FormProblem(code, SHEET, number, "type", {"type": kind}), f"end{kind.removeprefix('begin')}"
