"""Vlierhof College: a secondary school with 1,200 pupils in 48 classes on two locations."""

from datetime import date, timedelta

from scheduling.domain.years import Region, year_period
from scheduling.samples.people import (
    Child,
    Colleague,
    Family,
    Registry,
    Seat,
    letters,
    new_family,
    seat_families,
)
from scheduling.samples.schools import Row, SampleClass, SampleSchool, Writing, dutch

CLASSES = {1: "abcdefghi", 2: "abcdefghi", 3: "abcdefghi", 4: "abcdefghi", 5: "abcdefg", 6: "abcde"}
SIZES = (25, 27, 23, 26, 24, 29, 25, 21, 28, 22, 25, 26, 24, 25, 19, 25)
"""Sizes of the classes, again and again: 19 to 29, three rounds make 1,182; the last classes take the rest."""
PUPILS = 1200
LEVELS = {1: "brugklas", 2: "havo/vwo", 3: "havo/vwo", 4: "havo", 5: "vwo", 6: "vwo"}
TWO_MENTORS = 12
TEACHERS = 85
TRIPLES, DOUBLES = 40, 260
ONE_PARENT_EVERY = 7
APART_EVERY = 8
WITHOUT_MAIL_EVERY = 40
ADULT_ALREADY, ADULT_THIS_YEAR = 8, 27
INTERPRETERS = ("Tigrinya", "Arabisch", "Turks", "Oekraïens", "Pools", "Farsi")
LANGUAGES = ("Engels", "Turks", "Arabisch", "Pools", "Oekraïens")


def vlier(label: str) -> SampleSchool:
    """The school in one school year: always the same people."""
    registry = Registry("Vlierhof College", 200000, "utf-8")
    school = SampleSchool("Vlierhof College", "99BB", Region.SOUTH, label, Writing("utf-8-sig", ","), "docenten.csv")
    _classes_and_staff(school, registry)
    _families(school, registry)
    _adults(school, registry)
    rooms = sorted({(room, group.location) for group in school.classes for room in group.rooms})
    school.rooms = [(room, location, f"verdieping {room[1]}", f"gebouw {room[0]}") for room, location in rooms]
    school.calendar = _calendar(school)
    return school


def _classes_and_staff(school: SampleSchool, registry: Registry) -> None:
    names = [f"{year}{letter}" for year, letters_ in CLASSES.items() for letter in letters_]
    duos = names[::4][:TWO_MENTORS]
    for n, name in enumerate(names):
        mentors = [_colleague(registry, (name,)) for _ in range(2 if name in duos else 1)]
        mentors[-1].workdays = "ma,di,do" if name in duos else mentors[-1].workdays
        school.staff += mentors
        codes = tuple(mentor.code for mentor in mentors)
        location = "01" if name[0] == "1" else "00"
        room = f"{'B' if location == '01' else 'A'}{n % 3}{n:02}"
        school.classes.append(SampleClass(name, LEVELS[int(name[0])], name[0], codes, room, location))
    school.staff += [_colleague(registry, ()) for _ in range(TEACHERS - len(school.staff))]
    for role in ("ZC", "DIR", "ADM"):
        colleague = _colleague(registry, ())
        colleague.role = role
        school.staff.append(colleague)


def _colleague(registry: Registry, classes: tuple[str, ...]) -> Colleague:
    prefix, surname = registry.surname()
    given = registry.given_name(prefix, surname)
    code = f"{letters(surname)[:3]}{len(registry.mails_taken) + 1:02}".upper()
    email = registry.email("docent", code)
    return Colleague(code, given, prefix, surname, "MEN" if classes else "DOC", classes, email=email)


def class_sizes() -> list[int]:
    """How many pupils each class has, in the order of the classes."""
    count = sum(len(names) for names in CLASSES.values())
    sizes = [SIZES[n % len(SIZES)] for n in range(count)]
    for n in range(PUPILS - sum(sizes)):
        place = [n for n, size in enumerate(sizes) if size < 26][n % 20]
        sizes[place] += 1
    return sizes


def _families(school: SampleSchool, registry: Registry) -> None:
    year = int(school.label[:4])
    births = {level: (date(year - 12 - level, 10, 1), date(year - 11 - level, 9, 30)) for level in range(1, 6)}
    births[6] = (date(year - 17, 8, 1), date(year - 17, 12, 31))
    seats = [
        Seat(group.name, int(group.year_level), group.location)
        for group, size in zip(school.classes, class_sizes(), strict=True)
        for _ in range(size)
    ]
    twins = [seat for seat in seats if seat.class_name == "2a"][:2]
    for seat in twins:
        seats.remove(seat)
    singles = PUPILS - 2 - 3 * TRIPLES - 2 * (DOUBLES - 1)
    plan = [twins, *seat_families(registry, seats, [3] * TRIPLES + [2] * (DOUBLES - 1) + [1] * singles)]
    for n, chosen in enumerate(plan):
        family = new_family(registry, chosen, 1 if n % ONE_PARENT_EVERY == 3 else 2, births)
        school.families.append(family)
        _circumstances(family, n)


def _circumstances(family: Family, n: int) -> None:
    """Two homes, no address, another language: spread evenly, so that every class has some."""
    first = family.parents[0]
    if len(family.parents) == 2 and n % APART_EVERY == 2:
        family.parents[1].household = "B"
        family.parents[1].authority = "N" if n % (APART_EVERY * 5) == 2 else "J"
    if n % WITHOUT_MAIL_EVERY == 11 and len(family.children) == 1:
        for parent in family.parents:
            parent.email = ""
    if n % 15 == 1:
        for parent in family.parents:
            parent.language = LANGUAGES[n % len(LANGUAGES)]
    if n % 70 == 5:
        first.language, first.interpreter = INTERPRETERS[n % len(INTERPRETERS)], "J"


def _adults(school: SampleSchool, registry: Registry) -> None:
    """T25: some pupils are eighteen already, more will be before the summer; each has an address of its own."""
    year = year_period(school.label, school.region)
    oldest = [child for family in school.families for child in family.children if child.seat.level >= 5]
    oldest.sort(key=lambda child: (-child.seat.level, child.number))
    first = year.starts_on.year
    for n, child in enumerate(oldest):
        if n < ADULT_ALREADY:
            child.born = registry.birthday(date(first - 19, 10, 1), date(first - 18, 7, 31))
            child.permitted = "J" if n % 2 else "N"
        elif n < ADULT_ALREADY + ADULT_THIS_YEAR:
            child.born = registry.birthday(date(first - 18, 8, 2), date(first - 17, 7, 31))
        _give_address(child, registry)


def _give_address(child: Child, registry: Registry) -> None:
    child.email = registry.email("leerling", child.number)


def _calendar(school: SampleSchool) -> list[Row]:
    first = school.first_school_day
    return [
        (dutch(first + timedelta(weeks=5)), "", "studiedag", "studiedag"),
        (dutch(first + timedelta(weeks=21, days=4)), "", "rapport_1", "eerste rapport"),
        (dutch(first + timedelta(weeks=41, days=4)), "", "rapport_2", "laatste rapport"),
    ]
