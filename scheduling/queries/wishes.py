"""Wishes of homes in a round: who is asked for which parts of which days, what was said, and by whom.

Asked from where one home stands: the wishes of another home of the same child are never loaded for a family.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Name, is_adult, natural_order
from scheduling.domain.requests import asks_teachers
from scheduling.domain.rounds import LIVE, RoundKind, RoundMode
from scheduling.domain.single_talks import may_be_at_home
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import (
    Answer,
    Asking,
    NoWishesHere,
    Offered,
    Outcome,
    SiblingWish,
    Some,
    Window,
    Wisher,
    Wishes,
    asking,
    is_asked,
    offered_windows,
)
from scheduling.models import (
    Booking,
    ClassGroup,
    CommunicationPlan,
    Enrolment,
    Guardian,
    Guardianship,
    HomeWishes,
    LeaderOpening,
    Mailing,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    Slot,
    Staff,
    db,
)
from scheduling.queries import bookings
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.bookings import Home
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.lessons import teachers_of
from scheduling.queries.school import the_school
from scheduling.queries.wished import outcomes
from scheduling.queries.years import rounds_of_year


@dataclass(frozen=True)
class Child:
    """A child of the home in this round."""

    pupil_id: int
    name: str
    class_name: str
    leaders: frozenset[int]
    has_time: bool
    """A talk stands, or its leaders show their times: wishing is over."""


@dataclass(frozen=True)
class AskedHome:
    """One home that is asked in a round: for which children, and which parts of days."""

    wisher: Wisher
    children: tuple[Child, ...]
    offered: tuple[Offered, ...]

    @property
    def several(self) -> bool:
        return len(self.children) > 1

    @property
    def has_time(self) -> bool:
        return all(child.has_time for child in self.children)

    @property
    def has_two_leaders(self) -> bool:
        """A class of one of the children is led by two: this home may speak with both."""
        return any(len(child.leaders) > 1 for child in self.children)


@dataclass(frozen=True)
class WishPart:
    """One part of a day, and how it suits; `answer` None: left open."""

    key: str
    span: Span
    answer: Answer | None


@dataclass(frozen=True)
class WishDay:
    day: date
    parts: tuple[WishPart, ...]


@dataclass(frozen=True)
class Said:
    """When wishes were last said and by whom; `by` empty: the reader, or the adult pupil."""

    at: datetime
    by: str
    by_school: bool
    late: bool


@dataclass(frozen=True)
class Wished:
    """Who of a home said last what suits it. `by` empty: the school wrote it down, or the adult pupil said it."""

    by: str
    guardian_id: int | None
    late: bool


@dataclass(frozen=True)
class WishPage:
    """The page on which a home says what suits it; one page for all its children."""

    round_id: int
    round_name: str
    until: datetime
    asking: Asking
    by_pupil: bool
    children: tuple[Child, ...]
    days: tuple[WishDay, ...]
    siblings: SiblingWish | None
    """None: there is one talk, or nothing was said about it."""
    said: Said | None
    outcomes: tuple[Outcome, ...] = ()
    """What became of what was said, for each home of the reader: once the times are there."""
    at_home: bool | None = None
    """It would rather be visited; None: this round does not ask that."""
    both_mentors: bool | None = None
    """It would like to speak with both leaders in one talk; None: no child's class has two."""

    @property
    def several(self) -> bool:
        return len(self.children) > 1


@dataclass(frozen=True)
class AskedRound:
    """A round that asks this family for wishes now."""

    round_id: int
    name: str
    children: tuple[str, ...]
    until: datetime
    asking: Asking
    said: bool
    teachers: bool = False
    """It asks whom the family wants to speak as well: a page of its own."""
    by_agreement: bool = False
    """The family agreed on another form of contact, and is welcome all the same."""


@dataclass(frozen=True)
class RoundAsking:
    """A round that asks for wishes: how far that is, and how many homes said something."""

    until: datetime
    is_open: bool
    said: int
    asked: bool
    """The question went to families."""
    teachers: bool = False
    """It asks whom the family wants to speak as well."""


@dataclass(frozen=True)
class HomeLine:
    """One home in the office's list: whose children, and what it said."""

    wisher: Wisher
    pupil_id: int
    children: tuple[str, ...]
    guardians: tuple[Name, ...]
    phone: str
    reached: bool
    """By mail."""
    said: Said | None
    outcome: Outcome | None = None
    """None: nothing was said."""


