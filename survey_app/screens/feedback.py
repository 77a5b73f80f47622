"""Step 4 of a consultation: published answers."""

from survey_app.database import Row
from survey_app.screens.session import Member


def feedback(who: Member, row: Row) -> None:
    pass
