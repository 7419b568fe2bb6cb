"""The only place that speaks SMTP. It drives DATA itself, to know how far a letter came when something breaks."""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from scheduling.domain.relays import Reply, Stage
from scheduling.mail.message import Ready

TIMEOUT = 30.0
PATIENCE_AT_THE_END = 120.0
"""How long the relay may think about a whole letter before we call it uncertain."""

LETTERS_A_CONNECTION = 100
DATA_GO_AHEAD = 354

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Relay:
    """Where the mail goes out, as the settings say."""

    host: str
    port: int
    use_tls: bool = False
    use_ssl: bool = False
    username: str = ""
    password: str = ""
    timeout: float = TIMEOUT
    patience: float = PATIENCE_AT_THE_END


class Broken(Exception):
    """The conversation ended here, with this reply."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.stage, reply.code)
        self.reply = reply


class Post:
    """One conversation with the relay at a time, used for many letters."""

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self._line: smtplib.SMTP | None = None
        self._sent = 0

    def __enter__(self) -> "Post":
        return self

    def __exit__(self, *_error: object) -> None:
        self.hang_up()

    def deliver(self, letter: Ready, offering: Callable[[], bool]) -> Reply | None:
        """Hand one letter over. `offering` is called when all but the final dot is there, and may still say no: None.

        Whatever happens becomes a reply; nothing is raised but what `offering` raises.
        """
        try:
            line = self._connected()
            self._say(line, Stage.SENDER, lambda: line.mail(letter.sender))
            self._say(line, Stage.RECIPIENT, lambda: line.rcpt(letter.to))
            return self._data(line, letter.data, offering)
        except Broken as broken:
            self._tidy(broken.reply)
            return broken.reply

    def hang_up(self) -> None:
        """End the conversation politely, if there is one."""
        line, self._line, self._sent = self._line, None, 0
        if line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def _connected(self) -> smtplib.SMTP:
        if self._line is not None and self._sent >= LETTERS_A_CONNECTION:
            self.hang_up()
        if self._line is None:
            self._line = self._call()
        self._sent += 1
        return self._line

    def _call(self) -> smtplib.SMTP:
        line: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context()
            if self.relay.use_ssl:
                line = smtplib.SMTP_SSL(self.relay.host, self.relay.port, timeout=self.relay.timeout, context=context)
            else:
                line = smtplib.SMTP(self.relay.host, self.relay.port, timeout=self.relay.timeout)
            if self.relay.use_tls:
                line.starttls(context=context)
            if self.relay.username:
                line.login(self.relay.username, self.relay.password)
            line.ehlo_or_helo_if_needed()
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            _drop(line)
            raise Broken(Reply(Stage.CONNECT, None, str(error), misconfigured=True)) from error
        except smtplib.SMTPResponseException as error:
            _drop(line)
            raise Broken(Reply(Stage.CONNECT, error.smtp_code, _text(error.smtp_error))) from error
        except (OSError, smtplib.SMTPException) as error:
            _drop(line)
            raise Broken(Reply(Stage.CONNECT, None, str(error))) from error
        return line

    def _data(self, line: smtplib.SMTP, data: bytes, offering: Callable[[], bool]) -> Reply | None:
        self._say(line, Stage.DATA, lambda: line.docmd("DATA"), wanted=DATA_GO_AHEAD)
        self._try(Stage.DATA, lambda: line.send(_stuffed(data)))
        if not self._may_finish(offering):
            return None
        if line.sock is not None:
            line.sock.settimeout(self.relay.patience)
        reply = self._try(Stage.DOT, lambda: _finish(line))
        if line.sock is not None:
            line.sock.settimeout(self.relay.timeout)
        return Reply(Stage.DOT, reply[0], _text(reply[1]))

    def _may_finish(self, offering: Callable[[], bool]) -> bool:
        """Ask the last question. If the answer is no, or none comes, the relay never gets the final dot."""
        try:
            yes = offering()
        except BaseException:
            self._drop()
            raise
        if not yes:
            self._drop()
        return yes

    def _say(
        self, line: smtplib.SMTP, stage: Stage, command: Callable[[], tuple[int, bytes]], wanted: int | None = None
    ) -> None:
        code, text = self._try(stage, command)
        right = code == wanted if wanted else 200 <= code < 300
        if not right:
            raise Broken(Reply(stage, code, _text(text)))

    def _try(self, stage: Stage, command: Callable[[], Answer]) -> Answer:
        try:
            return command()
        except (OSError, smtplib.SMTPException) as error:
            raise Broken(Reply(stage, None, str(error))) from error

    def _tidy(self, reply: Reply) -> None:
        """After a refusal the conversation goes on; after silence, or at its door, it is over."""
        if self._line is None:
            return
        if reply.code is None or reply.code == 421 or reply.stage is Stage.DATA:
            self._drop()
            return
        try:
            self._line.rset()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def _drop(self) -> None:
        line, self._line, self._sent = self._line, None, 0
        _drop(line)


def _drop(line: smtplib.SMTP | None) -> None:
    if line is not None:
        line.close()


def _finish(line: smtplib.SMTP) -> tuple[int, bytes]:
    line.send(b".\r\n")
    return line.getreply()


def _stuffed(data: bytes) -> bytes:
    """The letter as DATA wants it: a dot at the start of a line is doubled, the last line ends."""
    stuffed = data.replace(b"\r\n.", b"\r\n..")
    stuffed = b"." + stuffed if stuffed.startswith(b".") else stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _text(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
