"""The settings sheet."""

from __future__ import annotations

from collections.abc import Mapping

from pyxform import aliases

from survey_app.questionnaire.languages import Languages
from survey_app.questionnaire.problems import FormProblem
from survey_app.questionnaire.sheets import Sheets

SHEET = "settings"
_ROW = 2
_OLDEST = 120

# By pyxform's names (title is form_title, id_string is form_id), and our own; further title_vi, title_km, …
USED = frozenset({"title", "id_string", "version", "default_language", "clean_text_values", "min_age", "max_age"})
# What a child sees or what is stored would not be what the form says.
REFUSED = frozenset({"public_key", "submission_url", "add_none_option", "attribute", "namespaces", "entity_version"})
# Passed over: they change neither what a child sees nor what is stored. A style arranges pages; an answer is always sent at once and then taken
# off the tablet, always has an instance id, and never goes by SMS; two choices of one name are refused by row.
HARMLESS = frozenset(
    {
        *("allow_choice_duplicates", "auto_delete", "auto_send", "client_editable", "flat", "instance_id"),
        *("instance_name", "instance_xmlns", "name", "omit_instanceID", "prefix", "delimiter", "style"),
        *("sms_allow_media", "sms_date_format", "sms_datetime_format", "sms_keyword", "sms_response", "sms_separator"),
    }
)


def check_settings(sheets: Sheets, problems: list[FormProblem]) -> None:
    """Refuses the settings that we cannot keep to."""
    settings = sheets.settings
    if isinstance(settings.get("title"), Mapping):
        problems.append(FormProblem("translated_title", SHEET, 1, "form_title"))
    for name in sorted(REFUSED):
        value = settings.get(name)
        if not value or aliases.yes_no.get(value if isinstance(value, str) else "") is False:
            continue
        code = {"public_key": "encrypted_form", "submission_url": "sent_elsewhere"}.get(name, "unsupported_setting")
        problems.append(FormProblem(code, SHEET, _ROW, name, {"setting": name}))


def read_title(sheets: Sheets, languages: Languages) -> dict[str, str]:
    """The title in every language of the form."""
    plain = str(sheets.settings.get("title") or sheets.settings.get("id_string") or sheets.name)
    return {code: str(sheets.settings.get(f"title_{code}") or plain) for code in languages.codes.values()}


def read_ages(sheets: Sheets, problems: list[FormProblem]) -> tuple[int | None, int | None]:
    """The youngest and the oldest age that the form is for."""
    ages: list[int | None] = []
    for column in ("min_age", "max_age"):
        value = str(sheets.settings.get(column) or "").strip()
        if value and not (value.isascii() and value.isdigit() and int(value) <= _OLDEST):
            problems.append(FormProblem("bad_age", SHEET, _ROW, column, {"value": value}))
            value = ""
        ages.append(int(value) if value else None)
    low, high = ages
    if low is not None and high is not None and low > high:
        problems.append(FormProblem("ages_reversed", SHEET, _ROW, "min_age", {"low": str(low), "high": str(high)}))
    return low, high
