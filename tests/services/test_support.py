"""Conversations of the support team: who makes them, who hears what, and who never sees that they are there."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import StaffRole
from scheduling.domain.rounds import FamilyBusy
from scheduling.domain.single_talks import DayOff, LeaderBusy, MinutesWrong, NoLongerOffered
from scheduling.domain.support import (
    ColleagueNotHere,
    FamilySaid,
    Guest,
    GuestUnclear,
    Meeting,
    MeetingChanged,
    MeetingOver,
    TooManyGuests,
    guests_of,
)
from scheduling.domain.timeslots import Span
from scheduling.models import Outbox, SupportGuest, SupportMeeting, db
from scheduling.queries import people
from scheduling.queries.bookings import busy_spans
from scheduling.queries.support import answers_to, of_colleague, of_family, of_home, the_meeting
from scheduling.services import retention, support
from tests import builders
from tests.builders import NOW, TUESDAY, household_of

TEN = datetime(2027, 9, 14, 8, 0, tzinfo=UTC)
"""A Tuesday in September, ten o'clock."""


class Story:
    """Ib asks Layla and Omar, their teacher Bas, director Dia and two people from outside."""

    def __init__(self) -> None:
        builders.a_school()
        builders.a_year()
        self.ib = builders.a_leader("ib", roles=[StaffRole.INTERNAL_SUPERVISOR])
        self.other_ib = builders.a_leader("ib2", roles=[StaffRole.INTERNAL_SUPERVISOR])
        self.office = builders.a_leader("kantoor", roles=[StaffRole.OFFICE])
        self.dia = builders.a_leader("dia", roles=[StaffRole.DIRECTOR])
        self.bas, self.karin = builders.a_leader("bas"), builders.a_leader("karin")
        self.three = builders.a_class("3", leaders=[self.bas])
        self.sami = builders.a_pupil("Sami", self.three)
        self.layla = builders.a_guardian("Layla", self.sami)
        self.omar = builders.a_guardian("Omar", self.sami, household=household_of(self.layla), position=2)
        self.home = household_of(self.layla).id
        self.by_ib = Actor(ActorKind.STAFF, self.ib.id)
        self.by_layla = Actor(ActorKind.GUARDIAN, self.layla.id)

    def meeting(self, at: datetime = TEN, **more: object) -> Meeting:
        facts = {
            "span": Span(at, at + timedelta(minutes=45)), "room": "overlegkamer", "teacher_id": self.bas.id,
            "director_id": self.dia.id,
            "guests": (Guest("A. Bakker", "bakker@example.org"), Guest("C. Visser", "visser@example.org")),
        }  # fmt: skip
        return Meeting(**facts | more)  # type: ignore[arg-type]

    def makes(self, by: Actor | None = None, **more: object) -> int:
        return support.make(
            pupil_id=self.sami.id, household_id=self.home, meeting=self.meeting(**more), anyway=False,  # type: ignore[arg-type]
            by=by or self.by_ib, now=NOW,
        )  # fmt: skip

    def changes(self, meeting_id: int, *, seen: int = 1, **more: object) -> None:
        support.change(
            meeting_id=meeting_id, meeting=self.meeting(**more), anyway=False, seen_version=seen, by=self.by_ib,  # type: ignore[arg-type]
            now=NOW + timedelta(hours=1),
        )  # fmt: skip

    def colleague(self, staff: object) -> people.Colleague:
        roles = frozenset(row.role for row in staff.roles)  # type: ignore[attr-defined]
        return people.Colleague(staff.id, staff.code, staff.name, roles)  # type: ignore[attr-defined]


@pytest.fixture
def story(any_context: Flask) -> Story:
    return Story()


def letters(letter: Letter | None = None) -> list[tuple[str, str, int]]:
    wanted = select(Outbox).order_by(Outbox.id)
    return [
        (row.letter.value, row.address.partition("@")[0].rstrip("0123456789"), row.sequence)
        for row in db.session.scalars(wanted)
        if letter in (None, row.letter)
    ]


