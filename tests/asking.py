"""A secondary school that asks families whom they want to speak on a contact evening. Make it in an app context."""

from datetime import datetime

from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundKind, RoundMode
from scheduling.models import ClassGroup, Lesson, Staff, db
from tests.builders import (
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    an_office_worker,
    household_of,
    some_slots,
)


class AskingSchool:
    """Anna is the mentor of 2a, Karin of 4b; Bo teaches maths to both, Cas English to 2a. Layla and Omar have a child
    in each class; Mila of 2a has two homes, Ruud's and Els's."""

    def __init__(self, until: datetime) -> None:
        a_school(sector=Sector.SECONDARY)
        a_year()
        self.office = an_office_worker()
        self.anna, self.karin = a_leader("anna"), a_leader("karin")
        self.bo, self.cas = a_leader("bo"), a_leader("cas")
        self.two, self.four = a_class("2a", leaders=[self.anna]), a_class("4b", leaders=[self.karin])
        for teacher, group, subject in (
            (self.bo, self.two, "wiskunde"), (self.bo, self.four, "wiskunde"), (self.cas, self.two, "Engels"),
        ):  # fmt: skip
            a_lesson(teacher, group, subject)
        self.evening = a_round(
            "Contactavond", classes=[self.two, self.four], mode=RoundMode.ROSTER_THEN_SWAP, slot_minutes=10
        )
        self.evening.kind, self.evening.wishes_until = RoundKind.CONTACT_EVENING, until
        self.sami, self.noor = a_pupil("Sami", self.two), a_pupil("Noor", self.four)
        self.layla = a_guardian("Layla", self.sami, self.noor)
        self.omar = a_guardian("Omar", self.sami, self.noor, household=household_of(self.layla), position=2)
        self.mila = a_pupil("Mila", self.two)
        self.ruud, self.els = a_guardian("Ruud", self.mila), a_guardian("Els", self.mila, position=2)
        db.session.commit()

    @property
    def teachers(self) -> tuple[Staff, ...]:
        return (self.anna, self.karin, self.bo, self.cas)

    def times(self, *, first: datetime, count: int = 6, opened: bool = False) -> None:
        """Everybody is there for an hour from this moment on."""
        for teacher in self.teachers:
            some_slots(self.evening, teacher, count=count, first=first, room=f"lokaal {teacher.code}", opened=opened)


def a_lesson(teacher: Staff, group: ClassGroup, subject: str) -> Lesson:
    lesson = Lesson(
        year_id=group.year_id, staff_id=teacher.id, class_id=group.id, group_name=group.name, subject=subject
    )
    db.session.add(lesson)
    db.session.commit()
    return lesson