@dataclass(frozen=True)
class RoundWishes:
    """All homes of a round."""

    round_id: int
    round_name: str
    until: datetime
    homes: tuple[HomeLine, ...]

    def some(self, which: Some) -> tuple[HomeLine, ...]:
        """The homes of this kind."""
        return tuple(home for home in self.homes if _is_one_of(home, which))


def _is_one_of(home: HomeLine, which: Some) -> bool:
    return {
        Some.ALL: True,
        Some.SILENT: home.said is None,
        Some.SAID: home.said is not None,
        Some.LATE: home.said is not None and home.said.late,
        Some.MISSED: home.outcome is not None and home.outcome.missed,
        Some.UNREACHED: not home.reached and home.said is None,
    }[which]


def wishes_of_round(round_id: int) -> dict[Wisher, Wishes]:
    """Everything that was said for a round, late or not."""
    session = db.session()
    found = session.get(Round, round_id)
    until = found.wishes_until if found else None
    rows = _rows(session, HomeWishes.round_id == round_id)
    return {row.wisher: replace(row.as_said, late=until is not None and row.said_at >= until) for row in rows}


def wishes_about(
    round_id: int, talks: Collection[tuple[int, int | None]]
) -> dict[tuple[int, int | None], tuple[Wishes, ...]]:
    """Per talk (of which pupil, with which home; None: with everybody) what those who are expected said."""
    said = wishes_of_round(round_id)
    if not said:
        return {}
    homes = _homes_by_pupil({pupil_id for pupil_id, household_id in talks if household_id is None})
    found = {}
    for pupil_id, household_id in talks:
        own = homes.get(pupil_id, ()) if household_id is None else (household_id,)
        wishers = [*map(Wisher, own), Wisher(pupil_id=pupil_id)]
        found[pupil_id, household_id] = tuple(said[wisher] for wisher in wishers if wisher in said)
    return found


def wishes_of_homes(session: Session, homes: Iterable[Home]) -> dict[tuple[int, Wisher], Wishes]:
    """What these homes themselves said, per round."""
    own = list(homes)
    if HomeWishes not in kinds_about(session, [home.pupil_id for home in own]):
        return {}
    wanted = or_(false(), *(_is_of(wisher_of(home)) for home in own))
    return {(row.round_id, row.wisher): row.as_said for row in _rows(session, wanted)}


def wisher_of(home: Home) -> Wisher:
    """Whose wishes one person's place beside a pupil stands for."""
    if home.household_id is None:
        return Wisher(pupil_id=home.pupil_id)
    return Wisher(household_id=home.household_id)


def asked_homes(session: Session, round_id: int, homes: Sequence[Home]) -> list[AskedHome]:
    """These homes as far as a round asks them: each with its own children and the times of their leaders only."""
    children = _children(session, round_id, homes)
    by_wisher: dict[Wisher, list[Child]] = defaultdict(list)
    for home in homes:
        if home.pupil_id in children:
            by_wisher[wisher_of(home)].append(children[home.pupil_id])
    slots = _slots(session, round_id, {leader for child in children.values() for leader in child.leaders})
    return [
        AskedHome(wisher, tuple(own), offered_windows(_spans(slots, own)))
        for wisher, own in by_wisher.items()
    ]  # fmt: skip


def is_asked_about(session: Session, round_id: int, home: Home) -> bool:
    """Is this home asked, before there is a roster, when or whom it would like to speak about this child?"""
    found = session.get(Round, round_id)
    if found is None or found.wishes_until is None:
        return False
    return any(
        child.pupil_id == home.pupil_id for one in asked_homes(session, round_id, [home]) for child in one.children
    )


def find_homes_of(session: Session, wisher: Wisher, on: date) -> list[Home]:
    """The children of a home who are invited with it; an adult pupil is his own home."""
    if wisher.pupil_id is not None:
        return [Home(wisher.pupil_id, None, frozenset())]
    rows = session.execute(
        select(Pupil, Guardianship.is_invited, Guardian.active)
        .join(Guardianship, Guardianship.pupil_id == Pupil.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.household_id == wisher.household_id, Pupil.left_on.is_(None) | (Pupil.left_on > on))
        .order_by(Pupil.birth_date, Pupil.id)
    )
    pupils = {
        pupil.id
        for pupil, invited, active in rows
        if invited and active and (pupil.parents_permitted or not is_adult(pupil.birth_date, on))
    }
    return [Home(pupil_id, wisher.household_id, frozenset()) for pupil_id in sorted(pupils)]


