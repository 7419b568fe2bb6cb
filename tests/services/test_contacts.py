"""Noting contact with families, the week that follows from agreements, and who takes it over."""

import threading
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from scheduling.domain.contacts import AlreadyDone, Channel, Contact, Group, MovedInAgreement, NoSuchContact, Went
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.moments import Anchor, MomentKind, Timing
from scheduling.domain.plans import AgreedMoment, ContactForm, Initiative
from scheduling.domain.timeslots import UTC
from scheduling.domain.years import DayKind
from scheduling.models import (
    ClassLeader,
    DueContact,
    JournalLine,
    LoggedContact,
    Outbox,
    PlanMoment,
    Pupil,
    SchoolDay,
    Staff,
    db,
)
from scheduling.queries import contacts as asking
from scheduling.queries.contact_time import time_balances
from scheduling.services import contacts
from tests.builders import a_booking, a_leader, a_round, some_slots
from tests.services.test_plans import CALL, Scene

MAIL = ContactForm.MAIL
AFTER_REPORT = AgreedMoment(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), CALL, purpose="is er nog iets")
IN_MARCH = AgreedMoment(Timing(MomentKind.IN_MONTH, month=3), MAIL)
MONDAY, WEDNESDAY, SATURDAY = (datetime(2027, 11, day, 10, tzinfo=UTC) for day in (22, 24, 27))

pytestmark = pytest.mark.usefixtures("any_context")


class Busy(Scene):
    """The report is of Friday the 19th of November; Sami's mother agreed to a call in the week after."""

    def __init__(self) -> None:
        super().__init__()
        report = date(2027, 11, 19)
        db.session.add(
            SchoolDay(
                year_id=self.year, kind=DayKind.REPORT_1, label="rapport", starts_on=report, ends_on=report, own=True
            )
        )
        db.session.commit()
        self.plan = self.agree(CALL, MAIL, moments=(AFTER_REPORT, IN_MARCH))
        self.says_yes(self.plan)
        self.moment, self.later = db.session.scalars(select(PlanMoment.id).order_by(PlanMoment.position)).all()

    def week(self, now: datetime, leader: str = "bas") -> list[tuple[Group, Channel]]:
        found = asking.week_of(getattr(self, leader), self.year, today=now.date())
        return [(line.group, line.channel) for line in found.lines]

    def notes(self, went: Went = Went.DONE, *, now: datetime = WEDNESDAY, leader: str = "bas", **changed) -> None:
        whose = {name: changed.pop(name, None) for name in ("moment_id", "due_id")}
        home, pupil = changed.pop("home", self.home), changed.pop("pupil", self.sami)
        contact = Contact(now.date(), changed.pop("channel", Channel.CALL), Initiative.SCHOOL, went, **changed)
        leader_id = getattr(self, leader)
        contacts.note(
            pupil_id=pupil, household_id=home, year_id=self.year, contact=contact, leader_id=leader_id,
            by=Actor(ActorKind.STAFF, leader_id), now=now, **whose,
        )  # fmt: skip

    def remembers(self, now: datetime = WEDNESDAY, leader: str = "bas") -> None:
        leader_id = getattr(self, leader)
        contacts.remember(
            pupil_id=self.sami, household_id=self.home, year_id=self.year, leader_id=leader_id,
            by=Actor(ActorKind.STAFF, leader_id), now=now,
        )  # fmt: skip

    def log(self, leader: str = "bas", home: int | None = None) -> list[asking.LoggedFacts]:
        found = asking.home_log(
            self.sami, home or self.home, self.year, leader_id=getattr(self, leader), today=WEDNESDAY.date()
        )
        return list(found.contacts)

    def hand_over(self) -> int:
        """Carla leads Bas's class from now on."""
        carla = a_leader("carla")
        row = db.session.scalars(select(ClassLeader).where(ClassLeader.staff_id == self.bas)).one()
        db.session.add(ClassLeader(class_id=row.class_id, staff_id=carla.id, position=1))
        db.session.delete(row)
        db.session.commit()
        self.carla = carla.id
        return carla.id


