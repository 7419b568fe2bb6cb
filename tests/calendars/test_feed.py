"""A leader's calendar address: secret, calm, and as talkative as the school wants."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import FeedDetail
from scheduling.domain.rounds import BookingStatus, TopicAuthor
from scheduling.models import Booking, CalendarFeed, School, Staff, Topic, db
from scheduling.services import feeds
from tests.builders import NOW
from tests.calendars.readers import by_vobject, libical_errors, moment
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture
def address(app: Flask, world: World) -> str:
    with app.app_context():
        return f"/feed/{feeds.issue(staff_id=world.bas.id, by=SYSTEM, now=NOW)}.ics"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_the_feed_tells_the_leader_s_own_talks(client: FlaskClient, world: World, address: str):
    answer = client.get(address)
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "Content-Disposition" not in answer.headers
    seen = by_vobject(answer.data)
    own = {world.samis_talk.ical_uid, world.daans_talk.ical_uid}
    assert {event["uid"] for event in seen} == own | {"y-three@driehoek", "y-circle@driehoek"}, (
        "and of the class's year"
    )
    assert moment(world.samis_talk.starts_at) in {event["start"] for event in seen}
    assert libical_errors(answer.data) == 0


def test_the_same_talks_give_the_same_bytes_and_no_second_download(
    client: FlaskClient, app: Flask, world: World, address: str
):
    first = client.get(address)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.get(address).data == first.data
    assert first.headers["Cache-Control"] == "private, must-revalidate"
    assert "Last-Modified" not in first.headers
    with app.app_context():
        db.session.get_one(Booking, world.samis_talk.id).ical_sequence += 1
        db.session.commit()
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_cancelled_talk_is_left_out(client: FlaskClient, app: Flask, world: World, address: str):
    with app.app_context():
        talk = db.session.get_one(Booking, world.samis_talk.id)
        talk.status, talk.cancelled_at = BookingStatus.CANCELLED, NOW
        db.session.commit()
    assert world.samis_talk.ical_uid.encode() not in client.get(address).data


@pytest.mark.parametrize("detail, summary", [
    (FeedDetail.TIME_ONLY, "Gesprek"), (FeedDetail.INITIALS, "Gesprek S.Y. (3)"),
    (FeedDetail.GIVEN_NAME, "Gesprek Sami (3)"),
])  # fmt: skip
def test_the_school_decides_how_much_a_calendar_tells(
    client: FlaskClient, app: Flask, world: World, address: str, detail: FeedDetail, summary: str
):
    with app.app_context():
        db.session.get_one(School, 1).feed_detail = detail
        db.session.add(
            Topic(
                round_id=world.start.id,
                pupil_id=world.sami.id,
                author=TopicAuthor.GUARDIAN,
                text="Slaapt slecht",
                created_at=NOW,
            )
        )
        db.session.commit()
    data = client.get(address).data
    assert summary in {event["summary"] for event in by_vobject(data)}
    for secret in (b"Slaapt slecht", b"Yilmaz", b"ouders.example.org", b"/g/"):
        assert secret not in data


def test_only_a_hash_is_kept_and_a_fresh_address_ends_the_older(
    client: FlaskClient, app: Flask, world: World, address: str
):
    with app.app_context():
        assert address not in {row.token_hash for row in db.session.query(CalendarFeed)}
        fresh = feeds.issue(staff_id=world.bas.id, by=SYSTEM, now=NOW)
    assert client.get(address).status_code == 404
    assert client.get(f"/feed/{fresh}.ics").status_code == 200
    with app.app_context():
        feeds.revoke(staff_id=world.bas.id, by=SYSTEM, now=NOW)
    assert client.get(f"/feed/{fresh}.ics").status_code == 404


def test_the_address_dies_with_the_account(client: FlaskClient, app: Flask, world: World, address: str):
    with app.app_context():
        db.session.get_one(Staff, world.bas.id).left_on = NOW.date() - timedelta(days=800)
        db.session.commit()
    assert client.get(address).status_code == 404


def test_an_unknown_address_is_no_page(client: FlaskClient, world: World):
    assert client.get("/feed/geraden.ics").status_code == 404