def family_page(by: Actor, round_id: int, now: datetime) -> WishPage:
    """What one person of a family is asked, with what the own home said already."""
    session = db.session()
    return _page(session, round_id, bookings.find_homes(session, by, local(now).date()), now, reader=by)


def office_page(round_id: int, wisher: Wisher, now: datetime) -> WishPage:
    """The same for the office, which writes down what a family says on the phone."""
    session = db.session()
    return _page(session, round_id, find_homes_of(session, wisher, local(now).date()), now)


def asked_rounds(by: Actor, year_id: int, now: datetime) -> tuple[AskedRound, ...]:
    """The rounds of a year that ask this family for wishes, as long as there is no time yet."""
    session = db.session()
    rounds = [
        one for one in rounds_of_year(session, year_id) if one.wishes_until is not None and one.mode != RoundMode.PICK
    ]
    if not rounds:
        return ()
    homes = bookings.find_homes(session, by, local(now).date())
    said = wishes_of_homes(session, homes)
    found = []
    for one in rounds:
        teachers = asks_for_teachers(session, one)
        asked = [home for home in asked_homes(session, one.id, homes) if home.offered or teachers]
        if asked and one.wishes_until:
            state = asking(one.wishes_until, now, has_time=all(home.has_time for home in asked))
            done = any((one.id, home.wisher) in said for home in asked)
            out = left_out(session, one.id, homes)
            children = {(child.pupil_id, home.wisher): child.name for home in asked for child in home.children}
            coming = [name for key, name in children.items() if key not in out]
            names = tuple(dict.fromkeys(coming or children.values()))
            found.append(AskedRound(one.id, one.name, names, one.wishes_until, state, done, teachers, not coming))
    return tuple(one for one in found if one.asking is not Asking.OVER)


def left_out(session: Session, round_id: int, homes: Sequence[Home]) -> set[tuple[int, Wisher]]:
    """The children of these homes that the round leaves out, as was agreed with the home."""
    pupils = frozenset(home.pupil_id for home in homes)
    if CommunicationPlan not in kinds_about(session, pupils):
        return set()
    out = agreed_parts(session, round_id, pupils).out
    return {(home.pupil_id, wisher_of(home)) for home in homes if (home.pupil_id, home.household_id) in out}


def asks_for_teachers(session: Session, found: Round) -> bool:
    """Does this round ask families whom they want to speak?"""
    school = the_school(session)
    return school is not None and asks_teachers(found.kind, school.sector)


def evenings_of(session: Session, year_id: int) -> list[Round]:
    """The evenings of a year for which families choose whom they want to speak."""
    return [
        one
        for one in rounds_of_year(session, year_id)
        if one.kind is RoundKind.CONTACT_EVENING and asks_for_teachers(session, one)
    ]


def evenings_to_come(session: Session, year_id: int, now: datetime) -> list[Round]:
    """Those of them that are not over, and for which some colleague shows times."""
    rounds = [one for one in evenings_of(session, year_id) if one.ends_on >= local(now).date()]
    if not rounds:
        return []
    opened = set(session.scalars(select(LeaderOpening.round_id).distinct()))
    return [one for one in rounds if one.id in opened]


def ensure_asked(session: Session, round_id: int) -> tuple[Round, datetime]:
    """The round, and until when it asks for wishes."""
    found = session.get(Round, round_id)
    if found is None or found.wishes_until is None or not is_asked(found.mode, found.wishes_until):
        raise NoWishesHere
    return found, found.wishes_until


def asking_of(round_id: int, now: datetime) -> RoundAsking | None:
    """How far a round is with asking for wishes; None: it asks nothing."""
    session = db.session()
    found = session.get(Round, round_id)
    if found is None or found.wishes_until is None or not is_asked(found.mode, found.wishes_until):
        return None
    said = session.scalar(select(func.count(HomeWishes.id)).where(HomeWishes.round_id == round_id)) or 0
    sent = select(Mailing.id).where(Mailing.round_id == round_id, Mailing.letter == Letter.WISHES).limit(1)
    teachers = asks_for_teachers(session, found)
    return RoundAsking(found.wishes_until, now < found.wishes_until, said, session.scalar(sent) is not None, teachers)


