"""What is printed under a question to answer it by pen: boxes, faces, numbers, lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from survey_app.documents.typesetting import said
from survey_app.messages import text
from survey_app.questionnaire.model import ASKED, ATTACHED, Choice, Node, Questionnaire, Text

LONGEST_ROW = 11
"""More steps of a scale than these are written as a number."""
LINES = 4
"""Lines for a long text, where the form does not say how many."""
MOST_LINES = 12
_FITS_HALF, _FITS_THIRD = 40, 18
"""Letters of a label on one line in two or three columns."""
_FACES = {3: "🙁😐😀", 5: "😢🙁😐🙂😀"}
_PLACE_FOR_ANSWER = re.compile(r"\$\{[^}]*\}")

Answer = dict[str, Any]


def is_on_paper(node: Node) -> bool:
    """Whether it can be answered by pen and typed in afterwards: drawings, photos and recordings cannot."""
    return node.type in ASKED - ATTACHED and node.read_only is not True


def worded(words: Text | None, language: str, questionnaire: Questionnaire) -> str:
    """The text in this language, else in the form's own; where it repeats an answer there are dots."""
    if not words:
        return ""
    found = words.get(language) or words.get(questionnaire.default_language) or next(iter(words.values()), "")
    return _PLACE_FOR_ANSWER.sub("…………", found)


def answer(node: Node, language: str, questionnaire: Questionnaire) -> Answer:
    """What the template draws; for a node that `is_on_paper`."""
    if node.choices is not None:
        options = [_option(one, language, questionnaire) for one in questionnaire.choices[node.choices]]
        return {**_arranged(node, options), "options": options}
    if node.type == "acknowledge":
        label = text("webform", language, "question.acknowledge")
        return {"kind": "list", "mark": "box", "columns": 1, "options": [{"label": label, "emoji": ""}]}
    if node.type == "range":
        return _scale(node, language)
    if node.type == "integer" and "stars" in node.appearance:
        return _scale(node, language)
    if node.type in ("date", "time"):
        return {"kind": "words", "words": said(language, f"paper.{node.type}")}
    if node.type in ("integer", "decimal"):
        return {"kind": "number", "words": ""}
    return {"kind": "lines", "count": _lines(node)}


def instruction(node: Node, language: str) -> str:
    """How to mark the answer, where the form does not say so itself."""
    if node.type == "rank":
        return said(language, "paper.rank")
    return said(language, "paper.several") if node.type == "select_multiple" and not node.hint else ""


def _option(choice: Choice, language: str, questionnaire: Questionnaire) -> dict[str, str]:
    return {"label": worded(choice.label, language, questionnaire), "emoji": choice.emoji or ""}


def _arranged(node: Node, options: list[dict[str, str]]) -> Answer:
    mark = {"select_one": "circle", "select_multiple": "box", "rank": "number"}[node.type]
    have_pictures = all(one["emoji"] for one in options)
    if "faces" in node.appearance and have_pictures and len(options) <= 6:
        return {"kind": "pictures", "mark": mark, "columns": len(options), "size": "large"}
    if "picture-grid" in node.appearance and have_pictures:
        columns = 5 if len(options) in (5, 9, 10) else 3 if len(options) == 6 else min(4, len(options))
        return {"kind": "pictures", "mark": mark, "columns": columns, "size": "small"}
    if "likert" in node.appearance and len(options) <= 6:
        return {"kind": "pictures", "mark": mark, "columns": len(options), "size": "small"}
    longest = max((len(one["label"]) for one in options), default=0)
    if longest <= _FITS_THIRD and (len(options) == 3 or len(options) > LONGEST_ROW):
        return {"kind": "list", "mark": mark, "columns": 3}
    return {"kind": "list", "mark": mark, "columns": 2 if longest <= _FITS_HALF or len(options) > LONGEST_ROW else 1}


def _scale(node: Node, language: str) -> Answer:
    given: Mapping[str, float] = node.parameters or {}
    start, end, step = given.get("start", 1), given.get("end", 5), given.get("step", 1)
    count = int(abs(end - start) / step + 1e-9) + 1
    if count > LONGEST_ROW:
        return {"kind": "number", "words": said(language, "paper.from_to", low=f"{start:g}", high=f"{end:g}")}
    values = [start + at * (step if end >= start else -step) for at in range(count)]
    faces = _FACES.get(count, "") if "faces" in node.appearance else ""
    is_stars = "stars" in node.appearance and count <= 5 and start == step == 1
    options = [
        {"label": f"{value:g}", "emoji": faces[at] if faces else "⭐" * (at + 1) if is_stars else ""}
        for at, value in enumerate(values)
    ]
    return {"kind": "scale", "mark": "circle", "size": "large" if faces else "small", "options": options}


def _lines(node: Node) -> int:
    rows = int((node.parameters or {}).get("rows", LINES))
    return min(max(rows, 1), MOST_LINES) if "multiline" in node.appearance else 1
