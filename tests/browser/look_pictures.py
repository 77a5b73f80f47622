"""Makes the pictures of docs/question-looks.md anew: every look, both age bands, a phone and a tablet."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from survey_app.reference_data import load_questionnaires
from tests.browser.demonstration import Server
from tests.browser.webform.child import Child
from tests.browser.webform.test_whole_way import check_digit

FORMS = Path(__file__).parent / "forms"
FOLDER = Path(__file__).parents[2] / "docs" / "screenshots" / "looks"
BANDS = ("7-10", "11-15")
SIZES = ((390, 844), (820, 1180))
LARGEST = 60_000

LOOKS = {
    "welcome": "note",
    "feeling": "faces-5",
    "safe": "faces-3",
    "play_place": "picture-grid-emoji",
    "yard": "picture-grid-images",
    "library": "stars",
    "heard": "slider",
    "friends_help": "numbers",
    "agree": "likert",
    "wishes": "columns-or-other",
    "wishes_other": "other",
    "order": "rank",
    "drawing": "draw",
    "voice": "voice",
    "photo": "photo",
    "message": "text",
    "minutes": "integer",
    "way": "decimal",
    "last_trip": "date",
    "next_trip": "date-no-calendar",
    "bedtime": "time",
    "zone": "select-one",
    "commune": "minimal",
    "subject": "search",
    "school": "field-list",
    "helper/more": "repeat",
    "rule": "read-only",
    "know_111": "acknowledge",
}
"""Screen of the form → name of its picture."""


CARD = "VOI482" + check_digit(0, "482")


def take_pictures(server: Server, browser: Browser) -> None:
    """Write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    administrator = server.as_staff("administrator")
    # As on a real instance that allows photos.
    administrator.write(
        "setting", [{"name": "photos_allowed", "value": True}, {"name": "demonstration", "value": False}]
    )
    forms = [FORMS / f"every-look-{band}.md" for band in BANDS]
    load_questionnaires(administrator, forms)
    for band, form in zip(BANDS, forms, strict=True):
        code = server.open_consultation(form.stem)
        for width, height in SIZES:
            context = browser.new_context(
                viewport={"width": width, "height": height},
                permissions=["microphone"],
                locale="vi-VN",
                timezone_id="Asia/Ho_Chi_Minh",
                has_touch=True,
                reduced_motion="reduce",
            )
            _walk(Child(context, context.new_page(), server), code, f"{band}-{width}")
            context.close()


def _walk(child: Child, code: str, suffix: str) -> None:
    child.open(code)
    child.choose_language()
    child.type_card(CARD)
    child.assent()
    child.wait_for("question")
    for at in child.screens_until_review():
        if at.startswith("helper/"):
            _answer_a_repeat(child)
        elif at in ANSWERS:
            ANSWERS[at](child.page)
        else:
            child.answer_here()
        if child.at() in LOOKS:
            _keep(child.page, f"{LOOKS[child.at()]}-{suffix}")
        if at == "feeling":
            _in_other_lights(child, suffix)
    _keep(child.page, f"review-{suffix}")


def _in_other_lights(child: Child, suffix: str) -> None:
    child.change_language("km")
    _keep(child.page, f"khmer-{suffix}")
    child.change_language("vi")
    child.page.emulate_media(color_scheme="dark")
    _keep(child.page, f"dark-{suffix}")
    child.page.emulate_media(color_scheme="light")


def _keep(page: Page, name: str) -> None:
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    page.wait_for_timeout(250)
    picture = Image.open(io.BytesIO(page.screenshot()))
    for quality in (82, 70, 55, 40):
        written = io.BytesIO()
        picture.save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= LARGEST:
            break
    (FOLDER / f"{name}.webp").write_bytes(written.getvalue())


def _check(*values: str) -> Callable[[Page], None]:
    def check(page: Page) -> None:
        for value in values:
            page.locator(f"[data-question] input[value='{value}']").check()

    return check


def _fill(selector: str, text: str) -> Callable[[Page], None]:
    return lambda page: page.locator(f"[data-question] {selector}").fill(text)


def _slide(page: Page) -> None:
    page.locator("input[type=range]").fill("8")


def _rank(page: Page) -> None:
    page.click("[data-choice=heard] [data-rank=up]")
    page.click("[data-choice=heard] [data-rank=up]")


def _speak(page: Page) -> None:
    page.click("[data-record]")
    page.locator(".is-recording").wait_for()
    page.wait_for_timeout(1_500)
    page.click("[data-record]")
    page.locator("[data-play]").wait_for()


