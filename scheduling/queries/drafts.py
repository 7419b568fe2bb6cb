"""A draft as it stands now: who is where, what parents did meanwhile, and what each further change would cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import select

from scheduling.domain.drafts import WITHOUT_BREAK, MoveKind, NoSuchTalk, Stop, StopKind, Weighed
from scheduling.domain.people import Name
from scheduling.domain.rosters import NoRoster, VersionStatus
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Guardian,
    Guardianship,
    Pupil,
    RosterMove,
    RosterStep,
    RosterTalk,
    RosterVersion,
    Round,
    Slot,
    Staff,
    db,
)
from scheduling.optimiser.checker import conversations_score
from scheduling.optimiser.problem import ConversationsScore, moment
from scheduling.queries.snapshots import (
    OfferedSlot,
    Settled,
    Snapshot,
    fits,
    is_by_request,
    offered_slots,
    slots_from,
    take_snapshot,
    talk_key,
    without_wished_apart,
)
from scheduling.queries.weeks import SlotLine, Week, weeks_of
from scheduling.queries.weighing import Change, Scales

LAST_MOVES = 12
"""So many of the last changes by hand are shown, each with a way back."""


BEST_TIMES = 3
"""So many times that cost least are named above the week."""


@dataclass(frozen=True)
class Draft:
    """A version with the round as it is now, and where each talk stands."""

    version: RosterVersion
    snapshot: Snapshot
    rows: Mapping[str, RosterTalk]
    places: Mapping[str, str]

    @cached_property
    def scales(self) -> Scales:
        return Scales(self.snapshot.problem, self.places, self.snapshot.journeys)

    @cached_property
    def score(self) -> ConversationsScore:
        score = conversations_score(self.snapshot.problem, self.places)
        return ConversationsScore(**without_wished_apart(self.snapshot.problem, asdict(score)))

    @property
    def points(self) -> int:
        """What this draft costs families and leaders together: less is better."""
        return self.score.objective + WITHOUT_BREAK * self.scales.without_break

    @property
    def wishes_lost(self) -> int:
        """Talks at a time that their family would rather not have."""
        return sum(
            talk.cost.get(self.places[talk.id], 0) > 0 for talk in self.snapshot.problem.talks if talk.id in self.places
        )

    def key_of(self, talk_id: int) -> str:
        """The optimiser's name of a talk of this version that can be moved."""
        found = next((key for key, row in self.rows.items() if row.id == talk_id), None)
        if found is None or found not in self.scales.talks or self.snapshot.talks[found].booking_id is not None:
            raise NoSuchTalk
        return found

    @staticmethod
    def written(when: datetime | None) -> str | None:
        """A moment as the optimiser writes it."""
        return moment(local(when)) if when is not None else None

    def at(self, key: str, start: str) -> str | None:
        """The other talk of this leader that takes the slot which begins then."""
        leader = self.scales.talks[key].leader
        for other in self.scales.of_leader[leader]:
            if other != key and other in self.places and start in self.slots_of(other):
                return other
        return None

    def slots_of(self, key: str) -> list[str]:
        """The starts of the slots a placed talk takes."""
        return slots_from(self.places[key], self.scales.talks[key].slots, self.snapshot.slot_minutes)

    def changes(self, key: str, start: str) -> dict[str, Change]:
        """What has to happen for this talk to begin then: it alone, or two that change places."""
        slots = self.scales.talks[key].slots
        found: dict[str, Change] = {key: (start, slots)}
        other = self.at(key, start)
        if other is not None and self._may_change_places(key, other, start):
            found[other] = (self.places[key], slots)
        return found

    def after(self, changes: Mapping[str, Change]) -> "Draft":
        """The same draft with these talks elsewhere, or of another length."""
        problem, talks, places = self.snapshot.problem, dict(self.snapshot.talks), dict(self.places)
        for key, (start, slots) in changes.items():
            talks[key] = replace(talks[key], slots=slots)
            places.pop(key, None)
            if start is not None:
                places[key] = start
        lengths = {key: slots for key, (_, slots) in changes.items()}
        moved = tuple(replace(talk, slots=lengths.get(talk.id, talk.slots)) for talk in problem.talks)
        snapshot = replace(self.snapshot, problem=replace(problem, talks=moved), talks=talks)
        return replace(self, snapshot=snapshot, places=places)

    def weigh(self, key: str, start: str) -> Weighed:
        """What it costs when this talk begins then; where another talk is, the two change places."""
        other = self.at(key, start)
        if other is not None and not self._may_change_places(key, other, start):
            return Weighed(stops=(Stop(self._why_fixed(key, other), key, other),))
        return self.scales.weigh(self.changes(key, start))

    def _may_change_places(self, key: str, other: str, start: str) -> bool:
        return self._why_fixed(key, other) is StopKind.TAKEN and key in self.places and self.places[other] == start

    def _why_fixed(self, key: str, other: str) -> StopKind:
        """Why these two cannot change places; TAKEN when they could, were they both on the board."""
        if self.snapshot.talks[other].booking_id is not None:
            return StopKind.STANDING
        if other in self.rows and self.rows[other].held:
            return StopKind.HELD
        if self.scales.talks[other].slots != self.scales.talks[key].slots:
            return StopKind.LENGTH
        return StopKind.TAKEN


