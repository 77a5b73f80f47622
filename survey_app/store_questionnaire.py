"""Writing a questionnaire and its files into the database."""

from __future__ import annotations

from collections.abc import Iterable

from survey_app.database import Database
from survey_app.questionnaire import Questionnaire
from survey_app.questionnaire.media_files import MediaFile


def store_questionnaire(database: Database, questionnaire: Questionnaire, files: Iterable[MediaFile]) -> None:
    """Write this version, in place of one that no consultation uses. Raises what the door raises."""
    files = tuple(files)
    # Files first: a questionnaire whose pictures are not there must not be found by anybody.
    _keep(database, files)
    definition = questionnaire.to_json()
    database.write(
        "questionnaire",
        [
            {
                "id": questionnaire.id,
                "version": questionnaire.version,
                "title": definition["title"],
                "definition": definition,
                "min_age": questionnaire.min_age,
                "max_age": questionnaire.max_age,
            }
        ],
    )
    _name(database, questionnaire, files)


def store_media(database: Database, questionnaire: Questionnaire, files: Iterable[MediaFile]) -> None:
    """Write files of a version that is there already."""
    files = tuple(files)
    _keep(database, files)
    _name(database, questionnaire, files)


def _keep(database: Database, files: tuple[MediaFile, ...]) -> None:
    for file in files:
        database.keep_file("media", file.stored_as, file.content, file.media_type)


def _name(database: Database, questionnaire: Questionnaire, files: tuple[MediaFile, ...]) -> None:
    database.write(
        "questionnaire_media",
        [
            {
                "questionnaire_id": questionnaire.id,
                "version": questionnaire.version,
                "file": file.name,
                "stored_as": file.stored_as,
            }
            for file in files
        ],
    )
