"""A real mail server on loopback that plays the roles a relay can play; the role is the address's local part.

perm → 550 · full → 452 · temp → 451 · slow432 → 432 · blocked → 554 5.7.1 · drop → hangs up at DATA · lost → takes the
letter and hangs up without a word · late → says nothing after the letter
"""

import asyncio
import email.policy
import os
import signal
import socket
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailroom:
    """What the relay accepted, and how it answers."""

    def __init__(self) -> None:
        self.accepted: list[tuple[str, bytes]] = []
        self.refuse_sender = ""
        self.at_data: Callable[[str], None] = lambda _to: None
        self.victim: int | None = None
        self.killed_at: dict[str, tuple[int, ...]] = {}
        self.wait_for = 0
        self._recipients = 0
        self._senders: set[int] = set()

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """With `wait_for` nobody goes on until so many have come to the counter."""
        self._senders.add(id(session))
        while len(self._senders) < self.wait_for:
            await asyncio.sleep(0.01)
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = {
            "perm": "550 5.1.1 No such user here",
            "full": "452 4.2.2 Mailbox full",
            "temp": "451 4.3.0 Try again later",
            "slow432": "432 4.3.2 Concurrent connection limit exceeded",
        }
        role = address.split("@")[0]
        self._recipients += 1
        await self._kill("recipient", self._recipients)
        if role not in answers:
            envelope.rcpt_tos.append(address)
        return answers.get(role, "250 OK")

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        (to,) = envelope.rcpt_tos
        role = to.split("@")[0]
        self.at_data(to)
        if role == "blocked":
            return "554 5.7.1 Rejected by policy"
        if role == "drop":
            server.transport.abort()
            return "250 never heard"
        self.accepted.append((to, bytes(envelope.content or b"")))
        if role == "lost":
            server.transport.abort()
        if role == "late":
            await asyncio.sleep(3)
        await self._kill("dot", len(self.accepted))
        return "250 OK"

    async def _kill(self, moment: str, number: int) -> None:
        """The worker dies here, before it hears our answer."""
        if number in self.killed_at.get(moment, ()) and self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            await asyncio.sleep(0.3)

    @property
    def letters(self) -> list[EmailMessage]:
        return self.since(0)

    def since(self, number: int) -> list[EmailMessage]:
        """The letters after the first so many."""
        parser = BytesParser(policy=email.policy.default)
        return [parser.parsebytes(data) for _, data in self.accepted[number:]]  # type: ignore[misc]

    @property
    def addresses(self) -> list[str]:
        return [to for to, _ in self.accepted]


class OnSocket(Controller):
    """A controller on a socket that is bound already: no port is ever taken twice."""

    def __init__(self, handler: Mailroom, **options: Any) -> None:
        self._bound = socket.create_server(("127.0.0.1", 0))
        super().__init__(handler, hostname="127.0.0.1", port=self._bound.getsockname()[1], **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._bound, ssl=self.ssl_context)


class LocalRelay:
    """The server, on a free port of this machine."""

    def __init__(self, **options: Any) -> None:
        self.mailroom = Mailroom()
        self._controller = OnSocket(self.mailroom, **options)

    def __enter__(self) -> "LocalRelay":
        self._controller.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return int(self._controller.port)

    @property
    def settings(self) -> dict[str, Any]:
        return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": self.port}
