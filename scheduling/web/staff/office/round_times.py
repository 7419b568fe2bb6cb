"""The times of the leaders of a round: as a file, or typed in a week grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.hours import FileUnreadable, Hours, HoursRefused, RoundWarning, SlotsHeld, SlotTime, WarningKind
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.domain.years import Period
from scheduling.queries import day_lengths, years
from scheduling.queries import rounds as asking
from scheduling.queries.rooms import rooms_of_the_school
from scheduling.services import rounds
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.security import takes_files
from scheduling.web.staff.office import pages
from scheduling.wording.hours import warning_sentence
from scheduling.wording.refusals import sentence
from scheduling.wording.rooms import hints

A_WEEK = timedelta(days=7)
SCHOOL_DAYS = 5
MOST = 20
"""So many of them are named in an address."""
HANDFUL = 5
"""While more leaders than this have no times, their number says it all."""
STRETCHES = 2
"""So many empty stretches a day at least: an afternoon and an evening."""


@dataclass(frozen=True)
class Line:
    """One stretch of the grid as it is typed."""

    row: int
    day: date
    starts: str = ""
    ends: str = ""
    room: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.starts or self.ends)


def file_notes(warnings: Sequence[RoundWarning]) -> dict[str, Any]:
    """What the next page says about a file: colleagues and rows that were of no use."""
    skipped = [warning.subject for warning in warnings if warning.kind is WarningKind.LEADS_NO_CLASS]
    short = [warning.facts["row"] for warning in warnings if warning.kind is WarningKind.TOO_SHORT]
    return {name: found[:MOST] for name, found in (("skipped", skipped), ("short", short)) if found}


def _done(offered: rounds.Offered) -> dict[str, Any]:
    return {"added": offered.added, "removed": offered.removed, "rehoused": offered.rehoused or None}


def _times(round_id: int, fault: str = "", status: int = 200) -> ResponseReturnValue:
    leaders = asking.leader_times(round_id)
    warnings = asking.warnings_of(round_id, now())
    without_times = sum(not person.hours for person in leaders)
    if without_times > HANDFUL:
        warnings = [
            warning
            for warning in warnings
            if warning.kind not in (WarningKind.LEADER_WITHOUT_TIMES, WarningKind.TOO_FEW_SLOTS)
        ]
    return render_template(
        "staff/office/round_times.html",
        facts=asking.round_facts(round_id),
        leaders=leaders,
        without_times=without_times if without_times > HANDFUL else 0,
        warnings=[warning_sentence(warning) for warning in warnings],
        fault=fault,
        done=request.args,
    ), status


def _bad_file(error: HoursRefused | FileUnreadable, round_id: int) -> ResponseReturnValue:
    return _times(round_id, sentence(error), 422)


def _held(error: SlotsHeld, round_id: int) -> ResponseReturnValue:
    return _times(round_id, sentence(error), 409)


@pages.get("/rounds/<int:round_id>/times")
def round_times(round_id: int) -> ResponseReturnValue:
    """Who offers which times, and who none yet."""
    return _times(round_id)


@pages.post("/rounds/<int:round_id>/times")
@answers(HoursRefused, with_=_bad_file)
@answers(FileUnreadable, with_=_bad_file)
@answers(SlotsHeld, with_=_held)
@takes_files
def read_times(round_id: int) -> ResponseReturnValue:
    """The file holds all times of the leaders in it."""
    file = request.files.get("file")
    if not file or not file.filename:
        return _times(round_id, _("Kies eerst een bestand."), 422)
    hours = rounds.read_uploaded_hours(file.filename, file.read())
    offered = rounds.set_hours(round_id=round_id, hours=hours, by=g.actor, now=now())
    done = _done(offered) | file_notes(offered.warnings)
    return redirect(url_for("office.round_times", round_id=round_id, **done), code=303)


@pages.get("/rounds/<int:round_id>/times/<int:leader_id>")
def leader_hours(round_id: int, leader_id: int) -> ResponseReturnValue:
    """The week grid of one leader."""
    person, period = asking.times_of(round_id, leader_id), asking.round_facts(round_id).period
    monday = _monday_of(_day_asked(_first_day(round_id, person, period)), period)
    return _grid(round_id, person, monday, _lines(monday, person.hours, period))


def _bad_grid(error: HoursRefused | SlotsHeld, round_id: int, leader_id: int) -> ResponseReturnValue:
    person = asking.times_of(round_id, leader_id)
    monday = _week_sent(round_id)
    status = 409 if isinstance(error, SlotsHeld) else 422
    return _grid(round_id, person, monday, _typed(monday), sentence(error), status)


@pages.post("/rounds/<int:round_id>/times/<int:leader_id>")
@answers(HoursRefused, with_=_bad_grid)
@answers(SlotsHeld, with_=_bad_grid)
def set_leader_hours(round_id: int, leader_id: int) -> ResponseReturnValue:
    """These are now the times of this leader in this week."""
    person = asking.times_of(round_id, leader_id)
    monday = _week_sent(round_id)
    lines = _typed(monday)
    unclear = [line for line in lines if not line.is_empty and not (_clock(line.starts) and _clock(line.ends))]
    if unclear:
        fault = _("Rij %(row)s: vul een begin en een einde in, bijvoorbeeld 15:00 en 17:00.", row=unclear[0].row)
        return _grid(round_id, person, monday, lines, fault, 422)
    offered = rounds.set_hours(
        round_id=round_id,
        hours=[_hours(person.leader.code, line) for line in lines if not line.is_empty],
        leaders=[person.leader.code],
        within=Span(moment_at(monday, time(0)), moment_at(monday + A_WEEK, time(0))),
        by=g.actor,
        now=now(),
    )
    target = url_for("office.leader_hours", round_id=round_id, leader_id=leader_id, week=monday, **_done(offered))
    return redirect(target, code=303)


def _grid(
    round_id: int, person: asking.LeaderTimes, monday: date, lines: list[Line], fault: str = "", status: int = 200
) -> ResponseReturnValue:
    facts = asking.round_facts(round_id)
    days = [line.day for line in lines] or [monday]
    return render_template(
        "staff/office/round_hours.html",
        facts=facts,
        person=person,
        monday=monday,
        shown=Period(days[0], days[-1]),
        weeks=_weeks(facts.period),
        lines=lines,
        window=years.calendar(years.find_year(facts.year)).start_window,
        rooms=[(place.room, hints(place)) for place in rooms_of_the_school().places],
        has_lengths=day_lengths.may_differ(round_id),
        fault=fault,
        done=request.args,
    ), status


def _day_asked(otherwise: date) -> date:
    try:
        return date.fromisoformat(request.values.get("week", ""))
    except ValueError:
        return otherwise


def _week_sent(round_id: int) -> date:
    """The week of a form, also when the round no longer has it: what is typed in it is then refused by the day."""
    day = _day_asked(asking.round_facts(round_id).period.starts_on)
    return day - timedelta(days=day.weekday())


def _monday_of(day: date, period: Period) -> date:
    """The Monday of this day's week, or of the round's nearest week."""
    within = min(max(day, period.starts_on), period.ends_on)
    return within - timedelta(days=within.weekday())


def _weeks(period: Period) -> list[Period]:
    """The weeks of the round, each with its days: the first and the last may be cut short."""
    monday, weeks = _monday_of(period.starts_on, period), []
    while monday <= period.ends_on:
        sunday = monday + A_WEEK - timedelta(days=1)
        weeks.append(Period(max(monday, period.starts_on), min(sunday, period.ends_on)))
        monday += A_WEEK
    return weeks


def _first_day(round_id: int, person: asking.LeaderTimes, period: Period) -> date:
    """The first day with times of this leader, else of any, else the first of the round."""
    starts = [stretch.span.starts_at for stretch in person.hours]
    if not starts:
        starts = [stretch.span.starts_at for other in asking.leader_times(round_id) for stretch in other.hours]
    return local(min(starts)).date() if starts else period.starts_on


def _lines(monday: date, hours: tuple[SlotTime, ...], period: Period) -> list[Line]:
    """The grid with what stands: per day of the round its stretches, and room for more."""
    found: list[tuple[date, str, str, str]] = []
    for day in _days(monday, hours, period):
        own = [hour for hour in hours if local(hour.span.starts_at).date() == day]
        found += [(day, _text(hour.span.starts_at), _text(hour.span.ends_at), hour.room) for hour in own]
        found += [(day, "", "", "")] * max(STRETCHES - len(own), 1)
    return [Line(number, *line) for number, line in enumerate(found, 1)]


def _days(monday: date, hours: tuple[SlotTime, ...], period: Period) -> list[date]:
    """Monday to Friday as far as the round goes, and a day of the weekend that has times or is all the round has."""
    having = {local(hour.span.starts_at).date() for hour in hours}
    week = [day for n in range(7) if (day := monday + timedelta(days=n)) in period]
    return [day for day in week if day.weekday() < SCHOOL_DAYS or day in having] or week


def _typed(monday: date) -> list[Line]:
    """The grid as it was sent."""
    columns = (request.form.getlist(name) for name in ("day", "starts", "ends", "room"))
    lines = []
    for number, (day, starts, ends, room) in enumerate(zip(*columns, strict=False), 1):
        try:
            when = date.fromisoformat(day)
        except ValueError:
            continue
        if monday <= when < monday + A_WEEK:
            lines.append(Line(number, when, starts.strip(), ends.strip(), room.strip()[:60]))
    return lines


def _hours(code: str, line: Line) -> Hours:
    starts, ends = _clock(line.starts), _clock(line.ends)
    return Hours(code, line.day, starts or time(0), ends or time(0), line.room, line.row)


def _clock(text: str) -> time | None:
    try:
        return time.fromisoformat(text.replace(".", ":").zfill(5))
    except ValueError:
        return None


def _text(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"
