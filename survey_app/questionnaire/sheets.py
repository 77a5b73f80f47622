"""The sheets of an XLSForm, read by pyxform itself, so that a form is valid here exactly when pyxform accepts it."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from pyxform import aliases, constants
from pyxform.errors import PyXFormError
from pyxform.parsing.sheet_headers import dealias_and_group_headers
from pyxform.question import MultipleChoiceQuestion, Option
from pyxform.survey import Survey
from pyxform.xls2json_backends import Definition, DefinitionData, SupportedFileTypes, get_xlsform
from pyxform.xls2xform import convert

from survey_app.questionnaire.problems import FormProblem, QuestionnaireError

MAX_MEGABYTES = 10
_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"[Oo]n the '(\w+)' sheet")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Rows as pyxform groups their columns ({"label": {"English (en)": …}, "bind": {"relevant": …}}), by row number."""

    survey: Sequence[tuple[int, Row]]
    choices: Sequence[tuple[int, Row]]
    settings: Row
    # Headings as pyxform splits them: ("label", "English (en)"), ("bind", "relevant"), …
    survey_headers: tuple[tuple[str, ...], ...]
    choices_headers: tuple[tuple[str, ...], ...]
    name: str
    # What pyxform itself has against the form (it stops at the first thing), and sheets we cannot use.
    problems: tuple[FormProblem, ...]


def read_sheets(path_or_bytes: str | Path | bytes, name: str | None = None) -> Sheets:
    """Reads a form from a file, or from the bytes of one with its file name. Raises QuestionnaireError if it cannot."""
    content, file_name = _content(path_or_bytes, name)
    try:
        suffix = SupportedFileTypes(Path(file_name).suffix.lower())
    except ValueError:
        suffix = None
    stem = Path(file_name).stem
    try:
        definition = Definition(data=BytesIO(content), file_type=suffix, file_path_stem=stem or None)
        workbook = get_xlsform(definition)
        problems = _pyxform_problems(workbook)
        return _grouped(workbook, stem, problems)
    except PyXFormError as error:
        raise QuestionnaireError([_pyxform_problem(error, "file_unreadable")]) from error
    except Exception as error:  # on a damaged file pyxform and what it reads with raise anything
        problem = FormProblem("file_unreadable", details={"message": f"{type(error).__name__}: {error}"})
        raise QuestionnaireError([problem]) from error


def _content(path_or_bytes: str | Path | bytes, name: str | None) -> tuple[bytes, str]:
    if isinstance(path_or_bytes, bytes):
        content, file_name = path_or_bytes, name or ""
    else:
        path = Path(path_or_bytes)
        file_name = name or path.name
        try:
            if path.stat().st_size > MAX_MEGABYTES * 2**20:
                raise QuestionnaireError([FormProblem("file_too_large", details={"limit": str(MAX_MEGABYTES)})])
            content = path.read_bytes()
        except OSError as error:
            raise QuestionnaireError([FormProblem("file_not_found", details={"file": str(path)})]) from error
    if len(content) > MAX_MEGABYTES * 2**20:
        raise QuestionnaireError([FormProblem("file_too_large", details={"limit": str(MAX_MEGABYTES)})])
    return content, file_name


def _pyxform_problems(workbook: DefinitionData) -> list[FormProblem]:
    # A copy, because pyxform changes the rows while it reads them.
    copy = dataclasses.asdict(workbook)
    try:
        convert(copy)
    except PyXFormError as error:
        return [_pyxform_problem(error, "pyxform")]
    except Exception as error:  # noqa: BLE001 - some broken forms make pyxform fail with an error of Python's own
        message = f"{type(error).__name__}: {error}"
        return [FormProblem("pyxform", details={"message": message})]
    return []


def _pyxform_problem(error: PyXFormError, code: str) -> FormProblem:
    message = " ".join(str(error).split())
    row, sheet = _ROW.search(message), _SHEET.search(message)
    return FormProblem(
        code,
        sheet=sheet.group(1) if sheet else constants.SURVEY if row else None,
        row=int(row.group(1)) if row else None,
        details={"message": _ROW.sub("", message).strip()},
    )


def _grouped(workbook: DefinitionData, name: str, problems: list[FormProblem]) -> Sheets:
    for sheet in (constants.EXTERNAL_CHOICES, constants.ENTITIES, constants.OSM):
        if getattr(workbook, sheet):
            problems.append(FormProblem("unsupported_sheet", sheet=sheet, details={"sheet": sheet}))
    if not workbook.survey:
        return Sheets((), (), {}, (), (), name, tuple(problems))
    settings: Row = {}
    if workbook.settings:
        grouped = dealias_and_group_headers(
            sheet_name=constants.SETTINGS,
            sheet_data=workbook.settings,
            sheet_header=workbook.settings_header,
            header_aliases=aliases.settings_header,
            header_columns=set(Survey.get_slot_names()),
        )
        settings = grouped.data[0]
    default_language = settings.get(constants.DEFAULT_LANGUAGE_KEY, constants.DEFAULT_LANGUAGE_VALUE)
    survey = dealias_and_group_headers(
        sheet_name=constants.SURVEY,
        sheet_data=workbook.survey,
        sheet_header=workbook.survey_header,
        header_aliases=aliases.survey_header,
        header_columns=set(MultipleChoiceQuestion.get_slot_names()),
        default_language=default_language,
        strip_whitespace=aliases.yes_no.get(settings.get("clean_text_values", "yes"), True),
    )
    choices_rows: Sequence[tuple[int, Row]] = ()
    choices_headers: tuple[tuple[str, ...], ...] = ()
    if workbook.choices:
        choices = dealias_and_group_headers(
            sheet_name=constants.CHOICES,
            sheet_data=workbook.choices,
            sheet_header=workbook.choices_header,
            header_aliases=aliases.list_header,
            header_columns=set(Option.get_slot_names()),
            default_language=default_language,
        )
        choices_rows, choices_headers = list(enumerate(choices.data, start=2)), choices.headers
    return Sheets(
        survey=list(enumerate(survey.data, start=2)),
        choices=choices_rows,
        settings=settings,
        survey_headers=survey.headers,
        choices_headers=choices_headers,
        name=name,
        problems=tuple(problems),
    )
