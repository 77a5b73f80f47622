"""Storing what children send: never lost, never twice, counted once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from survey_app.database import Door
from survey_app.database.supabase import SupabaseDoor
from survey_app.database.voucher import voucher
from tests.database.conftest import PRINCIPLES, World, batch_text, owner_conninfo, record_consent, submission, submit

REPOSITORY = Path(__file__).parent.parent.parent
TODAY = datetime.now(UTC).date()


@pytest.fixture
def commune(world: World) -> str:
    return world.new_commune()


@pytest.fixture
def consultation(world: World, commune: str) -> str:
    """Open and counted."""
    return world.new_consultation(world.as_staff("administrator"), commune)


def tally(world: World, consultation: str) -> dict[str, int]:
    columns = ["received", "accepted", "in_review", "late", "carded_certain", "carded_possible", "uncarded"]
    statement = f"select {', '.join(columns)} from consultation_tally where consultation_id = %s"
    return dict(zip(columns, world.rows(statement, consultation)[0], strict=True))


def stored(world: World, content: dict[str, Any]) -> tuple[str, list[str]]:
    """Its status and the codes of its problems."""
    status, problems = world.rows("select status, problems from submission where id = %s", content["id"])[0]
    return status, [problem["code"] for problem in problems]


def ten_years_old() -> tuple[int, int]:
    """A year and month of birth that leave no doubt that she is of the ages of the indicator."""
    return TODAY.year - 10, TODAY.month


def carded_count(world: World, area: str, year: int = TODAY.year) -> int:
    statement = "select coalesce(sum(possible), 0) from private.participation_tally where (indicator, area_code, year) = (22, %s, %s)"
    return int(world.value(statement, area, year))


# Verdicts


def test_the_first_is_created_and_the_same_again_is_a_duplicate(world: World, consultation: str) -> None:
    content = submission(consultation)
    assert [submit(world.door, content) for _ in range(5)] == [["created"], *[["duplicate"]] * 4]
    reordered = dict(reversed(content.items()))
    assert submit(world.door, reordered) == ["duplicate"], "the order of keys is no content"
    assert tally(world, consultation)["received"] == 1


def test_the_same_id_with_other_content_is_a_conflict_and_changes_nothing(world: World, consultation: str) -> None:
    content = submission(consultation)
    submit(world.door, content)
    assert submit(world.door, {**content, "answers": {"vui": "no"}}) == ["conflict"]
    assert world.value("select answers from submission where id = %s", content["id"]) == content["answers"]


def test_what_is_no_submission_is_refused_and_the_others_are_stored(
    world: World, commune: str, consultation: str
) -> None:
    draft = world.new_consultation(world.as_staff("administrator"), commune, is_open=False)
    good, last = submission(consultation), submission(consultation)
    batch = [
        good,
        submission(str(uuid.uuid4())),
        submission(draft),
        submission(consultation, assent={"version": 1, "given": False}),
        submission(consultation, assent=None),
        last,
    ]
    text = batch_text(*batch)
    secret = world.door.submission_secret or ""
    rows = sorted(
        world.door.as_anonymous().call("submit", batch=text, voucher=voucher(secret, text)),
        key=lambda row: int(row["index"]),
    )
    assert [(row["id"], row["verdict"], row["reason"]) for row in rows] == [
        (good["id"], "created", None),
        (batch[1]["id"], "refused", "unknown_consultation"),
        (batch[2]["id"], "refused", "unknown_consultation"),
        (batch[3]["id"], "refused", "no_assent"),
        (batch[4]["id"], "refused", "no_assent"),
        (last["id"], "created", None),
    ]
    assert tally(world, consultation)["received"] == 2


def test_a_batch_for_several_consultations_is_tallied_apart(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    one, two = (world.new_consultation(administrator, commune) for _ in range(2))
    submit(world.door, *(submission(consultation) for consultation in (one, two, one, two, one)))
    assert (tally(world, one)["accepted"], tally(world, two)["accepted"]) == (3, 2)


def test_the_same_twice_in_one_batch_is_one_row(world: World, consultation: str) -> None:
    content = submission(consultation)
    assert sorted(submit(world.door, content, content)) == ["created", "duplicate"]
    assert tally(world, consultation)["received"] == 1


def test_problems_bring_it_to_review(world: World, consultation: str) -> None:
    content = submission(consultation)
    assert submit(world.door, content, problems=[{"code": "constraint", "question": "vui"}]) == ["created"]
    assert stored(world, content) == ("review", ["constraint"])
    other = submission(consultation, version="không có")
    submit(world.door, other)
    assert stored(world, other) == ("review", ["other_questionnaire"])
    assert tally(world, consultation) | {"received": 2, "in_review": 2, "accepted": 0} == tally(world, consultation)


# Never twice, whoever sends


def in_parallel(count: int, send: Any) -> list[Any]:
    answers: list[Any] = []
    gate = threading.Barrier(count)

    def one(number: int) -> None:
        gate.wait()
        answers.append(send(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_five_at_once_are_one_row(world: World, consultation: str) -> None:
    for _ in range(5):
        content = submission(consultation)
        verdicts = in_parallel(5, lambda _number, content=content: submit(world.door, content)[0])
        assert sorted(verdicts) == ["created", *["duplicate"] * 4]
    assert tally(world, consultation)["received"] == 5


SEND = """
import sys
from pathlib import Path
from survey_app.database.embedded import open_embedded
from survey_app.database.voucher import voucher
door = open_embedded(Path(sys.argv[1]))
print("ready", flush=True)
text = sys.stdin.readline().rstrip("\\n")
for _ in range(5):
    rows = door.as_anonymous().call("submit", batch=text, voucher=voucher(door.submission_secret, text))
    print(*(row["verdict"] for row in rows), flush=True)
