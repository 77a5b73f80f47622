"""`survey-app check FILE…`: every form OK, or every error with its place, cause and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from survey_app.questionnaire.media_files import read_media
from survey_app.questionnaire.model import ASKED, Questionnaire
from survey_app.questionnaire.order import walk
from survey_app.questionnaire.problems import FormProblem, QuestionnaireError
from survey_app.questionnaire.xlsform import read_questionnaire

LANGUAGES = ("vi", "en")
_WORDS = {
    "vi": ("Nguyên nhân", "Cách sửa", "{count} lỗi", "{questions} câu hỏi"),
    "en": ("Cause", "Remedy", "{count} errors", "{questions} questions"),
}


def check_files(paths: Iterable[str | Path], out: TextIO, languages: Iterable[str] = LANGUAGES) -> int:
    """Writes to `out` what is to be said of each form, in each language ("vi", "en"); 1 when any form has an error."""
    spoken = tuple(languages)
    status = 0
    for path in paths:
        try:
            questionnaire = read_questionnaire(path)
            read_media(questionnaire, Path(path))
        except QuestionnaireError as error:
            status = 1
            counts = " / ".join(_WORDS[language][2].format(count=len(error.problems)) for language in spoken)
            out.write(f"{path}: {counts}\n")
            for problem in error.problems:
                out.write(_told(problem, spoken))
        else:
            out.write(f"{path}: OK ({_summary(questionnaire, spoken)})\n")
    return status


def _summary(questionnaire: Questionnaire, spoken: tuple[str, ...]) -> str:
    questions = sum(node.type in ASKED for node in walk(questionnaire.nodes))
    counts = " / ".join(_WORDS[language][3].format(questions=questions) for language in spoken)
    return f"{questionnaire.id} {questionnaire.version}; {counts}; {', '.join(questionnaire.languages)}"


def _told(problem: FormProblem, spoken: tuple[str, ...]) -> str:
    lines = [" / ".join(place for language in spoken if (place := problem.place(language))) or problem.code]
    for language in spoken:
        cause, remedy = _WORDS[language][:2]
        lines.append(f"  {cause}: {problem.cause(language)}")
        lines.append(f"  {remedy}: {problem.remedy(language)}")
    return "".join(f"  {line}\n" for line in lines)