@dataclass(frozen=True)
class BoardTalk:
    """One talk on the board."""

    key: str
    id: int
    """Of the talk in this version; below zero: not in it, so it cannot be moved here."""
    pupil: Name
    when: Span | None
    slots: int
    edition: int
    is_held: bool
    is_standing: bool
    has_interpreter: bool
    reason: str
    is_own: bool = True
    """Of this board's leader; others are here because they are named."""
    homes: tuple[str, ...] = ()
    clash: Stop | None = None
    """What parents did meanwhile that this place cannot go with."""

    @property
    def can_move(self) -> bool:
        return self.id > 0 and not self.is_standing

    @property
    def span(self) -> Span:
        if self.when is None:
            raise LookupError(self.key)
        return self.when


@dataclass(frozen=True)
class TimeChoice:
    """A time to put a talk, with what that costs; `other` would come in its place."""

    slot_id: int
    starts_at: datetime
    weighed: Weighed
    other: BoardTalk | None = None


@dataclass(frozen=True)
class Chosen:
    """The talk somebody is busy with, and what can be done with it."""

    talk: BoardTalk
    longer: Weighed | None
    shorter: Weighed | None
    park: Weighed | None
    times: Mapping[int, TimeChoice]

    @property
    def best(self) -> tuple[TimeChoice, ...]:
        """The few times that cost least, the earliest first among equals."""
        possible = [choice for choice in self.times.values() if choice.weighed.is_possible]
        return tuple(sorted(possible, key=lambda choice: (choice.weighed.total, choice.starts_at))[:BEST_TIMES])


@dataclass(frozen=True)
class StepLine:
    """What happened to one talk."""

    talk_id: int
    pupil: Name
    before: datetime | None
    after: datetime | None
    slots_before: int
    slots: int
    held_before: bool
    held: bool


@dataclass(frozen=True)
class MoveLine:
    """Something done by hand: by whom, when, and whether it can be put back."""

    id: int
    kind: MoveKind
    made_at: datetime
    by: Name | None
    steps: tuple[StepLine, ...]
    leader_id: int | None
    can_undo: bool


@dataclass(frozen=True)
class LeaderLine:
    """One leader of the draft."""

    id: int
    name: Name
    placed: int
    talks: int
    changed_meanwhile: bool = False


@dataclass(frozen=True)
class Board:
    """One leader's part of a draft."""

    round_id: int
    number: int
    status: VersionStatus
    minutes: int
    leader: LeaderLine
    leaders: tuple[LeaderLine, ...]
    weeks: tuple[Week[BoardTalk], ...]
    talks: Mapping[str, BoardTalk]
    score: ConversationsScore
    placed: int
    needed: int
    wishes_lost: int
    points: int
    held: int
    moves: tuple[MoveLine, ...]
    chosen: Chosen | None = None

    @property
    def is_open(self) -> bool:
        return self.status is VersionStatus.DRAFT

    @property
    def without_time(self) -> tuple[BoardTalk, ...]:
        return tuple(talk for talk in self.own if talk.when is None)

    @property
    def clashing(self) -> tuple[BoardTalk, ...]:
        return tuple(talk for talk in self.own if talk.clash is not None)

    @property
    def own(self) -> tuple[BoardTalk, ...]:
        """This leader's talks."""
        return tuple(talk for talk in self.talks.values() if talk.is_own)


