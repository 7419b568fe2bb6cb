"""`rounds create|show` and `rosters generate|publish`: what scripts may count on."""

import json
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from scheduling.models import LeaderOpening, Outbox, Room, Round, Slot, db
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_school, a_year

CSV = """Code;Datum;Van;Tot;Lokaal
anna;31-08-2027;15:00;17:00;12
bas;31-08-2027;15:00;16:40;14
"""


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(any_app: Flask, tmp_path: Path) -> Flask:
    with any_app.app_context():
        a_school()
        a_year()
        three, four = a_class("3", leaders=[a_leader("anna")]), a_class("4", leaders=[a_leader("bas")])
        sami, noor = a_pupil("Sami", three), a_pupil("Noor", four)
        a_guardian("Layla", sami, noor)
        a_guardian("Petra", a_pupil("Daan", three))
        db.session.remove()
    (tmp_path / "tijden.csv").write_text(CSV, encoding="utf-8")
    return any_app


def run(app: Flask, *words: str, exit_code: int = 0):
    """Run a command; its JSON document when it was asked for, else its two outputs."""
    done = app.test_cli_runner().invoke(args=list(words))
    assert done.exit_code == exit_code, done.output + done.stderr
    assert "Traceback" not in done.output
    return json.loads(done.stdout) if "--json" in words else (done.stdout, done.stderr)


def created(app: Flask, tmp_path: Path, *more: str, exit_code: int = 0):
    words = ("rounds", "create", "--kind", "start_conversation", "--name", "Start", "--json")
    return run(app, *words, "--availability", str(tmp_path / "tijden.csv"), *more, exit_code=exit_code)


def test_a_round_has_its_slots_and_says_what_to_look_at(school, tmp_path):
    made = created(school, tmp_path)
    assert made == {"id": 1, "name": "Start", "slots": 11, "warnings": []}
    with school.app_context():
        found = db.session.get(Round, 1)
        assert (found.slot_minutes, found.max_in_a_row, found.mode) == (20, 4, "roster_then_swap")


def test_options_of_a_round_are_kept(school, tmp_path):
    created(
        school, tmp_path, "--classes", "3", "--slot-minutes", "30", "--break-after", "2", "--mode", "pick",
        "--open", "2027-08-23", "--close", "2027-09-10",
    )  # fmt: skip
    with school.app_context():
        found = db.session.get(Round, 1)
        assert (found.slot_minutes, found.max_in_a_row, found.mode) == (30, 2, "pick")
        assert found.opens_at.isoformat() == "2027-08-22T22:00:00+00:00"
        assert found.closes_at.isoformat() == "2027-09-10T22:00:00+00:00"
        assert db.session.query(Slot).count() == 4
        assert db.session.query(LeaderOpening).one().opened_at == found.opens_at


def test_the_last_day_for_wishes_counts_in_and_comes_before_the_talks(school, tmp_path):
    created(school, tmp_path, "--wishes-until", "2027-08-23")
    with school.app_context():
        assert db.session.get(Round, 1).wishes_until.isoformat() == "2027-08-23T22:00:00+00:00"
    late = run(
        school, "rounds", "create", "--name", "Later", "--availability", str(tmp_path / "tijden.csv"),
        "--wishes-until", "2027-08-31", exit_code=1,
    )  # fmt: skip
    assert "Kies een dag vóór dinsdag 31 augustus" in late[1]


def test_a_round_has_the_days_that_were_given_else_those_of_its_file(school, tmp_path):
    created(school, tmp_path, "--first-day", "2027-08-30", "--last-day", "2027-09-17")
    shown = run(school, "rounds", "show", "Start", "--json")
    assert (shown["first_day"], shown["last_day"]) == ("2027-08-30", "2027-09-17")
    half = ("rounds", "create", "--name", "Half", "--availability", str(tmp_path / "tijden.csv"))
    run(school, *half, "--first-day", "2027-08-30", exit_code=2)
    run(school, *half, "--first-day", "2027-08-30", "--last-day", "morgen", exit_code=2)


def test_hours_outside_the_days_of_the_round_make_no_round(school, tmp_path):
    days = ("--first-day", "2027-09-01", "--last-day", "2027-09-17")
    said = created(school, tmp_path, *days, exit_code=1)["error"]
    assert "Rij 2: dinsdag 31 augustus 2027 valt buiten de ronde" in said
    with school.app_context():
        assert db.session.query(Round).count() == 0


def test_a_room_that_the_school_does_not_have_makes_no_round_and_says_which_may_be_meant(school, tmp_path):
    with school.app_context():
        db.session.add_all([Room(name="lokaal 12"), Room(name="lokaal 14")])
        db.session.commit()
    said = created(school, tmp_path, exit_code=1)["error"]
    assert "Rij 2: lokaal “12” staat niet in de lijst van lokalen. Bedoelde u lokaal 12" in said
    assert "Rij 3: lokaal “14” staat niet in de lijst van lokalen. Bedoelde u lokaal 14" in said


def test_two_leaders_in_one_room_are_a_warning(school, tmp_path):
    (tmp_path / "tijden.csv").write_text(CSV.replace(";14", ";12"), encoding="utf-8")
    (warning,) = created(school, tmp_path)["warnings"]
    assert (warning["code"], warning["subject"]) == ("room_shared", "anna, bas")
    assert "dinsdag 31 augustus, 15.00 tot 16.40 uur" in warning["message"]


