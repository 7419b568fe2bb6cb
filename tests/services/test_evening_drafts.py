"""A contact evening is planned from what families and teachers asked, and says how good the plan is."""

import itertools
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.domain.evenings import NothingAsked, NoTimesYet, TimesOutOfStep
from scheduling.domain.homes import HomeTalks
from scheduling.domain.rosters import VersionStatus
from scheduling.domain.rounds import BookingStatus
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Answer, PartOfDay
from scheduling.domain.years import Period
from scheduling.models import (
    Booking,
    HomeWishes,
    LeaderOpening,
    RosterRecord,
    RosterVersion,
    TalkRequest,
    TwoHomes,
    WishedTime,
    db,
)
from scheduling.optimiser.command import main as optimise
from tests.builders import (
    NOW,
    a_booking,
    a_guardian,
    household_of,
    some_slots,
)
from tests.evenings import EVENING, TEN, THURSDAY, School, span_of, talk_of

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def school(any_context) -> School:
    return School()


def test_a_family_sees_every_teacher_it_asked_for_one_after_the_other(school: School):
    school.times(school.anna, school.bas, school.cas)
    parent, (sami, lina) = school.family("Sami", "Lina")
    asked = [*school.asks(parent, sami, school.anna, school.bas), *school.asks(parent, lina, school.cas)]
    version = school.draft()
    assert (version.status, version.proof) == (VersionStatus.DRAFT, "optimal")
    spans = sorted(span_of(version, one) for one in asked)
    gaps = [later.starts_at - first.ends_at for first, later in itertools.pairwise(spans)]
    assert gaps == [TEN, TEN], "time to walk, and no longer"
    assert {talk.facts["family"] for talk in version.talks} == {talk_of(version, asked[0]).facts["family"]}


def test_what_the_school_asks_goes_before_a_first_wish_and_a_first_before_a_second(school: School):
    school.times(school.anna, count=1)
    asked = {}
    for name, more in (("Een", {"place": 1}), ("Twee", {"place": 2}), ("School", {"obligatory": True})):
        parent, (pupil,) = school.family(name)
        (asked[name],) = school.asks(parent, pupil, school.anna, **more)
    version = school.draft()
    assert talk_of(version, asked["School"]).starts_at == EVENING
    assert {talk_of(version, asked[name]).reason for name in ("Een", "Twee")} == {"teacher_full"}
    asked["School"].withdrawn_at = NOW
    db.session.commit()
    later = school.draft()
    assert talk_of(later, asked["Een"]).starts_at == EVENING
    assert talk_of(later, asked["Twee"]).starts_at is None


def test_who_lost_a_wish_last_time_goes_first_now(school: School):
    before = school.evening("Februari", period=Period(date(2027, 9, 20), date(2027, 9, 20)))
    (lost, (losing,)), (won, (winning,)) = school.family("Verlies"), school.family("Winst")
    ask = {"round_id": before.id, "teacher_id": school.anna.id, "asked_at": NOW}
    met = TalkRequest(pupil_id=winning.id, household_id=household_of(won).id, **ask)
    db.session.add_all([met, TalkRequest(pupil_id=losing.id, household_id=household_of(lost).id, **ask)])
    db.session.commit()
    slots = some_slots(before, school.anna, count=1, first=datetime(2027, 9, 20, 17, 0, tzinfo=UTC))
    a_booking(before, winning, slots[0], household=household_of(won)).request_id = met.id
    school.times(school.anna, count=1)
    (first,), (second,) = school.asks(won, winning, school.anna), school.asks(lost, losing, school.anna)
    version = school.draft()
    assert talk_of(version, second).starts_at == EVENING
    assert talk_of(version, second).facts["lost_last_time"]
    assert talk_of(version, first).starts_at is None


def test_nobody_is_planned_when_it_cannot_come_and_the_reason_is_said(school: School):
    school.times(school.anna)
    parent, (sami,) = school.family("Sami")
    (asked,) = school.asks(parent, sami, school.anna)
    said = HomeWishes(round_id=school.round.id, household_id=household_of(parent).id, said_at=NOW)
    said.times = [WishedTime(day=date(2027, 11, 16), part=PartOfDay.EARLY_EVENING, answer=Answer.CANNOT)]
    db.session.add(said)
    db.session.commit()
    assert talk_of(school.draft(), asked).reason == "no_possible_time"
    school.times(school.anna, first=datetime(2027, 11, 16, 19, 0, tzinfo=UTC), count=2)
    assert local(span_of(school.draft(), asked).starts_at).hour == 20, "later that evening suits"
    said.times.append(WishedTime(day=date(2027, 11, 16), part=PartOfDay.EVENING, answer=Answer.CANNOT))
    db.session.commit()
    school.times(school.anna, first=THURSDAY)
    assert local(span_of(school.draft(), asked).starts_at).date() == date(2027, 11, 18)


