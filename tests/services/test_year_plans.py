"""A year is planned around what the school itself decided; what is known outside follows every change."""

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain import year_plans as rules
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import StaffRole
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import ClashKind, PlannedKind, PlanWishes
from scheduling.models import JournalLine, PlannedDate, db
from scheduling.queries import feeds, years
from scheduling.queries import year_plans as asking
from scheduling.services import year_plans
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_school, a_year
from tests.services.test_years import a_filled_year

OFFICE = Actor(ActorKind.STAFF, 1)
CIRCLE, RECEPTION = PlannedKind.PARENT_CIRCLE, PlannedKind.RECEPTION


class School:
    """Groups 3 and 4 share a family, groups 4 and 5 a teacher."""

    def __init__(self) -> None:
        a_school()
        a_filled_year()
        self.bas, self.karin = a_leader("bas"), a_leader("karin")
        self.director = a_leader("directie", roles=[StaffRole.DIRECTOR])
        self.three = a_class("3", leaders=[self.bas])
        self.four, self.five = a_class("4", leaders=[self.karin]), a_class("5", leaders=[self.karin])
        self.sami, self.noor = a_pupil("Sami", self.three), a_pupil("Noor", self.four)
        a_guardian("Layla", self.sami, self.noor)
        self.year = years.find_year("2027-2028")

    def propose(self, **wishes: object) -> int:
        return year_plans.propose(year=self.year, wishes=PlanWishes(**wishes), by=OFFICE, now=NOW)

    def rows(self, kind: PlannedKind) -> list[PlannedDate]:
        wanted = select(PlannedDate).where(PlannedDate.kind == kind, PlannedDate.year_id == self.year.id)
        return list(db.session.scalars(wanted.order_by(PlannedDate.day, PlannedDate.begins)))

    def move(self, row: PlannedDate, *, sure: bool = False, by: Actor = OFFICE, **change: object) -> None:
        now = {"day": row.day, "begins": row.begins, "ends": row.ends, "place": row.place, "version": row.version}
        year_plans.move(planned_id=row.id, sure=sure, by=by, now=NOW + timedelta(hours=1), **(now | change))


@pytest.fixture
def school(context: Flask) -> School:
    return School()


def test_the_whole_year_is_planned_in_one_go(school: School):
    assert school.propose() == 22
    facts = asking.planning_facts(school.year.id)
    assert facts.shared == {frozenset({school.three.id, school.four.id}): 1}
    assert {clash.kind for clash in asking.plan_page(school.year).clashes} <= {ClashKind.AWKWARD}
    [line] = db.session.scalars(select(JournalLine).where(JournalLine.action == "year_plans.propose"))
    assert line.facts == {"new": 22, "kept": 0}


def test_two_parents_of_the_same_children_are_one_family(school: School):
    a_guardian("Omar", school.sami, school.noor, position=2)
    assert asking.planning_facts(school.year.id).shared == {frozenset({school.three.id, school.four.id}): 1}


def test_planning_again_keeps_what_was_moved_or_made_known(school: School):
    school.propose()
    circle = school.rows(CIRCLE)[2]
    school.move(circle, day=circle.day - timedelta(days=1), sure=True)
    year_plans.publish(year_id=school.year.id, kinds=[RECEPTION], by=OFFICE, now=NOW)
    kept = {
        row.id: (row.day, row.begins) for row in [*school.rows(RECEPTION), db.session.get_one(PlannedDate, circle.id)]
    }
    school.propose(circles=7)
    after = {row.id: (row.day, row.begins) for row in [*school.rows(RECEPTION), *school.rows(CIRCLE)]}
    assert kept.items() <= after.items()
    assert len(school.rows(CIRCLE)) == 7
    assert len(school.rows(RECEPTION)) == 3


