"""Pictures and sounds that come with a questionnaire."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from PIL import Image

from survey_app.messages import catalogue
from survey_app.questionnaire import Choice, Node, Questionnaire
from survey_app.questionnaire.media_files import LARGEST_PICTURE, wanted_media
from survey_app.screens.form_files import UnusableFile, make_file


def picture(kind: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "green").save(written, kind)
    return written.getvalue()


def sound() -> bytes:
    written = io.BytesIO()
    soundfile.write(written, np.sin(np.arange(16_000) / 5) * 0.3, 16_000, format="WAV")
    return written.getvalue()


def test_every_file_that_a_form_names_is_wanted_once() -> None:
    form = Questionnaire(
        id="form",
        version="1",
        title={"vi": "Phiếu"},
        languages=("vi", "km"),
        default_language="vi",
        min_age=None,
        max_age=None,
        nodes=(
            Node("a", "select_one", {"vi": "A?"}, audio={"vi": "a.mp3", "km": "a-km.mp3"}, choices="list"),
            Node(
                "g",
                "group",
                {"vi": "G"},
                children=(Node("b", "select_one", {"vi": "B?"}, image="b.png", choices="list"),),
            ),
        ),
        choices={"list": (Choice("x", {"vi": "X"}, image="x.png"), Choice("y", {"vi": "Y"}, audio={"vi": "a.mp3"}))},
    )
    assert wanted_media(form) == {"a.mp3": False, "a-km.mp3": False, "b.png": True, "x.png": True}


@pytest.mark.parametrize(
    ("kind", "extension", "media_type"),
    [
        ("PNG", "png", "image/png"),
        ("JPEG", "jpg", "image/jpeg"),
        ("WEBP", "webp", "image/webp"),
        ("GIF", "gif", "image/gif"),
    ],
)
def test_a_picture_is_what_its_content_says(kind: str, extension: str, media_type: str) -> None:
    made = make_file("anything.bin", picture(kind))
    assert made.media_type == media_type
    assert made.stored_as.endswith(f".{extension}")
    assert made.content == picture(kind)


def test_a_vector_picture_is_known_by_its_beginning() -> None:
    made = make_file("cay.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')
    assert (made.stored_as[-4:], made.media_type) == (".svg", "image/svg+xml")


def test_a_sound_is_made_small() -> None:
    made = make_file("tieng.wav", sound())
    assert (made.name, made.media_type) == ("tieng.wav", "audio/mpeg")
    assert made.stored_as.endswith(".mp3")
    assert len(made.content) < len(sound()) / 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><svg/></html>", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unreadable"),
        (b"", "unreadable"),
        (picture("PNG") + bytes(LARGEST_PICTURE), "picture_too_large"),
    ],
)
def test_what_cannot_be_used_is_told_in_words(content: bytes, code: str) -> None:
    with pytest.raises(UnusableFile) as refused:
        make_file("x.png", content)
    assert refused.value.code == code
    assert f"new_form.refused.{code}" in catalogue("staff", "vi")
