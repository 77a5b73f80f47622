"""A questionnaire as JSON: the same when it is read back, whatever it holds, and the definitions of earlier versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.questionnaire import Questionnaire, compile_check, read_questionnaire
from survey_app.questionnaire.xlsform import fingerprint
from tests.unit.questionnaire.form_text import read

FORMS = Path(__file__).parent / "forms"
CHOICES = """
| choices |
| | list_name | name | label::vi | label::en | emoji | media::image | media::audio::vi | media::audio::en | of |
| | yn        | yes  | Có        | Yes       | 🙂    | yes.png      | yes.mp3          |                  | x  |
| | yn        | no   | Không     | No        |       |              |                  | no.ogg           | y  |
| | ot        | tv   | Ti vi     | TV        |       |              |                  |                  |    |
"""
COLUMNS = (
    *("type", "name", "label::vi", "label::en", "hint::vi", "hint::en", "guidance_hint::vi", "guidance_hint::en"),
    *("media::image", "media::audio::vi", "autoplay", "appearance", "required", "relevant", "readonly", "default"),
    *("calculation", "trigger", "parameters", "choice_filter", "repeat_count"),
)
KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "text": {"appearance": ("multiline", "numbers"), "default": ("a", "concat('a', 'b')"), "parameters": ("rows=4",)},
    "integer": {"appearance": ("counter",), "default": ("3", "1 + 1")},
    "decimal": {"default": ("1.5",)},
    "date": {"default": ("2026-11-24", "today()")},
    "time": {"default": ("08:30",)},
    "range": {"appearance": ("stars", "slider", "rating"), "parameters": ("start=0 end=5 step=0.5",)},
    "acknowledge": {},
    "image": {"appearance": ("draw", "signature"), "parameters": ("max-pixels=800",)},
    "audio": {"parameters": ("quality=low",)},
    "select_one yn": {"appearance": ("faces", "likert w3"), "choice_filter": ("of = 'x'",), "default": ("yes",)},
    "select_one ot or_other": {"parameters": ("randomize=true",)},
    "select_multiple yn": {"appearance": ("picture-grid",), "parameters": ("randomize=true seed=4",)},
    "rank yn": {"appearance": ("rank",), "parameters": ("randomize=true seed=${first}",), "default": ("no yes",)},
}


@st.composite
def rows(draw: st.DrawFn, name: str, outer: bool = True) -> list[str]:
    """The rows of one question, or of a group or repeat of some."""

    def maybe(*values: str) -> str:
        return draw(st.sampled_from(("", *values)))

    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"name": name, "label::vi": f"Câu {name}", "label::en": f"Question {name} ${{first}}"}
    if maybe("hint"):
        cells |= {"hint::vi": "Gợi ý", "hint::en": "Hint"}
    if maybe("guidance"):
        cells |= {"guidance_hint::vi": "Giải thích", "guidance_hint::en": "Help"}
    cells["media::image"] = maybe("a.png")
    cells["media::audio::vi"] = maybe("a.mp3")
    cells["autoplay"] = maybe("audio")
    cells["relevant"] = maybe("${first} > 3", "yes")
    kind = draw(st.sampled_from((*KINDS, "note", *(("begin_group", "begin_repeat") if outer else ()))))
    cells["type"] = kind
    if kind.startswith("begin"):
        cells["appearance"] = maybe("field-list")
        if kind == "begin_repeat":
            cells["repeat_count"] = maybe("2", "${first}")
        inside = [row for place in range(draw(st.integers(1, 3))) for row in draw(rows(f"{name}_{place}", False))]
        return [_line(cells), *inside, _line(dict.fromkeys(COLUMNS, "") | {"type": kind.replace("begin", "end")})]
    for column, values in KINDS.get(kind, {}).items():
        cells[column] = maybe(*values)
    if kind != "note":
        cells["required"] = maybe("yes", "${first} = 1")
        cells["readonly"] = maybe("yes", "${first} = 2")
    if kind == "integer" and cells["readonly"] == "yes":
        cells["calculation"] = maybe("${first} * 2")
    if kind in ("text", "date") and outer:
        cells["trigger"] = maybe("${first}")
    return [_line(cells)]


def _line(cells: dict[str, str]) -> str:
    return f"| | {' | '.join(cells.values())} |"


@st.composite
def forms(draw: st.DrawFn) -> str:
    first = _line(
        dict.fromkeys(COLUMNS, "") | {"type": "integer", "name": "first", "label::vi": "Một", "label::en": "One"}
    )
    lines = [row for place in range(draw(st.integers(0, 6))) for row in draw(rows(f"q{place}"))]
    return "\n".join(["| survey |", f"| | {' | '.join(COLUMNS)} |", first, *lines]) + CHOICES


@settings(deadline=None, max_examples=150)
@given(forms())
def test_a_form_is_the_same_when_its_json_is_read_back(form: str) -> None:
    questionnaire = read(form)
    again = Questionnaire.from_json(json.loads(json.dumps(questionnaire.to_json())))
    assert again == questionnaire
    assert fingerprint(again) == fingerprint(questionnaire)


def test_the_form_of_kobotoolbox_is_the_same_when_its_json_is_read_back() -> None:
    questionnaire = read_questionnaire(FORMS / "kobo.md")
    assert Questionnaire.from_json(json.loads(json.dumps(questionnaire.to_json()))) == questionnaire


def test_the_fingerprint_tells_every_new_thing_apart() -> None:
    form = "| survey |\n| | type | name | label | {} |\n| | integer | a | A | |\n| | text | q | Hỏi | {} |"
    changes = [
        ("guidance_hint", ""),
        ("guidance_hint", "Giải thích"),
        ("media::image", "a.png"),
        ("media::audio", "a.mp3"),
        ("autoplay", "audio"),
        ("readonly", "yes"),
        ("readonly", "${a} = 1"),
        ("default", "x"),
        ("default", "concat('x', 'y')"),
        ("trigger", "${a}"),
        ("parameters", "rows=3"),
    ]
    found = {fingerprint(read(form.format(column, cell))) for column, cell in changes}
    assert len(found) == len(changes)


# As it stands in databases from before repeats, files and read-only expressions.
EARLIER: dict[str, Any] = {
    "id": "earlier",
    "version": "1",
    "title": {"vi": "Trước"},
    "languages": ["vi"],
    "default_language": "vi",
    "min_age": 7,
    "max_age": 10,
    "nodes": [
        {"name": "hello", "type": "note", "label": {"vi": "Chào"}},
        {
            "name": "g",
            "type": "group",
            "appearance": ["field-list"],
            "children": [
                {
                    "name": "feeling",
                    "type": "select_one",
                    "label": {"vi": "Thế nào?"},
                    "appearance": ["faces", "wibble"],
                    "required": {"fn": "true", "args": []},
                    "default": "glad",
                    "read_only": True,
                    "choices": "feeling",
                }
            ],
        },
        {"name": "stars", "type": "range", "label": {"vi": "Mấy?"}, "parameters": {"start": 1, "end": 5, "step": 1}},
    ],
    "choices": {"feeling": [{"name": "glad", "label": {"vi": "Vui"}, "emoji": "🙂", "extra": {"of": "x"}}]},
}


def test_definitions_from_before_are_read_and_written_as_they_were() -> None:
    questionnaire = Questionnaire.from_json(EARLIER)
    feeling = questionnaire.nodes[1].children[0]
    assert (feeling.read_only, feeling.trigger, feeling.initial) == (True, (), None)
    assert questionnaire.to_json() == EARLIER
    assert compile_check(questionnaire)({"feeling": "glad", "stars": 3}) == []
