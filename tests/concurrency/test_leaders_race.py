"""A leader and a family at the same moment, and the two leaders of a duo."""

import threading
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from scheduling.domain.errors import Refused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.leading import SlotHasTalk
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Person
from scheduling.domain.plans import Agreement, AskAgain, ContactForm, InfoNeed, NewerVersion, PlanChanged, PlanState
from scheduling.domain.rounds import SlotTaken
from scheduling.models import CommunicationPlan, Guardianship, Outbox, PlanAnswer, Slot, db
from scheduling.queries.plans import PlanFacts, agreements_by_class, asking_again, family_plans
from scheduling.services import bookings, leading, outbox, plans
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
        layla = a_guardian("Layla", sami)
        self.home, self.layla = household_of(layla).id, Person(HolderKind.GUARDIAN, layla.id)
        self.leaders, self.pupil = [leader.id for leader in leaders], sami.id

    def record(self, leader: int, form: ContactForm, seen: int) -> int:
        agreement = Agreement((form,), date(2027, 8, 20), "Layla", True, info_need=InfoNeed.NO)
        return plans.agree(
            pupil_id=self.pupil, household_id=self.home, year_id=self.year, agreement=agreement, seen_version=seen,
            leader_id=leader, by=Actor(ActorKind.STAFF, leader), now=NOW,
        )  # fmt: skip

    def says_yes(self, plan_id: int) -> None:
        plans.confirm(plan_id=plan_id, seen_version=1, person=self.layla, by=self.layla.actor, now=NOW)

    def rather_calls(self, plan_id: int) -> None:
        plans.choose_instead(
            plan_id=plan_id, seen_version=1, person=self.layla, instead=ContactForm.CALL, by=self.layla.actor, now=NOW
        )

    def sees(self) -> PlanFacts:
        [row] = family_plans(self.layla, self.year, today=date(2027, 8, 20))
        assert row.plan is not None
        return row.plan


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


@pytest.mark.parametrize("turn", range(TURNS))
def test_a_yes_never_counts_for_a_change_that_the_family_has_not_seen(any_app: Flask, turn: int):
    with any_app.app_context():
        duo = Duo()
        plan_id = duo.record(duo.leaders[0], ContactForm.CALL, 0)
    acts = (lambda: duo.says_yes(plan_id), lambda: duo.record(duo.leaders[1], ContactForm.MAIL, 1))
    refusals = at_once(any_app, *(acts if turn % 2 else reversed(acts)))
    assert set(refusals) <= {None, NewerVersion}
    with any_app.app_context():
        plan = duo.sees()
        assert (plan.version, plan.state, plan.answers) == (2, PlanState.PROPOSED, ())
        said = db.session.scalars(select(PlanAnswer.version)).all()
        assert said == ([] if NewerVersion in refusals else [1])


@pytest.mark.parametrize("turn", range(TURNS))
def test_of_a_family_that_chooses_and_a_leader_who_changes_at_once_one_is_told(any_app: Flask, turn: int):
    with any_app.app_context():
        duo = Duo()
        plan_id = duo.record(duo.leaders[0], ContactForm.HOME_VISIT, 0)
    acts = (lambda: duo.rather_calls(plan_id), lambda: duo.record(duo.leaders[1], ContactForm.MAIL, 1))
    refusals = at_once(any_app, *(acts if turn % 2 else reversed(acts)))
    assert len(set(refusals) & {NewerVersion, PlanChanged}) == 1
    with any_app.app_context():
        plan = duo.sees()
        chosen = PlanChanged in refusals
        assert plan.version == 2
        assert plan.state is (PlanState.AGREED if chosen else PlanState.PROPOSED)
        assert [term.form for term in plan.terms] == [ContactForm.CALL if chosen else ContactForm.MAIL]


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


A_WEEK_LATER = NOW + timedelta(days=7)


def letters_to_layla(duo: Duo) -> int:
    return db.session.query(Outbox).filter_by(guardian_id=duo.layla.id, letter=Letter.PLAN_PROPOSED).count()


def test_two_presses_at_once_ask_a_home_once_more(any_app: Flask):
    with any_app.app_context():
        duo = Duo()
        duo.record(duo.leaders[0], ContactForm.CALL, 0)
    asked: list[int] = []

    def asks(leader: int) -> None:
        by = Actor(ActorKind.STAFF, leader)
        asked.append(plans.ask_again(year_id=duo.year, leader_id=leader, by=by, now=A_WEEK_LATER))

    at_once(any_app, *(lambda leader=leader: asks(leader) for leader in duo.leaders))
    with any_app.app_context():
        assert (sorted(asked), letters_to_layla(duo)) == ([0, 1], 2)


def test_who_looks_before_waiting_for_the_other_asks_twice(any_app: Flask):
    """The twin: both see that nobody asked, and only then write."""
    with any_app.app_context():
        duo = Duo()
        duo.record(duo.leaders[0], ContactForm.CALL, 0)
    both_have_read = threading.Barrier(2)

    def asks(leader: int) -> None:
        classes = agreements_by_class(duo.year, leader_id=leader, today=date(2027, 8, 27))
        (home,) = asking_again(classes, A_WEEK_LATER)[AskAgain.BY_LETTER]
        facts = {"plan_id": home.plan.id, "version": 1, "pupil_id": duo.pupil}
        db.session.rollback()
        both_have_read.wait()
        with transaction() as session:
            outbox.post_about_plan(
                session, letter=Letter.PLAN_PROPOSED, pupil_id=duo.pupil, household_id=duo.home, now=A_WEEK_LATER,
                facts=facts,
            )  # fmt: skip

    at_once(any_app, *(lambda leader=leader: asks(leader) for leader in duo.leaders))
    with any_app.app_context():
        assert letters_to_layla(duo) == 3
