"""Drawings and voices travel after the answers, piece by piece, and are wiped only when they have arrived."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Server
from tests.browser.webform.child import Child
from tests.browser.webform.own_form import open_form, pin_of

FORM = """
| survey |
|        | type  | name    | label::Tiếng Việt (vi) | appearance |
|        | image | drawing | Em vẽ trường của em    | draw       |
|        | audio | voice   | Em nói điều em muốn    |            |
|        | text  | words   | Em viết                |            |

| settings |
|          | form_title | form_id   | version | default_language | min_age | max_age |
|          | Vẽ và nói  | with-made | 1       | Tiếng Việt (vi)  | 7       | 10      |
"""

# As if a child had drawn and spoken: a real picture, and so much of a real container of sound, kept as the form keeps them.
FINISH = """async ({code, bytes, text}) => {
    const version = new URL(document.querySelector("script[src*='/tablet.js']").src).search;
    const tablet = await import("/webform/tablet.js" + version);
    const {described, keepAttachment} = await import("/webform/attachments.js" + version);
    const {consultation} = await tablet.loadConsultation(code);
    const id = tablet.uuid(), now = tablet.localTime(new Date());
    const canvas = new OffscreenCanvas(60, 40);
    canvas.getContext("2d").fillRect(5, 5, 20, 20);
    const picture = await canvas.convertToBlob({type: "image/png"});
    const sound = new Uint8Array(bytes);
    for (let at = 0; at < bytes; at += 60_000) crypto.getRandomValues(sound.subarray(at, Math.min(bytes, at + 60_000)));
    sound.set([0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 0x01, 0x42, 0xf7, 0x81, 0x01, 0x42, 0xf2, 0x81, 0x04,
        0x42, 0xf3, 0x81, 0x08, 0x42, 0x82, 0x84, 0x77, 0x65, 0x62, 0x6d]);
    const answers = {
        drawing: await keepAttachment(id, "drawing", picture, "image/png"),
        voice: await keepAttachment(id, "voice", new Blob([sound]), "audio/webm;codecs=opus"),
        words: text,
    };
    // Made, and then thought better of.
    await keepAttachment(id, "drawing", picture, "image/png");
    await tablet.finish({
        id, consultation: consultation.id, questionnaire: consultation.questionnaire.id,
        version: consultation.questionnaire.version, language: "vi", card: null,
        assent: {version: consultation.assent_version, given: true}, started_at: now, finished_at: now,
        device: await tablet.device(), receipt: tablet.receipt(), answers,
        ...described(await tablet.attachmentsOf(id), answers),
    });
    return {id, answers};
}"""
SEND = """async () => {
    const version = new URL(document.querySelector("script[src*='/tablet.js']").src).search;
    await (await import("/webform/tablet.js" + version)).sendNow();
}"""
SOUND = 700_000


def finish(child: Child, code: str, text: str = "chữ", size: int = SOUND) -> dict[str, Any]:
    return dict(child.page.evaluate(FINISH, {"code": code, "bytes": size, "text": text}))


def states(server: Server, submission: str) -> list[str]:
    return [
        row[0] for row in server.rows("select state from attachment where submission_id = %s order by name", submission)
    ]


@pytest.fixture
def tablet(new_tablet: Callable[..., Child], server: Server) -> tuple[Child, str]:
    child = new_tablet(service_workers="block")
    code = open_form(server, FORM)
    child.open(code)
    return child, code


def test_they_arrive_whole_over_a_link_that_breaks(tablet: tuple[Child, str], server: Server) -> None:
    child, code = tablet
    offsets: list[int] = []

    def break_every_second(route: Route) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
            assert len(route.request.post_data_buffer or b"") <= 256 * 1024
            if len(offsets) % 2 == 0:
                return route.abort()
            if len(offsets) % 3 == 0:
                # It arrives, and the tablet never hears of it.
                route.fetch()
                return route.abort()
        return route.continue_()

    child.context.route("**/api/attachments/**", break_every_second)
    made = finish(child, code)
    assert {one["state"] for one in child.kept()["attachments"]} == {"waiting"}
    assert len(child.kept()["attachments"]) == 2
    for _ in range(40):
        child.page.evaluate(SEND)
        if not child.kept()["outbox"]:
            break
    assert child.kept()["outbox"] == child.kept()["attachments"] == []
    assert states(server, made["id"]) == ["stored", "stored"]
    # It went on where it had stopped, and did not begin anew after each break.
    assert len(offsets) > 4
    assert len(set(offsets)) > 2
    assert offsets.count(0) <= 4
    officer = server.as_staff("protection_officer")
    found = officer.read("attachment", columns=["name", "size", "sha256"], where={"submission_id": made["id"]})
    assert set(found["name"]) == {made["answers"]["drawing"], made["answers"]["voice"]}
    assert max(found["size"]) == SOUND
    child.page.click("#for-teacher")
    expect(child.page.locator("[data-arrivals]")).to_have_attribute("data-arrivals", "all")


def test_one_that_is_stuck_blocks_nobody_and_can_be_saved_to_a_file(tablet: tuple[Child, str], server: Server) -> None:
    child, code = tablet
    stuck = finish(child, code, size=20_000)
    other = finish(child, code, size=20_000)
    voice = stuck["answers"]["voice"]
    child.context.route(
        f"**/api/attachments/**/{voice}",
        lambda route: route.fulfill(status=500) if route.request.method == "PATCH" else route.continue_(),
    )
    child.page.evaluate(SEND)
    assert [one["id"] for one in child.kept()["outbox"]] == [stuck["id"]]
    assert states(server, other["id"]) == ["stored", "stored"]
    child.page.click("#for-teacher")
    expect(child.page.locator("[data-arrivals]")).to_have_attribute("data-arrivals", "some")
    assert int(child.page.locator("[data-figure=attachments]").inner_text()) > 0
    child.page.click("[data-teacher=export]")
    with child.page.expect_download() as saved:
        child.type_pin(pin_of(server, code))
    file = json.loads(saved.value.path().read_text())
    assert [one["id"] for one in file["submissions"]] == [stuck["id"]]
    assert {one["name"] for one in file["attachments"]} == {stuck["answers"]["drawing"], voice}
    # Taken back by the child before it has arrived: nothing of it is sent any more, and nothing stays.
    child.context.unroute(f"**/api/attachments/**/{voice}")
    receipt = child.kept()["outbox"][0]["item"]["receipt"]
    child.context.request.post(f"{server.url}/api/withdrawals", data={"receipt": receipt})
    child.page.evaluate(SEND)
    assert child.kept()["outbox"] == child.kept()["attachments"] == []


def test_files_that_are_not_taken_do_not_make_the_child_uncounted(tablet: tuple[Child, str], server: Server) -> None:
    # As photos are where they are not allowed any more.
    child, code = tablet
    made = finish(child, code, size=20_000)
    child.context.route("**/api/attachments/**", lambda route: route.fulfill(status=410))
    child.page.evaluate(SEND)
    assert child.kept()["outbox"] == child.kept()["attachments"] == []
    kept = {one["name"]: one["value"] for one in child.kept()["tablet"]}
    consultation = server.rows("select consultation_id::text from submission where id = %s", made["id"])[0][0]
    assert kept[f"sent:{consultation}"] == 1
    assert kept[f"finished:{consultation}"] == [made["id"]]


def test_a_voice_belongs_to_the_time_that_it_was_made_in_and_not_to_who_skips(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    form = """
| survey |
|        | type         | name  | label::Tiếng Việt (vi) |
|        | begin_repeat | r     | Bạn                    |
|        | audio        | voice | Em nói                 |
|        | text         | words | Em viết                |
|        | end_repeat   |       |                        |

