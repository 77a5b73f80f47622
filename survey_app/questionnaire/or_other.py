"""`or_other`: what pyxform adds to a question that has it, a choice “other” of its list and a text question after it."""

from __future__ import annotations

from dataclasses import replace

from survey_app.questionnaire.choices_sheet import ChoiceList
from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.model import Choice, Node, Text

NAME = "other"
_CHOICE = {"vi": "Khác", "km": "ផ្សេងទៀត", "en": "Other"}
_QUESTION = {
    "vi": "Khác là điều gì? Viết ở đây nhé.",
    "km": "ផ្សេងទៀតគឺអ្វី? សូមសរសេរនៅទីនេះ។",
    "en": "What else? Write it here.",
}


def question_name(name: str) -> str:
    """The name of the text question that belongs to the question `name`."""
    return f"{name}_other"


def with_other(held: ChoiceList, languages: Languages) -> ChoiceList:
    """The list with a choice “other” at its end, for every question that uses it; as it is when it has one."""
    if NAME in held.columns:
        return held
    choice = Choice(NAME, _in_languages(_CHOICE, languages))
    return replace(held, choices=(*held.choices, choice), columns={**held.columns, NAME: {}})


def other_question(name: str, languages: Languages) -> Node:
    """The text question after the question `name`, asked when “other” is chosen."""
    return Node(
        name=question_name(name),
        type="text",
        label=_in_languages(_QUESTION, languages),
        relevant={"fn": "selected", "args": [{"ref": name}, {"lit": NAME}]},
    )


def _in_languages(texts: Text, languages: Languages) -> Text:
    return {code: texts.get(code, texts["en"]) for code in languages.codes.values()}
