"""Typst: the report as a PDF, and pictures (SVG) as PNG, always the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import manimgx_fonts
import typst

PIXELS_PER_INCH = 144
"""Of a PNG, where the SVG's pixel is 1/72 inch: two pixels for one."""
_TEMPLATE = Path(__file__).with_name("report.typ")
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg")"""


def typeset(values: Mapping[str, Any]) -> bytes:
    """The report as a PDF."""
    return bytes(
        typst.compile(
            str(_TEMPLATE),
            root=str(_TEMPLATE.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            timestamp=0,
        )
    )


@lru_cache(maxsize=12)
def png(svg: str) -> bytes:
    """The picture on white, with twice the pixels that the SVG has, for print."""
    return bytes(
        typst.compile(
            _PICTURE,
            format="png",
            ppi=PIXELS_PER_INCH,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"svg": svg},
        )
    )


@cache
def _fonts() -> typst.Fonts:
    # Typst's own serif letters are nearest to Times, which the decree asks for; Noto Sans is for the pictures.
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[Path(manimgx_fonts.__file__).parent]
    )
