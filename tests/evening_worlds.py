"""A contact evening of a secondary school at each of its stages, for tests that walk its pages. In an app context."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.on_the_day import ShownAs
from scheduling.domain.plans import ContactForm
from scheduling.models import (
    Base,
    Booking,
    CommunicationPlan,
    Guardian,
    NoTalkNeeded,
    PlanForm,
    Pupil,
    Room,
    RosterTalk,
    RosterVersion,
    Slot,
    Staff,
    TalkRequest,
    db,
)
from scheduling.services import on_the_day, rosters
from tests.asking import AskingSchool
from tests.builders import (
    NOW,
    a_class,
    a_guardian,
    a_pupil,
    a_year,
    household_of,
    some_slots,
)

EVENING = datetime(2027, 8, 31, 16, 30, tzinfo=UTC)
"""A Tuesday, 18.30 hours in the Netherlands."""
DAY = timedelta(days=1)


class Stage(StrEnum):
    ASKED = "asked"
    """Families are asked, and two plans lie ready."""
    PLANNED = "planned"
    """The families have their times; some free times are left."""
    TODAY = "today"
    """The first talks have been, and one teacher runs late."""


class EveningWorld(AskingSchool):
    """Layla's and Omar's children, Mila with her two homes, and three other families; Cas has little time."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        super().__init__(NOW + 7 * DAY if stage is Stage.ASKED else NOW - DAY)
        self.by = Actor(ActorKind.STAFF, self.office.id)
        self.daan, self.tom, self.aya = a_pupil("Daan", self.two), a_pupil("Tom", self.two), a_pupil("Aya", self.four)
        self.petra, self.jo, self.mina = (
            a_guardian(name, child) for name, child in (("Petra", self.daan), ("Jo", self.tom), ("Mina", self.aya))
        )
        self._gets_times()
        self._is_asked()
        a_class("2a", leaders=[self.anna], year=a_year("2028-2029"))
        self.version = self._is_planned()
        if stage is not Stage.ASKED:
            self._is_published()
        self.tokens = {"screens": self._goes_on()} if stage is Stage.TODAY else {}
        self._arguments = self._find_arguments()

    def arguments(self) -> dict[str, object]:
        """A value for every name an address may hold; all of them belong to Layla's family and to Anna."""
        return dict(self._arguments)

    @property
    def first(self) -> datetime:
        """When the first talk begins."""
        return NOW - timedelta(minutes=20) if self.stage is Stage.TODAY else EVENING

    @property
    def asked_on(self) -> datetime:
        return NOW - 3 * DAY

    def _find_arguments(self) -> dict[str, object]:
        talk = db.session.query(Booking).filter_by(pupil_id=self.sami.id, leader_id=self.anna.id).first()
        free = db.session.query(Slot).filter_by(leader_id=self.anna.id, booking_id=None).order_by(Slot.id.desc())
        planned = db.session.query(RosterTalk).filter_by(version_id=self.version.id)
        home = household_of(self.layla).id
        return {
            "round_id": self.evening.id, "pupil_id": self.sami.id, "leader_id": self.anna.id, "class_id": self.two.id,
            "guardian_id": self.layla.id, "household_id": home, "of": "home", "wisher_id": home, "number": 1,
            "year_id": self.evening.year_id, "letter": "wishes" if self.stage is Stage.ASKED else "invitation",
            "booking_id": talk.id if talk else 0, "slot_id": free[0].id, "request": self.samis.id,
            "talk": planned.filter_by(request_id=self.samis.id).one().id,
            "missed": planned.filter_by(starts_at=None).first().id, "day": self.first.date().isoformat(),
        }  # fmt: skip

    def _gets_times(self) -> None:
        if self.stage is Stage.TODAY:
            self.evening.starts_on = NOW.date()
        for teacher in self.teachers:
            count = 2 if teacher is self.cas else 12
            for first in (self.first, self.first + 2 * DAY)[: 1 if teacher is self.cas else 2]:
                some_slots(self.evening, teacher, count=count, first=first, room=f"lokaal {teacher.code}", opened=False)
        db.session.add(Room(name="lokaal anna", floor="begane grond"))
        db.session.add(Room(name="aula", floor="1"))
        db.session.commit()

    def _is_asked(self) -> None:
        self.samis, *_ = self._asks(self.layla, self.sami, self.anna, self.cas, self.bo)
        self._asks(self.omar, self.noor, self.karin, self.bo)
        self._asks(self.petra, self.daan, self.cas, self.anna)
        self._asks(self.jo, self.tom, self.cas, self.bo)
        self._asks(self.ruud, self.mila, self.anna, self.cas)
        (elses,) = self._asks(self.els, self.mila, self.anna)
        elses.obligatory = True
        content = household_of(self.mina).id
        db.session.add(
            NoTalkNeeded(
                round_id=self.evening.id, pupil_id=self.aya.id, household_id=content, said_at=self.asked_on,
                guardian_id=self.mina.id,
            )
        )  # fmt: skip
        db.session.add(
            CommunicationPlan(
                year_id=self.evening.year_id, pupil_id=self.daan.id, household_id=household_of(self.petra).id,
                agreed_on=self.asked_on.date(), recorded_by=self.anna.id, recorded_at=self.asked_on,
                forms=[PlanForm(form=ContactForm.CALL)],
            )
        )  # fmt: skip
        db.session.commit()

    def _asks(self, parent: Guardian, pupil: Pupil, *teachers: Staff) -> Sequence[TalkRequest]:
        subjects = {self.bo.id: "wiskunde", self.cas.id: "Engels"}
        rows = [
            TalkRequest(
                round_id=self.evening.id, pupil_id=pupil.id, household_id=household_of(parent).id,
                teacher_id=teacher.id, place=place, asked_at=self.asked_on, guardian_id=parent.id,
                subject=subjects.get(teacher.id, ""),
            )
            for place, teacher in enumerate(teachers, 1)
        ]  # fmt: skip
        db.session.add_all(rows)
        db.session.commit()
        return rows

    def _is_planned(self) -> RosterVersion:
        """Two versions that differ in nothing but their number, so that they can stand side by side."""
        made = []
        for _version in range(2):
            version_id = rosters.request(round_id=self.evening.id, seconds=5, by=self.by, now=self.asked_on)
            rosters.run_one(version_id=version_id, worker="test", clock=lambda: self.asked_on)
            made.append(version_id)
        return db.session.get_one(RosterVersion, made[0])

    def _is_published(self) -> None:
        rosters.publish(round_id=self.evening.id, number=1, by=self.by, now=self.asked_on)
        db.session.query(Booking).update({Booking.invited_at: self.asked_on})
        db.session.commit()

    def _goes_on(self) -> str:
        """Somebody is here, Bo runs late, and a screen hangs in the hall; its address."""
        talk = db.session.query(Booking).order_by(Booking.starts_at)[0]
        on_the_day.arrive(booking_id=talk.id, by=self.by, now=NOW)
        on_the_day.run_late(leader_id=self.bo.id, more=10, by=self.by, now=NOW)
        return on_the_day.hang_screen(
            name="Gang beneden", shown_as=ShownAs.FIRST_NAMES, rooms=(), until=NOW.date() + 30 * DAY, by=self.by,
            now=NOW,
        )  # fmt: skip


def an_evening_to_visit(stage: Stage) -> EveningWorld:
    """The same, with rows that can still be read after the app context is gone: for tests of pages."""
    db.session().expire_on_commit = False
    found = EveningWorld(stage)
    for row in vars(found).values():
        if isinstance(row, Base):
            db.session.refresh(row)
    db.session.expunge_all()
    db.session.remove()
    return found
