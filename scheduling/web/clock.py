"""What time it is, asked once at the door."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