@pytest.fixture
def scene() -> Busy:
    return Busy()


def test_a_moment_is_due_in_its_days_late_after_them_and_gone_once_done(scene):
    assert scene.week(MONDAY - timedelta(days=8)) == []
    assert scene.week(MONDAY) == [(Group.WEEK, Channel.CALL)]
    assert scene.week(SATURDAY) == [(Group.LATE, Channel.CALL)]
    scene.notes(Went.NOT_REACHED, moment_id=scene.moment)
    assert scene.week(SATURDAY) == [(Group.LATE, Channel.CALL)]
    scene.notes(moment_id=scene.moment)
    assert scene.week(SATURDAY) == []
    assert [one.went for one in scene.log()] == [Went.DONE, Went.NOT_REACHED]


def test_what_is_moved_is_due_on_its_new_day(scene):
    scene.notes(Went.MOVED, moment_id=scene.moment, moved_to=date(2027, 12, 1))
    assert scene.week(SATURDAY) == []
    assert scene.week(datetime(2027, 12, 1, 9, tzinfo=UTC)) == [(Group.TODAY, Channel.CALL)]


def test_a_day_and_time_to_come_is_moved_in_the_agreement_and_once_over_in_the_log(scene):
    timing = Timing(MomentKind.FIXED, day=date(2027, 11, 24), begins=time(16), minutes=20)
    scene.agree(CALL, seen=1, moments=(AgreedMoment(timing, CALL),))
    scene.says_yes(scene.plan)
    (moment,) = db.session.scalars(select(PlanMoment.id))
    with pytest.raises(MovedInAgreement):
        scene.notes(Went.MOVED, moment_id=moment, moved_to=date(2027, 11, 26))
    scene.notes(Went.MOVED, moment_id=moment, moved_to=date(2027, 11, 26), now=WEDNESDAY + timedelta(hours=8))
    assert scene.week(WEDNESDAY) == [(Group.WEEK, Channel.CALL)]


def test_contact_that_nobody_planned_can_be_moved_and_is_then_due_too(scene):
    scene.notes(Went.MOVED, channel=Channel.MAIL, moved_to=date(2027, 11, 25))
    assert (Group.WEEK, Channel.MAIL) in scene.week(WEDNESDAY)


def test_a_proposal_is_not_due_and_what_both_sides_still_want_is(scene):
    scene.agree(CALL, MAIL, seen=1, moments=(AFTER_REPORT,), goal="lezen")
    assert scene.week(MONDAY) == [(Group.WEEK, Channel.CALL)]
    scene.agree(CALL, MAIL, seen=2, moments=(AgreedMoment(Timing(MomentKind.IN_MONTH, month=11), CALL),))
    assert scene.week(MONDAY) == []


def test_another_version_keeps_what_was_done_and_asks_for_what_is_new(scene):
    scene.notes(moment_id=scene.moment)
    scene.agree(CALL, MAIL, seen=1, moments=(AFTER_REPORT,), goal="lezen")
    scene.says_yes(scene.plan)
    assert scene.week(MONDAY) == []
    scene.agree(CALL, MAIL, seen=2, moments=(AgreedMoment(Timing(MomentKind.IN_MONTH, month=11), CALL),))
    scene.says_yes(scene.plan)
    assert scene.week(MONDAY) == [(Group.WEEK, Channel.CALL)]
    assert [one.moment_id for one in scene.log()] == [None]


def test_a_call_that_was_moved_to_a_later_week_does_not_stand_in_the_way_of_one_now(scene):
    scene.notes(Went.MOVED, moved_to=date(2027, 12, 8))
    scene.remembers()
    scene.remembers()
    days = db.session.execute(select(DueContact.opens_on, DueContact.closes_on).order_by(DueContact.opens_on)).all()
    assert [tuple(row) for row in days] == [
        (date(2027, 11, 24), date(2027, 11, 26)), (date(2027, 12, 8), date(2027, 12, 8)),
    ]  # fmt: skip


