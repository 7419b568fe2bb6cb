"""The school's calendar as an agenda program exports it (iCalendar): holidays, closed days and report dates.

What a line is, its words say. A line that is none of these, or only a part of the day, is told and left out.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from scheduling.domain.imports import ICALENDAR, DayRecord, Place, Problem, SchoolFile, problem
from scheduling.domain.timeslots import local
from scheduling.domain.years import LABEL_LENGTH, DayKind
from scheduling.formats.cells import Row, tidy
from scheduling.formats.tables import decode
from scheduling.formats.unreadable import Unreadable

MAX_BYTES = 5_000_000
MAX_EVENTS = 3_000
MAX_DEPTH = 4
MAX_RECURRING = 100
MAX_TIMES = 200
YEARS_AHEAD = {"YEARLY": 30, "MONTHLY": 3, "WEEKLY": 3, "DAILY": 2}
"""How often may be repeated, each with the years after its first day in which it is followed."""

RULE_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_IN_RULE = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
A_DAY = timedelta(days=1)
OVER_A_WEEKEND = timedelta(days=3)
MOST_OF_A_DAY = timedelta(hours=5)
A_FEW_DAYS = 3

HOLIDAY = re.compile(r"vakantie\b")
PUBLIC_HOLIDAY = re.compile(
    r"\b(nieuwjaar(sdag)?|goede vrijdag|pasen|paas(dag|maandag)|koningsdag|bevrijdingsdag|hemelvaart(sdag)?|"
    r"pinkster(en|dag|maandag)|kerstdag|allerheiligen|allerzielen|wapenstilstand|(dag|feest) van de arbeid|feestdag)\b"
)
CLOSED_DAY = re.compile(
    r"\b(studiedag(en)?|studietweedaagse|margedag(en)?|brugdag|organisatiedag|pedagogische (studie)?dag|vrije dag(en)?|"
    r"facultatieve (verlofdag|vrije dag)|verlofdag|(les|rooster|school)vrije? ?(dag(en)?)?|"
    r"(leerlingen|kinderen|iedereen|alle groepen|hele school)( zijn| is)? vrij|school( is)? (dicht|gesloten)|"
    r"geen (school|les))\b"
)
REPORT = re.compile(r"\brapport(en)?\b")
WHICH_REPORT = re.compile(r"\b([1-9]|eerste|tweede|derde|vierde)(e|ste|de)? rapport|\brapport(?:en)? ([1-9])\b")
REPORTS = {"1": DayKind.REPORT_1, "eerste": DayKind.REPORT_1, "2": DayKind.REPORT_2, "tweede": DayKind.REPORT_2}
BESIDE_IT = re.compile(
    r"\b(laatste|eerste (school|les)?dag|voor de|na de|start|begin|begint|eind|einde|opvang|rooster|viering|gesprek\w*|"
    r"\w*avond\w*|vergadering|bespreking|toets\w*|inschrij\w*|aanvra\w*)\b"
)
"""Words that speak of something beside a free day or report: `Laatste dag voor de vakantie`."""
PART_OF_THE_DAY = re.compile(
    r"\b(\w*ochtend|\w*middag|vanaf|tot|om|uur|groep(en)? \d.*|klas \d.*|bovenbouw|onderbouw)\b"
)
FREE = re.compile(r"\b(vrij|studie(ochtend|middag))\b")


@dataclass(frozen=True)
class Event:
    """A line of a calendar file, both days inclusive; a `whole` day or days, or a stretch of time."""

    row: Row
    label: str
    words: str
    starts_on: date
    ends_on: date
    whole: bool

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


def read_calendar(name: str, data: bytes) -> SchoolFile:
    """The days of the school's calendar; raises Unreadable. Rows count the lines of the calendar."""
    problems: list[Problem] = []
    records: list[DayRecord] = []
    unclear: list[Event] = []
    for event in _events(name, data, problems):
        kind, code = _kind(event)
        if code == "event_report_unclear":
            unclear.append(event)
        elif kind is None:
            problems.append(_left_out(event, code))
        else:
            records.append(DayRecord(event.starts_on, event.ends_on, kind, event.label, place=event.row.place))
        problems += event.row.problems
        event.row.problems.clear()
    records += _reports(unclear, records, problems)
    records.sort(key=lambda record: (record.starts_on, record.ends_on))
    problems.sort(key=lambda one: one.row)
    return SchoolFile(name, ICALENDAR, tuple(_merged(records)), tuple(problems))


