"""A sample school as a whole, and the files it exports."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scheduling.domain.years import Period, Region, year_period
from scheduling.samples.people import Child, Colleague, Family

Row = Sequence[str]

SUMMER_ENDS = {
    (Region.NORTH, 2026): date(2026, 8, 16),
    (Region.MIDDLE, 2026): date(2026, 8, 30),
    (Region.SOUTH, 2026): date(2026, 8, 23),
    (Region.NORTH, 2027): date(2027, 8, 22),
    (Region.MIDDLE, 2027): date(2027, 8, 29),
    (Region.SOUTH, 2027): date(2027, 9, 5),
    (Region.NORTH, 2028): date(2028, 8, 27),
    (Region.MIDDLE, 2028): date(2028, 8, 20),
    (Region.SOUTH, 2028): date(2028, 9, 3),
    (Region.FLANDERS, 2026): date(2026, 8, 31),
    (Region.FLANDERS, 2027): date(2027, 8, 31),
    (Region.FLANDERS, 2028): date(2028, 8, 31),
}
"""The last day of the summer holiday before a school year; a test holds it to the holiday table."""

WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
SATURDAY = 5
DAYS_BEFORE, WEEKS_OF_TALKS = 3, 2
SLOTS_PER_PUPIL = 1.6
"""Room for pauses, a choice of times and a few double talks."""

BY_DAY = (("10:00", "12:00", 6), ("13:00", "15:00", 6))
SUBJECTS = ("Nederlands", "Engels", "wiskunde", "geschiedenis", "biologie", "gym")
SUBJECT_TEACHERS = ("MEN", "DOC")
AFTER_LESSONS = (("15:00", "17:40", 8),)

PUPILS = (
    "Leerlingnummer", "Roepnaam", "Tussenvoegsel", "Achternaam", "Voorletters", "Geboortedatum", "Groep", "Leerjaar",
    "Leerkracht", "Datum inschrijving", "Datum uitschrijving",
)  # fmt: skip
GUARDIANS = (
    "Leerlingnummer", "Volgnummer", "Relatie", "Aanhef", "Voorletters", "Tussenvoegsel", "Achternaam", "E-mailadres",
    "Telefoon mobiel", "Gezag", "Adres geheim", "Post ontvangen", "Taal", "Tolk nodig", "Huishouden", "Toestemming",
)  # fmt: skip
STAFF = ("Code", "Roepnaam", "Tussenvoegsel", "Achternaam", "E-mail", "Rol", "Groepen", "Werkdagen")
CLASSES = ("Klas", "Niveau", "Leerjaar", "Vestiging", "Mentor 1", "Mentor 2", "Lokaal")
ROOMS = ("Lokaal", "Vestiging", "Verdieping", "Gebouw")
CALENDAR = ("van", "tot_en_met", "soort", "omschrijving")
AVAILABILITY = ("Code", "Datum", "Van", "Tot", "Lokaal")


@dataclass
class SampleClass:
    name: str
    level: str
    year_level: str
    leaders: tuple[str, ...]
    room: str
    location: str = ""

    @property
    def rooms(self) -> tuple[str, ...]:
        """Per leader: two of one class may talk at the same time, so the second has a room of his own."""
        return (self.room, *(f"{self.room} (spreekkamer)" for _ in self.leaders[1:]))


@dataclass
class Writing:
    """How a school's software writes its sheets."""

    encoding: str
    separator: str
    newline: str = "\r\n"

    def sheet(self, header: Row, rows: Iterable[Row]) -> bytes:
        """The bytes of a sheet; a letter that the encoding lacks becomes a question mark."""
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.newline)
        writer.writerow(header)
        writer.writerows(rows)
        return out.getvalue().encode(self.encoding, errors="replace")


