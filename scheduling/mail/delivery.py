"""Claim → write → hand over → record: how the letters that are due leave the house."""

import logging
import os
import random
import secrets
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path

from flask import Flask

from scheduling.domain.errors import Refused
from scheduling.domain.links import Secret, new_secret
from scheduling.domain.mailings import TO_GUESTS, Letter
from scheduling.domain.relays import Fate, Limits, Reply
from scheduling.mail import letters
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper
from scheduling.mail.message import Envelope, Ready, Sheet, build
from scheduling.mail.post import Post, Relay
from scheduling.queries.letters import LetterFacts, find_letter
from scheduling.services import delivery, extra_persons, guests, staff

log = logging.getLogger("scheduling")

AT_A_TIME = 20
LONGEST_WAIT = 5.0
Clock = Callable[[], datetime]
KEEPS_LINK = (
    Letter.SET_PASSWORD, Letter.TRIAL, Letter.ELSEWHERE, Letter.SWAP_NOTICE, Letter.PLAN_NOTICE, Letter.SINGLE_NOTICE,
    Letter.PLAN_MOVED_NOTICE, Letter.CONTACT_LATE, Letter.PLAN_DATES_ELSEWHERE,
    Letter.GATHERING_ELSEWHERE, Letter.CONSULT_ELSEWHERE,
    *TO_GUESTS,
    Letter.MESSAGE, Letter.STAND_IN, Letter.SUPPORT_NOTICE, Letter.EXTRA_NOTICE, Letter.CONTACT_NOTICE,
    Letter.CIRCLE_NOTICE,
)  # fmt: skip
"""Letters without a personal link of a family."""


@dataclass(frozen=True)
class Way:
    """How letters leave: the relay and its limits, what they are written on, and who is doing it."""

    relay: Relay
    limits: Limits
    paper: Paper
    worker: str


def way_of(app: Flask) -> Way:
    """As the settings say; the worker's name is unique on every machine."""
    settings = app.config
    name, address = parseaddr(settings["MAIL_DEFAULT_SENDER"])
    return Way(
        relay=Relay(
            host=settings["MAIL_SERVER"],
            port=settings["MAIL_PORT"],
            use_tls=settings["MAIL_USE_TLS"],
            use_ssl=settings["MAIL_USE_SSL"],
            username=settings["MAIL_USERNAME"],
            password=settings["MAIL_PASSWORD"],
        ),
        limits=Limits(settings["MAIL_PER_MINUTE"], settings["MAIL_PER_DAY"], settings["MAIL_CONNECTIONS"]),
        paper=Paper(Mailbox(name, address), settings["BASE_URL"]),
        worker=f"{_machine()}:{os.getpid()}:{secrets.token_hex(6)}",
    )


def is_gone(worker: str) -> bool:
    """Was this a process of our own machine that is no more? Of other machines we know nothing."""
    machine, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if machine != _machine() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)  # signal 0 only asks whether the process is there
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_defunct(int(number))


def _is_defunct(process: int) -> bool:
    """Dead, but nobody has taken note of it yet (Linux): containers often have nobody who does."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state == "Z"


def _machine() -> str:
    return socket.gethostname()[:40].replace(":", "-")


@dataclass
class Tally:
    """What became of the letters."""

    counts: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, int]:
        names = ("sent", "retried", "failed", "uncertain", "held", "superseded", "suppressed")
        return {name: self.counts[name] for name in names}


NAMES = {
    Fate.SENT: "sent",
    Fate.RETRY: "retried",
    Fate.FAILED: "failed",
    Fate.UNCERTAIN: "uncertain",
    Fate.HELD: "held",
}


def deliver_due(way: Way, clock: Clock, *, stopping: Callable[[], bool] = lambda: False, patient: bool = True) -> Tally:
    """Send everything that is due. `patient`: keep to the relay's pace and go on until nothing is left."""
    tally = Tally()
    _recover(clock, tally)
    extra_persons.arrange_again(clock())
    guests.tell(clock())
    try:
        with Post(way.relay) as post:
            while not stopping():
                claimed = delivery.claim(worker=way.worker, limits=way.limits, most=AT_A_TIME, now=clock())
                if not claimed.ids and (claimed.again_at is None or not patient):
                    break
                if claimed.again_at is not None:
                    _recover(clock, tally)
                    time.sleep(min(max((claimed.again_at - clock()).total_seconds(), 0.01), LONGEST_WAIT))
                _deliver_all(claimed.ids, way, post, clock, tally, stopping)
    finally:
        delivery.release(worker=way.worker, now=clock())
    return tally


