"""Files behind the door: what both databases promise of them, and how tablets fetch those of a questionnaire."""

from __future__ import annotations

import hashlib
import os
import stat
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_app.api.media import MOST_REMEMBERED, Media
from survey_app.api.public_side import public_side
from survey_app.api.throttle import UNKNOWN_FILES_A_MINUTE, Throttle
from survey_app.database import InvalidData, NoSuchFile, NotAllowed, Refused, Unavailable
from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.database.file_folder import FileFolder
from survey_app.database.supabase import open_supabase
from survey_app.questionnaire import QuestionnaireError
from survey_app.reference_data import load_questionnaires
from survey_app.settings import Settings
from tests.database.api_client import FORM, VERSION, Asked, DescribedClient, ask
from tests.database.conftest import World
from tests.supabase_standin.server import Standin

PNG = b"\x89PNG\r\n\x1a\n"


def new_file(extension: str = "png", size: int = 400) -> tuple[str, bytes]:
    """A name made from the content, and the content."""
    content = PNG + os.urandom(size)
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{extension}", content


def kept(world: World, extension: str = "png", media_type: str = "image/png", size: int = 400) -> tuple[str, bytes]:
    name, content = new_file(extension, size)
    world.as_staff("administrator").keep_file("media", name, content, media_type)
    return name, content


# Any door


def test_what_is_kept_is_read_by_anyone_byte_for_byte(each_world: World) -> None:
    for content in (b"\r\n\x00--\r\n\xff", b"\n", b"\r", bytes(range(256)) * 40 + b"\r\n", PNG + os.urandom(100_000)):
        name = f"{hashlib.sha256(content).hexdigest()[:32]}.png"
        each_world.as_staff("facilitator").keep_file("media", name, content, "image/png")
        assert each_world.door.as_anonymous().read_file("media", name) == content
        assert each_world.as_staff("reviewer").read_file("media", name) == content


def test_the_same_file_is_kept_again_without_harm(each_world: World) -> None:
    name, content = kept(each_world)
    each_world.as_staff("administrator").keep_file("media", name, content, "image/png")
    assert each_world.door.as_anonymous().read_file("media", name) == content


def test_only_who_prepares_questionnaires_keeps_their_files(each_world: World) -> None:
    name, content = new_file()
    for asking in (
        each_world.door.as_anonymous(),
        *(each_world.as_staff(r) for r in ("reviewer", "protection_officer")),
    ):
        with pytest.raises(NotAllowed):
            asking.keep_file("media", name, content, "image/png")
    with pytest.raises(NoSuchFile):
        each_world.door.as_anonymous().read_file("media", name)


def test_a_file_that_a_questionnaire_shows_is_not_removed(each_world: World) -> None:
    ask(each_world)
    name, content = kept(each_world)
    administrator = each_world.as_staff("administrator")
    media = {"questionnaire_id": FORM, "version": VERSION, "file": f"{name[:8]}.png", "stored_as": name}
    administrator.write("questionnaire_media", [media])
    for asking in (administrator, each_world.as_staff("facilitator"), each_world.door.as_anonymous()):
        with pytest.raises(NotAllowed):
            asking.remove_file("media", name)
    assert administrator.read_file("media", name) == content
    each_world.rows("delete from questionnaire_media where stored_as = %s", name)
    with pytest.raises(NotAllowed):
        each_world.as_staff("facilitator").remove_file("media", name)
    administrator.remove_file("media", name)
    administrator.remove_file("media", name)
    with pytest.raises(NoSuchFile):
        administrator.read_file("media", name)


@pytest.mark.parametrize(
    "name",
    [
        "", ".", "..", "../../secrets.toml", "/etc/passwd", "a.png", "x" * 32 + ".png", "0" * 32, "0" * 32 + ".",
        "0" * 32 + ".png/..", "0" * 31 + "/.png", "0" * 32 + ".p\x00g", "0" * 32 + ".png\n", "٠" * 32 + ".png",
        "0" * 32 + ".html5", "A" * 32 + ".png",
    ],
)  # fmt: skip
def test_a_name_that_is_none_of_ours_is_refused(each_world: World, name: str) -> None:
    asking = each_world.as_staff("administrator")
    for bucket in ("media", "attachment"):
        with pytest.raises(InvalidData):
            asking.keep_file(bucket, name, PNG, "image/png")
        with pytest.raises(InvalidData):
            asking.read_file(bucket, name)
        with pytest.raises(InvalidData):
            asking.remove_file(bucket, name)


