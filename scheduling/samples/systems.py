"""The same school as several systems hand it over: per system the files, with the headers these systems use."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from scheduling.samples.packing import workbook
from scheduling.samples.people import Child, Colleague, Family, Parent, letters
from scheduling.samples.schools import (
    GUARDIANS,
    STAFF,
    Row,
    SampleSchool,
    Writing,
    dutch,
    guardian_rows,
    own_files,
    staff_rows,
    taught,
)

Files = Mapping[str, bytes]

ADULT_YEARS = 18
MAGISTER = ("Stamnummer", "Roepnaam", "Tussenvoegsel", "Achternaam", "Klas", "Klassenmentor 1")
DECIBEL = (
    "STAMNR", "INITIALS", "FIRSTNAME", "PREFIX", "LASTNAME", "EMAIL", "GENDER", "BIRTHDATE", "STREET", "HOUSENR",
    "HOUSENRSUFIX", "POSTALCODE", "CITY", "STUDYPERIOD", "CLASS", "PROFILECODE", "PROFILEDESC", "STUDY", "LOCATION",
    "STUDYYEAR", "PMENTORCODE", "PMENTORNAME", "CMENTORCODE", "CMENTORNAME", "ADJUNCSECTOR", "Aanmelddatum",
    "studiebegindatum", "studieeinddatum", "vertrekdatum", "email", "gsm", "rfid",
)  # fmt: skip
TWICE_IN_DECIBEL = 10
"""One in so many pupils has a row for last year too."""
ZERMELO = ("Code", "Achternaam", "Email", "Leerlingcodes")
FIRST_PARENT_CODE = 2001
SOCIAL_SCHOOLS = ("Roepnaam", "Tussenvoegsel", "Achternaam", "Geboortedatum", "Klasnaam", "Leerjaar")
SOCIAL_SCHOOLS_PARENTS = (
    "Roepnaam", "Tussenvoegsel", "Achternaam", "Geboortedatum", "E-mailadres ouder/verzorger 1",
    "E-mailadres ouder/verzorger 2",
)  # fmt: skip
PARNASSYS = ("Voornaam", "Achternaam", "Groep")
FLEMISH = (
    "Instellingsnummer", "Naam", "Voornaam", "Klas", "Klascode", "Klasnummer", "Gebruikersnaam", "Pointer",
    "Stamnummer", "",
)  # fmt: skip
FLEMISH_RELATIONS = (
    "Stamnummer", "Type relatie", "Naam", "Voornaam", "E-mail", "GSM", "Leerplichtverantwoordelijke", "Post"
)  # fmt: skip
CO_ACCOUNTS = 6
CO_ACCOUNT = ("type", "naam", "voornaam", "email", "mobiel")
STUDENTS = (
    "Studentnummer", "Roepnaam", "Tussenvoegsel", "Achternaam", "Groep", "SLB", "18 op", "Toestemming ouders"
)  # fmt: skip
STUDENT_LIST = ("Nummer", "Roepnaam", "Voorvoegsel", "Achternaam", "Email school", "Geboortedatum", "")
LESSONS = ("Docent", "Klas", "Vak")
CONTACT_PARENTS = ("Klas", "Code ouder", "Toestemming")

BYTE_ORDER = Writing("utf-8-sig", ",")
SEMICOLONS = Writing("utf-8", ";")
ANSI = Writing("cp1252", ";")
FLEMISH_WRITING = Writing("utf-8-sig", ";")


def magister(school: SampleSchool) -> Files:
    """Pupils as the screen exports them: with their mentor's name, without parents."""
    names = {one.code: full_name(one) for one in school.staff}
    leaders = {group.name: names[group.leaders[0]] for group in school.classes}
    rows: list[Row] = [
        (child.number, child.given_name, child.prefix, child.surname, child.seat.class_name,
         leaders[child.seat.class_name])
        for child in children(school)
    ]  # fmt: skip
    return {"leerlingen_magister.csv": BYTE_ORDER.sheet(MAGISTER, rows)}


def decibel(school: SampleSchool) -> Files:
    """A row per enrolment, with the class mentor's code and of the first guardian the address only."""
    names = {one.code: full_name(one) for one in school.staff}
    leaders = {group.name: group.leaders[0] for group in school.classes}
    first = {child.number: family.parents[0] for family, child in family_and_child(school) if family.parents}
    year = school.year
    rows: list[Row] = []
    for n, child in enumerate(children(school)):
        mentor = leaders[child.seat.class_name]
        row = _decibel_row(child, first.get(child.number), school.label, year.starts_on, mentor, names[mentor])
        if n % TWICE_IN_DECIBEL == 0 and child.seat.level > 1:
            rows.append(_last_year(row, school.label, child))
        rows.append(row)
    return {"decibel.csv": ANSI.sheet(DECIBEL, rows)}


