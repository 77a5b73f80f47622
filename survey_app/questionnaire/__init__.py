"""Questionnaires: read from XLSForm, run as JSON on the tablet, and the answers checked against them.

A questionnaire is a `model`. `xlsform` reads one: from `sheets` (what pyxform makes of a file) by `languages`, `settings_sheet`,
`choices_sheet` and `survey_sheet`, which types the rows and hands each to `survey_row`; `media_files` reads what lies beside it.
An `expression` is read once and worked out by `evaluate` with `functions` on `values`, in the `order` in which questions depend
on each other.
`check` holds answers against all of it, and `calculated` works out what a tablet would; `problem_texts` says what is wrong with a form.
"""

from survey_app.questionnaire.calculated import compile_calculations
from survey_app.questionnaire.check import Problem, compile_check
from survey_app.questionnaire.model import Choice, Node, Questionnaire
from survey_app.questionnaire.problems import FormProblem, QuestionnaireError
from survey_app.questionnaire.xlsform import read_questionnaire

__all__ = [
    "Choice",
    "FormProblem",
    "Node",
    "Problem",
    "Questionnaire",
    "QuestionnaireError",
    "compile_calculations",
    "compile_check",
    "read_questionnaire",
]
