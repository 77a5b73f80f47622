"""Choices that stand in the address, so that a link opens the same view."""

from __future__ import annotations

from collections.abc import Container

import streamlit as st


def from_address(key: str, parameter: str, allowed: Container[str]) -> None:
    """What a link asks for is chosen when the screen is opened; `key` is the field's."""
    asked = st.query_params.get(parameter, "")
    if key not in st.session_state and asked in allowed:
        st.session_state[key] = asked


def to_address(parameter: str, chosen: str, usual: str) -> None:
    """A link to what is shown. Only a change is written: until the browser has told of it, writing would take other
    parameters out of the address.
    """
    if chosen == st.query_params.get(parameter, usual):
        return
    if chosen == usual:
        del st.query_params[parameter]
    else:
        st.query_params[parameter] = chosen
