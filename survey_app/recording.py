"""A voice recording made small for tablets: mono MP3 of 32 kbit/s, without the silence before and after the words.

What cannot be decoded here (AAC in .m4a, .webm) is taken as it is when it is small enough.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from survey_app.questionnaire.media_files import stored_name

LONGEST_SECONDS = 60
LARGEST_AS_IT_IS = 1_000_000
"""Bytes of a file that is not decoded: a minute as telephones record it."""
# What microphones give; a small file at a rate out of these could be made to take all memory.
RATES = range(4_000, 96_001)
MOST_DECODED_SECONDS = 180

RATE = 24_000
# Of libsndfile's scale for this rate, the step that is 32 kbit/s.
_COMPRESSION = 0.85
_FRAME = RATE // 50
_MARGIN = RATE * 3 // 20
# A frame is a part of speech when it is louder than both: about −54 dB, and 34 dB below the loudest.
_QUIETEST = 0.002
_QUIETEST_OF_LOUDEST = 0.02
_PEAK = 0.9
_MOST_GAIN = 4.0
# Of a .webm: its tracks are named in so many bytes.
_HEAD = 4_096

Sound = NDArray[np.float32]


class UnusableRecording(Exception):
    """A recording that cannot be taken. `code`: unreadable, too_large, too_long or silent; the catalogue words it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording as it is stored."""

    content: bytes
    extension: str
    media_type: str

    @property
    def name(self) -> str:
        return stored_name(self.content, self.extension)


def make_recording(content: bytes) -> Recording:
    """A recording from the bytes of a .wav, .mp3, .ogg, .flac, .m4a or .webm file. Raises UnusableRecording."""
    as_it_is = _kind_not_decoded(content)
    if as_it_is:
        if len(content) > LARGEST_AS_IT_IS:
            raise UnusableRecording("too_large")
        return Recording(content, *as_it_is)
    sound = _spoken(_decoded(content))
    if len(sound) > LONGEST_SECONDS * RATE:
        raise UnusableRecording("too_long")
    loudest = float(np.abs(sound).max())
    return Recording(_mp3(sound * min(_PEAK / loudest, _MOST_GAIN)), "mp3", "audio/mpeg")


def _kind_not_decoded(content: bytes) -> tuple[str, str] | None:
    """Extension and media type by what is inside; None when it is for the decoder to say, as for a film."""
    if content[4:8] == b"ftyp" and b"soun" in content and b"vide" not in content:
        return "m4a", "audio/mp4"
    head = content[:_HEAD]
    if content.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head and b"A_" in head and b"V_" not in head:
        return "webm", "audio/webm"
    return None


def _decoded(content: bytes) -> Sound:
    """One channel at our rate."""
    try:
        with soundfile.SoundFile(io.BytesIO(content)) as file:
            rate = file.samplerate
            if rate not in RATES or file.channels > 2:
                raise UnusableRecording("unreadable")
            if file.frames > MOST_DECODED_SECONDS * rate:
                raise UnusableRecording("too_long")
            # A header may promise less than there is.
            samples = file.read(MOST_DECODED_SECONDS * rate, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError, TypeError, MemoryError) as error:
        raise UnusableRecording("unreadable") from error
    mono = np.nan_to_num(samples.mean(axis=1, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    resampled: Sound = soxr.resample(mono, rate, RATE)
    return resampled


def _spoken(sound: Sound) -> Sound:
    """From the first word to the last, with a breath before and after. Raises UnusableRecording when nothing is heard."""
    frames = len(sound) // _FRAME
    if not frames:
        raise UnusableRecording("silent")
    loudness = np.sqrt(np.square(sound[: frames * _FRAME].reshape(frames, _FRAME), dtype=np.float64).mean(axis=1))
    heard = np.flatnonzero(loudness > max(_QUIETEST, _QUIETEST_OF_LOUDEST * float(loudness.max())))
    if not len(heard):
        raise UnusableRecording("silent")
    return sound[max(0, int(heard[0]) * _FRAME - _MARGIN) : (int(heard[-1]) + 1) * _FRAME + _MARGIN]


def _mp3(sound: Sound) -> bytes:
    file = io.BytesIO()
    soundfile.write(
        file,
        sound,
        RATE,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=_COMPRESSION,
    )
    return file.getvalue()
