"""Two acts at the worst of moments: the one has looked and waits until the other is done, or has to wait for it."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from scheduling.domain.errors import Refused
from scheduling.models import Base, db
from scheduling.services.transaction import is_alone, lock
from tests.concurrency.test_leaders_race import at_once

PATIENCE = 2
"""Seconds that who has looked waits for the other, who may be held up until then."""

PATIENCE_UNGUARDED = 30
"""The same where nothing holds the other up: however slow the machine is, the other comes to its end."""


class Pause:
    """After this look of the first one, the second one acts as a whole, if nothing holds it up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, look: str) -> None:
        self.looked, self.done = threading.Event(), threading.Event()
        original = getattr(module, look)

        def look_and_wait(*facts: Any, **more: Any) -> Any:
            found = original(*facts, **more)
            if not self.looked.is_set():
                self.looked.set()
                self.done.wait(PATIENCE)
            return found

        monkeypatch.setattr(module, look, look_and_wait)

    def runs(self, app: Flask, first: Callable[[], object], second: Callable[[], object]) -> list[type[Refused] | None]:
        """What each was refused with."""
        db.session.remove()
        return at_once(app, first, lambda: self._after_the_look(second))

    def _after_the_look(self, second: Callable[[], object]) -> None:
        assert self.looked.wait(20), "the first one never looked"
        try:
            second()
        finally:
            self.done.set()


def holds_nothing(monkeypatch: pytest.MonkeyPatch, module: Any, *models: type[Base]) -> None:
    """The twin: this service goes on without holding these rows (without any named: no row at all)."""

    def hold_the_others(session: Session, model: type[Base], ids: Iterable[int]) -> None:
        if models and model not in models:
            lock(session, model, ids)

    monkeypatch.setattr(module, "lock", hold_the_others)
    has_patience(monkeypatch)


def has_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a twin the other is held up by nothing, but where the database lets only one write at a time."""
    if not is_alone(db.session()):
        monkeypatch.setattr(f"{__name__}.PATIENCE", PATIENCE_UNGUARDED)
