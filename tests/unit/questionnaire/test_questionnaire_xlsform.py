"""XLSForm → Questionnaire: what we read, and what we refuse, by row and with the remedy."""

from __future__ import annotations

import json
import string
import struct
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT
from pyxform.xls2json_backends import _md_table_to_ss_structure

from survey_app.questionnaire import Questionnaire, QuestionnaireError, read_questionnaire
from survey_app.questionnaire.command import check_files
from survey_app.questionnaire.problem_texts import TEXTS
from tests.unit.questionnaire.form_text import YES_NO, problems, read, survey

FORMS = Path(__file__).parent / "forms"
ONE = """
| survey |
| | type | name | label |
| | text | q    | Hỏi   |
"""


def test_a_form_becomes_a_questionnaire() -> None:
    questionnaire = read_questionnaire(FORMS / "twelve.md")
    assert (questionnaire.id, questionnaire.version) == ("twelve", "1")
    assert questionnaire.title == {"vi": "Mười hai câu", "en": "Mười hai câu"}
    assert questionnaire.languages == ("vi", "en")
    assert questionnaire.default_language == "vi"
    nodes = {node["name"]: node for node in questionnaire.to_json()["nodes"]}
    assert nodes["feeling"] == {
        "name": "feeling",
        "type": "select_one",
        "label": {"vi": "Em thấy thế nào?", "en": "How do you feel?"},
        "appearance": ["faces"],
        "required": {"fn": "true", "args": []},
        "choices": "feeling",
    }
    assert nodes["stars"]["parameters"] == {"start": 1, "end": 5, "step": 1}
    assert nodes["why"]["relevant"] == {"op": "=", "args": [{"ref": "feeling"}, {"lit": "sad"}]}
    assert nodes["years"]["calculation"] == {"op": "-", "args": [{"lit": 16}, {"ref": "age"}]}
    assert [child["name"] for child in nodes["older"]["children"]] == ["council", "distance"]
    assert questionnaire.to_json()["choices"]["place"][0] == {
        "name": "home",
        "label": {"vi": "Ở nhà", "en": "At home"},
        "emoji": "🏠",
    }


def test_the_json_reads_back_as_the_same_questionnaire() -> None:
    questionnaire = read_questionnaire(FORMS / "twelve.md")
    assert Questionnaire.from_json(json.loads(json.dumps(questionnaire.to_json()))) == questionnaire


def test_what_is_not_the_json_of_a_questionnaire_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not the JSON of a questionnaire"):
        Questionnaire.from_json({"id": "x"})
    broken = read(ONE).to_json()
    broken["nodes"][0]["type"] = "geopoint"
    with pytest.raises(ValueError, match="unknown type geopoint"):
        Questionnaire.from_json(broken)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_same_form_can_be_xlsx_or_csv(kind: str) -> None:
    text = (FORMS / "twelve.md").read_text(encoding="utf-8")
    if kind == "xlsx":
        book = Workbook()
        book.remove(book.active)
        for sheet, rows in _md_table_to_ss_structure(text).items():
            page = book.create_sheet(sheet)
            for row in rows:
                page.append(row)
        file = BytesIO()
        book.save(file)
        content = file.getvalue()
    else:
        lines = []
        for sheet, rows in _md_table_to_ss_structure(text).items():
            lines.append(f'"{sheet}"')
            lines.extend(",".join(["", *(f'"{cell}"' if cell else "" for cell in row)]) for row in rows)
        content = "\n".join(lines).encode()
    assert read_questionnaire(content, f"twelve.{kind}") == read_questionnaire(FORMS / "twelve.md")


def _xls(sheets: dict[str, list[list[str]]]) -> bytes:
    """A workbook as Excel 5 wrote it ([MS-XLS]; OpenOffice's documentation of the Excel file format, chapter 5)."""

    def record(code: int, data: bytes = b"") -> bytes:
        return struct.pack("<HH", code, len(data)) + data

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHH", 0x0500, kind, 0, 0))

    def cell(row: int, column: int, text: str) -> bytes:
        return record(0x0204, struct.pack("<HHHH", row, column, 0, len(text)) + text.encode("cp1252"))

    pages = [
        begin(0x10)
        + b"".join(cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row) if text)
        + record(0x000A)
        for rows in sheets.values()
    ]
    head = begin(0x05) + record(0x0042, struct.pack("<H", 1252))
    position = len(head) + sum(11 + len(name) for name in sheets) + 4
    for name, page in zip(sheets, pages, strict=True):
        head += record(0x0085, struct.pack("<IBBB", position, 0, 0, len(name)) + name.encode())
        position += len(page)
    return head + record(0x000A) + b"".join(pages)