def test_two_homes_of_one_child_never_meet(school: School):
    school.times(school.anna, school.bas, count=9)
    mother, (sami,) = school.family("Sami")
    father = a_guardian("Vader", sami, position=2)
    year_id = school.round.year_id
    db.session.add(TwoHomes(year_id=year_id, pupil_id=sami.id, talks=HomeTalks.APART, apart_minutes=20))
    db.session.commit()
    mine = school.asks(mother, sami, school.anna, school.bas)
    theirs = school.asks(father, sami, school.anna)
    version = school.draft()
    wide = [Span(span.starts_at - 2 * TEN, span.ends_at + 2 * TEN) for one in mine for span in [span_of(version, one)]]
    assert not any(span_of(version, one).overlaps(span) for one in theirs for span in wide)


def test_the_figures_of_a_plan_are_those_of_the_independent_checker(school: School, tmp_path, capsys):
    school.times(school.anna, school.bas, count=4)
    for n in range(5):
        parent, (pupil,) = school.family(f"Kind {n}")
        school.asks(parent, pupil, school.anna, school.bas)
    version = school.draft()
    papers = db.session.get_one(RosterRecord, version.id)
    for name in ("roster", "first_come"):
        problem, roster = tmp_path / "problem.json", tmp_path / f"{name}.json"
        problem.write_text(json.dumps(papers.problem))
        roster.write_text(json.dumps(getattr(papers, name)))
        assert optimise(["check", str(problem), str(roster), "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["score"] == getattr(papers, name)["score"]
    assert papers.roster["score"] == version.score
    assert papers.roster["bound"] == version.bound
    assert papers.first_come["score"]["weight"] <= version.score["weight"] <= version.bound["weight"]


def test_publishing_gives_a_family_all_its_talks_and_shows_the_teachers_times(school: School):
    school.times(school.anna, school.bas)
    parent, (sami,) = school.family("Sami")
    asked = school.asks(parent, sami, school.anna, school.bas)
    version = school.draft()
    done = school.publish()
    assert (done.published, done.changed_meanwhile, done.talks) == (("anna", "bas"), (), 2)
    talks = {talk.request_id: talk for talk in db.session.query(Booking)}
    assert {one.id: span_of(version, one).starts_at for one in asked} == {
        key: talk.starts_at for key, talk in talks.items()
    }
    assert {talk.status for talk in talks.values()} == {BookingStatus.INVITED}
    assert db.session.query(LeaderOpening).count() == 2


def test_a_talk_that_stands_keeps_its_time_and_what_was_withdrawn_is_not_published(school: School):
    school.times(school.anna, school.bas)
    parent, (sami,) = school.family("Sami")
    first, second = school.asks(parent, sami, school.anna, school.bas)
    school.draft()
    second.withdrawn_at = NOW
    db.session.commit()
    assert school.publish().talks == 1
    standing = db.session.query(Booking).one()
    second.withdrawn_at = None
    db.session.commit()
    later = school.draft()
    assert talk_of(later, first).pinned
    assert talk_of(later, first).starts_at == standing.starts_at
    assert abs(span_of(later, second).starts_at - standing.starts_at) == 2 * TEN
    assert school.publish().talks == 1


def test_a_teacher_whose_times_changed_meanwhile_waits_for_another_plan(school: School):
    school.times(school.anna, school.bas)
    parent, (sami,) = school.family("Sami")
    school.asks(parent, sami, school.anna, school.bas)
    school.draft()
    school.times(school.bas, count=1, first=EVENING + 8 * TEN)
    done = school.publish()
    assert (done.published, done.changed_meanwhile) == (("anna",), ("bas",))
    school.draft(based_on=1)
    assert school.publish().published == ("bas",)


def test_times_that_begin_in_between_are_named_before_anything_is_made(school: School):
    school.times(school.anna, school.bas)
    school.times(school.cas, first=EVENING + timedelta(minutes=5))
    with pytest.raises(TimesOutOfStep) as refusal:
        school.draft()
    assert (refusal.value.day, refusal.value.codes) == (date(2027, 11, 16), ("cas",))
    assert db.session.query(RosterVersion).count() == 0


def test_an_evening_without_wishes_or_without_times_has_nothing_to_plan(school: School):
    parent, (sami,) = school.family("Sami")
    with pytest.raises(NoTimesYet):
        school.draft()
    school.times(school.anna)
    with pytest.raises(NothingAsked):
        school.draft()
    school.asks(parent, sami, school.anna)
    assert school.draft().number == 1
