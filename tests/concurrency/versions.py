"""Families read their page over HTTP while the office publishes draft after draft: what may they see?

Each family has a child in either class. Round after round a first version gives both a time, the family calls both
off, and a new version gives both a time again. A page is whole when it shows one moment of that story.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import LIVE
from scheduling.models import Booking, db
from scheduling.services import bookings, links, rosters
from scheduling.wording.dates import iso
from tests.builders import a_class, a_guardian, a_leader, a_pupil, a_round, a_school, a_year, some_slots
from tests.concurrency.race import Browser

CARD = re.compile(r'<article class="talk" aria-labelledby="talk-(\d+)-(\d+)-0">(.*?)</article>', re.DOTALL)
TIME = re.compile(r'<p class="when"><time datetime="([^"]+)"')
A_BREATH = 0.02
"""So many seconds a family looks at its page before it asks for it again."""
A_PAGE_AT_MOST = 60
"""So many seconds the slowest machine may take for two pages of every family."""
BETWEEN_PIECES = 3.0
"""So many seconds the twin of the office leaves half a version standing: longer than a page takes."""
CALLED_OFF, TO_CHOOSE = "called off", "to choose"

Cards = dict[tuple[int, int], str]
"""Per round and child what its card says; a child without a card has no talk in that round yet."""


@dataclass
class Family:
    """One home with a child in either class, and every page it got."""

    token: str
    guardian_id: int
    pupil_ids: tuple[int, ...]
    pages: list[str] = field(default_factory=list)


@dataclass
class School:
    round_ids: list[int]
    families: list[Family]


def found(app: Flask, *, rounds: int, families: int) -> School:
    """Two classes with a leader each; every round has slots of its own and is not published yet."""
    with app.app_context():
        a_school()
        a_year()
        now = datetime.now(UTC)
        leaders = [a_leader(code) for code in ("anna", "bas")]
        classes = [a_class(name, leaders=[leader]) for name, leader in zip("34", leaders, strict=True)]
        homes = []
        for number in range(families):
            pupils = [a_pupil(f"Kind{group.name}{number}", group) for group in classes]
            guardian = a_guardian(f"Ouder{number}", *pupils)
            token = links.issue(guardian_id=guardian.id, by=SYSTEM, now=now)
            homes.append(Family(token, guardian.id, tuple(pupil.id for pupil in pupils)))
        first = (now + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)
        round_ids = []
        for number in range(rounds):
            one = a_round(f"Ronde {number}", classes=classes, max_in_a_row=0)
            for leader in leaders:
                some_slots(one, leader, count=2 * families, first=first + timedelta(days=number), opened=False)
            round_ids.append(one.id)
        db.session.remove()
        return School(round_ids, homes)


def publish(round_id: int) -> None:
    """Make a new draft and publish it."""
    now = datetime.now(UTC)
    version_id = rosters.request(round_id=round_id, seconds=2, by=SYSTEM, now=now)
    rosters.run_one(version_id=version_id, worker="office", clock=lambda: now)
    rosters.publish(round_id=round_id, by=SYSTEM, now=now)


def call_all_off(*, round_id: int, homes: list[tuple[int, tuple[int, ...]]]) -> None:
    """Every family calls the talks of both children off."""
    for guardian_id, pupil_ids in homes:
        for pupil_id in pupil_ids:
            call_off(round_id, guardian_id, pupil_id)


def call_off(round_id: int, guardian_id: int, pupil_id: int) -> None:
    live = select(Booking.id).where(
        Booking.round_id == round_id, Booking.pupil_id == pupil_id, Booking.status.in_(LIVE)
    )
    talk_id = db.session.scalars(live).one()
    bookings.cancel(booking_id=talk_id, by=Actor(ActorKind.GUARDIAN, guardian_id), now=datetime.now(UTC))


@contextmanager
def reading(port: int, families: list[Family]) -> Iterator[Callable[[], None]]:
    """Every family has its page before it and asks for it again and again.

    What is given waits until everybody has asked for a page after now, and has it.
    """
    done = threading.Event()
    faults: list[BaseException] = []

    def read(family: Family, browser: Browser) -> None:
        try:
            while not done.is_set():
                status, page = browser.ask("GET", "/family/")
                assert status == 200, page
                family.pages.append(page)
                time.sleep(A_BREATH)
        except BaseException as fault:
            faults.append(fault)

    def everybody_reads() -> None:
        enough = {family.guardian_id: len(family.pages) + 2 for family in families}  # one was perhaps under way
        until = time.monotonic() + A_PAGE_AT_MOST
        while any(len(family.pages) < enough[family.guardian_id] for family in families) and not faults:
            assert time.monotonic() < until, "the families get no page any more"
            time.sleep(A_BREATH)

    readers = []
    for family in families:
        browser = Browser(port)
        browser.comes_by_link(family.token)
        readers.append(threading.Thread(target=read, args=(family, browser)))
    for reader in readers:
        reader.start()
    try:
        yield everybody_reads
    finally:
        done.set()
        for reader in readers:
            reader.join(timeout=60)
    assert not faults, faults


def cards(page: str) -> Cards:
    """What a page says of each talk."""
    said: Cards = {}
    for round_id, pupil_id, text in CARD.findall(page):
        when = TIME.search(text)
        said[int(round_id), int(pupil_id)] = (
            when[1] if when else CALLED_OFF if "Dit gesprek gaat niet door" in text else TO_CHOOSE
        )
    return said


def story(round_ids: list[int], family: Family) -> list[Cards]:
    """Every moment of what this family's talks went through, in order."""
    now: Cards = {}
    moments = [now]
    for round_id in round_ids:
        first, second = (_times(round_id, pupil_ids=family.pupil_ids, version=version) for version in (0, 1))
        now = now | first
        moments.append(now)
        for key in first:
            now = now | {key: CALLED_OFF}
            moments.append(now)
        now = now | second
        moments.append(now)
    return moments


