"""A questionnaire as the whole application knows it: frozen, and the same as JSON for the tablet and the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from survey_app.questionnaire.expression import Expression

# One text in every language of the form, by language code. It may hold ${name}; it is plain text, never HTML.
Text = Mapping[str, str]
Number = int | float

SELECTS = frozenset({"select_one", "select_multiple", "rank"})
METADATA = frozenset({"start", "end", "today", "deviceid"})
# Types whose answer is the name of a file that travels after the submission.
ATTACHED = frozenset({"image", "audio"})
# Types that the person who answers sees and can answer.
ASKED = frozenset({*SELECTS, *ATTACHED, "text", "integer", "decimal", "date", "time", "range", "acknowledge"})
# Types that put a value into a submission.
ANSWERED = ASKED | METADATA | {"calculate", "hidden"}
# Types with children. A repeat's answer is a list, one object of its children's answers for each time.
CONTAINERS = frozenset({"group", "repeat"})
TYPES = ANSWERED | CONTAINERS | {"note"}
# Times of one repeat, of which the tablet offers no more.
MAX_TIMES = 200
# Appearances that make an image a drawing; any other image is a photo.
DRAWN = frozenset({"draw", "signature"})


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    label: Text
    emoji: str | None = None
    image: str | None = None
    # The recorded reading, a file by language.
    audio: Mapping[str, str] | None = None
    # Columns of the choices sheet that a choice_filter reads.
    extra: Mapping[str, str] | None = None

    def to_json(self) -> dict[str, Any]:
        return _without_none(
            name=self.name,
            label=dict(self.label),
            emoji=self.emoji,
            image=self.image,
            audio=dict(self.audio) if self.audio else None,
            extra=dict(self.extra) if self.extra else None,
        )


@dataclass(frozen=True, slots=True)
class Node:
    """One row of the form: a question, a note, a value without a screen, or a group or repeat with children."""

    name: str
    type: str
    label: Text | None = None
    hint: Text | None = None
    # Help that is shown on request.
    guidance_hint: Text | None = None
    image: str | None = None
    # The recorded reading, a file by language.
    audio: Mapping[str, str] | None = None
    # Whether its reading starts by itself.
    autoplay: bool = False
    appearance: tuple[str, ...] = ()
    required: Expression | None = None
    required_message: Text | None = None
    relevant: Expression | None = None
    constraint: Expression | None = None
    constraint_message: Text | None = None
    calculation: Expression | None = None
    # Questions whose change makes the calculation anew; without them it always holds.
    trigger: tuple[str, ...] = ()
    default: str | Number | list[str] | None = None
    # A default that is worked out when the form, or this time of the repeat, begins.
    initial: Expression | None = None
    read_only: bool | Expression = False
    choices: str | None = None
    choice_filter: Expression | None = None
    # Choices in an order that differs from child to child.
    randomize: bool = False
    # The same order for the same number.
    seed: Expression | None = None
    # How many times a repeat is asked; without it the child adds as many as she likes.
    count: Expression | None = None
    # Of a range: start, end, step. Of an image: max-pixels. Of a text: rows.
    parameters: Mapping[str, Number] | None = None
    children: tuple[Node, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return _without_none(
            name=self.name,
            type=self.type,
            label=dict(self.label) if self.label else None,
            hint=dict(self.hint) if self.hint else None,
            guidance_hint=dict(self.guidance_hint) if self.guidance_hint else None,
            image=self.image,
            audio=dict(self.audio) if self.audio else None,
            autoplay=self.autoplay or None,
            appearance=list(self.appearance) or None,
            required=self.required,
            required_message=dict(self.required_message) if self.required_message else None,
            relevant=self.relevant,
            constraint=self.constraint,
            constraint_message=dict(self.constraint_message) if self.constraint_message else None,
            calculation=self.calculation,
            trigger=list(self.trigger) or None,
            default=self.default,
            initial=self.initial,
            read_only=self.read_only or None,
            choices=self.choices,
            choice_filter=self.choice_filter,
            randomize=self.randomize or None,
            seed=self.seed,
            count=self.count,
            parameters=dict(self.parameters) if self.parameters else None,
            children=[child.to_json() for child in self.children] if self.type in CONTAINERS else None,
        )


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of a form. `nodes` is the tree in the order of the form; names are unique over all of it."""

    id: str
    version: str
    title: Text
    languages: tuple[str, ...]
    default_language: str
    min_age: int | None
    max_age: int | None
    nodes: tuple[Node, ...]
    choices: Mapping[str, tuple[Choice, ...]]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; keys that do not apply are left out of nodes and choices."""
        return {
            "id": self.id,
            "version": self.version,
            "title": dict(self.title),
            "languages": list(self.languages),
            "default_language": self.default_language,
            "min_age": self.min_age,
            "max_age": self.max_age,
            "nodes": [node.to_json() for node in self.nodes],
            "choices": {name: [choice.to_json() for choice in choices] for name, choices in self.choices.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Questionnaire:
        """The questionnaire that `to_json` wrote. Raises ValueError when it did not."""
        try:
            return cls(
                id=data["id"],
                version=data["version"],
                title=data["title"],
                languages=tuple(data["languages"]),
                default_language=data["default_language"],
                min_age=data.get("min_age"),
                max_age=data.get("max_age"),
                nodes=tuple([_node(node) for node in data["nodes"]]),
                choices={name: tuple([Choice(**one) for one in choices]) for name, choices in data["choices"].items()},
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"not the JSON of a questionnaire: {error!r}") from error


def _node(data: Mapping[str, Any]) -> Node:
    if data["type"] not in TYPES:
        raise ValueError(f"not the JSON of a questionnaire: {data['name']} has the unknown type {data['type']}")
    return Node(
        **{
            **data,
            "appearance": tuple(data.get("appearance", ())),
            "trigger": tuple(data.get("trigger", ())),
            "children": tuple([_node(child) for child in data.get("children", ())]),
        }
    )


def _without_none(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
