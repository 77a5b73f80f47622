"""Questionnaires: read from XLSForm, run as JSON on the tablet, and the answers checked against them."""

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
    "compile_check",
    "read_questionnaire",
]
