"""Streamlit's recorder, camera and file field speak English and cannot be told otherwise: here they get our words."""

from __future__ import annotations

import json

import streamlit as st

from survey_app.screens.language import say

# What is hidden is hidden from screen readers, too; what stands in its place is read by them.
_STYLE = """<style>
[data-testid="stAudioInput"] div:has(> [data-testid="stAudioInputWaveSurfer"]) > div:has(> span) {{ height: auto }}
[data-testid="stAudioInput"] div:has(> [data-testid="stAudioInputWaveSurfer"]) > div > :is(span, a),
[data-testid="stFileUploaderDropzoneInstructions"], [data-testid="stFileUploaderDropzone"] [kind="borderlessIcon"],
[data-testid="stFileUploaderDropzone"] [kind="secondary"] p, [data-testid="stFileChip"] [role="alert"],
[data-testid="stTooltipErrorContent"] {{ display: none !important }}
[data-testid="stAudioInput"] div:has(> [data-testid="stAudioInputWaveSurfer"]) > div:has(> span)::after {{
  content: {refused}; color: #a3170f; font-size: .9rem; line-height: 1.3 }}
[data-testid="stFileUploaderDropzone"] [kind="secondary"] [data-testid="stMarkdownContainer"]::after {{ content: {choose} }}
[data-testid="stFileUploader"]:has([aria-invalid="true"])::after {{ content: {file_refused}; color: #a3170f; font-size: .9rem }}
[data-testid="stCameraInputButton"] {{ font-size: 0; min-height: 3.25rem }}
[data-testid="stCameraInputButton"]::after {{ content: {camera_again}; font-size: 1rem }}
[data-testid="stCameraInputWebcamComponent"] [data-testid="stCameraInputButton"]::after {{ content: {camera_take} }}
[data-testid="stCameraInputWebcamComponent"] > div:not([data-testid]) > :last-child {{ font-size: 0; text-align: center;
  padding: 0 1rem }}
[data-testid="stCameraInputWebcamComponent"] > div:not([data-testid]) a {{ display: none }}
[data-testid="stCameraInputWebcamComponent"] > div:not([data-testid]) > :last-child::after {{ content: {camera_refused};
  font-size: .95rem; line-height: 1.4 }}
[data-testid="stAudioInputActionButton"] {{ min-width: 3.5rem; min-height: 3.5rem }}
[data-testid="stAudioInputActionButton"] svg {{ width: 2rem; height: 2rem }}
</style>"""

# Names of buttons that show only a picture.
_NAMES = {
    "Record": "recorder.record",
    "Stop recording": "recorder.stop",
    "Play": "recorder.play",
    "Pause": "recorder.pause",
    "Reset": "recorder.reset",
    "file upload": "file.choose",
    "Switch camera": "camera.switch",
}
_SCRIPT = """<script>
const names = {names}, removing = {remove}, choosing = {choose}, taking = {take}, again = {again};
const places = "[data-testid=stAudioInput] [aria-label], [data-testid=stFileUploader] [aria-label], [data-testid=stCameraInput] [aria-label]";
const rename = () => {{
  for (const element of document.querySelectorAll(places)) {{
    const name = element.getAttribute("aria-label");
    const ours = names[name] ?? (name.startsWith("Remove ") ? removing + name.slice(6) : name);
    if (ours !== name) element.setAttribute("aria-label", ours);
  }}
  for (const button of document.querySelectorAll("[data-testid=stFileUploaderDropzone] [kind=secondary]:not([aria-label])"))
    button.setAttribute("aria-label", choosing);
  for (const button of document.querySelectorAll("[data-testid=stCameraInputButton]")) {{
    const name = button.closest("[data-testid=stCameraInputWebcamComponent]") ? taking : again;
    if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  }}
}};
window.renameButtons?.disconnect();
window.renameButtons = new MutationObserver(rename);
window.renameButtons.observe(document.body, {{ subtree: true, childList: true, attributeFilter: ["aria-label"] }});
rename();
</script>"""


def say_in_our_words() -> None:
    """Before the first recorder, camera or file field of a screen."""
    names = {theirs: say(ours) for theirs, ours in _NAMES.items()}
    st.html(
        _STYLE.format(
            refused=_quoted(say("recorder.refused")),
            choose=_quoted(say("file.choose")),
            file_refused=_quoted(say("file.refused")),
            camera_take=_quoted(say("camera.take")),
            camera_again=_quoted(say("camera.again")),
            camera_refused=_quoted(say("camera.refused")),
        )
    )
    st.html(
        _SCRIPT.format(
            names=_literal(names),
            remove=_literal(say("file.remove")),
            choose=_literal(say("file.choose")),
            take=_literal(say("camera.take")),
            again=_literal(say("camera.again")),
        ),
        unsafe_allow_javascript=True,
    )


def _quoted(words: str) -> str:
    """As a string of a style sheet."""
    return '"' + "".join(c if c.isalnum() or c in " .,:()" else f"\\{ord(c):06x}" for c in words) + '"'


def _literal(value: object) -> str:
    """As a literal of a script inside HTML."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
