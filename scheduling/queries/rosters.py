"""Versions of a roster as the office sees them: how good, per class, per family why, and who has no place."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from scheduling.domain.people import Name, natural_order
from scheduling.domain.rosters import NoRoster, VersionStatus
from scheduling.domain.timeslots import Span
from scheduling.domain.wishes import Answer, Wishes, joint_answer
from scheduling.models import (
    ClassGroup,
    Enrolment,
    Pupil,
    RosterMove,
    RosterTalk,
    RosterVersion,
    Round,
    RoundClass,
    Staff,
    db,
)
from scheduling.queries.wishes import wishes_about


@dataclass(frozen=True)
class VersionLine:
    """One version in the list."""

    number: int
    status: VersionStatus
    requested_at: datetime
    objective: int | None
    proof: str
    score: Mapping[str, int]


@dataclass(frozen=True)
class Relative:
    """A brother or sister in this round."""

    name: Name
    group: str
    starts_at: datetime | None
    possible: bool = True
    """For one that does not adjoin: whether the leaders' times allow it at all."""


@dataclass(frozen=True)
class TalkLine:
    """One talk of a version: where and when, or why not."""

    pupil_id: int
    pupil: Name
    number: str
    group: str
    leader: Name | None
    leader_id: int | None
    leader_code: str
    span: Span | None
    reason: str
    is_double: bool
    is_standing: bool
    is_published: bool
    is_joint: bool
    has_interpreter: bool
    parent_works_here: bool
    own_parent_leads: bool
    beside: tuple[Relative, ...]
    apart: tuple[Relative, ...]
    wish: Answer | None = None
    """How the time suits who is expected, by what they said up to now; None: they named no times."""
    wish_late: bool = False
    wish_newer: bool = False
    """It was said or changed after this version was asked for."""


@dataclass(frozen=True)
class ClassOfVersion:
    """The talks of one class."""

    id: int
    name: str
    talks: tuple[TalkLine, ...]

    @property
    def placed(self) -> int:
        return sum(talk.span is not None for talk in self.talks)


@dataclass(frozen=True)
class VersionPage:
    """A version with everything about it."""

    round_id: int
    number: int
    status: VersionStatus
    proof: str
    seed: int
    score: Mapping[str, int]
    bound: Mapping[str, int]
    progress: Mapping[str, Any]
    failure: str
    requested_at: datetime
    finished_at: datetime | None
    based_on: int | None
    """The number of the version it went on from."""
    by_hand: bool
    """Somebody changed it since it was made: what was proven then is not true of it."""
    newer: int | None
    """The number of the newest version after it that is there or in the making."""
    classes: tuple[ClassOfVersion, ...]

    @property
    def talks(self) -> tuple[TalkLine, ...]:
        return tuple(talk for group in self.classes for talk in group.talks)

    @property
    def placed(self) -> int:
        return sum(group.placed for group in self.classes)

    @property
    def unplaced(self) -> tuple[TalkLine, ...]:
        return tuple(talk for talk in self.talks if talk.span is None)

    @property
    def not_in_a_row(self) -> tuple[TalkLine, ...]:
        """The talks that do not follow on those of all brothers and sisters."""
        return tuple(talk for talk in self.talks if talk.apart)

    @property
    def wished(self) -> tuple[TalkLine, ...]:
        """The talks with a time, of families who named times."""
        return tuple(talk for talk in self.talks if talk.span and talk.wish)

    @property
    def wishes_met(self) -> int:
        return sum(talk.wish is Answer.GOOD for talk in self.wished)

    @property
    def wishes_missed(self) -> tuple[TalkLine, ...]:
        """The talks at a time of which the family said that it does not suit."""
        return tuple(talk for talk in self.wished if talk.wish is Answer.CANNOT)

    @property
    def wishes_newer(self) -> int:
        """Talks of families whose wishes this version could not know."""
        return sum(talk.wish_newer for talk in self.talks)

    @property
    def is_proven(self) -> bool:
        return self.proof == "optimal"

    @property
    def to_publish(self) -> int:
        return sum(talk.span is not None and not talk.is_standing and not talk.is_published for talk in self.talks)

    @property
    def left_out(self) -> tuple[Name, ...]:
        """With whom families of this version have no time yet; after publishing: something changed there meanwhile."""
        waiting = [talk for talk in self.talks if talk.span and not talk.is_standing and not talk.is_published]
        return tuple(sorted({talk.leader for talk in waiting if talk.leader}, key=lambda name: name.sort_key))

    @property
    def is_under_way(self) -> bool:
        return self.status in (VersionStatus.REQUESTED, VersionStatus.RUNNING)


def list_versions(round_id: int) -> list[VersionLine]:
    """All versions of a round, the newest first."""
    rows = db.session.scalars(
        select(RosterVersion).where(RosterVersion.round_id == round_id).order_by(RosterVersion.number.desc())
    )
    return [
        VersionLine(row.number, row.status, row.requested_at, row.score.get("objective"), row.proof, row.score)
        for row in rows
    ]


