"""A talk as its leader prepares it.

A talk shows the homes that are expected at it and nothing of any other home: no topic, plan, name or interpreter.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.guests import HelpState, Way
from scheduling.domain.kinds import OFFERED, PupilPart
from scheduling.domain.people import Name
from scheduling.domain.plans import PlanState
from scheduling.domain.rounds import BookingStatus, Outcome, TopicAuthor
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import Span, local
from scheduling.domain.ways import AS_USUAL, Visit
from scheduling.models import (
    Booking,
    BookingAbsence,
    CommunicationPlan,
    ExtraPerson,
    HomeByPhone,
    InterpreterRequest,
    Outsider,
    PracticalNeed,
    TalkWay,
    Topic,
    db,
)
from scheduling.queries.extra_persons import Extra, at_talks
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id
from scheduling.queries.phoning import phoning_homes
from scheduling.queries.plans import PlanFacts, PlanKey, plans_of


@dataclass(frozen=True)
class TopicLine:
    text: str
    by: Name | None
    """None: somebody who is no longer in the school's file."""


@dataclass(frozen=True)
class HomeAtTalk:
    """One home as far as this talk goes."""

    home: Home
    comes: bool
    by_phone: bool
    """It takes part on the phone in a talk to which another home comes."""
    interpreter: str
    """The language; empty: none is needed."""
    way: Way
    help: HelpState
    interpreter_name: str
    ground_floor: bool
    """This home needs a room on the ground floor."""
    need: str
    """What else it needs to be able to come."""
    plan: PlanFacts | None

    @property
    def plan_state(self) -> PlanState:
        return self.plan.state if self.plan else PlanState.NONE


@dataclass(frozen=True)
class Talk:
    """A talk as its leader prepares it."""

    id: int
    round_id: int
    round_name: str
    pupil: PupilFacts
    span: Span
    room: str
    status: BookingStatus
    outcome: Outcome | None
    was_invited: bool
    homes: tuple[HomeAtTalk, ...]
    topics: tuple[TopicLine, ...]
    extras: tuple[Extra, ...] = ()
    """Who else was asked to come, by the homes of this talk."""
    met: Medium = Medium.SCHOOL
    """How people meet in a talk of a round."""
    join_link: str = ""
    pupil_part: PupilPart = PupilPart.PRESENT
    """What the pupil does in a talk of a round, and with which questions a reversed one begins."""
    questions: tuple[str, ...] = ()
    visit: Visit = AS_USUAL
    """Of a talk at the family's home: where, for the visitor alone, and the way there and back."""

    @property
    def starts_at(self) -> datetime:
        return self.span.starts_at

    @property
    def ends_at(self) -> datetime:
        return self.span.ends_at

    @property
    def minutes(self) -> int:
        return int(self.span.length.total_seconds()) // 60

    @property
    def expected(self) -> tuple[Name, ...]:
        """The pupil, unless it is without, and whoever of each home that comes may be invited."""
        guardians = [guardian.name for at in self.homes if at.comes for guardian in at.home.guardians]
        return (*([] if self.pupil_part is PupilPart.ABSENT else [self.pupil.name]), *guardians)

    @property
    def phoning(self) -> tuple[Name, ...]:
        """Who of a home that comes are on the phone, while others sit at the table."""
        return tuple(one.name for at in self.homes if at.comes and at.by_phone for one in at.home.guardians)

    @property
    def interpreters(self) -> tuple[str, ...]:
        return tuple(at.interpreter for at in self.homes if at.interpreter)

    @property
    def interpreter_open(self) -> bool:
        """An interpreter is needed and nobody has said yet that one comes, or that it is not possible."""
        return any(at.interpreter and at.help in (HelpState.ASKED, HelpState.BOOKED) for at in self.homes)

    @property
    def plans_open(self) -> bool:
        """Some home has no agreement yet."""
        return any(at.plan_state is PlanState.NONE for at in self.homes)


