"""Visits at home: to a new family once, by the teacher of its oldest child; and always as the family itself wishes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import (
    Details,
    FamilyNotNew,
    HomeVisits,
    Medium,
    NotTheVisitor,
    SingleState,
    VisitReason,
)
from scheduling.domain.timeslots import Span
from scheduling.models import Enrolment, Pupil, School, SingleTalk, Staff, db
from scheduling.queries import single_talks as asking
from scheduling.queries.new_families import new_families
from scheduling.services import retention, single_talks
from tests import builders
from tests.builders import NOW, household_of
from tests.services.test_single_talks import SEPTEMBER

FIRST = Details(
    RoundKind.HOME_VISIT, 45, Medium.HOME, PupilPart.PRESENT, reason=VisitReason.FIRST_CHILD, travel_before=15,
    travel_after=15,
)  # fmt: skip


class Story:
    """Fay and her younger brother Gus begin this year; the twins of Petra have a sister who was here before."""

    def __init__(self) -> None:
        school = builders.a_school()
        school.home_visits = HomeVisits.FIRST_CHILD
        self.year = builders.a_year()
        before = builders.a_year("2026-2027")
        self.bas, self.karin = builders.a_leader("bas"), builders.a_leader("karin")
        self.one = builders.a_class("1", leaders=[self.bas])
        self.four = builders.a_class("4", leaders=[self.karin])
        self.gus = builders.a_pupil("Gus", self.one, birth_date=date(2023, 1, 1))
        self.fay = builders.a_pupil("Fay", self.four, birth_date=date(2020, 1, 1))
        self.omar = builders.a_guardian("Omar", self.gus, self.fay)
        self.sis = builders.a_pupil("Sis", self.four, birth_date=date(2020, 2, 2))
        self.tim = builders.a_pupil("Tim", self.one, birth_date=date(2023, 2, 2))
        self.petra = builders.a_guardian("Petra", self.sis, self.tim)
        old = builders.ClassGroup(year_id=before.id, name="3")
        db.session.add(old)
        db.session.flush()
        db.session.add(Enrolment(pupil_id=self.sis.id, year_id=before.id, class_id=old.id, year_level="3"))
        db.session.commit()

    def arrange(
        self, pupil: Pupil, leader: Staff, details: Details = FIRST, spans: Sequence[Span] | None = None
    ) -> int:
        home = household_of(self.omar if pupil in (self.gus, self.fay) else self.petra).id
        return single_talks.arrange(
            details=details, pupil_id=pupil.id, household_id=home,
            spans=spans or [Span(SEPTEMBER, SEPTEMBER + timedelta(minutes=45))], anyway=False, after_id=None,
            leader_id=leader.id, by=Actor(ActorKind.STAFF, leader.id), now=NOW,
        )  # fmt: skip


@pytest.fixture
def story(any_context: Flask) -> Story:
    return Story()


def test_a_new_family_is_on_the_list_once_with_the_teacher_of_the_oldest_child(story: Story) -> None:
    (family,) = new_families(story.year.id) or ()
    assert (family.children, family.class_name) == (("Fay Yilmaz", "Gus Yilmaz"), "4")
    assert [name.full for _, name in family.visitors] == ["Karin Jansen"]
    assert family.state is None
    story.arrange(story.fay, story.karin)
    (family,) = new_families(story.year.id) or ()
    assert family.state is SingleState.PROPOSED


def test_another_teacher_does_not_visit_a_new_family(story: Story) -> None:
    with pytest.raises(NotTheVisitor) as refused:
        story.arrange(story.gus, story.bas)
    assert [name.full for name in refused.value.visitors] == ["Karin Jansen"]


def test_a_family_that_knows_the_school_is_not_visited_as_a_new_one(story: Story) -> None:
    with pytest.raises(FamilyNotNew):
        story.arrange(story.tim, story.bas)
    story.arrange(story.tim, story.bas, replace(FIRST, reason=VisitReason.AGREED))


def test_in_the_first_year_of_a_school_nobody_can_tell_who_is_new(any_context: Flask) -> None:
    builders.a_school()
    year = builders.a_year()
    builders.a_guardian("Omar", builders.a_pupil("Gus", builders.a_class("1")))
    assert new_families(year.id) is None


@pytest.mark.parametrize(
    "policy, medium, instead",
    [
        (HomeVisits.INTRO_CHOICE, Medium.SCHOOL, (Medium.HOME, Medium.PHONE)),
        (HomeVisits.INTRO_CHOICE, Medium.HOME, (Medium.SCHOOL, Medium.PHONE)),
        (HomeVisits.AGREED_ONLY, Medium.SCHOOL, (Medium.PHONE,)),
    ],
)
def test_at_an_introduction_the_family_chooses_home_or_school_where_the_school_lets_it(
    story: Story, policy: HomeVisits, medium: Medium, instead: tuple[Medium, ...]
) -> None:
    db.session.get_one(School, 1).home_visits = policy
    db.session.commit()
    intro = Details(RoundKind.INTRO_CONVERSATION, 20, medium, PupilPart.PRESENT)
    made = story.arrange(story.gus, story.bas, intro, [Span(SEPTEMBER, SEPTEMBER + timedelta(minutes=20))])
    assert asking.the_single(made, story.bas.id, NOW).instead == instead


def test_where_a_family_was_visited_is_gone_the_day_after_and_an_old_note_later(story: Story) -> None:
    made = story.arrange(story.fay, story.karin)
    time = asking.the_single(made, story.karin.id, NOW).times[0].id
    by = Actor(ActorKind.GUARDIAN, story.omar.id)
    single_talks.choose(single_id=made, time_id=time, address="Lindelaan 12", by=by, now=NOW)
    visit = SEPTEMBER + timedelta(hours=1)
    leader = Actor(ActorKind.STAFF, story.karin.id)
    single_talks.visited(
        single_id=made, note="Fijn bezoek", copied=False, leader_id=story.karin.id, by=leader, now=visit
    )

    def kept(days: int) -> tuple[str, str]:
        retention.run(by=leader, now=visit + timedelta(days=days))
        db.session.expire_all()
        talk = db.session.get_one(SingleTalk, made)
        return talk.address, talk.note

    assert kept(0) == ("Lindelaan 12", "Fijn bezoek")
    assert kept(1) == ("", "Fijn bezoek")
    assert kept(32) == ("", "")
