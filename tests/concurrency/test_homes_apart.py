"""Two homes that must not meet press at the same moment: one is first, and the other hears that its time is gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.homes import HomeTalks
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import RoundMode, SlotTaken
from scheduling.models import Booking, db
from scheduling.services import bookings, homes
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_round, a_school, a_year, some_slots

ROUNDS = 12


@pytest.mark.parametrize("kept_apart", [True, False], ids=["kept apart", "no matter"])
def test_of_two_homes_that_choose_near_times_at_once_one_is_first(any_app: Flask, kept_apart: bool) -> None:
    """Mila lives with both; they choose for her half-sister and half-brother. Without the switch both get a time."""
    with any_app.app_context():
        a_school()
        year = a_year()
        anna, bert = a_leader("anna"), a_leader("bert")
        three, six = a_class("3", leaders=[anna]), a_class("6", leaders=[bert])
        mila, tess, daan = a_pupil("Mila", three), a_pupil("Tess", three), a_pupil("Daan", six)
        ruud, els = a_guardian("Ruud", mila, daan), a_guardian("Els", mila, tess, position=2)
        start = a_round(classes=[three, six], mode=RoundMode.PICK, max_in_a_row=0)
        near = some_slots(start, anna, count=4)[2].id, some_slots(start, bert, count=4, room="lokaal 6")[3].id
        homes.arrange(
            pupil_id=mila.id, year_id=year.id, talks=HomeTalks.APART, apart_minutes=20 * kept_apart, by=SYSTEM, now=NOW
        )
        wanted = [(tess.id, els.id, near[0]), (daan.id, ruud.id, near[1])]
        round_id = start.id
        db.session.remove()

    def choose(turn: int) -> bool:
        pupil_id, guardian_id, slot_id = wanted[turn]
        with any_app.app_context():
            by = Actor(ActorKind.GUARDIAN, guardian_id)
            try:
                bookings.pick(round_id=round_id, pupil_id=pupil_id, slot_id=slot_id, by=by, now=NOW)
            except SlotTaken:
                return False
            finally:
                db.session.remove()
            return True

    with ThreadPoolExecutor(2) as pool:
        for _ in range(ROUNDS):
            assert sorted(pool.map(choose, (0, 1))) == [not kept_apart, True]
            with any_app.app_context():
                for booking in db.session.scalars(select(Booking).where(Booking.cancelled_at.is_(None))).all():
                    by = Actor(ActorKind.GUARDIAN, next(who for pupil, who, _ in wanted if pupil == booking.pupil_id))
                    bookings.cancel(booking_id=booking.id, by=by, now=NOW)
                db.session.remove()