def _recover(clock: Clock, tally: Tally) -> None:
    tally.counts["uncertain"] += delivery.recover(clock(), is_gone).uncertain


def _deliver_all(
    ids: Sequence[int], way: Way, post: Post, clock: Clock, tally: Tally, stopping: Callable[[], bool]
) -> None:
    for outbox_id in ids:
        if stopping() or _deliver(outbox_id, way, post, clock, tally):
            delivery.release(worker=way.worker, now=clock())
            return


def _deliver(outbox_id: int, way: Way, post: Post, clock: Clock, tally: Tally) -> bool:
    """Write and hand over one letter; True when the relay wants no more for now."""
    written = _write(outbox_id, way, clock, tally)
    if written is None:
        return False
    facts, secret, ready = written

    def offering() -> bool:
        return delivery.offer(
            outbox_id=outbox_id, worker=way.worker, address=facts.address, digest=ready.digest, link=secret, now=clock()
        )

    return _record(outbox_id, way, post.deliver(ready, offering), clock, tally)


def _write(outbox_id: int, way: Way, clock: Clock, tally: Tally) -> tuple[LetterFacts, Secret | None, Ready] | None:
    """The letter as it stands now, ready for the wire; None if it stays in the house. One bad letter stops no other."""
    try:
        facts = find_letter(outbox_id, clock())
        if facts is None:
            return None
        if facts.stop is not None:
            delivery.stop(outbox_id=outbox_id, worker=way.worker, why=facts.stop, now=clock())
            tally.counts[facts.stop.state.value] += 1
            return None
        secret = new_secret() if _opens_a_page(facts) else None
        token = secret.token if secret else _own_token(facts, clock())
        ready = build(letters.write(facts, token=token, paper=way.paper), envelope_of(facts, way.paper))
        return facts, secret, ready
    except Exception as error:
        if not isinstance(error, Refused):
            log.error("letter not written", exc_info=error)
        delivery.spoil(outbox_id=outbox_id, worker=way.worker, text=f"{type(error).__name__} {error}")
        tally.counts["failed"] += 1
        return None


def _opens_a_page(facts: LetterFacts) -> bool:
    """Does the letter carry a personal link of a family?"""
    nothing_there = facts.word is not None and not facts.word.has_page
    return not (facts.letter in KEEPS_LINK or facts.staff_id or nothing_there)


def _own_token(facts: LetterFacts, now: datetime) -> str:
    """The key of a letter to a colleague; a trial letter has none that opens anything."""
    if facts.letter is Letter.SET_PASSWORD and facts.staff_id is not None:
        return staff.new_password_key(staff_id=facts.staff_id, now=now)
    return letters.NO_LINK


def _record(outbox_id: int, way: Way, reply: Reply | None, clock: Clock, tally: Tally) -> bool:
    if reply is None:
        tally.counts["superseded"] += 1
        return False
    settled = delivery.settle(outbox_id=outbox_id, worker=way.worker, reply=reply, jitter=random.random(), now=clock())
    tally.counts[NAMES[settled.fate]] += 1
    return settled.rests


def envelope_of(facts: LetterFacts, paper: Paper) -> Envelope:
    """From the school to one mailbox; answers go to the school's office, or to the family that wrote."""
    name = paper.sender.name or facts.school.name
    return Envelope(
        sender=Mailbox(name, paper.sender.address),
        to=Mailbox(facts.addressee, facts.address),
        reply_to=(facts.message.reply_to if facts.message else "") or facts.school.email,
        message_id=facts.message_id,
        thread=facts.thread,
        written_at=facts.created_at,
    )


def sheet_of(facts: LetterFacts, way: Way, token: str = letters.NO_LINK) -> Sheet:
    """How this letter reads: for looking at, not for sending."""
    return letters.write(facts, token=token, paper=way.paper)
