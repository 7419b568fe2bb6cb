"""What holds of every market, whatever families tick: one look is enough, nobody moves unasked, first is first."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from scheduling.domain.swaps import ProposalState
from scheduling.models import Booking, JournalLine, Outbox, SwapOffer, SwapProposal, db
from scheduling.services.markets import Market
from scheduling.services.transaction import transaction
from tests.concurrency.swap_races import Act, Ground, Row, check

NAMES = "ABCD"
MANY = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ticks = st.dictionaries(st.sampled_from(NAMES), st.sets(st.integers(0, 4), min_size=1, max_size=3), min_size=1)
"""Who offers, in this order, and what each ticks. The last of the six times stays free."""


@pytest.fixture
def ground(context: Flask) -> Iterator[Ground]:
    yield Ground()
    db.session.remove()


@pytest.mark.slow
@MANY
@given(ticks=ticks)
def test_nobody_ends_on_a_time_that_was_not_ticked_and_a_second_look_changes_nothing(ground, ticks):
    row = ground.row(len(NAMES))
    for name, places in ticks.items():
        offer(row, name, places)
    for place, name in enumerate(row.word()):
        began = NAMES.index(name) if name != "." else None
        assert began in (None, place) or place in ticks.get(name, ()), "nobody said yes to this time"
    before = everything(row)
    settle(row)
    assert everything(row) == before
    check(row)


@pytest.mark.slow
@MANY
@given(ticks=ticks, yes=st.lists(st.booleans(), min_size=6, max_size=6))
def test_who_answers_gets_only_what_was_ticked_or_accepted(ground, ticks, yes):
    row = ground.row(len(NAMES))
    agreed = {name: set(places) | {NAMES.index(name)} for name, places in ticks.items()}
    for name, places in ticks.items():
        offer(row, name, places)
    for says_yes in yes:
        row.keys.clear()
        row.ask_who_is_asked()
        if not row.keys:
            break
        name = min(row.keys)
        if says_yes:
            agreed.setdefault(name, {NAMES.index(name)}).add(asked_place(row, name))
        row.later()
        (row.accept(name) if says_yes else row.decline(name)).do()
        db.session.rollback()
    for place, name in enumerate(row.word()):
        assert name == "." or place in agreed.get(name, {NAMES.index(name)}), "neither ticked nor accepted"
    before = everything(row)
    settle(row)
    assert everything(row) == before
    check(row)


@pytest.mark.slow
@MANY
@given(order=st.permutations("ABC"), first=st.integers(1, 3))
def test_a_time_that_becomes_free_goes_to_who_offered_first(ground, order, first):
    row = ground.row(len(NAMES))
    waiting = order[:first]
    for name in waiting:
        offer(row, name, {3})
    row.cancel("D").do()
    settle(row)
    assert row.word()[3] == waiting[0]
    check(row)


def offer(row: Row, name: str, places: set[int]) -> None:
    """This family ticks; its own time among the ticks says nothing."""
    row.later()
    own = row.word().index(name)
    wanted = sorted(places - {own})
    if wanted:
        act: Act = row.offer(name, *wanted)
        act.do()
    db.session.rollback()


def settle(row: Row) -> None:
    row.now += timedelta(seconds=1)
    db.session.rollback()
    with transaction() as session:
        Market(session, row.round_id, row.leader_id, row.now).settle()


def asked_place(row: Row, name: str) -> int:
    """Where the open question of this family would bring it."""
    wanted = select(SwapProposal).where(
        SwapProposal.leader_id == row.leader_id, SwapProposal.state == ProposalState.OPEN
    )
    found = [
        move.to_slot_id
        for proposal in db.session.scalars(wanted)
        if any(party.key == row.keys[name] for party in proposal.parties)
        for move in proposal.moves
        if move.booking_id == row.families[name].talk_id
    ]
    db.session.rollback()
    return row.slots.index(found[0] or 0)


def everything(row: Row) -> tuple[object, ...]:
    """All that a look could change: times, offers, swaps, letters, history."""
    talks = [family.talk_id for family in row.families.values()]
    offers = select(SwapOffer.id, SwapOffer.state).where(SwapOffer.booking_id.in_(talks)).order_by(SwapOffer.id)
    proposals = select(SwapProposal.id, SwapProposal.state).where(SwapProposal.leader_id == row.leader_id)
    versions = select(Booking.id, Booking.version).where(Booking.id.in_(talks)).order_by(Booking.id)
    found = (
        row.word(),
        db.session.execute(offers).all(),
        db.session.execute(proposals.order_by(SwapProposal.id)).all(),
        db.session.execute(versions).all(),
        db.session.scalar(select(func.count()).select_from(Outbox)),
        db.session.scalar(select(func.count()).select_from(JournalLine)),
    )
    db.session.rollback()
    return found
