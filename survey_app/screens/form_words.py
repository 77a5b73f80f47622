"""How a consultation's questionnaire words its questions and choices."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from survey_app.database import Database, Row
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.model import Choice, Node
from survey_app.questionnaire.order import walk
from survey_app.screens.language import said_in
from survey_app.screens.stored_rows import rows

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class FormWords:
    """The words in the language on screen; a name where the form has none."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    choices: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    groups: Mapping[str, Node] = field(default_factory=dict)
    """Name of a question → the group around it."""

    def question(self, name: str | None) -> str:
        node = self.nodes.get(name or "")
        return (said_in(node.label) if node and node.label else None) or name or ""

    def around(self, name: str) -> str:
        """The words of the group that the question stands in; empty when there are none."""
        group = self.groups.get(name)
        return said_in(group.label) if group and group.label else ""

    def choice(self, question: str, name: str) -> tuple[str, str]:
        """Emoji, or nothing, and words."""
        node = self.nodes.get(question)
        for one in self.choices.get(node.choices or "", ()) if node else ():
            if one.name == name:
                return one.emoji or "", said_in(one.label) or name
        return "", name


def form_words(database: Database, row: Row) -> FormWords:
    """Those of a consultation's questionnaire; without one, or with one that cannot be read, names stand for themselves."""
    if not row["questionnaire_id"]:
        return FormWords()
    found = rows(
        database,
        "questionnaire",
        ["definition"],
        {"id": row["questionnaire_id"], "version": row["questionnaire_version"]},
    )
    try:
        form = Questionnaire.from_json(found[0]["definition"])
    except (IndexError, KeyError, ValueError, TypeError):
        _log.warning("the questionnaire of consultation %s cannot be read: names stand for its words", row["id"])
        return FormWords()
    nodes = list(walk(form.nodes))
    return FormWords(
        {node.name: node for node in nodes},
        form.choices,
        {child.name: node for node in nodes if node.type == "group" for child in node.children},
    )
