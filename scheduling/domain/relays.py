"""The mail relay: what its answers mean, how fast it may be used, when to try again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=30)
GIVE_UP_AFTER = timedelta(hours=48)
TURN = timedelta(seconds=1)
"""How long a worker waits for a free connection before it looks again."""

LEASE = timedelta(minutes=5)
"""A worker of another machine that has not come back after so long has died; on our own machine we look."""

NEEDS_AUTHENTICATION = {530, 534, 535, 538}
SLOW_DOWN = {421, 432, 454}
BROKEN_ADDRESS = {501, 550, 551, 553}
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Stage(StrEnum):
    """How far a conversation with the relay had come."""

    CONNECT = "connect"
    SENDER = "sender"
    RECIPIENT = "recipient"
    DATA = "data"
    DOT = "dot"


class Fate(StrEnum):
    """What becomes of the letter."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    HELD = "held"
    """The relay refuses us, not this letter: everything waits until somebody has mended the settings."""


@dataclass(frozen=True)
class Reply:
    """What the relay said last; `code` None: nothing, the line is dead."""

    stage: Stage
    code: int | None
    text: str = ""
    misconfigured: bool = False


@dataclass(frozen=True)
class Judgement:
    """`slows`: the whole relay rests for a while. `bounced`: this address does not exist."""

    fate: Fate
    slows: bool = False
    bounced: bool = False


def judge(reply: Reply) -> Judgement:
    """What a reply means. Before the final dot everything is safe to repeat; after it silence means: we do not know."""
    enhanced = _enhanced(reply.text)
    if reply.misconfigured:
        return Judgement(Fate.HELD)
    if reply.code is None:
        return Judgement(Fate.UNCERTAIN) if reply.stage is Stage.DOT else Judgement(Fate.RETRY, slows=True)
    if reply.code < 400:
        return Judgement(Fate.SENT) if reply.stage is Stage.DOT else Judgement(Fate.RETRY, slows=True)
    if reply.code < 500:
        slows = reply.code in SLOW_DOWN or enhanced[:2] == (4, 7) or reply.stage is Stage.CONNECT
        return Judgement(Fate.RETRY, slows=slows)
    return _refusal(reply, enhanced)


def _refusal(reply: Reply, enhanced: tuple[int, ...]) -> Judgement:
    if enhanced == (5, 3, 4):
        return Judgement(Fate.FAILED)
    about_us = reply.stage in (Stage.CONNECT, Stage.SENDER)
    if about_us or reply.code in NEEDS_AUTHENTICATION or enhanced[:2] == (5, 7):
        return Judgement(Fate.HELD)
    unknown = enhanced[:2] == (5, 1) or (not enhanced and reply.code in BROKEN_ADDRESS)
    return Judgement(Fate.FAILED, bounced=unknown and reply.stage is Stage.RECIPIENT)


def _enhanced(text: str) -> tuple[int, ...]:
    found = ENHANCED.search(text)
    return tuple(int(part) for part in found.groups()) if found else ()


def pause_after(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many attempts: doubling from half a minute to half an hour; `jitter` from 0 to 1."""
    doubled: timedelta = FIRST_PAUSE * 2 ** max(min(attempts - 1, 10), 0)
    pause = min(doubled, LONGEST_PAUSE)
    return pause + pause * 0.1 * jitter


@dataclass(frozen=True)
class Limits:
    """What the relay allows; 0: no limit."""

    per_minute: int = 0
    per_day: int = 0
    connections: int = 0

    @property
    def burst(self) -> int:
        """So many at once; together with `per_second` never more than `per_minute` in any minute."""
        return max(1, self.per_minute // 30)

    @property
    def per_second(self) -> float:
        return max(self.per_minute - self.burst, 1) / 60

    def minutes_for(self, letters: int) -> int:
        """How long so many letters take at this pace, rounded up."""
        return -(-letters // self.per_minute) if self.per_minute else 0


@dataclass(frozen=True)
class Bucket:
    """What of a relay's limits is left."""

    tokens: float
    filled_at: datetime | None

    def at(self, now: datetime, limits: Limits) -> "Bucket":
        """The bucket refilled up to now."""
        if not limits.per_minute:
            return Bucket(float(limits.burst), now)
        if self.filled_at is None:
            return Bucket(float(limits.burst), now)
        seconds = max((now - self.filled_at).total_seconds(), 0.0)
        return Bucket(min(self.tokens + seconds * limits.per_second, float(limits.burst)), max(now, self.filled_at))

    def next_at(self, now: datetime, limits: Limits) -> datetime:
        """When the next letter may leave."""
        missing = max(1.0 - self.tokens, 0.0)
        return now + timedelta(seconds=missing / limits.per_second)
