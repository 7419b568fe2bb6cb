"""Read one field of a JSON document, and note what is wrong with it instead of stopping."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (evenings are in local time: the distance between two is what counts)
TIME_FORMAT = "%Y-%m-%dT%H:%M"
FIRST_YEAR, LAST_YEAR = "1900", "9000"  # dates that have a day before and after them
DAY = 24 * 60  # minutes
MOST_SLOTS = 288  # a whole day of talks of five minutes
MOST_WEIGHT = 10_000  # of a request or cost: what is proven with heavier ones would suffer from rounding


class BadProblem(ValueError):
    """The problem cannot be solved as it is written; `faults` names everything that is wrong with it."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class Fields:
    """One object of the document, with the place it stands for in messages."""

    def __init__(self, data: object, where: str, faults: list[str]) -> None:
        self.where, self.faults = where, faults
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        if not isinstance(data, dict):
            self.fault("is not an object")

    def fault(self, what: str) -> None:
        """Note one fault at this place."""
        self.faults.append(f"{self.where}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required when there is no default."""
        value = self.data.get(key, default)
        if isinstance(value, str) and (value or default is not None):
            return value
        self.fault(f"'{key}' is missing" if value is None else f"'{key}' is not a text")
        return ""

    def whole(self, key: str, default: int | None = None, least: int = 0, most: int | None = None) -> int:
        """A whole number of at least `least`; required when there is no default."""
        value = self.data.get(key)
        value = default if value is None else value
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            if most is not None and value > most:
                self.fault(f"'{key}' is more than {most}")
                return least
            return value
        self.fault(f"'{key}' is missing" if value is None else f"'{key}' is not a whole number of at least {least}")
        return least

    def switch(self, key: str) -> bool:
        """True or false; absent is false."""
        value = self.data.get(key) or False
        if not isinstance(value, bool):
            self.fault(f"'{key}' is not true or false")
        return bool(value)

    def listed(self, key: str) -> list[Any]:
        """A list; absent is empty."""
        value = self.data.get(key) or []
        if isinstance(value, list):
            return value
        self.fault(f"'{key}' is not a list")
        return []

    def mapped(self, key: str) -> dict[str, Any]:
        """An object used as a dictionary; absent is empty."""
        value = self.data.get(key) or {}
        if isinstance(value, dict):
            return value
        self.fault(f"'{key}' is not an object")
        return {}

    def objects(self, key: str) -> Iterator["Fields"]:
        """The objects of a list, each with its own place: its id when it has one."""
        for index, item in enumerate(self.listed(key)):
            name = item.get("id") if isinstance(item, dict) else None
            suffix = f" ({name})" if isinstance(name, str) else ""
            yield Fields(item, f"{key}[{index}]{suffix}", self.faults)

    def pairs(self, key: str, second: type) -> Iterator[tuple[str, Any]]:
        """The pairs of a list such as `[["e0", 3]]`."""
        for index, item in enumerate(self.listed(key)):
            whole = isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)
            if whole and isinstance(item[1], second) and not isinstance(item[1], bool):
                yield item[0], item[1]
            else:
                self.fault(f"'{key}[{index}]' is not a pair of a text and a {second.__name__}")

    def texts(self, key: str) -> list[str]:
        """The texts of a list."""
        found = [item for item in self.listed(key) if isinstance(item, str)]
        if len(found) != len(self.listed(key)):
            self.fault(f"'{key}' holds something that is not a text")
        return found

    def time(self, value: object, key: str) -> str:
        """A local time such as `2027-08-30T15:00`."""
        if not isinstance(value, str) or not is_time(value):
            self.fault(f"'{key}' is not a local time such as 2027-08-30T15:00: {value!r}")
            return "2000-01-01T00:00"
        return value

    def unique(self, key: str, ids: Iterable[str]) -> set[str]:
        """The ids as a set; a double one is a fault."""
        seen: set[str] = set()
        for name in ids:
            if name in seen:
                self.fault(f"'{key}' has the id {name} twice")
            seen.add(name)
        return seen


@lru_cache(maxsize=8192)
def is_time(text: str) -> bool:
    """Whether the text is a whole minute written the one way we write it."""
    try:
        time = datetime.strptime(text, TIME_FORMAT)  # noqa: DTZ007 (local on purpose)
        return time.strftime(TIME_FORMAT) == text and FIRST_YEAR <= text < LAST_YEAR
    except ValueError:
        return False


@lru_cache(maxsize=8192)
def minute(text: str) -> int:
    """A local time as minutes since 2000, so that distances are subtractions."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(minutes=1)


def overlaps(items: Iterable[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """Pairs of neighbours that overlap among (start, end, name)."""
    ordered = sorted(items)
    return [(a[2], b[2]) for a, b in pairwise(ordered) if b[0] < a[1]]