def find_version(round_id: int, number: int) -> RosterVersion:
    """The version of this number."""
    found = db.session.scalar(
        select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.number == number)
    )
    if found is None:
        raise NoRoster
    return found


def settled_by(round_id: int, number: int | None) -> dict[str, Settled]:
    """What a version decided, for one that goes on from it."""
    if number is None:
        return {}
    return {
        talk_key(row.pupil_id, row.household_id): Settled(
            row.leader_id, row.starts_at, row.slots if row.own_length else None, row.held
        )
        for row in find_version(round_id, number).talks
    }


def read_draft(version: RosterVersion, now: datetime) -> Draft:
    """The version over the round as it is now. What cannot be any more has no place. Evenings have no such board."""
    if is_by_request(version.round_id):
        raise NoRoster
    rows = {talk_key(row.pupil_id, row.household_id): row for row in version.talks}
    settled = settled_by(version.round_id, version.number)
    snapshot = take_snapshot(version.round_id, now=now, settled=settled)
    standing: dict[str, str] = {}
    taken: dict[str, set[str]] = {}
    for talk in snapshot.problem.talks:
        start = snapshot.talks[talk.id].starts_at
        if start is not None:
            standing[talk.id] = moment(local(start))
            slots = slots_from(standing[talk.id], talk.slots, snapshot.slot_minutes)
            taken.setdefault(talk.leader, set()).update(slots)
    places = dict(standing)
    for talk in snapshot.problem.talks:
        row = rows.get(talk.id)
        if talk.id in standing or row is None or row.starts_at is None:
            continue
        start_text = moment(local(row.starts_at))
        own = set(slots_from(start_text, talk.slots, snapshot.slot_minutes))
        same_leader = row.leader_id == snapshot.talks[talk.id].leader_id
        if same_leader and fits(snapshot.problem, talk, start_text) and not own & taken.get(talk.leader, set()):
            places[talk.id] = start_text
    return Draft(version, snapshot, rows, places)


def leaders_of_draft(round_id: int, number: int, now: datetime) -> tuple[LeaderLine, ...]:
    """The leaders of a version, with how many of their talks have a time."""
    return _leaders(read_draft(find_version(round_id, number), now))


def board(
    round_id: int, number: int, leader_id: int, *, now: datetime, talk_id: int | None = None, moving: bool = False
) -> Board:
    """One leader's part of a version; with `talk_id` what can be done with that talk, with `moving` where it can go."""
    version = find_version(round_id, number)
    draft = read_draft(version, now)
    leaders = _leaders(draft)
    leader = next((one for one in leaders if one.id == leader_id), None) or _without_talks(round_id, leader_id)
    slots = [slot for slot in offered_slots(round_id) if slot.leader_id == leader_id]
    talks = _talks(draft, leader_id)
    chosen = None
    if talk_id is not None and version.status is VersionStatus.DRAFT:
        chosen = _chosen(draft, talks, talk_id, slots if moving else [], now)
    shown = _with_own_slots_to_choose(talks, chosen.talk, draft.snapshot.slot_minutes) if chosen and moving else talks
    return Board(
        round_id=round_id,
        number=number,
        status=version.status,
        minutes=draft.snapshot.slot_minutes,
        leader=leader,
        leaders=leaders,
        weeks=weeks_of(
            _lines(draft, slots, shown), {talk.id: talk for talk in shown.values() if talk.is_own and talk.when}
        ),
        talks=talks,
        score=draft.score,
        placed=len(draft.places),
        needed=len(draft.snapshot.talks),
        wishes_lost=draft.wishes_lost,
        points=draft.points,
        held=sum(row.held for row in draft.rows.values()),
        moves=moves_of(version.id),
        chosen=chosen,
    )


def start_of_slot(round_id: int, slot_id: int) -> tuple[int, str] | None:
    """Whose slot this is, and when it begins, as the optimiser writes it."""
    found = db.session.get(Slot, slot_id)
    if found is None or found.round_id != round_id:
        return None
    return found.leader_id, moment(local(found.starts_at))


