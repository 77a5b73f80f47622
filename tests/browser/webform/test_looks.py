"""Every kind of question in every look: answered with the finger and with the keyboard alone, stored as it was meant."""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form
from tests.browser.webform.test_for_everybody import PROBLEMS_OF_LAYOUT, SMALLEST_TARGET, serious_problems

FORMS = Path(__file__).parents[1] / "forms"
BANDS = ("7-10", "11-15")
SIZES = ((390, 844), (820, 1180), (1366, 768))
MOST_MILLISECONDS = 100

# What answering whatever comes first gives; files have names of their own.
ANSWERS = {
    "rule": "Điều 12",
    "feeling": "very_happy",
    "safe": "yes",
    "play_place": ["home"],
    "yard": "trees",
    "library": 1,
    "heard": 6,
    "friends_help": 1,
    "agree": "agree",
    "message": "Em muốn có thêm cây xanh",
    "minutes": 1,
    "way": 0.5,
    "last_trip": "2026-06-01",
    "next_trip": "2026-01-01",
    "bedtime": "20:30",
    "zone": "river",
    "commune": "cang_long",
    "subject": "vietnamese",
    "seat": "yes",
    "light": "yes",
    "class_note": "Em muốn có thêm cây xanh",
    "helper": [{"who": "family", "with_them": "very_happy"}],
    "know_111": "OK",
}


def picture(color: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (320, 240), color).save(written, "PNG")
    return written.getvalue()


MEDIA = {
    "school.png": picture("#8fc7e8"),
    "yard-trees.png": picture("#3d9a57"),
    "yard-bare.png": picture("#d8c49a"),
    "yard-swing.png": picture("#e08a5b"),
}


@pytest.fixture(scope="module")
def codes(server: Server) -> Iterator[dict[str, str]]:
    """The join codes of the two forms, on an instance that allows photos."""
    administrator = server.as_staff("administrator")
    administrator.write("setting", [{"name": "photos_allowed", "value": True}])
    yield {band: open_form(server, (FORMS / f"every-look-{band}.md").read_text(), MEDIA) for band in BANDS}
    administrator.write("setting", [{"name": "photos_allowed", "value": False}])


@pytest.fixture
def tablet(new_tablet: Callable[..., Child]) -> Child:
    """A tablet whose microphone may be used and hums."""
    return new_tablet(permissions=["microphone"], reduced_motion="reduce")


def record(page: Page, milliseconds: int = 700) -> None:
    page.click("[data-record]")
    page.locator(".is-recording").wait_for()
    page.wait_for_timeout(milliseconds)
    page.click("[data-record]")
    page.wait_for_selector("[data-play]")


def go_to(child: Child, name: str) -> None:
    """Skip to the screen of this name."""
    for at in child.screens_until_review():
        if at == name:
            return
    raise AssertionError(f"{name} is never asked")


def add_one(child: Child) -> None:
    before = child.page.locator("[data-screen]").element_handle()
    child.page.click("[data-add-time]")
    child.page.wait_for_function("before => !before.isConnected", arg=before)


def every_look(child: Child, *, answered: bool = True) -> Iterator[str]:
    """Each screen, answered before the caller looks at it or only then, with one time of the repeat."""
    for at in child.screens_until_review():
        child.page.locator(".coming").wait_for(state="detached")
        if not answered:
            yield at
        if child.page.locator("[data-record]").count():
            record(child.page)
        child.answer_here()
        if answered:
            yield at
        if at == "helper/more" and not child.page.locator("[data-remove-time]").count():
            add_one(child)
            child.answer_here()


