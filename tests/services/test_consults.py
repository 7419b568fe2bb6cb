"""A contact parent and a mentor agree when they consult: a series in both calendars, and nothing of what is said."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from sqlalchemy import select

from scheduling.domain.consults import (
    ConsultClashes,
    ConsultMinutes,
    ConsultOnFreeDay,
    ConsultOutsideYear,
    ConsultOver,
    ConsultState,
    ConsultUnderWay,
    ConsultUntilMissing,
    Rhythm,
    Wanted,
    days_of,
)
from scheduling.domain.contact_parents import Reach
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.domain.years import DayKind, Period
from scheduling.mail.family_agendas import family_calendar
from scheduling.mail.letters import write
from scheduling.models import Booking, ClassContact, Consult, Enrolment, Outbox, PlannedDate, SchoolDay, db
from scheduling.queries.consults import consults_of_parent
from scheduling.queries.family import family_of
from scheduling.queries.family_feeds import find_family_feed
from scheduling.queries.family_year import Sort, YearItem, home_now
from scheduling.queries.feeds import find_agenda
from scheduling.queries.letters import find_letter
from scheduling.services import consults, contact_parents, family_feeds, people
from tests.builders import NOW
from tests.mail.facts import PAPER
from tests.worlds import World, a_world

YEAR = Period(date(2027, 8, 1), date(2028, 7, 31))
AUTUMN = Period(date(2027, 10, 16), date(2027, 10, 24))
STUDY = Period(date(2027, 9, 27), date(2027, 9, 27))
MONDAY = date(2027, 9, 6)
TODAY = date(2027, 8, 20)
WEEKLY = Wanted(Rhythm.WEEKLY, MONDAY, date(2027, 11, 8), time(15, 30))


@pytest.fixture
def world(context) -> World:
    return with_a_contact_parent()


@pytest.fixture
def either_world(any_context) -> World:
    return with_a_contact_parent()


def with_a_contact_parent() -> World:
    made = a_world()
    contact_parents.say_yes(
        class_id=made.three.id, shown_as="Layla", reach=Reach.FORM, by=layla(made), now=NOW
    )  # fmt: skip
    return made


def layla(world: World) -> Actor:
    return Actor(ActorKind.GUARDIAN, world.layla.id)


def bas(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.bas.id)


def propose(world: World, by: Actor, wanted: Wanted = WEEKLY) -> int:
    contact = db.session.scalars(select(ClassContact.id)).one()
    return consults.propose(contact_id=contact, staff_id=world.bas.id, wanted=wanted, by=by, now=NOW)


def agreed(world: World) -> Consult:
    made = propose(world, layla(world))
    consults.answer(consult_id=made, yes=True, by=bas(world), now=NOW)
    return db.session.get_one(Consult, made)


def letters(letter: Letter) -> list[Outbox]:
    db.session.rollback()
    return list(db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id)))


def in_calendar(row: Outbox) -> list[datetime]:
    """Every time that a calendar shows for this letter: the rule without what it leaves out, and what was moved."""
    data = write(find_letter(row.id, NOW), token="t", paper=PAPER).calendar
    assert data
    calendar = icalendar.Calendar.from_ical(data)
    master, *moved = list(vobject.readOne(data.decode()).vevent_list)
    times = {one.replace(tzinfo=None) for one in master.getrruleset(addRDate=True)}
    events = list(calendar.walk("VEVENT"))
    for event in events[1:]:
        times.remove(event["RECURRENCE-ID"].dt.replace(tzinfo=None))
        times.add(event["DTSTART"].dt.replace(tzinfo=None))
    assert len(events) == len(moved) + 1
    assert len({str(event["UID"]) for event in events}) == 1
    return sorted(one.replace(tzinfo=ZoneInfo("Europe/Amsterdam")) for one in times)


def days(rhythm: Rhythm, until: date = date(2027, 12, 20), free: tuple[Period, ...] = (AUTUMN, STUDY)) -> list[str]:
    wanted = Wanted(rhythm, MONDAY, until, time(15, 30))
    return [f"{day:%d-%m}" for day in days_of(wanted, free, YEAR, TODAY)]


def test_each_rhythm_leaves_out_holidays_and_closed_days():
    assert days(Rhythm.ONCE) == ["06-09"]
    assert days(Rhythm.WEEKLY, date(2027, 11, 1)) == ["06-09", "13-09", "20-09", "04-10", "11-10", "25-10", "01-11"]
    assert days(Rhythm.TWO_WEEKLY, date(2027, 11, 1)) == ["06-09", "20-09", "04-10", "01-11"]
    assert days(Rhythm.MONTHLY) == ["06-09", "04-10", "01-11", "29-11"]
    assert days(Rhythm.MONTHLY_WEEKDAY) == ["06-09", "04-10", "01-11", "06-12"]
    assert days(Rhythm.PER_PERIOD) == ["06-09", "25-10"]
    assert days(Rhythm.TWICE_PER_PERIOD) == ["06-09", "04-10", "25-10", "29-11"]


def test_each_month_on_a_date_goes_on_to_the_next_school_day():
    wanted = Wanted(Rhythm.MONTHLY_DATE, date(2027, 8, 31), date(2027, 12, 31), time(15, 30))
    holiday = Period(date(2027, 11, 29), date(2027, 12, 3))
    assert [f"{day:%d-%m}" for day in days_of(wanted, (AUTUMN, holiday), YEAR, TODAY)] == [
        "31-08", "30-09", "01-11", "06-12", "31-12",
    ]  # fmt: skip


def test_a_fifth_weekday_is_the_last_of_a_month_with_four():
    wanted = Wanted(Rhythm.MONTHLY_WEEKDAY, date(2027, 8, 31), date(2027, 12, 28), time(15, 30))
    assert [f"{day:%d-%m}" for day in days_of(wanted, (), YEAR, TODAY)] == [
        "31-08", "28-09", "26-10", "30-11", "28-12",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        (Wanted(Rhythm.ONCE, date(2027, 10, 18), MONDAY, time(15)), ConsultOnFreeDay),
        (Wanted(Rhythm.ONCE, date(2027, 9, 4), MONDAY, time(15)), ConsultOnFreeDay),
        (Wanted(Rhythm.ONCE, TODAY, MONDAY, time(15)), ConsultOutsideYear),
        (Wanted(Rhythm.WEEKLY, MONDAY, date(2028, 9, 1), time(15)), ConsultOutsideYear),
        (Wanted(Rhythm.WEEKLY, MONDAY, date(2027, 9, 1), time(15)), ConsultOutsideYear),
        (Wanted(Rhythm.WEEKLY, MONDAY, None, time(15)), ConsultUntilMissing),
        (Wanted(Rhythm.ONCE, MONDAY, MONDAY, time(15), 5), ConsultMinutes),
    ],
)
def test_what_cannot_be_is_named(wanted, refused):
    with pytest.raises(refused):
        days_of(wanted, (AUTUMN,), YEAR, TODAY)


def test_one_proposes_and_only_the_other_says_yes(either_world):
    world = either_world
    made = propose(world, layla(world))
    assert [row.facts["what"] for row in letters(Letter.CONTACT_NOTICE)] == ["yes", "consult_asked"]
    with pytest.raises(ConsultOver):
        consults.answer(consult_id=made, yes=True, by=layla(world), now=NOW)
    with pytest.raises(ConsultUnderWay):
        propose(world, bas(world))
    for stranger in (Actor(ActorKind.STAFF, world.karin.id), Actor(ActorKind.GUARDIAN, world.petra.id)):
        with pytest.raises(NotFound):
            consults.answer(consult_id=made, yes=True, by=stranger, now=NOW)
    assert letters(Letter.CONSULT) == []
    consults.answer(consult_id=made, yes=True, by=bas(world), now=NOW)
    assert [row.guardian_id for row in letters(Letter.CONSULT)] == [world.layla.id]


def test_a_no_leaves_room_for_another_proposal(world):
    made = propose(world, bas(world))
    consults.answer(consult_id=made, yes=False, by=layla(world), now=NOW)
    assert db.session.get_one(Consult, made).state is ConsultState.DECLINED
    propose(world, layla(world))


def test_it_stands_in_both_calendars_at_the_hour_of_the_school_also_in_winter(world):
    row = agreed(world)
    (letter,) = letters(Letter.CONSULT)
    shown = in_calendar(letter)
    assert {f"{one:%H:%M}" for one in shown} == {"15:30"}
    assert [one.date() for one in shown] == [one.day for one in db.session.get_one(Consult, row.id).dates]
    agenda = find_agenda(world.bas.id, NOW)
    assert [day.starts_at for one in agenda.consults for day in one.days] == shown
    assert find_agenda(world.karin.id, NOW).consults == ()


def test_one_time_is_moved_and_one_falls_out_in_the_same_entry(world):
    row = agreed(world)
    second, third = db.session.get_one(Consult, row.id).dates[1:3]
    asks = {"consult_id": row.id, "by": layla(world), "now": NOW}
    consults.cancel_date(date_id=second.id, **asks)
    consults.move_date(date_id=third.id, to=moment_at(third.day + timedelta(days=1), time(9)), **asks)
    with pytest.raises(ConsultOver):
        consults.cancel_date(date_id=second.id, **asks)
    with pytest.raises(ConsultOutsideYear):
        consults.move_date(date_id=third.id, to=NOW - timedelta(days=1), **asks)
    first, _second, newest = letters(Letter.CONSULT)
    assert find_letter(first.id, NOW).stop is not None, "only the newest leaves"
    shown = in_calendar(newest)
    assert second.day not in [one.date() for one in shown]
    assert third.day not in [one.date() for one in shown]
    assert f"{local(third.starts_at):%d-%m %H:%M}" in [f"{one:%d-%m %H:%M}" for one in shown]
    assert newest.sequence > first.sequence


def test_the_only_time_that_falls_out_leaves_the_calendar(world):
    made = propose(world, layla(world), Wanted(Rhythm.ONCE, MONDAY, None, time(15, 30)))
    consults.answer(consult_id=made, yes=True, by=bas(world), now=NOW)
    (only,) = db.session.get_one(Consult, made).dates
    consults.cancel_date(consult_id=made, date_id=only.id, by=layla(world), now=NOW)
    assert len(letters(Letter.CONSULT)) == 1
    assert len(letters(Letter.CONSULT_OFF)) == 1
    assert [row.facts["what"] for row in letters(Letter.CONTACT_NOTICE)][-1] == "consult_ended"
    assert find_agenda(world.bas.id, NOW).consults == ()
    propose(world, layla(world))


def test_it_ends_as_a_whole_and_leaves_the_calendar(world):
    row = agreed(world)
    consults.end(consult_id=row.id, by=bas(world), now=NOW)
    (off,) = letters(Letter.CONSULT_OFF)
    assert b"METHOD:CANCEL" in (write(find_letter(off.id, NOW), token="t", paper=PAPER).calendar or b"")
    assert find_letter(off.id, NOW).stop is None
    assert letters(Letter.CONTACT_SAID) == [], "the contact parent reads it once"
    assert find_agenda(world.bas.id, NOW).consults == ()


def test_a_proposal_that_is_taken_back_is_told_without_a_calendar(world):
    made = propose(world, bas(world))
    consults.end(consult_id=made, by=bas(world), now=NOW)
    assert [row.facts["what"] for row in letters(Letter.CONTACT_SAID)] == ["consult_asked", "consult_ended"]
    assert letters(Letter.CONSULT_OFF) == []


def test_consent_withdrawn_takes_it_out_of_both_calendars_at_once(world):
    agreed(world)
    contact_parents.say_no(class_id=world.three.id, by=layla(world), now=NOW)
    (off,) = letters(Letter.CONSULT_OFF)
    assert find_letter(off.id, NOW).stop is None
    assert find_agenda(world.bas.id, NOW).consults == ()


def test_it_ends_by_itself_when_the_child_leaves_the_class_or_another_leads_it(either_world):
    world = either_world
    agreed(world)
    assert consults.end_over(NOW) == 0
    place = db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == world.sami.id)).one()
    place.class_id = world.six.id
    db.session.commit()
    assert consults.end_over(NOW) == 1
    assert len(letters(Letter.CONSULT_OFF)) == 1
    assert consults.end_over(NOW) == 0


def test_every_later_time_moves_at_once_and_what_cannot_be_falls_out(world):
    row = agreed(world)
    second = db.session.get_one(Consult, row.id).dates[1]
    free = date(2027, 10, 13)
    day = SchoolDay(year_id=world.three.year_id, kind=DayKind.CLOSED_DAY, label="dicht", starts_on=free, ends_on=free)
    db.session.add(day)
    db.session.commit()
    to = moment_at(second.day + timedelta(days=2), time(9))
    consults.move_from(consult_id=row.id, date_id=second.id, to=to, by=layla(world), now=NOW)
    first, *later = db.session.get_one(Consult, row.id).dates
    assert f"{local(first.starts_at):%a %H:%M}" == "Mon 15:30"
    assert {f"{local(one.starts_at):%a %H:%M}" for one in later} == {"Wed 09:00"}
    assert [f"{local(one.starts_at):%d-%m}" for one in later if one.cancelled] == ["13-10"]
    shown = in_calendar(letters(Letter.CONSULT)[-1])
    assert shown == [local(one.starts_at) for one in (first, *later) if not one.cancelled]
    assert [row.facts["what"] for row in letters(Letter.CONTACT_NOTICE)][-1] == "consult_changed"


def test_a_monthly_date_stands_in_the_calendar_on_that_date(world):
    wanted = Wanted(Rhythm.MONTHLY_DATE, date(2027, 9, 15), date(2027, 12, 31), time(15, 30))
    made = propose(world, layla(world), wanted)
    consults.answer(consult_id=made, yes=True, by=bas(world), now=NOW)
    (letter,) = letters(Letter.CONSULT)
    assert [f"{one:%d-%m %H:%M}" for one in in_calendar(letter)] == [
        "15-09 15:30", "15-10 15:30", "15-11 15:30", "15-12 15:30",
    ]  # fmt: skip


def has_talk(world: World, day: date) -> None:
    booking = next(one for one in db.session.scalars(select(Booking)) if one.leader_id == world.bas.id)
    booking.starts_at, booking.ends_at = moment_at(day, time(15, 20)), moment_at(day, time(15, 40))
    db.session.commit()


def test_a_talk_of_the_mentor_at_that_hour_is_a_clash(world):
    has_talk(world, MONDAY)
    once = Wanted(Rhythm.ONCE, MONDAY, None, time(15, 30))
    with pytest.raises(ConsultClashes):
        propose(world, layla(world), once)
    made = propose(world, layla(world))
    first, second, *_rest = db.session.get_one(Consult, made).dates
    assert (first.cancelled, second.cancelled) == (True, False)
    consults.answer(consult_id=made, yes=True, by=bas(world), now=NOW)
    with pytest.raises(ConsultClashes):
        consults.move_date(consult_id=made, date_id=second.id, to=moment_at(MONDAY, time(15)), by=bas(world), now=NOW)
    assert MONDAY not in [one.date() for one in in_calendar(letters(Letter.CONSULT)[0])]


def test_an_evening_of_the_school_at_that_hour_is_a_clash(world):
    db.session.add(
        PlannedDate(
            year_id=world.three.year_id, kind=PlannedKind.PARENT_CIRCLE, day=MONDAY, begins=time(20), ends=time(22),
            for_all=True, ical_uid="y-circle@driehoek", ical_stamp=NOW,
        )
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(ConsultClashes):
        propose(world, bas(world), Wanted(Rhythm.ONCE, MONDAY, None, time(21, 45)))
    propose(world, bas(world), Wanted(Rhythm.ONCE, MONDAY, None, time(22)))


def test_it_stands_in_the_contact_parents_own_year_and_calendar_and_nobody_elses(world):
    row = agreed(world)
    first = db.session.get_one(Consult, row.id).dates[0].starts_at
    followed = find_family_feed(family_feeds.issue(by=layla(world), now=NOW), NOW)
    assert followed.consults[0].days[0].starts_at == first
    assert followed.consults[0].uid.encode() in family_calendar(followed)
    assert next(item.starts_at for item in year_of(layla(world)) if item.sort is Sort.CONSULT) == first
    petra = Actor(ActorKind.GUARDIAN, world.petra.id)
    assert [item for item in year_of(petra) if item.sort is Sort.CONSULT] == []
    assert consults_of_parent(petra, NOW) == ()
    contact_parents.say_no(class_id=world.three.id, by=layla(world), now=NOW)
    assert consults_of_parent(layla(world), NOW) == ()


def year_of(by: Actor) -> list[YearItem]:
    found = home_now(by, family_of(by, NOW), (), (), "", NOW).year
    return [*found.ahead, *found.past]


def test_a_new_mailbox_gets_the_series_and_the_old_one_loses_it(world):
    agreed(world)
    people.change_contact(
        guardian_id=world.layla.id, email="layla.new@example.org", phone=world.layla.phone,
        language=world.layla.language, by=Actor(ActorKind.STAFF, world.office.id), now=NOW,
    )  # fmt: skip
    (there,) = letters(Letter.CONSULT_ELSEWHERE)
    first, here = letters(Letter.CONSULT)
    assert (there.address, here.address) == (first.address, "layla.new@example.org")
    assert find_letter(there.id, NOW).stop is None
    assert find_letter(first.id, NOW).stop is not None
    gone = write(find_letter(there.id, NOW), token="t", paper=PAPER)
    assert b"METHOD:CANCEL" in (gone.calendar or b"")
    assert "/g/" not in gone.text, "an older mailbox opens nothing"
    assert in_calendar(here)


def test_a_mentor_who_left_has_no_series_any_more(world):
    row = agreed(world)
    world.bas.left_on = local(NOW).date()
    db.session.commit()
    assert consults.end_over(NOW) == 1
    assert db.session.get_one(Consult, row.id).state is ConsultState.OFF
    with pytest.raises(NotFound):
        propose(world, layla(world))
