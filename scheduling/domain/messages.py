"""A message of a family to who leads the talks of its child: short, and not without end."""

from datetime import timedelta

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.texts import clean

LONGEST = 1500
PER_DAY = 10
A_DAY = timedelta(days=1)


class MessageEmpty(Invalid):
    field = "words"


class MessageTooLong(Invalid):
    field = "words"
    most = LONGEST


class NobodyToWrite(Invalid):
    """This colleague does not lead the talks of this family's child, or has no address."""

    field = "to"


class TooManyMessages(Refused):
    """So many messages in one day that a call is better."""

    most = PER_DAY


def clean_message(words: str) -> str:
    """What was written, without what cannot be seen; refused when there is nothing, or too much."""
    found = clean(words).strip()
    if not found:
        raise MessageEmpty
    if len(found) > LONGEST:
        raise MessageTooLong
    return found
