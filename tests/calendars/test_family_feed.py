"""A family's calendar address: all its talks and gatherings, nobody else's, and calm."""

import re
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.errors import NotFound
from scheduling.domain.gatherings import Coming
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.people import Authority
from scheduling.domain.rounds import LIVE, BookingStatus
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import (
    Booking,
    FamilyFeed,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardianship,
    PlannedDate,
    Pupil,
    SupportMeeting,
    db,
)
from scheduling.services import family_feeds, links
from tests.builders import NOW, a_booking, a_guardian, household_of, some_slots
from tests.calendars.readers import by_vobject, libical_errors, moment
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit

ADDRESS = re.compile(r'value="https?://[^/"]+(/feed/family/[^"]+\.ics)"')


@pytest.fixture(autouse=True)
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return a_world_to_visit()


def layla(world: World) -> Actor:
    return Actor(ActorKind.GUARDIAN, world.layla.id)


@pytest.fixture
def fresh(app: Flask, world: World) -> Callable[[Actor], str]:
    def issue(by: Actor) -> str:
        with app.app_context():
            return f"/feed/family/{family_feeds.issue(by=by, now=NOW)}.ics"

    return issue


def uids(app: Flask, address: str) -> set[str]:
    data = app.test_client().get(address).data
    return {event["uid"] for event in by_vobject(data)} if b"BEGIN:VEVENT" in data else set()


def a_reception(world: World, *, guest: int | None = None, adult: int | None = None) -> str:
    """A reception of which this person was told: the identity of the letter's calendar object."""
    planned = PlannedDate(
        year_id=world.start.year_id, kind=PlannedKind.RECEPTION, day=date(2027, 9, 7), begins=time(17),
        ends=time(17, 45), place="aula", for_all=True, published_at=NOW, ical_uid="jaar@linde", ical_stamp=NOW,
    )  # fmt: skip
    db.session.add(planned)
    db.session.flush()
    told = GatheringGuest(
        planned_id=planned.id, guardian_id=guest, pupil_id=adult, ical_uid="receptie@linde", stamp=NOW, told={}
    )
    db.session.add_all([Gathering(planned_id=planned.id, invited_at=NOW), told])
    db.session.commit()
    return told.ical_uid


def test_the_calendar_holds_the_talks_of_all_children_of_the_home(app: Flask, world: World, fresh):
    with app.app_context():
        children = [world.sami.id, world.noor.id]
        talks = db.select(Booking.ical_uid).where(Booking.pupil_id.in_(children), Booking.status.in_(LIVE))
        meetings = db.select(SupportMeeting.ical_uid).where(SupportMeeting.pupil_id.in_(children))
        own = {*db.session.scalars(talks), *db.session.scalars(meetings)}
    answer = app.test_client().get(fresh(layla(world)))
    assert answer.content_type == "text/calendar; charset=utf-8"
    seen = by_vobject(answer.data)
    assert world.samis_talk.ical_uid in own
    invited = {"y-meeting@driehoek", "y-three@driehoek"}
    assert {event["uid"] for event in seen} == own | invited
    assert moment(world.samis_talk.starts_at) in {event["start"] for event in seen}
    assert libical_errors(answer.data) == 0
    for secret in (b"Sami", b"Noor", b"Yilmaz", b"Lezen", b"/g/", b"ouders.example.org"):
        assert secret not in answer.data


def test_the_same_days_give_the_same_bytes_and_no_second_download(app: Flask, world: World, fresh):
    address, client = fresh(layla(world)), app.test_client()
    first = client.get(address)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(address).data == first.data
    with app.app_context():
        db.session.get_one(Booking, world.samis_talk.id).ical_sequence += 1
        db.session.commit()
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_talk_that_is_off_leaves_the_calendar(app: Flask, world: World, fresh):
    address = fresh(layla(world))
    with app.app_context():
        db.session.get_one(Booking, world.samis_talk.id).status = BookingStatus.CANCELLED
        db.session.get_one(Booking, world.samis_talk.id).cancelled_at = NOW
        db.session.commit()
    assert world.samis_talk.ical_uid not in uids(app, address)


def test_a_home_never_follows_the_other_home_s_talk(app: Flask, world: World, fresh):
    with app.app_context():
        sami = db.session.merge(world.sami)
        father = a_guardian("Elders", sami, position=2)
        slot = some_slots(world.start, world.bas, count=1, first=NOW + timedelta(days=30))[0]
        theirs = a_booking(db.session.merge(world.start), sami, slot, household=household_of(father))
        ours = db.session.get_one(Booking, world.samis_talk.id)
        ours.household_id = household_of(db.session.merge(world.layla)).id
        db.session.commit()
        his, hers, him = theirs.ical_uid, ours.ical_uid, Actor(ActorKind.GUARDIAN, father.id)
    mother, father_reads = uids(app, fresh(layla(world))), uids(app, fresh(him))
    assert {hers, his} & mother == {hers}
    assert {hers, his} & father_reads == {his}


