"""The day itself: who runs late, who is here, and what hangs in the hall."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.on_the_day import MOST_LATE, NotToday, ScreenDayWrong, ScreenNeedsName, ShownAs, code_of
from scheduling.domain.rounds import TalkCancelled
from scheduling.models import Arrival, Booking, HallScreen, LeaderDelay, db
from scheduling.queries import on_the_day as asking
from scheduling.services import bookings, leading, on_the_day, retention
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
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

TODAY = TUESDAY.date()
TOMORROW = TUESDAY + timedelta(days=1)

pytestmark = pytest.mark.usefixtures("any_context")


class Scene:
    """On Tuesday Bas sees Sami in lokaal 3 and Anna sees Noor in lokaal 4, both at 15.00."""

    def __init__(self) -> None:
        a_school()
        a_year()
        bas, anna = a_leader("bas"), a_leader("anna")
        three, four = a_class("3", leaders=[bas]), a_class("4", leaders=[anna])
        sami, noor = a_pupil("Sami", three), a_pupil("Noor", four)
        self.layla = a_guardian("Layla", sami, noor)
        home = household_of(self.layla)
        found = a_round(classes=[three, four])
        self.samis = a_booking(found, sami, some_slots(found, bas)[0], household=home).id
        self.noors = a_booking(found, noor, some_slots(found, anna, room="lokaal 4")[1], household=home).id
        self.bas, self.anna = bas.id, anna.id
        self.by = Actor(ActorKind.STAFF, bas.id)

    def late(self, more: int, now=TUESDAY) -> int:
        return on_the_day.run_late(leader_id=self.bas, more=more, by=self.by, now=now)

    def screen(self, **given) -> str:
        wanted = {"name": "Gang", "shown_as": ShownAs.FIRST_NAMES, "rooms": (), "until": TODAY} | given
        return on_the_day.hang_screen(**wanted, by=self.by, now=NOW)

    def shown(self, token: str, now=TUESDAY) -> list[str]:
        found = asking.find_screen(token, now)
        return [talk.called(found.shown_as) for talk in found.talks]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_taps_add_up_and_one_tap_ends_it(scene):
    assert [scene.late(5), scene.late(10), scene.late(5)] == [5, 15, 20]
    assert asking.minutes_late(scene.bas, TUESDAY) == 20
    assert asking.minutes_late(scene.anna, TUESDAY) == 0
    assert scene.late(0) == 0
    assert asking.minutes_late(scene.bas, TUESDAY) == 0
    assert [scene.late(10) for _ in range(12)][-1] == MOST_LATE


def test_a_tap_of_another_size_counts_for_nothing(scene):
    assert [scene.late(1_000), scene.late(-5)] == [0, 0]


def test_the_next_day_starts_on_time(scene):
    scene.late(10)
    assert asking.minutes_late(scene.bas, TOMORROW) == 0


def test_running_late_changes_no_talk_and_no_calendar(scene):
    before = [(row.starts_at, row.ical_sequence, row.version) for row in db.session.query(Booking).order_by(Booking.id)]
    scene.late(10)
    after = [(row.starts_at, row.ical_sequence, row.version) for row in db.session.query(Booking).order_by(Booking.id)]
    assert after == before


def test_two_desks_note_one_arrival_and_the_first_moment_counts(scene):
    for minutes in (0, 5):
        on_the_day.arrive(booking_id=scene.samis, by=scene.by, now=TUESDAY + timedelta(minutes=minutes))
    [row] = db.session.query(Arrival).all()
    assert row.arrived_at == TUESDAY
    for _ in range(2):
        on_the_day.not_here(booking_id=scene.samis, by=scene.by, now=TUESDAY)
    assert db.session.query(Arrival).count() == 0


def test_only_todays_talks_that_stand_are_arrived_at(scene):
    with pytest.raises(NotToday):
        on_the_day.arrive(booking_id=scene.samis, by=scene.by, now=NOW)
    leading.call_off(booking_id=scene.samis, leader_id=scene.bas, by=scene.by, now=NOW)
    with pytest.raises(TalkCancelled):
        on_the_day.arrive(booking_id=scene.samis, by=scene.by, now=TUESDAY)
    with pytest.raises(NotFound):
        on_the_day.arrive(booking_id=99_999, by=scene.by, now=TUESDAY)


def test_a_screen_shows_first_names_of_talks_that_still_come(scene):
    token = scene.screen()
    assert scene.shown(token) == ["Sami", "Noor"]
    assert scene.shown(token, TUESDAY + timedelta(minutes=20)) == ["Noor"]


def test_who_runs_late_stays_on_the_screen_so_much_longer(scene):
    token = scene.screen()
    scene.late(10)
    assert scene.shown(token, TUESDAY + timedelta(minutes=25)) == ["Sami", "Noor"]
    assert asking.find_screen(token, TUESDAY).late == (("Bas Jansen", 10),)


def test_a_screen_of_codes_says_no_name(scene):
    uids = [row.ical_uid for row in db.session.query(Booking).order_by(Booking.starts_at)]
    assert not asking.shows_codes(TUESDAY)
    token = scene.screen(shown_as=ShownAs.CODES)
    assert scene.shown(token) == [code_of(uid) for uid in uids]
    assert asking.shows_codes(TUESDAY)


def test_a_screen_of_one_corridor_shows_its_rooms(scene):
    assert scene.shown(scene.screen(rooms=["lokaal 4", "nergens"])) == ["Noor"]


def test_a_screen_works_until_it_is_stopped_or_over(scene):
    token = scene.screen()
    assert asking.find_screen(token, TUESDAY + timedelta(days=2)) is None
    assert asking.find_screen("another", TUESDAY) is None
    [line] = asking.screens(TUESDAY)
    for _ in range(2):
        on_the_day.take_down_screen(screen_id=line.id, by=scene.by, now=TUESDAY)
    assert asking.find_screen(token, TUESDAY) is None
    assert asking.screens(TUESDAY) == ()
    with pytest.raises(NotFound):
        on_the_day.take_down_screen(screen_id=99_999, by=scene.by, now=TUESDAY)


def test_only_the_hash_of_an_address_is_kept(scene):
    token = scene.screen()
    assert token not in str(db.session.query(HallScreen.token_hash).all())


def test_a_screen_has_a_name_and_a_last_day(scene):
    for wrong, kind in (
        ({"name": "  "}, ScreenNeedsName),
        ({"name": "x" * 61}, ScreenNeedsName),
        ({"until": NOW.date() - timedelta(days=1)}, ScreenDayWrong),
        ({"until": NOW.date() + timedelta(days=400)}, ScreenDayWrong),
    ):
        with pytest.raises(kind):
            scene.screen(**wrong)


def test_doors_have_times_and_first_names_by_room(scene):
    doors = asking.doors_on(TODAY)
    assert [(door.place.room, [talk.pupil.given for talk in door.talks]) for door in doors] == [
        ("lokaal 3", ["Sami"]), ("lokaal 4", ["Noor"]),
    ]  # fmt: skip
    assert doors[0].span.starts_at == TUESDAY


def test_a_talk_that_is_off_hangs_nowhere(scene):
    layla = Actor(ActorKind.GUARDIAN, scene.layla.id)
    bookings.cancel(booking_id=scene.samis, by=layla, now=NOW)
    assert [door.place.room for door in asking.doors_on(TODAY)] == ["lokaal 4"]


def test_the_day_after_nothing_of_it_is_left(scene):
    scene.screen()
    scene.late(10)
    on_the_day.arrive(booking_id=scene.samis, by=scene.by, now=TUESDAY)
    assert retention.run(by=SYSTEM, now=TUESDAY + timedelta(hours=2))["days"] == 0
    cleared = retention.run(by=SYSTEM, now=TOMORROW)
    assert (cleared["days"], cleared["screens"]) == (2, 1)
    assert [db.session.query(kind).count() for kind in (Arrival, HallScreen, LeaderDelay)] == [0, 0, 0]
    assert db.session.query(Booking).count() == 2
