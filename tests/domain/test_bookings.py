"""The rules of choosing a time, from facts alone."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.people import Person
from scheduling.domain.rounds import (
    NotOpenYet,
    RoundClosed,
    Rules,
    SlotFacts,
    TooLate,
    is_next_to,
    keeps_pause,
    slots_needed,
    starts_of,
)
from scheduling.domain.timeslots import Span

START = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)
LENGTH = timedelta(minutes=20)


def span(place: int, count: int = 1) -> Span:
    return Span(START + place * LENGTH, START + (place + count) * LENGTH)


def slot(place: int, leader: int = 1) -> SlotFacts:
    return SlotFacts(leader * 100 + place, leader, span(place))


def test_a_family_changes_something_until_the_lead_time_and_not_at_that_moment():
    rules = Rules(timedelta(hours=24))
    limit = START - timedelta(hours=24)
    rules.ensure_in_time(START, limit - timedelta(microseconds=1))
    with pytest.raises(TooLate) as refusal:
        rules.ensure_in_time(START, limit)
    assert refusal.value.until == limit


def test_the_lead_time_is_of_the_clock_and_not_of_the_calendar_in_the_night_that_has_an_hour_more():
    sunday_noon = datetime(2027, 10, 31, 11, 0, tzinfo=UTC)
    assert Rules(timedelta(hours=24)).until(sunday_noon) == datetime(2027, 10, 30, 11, 0, tzinfo=UTC)


def test_a_round_is_open_from_its_opening_to_its_closing():
    rules = Rules(timedelta(), opens_at=START, closes_at=START + LENGTH)
    with pytest.raises(NotOpenYet):
        rules.ensure_open(START - timedelta(seconds=1))
    rules.ensure_open(START)
    with pytest.raises(RoundClosed):
        rules.ensure_open(START + LENGTH)
    for moment in (START - LENGTH, START, START + LENGTH):
        assert rules.is_open(moment) is (moment == START)
    Rules(timedelta()).ensure_open(START)


def test_an_interpreter_doubles_the_time():
    assert (slots_needed(interpreter=False), slots_needed(interpreter=True)) == (1, 2)


@pytest.mark.parametrize(
    "talk, taken, fits",
    [
        (span(3), [span(0), span(1), span(2)], True),
        (span(4), [span(0), span(1), span(2), span(3)], False),
        (span(2), [span(0), span(1), span(3), span(4)], False),
        (span(5), [span(0), span(1), span(2), span(3)], True),
        (span(9), [], True),
    ],
)
def test_a_leader_keeps_a_pause_after_four_talks(talk, taken, fits):
    assert keeps_pause([talk], taken, 4) is fits
    assert keeps_pause([talk], taken, 0)


def test_a_double_talk_counts_twice_for_the_pause():
    assert keeps_pause([span(2), span(3)], [span(0), span(1)], 4)
    assert not keeps_pause([span(2), span(3)], [span(0), span(1), span(4)], 4)


@pytest.mark.parametrize("gap, near", [(0, False), (4, False), (5, True), (25, True), (26, False), (-10, False)])
def test_talks_adjoin_when_there_is_time_to_walk_and_little_to_wait(gap, near):
    sibling = span(0)
    after = Span(sibling.ends_at + timedelta(minutes=gap), sibling.ends_at + timedelta(minutes=gap + 20))
    walking = timedelta(minutes=5)
    assert is_next_to(after, sibling, slot=LENGTH, walking=walking) is near
    assert is_next_to(sibling, after, slot=LENGTH, walking=walking) is near


def test_double_talks_start_only_where_two_adjacent_slots_of_one_leader_are_free():
    free = [slot(0), slot(1), slot(3), slot(4), slot(5), slot(2, leader=2)]
    assert [[part.id for part in row] for row in starts_of(free, 2)] == [[100, 101], [103, 104], [104, 105]]
    assert len(starts_of(free, 1)) == 6
    assert starts_of([], 2) == []


def test_who_is_known_by_a_link_only_never_passes_for_a_guardian():
    for kind in (HolderKind.INTERPRETER, HolderKind.EXTERNAL):
        assert not Person(kind, 7).actor.is_family
    assert Person(HolderKind.GUARDIAN, 7).actor == Actor(ActorKind.GUARDIAN, 7)
    assert Person(HolderKind.PUPIL, 7).actor == Actor(ActorKind.PUPIL, 7)
