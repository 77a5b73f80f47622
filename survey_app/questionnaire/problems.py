"""Errors of a form as data: where, what and how to put it right. The words for people are in problem_texts.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from survey_app.questionnaire.problem_texts import PLACE, TEXTS


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One error of a form. `row` counts as a spreadsheet does: 1 is the row of headings; None means the whole sheet."""

    code: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    def place(self, language: str = "vi") -> str:
        sheet, row, column = PLACE[language]
        parts = []
        if self.sheet:
            parts.append(f"{sheet} {self.sheet}")
        if self.row:
            parts.append(f"{row} {self.row}")
        if self.column:
            parts.append(f"{column} {self.column}")
        return ", ".join(parts)

    def cause(self, language: str = "vi") -> str:
        return TEXTS[self.code][language][0].format(**self.details)

    def remedy(self, language: str = "vi") -> str:
        return TEXTS[self.code][language][1].format(**self.details)


class QuestionnaireError(Exception):
    """A form that cannot be used, with all its problems in the order of the sheets."""

    def __init__(self, problems: Iterable[FormProblem]) -> None:
        self.problems = tuple(problems)
        lines = [f"{one.place('en')}: {one.cause('en')} {one.remedy('en')}".removeprefix(": ") for one in self.problems]
        super().__init__("\n".join(lines))