def test_a_gathering_stands_once_under_the_letter_s_own_identity(app: Flask, world: World, fresh):
    with app.app_context():
        told = a_reception(world, guest=world.layla.id)
    address = fresh(layla(world))
    seen = {event["uid"]: event for event in by_vobject(app.test_client().get(address).data)}
    assert seen[told]["summary"] == "Startreceptie"
    assert "jaar@linde" not in seen
    with app.app_context():
        db.session.get_one(Gathering, db.session.query(PlannedDate.id).filter_by(ical_uid="jaar@linde").scalar()
                           ).called_off_at = NOW  # fmt: skip
        db.session.commit()
    assert told not in uids(app, address)


def test_who_stays_away_from_a_gathering_keeps_that_evening_free(app: Flask, world: World, fresh):
    with app.app_context():
        told = a_reception(world, guest=world.layla.id)
        planned = db.session.query(GatheringGuest.planned_id).scalar()
        home = household_of(db.session.merge(world.layla))
        answer = GatheringAnswer(planned_id=planned, household_id=home.id, coming=Coming.PERHAPS, answered_at=NOW)
        db.session.add(answer)
        db.session.commit()
        key = answer.id
    address = fresh(layla(world))
    assert told in uids(app, address)
    with app.app_context():
        db.session.get_one(GatheringAnswer, key).coming = Coming.NO
        db.session.commit()
    assert told not in uids(app, address)


def test_who_got_no_letter_about_a_gathering_follows_it_as_the_school_does(app: Flask, world: World, fresh):
    with app.app_context():
        other = a_guardian("Elders", db.session.merge(world.sami), position=2)
        told = a_reception(world, guest=other.id)
        by = Actor(ActorKind.GUARDIAN, other.id)
    assert uids(app, fresh(layla(world))) & {told, "jaar@linde"} == {"jaar@linde"}
    assert uids(app, fresh(by)) & {told, "jaar@linde"} == {told}


def test_who_loses_authority_reads_nothing_more(app: Flask, world: World, fresh):
    with app.app_context():
        a_reception(world, guest=world.layla.id)
    address = fresh(layla(world))
    assert uids(app, address)
    with app.app_context():
        for tie in db.session.scalars(db.select(Guardianship).where(Guardianship.guardian_id == world.layla.id)):
            tie.authority = Authority.NO
        db.session.commit()
    assert uids(app, address) == set()


def test_a_pupil_of_eighteen_goes_on_alone(app: Flask, world: World, fresh):
    mother = fresh(layla(world))
    with app.app_context():
        sami = db.session.get_one(Pupil, world.sami.id)
        sami.birth_date, sami.parents_permitted = date(2009, 1, 1), False
        db.session.commit()
    himself = fresh(Actor(ActorKind.PUPIL, world.sami.id))
    assert world.samis_talk.ical_uid in uids(app, himself)
    assert world.samis_talk.ical_uid not in uids(app, mother)


def test_a_child_follows_nothing(app: Flask, world: World):
    with app.app_context(), pytest.raises(NotFound):
        family_feeds.issue(by=Actor(ActorKind.PUPIL, world.sami.id), now=NOW)


def test_the_family_renews_and_stops_its_address_itself(app: Flask, world: World):
    with app.app_context():
        page = Visitor(app).comes_by_link(db.session.merge(world.omar)).opens("/family/calendar")
        assert "Kies een van beide manieren" in page.text
        page = page.presses("Maak een agenda-adres")
        first = ADDRESS.search(page.html)[1]
        assert app.test_client().get(first).status_code == 200
        page = page.presses("Maak een nieuw adres")
        second = ADDRESS.search(page.html)[1]
        assert [app.test_client().get(one).status_code for one in (first, second)] == [404, 200]
        kept = {row.token_hash for row in db.session.query(FamilyFeed)}
        assert second.rsplit("/", 1)[1].removesuffix(".ics") not in kept
        page = page.presses("Stop dit adres")
        assert "Uw agenda-adres is gestopt" in page.text
        assert app.test_client().get(second).status_code == 404


def test_looking_at_the_page_makes_no_address(app: Flask, world: World):
    with app.app_context():
        before = [row.token_hash for row in db.session.query(FamilyFeed)]
        Visitor(app).comes_by_link(db.session.merge(world.layla)).opens("/family/calendar")
        assert [row.token_hash for row in db.session.query(FamilyFeed)] == before


def test_withdrawn_links_take_the_calendar_with_them(app: Flask, world: World, fresh):
    address = fresh(layla(world))
    with app.app_context():
        links.revoke_all(guardian_id=world.layla.id, by=SYSTEM, now=NOW)
    assert app.test_client().get(address).status_code == 404


def test_an_unknown_address_is_no_page(app: Flask, world: World):
    assert app.test_client().get("/feed/family/geraden.ics").status_code == 404
