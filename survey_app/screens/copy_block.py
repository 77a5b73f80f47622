"""A text to take along: one tap copies it, and where the browser forbids that, one tap selects all of it."""

from __future__ import annotations

from html import escape

import streamlit as st

from survey_app.screens.language import say

_STYLE = """<style>
.copy-block { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center }
.copy-block code { flex: 1 1 18rem; padding: .75rem; overflow-wrap: anywhere; white-space: pre-wrap; user-select: all;
  background: #f1f4f8; color: #16324f; border-radius: .5rem }
.copy-block button { min-height: 2.75rem; padding: 0 1rem; border: 1px solid #7b8794; border-radius: .5rem; background: #fff;
  color: #16324f; font: inherit; cursor: pointer }
</style>"""
_SCRIPT = """<script>
for (const button of document.querySelectorAll(".copy-block button:not([data-ready])")) {
  button.dataset.ready = "yes";
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    getSelection().selectAllChildren(code);
    let copied = true;
    // Browsers lend the clipboard to pages over https only.
    try { await navigator.clipboard.writeText(code.textContent); } catch { copied = document.execCommand("copy"); }
    if (copied) button.textContent = button.dataset.done;
  });
}
</script>"""


def copy_block(text: str) -> None:
    st.html(
        f'{_STYLE}<div class="copy-block"><code>{escape(text)}</code>'
        f'<button type="button" data-done="{escape(say("copy.done"))}">{escape(say("copy"))}</button></div>{_SCRIPT}',
        unsafe_allow_javascript=True,
    )
