"""A questionnaire to be answered by pen; a facilitator types the answers in afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from survey_app.documents.occasion import HOTLINE, Occasion
from survey_app.documents.paper_answers import answer, instruction, is_on_paper, worded
from survey_app.documents.typesetting import pdf, said
from survey_app.messages import text
from survey_app.questionnaire.expression import Expression, references
from survey_app.questionnaire.model import ASKED, CONTAINERS, Node, Questionnaire
from survey_app.questionnaire.order import walk

_MOST_UNBROKEN = 24
"""Choices; a question with more may begin on one page and end on the next."""

Item = dict[str, Any]


def paper_form(questionnaire: Questionnaire, language: str, occasion: Occasion) -> bytes:
    """A PDF of the questions that can be answered on paper; the others are named, with the remark that they are not."""
    ages = said(language, "paper.ages", low=occasion.min_age, high=occasion.max_age)
    return pdf(
        "paper_form.typ",
        language,
        {
            "title": worded(questionnaire.title, language, questionnaire),
            "about": " · ".join(filter(None, (occasion.title, occasion.place, occasion.day))),
            "ages": ages,
            "card": said(language, "paper.card"),
            "card-example": said(language, "paper.card.example"),
            "no-name": said(language, "paper.no_name"),
            "assent": {
                "title": text("webform", language, "assent.title"),
                "words": [text("webform", language, f"assent.{part}") for part in ("about", "who", "skip", "after")],
                "yes": text("webform", language, "assent.yes"),
                "no": text("webform", language, "assent.no"),
                "then": said(language, "paper.assent.no"),
            },
            "how": said(language, "paper.how"),
            "items": list(_Paper(questionnaire, language).items()),
            "thanks": said(language, "paper.thanks"),
            "hotline": f"{text('webform', language, 'assent.hotline')} {HOTLINE} "
            f"({text('webform', language, 'hotline.free')}).",
            "code": said(language, "paper.code", code=occasion.code),
            "version": f"{questionnaire.id} {questionnaire.version}",
            "page": said(language, "paper.page"),
        },
    )


class _Paper:
    """The items of one questionnaire in one language; questions are numbered as they come."""

    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self._questionnaire = questionnaire
        self._language = language
        self._nodes = {node.name: node for node in walk(questionnaire.nodes)}
        on_paper = [node.name for node in self._nodes.values() if is_on_paper(node)]
        self._numbers = {name: number for number, name in enumerate(on_paper, 1)}

    def items(self) -> Iterator[Item]:
        return self._of(self._questionnaire.nodes)

    def _of(self, nodes: Iterable[Node]) -> Iterator[Item]:
        for node in nodes:
            if node.type in CONTAINERS:
                yield from self._section(node)
            elif is_on_paper(node):
                yield self._question(node)
            elif node.type in ASKED and node.read_only is not True:
                yield {
                    "kind": "left-out",
                    "words": self._say(node.label),
                    "why": said(self._language, "paper.left_out"),
                }
            elif node.type in ASKED or node.type == "note":
                default = node.default if isinstance(node.default, str) else ""
                yield {"kind": "note", "words": f"{self._say(node.label)} {default}".strip(), "when": self._when(node)}

    def _section(self, node: Node) -> Iterator[Item]:
        inside = list(self._of(node.children))
        if not inside:
            return
        again = said(self._language, "paper.repeat") if node.type == "repeat" else ""
        hint = " ".join(filter(None, (self._say(node.hint), again)))
        words, when = self._say(node.label), self._when(node)
        if words or hint or when:
            yield {"kind": "section", "words": words, "hint": hint, "when": when}
        yield from inside

    def _question(self, node: Node) -> Item:
        below = answer(node, self._language, self._questionnaire)
        return {
            "kind": "question",
            "number": self._numbers[node.name],
            "words": self._say(node.label),
            "hint": " ".join(filter(None, (self._say(node.hint), instruction(node, self._language)))),
            "when": self._when(node),
            "answer": below,
            "breakable": len(below.get("options", ())) > _MOST_UNBROKEN,
        }

    def _say(self, words: Any) -> str:
        return worded(words, self._language, self._questionnaire)

    def _when(self, node: Node) -> str:
        """Whom this is for, in words: the answers that lead to it, else the questions that it depends on."""
        if node.relevant is None:
            return ""
        chosen = _one_of(node.relevant)
        if chosen is not None:
            name, values = chosen
            of = self._nodes.get(name)
            labels = (
                {one.name: one.label for one in self._questionnaire.choices.get(of.choices or "", ())} if of else {}
            )
            if name in self._numbers and all(value in labels for value in values):
                choices = ", ".join(f"“{self._say(labels[value])}”" for value in values)
                return said(self._language, "paper.when.chosen", number=self._numbers[name], choices=choices)
        numbers = sorted({self._numbers[name] for name in references(node.relevant) if name in self._numbers})
        if not numbers:
            return said(self._language, "paper.when.ask")
        return said(self._language, "paper.when.depends", numbers=", ".join(map(str, numbers)))


def _one_of(tree: Expression) -> tuple[str, list[str]] | None:
    """The question and its answers, when the condition is that one of these was chosen; None for any other condition."""
    parts = tree.get("args", ())
    if tree.get("op") == "or":
        found = [_one_of(part) for part in parts]
        known = [one for one in found if one is not None]
        if len(known) < len(found) or len({name for name, _ in known}) != 1:
            return None
        return known[0][0], list(dict.fromkeys(value for _, values in known for value in values))
    if (tree.get("op") == "=" or tree.get("fn") == "selected") and len(parts) == 2:
        name, value = parts[0].get("ref"), parts[1].get("lit")
        if isinstance(name, str) and isinstance(value, str) and value:
            return name, [value]
    return None
