"""`mailings send`, `jobs drain`, `links new`, `feeds new`: what scripts and cron may count on."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from click.testing import Result
from flask import Flask

from scheduling.models import Guardian, JournalLine, Outbox, db
from scheduling.queries.links import find_link
from tests.builders import NOW
from tests.mail.desk import a_world_without_letters
from tests.mail.relays import LocalRelay
from tests.worlds import World


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def app(make_app: Callable[..., Flask], relay: LocalRelay) -> Flask:
    return make_app(**relay.settings)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            world = a_world_without_letters(to_visit=True)
        yield world


@pytest.fixture
def run(app: Flask, world: World) -> Callable[..., Result]:
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=[str(one) for one in arguments])


def document(answer: Result) -> dict[str, Any]:
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def send(run: Callable[..., Result], *more: str) -> dict[str, Any]:
    return document(run("mailings", "send", "Startgesprekken", "--letter", "invitation", "--json", *more))


def test_a_batch_is_queued_once_and_drained(run: Callable[..., Result], relay: LocalRelay):
    assert send(run) == {"queued": 7, "skipped": [], "on_paper": []}
    assert send(run) == {"queued": 0, "skipped": [], "on_paper": []}
    done = document(run("jobs", "drain", "--json"))
    assert {name: done[name] for name in ("sent", "retried", "failed", "uncertain")} == {
        "sent": 7, "retried": 0, "failed": 0, "uncertain": 0,
    }  # fmt: skip
    assert document(run("jobs", "drain", "--json"))["sent"] == 0
    assert len(relay.mailroom.accepted) == 7


def test_who_is_skipped_and_who_needs_paper_is_told_by_the_school_s_own_ids(
    run: Callable[..., Result], app: Flask, world: World
):
    with app.app_context():
        omar = db.session.get_one(Guardian, world.omar.id)
        omar.email = db.session.get_one(Guardian, world.layla.id).email.upper()
        db.session.get_one(Guardian, world.petra.id).email = ""
        db.session.commit()
    told = send(run, "--dry-run")
    assert told["queued"] == 4
    assert {"guardian": world.omar.external_id, "reason": "same_mailbox"} in told["skipped"]
    assert {"guardian": world.petra.external_id, "reason": "no_address"} in told["skipped"]
    assert told["on_paper"] == [world.daan.number]
    with app.app_context():
        assert db.session.query(Outbox).count() == 0


def test_letters_that_leave_late_come_with_a_warning_beside_the_document(run: Callable[..., Result], world: World):
    with time_machine.travel(world.samis_talk.starts_at.replace(hour=6), tick=False):
        answer = run("mailings", "send", world.start.id, "--letter", "invitation", "--json")
    assert "Een uitnodiging komt liefst zeven dagen vooruit." in answer.stderr
    assert json.loads(answer.stdout)["queued"] == 7


def test_an_unknown_round_is_refused_in_one_sentence(run: Callable[..., Result]):
    answer = run("mailings", "send", "Bestaat niet", "--letter", "invitation", "--json")
    assert answer.exit_code == 1
    assert set(json.loads(answer.stdout)) == {"error"}
    assert "Traceback" not in answer.stderr
    assert run("mailings", "send", "Startgesprekken", "--letter", "changed").exit_code == 2


def test_a_link_for_the_parent_on_the_phone_works_and_is_journaled(
    run: Callable[..., Result], app: Flask, world: World
):
    answer = run("links", "new", "--guardian", world.layla.external_id)
    link = answer.stdout.strip()
    assert link.startswith("http://localhost/g/")
    with app.app_context():
        found = find_link(link.rsplit("/", 1)[1], NOW)
        assert found is not None
        assert found.person.id == world.layla.id
        assert db.session.query(JournalLine).filter_by(action="links.issue").count() == 1
    assert run("links", "new", "--guardian", "niemand").exit_code == 1


def test_a_feed_for_a_colleague_works(run: Callable[..., Result], app: Flask, world: World):
    address = run("feeds", "new", "--staff", "bas").stdout.strip()
    assert address.startswith("http://localhost/feed/")
    answer = app.test_client().get(address.removeprefix("http://localhost"))
    assert answer.status_code == 200
    assert run("feeds", "new", "--staff", "niemand").exit_code == 1
