"""The school's list of rooms, and who is in one at the same time."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduling.domain.rooms import Meeting, Place, RoomList, Stay, meetings
from scheduling.domain.timeslots import Span

THREE = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)
ROOMS = RoomList(
    [Place("Lokaal 3", "begane grond", "hoofdgebouw"), Place("Lokaal 13"), Place("Aula"), Place("A101"), Place("A102")]
)


def a_stay(leader: str, first: int, last: int, room: str = "Aula", location: str = "") -> Stay:
    minute = timedelta(minutes=1)
    return Stay((room, location), leader, Span(THREE + first * minute, THREE + last * minute))


@pytest.mark.parametrize(
    ("typed", "meant"), [("lokaal 3", "Lokaal 3"), (" AULA ", "Aula"), ("lokaal  13", "Lokaal 13")]
)
def test_capitals_and_spaces_make_no_other_room(typed, meant):
    assert ROOMS.named(typed) == meant


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("13", ("Lokaal 13",)),
        ("lokal 3", ("Lokaal 3", "Lokaal 13")),
        ("A103", ("A101", "A102")),
        ("zwembad", ()),
    ],
)
def test_what_may_have_been_meant_is_told(typed, near):
    assert ROOMS.named(typed) is None
    assert set(ROOMS.near(typed)) == set(near)


def test_at_most_three_rooms_are_suggested():
    assert len(RoomList([Place(f"lokaal {n}") for n in range(20)]).near("lokaal")) == 3


def test_a_school_without_a_list_has_an_empty_one():
    assert not RoomList([])
    assert RoomList([]).find("achter de gymzaal") == Place("achter de gymzaal")


def test_the_location_is_told_only_where_there_are_several():
    one = RoomList([Place("1", "boven", location="00")])
    two = RoomList(
        [Place("1", "boven", location="00"), Place("1", "beneden", location="01"), Place("2", location="01")]
    )
    assert one.find("1") == Place("1", "boven")
    assert two.find("1", "01") == Place("1", "beneden", location="01")
    assert two.find("2") == Place("2", location="01")


def test_of_two_rooms_with_one_name_none_is_guessed():
    two = RoomList([Place("1", "boven", location="00"), Place("1", "beneden", location="01")])
    assert two.is_ambiguous("1")
    assert two.find("1") == Place("1")


def test_two_leaders_meet_for_as_long_as_both_are_there():
    stays = [a_stay("anna", 0, 20), a_stay("anna", 20, 40), a_stay("bas", 10, 30), a_stay("bas", 60, 80)]
    assert meetings(stays) == [Meeting("Aula", ("anna", "bas"), (a_stay("", 10, 30).span,))]


def test_one_after_the_other_or_at_another_location_is_no_meeting():
    assert meetings([a_stay("anna", 0, 20), a_stay("bas", 20, 40)]) == []
    assert meetings([a_stay("anna", 0, 20, location="00"), a_stay("bas", 0, 20, location="01")]) == []


def test_of_three_leaders_every_pair_is_named():
    found = meetings([a_stay("anna", 0, 20), a_stay("bas", 0, 60), a_stay("cor", 15, 30)])
    assert [meeting.leaders for meeting in found] == [("anna", "bas"), ("anna", "cor"), ("bas", "cor")]
