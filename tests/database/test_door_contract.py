"""What every door to the data promises, whichever database answers."""

from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from survey_app.database import (
    AlreadyExists,
    Database,
    DatabaseError,
    InvalidData,
    NotAllowed,
    Refused,
    SignInExpired,
    SignInRefused,
    Unavailable,
    UnknownName,
)
from survey_app.database.embedded import EmbeddedDoor, open_embedded
from survey_app.database.supabase import SupabaseDoor, open_supabase
from survey_app.settings import Settings, SettingsError
from tests.database.conftest import PASSWORD, World, batch_text, owner_conninfo, submission, submit
from tests.database.test_two_processes import kill_postgres
from tests.supabase_standin.server import Standin

MANY = 2_500


def new_source(world: World, rows: int = 0) -> str:
    """A source of population figures of the test's own, with so many rows."""
    source = f"thử {uuid.uuid4().hex[:8]}"
    world.rows("insert into population_source values (%s, 'Nguồn thử', true)", source)
    world.rows(
        "insert into population select %s, lpad((n %% 41)::text, 5, '0'), 2020 + n / 41 %% 10, n / 410, (n * 7919 %% 997) / 8.0 "
        "from generate_series(0, %s) n",
        source, rows - 1,
    )  # fmt: skip
    return source


# Calls


def test_a_scalar_comes_as_one_row_named_after_the_function(each_world: World) -> None:
    commune = each_world.new_commune()
    asking = each_world.as_staff("reviewer")
    assert asking.call("resolve", code=commune, on_date="2026-01-01") == [{"resolve": commune}]
    assert asking.call("resolve", code="00000", on_date="2026-01-01") == [{"resolve": None}]
    assert each_world.door.as_anonymous().call("withdraw", receipt="NOSUCH") == [{"withdraw": False}]


def test_a_function_without_a_result_gives_no_rows(each_world: World) -> None:
    arguments = {"begun": 1, "answering": True, "question": None, "question_count": 3, "sent": 0, "waiting": 0}
    anyone = each_world.door.as_anonymous()
    assert anyone.call("report_presence", consultation=str(uuid.uuid4()), device=str(uuid.uuid4()), **arguments) == []


def test_a_table_function_gives_its_rows_and_an_empty_one_none(each_world: World) -> None:
    commune = each_world.new_commune()
    email, user_id = each_world.new_account("facilitator", commune)
    asking = each_world.door.as_user(each_world.door.sign_in(email, PASSWORD).token)
    expected = {"id": user_id, "name": "Cô Lan", "role": "facilitator", "commune_code": commune, "school_id": None}
    assert asking.call("my_profile") == [expected]
    assert each_world.door.as_anonymous().call("consultation_by_code", code="000000") == []


def test_values_come_as_json_has_them(each_world: World) -> None:
    commune = each_world.new_commune()
    facilitator = each_world.as_staff("facilitator", commune)
    made = each_world.new_consultation(facilitator, commune)
    code = each_world.value("select join_code from consultation where id = %s", made)
    (row,) = each_world.door.as_anonymous().call("consultation_by_code", code=code)
    found = row["consultation"]
    assert (found["id"], found["commune"]["code"], found["min_age"]) == (made, commune, 7)
    columns = ["id", "held_on", "opened_at", "principles", "counted", "closed_at"]
    (stored,) = facilitator.read("consultation", columns=columns, where={"id": made}).to_dict("records")
    assert stored["id"] == made
    assert stored["held_on"] == datetime.now(UTC).date().isoformat()
    assert stored["opened_at"].endswith("+00:00")
    assert (stored["principles"][0], stored["counted"], stored["closed_at"]) == ("voluntary", True, None)


