"""The school's year as a calendar: in a colleague's feed, as a file of the office, and for everybody."""

from collections.abc import Iterable

from flask_babel import gettext as _

from scheduling.domain.people import Sector
from scheduling.domain.timeslots import moment_at
from scheduling.mail.calendar import Entry, WholeDays, feed
from scheduling.queries.year_plans import CalendarMoment
from scheduling.wording.sentences import at_start
from scheduling.wording.year_plans import groups_text, title


def year_calendar(moments: Iterable[CalendarMoment], *, school: str, sector: Sector, public: bool) -> bytes:
    """The bytes of a year: days, hours and classes; to everybody no places, and never a name of somebody."""
    entries = [year_entry(moment, sector, "" if public else school) for moment in moments]
    return feed(entries, name=_("Het jaar van %(school)s", school=school), public=public)


def year_entry(moment: CalendarMoment, sector: Sector, school: str) -> Entry | WholeDays:
    """One moment; without a school to be at no place is told."""
    row = moment.planned
    summary = title(row.kind, moment.group_names, sector)
    about = at_start(groups_text(moment.group_names, sector)) if len(moment.group_names) > 1 else ""
    if row.begins is None or row.ends is None:
        return WholeDays(
            moment.uid, moment.sequence, moment.stamp, row.day, row.until or row.day, summary, about
        )  # fmt: skip
    return Entry(
        uid=moment.uid, sequence=moment.sequence, stamp=moment.stamp, summary=summary, description=about,
        starts_at=moment_at(row.day, row.begins), ends_at=moment_at(row.day, row.ends),
        location=", ".join(part for part in (row.place, school) if part) if school else "",
    )  # fmt: skip