@dataclass
class SampleSchool:
    name: str
    brin: str
    region: Region
    label: str
    writing: Writing
    staff_file: str
    families: list[Family] = field(default_factory=list)
    staff: list[Colleague] = field(default_factory=list)
    classes: list[SampleClass] = field(default_factory=list)
    rooms: list[Row] = field(default_factory=list)
    calendar: list[Row] = field(default_factory=list)
    more_pupils: list[Row] = field(default_factory=list)
    more_guardians: list[Row] = field(default_factory=list)

    @property
    def year(self) -> Period:
        return year_period(self.label, self.region)

    @property
    def first_school_day(self) -> date:
        """The first weekday after the summer holiday."""
        first_year = int(self.label[:4])
        last = SUMMER_ENDS.get((self.region, first_year), self.year.starts_on + timedelta(days=28))
        days = (last + timedelta(days=later) for later in range(1, 4))
        return next(day for day in days if day.weekday() < SATURDAY)


def taught(school: SampleSchool) -> list[Row]:
    """Code, class and subject: every teacher has some classes; where nobody comes for one subject there are none."""
    teachers = [one.code for one in school.staff if one.role in SUBJECT_TEACHERS]
    return [
        (teachers[(len(SUBJECTS) * n + place) % len(teachers)], group.name, subject)
        for n, group in enumerate(school.classes)
        for place, subject in enumerate(SUBJECTS)
        if teachers
    ]


def own_files(school: SampleSchool) -> Mapping[str, bytes]:
    """All files of the school in our own layout; the same school gives the same bytes."""
    sheets: list[tuple[str, Row, list[Row]]] = [
        ("leerlingen.csv", *_pupil_sheet(school)),
        ("verzorgers.csv", GUARDIANS, guardian_rows(school)),
        (school.staff_file, STAFF, staff_rows(school)),
        ("klassen.csv", CLASSES, class_rows(school)),
        ("lokalen.csv", ROOMS, school.rooms),
        (f"kalender_{school.label}.csv", CALENDAR, school.calendar),
        ("availability.csv", AVAILABILITY, availability_rows(school)),
    ]
    return {name: school.writing.sheet(header, rows) for name, header, rows in sheets}


def edexml(school: SampleSchool) -> Mapping[str, bytes]:
    """The same pupils as EDEXML 2.1: no parents, the pupil number as key."""
    root = Element("EDEX")
    about = SubElement(root, "school")
    for tag, text in (("schooljaar", school.label), ("peildatum", f"{school.first_school_day}"),
                      ("brincode", school.brin), ("dependancecode", "00"), ("schoolkey", school.brin),
                      ("aanmaakdatum", f"{school.first_school_day}T08:00:00"), ("auteur", "voorbeeld"),
                      ("xsdversie", "2.1")):  # fmt: skip
        SubElement(about, tag).text = text
    groups = SubElement(root, "groepen")
    for number, group in enumerate(school.classes, start=1):
        element = SubElement(groups, "groep", key=f"g{number}")
        SubElement(element, "naam").text = group.name
        SubElement(element, "jaargroep").text = group.year_level or "C"
    keys = {group.name: f"g{number}" for number, group in enumerate(school.classes, start=1)}
    pupils = SubElement(root, "leerlingen")
    for child in (child for family in school.families for child in family.children):
        element = SubElement(pupils, "leerling", key=child.number)
        for tag, text in (("achternaam", child.surname), ("voorvoegsel", child.prefix),
                          ("voorletters-1", child.initials), ("roepnaam", child.given_name),
                          ("geboortedatum", child.born.isoformat()), ("geslacht", "0"),
                          ("jaargroep", str(child.seat.level))):  # fmt: skip
            if text:
                SubElement(element, tag).text = text
        SubElement(element, "groep", key=keys[child.seat.class_name])
    staff = SubElement(root, "leerkrachten")
    for colleague in school.staff:
        element = SubElement(staff, "leerkracht", key=colleague.code)
        for tag, text in (("achternaam", colleague.surname), ("voorvoegsel", colleague.prefix),
                          ("roepnaam", colleague.given_name), ("emailadres", colleague.email),
                          ("rol", colleague.role)):  # fmt: skip
            if text:
                SubElement(element, tag).text = text
        taught = SubElement(element, "groepen")
        for name in colleague.classes:
            SubElement(taught, "groep", key=keys[name])
    indent(root)
    return {"edex.xml": tostring(root, encoding="utf-8", xml_declaration=True)}


