"""Every screen of the staff side: where it is, what it is called in the menu, and who gets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from survey_app.screens.session import Member


@dataclass(frozen=True)
class Entry:
    """A file of this folder at an address below /staff; without an icon it is not in the menu."""

    file: str
    address: str
    title: str
    """Key of its name in the catalogue."""
    icon: str | None
    may: Callable[[Member], bool]


_SEES: Callable[[Member], bool] = attrgetter("sees_consultations")
_REVIEWS: Callable[[Member], bool] = attrgetter("reviews")
_RUNS: Callable[[Member], bool] = attrgetter("runs_consultations")
_ANSWERS: Callable[[Member], bool] = attrgetter("answers_petitions")
_PROTECTS: Callable[[Member], bool] = attrgetter("protects")
_REPORTS: Callable[[Member], bool] = attrgetter("reports")
_ADMINISTERS: Callable[[Member], bool] = attrgetter("administers")

HOME = "consultations"
MAP = "indicator_map"
MENU = (
    Entry(HOME, "", "nav.consultations", "forum", _SEES),
    Entry("new_consultation", "new", "nav.new", "add_circle", _RUNS),
    Entry("consultation", "consultation", "nav.consultation", None, _SEES),
    Entry("class_results", "results", "nav.results", None, _SEES),
    Entry("cards", "cards", "nav.cards", "badge", _RUNS),
    Entry("roster", "roster", "nav.roster", None, _RUNS),
    Entry("activities", "activities", "nav.activities", "diversity_3", _REVIEWS),
    Entry("activity", "activity", "nav.activity", None, _REVIEWS),
    Entry("new_activity", "new-activity", "nav.new_activity", None, _RUNS),
    Entry("questionnaires", "questionnaires", "nav.forms", "quiz", _RUNS),
    Entry("questionnaire", "questionnaire", "aloud.title", None, _RUNS),
    Entry("new_questionnaire", "new-questionnaire", "nav.new_form", None, _RUNS),
    Entry("alerts", "alerts", "nav.alerts", "notification_important", _PROTECTS),
    Entry("tasks", "tasks", "nav.tasks", "checklist", _REVIEWS),
    Entry("commitments", "commitments", "nav.commitments", "handshake", _REVIEWS),
    Entry("petitions", "petitions", "nav.petitions", "inbox", _ANSWERS),
    Entry("progress", "progress", "nav.progress", "trending_up", _REVIEWS),
    Entry(MAP, "map", "nav.map", "map", lambda _: True),
    Entry("report", "report", "nav.report", "summarize", _REPORTS),
    Entry("denominators", "denominators", "nav.denominators", "family_restroom", _ADMINISTERS),
    Entry("boundaries", "boundaries", "nav.boundaries", "hexagon", _ADMINISTERS),
    Entry("units", "units", "nav.units", "account_tree", _ADMINISTERS),
    Entry("instance_settings", "settings", "nav.settings", "settings", _ADMINISTERS),
    Entry("deleted", "deleted", "nav.deleted", "delete", _RUNS),
)
"""In the order of the menu. Without sections: Streamlit's have a heading inside a list, which screen readers stumble over."""
ADDRESSES = frozenset(entry.address for entry in MENU if entry.address)
