"""The ASGI application: the light public side and, under /staff, Streamlit.

`survey-app serve` runs it; `streamlit run survey_app/app.py` and any ASGI server can, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from survey_app import running
from survey_app.api.public_side import PublicSideFirst
from survey_app.api.purging import purge_daily
from survey_app.database import open_door
from survey_app.settings import load_settings


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    if not running.is_started():
        settings = load_settings()
        running.start(settings, open_door(settings))
    purging = asyncio.create_task(purge_daily(running.door()))
    try:
        yield {}
    finally:
        purging.cancel()
        with suppress(asyncio.CancelledError):
            await purging
        running.stop()


app = st.App(Path(__file__).with_name("main.py"), lifespan=_lifespan, middleware=[Middleware(PublicSideFirst)])
