"""Who is invited to a gathering, what each was told last, and what a letter about it says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, contains_eager

from scheduling.domain.contact_parents import ContactState
from scheduling.domain.gathering_topics import Agenda
from scheduling.domain.gatherings import Answer, Coming, Details
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import ABOUT_GATHERINGS, ARRIVED, UNSENT, Addressee, Audience, Letter, SkipReason
from scheduling.domain.people import natural_order
from scheduling.domain.timeslots import Span, local, span_at
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import (
    CircleSeat,
    ClassContact,
    ClassGroup,
    Enrolment,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardian,
    Guardianship,
    Outbox,
    PlanGuest,
    PlannedDate,
    Pupil,
)
from scheduling.queries.gathering_agendas import agenda_of
from scheduling.queries.mailings import HEARS_ANYWAY, Circle, circles_of

Key = tuple[int | None, int | None]
"""A guardian, or an adult pupil."""

STILL_HEARS = (*HEARS_ANYWAY, SkipReason.NO_POST)
"""Gets no letter of its own, and may know of it all the same."""


@dataclass(frozen=True)
class InvitedHome:
    """A home that is invited to one gathering, for these children. `reached`: some mailbox of it gets the letter."""

    wisher: Wisher
    children: tuple[str, ...]
    classes: tuple[str, ...]
    reached: bool


@dataclass
class Company:
    """Everybody who is invited to one gathering."""

    people: dict[Key, Addressee]
    """Who gets the letter: each person once, and each mailbox of a home once."""
    hears: set[Key]
    """Who may know of it, also without a letter."""
    homes: dict[Wisher, InvitedHome]
    homes_of: dict[Key, set[Wisher]]
    on_paper: dict[Wisher, Addressee]
    """Of each home that no mail reaches the one to whom its letter on paper is."""

    def children_for(self, key: Key) -> tuple[str, ...]:
        """The first names of the children for whom this person is invited."""
        homes = self.homes_of.get(key, ())
        return tuple(dict.fromkeys(name for home in homes if home in self.homes for name in self.homes[home].children))


def company_of(session: Session, planned: PlannedDate, pupil_ids: Collection[int] | None = None) -> Company:
    """Who is invited to this moment, as it stands now; `pupil_ids`: because of these children alone."""
    return companies_of(session, [planned], pupil_ids)[planned.id]


def companies_of(
    session: Session, moments: Sequence[PlannedDate], pupil_ids: Collection[int] | None = None
) -> dict[int, Company]:  # fmt: skip
    """The same of several moments, in as few questions as of one."""
    pupils = session.execute(_pupils_for(moments, pupil_ids)).all() if moments else []
    rows = sorted(pupils, key=lambda row: (natural_order(row.class_name or ""), row.given_name, row.id))
    circles = circles_of(session, {row.id for row in rows}, moments[0].day) if rows else {}
    asked = _asked_to_circles(session, [one for one in moments if one.kind is PlannedKind.PARENT_CIRCLE])
    found = {}
    for planned in moments:
        made = _Company()
        for row in rows:
            here = row.left_on is None or row.left_on > planned.day
            if here and _is_for(planned, row.year_id, row.class_id):
                circle = circles[row.id].on(planned.day)
                if planned.id in asked:
                    circle = circle.parents_alone(asked[planned.id].get(row.class_id, ()))
                made.add(row.given_name, row.class_name or "", circle)
        found[planned.id] = made.company()
    return found


def _asked_to_circles(session: Session, circles: Collection[PlannedDate]) -> dict[int, dict[int, set[int]]]:
    """Per parent circle and class the parents who come for it: its contact parents, and whom the office wrote down."""
    if not circles:
        return {}
    contacts: dict[int, set[int]] = defaultdict(set)
    standing = select(ClassContact.class_id, ClassContact.guardian_id).where(ClassContact.state == ContactState.YES)
    for class_id, guardian_id in session.execute(standing):
        contacts[class_id].add(guardian_id)
    found = {one.id: {class_id: set(people) for class_id, people in contacts.items()} for one in circles}
    for seat in session.scalars(select(CircleSeat).where(CircleSeat.planned_id.in_(found))):
        found[seat.planned_id].setdefault(seat.class_id, set()).add(seat.guardian_id)
    return found


def _pupils_for(
    moments: Iterable[PlannedDate], pupil_ids: Collection[int] | None
) -> Select[int, str, date | None, int, int, str]:  # fmt: skip
    """The pupils whose families these moments are for, with their class; who is in no class yet has none."""
    wanted = (
        select(Pupil.id, Pupil.given_name, Pupil.left_on, Enrolment.year_id, Enrolment.class_id,
               ClassGroup.name.label("class_name"))
        .outerjoin(Enrolment, Enrolment.pupil_id == Pupil.id)
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(or_(false(), *(_audience(planned) for planned in moments)))
    )  # fmt: skip
    return wanted if pupil_ids is None else wanted.where(Pupil.id.in_(pupil_ids))


def _audience(planned: PlannedDate) -> ColumnElement[bool]:
    if planned.kind is PlannedKind.ENROLMENT_MEETING:  # in no class yet, of this year or any other
        return Enrolment.id.is_(None)
    here = and_(Enrolment.year_id == planned.year_id, Enrolment.present)
    if planned.kind is PlannedKind.PARENT_CIRCLE:
        contacts = select(ClassContact.guardian_id).where(ClassContact.state == ContactState.YES)
        seated = select(CircleSeat.guardian_id).where(CircleSeat.planned_id == planned.id)
        asked = Guardianship.guardian_id.in_(contacts) | Guardianship.guardian_id.in_(seated)
        here = and_(here, Pupil.id.in_(select(Guardianship.pupil_id).where(asked)))
    classes = [one.class_id for one in planned.classes]
    return here if planned.for_all else and_(here, Enrolment.class_id.in_(classes))


def _is_for(planned: PlannedDate, year_id: int | None, class_id: int | None) -> bool:
    if planned.kind is PlannedKind.ENROLMENT_MEETING:
        return class_id is None
    return planned.year_id == year_id and (planned.for_all or class_id in {one.class_id for one in planned.classes})


class _Company:
    """Gathers the homes of one pupil after the other."""

    def __init__(self) -> None:
        self.people: dict[Key, Addressee] = {}
        self.hears: set[Key] = set()
        self.reached: set[Wisher] = set()
        self.children: dict[Wisher, dict[str, None]] = defaultdict(dict)
        self.classes: dict[Wisher, dict[str, None]] = defaultdict(dict)
        self.homes_of: dict[Key, set[Wisher]] = defaultdict(set)
        self.on_paper: dict[Wisher, Addressee] = {}
        self.mailboxes: dict[tuple[Wisher, str], Key] = {}

    def add(self, child: str, class_name: str, circle: Circle) -> None:
        told = circle.audience(None)
        for person in told.to:
            self._invite(person, child, class_name)
        for person in told.on_paper:
            _person, home = self._note(person, child, class_name)
            self.on_paper.setdefault(home, person)
        self._who_else(told, circle)

    def _invite(self, person: Addressee, child: str, class_name: str) -> None:
        key, home = self._note(person, child, class_name)
        self.reached.add(home)
        if self.mailboxes.setdefault((home, person.address.casefold()), key) == key:
            self.people.setdefault(key, person)

    def _note(self, person: Addressee, child: str, class_name: str) -> tuple[Key, Wisher]:
        home = Wisher(person.household_id) if person.guardian_id else Wisher(pupil_id=person.pupil_id)
        key = person.guardian_id, person.pupil_id
        self.hears.add(key)
        self.homes_of[key].add(home)
        self.children[home][child] = None
        if class_name:
            self.classes[home][class_name] = None
        return key, home

    def _who_else(self, told: Audience, circle: Circle) -> None:
        households = {contact.guardian_id: contact.household_id for contact in circle.contacts}
        for one in told.skipped:
            if one.reason in STILL_HEARS:
                self.hears.add((one.guardian_id, None))
                self.homes_of[one.guardian_id, None].add(Wisher(households[one.guardian_id]))

    def company(self) -> Company:
        homes = {
            home: InvitedHome(home, tuple(names), tuple(self.classes[home]), home in self.reached)
            for home, names in self.children.items()
        }
        on_paper = {home: person for home, person in self.on_paper.items() if home not in self.reached}
        return Company(self.people, self.hears, homes, dict(self.homes_of), on_paper)


def key_of(by: Actor) -> Key:
    """A guardian or an adult pupil who looks at the own page."""
    return (None, by.id) if by.kind is ActorKind.PUPIL else (by.id, None)


def children_of(session: Session, homes: Iterable[Wisher]) -> list[int]:
    """The children of these homes, and the adult pupils among them."""
    every = list(homes)
    households = {home.household_id for home in every if home.household_id}
    theirs = select(Guardianship.pupil_id).where(Guardianship.household_id.in_(households)).distinct()
    return [home.pupil_id for home in every if home.pupil_id] + list(session.scalars(theirs))


def stands(gathering: Gathering) -> bool:
    """Are families invited to it, and does it go on?"""
    known = gathering.planned.published_at is not None and gathering.planned.begins is not None
    return gathering.invited_at is not None and gathering.called_off_at is None and known


def span_of(planned: PlannedDate) -> Span:
    """From when until when; what has no times lasts all day."""
    return span_at(planned.day, planned.begins or time(0), planned.ends or time(23, 59))


def what_is_told(session: Session, gathering: Gathering, names: Mapping[int, str] | None = None) -> dict[str, Any]:
    """What, when, where and for whom: of a change in these everybody hears. Other words stand on the page.

    `names` of its classes, for who knows them already.
    """
    planned = gathering.planned
    span = span_of(planned)
    return {
        "kind": planned.kind.value, "starts_at": span.starts_at.isoformat(), "ends_at": span.ends_at.isoformat(),
        "place": planned.place, "route": gathering.route, "theme": gathering.theme,
        "classes": list(class_names(session, planned, names)),
    }  # fmt: skip


def class_names(session: Session, planned: PlannedDate, names: Mapping[int, str] | None = None) -> tuple[str, ...]:
    """Of a moment for some classes their names, in order."""
    if planned.for_all:
        return ()
    known = _names_of(session, [planned]) if names is None else names
    return tuple(sorted((known[one.class_id] for one in planned.classes), key=natural_order))


def _names_of(session: Session, moments: Iterable[PlannedDate]) -> dict[int, str]:
    """The names of the classes that some of these moments are for."""
    ids = {one.class_id for planned in moments if not planned.for_all for one in planned.classes}
    rows = session.execute(select(ClassGroup.id, ClassGroup.name).where(ClassGroup.id.in_(ids))) if ids else ()
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class Behind:
    """What somebody has to be told of one gathering."""

    planned_id: int
    facts: dict[str, Any]
    """What is told; empty: that it does not go on."""
    to_tell: list[Addressee]
    """Who was told nothing yet, or something else."""
    gone: list[int]
    """Who was told, and is expected no longer."""


def behind(session: Session, now: datetime) -> list[Behind]:
    """What was told of the gatherings to come, compared with what stands: in as few questions as of one gathering."""
    rows = _to_come(session, now)
    companies = companies_of(session, [row.planned for row in rows if stands(row)])
    names = _names_of(session, [row.planned for row in rows])
    told: dict[int, dict[Key, tuple[int, dict[str, Any], bool]]] = {row.planned_id: {} for row in rows}
    for guest in session.execute(
        select(
            GatheringGuest.id, GatheringGuest.planned_id, GatheringGuest.guardian_id, GatheringGuest.pupil_id,
            GatheringGuest.told, GatheringGuest.cancelled_at,
        ).where(GatheringGuest.planned_id.in_(told))
    ):  # fmt: skip
        told[guest.planned_id][guest.guardian_id, guest.pupil_id] = guest.id, guest.told, guest.cancelled_at is not None
    found = [
        _behind(row.planned_id, what_is_told(session, row, names), companies.get(row.planned_id), told[row.planned_id])
        for row in rows
    ]
    return [one for one in found if one.to_tell or one.gone]


def _behind(
    planned_id: int, facts: dict[str, Any], company: Company | None,
    told: Mapping[Key, tuple[int, dict[str, Any], bool]],
) -> Behind:  # fmt: skip
    people = company.people if company else {}
    hears = company.hears if company else ()
    to_tell = [person for key, person in people.items() if key not in told or told[key][1:] != (facts, False)]
    gone = [guest_id for key, (guest_id, _, off) in told.items() if not off and key not in hears]
    return Behind(planned_id, facts if company else {}, to_tell, gone)


def is_still(session: Session, seen: Behind) -> bool:
    """Does this gathering stand as it was seen?"""
    gathering = session.get_one(Gathering, seen.planned_id)
    return seen.facts == (what_is_told(session, gathering) if stands(gathering) else {})


def guests_among(session: Session, planned_id: int, people: Collection[Addressee]) -> dict[Key, GatheringGuest]:
    """What these people were told of a gathering."""
    rows = session.scalars(
        select(GatheringGuest).where(
            GatheringGuest.planned_id == planned_id,
            or_(
                GatheringGuest.guardian_id.in_({person.guardian_id for person in people if person.guardian_id}),
                GatheringGuest.pupil_id.in_({person.pupil_id for person in people if person.pupil_id}),
            ),
        )
    )
    return {(row.guardian_id, row.pupil_id): row for row in rows}


def _to_come(session: Session, now: datetime) -> list[Gathering]:
    """The gatherings to which somebody was invited, and that are not over."""
    rows = session.scalars(
        select(Gathering)
        .join(Gathering.planned)
        .options(contains_eager(Gathering.planned))
        .where(Gathering.invited_at.is_not(None), PlannedDate.day >= local(now).date(), PlannedDate.begins.is_not(None))
        .order_by(PlannedDate.day, PlannedDate.begins, PlannedDate.id)
    )
    return [row for row in rows if span_of(row.planned).ends_at > now]


@dataclass
class Heard:
    """What of one gathering arrived with one person, and what is still in the house."""

    told: dict[str, Any] | None = None
    """What the last letter said that arrived; None: nothing, or that it does not go on."""
    unsent: tuple[Outbox, ...] = ()


def heard_by(session: Session, guests: Collection[GatheringGuest]) -> dict[int, Heard]:
    """What these persons know. Letters that are still in the house are held, so that none leaves meanwhile."""
    found = {guest.id: Heard() for guest in guests}
    rows = session.scalars(
        select(Outbox)
        .where(
            Outbox.letter.in_(ABOUT_GATHERINGS), Outbox.letter != Letter.GATHERING_ELSEWHERE,
            Outbox.state.in_((*ARRIVED, *UNSENT)),
            or_(
                Outbox.guardian_id.in_({guest.guardian_id for guest in guests if guest.guardian_id}),
                Outbox.pupil_id.in_({guest.pupil_id for guest in guests if guest.pupil_id}),
            ),
        )
        .order_by(Outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    for row in rows:
        heard = found.get(row.facts["gathering_guest_id"])
        if heard is None:
            continue
        if row.state in UNSENT:
            heard.unsent = (*heard.unsent, row)
        elif row.letter is not Letter.GATHERING_REMINDER:
            heard.told = None if row.letter is Letter.GATHERING_OFF else row.facts["told"]
    return found


@dataclass(frozen=True)
class ToldFacts:
    """When, where and what, as a letter said it."""

    kind: PlannedKind
    starts_at: datetime
    ends_at: datetime
    place: str
    route: str
    theme: str
    classes: tuple[str, ...]


@dataclass(frozen=True)
class GatheringLetter:
    """A letter about a gathering to one person."""

    uid: str
    sequence: int
    now: ToldFacts
    was: ToldFacts | None
    """What this person knew before."""
    details: Details
    children: tuple[str, ...]
    """Because of whom this person is invited."""
    coming: Coming | None
    """What the own home said last."""
    off: bool
    stands: bool
    """It goes on as it was told, and this person is invited still."""
    goes_on: bool = False
    """For others, when this person is invited no longer."""
    agenda: Agenda = field(default_factory=Agenda)
    """Of a parents' evening what was chosen so far."""