def zermelo_parents(school: SampleSchool) -> Files:
    """Every parent with a code and the pupils' numbers in one cell."""
    rows: list[Row] = [
        (code, _whole(parent), parent.email, ",".join(c.number for c in family.children))
        for code, parent, family in coded_parents(school)
    ]
    return {"ouders_zermelo.csv": SEMICOLONS.sheet(ZERMELO, rows)}


def social_schools(school: SampleSchool) -> Files:
    """Two workbooks without any number: pupils, and two addresses beside each child's name and birth date."""
    pupils: list[Row] = []
    parents: list[Row] = []
    for family in school.families:
        mails = [*(parent.email for parent in family.parents), ""][:2]
        for child in family.children:
            who = (child.given_name, child.prefix, child.surname, dutch(child.born))
            pupils.append((*who, child.seat.class_name, str(child.seat.level)))
            parents.append((*who, *mails))
    return {
        "leerlingen.xlsx": workbook(SOCIAL_SCHOOLS, sorted(pupils, key=tuple)),
        "ouders.xlsx": workbook(SOCIAL_SCHOOLS_PARENTS, sorted(parents, key=tuple)),
    }


def parnassys(school: SampleSchool) -> Files:
    """A list that somebody put together: `Groep 3` and `3` are one group."""
    rows: list[Row] = []
    for n, child in enumerate(children(school)):
        name = child.seat.class_name
        rows.append((child.given_name, _whole(child), f"Groep {name}" if n % 3 == 0 and name[0].isdigit() else name))
    return {"overzicht.csv": ANSI.sheet(PARNASSYS, rows)}


def flemish(school: SampleSchool) -> Files:
    """Pupils with a separator behind every row, and their relations; the surname carries its prefix."""
    places: dict[str, int] = {}
    rows: list[Row] = []
    relations: list[Row] = []
    for n, (family, child) in enumerate(family_and_child(school), start=1):
        name = child.seat.class_name
        places[name] = places.get(name, 0) + 1
        user = f"{letters(child.given_name)}.{letters(child.surname)}"
        rows.append((school.brin, _whole(child), child.given_name, name, f"{school.brin}{name}", str(places[name]),
                     user, f"{n:05}", child.number, ""))  # fmt: skip
        relations += [
            (child.number, parent.relation, _whole(parent), parent.given_name, parent.email, parent.phone,
             "ja" if place < 2 else "nee", "ja" if parent.post == "J" else "nee")
            for place, parent in enumerate(family.parents)
        ]  # fmt: skip
    return {
        "leerlingen.csv": FLEMISH_WRITING.sheet(FLEMISH, rows),
        "relaties.csv": FLEMISH_WRITING.sheet(FLEMISH_RELATIONS, relations),
    }


def co_accounts(school: SampleSchool) -> Files:
    """Pupils with up to six co-accounts beside them; the second guardian may stand in the fifth (T51)."""
    header = ["Stamnummer", "Naam", "Voornaam", "Klas"]
    header += [f"{what}_coaccount{place}" for place in range(1, CO_ACCOUNTS + 1) for what in CO_ACCOUNT]
    rows: list[Row] = []
    for family, child in family_and_child(school):
        places = dict(zip((1, family.second_account), family.parents, strict=False))
        cells = [child.number, _whole(child), child.given_name, child.seat.class_name]
        for place in range(1, CO_ACCOUNTS + 1):
            cells += _co_account(places.get(place))
        rows.append(cells)
    return {"coaccounts.csv": FLEMISH_WRITING.sheet(header, rows)}


def students(school: SampleSchool) -> Files:
    """Students with their coach, and the day on which they speak for themselves."""
    rows: list[Row] = [
        (child.number, child.given_name, child.prefix, child.surname, child.seat.class_name, child.leader,
         dutch(_years_later(child.born, ADULT_YEARS)), child.permitted)
        for child in children(school)
    ]  # fmt: skip
    return {"studenten.csv": SEMICOLONS.sheet(STUDENTS, rows)}


def staff(school: SampleSchool) -> Files:
    return {school.staff_file: school.writing.sheet(STAFF, staff_rows(school))}


def student_list(school: SampleSchool) -> Files:
    """An older list without classes, with a separator behind every row: it adds to another list."""
    rows: list[Row] = [
        (child.number, child.given_name, child.prefix, child.surname, child.email, dutch(child.born), "")
        for child in children(school)
    ]
    return {"leerlingenlijst.csv": SEMICOLONS.sheet(STUDENT_LIST, rows)}