| settings |
|          | form_title | form_id    | version | default_language |
|          | Từng bạn   | with-times | 1       | Tiếng Việt (vi)  |
"""
    child = new_tablet(service_workers="block", permissions=["microphone"])
    child.open(open_form(server, form))
    child.without_card()
    child.assent()
    child.wait_for("question")
    page = child.page
    page.click("[data-add-time]")
    for time, way in ((0, "next"), (1, "skip")):
        page.wait_for_selector(f"[data-at='r/{time}/voice']")
        page.click("[data-record]")
        page.wait_for_selector(".is-recording")
        page.wait_for_timeout(1_200)
        # She goes on while it still records.
        page.click(f"[data-way={way}]")
        page.wait_for_timeout(1_500)
        child.next()
        if time == 0:
            page.click("[data-add-time]")
            assert page.locator("[data-play]").count() == 0
    (first, second) = child.draft()["answers"]["r"]
    assert "voice" in first
    assert "voice" not in (second or {})
    assert [one["name"] for one in child.kept()["attachments"]] == [first["voice"]]


def test_what_a_tablet_kept_before_there_were_attachments_stays(
    new_tablet: Callable[..., Child], server: Server
) -> None:
    child = new_tablet(service_workers="block")
    child.page.goto(f"{server.url}/icon-of-no-page")
    draft = {
        "id": "11111111-1111-4111-8111-111111111111", "code": server.join_code, "step": "question", "language": "vi",
        "card": None, "answers": {"school_feeling": "happy"}, "seen": ["welcome", "school_feeling"],
        "at": "school_feeling", "assent": {"version": 1, "given": True},
        "started_at": "2026-11-24T09:00:00.000+07:00", "saved": 1,
    }  # fmt: skip
    child.page.evaluate(
        """draft => new Promise((resolve, reject) => {
            indexedDB.deleteDatabase("survey-app").onsuccess = () => {
                const opening = indexedDB.open("survey-app", 1);
                opening.onupgradeneeded = () => {
                    for (const [name, keyPath] of [["drafts", "id"], ["outbox", "id"], ["consultations", "code"], ["tablet", "name"]])
                        opening.result.createObjectStore(name, {keyPath});
                };
                opening.onsuccess = () => {
                    const tx = opening.result.transaction(["drafts", "tablet"], "readwrite");
                    tx.objectStore("drafts").put(draft);
                    tx.objectStore("tablet").put({name: "device", value: "22222222-2222-4222-8222-222222222222"});
                    tx.oncomplete = () => (opening.result.close(), resolve());
                };
                opening.onerror = () => reject(opening.error);
            };
        })""",
        draft,
    )
    child.open()
    child.page.click("[data-continue]")
    child.wait_for("question")
    assert child.at() == "school_feeling"
    assert child.page.locator("input:checked").get_attribute("value") == "happy"
    child.next()
    child.answer_all()
    child.send()
    child.wait_until_sent()
    assert server.rows("select answers ->> 'school_feeling' from submission where id = %s", draft["id"]) == [("happy",)]
    assert {"name": "device", "value": "22222222-2222-4222-8222-222222222222"} in child.kept()["tablet"]
