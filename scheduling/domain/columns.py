"""Naming the columns of a list that only one school has, and what may be wrong with the names."""

from collections.abc import Sequence

from scheduling.domain.errors import Invalid, NotFound


class NoSuchFile(NotFound):
    """The draft has no such file, or no such row in it."""


class ColumnsMissing(Invalid):
    """Fields without which this kind of list says nothing."""

    def __init__(self, layout: str, fields: Sequence[str]) -> None:
        super().__init__(layout)
        self.layout = layout
        self.fields = tuple(fields)


class ColumnTwice(Invalid):
    """Two columns cannot mean the same field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.name = field


class NoSuchList(Invalid):
    """This kind of list, or this field of it, does not exist."""