def test_everybody_at_the_table_gets_the_appointment(story: Story) -> None:
    story.makes()
    assert sorted(name for _, name, _ in letters()) == ["bakker", "bas", "dia", "ib", "layla", "omar", "visser"]
    assert {letter for letter, _, _ in letters()} == {"support_invited"}


def test_only_an_internal_supervisor_makes_one_and_the_office_does_not(story: Story) -> None:
    for staff in (story.office, story.dia, story.bas):
        with pytest.raises(NotFound):
            story.makes(by=Actor(ActorKind.STAFF, staff.id))
    with pytest.raises(NotFound):
        story.makes(by=story.by_layla)
    assert letters() == []


def test_who_does_not_sit_at_the_table_does_not_see_that_it_is_there(story: Story) -> None:
    made = story.makes()
    for staff in (story.ib, story.bas, story.dia):
        assert [one.id for one in of_colleague(story.colleague(staff))] == [made]
    for staff in (story.office, story.karin, story.other_ib):
        assert of_colleague(story.colleague(staff)) == ()
        with pytest.raises(NotFound):
            the_meeting(made, story.colleague(staff))
    petra = builders.a_guardian("Petra", builders.a_pupil("Daan", story.three))
    assert of_family(Actor(ActorKind.GUARDIAN, petra.id), NOW) == ()
    assert [one.id for one in of_family(story.by_layla, NOW)] == [made]


def test_another_time_tells_everybody_and_who_is_no_longer_asked_gets_a_cancellation(story: Story) -> None:
    made = story.makes()
    support.answer(meeting_id=made, said=FamilySaid.COMES, by=story.by_layla, now=NOW)
    db.session.execute(Outbox.__table__.delete())
    db.session.commit()
    story.changes(made, at=TEN + timedelta(days=1), teacher_id=None, guests=(Guest("A. Bakker", "bakker@example.org"),))
    assert sorted(letters(Letter.SUPPORT_INVITED)) == [
        ("support_invited", name, 1) for name in ("bakker", "dia", "ib", "layla", "omar")
    ]
    assert sorted(letters(Letter.SUPPORT_CANCELLED)) == [("support_cancelled", name, 1) for name in ("bas", "visser")]
    assert answers_to(made) == (), "what suited was the other time"


def test_off_is_off_for_everybody(story: Story) -> None:
    made = story.makes()
    support.cancel(meeting_id=made, by=story.by_ib, now=NOW)
    assert len(letters(Letter.SUPPORT_CANCELLED)) == 7
    with pytest.raises(MeetingOver):
        story.changes(made, seen=2)
    with pytest.raises(MeetingOver):
        support.answer(meeting_id=made, said=FamilySaid.COMES, by=story.by_layla, now=NOW)


def test_a_home_answers_as_it_likes_and_only_the_supervisor_hears_it(story: Story) -> None:
    made = story.makes()
    for said in (FamilySaid.CALL, FamilySaid.CALL, FamilySaid.NO):
        support.answer(meeting_id=made, said=said, by=story.by_layla, now=NOW)
    assert [(one.guardians, one.said) for one in answers_to(made)] == [
        (("Layla Yilmaz", "Omar Yilmaz"), FamilySaid.NO)
    ]  # fmt: skip
    assert letters(Letter.SUPPORT_NOTICE) == [("support_notice", "ib", 0)] * 2
    assert of_home(made, story.by_layla, NOW).said is FamilySaid.NO


def test_two_homes_do_not_read_each_others_answer(story: Story) -> None:
    ruud = builders.a_guardian("Ruud", story.sami, position=3)
    made = support.make(
        pupil_id=story.sami.id, household_id=None, meeting=story.meeting(), anyway=False, by=story.by_ib, now=NOW
    )
    support.answer(meeting_id=made, said=FamilySaid.NO, by=story.by_layla, now=NOW)
    assert of_home(made, Actor(ActorKind.GUARDIAN, ruud.id), NOW).said is None
    alone = story.makes(at=TEN + timedelta(days=2))
    with pytest.raises(NotFound):
        of_home(alone, Actor(ActorKind.GUARDIAN, ruud.id), NOW)