def moves_of(version_id: int, limit: int = LAST_MOVES) -> tuple[MoveLine, ...]:
    """The last changes by hand, the newest first."""
    found = db.session.execute(
        select(RosterMove, Staff)
        .outerjoin(Staff, Staff.id == RosterMove.made_by)
        .where(RosterMove.version_id == version_id)
        .order_by(RosterMove.id.desc())
        .limit(limit)
    ).all()
    names = _names({step.talk.pupil_id for move, _ in found for step in move.steps})
    return tuple(_move_line(move, staff, names) for move, staff in found if move.steps)


def last_move(talk_id: int) -> MoveLine | None:
    """What was done last with this talk."""
    step = db.session.scalars(
        select(RosterStep).where(RosterStep.talk_id == talk_id).order_by(RosterStep.move_id.desc()).limit(1)
    ).first()
    if step is None:
        return None
    names = _names({one.talk.pupil_id for one in step.move.steps})
    made_by = db.session.get(Staff, step.move.made_by) if step.move.made_by else None
    return _move_line(step.move, made_by, names)


def last_hand(talk_id: int) -> tuple[int | None, datetime | None]:
    """Who changed this talk last, and when."""
    found = db.session.execute(
        select(RosterMove.made_by, RosterMove.made_at)
        .join(RosterStep, RosterStep.move_id == RosterMove.id)
        .where(RosterStep.talk_id == talk_id)
        .order_by(RosterMove.id.desc())
        .limit(1)
    ).first()
    return (found.made_by, found.made_at) if found else (None, None)


def talk_of_move(move_id: int) -> int | None:
    """The talk that a move was about."""
    first = select(RosterStep.talk_id).where(RosterStep.move_id == move_id).order_by(RosterStep.position)
    return db.session.scalars(first.limit(1)).first()


def name_of(staff_id: int | None) -> Name | None:
    """What a colleague is called."""
    found = db.session.get(Staff, staff_id) if staff_id is not None else None
    return found.name if found else None


def _move_line(move: RosterMove, staff: Staff | None, names: Mapping[int, Name]) -> MoveLine:
    steps = tuple(
        StepLine(
            step.talk_id, names[step.talk.pupil_id], step.from_starts_at, step.to_starts_at,
            step.from_slots, step.to_slots, step.from_held, step.to_held,
        )
        for step in move.steps
    )  # fmt: skip
    return MoveLine(
        move.id, move.kind, move.made_at, staff.name if staff else None, steps,
        leader_id=move.steps[0].talk.leader_id if move.steps else None,
        can_undo=bool(steps) and all(step.talk.edition == step.edition for step in move.steps),
    )  # fmt: skip


def _leaders(draft: Draft) -> tuple[LeaderLine, ...]:
    ids = {talk.leader_id for talk in draft.snapshot.talks.values() if talk.leader_id is not None}
    staff = db.session.scalars(select(Staff).where(Staff.id.in_(ids))).all()
    lines = []
    for one in sorted(staff, key=lambda one: one.name.sort_key):
        own = [key for key, talk in draft.snapshot.talks.items() if talk.leader_id == one.id]
        placed = sum(key in draft.places for key in own)
        known = draft.version.snapshot.get(str(one.id))
        changed = known is not None and known != draft.snapshot.fingerprints.get(str(one.id))
        lines.append(LeaderLine(one.id, one.name, placed, len(own), changed))
    return tuple(lines)


def _without_talks(round_id: int, leader_id: int) -> LeaderLine:
    """A leader who has times in this round, but no talk in this version."""
    offers = select(Staff).join(Slot, Slot.leader_id == Staff.id).where(Slot.round_id == round_id)
    found = db.session.scalars(offers.where(Staff.id == leader_id).limit(1)).first()
    if found is None:
        raise NoRoster
    return LeaderLine(found.id, found.name, 0, 0)