def test_warnings_say_what_should_be_known(school, tmp_path):
    (tmp_path / "tijden.csv").write_text(CSV.replace("bas;31-08", "anna;12-10"), encoding="utf-8")
    warnings = created(school, tmp_path)["warnings"]
    assert {warning["code"] for warning in warnings} >= {"outside_start_window", "leader_without_times"}
    assert all(warning["message"] for warning in warnings)


@pytest.mark.parametrize(
    "text, said",
    [
        (CSV.replace("bas", "nobody"), "Rij 3"),
        (CSV + "anna;31-08-2027;16:00;18:00;12\n", "Rij 4"),
        (CSV + "anna;26-03-2028;02:10;02:50;12\n", "Rij 4"),
        (CSV + "anna;31-08-2027;18:00;17:00;12\n", "rij 4"),
        ("Naam;Iets\na;b\n", "tijden.csv"),
        ("", "tijden.csv"),
    ],
)
def test_a_file_that_is_wrong_makes_no_round_and_says_where(school, tmp_path, text, said):
    (tmp_path / "tijden.csv").write_text(text, encoding="utf-8")
    assert said in created(school, tmp_path, exit_code=1)["error"]
    with school.app_context():
        assert db.session.query(Round).count() == 0


def test_a_file_that_is_not_there_is_one_sentence(school, tmp_path):
    words = ("rounds", "create", "--name", "Start", "--availability", str(tmp_path / "weg.csv"))
    out, said = run(school, *words, exit_code=1)
    assert out == ""
    assert said.count("\n") == 1


def test_an_unknown_class_or_kind_is_refused(school, tmp_path):
    assert "9" in created(school, tmp_path, "--classes", "3,9", exit_code=1)["error"]
    run(school, "rounds", "create", "--kind", "party", exit_code=2)


def test_from_draft_to_published_talks(school, tmp_path):
    created(school, tmp_path)
    draft = run(school, "rosters", "generate", "Start", "--seed", "3", "--json")
    assert draft == {
        "round": 1, "version": 1, "status": "optimal", "placed": 3, "unplaced": [], "seed": 3,
        "score": {"objective": 0, "sibling_pairs": 1, "sibling_pairs_adjacent": 1}, "bound": {"objective": 0},
    }  # fmt: skip
    shown = run(school, "rounds", "show", "1", "--json")
    assert all(slot["booking"] is None for slot in shown["slots"])
    assert run(school, "rosters", "publish", "Start", "--json") == {
        "published": ["anna", "bas"],
        "changed_meanwhile": [],
    }
    shown = run(school, "rounds", "show", "Start", "--json")
    assert (shown["round"], len(shown["slots"])) == (1, 11)
    first = shown["slots"][0]
    assert (first["leader"], first["room"], first["starts_at"]) == ("anna", "12", "2027-08-31T15:00+02:00")
    bookings = [slot["booking"] for slot in shown["slots"] if slot["booking"]]
    assert len(bookings) == 3
    assert {booking["status"] for booking in bookings} == {"invited"}
    assert all(booking["ical_sequence"] == 0 and booking["ical_uid"].endswith("@driehoek") for booking in bookings)
    assert all(
        set(booking) == {"id", "pupil", "household", "status", "ical_uid", "ical_sequence"} for booking in bookings
    )
    with school.app_context():
        assert db.session.query(Outbox).count() == 0


def test_who_has_no_place_is_told_with_the_reason(school, tmp_path):
    (tmp_path / "tijden.csv").write_text(CSV.replace("17:00", "15:20"), encoding="utf-8")
    created(school, tmp_path)
    draft = run(school, "rosters", "generate", "Start", "--json")
    assert (draft["placed"], [talk["reason"] for talk in draft["unplaced"]]) == (2, ["leader_full"])


def test_a_leader_who_changed_meanwhile_is_left_out_and_nobody_left_is_a_refusal(school, tmp_path):
    created(school, tmp_path)
    run(school, "rosters", "generate", "Start", "--json")
    with school.app_context():
        for slot in db.session.query(Slot).filter(Slot.room == "14"):
            slot.version += 1
        db.session.commit()
    assert run(school, "rosters", "publish", "Start", "--json") == {"published": ["anna"], "changed_meanwhile": ["bas"]}
    again = run(school, "rosters", "publish", "Start", "--version", "1", "--json", exit_code=1)
    assert again == {"published": [], "changed_meanwhile": ["bas"]}
    said = school.test_cli_runner().invoke(args=["rosters", "publish", "Start", "--version", "1"]).stderr
    assert "rosters generate “Start”" in said, "and what to do next"
    assert run(school, "rosters", "generate", "Start", "--seconds", "5", "--json")["unplaced"] == []
    assert run(school, "rosters", "publish", "Start", "--json") == {"published": ["bas"], "changed_meanwhile": []}


@pytest.mark.parametrize("words", [("rounds", "show"), ("rosters", "generate"), ("rosters", "publish")])
def test_a_round_that_is_not_there_is_one_clear_sentence(school, words):
    assert "Nergens" in run(school, *words, "Nergens", "--json", exit_code=1)["error"]


def test_publishing_without_a_draft_says_what_to_do(school, tmp_path):
    created(school, tmp_path)
    assert "concept" in run(school, "rosters", "publish", "Start", "--json", exit_code=1)["error"]


def test_every_command_explains_itself(app: Flask):
    for words in (
        ("rounds",),
        ("rounds", "create"),
        ("rounds", "show"),
        ("rosters", "generate"),
        ("rosters", "publish"),
    ):
        out, _ = run(app, *words, "--help")
        assert "Usage" in out
