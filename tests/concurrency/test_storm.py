"""Families with two children and children with two homes, all acting at once: only refusals, and everything adds up."""

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.errors import Refused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import LIVE, RoundMode
from scheduling.models import Booking, Guardianship, Outbox, Slot, db
from scheduling.services import bookings, topics
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_round, a_school, some_slots

THREADS, ACTS = 6, 25


@pytest.mark.slow
def test_a_storm_of_families_leaves_every_rule_whole(any_app: Flask):
    with any_app.app_context():
        storm = Storm()
        db.session.remove()

    def act(seed: int) -> int:
        with any_app.app_context():
            return storm.rage(random.Random(seed))

    with ThreadPoolExecutor(THREADS) as pool:
        done = list(pool.map(act, range(THREADS)))
    assert min(done) > 0
    with any_app.app_context():
        check()


class Storm:
    """Two classes whose leaders are each the parent of a pupil of the other's; siblings, two homes, one round."""

    def __init__(self) -> None:
        a_school()
        leaders = [a_leader("anna"), a_leader("bas")]
        groups = [a_class(str(n), leaders=[leader]) for n, leader in enumerate(leaders, 3)]
        found = a_round(classes=groups, mode=RoundMode.PICK, max_in_a_row=3)
        self.round_id = found.id
        self.slots = [[slot.id for slot in some_slots(found, leader, count=8)] for leader in leaders]
        self.people: list[tuple[int, int, int]] = []
        for n in range(4):
            pupils = [a_pupil(f"Kind{n}{place}", group) for place, group in enumerate(groups)]
            mother = a_guardian(f"Moeder{n}", *pupils)
            father = a_guardian(f"Vader{n}", pupils[0]) if n % 2 else mother
            if n == 0:
                mother.staff_id = leaders[0].id
            who = {mother.id, father.id}
            self.people += [(guardian, pupil.id, place) for guardian in who for place, pupil in enumerate(pupils)
                            if guardian == mother.id or place == 0]  # fmt: skip
        db.session.commit()

    def rage(self, dice: random.Random) -> int:
        """So many acts by whoever; how many of them were granted."""
        granted = 0
        for _ in range(ACTS):
            guardian, pupil, place = dice.choice(self.people)
            try:
                self._act(dice, Actor(ActorKind.GUARDIAN, guardian), pupil, place)
            except Refused:
                db.session.rollback()
            else:
                granted += 1
        return granted

    def _act(self, dice: random.Random, by: Actor, pupil: int, place: int) -> None:
        slot = dice.choice(self.slots[place])
        talk = db.session.scalars(
            select(Booking.id).where(Booking.pupil_id == pupil).order_by(Booking.id.desc()).limit(1)
        ).first()
        db.session.rollback()
        here = {"round_id": self.round_id, "pupil_id": pupil, "by": by, "now": NOW}
        what = dice.randrange(8)
        if talk is None or what < 2:
            bookings.pick(slot_id=slot, **here)
        elif what < 4:
            bookings.move(booking_id=talk, slot_id=slot, by=by, now=NOW)
        elif what == 4:
            bookings.cancel(booking_id=talk, by=by, now=NOW)
        elif what == 5:
            bookings.undo_cancel(booking_id=talk, by=by, now=NOW)
        elif what == 6:
            topics.ask_interpreter(language=dice.choice(["Pools", ""]), **here)
        else:
            bookings.confirm(booking_id=talk, by=by, now=NOW)


def check() -> None:
    """Slots and talks agree; nobody is in two places; every change that promises a letter has one."""
    talks = list(db.session.scalars(select(Booking)))
    live = [talk for talk in talks if talk.status in LIVE]
    assert live
    for talk in talks:
        slots = sorted((slot.starts_at, slot.ends_at) for slot in talk.slots)
        if talk not in live:
            assert slots == []
            continue
        assert (slots[0][0], slots[-1][1]) == (talk.starts_at, talk.ends_at)
        assert all(first[1] == second[0] for first, second in itertools.pairwise(slots))
    ties = db.session.execute(select(Guardianship.guardian_id, Guardianship.pupil_id, Guardianship.household_id)).all()
    for guardian in {tie.guardian_id for tie in ties}:
        own = [tie for tie in ties if tie.guardian_id == guardian]
        mine = [talk for talk in live if any(tie.pupil_id == talk.pupil_id and talk.household_id in
                                             (None, tie.household_id) for tie in own)]  # fmt: skip
        for one, other in itertools.combinations(mine, 2):
            assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
    told = {(row.booking_id, row.sequence) for row in db.session.scalars(select(Outbox))}
    assert {(talk.id, talk.ical_sequence) for talk in talks} <= told
    assert {slot.booking_id for slot in db.session.scalars(select(Slot)) if slot.booking_id} == {t.id for t in live}
