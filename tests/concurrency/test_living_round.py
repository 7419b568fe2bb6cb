"""The office makes and publishes new drafts while fifty parents book, swap, move and cancel and two leaders move talks.

Everybody is a process of its own. Whoever reads meanwhile sees whole versions only, and everything adds up in the end.
"""

import itertools
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import LIVE, RoundMode
from scheduling.models import Booking, JournalLine, Outbox, RosterVersion, Slot, db
from scheduling.services import rosters
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_round, a_school, some_slots
from tests.concurrency import living
from tests.concurrency.players import OK, Act, playing

CLASSES, PUPILS, LATER = 3, 15, 2
TIMES = 20
ACTS = 3
READING = 5.0

pytestmark = [pytest.mark.alone, pytest.mark.slow]


class School:
    """Three classes with a published roster; in each, two pupils came after it."""

    def __init__(self) -> None:
        a_school()
        leaders = [a_leader(code) for code in ("anna", "bas", "cor")]
        self.leaders = [leader.id for leader in leaders]
        classes = [a_class(str(n), leaders=[leader]) for n, leader in enumerate(leaders, 3)]
        found = a_round(classes=classes, mode=RoundMode.ROSTER_THEN_SWAP, max_in_a_row=0)
        self.round_id = found.id
        for leader in leaders:
            some_slots(found, leader, count=TIMES, opened=False)
        self.people: list[living.Person] = []
        self._join(classes, PUPILS)
        version_id = rosters.request(round_id=found.id, seconds=2, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="first", clock=lambda: NOW)
        rosters.publish(round_id=found.id, by=SYSTEM, now=NOW)
        self._join(classes, LATER)

    def _join(self, classes: list, count: int) -> None:
        for n, group in itertools.product(range(count), classes):
            pupil = a_pupil(f"Kind{group.name}{n}", group)
            self.people.append((a_guardian(f"Ouder{group.name}{n}", pupil).id, pupil.id))


@pytest.mark.timeout(600)
def test_a_round_in_which_everybody_acts_at_once_stays_whole(any_app: Flask):
    with any_app.app_context():
        school = School()
        db.session.remove()
    here = {"round_id": school.round_id, "now": NOW}
    half = len(school.people) // 2
    families = [school.people[:half], school.people[half:]]
    scripts = [
        [Act("tests.concurrency.living.office", here | {"times": 3})],
        *([Act("tests.concurrency.living.parents", here | {"people": some, "acts": ACTS, "seed": n})]
          for n, some in enumerate(families)),
        *([Act("tests.concurrency.living.colleague", here | {"leader_id": school.leaders[0], "acts": 8, "seed": n})]
          for n in range(2)),
        [Act("tests.concurrency.living.worker", {"times": 20, "now": NOW})],
        [Act("tests.concurrency.living.reader", here | {"people": school.people, "seconds": READING})],
    ]  # fmt: skip
    with playing(any_app, len(scripts)) as players:
        answers = players.play(*scripts)
    assert answers == [[OK]] * len(scripts)
    with any_app.app_context():
        living.look(school.round_id)
        ensure_whole(school)


def ensure_whole(school: School) -> None:
    """Talks are where their times are, each change raised the sequence once and has its letter."""
    talks = list(db.session.scalars(select(Booking).where(Booking.round_id == school.round_id)))
    changes = Counter(
        db.session.scalars(
            select(JournalLine.subject_id).where(
                JournalLine.action.in_(["bookings.swap", "bookings.move", "bookings.release"])
            )
        )
    )
    told = {
        (row.booking_id, row.sequence)
        for row in db.session.scalars(select(Outbox).where(Outbox.letter.in_([Letter.CHANGED, Letter.CANCELLED])))
    }
    for talk in talks:
        held = sorted((slot.starts_at, slot.ends_at) for slot in talk.slots)
        assert bool(held) is (talk.status in LIVE)
        assert not held or (held[0][0], held[-1][1]) == (talk.starts_at, talk.ends_at)
        assert talk.ical_sequence == changes[talk.id]
        assert {(talk.id, n) for n in range(1, talk.ical_sequence + 1)} <= told
    assert {(slot.booking_id) for slot in db.session.scalars(select(Slot)) if slot.booking_id} == {
        talk.id for talk in talks if talk.status in LIVE
    }
    assert len(changes) > len(school.people) / 4, "a storm in which nothing happens proves nothing"
    assert db.session.query(RosterVersion).filter_by(round_id=school.round_id).count() == 4
