"""The moments of an agreement in the calendars of a home, by letter: told once, and again when they change."""

import email
from collections import defaultdict
from datetime import date, datetime, timedelta

import icalendar
import pytest

from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.moments import MomentKind, Timing
from scheduling.domain.people import Authority
from scheduling.domain.plans import AgreedMoment
from scheduling.mail import letters
from scheduling.mail.family_agendas import family_calendar
from scheduling.mail.message import Envelope, build
from scheduling.models import Enrolment, Guardian, Guardianship, Household, Outbox, PlanGuest, Pupil, db
from scheduling.queries.family_feeds import find_family_feed
from scheduling.queries.letters import find_letter
from scheduling.services import addresses, family_feeds, plan_calendars
from scheduling.services.transaction import transaction
from tests.builders import a_guardian
from tests.mail.facts import PAPER
from tests.questions import questions
from tests.services.test_plan_moments import AFTER_REPORT, IN_MARCH, ON_TUESDAY, agreed, report_comes_on, scene
from tests.services.test_plans import CALL, HOME, NOW, Scene

__all__ = ("scene",)

REPORT, MARCH, TUESDAY = (
    AgreedMoment(timing, CALL, purpose="kanarie") for timing in (AFTER_REPORT, IN_MARCH, ON_TUESDAY)
)

pytestmark = pytest.mark.usefixtures("any_context")


def tell(now: datetime = NOW) -> list[Outbox]:
    """The letters about moments that this brings about."""
    before = {row.id for row in db.session.query(Outbox)}
    plan_calendars.tell(now)
    db.session.expire_all()
    return [row for row in db.session.query(Outbox).order_by(Outbox.id) if row.id not in before]


def leave(*rows: Outbox) -> None:
    """They have arrived."""
    for row in rows:
        row.state = OutboxState.SENT
    db.session.commit()


def events(row: Outbox, now: datetime = NOW) -> list[tuple[str, str, int, object]]:
    """What the letter brings a calendar: method, identity, sequence and the first day or moment."""
    found = find_letter(row.id, now)
    assert found is not None
    assert found.stop is None
    sheet = letters.write(found, token="x", paper=PAPER)
    files = [sheet.calendar] if sheet.calendar else [one.data for one in sheet.apart]
    told = []
    for data in files:
        calendar = icalendar.Calendar.from_ical(data)
        [event] = calendar.walk("VEVENT")
        assert "kanarie" not in data.decode()
        assert "Sami" not in data.decode()
        told.append((str(calendar["method"]), str(event["uid"]), int(event["sequence"]), event["dtstart"].dt))
    return told


def days(row: Outbox) -> list[tuple[str, object]]:
    return [(method, day) for method, _uid, _sequence, day in events(row)]


def omar_of(scene: Scene) -> Guardian:
    """A second parent in the home of Layla."""
    home = db.session.get_one(Household, scene.home)
    return a_guardian("Omar", db.session.get_one(Pupil, scene.sami), household=home)


def test_one_letter_to_each_of_the_home_holds_every_moment_and_nobody_is_told_twice(scene):
    second = omar_of(scene)
    agreed(scene, REPORT, MARCH, AgreedMoment(Timing(MomentKind.ON_DEMAND), CALL))
    told = tell()
    assert [(row.letter, row.guardian_id) for row in told] == [
        (Letter.PLAN_DATES, scene.layla.id), (Letter.PLAN_DATES, second.id)
    ]  # fmt: skip
    for row in told:
        assert days(row) == [("REQUEST", date(2027, 11, 22)), ("REQUEST", date(2028, 3, 1))]
    uids = [uid for row in told for _method, uid, *_rest in events(row)]
    assert len(set(uids)) == 4, "each person has calendar objects of the own"
    assert tell() == []
    leave(*told)
    assert tell(NOW + timedelta(hours=1)) == []


def test_each_moment_is_a_file_of_its_own_that_says_its_method(scene):
    agreed(scene, REPORT, TUESDAY)
    [row] = tell()
    found = find_letter(row.id, NOW)
    sheet = letters.write(found, token="x", paper=PAPER)
    box = PAPER.sender
    data = build(sheet, Envelope(box, box, "", "m", "", NOW)).data
    types = [
        (part.get_content_type(), part.get_param("method"), part.get_filename())
        for part in email.message_from_bytes(data).walk()
        if part.get_content_maintype() != "multipart"
    ]
    assert types == [
        ("text/plain", None, None), ("text/html", None, None), ("text/calendar", "REQUEST", "agenda-1.ics"),
        ("text/calendar", "REQUEST", "agenda-2.ics"),
    ]  # fmt: skip