def test_another_bucket_another_type_and_too_much_are_refused(each_world: World) -> None:
    name, content = new_file()
    asking = each_world.as_staff("administrator")
    with pytest.raises(InvalidData):
        asking.keep_file("secrets", name, content, "image/png")
    for media_type in ("text/html", "application/javascript", "image/tiff", ""):
        with pytest.raises(InvalidData):
            asking.keep_file("media", name, content, media_type)
    with pytest.raises(InvalidData):
        asking.keep_file("media", name, PNG + bytes(1024 * 1024), "image/png")
    with pytest.raises(InvalidData):
        asking.keep_file("media", name, b"", "image/png")
    with pytest.raises(NotAllowed):
        asking.keep_file("media", name.replace(".png", ".html"), content, "image/png")
    with pytest.raises(NoSuchFile):
        asking.read_file("media", name)


# The folder of the embedded database


def test_files_are_for_the_owner_of_the_folder_alone(world: World) -> None:
    assert isinstance(world.door, EmbeddedDoor)
    name, _ = kept(world)
    path = world.door.data_dir / "files" / "media" / name[:2] / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_could_not_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = FileFolder(tmp_path / "files")
    name, content = new_file()
    files.keep("media", name, content)
    other, _ = new_file()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for each in (name, other):
        with pytest.raises(Unavailable):
            files.keep("media", each, b"half")
    assert files.read("media", name) == content
    with pytest.raises(NoSuchFile):
        files.read("media", other)
    assert list((tmp_path / "files" / "incoming").iterdir()) == []


def test_what_a_killed_process_left_half_written_goes_at_the_next_start(data_folder: Path) -> None:
    open_embedded(data_folder).close()
    incoming = data_folder / "files" / "incoming"
    incoming.mkdir(parents=True)
    (incoming / "old").write_bytes(b"a child's voice")
    os.utime(incoming / "old", (time.time() - 7200, time.time() - 7200))
    (incoming / "new").write_bytes(b"under way in another process")
    open_embedded(data_folder).close()
    assert [path.name for path in incoming.iterdir()] == ["new"]


# Supabase Storage in trouble


def test_storage_that_is_busy_is_unavailable(world: World, standin: Standin) -> None:
    door = open_supabase(Settings(supabase_url=standin.url, supabase_anon_key=standin.anon_key))
    administrator = door.as_user(standin.auth.issue(world.new_account("administrator")[1], 60))
    name, content = new_file()
    administrator.keep_file("media", name, content, "image/png")
    standin.storage.is_down = True
    try:
        with pytest.raises(Unavailable):
            administrator.read_file("media", name)
        with pytest.raises(Unavailable):
            administrator.keep_file("media", new_file()[0], content, "image/png")
        with pytest.raises(Unavailable):
            administrator.remove_file("media", name)
    finally:
        standin.storage.is_down = False
        door.close()


# What tablets fetch


@pytest.fixture
def client(each_world: World) -> Iterator[DescribedClient]:
    with DescribedClient(public_side(each_world.door, Settings())) as client:
        yield client


@pytest.mark.parametrize(
    ("extension", "media_type"),
    [
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("mp3", "audio/mpeg"),
        ("m4a", "audio/mp4"),
        ("webm", "audio/webm"),
    ],
)
def test_a_file_is_fetched_once_and_kept_for_ever(
    each_world: World, client: DescribedClient, extension: str, media_type: str
) -> None:
    name, content = kept(each_world, extension, media_type)
    answer = client.get(f"/webform/media/{name}")
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    again = client.get(f"/webform/media/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-99", 206, slice(0, 100), "bytes 0-99/408"),
        ("bytes=400-", 206, slice(400, 408), "bytes 400-407/408"),
        ("bytes=-8", 206, slice(400, 408), "bytes 400-407/408"),
        ("bytes=100-9999", 206, slice(100, 408), "bytes 100-407/408"),
        ("bytes=-9999", 206, slice(0, 408), "bytes 0-407/408"),
        ("bytes=408-", 416, None, "bytes */408"),
        ("bytes=-0", 416, None, "bytes */408"),
        ("bytes=5-3", 200, slice(0, 408), None),
        ("bytes=0-1,5-6", 200, slice(0, 408), None),
        ("bytes=-", 200, slice(0, 408), None),
        ("lines=0-1", 200, slice(0, 408), None),
        ("bytes=٣-٤", 200, slice(0, 408), None),
    ],
)
def test_a_sound_can_be_sought(
    each_world: World, client: DescribedClient, asked: str, status: int, part: slice | None, told: str | None
) -> None:
    name, content = kept(each_world, "mp3", "audio/mpeg")
    answer = client.get(f"/webform/media/{name}", headers={"Range": asked.encode()})  # type: ignore[dict-item]
    assert (answer.status_code, answer.headers.get("content-range")) == (status, told)
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == (content[part] if part else b"")
    changed = client.get(f"/webform/media/{name}", headers={"Range": "bytes=0-9", "If-Range": '"something else"'})
    assert (changed.status_code, changed.content) == (200, content)


