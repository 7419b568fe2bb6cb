"""How much a page costs: queries, bytes and milliseconds, beside its template alone and beside an empty route.

    python -m benchmarks.pages [--turns 200] [--database postgresql://…]

A school of 48 classes and 1,200 pupils in a round that is published; the family has three children with a talk each.
The three columns of milliseconds are medians over all turns, in one process, taken in turn so that a busy machine
burdens them alike.
"""

import argparse
import gzip
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from flask import Flask, Response, g, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import event

from app import create_app
from scheduling.domain.links import HolderKind, hash_of, new_secret
from scheduling.domain.people import Authority, Sector, StaffRole
from scheduling.domain.rounds import BookingOrigin, BookingStatus, RoundKind
from scheduling.domain.years import Region
from scheduling.models import (
    AccessLink,
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    LeaderOpening,
    Pupil,
    Round,
    RoundClass,
    School,
    SchoolYear,
    Slot,
    Staff,
    StaffMemberRole,
    Visit,
    db,
    schema,
)

NOW = datetime(2027, 8, 20, 8, 0, tzinfo=UTC)
FIRST = datetime(2027, 8, 31, 7, 0, tzinfo=UTC)
CLASSES, PUPILS, SLOTS = 48, 25, 40


@dataclass(frozen=True)
class Cost:
    """What one page costs."""

    name: str
    queries: int
    size: int
    packed: int
    page: float
    template: float
    empty: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--turns", type=int, default=200)
    options.add_argument("--database", default="")
    given = options.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder, time_machine.travel(NOW, tick=True):
        app = make_app(folder, given.database)
        family, leader, addresses = fill(app)
        costs = [measure(app, family, name, path, given.turns) for name, path in addresses]
        costs.append(measure(app, leader, "leader: roster", "/staff/leader/", given.turns))
        print(table(costs, app))


def make_app(folder: str, database: str) -> Flask:
    app = create_app(
        {
            "INSTANCE_PATH": folder, "DATABASE_URL": database or f"sqlite:///{folder}/pages.sqlite",
            "SECRET_KEY": "a key for measuring only, long enough for anyone", "BASE_URL": "http://localhost",
        }
    )  # fmt: skip
    app.add_url_rule("/empty", "empty", lambda: Response(""))
    with app.app_context():
        schema.upgrade(db.engine)
    return app


def measure(app: Flask, client: FlaskClient, name: str, path: str, turns: int) -> Cost:
    """The whole page, the template with the same facts, and a route that does nothing: by turns."""
    with counting(app) as count, rendering(app) as rendered:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    template, context = rendered[-1]
    seconds: dict[str, list[float]] = {"page": [], "template": [], "empty": []}
    with client:
        client.get(path)  # keeps the request's context for the template
        render = _in_same_request(template, context)
        for _ in range(turns):
            seconds["template"].append(_timed(render))
    for _ in range(turns):
        seconds["page"].append(_timed(lambda: client.get(path)))
        seconds["empty"].append(_timed(lambda: client.get("/empty")))
    middle = {key: statistics.median(values) * 1000 for key, values in seconds.items()}
    return Cost(name, count[0], len(answer.data), len(gzip.compress(answer.data)), **middle)