def gathering_letter(session: Session, facts: Mapping[str, Any]) -> GatheringLetter | None:
    """What a letter says now; None: that gathering is gone."""
    guest = session.get(GatheringGuest, facts.get("gathering_guest_id") or 0)
    gathering = session.get(Gathering, guest.planned_id) if guest else None
    if guest is None or gathering is None:
        return None
    company = company_of(session, guest.planned, _children_of(session, guest))
    key = guest.guardian_id, guest.pupil_id
    homes = company.homes_of.get(key, set())
    same = stands(gathering) and key in company.hears and guest.told == what_is_told(session, gathering)
    return GatheringLetter(
        uid=guest.ical_uid, sequence=guest.sequence, now=told_facts(guest.told),
        was=told_facts(facts["was"]) if facts.get("was") else None, details=details_of(gathering),
        children=company.children_for(key), coming=_coming(session, guest.planned_id, homes),
        off=guest.cancelled_at is not None, stands=same, goes_on=stands(gathering),
        agenda=agenda_of(session, guest.planned),
    )  # fmt: skip


def example_of(session: Session, planned: PlannedDate) -> GatheringLetter:
    """What the first letter would say now, for no child in particular: to look at, before anybody is invited."""
    kept = session.get(Gathering, planned.id)
    told = what_is_told(session, kept or Gathering(planned=planned, theme="", route=""))
    return GatheringLetter(
        uid="", sequence=0, now=told_facts(told), was=None, details=details_of(kept), children=(), coming=None,
        off=False, stands=True, agenda=agenda_of(session, planned),
    )  # fmt: skip


