"""Every screen can be heard: by recordings, else by a voice of the tablet's own, and kindly not at all."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import keep_media

# Tells what is said, and takes a moment for it like a real voice. `window.voices` may be changed while the test runs.
VOICE = """(() => {
    window.said = [];
    window.read = [];
    window.pace = 40;
    window.voices = ["vi-VN", "en-GB"].map(lang => ({lang, localService: true, name: lang}));
    const synthesis = new EventTarget();
    let timer;
    synthesis.getVoices = () => window.voices;
    synthesis.speak = utterance => {
        window.said.push([utterance.lang, utterance.text]);
        window.read.push(document.querySelector(".is-read")?.textContent ?? "");
        timer = setTimeout(() => utterance.onend?.(), window.pace);
    };
    synthesis.cancel = () => clearTimeout(timer);
    Object.defineProperty(window, "speechSynthesis", {value: synthesis});
    window.SpeechSynthesisUtterance = function (text) { this.text = text; };
    window.played = [];
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () { window.played.push(this.src); return play.call(this); };
})()"""


def beep() -> bytes:
    """A tenth of a second of sound."""
    sound = BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(i / 3))) for i in range(800)))
    return sound.getvalue()


@pytest.fixture
def hearing(new_tablet: Callable[..., Child], server: Server) -> Child:
    # Where there is a recording no voice speaks.
    server.rows("delete from recording")
    child = new_tablet(reduced_motion="no-preference")
    child.page.add_init_script(VOICE)
    return child


def said(child: Child) -> list[str]:
    """What was said since the last time, once all of it has been."""
    expect(child.page.locator("#ear")).to_have_attribute("aria-pressed", "false", timeout=15_000)
    return [text for _, text in child.page.evaluate("window.said.splice(0)")]


def test_a_screen_is_read_in_its_order_and_what_is_read_is_shown(hearing: Child, server: Server) -> None:
    child = hearing
    child.open(server.join_code_older)
    child.page.click("#ear")
    assert said(child)[:2] == ["Xin chào!", "Hello!"]
    child.choose_language()
    child.without_card()
    # Older children are not read to unless they ask.
    child.wait_for("assent")
    assert said(child) == []
    child.page.click("#ear")
    heard = said(child)
    assert heard[0] == child.page.locator("h1").inner_text()
    assert heard[-2:] == [child.page.locator(f"[data-assent={one}]").inner_text() for one in ("yes", "no")]
    child.assent()
    child.wait_for("question")
    while not child.page.locator("label.tile").count():
        child.next()
    child.page.evaluate("window.read.length = 0")
    child.page.click("#ear")
    heard = said(child)
    labels = child.page.locator("label.tile").all_inner_texts()
    assert child.page.locator(".question__title").inner_text() == heard[0]
    assert [text for text in heard if text in labels] == labels
    assert set(labels) <= set(child.page.evaluate("window.read"))
    assert child.page.locator(".is-read").count() == 0
    # A second tap stops, and so does leaving the screen: here in the middle of the first sentence.
    for leave in (lambda: child.page.click("#ear"), child.next):
        child.page.evaluate("window.pace = 60_000")
        child.page.click("#ear")
        child.page.wait_for_function("() => window.said.length")
        leave()
        assert len(said(child)) == 1
    child.page.evaluate("window.pace = 40")
    child.page.click("#help")
    child.page.click("dialog .button--ear")
    expect(child.page.locator("dialog .button--ear")).to_have_attribute("aria-pressed", "false", timeout=15_000)
    assert any("111" in text for text in said(child))


def test_young_children_are_read_to_until_they_want_it_quiet(hearing: Child) -> None:
    child = hearing
    child.open()
    # Nothing before the first touch: a browser would not allow it.
    assert said(child) == []
    child.choose_language()
    child.without_card()
    child.wait_for("assent")
    assert said(child)
    child.assent()
    child.wait_for("question")
    child.page.wait_for_function("() => window.said.length")
    assert said(child)[0] == child.page.locator(".question__title").inner_text()
    child.page.evaluate("window.pace = 60_000")
    child.next()
    child.page.wait_for_function("() => window.said.length")
    child.page.click("#ear")
    assert len(said(child)) == 1
    child.page.evaluate("window.pace = 40")
    child.next()
    child.page.wait_for_timeout(300)
    assert said(child) == []
    child.page.reload()
    child.wait_for("question")
    assert child.draft()["quiet"] is True
    child.page.click("#ear")
    assert said(child)
    child.next()
    assert said(child)


def test_a_recording_comes_before_the_voice_and_is_kept_on_the_tablet(
    hearing: Child, server: Server, new_tablet: Callable[..., Child]
) -> None:
    child = hearing
    code = server.open_consultation()
    version = server.rows("select questionnaire_version from consultation where join_code = %s", code)[0][0]
    definition = server.rows(
        "select definition from questionnaire where (id, version) = ('children-7-10', %s)", version
    )
    node = next(one for one in definition[0][0]["nodes"] if one["type"] == "select_one")
    first, second = (one["name"] for one in definition[0][0]["choices"][node["choices"]][:2])
    staff = server.as_staff("facilitator")
    stored = keep_media(server, "beep.wav", beep())
    places = [f"question:{node['name']}", f"choice:{node['choices']}/{first}"]
    for place in places:
        staff.call(
            "save_recording",
            questionnaire="children-7-10", version=version, language="vi", place=place, stored_as=stored,
        )  # fmt: skip
    try:
        child.begin(code=code)
        child.page.wait_for_function(
            "async () => (await import('/webform/tablet.js?v=' + document.querySelector('script').src.split('v=')[1])).readKeys('media').then(all => all.length === 1)"
        )
        child.context.set_offline(True)
        while child.at() != node["name"]:
            child.next()
        said(child)
        child.page.evaluate("window.said.length = window.played.length = 0")
        child.page.click("#ear")
        heard = said(child)
        played = child.page.evaluate("window.played")
        assert len(played) == 2
        assert all(address.startswith("blob:") for address in played)
        label = child.page.locator(f"[id='{node['name']}-{second}'] ~ .tile__label").inner_text()
        assert label in heard
        assert child.page.locator(".question__title").inner_text() not in heard
        # Where the recording cannot be fetched the tablet's own voice reads, and nothing breaks.
        child.context.set_offline(False)
        deaf = new_tablet(service_workers="block")
        deaf.page.add_init_script(VOICE)
        deaf.context.route("**/webform/media*", lambda route: route.abort())
        deaf.begin(code=code)
        while deaf.at() != node["name"]:
            deaf.next()
        said(deaf)
        deaf.page.click("#ear")
        assert deaf.page.locator(".question__title").inner_text() in said(deaf)
    finally:
        child.context.set_offline(False)
        for place in places:
            staff.call("remove_recording", questionnaire="children-7-10", version=version, language="vi", place=place)


def test_a_language_without_a_voice_is_said_once_and_a_late_voice_is_welcome(hearing: Child, server: Server) -> None:
    child = hearing
    child.begin("km", server.join_code_older)
    # A voice that lives on somebody's server is none: it would hear what children answer.
    child.page.evaluate("window.voices.push({lang: 'km-KH', localService: false})")
    child.page.click("#ear")
    expect(child.page.locator("#stage .notice")).not_to_be_empty()
    expect(child.page.locator("#ear")).to_be_hidden()
    assert said(child) == []
    child.next()
    expect(child.page.locator("#ear")).to_be_hidden()
    assert child.page.locator("#stage .notice").count() == 0
    child.page.evaluate(
        "window.voices.push({lang: 'km-KH', localService: true}); speechSynthesis.dispatchEvent(new Event('voiceschanged'))"
    )
    child.page.click("#ear")
    assert said(child)[0] == child.page.locator(".question__title").inner_text()
