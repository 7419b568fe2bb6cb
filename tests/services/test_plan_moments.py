"""The moments of an agreement: they go with its versions, and follow the school's calendar."""

from datetime import date, datetime, time, timedelta

import pytest

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.moments import Anchor, MomentIncomplete, MomentKind, MomentOutsideYear, Timing
from scheduling.domain.people import StaffRole
from scheduling.domain.plans import (
    MOMENTS_AT_MOST,
    AgreedMoment,
    Agreement,
    FormOfMomentMissing,
    InfoNeed,
    Initiative,
    NothingChanged,
    PlanState,
    ToldBy,
    TooManyMoments,
)
from scheduling.domain.year_plans import Planned, PlannedKind
from scheduling.domain.years import CalendarDay, DayKind, Period
from scheduling.models import CommunicationPlan, JournalLine, Outbox, PlanMoment, PlanVersion, SchoolDay, db
from scheduling.queries import plans
from scheduling.queries.letters import find_letter
from scheduling.services import plans as service
from scheduling.services import year_plans, years
from tests.builders import a_leader
from tests.services.test_plans import CALL, EVENING, HOME, NOW, TODAY, Scene

AFTER_REPORT = Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1)
IN_MARCH = Timing(MomentKind.IN_MONTH, month=3)
ON_TUESDAY = Timing(MomentKind.FIXED, day=date(2027, 9, 28), begins=time(16), minutes=20)

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def scene() -> Scene:
    found = Scene()
    db.session.add(
        SchoolDay(
            year_id=found.year, kind=DayKind.REPORT_1, label="rapport", starts_on=date(2027, 11, 19),
            ends_on=date(2027, 11, 19), own=True,
        )
    )  # fmt: skip
    db.session.commit()
    return found


def rows(plan: int) -> list[PlanMoment]:
    db.session.expire_all()
    return list(db.session.get_one(CommunicationPlan, plan).moments)


def days(plan: int) -> list[tuple[date | None, date | None]]:
    return [(row.opens_on, row.closes_on) for row in rows(plan)]


def test_moments_are_kept_with_the_days_they_fall_on(scene):
    asked = (AgreedMoment(AFTER_REPORT, CALL, purpose="hoe het gaat"), AgreedMoment(IN_MARCH, is_review=True))
    plan = scene.agree(CALL, moments=asked)
    assert scene.seen_by(scene.layla).plan.moments == asked
    assert days(plan) == [(date(2027, 11, 22), date(2027, 11, 26)), (date(2028, 3, 1), date(2028, 3, 31))]


def test_an_agreement_with_a_moment_on_demand_alone_is_agreed_like_any_other(scene):
    """T50: no dated moment at all is complete."""
    plan = scene.agree(CALL, moments=(AgreedMoment(Timing(MomentKind.ON_DEMAND), CALL),))
    scene.says_yes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.AGREED
    assert days(plan) == [(None, None)]


def test_another_moment_is_a_new_version_that_both_sides_read_back(scene):
    first = (AgreedMoment(AFTER_REPORT, CALL),)
    plan = scene.agree(CALL, moments=first, reason="werkt het best", initiative=Initiative.SCHOOL)
    scene.says_yes(plan)
    scene.agree(CALL, seen=1, moments=(AgreedMoment(IN_MARCH, CALL),), initiative=Initiative.FAMILY)
    row = scene.seen_by(scene.layla)
    assert row.state is PlanState.PROPOSED
    new, old = plans.history(row.plan)
    assert new.changed == ("moments", "reason", "initiative")
    assert (old.terms.moments, old.terms.reason, old.terms.initiative) == (
        first, "werkt het best", Initiative.SCHOOL
    )  # fmt: skip


def test_the_same_moments_are_nothing_new(scene):
    moments = (AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(ON_TUESDAY, CALL, with_pupil=True))
    scene.agree(CALL, moments=moments, self_managed=True, pupil_does="belt zelf", told_by=ToldBy.FAMILY)
    with pytest.raises(NothingChanged):
        scene.agree(CALL, seen=1, moments=moments, self_managed=True, pupil_does="belt zelf", told_by=ToldBy.FAMILY)