def pupil_rows(school: SampleSchool) -> list[Row]:
    children = sorted((child for family in school.families for child in family.children), key=lambda c: c.number)
    return [
        (child.number, child.given_name, child.prefix, child.surname, child.initials, dutch(child.born),
         child.seat.class_name, _year_level(child), child.leader, dutch(child.enrolled_on), "")
        for child in children
    ]  # fmt: skip


def _year_level(child: Child) -> str:
    """A nursery class in Flanders comes before the first year."""
    return str(child.seat.level) if child.seat.level > 0 else ""


def _pupil_sheet(school: SampleSchool) -> tuple[Row, list[Row]]:
    rows = pupil_rows(school) + school.more_pupils
    if not any(child.email or child.seat.location for family in school.families for child in family.children):
        return PUPILS, rows
    extra = {c.number: (c.email, c.permitted, c.seat.location) for f in school.families for c in f.children}
    header = (*PUPILS, "E-mailadres", "Toestemming ouders", "Vestiging")
    return header, [(*row, *extra.get(row[0], ("", "", ""))) for row in rows]


def guardian_rows(school: SampleSchool) -> list[Row]:
    rows: list[Row] = []
    for family in school.families:
        for child in family.children:
            for position, parent in enumerate(family.parents, start=1):
                rows.append((
                    child.number, str(position), parent.relation, "", parent.initials, parent.prefix, parent.surname,
                    parent.email, parent.phone, parent.authority, "J" if parent.secret else "N", parent.post,
                    parent.language, parent.interpreter, parent.household, parent.consent,
                ))  # fmt: skip
    return sorted(rows, key=lambda row: (row[0], row[1])) + school.more_guardians


def staff_rows(school: SampleSchool) -> list[Row]:
    return [
        (one.code, one.given_name, one.prefix, one.surname, one.email, one.role, ",".join(one.classes), one.workdays)
        for one in school.staff
    ]


def class_rows(school: SampleSchool) -> list[Row]:
    return [
        (group.name, group.level, group.year_level, group.location, *_two(group.leaders), group.room)
        for group in school.classes
    ]


def availability_rows(school: SampleSchool) -> list[Row]:
    """Times of every leader in the start window: by day before the school begins, after lessons once it has."""
    sizes = Counter(child.seat.class_name for family in school.families for child in family.children)
    colleagues = {one.code: one for one in school.staff}
    rows: list[Row] = []
    for group in school.classes:
        for code, room in zip(group.leaders, group.rooms, strict=True):
            wanted = int(sizes[group.name] * SLOTS_PER_PUPIL)
            rows += _times_of(colleagues[code], wanted, school.first_school_day, room)
    return rows


def _times_of(leader: Colleague, wanted: int, first_school_day: date, room: str) -> list[Row]:
    rows: list[Row] = []
    for day in _days_of_talks(first_school_day):
        if wanted <= 0 or WEEKDAYS[day.weekday()] not in leader.workdays.split(","):
            continue
        for start, end, slots in BY_DAY if day < first_school_day else AFTER_LESSONS:
            rows.append((leader.code, dutch(day), start, end, room))
            wanted -= slots
    return rows


def _days_of_talks(first: date) -> list[date]:
    days = (first - timedelta(days=back) for back in range(1, 8))
    before = [day for day in days if day.weekday() < SATURDAY][:DAYS_BEFORE]
    monday = first - timedelta(days=first.weekday())
    weeks = [monday + timedelta(days=7 * week + day) for week in range(WEEKS_OF_TALKS) for day in range(5)]
    return [*reversed(before), *(day for day in weeks if day >= first)]


def dutch(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""


def _two(leaders: tuple[str, ...]) -> tuple[str, str]:
    return leaders[0], leaders[1] if len(leaders) > 1 else ""
