"""The school's calendar from an agenda program: holidays, closed days and reports by their words, the rest told."""

import time
from datetime import date

import pytest

from scheduling.domain.imports import DayRecord
from scheduling.domain.years import DayKind
from scheduling.formats.reading import read_file


def event(summary, start, end="", *more):
    lines = ["BEGIN:VEVENT", f"SUMMARY:{summary}", f"DTSTART{start}", *([f"DTEND{end}"] if end else []), *more]
    return "\r\n".join([*lines, "END:VEVENT"])


def days(summary, start, end="", *more):
    """Whole days; the end is the day after, as agenda programs write it."""
    return event(summary, f";VALUE=DATE:{start}", f";VALUE=DATE:{end}" if end else "", *more)


def read(*events, encoding="utf-8"):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//school//NL", *events, "END:VCALENDAR", ""]
    return read_file("kalender.ics", "\r\n".join(lines).encode(encoding))


def codes(file):
    return [problem.code for problem in file.problems]


def kinds(file):
    return [record.kind for record in file.records]


def test_a_holiday_ends_on_the_day_before_its_end():
    file = read(days("Herfstvakantie", "20271016", "20271025"))
    assert file.layout == "icalendar"
    assert file.records == (DayRecord(date(2027, 10, 16), date(2027, 10, 24), DayKind.HOLIDAY, "Herfstvakantie"),)
    assert not file.problems


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("Meivakantie", DayKind.HOLIDAY),
        ("Krokus-vakantie", DayKind.HOLIDAY),
        ("2e Pinksterdag", DayKind.PUBLIC_HOLIDAY),
        ("Goede Vrijdag", DayKind.PUBLIC_HOLIDAY),
        ("Wapenstilstand", DayKind.PUBLIC_HOLIDAY),
        ("Studiedag team, kinderen vrij", DayKind.CLOSED_DAY),
        ("Facultatieve verlofdag", DayKind.CLOSED_DAY),
        ("Alle leerlingen zijn vrij", DayKind.CLOSED_DAY),
        ("Lesvrije dag", DayKind.CLOSED_DAY),
        ("Pedagogische studiedag", DayKind.CLOSED_DAY),
        ("Rapport 1 mee", DayKind.REPORT_1),
        ("Tweede rapport", DayKind.REPORT_2),
        ("1e rapport: groep 3 t/m 8", DayKind.REPORT_1),
    ],
)
def test_the_words_of_a_line_say_what_day_it_is(summary, kind):
    file = read(days(summary, "20271102"))
    assert kinds(file) == [kind]
    assert not file.problems


@pytest.mark.parametrize(
    ("summary", "code"),
    [
        ("Schoolfotograaf", "event_left_out"),
        ("Laatste dag voor de kerstvakantie", "event_left_out"),
        ("Paasontbijt", "event_left_out"),
        ("Kerstviering", "event_left_out"),
        ("Rapportgesprekken 1", "event_left_out"),
        ("Rapport 1: ouderavond", "event_left_out"),
        ("Rapport 3", "event_left_out"),
        ("Studiemiddag", "event_part_of_day"),
        ("Groep 1 t/m 4 vrij", "event_part_of_day"),
        ("Studiedag onderbouw", "event_part_of_day"),
        ("Vakantie vanaf 12.00 uur", "event_part_of_day"),
        ("Rapport", "event_report_unclear"),
    ],
)
def test_what_is_no_free_day_or_only_a_part_of_one_is_told_and_left_out(summary, code):
    file = read(days(summary, "20271102"))
    assert not file.records
    assert [(one.code, one.row, one.facts["text"]) for one in file.problems] == [(code, 1, f"{summary} (02-11-2027)")]


def test_two_reports_without_a_number_are_the_first_and_the_second():
    file = read(days("Rapport mee", "20280623"), days("Rapport mee", "20280204"))
    assert [(one.starts_on, one.kind) for one in file.records] == [
        (date(2028, 2, 4), DayKind.REPORT_1),
        (date(2028, 6, 23), DayKind.REPORT_2),
    ]


def test_hours_count_as_a_day_when_they_are_most_of_it():
    file = read(
        event("Studiedag", ":20271102T073000Z", ":20271102T150000Z"), event("Studiedag", ":20271103T120000"),
        event("Studiedag", ":20271104T120000", ":20271104T140000"),
        event("Koningsdag", ";TZID=Europe/Brussels:20280427T000000", ";TZID=Europe/Brussels:20280428T000000"),
        event("Rapport 2", ":20280601T083000"),
    )  # fmt: skip
    assert [(one.starts_on, one.ends_on) for one in file.records] == [
        (date(2027, 11, 2),) * 2, (date(2028, 4, 27),) * 2, (date(2028, 6, 1),) * 2,
    ]  # fmt: skip
    assert codes(file) == ["event_part_of_day"] * 2


def test_a_moment_late_in_the_evening_is_on_the_day_of_the_schools_own_clock():
    """23:30 in UTC is half past midnight at school."""
    assert read(event("Rapport 1", ":20280131T233000Z")).records[0].starts_on == date(2028, 2, 1)


def test_days_that_follow_each_other_are_one_holiday():
    file = read(*(days("Voorjaarsvakantie", f"202802{day}") for day in (21, 22, 23, 24, 25, 28)))
    assert file.records == (DayRecord(date(2028, 2, 21), date(2028, 2, 28), DayKind.HOLIDAY, "Voorjaarsvakantie"),)


