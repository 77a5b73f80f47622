"""Pictures and sounds that are uploaded with a questionnaire, made ready to be stored."""

from __future__ import annotations

from survey_app.questionnaire.media_files import LARGEST_PICTURE, MediaFile, kind_of, stored_name
from survey_app.recording import UnusableRecording, make_recording


class UnusableFile(Exception):
    """A file that cannot be used; `code` is worded by the catalogue, as for recordings."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def make_file(name: str, content: bytes) -> MediaFile:
    """A picture as it is, a sound made small; what it is, its content says. Raises UnusableFile."""
    extension, media_type = kind_of(content) or ("", "")
    if media_type.startswith("image/"):
        if len(content) > LARGEST_PICTURE:
            raise UnusableFile("picture_too_large")
        return MediaFile(name, stored_name(content, extension), content, media_type)
    try:
        recording = make_recording(content)
    except UnusableRecording as error:
        raise UnusableFile(error.code) from error
    return MediaFile(name, recording.name, recording.content, recording.media_type)