def test_a_moment_that_is_no_longer_agreed_leaves_its_line_in_the_log(scene):
    scene.notes(moment_id=scene.moment)
    scene.agree(CALL, seen=1)
    assert [one.moment_id for one in scene.log()] == [None]


def test_the_same_tap_twice_is_one_line_and_a_colleague_reads_that_it_was_done(scene):
    scene.notes(moment_id=scene.moment)
    scene.notes(moment_id=scene.moment)
    assert len(scene.log()) == 1
    with pytest.raises(AlreadyDone):
        scene.notes(moment_id=scene.moment, line="nog eens")
    assert len(scene.log()) == 1


def test_a_call_to_make_is_due_until_it_is_done_and_nothing_says_why(scene):
    scene.remembers()
    scene.remembers()
    assert scene.week(WEDNESDAY).count((Group.WEEK, Channel.CALL)) == 2
    due = db.session.scalars(select(DueContact)).one()
    assert (due.opens_on, due.closes_on) == (date(2027, 11, 24), date(2027, 11, 26))
    scene.notes(Went.NOT_REACHED, due_id=due.id)
    scene.remembers(WEDNESDAY + timedelta(days=7))
    db.session.expire_all()
    assert db.session.scalars(select(DueContact.closes_on)).all() == [date(2027, 12, 3)]
    scene.notes(Went.MOVED, due_id=due.id, moved_to=date(2027, 11, 25))
    db.session.expire_all()
    assert db.session.scalars(select(DueContact.closes_on)).all() == [date(2027, 11, 25)]
    scene.notes(due_id=due.id)
    assert db.session.scalars(select(DueContact)).all() == []
    with pytest.raises(AlreadyDone):
        scene.notes(due_id=due.id, line="nog eens")


def test_what_was_noted_by_mistake_is_taken_back_and_due_again(scene):
    scene.notes(moment_id=scene.moment)
    (line,) = scene.log()
    with pytest.raises(NotFound):
        contacts.take_back(contact_id=line.id, leader_id=scene.anna, by=Actor(ActorKind.STAFF, scene.anna), now=MONDAY)
    contacts.take_back(contact_id=line.id, leader_id=scene.bas, by=Actor(ActorKind.STAFF, scene.bas), now=MONDAY)
    assert scene.log() == []
    assert scene.week(MONDAY) == [(Group.WEEK, Channel.CALL)]


