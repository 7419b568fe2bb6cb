"""The plan of a contact evening as the office sees it: how good it is, per teacher and per family, and what is missing.

The figures are read from what the optimiser answered, so they are those that anybody can check again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from scheduling.domain.drafts import NoSuchTalk
from scheduling.domain.people import Name, natural_order
from scheduling.domain.rosters import NoRoster
from scheduling.domain.timeslots import Span
from scheduling.models import Enrolment, Pupil, Round, Staff, db
from scheduling.models.people import ClassGroup
from scheduling.models.rosters import RosterMove, RosterRecord, RosterStep, RosterTalk, RosterVersion
from scheduling.queries.snapshots import TalkLengths, talk_lengths


@dataclass(frozen=True)
class Figures:
    """How good an evening is. `None` where nothing can be proven or said."""

    talks: int
    first_wishes: int
    school_asks: int
    weight: int
    families_waiting: int
    minutes_waiting: int
    families_under_half: int
    minutes_idle: int


@dataclass(frozen=True)
class Limits:
    """What no plan of this evening can better: proven."""

    weight: int
    families_waiting: int
    minutes_waiting: int


@dataclass(frozen=True)
class PlannedTalk:
    """One talk that was asked for: when and with whom, or why not."""

    id: int
    key: str
    """What the optimiser calls it."""
    family: str
    pupil: Name
    number: str
    group: str
    teacher: Name
    teacher_id: int
    teacher_code: str
    subject: str
    place: int
    wanted: bool
    obligatory: bool
    lost_last_time: bool
    span: Span | None
    reason: str
    is_double: bool
    is_standing: bool
    is_published: bool
    is_held: bool
    has_interpreter: bool
    parent_works_here: bool
    own_parent_leads: bool

    @property
    def is_first_wish(self) -> bool:
        return self.wanted and self.place == 1


@dataclass(frozen=True)
class TeacherPlan:
    """A teacher's evening: the talks in order, and those without a time."""

    id: int
    name: Name
    talks: tuple[PlannedTalk, ...]
    missing: tuple[PlannedTalk, ...]


@dataclass(frozen=True)
class FamilyPlan:
    """A family's evening: its children, its talks in order, and those without a time."""

    key: str
    children: tuple[str, ...]
    sort_key: tuple[str, str]
    talks: tuple[PlannedTalk, ...]
    missing: tuple[PlannedTalk, ...]


@dataclass(frozen=True)
class EveningPlan:
    """A version of a contact evening with everything about it."""

    asked: int
    first_wishes: int
    school_asks: int
    families: tuple[FamilyPlan, ...]
    teachers: tuple[TeacherPlan, ...]
    plan: Figures | None
    limits: Limits | None
    first_come: Figures | None
    differs: bool = False
    """Is a talk elsewhere, or held, other than when the plan was made?"""

    @property
    def teacher_names(self) -> dict[int, Name]:
        return {teacher.id: teacher.name for teacher in self.teachers}

    @property
    def placed(self) -> int:
        return sum(len(family.talks) for family in self.families)

    @property
    def waiting(self) -> tuple[PlannedTalk, ...]:
        """The talks with a time that no family has yet."""
        talks = (talk for family in self.families for talk in family.talks)
        return tuple(talk for talk in talks if not talk.is_standing and not talk.is_published)

    @property
    def left_out(self) -> tuple[Name, ...]:
        """With whom those talks are; after publishing: something changed there meanwhile."""
        return tuple(sorted({talk.teacher for talk in self.waiting}, key=lambda name: name.sort_key))

    @property
    def own_parents(self) -> int:
        """The talks without a time for which a pupil's own parent was asked as teacher."""
        return sum(talk.own_parent_leads for family in self.families for talk in family.missing)

    @property
    def disappointed(self) -> tuple[FamilyPlan, ...]:
        """The families with a talk that found no time."""
        return tuple(family for family in self.families if family.missing)


