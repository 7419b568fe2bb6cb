"""How a solver tells how far it is: the phase, the best so far and the proven bound."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

Report = Callable[[str, Any, Any], None]


def silent(phase: str, best: Any, bound: Any) -> None:
    """Say nothing."""


class Clock:
    """Seconds since the start, and whether the limit has passed. Without a limit it never does."""

    def __init__(self, limit: float | None) -> None:
        self.began, self.limit = time.monotonic(), limit

    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    def left(self) -> float | None:
        """Seconds until the limit; None without a limit."""
        return None if self.limit is None else max(0.0, self.limit - self.seconds())

    def is_over(self) -> bool:
        """Whether the limit has passed."""
        return self.limit is not None and self.seconds() >= self.limit


def json_lines(clock: Clock, least: float = 0.2) -> Report:
    """A report in JSON lines on standard error: a new phase at once, further news every `least` seconds."""
    last: dict[str, float] = {}

    def report(phase: str, best: Any, bound: Any) -> None:
        now = clock.seconds()
        if phase != "done" and phase in last and now - last[phase] < least:
            return
        last[phase] = now
        line = {"phase": phase, "best": _finite(best), "bound": _finite(bound), "seconds": round(now, 2)}
        print(json.dumps(line), file=sys.stderr, flush=True)  # noqa: T201 (this is the command's own report)

    return report


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and abs(value) > 1e20 else value