def test_with_a_finger_all_is_answered_stored_and_seen_again(
    tablet: Child, codes: dict[str, str], server: Server
) -> None:
    page = tablet.page
    tablet.begin(code=codes["7-10"])
    for _ in every_look(tablet):
        pass
    for name in ("drawing", "photo"):
        expect(page.locator(f".review__row:has([data-edit={name}]) img")).to_be_visible()
    page.click(".review__row:has([data-edit=voice]) [data-play]")
    expect(page.locator(".review__order li")).to_have_count(4)
    answers = tablet.draft()["answers"]
    made = {one["question"]: one for one in tablet.kept()["attachments"]}
    assert {name: answers[name] for name in ANSWERS} == ANSWERS
    assert sorted(answers["order"]) == ["heard", "learn", "play", "safety"]
    assert len(answers["wishes"]) == 1
    assert {name: answers[name] for name in made} == {name: one["name"] for name, one in made.items()}
    assert {name: one["media_type"] for name, one in made.items()} == {
        "drawing": "image/png",
        "voice": "audio/webm",
        "photo": "image/jpeg",
    }
    assert max(one["size"] for one in made.values()) < 200_000
    tablet.send()
    tablet.wait_until_sent()
    stored, problems = server.rows("select answers, problems from submission order by received_at desc limit 1")[0]
    assert {name: stored[name] for name in ANSWERS} == ANSWERS
    assert not problems


KEYS: dict[str, tuple[str, list[str], Any]] = {
    # question: (where the keyboard goes, what it presses, the answer)
    "feeling": ("input", ["Space", "ArrowRight"], "happy"),
    "safe": ("input", ["Space"], "yes"),
    "play_place": ("input[value=yard]", ["Space"], ["yard"]),
    "yard": ("input", ["Space", "ArrowDown"], "bare"),
    "library": ("input", ["Space", "ArrowRight", "ArrowRight"], 3),
    "heard": ("input", ["ArrowRight", "ArrowRight"], 7),
    "friends_help": ("input", ["Space", "ArrowRight"], 2),
    "agree": ("input", ["Space", "ArrowDown"], "rather"),
    "order": ("[data-choice=learn] [data-rank=up]", ["Enter", "Enter", "ArrowUp"], ["learn", "safety", "play", "heard"]),
    "message": ("textarea", ["E", "m"], "Em"),
    "minutes": ("input", ["ArrowUp", "ArrowUp"], 2),
    "way": (".stepper button:last-child", ["Enter", "Enter", "Enter"], 1.5),
    "zone": ("input", ["Space", "ArrowDown"], "sea"),
    "commune": ("select", ["ArrowDown"], "duyen_hai"),
    "subject": ("input[type=search]", [*"mat", "Tab", "Space"], "maths"),
    "next_trip": ("select", ["ArrowDown", "Tab", "ArrowDown", "ArrowDown", "Tab", *"2026"], "2026-02-01"),
    "know_111": ("input", ["Space"], "OK"),
}  # fmt: skip


def test_with_the_keyboard_alone_all_is_answered(tablet: Child, codes: dict[str, str]) -> None:
    page = tablet.page

    def reach(selector: str) -> None:
        for _ in range(60):
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard never reaches {selector}")

    tablet.begin("en", code=codes["11-15"])
    while tablet.screen() == "question":
        at = tablet.at()
        page.locator(".coming").wait_for(state="detached")
        here = page.locator("[data-screen]").element_handle()
        if at in KEYS:
            place, keys, _ = KEYS[at]
            reach(f"[data-question={at}] {place}")
            for key in keys:
                page.keyboard.press(key)
        elif at == "drawing":
            reach("canvas")
            for key in ("Space", "ArrowRight", "ArrowDown", "Space"):
                page.keyboard.press(key)
        elif at == "voice":
            reach("[data-record]")
            page.keyboard.press("Enter")
            page.wait_for_timeout(500)
            page.keyboard.press("Enter")
            page.wait_for_selector("[data-play]")
        elif at == "photo":
            reach("input[type=file]")
        reach("[data-way=next]")
        page.keyboard.press("Enter")
        page.wait_for_function("here => !here.isConnected", arg=here)
    answers = tablet.draft()["answers"]
    assert {name: answers.get(name) for name in KEYS} == {name: answer for name, (_, _, answer) in KEYS.items()}
    assert answers["drawing"].endswith(".png")
    assert answers["voice"].endswith(".webm")