def evening_plan(round_id: int, number: int) -> EveningPlan:
    """A version of a contact evening: its figures beside what is possible, and every family and teacher."""
    version = db.session.scalar(
        select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.number == number)
    )
    if version is None:
        raise NoRoster
    talks = _talks(version)
    papers = db.session.get(RosterRecord, version.id)
    return EveningPlan(
        asked=len(talks),
        first_wishes=sum(talk.is_first_wish for talk in talks),
        school_asks=sum(talk.obligatory for talk in talks),
        families=_families(talks),
        teachers=_teachers(talks),
        plan=_figures(talks, papers.problem, papers.roster) if papers else None,
        limits=_limits(papers.problem, papers.roster) if papers else None,
        first_come=_figures(talks, papers.problem, papers.first_come) if papers else None,
        differs=bool(changed_by_hand(version.id)),
    )


@dataclass(frozen=True)
class Elsewhere:
    """A talk with another time or length in one version than in the other. None: it was not asked in that version."""

    here: PlannedTalk | None
    there: PlannedTalk | None

    talk: PlannedTalk
    """Either of them: who speaks with whom."""


@dataclass(frozen=True)
class TwoPlans:
    """Two versions of a contact evening side by side, and the talks that are elsewhere."""

    one: EveningPlan
    other: EveningPlan
    differences: tuple[Elsewhere, ...]


def two_plans(round_id: int, number: int, other: int) -> TwoPlans:
    """What differs between two versions of an evening, by pupil."""
    one, two = evening_plan(round_id, number), evening_plan(round_id, other)
    here, there = _by_key(one), _by_key(two)
    pairs = [Elsewhere(here.get(key), there.get(key), talk) for key, talk in {**there, **here}.items()]
    elsewhere = [pair for pair in pairs if _time(pair.here) != _time(pair.there)]
    return TwoPlans(one, two, tuple(sorted(elsewhere, key=lambda pair: (pair.talk.pupil.sort_key, pair.talk.key))))


def _by_key(plan: EveningPlan) -> dict[str, PlannedTalk]:
    return {talk.key: talk for family in plan.families for talk in (*family.talks, *family.missing)}


def _time(talk: PlannedTalk | None) -> Span | None:
    return talk.span if talk else None


def changed_by_hand(version_id: int) -> list[RosterStep]:
    """Of every talk that is elsewhere, or held, other than when the plan was made: how it was then."""
    steps = db.session.scalars(
        select(RosterStep)
        .join(RosterMove, RosterMove.id == RosterStep.move_id)
        .where(RosterMove.version_id == version_id)
        .order_by(RosterMove.id)
    )
    first: dict[int, RosterStep] = {}
    for step in steps:
        first.setdefault(step.talk_id, step)
    return [
        step
        for step in first.values()
        if (step.from_starts_at, step.from_held) != (step.talk.starts_at, step.talk.held)
    ]


def talk_of_version(version: RosterVersion, talk_id: int) -> PlannedTalk:
    """One talk of this version."""
    found = next(iter(_talks(version, talk_id)), None)
    if found is None:
        raise NoSuchTalk
    return found


def papers_of(round_id: int, number: int) -> RosterRecord:
    """What this version was made from, and what the optimiser answered."""
    found = db.session.scalar(
        select(RosterRecord)
        .join(RosterVersion, RosterVersion.id == RosterRecord.version_id)
        .where(RosterVersion.round_id == round_id, RosterVersion.number == number)
    )
    if found is None:
        raise NoRoster
    return found


def _talks(version: RosterVersion, talk_id: int | None = None) -> list[PlannedTalk]:
    lengths = talk_lengths(version.round_id)
    year_id = db.session.scalar(select(Round.year_id).where(Round.id == version.round_id))
    wanted = (
        select(RosterTalk, Pupil, Staff, ClassGroup.name)
        .join(Pupil, Pupil.id == RosterTalk.pupil_id)
        .join(Staff, Staff.id == RosterTalk.leader_id)
        .join(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == year_id))
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(RosterTalk.version_id == version.id)
        .order_by(RosterTalk.starts_at, RosterTalk.id)
    )
    if talk_id is not None:
        wanted = wanted.where(RosterTalk.id == talk_id)
    rows = db.session.execute(wanted)
    return [_talk(talk, pupil, teacher, group, lengths) for talk, pupil, teacher, group in rows]