def test_a_moment_that_stays_keeps_its_place_in_calendars_and_one_that_changed_says_so(scene):
    plan = scene.agree(CALL, moments=(AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(ON_TUESDAY, CALL)))
    report, tuesday = ((row.ical_uid, row.ical_sequence) for row in rows(plan))
    assert (report[1], tuesday[1]) == (0, 0)
    scene.agree(CALL, seen=1, moments=(AgreedMoment(IN_MARCH, CALL), AgreedMoment(AFTER_REPORT, CALL)))
    march, kept = ((row.ical_uid, row.ical_sequence) for row in rows(plan))
    assert kept == report
    assert march == (tuesday[0], 1)


def test_a_moment_that_is_no_longer_agreed_is_gone(scene):
    plan = scene.agree(CALL, moments=(AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(ON_TUESDAY, CALL)))
    scene.agree(CALL, seen=1, moments=(AgreedMoment(ON_TUESDAY, CALL),))
    assert [row.kind for row in rows(plan)] == [MomentKind.FIXED]
    assert db.session.query(PlanMoment).count() == 1


@pytest.mark.parametrize(
    "moments, refusal",
    [
        ((AgreedMoment(Timing(MomentKind.WEEK_AFTER)),), MomentIncomplete),
        ((AgreedMoment(Timing(MomentKind.FIXED, day=date(2029, 1, 1), begins=time(9), minutes=10)),),
         MomentOutsideYear),
        ((AgreedMoment(IN_MARCH, EVENING),), FormOfMomentMissing),
        (tuple(AgreedMoment(IN_MARCH, CALL) for _ in range(MOMENTS_AT_MOST + 1)), TooManyMoments),
    ],
)  # fmt: skip
def test_a_moment_that_does_not_say_when_is_refused_and_nothing_is_kept(scene, moments, refusal):
    with pytest.raises(refusal):
        scene.agree(CALL, moments=moments)
    assert db.session.query(CommunicationPlan).count() == 0


@pytest.mark.parametrize("instead", [EVENING, None])
def test_who_would_rather_not_be_visited_has_no_moment_at_home_and_nothing_says_there_was(scene, instead):
    plan = scene.agree(CALL, HOME, moments=(AgreedMoment(AFTER_REPORT, HOME),))
    scene.agree(CALL, HOME, seen=1, goal="lezen", moments=(AgreedMoment(AFTER_REPORT, HOME),))
    scene.chooses(plan, instead)
    assert [row.form for row in rows(plan)] == [instead]
    kept = [moment["form"] for row in db.session.query(PlanVersion) for moment in row.moments]
    assert kept == [None]


@pytest.mark.parametrize("at_his_desk", [True, False])
def test_the_office_leaves_the_line_of_the_leader_as_it_is_and_no_journal_tells_it(scene, at_his_desk):
    plan = scene.agree(CALL, reason="kanarie")
    office = a_leader("kantoor", roles=[StaffRole.OFFICE])
    service.agree(
        pupil_id=scene.sami, household_id=scene.home, year_id=scene.year, seen_version=1,
        leader_id=scene.bas if at_his_desk else None,
        agreement=Agreement((EVENING,), TODAY, "Layla", True, info_need=InfoNeed.NO, reason="van kantoor"),
        by=Actor(ActorKind.STAFF, office.id), now=NOW,
    )  # fmt: skip
    assert db.session.get_one(CommunicationPlan, plan).reason == "kanarie"
    told = repr([row.facts for row in db.session.query(JournalLine)])
    assert "kanarie" not in told


def report_comes_on(scene: Scene, day: date, *, now: datetime = NOW) -> None:
    years.add_day(
        year_id=scene.year, day=CalendarDay(DayKind.REPORT_1, "rapport", Period(day, day)), by=SYSTEM, now=now
    )


def agreed(scene: Scene, *moments: AgreedMoment) -> int:
    """An agreement of the home of Layla that stands; the letters about it are forgotten."""
    plan = scene.agree(CALL, moments=moments)
    scene.says_yes(plan)
    db.session.query(Outbox).delete()
    db.session.commit()
    return plan


def test_a_report_on_another_day_moves_what_comes_after_it_and_the_leader_is_told(scene):
    plan = agreed(scene, AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(ON_TUESDAY, CALL))
    report_comes_on(scene, date(2027, 11, 26))
    assert days(plan) == [(date(2027, 11, 29), date(2027, 12, 3)), (date(2027, 9, 28), date(2027, 9, 28))]
    assert [row.ical_sequence for row in rows(plan)] == [1, 0]
    assert scene.letters() == [(Letter.PLAN_MOVED_NOTICE, None)]
    assert scene.version(plan) == 1, "what was agreed stands, and nobody is asked again"
    letter = find_letter(max(row.id for row in db.session.query(Outbox)), NOW)
    assert letter.stop is None
    assert [(one.pupil, one.found.days.starts_on) for one in letter.moved] == [("Sami", date(2027, 11, 29))]


