"""The command `survey-app`: what it says when something is missing or wrong, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from analysis.indicators import PROVINCE
from survey_app import cli, demonstration, reference_data
from survey_app.database import SignInRefused
from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.demonstration_activities import CLASS
from survey_app.screens.map_figures import figures
from tests.database.conftest import PRINCIPLES

QUESTIONNAIRES = Path(__file__).parent.parent.parent / "questionnaires"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command without a terminal: exit code, what it printed, what it complained of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name in ("PORT", "HOST", "DATA_DIR", "PUBLIC_URL", "SUPABASE_URL", "SUPABASE_ANON_KEY", "ADMIN_EMAIL",
                 "ADMIN_PASSWORD", "STAFF_PASSWORD"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, **environment: str) -> tuple[int, str, str]:
        with monkeypatch.context() as changed:
            for name, value in environment.items():
                changed.setenv(name, value)
            try:
                code = cli.main([str(argument) for argument in arguments])
            except SystemExit as error:
                code = int(error.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture(scope="module")
def instance(new_folder: Callable[[], Path]) -> Path:
    """A data folder that several commands work on."""
    return new_folder()


@pytest.fixture
def door(instance: Path) -> Iterator[EmbeddedDoor]:
    with closing(open_embedded(instance)) as door:
        yield door


@pytest.fixture
def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


# Serving


def test_an_instance_without_administrator_says_how_to_make_one(run: Run, instance: Path, free_port: int) -> None:
    code, out, err = run("serve", "--data-dir", instance, "--port", free_port)
    assert code == 2
    assert "no administrator" in err
    assert "terminal" in err
    assert {"ADMIN_EMAIL", "ADMIN_PASSWORD"} <= set(err.replace(",", " ").split())
    assert "http" not in out, "no address is told that nobody serves"


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [("a@example.org", "short", "10 characters"), ("nobody", "long enough it is", "not an e-mail address")],
)
def test_an_administrator_who_cannot_be_is_told_why(
    run: Run, instance: Path, free_port: int, email: str, password: str, told: str
) -> None:
    code, _, err = run("serve", "--data-dir", instance, "--port", free_port, ADMIN_EMAIL=email, ADMIN_PASSWORD=password)
    assert code == 2
    assert told in err


@pytest.mark.parametrize("port", ["0", "65536", "99999", "abc", "-5"])
def test_a_bad_port_is_told_before_anything_starts(run: Run, tmp_path: Path, port: str) -> None:
    for code, _, err in (run("serve", PORT=port), run("serve", f"--port={port}")):
        assert code == 2
        assert "port" in err.lower()
        assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_told_at_once(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        begun = time.monotonic()
        code, _, err = run("serve", PORT=str(port))
    assert code == 2
    assert f"127.0.0.1:{port}" in err
    assert "PORT" in err
    assert time.monotonic() - begun < 2
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_is_not_here_is_told(run: Run, free_port: int) -> None:
    code, _, err = run("serve", "--host", "nowhere.invalid", "--port", free_port)
    assert code == 2
    assert "nowhere.invalid" in err


def test_a_folder_that_cannot_be_used_is_told(run: Run, tmp_path: Path, free_port: int) -> None:
    (tmp_path / "file").write_text("quý giá")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nothing")):
        for command in (
            ["serve", "--port", free_port],
            ["add-staff", "a@example.org", "--name", "A", "--role", "reviewer"],
        ):
            code, _, err = run(*command, DATA_DIR=str(folder), STAFF_PASSWORD="long enough it is")
            assert code == 2
            assert str(folder) in err
            assert "DATA_DIR" in err
    assert (tmp_path / "file").read_text() == "quý giá"


@pytest.mark.parametrize("scale", ["0", "1.5", "-1", "nan", "much"])
def test_a_demonstration_of_another_size_is_refused(run: Run, scale: str) -> None:
    code, _, err = run("demo", f"--scale={scale}")
    assert code == 2
    assert "--scale" in err


def test_the_demonstration_does_not_mix_with_real_data(
    run: Run, door: EmbeddedDoor, instance: Path, free_port: int
) -> None:
    reference_data.load(door.as_owner())
    door.add_staff("real@example.org", "long enough it is", "Real", "administrator")
    asking = door.as_user(door.sign_in("real@example.org", "long enough it is").token)
    form = asking.read("questionnaire", columns=["id", "version"]).iloc[0]
    asking.call(
        "create_consultation", title="Thật", commune="29242", school=None, held_on="2026-11-24",
        questionnaire_id=form["id"], questionnaire_version=form["version"], min_age=7, max_age=10, expected=3,
    )  # fmt: skip
    code, _, err = run("demo", "--data-dir", instance, "--port", free_port)
    assert code == 2
    assert "DATA_DIR" in err


def test_the_demonstration_has_an_open_consultation_even_after_somebody_closed_it(data_folder: Path) -> None:
    with closing(open_embedded(data_folder)) as door:
        reference_data.load(door.as_owner())
        door.execute_as_owner("delete from unit where valid_to is null and code <> '29242'")
        demonstration.load(door, scale=0.01)
        code = demonstration.open_join_code(door)
        assert demonstration.open_join_code(door) == code
        door.execute_as_owner("update consultation set status = 'closed', closed_at = now() where status = 'open'")
        again = demonstration.open_join_code(door)
        assert again != code
        found = door.as_anonymous().call("consultation_by_code", code=again)[0]["consultation"]
        assert (found["status"], found["demonstration"]) == ("open", True)
        demonstration.load(door, scale=0.01)
        assert demonstration.open_join_code(door) == again, "a second start leaves it as it is"


def test_the_demonstration_has_something_of_everything(data_folder: Path) -> None:
    with closing(open_embedded(data_folder)) as door:
        reference_data.load(door.as_owner())
        door.execute_as_owner("delete from unit where valid_to is null and code not in ('29242', '29254', '29341')")
        demonstration.load(door, scale=0.02)
        asking = demonstration._signed_in(door, "facilitator")
        (session,) = asking.read("activity", columns=["id"], where={"roster_id": ("!=", None)})["id"]
        scores = asking.call("paired_scores", activity=session)[0]
        assert scores["n"] == CLASS
        assert scores["mean_change"] > 0
        held = asking.read("participation_count", columns=["indicator"], where={"area_code": "84"})["indicator"]
        assert set(held) == {22, 23, 24}
        assert asking.read("roster_overview", columns=["cards"])["cards"].tolist() == [CLASS]
        assert len(asking.read("petition", columns=["id"]).index) > 20
        (told, *_) = door.as_anonymous().call("feedback_of_commune", commune=demonstration.OPEN_COMMUNE)
        for theme in told["feedback"]["themes"]:
            assert {*theme["name"], *theme["answers"][0]["answer"]} == {"vi", "km", "en"}
            assert "mô phỏng" in theme["answers"][0]["body"]


def test_a_demonstration_that_was_broken_off_begins_again_and_counts_nobody_twice(
    run: Run, data_folder: Path, free_port: int
) -> None:
    def stop_in_the_second_commune(line: str) -> None:
        if " 2/" in line:
            raise KeyboardInterrupt

    with closing(open_embedded(data_folder)) as door:
        reference_data.load(door.as_owner())
        door.execute_as_owner("delete from unit where valid_to is null and code not in ('29242', '29254')")
        with pytest.raises(KeyboardInterrupt):
            demonstration.load(door, scale=0.03, report=stop_in_the_second_commune)
        code, _, err = run("serve", "--data-dir", data_folder, "--port", free_port)
        assert (code, "survey-app demo" in err) == (2, True)
        demonstration.load(door, scale=0.03)
        owner = door.as_owner()
        by_hand = owner.read("consultation_participant", columns=["participant_id"])["participant_id"]
        kept = demonstration._signed_in(door, "reviewer").read(
            "participation_count", columns=["carded_possible"], where={"area_code": "84", "indicator": 22}
        )
        assert 0 < kept["carded_possible"].sum() <= len(by_hand)


# Staff


STAFF = ["add-staff", "lan@example.org", "--name", "Cô Lan", "--role", "facilitator"]


def test_staff_are_added_and_get_a_new_password(run: Run, instance: Path, door: EmbeddedDoor) -> None:
    code, out, _ = run(*STAFF, "--data-dir", instance, "--commune", "29242", STAFF_PASSWORD="con đường tới trường")
    assert (code, out) == (0, "lan@example.org: facilitator\n")
    profile = door.as_user(door.sign_in("lan@example.org", "con đường tới trường").token).call("my_profile")[0]
    assert (profile["name"], profile["role"], profile["commune_code"]) == ("Cô Lan", "facilitator", "29242")
    assert run(*STAFF, "--data-dir", instance, STAFF_PASSWORD="một mật khẩu khác")[0] == 0
    with pytest.raises(SignInRefused):
        door.sign_in("lan@example.org", "con đường tới trường")
    door.sign_in("lan@example.org", "một mật khẩu khác")


@pytest.mark.parametrize(
    ("changes", "password", "expected", "told"),
    [
        ([], "", 2, "STAFF_PASSWORD"),
        ([], "short", 1, "10 characters"),
        (["--commune", "99999"], "long enough it is", 1, "99999"),
        (["--role", "king"], "long enough it is", 2, "--role"),
    ],
)
def test_staff_who_cannot_be_added_are_told_why(
    run: Run, instance: Path, changes: list[str], password: str, expected: int, told: str
) -> None:
    code, _, err = run(*STAFF, *changes, "--data-dir", instance, STAFF_PASSWORD=password)
    assert code == expected
    assert told in err


# Loading reference data


@pytest.mark.parametrize(
    ("email", "password", "expected", "told"),
    [("", "", 2, "ADMIN_EMAIL"), ("nobody@example.org", "long enough it is", 1, "administrator")],
)
def test_loading_needs_an_administrator(
    run: Run, instance: Path, email: str, password: str, expected: int, told: str
) -> None:
    code, _, err = run("load", "--data-dir", instance, ADMIN_EMAIL=email, ADMIN_PASSWORD=password)
    assert code == expected
    assert told in err


# Checking questionnaires


def test_child_population_is_taken_in_whole_or_not_at_all(
    run: Run, instance: Path, door: EmbeddedDoor, tmp_path: Path
) -> None:
    reference_data.load(door.as_owner())
    door.add_staff("dan-so@example.org", "mật khẩu dài", "Dân số", "administrator")
    table = tmp_path / "dan-so.csv"
    told = {"ADMIN_EMAIL": "dan-so@example.org", "ADMIN_PASSWORD": "mật khẩu dài"}
    asked = (
        "import",
        "population",
        table,
        "--data-dir",
        instance,
        "--title",
        "Dân số 2026",
        "--published-by",
        "Thống kê",
    )
    # Phường 3 of then, and Phường Trà Vinh of now.
    heading, rows = "Mã xã;Tuổi;Tổng số", [f"29242;{age};100" for age in range(7, 16)]
    table.write_text("\n".join([heading, *rows, "29242;9;100"]), encoding="utf-8")
    code, _, complaint = run(*asked, "--year", 2026, **told)
    assert (code, "Dòng 11" in complaint, "Trùng với dòng 4" in complaint) == (1, True, True)
    table.write_text("\n".join([heading, *rows]), encoding="utf-8")
    assert run(*asked, "--year", 2026, "--codes-on", "2025-06-30", **told)[0] == 1, "the other units are not there"
    before = door.as_owner().read("population_source", columns=["source"])
    code, said, complaint = run(*asked, "--year", 2026, "--put-in-force", **told)
    assert (code, complaint) == (0, "")
    assert "2026: 900 children, 1 communes" in said
    seen = door.as_owner().read("denominator_source", columns=["source", "title", "in_force"])
    new = seen[~seen["source"].isin(before["source"])].to_dict("records")
    assert [(row["title"], row["in_force"]) for row in new] == [("Dân số 2026", [2026])]
    assert run(*asked, **{**told, "ADMIN_PASSWORD": "sai"})[0] == 1
    assert run(*asked, "--codes-on", "hôm nay", **told)[0] == 2


# Indicators

TOOK_PART = {"29242": 12, "29254": 3, "29341": 9}
"""Children with cards by commune; three are too few to be shown, and nine would give them away."""


@pytest.fixture(scope="module")
def three_communes(new_folder: Callable[[], Path]) -> Path:
    """An instance whose whole province is three communes, with one consultation each in 2026."""
    folder = new_folder()
    with closing(open_embedded(folder)) as door:
        reference_data.load(door.as_owner())
        door.execute_as_owner("delete from unit where valid_to is null and code not in ('29242', '29254', '29341')")
        door.add_staff("chi-tieu@example.org", "mật khẩu dài", "Chỉ tiêu", "administrator")
        asking = door.as_user(door.sign_in("chi-tieu@example.org", "mật khẩu dài").token)
        form = asking.read("questionnaire", columns=["id", "version"]).iloc[0]
        for commune, children in TOOK_PART.items():
            held = asking.call(
                "create_consultation", title="Đợt thử", commune=commune, school=None, held_on="2026-11-20",
                questionnaire_id=form["id"], questionnaire_version=form["version"], min_age=7, max_age=15, expected=30,
            )[0]["id"]  # fmt: skip
            asking.call("set_principles", consultation=held, principles=list(PRINCIPLES))
            asking.call(
                "record_guardian_consent",
                consultation=held,
                method="letter",
                obtained_on="2026-11-20",
                guardians=30,
            )
            asking.call("open_consultation", consultation=held)
            cards = [f"VOI{commune[-2:]}{number:02d}" for number in range(children)]
            for card in cards:
                door.execute_as_owner(
                    f"insert into participant (commune_code, card, birth_year) values ('{commune}', '{card}', 2016)"
                )
            asking.call("record_participation", consultation=held, cards=cards)
    return folder


def test_the_indicators_are_those_of_the_map(run: Run, three_communes: Path) -> None:
    told = {"ADMIN_EMAIL": "chi-tieu@example.org", "ADMIN_PASSWORD": "mật khẩu dài"}
    asked = ("indicators", "--data-dir", three_communes, "--year", 2026, "--indicator", 22, "--by", "commune")
    code, numbers, _ = run(*asked, "--format", "json", **told)
    assert code == 0
    with closing(open_embedded(three_communes)) as door:
        asking = door.as_user(door.sign_in("chi-tieu@example.org", "mật khẩu dài").token)
        of_map = figures(asking, 22, 2026, tuple(TOOK_PART)).rates
        children = asking.read(
            "population", columns=["children"], where={"year": 2026, "commune_code": "29242", "age": list(range(7, 16))}
        )
    expected = {row["commune_code"]: row for row in of_map.to_dict("records")}
    printed = {row["area_code"]: row for row in json.loads(numbers)}
    assert printed.keys() == expected.keys()
    for area, row in printed.items():
        for name in ("lower", "upper", "population", "rate", "gap", "reached", "state", "consultations"):
            wanted = expected[area][name]
            assert row[name] == (None if pd.isna(wanted) else pytest.approx(wanted, abs=1e-4)), (area, name)
    # By hand: 12 of the commune's children; in the other two, three and nine are hidden; all are in the province's sum.
    people = round(children["children"].sum())
    assert [printed["29242"][name] for name in ("lower", "upper", "population")] == [12, 12, people]
    assert printed["29242"]["rate"] == pytest.approx(1200 / people, abs=1e-4)
    assert printed["29242"]["gap"] == pytest.approx(1200 / people - 31, abs=1e-4)
    assert [(printed[area]["state"], printed[area]["lower"]) for area in ("29254", "29341")] == [
        ("suppressed", None)
    ] * 2
    assert printed[PROVINCE]["lower"] == 24


def test_the_indicators_in_words_are_the_table_of_the_map(run: Run, three_communes: Path) -> None:
    told = {"ADMIN_EMAIL": "chi-tieu@example.org", "ADMIN_PASSWORD": "mật khẩu dài"}
    asked = ("indicators", "--data-dir", three_communes, "--year", 2026, "--by", "commune", "--language", "vi")
    code, written, _ = run(*asked, "--indicator", 22, "--format", "csv", **told)
    assert code == 0
    rows = {row["Mã"]: row for row in csv.DictReader(io.StringIO(written))}
    assert set(rows) == {*TOOK_PART, PROVINCE}
    assert rows["29242"]["Mục tiêu"] == "31,0 %"
    assert "12" in rows["29242"].values()
    assert rows["29254"]["Tỷ lệ"] == rows["29341"]["Tỷ lệ"] == "Ẩn để bảo vệ trẻ"
    code, written, _ = run(*asked, **told)
    assert (code, written.count("Chỉ tiêu 2")) == (0, 3)


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        (("--language", "vi", "--by", "sex"), "--by commune"),
        (("--language", "vi", "--format", "json"), "--format csv"),
        (("--language", "en", "--format", "csv"), "--indicator 22"),
        (("--language", "km"), "choose from"),
        (("--indicator", "25"), "choose from"),
        (("--year", "nay"), "invalid int value"),
    ],
)
def test_what_cannot_be_asked_of_the_indicators_is_told_with_the_remedy(
    run: Run, three_communes: Path, asked: tuple[str, ...], remedy: str
) -> None:
    code, out, err = run("indicators", "--data-dir", three_communes, *asked)
    assert (code, out) == (2, "")
    assert remedy in err


def test_the_questionnaires_of_the_repository_are_right(run: Run) -> None:
    files = sorted(QUESTIONNAIRES.glob("*.md"))
    code, out, err = run("check", *files)
    assert (code, err) == (0, "")
    assert out.count(": OK (") == len(files) >= 2


def test_each_bad_file_is_told_and_the_good_ones_too(run: Run, tmp_path: Path) -> None:
    good = next(QUESTIONNAIRES.glob("*.md"))
    bad = tmp_path / "hỏng.md"
    bad.write_text("| survey |\n| | type | name | label |\n| | dance | a | Nhảy |\n", encoding="utf-8")
    empty = tmp_path / "empty.xlsx"
    empty.write_bytes(b"")
    noise = tmp_path / "noise.csv"
    noise.write_bytes(bytes(range(256)))
    missing = tmp_path / "missing.md"
    other = tmp_path / "photo.png"
    other.write_bytes(b"\x89PNG")
    code, out, err = run("check", bad, good, empty, noise, missing, other, tmp_path)
    assert code == 1
    assert err == ""
    assert f"{good}: OK (" in out
    for path in (bad, empty, noise, missing, other, tmp_path):
        assert f"{path}: 1 lỗi" in out or f"{path}: " in out
        assert f"{path}: OK" not in out
    assert "dance" in out
    assert out.count("Remedy:") >= 6
    assert "Traceback" not in out


def test_no_command_says_which_there_are(run: Run) -> None:
    code, _, err = run()
    assert code == 2
    assert "COMMAND" in err
