"""Whom a leader speaks to in person: homes of the own classes that did not answer yet, instead of a third mail."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from scheduling.domain.people import Name
from scheduling.domain.reminders import MOST_QUESTIONS, NextStep, Occasion
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Wisher
from scheduling.models import (
    ClassLeader,
    PersonalApproach,
    Round,
    RoundClass,
    StandingRound,
    db,
)
from scheduling.queries.reminders import Child, Family, families_of, open_questions


@dataclass(frozen=True)
class Approach:
    """Somebody spoke to this home on this day, and this follows."""

    on: date
    next_step: NextStep


@dataclass(frozen=True)
class ToSpeak:
    """One child with one home that did not answer. `by_mail`: a mail reaches somebody there."""

    wisher: Wisher
    child: Child
    people: tuple[tuple[Name, str], ...]
    by_mail: bool
    talks: tuple[datetime, ...]
    """The times that wait for an answer."""
    reminded: tuple[date, ...]
    approach: Approach | None

    @property
    def is_next(self) -> bool:
        """No mail follows any more, and nobody has reached the family yet."""
        done = self.approach is not None and self.approach.next_step.reached
        return not done and (not self.by_mail or len(self.reminded) >= MOST_QUESTIONS)

    @property
    def home(self) -> int:
        """How an address names the home."""
        return self.wisher.household_id or 0


@dataclass(frozen=True)
class RoundToSpeak:
    """A round in which homes of the own classes did not answer."""

    round_id: int
    name: str
    lines: tuple[ToSpeak, ...]


def personal_list(leader_id: int, year_id: int, now: datetime) -> tuple[RoundToSpeak, ...]:
    """Per round who did not answer; who gets no more mail stands first."""
    session = db.session()
    led = select(RoundClass.round_id).join(ClassLeader, ClassLeader.class_id == RoundClass.class_id)
    rounds = session.scalars(
        select(Round)
        .where(
            Round.year_id == year_id, Round.ends_on >= local(now).date(),
            Round.id.in_(led.where(ClassLeader.staff_id == leader_id)),
            Round.id.not_in(select(StandingRound.round_id)),
        )
        .order_by(Round.starts_on, Round.id)
    )  # fmt: skip
    found = [RoundToSpeak(one.id, one.name, _lines(one, leader_id, now)) for one in rounds]
    return tuple(one for one in found if one.lines)


def find_line(leader_id: int, year_id: int, wanted: tuple[int, int, int], now: datetime) -> ToSpeak | None:
    """The line of (round, pupil, home), if it is on this leader's list."""
    return next(
        (
            line
            for one in personal_list(leader_id, year_id, now)
            for line in one.lines
            if (one.round_id, line.child.pupil_id, line.home) == wanted
        ),
        None,
    )


def _lines(found: Round, leader_id: int, now: datetime) -> tuple[ToSpeak, ...]:
    session = db.session()
    families = families_of(session, found.id, now, leader_id=leader_id)
    approaches = {
        (row.pupil_id, row.household_id): Approach(row.spoken_on, row.next_step)
        for row in session.scalars(select(PersonalApproach).where(PersonalApproach.round_id == found.id))
    }
    lines = []
    for family, due, had in open_questions(session, found, families, now):
        days = tuple(sorted(one.day for one in had if one.occasion is not Occasion.DAY_BEFORE))
        for one in due:
            lines.append(
                ToSpeak(
                    family.wisher, one.child, _people(family), bool(family.people),
                    tuple(talk.starts_at for talk in one.talks), days,
                    approaches.get((one.child.pupil_id, family.wisher.household_id)),
                )
            )  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (not line.is_next, line.child.class_name, line.child.name.sort_key)))


def _people(family: Family) -> tuple[tuple[Name, str], ...]:
    return tuple((person.name, person.phone) for person in family.people or family.on_paper)