def test_only_a_leader_of_the_class_notes_and_reads(scene):
    for act in (
        lambda: scene.notes(leader="anna"), lambda: scene.remembers(leader="anna"), lambda: scene.log("anna"),
        lambda: scene.notes(moment_id=scene.moment, home=scene.other_home),
        lambda: scene.notes(moment_id=987_654),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
    assert scene.week(MONDAY, "anna") == []


def test_a_teacher_who_only_has_a_talk_with_the_pupil_reads_no_log(scene):
    start = a_round(classes=[])
    db.session.commit()
    anna = db.session.get_one(Staff, scene.anna)
    a_booking(start, db.session.get_one(Pupil, scene.sami), some_slots(start, anna, count=1)[0])
    db.session.commit()
    with pytest.raises(NoSuchContact):
        scene.log("anna")


def test_each_home_reads_its_own_log_and_nothing_of_the_other(scene):
    scene.notes(line="samen lezen", good_news=True)
    scene.notes(home=scene.other_home, line="elders")
    for person, line in ((scene.layla, "samen lezen"), (scene.karim, "elders")):
        (found,) = asking.family_logs(person, scene.year, today=WEDNESDAY.date())
        assert [one.line for one in found.contacts] == [line]


def test_the_journal_says_that_something_was_noted_and_never_what(scene):
    scene.notes(line="samen lezen", good_news=True)
    scene.remembers()
    lines = db.session.scalars(select(JournalLine).where(JournalLine.action.like("contacts.%"))).all()
    assert {line.action: line.facts for line in lines} == {
        action: {"pupil": scene.sami, "household": scene.home} for action in ("contacts.note", "contacts.remember")
    }


def test_a_new_leader_takes_over_what_is_open_and_the_old_one_sees_nothing_more(scene):
    scene.remembers()
    scene.notes(line="samen lezen")
    assert asking.taken_over(scene.bas, scene.year, today=WEDNESDAY.date()) == ()
    scene.hand_over()
    assert len(scene.week(WEDNESDAY, "carla")) == 2
    assert scene.week(WEDNESDAY) == []
    with pytest.raises(NotFound):
        scene.log()
    (over,) = asking.taken_over(scene.carla, scene.year, today=WEDNESDAY.date())
    assert (over.made_by.given, over.last.line, over.open) == ("Bas", "samen lezen", (AFTER_REPORT, IN_MARCH))
    scene.notes(moment_id=scene.moment, leader="carla")
    (over,) = asking.taken_over(scene.carla, scene.year, today=WEDNESDAY.date())
    assert over.open == (IN_MARCH,)


def test_who_has_something_late_is_reminded_once_a_week_on_a_school_day_and_no_family_is(scene):
    late = Outbox.letter == Letter.CONTACT_LATE
    count = select(func.count()).select_from(Outbox).where(late)
    assert contacts.remind(WEDNESDAY) == 0
    assert contacts.remind(SATURDAY) == 0
    assert contacts.remind(MONDAY + timedelta(days=7)) == 1
    assert contacts.remind(MONDAY + timedelta(days=8)) == 0
    assert contacts.remind(MONDAY + timedelta(days=14)) == 1
    assert db.session.scalar(count) == 2
    assert set(db.session.scalars(select(Outbox.staff_id).where(late))) == {scene.bas}
    scene.notes(moment_id=scene.moment)
    assert contacts.remind(MONDAY + timedelta(days=21)) == 0


def test_time_is_planned_by_agreements_and_talks_and_spent_by_what_was_noted(scene):
    scene.notes(minutes=25)
    scene.notes(channel=Channel.MAIL)
    scene.notes(Went.NOT_REACHED)
    (own,) = time_balances(scene.year, leader_id=scene.bas, today=WEDNESDAY.date())
    assert (own.homes, own.moments, own.planned_moments) == (1, 2, 25)
    assert (own.spent_contacts, own.guessed) == (35, 1)
    all_of_them = time_balances(scene.year, leader_id=None, today=WEDNESDAY.date())
    assert own in all_of_them
    assert {one.name.given for one in all_of_them} == {"Bas", "Anna"}


def at_once(app, scene: Busy) -> list[str]:
    """Two colleagues of a duo tap the same moment in one instant."""
    db.session.remove()
    barrier, said = threading.Barrier(2), []

    def work(line: str) -> None:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                scene.notes(moment_id=scene.moment, line=line)
                said.append("kept")
            except AlreadyDone:
                said.append("done")

    workers = [threading.Thread(target=work, args=(line,)) for line in ("een", "twee")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(said)


def test_of_two_taps_at_once_one_is_kept(any_context, scene):
    assert at_once(any_context, scene) == ["done", "kept"]
    assert db.session.scalar(select(func.count()).select_from(LoggedContact)) == 1


@pytest.mark.parametrize("database", ["postgres"])
def test_without_its_guard_two_taps_at_once_are_both_kept(any_context, scene, monkeypatch):
    """What the guard is for: the pupil that is held."""
    looked, look = threading.Barrier(2), contacts._ensure_open

    def both_look(*of) -> None:
        look(*of)
        looked.wait(timeout=20)

    monkeypatch.setattr(contacts, "lock", lambda *_of: None)
    monkeypatch.setattr(contacts, "_ensure_open", both_look)
    assert at_once(any_context, scene) == ["kept", "kept"]