def test_nobody_is_asked_to_two_places_at_once(story: Story) -> None:
    made = story.makes()
    with pytest.raises(LeaderBusy):
        story.makes()
    story.changes(made)
    found = builders.a_round(classes=[story.three])
    (slot,) = builders.some_slots(found, story.karin, count=1, first=TUESDAY)
    builders.a_booking(found, story.sami, slot, household=household_of(story.layla))
    with pytest.raises(FamilyBusy):
        story.makes(at=TUESDAY, teacher_id=None, director_id=None)
    taken = busy_spans(db.session(), guardians=[story.layla.id])
    assert Span(TEN, TEN + timedelta(minutes=45)) in taken


@pytest.mark.parametrize(
    "wrong, refusal",
    [
        ({"at": NOW - timedelta(days=1)}, NoLongerOffered),
        ({"span": Span(TEN, TEN + timedelta(hours=4))}, MinutesWrong),
        ({"at": datetime(2027, 8, 25, 8, 0, tzinfo=UTC)}, DayOff),
        ({"teacher_id": 987_654}, ColleagueNotHere),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_before_anything_is_kept(
    story: Story, wrong: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        story.makes(**wrong)
    assert db.session.scalars(select(SupportMeeting)).all() == []


def test_a_director_is_somebody_who_directs(story: Story) -> None:
    with pytest.raises(ColleagueNotHere):
        story.makes(director_id=story.karin.id)


def test_who_changes_what_somebody_changed_meanwhile_sees_it_first(story: Story) -> None:
    made = story.makes()
    story.changes(made)
    with pytest.raises(MeetingChanged):
        story.changes(made, seen=1)


def test_guests_are_read_as_people_write_them() -> None:
    text = " A. Bakker, bakker@example.org\n\nC. Visser <visser@example.org>\nA. Bakker; bakker@EXAMPLE.org"
    assert guests_of(text) == (Guest("A. Bakker", "bakker@example.org"), Guest("C. Visser", "visser@example.org"))
    with pytest.raises(GuestUnclear, match="zonder adres"):
        guests_of("zonder adres")
    with pytest.raises(GuestUnclear):
        guests_of("bakker@example.org")
    with pytest.raises(TooManyGuests):
        guests_of("\n".join(f"Gast, g{number}@example.org" for number in range(7)))


def test_who_came_from_outside_is_forgotten_the_day_after(story: Story) -> None:
    story.makes()
    retention.run(by=story.by_ib, now=TEN + timedelta(hours=2))
    assert len(db.session.scalars(select(SupportGuest)).all()) == 2
    retention.run(by=story.by_ib, now=TEN + timedelta(days=1))
    assert db.session.scalars(select(SupportGuest)).all() == []
    assert len(db.session.scalars(select(SupportMeeting)).all()) == 1


def test_a_pupil_of_eighteen_is_asked_himself(story: Story) -> None:
    kim = builders.a_pupil("Kim", story.three, birth_date=date(2008, 1, 1))
    kim.email = "kim@leerlingen.example.org"
    builders.a_guardian("Petra", kim)
    db.session.commit()
    made = support.make(
        pupil_id=kim.id, household_id=None, meeting=story.meeting(guests=()), anyway=False, by=story.by_ib, now=NOW
    )
    assert sorted(name for _, name, _ in letters()) == ["bas", "dia", "ib", "kim"]
    by_kim = Actor(ActorKind.PUPIL, kim.id)
    support.answer(meeting_id=made, said=FamilySaid.COMES, by=by_kim, now=NOW)
    assert of_home(made, by_kim, NOW).said is FamilySaid.COMES
    assert {row.state for row in db.session.scalars(select(Outbox))} == {OutboxState.QUEUED}
