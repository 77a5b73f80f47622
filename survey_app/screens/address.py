"""The address at which tablets reach this instance, for codes and posters."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from survey_app.running import settings


def public_url() -> str:
    """Without a slash at the end: what the settings say, else what this browser itself used."""
    if chosen := settings().public_url:
        return chosen
    seen = urlsplit(st.context.url or "")
    scheme = st.context.headers.get("X-Forwarded-Proto") or seen.scheme or "http"
    host = st.context.headers.get("Host") or seen.netloc
    return f"{scheme}://{host}"
