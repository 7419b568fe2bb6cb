"""A race over real HTTP: many parents open their own link, see a time free, and press at the same moment."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from scheduling.domain.links import HolderKind, new_secret
from scheduling.domain.people import Authority
from scheduling.domain.rounds import RoundMode
from scheduling.models import AccessLink, Enrolment, Guardian, Guardianship, Household, Pupil, Slot, db
from tests.builders import a_class, a_leader, a_round, a_school, a_year, some_slots

HERE = Path(__file__).parents[2]
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
WORKERS = 4


@dataclass(frozen=True)
class Parent:
    """One family: its link, its child, and the time it wants."""

    token: str
    pupil_id: int
    slot_id: int


@dataclass(frozen=True)
class Answer:
    """What one parent got, and after how many seconds."""

    status: int
    page: str
    seconds: float


@dataclass(frozen=True)
class Start:
    """Everything the race needs to know."""

    round_id: int
    parents: list[Parent]
    slots: list[int]


def line_up(app: Flask, *, parents: int, slots: int) -> Start:
    """A class with one leader, so many free times and so many families; every time is wanted by several."""
    with app.app_context():
        a_school()
        year = a_year()
        anna = a_leader("anna")
        three = a_class("3", leaders=[anna])
        found = a_round(classes=[three], mode=RoundMode.PICK, max_in_a_row=0)
        first = (datetime.now(UTC) + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)
        free = [slot.id for slot in some_slots(found, anna, count=slots, first=first)]
        secrets = [new_secret() for _ in range(parents)]
        people = [(Pupil(number=f"r{n}", given_name=f"Kind{n}"), Household(key=f"{n:064}"),
                   Guardian(external_id=f"r{n}", given_name=f"Ouder{n}", email=f"ouder{n}@example.org"))
                  for n in range(parents)]  # fmt: skip
        db.session.add_all(row for trio in people for row in trio)
        db.session.flush()
        for secret, (pupil, household, guardian) in zip(secrets, people, strict=True):
            db.session.add_all([
                Enrolment(pupil_id=pupil.id, year_id=year.id, class_id=three.id),
                Guardianship(pupil_id=pupil.id, guardian_id=guardian.id, household_id=household.id,
                             authority=Authority.YES),
                AccessLink(token_hash=secret.hash, kind=HolderKind.GUARDIAN, guardian_id=guardian.id, year_id=year.id,
                           created_at=first, expires_at=first + timedelta(days=30)),
            ])  # fmt: skip
        db.session.commit()
        lined_up = [
            Parent(secret.token, pupil.id, free[n % slots])
            for n, (secret, (pupil, _, _)) in enumerate(zip(secrets, people, strict=True))
        ]
        assert db.session.query(Slot).count() == slots
        start = Start(found.id, lined_up, free)
        db.session.remove()
        db.engine.dispose()
        return start


@contextmanager
def serving(
    app: Flask, folder: Path, module: str = "tests.concurrency.server", *, workers: int = WORKERS, threads: int = 2
) -> Iterator[int]:
    """The app in several processes on a port of its own."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        settings = {key: str(app.config[key]) for key in ("DATABASE_URL", "SECRET_KEY", "DRIEHOEK_ENV")}
        environment = os.environ | settings | {"BASE_URL": "http://127.0.0.1", "RACE_INSTANCE": str(folder)}
        command = [
            sys.executable, "-m", "gunicorn", "--bind", f"fd://{listening.fileno()}", "--workers", str(workers),
            "--worker-class", "gthread", "--threads", str(threads), "--no-control-socket", "--log-level", "error",
            "--timeout", "120", f"{module}:app",
        ]  # fmt: skip
        log = (folder / "server.log").open("w")
        server = subprocess.Popen(
            command, cwd=HERE, env=environment, pass_fds=[listening.fileno()], stdout=log, stderr=subprocess.STDOUT
        )
        port = listening.getsockname()[1]
        try:
            _await_health(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=30)
            log.close()


def run(port: int, start: Start) -> list[Answer]:
    """Everybody has the page with the last question open; then everybody presses."""
    answers: list[Answer | None] = [None] * len(start.parents)
    gate = threading.Barrier(len(start.parents))
    at_the_door = threading.Semaphore(8)  # coming in is no part of the race

    def be(place: int, parent: Parent) -> None:
        browser = Browser(port)
        with at_the_door:
            address = f"/family/talks/{start.round_id}/{parent.pupil_id}/time/{parent.slot_id}"
            browser.comes_by_link(parent.token)
            status, page = browser.ask("GET", address)
            assert status == 200, page
        gate.wait(timeout=240)
        answers[place] = browser.presses(address, token_of(page))

    threads = [threading.Thread(target=be, args=item) for item in enumerate(start.parents)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=280)
    found = [answer for answer in answers if answer is not None]
    assert len(found) == len(start.parents), "somebody got no answer"
    return found


class Browser:
    """The least of a browser: one cookie, and forms."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookie = ""

    def comes_by_link(self, token: str) -> None:
        """Open the personal link and press its button."""
        status, page = self.ask("GET", f"/g/{token}")
        assert status == 200, page
        status, page = self.ask("POST", f"/g/{token}", csrf_token=token_of(page))
        assert status == 303, page

    def presses(self, address: str, token: str, **fields: str) -> Answer:
        """Send a form, and keep the time."""
        began = time.perf_counter()
        status, page = self.ask("POST", address, csrf_token=token, **fields)
        return Answer(status, page, time.perf_counter() - began)

    def ask(self, method: str, address: str, **fields: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, address, urlencode(fields) if method == "POST" else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = cookie.partition(";")[0]
        connection.close()
        return answer.status, page


def token_of(page: str) -> str:
    """The CSRF token of the last form on a page."""
    found = TOKEN.findall(page)
    assert found, page
    return str(found[-1])


def _await_health(port: int) -> None:
    for _ in range(300):
        try:
            if Browser(port).ask("GET", "/health")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the server did not start")