def circle_notice(session: Session, facts: Mapping[str, Any]) -> GatheringLetter | None:
    """A parent circle to which nobody of this class comes yet; None: somebody does, or the circle is gone."""
    planned = session.get(PlannedDate, facts["planned_id"])
    group = session.get(ClassGroup, facts["class_id"])
    kept = session.get(Gathering, planned.id) if planned else None
    if planned is None or group is None or kept is None or not stands(kept):
        return None
    answers = answers_to(session, [planned.id])[planned.id]
    homes = company_of(session, planned).homes.values()
    here = [home.wisher for home in homes if group.name in home.classes and home.wisher in answers]
    seat = CircleSeat.planned_id == planned.id, CircleSeat.class_id == group.id
    written_down = session.scalar(select(CircleSeat.id).where(*seat)) is not None
    if written_down or any(answers[one].coming is Coming.YES for one in here):
        return None
    found = example_of(session, planned)
    return replace(found, now=replace(found.now, classes=(group.name,)))


def _children_of(session: Session, guest: GatheringGuest) -> list[int]:
    if guest.pupil_id is not None:
        return [guest.pupil_id]
    return list(
        session.scalars(select(Guardianship.pupil_id).where(Guardianship.guardian_id == guest.guardian_id).distinct())
    )


def _coming(session: Session, planned_id: int, homes: Iterable[Wisher]) -> Coming | None:
    """What one of these homes said."""
    answers = answers_to(session, [planned_id])[planned_id]
    return next((answers[home].coming for home in homes if home in answers), None)


