"""The four steps of a consultation that the law asks for: what of each is done, what is missing, and which one it is at.

Circular 36/2018/TT-BLĐTBXH, article 3: prepare, collect opinions, compile and explain and take up, inform and give feedback.
"""

from __future__ import annotations

from dataclasses import dataclass

STEPS = ("prepare", "collect", "compile", "feed_back")


@dataclass(frozen=True)
class Facts:
    """What a consultation stands at. unread: texts of children not yet read; None for whom they are not."""

    status: str
    principles: int
    all_principles: int
    has_consent: bool
    participants: int
    expected: int
    in_review: int
    unread: int | None
    themes: int
    themes_answered: int
    is_published: bool


@dataclass(frozen=True)
class Task:
    """One thing of a step. Its message is `task.<name>`, filled with done_count and of."""

    name: str
    is_done: bool
    done_count: int = 0
    of: int = 0


@dataclass(frozen=True)
class Step:
    name: str
    tasks: tuple[Task, ...]

    @property
    def is_done(self) -> bool:
        return all(task.is_done for task in self.tasks)


def steps(facts: Facts) -> tuple[Step, ...]:
    """All four, in order."""
    is_closed = facts.status == "closed"
    read = () if facts.unread is None else (Task("read", is_closed and not facts.unread, facts.unread),)
    return (
        Step(
            "prepare",
            (
                Task("principles", facts.principles == facts.all_principles, facts.principles, facts.all_principles),
                Task("consent", facts.has_consent),
                Task("open", facts.status != "draft"),
            ),
        ),
        Step(
            "collect",
            (
                Task("participants", facts.participants > 0, facts.participants, facts.expected),
                Task("review", facts.participants > 0 and not facts.in_review, facts.in_review),
                Task("close", is_closed),
            ),
        ),
        Step(
            "compile",
            (
                *read,
                Task("themes", facts.themes > 0, facts.themes),
                Task("answers", 0 < facts.themes <= facts.themes_answered, facts.themes_answered, facts.themes),
            ),
        ),
        Step("feed_back", (Task("publish", facts.is_published),)),
    )


def at_step(facts: Facts) -> int:
    """The number in STEPS of the step that it is at: opening and closing lead on, whatever of an earlier step is missing."""
    if facts.status != "closed":
        return 0 if facts.status == "draft" else 1
    return 3 if facts.is_published or steps(facts)[2].is_done else 2