"""


def test_two_processes_on_one_database_store_one_row(world: World, consultation: str) -> None:
    content = submission(consultation)
    command = [sys.executable, "-c", SEND, str(world.door.data_dir)]  # type: ignore[attr-defined]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": REPOSITORY}
    processes = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"  # type: ignore[union-attr]
    for process in processes:
        process.stdin.write(batch_text(content) + "\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    verdicts = [verdict for process in processes for verdict in process.communicate(timeout=30)[0].split()]
    assert sorted(verdicts) == ["created", *["duplicate"] * 9]
    assert world.value("select count(*) from submission where consultation_id = %s", consultation) == 1


def test_it_is_one_row_through_either_door(world: World, supabase_door: SupabaseDoor, consultation: str) -> None:
    content = submission(consultation)
    doors: list[Door] = [world.door, supabase_door]
    verdicts = in_parallel(4, lambda number: submit(doors[number % 2], content)[0])
    assert sorted(verdicts) == ["created", *["duplicate"] * 3]


# Late or not


@pytest.mark.parametrize("clock_off", [timedelta(0), timedelta(days=365), timedelta(days=-365), timedelta(hours=7)])
@pytest.mark.parametrize(
    ("answered_before_close", "status"), [(timedelta(minutes=10), "accepted"), (timedelta(minutes=-10), "review")]
)
def test_late_is_who_answered_after_the_close_whatever_the_tablet_clock_says(
    world: World, consultation: str, clock_off: timedelta, answered_before_close: timedelta, status: str
) -> None:
    """Both are sent an hour after the close."""
    closed_at = datetime.now(UTC) - timedelta(hours=1)
    world.rows("update consultation set status = 'closed', closed_at = %s where id = %s", closed_at, consultation)
    finished = closed_at - answered_before_close + clock_off
    content = submission(consultation, finished_at=finished.isoformat())
    assert submit(world.door, content, sent_at=(datetime.now(UTC) + clock_off).isoformat()) == ["created"]
    assert stored(world, content) == (status, [] if status == "accepted" else ["late"])
    assert tally(world, consultation)["late"] == int(status == "review")


def test_a_tablet_that_names_no_time_is_taken_at_the_time_of_arrival(world: World, consultation: str) -> None:
    content = submission(consultation, finished_at=None, started_at=None)
    submit(world.door, content)
    world.rows("update consultation set status = 'closed', closed_at = now() where id = %s", consultation)
    late = submission(consultation, finished_at=None)
    submit(world.door, late)
    assert (stored(world, content)[0], stored(world, late)) == ("accepted", ("review", ["late"]))


# Cards


def test_a_card_counts_a_child_once_in_a_consultation(world: World, commune: str, consultation: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    first, second = submission(consultation, card=card), submission(consultation, card=card)
    assert submit(world.door, first) + submit(world.door, second) == ["created", "created"]
    assert stored(world, first) == ("accepted", [])
    assert stored(world, second) == ("review", ["card_already_answered"])
    counts = tally(world, consultation)
    assert (counts["accepted"], counts["carded_possible"], counts["carded_certain"], counts["uncarded"]) == (1, 1, 1, 0)
    assert submit(world.door, first) == ["duplicate"]


def test_a_card_on_several_tablets_at_once_counts_once(world: World, commune: str, consultation: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    in_parallel(5, lambda _number: submit(world.door, submission(consultation, card=card)))
    counts = tally(world, consultation)
    assert (counts["received"], counts["accepted"], counts["in_review"], counts["carded_possible"]) == (5, 1, 4, 1)
    assert carded_count(world, commune) == 1


def test_a_child_counts_once_in_a_year_over_several_consultations(world: World, commune: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    administrator = world.as_staff("administrator")
    for _ in range(3):
        submit(world.door, submission(world.new_consultation(administrator, commune), card=card))
    submit(
        world.door,
        submission(world.new_consultation(administrator, commune, held_on=TODAY - timedelta(366)), card=card),
    )
    assert (carded_count(world, commune), carded_count(world, commune, (TODAY - timedelta(366)).year)) == (1, 1)


@pytest.mark.parametrize("card", ["VOI0000", "không phải thẻ", ""])
def test_an_unknown_card_loses_nothing_and_counts_as_a_child_without_one(
    world: World, consultation: str, card: str
) -> None:
    content = submission(consultation, card=card)
    assert submit(world.door, content) == ["created"]
    assert stored(world, content) == ("accepted", ["unknown_card"])
    assert tally(world, consultation)["uncarded"] == 1


def test_a_card_of_another_commune_is_unknown_here(world: World, consultation: str) -> None:
    (card,) = world.new_cards(world.new_commune(), 1, *ten_years_old())
    content = submission(consultation, card=card)
    submit(world.door, content)
    assert stored(world, content) == ("accepted", ["unknown_card"])


# Only the application vouches


@pytest.mark.parametrize("proof", [None, "", "0" * 64])
def test_what_nobody_vouches_for_waits_for_review_and_is_not_counted(
    world: World, commune: str, consultation: str, proof: str | None
) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    content = submission(consultation, card=card)
    (row,) = world.door.as_anonymous().call("submit", batch=batch_text(content), voucher=proof)
    assert row["verdict"] == "created"
    assert stored(world, content) == ("review", ["unchecked"])
    counts = tally(world, consultation)
    assert (counts["accepted"], counts["in_review"], counts["carded_possible"], counts["uncarded"]) == (0, 1, 0, 0)


def test_a_stranger_who_guesses_a_card_does_not_take_the_child_s_place(
    world: World, commune: str, consultation: str
) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    world.door.as_anonymous().call("submit", batch=batch_text(submission(consultation, card=card)), voucher=None)
    hers = submission(consultation, card=card)
    submit(world.door, hers)
    assert stored(world, hers) == ("accepted", [])
    assert tally(world, consultation)["carded_possible"] == 1


def test_a_voucher_is_good_for_its_own_text_only(world: World, consultation: str) -> None:
    text, other = batch_text(submission(consultation)), batch_text(submission(consultation, answers={"vui": "có 🐘"}))
    secret = world.door.submission_secret or ""
    for batch, proof, is_good in ((text, voucher(secret, text), True), (other, voucher(secret, text), False)):
        assert world.value("select private.vouched(%s, %s)", batch, proof) is is_good
    assert world.value("select private.vouched(%s, %s)", other, voucher(secret, other)) is True


# Taking back, reviewing, counting or not


def test_what_a_child_takes_back_is_erased_and_stays_gone(world: World, commune: str, consultation: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    content = submission(consultation, card=card)
    submit(world.door, content, submission(consultation))
    anyone = world.door.as_anonymous()
    assert anyone.call("withdraw", receipt="NHAM123456") == [{"withdraw": False}]
    assert anyone.call("withdraw", receipt=content["receipt"].lower()) == [{"withdraw": True}]
    assert anyone.call("withdraw", receipt=content["receipt"]) == [{"withdraw": False}]
    assert submit(world.door, content) == ["gone"]
    assert submit(world.door, {**content, "answers": {}}) == ["gone"]
    left = world.rows("select answers, device_id, content_hash, status from submission where id = %s", content["id"])
    assert left == [({}, None, None, "withdrawn")]
    assert world.value("select count(*) from consultation_participant where submission_id = %s", content["id"]) == 0
    counts = tally(world, consultation)
    assert (counts["received"], counts["carded_possible"], counts["uncarded"]) == (1, 0, 1)
    assert carded_count(world, commune) == 0


def test_after_taking_back_the_card_may_answer_anew(world: World, commune: str, consultation: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    content = submission(consultation, card=card)
    submit(world.door, content)
    world.door.as_anonymous().call("withdraw", receipt=content["receipt"])
    again = submission(consultation, card=card)
    submit(world.door, again)
    assert stored(world, again) == ("accepted", [])
    assert carded_count(world, commune) == 1


def test_a_reviewer_accepts_and_the_counts_go_up_and_down_again(world: World, commune: str, consultation: str) -> None:
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    content = submission(consultation, card=card)
    submit(world.door, content, problems=[{"code": "constraint"}])
    reviewer = world.as_staff("reviewer")
    assert (tally(world, consultation)["accepted"], carded_count(world, commune)) == (0, 0)
    reviewer.call("review_submission", submission=content["id"], accept=True)
    assert (tally(world, consultation)["accepted"], carded_count(world, commune)) == (1, 1)
    reviewer.call("review_submission", submission=content["id"], accept=False)
    assert (tally(world, consultation)["accepted"], carded_count(world, commune)) == (0, 0)


def test_a_consultation_counts_from_principles_and_consent_on(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    consultation = world.new_consultation(administrator, commune, counted=False)
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    submit(world.door, submission(consultation, card=card))

    def counted() -> tuple[bool, int]:
        state = world.value("select counted from consultation where id = %s", consultation)
        return state, carded_count(world, commune)

    assert counted() == (False, 0)
    administrator.call("set_principles", consultation=consultation, principles=PRINCIPLES)
    assert counted() == (False, 0)
    record_consent(administrator, consultation)
    assert counted() == (True, 1)
    administrator.call("set_principles", consultation=consultation, principles=PRINCIPLES[:5])
    assert counted() == (False, 0)
    administrator.call("set_principles", consultation=consultation, principles=PRINCIPLES[::-1])
    assert counted() == (True, 1)
    record_consent(administrator, consultation)
    versions = world.rows(
        "select version from guardian_consent where consultation_id = %s order by version", consultation
    )
    assert versions == [(1,), (2,)]


def test_an_answer_that_arrives_while_counting_is_being_switched_on_is_counted(world: World, commune: str) -> None:
    consultation = world.new_consultation(world.as_staff("administrator"), commune, counted=False)
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    sending = threading.Thread(target=lambda: submit(world.door, submission(consultation, card=card)))
    with psycopg.connect(owner_conninfo(world.door)) as switching:  # type: ignore[arg-type]
        switching.execute("update consultation set principles = %s where id = %s", (PRINCIPLES, consultation))
        switching.execute(
            "insert into guardian_consent (consultation_id, version, method, obtained_on, guardians) "
            "values (%s, 1, 'letter', current_date, 1)",
            (consultation,),
        )
        switching.execute("select private.update_counted(%s)", (consultation,))
        sending.start()
        sending.join(0.4)
    sending.join(10)
    assert carded_count(world, commune) == 1


def test_answers_of_a_community_survey_do_not_count_as_consulted_children(world: World, commune: str) -> None:
    survey = world.new_consultation(world.as_staff("administrator"), commune, kind="community_survey")
    (card,) = world.new_cards(commune, 1, *ten_years_old())
    submit(world.door, submission(survey, card=card))
    assert carded_count(world, commune) == 0
    counts = tally(world, survey)
    world.rows("select private.recount(%s)", survey)
    assert tally(world, survey) == counts


def test_a_receipt_is_never_kept_as_it_is(world: World, consultation: str) -> None:
    content = submission(consultation)
    submit(world.door, content)
    (row,) = world.rows("select to_jsonb(s)::text from submission s where id = %s", content["id"])
    assert content["receipt"] not in row[0]


def test_hard_text_survives(world: World, consultation: str) -> None:
    answers = {"lời": "<script>alert(1)</script> ' \" \\ 🐘 ភាសាខ្មែរ\n\t", "số": 3, "nhiều": ["a", "b"], "trống": ""}
    content = submission(consultation, answers=answers)
    assert submit(world.door, content) == ["created"]
    assert world.value("select answers from submission where id = %s", content["id"]) == json.loads(json.dumps(answers))


def test_a_consultation_that_was_answered_can_be_closed_and_opened_again(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    consultation = world.new_consultation(administrator, commune)
    submit(world.door, submission(consultation))
    administrator.call("close_consultation", consultation=consultation)
    administrator.call("open_consultation", consultation=consultation)
    assert world.rows("select status, closed_at from consultation where id = %s", consultation) == [("open", None)]


def test_presence_is_the_last_that_each_tablet_said(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    consultation = world.new_consultation(administrator, commune)
    device = str(uuid.uuid4())
    for sent in (0, 1):
        world.door.as_anonymous().call(
            "report_presence", consultation=consultation, device=device, begun=2, answering=True, question=3,
            question_count=12, sent=sent, waiting=1,
        )  # fmt: skip
    submit(world.door, submission(consultation))
    (live,) = administrator.call("live_count", consultation=consultation)
    told = {name: live[name] for name in ("tablets", "joined", "answering", "waiting", "sent")}
    assert told == {"tablets": 1, "joined": 2, "answering": 1, "waiting": 1, "sent": 1}


def test_the_day_of_a_consultation_decides_its_year(world: World, commune: str) -> None:
    administrator = world.as_staff("administrator")
    (card,) = world.new_cards(commune, 1, 2014, 6)
    for held_on in (date(2025, 12, 31), date(2026, 1, 1)):
        submit(world.door, submission(world.new_consultation(administrator, commune, held_on=held_on), card=card))
    assert (carded_count(world, commune, 2025), carded_count(world, commune, 2026)) == (1, 1)