def answers_to(session: Session, planned_ids: Collection[int]) -> dict[int, dict[Wisher, GatheringAnswer]]:
    """Per gathering what each home said."""
    found: dict[int, dict[Wisher, GatheringAnswer]] = {planned_id: {} for planned_id in planned_ids}
    for row in session.scalars(select(GatheringAnswer).where(GatheringAnswer.planned_id.in_(planned_ids))):
        found[row.planned_id][Wisher(row.household_id, row.pupil_id)] = row
    return found


def said_by(row: GatheringAnswer | None) -> Answer | None:
    """What was said, as the school's rules know it; None: nothing yet."""
    return Answer(row.coming, row.adults, row.children, row.in_childcare, row.shows_names) if row else None


def people_coming(answers: Mapping[Wisher, GatheringAnswer], besides: Wisher | None = None) -> int:
    """So many people said to come, `besides` those of one home."""
    return sum(
        row.adults + row.children for home, row in answers.items() if row.coming is Coming.YES and home != besides
    )


def told_facts(told: Mapping[str, Any]) -> ToldFacts:
    """What was told, read back."""
    return ToldFacts(
        PlannedKind(told["kind"]), datetime.fromisoformat(told["starts_at"]), datetime.fromisoformat(told["ends_at"]),
        told["place"], told["route"], told["theme"], tuple(told["classes"]),
    )  # fmt: skip