def _photo(page: Page) -> None:
    page.locator("[data-question=photo] input").set_input_files(FORMS / "media" / "yard-bare.png")
    page.locator("[data-question=photo] img").wait_for()


def _date_in_parts(page: Page) -> None:
    for part, value in (("day", "20"), ("month", "12")):
        page.select_option(f"[data-part={part}]", value)
    page.fill("[data-part=year]", "2026")


def _search(page: Page) -> None:
    page.locator("input[type=search]").fill("th")
    page.locator("[value=art]").check()


def _school(page: Page) -> None:
    page.locator("[data-question=seat] [value=no]").check()
    page.locator("[data-question=light] [value=yes]").check()


def _answer_a_repeat(child: Child) -> None:
    """Two people, then the question whether there is another one."""
    for who, feeling in (("family", "very_happy"), ("teacher", "happy")):
        before = child.page.locator("[data-screen]").element_handle()
        child.page.click("[data-add-time]")
        child.page.wait_for_function("before => !before.isConnected", arg=before)
        for value in (who, feeling):
            child.page.locator(f"[data-question] input[value={value}]").check()
            child.next()


def _draw(page: Page) -> None:
    """A house under a tree, the sun, and the grass they stand on."""
    size = page.viewport_size
    assert size
    # So high that paper and pens are in sight together.
    page.set_viewport_size({"width": size["width"], "height": 2_000})
    box = page.locator("canvas").bounding_box()
    assert box
    for pen, breadth, points in STROKES:
        page.locator(f"[data-pen={pen}]").check(force=True)
        page.locator(f"[data-pen={breadth}]").check(force=True)
        places = [(box["x"] + x * box["width"] / 100, box["y"] + y * box["height"] / 75) for x, y in points]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:] or places:
            page.mouse.move(*place, steps=4)
        page.mouse.up()
    page.wait_for_timeout(400)
    page.set_viewport_size(size)


def _round(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    return [(x + radius * math.cos(i / 3), y + radius * math.sin(i / 3)) for i in range(20)]


STROKES: list[tuple[str, str, list[tuple[float, float]]]] = [
    ("green", "thick", [(2, 68), (20, 66), (40, 68), (60, 66), (80, 68), (98, 66)]),
    ("yellow", "thick", _round(85, 14, 5)),
    ("orange", "middle", [(85, 3), (85, 1)]),
    ("orange", "middle", [(74, 14), (71, 14)]),
    ("orange", "middle", [(77, 6), (75, 4)]),
    ("orange", "middle", [(77, 22), (75, 24)]),
    ("orange", "middle", [(85, 25), (85, 28)]),
    ("brown", "thick", [(25, 64), (25, 40)]),
    ("green", "thick", _round(25, 28, 8)),
    ("green", "thick", _round(25, 27, 4)),
    ("red", "middle", [(44, 40), (60, 25), (76, 40), (44, 40)]),
    ("black", "middle", [(47, 41), (47, 63), (73, 63), (73, 41)]),
    ("blue", "middle", [(52, 46), (58, 46), (58, 52), (52, 52), (52, 46)]),
    ("brown", "middle", [(63, 63), (63, 48), (70, 48), (70, 63)]),
    ("pink", "middle", _round(10, 58, 1.6)),
    ("purple", "middle", _round(38, 60, 1.6)),
    ("pink", "middle", _round(84, 59, 1.6)),
]


ANSWERS: dict[str, Callable[[Page], None]] = {
    "feeling": _check("happy"),
    "safe": _check("sometimes"),
    "play_place": _check("yard", "ball"),
    "yard": _check("trees"),
    "library": _check("4"),
    "heard": _slide,
    "friends_help": _check("4"),
    "agree": _check("rather"),
    "wishes": _check("trees", "other"),
    "wishes_other": _fill("textarea", "Một góc yên tĩnh để đọc truyện"),
    "order": _rank,
    "drawing": _draw,
    "voice": _speak,
    "photo": _photo,
    "message": _fill("textarea", "Em muốn sân trường có thêm cây, và giờ ra chơi dài hơn một chút ạ."),
    "minutes": _fill("input", "2"),
    "way": _fill("input", "1,5"),
    "last_trip": _fill("input", "2026-11-15"),
    "next_trip": _date_in_parts,
    "bedtime": _fill("input", "21:00"),
    "zone": _check("river"),
    "subject": _search,
    "school": _school,
}
