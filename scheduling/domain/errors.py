"""Every way to say no.

    Refused                 a wish that cannot be granted; carries the facts that explain it
    ├── NotFound            there is no such thing, or it is not yours: the two are never told apart
    ├── Invalid             what was typed does not make sense; says which field
    ├── Conflict            it was possible a moment ago; somebody or something was first
    └── Unavailable         the database cannot be reached or written to; nothing was saved

The sentence for each stands in `wording/errors.py`, once, for pages and commands alike.
"""


class Refused(Exception):
    """A wish that cannot be granted."""


class NotFound(Refused):
    """There is no such thing, or it belongs to somebody else."""


class Invalid(Refused):
    """What was typed does not make sense. `field` names where."""

    field: str | None = None


class Conflict(Refused):
    """It was possible a moment ago."""


class Unavailable(Refused):
    """The database cannot be reached or written to; nothing was saved."""