def find_said(session: Session, round_id: int, wisher: Wisher) -> HomeWishes | None:
    """What this home said for a round."""
    return next(iter(_rows(session, and_(HomeWishes.round_id == round_id, _is_of(wisher)))), None)


def last_word(session: Session, round_id: int, wisher: Wisher, now: datetime) -> Wished | None:
    """What a home said last, as long as wishes still help one of its children; None: nothing, or it is over."""
    found = session.get(Round, round_id)
    row = find_said(session, round_id, wisher)
    asked = asked_homes(session, round_id, find_homes_of(session, wisher, local(now).date()))
    if found is None or found.wishes_until is None or row is None or all(one.has_time for one in asked):
        return None
    guardian = session.get(Guardian, row.guardian_id) if row.guardian_id else None
    return Wished(guardian.name.full if guardian else "", row.guardian_id, now >= found.wishes_until)


def round_wishes(round_id: int, now: datetime) -> RoundWishes:
    """Every home of a round: what it said, or how it can be asked."""
    session = db.session()
    found, until = ensure_asked(session, round_id)
    return RoundWishes(round_id, found.name, until, homes_of_round(round_id, until, now))


def homes_of_round(round_id: int, until: datetime, now: datetime) -> tuple[HomeLine, ...]:
    """Every home of a round, also of one that asks for no wishes."""
    return tuple(_lines(db.session(), round_id, until, local(now).date()))


def rounds_asking(pupil_id: int) -> list[tuple[int, str]]:
    """The rounds that ask this pupil's family for wishes, by number and name."""
    wanted = (
        select(Round.id, Round.name)
        .join(RoundClass, RoundClass.round_id == Round.id)
        .join(Enrolment, Enrolment.class_id == RoundClass.class_id)
        .where(
            Enrolment.pupil_id == pupil_id, Enrolment.present, Round.wishes_until.is_not(None),
            Round.mode != RoundMode.PICK,
        )
        .order_by(Round.id)
    )  # fmt: skip
    return [(round_id, name) for round_id, name in db.session.execute(wanted)]


def _page(
    session: Session, round_id: int, homes: Sequence[Home], now: datetime, *, reader: Actor | None = None
) -> WishPage:
    found, until = ensure_asked(session, round_id)
    asked = asked_homes(session, round_id, homes)
    if not asked:
        raise NoWishesHere
    rows = [row for one in asked if (row := find_said(session, round_id, one.wisher))]
    children = {child.pupil_id: child for one in asked for child in one.children}
    latest = max(rows, key=lambda row: row.said_at, default=None)
    state = asking(until, now, has_time=all(one.has_time for one in asked))
    talked_of = next((row.siblings for row in rows if row.siblings is not SiblingWish.NO_MATTER), None)
    return WishPage(
        round_id=round_id,
        round_name=found.name,
        until=until,
        asking=state,
        by_pupil=any(one.wisher.pupil_id is not None for one in asked),
        children=tuple(children.values()),
        days=_days(asked, rows),
        siblings=talked_of or (SiblingWish.NO_MATTER if rows else None),
        said=_said(session, latest, until, reader) if latest else None,
        outcomes=_outcomes(session, round_id, asked, rows) if state is Asking.OVER else (),
        at_home=any(row.at_home for row in rows) if _visits(session, found) else None,
        both_mentors=_both_mentors(asked, rows),
    )


def _both_mentors(asked: Sequence[AskedHome], rows: Sequence[HomeWishes]) -> bool | None:
    return any(row.both_mentors for row in rows) if any(one.has_two_leaders for one in asked) else None


def _visits(session: Session, found: Round) -> bool:
    """May families of this round say that they are rather visited?"""
    school = the_school(session)
    return school is not None and may_be_at_home(found.kind, school.home_visits)


def _outcomes(
    session: Session, round_id: int, asked: Sequence[AskedHome], rows: Sequence[HomeWishes]
) -> tuple[Outcome, ...]:
    said = {row.wisher: row.as_said for row in rows}
    children = {one.wisher: {child.pupil_id: child.name for child in one.children} for one in asked}
    return tuple(outcomes(session, round_id, said, children).values())


