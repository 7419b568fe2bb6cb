"""Every address of the house, for every kind of person: who may come in, and that looking changes nothing.

A new address without a row in `WHO` fails the build. Everything that is asked for belongs to Layla's family (Sami and
Noor) and to Bas, Sami's leader; the other actors are somebody else.
"""

import hashlib
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from scheduling.models import Base, db
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit

ANYONE = "anyone"
FAMILY = "family"
COLLEAGUE = "colleague"
OFFICE = "office"
LEADER = "leader"
SUPERVISOR = "supervisor"

ACTORS = {
    "stranger": {ANYONE},
    "Layla": {ANYONE, FAMILY, "own family"},
    "Petra": {ANYONE, FAMILY},
    "Bas": {ANYONE, COLLEAGUE, LEADER, "own class"},
    "Karin": {ANYONE, COLLEAGUE, LEADER},
    "office": {ANYONE, COLLEAGUE, OFFICE},
    "director": {ANYONE, COLLEAGUE, OFFICE},
    "supervisor": {ANYONE, COLLEAGUE, SUPERVISOR},
}

WHO: dict[str, str] = {
    "static": ANYONE,
    "health.show": ANYONE,
    "health.robots": ANYONE,
    "language.change": ANYONE,
}
"""Endpoint → who may. "own family" and "own class" are for addresses that name a talk, a pupil or a class."""

NOT_KEPT = {"throttle", "visit"}
"""Counting tries and noticing a visit is no change of anything a school knows."""


@pytest.fixture(scope="module")
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, at_noon: None) -> World:
    with app.app_context():
        return a_world_to_visit()


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_address_has_a_row(app: Flask):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert sorted(endpoints - set(WHO)) == [], "say in WHO who may come in here"
    assert sorted(set(WHO) - endpoints) == [], "these rows name no address any more"


def test_nothing_else_is_open(app: Flask):
    """The list of what a stranger may open, as INTERFACES promises it."""
    open_to_all = sorted(str(rule) for rule in app.url_map.iter_rules() if WHO.get(rule.endpoint) == ANYONE)
    assert open_to_all == OPEN_ADDRESSES


OPEN_ADDRESSES = ["/health", "/language", "/robots.txt", "/static/<path:filename>"]


@pytest.mark.parametrize("actor", ACTORS)
def test_a_page_opens_for_whom_it_is_meant_and_for_nobody_else(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    wrong = []
    for rule in rules(app):
        if "GET" in rule.methods:
            status = visitor.client.get(address(app, rule, world)).status_code
            if is_in(status) != may(rule, actor):
                wrong.append(f"{actor} {rule}: {status}")
    assert wrong == []


@pytest.mark.parametrize("actor", ACTORS)
def test_who_may_not_come_in_changes_nothing_by_posting(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    token = visitor.csrf()
    wrong = []
    for rule in rules(app):
        if "POST" in rule.methods and not may(rule, actor):
            before = content(app)
            answer = visitor.client.post(address(app, rule, world), data={"csrf_token": token})
            if is_in(answer.status_code) or content(app) != before:
                wrong.append(f"{actor} {rule}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("actor", ["Layla", "Bas", "office"])
def test_a_form_from_another_site_changes_nothing(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    before = content(app)
    wrong = [
        str(rule)
        for rule in rules(app)
        if "POST" in rule.methods and visitor.client.post(address(app, rule, world)).status_code < 400
    ]
    assert wrong == []
    assert content(app) == before


@pytest.mark.parametrize("actor", ACTORS)
def test_looking_changes_nothing(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    before, changed = content(app), []
    for rule in rules(app):
        if "GET" in rule.methods:
            for ask in (visitor.client.get, visitor.client.head, visitor.client.options):
                ask(address(app, rule, world)).close()
            changed += [str(rule)] * (content(app) != before)
    assert changed == []


@pytest.mark.parametrize("actor", ACTORS)
def test_what_is_not_there_looks_like_what_is_not_yours(app: Flask, world: World, actor: str):
    visitor = enter(app, world, actor)
    for rule in rules(app):
        if "GET" in rule.methods and rule.arguments and WHO[rule.endpoint].startswith("own"):
            answer = visitor.client.get(address(app, rule, world, missing=True))
            assert not is_in(answer.status_code), f"{actor} {rule}"


def may(rule: Rule, actor: str) -> bool:
    allowed = WHO[rule.endpoint]
    return bool(ACTORS[actor] & set(allowed.split(" or ")))


def is_in(status: int) -> bool:
    """200, or sent on to where the work goes on; not: sent to sign in (303 for strangers), refused, or not found."""
    return status in (200, 304, 409, 422) or status == 302


def enter(app: Flask, world: World, actor: str) -> Visitor:
    people = {
        "Layla": world.layla, "Petra": world.petra, "Bas": world.bas, "Karin": world.karin, "office": world.office,
        "director": world.director, "supervisor": world.supervisor,
    }  # fmt: skip
    visitor = Visitor(app)
    with app.app_context():
        if actor in ("Layla", "Petra"):
            visitor.comes_by_link(db.session.merge(people[actor]))
        elif actor != "stranger":
            visitor.signs_in(db.session.merge(people[actor]))
    return visitor


def address(app: Flask, rule: Rule, world: World, *, missing: bool = False) -> str:
    known = world.arguments()
    values = {name: 987_654 if missing else known.get(name, "unknown") for name in rule.arguments}
    with app.test_request_context():
        from flask import url_for

        return url_for(rule.endpoint, **values)


def content(app: Flask) -> str:
    """A hash of everything the database knows."""
    digest = hashlib.sha256()
    with app.app_context():
        for table in sorted(Base.metadata.tables):
            if table not in NOT_KEPT:
                for row in db.session.execute(text(f'SELECT * FROM "{table}" ORDER BY 1')):
                    digest.update(repr(tuple(row)).encode())
        db.session.rollback()
    return digest.hexdigest()