def test_an_old_xls_file_is_read_and_its_rows_are_counted_as_in_the_sheet() -> None:
    rows = [["type", "name", "label"], ["text", "q", "Ask"], [], ["integer", "n", "Number"]]
    settings = [["form_id", "version"], ["old", "7"]]
    questionnaire = read_questionnaire(_xls({"survey": rows, "settings": settings}), "old.xls")
    assert (questionnaire.id, questionnaire.version) == ("old", "7")
    assert [node.type for node in questionnaire.nodes] == ["text", "integer"]
    with pytest.raises(QuestionnaireError, match="sheet survey, row 5, column type"):
        read_questionnaire(_xls({"survey": [*rows, ["geopoint", "g", "Where"]]}), "old.xls")


def test_numbers_in_cells_are_read_as_a_person_sees_them() -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "survey"
    for row in (["type", "name", "label", "default"], ["integer", "n", "Số", 3]):
        page.append(row)
    page = book.create_sheet("settings")
    for row in (["form_id", "version", "min_age"], ["f", 2026.1, 7]):
        page.append(row)
    file = BytesIO()
    book.save(file)
    questionnaire = read_questionnaire(file.getvalue(), "f.xlsx")
    assert (questionnaire.version, questionnaire.min_age, questionnaire.nodes[0].default) == ("2026.1", 7, 3)


def test_yes_and_no_are_expressions_too() -> None:
    form = survey("required | relevant", "text | a | A | no | yes", "text | b | B | yes | no")
    first, second = read(form).nodes
    assert (first.required, first.relevant) == (None, {"fn": "true", "args": []})
    assert (second.required, second.relevant) == ({"fn": "true", "args": []}, {"fn": "false", "args": []})


def test_a_form_without_settings_is_named_after_its_file_and_versioned_by_its_content() -> None:
    first, again, other = read(ONE, "mine.md"), read(ONE, "mine.md"), read(ONE.replace("Hỏi", "Khác"), "mine.md")
    assert first.id == "mine"
    assert first.version == again.version != other.version
    assert (first.languages, first.title) == (("vi",), {"vi": "mine"})
    assert (first.min_age, first.max_age) == (None, None)


def test_settings_give_ages_and_titles_by_language() -> None:
    form = """
    | survey |
    | | type | name | label::Tiếng Việt (vi) | label::English (en) |
    | | text | q    | Hỏi                    | Ask                 |
    | settings |
    | | form_title | form_id | version | default_language | min_age | max_age | title_en |
    | | Ý kiến     | f       | 3       | English (en)     | 7       | 10      | Opinion  |
    """
    questionnaire = read(form)
    assert (questionnaire.min_age, questionnaire.max_age) == (7, 10)
    assert questionnaire.title == {"en": "Opinion", "vi": "Ý kiến"}
    assert questionnaire.default_language == "en"


@pytest.mark.parametrize(
    ("heading", "code"), [("Tiếng Việt (vi)", "vi"), ("km", "km"), ("English", "en"), ("Português (pt-BR)", "pt-br")]
)
def test_a_language_is_known_by_its_code_or_a_well_known_name(heading: str, code: str) -> None:
    assert read(ONE.replace("label", f"label::{heading}")).languages == (code,)


def test_a_choice_filter_takes_only_the_columns_it_reads_along() -> None:
    form = survey(
        "choice_filter",
        "select_one school | school | Trường | commune = ${commune} and name != 'x'",
        "text | commune | Xã |",
    )
    form += """
    | choices |
    | | list_name | name | label | commune | remark  |
    | | school    | a    | A     | tv      | private |
    """
    questionnaire = read(form)
    assert questionnaire.to_json()["choices"]["school"] == [
        {"name": "a", "label": {"vi": "A"}, "extra": {"commune": "tv"}}
    ]


def test_old_spellings_of_types_are_understood() -> None:
    form = survey(
        "hint",
        "add text prompt | a | A |",
        "int | b | B |",
        "select one from yn | c | C |",
        "add note prompt | d | D |",
    )
    assert [node.type for node in read(form + YES_NO).nodes] == ["text", "integer", "select_one", "note"]