def version_page(round_id: int, number: int) -> VersionPage:
    """One version, its talks by class and time."""
    return _page(_version(round_id, number))


def version_head(round_id: int, number: int) -> VersionPage:
    """One version without its talks: for a page that shows those in another way."""
    return _page(_version(round_id, number), with_talks=False)


def version_by_id(version_id: int) -> VersionPage:
    """The version with this id."""
    version = db.session.get(RosterVersion, version_id)
    if version is None:
        raise NoRoster
    return _page(version)


def _version(round_id: int, number: int) -> RosterVersion:
    version = db.session.scalar(
        select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.number == number)
    )
    if version is None:
        raise NoRoster
    return version


def _newer(version: RosterVersion) -> int | None:
    usable = (VersionStatus.REQUESTED, VersionStatus.RUNNING, VersionStatus.DRAFT, VersionStatus.PUBLISHED)
    found = select(func.max(RosterVersion.number)).where(
        RosterVersion.round_id == version.round_id,
        RosterVersion.number > version.number,
        RosterVersion.status.in_(usable),
    )
    return db.session.scalar(found)


def _page(version: RosterVersion, *, with_talks: bool = True) -> VersionPage:
    return VersionPage(
        round_id=version.round_id,
        number=version.number,
        status=version.status,
        proof=version.proof,
        seed=version.seed,
        score=version.score,
        bound=version.bound,
        progress=version.progress,
        failure=version.failure,
        requested_at=version.requested_at,
        finished_at=version.finished_at,
        based_on=version.based_on,
        by_hand=_is_by_hand(version.id),
        newer=_newer(version),
        classes=_classes(version) if with_talks else (),
    )


def _is_by_hand(version_id: int) -> bool:
    return db.session.scalar(select(RosterMove.id).where(RosterMove.version_id == version_id).limit(1)) is not None


def _classes(version: RosterVersion) -> tuple[ClassOfVersion, ...]:
    minutes = db.session.scalar(select(Round.slot_minutes).where(Round.id == version.round_id)) or 0
    rows = db.session.execute(
        select(RosterTalk, Pupil, Staff, ClassGroup)
        .join(Pupil, Pupil.id == RosterTalk.pupil_id)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(Staff, Staff.id == RosterTalk.leader_id)
        .where(RosterTalk.version_id == version.id, RoundClass.round_id == version.round_id)
        .order_by(RosterTalk.starts_at, Pupil.id)
    ).all()
    relatives = _relatives(rows)
    classes = {group.id: group for _, _, _, group in rows}
    lines: dict[int, list[TalkLine]] = defaultdict(list)
    said = wishes_about(version.round_id, {(talk.pupil_id, talk.household_id) for talk, *_ in rows})
    for talk, pupil, leader, group in rows:
        line = _line(talk, pupil, leader, group.name, minutes, relatives)
        wishes = said.get((talk.pupil_id, talk.household_id), ())
        lines[group.id].append(_with_wish(line, wishes, version.requested_at))
    ordered = sorted(classes.values(), key=lambda group: (natural_order(group.name), group.location))
    return tuple(ClassOfVersion(group.id, group.name, tuple(lines[group.id])) for group in ordered)


def _with_wish(line: TalkLine, said: Sequence[Wishes], since: datetime) -> TalkLine:
    answer = joint_answer(said, line.span) if line.span else None
    newer = any(one.said_at is not None and one.said_at > since for one in said)
    return replace(line, wish=answer, wish_late=bool(answer) and any(one.late for one in said), wish_newer=newer)


def _relatives(
    rows: Sequence[tuple[RosterTalk, Pupil, Staff, ClassGroup]],
) -> dict[int, Relative]:
    return {pupil.id: Relative(pupil.name, group.name, talk.starts_at) for talk, pupil, _, group in rows}


def _line(
    talk: RosterTalk, pupil: Pupil, leader: Staff | None, group: str, minutes: int, relatives: Mapping[int, Relative]
) -> TalkLine:
    facts = talk.facts
    length = timedelta(minutes=minutes * talk.slots)
    apart = [
        Relative(known.name, known.group, known.starts_at, possible)
        for number, possible in facts.get("apart", ())
        if (known := relatives.get(number)) is not None
    ]
    return TalkLine(
        pupil_id=pupil.id,
        pupil=pupil.name,
        number=pupil.number,
        group=group,
        leader=leader.name if leader else None,
        leader_id=leader.id if leader else None,
        leader_code=leader.code if leader else "",
        span=Span(talk.starts_at, talk.starts_at + length) if talk.starts_at else None,
        reason=talk.reason,
        is_double=talk.slots > 1,
        is_standing=talk.pinned,
        is_published=talk.published_at is not None,
        is_joint=talk.household_id is None,
        has_interpreter=bool(facts.get("interpreter")),
        parent_works_here=bool(facts.get("colleagues")),
        own_parent_leads=bool(facts.get("own_parent_leads")),
        beside=tuple(relatives[number] for number in facts.get("beside", ()) if number in relatives),
        apart=tuple(apart),
    )
