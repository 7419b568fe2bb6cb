"""A leader and a family at the same moment, and the two leaders of a duo."""

import threading
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import update

from scheduling.domain.errors import Refused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.leading import SlotHasTalk
from scheduling.domain.plans import Agreement, ContactForm, InfoNeed, PlanChanged
from scheduling.domain.rounds import SlotTaken
from scheduling.models import CommunicationPlan, Guardianship, Slot, db
from scheduling.services import bookings, leading, plans
from scheduling.services.transaction import transaction
from tests.builders import (
    NOW,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)

TURNS = 12


def at_once(app: Flask, *acts: Callable[[], object]) -> list[type[Refused] | None]:
    """Let everybody act at the same moment; what each was refused with."""
    gate, said = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        with app.app_context():
            gate.wait()
            try:
                act()
            except Refused as refusal:
                said[place] = type(refusal)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_a_time_is_never_both_shut_and_taken(any_app: Flask):
    with any_app.app_context():
        a_school()
        a_year()
        bas = a_leader("bas")
        three = a_class("3", leaders=[bas])
        found = a_round(classes=[three])
        parents = [a_guardian(f"Ouder{n}", a_pupil(f"Kind{n}", three)) for n in range(TURNS)]
        pupils = [db.session.query(Guardianship).filter_by(guardian_id=p.id).one() for p in parents]
        facts = [(row.guardian_id, row.pupil_id) for row in pupils]
        slots = [slot.id for slot in some_slots(found, bas, count=TURNS * 2)][::2]
        leader_id, round_id = bas.id, found.id
    staff = Actor(ActorKind.STAFF, leader_id)
    for slot, (guardian, pupil) in zip(slots, facts, strict=True):
        family = Actor(ActorKind.GUARDIAN, guardian)
        refusals = at_once(
            any_app,
            lambda slot=slot: leading.block(slot_ids=[slot], leader_id=leader_id, by=staff, now=NOW),
            lambda slot=slot, pupil=pupil, family=family: bookings.pick(
                round_id=round_id, pupil_id=pupil, slot_id=slot, by=family, now=NOW
            ),
        )
        assert refusals in ([SlotHasTalk, None], [None, SlotTaken])
        with any_app.app_context():
            row = db.session.get(Slot, slot)
            assert row.blocked is (row.booking_id is None)


class Duo:
    """Bas and Bea lead Sami's class, and record at the same moment."""

    def __init__(self) -> None:
        a_school()
        self.year = a_year().id
        leaders = [a_leader("bas"), a_leader("bea")]
        sami = a_pupil("Sami", a_class("3", leaders=leaders))
        self.home = household_of(a_guardian("Layla", sami)).id
        self.leaders, self.pupil = [leader.id for leader in leaders], sami.id

    def record(self, leader: int, form: ContactForm, seen: int) -> int:
        agreement = Agreement((form,), date(2027, 8, 20), "Layla", True, info_need=InfoNeed.NO)
        return plans.agree(
            pupil_id=self.pupil, household_id=self.home, year_id=self.year, agreement=agreement, seen_version=seen,
            leader_id=leader, by=Actor(ActorKind.STAFF, leader), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("seen", [0, 1])
def test_of_two_colleagues_who_record_at_once_one_is_told(any_app: Flask, seen: int):
    with any_app.app_context():
        duo = Duo()
        if seen:
            duo.record(duo.leaders[0], ContactForm.CALL, 0)
    refusals = at_once(
        any_app,
        lambda: duo.record(duo.leaders[0], ContactForm.MAIL, seen),
        lambda: duo.record(duo.leaders[1], ContactForm.SCHOOL_VISIT_DAY, seen),
    )
    assert sorted(map(str, refusals)) == sorted(map(str, [None, PlanChanged]))
    with any_app.app_context():
        plan = db.session.query(CommunicationPlan).one()
        assert (plan.version, len(plan.forms)) == (seen + 1, 1)


def test_without_looking_at_the_version_one_of_them_is_lost_unnoticed(any_app: Flask):
    """The twin: what the guard is for, seen by the same rig."""
    with any_app.app_context():
        duo = Duo()
        plan_id = duo.record(duo.leaders[0], ContactForm.CALL, 0)
    both_have_read = threading.Barrier(2)

    def overwrite(goal: str) -> None:
        seen = db.session.get(CommunicationPlan, plan_id).version
        db.session.rollback()
        both_have_read.wait()
        with transaction() as session:
            values = {"goal": goal, "version": seen + 1}
            session.execute(update(CommunicationPlan).where(CommunicationPlan.id == plan_id).values(**values))

    refusals = at_once(any_app, lambda: overwrite("lezen"), lambda: overwrite("rekenen"))
    assert refusals == [None, None]
    with any_app.app_context():
        assert db.session.get(CommunicationPlan, plan_id).version == 2
