"""All sentences of refusal together: importing this module makes every one of them known."""

from scheduling.wording import bookings, plans, school, staff, years
from scheduling.wording.errors import SENTENCES, sentence

__all__ = ["SENTENCES", "bookings", "plans", "school", "sentence", "staff", "years"]