def mixed(families: list[Family], round_ids: list[int]) -> list[str]:
    """The pages that show no moment that ever was, or one from before the moment that this family saw last."""
    faults = []
    for family in families:
        moments, seen = story(round_ids, family), 0
        for page in family.pages:
            said = cards(page)
            later = next((n for n, moment in enumerate(moments) if n >= seen and moment == said), None)
            if later is None:
                faults.append(f"guardian {family.guardian_id} after moment {seen}: {said}")
            else:
                seen = later
    return faults


def seen(families: list[Family]) -> int:
    """How many different moments all families together have seen."""
    return sum(len({tuple(sorted(cards(page).items())) for page in family.pages}) for family in families)


def _times(round_id: int, *, pupil_ids: tuple[int, ...], version: int) -> Cards:
    """When the talks of these children are, in the first or the second version that was published."""
    wanted = select(Booking).where(Booking.round_id == round_id, Booking.pupil_id.in_(pupil_ids)).order_by(Booking.id)
    talks = db.session.scalars(wanted).all()
    assert len(talks) == 2 * len(pupil_ids), "each child got a talk of either version"
    own = {pupil_id: [talk for talk in talks if talk.pupil_id == pupil_id] for pupil_id in pupil_ids}
    return {(round_id, pupil_id): iso(two[version].starts_at) for pupil_id, two in own.items()}


# the twins


def piece_by_piece(_app: Flask) -> None:
    """The office's twin: what is published shows leader by leader."""
    whole = rosters._book

    def book(session: Any, round_id: int, talks: list[Any], now: datetime) -> int:
        booked = 0
        for leader_id in sorted({talk.leader_id for talk in talks}):
            booked += whole(session, round_id, [talk for talk in talks if talk.leader_id == leader_id], now)
            session.commit()
            time.sleep(BETWEEN_PIECES)
            session.connection(execution_options={"writer": True})
        return booked

    rosters._book = book
