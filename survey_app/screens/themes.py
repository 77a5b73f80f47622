"""Step 3 of a consultation: what was said, grouped."""

from survey_app.database import Row
from survey_app.screens.session import Member


def themes(who: Member, row: Row) -> None:
    pass