def test_a_move_that_clashes_is_said_before_anything_is_saved(school: School):
    school.propose()
    first, second = next(
        (a, b) for a in school.rows(RECEPTION) for b in school.rows(RECEPTION)
        if (a.classes[0].class_id, b.classes[0].class_id) == (school.three.id, school.four.id)
    )  # fmt: skip
    with pytest.raises(rules.WouldClash) as said:
        school.move(first, day=second.day, begins=second.begins, ends=second.ends, place=second.place)
    assert {clash.kind for clash in said.value.clashes} == {ClashKind.FAMILIES, ClashKind.PLACE}
    db.session.expire_all()
    assert not first.moved
    school.move(first, day=second.day, begins=second.begins, ends=second.ends, sure=True)
    db.session.expire_all()
    assert (first.moved, first.day, first.ical_sequence, first.version) == (True, second.day, 1, 2)
    assert [clash.count for clash in asking.plan_page(school.year).clashes if clash.kind is ClashKind.FAMILIES] == [1]


def test_a_double_booked_hall_is_named(school: School):
    school.propose()
    one, other = school.rows(PlannedKind.INFORMATION_EVENING)[0], school.rows(CIRCLE)[0]
    school.move(other, place="aula")
    with pytest.raises(rules.WouldClash) as said:
        school.move(one, day=other.day, begins=time(19, 0), ends=time(20, 30), place="Aula")
    assert ClashKind.PLACE in {clash.kind for clash in said.value.clashes}


def test_an_evening_in_a_holiday_is_refused_and_so_is_a_long_reception(school: School):
    school.propose()
    circle, reception = school.rows(CIRCLE)[0], school.rows(RECEPTION)[0]
    with pytest.raises(rules.OnAFreeDay) as said:
        school.move(circle, day=date(2027, 10, 20), sure=True)
    assert said.value.label == "herfstvakantie"
    long = {"begins": time(15, 0), "ends": time(16, 30), "sure": True}
    with pytest.raises(rules.ReceptionTooLong):
        school.move(reception, **long)
    with pytest.raises(rules.ReceptionTooLong):
        school.move(reception, by=Actor(ActorKind.STAFF, school.director.id), **(long | {"sure": False}))
    school.move(reception, by=Actor(ActorKind.STAFF, school.director.id), **long)
    assert year_plans.publish(year_id=school.year.id, kinds=[RECEPTION], by=OFFICE, now=NOW) == 3


def test_who_looked_at_an_older_day_is_told(school: School):
    school.propose()
    circle = school.rows(CIRCLE)[0]
    before = circle.version
    school.move(circle, place="aula")
    with pytest.raises(rules.PlannedMeanwhile):
        school.move(circle, place="bibliotheek", version=before)
    with pytest.raises(rules.PlannedMeanwhile):
        year_plans.remove(planned_id=circle.id, version=before, by=OFFICE, now=NOW)
    with pytest.raises(rules.NoSuchPlanned):
        year_plans.remove(planned_id=987_654, version=1, by=OFFICE, now=NOW)


def test_what_is_known_is_for_everybody_and_in_the_calendars_it_concerns(school: School):
    school.propose()
    assert asking.public_lines(school.year) == ()
    today = local(NOW).date()
    year_plans.publish(year_id=school.year.id, kinds=[PlannedKind.CHECKLIST], by=OFFICE, now=NOW)
    assert not asking.is_made_known(today), "the checklist is the leaders' own"
    kinds = [RECEPTION, PlannedKind.CHECKLIST, CIRCLE]
    assert year_plans.publish(year_id=school.year.id, kinds=kinds, by=OFFICE, now=NOW) == 9
    assert asking.is_made_known(today)
    assert not asking.is_made_known(school.year.period.ends_on + timedelta(days=1))
    assert year_plans.publish(year_id=school.year.id, kinds=kinds, by=OFFICE, now=NOW) == 0
    assert {one.kind for one in asking.public_lines(school.year)} == {RECEPTION, CIRCLE}
    bas = feeds.find_agenda(school.bas.id, NOW)
    shown = [(one.planned.kind, one.group_names) for one in bas.moments]
    assert shown.count((CIRCLE, ())) == 6
    assert shown.count((PlannedKind.CHECKLIST, ())) == 2
    assert [names for kind, names in shown if kind is RECEPTION] == [("3",)]


