"""The rest of the HTTP side: consultations, presence, withdrawals, health, signing in, pages and files."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from survey_app.api.public_side import public_side
from survey_app.api.throttle import WITHDRAWALS_A_MINUTE, WRONG_CODES_A_MINUTE
from survey_app.database import Door, NotAllowed, SignInExpired, Unavailable
from survey_app.database.accounts import ATTEMPTS_BEFORE_LOCK
from survey_app.settings import Settings
from tests.database.api_client import Asked, DescribedClient, ask, item, send
from tests.database.conftest import PASSWORD, World


@pytest.fixture
def client(world: World) -> Iterator[DescribedClient]:
    with DescribedClient(public_side(world.door, Settings())) as client:
        yield client


@pytest.fixture
def asked(world: World) -> Asked:
    return ask(world)


class DeadDatabase:
    def call(self, *_: Any, **__: Any) -> list[Any]:
        raise Unavailable("gone")

    def read(self, *_: Any, **__: Any) -> Any:
        raise Unavailable("gone")


class DeadDoor:
    submission_secret = "x"

    def as_anonymous(self) -> Any:
        return DeadDatabase()

    def sign_in(self, *_: Any) -> Any:
        raise Unavailable("gone")

    def sign_out(self, *_: Any) -> None:
        raise Unavailable("gone")


@pytest.fixture
def dead_client() -> Iterator[DescribedClient]:
    door: Any = DeadDoor()
    with DescribedClient(public_side(door, Settings())) as client:
        yield client


# Consultations


def test_an_open_consultation_is_all_that_a_tablet_needs(client: DescribedClient, asked: Asked) -> None:
    answer = client.get(f"/api/consultations/{asked.code}")
    assert answer.status_code == 200
    found = answer.json()
    assert (found["id"], found["code"], found["status"], found["kind"]) == (
        asked.id, asked.code, "open", "consultation",
    )  # fmt: skip
    assert found["commune"] == {"code": asked.commune, "name": f"Xã {asked.commune}"}
    assert found["demonstration"] is False
    assert [node["name"] for node in found["questionnaire"]["nodes"]] == ["vui", "mong", "tuoi", "may", "ngay"]


def test_what_is_not_open_has_no_questions(world: World, client: DescribedClient, asked: Asked) -> None:
    asked.asking.call("close_consultation", consultation=asked.id)
    closed = client.get(f"/api/consultations/{asked.code}")
    assert (closed.status_code, closed.json()["error"]) == (410, "closed")
    draft = client.get(f"/api/consultations/{ask(world, is_open=False).code}")
    assert (draft.status_code, draft.json()["error"]) == (404, "unknown_code")


@pytest.mark.parametrize(
    "code",
    [
        "000000",
        "12345",
        "1234567",
        "abcdef",
        "٤٨٣٩٢٠",
        "４８３９２０",
        "48392²",
        "%00%00%00%00%00%00",
        "48 3920",
        "%F0%9F",
        "'or 1=1",
        "..%2f..%2f",
        "-12345",
        "+12345",
        "1e5000",
        "x" * 5000,
    ],
)
def test_no_odd_code_opens_anything(client: DescribedClient, code: str) -> None:
    for path in (f"/api/consultations/{code}", f"/poster/{code}"):
        assert client.get(path).status_code == 404
    assert client.get(f"/join/{code}").status_code in (200, 404)


def test_only_wrong_codes_slow_an_address_down(client: DescribedClient, asked: Asked) -> None:
    for _ in range(WRONG_CODES_A_MINUTE + 5):
        assert client.get(f"/api/consultations/{asked.code}").status_code == 200, "a class that joins is never slowed"
    for _ in range(WRONG_CODES_A_MINUTE // 2):
        assert client.get("/api/consultations/000000").status_code == 404
        assert client.get("/poster/000000").status_code == 404
    slowed = client.get("/api/consultations/000001")
    assert (slowed.status_code, slowed.json()["error"]) == (429, "slow_down")
    assert int(slowed.headers["retry-after"]) > 0
    assert client.get(f"/api/consultations/{asked.code}").status_code == 429, "trying on tells nothing"
    assert client.get(f"/poster/{asked.code}").status_code == 429
    assert send(client, item(asked.id))[0]["verdict"] == "created", "answers are never held up"


def test_open_community_surveys_are_listed(world: World, client: DescribedClient) -> None:
    survey = ask(world, kind="community_survey")
    codes = [one["code"] for one in client.get("/api/community-surveys").json()["surveys"]]
    assert survey.code in codes
    survey.asking.call("close_consultation", consultation=survey.id)
    codes = [one["code"] for one in client.get("/api/community-surveys").json()["surveys"]]
    assert survey.code not in codes


# Presence and withdrawal


def presence(consultation: str, **changes: Any) -> dict[str, Any]:
    told = {
        "consultation": consultation, "device": str(uuid.uuid4()), "begun": 3, "answering": True,
        "question": 2, "of": 5, "sent": 1, "waiting": 1,
    }  # fmt: skip
    return {**told, **changes}


def test_what_a_tablet_tells_is_counted(client: DescribedClient, asked: Asked) -> None:
    told = presence(asked.id)
    for answering in (True, False, True):
        assert client.post("/api/presence", json={**told, "answering": answering}).status_code == 204
    live = asked.asking.call("live_count", consultation=asked.id)[0]
    assert (live["tablets"], live["joined"], live["answering"], live["waiting"]) == (1, 3, 1, 1)


def test_presence_of_an_unknown_consultation_is_no_error_and_stored_nowhere(
    world: World, client: DescribedClient
) -> None:
    nowhere = str(uuid.uuid4())
    assert client.post("/api/presence", json=presence(nowhere)).status_code == 204
    assert world.value("select count(*) from presence where consultation_id = %s", nowhere) == 0


@pytest.mark.parametrize("path", ["/api/presence", "/api/withdrawals"])
@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b"\xff", b"{}", b'{"receipt": 5}', b'{"receipt": "<b>"}', b'{"receipt": "ABCD\\u0000234"}', b'{"x": ' + b"[" * 100000, b'{"x": ' + b"[" * 100000 + b"]" * 100000 + b"}", b'{"receipt": "\\ud800BCDEFGH"}'],
)  # fmt: skip
def test_what_cannot_be_read_is_told(client: DescribedClient, path: str, body: bytes) -> None:
    answer = client.post(path, content=body)
    assert (answer.status_code, answer.json()["error"]) == (422, "not_readable")


@pytest.mark.parametrize("path", ["/api/presence", "/api/withdrawals"])
def test_a_body_too_large_is_refused(client: DescribedClient, path: str) -> None:
    assert client.post(path, content=b" " * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    "changes",
    [
        {"begun": -1},
        {"begun": 1001},
        {"sent": 1e400},
        {"waiting": "1"},
        {"device": "x"},
        {"answering": 1},
        {"of": 10**30},
    ],
)
def test_presence_out_of_range_is_refused(client: DescribedClient, asked: Asked, changes: dict[str, Any]) -> None:
    answer = client.post("/api/presence", content=json.dumps(presence(asked.id, **changes)).encode())
    assert answer.status_code == 422


def test_a_child_takes_her_answers_back_by_her_receipt(world: World, client: DescribedClient, asked: Asked) -> None:
    given = item(asked.id, receipt="ABCDE" + uuid.uuid4().hex[:5].upper())
    send(client, given)
    receipt = given["receipt"].lower()
    answer = client.post("/api/withdrawals", json={"receipt": f"{receipt[:5]} - {receipt[5:]}"})
    assert (answer.status_code, answer.json()) == (200, {"withdrawn": True})
    assert world.value("select answers from submission where id = %s", given["id"]) == {}
    again = client.post("/api/withdrawals", json={"receipt": given["receipt"]})
    assert (again.status_code, again.json()["error"]) == (404, "unknown_receipt")


def test_guessing_receipts_is_slowed_down(client: DescribedClient) -> None:
    for _ in range(WITHDRAWALS_A_MINUTE):
        assert client.post("/api/withdrawals", json={"receipt": "ZZZZZZZZZZ"}).status_code == 404
    assert client.post("/api/withdrawals", json={"receipt": "ZZZZZZZZZZ"}).status_code == 429


# Health and what is answered while the database is gone


def test_ping_proves_being_online(client: DescribedClient) -> None:
    answer = client.get("/api/ping")
    assert answer.json() == {"survey_app": "pong"}
    assert answer.headers["cache-control"] == "no-store"


def test_health_says_that_the_database_can_be_written(client: DescribedClient) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_health_of_a_database_that_only_reads_is_not_well() -> None:
    class ReadOnlyDatabase(DeadDatabase):
        def call(self, *_: Any, **__: Any) -> list[Any]:
            raise NotAllowed("read-only")

    class ReadOnlyDoor(DeadDoor):
        def as_anonymous(self) -> Any:
            return ReadOnlyDatabase()

    door: Any = ReadOnlyDoor()
    with DescribedClient(public_side(door, Settings())) as client:
        assert client.get("/health").status_code == 503


def test_without_a_database_each_answer_says_so_at_once(dead_client: DescribedClient) -> None:
    begun = time.monotonic()
    nobody = str(uuid.uuid4())
    answers = [
        dead_client.get("/health"),
        dead_client.get("/api/consultations/483920"),
        dead_client.get("/api/community-surveys"),
        dead_client.post("/api/presence", json=presence(nobody)),
        dead_client.post("/api/withdrawals", json={"receipt": "ABCDEFGH12"}),
        dead_client.post("/api/submissions", json={"submissions": [item(nobody)]}),
    ]
    assert [answer.status_code for answer in answers] == [503] * 6
    assert all("retry-after" in answer.headers for answer in answers[1:])
    assert time.monotonic() - begun < 5
    for path in ("/", "/join", "/join/483920", "/withdraw", "/sign-in", "/sign-out", "/webform/join.js", "/sw.js"):
        assert dead_client.get(path).status_code == 200, "pages need no database"
    sign_in = dead_client.post("/auth/sign-in", data={"email": "a@b.c", "password": PASSWORD})
    assert (sign_in.status_code, sign_in.headers["location"]) == (303, "/sign-in?error=unavailable")
    dead_client.cookies.set("session", "x")
    assert dead_client.post("/auth/sign-out").headers["location"] == "/sign-out?error=unavailable"
    assert dead_client.get("/poster/483920").status_code == 404


# Signing in and out


def sign_in(client: DescribedClient, email: str, password: str = PASSWORD, **headers: str) -> Any:
    return client.post("/auth/sign-in", data={"email": email, "password": password}, headers=headers)


def test_signing_in_gives_a_cookie_that_no_script_reads(world: World, client: DescribedClient) -> None:
    email, _ = world.new_account("facilitator")
    answer = sign_in(client, f" {email.upper()} ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/")
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("session=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "secure" not in cookie, "a school's own network has no https"
    assert "expires=" in cookie
    behind_https = sign_in(client, email, **{"X-Forwarded-Proto": "https"})
    assert "secure" in behind_https.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", ""),
        ("nobody@example.org", PASSWORD),
        ("\0", "\0"),
        ("x" * 9000, "y"),
        ("a@b.c", "z" * 20_000),
        ("\ufffd", "x"),
    ],
)
def test_wrong_credentials_lead_back_with_the_reason(client: DescribedClient, email: str, password: str) -> None:
    answer = sign_in(client, email, password)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?error=credentials")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("body", [b"", b"\xff\xff", b"&" * 9000, b"email=a%ff&password=%00", b"{}", b"=" * 5_000_000])
def test_any_form_leads_back(client: DescribedClient, body: bytes) -> None:
    answer = client.post("/auth/sign-in", content=body)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?error=credentials")


def test_many_wrong_passwords_lock_the_account_even_for_the_right_one(world: World, client: DescribedClient) -> None:
    email, user_id = world.new_account("facilitator")
    world.rows("update auth.users set failed_attempts = %s where id = %s", ATTEMPTS_BEFORE_LOCK - 2, user_id)
    for _ in range(2):
        assert sign_in(client, email, "wrong password").headers["location"] == "/sign-in?error=credentials"
    assert sign_in(client, email).headers["location"] == "/sign-in?error=locked"
    world.rows("update auth.users set locked_until = now() - interval '1 second' where id = %s", user_id)
    assert sign_in(client, email).headers["location"] == "/staff/"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://testserver.evil.example", "http://[", "testserver", "", "http://"],
)
@pytest.mark.parametrize("path", ["/auth/sign-in", "/auth/sign-out"])
def test_another_site_cannot_send_the_form(
    world: World, client: DescribedClient, origin: str, path: str
) -> None:  # fmt: skip
    email, _ = world.new_account("facilitator")
    answer = client.post(path, data={"email": email, "password": PASSWORD}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_our_own_site_can_send_the_form(world: World, client: DescribedClient) -> None:
    email, _ = world.new_account("facilitator")
    assert sign_in(client, email, Origin="http://testserver").headers["location"] == "/staff/"


def test_after_signing_out_the_token_is_no_longer_good(world: World, client: DescribedClient) -> None:
    email, _ = world.new_account("facilitator")
    sign_in(client, email)
    token = client.cookies["session"]
    door: Door = world.door
    assert door.as_user(token).call("my_profile")[0]["role"] == "facilitator"
    answer = client.post("/auth/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'session=""' in answer.headers["set-cookie"]
    with pytest.raises(SignInExpired):
        door.as_user(token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "\x7f"])
def test_signing_out_with_any_token_is_no_error(client: DescribedClient, token: str) -> None:
    answer = client.post("/auth/sign-out", headers={"Cookie": f"session={token}".encode("latin-1")})
    assert answer.status_code == 303


def test_signing_in_and_out_is_never_a_link(client: DescribedClient) -> None:
    for path in ("/auth/sign-in", "/auth/sign-out", "/api/submissions", "/api/presence", "/api/withdrawals"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (405, "wrong_method")
        assert "POST" in answer.headers["allow"]


# Pages and files


def hold_to_policy(answer: Any) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy, "nothing is fetched from elsewhere"
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "{{" not in answer.text, "every token is filled"
    assert " style=" not in answer.text
    assert "onclick" not in answer.text


@pytest.mark.parametrize("path", ["/", "/join", "/join/483920", "/join/x", "/withdraw", "/sign-in", "/sign-out"])
def test_a_page_is_protected_by_its_headers(client: DescribedClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    hold_to_policy(answer)
    assert 'data-demonstration="false"' in answer.text
    assert "example.org" not in answer.text, "no account is told outside the demonstration"


@pytest.mark.parametrize("path", ["/nothing", "/poster/x", "/poster/000000", "/webform", "/pages/consultation.py"])
def test_what_is_not_there_has_a_page_that_says_so(client: DescribedClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    hold_to_policy(answer)


def test_an_unknown_api_address_is_told_in_json(client: DescribedClient) -> None:
    answer = client.get("/api/nothing")
    assert (answer.status_code, answer.json()["error"]) == (404, "unknown_address")


def test_joining_asks_for_the_consultation_at_once(client: DescribedClient) -> None:
    link = '<link rel="preload" href="/api/consultations/483920" as="fetch" crossorigin>'
    assert link in client.get("/join/483920").text
    for path in ("/join", "/join/48392", "/join/x%22%3E%3Cscript%3E", "/join/４８３９２０"):
        page = client.get(path).text
        assert 'rel="preload"' not in page
        assert "<script>" not in page


def test_the_poster_shows_code_and_way(world: World, client: DescribedClient, asked: Asked) -> None:
    world.rows("update unit set name = %s where code = %s", 'Xã <script>"&{{code}}', asked.commune)
    answer = client.get(f"/poster/{asked.code}", headers={"Host": '192.168.1.7:8501"><script>'})
    assert answer.status_code == 200
    assert f"{asked.code[:3]} {asked.code[3:]}" in answer.text
    assert "<svg" in answer.text
    assert "<script>" not in answer.text
    assert client.get(f"/poster/{asked.code}", headers={"Host": "x" * 8000}).status_code == 404


def test_the_poster_uses_the_address_that_tablets_reach(world: World, asked: Asked) -> None:
    with DescribedClient(public_side(world.door, Settings(public_url="https://tieng-noi.example"))) as client:
        assert f"https://tieng-noi.example/join/{asked.code}" in client.get(f"/poster/{asked.code}").text


def test_files_are_small_and_kept_for_ever_under_their_version(client: DescribedClient) -> None:
    page = client.get("/join").text
    address = page.split('<script type="module" src="')[1].split('"')[0]
    first = client.get(address)
    assert first.status_code == 200
    assert "immutable" in first.headers["cache-control"]
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["vary"] == "Accept-Encoding"
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for other in (address.split("?")[0], address.split("?")[0] + "?v=other"):
        assert client.get(other).headers["cache-control"] == "no-cache"


def test_every_file_has_its_type(client: DescribedClient) -> None:
    types = {
        "/webform/webform.css": "text/css; charset=utf-8",
        "/webform/join.js": "text/javascript; charset=utf-8",
        "/webform/messages-pages.js": "text/javascript; charset=utf-8",
        "/webform/icon.svg": "image/svg+xml",
        "/manifest.webmanifest": "application/manifest+json",
        "/sw.js": "text/javascript; charset=utf-8",
    }
    for path, content_type in types.items():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
        assert "{{" not in answer.text, path
    assert client.get("/sw.js").headers["service-worker-allowed"] == "/"
    assert client.get("/sw.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "name",
    [
        "../settings.py",
        "..%2fsettings.py",
        "%2e%2e/settings.py",
        "....//settings.py",
        "%2e%2e%2fsettings.py",
        "join.html",
        "..\\settings.py",
        "%00",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "",
        "join.js%00.css",
        "JOIN.JS",
        "é",
    ],
)
def test_no_name_leads_out_of_the_folder(client: DescribedClient, name: str) -> None:
    answer = client.get(f"/webform/{name}")
    assert answer.status_code in (307, 404)
    assert "SUPABASE" not in answer.text
    assert "root:" not in answer.text


def test_staff_pages_lie_behind_one_address(client: DescribedClient) -> None:
    answer = client.get("/staff")
    assert (answer.status_code, answer.headers["location"]) == (308, "/staff/")


def test_compressed_pages_are_what_they_say(client: DescribedClient) -> None:
    with client.stream("GET", "/join", headers={"Accept-Encoding": "gzip"}) as answer:
        compressed = b"".join(answer.iter_raw())
    assert gzip.decompress(compressed).startswith(b"<!doctype html>")
