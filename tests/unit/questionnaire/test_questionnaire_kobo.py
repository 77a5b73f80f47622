"""Forms that come from KoboToolbox: read as they are, and what only KoboToolbox knows is refused with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_app.questionnaire import read_questionnaire
from survey_app.questionnaire.order import walk
from tests.unit.questionnaire.form_text import YES_NO, problems, survey

KOBO = Path(__file__).parent / "forms" / "kobo.md"


def test_a_form_of_kobotoolbox_is_read_unchanged() -> None:
    questionnaire = read_questionnaire(KOBO)
    assert (questionnaire.id, questionnaire.version) == ("aBcD3fGh1JkLm", "vQ8 (2026-11-20 08:00:00)")
    assert questionnaire.languages == ("en",)
    assert [(node.name, node.type) for node in walk(questionnaire.nodes)] == [
        ("start", "start"),
        ("end", "end"),
        ("Welcome", "note"),
        ("Ready", "acknowledge"),
        ("About_you", "group"),
        ("Age", "integer"),
        ("At_school", "select_one"),
        ("Which_school", "text"),
        ("Play", "select_multiple"),
        ("Play_other", "text"),
        ("Best", "rank"),
        ("Province", "select_one"),
        ("Commune", "select_one"),
        ("Happy", "range"),
        ("Distance", "decimal"),
        ("Birthday_party", "date"),
        ("Wake_up", "time"),
        ("Drawing", "image"),
        ("Place_photo", "image"),
        ("Voice", "audio"),
        ("Siblings", "integer"),
        ("Sibling", "repeat"),
        ("Sibling_age", "integer"),
        ("Place", "calculate"),
        ("All_ages", "calculate"),
        ("Counted", "calculate"),
        ("Changed_at", "text"),
        ("Thanks", "note"),
    ]


def test_nothing_of_it_is_lost() -> None:
    nodes = {node.name: node.to_json() for node in walk(read_questionnaire(KOBO).nodes)}
    assert nodes["Welcome"]["image"] == "welcome.png"
    assert nodes["Welcome"]["audio"] == {"en": "welcome.mp3"}
    assert nodes["Ready"]["required_message"] == {"en": "Please tick it"}
    assert nodes["Age"]["guidance_hint"] == {"en": "Count full years only."}
    assert nodes["At_school"]["default"] == "yes"
    assert nodes["Play"]["randomize"] is True
    assert nodes["Commune"]["seed"] == {"lit": 7}
    assert nodes["Birthday_party"]["initial"] == {"fn": "today", "args": []}
    assert nodes["Drawing"]["appearance"] == ["draw"]
    assert nodes["Place_photo"]["parameters"] == {"max-pixels": 1024}
    assert nodes["Sibling"]["count"] == {"ref": "Siblings"}
    assert nodes["All_ages"]["calculation"] == {"fn": "sum", "args": [{"all": "Sibling_age", "of": "Sibling"}]}
    assert (nodes["Changed_at"]["trigger"], nodes["Changed_at"]["read_only"]) == (["Age"], True)


@pytest.mark.parametrize(
    ("begin", "inner", "end", "code"),
    [
        ("begin_score", "score__row", "end_score", "unsupported_score"),
        ("begin score", "score__row", "end score", "unsupported_score"),
        ("begin_rank", "rank__level", "end_rank", "unsupported_ranking"),
        ("begin_kobomatrix", "text", "end_kobomatrix", "unsupported_matrix"),
    ],
)
def test_blocks_of_its_form_builder_alone_are_refused_once_each(begin: str, inner: str, end: str, code: str) -> None:
    form = survey(
        "relevant",
        "text | before | Trước |",
        f"{begin} | block | Khối |",
        f"{inner} | first | Một |",
        f"{inner} | second | Hai |",
        f"{end} | | |",
        "text | after | Sau | ${first} = 'x' and ${block} = 'y'",
        "geopoint | place | Ở đâu |",
    )
    assert problems(form + YES_NO) == [(code, "survey", 3, "type"), ("unsupported_place", "survey", 8, "type")]