def contrast_problems(page: Page) -> list[str]:
    found = Axe().run(page, "#stage", {"resultTypes": ["violations"], "runOnly": ["color-contrast"]})
    return [f"contrast: {node['html']}" for one in found.response["violations"] for node in one["nodes"]]


@pytest.mark.parametrize(("language", "answered"), [("vi", True), ("km", False), ("en", True)])
def test_no_look_is_hard_to_see_to_reach_or_to_hear(
    new_tablet: Callable[..., Child], codes: dict[str, str], language: str, answered: bool
) -> None:
    child = new_tablet(permissions=["microphone"], reduced_motion="reduce")
    page = child.page
    problems: dict[str, list[str]] = {}
    child.begin(language, codes["7-10"])
    for at in every_look(child, answered=answered):
        page.emulate_media(color_scheme="dark")
        found = contrast_problems(page)
        page.emulate_media(color_scheme="light")
        found += serious_problems(page)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            found += page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET)
        if page.locator("[data-question]").count():
            read = page.locator("[data-aloud]").evaluate_all("all => all.map(one => one.dataset.recordings ?? '')")
            assert any(place.startswith("question:") for place in read), at
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        page.set_viewport_size({"width": 390, "height": 844})
        found += page.evaluate(PROBLEMS_OF_LAYOUT, SMALLEST_TARGET)
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.set_viewport_size({"width": 820, "height": 1180})
        if found:
            problems[at] = found
    assert problems == {}


def ink(page: Page) -> int:
    """How many points of the paper are not white."""
    return int(
        page.locator("canvas").evaluate(
            """canvas => {
                const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                let count = 0;
                for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] < 700) count += 1;
                return count;
            }"""
        )
    )


def wait_until_kept(tablet: Child, page: Page) -> None:
    """What is on the paper is what the tablet has on its disk."""

    def shown() -> str:
        return str(page.locator("canvas").evaluate("canvas => canvas.toDataURL('image/png')"))

    def kept() -> str:
        return str(page.evaluate(KEPT_DRAWING, tablet.draft()["answers"].get("drawing")))

    wait_until(page, lambda: kept() == shown())


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never came to hold")


KEPT_DRAWING = """name => new Promise(resolve => {
    const opening = indexedDB.open("survey-app");
    opening.onsuccess = () => {
        const asked = opening.result.transaction("attachments").objectStore("attachments").get(name ?? "");
        asked.onsuccess = () => {
            opening.result.close();
            if (!asked.result) return resolve("");
            const reader = new FileReader();
            reader.onload = () => resolve(reader.result);
            reader.readAsDataURL(asked.result.blob);
        };
    };
})"""


def test_a_drawing_can_be_undone_and_is_there_after_a_reload(tablet: Child, codes: dict[str, str]) -> None:
    page = tablet.page
    tablet.begin(code=codes["7-10"])
    go_to(tablet, "drawing")
    paper = page.locator("canvas")
    tablet.draw(paper)
    one = ink(page)
    page.check("[data-pen=red]", force=True)
    page.check("[data-pen=thick]", force=True)
    tablet.draw(paper, start=0.5, end=0.3)
    assert ink(page) > one > 0
    page.click("[data-tool=undo]")
    assert ink(page) == one
    wait_until_kept(tablet, page)
    page.reload()
    tablet.wait_for("question")
    page.wait_for_selector("canvas")
    page.wait_for_function("() => !document.querySelector('[data-tool=clear]').disabled")
    assert abs(ink(page) - one) < one * 0.02
    assert len(tablet.kept()["attachments"]) == 1
    page.click("[data-tool=clear]")
    page.click("[data-clear-yes]")
    assert ink(page) == 0
    wait_until(page, lambda: tablet.kept()["attachments"] == [])
    assert "drawing" not in tablet.draft()["answers"]