def _days(asked: Sequence[AskedHome], rows: Sequence[HomeWishes]) -> tuple[WishDay, ...]:
    """All homes of one reader together; where they said different things, what was said last."""
    answers: dict[Window, Answer] = {}
    for row in sorted(rows, key=lambda row: row.said_at):
        answers |= row.as_said.times
    spans: dict[Window, tuple[Offered, Span]] = {}
    for offered in (one for home in asked for one in home.offered):
        known = spans[offered.window][1] if offered.window in spans else offered.span
        whole = Span(min(known.starts_at, offered.span.starts_at), max(known.ends_at, offered.span.ends_at))
        spans[offered.window] = (offered, whole)
    days: dict[date, list[WishPart]] = defaultdict(list)
    for offered, span in sorted(spans.values(), key=lambda found: found[1]):
        days[offered.window.day].append(WishPart(offered.window.key, span, answers.get(offered.window)))
    return tuple(WishDay(day, tuple(parts)) for day, parts in days.items())


def _said(session: Session, row: HomeWishes, until: datetime, reader: Actor | None) -> Said:
    guardian = session.get(Guardian, row.guardian_id) if row.guardian_id else None
    colleague = session.get(Staff, row.staff_id) if row.staff_id else None
    own = reader is not None and guardian is not None and guardian.id == reader.id
    by = "" if own or guardian is None else guardian.name.called if reader else guardian.name.full
    if colleague and reader is None:
        by = colleague.name.full
    return Said(row.said_at, by, colleague is not None, row.said_at >= until)


def _children(session: Session, round_id: int, homes: Sequence[Home]) -> dict[int, Child]:
    rows = session.execute(
        select(Pupil, ClassGroup)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(
            RoundExclusion, and_(RoundExclusion.round_id == round_id, RoundExclusion.pupil_id == Enrolment.pupil_id)
        )
        .where(
            RoundClass.round_id == round_id, Enrolment.present, RoundExclusion.pupil_id.is_(None),
            Pupil.id.in_([home.pupil_id for home in homes]),
        )
        .order_by(Pupil.birth_date, Pupil.id)
        .options(selectinload(ClassGroup.leaders))
    ).all()  # fmt: skip
    opened = set(session.scalars(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == round_id)))
    booked = _booked(session, round_id, homes)
    teaching = _teaching(session, round_id, [pupil.id for pupil, _ in rows])
    found = {}
    for pupil, group in rows:
        leaders = frozenset(leader.staff_id for leader in group.leaders)
        has_time = pupil.id in booked or (bool(leaders) and leaders <= opened)
        if teaching is not None:  # an evening with all teachers at once: its roster is published as a whole
            leaders |= teaching[pupil.id]
            has_time = pupil.id in booked or not leaders.isdisjoint(opened)
        found[pupil.id] = Child(pupil.id, pupil.given_name, group.name, leaders, has_time)
    return found


def _teaching(session: Session, round_id: int, pupil_ids: Collection[int]) -> dict[int, set[int]] | None:
    """Who teaches these children, in a round that asks for teachers; None in any other."""
    found = session.get(Round, round_id)
    if found is None or not asks_for_teachers(session, found):
        return None
    teachings = teachers_of(pupil_ids, year_id=found.year_id, on=found.starts_on, session=session)
    return {pupil_id: {one.staff_id for one in own} for pupil_id, own in teachings.items()}


def _booked(session: Session, round_id: int, homes: Sequence[Home]) -> set[int]:
    """The children who have a talk with this home, or a joint one."""
    own = {home.pupil_id: home for home in homes}
    rows = session.execute(
        select(Booking.pupil_id, Booking.household_id).where(
            Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(own)
        )
    )
    return {pupil_id for pupil_id, household_id in rows if own[pupil_id].is_asked(household_id)}


def _slots(session: Session, round_id: int, leaders: Collection[int]) -> list[tuple[int, Span]]:
    """What these leaders offer, taken or not: it tells nothing of anybody."""
    rows = session.execute(
        select(Slot.leader_id, Slot.starts_at, Slot.ends_at).where(
            Slot.round_id == round_id, Slot.leader_id.in_(leaders), ~Slot.blocked
        )
    )
    return [(leader, Span(starts_at, ends_at)) for leader, starts_at, ends_at in rows]


def _spans(slots: Iterable[tuple[int, Span]], children: Iterable[Child]) -> list[Span]:
    leaders = frozenset[int]().union(*(child.leaders for child in children))
    return [span for leader, span in slots if leader in leaders]


