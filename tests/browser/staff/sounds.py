"""Sounds made for a test."""

from __future__ import annotations

import io
import math

import numpy as np
import soundfile


def sound(seconds: float, *, pitch: float = 440.0, loudness: float = 0.3, kind: str = "WAV") -> bytes:
    """The file of a tone."""
    times = np.arange(round(seconds * 16_000)) / 16_000
    written = io.BytesIO()
    soundfile.write(written, loudness * np.sin(2 * math.pi * pitch * times), 16_000, format=kind)
    return written.getvalue()