def test_a_photo_becomes_small_and_forgets_where_it_was_taken(tablet: Child, codes: dict[str, str]) -> None:
    page = tablet.page
    tablet.begin(code=codes["7-10"])
    go_to(tablet, "photo")
    taken = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(taken, "JPEG", exif=exif)
    assert b"SECRET-CAMERA" in taken.getvalue()
    page.set_input_files(
        "[data-question=photo] input", {"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": taken.getvalue()}
    )
    page.wait_for_selector("[data-question=photo] img")
    kept = bytes(
        page.evaluate(
            """() => new Promise((resolve) => {
                indexedDB.open("survey-app").onsuccess = ({target: {result}}) => {
                    const asked = result.transaction("attachments").objectStore("attachments").getAll();
                    asked.onsuccess = async () => {
                        result.close();
                        resolve([...new Uint8Array(await asked.result[0].blob.arrayBuffer())]);
                    };
                };
            })"""
        )
    )
    assert Image.open(io.BytesIO(kept)).size[0] <= 1280
    assert b"Exif" not in kept
    assert b"SECRET-CAMERA" not in kept
    assert len(kept) <= 1_000_000
    page.set_input_files("[data-question=photo] input", {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no"})
    expect(page.locator("#error-photo")).to_contain_text("Em chụp lại nhé")
    page.click("[data-question=photo] [data-delete]")
    page.wait_for_selector("[data-question=photo] img", state="detached")
    wait_until(page, lambda: tablet.kept()["attachments"] == [])


def test_a_voice_is_made_anew_deleted_and_explained_where_it_cannot_be(
    tablet: Child, new_tablet: Callable[..., Child], codes: dict[str, str]
) -> None:
    page = tablet.page
    tablet.begin(code=codes["11-15"])
    go_to(tablet, "voice")
    record(page)
    first = tablet.draft()["answers"]["voice"]
    # No ticking clock: what is left is a ring that fills, and nothing counts.
    page.click("[data-record]")
    page.wait_for_timeout(600)
    assert not any(sign.isdigit() for sign in page.locator(".voice").inner_text())
    assert 0 < float(page.locator(".voice__ring").get_attribute("stroke-dashoffset") or 0) < 289
    page.click("[data-record]")
    page.wait_for_selector("[data-play]")
    second = tablet.draft()["answers"]["voice"]
    assert first != second
    wait_until(page, lambda: [one["name"] for one in tablet.kept()["attachments"]] == [second])
    page.click("[data-play]")
    page.click("[data-question=voice] [data-delete]")
    page.click("[data-delete-yes]")
    page.wait_for_selector("[data-play]", state="detached")
    wait_until(page, lambda: tablet.kept()["attachments"] == [])
    assert "voice" not in tablet.draft()["answers"]

    for key, deaf in (("voice.refused", new_tablet(permissions=[])), ("voice.impossible", new_tablet())):
        if key == "voice.impossible":
            deaf.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})")
        deaf.begin(code=codes["11-15"])
        go_to(deaf, "voice")
        deaf.page.click("[data-record]")
        expect(deaf.page.locator(f'[data-no-voice="{key}"]')).to_be_visible()
        deaf.page.click("[data-way=skip]")
        deaf.page.wait_for_selector("[data-at=photo]")


