"""A roster that knows its interpreters: one goes from talk to talk without a clash and with little waiting (T23)."""

import itertools
from datetime import timedelta

import pytest

from scheduling.domain.guests import Card, HelpState, InterpreterTwice, Ordered, Way
from scheduling.domain.journal import SYSTEM
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, RosterTalk, RosterVersion, db
from scheduling.queries import guests as asking
from scheduling.queries.interpreter_clashes import interpreters_of_draft
from scheduling.services import guests, rosters
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    household_of,
    some_slots,
)
from tests.evenings import THURSDAY, School, span_of, talk_of

pytestmark = pytest.mark.usefixtures("any_context")


def an_interpreter(name: str = "Rosa Haile") -> int:
    return guests.add(card=Card(name, "Tigrinya", email=f"{name[:4].lower()}@tolken.example.org"), by=SYSTEM, now=NOW)


def books(round_id: int, pupil, parent, who: int) -> None:
    guests.book(
        round_id=round_id, pupil_id=pupil.id, household_id=household_of(parent).id,
        order=Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, who), by=SYSTEM, now=NOW,
    )  # fmt: skip


def waits(spans: list[Span]) -> timedelta:
    """How long somebody who is at all of these waits between them; never at two at once."""
    ordered = sorted(spans)
    gaps = [later.starts_at - earlier.ends_at for earlier, later in itertools.pairwise(ordered)]
    assert all(gap >= timedelta() for gap in gaps)
    return sum(gaps, timedelta())


def test_in_a_round_of_one_talk_each_the_talks_of_one_interpreter_follow_each_other():
    a_school()
    leaders = [a_leader(code) for code in ("anna", "karin", "omar")]
    classes = [a_class(str(n), leaders=[leader]) for n, leader in enumerate(leaders, 3)]
    found = a_round(classes=classes, max_in_a_row=0)
    rosa = an_interpreter()
    with_interpreter = set()
    for group, leader in zip(classes, leaders, strict=True):
        some_slots(found, leader, count=8, opened=False)
        for n in range(4):
            pupil = a_pupil(f"Kind {n} van {leader.code}", group)
            parent = a_guardian(f"Ouder {n} van {leader.code}", pupil)
            if n == 0:
                books(found.id, pupil, parent, rosa)
                with_interpreter.add(pupil.id)
    version_id = rosters.request(round_id=found.id, seconds=5, by=SYSTEM, now=NOW)
    rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
    talks = db.session.query(RosterTalk).filter_by(version_id=version_id).all()
    assert all(talk.starts_at for talk in talks)
    own = [talk for talk in talks if talk.pupil_id in with_interpreter]
    spans = [Span(talk.starts_at, talk.starts_at + timedelta(minutes=20 * talk.slots)) for talk in own]
    assert {talk.slots for talk in own} == {2}
    assert waits(spans) == timedelta(minutes=40)  # twice one slot to walk from the one room to the other
    assert not any(talk.pinned for talk in own)
    rosters.publish(round_id=found.id, by=SYSTEM, now=NOW)
    assert guests.tell(NOW) == 3


class Evening(School):
    """Two families of a contact evening need Rosa: each for two of the three teachers."""

    def __init__(self) -> None:
        super().__init__()
        self.times(self.anna, self.bas, self.cas, count=12)
        self.rosa = an_interpreter()
        (self.layla, (self.sami,)), (self.meryem, (self.tess,)) = self.family("Sami"), self.family("Tess")
        self.requests = [
            *self.asks(self.layla, self.sami, self.anna, self.bas, slots=2),
            *self.asks(self.meryem, self.tess, self.bas, self.cas, slots=2),
        ]
        for pupil, parent in ((self.sami, self.layla), (self.tess, self.meryem)):
            books(self.round.id, pupil, parent, self.rosa)
        petra, (daan,) = self.family("Daan")
        self.others = self.asks(petra, daan, self.anna, self.bas, self.cas)

    def rosas(self, version: RosterVersion) -> list[Span]:
        return [span_of(version, request) for request in self.requests]


@pytest.fixture
def evening() -> Evening:
    return Evening()


def test_on_a_contact_evening_too_and_everybody_has_a_place(evening):
    version = evening.draft()
    assert all(talk.starts_at for talk in version.talks)
    assert waits(evening.rosas(version)) <= timedelta(minutes=40)
    evening.publish()
    page = asking.orders_of(evening.round.id, NOW)
    assert page.clashes == ()
    assert [len(shift.spans) for shift in page.shifts] == [4]