def _talks(draft: Draft, leader_id: int) -> dict[str, BoardTalk]:
    """This leader's talks, and those of their brothers and sisters: they are named where something is lost."""
    own = [key for key, talk in draft.snapshot.talks.items() if talk.leader_id == leader_id]
    known = dict.fromkeys(own)
    for key in own:
        known |= dict.fromkeys(other for group in draft.scales.groups.get(key, ()) for other in group.talks)
        known |= dict.fromkeys(
            other for led in draft.scales.leads.get(key, ()) for other in draft.scales.of_leader[led]
        )
    leads = f"s{leader_id}"
    known |= dict.fromkeys(draft.scales.led.get(leads, ()))
    names = _names({draft.snapshot.talks[key].need.pupil_id for key in known})
    homes = _home_names(draft, own)
    return {
        key: _talk(draft, key, place, names, homes, is_own=draft.snapshot.talks[key].leader_id == leader_id)
        for place, key in enumerate(known, 1)
    }


def _talk(
    draft: Draft, key: str, place: int, names: Mapping[int, Name], homes: Mapping[str, tuple[str, ...]], *, is_own: bool
) -> BoardTalk:
    planned, row = draft.snapshot.talks[key], draft.rows.get(key)
    interval = draft.scales.span(key) if key in draft.scales.talks else None
    when = None
    if interval is not None:
        at = planned.starts_at or (row.starts_at if row else None)
        when = Span(at, at + (interval[1] - interval[0])) if at else None
    is_standing = planned.booking_id is not None
    clash = None
    if is_own and row is not None and not is_standing and row.starts_at is not None:
        clash = _clash(draft, key)
    return BoardTalk(
        key=key,
        id=row.id if row is not None else -place,
        pupil=names[planned.need.pupil_id],
        when=when,
        slots=planned.slots,
        edition=row.edition if row else 0,
        is_held=row is not None and row.held and not is_standing,
        is_standing=is_standing,
        has_interpreter=planned.need.interpreter,
        reason=row.reason if row else "",
        is_own=is_own,
        homes=homes.get(key, ()),
        clash=clash,
    )


def _with_own_slots_to_choose(talks: Mapping[str, BoardTalk], chosen: BoardTalk, minutes: int) -> dict[str, BoardTalk]:
    """While a long talk is moved it shows where it begins only: it may also begin at what is now its second half."""
    if chosen.when is None:
        return dict(talks)
    first = Span(chosen.when.starts_at, chosen.when.starts_at + timedelta(minutes=minutes))
    return {**talks, chosen.key: replace(chosen, when=first, slots=1)}


def _clash(draft: Draft, key: str) -> Stop | None:
    """What stands in the way of a talk where the draft has it."""
    if key not in draft.places:
        return Stop(StopKind.NO_TIME, key)
    stops = draft.scales.weigh({key: (draft.places[key], draft.scales.talks[key].slots)}).stops
    return stops[0] if stops else None


def _lines(draft: Draft, slots: Sequence[OfferedSlot], talks: Mapping[str, BoardTalk]) -> list[SlotLine]:
    """The leader's slots as the draft fills them."""
    holders: dict[datetime, int] = {}
    for talk in talks.values():
        if talk.is_own and talk.when is not None:
            length = timedelta(minutes=draft.snapshot.slot_minutes)
            holders |= {talk.when.starts_at + length * n: talk.id for n in range(talk.slots)}
    return [
        SlotLine(
            slot.id,
            slot.span,
            slot.blocked or (slot.booking_id is not None and slot.span.starts_at not in holders),
            holders.get(slot.span.starts_at),
        )
        for slot in slots
    ]


def _chosen(
    draft: Draft, talks: Mapping[str, BoardTalk], talk_id: int, slots: Iterable[OfferedSlot], now: datetime
) -> Chosen:
    key = draft.key_of(talk_id)
    if key not in talks:
        raise NoSuchTalk
    talk, place = talks[key], draft.places.get(key)
    times = {}
    for slot in slots:
        start = moment(local(slot.span.starts_at))
        if slot.span.starts_at > now and start != place:
            other = draft.at(key, start)
            times[slot.id] = TimeChoice(
                slot.id, slot.span.starts_at, draft.weigh(key, start), talks.get(other) if other else None
            )
    return Chosen(
        talk=talk,
        longer=draft.scales.weigh({key: (place, 2)}) if place and talk.slots == 1 else None,
        shorter=draft.scales.weigh({key: (place, 1)}) if place and talk.slots == 2 else None,
        park=draft.scales.weigh({key: (None, talk.slots)}) if place else None,
        times=times,
    )


