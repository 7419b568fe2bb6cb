"""The office announces a round and gives it times."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from scheduling.domain.hours import FileUnreadable, Hours, HoursFaultKind, HoursRefused, SlotsHeld, WarningKind
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import (
    ClosesBeforeItOpens,
    HasATalk,
    NoClasses,
    NoSuchClass,
    NotInThisRound,
    NoYearFor,
    OutOfRange,
    PeriodInWrongOrder,
    PeriodOutsideYear,
    ReasonNeeded,
    RoundMode,
    RoundNameTaken,
    TalksOutsidePeriod,
)
from scheduling.domain.timeslots import local, moment_at, span_at
from scheduling.domain.years import Period
from scheduling.models import (
    ClassGroup,
    JournalLine,
    LeaderOpening,
    Outbox,
    Room,
    Round,
    RoundExclusion,
    SchoolYear,
    Slot,
    db,
)
from scheduling.queries import rounds as asking
from scheduling.services import rounds
from scheduling.wording.refusals import sentence
from tests.builders import (
    NOW,
    START_WINDOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    some_slots,
)

TUESDAY = date(2027, 8, 31)
SEPTEMBER = Period(TUESDAY, date(2027, 9, 30))
pytestmark = pytest.mark.usefixtures("any_context")


def an_afternoon(leader: str = "anna", *, day: date = TUESDAY, starts: str = "15:00", ends: str = "17:00",
                 room: str = "", row: int = 2) -> Hours:  # fmt: skip
    return Hours(leader, day, time.fromisoformat(starts), time.fromisoformat(ends), room, row)


def announced(*hours: Hours, now: datetime = NOW, **plan: object) -> rounds.Created:
    return rounds.create(plan=rounds.Plan(**{"name": "Startgesprekken", **plan}), hours=hours, by=SYSTEM, now=now)


@pytest.fixture
def anna(any_context):
    a_school()
    a_year()
    leader = a_leader("anna")
    a_class("3", leaders=[leader])
    return leader


def anna_class() -> ClassGroup:
    return db.session.query(ClassGroup).filter_by(name="3").one()


def slots_of(round_id: int) -> list[Slot]:
    return db.session.query(Slot).filter_by(round_id=round_id).order_by(Slot.leader_id, Slot.starts_at).all()


def test_an_afternoon_of_two_hours_gives_six_talks_of_twenty_minutes(anna):
    made = announced(an_afternoon())
    slots = slots_of(made.id)
    assert made.slots == len(slots) == 6
    assert [f"{local(slot.starts_at):%H:%M}" for slot in slots] == [
        "15:00",
        "15:20",
        "15:40",
        "16:00",
        "16:20",
        "16:40",
    ]


def test_hours_without_a_room_are_held_in_the_leaders_own_classroom(anna):
    made = announced(an_afternoon(), an_afternoon(day=date(2027, 9, 1), room="aula"))
    assert [slot.room for slot in slots_of(made.id)] == ["lokaal 3"] * 6 + ["aula"] * 6


def test_the_days_of_the_hours_say_which_school_year_a_round_belongs_to(anna):
    a_year("2028-2029")
    made = announced(an_afternoon())
    assert db.session.get(Round, made.id).year_id == 1


def test_hours_outside_every_school_year_are_refused(anna):
    with pytest.raises(NoYearFor):
        announced(an_afternoon(day=date(2031, 9, 1)))


def test_a_round_is_for_all_classes_unless_some_are_named(anna):
    a_class("4", leaders=[a_leader("bas")])
    everybody = announced()
    some = rounds.create(plan=rounds.Plan("Groep 4"), classes=["4"], by=SYSTEM, now=NOW)
    assert len(db.session.get(Round, everybody.id).classes) == 2
    assert len(db.session.get(Round, some.id).classes) == 1


def test_a_class_that_is_not_there_is_named(anna):
    with pytest.raises(NoSuchClass) as refusal:
        rounds.create(plan=rounds.Plan("Groep 9"), classes=["3", "9"], by=SYSTEM, now=NOW)
    assert refusal.value.names == ("9",)


def test_a_year_without_classes_has_no_round(any_context):
    a_school()
    a_year()
    with pytest.raises(NoClasses):
        announced()


def test_two_rounds_of_a_year_have_different_names(anna):
    announced()
    with pytest.raises(RoundNameTaken):
        announced()


@pytest.mark.parametrize("numbers", [{"slot_minutes": 4}, {"max_in_a_row": 41}, {"lead_time_hours": -1}])
def test_numbers_that_make_no_sense_are_refused(anna, numbers):
    with pytest.raises(OutOfRange):
        announced(**numbers)


def test_a_round_cannot_close_before_it_opens(anna):
    with pytest.raises(ClosesBeforeItOpens):
        announced(opens_at=NOW, closes_at=NOW)


def test_a_round_has_the_days_that_were_chosen_else_those_of_its_hours_else_the_start_window(anna):
    chosen = announced(an_afternoon(), name="Gekozen", period=SEPTEMBER)
    by_hours = announced(an_afternoon(day=date(2027, 9, 7)), an_afternoon(day=date(2027, 9, 14)), name="Uit de tijden")
    by_window = announced(name="Nog zonder tijden")
    found = {made.id: db.session.get(Round, made.id).period for made in (chosen, by_hours, by_window)}
    assert list(found.values()) == [SEPTEMBER, Period(date(2027, 9, 7), date(2027, 9, 14)), START_WINDOW]


@pytest.mark.parametrize(
    "first, last, refusal",
    [
        (date(2027, 9, 2), date(2027, 9, 1), PeriodInWrongOrder),
        (date(2027, 7, 1), date(2027, 9, 1), PeriodOutsideYear),
        (date(2028, 7, 1), date(2028, 9, 1), PeriodOutsideYear),
    ],
)
def test_days_of_a_round_follow_each_other_within_the_year(anna, first, last, refusal):
    year = db.session.query(SchoolYear).one()
    with pytest.raises(refusal):
        rounds.create(
            plan=rounds.Plan("Start", period=Period(first, last)), year_id=year.id, by=SYSTEM, now=NOW
        )  # fmt: skip


def test_hours_outside_the_days_of_the_round_are_refused_with_their_row(anna):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(), an_afternoon("nobody", row=3), an_afternoon(day=date(2027, 10, 1), row=4),
                  period=SEPTEMBER)  # fmt: skip
    assert [(fault.kind, fault.hours.row) for fault in refusal.value.faults] == [
        (HoursFaultKind.UNKNOWN_LEADER, 3),
        (HoursFaultKind.OUTSIDE_PERIOD, 4),
    ]
    made = announced(an_afternoon(), period=SEPTEMBER)
    with pytest.raises(HoursRefused):
        rounds.set_hours(round_id=made.id, hours=[an_afternoon(day=date(2027, 10, 1))], by=SYSTEM, now=NOW)
    assert len(slots_of(made.id)) == 6


def changed(round_id: int, period: Period) -> int:
    plan = rounds.Plan("Startgesprekken", period=period)
    return rounds.change(round_id=round_id, plan=plan, by=SYSTEM, now=NOW)


def test_a_talk_goes_to_another_room_with_its_time_and_who_knew_of_it_hears_so(anna):
    made = announced(an_afternoon(room="12"))
    start, slots = db.session.get(Round, made.id), slots_of(made.id)
    sami, noor = a_pupil("Sami", anna_class()), a_pupil("Noor", anna_class())
    a_guardian("Layla", sami)
    a_guardian("Petra", noor)
    told, untold = a_booking(start, sami, slots[0], slots[1]), a_booking(start, noor, slots[3])
    told.invited_at = NOW
    db.session.commit()
    offered = rounds.set_hours(round_id=made.id, hours=[an_afternoon(room="aula")], by=SYSTEM, now=NOW)
    assert (offered.added, offered.removed, offered.rehoused) == (0, 0, 2)
    assert [(talk.room, talk.ical_sequence) for talk in (told, untold)] == [("aula", 1), ("aula", 1)]
    assert {slot.room for slot in slots_of(made.id)} == {"aula"}
    letter = db.session.query(Outbox).one()
    assert (letter.letter, letter.booking_id, letter.facts["was"]["room"]) == (Letter.CHANGED, told.id, "12")
    again = rounds.set_hours(round_id=made.id, hours=[an_afternoon(room="Aula ")], by=SYSTEM, now=NOW)
    assert (again.rehoused, told.ical_sequence, db.session.query(Outbox).count()) == (0, 1, 1)


def test_a_talk_that_was_held_stays_in_the_room_where_it_was(anna):
    made = announced(an_afternoon(room="12"))
    talk = a_booking(db.session.get(Round, made.id), a_pupil("Sami", anna_class()), slots_of(made.id)[0])
    later = talk.ends_at
    offered = rounds.set_hours(round_id=made.id, hours=[an_afternoon(room="aula")], by=SYSTEM, now=later)
    assert (offered.rehoused, talk.room) == (0, "12")


def test_a_shorter_round_lets_go_of_its_free_times_outside_and_says_how_many(anna):
    made = announced(an_afternoon(), an_afternoon(day=date(2027, 9, 7)))
    assert changed(made.id, Period(TUESDAY, TUESDAY)) == 6
    assert {local(slot.starts_at).date() for slot in slots_of(made.id)} == {TUESDAY}
    assert changed(made.id, SEPTEMBER) == 0
    assert db.session.get(Round, made.id).period == SEPTEMBER


def test_a_talk_never_falls_outside_its_round(anna):
    made = announced(an_afternoon(), an_afternoon(day=date(2027, 9, 7)), an_afternoon(day=date(2027, 9, 14)))
    start, slots = db.session.get(Round, made.id), slots_of(made.id)
    a_booking(start, a_pupil("Sami", anna_class()), slots[6], slots[7])
    a_booking(start, a_pupil("Noor", anna_class()), slots[12])
    with pytest.raises(TalksOutsidePeriod) as refusal:
        changed(made.id, Period(TUESDAY, TUESDAY))
    assert (refusal.value.talks, refusal.value.days) == (2, (date(2027, 9, 7), date(2027, 9, 14)))
    assert db.session.get(Round, made.id).period == Period(TUESDAY, date(2027, 9, 14))
    assert len(slots_of(made.id)) == 18


def test_the_last_evening_of_a_round_belongs_to_it(anna):
    late = an_afternoon(starts="23:00", ends="23:40")
    made = announced(late)
    assert changed(made.id, Period(TUESDAY, TUESDAY)) == 0
    assert len(slots_of(made.id)) == 2


@pytest.fixture
def listed(anna):
    """The school has a list of its rooms."""
    db.session.add_all([Room(name=name) for name in ("Lokaal 3", "Lokaal 12", "Aula")])
    db.session.commit()


def test_a_school_without_a_list_of_rooms_writes_what_it_likes(anna):
    made = announced(an_afternoon(room="achter de gymzaal"))
    assert {slot.room for slot in slots_of(made.id)} == {"achter de gymzaal"}


def test_a_room_that_is_not_on_the_list_is_refused_with_what_may_have_been_meant(anna, listed):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(room="12"), an_afternoon(day=date(2027, 9, 1), room="Auls", row=3))
    assert [(fault.kind, fault.hours.row, fault.near) for fault in refusal.value.faults] == [
        (HoursFaultKind.UNKNOWN_ROOM, 2, ("Lokaal 12",)),
        (HoursFaultKind.UNKNOWN_ROOM, 3, ("Aula",)),
    ]
    assert db.session.query(Round).count() == 0


def test_a_room_is_kept_as_the_list_spells_it(anna, listed):
    made = announced(an_afternoon(room="AULA "), an_afternoon(day=date(2027, 9, 1)))
    assert {slot.room for slot in slots_of(made.id)} == {"Aula", "Lokaal 3"}


def warnings_about_rooms(round_id: int) -> list[tuple[WarningKind, str, object]]:
    kinds = (WarningKind.ROOM_UNKNOWN, WarningKind.ROOM_SHARED)
    return [
        (warning.kind, warning.subject, warning.facts["room"])
        for warning in asking.warnings_of(round_id, NOW)
        if warning.kind in kinds
    ]


def test_two_leaders_in_one_room_at_the_same_time_give_one_warning(anna):
    a_class("4", leaders=[a_leader("bas")])
    made = announced(
        an_afternoon(room="aula"), an_afternoon("bas", starts="16:00", ends="18:00", room="Aula", row=3),
        an_afternoon("bas", starts="18:00", ends="19:00", room="aula", row=4),
    )  # fmt: skip
    assert warnings_about_rooms(made.id) == []
    db.session.add(Room(name="Aula"))
    db.session.commit()
    (warning,) = [found for found in asking.warnings_of(made.id, NOW) if found.kind is WarningKind.ROOM_SHARED]
    assert (warning.subject, warning.facts["room"]) == ("anna, bas", "Aula")
    assert warning.facts["spans"] == (span_at(TUESDAY, time(16), time(17)),)


def test_a_leader_of_another_round_may_be_in_the_room_already(anna):
    bas = a_leader("bas")
    other = a_round("Groep 4", classes=[a_class("4", leaders=[bas])])
    some_slots(other, bas, room="aula", count=3)
    made = rounds.create(
        plan=rounds.Plan("Groep 3"), classes=["3"], hours=[an_afternoon(room="aula")], by=SYSTEM, now=NOW
    )
    assert warnings_about_rooms(made.id) == [(WarningKind.ROOM_SHARED, "anna, bas", "aula")]


def test_rooms_of_one_name_at_two_locations_are_two_rooms(anna):
    four = a_class("4", leaders=[a_leader("bas")])
    four.location = "Dorpsstraat"
    db.session.add_all([Room(name="lokaal 1", location=""), Room(name="lokaal 1", location="Dorpsstraat")])
    db.session.commit()
    made = announced(an_afternoon(room="lokaal 1"), an_afternoon("bas", room="lokaal 1", row=3))
    assert warnings_about_rooms(made.id) == []


def test_a_room_that_left_the_list_or_never_was_on_it_is_pointed_out(anna):
    made = announced(an_afternoon(room="achter de gymzaal"))
    db.session.add(Room(name="aula"))
    db.session.commit()
    assert warnings_about_rooms(made.id) == [(WarningKind.ROOM_UNKNOWN, "anna", "achter de gymzaal")]


def test_an_unknown_code_is_refused_with_its_row_and_nothing_is_kept(anna):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(), an_afternoon("ana", row=3))
    assert [(fault.kind, fault.hours.row) for fault in refusal.value.faults] == [(HoursFaultKind.UNKNOWN_LEADER, 3)]
    assert db.session.query(Round).count() == 0


def test_hours_of_one_leader_never_overlap(anna):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(row=2), an_afternoon(starts="16:00", ends="18:00", row=3))
    (fault,) = refusal.value.faults
    assert (fault.kind, fault.hours.row, fault.other) == (HoursFaultKind.OVERLAP, 3, "2")


def test_a_time_that_the_clock_jumps_over_is_refused(anna):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(day=date(2028, 3, 26), starts="02:10", ends="02:50"))
    assert refusal.value.faults[0].kind is HoursFaultKind.NO_SUCH_TIME


def test_new_hours_on_an_evening_that_has_been_are_refused_with_their_row_and_nothing_is_kept(anna):
    now = moment_at(date(2027, 9, 1), time(12))
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(row=2), an_afternoon(day=date(2027, 9, 2), row=3), now=now)
    (fault,) = refusal.value.faults
    assert (fault.kind, fault.hours.row) == (HoursFaultKind.OVER, 2)
    assert "al geweest" in sentence(refusal.value)
    assert db.session.query(Slot).count() == 0
    made = announced(an_afternoon(row=2), an_afternoon(day=date(2027, 9, 2), row=3))
    typed_again = [an_afternoon(row=2), an_afternoon(day=date(2027, 9, 2), ends="16:00", row=3)]
    rounds.set_hours(round_id=made.id, hours=typed_again, by=SYSTEM, now=now)
    assert [local(slot.starts_at).day for slot in db.session.query(Slot).order_by(Slot.starts_at)] == [31] * 6 + [2] * 3


def test_hours_that_end_before_they_start_are_refused(anna):
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(starts="17:00", ends="15:00"))
    assert refusal.value.faults[0].kind is HoursFaultKind.ENDS_BEFORE


def test_a_leaders_times_in_another_round_stay_hers(anna):
    announced(an_afternoon())
    with pytest.raises(HoursRefused) as refusal:
        announced(an_afternoon(starts="16:30", ends="18:00"), name="Nog een ronde")
    assert (refusal.value.faults[0].kind, refusal.value.faults[0].other) == (HoursFaultKind.TAKEN, "Startgesprekken")


def test_a_colleague_without_a_class_in_the_round_is_passed_over_with_a_warning(anna):
    a_leader("ib")
    made = announced(an_afternoon("ib"))
    assert made.slots == 0
    assert [(warning.kind, warning.subject) for warning in made.warnings] == [(WarningKind.LEADS_NO_CLASS, "ib")]


def test_a_stretch_too_short_for_a_talk_gives_a_warning(anna):
    made = announced(an_afternoon(ends="15:15"))
    assert [warning.kind for warning in made.warnings] == [WarningKind.TOO_SHORT]


def test_typing_the_same_hours_again_changes_nothing(anna):
    made = announced(an_afternoon())
    offered = rounds.set_hours(round_id=made.id, hours=[an_afternoon()], by=SYSTEM, now=NOW)
    assert (offered.added, offered.removed, len(slots_of(made.id))) == (0, 0, 6)


def test_new_hours_of_a_week_take_the_place_of_the_old_ones_and_leave_other_weeks_alone(anna):
    made = announced(an_afternoon(), an_afternoon(day=date(2027, 9, 7)))
    week = span_at(date(2027, 8, 31), time(0), time(23, 59))
    offered = rounds.set_hours(
        round_id=made.id, hours=[an_afternoon(starts="18:00", ends="19:00")], leaders=["anna"], within=week,
        by=SYSTEM, now=NOW,
    )  # fmt: skip
    assert (offered.added, offered.removed, len(slots_of(made.id))) == (3, 6, 9)


def test_a_time_with_a_talk_is_never_taken_away(anna):
    made = announced(an_afternoon())
    first = slots_of(made.id)[0]
    a_booking(db.session.get(Round, made.id), a_pupil("Sami", anna_class()), first)
    with pytest.raises(SlotsHeld) as refusal:
        rounds.set_hours(round_id=made.id, hours=[an_afternoon(starts="16:00")], by=SYSTEM, now=NOW)
    assert refusal.value.starts == (first.starts_at,)
    assert len(slots_of(made.id)) == 6


def test_opening_shows_the_times_of_every_leader_once(anna):
    made = announced(an_afternoon())
    assert rounds.open_for_picking(round_id=made.id, by=SYSTEM, now=NOW) == [anna.id]
    assert rounds.open_for_picking(round_id=made.id, by=SYSTEM, now=NOW) == []


def test_a_round_to_pick_from_opens_at_the_moment_that_was_set(anna):
    opens = datetime(2027, 8, 24, 6, 0, tzinfo=NOW.tzinfo)
    made = announced(an_afternoon(), mode=RoundMode.PICK, opens_at=opens)
    assert db.session.get(LeaderOpening, (made.id, anna.id)).opened_at == opens


def test_a_family_is_left_out_only_with_a_reason_that_is_kept(anna):
    made = announced(an_afternoon())
    sami = a_pupil("Sami", anna_class())
    with pytest.raises(ReasonNeeded):
        rounds.exclude(round_id=made.id, pupil_id=sami.id, reason="  ", by=SYSTEM, now=NOW)
    rounds.exclude(round_id=made.id, pupil_id=sami.id, reason="gesprek was al in juni", by=SYSTEM, now=NOW)
    assert db.session.get(RoundExclusion, (made.id, sami.id)).reason == "gesprek was al in juni"
    rounds.include(round_id=made.id, pupil_id=sami.id, by=SYSTEM, now=NOW)
    assert db.session.get(RoundExclusion, (made.id, sami.id)) is None


def test_a_pupil_of_another_class_cannot_be_left_out(anna):
    a_class("4")
    made = rounds.create(plan=rounds.Plan("Groep 4"), classes=["4"], by=SYSTEM, now=NOW)
    with pytest.raises(NotInThisRound):
        rounds.exclude(
            round_id=made.id, pupil_id=a_pupil("Sami", anna_class()).id, reason="vergissing", by=SYSTEM, now=NOW
        )


def test_a_family_with_a_talk_is_not_left_out(anna):
    found = a_round(classes=[anna_class()])
    sami = a_pupil("Sami", anna_class())
    a_booking(found, sami, some_slots(found, anna)[0])
    with pytest.raises(HasATalk):
        rounds.exclude(round_id=found.id, pupil_id=sami.id, reason="toch niet", by=SYSTEM, now=NOW)


def test_every_act_of_the_office_is_written_down(anna):
    made = announced(an_afternoon())
    rounds.open_for_picking(round_id=made.id, by=SYSTEM, now=NOW)
    assert [line.action for line in db.session.query(JournalLine).order_by(JournalLine.id)] == [
        "rounds.create",
        "rounds.open",
    ]


def test_a_file_of_availability_becomes_hours(anna, tmp_path: Path):
    file = tmp_path / "tijden.csv"
    file.write_text("Code;Datum;Van;Tot;Lokaal\nanna;31-08-2027;15:00;17:00;12\n", encoding="utf-8")
    assert rounds.read_hours(file) == [an_afternoon(room="12", row=2)]


@pytest.mark.parametrize(
    "text", ["Code;Datum;Van;Tot;Lokaal\nanna;31-08-2027;17:00;15:00;12\n", "Lokaal;Verdieping\n1;0\n"]
)
def test_a_file_that_is_something_else_is_refused(anna, tmp_path: Path, text: str):
    file = tmp_path / "tijden.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FileUnreadable):
        rounds.read_hours(file)
