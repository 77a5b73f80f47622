"""The languages of a form, and its texts in each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyxform import constants

from survey_app.questionnaire.model import Text
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Sheets

FALLBACK = "vi"
_UNNAMED = constants.DEFAULT_LANGUAGE_VALUE
_IN_BRACKETS = re.compile(r"\(([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\)\s*$")
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# Texts are shown letter by letter; other tools make bold words, headings, links and colours of these.
_MARKUP = re.compile(r"\*\*\S[^*]*\*\*|^#{1,6} |\[[^\]]+\]\([^)]+\)|</?[A-Za-z][^<>]*>")
_WELL_KNOWN = {
    "english": "en",
    "french": "fr",
    "khmer": "km",
    "tiếng anh": "en",
    "tiếng khmer": "km",
    "tiếng việt": "vi",
    "vietnamese": "vi",
}
_TRANSLATED = {
    ("label",): "label",
    ("hint",): "hint",
    ("guidance_hint",): "guidance_hint",
    ("media", "audio"): "media::audio",
    ("bind", "jr:constraintMsg"): "constraint_message",
    ("bind", "jr:requiredMsg"): "required_message",
}


@dataclass(frozen=True, slots=True)
class Languages:
    """`codes` maps the language as the headings write it to its code, the default language first."""

    codes: Mapping[str, str]
    default: str

    def text(self, cell: Any, sheet: str, row: int, column: str, problems: list[FormProblem]) -> Text | None:
        """A cell, or the cells of a column in all languages, as one Text. None when it is empty everywhere."""
        if cell is None or cell == {}:
            return None
        cells = cell if isinstance(cell, Mapping) else {self._unnamed(): cell}
        text: dict[str, str] = {}
        for language, code in self.codes.items():
            words = cells.get(language)
            if isinstance(words, str) and words.strip():
                text[code] = words.strip()
                if found := _MARKUP.search(words):
                    details = {"markup": found.group(), "language": language}
                    problems.append(FormProblem("markup", sheet, row, column, details))
            else:
                details = {"language": language, "column": column}
                named = column if language == _UNNAMED else f"{column}::{language}"
                problems.append(FormProblem("missing_translation", sheet, row, named, details))
        return text or None

    def cells(self, cell: Any) -> dict[str, str]:
        """What a cell, or the cells of a column in all languages, hold, by the code of the language; not the empty ones."""
        if cell is None:
            return {}
        cells = cell if isinstance(cell, Mapping) else {self._unnamed(): cell}
        return {
            code: str(cells[language]).strip()
            for language, code in self.codes.items()
            if str(cells.get(language) or "")
        }

    def _unnamed(self) -> str:
        """The language of a column that names none."""
        return next(language for language, code in self.codes.items() if code == self.default)


def find_languages(sheets: Sheets, problems: list[FormProblem]) -> Languages:
    """The languages that the headings of the form name."""
    found: dict[str, None] = {}
    unnamed: list[tuple[str, str]] = []
    for sheet, headers in (("survey", sheets.survey_headers), ("choices", sheets.choices_headers)):
        for language, column in _languages_of(headers):
            if language is None:
                unnamed.append((sheet, column))
            else:
                found[language] = None
    wanted = sheets.settings.get(constants.DEFAULT_LANGUAGE_KEY)
    wanted = wanted.strip() if isinstance(wanted, str) and wanted.strip() else None
    if not found:
        code = language_code(wanted) if wanted else None
        return Languages({wanted or _UNNAMED: code or FALLBACK}, code or FALLBACK)
    codes: dict[str, str] = {}
    for language in found:
        code = language_code(language)
        if code is None:
            problems.append(FormProblem("language_without_code", "survey", 1, None, {"language": language}))
        elif code in codes.values():
            alike = ", ".join(f"“{one}”" for one in found if language_code(one) == code)
            problems.append(FormProblem("language_twice", "survey", 1, None, {"code": code, "languages": alike}))
        codes[language] = code or language
    default = _default(wanted, codes, problems)
    if wanted is None:
        problems.extend(
            FormProblem("column_without_language", sheet, 1, column, {"column": column}) for sheet, column in unnamed
        )
    ordered = dict(sorted(codes.items(), key=lambda item: item[1] != default))
    return Languages(ordered, default)


def language_code(language: str) -> str | None:
    """The code that a heading's language names: “Tiếng Việt (vi)” → vi, “km” → km, “English” → en; None without one."""
    language = language.strip()
    if match := _IN_BRACKETS.search(language):
        return match.group(1).lower()
    if language.lower() in _WELL_KNOWN:
        return _WELL_KNOWN[language.lower()]
    return language if _CODE.fullmatch(language) and len(language.split("-")[0]) == 2 else None


def _default(wanted: str | None, codes: Mapping[str, str], problems: list[FormProblem]) -> str:
    if wanted is not None:
        if wanted in codes:
            return codes[wanted]
        details = {"language": wanted, "languages": ", ".join(codes)}
        problems.append(FormProblem("unknown_default_language", "settings", 2, "default_language", details))
    return FALLBACK if FALLBACK in codes.values() else next(iter(codes.values()))


def _languages_of(headers: Iterable[tuple[str, ...]]) -> Iterable[tuple[str | None, str]]:
    for header in headers:
        if header[:2] == ("media", "image") and len(header) > 2:
            yield header[-1], "media::image"  # without a language a picture is for all of them
        for start, column in _TRANSLATED.items():
            if header[: len(start)] == start:
                yield (header[-1] if len(header) > len(start) else None), column
