"""Kompas: one team of a vocational college, with 60 students in three groups and four career coaches."""

from datetime import date, timedelta

from scheduling.domain.years import Region, year_period
from scheduling.samples.people import Colleague, Registry, Seat, letters, new_family
from scheduling.samples.schools import Row, SampleClass, SampleSchool, Writing, dutch

GROUPS = (("MZ1A", 1, 1), ("MZ2A", 2, 1), ("MZ3A", 3, 2))
"""Name, year and number of coaches; each group has as many students."""
STUDENTS_PER_GROUP = 20
ADULTS = {1: 8, 2: 13, 3: 19}
"""Per year how many are eighteen when the school year begins: forty of the sixty."""
PERMIT_EVERY = 4
LEVEL = "mbo 4"


def kompas(label: str) -> SampleSchool:
    """The team in one school year: always the same people."""
    registry = Registry("Kompas", 700000, "utf-8")
    school = SampleSchool("Kompas mbo", "99CC", Region.NORTH, label, Writing("utf-8", ";", "\n"), "personeel.csv")
    for name, level, coaches in GROUPS:
        leaders = [_colleague(registry, "SLB", (name,)) for _ in range(coaches)]
        school.staff += leaders
        codes = tuple(leader.code for leader in leaders)
        school.classes.append(SampleClass(name, LEVEL, str(level), codes, f"K{level}.01"))
        for n in range(STUDENTS_PER_GROUP):
            _student(school, registry, Seat(name, level), n)
    school.staff += [_colleague(registry, role, ()) for role in ("ZC", "DIR", "ADM")]
    school.rooms = [(room, "", f"verdieping {room[1]}", "Kompas") for group in school.classes for room in group.rooms]
    first = school.first_school_day
    calendar: list[Row] = [(dutch(first + timedelta(weeks=9, days=2)), "", "studiedag", "studiedag van het team")]
    school.calendar = calendar
    return school


def _student(school: SampleSchool, registry: Registry, seat: Seat, n: int) -> None:
    """T25: an adult speaks for himself, and may permit the school to write to the parents too."""
    family = new_family(registry, [seat], 1 if n % 5 == 3 else 2, {seat.level: _births(school.label, seat.level, n)})
    student = family.children[0]
    student.email = registry.email("student", student.number)
    student.leader = school.classes[-1].leaders[n % len(school.classes[-1].leaders)]
    if n < ADULTS[seat.level]:
        student.permitted = "J" if n % PERMIT_EVERY == 0 else "N"
    school.families.append(family)


def _births(label: str, level: int, n: int) -> tuple[date, date]:
    """First and last birthday of the n-th student: on 1 August the adults are 18 to 20, the others 16 or 17."""
    first = year_period(label, Region.NORTH).starts_on.year
    if n < ADULTS[level]:
        return date(first - 21, 8, 2), date(first - 18, 7, 31)
    return date(first - 18, 8, 2), date(first - 16, 7, 31)


def _colleague(registry: Registry, role: str, classes: tuple[str, ...]) -> Colleague:
    prefix, surname = registry.surname()
    given = registry.given_name(prefix, surname)
    code = f"{letters(surname)[:3]}{len(registry.mails_taken) + 1:02}".upper()
    return Colleague(code, given, prefix, surname, role, classes, email=registry.email("slb", code))