def test_remarks_of_the_author_are_ignored() -> None:
    assert read(survey("reviewer_note", "text | q | Hỏi | ask Lan first")).nodes[0].name == "q"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("geopoint", "unsupported_place"),
        ("start-geopoint", "unsupported_place"),
        ("geotrace", "unsupported_place"),
        ("geoshape", "unsupported_place"),
        ("background-geopoint", "unsupported_place"),
        ("osm buildings", "unsupported_place"),
        ("video", "unsupported_media"),
        ("file", "unsupported_media"),
        ("barcode", "unsupported_media"),
        ("background-audio", "unsupported_media"),
        ("dateTime", "unsupported_datetime"),
        ("username", "unsupported_personal"),
        ("phonenumber", "unsupported_personal"),
        ("email", "unsupported_personal"),
        ("simserial", "unsupported_personal"),
        ("subscriberid", "unsupported_personal"),
        ("audit", "unsupported_personal"),
        ("wibble", "unsupported_type"),
        ("percentage", "unsupported_type"),
        ("rank yn or_other", "unsupported_or_other"),
        ("select_one_from_file a.csv", "unsupported_choice_source"),
        ("select_multiple_from_file a.xml", "unsupported_choice_source"),
        ("select_one_external yn", "unsupported_choice_source"),
        ("select_one ${first}", "unsupported_choice_source"),
        ("csv-external", "unsupported_choice_source"),
        ("xml-external", "unsupported_choice_source"),
        ("select_one nowhere", "unknown_list"),
        ("rank nowhere", "unknown_list"),
    ],
)
def test_a_type_we_do_not_have_is_refused_by_row(kind: str, code: str) -> None:
    form = survey("hint", "text | first | Một |", f"{kind} | second | Hai |", "text | third | ${second} |")
    assert problems(form + YES_NO) == [(code, "survey", 3, "type")]


# Of pyxform's own types and their old names, those that are read; select ones stand without their list there.
_READ_TYPES = {
    *("text", "string", "q string", "add text prompt", "integer", "int", "q int", "add integer prompt"),
    *("decimal", "q decimal", "add decimal prompt", "date", "q date", "add date prompt", "time"),
    *("note", "q note", "add note prompt", "acknowledge", "q acknowledge", "add acknowledge prompt", "trigger"),
    *("image", "photo", "q image", "q picture", "add image prompt", "audio", "q audio", "add audio prompt"),
    *("range", "hidden", "calculate", "q calculate", "add calculate prompt"),
    *("start", "start time", "get start time", "end", "end time", "get end time", "today", "get today"),
    *("deviceid", "imei", "device id", "get device id"),
}


@pytest.mark.parametrize("kind", [*QUESTION_TYPE_DICT, "begin_loop over yn", "cascading_select yn", "add file prompt"])
def test_every_type_that_pyxform_knows_is_read_or_refused_by_row(kind: str) -> None:
    form = survey("calculation", "text | first | Một |", f"{kind} | q | Hỏi | {'1' if 'calculate' in kind else ''}")
    if kind in _READ_TYPES:
        assert [node.name for node in read(form).nodes] == ["first", "q"]
    else:
        assert {one[1:] for one in problems(form + YES_NO) if one[3] == "type"} == {("survey", 3, "type")}


