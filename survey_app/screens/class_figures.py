"""What a class answered, as it stands on the wall: one question large enough for the last row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from survey_app.database import Row
from survey_app.screens.form_words import FormWords
from survey_app.screens.language import current, number, say

COUNTED = ("select_one", "select_multiple", "number")

STYLE = """<style>
.wall h2 { font-size: clamp(1.5rem, 3.4vw, 2.6rem) !important; line-height: 1.25; margin: 0; padding: 0 }
.wall .around { font-size: clamp(1.1rem, 2vw, 1.6rem); margin: 0 }
.wall .told { font-size: clamp(1.1rem, 1.8vw, 1.5rem); margin: .3rem 0 1rem }
.wall ul { list-style: none; margin: 0; padding: 0 !important; display: grid; gap: .8rem }
.wall li { margin: 0; font-size: clamp(1.75rem, 2.6vw, 2.3rem); line-height: 1.25 }
.wall .line { display: flex; gap: 1rem; justify-content: space-between; align-items: baseline; flex-wrap: wrap }
.wall .line b { font-variant-numeric: tabular-nums; white-space: nowrap; margin-left: auto }
.wall .line .kept { font-weight: 500; font-size: .75em; opacity: .85; margin-left: auto }
.wall .bar { height: 1.1rem; border-radius: 99px; background: rgba(128,140,148,.22); overflow: hidden; margin-top: .2rem }
.wall .bar i { display: block; height: 100%; background: #0b6b5d; border-radius: 99px }
.wall blockquote { font-size: clamp(1.75rem, 2.6vw, 2.3rem); line-height: 1.35; margin: 0 0 1.2rem; padding: .4rem 1.2rem;
  border-left: 8px solid #d9822b; white-space: pre-wrap; overflow-wrap: anywhere }
</style>"""


@dataclass(frozen=True)
class Figure:
    """A choice and how many chose it; None: hidden."""

    choice: str
    count: int | None


@dataclass(frozen=True)
class Asked:
    """A question and its figures; answered None: all of it is hidden."""

    question: str
    kind: str
    answered: int | None
    figures: tuple[Figure, ...]


def questions(found: Sequence[Row]) -> list[Asked]:
    """The rows of class_results, by question, in their order."""
    return [
        Asked(
            name,
            str(its[0]["kind"]),
            None if its[0]["hidden"] and its[0]["choice"] is None else its[0]["answered"],
            tuple(
                Figure(str(row["choice"]), None if row["hidden"] else row["count"])
                for row in its
                if row["choice"] is not None
            ),
        )
        for name, its in ((name, list(group)) for name, group in groupby(found, key=lambda row: str(row["question"])))
    ]


def question_html(asked: Asked, words: FormWords) -> str:
    around = words.around(asked.question)
    title = (
        f'<p class="around">{escape(around)}</p>' if around else ""
    ) + f"<h2>{escape(words.question(asked.question))}</h2>"
    if asked.answered is None:
        return f'<section class="wall">{title}<p class="told">{escape(say("results.too_few"))}</p></section>'
    told = say("results.answered", count=number(asked.answered))
    if asked.kind == "rank":
        told += " · " + say("results.rank_explained")
    elif asked.kind not in COUNTED:
        told += " · " + say("results.own_words" if asked.kind == "text" else "results.not_shown")
    lines = "".join(_line(asked, figure, words) for figure in asked.figures)
    return f'<section class="wall">{title}<p class="told">{escape(told)}</p><ul>{lines}</ul></section>'


def quotes_html(texts: Sequence[Row], words: FormWords) -> str:
    """What was released of the children's own words, by question."""
    parts = []
    for name, its in groupby(sorted(texts, key=lambda text: text["question"] or ""), key=lambda text: text["question"]):
        quotes = "".join(f"<blockquote>{escape(text['shown'])}</blockquote>" for text in its)
        parts.append(f"<h2>{escape(words.question(name) or say('texts.recorded'))}</h2>{quotes}")
    return f'<section class="wall">{"".join(parts)}</section>'


def _line(asked: Asked, figure: Figure, words: FormWords) -> str:
    emoji, label = words.choice(asked.question, figure.choice)
    if asked.kind == "number":
        emoji, label = "", figure.choice
    name = f"<span>{f'{escape(emoji)} ' if emoji else ''}{escape(label)}</span>"
    if figure.count is None:
        return f'<li><div class="line">{name}<span class="kept">{escape(say("results.kept"))}</span></div></li>'
    if asked.kind == "rank":
        place = f"{figure.count / 10:.1f}".replace(".", "," if current() == "vi" else ".")
        return f'<li><div class="line">{name}<b>{escape(say("results.place", place=place))}</b></div></li>'
    share = round(100 * figure.count / asked.answered) if asked.answered else 0
    return (
        f'<li><div class="line">{name}<b>{escape(say("results.children", count=number(figure.count)))}</b></div>'
        f'<div class="bar"><i style="width:{min(share, 100)}%"></i></div></li>'
    )
