"""The address at which tablets reach this instance, for codes and posters."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import segno
import streamlit as st

from survey_app.running import settings
from survey_app.screens.language import say


def public_url() -> str:
    """Without a slash at the end: what the settings say, else what this browser itself used."""
    if chosen := settings().public_url:
        return chosen
    seen = urlsplit(st.context.url or "")
    scheme = st.context.headers.get("X-Forwarded-Proto") or seen.scheme or "http"
    host = st.context.headers.get("Host") or seen.netloc
    return f"{scheme}://{host}"


def qr_html(url: str, look: str) -> str:
    """The address as a QR code: an <img> with this class."""
    image = segno.make(url, error="m").svg_data_uri(border=2, omitsize=True, light="#fff")
    return f'<img class="{look}" src="{escape(image)}" alt="{escape(say("join.qr", url=url))}">'