def test_the_time_at_the_end_is_no_end_of_a_group() -> None:
    assert [node.type for node in read(survey("hint", "end | end | |", "text | q | Hỏi |")).nodes] == ["end", "text"]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("relevant", "${nobody} = 1", "unknown_reference"),
        ("relevant", "${hello} = 1", "reference_without_value"),
        ("relevant", ". = 1", "self_outside_constraint"),
        ("relevant", "yes = ${first}", "bare_word"),
        ("relevant", "pulldata('a', 'b', 'c', ${first}) = 1", "function_other_data"),
        ("relevant", "wibble(${first})", "unknown_function"),
        ("relevant", "position(..) = 1", "position_outside_repeat"),
        ("relevant", "once(${first}) = 1", "once_outside_calculation"),
        ("relevant", "count(${first}) = 1", "count_without_repeat"),
        ("relevant", "jr:choice-name(${first}, '${first}') = 'A'", "choice_name_of_no_choice"),
        ("label", "Chào ${nobody}", "unknown_reference"),
        ("label", "Chào ${hello}", "reference_without_value"),
        ("constraint", "regex(., '(a+)+')", "pattern_nested"),
        ("constraint", "../first = 1", "expression_path"),
        ("required", "${first} = ", "expression_unfinished"),
        ("calculation", "${first} + 1", "calculation_on_question"),
        ("read_only", "${nobody} = 1", "unknown_reference"),
        ("default", "${nobody}", "unknown_reference"),
        ("default", "wibble()", "unknown_function"),
        ("trigger", "first", "bad_trigger"),
        ("trigger", "${hello}", "bad_trigger"),
        ("trigger", "${first} ${first}", "bad_trigger"),
        ("media::image", "https://x/a.png", "bad_image"),
        ("media::image", "a.bmp", "bad_image"),
        ("media::audio", "../a.mp3", "bad_audio"),
        ("media::audio", "a.exe", "bad_audio"),
        ("media::video", "a.mp4", "unsupported_column"),
        ("media::big-image", "a.png", "unsupported_column"),
        ("media", "a.png", "unsupported_column"),
        ("autoplay", "video", "bad_autoplay"),
        ("rows", "0", "bad_parameter"),
        ("repeat_count", "3", "not_applicable"),
        ("bind::odk:length", "20", "unsupported_column"),
        ("body::accept", "image/*", "unsupported_column"),
        ("intent", "org.app", "unsupported_column"),
        ("save_to", "children", "unsupported_column"),
        ("compact_tag", "x", "unsupported_column"),
        ("sms_field", "x", "unsupported_column"),
        ("no_app_error_string", "x", "unsupported_column"),
        ("choice_filter", "a = 1", "not_applicable"),
    ],
)
def test_a_cell_we_cannot_use_is_refused_by_row_and_column(column: str, cell: str, code: str) -> None:
    form = survey(column, "text | first | Một |", "note | hello | Chào |", f"text | second | Hai | {cell}")
    if column == "label":
        form = survey("hint", "text | first | Một |", "note | hello | Chào |", f"text | second | {cell} |")
    column = {"save_to": "save_to", "compact_tag": "instance"}.get(column, column)
    column = {"body::accept": "accept", "no_app_error_string": "bind::jr:noAppErrorString"}.get(column, column)
    assert (code, "survey", 4, column) in problems(form)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("calculate | c | | | | | |", "calculation", "missing_calculation"),
        ("note | n | N | yes | | | |", "required", "not_applicable"),
        ("integer | i | I | | x | | |", "default", "wrong_default"),
        ("select_one yn | s | S | | maybe | | |", "default", "wrong_default"),
        ("note | n | N | | x | | |", "default", "not_applicable"),
        ("range | r | R | | | start=1 end=5 step=9 | |", "parameters", "bad_range"),
        ("range | r | R | | | start=1 end=100000 step=1 | |", "parameters", "bad_range"),
        ("range | r | R | | | start=1 end=5 tick_interval=2 | |", "parameters", "unsupported_parameter"),
        ("image | i | I | | | app=org.app | |", "parameters", "unsupported_parameter"),
        ("image | i | I | | | max-pixels=0 | |", "parameters", "bad_parameter"),
        ("text | t | T | | | rows=0 | |", "parameters", "bad_parameter"),
        ("audio | a | A | | | quality=external | |", "parameters", "unsupported_parameter"),
        ("integer | i | I | | | start=1 | |", "parameters", "unsupported_parameter"),
        ("select_one yn | s | S | | | randomize=true seed=${nobody} | |", "parameters", "unknown_reference"),
        ("rank yn | k | K | | yes | | |", "default", "wrong_default"),
        ("rank yn | k | K | | concat('yes', 'no') | | |", "default", "dynamic_default"),
        ("time | t | T | | 8:30 | | |", "default", "wrong_default"),
        ("image | i | I | | a.png | | |", "default", "not_applicable"),
        ("audio | a | A | | a.mp3 | | |", "default", "not_applicable"),
        ("text | t | T | | | | ${q} |", "calculation", "calculation_on_question"),
        ("note | n | N | | | | ${q} |", "calculation", "calculation_on_question"),
        ("text | t | | | | | |", "label", "missing_label"),
        ("text | constructor | T | | | | |", "name", "reserved_name"),
        ("text | 1a | T | | | | |", "name", "bad_name"),
        ("text | q | T | | | | |", "name", "duplicate_name"),
        ("text | | T | | | | |", "name", "missing_name"),
        (" | nameless | T | | | | |", "type", "missing_type"),
    ],
)
def test_a_row_that_cannot_be_is_refused(row: str, column: str, code: str) -> None:
    form = survey("required | default | parameters | calculation", "text | q | Hỏi | | | |", row)
    assert problems(form + YES_NO) == [(code, "survey", 3, column)]