def read_talks(
    rows: Sequence[Booking],
    year_id: int,
    now: datetime,
    *,
    names: dict[int, str],
    known: Sequence[PupilFacts] = (),
) -> tuple[Talk, ...]:
    """These talks with everything about them; `names` of their rounds, and the pupils that were read already."""
    pupil_ids = {row.pupil_id for row in rows}
    pupils = {pupil.id: pupil for pupil in known}
    pupils |= pupils_by_id(pupil_ids - set(pupils), year_id, today=local(now).date())
    kept = kinds_about(db.session(), pupil_ids)
    round_ids, talk_ids = {row.round_id for row in rows}, [row.id for row in rows]
    plans = plans_of(pupil_ids, year_id) if CommunicationPlan in kept else {}
    topics = _topics(round_ids, pupil_ids) if Topic in kept else {}
    asked = _interpreters(round_ids, pupil_ids) if InterpreterRequest in kept else {}
    needed = _needs(round_ids, pupil_ids) if PracticalNeed in kept else {}
    booked = _names(row.outsider_id for row in asked.values())
    away = _absences(talk_ids) if BookingAbsence in kept else set()
    phoning = phoning_homes(db.session(), talk_ids) if HomeByPhone in kept else set()
    extras = at_talks(rows) if ExtraPerson in kept else {}
    ways = _ways(talk_ids) if TalkWay in kept else {}
    found = []
    for row in rows:
        pupil = pupils.get(row.pupil_id)
        if pupil is None:
            continue
        homes = tuple(
            _at_talk(row, pupil, home, plans, asked, needed, booked, away, phoning)
            for home in pupil.homes_at(row.household_id)
        )
        invited = {at.home.household_id for at in homes}
        found.append(
            Talk(
                id=row.id,
                round_id=row.round_id,
                round_name=names[row.round_id],
                pupil=pupil,
                span=Span(row.starts_at, row.ends_at),
                room=row.room,
                status=row.status,
                outcome=row.outcome,
                was_invited=row.invited_at is not None,
                met=ways[row.id].way if row.id in ways else Medium.SCHOOL,
                join_link=ways[row.id].join_link if row.id in ways else "",
                visit=ways[row.id].visit if row.id in ways else AS_USUAL,
                pupil_part=row.round.pupil if row.round.kind in OFFERED else PupilPart.PRESENT,
                questions=row.round.open_questions,
                homes=homes,
                extras=tuple(one for one in extras.get(row.id, ()) if one.household_id in invited),
                topics=tuple(
                    TopicLine(topic.text, _author(topic, pupil))
                    for topic in topics.get((row.round_id, row.pupil_id), ())
                    if (topic.household_id is None or topic.household_id in invited)
                    and topic.request_id in (None, row.request_id)
                ),
            )
        )
    return tuple(found)


def _at_talk(
    row: Booking,
    pupil: PupilFacts,
    home: Home,
    plans: dict[PlanKey, PlanFacts],
    asked: dict[tuple[int, int, int, int | None], InterpreterRequest],
    needed: dict[tuple[int, int, int], PracticalNeed],
    names: dict[int, str],
    away: set[tuple[int, int]],
    phoning: set[tuple[int, int]],
) -> HomeAtTalk:
    key = home.household_id or 0
    request = asked.get((row.round_id, pupil.id, key, row.request_id)) or asked.get((row.round_id, pupil.id, key, None))
    need = needed.get((row.round_id, pupil.id, key))
    filed = next((guardian.interpreter for guardian in home.guardians if guardian.interpreter), "")
    return HomeAtTalk(
        home=home,
        comes=(row.id, key) not in away,
        by_phone=(row.id, key) in phoning,
        interpreter=request.language if request else filed,
        ground_floor=need.ground_floor if need else False,
        need=need.words if need else "",
        way=request.way if request else Way.ON_SITE,
        help=request.state if request else HelpState.ASKED,
        interpreter_name=names.get(request.outsider_id or 0, "") if request else "",
        plan=plans.get((pupil.id, home.household_id)),
    )


def _topics(round_ids: Collection[int], pupil_ids: Collection[int]) -> dict[tuple[int, int], list[Topic]]:
    found: dict[tuple[int, int], list[Topic]] = defaultdict(list)
    wanted = select(Topic).where(Topic.round_id.in_(round_ids), Topic.pupil_id.in_(pupil_ids))
    for topic in db.session.scalars(wanted.order_by(Topic.created_at, Topic.id)):
        found[topic.round_id, topic.pupil_id].append(topic)
    return found


def _author(topic: Topic, pupil: PupilFacts) -> Name | None:
    if topic.author is TopicAuthor.PUPIL:
        return pupil.name
    guardians = (guardian for home in pupil.homes for guardian in home.guardians)
    return next((guardian.name for guardian in guardians if guardian.id == topic.guardian_id), None)


def _interpreters(
    round_ids: Collection[int], pupil_ids: Collection[int]
) -> dict[tuple[int, int, int, int | None], InterpreterRequest]:
    wanted = select(InterpreterRequest).where(
        InterpreterRequest.round_id.in_(round_ids), InterpreterRequest.pupil_id.in_(pupil_ids)
    )
    return {
        (row.round_id, row.pupil_id, row.household_id or 0, row.request_id): row for row in db.session.scalars(wanted)
    }


def _needs(round_ids: Collection[int], pupil_ids: Collection[int]) -> dict[tuple[int, int, int], PracticalNeed]:
    wanted = select(PracticalNeed).where(PracticalNeed.round_id.in_(round_ids), PracticalNeed.pupil_id.in_(pupil_ids))
    return {(row.round_id, row.pupil_id, row.household_id or 0): row for row in db.session.scalars(wanted)}


def _names(outsider_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {one for one in outsider_ids if one is not None}
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.scalars(select(Outsider).where(Outsider.id.in_(wanted)))}


def _ways(booking_ids: Collection[int]) -> dict[int, TalkWay]:
    """The talks of rounds that are not at school."""
    wanted = select(TalkWay).where(TalkWay.booking_id.in_(booking_ids))
    return {row.booking_id: row for row in db.session.scalars(wanted)}


def _absences(booking_ids: Collection[int]) -> set[tuple[int, int]]:
    wanted = select(BookingAbsence.booking_id, BookingAbsence.household_id)
    rows = db.session.execute(wanted.where(BookingAbsence.booking_id.in_(booking_ids)))
    return {(booking_id, household_id) for booking_id, household_id in rows}