def test_an_order_is_an_answer_only_once_the_child_has_made_it_hers(tablet: Child, codes: dict[str, str]) -> None:
    page = tablet.page
    tablet.begin("en", code=codes["11-15"])
    go_to(tablet, "order")
    shown = page.locator("[data-choice]").evaluate_all("all => all.map(one => one.dataset.choice)")
    assert "order" not in tablet.draft()["answers"]
    page.click("[data-rank-right]")
    assert tablet.draft()["answers"]["order"] == shown
    grip, last = (page.locator("[data-choice] .rank__grip").nth(i).bounding_box() for i in (0, 3))
    assert grip
    assert last
    page.mouse.move(grip["x"] + 20, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(grip["x"] + 20, last["y"] + last["height"], steps=20)
    page.mouse.up()
    assert tablet.draft()["answers"]["order"] == [*shown[1:], shown[0]]
    expect(page.locator("[data-question=order] [role=status]")).to_contain_text("place 4 of 4")
    assert page.locator("[data-choice]").last.get_attribute("data-choice") == shown[0]
    tablet.change_language("vi")
    assert page.locator("[data-choice]").last.get_attribute("data-choice") == shown[0]


def test_answers_that_no_longer_fit_go_and_what_is_added_can_be_taken_away(
    tablet: Child, codes: dict[str, str]
) -> None:
    page = tablet.page
    tablet.begin(code=codes["7-10"])
    go_to(tablet, "wishes")
    page.check("[data-question=wishes] input[value=other]", force=True)
    tablet.next()
    assert tablet.at() == "wishes_other"
    page.fill("textarea", "Một hồ cá")
    go_to(tablet, "commune")
    assert page.locator("option").count() == 1
    page.click("[data-way=back]")
    page.wait_for_selector("[data-at=zone]")
    page.check("input[value=river]", force=True)
    tablet.next()
    page.select_option("select", "tieu_can")
    page.click("[data-way=back]")
    page.wait_for_selector("[data-at=zone]")
    page.check("input[value=sea]", force=True)
    tablet.next()
    assert page.input_value("select") == ""
    go_to(tablet, "helper/more")
    for who in ("family", "friend"):
        add_one(tablet)
        page.check(f"input[value={who}]", force=True)
        tablet.next()
        tablet.next()
    expect(page.locator("[data-remove-time]")).to_have_count(2)
    page.click("[data-remove-time='helper/0']")
    page.click("[data-remove-yes]")
    expect(page.locator("[data-remove-time]")).to_have_count(1)
    tablet.next()
    assert tablet.draft()["answers"]["helper"] == [{"who": "friend"}]
    expect(page.locator("[data-question=rule] .fixed")).to_have_text("Điều 12")
    assert page.locator("[data-question=rule] input, [data-way=skip]").count() == 0


def test_help_opens_when_asked_and_a_control_that_cannot_come_is_no_dead_end(
    new_tablet: Callable[..., Child], codes: dict[str, str]
) -> None:
    child = new_tablet(service_workers="block")
    page = child.page
    child.context.route("**/rank.js*", lambda route: route.abort())
    child.begin("en", code=codes["7-10"])
    go_to(child, "feeling")
    help_text = page.get_by_text("Think of the whole day")
    expect(help_text).to_be_hidden()
    page.get_by_text("More explanation").locator("..").press("Enter")
    expect(help_text).to_be_visible()
    go_to(child, "order")
    expect(page.locator("[data-question=order] .notice")).to_have_text(
        "This tablet cannot open this question yet. You can skip it or ask your teacher."
    )
    page.click("[data-way=skip]")
    page.wait_for_selector("[data-at=drawing] canvas")


WATCH = """() => {
    window.waits = [];
    let tapped;
    addEventListener("click", (event) => event.target.closest("[data-way=next]") && (tapped = performance.now()), true);
    new MutationObserver(() => {
        if (tapped === undefined) return;
        const begun = tapped;
        tapped = undefined;
        requestAnimationFrame(() => setTimeout(() => window.waits.push(performance.now() - begun)));
    }).observe(document.getElementById("stage"), {childList: true});
}"""


@pytest.mark.parametrize("form", ["children-7-10", "every-look-7-10"])
def test_the_next_question_is_there_at_once_on_a_slow_tablet(
    new_tablet: Callable[..., Child], codes: dict[str, str], server: Server, form: str
) -> None:
    child = new_tablet(reduced_motion="no-preference")
    page = child.page
    child.begin(code=codes["7-10"] if form.startswith("every") else server.join_code)
    page.wait_for_timeout(1_500)
    child.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.evaluate(WATCH)
    for _ in child.screens_until_review():
        page.wait_for_timeout(50)
    waits = page.evaluate("() => window.waits")
    assert len(waits) > 8
    assert statistics.median(waits) <= MOST_MILLISECONDS, [round(one) for one in waits]