def test_a_report_on_another_day_moves_the_same_entry_and_says_what_it_was(scene):
    agreed(scene, REPORT, TUESDAY)
    [first] = tell()
    leave(first)
    _tuesday, (_method, uid, sequence, _day) = events(first)
    report_comes_on(scene, date(2027, 11, 26))
    [moved] = tell()
    assert events(moved) == [("REQUEST", uid, sequence + 1, date(2027, 11, 29))]
    [one] = find_letter(moved.id, NOW).dates
    assert one.was is not None
    assert one.was.days.starts_on == date(2027, 11, 22)


def test_a_date_that_changes_before_the_letter_left_is_told_once_as_it_is(scene):
    agreed(scene, REPORT, TUESDAY)
    [first] = tell()
    report_comes_on(scene, date(2027, 11, 26))
    [second] = tell()
    db.session.refresh(first)
    assert first.state is OutboxState.SUPERSEDED
    assert days(second)[1:] == [("REQUEST", date(2027, 11, 29))]
    assert [one.was for one in find_letter(second.id, NOW).dates] == [None, None]


def test_what_changes_and_changes_back_before_the_letter_left_is_told_to_nobody(scene):
    agreed(scene, REPORT)
    leave(*tell())
    report_comes_on(scene, date(2027, 11, 26))
    [moved] = tell()
    report_comes_on(scene, date(2027, 11, 19))
    assert tell() == []
    db.session.refresh(moved)
    assert moved.state is OutboxState.SUPERSEDED


def test_what_a_change_drops_leaves_the_calendar_and_the_new_one_comes_with_the_yes(scene):
    plan = agreed(scene, REPORT, TUESDAY)
    first = tell()
    leave(*first)
    uid, sequence = events(first[0])[0][1:3]
    scene.agree(CALL, seen=1, moments=(REPORT, MARCH))
    [off] = tell()
    assert off.letter is Letter.PLAN_DATES_OFF
    assert [one[:3] for one in events(off)] == [("CANCEL", uid, sequence + 1)]
    leave(off)
    scene.says_yes(plan)
    [new] = tell()
    assert days(new) == [("REQUEST", date(2028, 3, 1))]


def test_a_change_that_the_family_agrees_to_at_once_is_one_letter(scene):
    plan = agreed(scene, REPORT, TUESDAY)
    leave(*tell())
    scene.agree(CALL, seen=1, moments=(REPORT,))
    scene.says_yes(plan)
    [off] = tell()
    assert off.letter is Letter.PLAN_DATES_OFF
    assert [method for method, _day in days(off)] == ["CANCEL"]


def test_a_family_that_would_rather_have_something_else_keeps_nothing_in_its_calendar(scene):
    plan = agreed(scene, REPORT, TUESDAY)
    leave(*tell())
    scene.wishes(plan, "liever mailen")
    [off] = tell()
    assert [method for method, _day in days(off)] == ["CANCEL", "CANCEL"]
    leave(off)
    scene.says_yes(plan)
    [again] = tell()
    assert [(method, sequence) for method, _uid, sequence, _day in events(again)] == [("REQUEST", 2), ("REQUEST", 2)]


def test_a_visit_that_was_not_welcome_yet_is_told_once_it_is(scene):
    plan = scene.agree(CALL, HOME, moments=(AgreedMoment(ON_TUESDAY, HOME),))
    assert tell() == []
    scene.welcomes(plan)
    assert [row.letter for row in tell()] == [Letter.PLAN_DATES]


def test_a_parent_whose_authority_ended_keeps_nothing_and_the_other_keeps_all(scene):
    second = omar_of(scene)
    agreed(scene, REPORT, TUESDAY)
    leave(*tell())
    tie = db.session.query(Guardianship).filter_by(guardian_id=second.id).one()
    tie.authority = Authority.NO
    db.session.commit()
    [off] = tell()
    assert (off.letter, off.guardian_id) == (Letter.PLAN_DATES_OFF, second.id)
    assert [method for method, _day in days(off)] == ["CANCEL", "CANCEL"]
    leave(off)
    tie = db.session.query(Guardianship).filter_by(guardian_id=second.id).one()
    tie.authority = Authority.YES
    db.session.commit()
    [again] = tell()
    assert {(method, sequence) for method, _uid, sequence, _day in events(again)} == {("REQUEST", 2)}


