"""A server of one process and four threads, on which the office sends heavy files while others ask for pages."""

import http.client
import secrets
import statistics
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask

from scheduling.domain.people import Sector
from scheduling.domain.years import Region
from scheduling.models import db
from scheduling.services import setup
from tests.concurrency.race import Browser, serving, token_of

OFFICE, PASSWORD = "kantoor@example.org", "een lang wachtwoord"
YEAR = "2027-2028"
PAUSE = 0.05


@dataclass(frozen=True)
class Sent:
    """What the office got back, and how long others waited meanwhile, in seconds."""

    status: int
    page: str
    seconds: float
    waits: tuple[float, ...]

    @property
    def usual_wait(self) -> float:
        return statistics.median(self.waits)


class Office(Browser):
    """The office in a browser, signed in."""

    def signs_in(self) -> None:
        _, page = self.ask("GET", "/staff/sign-in")
        status, answer = self.ask("POST", "/staff/sign-in", csrf_token=token_of(page), email=OFFICE, password=PASSWORD)
        assert status == 303, answer

    def sends(self, files: Mapping[str, bytes]) -> tuple[int, str]:
        """Choose files on the page for it; answers the page where that ends."""
        _, page = self.ask("GET", "/staff/office/imports")
        border = secrets.token_hex(16)
        body = b"".join(
            _part(border, f'name="{name}"', value.encode())
            for name, value in {"csrf_token": token_of(page), "year": YEAR}.items()
        )
        body += b"".join(_part(border, f'name="files"; filename="{name}"', data) for name, data in files.items())
        body += f"--{border}--\r\n".encode()
        return self._post("/staff/office/imports", body, f"multipart/form-data; boundary={border}")

    def _post(self, address: str, body: bytes, kind: str) -> tuple[int, str]:
        """Send a body, and go where the answer leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        connection.request("POST", address, body, {"Cookie": self.cookie, "Content-Type": kind})
        answer = connection.getresponse()
        page, leads_to = answer.read().decode(), answer.headers.get("Location")
        connection.close()
        return self.ask("GET", leads_to) if leads_to else (answer.status, page)


@contextmanager
def office_at_work(app: Flask, folder: Path) -> Iterator["Office"]:
    """A school without people, its server, and its office signed in."""
    with app.app_context():
        setup.set_up(
            school="De Linde", region=Region.MIDDLE, sector=Sector.PRIMARY, year=YEAR, email=OFFICE, password=PASSWORD,
            now=datetime.now(UTC),
        )  # fmt: skip
        db.session.remove()
        db.engine.dispose()
    with serving(app, folder, workers=1, threads=4) as port:
        office = Office(port)
        office.signs_in()
        yield office


def send_while_others_ask(office: Office, files: Mapping[str, bytes]) -> Sent:
    """Send files; until the answer is there somebody else asks for a page again and again."""
    waits: list[float] = []
    done = threading.Event()

    def ask() -> None:
        somebody = Browser(office.port)
        while not done.is_set():
            began = time.perf_counter()
            status, _ = somebody.ask("GET", "/staff/sign-in")
            assert status == 200
            waits.append(time.perf_counter() - began)
            done.wait(PAUSE)

    asking = threading.Thread(target=ask)
    asking.start()
    began = time.perf_counter()
    try:
        status, page = office.sends(files)
    finally:
        seconds = time.perf_counter() - began
        done.set()
        asking.join()
    return Sent(status, page, seconds, tuple(waits))


def _part(border: str, head: str, body: bytes) -> bytes:
    return f"--{border}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"