def guardians(school: SampleSchool) -> Files:
    return {"verzorgers.csv": school.writing.sheet(GUARDIANS, guardian_rows(school))}


def lessons(school: SampleSchool) -> Files:
    """Who teaches which subject to which class."""
    return {"lessen.csv": SEMICOLONS.sheet(LESSONS, taught(school))}


def contact_parents(school: SampleSchool) -> Files:
    """Per class one parent whom others may call; one in four has not said yes."""
    first: dict[str, str] = {}
    for code, _, family in coded_parents(school):
        for child in family.children:
            first.setdefault(child.seat.class_name, code)
    rows: list[Row] = [
        (group.name, first[group.name], "N" if n % 4 == 3 else "J") for n, group in enumerate(school.classes)
    ]
    return {"contactouders.csv": SEMICOLONS.sheet(CONTACT_PARENTS, rows)}


def icalendar(school: SampleSchool) -> Files:
    """Our own layouts, with the school's calendar as an agenda program exports it: the end is the day after."""
    events = []
    for n, (start, end, kind, label) in enumerate(school.calendar):
        last = _day(end or start) + timedelta(days=1)
        title = label if kind == "studiedag" else kind.replace("_", " ")
        events += [
            "BEGIN:VEVENT", f"UID:{n}@{school.brin.lower()}.example.org", "DTSTAMP:20260801T080000Z",
            f"DTSTART;VALUE=DATE:{_day(start):%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}", f"SUMMARY:{title}",
            "END:VEVENT",
        ]  # fmt: skip
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Voorbeeld//NL", *events, "END:VCALENDAR", ""]
    others = {name: content for name, content in own_files(school).items() if not name.startswith("kalender")}
    return others | {"kalender.ics": "\r\n".join(lines).encode()}


def children(school: SampleSchool) -> list[Child]:
    return sorted((child for family in school.families for child in family.children), key=lambda one: one.number)


def family_and_child(school: SampleSchool) -> Iterator[tuple[Family, Child]]:
    for family in school.families:
        for child in family.children:
            yield family, child


def coded_parents(school: SampleSchool) -> Iterator[tuple[str, Parent, Family]]:
    """Every parent with the code that a timetable program gave."""
    number = FIRST_PARENT_CODE
    for family in school.families:
        for parent in family.parents:
            yield f"ouder{number}", parent, family
            number += 1


def full_name(person: Child | Colleague | Parent) -> str:
    return " ".join(filter(None, (person.given_name, person.prefix, person.surname)))


def _decibel_row(child: Child, parent: Parent | None, label: str, start: date, mentor: str, mentor_name: str) -> Row:
    """Streets, towns and cards stay empty: nobody who does not exist lives anywhere."""
    level = str(child.seat.level)
    cells = {
        "STAMNR": child.number, "INITIALS": child.initials, "FIRSTNAME": child.given_name, "PREFIX": child.prefix,
        "LASTNAME": child.surname, "EMAIL": child.email, "BIRTHDATE": dutch(child.born), "STUDYPERIOD": label,
        "CLASS": child.seat.class_name, "STUDY": f"leerjaar {level}", "LOCATION": child.seat.location,
        "STUDYYEAR": level, "CMENTORCODE": mentor, "CMENTORNAME": mentor_name, "studiebegindatum": dutch(start),
        "email": parent.email if parent else "", "gsm": parent.phone if parent else "",
    }  # fmt: skip
    return tuple(cells.get(title, "") for title in DECIBEL)


def _last_year(row: Row, label: str, child: Child) -> Row:
    """The enrolment before this one: another class, and it has ended."""
    first = int(label[:4])
    cells = dict(zip(DECIBEL, row, strict=True)) | {
        "STUDYPERIOD": f"{first - 1}-{first}", "CLASS": f"{child.seat.level - 1}a", "CMENTORCODE": "",
        "CMENTORNAME": "", "STUDY": "", "STUDYYEAR": str(child.seat.level - 1),
        "studiebegindatum": f"01-08-{first - 1}", "studieeinddatum": f"31-07-{first}",
    }  # fmt: skip
    return tuple(cells[title] for title in DECIBEL)


def _whole(person: Child | Parent) -> str:
    """The surname where there is no column for the prefix."""
    return f"{person.prefix} {person.surname}".strip()


def _co_account(parent: Parent | None) -> Row:
    if parent is None:
        return ("",) * len(CO_ACCOUNT)
    return (parent.relation, _whole(parent), parent.given_name, parent.email, parent.phone)


def _years_later(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _day(text: str) -> date:
    day, month, year = text.split("-")
    return date(int(year), int(month), int(day))