def _homes_by_pupil(pupil_ids: Collection[int]) -> dict[int, list[int]]:
    rows = db.session.execute(
        select(Guardianship.pupil_id, Guardianship.household_id, Guardianship.is_invited, Guardian.active)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(pupil_ids))
        .order_by(Guardianship.household_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for pupil_id, household_id, invited, active in rows:
        if invited and active and household_id not in found[pupil_id]:
            found[pupil_id].append(household_id)
    return found


def _rows(session: Session, wanted: ColumnElement[bool]) -> Sequence[HomeWishes]:
    return session.scalars(select(HomeWishes).where(wanted).options(selectinload(HomeWishes.times))).all()


def _is_of(wisher: Wisher) -> ColumnElement[bool]:
    if wisher.pupil_id is not None:
        return HomeWishes.pupil_id == wisher.pupil_id
    return HomeWishes.household_id == wisher.household_id


def _lines(session: Session, round_id: int, until: datetime, on: date) -> list[HomeLine]:
    """By class and child; a home with several children stands once, with its first child."""
    said = {row.wisher: row for row in _rows(session, HomeWishes.round_id == round_id)}
    parents = session.scalars(select(Guardian).where(Guardian.id.in_([row.guardian_id for row in said.values()])))
    colleagues = session.scalars(select(Staff).where(Staff.id.in_([row.staff_id for row in said.values()])))
    by_parents, by_colleagues = {one.id: one.name for one in parents}, {one.id: one.name for one in colleagues}
    found: dict[Wisher, list[tuple[Pupil, str, Guardian | None]]] = defaultdict(list)
    for pupil, group, invited, household_id, guardian in _people(session, round_id):
        adult = is_adult(pupil.birth_date, on)
        if adult:
            found[Wisher(pupil_id=pupil.id)].append((pupil, group, None))
        if guardian and invited and guardian.active and (pupil.parents_permitted or not adult):
            found[Wisher(household_id=household_id)].append((pupil, group, guardian))
    children = {wisher: {pupil.id: pupil.given_name for pupil, _, _ in rows} for wisher, rows in found.items()}
    became = outcomes(session, round_id, {wisher: row.as_said for wisher, row in said.items()}, children)
    return [
        _line(wisher, rows, _said_by(said.get(wisher), until, by_parents, by_colleagues), became.get(wisher))
        for wisher, rows in found.items()
    ]


def _said_by(
    row: HomeWishes | None, until: datetime, parents: dict[int, Name], colleagues: dict[int, Name]
) -> Said | None:
    if row is None:
        return None
    name = colleagues.get(row.staff_id or 0) or parents.get(row.guardian_id or 0)
    return Said(row.said_at, name.full if name else "", row.staff_id is not None, row.said_at >= until)


def _people(session: Session, round_id: int) -> list[tuple[Pupil, str, bool, int, Guardian | None]]:
    rows = session.execute(
        select(Pupil, ClassGroup.name, Guardianship.is_invited, Guardianship.household_id, Guardian)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(Guardianship, Guardianship.pupil_id == Pupil.id)
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .outerjoin(
            RoundExclusion, and_(RoundExclusion.round_id == round_id, RoundExclusion.pupil_id == Enrolment.pupil_id)
        )
        .where(RoundClass.round_id == round_id, Enrolment.present, RoundExclusion.pupil_id.is_(None))
    )
    found: list[tuple[Pupil, str, bool, int, Guardian | None]] = [
        (pupil, group, invited, home, guardian) for pupil, group, invited, home, guardian in rows
    ]
    found.sort(key=lambda row: (natural_order(row[1]), row[0].name.sort_key, row[0].id, row[4].id if row[4] else 0))
    return found


def _line(
    wisher: Wisher, rows: Sequence[tuple[Pupil, str, Guardian | None]], said: Said | None, outcome: Outcome | None
) -> HomeLine:
    children = {pupil.id: f"{pupil.name.full} ({group})" for pupil, group, _ in rows}
    guardians = {guardian.id: guardian for _, _, guardian in rows if guardian}
    contacts: list[Guardian | Pupil] = [*guardians.values()] or [rows[0][0]]
    return HomeLine(
        wisher=wisher,
        pupil_id=rows[0][0].id,
        children=tuple(children.values()),
        guardians=tuple(guardian.name for guardian in guardians.values()),
        phone=next((one.phone for one in contacts if one.phone), ""),
        reached=any(one.email and not getattr(one, "bounced_at", None) for one in contacts),
        said=said,
        outcome=outcome,
    )
