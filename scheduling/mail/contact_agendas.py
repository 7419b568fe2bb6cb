"""A moment of contact in a calendar: of a day and time, or some day of a week or a month."""

from scheduling.mail.calendar import Entry, WholeDays
from scheduling.queries.plans import DatedMoment


def contact_entry(dated: DatedMoment, summary: str, location: str = "") -> Entry | WholeDays:
    """Without a time it hinders nothing on its days. Never what it is for: calendars are shared."""
    if dated.span is None:
        return WholeDays(
            dated.uid, dated.sequence, dated.stamp, dated.days.starts_on, dated.days.ends_on, summary
        )  # fmt: skip
    return Entry(
        dated.uid, dated.sequence, dated.stamp, dated.span.starts_at, dated.span.ends_at, summary, location=location
    )
