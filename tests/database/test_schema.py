"""schema.sql itself: it can be run again at any time, and it opens exactly the doors that it names."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from survey_app.database import Unavailable
from survey_app.database.embedded import EMBEDDED_FILE, SCHEMA_FILE, EmbeddedDoor, open_embedded
from survey_app.database.files import BUCKETS
from tests.database.conftest import World, owner_conninfo, submission, submit
from tests.supabase_standin.storage import SCHEMA as STORAGE

ANYONE_MAY_CALL = {
    "consultation_by_code", "questionnaire_of", "community_surveys", "report_presence", "submit", "withdraw", "health_check",
    "arrivals", "may_keep_file", "may_read_file", "may_remove_file",
    # These do nothing for who cannot prove to be the application.
    "attachment_upload", "keep_attachment_part", "verified_attachment", "attachment_stored", "files_to_settle", "file_erased",
    "purge_deleted", "data_for_token",
    "feedback_by_code", "feedback_by_receipt", "feedback_of_commune", "communes_with_feedback", "rate_feedback",
}  # fmt: skip
ANYONE_MAY_READ = {"setting", "card_animal"}
STAFF_MAY_CALL = ANYONE_MAY_CALL | {
    "resolve", "issue_cards", "create_consultation", "set_consultation_roster", "record_participation", "remove_participation", "participation_by_word",
    "set_headcount", "record_opinion", "live_cards", "set_principles", "record_guardian_consent", "open_consultation",
    "close_consultation", "live_count", "paper_count", "review_submission", "my_profile", "save_recording",
    "remove_recording",
    "gather_opinions", "texts_to_read", "release_opinion", "withhold_opinion", "raise_alert", "released_texts",
    "texts_for_protection", "alert_list", "decide_alert", "alert_count", "class_results",
    "save_activity", "record_attendance", "remove_attendance", "set_activity_headcount", "set_activity_evidence",
    "create_before_after", "activity_attendance", "paired_scores",
    "opinions_of", "save_theme", "group_opinions", "save_commitment", "publish_feedback", "unpublish_feedback", "ratings_of",
    "save_petition", "assign_petition", "answer_petition", "close_petition",
    "save_roster", "issue_roster_cards", "import_roster", "replace_card", "move_cards",
    "delete_item", "restore_item",
    "heirs", "participation_in_units", "former_population", "renumbered_cards", "import_units", "undo_units", "units_touched",
    "resolve_codes", "import_population", "put_in_force", "participation_by_group", "ratings_by_area", "participation_before_this_month",
    "import_boundaries", "put_boundaries_in_force",
    "create_data_token", "revoke_data_token",
}  # fmt: skip
STAFF_MAY_WRITE = {
    "setting", "unit", "unit_succession", "population_source", "population", "indicator", "card_animal", "school", "staff",
    "questionnaire", "questionnaire_media",
}  # fmt: skip
POLICIES_ASK = {
    "asker",
    "attendance_count",
    "works_with",
    "works_with_deleted",
    "staff_role",
    "sees_consultation",
    "runs_consultation",
}
COUNTS_ONLY = {"participation_count", "attachment_count", "unanswered_consultation"}
"""Views that pass the policies of their tables, for they hold nothing but counts."""

Rows = Callable[..., list[tuple[Any, ...]]]


def apply_schema(connection: psycopg.Connection[Any]) -> None:
    connection.execute(SCHEMA_FILE.read_bytes())


@pytest.fixture(scope="session")
def postgres_15() -> Iterator[str]:
    """The connection string of a PostgreSQL 15 of this machine, with embedded.sql applied."""
    found = [
        Path("/usr/lib/postgresql/15/bin"),
        *(Path(each) for each in os.environ.get("PATH", "").split(":") if each),
    ]
    binaries = next((each for each in found if (each / "initdb").exists() and _version(each / "postgres") == 15), None)
    if binaries is None:
        pytest.skip("no PostgreSQL 15 on this machine")
    as_somebody: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="postgres-15-"))
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no setpriv to run it as somebody else")
        shutil.chown(folder, "nobody")
        as_somebody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    data = folder / "data"
    init = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run([*as_somebody, *init], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    options = ["-k", folder, "-h", "", "-c", "fsync=off"]
    server = subprocess.Popen(
        [*as_somebody, binaries / "postgres", "-D", data, *options], cwd=folder, stderr=subprocess.DEVNULL
    )
    conninfo = psycopg.conninfo.make_conninfo(host=str(folder), dbname="postgres", user="postgres")
    try:
        _wait_for(conninfo)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(EMBEDDED_FILE.read_bytes())
        yield conninfo
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _version(postgres: Path) -> int:
    told = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False).stdout
    return int((re.search(r"(\d+)\.", told) or ["", "0"])[1])


def _wait_for(conninfo: str) -> None:
    for _ in range(100):
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail("PostgreSQL 15 did not start")


@pytest.fixture(params=["embedded", "15"])
def rows(request: pytest.FixtureRequest) -> Iterator[Rows]:
    """Asks the catalogue of a database with the schema, on the embedded version and on the oldest that is promised."""
    if request.param == "15":
        conninfo = request.getfixturevalue("postgres_15")
    else:
        conninfo = owner_conninfo(request.getfixturevalue("embedded_door"))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        if request.param == "15" and connection.execute("select to_regclass('public.submission')").fetchone() == (
            None,
        ):
            apply_schema(connection)
            apply_schema(connection)
        yield lambda statement, *values: connection.execute(statement, values).fetchall()


def test_every_public_table_has_row_level_security(rows: Rows) -> None:
    kinds = "relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
    assert rows(f"select relname from pg_class where {kinds} and not relrowsecurity") == []
    assert len(rows(f"select relname from pg_class where {kinds}")) > 15


@pytest.mark.parametrize(("role", "may_call"), [("anon", ANYONE_MAY_CALL), ("authenticated", STAFF_MAY_CALL)])
def test_a_role_may_call_exactly_the_named_functions(rows: Rows, role: str, may_call: set[str]) -> None:
    found = rows(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and has_function_privilege(%s, oid, 'execute')",
        role,
    )
    assert {name for (name,) in found} == may_call


@pytest.mark.parametrize(("role", "may_call"), [("anon", set()), ("authenticated", POLICIES_ASK)])
def test_of_the_private_functions_a_role_may_call_those_that_policies_ask(
    rows: Rows, role: str, may_call: set[str]
) -> None:
    found = rows(
        "select proname from pg_proc where pronamespace = 'private'::regnamespace and has_function_privilege(%s, oid, 'execute')",
        role,
    )
    assert {name for (name,) in found} == may_call


def readable(rows: Rows, role: str, privilege: str, schema: str = "public") -> set[str]:
    found = rows(
        "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind in ('r', 'v', 'm', 'p', 'f') "
        "and has_any_column_privilege(%s, oid, %s)",
        schema, role, privilege,
    )  # fmt: skip
    return {name for (name,) in found}


def test_anyone_may_read_exactly_the_named_tables_and_write_none(rows: Rows) -> None:
    assert readable(rows, "anon", "select") == ANYONE_MAY_READ
    assert readable(rows, "anon", "insert") == readable(rows, "anon", "update") == set()


def test_staff_may_write_exactly_the_named_tables(rows: Rows) -> None:
    assert readable(rows, "authenticated", "insert") == STAFF_MAY_WRITE
    assert readable(rows, "authenticated", "update") == STAFF_MAY_WRITE


def test_nobody_may_delete_or_truncate_or_read_private_tables(rows: Rows) -> None:
    for role in ("anon", "authenticated"):
        found = rows(
            "select relname from pg_class where relnamespace in ('public'::regnamespace, 'private'::regnamespace) "
            "and relkind in ('r', 'v', 'p') and has_table_privilege(%s, oid, 'delete, truncate, references, trigger')",
            role,
        )
        assert found == []
        assert readable(rows, role, "select, insert, update", "private") == set()


def test_answers_are_not_read_through_the_table(rows: Rows) -> None:
    hidden = ("answers", "content_hash", "receipt_hash", "device_id", "started_at", "finished_at")
    found = rows(
        "select attname from pg_attribute where attrelid = 'public.submission'::regclass and attname = any(%s) "
        "and has_column_privilege('authenticated', attrelid, attnum, 'select')",
        list(hidden),
    )
    assert found == []


def test_nothing_is_granted_to_everybody(rows: Rows) -> None:
    schemas = "in ('public'::regnamespace, 'private'::regnamespace)"
    relations = f"select relname, acl.privilege_type from pg_class, aclexplode(relacl) acl where relnamespace {schemas} and acl.grantee = 0"
    # Where no grant was ever written, a function has the default one: everybody may call it.
    functions = (
        "select proname, acl.privilege_type from pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) acl "
        f"where pronamespace {schemas} and acl.grantee = 0"
    )
    private = "select nspname from pg_namespace, aclexplode(nspacl) acl where nspname = 'private' and acl.grantee = 0"
    assert rows(relations) == rows(functions) == rows(private) == []


def test_every_function_has_a_fixed_search_path(rows: Rows) -> None:
    found = rows(
        "select proname from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace) "
        """and not coalesce(proconfig @> array['search_path=""'], false)"""
    )
    assert found == []


def test_every_public_function_gives_nothing_a_scalar_or_a_table(rows: Rows) -> None:
    """What else HTTP gives cannot be told apart: a lone JSON value from a row, an array from rows."""
    found = rows(
        "select proname from pg_proc p join pg_type t on t.oid = p.prorettype where p.pronamespace = 'public'::regnamespace "
        "and not coalesce(p.proargmodes @> '{t}', false) and (p.proretset or t.typtype <> 'b' or t.typcategory = 'A' "
        "or t.typname in ('json', 'jsonb')) and t.typname <> 'void'"
    )
    assert found == []


def test_no_public_function_has_two_forms(rows: Rows) -> None:
    found = rows(
        "select proname from pg_proc where pronamespace = 'public'::regnamespace group by proname having count(*) > 1"
    )
    assert found == []


def test_every_view_obeys_the_policies_of_its_tables_or_holds_only_counts(rows: Rows) -> None:
    found = rows(
        "select relname from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace "
        "and not coalesce(reloptions @> '{security_invoker=true}', false)"
    )
    assert {name for (name,) in found} == COUNTS_ONLY


def test_policies_ask_who_is_there_once_and_not_for_every_row(rows: Rows) -> None:
    for name, condition in rows("select tablename, coalesce(qual, '') || coalesce(with_check, '') from pg_policies"):
        bare = re.sub(r"\(\s*SELECT (auth\.uid|private\.staff_role)\(\) AS \w+\)", "", condition)
        assert "auth.uid()" not in bare, name
        assert "private.staff_role()" not in bare, name


def test_the_schema_runs_again_over_a_database_in_use(data_folder: Path) -> None:
    door = open_embedded(data_folder)
    stop = threading.Event()
    mishaps: list[Exception] = []
    read: list[int] = []
    with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        world = World(
            door,
            owner,
            lambda email, name, role, *where: str(door.add_staff(email, "mật-khẩu-dài", name, role, *where)),
        )
        _, administrator = world.new_account("administrator")
        email = world.value("select email from auth.users where id = %s", administrator)
        asking = door.as_user(door.sign_in(email, "mật-khẩu-dài").token)
        consultation = world.new_consultation(asking, world.new_commune())
        submit(door, *(submission(consultation) for _ in range(20)))
        before = contents(owner)

        def read_on() -> None:
            while not stop.is_set():
                try:
                    read.append(len(asking.read("consultation_overview", columns=["id", "received"])))
                    door.as_anonymous().call("community_surveys")
                except Unavailable:
                    # A reader may be sent away for a moment, to come again.
                    continue
                except Exception as error:  # noqa: BLE001
                    mishaps.append(error)

        readers = [threading.Thread(target=read_on) for _ in range(3)]
        for reader in readers:
            reader.start()
        try:
            for _ in range(3):
                apply_schema(owner)
        finally:
            stop.set()
            for reader in readers:
                reader.join()
        assert mishaps == []
        assert set(read) == {1}
        assert contents(owner) == before
        assert submit(door, submission(consultation)) == ["created"]
        assert world.value("select received from consultation_tally where consultation_id = %s", consultation) == 21
    door.close()


def contents(owner: psycopg.Connection[Any]) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    tables = owner.execute(
        "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'private', 'auth')"
    ).fetchall()
    return {name: sorted(owner.execute(f"select t::text from {name} t").fetchall()) for (name,) in tables}


def test_rows_from_before_there_were_pins_and_attachments_are_carried_along(data_folder: Path) -> None:
    door = open_embedded(data_folder)
    with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        world = World(
            door,
            owner,
            lambda email, name, role, *where: str(door.add_staff(email, "mật-khẩu-dài", name, role, *where)),
        )
        email, _ = world.new_account("administrator")
        asking = door.as_user(door.sign_in(email, "mật-khẩu-dài").token)
        made = [world.new_consultation(asking, world.new_commune()) for _ in range(5)]
        first = submission(made[0])
        submit(door, first)
        owner.execute("alter table consultation drop column pin cascade")
        owner.execute("delete from setting where name = 'photos_allowed'")
        owner.execute(
            "drop table attachment, questionnaire_media, recording, private.upload, private.upload_part, private.erasure cascade"
        )
        apply_schema(owner)
        pins = dict(world.rows("select id::text, pin from consultation"))
        assert sorted(pins) == sorted(made)
        assert all(re.fullmatch("[0-9]{4}", pin) for pin in pins.values())
        apply_schema(owner)
        assert dict(world.rows("select id::text, pin from consultation")) == pins, "a PIN that is in use stays"
        assert world.value("select value from setting where name = 'photos_allowed'") is False
        assert submit(door, first, submission(made[1])) == ["duplicate", "created"]
        assert world.new_consultation(asking, world.new_commune()) not in made
    door.close()


def test_what_was_held_before_units_were_reorganised_is_placed_when_the_schema_is_brought_up_to_date(
    data_folder: Path,
) -> None:
    door = open_embedded(data_folder)
    with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        world = World(
            door,
            owner,
            lambda email, name, role, *where: str(door.add_staff(email, "mật-khẩu-dài", name, role, *where)),
        )
        email, _ = world.new_account("administrator")
        asking = door.as_user(door.sign_in(email, "mật-khẩu-dài").token)
        commune = world.new_commune()
        made = world.new_consultation(asking, commune)
        for table in ("consultation", "activity"):
            owner.execute(f"alter table {table} drop column area_code cascade, drop column unit_from cascade")
        apply_schema(owner)
        assert world.rows("select area_code, unit_from::text from consultation where id = %s", made) == [
            (commune, "0001-01-01")
        ]
        assert list(asking.read("consultation_overview", columns=["commune_code"])["commune_code"]) == [commune]
    door.close()


def test_storage_gets_its_buckets_and_policies_where_there_is_one(postgres_15: str) -> None:
    with psycopg.connect(postgres_15, autocommit=True) as connection:
        connection.execute(STORAGE.read_bytes())
        connection.execute("insert into storage.buckets (id, name, public) values ('another', 'another', true)")
        for _ in range(2):
            apply_schema(connection)
        buckets = connection.execute(
            "select id, public, file_size_limit, allowed_mime_types from storage.buckets where id <> 'another'"
        ).fetchall()
        policies = connection.execute(
            "select cmd, roles::text[] from pg_policies where schemaname = 'storage' and tablename = 'objects' order by cmd"
        ).fetchall()
        for role in ("anon", "authenticated"):
            connection.execute(f"set role {role}")
            may = connection.execute(
                "select public.may_keep_file('another', n), public.may_read_file('another', n), public.may_remove_file('another', n) "
                "from (values (repeat('0', 32) || '.png')) v (n)"
            ).fetchone()
            connection.execute("reset role")
            assert may == (False, False, False), "another application's bucket is its own"
    found = {name: (public, limit, set(types)) for name, public, limit, types in buckets}
    assert found == {
        name: (name == "media", bucket.largest, set(bucket.media_types)) for name, bucket in BUCKETS.items()
    }
    everyone = ["anon", "authenticated"]
    assert policies == [("DELETE", everyone), ("INSERT", everyone), ("SELECT", everyone)]


def test_a_setting_that_was_changed_stays_when_the_schema_runs_again(data_folder: Path) -> None:
    door: EmbeddedDoor = open_embedded(data_folder)
    with psycopg.connect(owner_conninfo(door), autocommit=True) as owner:
        owner.execute("update setting set value = '9' where name = 'suppression_threshold'")
        owner.execute("update indicator set min_age = 6 where id = 22")
        apply_schema(owner)
        assert owner.execute("select value from setting where name = 'suppression_threshold'").fetchone() == (9,)
        assert owner.execute("select min_age from indicator where id = 22").fetchone() == (6,)
    door.close()