def test_a_draft_that_brings_one_interpreter_to_two_talks_at_once_is_not_published(evening):
    version = evening.draft()
    mine, hers = talk_of(version, evening.requests[0]), talk_of(version, evening.requests[3])
    mine.starts_at = hers.starts_at
    for talk in version.talks:
        if talk.leader_id == mine.leader_id and talk is not mine:
            talk.starts_at = None
    db.session.commit()
    (told,) = interpreters_of_draft(evening.round.id, version.number).clashes
    assert (told.interpreter, {told.first.given, told.second.given}) == ("Rosa Haile", {"Sami", "Tess"})
    with pytest.raises(InterpreterTwice) as refused:
        evening.publish()
    assert (refused.value.name, refused.value.starts_at) == ("Rosa Haile", told.starts_at)
    assert db.session.query(Booking).count() == 0


def test_before_a_talk_moves_it_is_told_that_its_interpreter_is_elsewhere_then(evening):
    version = evening.draft()
    served = interpreters_of_draft(evening.round.id, version.number)
    mine, hers = talk_of(version, evening.requests[0]), talk_of(version, evening.requests[3])
    assert served.clashes == ()
    assert not served.is_elsewhere(mine.id, mine.starts_at)
    assert served.is_elsewhere(mine.id, hers.starts_at)
    assert not served.is_elsewhere(mine.id, hers.starts_at, besides=hers.id)
    others = talk_of(version, evening.others[0])
    assert not served.is_elsewhere(others.id, hers.starts_at)


def test_a_talk_of_another_round_that_stands_counts_as_well(evening):
    version = evening.draft()
    mine = talk_of(version, evening.requests[0])
    assert mine.starts_at is not None
    later = a_round("Startgesprekken", classes=[evening.group])
    (slot,) = some_slots(later, a_leader("dirk"), count=1, first=mine.starts_at)
    mila = a_pupil("Mila", evening.group)
    els = a_guardian("Els", mila)
    a_booking(later, mila, slot, household=household_of(els))
    books(later.id, mila, els, evening.rosa)
    found = interpreters_of_draft(evening.round.id, version.number).clashes
    assert {(one.first.given, one.second.given) for one in found} & {("Mila", "Sami"), ("Sami", "Mila")}
    with pytest.raises(InterpreterTwice):
        evening.publish()


def test_without_an_interpreter_in_common_nothing_is_held(evening):
    for pupil, parent in ((evening.sami, evening.layla), (evening.tess, evening.meryem)):
        guests.book(
            round_id=evening.round.id, pupil_id=pupil.id, household_id=household_of(parent).id,
            order=Ordered("", Way.ON_SITE, HelpState.ASKED, None), by=SYSTEM, now=NOW,
        )  # fmt: skip
    version = evening.draft()
    assert all(talk.starts_at for talk in version.talks)


def test_who_finds_no_place_beside_the_others_reads_that_it_is_the_interpreter(evening):
    for n in range(6):
        parent, (pupil,) = evening.family(f"Kind{n}")
        evening.asks(parent, pupil, evening.cas, slots=2)
        books(evening.round.id, pupil, parent, evening.rosa)
    version = evening.draft()
    served = [talk for talk in version.talks if talk.facts.get("interpreter")]
    placed = [talk for talk in served if talk.starts_at]
    waits([Span(talk.starts_at, talk.starts_at + timedelta(minutes=10 * talk.slots)) for talk in placed])
    missing = [talk for talk in served if not talk.starts_at]
    assert missing
    assert {talk.reason for talk in missing} == {"interpreter"}
    assert talk_of(version, evening.others[0]).starts_at


def test_a_second_evening_takes_whom_the_first_cannot(evening):
    evening.times(evening.anna, evening.bas, evening.cas, count=12, first=THURSDAY)
    for n in range(3):
        parent, (pupil,) = evening.family(f"Kind{n}")
        evening.asks(parent, pupil, evening.cas, slots=2)
        books(evening.round.id, pupil, parent, evening.rosa)
    version = evening.draft()
    served = [talk for talk in version.talks if talk.facts.get("interpreter")]
    assert all(talk.starts_at for talk in served)
    waits([Span(talk.starts_at, talk.starts_at + timedelta(minutes=10 * talk.slots)) for talk in served])
