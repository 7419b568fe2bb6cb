"""Players: processes of their own, each with the app on the same database, that act at the same moment."""

import importlib
import logging
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from flask import Flask

from app import create_app
from scheduling.domain.errors import Refused
from scheduling.models import db

KEPT = ("DATABASE_URL", "SECRET_KEY", "DRIEHOEK_ENV", "BASE_URL")
HEAD_START = 0.004
"""So many seconds after they heard what to do, everybody begins."""
OK = "ok"

Prepare = Callable[[Flask], None]


@dataclass(frozen=True)
class Act:
    """One call of a service, `swaps.accept`, or of a whole story of ours, `tests.…`, and what it is given.

    `after`: so many seconds later than the others.
    """

    service: str
    given: dict[str, Any]
    after: float = 0.0

    def do(self) -> None:
        module, _, name = self.service.rpartition(".")
        home = module if module.startswith("tests.") else f"scheduling.services.{module}"
        getattr(importlib.import_module(home), name)(**self.given)


class Players:
    """So many processes. `act` lets each do one thing at the same moment, and says what each was refused with."""

    def __init__(self, lines: Sequence[Connection]) -> None:
        self.lines = lines

    def act(self, *acts: Act) -> tuple[str, ...]:
        begin = time.monotonic() + HEAD_START
        playing = self.lines[: len(acts)]
        for line, act in zip(playing, acts, strict=True):
            line.send(([act], begin))
        return tuple(line.recv()[0] for line in playing)

    def play(self, *scripts: Sequence[Act]) -> list[list[str]]:
        """Each does a whole list of things, one after the other; all begin at the same moment."""
        begin = time.monotonic() + HEAD_START
        playing = self.lines[: len(scripts)]
        for line, script in zip(playing, scripts, strict=True):
            line.send((list(script), begin))
        return [line.recv() for line in playing]


@contextmanager
def playing(app: Flask, count: int, prepare: Prepare | None = None) -> Iterator[Players]:
    """So many processes on this app's database; `prepare` changes each of them beforehand."""
    spawn = multiprocessing.get_context("spawn")
    settings = {name: str(app.config[name]) for name in KEPT} | {"INSTANCE_PATH": app.instance_path}
    pairs = [spawn.Pipe() for _ in range(count)]
    players = [spawn.Process(target=_play, args=(settings, theirs, prepare), daemon=True) for _, theirs in pairs]
    lines = [ours for ours, _ in pairs]
    with app.app_context():
        db.session.remove()
    for player, (_, theirs) in zip(players, pairs, strict=True):
        player.start()
        theirs.close()  # so that a player that dies is not waited for
    try:
        for line in lines:
            assert line.recv() == "here"
        yield Players(lines)
    finally:
        for line in lines:
            with suppress(OSError):
                line.send(None)
        for player in players:
            player.join(timeout=30)
            player.kill()
            player.join()
            player.close()
        for line in lines:
            line.close()


def _play(settings: dict[str, str], line: Connection, prepare: Prepare | None) -> None:
    logging.disable(logging.CRITICAL)
    app = create_app(settings)
    if prepare:
        prepare(app)
    line.send("here")
    while (told := line.recv()) is not None:
        acts, begin = told
        line.send([_do(app, act, begin) for act in acts])


def _do(app: Flask, act: Act, begin: float) -> str:
    with app.app_context():
        time.sleep(max(0.0, begin + act.after - time.monotonic()))
        try:
            act.do()
        except Refused as refusal:
            return type(refusal).__name__
        except Exception as error:
            return f"{type(error).__name__}: {error}"[:400]
        finally:
            db.session.remove()
    return OK