def test_a_duration_or_no_end_at_all_is_understood():
    file = read(days("Kerstvakantie", "20271225", "", "DURATION:P16D"), days("Margedag", "20280310"))
    assert [(one.starts_on, one.ends_on) for one in file.records] == [
        (date(2027, 12, 25), date(2028, 1, 9)), (date(2028, 3, 10), date(2028, 3, 10)),
    ]  # fmt: skip


def test_the_category_helps_when_the_summary_is_silent():
    assert kinds(read(days("Team bijeen", "20271102", "", "CATEGORIES:Studiedag"))) == [DayKind.CLOSED_DAY]


def test_what_was_cancelled_is_gone():
    assert read(days("Studiedag", "20271102", "", "STATUS:CANCELLED")).records == ()


def test_a_repeated_line_is_followed_as_far_as_is_sensible():
    file = read(
        days("Koningsdag", "20100427", "", "RRULE:FREQ=YEARLY"),
        days("Studiedag", "20271001", "", "RRULE:FREQ=MONTHLY;BYDAY=1FR;COUNT=3", "EXDATE;VALUE=DATE:20271105"),
        days("Roostervrije dag", "20271004", "", "RRULE:FREQ=WEEKLY;UNTIL=20271018"),
        days("Margedag", "20270924", "", "RRULE:FREQ=YEARLY;INTERVAL=2;BYMONTH=9;BYDAY=-1FR;COUNT=2"),
        days("Teamdag vrije dag", "20271031", "", "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=2"),
        days("Brugdag", "20271101", "", "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;COUNT=3"),
    )
    starts = [(one.label, one.starts_on) for one in file.records]
    assert ("Koningsdag", date(2028, 4, 27)) in starts
    assert [day for label, day in starts if label == "Studiedag"] == [date(2027, 10, 1), date(2027, 12, 3)]
    assert [day for label, day in starts if label == "Margedag"] == [date(2027, 9, 24), date(2029, 9, 28)]
    assert [day for label, day in starts if label == "Teamdag vrije dag"] == [date(2027, 10, 31), date(2027, 11, 30)]
    assert [day for label, day in starts if label == "Brugdag"] == [date(2027, 11, day) for day in (1, 5, 15)]
    assert [day for label, day in starts if label == "Roostervrije dag"] == [date(2027, 10, day) for day in (4, 11, 18)]


def test_one_time_that_was_moved_counts_on_its_new_day():
    file = read(
        days("Studiedag", "20271001", "", "UID:1", "RRULE:FREQ=MONTHLY;COUNT=2"),
        days("Studiedag", "20271109", "", "UID:1", "RECURRENCE-ID;VALUE=DATE:20271101"),
    )
    assert [one.starts_on for one in file.records] == [date(2027, 10, 1), date(2027, 11, 9)]


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=DAILY;INTERVAL=0", "FREQ=YEARLY;BYSETPOS=1;BYDAY=MO", "FREQ=BOO", "COUNT=3",
     "FREQ=DAILY;COUNT=x", "FREQ=WEEKLY;BYDAY=XX"],
)  # fmt: skip
def test_a_repetition_that_we_do_not_follow_is_told(rule):
    file = read(days("Studiedag", "20271001", "", f"RRULE:{rule}"))
    assert codes(file) in (["event_repeats"], ["event_without_day"])
    assert not file.records


def test_repetitions_without_end_end_quickly():
    began = time.monotonic()
    rules = ("FREQ=DAILY", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")
    file = read(*(days("Studiedag", "20271001", "", f"RRULE:{rule}") for rule in rules for _ in range(40)))
    assert time.monotonic() - began < 8
    assert len(file.records) < 1_000


@pytest.mark.parametrize("start", [";VALUE=DATE:20271399", ":gisteren", ";VALUE=PERIOD:20271001T000000Z/P1D", ":"])
def test_a_line_without_a_good_date_is_told(start):
    assert codes(read(event("Studiedag", start), days("Studiedag", "20271102"))) == ["event_without_day"]


def test_hidden_letters_and_formulas_in_a_line_are_only_text():
    file = read(days("=Studiedag\\, \u202ekinderen vrij", "20271102"))
    assert file.records[0].label == "=Studiedag, kinderen vrij"
    assert codes(file) == ["formula_like"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("BEGIN:VCALENDAR\r\n" + "BEGIN:X\r\n" * 100_000, "broken_calendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\n", "broken_calendar"),
        ("BEGIN:VCALENDAR\r\n" + "BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 4_000 + "END:VCALENDAR\r\n", "calendar_too_large"),
        ("BEGIN:VCALENDAR\r\n" + "X:" + "x" * 6_000_000, "calendar_too_large"),
    ],
)
def test_a_calendar_that_is_broken_or_far_too_large_is_refused_at_once(text, code):
    began = time.monotonic()
    assert codes(read_file("kalender.ics", text.encode())) == [code]
    assert time.monotonic() - began < 2


def test_a_calendar_in_another_encoding_is_read():
    assert read(days("Vakantie één", "20271102", "20271109"), encoding="cp1252").records[0].label == "Vakantie één"
