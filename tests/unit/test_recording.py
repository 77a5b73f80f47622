"""Recordings of voices, made small for tablets."""

from __future__ import annotations

import io
import math

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messages import catalogue
from survey_app.recording import LARGEST_AS_IT_IS, LONGEST_SECONDS, RATE, UnusableRecording, make_recording

BYTES_A_SECOND = 5_000
# As a telephone's recorder and a browser's begin.
M4A = b"\x00\x00\x00\x20ftypM4A " + bytes(40) + b"hdlr" + bytes(8) + b"soun"
WEBM = b"\x1a\x45\xdf\xa3" + bytes(8) + b"\x42\x82\x84webm" + bytes(60) + b"\x86\x86A_OPUS"


def tone(seconds: float, rate: int, loudness: float = 0.3, pitch: float = 440.0) -> np.ndarray:
    times = np.arange(round(seconds * rate)) / rate
    return (loudness * np.sin(2 * math.pi * pitch * times)).astype("float32")


def stillness(seconds: float, rate: int) -> np.ndarray:
    return np.zeros(round(seconds * rate), dtype="float32")


def file(sound: np.ndarray, rate: int, kind: str = "WAV") -> bytes:
    written = io.BytesIO()
    soundfile.write(written, sound, rate, format=kind)
    return written.getvalue()


def heard(content: bytes) -> tuple[np.ndarray, int]:
    sound, rate = soundfile.read(io.BytesIO(content), always_2d=True)
    return sound, rate


def refusal(content: bytes) -> str:
    with pytest.raises(UnusableRecording) as refused:
        make_recording(content)
    assert f"recording.refused.{refused.value.code}" in catalogue("staff", "vi")
    return refused.value.code


@settings(max_examples=25, deadline=None)
@given(
    seconds=st.floats(0.5, 6),
    rate=st.sampled_from([8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]) | st.integers(8_000, 48_000),
    stereo=st.booleans(),
    loudness=st.floats(0.05, 1),
)
def test_any_wav_becomes_a_small_mono_mp3_of_the_same_length(
    seconds: float, rate: int, stereo: bool, loudness: float
) -> None:
    sound = tone(seconds, rate, loudness)
    made = make_recording(file(np.column_stack([sound, sound]) if stereo else sound, rate))
    assert (made.extension, made.media_type) == ("mp3", "audio/mpeg")
    again, again_rate = heard(made.content)
    assert again_rate == RATE
    assert again.shape[1] == 1
    assert abs(len(again) / RATE - seconds) < 0.15
    assert len(made.content) < BYTES_A_SECOND * (seconds + 0.15)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
def test_a_tone_keeps_its_pitch(rate: int) -> None:
    again, _ = heard(make_recording(file(tone(3, rate, pitch=700), rate)).content)
    spectrum = np.abs(np.fft.rfft(again[:, 0]))
    assert np.argmax(spectrum) * RATE / len(again) == pytest.approx(700, abs=3)
    # And is nothing but a tone: the pieces that it was carried over in do not click where they meet.
    peak = int(np.argmax(spectrum))
    rest = np.concatenate([spectrum[: peak - 60], spectrum[peak + 60 :]])
    assert np.square(rest).sum() < 0.002 * np.square(spectrum).sum()


def test_silence_before_and_after_is_left_out_and_pauses_stay() -> None:
    words = [
        stillness(2, 16_000),
        tone(1, 16_000),
        stillness(1.5, 16_000),
        tone(0.5, 16_000),
        stillness(4, 16_000),
    ]
    again, _ = heard(make_recording(file(np.concatenate(words), 16_000)).content)
    assert len(again) / RATE == pytest.approx(1 + 1.5 + 0.5 + 2 * 0.15, abs=0.15)


def test_a_soft_voice_is_made_louder() -> None:
    again, _ = heard(make_recording(file(tone(1, 16_000, loudness=0.1), 16_000)).content)
    assert np.abs(again).max() > 0.3


@pytest.mark.parametrize("kind", ["WAV", "OGG", "MP3", "FLAC"])
def test_what_other_tools_write_is_read(kind: str) -> None:
    made = make_recording(file(tone(1, 44_100), 44_100, kind))
    assert made.extension == "mp3"


@pytest.mark.parametrize(
    ("head", "extension", "media_type"),
    [(M4A, "m4a", "audio/mp4"), (WEBM, "webm", "audio/webm")],
)
def test_what_is_not_decoded_is_taken_when_it_is_small(head: bytes, extension: str, media_type: str) -> None:
    content = head + bytes(1_000)
    made = make_recording(content)
    assert (made.content, made.extension, made.media_type) == (content, extension, media_type)
    assert refusal(head + bytes(LARGEST_AS_IT_IS)) == "too_large"


@pytest.mark.parametrize(
    "content", [file(tone(1, 500), 500), file(tone(0.1, 192_000), 192_000), file(np.zeros((8_000, 6)), 8_000)]
)
def test_what_no_microphone_gives_is_refused(content: bytes) -> None:
    assert refusal(content) == "unreadable"


@pytest.mark.parametrize("film", [M4A + bytes(9) + b"vide", WEBM + bytes(9) + b"V_VP9"])
def test_a_film_is_no_recording(film: bytes) -> None:
    assert refusal(film + bytes(1_000)) == "unreadable"


def test_the_same_recording_has_the_same_name() -> None:
    content = file(tone(1, 16_000), 16_000)
    name = make_recording(content).name
    assert name == make_recording(content).name
    assert name != make_recording(file(tone(1, 16_000, pitch=500), 16_000)).name
    stem, extension = name.split(".")
    assert len(stem) == 32
    assert int(stem, 16) >= 0
    assert extension == "mp3"


def test_a_minute_of_words_is_taken_and_not_more() -> None:
    whole = np.concatenate([stillness(3, 8_000), tone(LONGEST_SECONDS - 1, 8_000), stillness(5, 8_000)])
    assert len(make_recording(file(whole, 8_000)).content) < BYTES_A_SECOND * LONGEST_SECONDS
    assert refusal(file(tone(LONGEST_SECONDS + 1, 8_000), 8_000)) == "too_long"
    assert refusal(file(stillness(400, 8_000), 8_000)) == "too_long"


@pytest.mark.parametrize("sound", [stillness(2, 16_000), tone(2, 16_000, loudness=0.001), stillness(0, 16_000)])
def test_a_recording_without_a_voice_is_refused(sound: np.ndarray) -> None:
    assert refusal(file(sound, 16_000)) == "silent"


@given(st.binary(max_size=200))
def test_what_is_no_sound_is_refused_in_words(content: bytes) -> None:
    assert refusal(content) in ("unreadable", "silent")


def test_a_file_cut_short_is_read_as_far_as_it_goes_or_refused() -> None:
    whole = file(tone(2, 16_000), 16_000)
    assert refusal(whole[:20]) == "unreadable"
    again, _ = heard(make_recording(whole[: len(whole) // 2]).content)
    assert len(again) / RATE == pytest.approx(1, abs=0.2)
