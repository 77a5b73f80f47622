"""The embedded server in its folder: first start, a second process, a folder that cannot be used, sudden death."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from survey_app.database import Unavailable
from survey_app.database.embedded import EmbeddedDoor, open_embedded

REPOSITORY = Path(__file__).parent.parent.parent
START_SECONDS = 15
REVIVAL_SECONDS = 10


def kill_postgres(data_dir: Path, *, backends: bool = True) -> None:
    """As kill -9 of the server and, unless it is spared, of every process of it."""
    server = psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))
    doomed = [server, *(server.children(recursive=True) if backends else [])]
    for process in doomed:
        process.kill()
    psutil.wait_procs(doomed, timeout=5)


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A second process of ours."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        text=True,
    )


OPEN = """
import sys
from pathlib import Path
from survey_app.database.embedded import open_embedded
door = open_embedded(Path(sys.argv[1]))
print(door.as_owner().read("population_source", columns=["source"])["source"].tolist(), flush=True)
door.as_owner().write("population_source", [{"source": "hai", "title": "Hai", "is_estimate": True}])
print("written", flush=True)
sys.stdin.readline()
door.close()
"""


@pytest.fixture
def own_door(data_folder: Path) -> EmbeddedDoor:
    return open_embedded(data_folder)


def sources(door: EmbeddedDoor) -> list[str]:
    return list(door.as_owner().read("population_source", columns=["source"])["source"])


def test_the_first_start_is_quick(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    door = open_embedded(data_folder / "neu" / "trong")
    seconds = time.monotonic() - begun
    door.close()
    with capsys.disabled():
        print(f" [first start: {seconds:.1f} s]", end="")
    assert seconds < START_SECONDS


def test_a_second_process_attaches_and_the_first_outlives_it(own_door: EmbeddedDoor) -> None:
    own_door.as_owner().write("population_source", [{"source": "một", "title": "Một", "is_estimate": True}])
    second = python(OPEN, str(own_door.data_dir))
    assert second.stdout is not None
    assert second.stdout.readline() == "['một']\n"
    assert second.stdout.readline() == "written\n"
    assert sources(own_door) == ["hai", "một"]
    second.communicate("\n", timeout=20)
    assert second.returncode == 0
    assert sources(own_door) == ["hai", "một"], "the server still runs when one of two processes has ended"
    own_door.close()


def test_the_server_outlives_the_process_that_started_it(data_folder: Path) -> None:
    first = python(OPEN, str(data_folder))
    assert first.stdout is not None
    first.stdout.readline()
    first.stdout.readline()
    door = open_embedded(data_folder)
    first.communicate("\n", timeout=20)
    assert sources(door) == ["hai"]
    door.close()


def test_a_folder_that_is_a_file_is_told_with_the_remedy(data_folder: Path) -> None:
    (data_folder / "data").write_text("không phải thư mục")
    with pytest.raises(Unavailable, match="DATA_DIR"):
        open_embedded(data_folder / "data")


def test_a_folder_that_holds_something_else_is_told_and_left_alone(data_folder: Path) -> None:
    (data_folder / "postgres").mkdir()
    (data_folder / "postgres" / "luận văn.txt").write_text("quý giá")
    with pytest.raises(Unavailable, match="DATA_DIR"):
        open_embedded(data_folder)
    assert (data_folder / "postgres" / "luận văn.txt").read_text() == "quý giá"


def test_data_of_another_version_of_the_server_are_told_and_left_alone(data_folder: Path) -> None:
    (data_folder / "postgres").mkdir()
    (data_folder / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(Unavailable, match="DATA_DIR"):
        open_embedded(data_folder)
    assert (data_folder / "postgres" / "PG_VERSION").read_text() == "9\n"


@pytest.mark.parametrize("backends", [True, False], ids=["with all its processes", "the server process alone"])
def test_after_sudden_death_the_door_revives_and_nothing_acknowledged_is_lost(
    own_door: EmbeddedDoor, capsys: pytest.CaptureFixture[str], *, backends: bool
) -> None:
    owner = own_door.as_owner()
    for number in range(20):
        owner.write("population_source", [{"source": f"{number:02d}", "title": "x", "is_estimate": True}])
    kill_postgres(own_door.data_dir, backends=backends)
    begun = time.monotonic()
    while True:
        try:
            owner.write("population_source", [{"source": "sau", "title": "x", "is_estimate": True}])
            break
        except Unavailable:
            assert time.monotonic() - begun < REVIVAL_SECONDS, "the database did not come back"
            time.sleep(0.1)
    with capsys.disabled():
        print(f" [revived in {time.monotonic() - begun:.1f} s]", end="")
    assert sources(own_door) == [*(f"{number:02d}" for number in range(20)), "sau"]
    asking = own_door.as_anonymous()
    assert all(asking.call("health_check") for _ in range(10)), "no connection that died is lent again"
    own_door.close()