def _names(pupil_ids: Iterable[int]) -> dict[int, Name]:
    return {pupil.id: pupil.name for pupil in db.session.scalars(select(Pupil).where(Pupil.id.in_(list(pupil_ids))))}


def _home_names(draft: Draft, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Whose talk it is, for a pupil of whom each home has one."""
    apart = {key: draft.snapshot.talks[key].need for key in keys}
    pupils = [need.pupil_id for need in apart.values() if need.household_id is not None]
    double = {pupil for pupil in pupils if pupils.count(pupil) > 1}
    if not double:
        return {}
    rows = db.session.execute(
        select(Guardianship.pupil_id, Guardianship.household_id, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(double))
        .order_by(Guardianship.position)
    )
    found: dict[tuple[int, int], list[str]] = {}
    for pupil_id, household_id, guardian in rows:
        found.setdefault((pupil_id, household_id), []).append(guardian.name.called)
    return {
        key: tuple(found.get((need.pupil_id, need.household_id or 0), ()))
        for key, need in apart.items()
        if need.pupil_id in double
    }


# versions side by side


@dataclass(frozen=True)
class Figures:
    """How a version does, over the round as it is now."""

    number: int
    status: VersionStatus
    placed: int
    needed: int
    siblings: int
    sibling_pairs: int
    wishes_lost: int
    total: int


@dataclass(frozen=True)
class Difference:
    """A talk that is elsewhere in the other version."""

    pupil: Name
    leader: Name | None
    here: datetime | None
    there: datetime | None
    slots_here: int
    slots_there: int


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side."""

    round_id: int
    round_name: str
    one: Figures
    other: Figures
    differences: tuple[Difference, ...]

    @property
    def moved(self) -> int:
        return sum(one.here is not None and one.there is not None for one in self.differences)


def compare(round_id: int, number: int, other: int, *, now: datetime) -> Comparison:
    """What differs between two versions of a round."""
    here, there = read_draft(find_version(round_id, number), now), read_draft(find_version(round_id, other), now)
    return Comparison(
        round_id,
        db.session.get_one(Round, round_id).name,
        _figures(here),
        _figures(there),
        _differences(here, there),
    )


def other_numbers(round_id: int, number: int) -> tuple[int, ...]:
    """The versions that can be put beside this one, the newest first."""
    rows = db.session.scalars(
        select(RosterVersion.number)
        .where(
            RosterVersion.round_id == round_id,
            RosterVersion.number != number,
            RosterVersion.status.in_((VersionStatus.DRAFT, VersionStatus.PUBLISHED, VersionStatus.DISCARDED)),
        )
        .order_by(RosterVersion.number.desc())
    )
    return tuple(rows)


def _figures(draft: Draft) -> Figures:
    return Figures(
        number=draft.version.number,
        status=draft.version.status,
        placed=len(draft.places),
        needed=len(draft.snapshot.talks),
        siblings=draft.score.sibling_pairs_adjacent,
        sibling_pairs=draft.score.sibling_pairs,
        wishes_lost=draft.wishes_lost,
        total=draft.points,
    )


def _differences(here: Draft, there: Draft) -> tuple[Difference, ...]:
    keys = [
        key
        for key in here.snapshot.talks
        if here.places.get(key) != there.places.get(key)
        or here.snapshot.talks[key].slots != there.snapshot.talks[key].slots
    ]
    names = _names({here.snapshot.talks[key].need.pupil_id for key in keys})
    ids = {here.snapshot.talks[key].leader_id for key in keys}
    leaders = {one.id: one.name for one in db.session.scalars(select(Staff).where(Staff.id.in_(ids - {None})))}
    lines = [
        Difference(
            names[here.snapshot.talks[key].need.pupil_id],
            leaders.get(here.snapshot.talks[key].leader_id or 0),
            _moment_in(here, key),
            _moment_in(there, key),
            here.snapshot.talks[key].slots,
            there.snapshot.talks[key].slots,
        )
        for key in keys
    ]
    return tuple(
        sorted(lines, key=lambda line: (line.leader.sort_key if line.leader else ("", ""), line.pupil.sort_key))
    )


def _moment_in(draft: Draft, key: str) -> datetime | None:
    """When a talk is in this version, if it can be there."""
    if key not in draft.places:
        return None
    return draft.snapshot.talks[key].starts_at or draft.rows[key].starts_at
