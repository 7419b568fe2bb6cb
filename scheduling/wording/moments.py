"""Words for moments of contact: "in de week na het eerste rapport", and what is worth saying about them."""

from datetime import date

from flask_babel import gettext as _

from scheduling.domain.moments import (
    Anchor,
    MomentIncomplete,
    MomentKind,
    MomentLength,
    MomentOutsideYear,
    Remark,
    Resolved,
    Timing,
    What,
)
from scheduling.domain.timeslots import moment_at
from scheduling.wording.dates import day_and_hour, day_long, month_name, period_text
from scheduling.wording.errors import says

SOME_YEAR = 2027
"""Any: names of months are the same in every year."""


def anchor_name(anchor: Anchor) -> str:
    """ "het eerste rapport"."""
    return {
        Anchor.YEAR_START: _("de eerste schooldag"),
        Anchor.AUTUMN_HOLIDAY: _("de herfstvakantie"),
        Anchor.REPORT_1: _("het eerste rapport"),
        Anchor.CHRISTMAS_HOLIDAY: _("de kerstvakantie"),
        Anchor.SPRING_HOLIDAY: _("de voorjaarsvakantie"),
        Anchor.REPORT_2: _("het tweede rapport"),
        Anchor.MAY_HOLIDAY: _("de vakantie in het voorjaar, rond mei"),
    }[anchor]


def moment_kind_name(kind: MomentKind) -> str:
    """The ways to say when, as a heading of choices."""
    return {
        MomentKind.FIXED: _("Op een dag en tijd"),
        MomentKind.WEEK_AFTER: _("In de week na"),
        MomentKind.RIGHT_AFTER: _("Kort na"),
        MomentKind.IN_MONTH: _("In een maand"),
        MomentKind.MONTH_BEGIN: _("Aan het begin van een maand"),
        MomentKind.ON_DEMAND: _("Als iemand erom vraagt"),
    }[kind]


def when_said(timing: Timing) -> str:
    """As people say it: "in de week na het eerste rapport"."""
    if timing.kind is MomentKind.FIXED and timing.day and timing.begins:
        return day_and_hour(moment_at(timing.day, timing.begins))
    if timing.anchor:
        name = anchor_name(timing.anchor)
        after = timing.kind is MomentKind.WEEK_AFTER
        return _("in de week na %(what)s", what=name) if after else _("kort na %(what)s", what=name)
    if timing.month:
        month = month_name(date(SOME_YEAR, timing.month, 1))
        begins = timing.kind is MomentKind.MONTH_BEGIN
        return _("begin %(month)s", month=month) if begins else _("in %(month)s", month=month)
    return _("als iemand erom vraagt")


def days_said(found: Resolved) -> str:
    """On which days that is, where what was said does not say so itself."""
    if found.days is None or found.timing.kind is MomentKind.FIXED:
        return ""
    return period_text(found.days)


def remark_said(remark: Remark, all_: tuple[Resolved, ...]) -> str:
    """What the calendar has to say about a moment; it stays where it is."""
    if remark.what is What.UNKNOWN:
        return _("De datum is nog niet bekend.")
    if remark.what is What.FREE:
        return _("Dan is er geen school.")
    if remark.what is What.PARTLY_FREE:
        return _("Hier valt een vrije dag in.")
    if remark.other is None:
        return _("Op die tijd staat al iets anders.")
    other = when_said(all_[remark.other].timing)
    if remark.what is What.CLASH:
        return _("Dit is tegelijk met een ander moment: %(other)s.", other=other)
    return _("Dit kan in dezelfde week vallen als een ander moment: %(other)s.", other=other)


@says(MomentIncomplete)
def _moment_incomplete(error: MomentIncomplete) -> str:
    return {
        "anchor": _("Kies waarna dit moment komt."),
        "month": _("Kies in welke maand dit moment is."),
        "day": _("Kies op welke dag dit moment is."),
        "begins": _("Kies hoe laat dit moment begint."),
    }[error.missing]


@says(MomentOutsideYear)
def _moment_outside_year(error: MomentOutsideYear) -> str:
    return _("%(day)s valt niet in dit schooljaar. Kies een andere dag.", day=day_long(error.day, year=True))


@says(MomentLength)
def _moment_length(_error: MomentLength) -> str:
    return _("Kies hoe lang dit moment duurt, van 5 minuten tot 3 uur.")
