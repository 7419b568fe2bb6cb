"""What the pages that are opened most ask of the database: a fixed number of questions, and few."""

from datetime import timedelta

import time_machine
from sqlalchemy import Engine

from scheduling.models import Guardianship, Household, Round, RoundClass, Slot, Staff, db
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
from tests.questions import questions
from tests.visitor import Visitor

CEILINGS = {
    "/family/": 25,
    "/family/talks/{}/{}": 20,
    "/family/talks/{}/{}/time": 25,
    "/staff/leader/": 19,
}  # fmt: skip
"""Per page, for a family whose talks stand, and that may say when it can come; each kind of news costs more."""


@time_machine.travel(NOW, tick=False)
def test_more_children_and_talks_cost_no_more_questions(app):
    with app.app_context():
        a_school()
        anna = a_leader("anna")
        group = a_class("3", leaders=[anna])
        found = a_round(classes=[group], max_in_a_row=0)
        found.wishes_until = NOW + timedelta(days=1)
        slots = some_slots(found, anna, count=20)
        sami, noor = a_pupil("Sami", group), a_pupil("Noor", group)
        layla = a_guardian("Layla", sami, noor)
        for pupil, slot in zip((sami, noor), slots, strict=False):
            a_booking(found, pupil, slot, household=household_of(layla))
        visitors = Visitor(app).comes_by_link(layla), Visitor(app).signs_in(anna)
        addresses = {page: page.format(found.id, sami.id) for page in CEILINGS}
        engine, ids = db.engine, (layla.id, household_of(layla).id)
    two = asked(engine, visitors, addresses)
    with app.app_context():
        for slot in db.session.query(Slot).filter_by(booking_id=None).order_by(Slot.id).limit(4):
            one_more(slot.id, *ids)
    six = asked(engine, visitors, addresses)
    assert two == six
    assert {page: count for page, count in six.items() if count > CEILINGS[page]} == {}


def asked(engine: Engine, visitors: tuple[Visitor, Visitor], addresses: dict[str, str]) -> dict[str, int]:
    """Per page how many questions it takes."""
    family, leader = visitors
    counts = {}
    for page, address in addresses.items():
        with questions(engine) as seen:
            (family if page.startswith("/family") else leader).opens(address)
        counts[page] = len(seen)
    return counts


def one_more(slot_id: int, guardian_id: int, household_id: int) -> None:
    """Another child of the same home in another class of the same leader, with a talk."""
    slot = db.session.get_one(Slot, slot_id)
    group = a_class(f"groep {slot_id}", leaders=[db.session.get_one(Staff, slot.leader_id)])
    pupil = a_pupil(f"Kind{slot_id}", group)
    db.session.add(RoundClass(round_id=slot.round_id, class_id=group.id))
    db.session.add(Guardianship(pupil_id=pupil.id, guardian_id=guardian_id, household_id=household_id))
    db.session.commit()
    a_booking(
        db.session.get_one(Round, slot.round_id), pupil, slot, household=db.session.get_one(Household, household_id)
    )
