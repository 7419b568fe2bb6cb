"""1,200 letters: how long writing, building and sending take, beside the same letter built without Driehoek.

python -m benchmarks.letters [--letters 1200]

A round of so many talks is invited at once, and one worker sends everything over SMTP to a server on this machine. The
table sets beside it what the standard library and icalendar need for a letter of the same size, and what the bare wire
costs: the same bytes through smtplib, without a database.
"""

import argparse
import smtplib
import socket
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from app import create_app
from benchmarks.bare_letter import bare_letter
from scheduling import jobs
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.mail.delivery import envelope_of, way_of
from scheduling.mail.letters import write
from scheduling.mail.message import build
from scheduling.models import (
    Booking,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    LeaderOpening,
    Outbox,
    Pupil,
    Slot,
    db,
    schema,
)
from scheduling.queries.letters import find_letter
from scheduling.services import mailings
from tests.builders import NOW, TUESDAY, a_class, a_leader, a_round, a_school, a_year

A_CLASS = 30
SAMPLE = 200


class Sink:
    """A mail server that takes everything and keeps only the count and the size."""

    def __init__(self) -> None:
        self.letters, self.size = 0, 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.letters, self.size = self.letters + 1, self.size + len(envelope.content)
        return "250 OK"


@contextmanager
def sink() -> Iterator[tuple[Sink, int]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    counted = Sink()
    controller = Controller(counted, hostname="127.0.0.1", port=port)
    controller.start()
    yield counted, port
    controller.stop()


def a_school_of(letters: int) -> int:
    """A round with so many talks, each with one guardian; the id of the round."""
    a_school()
    year = a_year()
    groups = []
    for number in range(-(-letters // A_CLASS)):
        leader = a_leader(f"leider{number:02}")
        groups.append((a_class(f"klas {number:02}", leaders=[leader], year=year), leader))
    found = a_round(classes=[group for group, _ in groups])
    for number in range(letters):
        group, leader = groups[number // A_CLASS]
        starts = TUESDAY + timedelta(minutes=20 * (number % A_CLASS))
        pupil = Pupil(number=f"{number:06}", given_name=f"Kind{number}", surname="Jansen")
        guardian = Guardian(external_id=f"o{number}", given_name="Ouder", surname=f"Van {number}",
                            email=f"ouder{number}@ouders.example.org")  # fmt: skip
        home = Household(key=f"{number:064}")
        db.session.add_all([pupil, guardian, home])
        db.session.flush()
        times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=20)}
        booking = Booking(
            round_id=found.id, pupil_id=pupil.id, leader_id=leader.id, room="lokaal 3", status="invited",
            origin="roster", ical_uid=f"b-{number}@localhost", ical_stamp=NOW, **times,
        )  # fmt: skip
        db.session.add(booking)
        db.session.flush()
        db.session.add_all([
            Enrolment(pupil_id=pupil.id, year_id=year.id, class_id=group.id),
            Guardianship(pupil_id=pupil.id, guardian_id=guardian.id, household_id=home.id, authority="yes"),
            Slot(round_id=found.id, leader_id=leader.id, booking_id=booking.id, **times),
        ])  # fmt: skip
    db.session.add_all([LeaderOpening(round_id=found.id, leader_id=one.id, opened_at=NOW) for _, one in groups])
    db.session.commit()
    return found.id


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = work()
    return time.perf_counter() - begun, answer


def each(count: int, work: Callable[[int], Any]) -> float:
    """The median of so many turns, in milliseconds."""
    return statistics.median(timed(lambda number=number: work(number))[0] for number in range(count)) * 1000


def measure(letters: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sink() as (counted, port):
        app = create_app({
            "INSTANCE_PATH": str(Path(folder) / "instance"), "DATABASE_URL": f"sqlite:///{folder}/driehoek.sqlite",
            "SECRET_KEY": "k" * 40, "BASE_URL": "https://ouders.school.example.org", "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": port,
        })  # fmt: skip
        with app.app_context():
            schema.upgrade(db.engine)
            round_id = a_school_of(letters)
            planned, _ = timed(lambda: mailings.send(round_id=round_id, letter=Letter.INVITATION, by=SYSTEM, now=NOW))
            ids = [row.id for row in db.session.query(Outbox.id).limit(SAMPLE)]
            paper = way_of(app).paper
            found = [find_letter(one, NOW) for one in ids]
            facts = each(len(ids), lambda number: find_letter(ids[number], NOW))
            written = each(len(ids), lambda number: write(found[number], token="t" * 43, paper=paper))
            sheets = [write(one, token="t" * 43, paper=paper) for one in found if one]
            built = each(len(ids), lambda number: build(sheets[number], envelope_of(found[number], paper)))
            bare = each(len(ids), bare_letter)
            begun = time.process_time()
            sent, done = timed(lambda: jobs.drain(NOW))
            computing = time.process_time() - begun
            assert done["sent"] == counted.letters == letters
            wire, _ = timed(lambda: over_the_wire(build(sheets[0], envelope_of(found[0], paper)).data, letters, port))
            db.engine.dispose()
    size = counted.size / counted.letters / 1024
    print(f"| {letters:,} letters, one worker, SQLite | |")
    print("|---|---|")
    print(f"| writing the batch into the outbox | {planned:.2f} s |")
    print(f"| sending everything (claim, write, SMTP, record) | {sent:.1f} s, {letters / sent:.0f} a second |")
    print(
        f"| of that computing, the receiving server included | {computing:.1f} s,"
        f" {computing / letters * 1000:.0f} ms a letter |"
    )
    print(f"| one letter: reading its facts | {facts:.1f} ms |")
    print(f"| one letter: writing subject, text, page and calendar | {written:.1f} ms |")
    print(f"| one letter: building the message, and reading it back | {built:.1f} ms |")
    print(f"| the same letter from ready text by the standard library and icalendar alone | {bare:.1f} ms |")
    print(f"| the bare wire: the same bytes {letters:,} times through smtplib | {wire:.1f} s |")
    print(f"| size of one letter | {size:.1f} KB |")


def over_the_wire(data: bytes, letters: int, port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for number in range(letters):
            line.sendmail("kantoor@linde.example.org", f"ouder{number}@ouders.example.org", data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=1200)
    measure(parser.parse_args().letters)
