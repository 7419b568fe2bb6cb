"""The moments of agreements in the calendars of homes: what should stand there, and what each person was told last."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import UNSENT, Addressee, Letter
from scheduling.domain.plans import ContactForm
from scheduling.domain.timeslots import Span, local
from scheduling.domain.years import Period
from scheduling.models import CommunicationPlan, Enrolment, Guardian, Outbox, PlanGuest, PlanMoment, Pupil
from scheduling.queries.gathering_guests import STILL_HEARS, Key
from scheduling.queries.mailings import circles_of
from scheduling.queries.plans import DatedMoment, PlanFacts, plans_of


@dataclass(frozen=True)
class ToldDate:
    """One moment as a letter tells it. `was`: the days that this person knew before."""

    uid: str
    sequence: int
    days: Period
    span: Span | None
    form: ContactForm | None
    off: bool = False
    was: "ToldDate | None" = None


@dataclass(frozen=True)
class Standing:
    """One agreement of one home: who has its moments in a calendar, and what each was told."""

    plan: PlanFacts
    pupil_id: int
    people: Mapping[Key, Addressee]
    """Who gets a letter."""
    hears: Collection[Key]
    """Who may know of it, also without a letter."""
    dates: Mapping[int, dict[str, Any]]
    """What stands and is not over, by the id of the moment."""
    guests: tuple[PlanGuest, ...]
    """What was told and is not over."""

    @property
    def late(self) -> dict[Key, list[int]]:
        """Per person the moments of which this person was told nothing yet, or something else."""
        known = {(key_of(one), one.moment_id): one.told for one in self.guests if one.cancelled_at is None}
        found = {
            key: [moment for moment, facts in self.dates.items() if known.get((key, moment)) != facts]
            for key in self.people
        }
        return {key: moments for key, moments in found.items() if moments}

    @property
    def gone(self) -> list[PlanGuest]:
        """What was told and stands no longer, or no longer for this person."""
        return [
            one
            for one in self.guests
            if one.cancelled_at is None and (one.moment_id not in self.dates or key_of(one) not in self.hears)
        ]


def key_of(guest: PlanGuest) -> Key:
    """Whose calendar object this is."""
    return guest.guardian_id, guest.pupil_id


def plans_behind(session: Session, now: datetime) -> list[tuple[int, int]]:
    """The agreements, each with its pupil, of which somebody was told something else than what stands."""
    today = local(now).date()
    stands = select(PlanMoment.plan_id).where(PlanMoment.stands, PlanMoment.closes_on >= today)
    told = select(PlanGuest.plan_id).where(PlanGuest.cancelled_at.is_(None))
    wanted = CommunicationPlan.id.in_(stands) | CommunicationPlan.id.in_(told)
    return [(one.plan.id, one.pupil_id) for one in _standings(session, wanted, now) if one.late or one.gone]


def standing_of(session: Session, plan_id: int, now: datetime) -> Standing:
    """How it is with one agreement."""
    [found] = _standings(session, CommunicationPlan.id == plan_id, now)
    return found


def _standings(session: Session, wanted: ColumnElement[bool], now: datetime) -> list[Standing]:
    """In as many questions for a whole school as for one agreement."""
    rows = session.execute(
        select(CommunicationPlan.id, CommunicationPlan.year_id, CommunicationPlan.pupil_id, Enrolment.present)
        .outerjoin(
            Enrolment,
            (Enrolment.pupil_id == CommunicationPlan.pupil_id) & (Enrolment.year_id == CommunicationPlan.year_id),
        )
        .where(wanted)
        .order_by(CommunicationPlan.id)
    ).all()
    guests: dict[int, list[PlanGuest]] = {row.id: [] for row in rows}
    for guest in session.scalars(select(PlanGuest).where(PlanGuest.plan_id.in_(guests)).order_by(PlanGuest.id)):
        if not _is_over(guest.told, now):
            guests[guest.plan_id].append(guest)
    plans = _plans(rows)
    circles = circles_of(session, {row.pupil_id for row in rows}, local(now).date()) if rows else {}
    found = []
    for row in rows:
        plan = plans[row.id]
        told = circles[row.pupil_id].audience(plan.household_id)
        people = {(one.guardian_id, one.pupil_id): one for one in told.to}
        hears = {*people, *((one.guardian_id, None) for one in told.skipped if one.reason in STILL_HEARS)}
        dates = {one.id: facts_of(one) for one in plan.in_calendars} if row.present else {}
        coming = {moment: facts for moment, facts in dates.items() if not _is_over(facts, now)}
        found.append(Standing(plan, row.pupil_id, people, hears, coming, tuple(guests[row.id])))
    return found


def _plans(rows: Iterable[Any]) -> dict[int, PlanFacts]:
    by_year: dict[int, set[int]] = {}
    for row in rows:
        by_year.setdefault(row.year_id, set()).add(row.pupil_id)
    return {plan.id: plan for year_id, pupils in by_year.items() for plan in plans_of(pupils, year_id).values()}


def facts_of(dated: DatedMoment) -> dict[str, Any]:
    """What a calendar says of a moment. Never what it is for."""
    return {
        "first": dated.days.starts_on.isoformat(), "last": dated.days.ends_on.isoformat(),
        "starts_at": dated.span.starts_at.isoformat() if dated.span else None,
        "ends_at": dated.span.ends_at.isoformat() if dated.span else None,
        "form": dated.moment.form.value if dated.moment.form else None,
    }  # fmt: skip


def _is_over(told: Mapping[str, Any], now: datetime) -> bool:
    if told["ends_at"]:
        return datetime.fromisoformat(told["ends_at"]) <= now
    return date.fromisoformat(told["last"]) < local(now).date()


def unsent_dates(session: Session, plan_id: int, key: Key) -> list[Outbox]:
    """Letters about this agreement's moments to this person that are still in the house, held so that none leaves."""
    rows = session.scalars(
        select(Outbox)
        .where(
            Outbox.letter.in_((Letter.PLAN_DATES, Letter.PLAN_DATES_OFF)), Outbox.state.in_(UNSENT),
            Outbox.guardian_id == key[0], Outbox.pupil_id == key[1],
        )
        .order_by(Outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return [row for row in rows if row.facts["plan_id"] == plan_id]


def told_dates(facts: Mapping[str, Any]) -> tuple[ToldDate, ...]:
    """The moments of a letter, read back, the first to come first."""
    found = (_told_date(one, one["told"], one["was"]) for one in facts.get("dates", ()))
    return tuple(sorted(found, key=lambda one: (one.days.starts_on, one.uid)))


def _told_date(one: Mapping[str, Any], told: Mapping[str, Any], was: Mapping[str, Any] | None) -> ToldDate:
    span = None
    if told["starts_at"]:
        span = Span(datetime.fromisoformat(told["starts_at"]), datetime.fromisoformat(told["ends_at"]))
    return ToldDate(
        one["uid"], one["sequence"], Period(date.fromisoformat(told["first"]), date.fromisoformat(told["last"])), span,
        ContactForm(told["form"]) if told["form"] else None, one["off"], _told_date(one, was, None) if was else None,
    )  # fmt: skip


def objects_of(session: Session, by: Actor) -> dict[int, PlanGuest]:
    """This person's own calendar objects, by the id of the moment: what is followed has the identity of the letters."""
    own = PlanGuest.pupil_id if by.kind is ActorKind.PUPIL else PlanGuest.guardian_id
    rows = session.scalars(select(PlanGuest).where(own == by.id, PlanGuest.cancelled_at.is_(None)))
    return {row.moment_id: row for row in rows if row.moment_id is not None}


def guests_of(session: Session, person: Guardian | Pupil, now: datetime) -> list[PlanGuest]:
    """What this person was told of moments to come that stand."""
    own = PlanGuest.guardian_id if isinstance(person, Guardian) else PlanGuest.pupil_id
    rows = session.scalars(
        select(PlanGuest).where(own == person.id, PlanGuest.cancelled_at.is_(None)).order_by(PlanGuest.plan_id)
    )
    return [row for row in rows if not _is_over(row.told, now)]
