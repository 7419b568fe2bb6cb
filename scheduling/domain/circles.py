"""The parent circle: which class is represented, and by whom. What is said there, is written down nowhere."""

from scheduling.domain.errors import Conflict, Invalid, NotFound


class NoSuchCircle(NotFound):
    """This is no parent circle."""


class NotAParentHere(Invalid):
    """Whoever represents a class has a child in it."""

    def __init__(self, class_id: int, class_name: str, parent: str) -> None:
        super().__init__(class_id, class_name, parent)
        self.field = f"class-{class_id}"
        self.class_name, self.parent = class_name, parent


class NobodyToAsk(Conflict):
    """Every class has somebody, or was asked today."""