def test_names_are_unique_over_the_whole_form_not_only_within_a_group() -> None:
    form = survey(
        "hint", "begin_group | g | G |", "text | q | Hỏi |", "end_group | | |", "text | q | Lại |", "text | g | Nhóm |"
    )
    assert problems(form) == [("duplicate_name", "survey", 5, "name"), ("duplicate_name", "survey", 6, "name")]


def test_groups_must_open_and_close() -> None:
    assert problems(survey("hint", "begin_group | g | G |", "text | q | Hỏi |")) == [
        ("unmatched_begin", "survey", 2, "type")
    ]
    assert problems(survey("hint", "text | q | Hỏi |", "end_group | | |")) == [("unmatched_end", "survey", 3, "type")]


def test_questions_cannot_wait_for_each_other() -> None:
    form = survey(
        "relevant", "text | a | A | ${b} = 1", "text | b | B | ${c} = 1", "text | c | C | ${a} = 1", "text | d | D |"
    )
    assert problems(form) == [("cycle", "survey", 2, None)]
    assert problems(survey("relevant", "text | a | A | ${a} = 1"))[0][0] == "cycle"
    inside = survey("relevant", "begin_group | g | G | ${a} = 1", "text | a | A |", "end_group | | |")
    assert [one[0] for one in problems(inside)] == ["cycle"]


def test_every_text_must_be_in_every_language() -> None:
    form = """
    | survey |
    | | type | name | label::vi | label::en | hint::vi | hint::en | required_message::vi | required_message::en |
    | | select_one yn | a | Một | | | only en | | |
    | | integer | b | Hai | Two | | | Cần | |
    | choices |
    | | list_name | name | label::vi | label::en |
    | | yn        | yes  | Có        | Yes       |
    | | yn        | no   | Không     |           |
    """
    assert problems(form) == [
        ("missing_translation", "survey", 2, "label::en"),
        ("missing_translation", "survey", 2, "hint::vi"),
        ("missing_translation", "survey", 3, "required_message::en"),
        ("missing_translation", "choices", 3, "label::en"),
    ]


def test_languages_need_codes() -> None:
    assert problems(ONE.replace("label", "label::Klingon"))[0] == ("language_without_code", "survey", 1, None)
    twice = survey("label::English (en) | label::en", "text | q | | Ask | Ask").replace("| label |", "|  |", 1)
    assert ("language_twice", "survey", 1, None) in problems(twice)


def test_a_default_language_must_be_one_of_the_form() -> None:
    form = ONE.replace("label", "label::Tiếng Việt (vi)") + "| settings |\n| | default_language |\n| | French (fr) |"
    assert ("unknown_default_language", "settings", 2, "default_language") in problems(form)


@pytest.mark.parametrize(
    ("ages", "codes"), [("ten | 12", ["bad_age"]), ("12 | 7", ["ages_reversed"]), ("-1 | 500", ["bad_age", "bad_age"])]
)
def test_ages_must_be_ages(ages: str, codes: list[str]) -> None:
    form = ONE + f"| settings |\n| | min_age | max_age |\n| | {ages} |"
    assert [one[0] for one in problems(form)] == codes


def test_choices_are_checked_row_by_row() -> None:
    form = (
        survey("hint", "select_one yn | q | Hỏi |")
        + """
    | choices |
    | | list_name | name    | label | media::image |
    | | yn        | yes     | Có    | yes.webp     |
    | | yn        | yes     | Có    |              |
    | | yn        | two bad | Hai   |              |
    | | yn        | no      |       |              |
    | |           | lost    | Lạc   |              |
    | | yn        | maybe   | Có lẽ | https://x/y.png |
    """
    )
    assert [one for one in problems(form) if one[0] != "pyxform"] == [
        ("duplicate_choice", "choices", 3, "name"),
        ("bad_choice_name", "choices", 4, "name"),
        ("missing_label", "choices", 5, "label"),
        ("missing_list_name", "choices", 6, "list_name"),
        ("bad_image", "choices", 7, "media::image"),
    ]


def test_a_filter_can_only_read_columns_that_are_there() -> None:
    form = survey("choice_filter", "select_one yn | q | Hỏi | wrong = 'x'")
    assert ("unknown_column", "survey", 2, "choice_filter") in problems(form + YES_NO)


