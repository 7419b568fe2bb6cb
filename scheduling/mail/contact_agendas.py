"""A moment of contact in a calendar: of a day and time, or some day of a week or a month."""

from datetime import datetime

from flask_babel import gettext as _

from scheduling.domain.plans import ContactForm
from scheduling.domain.timeslots import Span
from scheduling.domain.years import Period
from scheduling.mail.calendar import Entry, WholeDays
from scheduling.queries.plans import DatedMoment
from scheduling.wording.plans import form_name

AT_SCHOOL = (ContactForm.SCHOOL_VISIT_DAY, ContactForm.SCHOOL_VISIT_EVENING)


def contact_entry(dated: DatedMoment, summary: str, location: str = "") -> Entry | WholeDays:
    """Without a time it hinders nothing on its days. Never what it is for: calendars are shared."""
    return days_entry(dated.uid, dated.sequence, dated.stamp, dated.days, dated.span, summary, location)


def days_entry(
    uid: str, sequence: int, stamp: datetime, days: Period, span: Span | None, summary: str, location: str
) -> Entry | WholeDays:
    """The same, by its parts."""
    if span is None:
        return WholeDays(uid, sequence, stamp, days.starts_on, days.ends_on, summary)
    return Entry(uid, sequence, stamp, span.starts_at, span.ends_at, summary, location=location)


def family_summary(form: ContactForm | None, school: str) -> str:
    """As a family's calendar calls it: no child's name."""
    how = form_name(form) if form else _("Contact")
    return str(_("%(kind)s – %(school)s", kind=how, school=school))


def place_of(form: ContactForm | None, school: str, address: str) -> str:
    """Where, if that is at school."""
    return ", ".join(part for part in (school, address) if part) if form in AT_SCHOOL else ""