def test_an_unknown_file_is_not_found_and_guessing_is_slowed_down(each_world: World, client: DescribedClient) -> None:
    for odd in ("x.png", "..%2f..%2fsecrets.toml", "0" * 32 + ".html", "0" * 32, f"{uuid.uuid4()}.png"):
        assert client.get(f"/webform/media/{odd}").status_code == 404
    name, content = kept(each_world)
    assert client.get(f"/webform/media/{name}").content == content
    statuses = {client.get(f"/webform/media/{number:032x}.png").status_code for number in range(UNKNOWN_FILES_A_MINUTE)}
    assert statuses == {404}
    assert client.get(f"/webform/media/{'f' * 32}.png").status_code == 429


def test_a_child_s_file_is_not_among_them(each_world: World, client: DescribedClient) -> None:
    assert client.get(f"/webform/media/{uuid.uuid4()}.webm").status_code == 404
    assert client.get(f"/webform/attachment/{uuid.uuid4()}.webm").status_code == 404


def test_only_so_much_is_remembered(world: World) -> None:
    media = Media(world.door.as_anonymous(), Throttle(1))
    names = [kept(world, size=1_000_000)[0] for _ in range(MOST_REMEMBERED // 1_000_000 + 2)]
    for name in [*names, *names]:
        media._read(name)
    assert sum(map(len, media._remembered.values())) == media._size <= MOST_REMEMBERED


# What a consultation tells of them


def test_a_form_s_files_and_recordings_are_told_to_tablets(each_world: World, client: DescribedClient) -> None:
    asked = ask(each_world)
    each_world.rows("delete from questionnaire_media where questionnaire_id = %s", FORM)
    each_world.rows("delete from recording where questionnaire_id = %s", FORM)

    def told() -> tuple[dict[str, str], dict[str, dict[str, str]]]:
        found = client.get(f"/api/consultations/{asked.code}").json()
        return found["media"], found["recordings"]

    assert told() == ({}, {})
    picture, sound = kept(each_world)[0], kept(each_world, "mp3", "audio/mpeg")[0]
    media = {"questionnaire_id": FORM, "version": VERSION, "file": "mèo.png", "stored_as": picture}
    each_world.as_staff("administrator").write("questionnaire_media", [media])
    where = {"questionnaire": FORM, "version": VERSION}
    for place in ("question:vui", "choice:face/yes"):
        asked.asking.call("save_recording", **where, language="vi", place=place, stored_as=picture)
        asked.asking.call("save_recording", **where, language="vi", place=place, stored_as=sound)
    each_world.as_staff("administrator").call(
        "save_recording", **where, language="km", place="question:vui", stored_as=sound
    )
    assert told() == (
        {"mèo.png": picture},
        {"vi": {"question:vui": sound, "choice:face/yes": sound}, "km": {"question:vui": sound}},
    )
    asked.asking.call("remove_recording", **where, language="vi", place="question:vui")
    asked.asking.call("remove_recording", **where, language="vi", place="question:vui")
    assert told()[1] == {"vi": {"choice:face/yes": sound}, "km": {"question:vui": sound}}
    columns = ["language", "place", "stored_as", "recorded_by"]
    found = asked.asking.read("recording", columns=columns, where={"questionnaire_id": FORM, "language": "vi"})
    me = asked.asking.call("my_profile")[0]["id"]
    assert found.to_numpy().tolist() == [["vi", "choice:face/yes", sound, me]]


def test_recordings_are_made_by_facilitators_and_administrators(each_world: World, client: DescribedClient) -> None:
    ask(each_world)
    right = {
        "questionnaire": FORM, "version": VERSION, "language": "vi", "place": "question:vui", "stored_as": "0" * 32 + ".mp3",
    }  # fmt: skip
    place = {name: right[name] for name in ("questionnaire", "version", "language", "place")}
    for asking in (
        each_world.door.as_anonymous(),
        *(each_world.as_staff(r) for r in ("reviewer", "protection_officer")),
    ):
        with pytest.raises(NotAllowed):
            asking.call("save_recording", **right)
        with pytest.raises(NotAllowed):
            asking.call("remove_recording", **place)
    facilitator = each_world.as_staff("facilitator")
    with pytest.raises(Refused, match="unknown_questionnaire"):
        facilitator.call("save_recording", **{**right, "version": "99"})
    for wrong in ({"language": "VI"}, {"place": "vui"}, {"place": "choice:face"}, {"stored_as": "../x.mp3"}):
        with pytest.raises(InvalidData):
            facilitator.call("save_recording", **{**right, **wrong})


# Files that come with a form


FORM_WITH_FILES = """
| survey |
|        | type | name | label::Tiếng Việt (vi) | media::image | media::audio::Tiếng Việt (vi) |
|        | text | mong | Em mong gì?            | mong.png     | mong.mp3                      |
| settings |
|        | form_id | version | form_title | default_language |
|        | {form}  | 1       | Có hình    | Tiếng Việt (vi)  |
"""


@pytest.fixture
def form_with_files(tmp_path: Path) -> Path:
    path = tmp_path / "hinh.md"
    path.write_text(FORM_WITH_FILES.format(form=f"hinh-{uuid.uuid4().hex[:8]}"), encoding="utf-8")
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "mong.png").write_bytes(PNG + os.urandom(50))
    (tmp_path / "media" / "mong.mp3").write_bytes(b"ID3" + os.urandom(50))
    return path


def test_a_form_is_loaded_with_its_files(each_world: World, form_with_files: Path) -> None:
    administrator = each_world.as_staff("administrator")
    load_questionnaires(administrator, [form_with_files])
    form = form_with_files.read_text(encoding="utf-8").split("hinh-")[1][:8]
    rows = each_world.rows(
        "select file, stored_as from questionnaire_media where questionnaire_id = %s", f"hinh-{form}"
    )
    assert {file for file, _ in rows} == {"mong.png", "mong.mp3"}
    for file, stored_as in rows:
        content = (form_with_files.parent / "media" / file).read_bytes()
        assert each_world.door.as_anonymous().read_file("media", stored_as) == content
    each_world.rows("delete from questionnaire_media where file = 'mong.png' and questionnaire_id = %s", f"hinh-{form}")
    load_questionnaires(administrator, [form_with_files])
    again = each_world.rows(
        "select file, stored_as from questionnaire_media where questionnaire_id = %s", f"hinh-{form}"
    )
    assert sorted(again) == sorted(rows), "what a broken-off load has left out is made good"


def test_of_a_form_whose_files_are_wrong_nothing_is_written(each_world: World, form_with_files: Path) -> None:
    (form_with_files.parent / "media" / "mong.mp3").write_bytes(PNG)
    form = "hinh-" + form_with_files.read_text(encoding="utf-8").split("hinh-")[1][:8]
    with pytest.raises(QuestionnaireError, match=r"mong\.mp3"):
        load_questionnaires(each_world.as_staff("administrator"), [form_with_files])
    assert each_world.rows("select from questionnaire where id = %s", form) == []
    picture = hashlib.sha256((form_with_files.parent / "media" / "mong.png").read_bytes()).hexdigest()[:32]
    with pytest.raises(NoSuchFile):
        each_world.door.as_anonymous().read_file("media", f"{picture}.png")


# The tablet's PIN


def test_every_consultation_has_a_pin_that_is_not_trivial(each_world: World, client: DescribedClient) -> None:
    asked: Asked = ask(each_world)
    (row,) = asked.asking.read("consultation_overview", columns=["pin"], where={"id": asked.id}).to_dict("records")
    found = client.get(f"/api/consultations/{asked.code}").json()
    assert found["pin_digest"] == hashlib.sha256(f"{asked.id}:{row['pin']}".encode()).hexdigest()
    assert "pin" not in found
    pins = [pin for (pin,) in each_world.rows("select private.new_pin() from generate_series(1, 3000)")]
    assert all(len(pin) == 4 and pin.isascii() and pin.isdigit() for pin in pins)
    assert not {"0000", "1111", "1234", "4321", "0123", "9876", "7890", "2580", "1212"} & set(pins)
    assert len(set(pins)) > 1500
