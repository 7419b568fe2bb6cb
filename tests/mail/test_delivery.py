"""Letters leave the house over real SMTP: once each, again when that is safe, never when no longer true."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from scheduling import jobs
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import Authority
from scheduling.domain.relays import Limits
from scheduling.domain.rounds import BookingStatus, RoundMode
from scheduling.mail.delivery import KEEPS_LINK, _machine, envelope_of, way_of
from scheduling.mail.letters import WRITERS, tell_leader, write
from scheduling.mail.message import build
from scheduling.mail.post import Post
from scheduling.models import (
    AccessLink,
    Booking,
    BookingAbsence,
    Guardian,
    Guardianship,
    Outbox,
    Pupil,
    Relay,
    School,
    db,
)
from scheduling.queries.letters import find_letter
from scheduling.queries.links import find_link
from scheduling.services import delivery, links, mailings, outbox
from scheduling.services.transaction import transaction
from tests.builders import NOW, TUESDAY, a_round, household_of, some_slots
from tests.mail.desk import a_world_without_letters
from tests.mail.relays import LocalRelay
from tests.worlds import World


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def town(
    make_app: Callable[..., Flask], relay: LocalRelay, database: str, request: pytest.FixtureRequest
) -> Iterator[World]:
    """The small world on either database, with a relay."""
    extra = {} if database == "sqlite" else {"DATABASE_URL": request.getfixturevalue("postgres_url")}
    with make_app(**relay.settings, **extra).app_context():
        yield a_world_without_letters()
        db.session.remove()


@pytest.fixture
def world(make_app: Callable[..., Flask], relay: LocalRelay) -> Iterator[World]:
    with make_app(**relay.settings).app_context():
        yield a_world_without_letters()
        db.session.remove()


def invite(world: World) -> mailings.Sent:
    return mailings.send(round_id=world.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)


def give(person: Guardian, **facts: Any) -> None:
    row = db.session.get_one(Guardian, person.id)
    for name, value in facts.items():
        setattr(row, name, value)
    db.session.commit()


def rows(state: OutboxState | None = None) -> list[Outbox]:
    db.session.rollback()
    wanted = select(Outbox).order_by(Outbox.id).execution_options(populate_existing=True)
    return list(db.session.scalars(wanted if state is None else wanted.where(Outbox.state == state)))


def post(letter: Letter, booking: Booking, now: Any = NOW, **facts: Any) -> None:
    with transaction() as session:
        outbox.post(session, letter=letter, booking=session.get_one(Booking, booking.id), now=now, **facts)


def test_every_invitation_arrives_once(town: World, relay: LocalRelay) -> None:
    assert invite(town).queued == 7
    assert jobs.drain(NOW)["sent"] == 7
    assert jobs.drain(NOW)["sent"] == 0
    assert invite(town).queued == 0
    assert sorted(relay.mailroom.addresses) == sorted(row.address for row in rows(OutboxState.SENT))
    assert len({letter["Message-ID"] for letter in relay.mailroom.letters}) == 7


def test_each_letter_goes_to_one_mailbox_and_has_its_own_link(world: World, relay: LocalRelay) -> None:
    invite(world)
    jobs.drain(NOW)
    tokens = set()
    for letter in relay.mailroom.letters:
        assert len(letter["To"].addresses) == 1
        assert letter["Cc"] is None
        assert letter["Bcc"] is None
        text = letter.get_body(("plain",)).get_content()
        (line,) = [line for line in text.splitlines() if "/g/" in line]
        tokens.add(line.rsplit("/", 1)[1])
        found = find_link(tokens and line.rsplit("/", 1)[1], NOW)
        assert found is not None
        assert db.session.get_one(Guardian, found.person.id).email == letter["To"].addresses[0].addr_spec
    assert len(tokens) == 7


def test_no_token_is_kept_anywhere(world: World, relay: LocalRelay) -> None:
    invite(world)
    jobs.drain(NOW)
    dump = "\n".join(db.session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]
    for letter in relay.mailroom.letters:
        token = letter.get_body(("plain",)).get_content().split("/g/")[1].split()[0]
        assert token not in dump


def test_nobody_reads_of_the_other_home(world: World, relay: LocalRelay) -> None:
    """Mila's parents live apart: neither letter names the other parent or the other's address."""
    give(world.ruud, given_name="Ruudmetdeschuilnaam")
    give(world.els, given_name="Elsmetdeschuilnaam")
    invite(world)
    jobs.drain(NOW)
    for to, data in relay.mailroom.accepted:
        other = "Elsmetdeschuilnaam" if to.startswith("ruud") else "Ruudmetdeschuilnaam"
        if to.startswith(("ruud", "els")):
            assert other.encode() not in data
            assert sum(row.address.encode() in data for row in db.session.query(Outbox) if row.address != to) == 0


def test_a_letter_names_the_talks_of_the_siblings(world: World, relay: LocalRelay) -> None:
    invite(world)
    jobs.drain(NOW)
    texts = [letter.get_body(("plain",)).get_content() for letter in relay.mailroom.letters]
    assert sum("Ook voor u: Noor" in text for text in texts) == 2
    assert sum("Ook voor u: Sami" in text for text in texts) == 2


@pytest.mark.parametrize("role, outcome, state", [
    ("perm", "failed", OutboxState.FAILED), ("full", "retried", OutboxState.RETRY),
    ("temp", "retried", OutboxState.RETRY), ("slow432", "retried", OutboxState.RETRY),
    ("blocked", "held", OutboxState.RETRY), ("drop", "uncertain", OutboxState.UNCERTAIN),
    ("lost", "uncertain", OutboxState.UNCERTAIN),
])  # fmt: skip
def test_what_the_relay_says_decides(
    town: World, relay: LocalRelay, role: str, outcome: str, state: OutboxState
) -> None:
    give(town.petra, email=f"{role}@ouders.example.org")
    post(Letter.INVITATION, town.daans_talk)
    done = jobs.drain(NOW)
    assert {name: count for name, count in done.items() if count and name not in ("tidied", "swaps")} == {outcome: 1}
    assert [row.state for row in rows()] == [state]


def test_an_address_that_does_not_exist_is_marked_and_gets_no_more_letters(world: World) -> None:
    give(world.petra, email="perm@ouders.example.org")
    post(Letter.INVITATION, world.daans_talk)
    jobs.drain(NOW)
    assert db.session.get_one(Guardian, world.petra.id, populate_existing=True).bounced_at is not None
    sent = invite(world)
    assert "bounced" in {one.reason.value for one in sent.skipped}
    assert len(sent.on_paper) == 1


def test_a_letter_that_had_to_wait_goes_out_later_and_once(world: World, relay: LocalRelay) -> None:
    give(world.petra, email="temp@ouders.example.org")
    post(Letter.INVITATION, world.daans_talk)
    jobs.drain(NOW)
    assert jobs.drain(NOW + timedelta(seconds=20))["sent"] == 0
    give(world.petra, email="petra@ouders.example.org")
    assert jobs.drain(NOW + timedelta(minutes=2))["sent"] == 1
    assert relay.mailroom.addresses == ["petra@ouders.example.org"]
    assert rows()[0].attempts == 2


def test_after_two_days_of_trying_a_person_is_asked(world: World) -> None:
    give(world.petra, email="temp@ouders.example.org")
    post(Letter.INVITATION, world.daans_talk)
    for hours in (0, 12, 24, 36, 49):
        done = jobs.drain(NOW + timedelta(hours=hours))
    assert done["failed"] == 1


def test_a_relay_that_is_not_there_loses_nothing(make_app: Callable[..., Flask]) -> None:
    with make_app(MAIL_SERVER="127.0.0.1", MAIL_PORT=1).app_context():
        invite(a_world_without_letters())
        done = jobs.drain(NOW)
        assert (done["retried"], done["sent"], done["failed"]) == (1, 0, 0)
        assert len(rows(OutboxState.QUEUED)) == 6


def test_when_the_relay_asks_for_rest_the_others_wait_too(world: World, relay: LocalRelay) -> None:
    give(world.petra, email="slow432@ouders.example.org")
    invite(world)
    done = jobs.drain(NOW)
    assert done["retried"] == 1
    assert done["sent"] + len(rows(OutboxState.QUEUED)) == 6
    assert jobs.drain(NOW + timedelta(minutes=2))["sent"] == 6 - done["sent"]


def test_a_refused_sender_holds_everything_and_blames_no_address(world: World, relay: LocalRelay) -> None:
    relay.mailroom.refuse_sender = "550 5.7.1 Sender not allowed"
    invite(world)
    assert jobs.drain(NOW)["held"] == 1
    assert db.session.scalar(select(Relay.paused_because)) == "5.7.1 Sender not allowed"
    assert jobs.drain(NOW + timedelta(days=1))["held"] == 0
    assert db.session.query(Guardian).filter(Guardian.bounced_at.is_not(None)).count() == 0
    relay.mailroom.refuse_sender = ""
    mailings.open_relay(by=SYSTEM, now=NOW)
    assert jobs.drain(NOW)["sent"] == 7


def test_a_server_without_tls_is_told_nothing_when_tls_is_asked(
    make_app: Callable[..., Flask], relay: LocalRelay
) -> None:
    with make_app(**relay.settings, MAIL_USE_TLS=True).app_context():
        invite(a_world_without_letters())
        assert jobs.drain(NOW)["held"] == 1
    assert relay.mailroom.accepted == []


def test_an_uncertain_letter_is_not_sent_again_by_itself_and_by_hand_it_is_the_same_letter(
    world: World, relay: LocalRelay
) -> None:
    give(world.petra, email="lost@ouders.example.org")
    post(Letter.INVITATION, world.daans_talk)
    jobs.drain(NOW)
    assert jobs.drain(NOW + timedelta(days=1)) | {"tidied": 0} == dict.fromkeys(jobs.drain(NOW + timedelta(days=1)), 0)
    give(world.petra, email="petra@ouders.example.org")
    mailings.resend(outbox_id=rows()[0].id, by=SYSTEM, now=NOW + timedelta(days=1))
    assert jobs.drain(NOW + timedelta(days=1))["sent"] == 1
    first, second = relay.mailroom.letters
    assert first["Message-ID"] == second["Message-ID"]
    calendars = [
        next(part for part in one.walk() if part.get_content_type() == "text/calendar") for one in (first, second)
    ]
    lines = [
        {
            line
            for line in part.get_payload(decode=True).decode().splitlines()
            if line.startswith(("UID", "SEQ", "DTST"))
        }
        for part in calendars
    ]
    assert lines[0] == lines[1]
    assert first.get_body(("plain",)).get_content() != second.get_body(("plain",)).get_content()


def test_cancellations_go_first_however_long_the_batch(world: World, relay: LocalRelay) -> None:
    invite(world)
    talk = db.session.get_one(Booking, world.daans_talk.id)
    talk.status, talk.cancelled_at, talk.ical_sequence = BookingStatus.CANCELLED, NOW, 1
    db.session.commit()
    post(Letter.CANCELLED, talk)
    jobs.drain(NOW)
    assert relay.mailroom.letters[0]["Subject"].startswith("Geannuleerd")
    assert len(relay.mailroom.accepted) == 7


def test_a_letter_about_an_older_time_never_leaves_after_a_newer_one(world: World, relay: LocalRelay) -> None:
    post(Letter.INVITATION, world.daans_talk)
    talk = db.session.get_one(Booking, world.daans_talk.id)
    talk.ical_sequence += 1
    db.session.commit()
    assert jobs.drain(NOW)["superseded"] == 1
    assert relay.mailroom.accepted == []


@pytest.mark.parametrize("facts, reason", [
    ({"active": False}, "inactive"), ({"bounced_at": NOW}, "bounced"), ({"email": ""}, "no_address"),
])  # fmt: skip
def test_the_last_look_before_sending_sees_what_has_changed(
    world: World, relay: LocalRelay, facts: dict[str, Any], reason: str
) -> None:
    post(Letter.INVITATION, world.daans_talk)
    give(world.petra, **facts)
    assert jobs.drain(NOW)["suppressed"] == 1
    assert [(row.state, row.last_text) for row in rows()] == [(OutboxState.SUPPRESSED, reason)]
    assert relay.mailroom.accepted == []


def test_who_lost_authority_meanwhile_gets_no_letter(world: World, relay: LocalRelay) -> None:
    post(Letter.INVITATION, world.daans_talk)
    db.session.query(Guardianship).filter_by(guardian_id=world.petra.id).update({"authority": Authority.NO})
    db.session.commit()
    assert jobs.drain(NOW)["suppressed"] == 1


def test_t25_a_letter_that_waited_goes_to_the_pupil_who_turns_out_to_be_eighteen_on_the_day(
    world: World, relay: LocalRelay
) -> None:
    """T25: it is looked at again when the letter leaves, so a birthday that was mended in the file counts too."""
    post(Letter.INVITATION, world.daans_talk)
    daan = db.session.get_one(Pupil, world.daan.id)
    daan.birth_date, daan.email = date(2009, 8, 31), "daan@leerling.example.org"
    db.session.commit()
    done = jobs.drain(NOW + timedelta(days=1))
    assert (done["suppressed"], done["sent"]) == (1, 1)
    assert relay.mailroom.addresses == ["daan@leerling.example.org"]
    assert "Beste Daan" in relay.mailroom.letters[0].get_body(("plain",)).get_content()


def test_a_letter_about_a_talk_that_is_over_stays_in_the_house(world: World, relay: LocalRelay) -> None:
    post(Letter.REMINDER, world.daans_talk)
    assert jobs.drain(NOW + timedelta(days=20))["sent"] == 0
    assert {row.letter: row.state for row in rows()}[Letter.REMINDER] is OutboxState.SUPPRESSED


def test_the_letter_goes_to_the_address_that_is_known_when_it_leaves(world: World, relay: LocalRelay) -> None:
    post(Letter.INVITATION, world.daans_talk)
    give(world.petra, email="petra.nieuw@ouders.example.org")
    jobs.drain(NOW)
    assert relay.mailroom.addresses == ["petra.nieuw@ouders.example.org"]
    assert rows()[0].address == "petra.nieuw@ouders.example.org"


def test_a_letter_that_is_taken_back_while_it_is_handed_over_does_not_arrive(world: World, relay: LocalRelay) -> None:
    """The newest word wins until the final dot."""
    post(Letter.INVITATION, world.daans_talk)
    way = way_of(current_app._get_current_object())  # type: ignore[attr-defined]
    (row_id,) = delivery.claim(worker=way.worker, limits=way.limits, most=1, now=NOW).ids
    found = find_letter(row_id, NOW)
    assert found is not None
    ready = build(write(found, token="x", paper=way.paper), envelope_of(found, way.paper))

    def offering() -> bool:
        post(Letter.CANCELLED, world.daans_talk)
        return delivery.offer(
            outbox_id=row_id, worker=way.worker, address=found.address, digest=ready.digest, link=None, now=NOW
        )

    with Post(way.relay) as line:
        assert line.deliver(ready, offering) is None
    assert relay.mailroom.accepted == []
    assert [row.state for row in rows()] == [OutboxState.SUPERSEDED, OutboxState.QUEUED]


def test_a_link_exists_only_if_its_letter_was_offered(world: World) -> None:
    give(world.petra, email="perm@ouders.example.org")
    invite(world)
    jobs.drain(NOW)
    offered = {row.id for row in rows(OutboxState.SENT)}
    assert {link.outbox_id for link in db.session.query(AccessLink) if link.outbox_id} == offered


def test_a_lost_link_is_mailed_and_works(world: World, relay: LocalRelay) -> None:
    links.resend(address=world.petra.email, now=NOW)
    assert jobs.drain(NOW)["sent"] == 1
    text = relay.mailroom.letters[0].get_body(("plain",)).get_content()
    assert find_link(text.split("/g/")[1].split()[0], NOW) is not None


def test_no_more_than_the_relay_allows_in_a_minute(make_app: Callable[..., Flask], relay: LocalRelay) -> None:
    """At 60 a minute two may leave at once, and then one a second, or a little less."""
    with make_app(**relay.settings, MAIL_PER_MINUTE=60).app_context():
        invite(a_world_without_letters())
        begun = time.monotonic()
        assert jobs.drain(NOW)["sent"] == 7
        assert time.monotonic() - begun > 5 * 60 / 58 - 0.1


def test_the_day_s_limit_holds_until_the_next_day(make_app: Callable[..., Flask], relay: LocalRelay) -> None:
    with make_app(**relay.settings, MAIL_PER_DAY=5).app_context():
        invite(a_world_without_letters())
        assert jobs.drain(NOW)["sent"] == 5
        assert jobs.drain(NOW + timedelta(hours=1))["sent"] == 0
        assert jobs.drain(NOW + timedelta(days=1))["sent"] == 2


def test_in_quiet_hours_batches_wait_and_answers_do_not(world: World, relay: LocalRelay) -> None:
    school = db.session.get_one(School, 1)
    school.quiet_from, school.quiet_until = "20:00", "07:00"
    db.session.commit()
    invite(world)
    links.resend(address=world.petra.email, now=NOW)
    night = NOW.replace(hour=21)
    assert jobs.drain(night)["sent"] == 1
    assert jobs.drain(night + timedelta(hours=11))["sent"] == 7


def test_a_letter_that_cannot_be_written_is_shown_and_stops_no_other(world: World, relay: LocalRelay) -> None:
    world_round = db.session.merge(world.start)
    world_round.purpose = "Beste {naam}"
    db.session.commit()
    post(Letter.INVITATION, world.daans_talk)
    post(Letter.CONFIRMED, world.samis_talk)
    done = jobs.drain(NOW)
    assert (done["failed"], done["sent"]) == (1, 2)


def test_a_reminder_goes_to_who_was_invited_and_once(world: World, relay: LocalRelay) -> None:
    remind = {"round_id": world.start.id, "letter": Letter.REMINDER, "by": SYSTEM}
    assert mailings.send(**remind, now=NOW).queued == 0  # type: ignore[arg-type]
    invite(world)
    assert mailings.send(**remind, now=NOW).queued == 7  # type: ignore[arg-type]
    assert mailings.send(**remind, now=NOW + timedelta(days=1)).queued == 0  # type: ignore[arg-type]


def test_a_dry_run_tells_everything_and_writes_nothing(world: World) -> None:
    sent = mailings.send(round_id=world.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW, dry_run=True)
    assert sent.queued == 7
    assert rows() == []
    assert db.session.get_one(Booking, world.samis_talk.id, populate_existing=True).invited_at is None


def test_letters_of_a_worker_that_died_go_on_at_once_on_the_same_machine(world: World, relay: LocalRelay) -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    way = replace(way_of(current_app._get_current_object()), worker=f"{_machine()}:{process.pid}:x")  # type: ignore[attr-defined]
    post(Letter.INVITATION, world.daans_talk)
    assert len(delivery.claim(worker=way.worker, limits=way.limits, most=5, now=NOW).ids) == 1
    assert jobs.drain(NOW)["sent"] == 1


def test_letters_of_a_worker_elsewhere_wait_until_its_time_is_up(world: World, relay: LocalRelay) -> None:
    post(Letter.INVITATION, world.daans_talk)
    limits = way_of(current_app._get_current_object()).limits  # type: ignore[attr-defined]
    delivery.claim(worker="anothermachine:17:x", limits=limits, most=5, now=NOW)
    assert jobs.drain(NOW + timedelta(minutes=1))["sent"] == 0
    assert jobs.drain(NOW + timedelta(minutes=6))["sent"] == 1


def test_a_letter_that_was_offered_elsewhere_becomes_uncertain(world: World, relay: LocalRelay) -> None:
    post(Letter.INVITATION, world.daans_talk)
    limits = way_of(current_app._get_current_object()).limits  # type: ignore[attr-defined]
    (row_id,) = delivery.claim(worker="anothermachine:17:x", limits=limits, most=5, now=NOW).ids
    given = {"outbox_id": row_id, "address": "petra@ouders.example.org", "digest": "", "link": None, "now": NOW}
    assert delivery.offer(worker="anothermachine:17:x", **given)  # type: ignore[arg-type]
    assert not delivery.offer(worker="anothermachine:18:y", **given)  # type: ignore[arg-type]
    assert jobs.drain(NOW + timedelta(minutes=6))["uncertain"] == 1
    assert relay.mailroom.accepted == []


def test_a_family_that_chooses_itself_is_invited_without_a_time_and_without_a_calendar(
    world: World, relay: LocalRelay
) -> None:
    free = a_round("Zelf kiezen", classes=[db.session.merge(world.three)], mode=RoundMode.PICK)
    some_slots(free, db.session.merge(world.bas), first=TUESDAY + timedelta(days=7))
    sent = mailings.send(round_id=free.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    assert sent.queued == 3  # both of Sami's parents, and Daan's
    assert mailings.send(round_id=free.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW).queued == 0
    assert jobs.drain(NOW)["sent"] == 3
    letter = relay.mailroom.letters[0]
    assert letter["Subject"].endswith(": kies zelf een tijd")
    assert "Kies een tijd op uw eigen pagina:" in letter.get_body(("plain",)).get_content()
    assert "text/calendar" not in [part.get_content_type() for part in letter.walk()]


def test_a_home_that_stays_away_from_a_joint_talk_is_not_reminded(world: World, relay: LocalRelay) -> None:
    invite(world)
    jobs.drain(NOW)
    db.session.add(BookingAbsence(booking_id=world.milas_talk.id, household_id=household_of(world.els).id, said_at=NOW))
    db.session.commit()
    sent = mailings.send(round_id=world.start.id, letter=Letter.REMINDER, by=SYSTEM, now=NOW)
    assert sent.queued == 6
    assert (world.els.external_id, "stays_away") in {(one.guardian, one.reason.value) for one in sent.skipped}


def test_no_more_workers_at_once_than_the_relay_allows_connections(world: World) -> None:
    invite(world)
    one = Limits(connections=1)
    assert len(delivery.claim(worker="first", limits=one, most=2, now=NOW).ids) == 2
    second = delivery.claim(worker="second", limits=one, most=2, now=NOW)
    assert (second.ids, second.again_at) == ((), NOW + timedelta(seconds=1))
    assert len(delivery.claim(worker="first", limits=one, most=2, now=NOW).ids) == 2
    delivery.release(worker="first", now=NOW)
    assert len(delivery.claim(worker="second", limits=one, most=2, now=NOW).ids) == 2


def test_a_letter_to_a_colleague_makes_no_link_of_a_family():
    """Such a link belongs to nobody: the database refuses it, and the worker would stumble over that letter."""
    to_colleagues = {letter for letter, writer in WRITERS.items() if writer is tell_leader}
    assert to_colleagues - set(KEEPS_LINK) == set()
