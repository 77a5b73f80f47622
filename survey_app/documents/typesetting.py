"""Turns a template beside this file and its values into a PDF, with fonts that come as a package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import manimgx_fonts
import typst

from survey_app.messages import text

LANGUAGES = ("vi", "km")
"""Languages that documents are printed in."""
_TEMPLATES = Path(__file__).parent


def said(language: str, key: str, **values: Any) -> str:
    """The text of the catalogue of documents."""
    return text("documents", language, key, **values)


def pdf(template: str, language: str, values: Mapping[str, Any]) -> bytes:
    """The document of this template; the same bytes for the same values, whenever and wherever it is made.

    Texts in `values` are set as they are: nothing in them is markup.
    """
    return typst.compile(
        str(_TEMPLATES / template),
        root=str(_TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps({"language": language, **values}, ensure_ascii=False)},
        timestamp=0,
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[Path(manimgx_fonts.__file__).parent]
    )