def table(costs: list[Cost], app: Flask) -> str:
    """A table for the docs."""
    with app.app_context():
        engine = db.engine.dialect.name
    lines = [
        f"Python {sys.version.split()[0]}, {engine}, {CLASSES * PUPILS} pupils",
        "",
        "| page | queries | bytes | gzipped | ms page | ms template alone | ms empty route |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {cost.name} | {cost.queries} | {cost.size:,} | {cost.packed:,} | {cost.page:.1f} | {cost.template:.1f} "
        f"| {cost.empty:.1f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def fill(app: Flask) -> tuple[FlaskClient, FlaskClient, list[tuple[str, str]]]:
    """The school, a family's visit, a leader's visit, and the pages to measure."""
    with app.app_context():
        year, found, leaders, groups = _school()
        children = _families(year, found, leaders, groups)
        mother = db.session.query(Guardian).order_by(Guardian.id).first()
        assert mother
        keys = _visits(mother, leaders[0], year)
        first = children[0]
        free = db.session.query(Slot).filter_by(leader_id=leaders[0].id, booking_id=None).order_by(Slot.id.desc())
        base = f"/family/talks/{found.id}/{first}"
        pages = [
            ("family: home, three children", "/family/"),
            ("family: one talk", base),
            ("family: choose a time", f"{base}/time"),
            ("family: check", f"{base}/time/{free.first().id}"),
        ]  # fmt: skip
    return _client(app, "visit", keys[0]), _client(app, "_user_id", keys[1]), pages


def _school() -> tuple[SchoolYear, Round, list[Staff], list[ClassGroup]]:
    db.session.add(School(id=1, name="Vlierhof", sector=Sector.SECONDARY, region=Region.SOUTH, phone="000 - 000 00 00"))
    year = SchoolYear(label="2027-2028", starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31))
    leaders = [Staff(code=f"m{n}", given_name=f"Mentor{n}", surname="Jansen", email=f"m{n}@example.org")
               for n in range(CLASSES)]  # fmt: skip
    db.session.add_all([year, *leaders])
    db.session.flush()
    groups = [ClassGroup(year_id=year.id, name=f"{n + 1}a") for n in range(CLASSES)]
    for leader, group in zip(leaders, groups, strict=True):
        leader.roles = [StaffMemberRole(role=StaffRole.LEADER)]
        group.leaders = [ClassLeader(staff_id=leader.id)]
    found = Round(
        year_id=year.id, kind=RoundKind.START_CONVERSATION, name="Startgesprekken", created_at=NOW,
        starts_on=date(2027, 8, 25), ends_on=date(2027, 9, 19),
    )  # fmt: skip
    db.session.add_all([found, *groups])
    db.session.flush()
    found.classes = [RoundClass(class_id=group.id) for group in groups]
    db.session.add_all(LeaderOpening(round_id=found.id, leader_id=leader.id, opened_at=NOW) for leader in leaders)
    length = timedelta(minutes=20)
    db.session.add_all(
        Slot(round_id=found.id, leader_id=leader.id, starts_at=FIRST + day + n * length,
             ends_at=FIRST + day + (n + 1) * length, room=f"lokaal {leader.code}")
        for leader in leaders for day in (timedelta(0), timedelta(days=2)) for n in range(SLOTS // 2)
    )  # fmt: skip
    db.session.commit()
    return year, found, leaders, groups


def _families(year: SchoolYear, found: Round, leaders: list[Staff], groups: list[ClassGroup]) -> list[int]:
    """Every pupil has two guardians and a talk; the first three pupils, of three classes, are one family's."""
    first: list[int] = []
    homes: dict[int, tuple[Household, list[Guardian]]] = {}
    for number in range(CLASSES * PUPILS):
        place, row = number % CLASSES, number // CLASSES
        pupil = Pupil(number=f"{number:06}", given_name=f"Kind{number}", surname="Bakker", birth_date=date(2013, 5, 4))
        family = 0 if number < 3 else number
        if family not in homes:
            guardians = [Guardian(external_id=f"{family}-{n}", given_name=f"Ouder{n}", surname="Bakker",
                                  email=f"ouder{family}-{n}@example.org") for n in (1, 2)]  # fmt: skip
            homes[family] = (Household(key=f"{family:064}"), guardians)
        household, guardians = homes[family]
        db.session.add_all([pupil, household, *guardians])
        db.session.flush()
        ties = [Guardianship(pupil_id=pupil.id, guardian_id=who.id, household_id=household.id, position=position,
                             authority=Authority.YES) for position, who in enumerate(guardians, 1)]  # fmt: skip
        enrolment = Enrolment(pupil_id=pupil.id, year_id=year.id, class_id=groups[place].id)
        slot = db.session.query(Slot).filter_by(leader_id=leaders[place].id, booking_id=None).order_by(Slot.id)
        chosen = slot.offset(place if number < 3 else 0).first()
        assert chosen
        booking = Booking(
            round_id=found.id, pupil_id=pupil.id, household_id=household.id, leader_id=leaders[place].id,
            starts_at=chosen.starts_at, ends_at=chosen.ends_at, room=chosen.room, status=BookingStatus.INVITED,
            origin=BookingOrigin.ROSTER, ical_uid=f"b-{number}@example.org", ical_stamp=NOW,
        )  # fmt: skip
        db.session.add_all([*ties, enrolment, booking])
        db.session.flush()
        chosen.booking_id = booking.id
        first += [pupil.id] if row == 0 and number < 3 else []
    db.session.commit()
    return first


def _visits(mother: Guardian, leader: Staff, year: SchoolYear) -> list[str]:
    keys = [new_secret(), new_secret()]
    link = AccessLink(
        token_hash=new_secret().hash, kind=HolderKind.GUARDIAN, guardian_id=mother.id, year_id=year.id, created_at=NOW,
        expires_at=NOW + timedelta(days=99),
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    until = {"started_at": NOW, "expires_at": NOW + timedelta(days=1)}
    db.session.add(Visit(key_hash=hash_of(keys[0].token), link_id=link.id, **until))
    db.session.add(Visit(key_hash=hash_of(keys[1].token), staff_id=leader.id, **until))
    db.session.commit()
    return [key.token for key in keys]


def _client(app: Flask, name: str, key: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as kept:
        kept[name] = key
    return client


@contextmanager
def counting(app: Flask) -> Iterator[list[int]]:
    """How many statements the database was given."""
    count = [0]

    def one_more(*_: Any) -> None:
        count[0] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", one_more)
    yield count
    event.remove(engine, "before_cursor_execute", one_more)


@contextmanager
def rendering(app: Flask) -> Iterator[list[tuple[Any, dict[str, Any]]]]:
    """Which template a page used, with which facts."""
    seen: list[tuple[Any, dict[str, Any]]] = []

    def remember(_sender: Any, template: Any, context: dict[str, Any], **_more: Any) -> None:
        seen.append((template, context))

    with template_rendered.connected_to(remember, app):
        yield seen


def _in_same_request(template: Any, context: dict[str, Any]) -> Callable[[], str]:
    facts = context | {"g": g._get_current_object()}  # type: ignore[attr-defined]
    return lambda: str(template.render(facts))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