def test_arguments_take_the_type_of_the_parameter(each_world: World) -> None:
    commune = each_world.new_commune()
    facilitator = each_world.as_staff("facilitator", commune)
    made = each_world.new_consultation(facilitator, commune, counted=False)
    facilitator.call("set_principles", consultation=uuid.UUID(made), principles=["voluntary", "informed"])
    facilitator.call("set_principles", consultation=made, principles=[])
    stored = each_world.value("select principles from consultation where id = %s", made)
    assert stored == []
    with pytest.raises(InvalidData):
        facilitator.call("issue_cards", commune=commune, school=None, quantity="nhiều", birth_year=2016)
    with pytest.raises(InvalidData):
        facilitator.call("issue_cards", commune=commune, school=None, quantity=1.5, birth_year=2016)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("no_such_function", {}),
        ("withdraw", {"recipe": "ABC"}),
        ("withdraw", {}),
        ("withdraw", {"receipt": "ABC", "quickly": True}),
    ],
)
def test_an_unknown_function_or_argument_is_told(each_world: World, function: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(UnknownName):
        each_world.door.as_anonymous().call(function, **arguments)


def test_functions_of_the_private_schema_are_out_of_reach(each_world: World) -> None:
    for asking in (each_world.door.as_anonymous(), each_world.as_staff("administrator")):
        with pytest.raises((UnknownName, NotAllowed)):
            asking.call("recount", consultation=str(uuid.uuid4()))


def test_a_refusal_names_its_reason(each_world: World) -> None:
    commune = each_world.new_commune()
    facilitator = each_world.as_staff("facilitator", commune)
    with pytest.raises(Refused) as refused:
        facilitator.call("issue_cards", commune=commune, school=str(uuid.uuid4()), quantity=1, birth_year=2016)
    assert refused.value.reason == "unknown_school"


# Reads


def test_a_read_gives_all_rows_beyond_the_cap_in_order(each_world: World) -> None:
    source = new_source(each_world, MANY)
    columns = ["commune_code", "year", "age", "children"]
    frame = each_world.as_staff("reviewer").read("population", columns=columns, where={"source": source})
    assert list(frame.columns) == columns
    assert len(frame) == MANY
    assert not frame.duplicated(["commune_code", "year", "age"]).any()
    assert frame.equals(frame.sort_values(columns, ignore_index=True))


@pytest.mark.parametrize("rows", [0, 1, 999, 1000, 1001, 2000])
def test_a_read_is_whole_at_the_edges_of_a_page(each_world: World, rows: int) -> None:
    source = new_source(each_world, rows)
    frame = each_world.as_staff("reviewer").read("population", columns=["children"], where={"source": source})
    assert list(frame.columns) == ["children"]
    assert len(frame) == rows


def test_a_read_with_few_distinct_values_repeats_and_loses_nothing(each_world: World) -> None:
    source = new_source(each_world, MANY)
    frame = each_world.as_staff("reviewer").read(
        "population", columns=["year"], where={"source": source}, order=["year"]
    )
    expected = each_world.rows(
        "select year, count(*) from population where source = %s group by year order by year", source
    )
    assert list(frame["year"].value_counts().sort_index().items()) == expected


def test_conditions_narrow_a_read(each_world: World) -> None:
    source = new_source(each_world, 500)
    asking = each_world.as_staff("reviewer")

    def count(**where: Any) -> int:
        return len(asking.read("population", columns=["year", "age"], where={"source": source, **where}))

    def expected(condition: str) -> int:
        return int(each_world.value(f"select count(*) from population where source = %s and {condition}", source))

    assert count(commune_code="00003") == expected("commune_code = '00003'")
    assert count(commune_code=3) == 0
    assert count(year=2022) == expected("year = 2022")
    assert count(year=[2022, 2024]) == expected("year in (2022, 2024)")
    assert count(year=[]) == 0
    assert count(year=("<", 2022)) == expected("year < 2022")
    assert count(year=("<=", 2022)) == expected("year <= 2022")
    assert count(year=(">", 2022), age=(">=", 1)) == expected("year > 2022 and age >= 1")
    assert count(year=("!=", 2022)) == expected("year <> 2022")
    assert count(children=(">", 12.5)) == expected("children > 12.5")


def test_conditions_know_missing_and_boolean_values(each_world: World) -> None:
    old, new = each_world.new_commune(), each_world.new_commune()
    each_world.rows("update unit set valid_to = '2025-06-30', lat = 1.5 where code = %s", old)
    asking = each_world.as_staff("reviewer")

    def codes(**where: Any) -> list[str]:
        return list(asking.read("unit", columns=["code"], where={"code": [old, new], **where})["code"])

    assert codes(valid_to=None) == [new]
    assert codes(valid_to=("=", None)) == [new]
    assert codes(valid_to=("!=", None)) == [old]
    assert codes(lat=("!=", 1.5)) == [new], "a missing value is another value"
    assert codes(valid_to="2025-06-30") == [old]
    assert (
        len(
            asking.read(
                "population_source", columns=["source"], where={"source": new_source(each_world), "is_estimate": True}
            )
        )
        == 1
    )
    with pytest.raises(ValueError, match="unknown operator"):
        codes(valid_to=("like", "2025"))


@pytest.mark.parametrize(
    "text",
    [
        "a,b",
        'nói "có"',
        "back\\slash",
        "(ngoặc)",
        "",
        " khoảng trắng ",
        "null",
        "{x}",
        "a.b:c",
        "100%&=+#",
        "trẻ em 🐘",
    ],
)
def test_any_text_can_be_a_condition(each_world: World, text: str) -> None:
    commune = each_world.new_commune()
    each_world.rows("update unit set name = %s where code = %s", text, commune)
    asking = each_world.as_staff("reviewer")
    for condition in (text, [text], [text, "khác"]):
        frame = asking.read("unit", columns=["code"], where={"name": condition, "code": commune})
        assert list(frame["code"]) == [commune], condition
    assert asking.read("unit", columns=["code"], where={"name": ("!=", text), "code": commune}).empty


def test_an_unknown_table_or_column_is_told(each_world: World) -> None:
    asking = each_world.as_staff("administrator")
    with pytest.raises(UnknownName):
        asking.read("no_such_table", columns=["id"])
    with pytest.raises(UnknownName):
        asking.read("unit", columns=["code", "no_such_column"])
    with pytest.raises(UnknownName):
        asking.read("unit", columns=["code"], where={"no_such_column": 1})
    with pytest.raises(UnknownName):
        asking.read("unit", columns=["code"], order=["no_such_column"])
    with pytest.raises(UnknownName):
        asking.write("no_such_table", [{"id": 1}])
    with pytest.raises(UnknownName):
        asking.write("population_source", [{"source": "x", "title": "x", "is_estimate": True, "no_such_column": 1}])


def test_a_condition_of_the_wrong_type_is_invalid_data(each_world: World) -> None:
    with pytest.raises(InvalidData):
        each_world.as_staff("reviewer").read("population", columns=["age"], where={"year": "năm nay"})


# Writes


def test_a_write_inserts_and_updates_by_primary_key(each_world: World) -> None:
    asking = each_world.as_staff("administrator")
    source = f"ghi {uuid.uuid4().hex[:8]}"
    asking.write("population_source", [{"source": source, "title": "Một", "is_estimate": True}])
    rows = [
        {"source": source, "commune_code": "29242", "year": 2024, "age": age, "children": age / 4} for age in range(5)
    ]
    asking.write("population", rows)
    asking.write("population", [{**row, "children": 100.0} for row in rows[:2]] + [{**rows[0], "age": 99}])
    asking.write("population_source", [{"source": source, "title": "Hai", "is_estimate": False}])
    asking.write("population", [])
    stored = each_world.rows("select age, children from population where source = %s order by age", source)
    assert stored == [(0, 100.0), (1, 100.0), (2, 0.5), (3, 0.75), (4, 1.0), (99, 0.0)]
    assert each_world.rows("select title, is_estimate from population_source where source = %s", source) == [
        ("Hai", False)
    ]


def test_a_write_is_all_or_nothing(each_world: World) -> None:
    asking = each_world.as_staff("administrator")
    source = new_source(each_world)
    row = {"source": source, "commune_code": "29242", "year": 2024, "age": 7, "children": 1.0}
    with pytest.raises(InvalidData):
        asking.write("population", [row, {**row, "age": 8}, {**row, "age": 9, "children": -1.0}])
    assert each_world.value("select count(*) from population where source = %s", source) == 0


def test_a_row_that_meets_another_unique_key_already_exists(each_world: World) -> None:
    commune = each_world.new_commune()
    asking = each_world.as_staff("administrator")
    school = {"commune_code": commune, "name": "Trường Tiểu học A", "kind": "primary"}
    asking.write("school", [{"id": str(uuid.uuid4()), **school}])
    with pytest.raises(AlreadyExists):
        asking.write("school", [{"id": str(uuid.uuid4()), **school}])


def test_data_that_the_schema_does_not_take_is_invalid(each_world: World) -> None:
    asking = each_world.as_staff("administrator")
    source = new_source(each_world)
    row = {"source": source, "commune_code": "29242", "year": 2024, "age": 7, "children": 1.0}
    for wrong in (
        {"age": "bảy"},
        {"age": None},
        {"year": 99},
        {"source": "không có"},
        {"commune_code": "a\x00b"},
        {"children": float("nan")},
        {"commune_code": "\ud800"},
    ):
        with pytest.raises(InvalidData):
            asking.write("population", [{**row, **wrong}])
    with pytest.raises(InvalidData):
        asking.write("population", [row, row])
    with pytest.raises(ValueError, match="other columns"):
        asking.write("population", [row, {"source": source}])
    with pytest.raises(InvalidData):
        each_world.door.as_anonymous().call("withdraw", receipt="a\x00b")
    with pytest.raises(InvalidData):
        each_world.door.as_anonymous().call("withdraw", receipt="\ud800")
    assert each_world.value("select count(*) from population where source = %s", source) == 0


# Who may do what


def test_anyone_may_only_what_is_granted_by_name(each_world: World) -> None:
    anyone = each_world.door.as_anonymous()
    anyone.read("card_animal", columns=["code"])
    for table in ("population", "consultation", "submission", "participant", "staff", "participation_count"):
        with pytest.raises(NotAllowed):
            anyone.read(table, columns=["year"] if table.startswith(("pop", "participation")) else ["id"])
    with pytest.raises(NotAllowed):
        anyone.write("setting", [{"name": "demonstration", "value": True}])
    with pytest.raises(NotAllowed):
        anyone.call("my_profile")
    with pytest.raises(NotAllowed):
        anyone.call("close_consultation", consultation=str(uuid.uuid4()))


def test_a_facilitator_may_not_what_an_administrator_may(each_world: World) -> None:
    mine, other = each_world.new_commune(), each_world.new_commune()
    facilitator = each_world.as_staff("facilitator", mine)
    with pytest.raises(NotAllowed):
        facilitator.write("setting", [{"name": "suppression_threshold", "value": 1}])
    assert facilitator.read("setting_change", columns=["name"]).empty
    with pytest.raises(NotAllowed):
        facilitator.write("population_source", [{"source": "của tôi", "title": "x", "is_estimate": True}])
    with pytest.raises(NotAllowed):
        each_world.new_consultation(facilitator, other)
    with pytest.raises(NotAllowed):
        facilitator.read("submission", columns=["id", "answers"])
    school = {"name": "Trường mới", "kind": "primary"}
    facilitator.write("school", [{"id": str(uuid.uuid4()), "commune_code": mine, **school}])
    with pytest.raises(NotAllowed):
        facilitator.write("school", [{"id": str(uuid.uuid4()), "commune_code": other, **school}])


def test_policies_hide_the_rows_of_others(each_world: World) -> None:
    commune = each_world.new_commune()
    mine, other = each_world.as_staff("facilitator", commune), each_world.as_staff("facilitator", commune)
    made = each_world.new_consultation(mine, commune)
    submit(each_world.door, submission(made))

    def sees(asking: Database) -> tuple[int, int]:
        found = asking.read("consultation", columns=["id"], where={"id": made})
        return len(found), len(asking.read("submission", columns=["id"], where={"consultation_id": made}))

    assert sees(mine) == (1, 1)
    assert sees(other) == (0, 0)
    assert sees(each_world.as_staff("administrator")) == (1, 1)
    assert sees(each_world.as_staff("protection_officer")) == (1, 0), "she sees the consultation, not who answered"
    with pytest.raises(NotAllowed):
        other.call("close_consultation", consultation=made)


def test_who_is_no_member_of_staff_any_more_sees_nothing(each_world: World) -> None:
    email, user_id = each_world.new_account("administrator")
    asking = each_world.door.as_user(each_world.door.sign_in(email, PASSWORD).token)
    assert len(asking.read("staff", columns=["id"])) > 0
    each_world.rows("update staff set active = false where id = %s", user_id)
    assert asking.call("my_profile") == []
    assert asking.read("consultation", columns=["id"]).empty
    with pytest.raises(NotAllowed):
        asking.write("setting", [{"name": "demonstration", "value": True}])


def test_who_changed_a_setting_is_noted(each_world: World) -> None:
    email, user_id = each_world.new_account("administrator")
    asking = each_world.door.as_user(each_world.door.sign_in(email, PASSWORD).token)
    name = f"try-{uuid.uuid4()}"
    for value in (1, 1, 2):
        asking.write("setting", [{"name": name, "value": value}])
    noted = asking.read("setting_change", columns=["value", "changed_by"], where={"name": name})
    assert sorted(noted.itertuples(index=False, name=None)) == [(1, str(user_id)), (2, str(user_id))]
    with pytest.raises((NotAllowed, InvalidData)):
        asking.write("setting_change", [{"name": name, "value": 3, "changed_at": "2026-01-01T00:00:00Z"}])


def test_askers_do_not_mix(each_world: World) -> None:
    """Many threads at once, each with a user of its own: nobody ever gets another's name."""
    accounts = [each_world.new_account("reviewer") for _ in range(3)]
    wrong: list[object] = []

    def ask(email: str, user_id: str) -> None:
        try:
            asking = each_world.door.as_user(each_world.door.sign_in(email, PASSWORD).token)
            anyone = each_world.door.as_anonymous()
            for _ in range(8):
                (profile,) = asking.call("my_profile")
                if profile["id"] != user_id:
                    wrong.append(profile)
                anyone.call("community_surveys")
        except DatabaseError as error:
            wrong.append(error)

    threads = [threading.Thread(target=ask, args=account) for account in accounts for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# Signing in and out


def test_signing_in_takes_the_right_password_only(each_world: World) -> None:
    email, _ = each_world.new_account("reviewer")
    session = each_world.door.sign_in(f"  {email.upper()} ", PASSWORD)
    assert session.expires_at > datetime.now(UTC)
    for address, password in ((email, "sai-mat-khau"), (email, ""), ("nobody@example.org", PASSWORD), ("", "")):
        with pytest.raises(SignInRefused) as refused:
            each_world.door.sign_in(address, password)
        assert refused.value.reason == "credentials"


def test_many_wrong_passwords_lock(each_world: World) -> None:
    email, _ = each_world.new_account("reviewer")
    reasons = []
    for _ in range(9):
        with pytest.raises(SignInRefused) as refused:
            each_world.door.sign_in(email, "sai-mat-khau")
        reasons.append(refused.value.reason)
    with pytest.raises(SignInRefused, match="locked"):
        each_world.door.sign_in(email, PASSWORD)
    assert reasons == ["credentials"] * 8 + ["locked"]


def test_a_signed_out_token_is_good_no_more_and_others_are(each_world: World) -> None:
    email, _ = each_world.new_account("reviewer")
    tablet, desk = (each_world.door.sign_in(email, PASSWORD).token for _ in range(2))
    assert each_world.door.as_user(tablet).call("my_profile")
    each_world.door.sign_out(tablet)
    with pytest.raises(SignInExpired):
        each_world.door.as_user(tablet)
    each_world.door.sign_out(tablet)
    assert each_world.door.as_user(desk).call("my_profile")


def test_an_expired_token_is_told(each_world: World) -> None:
    if each_world.issue is None:
        pytest.skip("no expired token can be made for a real project")
    _, user_id = each_world.new_account("reviewer")
    expired = each_world.issue(user_id, -60)
    with pytest.raises(SignInExpired):
        each_world.door.as_user(expired).call("my_profile")
    each_world.door.sign_out(expired)


@pytest.mark.parametrize("token", ["", "rác", "a.b.c", "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYXV0aGVudGljYXRlZCJ9."])
def test_garbage_is_no_token(each_world: World, token: str) -> None:
    with pytest.raises(SignInExpired):
        each_world.door.as_user(token)
    each_world.door.sign_out(token)


def test_a_token_with_another_signature_is_not_ours(each_world: World) -> None:
    email, _ = each_world.new_account("administrator")
    head, claims, signature = each_world.door.sign_in(email, PASSWORD).token.split(".")
    forged = f"{head}.{claims}.{'A' * 10}{signature[10:]}"
    with pytest.raises(SignInExpired):
        each_world.door.as_user(forged)


# Two doors, one truth


def test_both_doors_give_the_same_values(world: World, supabase_door: SupabaseDoor) -> None:
    commune = world.new_commune()
    email, _ = world.new_account("administrator")
    asking = [door.as_user(door.sign_in(email, PASSWORD).token) for door in (world.door, supabase_door)]
    made = world.new_consultation(asking[0], commune, school=world.new_school(commune))
    card = world.new_cards(commune, 1, 2015)[0]
    submit(world.door, submission(made, card=card), submission(made), submission(made, version="9"))
    submit(supabase_door, submission(made, answers={"số": 1.50, "chữ": "ư\n\"'\\ 🐘"}))
    reads: dict[str, list[str]] = {
        "consultation_overview": ["id", "join_code", "title", "held_on", "year", "opened_at", "principles", "counted", "received", "consent_on", "consent_version", "school_name"],
        "submission": ["id", "status", "late", "problems", "card_state", "answered_at", "received_at", "received_number"],
        "participation_count": ["indicator", "area_code", "year", "carded_certain", "largest_certain", "uncarded_possible"],
        "unit": ["code", "valid_from", "valid_to", "name", "lat"],
        "questionnaire": ["id", "version", "title", "definition", "min_age", "added_at"],
        "setting": ["name", "value"],
        "consultation_tally": ["consultation_id", "received", "accepted", "in_review"],
    }  # fmt: skip
    for view, columns in reads.items():
        frames = [one.read(view, columns=columns) for one in asking]
        assert len(frames[0]) > 0
        pd.testing.assert_frame_equal(frames[0], frames[1])
    arguments = {"consultation": made}
    assert asking[0].call("live_count", **arguments) == asking[1].call("live_count", **arguments)
    assert asking[0].call("my_profile") == asking[1].call("my_profile")
    code = world.value("select join_code from consultation where id = %s", made)
    for function, call_arguments in (("consultation_by_code", {"code": code}), ("questionnaire_of", arguments)):
        answers = [door.as_anonymous().call(function, **call_arguments) for door in (world.door, supabase_door)]
        assert answers[0] == answers[1]
        assert answers[0]
    content = submission(made)
    for door in (world.door, supabase_door):
        row = door.as_anonymous().call("submit", batch=batch_text(content), voucher=None)[0]
        assert row == {"index": 0, "id": content["id"], "verdict": row["verdict"], "reason": None}
    assert json.loads(json.dumps(asking[0].call("health_check")[0]))["health_check"].endswith("+00:00")


def test_a_time_reads_the_same_wherever_the_machine_stands(
    embedded_door: EmbeddedDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Asia/Ho_Chi_Minh")
    door = open_embedded(embedded_door.data_dir)
    for asking in (door.as_anonymous(), door.as_owner()):
        assert asking.call("health_check")[0]["health_check"].endswith("+00:00")
    door.close()


# When the database is gone


def assert_unavailable_soon(ask: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        ask()
    assert time.monotonic() - begun < 5


def test_a_project_that_is_gone_is_unavailable_soon(embedded_door: EmbeddedDoor, world: World) -> None:
    own = Standin(owner_conninfo(embedded_door))
    door = open_supabase(Settings(supabase_url=own.url, supabase_anon_key=own.anon_key))
    email, _ = world.new_account("reviewer")
    token = door.sign_in(email, PASSWORD).token
    asking, other_token = door.as_user(token), door.sign_in(email, PASSWORD).token
    own.stop()
    assert_unavailable_soon(lambda: asking.call("my_profile"))
    assert_unavailable_soon(lambda: asking.read("unit", columns=["code"]))
    assert_unavailable_soon(lambda: asking.write("setting", [{"name": "x", "value": 1}]))
    assert_unavailable_soon(lambda: door.sign_in(email, PASSWORD))
    assert_unavailable_soon(lambda: door.sign_out(token))
    assert_unavailable_soon(lambda: door.as_user(other_token))
    door.close()


def test_an_embedded_server_that_was_killed_is_unavailable_soon_and_comes_back(
    data_folder: Path,
) -> None:
    door = open_embedded(data_folder)
    anyone = door.as_anonymous()
    assert anyone.call("health_check")
    kill_postgres(door.data_dir)
    assert_unavailable_soon(lambda: anyone.call("health_check"))
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            assert anyone.call("health_check")
            break
        except Unavailable:
            time.sleep(0.2)
    else:
        pytest.fail("the database did not come back")
    door.close()


def test_a_captive_portal_is_not_taken_for_the_database() -> None:
    import http.server

    class Portal(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>Welcome to the Wi-Fi</html>")

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    portal = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    door = open_supabase(Settings(supabase_url=f"http://127.0.0.1:{portal.server_port}", supabase_anon_key="public"))
    for ask in (
        lambda: door.as_anonymous().call("withdraw", receipt="A"),
        lambda: door.as_anonymous().read("setting", columns=["name"]),
        lambda: door.as_anonymous().write("setting", [{"name": "x", "value": 1}]),
        lambda: door.sign_in("a@example.org", PASSWORD),
    ):
        assert_unavailable_soon(ask)
    door.close()
    portal.shutdown()
    portal.server_close()


def test_a_wrong_key_is_told_with_the_remedy(standin: Standin) -> None:
    door = open_supabase(Settings(supabase_url=standin.url, supabase_anon_key="another"))
    with pytest.raises(DatabaseError, match="SUPABASE_ANON_KEY"):
        door.as_anonymous().call("community_surveys")
    with pytest.raises(DatabaseError, match="SUPABASE_ANON_KEY"):
        door.sign_in("a@example.org", PASSWORD)
    door.close()


def test_the_secret_key_is_refused_at_once() -> None:
    import jwt

    service = jwt.encode({"role": "service_role"}, "s" * 32, algorithm="HS256")
    for key in (service, "sb_secret_abc", "khóa của tôi"):
        with pytest.raises(SettingsError, match="SUPABASE_ANON_KEY"):
            open_supabase(Settings(supabase_url="https://example.supabase.co", supabase_anon_key=key))