def _talk(talk: RosterTalk, pupil: Pupil, teacher: Staff, group: str, lengths: TalkLengths) -> PlannedTalk:
    facts = talk.facts
    return PlannedTalk(
        id=talk.id,
        key=f"r{talk.request_id}",
        family=facts.get("family", ""),
        pupil=pupil.name,
        number=pupil.number,
        group=group,
        teacher=teacher.name,
        teacher_id=teacher.id,
        teacher_code=teacher.code,
        subject=facts.get("subject", ""),
        place=facts.get("place", 1),
        wanted=bool(facts.get("wanted")),
        obligatory=bool(facts.get("obligatory")),
        lost_last_time=bool(facts.get("lost_last_time")),
        span=lengths.span(talk.leader_id, talk.starts_at, talk.slots) if talk.starts_at else None,
        reason=talk.reason,
        is_double=talk.slots > 1,
        is_standing=talk.pinned,
        is_published=talk.published_at is not None,
        is_held=talk.held,
        has_interpreter=bool(facts.get("interpreter")),
        parent_works_here=bool(facts.get("colleagues")),
        own_parent_leads=bool(facts.get("own_parent_leads")),
    )


def _split(talks: Iterable[PlannedTalk]) -> tuple[tuple[PlannedTalk, ...], tuple[PlannedTalk, ...]]:
    own = list(talks)
    missing = sorted((talk for talk in own if talk.span is None), key=lambda talk: talk.place)
    return tuple(talk for talk in own if talk.span is not None), tuple(missing)


def _families(talks: Sequence[PlannedTalk]) -> tuple[FamilyPlan, ...]:
    grouped: dict[str, list[PlannedTalk]] = defaultdict(list)
    for talk in talks:
        grouped[talk.family].append(talk)
    found = []
    for key, own in grouped.items():
        names = sorted({(talk.pupil.sort_key, f"{talk.pupil.full} ({talk.group})") for talk in own})
        found.append(FamilyPlan(key, tuple(name for _, name in names), names[0][0], *_split(own)))
    return tuple(sorted(found, key=lambda family: (family.sort_key, family.key)))


def _teachers(talks: Sequence[PlannedTalk]) -> tuple[TeacherPlan, ...]:
    grouped: dict[int, list[PlannedTalk]] = defaultdict(list)
    for talk in talks:
        grouped[talk.teacher_id].append(talk)
    found = [TeacherPlan(key, own[0].teacher, *_split(own)) for key, own in grouped.items()]
    return tuple(sorted(found, key=lambda plan: (plan.name.sort_key, natural_order(str(plan.id)))))


def _figures(
    talks: Sequence[PlannedTalk], problem: Mapping[str, Any], roster: Mapping[str, Any]
) -> Figures | None:  # fmt: skip
    """The optimiser's own figures, with its slots written as minutes, and what was placed of which wishes."""
    score = roster.get("score")
    if not score:
        return None
    placed = {place["request"] for place in roster["placed"]}
    minutes = problem["slot_minutes"]
    there = [talk for talk in talks if talk.key in placed]
    return Figures(
        talks=len(there),
        first_wishes=sum(talk.is_first_wish for talk in there),
        school_asks=sum(talk.obligatory for talk in there),
        weight=score["weight"],
        families_waiting=score["families_over_30"],
        minutes_waiting=score["waiting_slots"] * minutes,
        families_under_half=score["families_under_half"],
        minutes_idle=score["idle_slots"] * minutes,
    )


def _limits(problem: Mapping[str, Any], roster: Mapping[str, Any]) -> Limits | None:
    bound = roster.get("bound")
    if not bound:
        return None
    return Limits(bound["weight"], bound["families_over_30"], bound["waiting_slots"] * problem["slot_minutes"])
