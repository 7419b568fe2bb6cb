"""Personal links: how they are made, what they open, and when they end."""

from datetime import date, timedelta

import pytest
from flask import Flask

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import HolderKind, LinkDead
from scheduling.domain.people import Person
from scheduling.models import AccessLink, Guardian, JournalLine, Outbox, Pupil, Throttle, Visit, db
from scheduling.queries.links import find_link, person_of_visit
from scheduling.services import links
from scheduling.services.throttle import hit
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_school, a_year

OFFICE = Actor(ActorKind.STAFF, 1)


@pytest.fixture
def layla(any_context: Flask) -> Guardian:
    a_school()
    a_year()
    three = a_class("3", leaders=[a_leader("anna")])
    return a_guardian("Layla", a_pupil("Sami", three), email="layla@ouders.example.org")


def link_of(guardian: Guardian) -> str:
    return links.issue(guardian_id=guardian.id, by=SYSTEM, now=NOW)


def test_a_link_opens_a_visit_for_its_holder(layla: Guardian) -> None:
    entered = links.enter(token=link_of(layla), now=NOW)
    assert entered.person == Person(HolderKind.GUARDIAN, layla.id)
    assert person_of_visit(entered.key, NOW + timedelta(hours=23)) == entered.person


def test_a_link_works_again_and_again(layla: Guardian) -> None:
    token = link_of(layla)
    first, second = links.enter(token=token, now=NOW), links.enter(token=token, now=NOW)
    assert first.key != second.key
    assert person_of_visit(first.key, NOW) == person_of_visit(second.key, NOW)


def test_looking_at_a_link_changes_nothing(layla: Guardian) -> None:
    token = link_of(layla)
    found = find_link(token, NOW)
    assert found is not None
    assert found.person == Person(HolderKind.GUARDIAN, layla.id)
    assert db.session.query(Visit).count() == 0


def test_neither_token_nor_key_is_kept(layla: Guardian) -> None:
    token = link_of(layla)
    entered = links.enter(token=token, now=NOW)
    kept = [row.token_hash for row in db.session.query(AccessLink)] + [row.key_hash for row in db.session.query(Visit)]
    assert token not in kept
    assert entered.key not in kept


def test_a_visit_lasts_a_day(layla: Guardian) -> None:
    entered = links.enter(token=link_of(layla), now=NOW)
    assert person_of_visit(entered.key, NOW + timedelta(hours=24)) is None


def test_a_link_ends_thirty_days_after_the_school_year(layla: Guardian) -> None:
    token = link_of(layla)
    found = find_link(token, NOW)
    assert found is not None
    assert found.expires_at.astimezone().date() - date(2028, 7, 31) >= timedelta(days=29)
    assert find_link(token, found.expires_at) is None
    with pytest.raises(LinkDead):
        links.enter(token=token, now=found.expires_at)


def test_an_unknown_link_opens_nothing(layla: Guardian) -> None:
    with pytest.raises(LinkDead):
        links.enter(token="nooit uitgegeven", now=NOW)


def test_withdrawn_links_are_dead_and_so_are_their_visits(layla: Guardian) -> None:
    token = link_of(layla)
    entered = links.enter(token=token, now=NOW)
    assert links.revoke_all(guardian_id=layla.id, by=OFFICE, now=NOW) == 1
    assert find_link(token, NOW) is None
    assert person_of_visit(entered.key, NOW) is None


def test_a_guardian_who_has_left_enters_no_more(layla: Guardian) -> None:
    token = link_of(layla)
    entered = links.enter(token=token, now=NOW)
    db.session.get_one(Guardian, layla.id).active = False
    db.session.commit()
    assert find_link(token, NOW) is None
    assert person_of_visit(entered.key, NOW) is None


def test_leaving_ends_this_visit_only(layla: Guardian) -> None:
    token = link_of(layla)
    phone, tablet = links.enter(token=token, now=NOW), links.enter(token=token, now=NOW)
    links.leave(phone.key, NOW)
    assert person_of_visit(phone.key, NOW) is None
    assert person_of_visit(tablet.key, NOW) is not None


def test_a_link_given_by_hand_is_journaled_and_one_in_a_letter_is_not(layla: Guardian) -> None:
    links.resend(address=layla.email, now=NOW)
    letter = db.session.query(Outbox).one()
    links.issue(guardian_id=layla.id, by=SYSTEM, now=NOW, outbox_id=letter.id)
    assert db.session.query(JournalLine).count() == 0
    links.issue(guardian_id=layla.id, by=OFFICE, now=NOW)
    line = db.session.query(JournalLine).one()
    assert (line.action, line.subject, line.subject_id, line.actor_id) == ("links.issue", "guardian", layla.id, 1)


def test_a_lost_link_is_mailed_to_the_known_address_only(layla: Guardian) -> None:
    links.resend(address=" LAYLA@ouders.example.org ", now=NOW)
    links.resend(address="onbekend@ouders.example.org", now=NOW)
    row = db.session.query(Outbox).one()
    assert (row.letter.value, row.guardian_id, row.address) == ("link", layla.id, "layla@ouders.example.org")


def test_an_adult_pupil_gets_a_lost_link_too_and_a_minor_does_not(layla: Guardian) -> None:
    sami = db.session.query(Pupil).one()
    sami.email, sami.birth_date = "sami@leerling.example.org", date(2012, 1, 1)
    db.session.commit()
    links.resend(address="sami@leerling.example.org", now=NOW)
    assert db.session.query(Outbox).count() == 0
    sami.birth_date = date(2009, 1, 1)
    db.session.commit()
    links.resend(address="sami@leerling.example.org", now=NOW)
    assert db.session.query(Outbox).one().pupil_id == sami.id


def test_one_address_gets_three_lost_links_an_hour_and_ten_a_day(layla: Guardian) -> None:
    for hour in range(6):
        for minute in range(5):
            links.resend(address="layla@ouders.example.org", now=NOW + timedelta(hours=hour, minutes=minute))
        assert db.session.query(Outbox).count() <= 3 * (hour + 1)
    assert db.session.query(Outbox).count() <= 10


def test_the_throttle_counts_per_window_and_keeps_no_address(any_context: Flask) -> None:
    hour = timedelta(hours=1)
    assert [hit("layla@ouders.example.org", 2, hour, NOW) for _ in range(3)] == [True, True, False]
    assert hit("layla@ouders.example.org", 2, hour, NOW + hour)
    assert not [row for row in db.session.query(Throttle) if "layla" in row.key]
