"""Forms of a few rows as Markdown tables, and what is wrong with them."""

from __future__ import annotations

import pytest

from survey_app.questionnaire import Node, Questionnaire, QuestionnaireError, read_questionnaire
from survey_app.questionnaire.order import walk

YES_NO = """
| choices |
| | list_name | name | label |
| | yn        | yes  | Có    |
| | yn        | no   | Không |
"""


def read(form: str, name: str = "form.md") -> Questionnaire:
    return read_questionnaire(form.encode(), name)


def nodes(form: str) -> dict[str, Node]:
    """Every node of a form by its name."""
    return {node.name: node for node in walk(read(form).nodes)}


def problems(form: str) -> list[tuple[str, str | None, int | None, str | None]]:
    """(code, sheet, row, column) of every problem of a form that must be refused."""
    with pytest.raises(QuestionnaireError) as caught:
        read(form)
    for problem in caught.value.problems:
        for language in ("vi", "en"):
            assert problem.cause(language)
            assert problem.remedy(language)
    return [(one.code, one.sheet, one.row, one.column) for one in caught.value.problems]


def survey(columns: str, *rows: str) -> str:
    """A survey sheet with the columns type, name, label and further ones."""
    lines = [f"| | type | name | label | {columns} |", *(f"| | {row} |" for row in rows)]
    return "\n".join(["| survey |", *lines])