def test_the_same_day_again_tells_nobody(scene):
    plan = agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    [day] = db.session.query(SchoolDay).filter_by(kind=DayKind.REPORT_1)
    same = CalendarDay(DayKind.REPORT_1, "eerste rapport", Period(day.starts_on, day.ends_on))
    years.change_day(day_id=day.id, day=same, by=SYSTEM, now=NOW)
    assert ([row.ical_sequence for row in rows(plan)], scene.letters()) == ([0], [])


def test_what_is_only_proposed_follows_in_silence(scene):
    plan = scene.agree(CALL, moments=(AgreedMoment(AFTER_REPORT, CALL),))
    letters = scene.letters()
    report_comes_on(scene, date(2027, 11, 26))
    assert (days(plan), scene.letters()) == ([(date(2027, 11, 29), date(2027, 12, 3))], letters)


def test_days_that_are_over_are_told_to_nobody(scene):
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    report_comes_on(scene, date(2027, 11, 12), now=NOW + timedelta(days=120))
    assert scene.letters() == []


def test_a_report_without_a_date_any_more_leaves_the_moment_waiting(scene):
    plan = agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    day = db.session.query(SchoolDay).filter_by(kind=DayKind.REPORT_1).one()
    years.remove_day(day_id=day.id, by=SYSTEM, now=NOW)
    assert days(plan) == [(None, None)]
    assert [letter for letter, _ in scene.letters()] == [Letter.PLAN_MOVED_NOTICE]


def test_the_year_plan_moves_moments_once_its_reports_are_made_known(scene):
    plan = agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    moment = Planned(PlannedKind.REPORT, date(2027, 12, 3), None)
    planned = year_plans.add(year_id=scene.year, moment=moment, sure=True, by=SYSTEM, now=NOW)
    assert (days(plan)[0][0], scene.letters()) == (date(2027, 11, 22), []), "a draft of the office is nobody's"
    year_plans.publish(year_id=scene.year, kinds=[PlannedKind.REPORT], by=SYSTEM, now=NOW)
    assert days(plan)[0][0] == date(2027, 12, 6)
    year_plans.move(
        planned_id=planned, version=1, day=date(2027, 12, 10), begins=None, ends=None, place="", sure=True, by=SYSTEM,
        now=NOW,
    )  # fmt: skip
    assert days(plan)[0][0] == date(2027, 12, 13)
    year_plans.withdraw(year_id=scene.year, kinds=[PlannedKind.REPORT], by=SYSTEM, now=NOW)
    assert days(plan)[0][0] == date(2027, 11, 22), "what the calendar has"
    assert [row.ical_sequence for row in rows(plan)] == [3]


def test_a_letter_about_an_agreement_that_changed_meanwhile_stays_in_the_house(scene):
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    report_comes_on(scene, date(2027, 11, 26))
    scene.agree(CALL, seen=1, moments=(AgreedMoment(IN_MARCH, CALL),))
    moved = db.session.query(Outbox).where(Outbox.letter == Letter.PLAN_MOVED_NOTICE).one()
    assert find_letter(moved.id, NOW).stop is not None


def test_the_other_home_hears_nothing_of_it(scene):
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    report_comes_on(scene, date(2027, 11, 26))
    assert scene.karim.id not in [guardian for _letter, guardian in scene.letters()]


def test_a_date_that_changes_twice_before_the_letter_left_is_told_once(scene):
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    report_comes_on(scene, date(2027, 11, 26))
    report_comes_on(scene, date(2027, 12, 3), now=NOW + timedelta(minutes=1))
    both = db.session.query(Outbox).where(Outbox.letter == Letter.PLAN_MOVED_NOTICE).order_by(Outbox.id)
    assert [find_letter(row.id, NOW).stop is None for row in both] == [False, True]


def test_a_leader_of_many_families_gets_one_letter_about_a_report(scene):
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    other = scene.agree(CALL, home=scene.other_home, moments=(AgreedMoment(AFTER_REPORT, CALL),))
    scene.says_yes(other, scene.karim)
    before = {row.id for row in db.session.query(Outbox)}
    report_comes_on(scene, date(2027, 11, 26))
    [notice] = [row for row in db.session.query(Outbox) if row.id not in before]
    assert len(find_letter(notice.id, NOW).moved) == 2