def _kind(event: Event) -> tuple[DayKind | None, str]:
    """What kind of day a line is; without one, why it is left out."""
    words = event.words
    long = event.days >= A_FEW_DAYS
    beside = BESIDE_IT.search(words) is not None
    if REPORT.search(words) and not beside:
        which = WHICH_REPORT.search(words)
        kind = REPORTS.get(which.group(1) or which.group(3)) if which else None
        return kind, ("" if kind else "event_left_out" if which else "event_report_unclear")
    kinds = ((HOLIDAY, DayKind.HOLIDAY), (PUBLIC_HOLIDAY, DayKind.PUBLIC_HOLIDAY), (CLOSED_DAY, DayKind.CLOSED_DAY))
    kind = next((kind for pattern, kind in kinds if pattern.search(words)), None)
    if (kind is None and not FREE.search(words)) or (beside and not long):
        return None, "event_left_out"
    if kind is None or (not long and PART_OF_THE_DAY.search(words)) or not event.whole:
        return None, "event_part_of_day"
    return kind, ""


def _reports(unclear: Sequence[Event], known: Sequence[DayRecord], problems: list[Problem]) -> Iterator[DayRecord]:
    """Two reports without a number are the first and the second; any other number of them is told."""
    kinds = (DayKind.REPORT_1, DayKind.REPORT_2)
    in_order = sorted(unclear, key=lambda event: event.starts_on)
    if len(in_order) == len(kinds) and not any(record.kind in kinds for record in known):
        for event, kind in zip(in_order, kinds, strict=True):
            yield DayRecord(event.starts_on, event.ends_on, kind, event.label, place=event.row.place)
    else:
        problems += [_left_out(event, "event_report_unclear") for event in in_order]


def _left_out(event: Event, code: str) -> Problem:
    return problem(event.row.place, "", code, text=f"{event.label[:60]} ({event.starts_on:%d-%m-%Y})")


def _merged(records: Sequence[DayRecord]) -> list[DayRecord]:
    """Days that follow each other under one name are one line, also over a weekend."""
    merged: list[DayRecord] = []
    for record in records:
        before = merged[-1] if merged else None
        follows = (
            before is not None
            and (before.kind, before.label) == (record.kind, record.label)
            and record.kind.is_free
            and record.starts_on - before.ends_on <= OVER_A_WEEKEND
        )
        if before is not None and follows:
            merged[-1] = replace(before, ends_on=max(before.ends_on, record.ends_on))
        else:
            merged.append(record)
    return merged


def _events(name: str, data: bytes, problems: list[Problem]) -> Iterator[Event]:
    recurring = 0
    components = _components(data)
    moved = {
        (str(one.get("UID", "")), _day(one.decoded("RECURRENCE-ID"))) for one in components if "RECURRENCE-ID" in one
    }
    for number, component in enumerate(components, start=1):
        summary = _text(component, "SUMMARY")
        row = Row(Place(name, number), {"label": summary}, {"label": "SUMMARY"})
        event = _event(row, component)
        if event is None:
            problems.append(problem(row.place, "", "event_without_day", text=tidy(summary)[:60]))
        elif _text(component, "STATUS").upper() == "CANCELLED":
            continue
        elif "RRULE" not in component:
            yield event
        else:
            recurring += 1
            starts = _starts(component, event.starts_on) if recurring <= MAX_RECURRING else None
            if starts is None:
                problems.append(_left_out(event, "event_repeats"))
                continue
            length = event.ends_on - event.starts_on
            uid = str(component.get("UID", ""))
            for start in starts:
                if (uid, start) not in moved:
                    yield replace(event, starts_on=start, ends_on=start + length)


