"""All sentences of refusal together: importing this module makes every one of them known."""

from scheduling.wording import bookings, hours, imports, plans, rounds, school, staff, topics, years
from scheduling.wording.errors import SENTENCES, sentence

__all__ = ["SENTENCES", "bookings", "hours", "imports", "plans", "rounds", "school", "sentence", "staff", "topics", "years"]