def test_whom_the_school_no_longer_knows_gets_no_letter(scene):
    agreed(scene, TUESDAY)
    leave(*tell())
    db.session.get_one(Guardian, scene.layla.id).active = False
    db.session.commit()
    assert tell() == []
    assert db.session.query(PlanGuest).one().cancelled_at is not None


def test_a_pupil_who_left_has_nothing_to_come(scene):
    agreed(scene, TUESDAY)
    leave(*tell())
    db.session.query(Enrolment).filter_by(pupil_id=scene.sami).update({"present": False})
    db.session.commit()
    assert [row.letter for row in tell()] == [Letter.PLAN_DATES_OFF]


def test_a_pupil_who_turns_eighteen_goes_on_alone(scene):
    agreed(scene, REPORT)
    leave(*tell())
    pupil = db.session.get_one(Pupil, scene.sami)
    pupil.birth_date, pupil.email = date(2009, 10, 1), "sami@example.org"
    db.session.commit()
    told = tell(NOW + timedelta(days=60))
    assert [(row.letter, row.guardian_id, row.pupil_id) for row in told] == [
        (Letter.PLAN_DATES_OFF, scene.layla.id, None), (Letter.PLAN_DATES, None, scene.sami)
    ]  # fmt: skip


def test_the_moments_follow_a_person_to_a_new_address_and_leave_the_old_one(scene):
    agreed(scene, REPORT, TUESDAY)
    leave(*tell())
    before = {row.id for row in db.session.query(Outbox)}
    with transaction() as session:
        layla = session.get_one(Guardian, scene.layla.id)
        old, layla.email = layla.email, "nieuw@example.org"
        addresses.follow(session, person=layla, old=old, now=NOW)
    there, here = [row for row in db.session.query(Outbox).order_by(Outbox.id) if row.id not in before]
    assert (there.letter, there.address) == (Letter.PLAN_DATES_ELSEWHERE, old)
    assert (here.letter, here.address) == (Letter.PLAN_DATES, "nieuw@example.org")
    for row, method in ((there, "CANCEL"), (here, "REQUEST")):
        assert [(found, sequence) for found, _uid, sequence, _day in events(row)] == [(method, 1), (method, 1)]
    assert tell() == []


def test_days_that_are_over_are_told_to_nobody(scene):
    agreed(scene, TUESDAY)
    assert tell(NOW + timedelta(days=120)) == []


def test_a_moment_that_was_told_and_is_over_stays_where_it_is(scene):
    plan = agreed(scene, TUESDAY)
    leave(*tell())
    scene.wishes(plan, "liever mailen")
    assert tell(NOW + timedelta(days=120)) == []


def test_the_calendar_address_shows_the_same_identity_as_the_letter(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    agreed(scene, REPORT, TUESDAY)
    [row] = tell()
    feed = icalendar.Calendar.from_ical(family_calendar(find_family_feed(token, NOW))).walk("VEVENT")
    assert {str(one["uid"]) for one in feed} == {uid for _method, uid, *_rest in events(row)}


def test_each_home_is_told_of_its_own_plan_alone(scene):
    mine = agreed(scene, REPORT)
    other = scene.agree(CALL, home=scene.other_home, moments=(MARCH,))
    scene.says_yes(other, scene.karim)
    told = defaultdict(list)
    for row in tell():
        if row.letter is Letter.PLAN_DATES:
            told[row.guardian_id].append((row.facts["plan_id"], days(row)))
    assert told == {
        scene.layla.id: [(mine, [("REQUEST", date(2027, 11, 22))])],
        scene.karim.id: [(other, [("REQUEST", date(2028, 3, 1))])],
    }


def test_a_whole_school_takes_as_many_questions_as_one_agreement(scene):
    agreed(scene, REPORT)
    leave(*tell())
    with questions(db.engine) as few:
        plan_calendars.tell(NOW)
    other = scene.agree(CALL, home=scene.other_home, moments=(MARCH, TUESDAY))
    scene.says_yes(other, scene.karim)
    leave(*tell())
    with questions(db.engine) as many:
        plan_calendars.tell(NOW)
    assert len(many) == len(few)