def details_of(gathering: Gathering | None) -> Details:
    """How it is held, as far as the school said so."""
    if gathering is None:
        return Details()
    late = gathering.answer_by is not None and gathering.answer_by > gathering.planned.day  # it moved since
    return Details(
        gathering.theme, gathering.words, gathering.route, gathering.capacity, gathering.with_pupils,
        gathering.childcare, gathering.parents_cafe, gathering.welcome_desk, None if late else gathering.answer_by,
        gathering.topic_days,
    )  # fmt: skip


def guests_of(session: Session, person: Guardian | Pupil, now: datetime) -> list[GatheringGuest]:
    """What this person was told of gatherings that are not over, and holds as far as this person knows."""
    own = GatheringGuest.guardian_id if isinstance(person, Guardian) else GatheringGuest.pupil_id
    rows = session.scalars(
        select(GatheringGuest)
        .where(own == person.id, GatheringGuest.cancelled_at.is_(None))
        .order_by(GatheringGuest.planned_id)
    )
    return [row for row in rows if told_facts(row.told).ends_at > now]


def addressee_of(session: Session, guest: GatheringGuest | PlanGuest) -> Addressee | None:
    """Where somebody is reached who is expected no longer; None: nowhere.

    Nor is somebody whom the school's file no longer knows: that may be somebody who died.
    """
    if guest.guardian_id is not None:
        parent = session.get_one(Guardian, guest.guardian_id)
        address = parent.email if parent.active and not parent.bounced_at else ""
        reached = Addressee(parent.id, None, None, address, parent.language)
    else:
        pupil = session.get_one(Pupil, guest.pupil_id)
        reached = Addressee(None, pupil.id, None, pupil.email, pupil.language)
    return reached if reached.address else None
