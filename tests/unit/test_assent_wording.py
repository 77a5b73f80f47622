"""The promise that children read and the version under which it is kept belong together."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_form_and_the_database_know_the_same_wording() -> None:
    form = re.search(r"ASSENT_VERSION = (\d+)", (ROOT / "survey_app/webform/doors.js").read_text(encoding="utf-8"))
    schema = re.search(r"'assent_version', '(\d+)'", (ROOT / "schema.sql").read_text(encoding="utf-8"))
    assert form is not None
    assert schema is not None
    assert form[1] == schema[1] == "2"
