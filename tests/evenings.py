"""A small secondary school with a contact evening, for tests: teachers, their times, and what families ask."""

from datetime import UTC, date, datetime, timedelta

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundKind
from scheduling.domain.timeslots import Span
from scheduling.domain.years import Period
from scheduling.models import Guardian, Pupil, RosterTalk, RosterVersion, Round, Staff, TalkRequest, db
from scheduling.services import rosters
from tests.builders import (
    NOW,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)

EVENING = datetime(2027, 11, 16, 17, 30, tzinfo=UTC)
"""A Tuesday, 18.30 hours in the Netherlands."""
THURSDAY = EVENING + timedelta(days=2)
TEN = timedelta(minutes=10)


class School:
    """A small secondary school with three teachers of one class and an evening on Tuesday."""

    def __init__(self) -> None:
        a_school(sector=Sector.SECONDARY)
        a_year()
        self.anna, self.bas, self.cas = a_leader("anna"), a_leader("bas"), a_leader("cas")
        self.group = a_class("2B", leaders=[self.anna])
        self.round = self.evening()

    def evening(self, name: str = "Contactavonden", **more: object) -> Round:
        period = more.pop("period", Period(date(2027, 11, 16), date(2027, 11, 18)))
        classes = more.pop("classes", [self.group])
        return a_round(
            name, classes=classes, kind=RoundKind.CONTACT_EVENING, slot_minutes=10, max_in_a_row=0,
            period=period, **more,
        )  # fmt: skip

    def times(self, *teachers: Staff, count: int = 6, first: datetime = EVENING) -> None:
        for teacher in teachers:
            some_slots(self.round, teacher, count=count, first=first, opened=False)

    def family(self, *children: str) -> tuple[Guardian, list[Pupil]]:
        pupils = [a_pupil(name, self.group, birth_date=date(2014, 3, 1)) for name in children]
        return a_guardian(f"Ouder van {children[0]}", *pupils), pupils

    def asks(self, parent: Guardian, pupil: Pupil, *teachers: Staff, **more: object) -> list[TalkRequest]:
        rows = [
            TalkRequest(
                **{
                    "round_id": self.round.id, "pupil_id": pupil.id, "household_id": household_of(parent).id,
                    "teacher_id": teacher.id, "place": place, "asked_at": NOW, "guardian_id": parent.id,
                }
                | more
            )
            for place, teacher in enumerate(teachers, 1)
        ]  # fmt: skip
        db.session.add_all(rows)
        db.session.commit()
        return rows

    def draft(self, **more: object) -> RosterVersion:
        version_id = rosters.request(round_id=self.round.id, seconds=5, by=SYSTEM, now=NOW, **more)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        return db.session.get_one(RosterVersion, version_id)

    def publish(self) -> rosters.Published:
        return rosters.publish(round_id=self.round.id, by=SYSTEM, now=NOW)


def talk_of(version: RosterVersion, request: TalkRequest) -> RosterTalk:
    return next(talk for talk in version.talks if talk.request_id == request.id)


def span_of(version: RosterVersion, request: TalkRequest) -> Span:
    talk = talk_of(version, request)
    assert talk.starts_at is not None
    return Span(talk.starts_at, talk.starts_at + TEN * talk.slots)