def _components(data: bytes) -> list[Any]:
    """The events of a calendar; raises Unreadable for what is too large, too deep or broken."""
    if len(data) > MAX_BYTES:
        raise Unreadable("calendar_too_large", limit=str(MAX_EVENTS))
    text, _ = decode(data)
    depth = deepest = events = 0
    for line in text.splitlines():
        start = line[:13].upper()
        depth += start.startswith("BEGIN:") - start.startswith("END:")
        deepest = max(deepest, depth)
        events += start.startswith("BEGIN:VEVENT")
    if events > MAX_EVENTS:
        raise Unreadable("calendar_too_large", limit=str(MAX_EVENTS))
    if deepest > MAX_DEPTH or depth:
        raise Unreadable("broken_calendar")
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(text, multiple=True)
        return [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # a broken calendar fails in as many ways as there are fields in it
        raise Unreadable("broken_calendar") from error


def _event(row: Row, component: Any) -> Event | None:
    """When it is, on the school's clock; None when that is not said, or not well."""
    try:
        start = component.decoded("DTSTART")
        end = component.decoded("DTEND") if "DTEND" in component else None
        if end is None and "DURATION" in component:
            end = start + component.decoded("DURATION")
        starts_on, ends_on = _day(start), _day(start) if end is None else _last_day(start, end)
        whole = not isinstance(start, datetime) or (end is not None and _clock(end) - _clock(start) >= MOST_OF_A_DAY)
    except Exception:  # dates of any shape: whatever is not understood is told as such
        return None
    label = row.text("label", LABEL_LENGTH)
    words = _plain(f"{label} {_categories(component)}")
    return Event(row, label, words, starts_on, max(starts_on, ends_on), whole)


def _last_day(start: date, end: date) -> date:
    """The end of whole days is the day after; the end of a stretch of time may be midnight."""
    if not isinstance(end, datetime):
        return end - A_DAY if end > _day(start) else end
    last = _clock(end)
    return (last - timedelta(seconds=1)).date() if last > _clock(start) else last.date()


def _day(moment: Any) -> date:
    return _clock(moment).date()


def _clock(moment: Any) -> datetime:
    """A moment on the school's clock, without a zone; a day is its first moment."""
    if not isinstance(moment, datetime):
        if not isinstance(moment, date):
            raise TypeError(moment)
        return datetime.combine(moment, time())
    return local(moment).replace(tzinfo=None) if moment.tzinfo is not None else moment


def _starts(component: Any, first: date) -> list[date] | None:
    """The days on which a repeated event starts; None for a rule that we do not follow."""
    try:
        rule = _Rule.read(component["RRULE"], first)
        skipped = _skipped(component)
    except Exception:  # rules of any shape: whatever is not understood is told as such
        return None
    return [start for start in islice(rule.days(), rule.count) if start not in skipped]


@dataclass(frozen=True)
class _Rule:
    """How an event is repeated. The days are tried one by one, so that a rule without days ends as well."""

    first: date
    last: date
    frequency: str
    interval: int
    count: int
    months: frozenset[int]
    days_of_month: frozenset[int]
    weekdays: frozenset[tuple[int, int]]
    """Which (0: each) of which weekday."""

    @classmethod
    def read(cls, said: Any, first: date) -> "_Rule":
        if not set(said) <= RULE_PARTS:
            raise ValueError(said)
        frequency, interval = str(said["FREQ"][0]), int(said.get("INTERVAL", [1])[0])
        last = first + timedelta(days=366 * YEARS_AHEAD[frequency])
        if "UNTIL" in said:
            last = min(last, _day(said["UNTIL"][0]))
        found = [DAY_IN_RULE.fullmatch(str(one)) for one in said.get("BYDAY", [])]
        weekdays = frozenset((int(one.group(1) or 0), WEEKDAYS.index(one.group(2))) for one in found if one)
        months = frozenset(int(month) for month in said.get("BYMONTH", []))
        by_order = any(order for order, _ in weekdays)
        if interval < 1 or None in found or (by_order and frequency != "MONTHLY" and not months):
            raise ValueError(said)
        return cls(
            first, last, frequency, interval, min(int(said.get("COUNT", [MAX_TIMES])[0]), MAX_TIMES), months,
            frozenset(int(day) for day in said.get("BYMONTHDAY", [])), weekdays,
        )  # fmt: skip

    def days(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            if self._is_meant(day):
                yield day
            day += A_DAY

    def _is_meant(self, day: date) -> bool:
        months = self.months or ({self.first.month} if self.frequency == "YEARLY" else ())
        if (months and day.month not in months) or self._steps(day) % self.interval:
            return False
        if self.weekdays and not any(self._is_weekday(day, *one) for one in self.weekdays):
            return False
        if self.days_of_month:
            return day.day in self.days_of_month or day.day - _length_of_month(day) - 1 in self.days_of_month
        if self.weekdays or self.frequency == "DAILY":
            return True
        return day.weekday() == self.first.weekday() if self.frequency == "WEEKLY" else day.day == self.first.day

    def _steps(self, day: date) -> int:
        """How many days, weeks, months or years after the first one."""
        if self.frequency == "DAILY":
            return (day - self.first).days
        if self.frequency == "WEEKLY":
            return (day - self.first + timedelta(days=self.first.weekday())).days // 7
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return months if self.frequency == "MONTHLY" else day.year - self.first.year

    def _is_weekday(self, day: date, order: int, weekday: int) -> bool:
        from_end = (_length_of_month(day) - day.day) // 7 + 1
        return day.weekday() == weekday and order in (0, (day.day - 1) // 7 + 1, -from_end)


def _length_of_month(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _skipped(component: Any) -> set[date]:
    if "EXDATE" not in component:
        return set()
    lists = component["EXDATE"]
    return {_day(one.dt) for part in (lists if isinstance(lists, list) else [lists]) for one in part.dts}


def _text(component: Any, name: str) -> str:
    value = component.get(name, "")
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _categories(component: Any) -> str:
    value = component.get("CATEGORIES")
    parts = value if isinstance(value, list) else [value] if value is not None else []
    names = [str(name) for part in parts for name in getattr(part, "cats", [part])]
    return " ".join(names)


def _plain(text: str) -> str:
    """Words without accents, capitals and hyphens."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[-_/.,:;()]", " ", bare.casefold()).split())
