"""Files that a form names: they lie in the folder media beside it, and are what their content says."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from survey_app.questionnaire import QuestionnaireError, read_questionnaire
from survey_app.questionnaire.command import check_files
from survey_app.questionnaire.media_files import (
    LARGEST_PICTURE,
    LARGEST_SOUND,
    kind_of,
    read_media,
    wanted_media,
)

FORM = """
| survey |
|        | type            | name | label::Tiếng Việt (vi) | label::English (en) | media::image | media::audio::Tiếng Việt (vi) | media::audio::English (en) |
|        | select_one pets | vat  | Con nào?               | Which one?          | hoi.png      | hoi-vi.mp3                    | hoi-en.mp3                 |
|        | text            | mong | Em mong gì?            | What do you wish?   |              | hoi-vi.mp3                    |                            |
| choices |
|        | list_name | name | label::Tiếng Việt (vi) | label::English (en) | media::image | media::audio::Tiếng Việt (vi) |
|        | pets      | meo  | Mèo                    | Cat                 | meo.webp     | meo.ogg                       |
|        | pets      | cho  | Chó                    | Dog                 | hoi.png      |                               |
| settings |
|        | form_id | version | form_title | default_language |
|        | hinh    | 1       | Có hình    | Tiếng Việt (vi)  |
"""
PNG, WEBP, MP3, OGG = b"\x89PNG\r\n\x1a\n1", b"RIFF0000WEBPVP8 ", b"\xff\xfb\x90\x00", b"OggS\x00\x02"
FILES = {"hoi.png": PNG, "hoi-vi.mp3": MP3, "hoi-en.mp3": b"ID3\x04", "meo.webp": WEBP, "meo.ogg": OGG}


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "hinh.md"
    path.write_text(FORM, encoding="utf-8")
    (tmp_path / "media").mkdir()
    for name, content in FILES.items():
        (tmp_path / "media" / name).write_bytes(content)
    return path


def problems_of(form: Path) -> list[tuple[str, str]]:
    with pytest.raises(QuestionnaireError) as error:
        read_media(read_questionnaire(form), form)
    return [(one.code, one.details["file"]) for one in error.value.problems]


def test_each_file_is_wanted_once_in_the_order_of_the_form(form: Path) -> None:
    wanted = wanted_media(read_questionnaire(form))
    assert wanted == {"hoi.png": True, "hoi-vi.mp3": False, "hoi-en.mp3": False, "meo.webp": True, "meo.ogg": False}


def test_files_are_stored_under_names_made_from_their_content(form: Path) -> None:
    found = {one.name: one for one in read_media(read_questionnaire(form), form)}
    assert {name: one.content for name, one in found.items()} == FILES
    assert found["hoi.png"].stored_as.endswith(".png")
    assert len(found["hoi.png"].stored_as.split(".")[0]) == 32
    assert found["meo.webp"].media_type == "image/webp"
    (form.parent / "media" / "meo.webp").write_bytes(PNG)
    again = {one.name: one for one in read_media(read_questionnaire(form), form)}
    assert again["meo.webp"].stored_as == found["hoi.png"].stored_as, "the same content, the same name"


def test_every_missing_and_wrong_file_is_told_with_form_and_remedy(form: Path) -> None:
    media = form.parent / "media"
    (media / "hoi.png").unlink()
    (media / "hoi-vi.mp3").write_bytes(PNG)
    (media / "meo.webp").write_bytes(b"<html>")
    (media / "meo.ogg").write_bytes(OGG + bytes(LARGEST_SOUND))
    assert problems_of(form) == [
        ("media_missing", "hoi.png"),
        ("media_wrong", "hoi-vi.mp3"),
        ("media_wrong", "meo.webp"),
        ("media_too_large", "meo.ogg"),
    ]
    out = io.StringIO()
    assert check_files([form], out) == 1
    told = out.getvalue()
    for part in ("hoi.png", "hoi-vi.mp3", "meo.webp", "meo.ogg", "hinh.md", str(media), "1000 kB"):
        assert part in told
    (media / "hoi.png").write_bytes(PNG + bytes(LARGEST_PICTURE))
    assert ("media_too_large", "hoi.png") in problems_of(form)


def test_check_finds_nothing_wrong_with_files_that_are_right(form: Path) -> None:
    assert check_files([form], io.StringIO()) == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, ("png", "image/png")),
        (b"\xff\xd8\xff\xe0", ("jpg", "image/jpeg")),
        (b"GIF89a", ("gif", "image/gif")),
        (WEBP, ("webp", "image/webp")),
        (b"RIFF0000WAVEfmt ", ("wav", "audio/wav")),
        (b"RIFF0000AVI ", None),
        (MP3, ("mp3", "audio/mpeg")),
        (b"\xff\xf1\x50\x80", None),
        (b"\x00\x00\x00\x20ftypM4A ", ("m4a", "audio/mp4")),
        (b"\x1a\x45\xdf\xa3", ("webm", "audio/webm")),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', ("svg", "image/svg+xml")),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- m\xe1\xbb\x99t -->\n<svg width="9"/>', ("svg", "image/svg+xml")),
        (b"<svg><script>alert(1)</script></svg>", None),
        (b"<svg><SCRIPT/></svg>", None),
        (b'<svg onload="alert(1)"/>', None),
        (b"<svg><a href='javascript:alert(1)'/></svg>", None),
        (b"<svg><foreignObject/></svg>", None),
        (b"<html><svg></svg></html>", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_file_is_what_it_begins_with(content: bytes, kind: tuple[str, str] | None) -> None:
    assert kind_of(content) == kind
