"""The two families that the demo shows."""

import pytest

from scheduling.models import Guardianship, db
from scheduling.queries.examples import two_families_that_could_swap
from tests.builders import NOW, a_booking, a_leader, a_pupil, household_of, some_slots
from tests.swapping import Swapping

pytestmark = pytest.mark.usefixtures("context")


def test_the_two_families_of_the_demo_can_really_swap_with_each_other() -> None:
    market = Swapping(3)
    b_is_elsewhere_at_the_time_of(market, place=0)
    first, second = two_families_that_could_swap(market.round.name, NOW)
    name = {market.parents[letter].id: letter for letter in "ABC"}
    one, other = name[first.guardian_id], name[second.guardian_id]
    before = market.places()
    market.offer(one, before[other] or 0)
    market.accept(other)
    after = market.places()
    assert {one, other} != {"A", "B"}
    assert (after[one], after[other]) == (before[other], before[one])


def test_a_school_where_nobody_can_swap_shows_nobody() -> None:
    market = Swapping(2)
    b_is_elsewhere_at_the_time_of(market, place=0)
    assert two_families_that_could_swap(market.round.name, NOW) == ()


def b_is_elsewhere_at_the_time_of(market: Swapping, *, place: int) -> None:
    """B's parent is with another child then."""
    brother = a_pupil("Broer", market.three)
    db.session.add(
        Guardianship(
            pupil_id=brother.id, guardian_id=market.parents["B"].id, position=1, relation="ouder", authority="yes",
            household_id=household_of(market.parents["B"]).id,
        )
    )  # fmt: skip
    db.session.commit()
    slots = some_slots(market.round, a_leader("bram"), count=1, first=market.slots[place].starts_at)
    a_booking(market.round, brother, slots[0], household=household_of(market.parents["B"]))