def test_a_moved_moment_keeps_its_name_in_calendars_and_a_withdrawn_one_leaves_them(school: School):
    school.propose()
    year_plans.publish(year_id=school.year.id, kinds=[CIRCLE], by=OFFICE, now=NOW)
    before = feeds.find_agenda(school.bas.id, NOW).moments
    circle = school.rows(CIRCLE)[0]
    school.move(circle, day=circle.day - timedelta(days=2))
    after = {one.uid: one for one in feeds.find_agenda(school.bas.id, NOW).moments}
    assert {one.uid for one in before} == set(after)
    assert (after[circle.ical_uid].sequence, after[circle.ical_uid].planned.day) == (1, circle.day)
    assert year_plans.withdraw(year_id=school.year.id, kinds=[CIRCLE], by=OFFICE, now=NOW) == 6
    assert feeds.find_agenda(school.bas.id, NOW).moments == ()
    assert len(school.rows(CIRCLE)) == 6
    with pytest.raises(rules.NothingChosen):
        year_plans.withdraw(year_id=school.year.id, kinds=[], by=OFFICE, now=NOW)


def test_nothing_is_made_known_that_has_come_to_lie_on_a_free_day(school: School):
    school.propose()
    circle = school.rows(CIRCLE)[1]
    circle.day = date(2027, 10, 20)
    db.session.commit()
    with pytest.raises(rules.OnAFreeDay):
        year_plans.publish(year_id=school.year.id, kinds=[CIRCLE], by=OFFICE, now=NOW)
    assert asking.public_lines(school.year) == ()
    assert ClashKind.FREE_DAY in {clash.kind for clash in asking.plan_page(school.year).clashes}


def test_next_year_begins_with_the_wishes_hours_and_places_of_this_year(school: School):
    school.propose(circles=7, reception_minutes=30)
    for row in school.rows(CIRCLE):
        school.move(
            row, day=row.day + timedelta(days=1), begins=time(19, 30), ends=time(21, 0), place="aula", sure=True
        )
    a_year("2028-2029")
    following = years.find_year("2028-2029")
    wishes, planned, before = asking.wishes_of(following)
    assert (wishes.circles, wishes.reception_minutes, planned, before) == (7, 30, False, "2027-2028")
    year_plans.propose(year=following, wishes=wishes, by=OFFICE, now=NOW)
    circles = [line.planned for line in asking.lines_of(following.id) if line.planned.kind is CIRCLE]
    assert {(one.day.weekday(), one.begins, one.place) for one in circles} == {(3, time(19, 30), "aula")}


def test_wishes_that_cannot_be_are_refused(school: School):
    with pytest.raises(rules.ReceptionLength):
        school.propose(reception_minutes=90)
    assert asking.lines_of(school.year.id) == ()


def both_want_the_hall(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two circles move to one hour in the hall; both look before either saves, if they can."""
    with app.app_context():
        school = School()
        school.propose()
        day = school.rows(CIRCLE)[0].day
        wanted = [(row.id, row.version) for row in (school.rows(CIRCLE)[0], school.rows(CIRCLE)[1])]
    looking, look, said = threading.Barrier(2), year_plans.clashes_of, []

    def look_together(*facts):
        seen = look(*facts)
        with contextlib.suppress(threading.BrokenBarrierError):
            looking.wait(timeout=2)
        return seen

    def move(planned_id: int, version: int) -> None:
        with app.app_context():
            try:
                year_plans.move(
                    planned_id=planned_id, version=version, day=day - timedelta(days=1), begins=time(16, 0),
                    ends=time(17, 0), place="aula", sure=False, by=OFFICE, now=NOW,
                )  # fmt: skip
                said.append("moved")
            except rules.WouldClash:
                said.append("said first")

    monkeypatch.setattr(year_plans, "clashes_of", look_together)
    threads = [threading.Thread(target=move, args=one) for one in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(said)


def test_of_two_who_move_to_one_hall_at_once_the_second_is_told(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    assert both_want_the_hall(any_app, monkeypatch) == ["moved", "said first"]


@pytest.mark.postgres
def test_without_holding_the_year_both_would_get_the_hall(
    make_app: Callable[..., Flask], postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(year_plans, "lock", lambda *_held: None)
    assert both_want_the_hall(make_app(DATABASE_URL=postgres_url), monkeypatch) == ["moved", "moved"]


def test_a_reply_of_the_planner_is_kept_and_read_back(school: School):
    school.propose(circles=5)
    page = asking.plan_page(school.year)
    assert {finding.what for finding in page.findings} >= {rules.FindingKind.UNUSUAL_NUMBER}
    assert replace(page.wishes) == PlanWishes(circles=5)