def test_what_pyxform_alone_finds_is_told_with_its_row() -> None:
    form = survey("hint", "begin_group | g | G |", "text | q | Hỏi |", "end_repeat | | |")
    assert problems(form) == [("pyxform", "survey", 4, None)]


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\xff\xfe", b"PK\x03\x04broken", b"| survey |\n| | a |"])
@pytest.mark.parametrize("name", ["f.md", "f.xlsx", "f.xls", "f.csv", "f.txt", ""])
def test_what_is_no_form_is_refused_in_words(content: bytes, name: str) -> None:
    with pytest.raises(QuestionnaireError) as caught:
        read_questionnaire(content, name)
    assert caught.value.problems


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(QuestionnaireError, match="There is no file"):
        read_questionnaire("no/such/form.md")


def test_a_form_needs_a_question() -> None:
    assert problems(survey("hint", "note | n | Chào |"))[0][0] == "no_questions"


def test_check_says_ok_or_every_error_with_place_cause_and_remedy(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(ONE, encoding="utf-8")
    bad.write_text(survey("relevant", "geopoint | p | Ở đâu |", "text | q | Hỏi | ${nobody} = 1"), encoding="utf-8")
    out = StringIO()
    assert check_files([good], out) == 0
    assert f"{good}: OK" in out.getvalue()
    out = StringIO()
    assert check_files([bad, good], out) == 1
    said = out.getvalue()
    assert "sheet survey, row 2, column type" in said
    assert "trang survey, hàng 3, cột relevant" in said
    assert said.count("Remedy: ") == said.count("Cách sửa: ") == said.count("Cause: ") == 2
    assert f"{good}: OK" in said


@pytest.mark.parametrize("code", TEXTS)
def test_every_problem_is_told_in_both_languages_with_the_same_placeholders(code: str) -> None:
    def names(texts: tuple[str, str]) -> set[str]:
        return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}

    assert names(TEXTS[code]["vi"]) <= names(TEXTS[code]["en"]) | names(TEXTS[code]["vi"])
    assert TEXTS[code]["vi"] != TEXTS[code]["en"]


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet="| \nabsurveytypname${}()'=.:_1é", max_size=200))
def test_any_markdown_is_read_or_refused(text: str) -> None:
    try:
        read("| survey |\n| | type | name | label | relevant |\n" + text)
    except QuestionnaireError as error:
        problems_told = len(error.problems)
    else:
        return
    assert problems_told


_COLUMNS = (
    *("type", "name", "label", "label::en", "hint", "guidance_hint", "required", "relevant", "constraint", "default"),
    *("calculation", "trigger", "readonly", "appearance", "parameters", "choice_filter", "repeat_count", "autoplay"),
    *("media", "media::image", "media::audio", "media::audio::en", "bind", "control", "bind::x", "disabled", "rows"),
    *("disabled::en", "name::en", "type::en", "required::en", "readonly::en", "body::appearance::en"),
)
_CELLS = (
    *("text", "integer", "select_one yn", "select_one yn or_other", "rank yn", "image", "audio", "begin_repeat"),
    *(
        "begin_group",
        "end_repeat",
        "end_group",
        "begin_score",
        "end_score",
        "calculate",
        "note",
        "start",
        "end",
        "",
        "",
    ),
    *("a", "b", "c", "yes", "no", "${a}", "${b} > 1", "sum(${a})", "count(${b})", ". = 1", "position(..)", "once(1)"),
    *(
        "a.png",
        "a.mp3",
        "audio",
        "randomize=true",
        "start=1 end=3",
        "rows=2",
        "draw",
        "field-list",
        "today()",
        "1",
        "x(",
    ),
)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_cells_in_any_columns_are_read_or_refused(data: st.DataObject) -> None:
    columns = ["type", "name", "label", *data.draw(st.lists(st.sampled_from(_COLUMNS), max_size=6, unique=True))]
    rows = data.draw(st.lists(st.lists(st.sampled_from(_CELLS), min_size=9, max_size=9), max_size=8))
    lines = [" | ".join(["", "", *cells[: len(columns)], ""]).strip() for cells in (columns, *rows)]
    try:
        read("\n".join(["| survey |", *lines]) + YES_NO)
    except QuestionnaireError as error:
        problems_told = [one.remedy("vi") + one.cause("en") for one in error.problems]
    else:
        return
    assert problems_told
