"""Our own layouts: pupils, guardians, staff, classes, rooms, the school's calendar, availability for a round."""

from collections.abc import Iterator
from datetime import datetime

from scheduling.domain.imports import (
    CLASS_NAME_LENGTH,
    GIVEN_NAME_LENGTH,
    INITIALS_LENGTH,
    NUMBER_LENGTH,
    AvailabilityRecord,
    ClassRecord,
    DayRecord,
    GuardianRecord,
    RoomRecord,
    StaffRecord,
)
from scheduling.domain.people import Authority, StaffRole
from scheduling.domain.years import DayKind
from scheduling.formats.cells import NO, YES, Row, tidy
from scheduling.formats.layouts import Layout
from scheduling.formats.people import (
    BIRTH_DATE,
    CLASS_NAME,
    EMAIL,
    ENROLLED_ON,
    GIVEN_NAME,
    INITIALS,
    LEFT_ON,
    LOCATION,
    NUMBER,
    PARENTS,
    PREFIX,
    PUPIL_NUMBER,
    RELATION_LENGTH,
    SHORT_LENGTH,
    STATUS,
    SURNAME,
    YEAR_LEVEL,
    is_active,
    read_phone,
    read_pupil,
    read_surname,
)

CODE_LENGTH = 40
EXTERNAL_CODE_LENGTH = 100
LABEL_LENGTH = 80

AUTHORITIES = {
    "og1": Authority.YES, "og2": Authority.YES, "gg": Authority.YES, "g": Authority.NO, "v": Authority.LEGAL_GUARDIAN,
    "voogd": Authority.LEGAL_GUARDIAN, "voogdij": Authority.LEGAL_GUARDIAN,
}  # fmt: skip
"""Beside J and N: the letters of the state's own register, in which G is somebody whose authority is suspended."""
UNKNOWN_LANGUAGE = "taal onbekend"
CONTACT_PERSONS = (
    "opa", "oma", "grootouder", "grootvader", "grootmoeder", "broer", "zus", "oom", "tante", "buur", "contactpersoon",
)  # fmt: skip
LANGUAGES = {
    "nederlands": "nl", "engels": "en", "turks": "tr", "arabisch": "ar", "pools": "pl", "oekraïens": "uk",
    "frans": "fr", "duits": "de", "spaans": "es", "tigrinya": "ti", "somalisch": "so", "somali": "so",
    "farsi": "fa", "dari": "fa", "perzisch": "fa", "bulgaars": "bg", "roemeens": "ro", "papiaments": "pap",
    "chinees": "zh", "tamazight": "zgh", "berbers": "zgh", "portugees": "pt", "russisch": "ru", "vietnamees": "vi",
    "nederlandse gebarentaal": "dse",
}  # fmt: skip

ROLES = {
    "lrk": StaffRole.LEADER, "leerkracht": StaffRole.LEADER, "men": StaffRole.LEADER, "mentor": StaffRole.LEADER,
    "doc": StaffRole.LEADER, "docent": StaffRole.LEADER, "slb": StaffRole.LEADER, "slb'er": StaffRole.LEADER,
    "ib": StaffRole.INTERNAL_SUPERVISOR, "intern begeleider": StaffRole.INTERNAL_SUPERVISOR,
    "zc": StaffRole.INTERNAL_SUPERVISOR, "zorgcoördinator": StaffRole.INTERNAL_SUPERVISOR,
    "dir": StaffRole.DIRECTOR, "directeur": StaffRole.DIRECTOR, "directie": StaffRole.DIRECTOR,
    "adm": StaffRole.OFFICE, "administratie": StaffRole.OFFICE,
}  # fmt: skip

WEEKDAYS = {"ma": "1", "di": "2", "wo": "3", "do": "4", "vr": "5", "za": "6", "zo": "7"}

FULL_WEEKDAYS = {
    "maan": "ma", "dins": "di", "woens": "wo", "donder": "do", "vrij": "vr", "zater": "za", "zon": "zo"
}  # fmt: skip
"""The days in full, less `dag`."""

DAY_KINDS = {
    "vakantie": DayKind.HOLIDAY,
    "feestdag": DayKind.PUBLIC_HOLIDAY,
    "studiedag": DayKind.CLOSED_DAY,
    "margedag": DayKind.CLOSED_DAY,
    "vrije dag": DayKind.CLOSED_DAY,
    "facultatieve verlofdag": DayKind.CLOSED_DAY,
    "rapport 1": DayKind.REPORT_1,
    "rapport 2": DayKind.REPORT_2,
}


def read_guardian(row: Row) -> Iterator[GuardianRecord]:
    prefix, surname = read_surname(row)
    secret = row.yes("secret_address") or False
    active = is_active(row, "relation", "salutation", "surname", "status")
    email = row.email("email")
    if active and not tidy(row.raw("email")):
        row.warn("email", "email_missing")
    language = row.text("language", RELATION_LENGTH)
    yield GuardianRecord(
        pupil_number=row.required("number", NUMBER_LENGTH),
        position=row.whole("position"),
        code=row.name("code", EXTERNAL_CODE_LENGTH),
        relation=row.name("relation", RELATION_LENGTH),
        salutation=row.text("salutation", INITIALS_LENGTH),
        given_name=row.name("given_name", GIVEN_NAME_LENGTH),
        initials=row.name("initials", INITIALS_LENGTH),
        surname_prefix=prefix,
        surname=surname,
        email=email,
        phone="" if secret or row.yes("phone_secret") else read_phone(row, "phone"),
        authority=_authority(row, active=active),
        secret_address=secret,
        receives_post=row.yes("receives_post") is not False,
        language=_language_code(language),
        interpreter=_interpreter(row, language),
        household=_household(row),
        active=active,
        place=row.place,
    )


def read_staff(row: Row) -> Iterator[StaffRecord]:
    prefix, surname = read_surname(row)
    yield StaffRecord(
        code=row.required("code", CODE_LENGTH),
        given_name=row.name("given_name", GIVEN_NAME_LENGTH),
        surname_prefix=prefix,
        surname=surname,
        email=row.email("email"),
        roles=_roles(row),
        classes=row.parts("classes"),
        workdays=_workdays(row),
        place=row.place,
    )


def read_class(row: Row) -> Iterator[ClassRecord]:
    leaders = (*row.parts("leader_1"), *row.parts("leader_2"))
    yield ClassRecord(
        name=row.required("name", CLASS_NAME_LENGTH),
        location=row.name("location", CLASS_NAME_LENGTH),
        level=row.text("level", CODE_LENGTH),
        year_level=row.text("year_level", SHORT_LENGTH),
        leaders=tuple(dict.fromkeys(leaders)),
        room=row.name("room", CLASS_NAME_LENGTH),
        place=row.place,
    )


def read_room(row: Row) -> Iterator[RoomRecord]:
    yield RoomRecord(
        name=row.required("name", CLASS_NAME_LENGTH),
        location=row.name("location", CLASS_NAME_LENGTH),
        floor=row.text("floor", CODE_LENGTH),
        building=row.text("building", CLASS_NAME_LENGTH),
        place=row.place,
    )


def read_day(row: Row) -> Iterator[DayRecord]:
    starts_on = row.day("starts_on")
    ends_on = row.day("ends_on") if tidy(row.raw("ends_on")) else starts_on
    kind = DAY_KINDS.get(tidy(row.raw("kind")).casefold().replace("_", " "))
    if kind is None:
        row.refuse("kind", "kind_unknown", text=tidy(row.raw("kind"))[:40])
    if starts_on is None or ends_on is None:
        row.refuse("starts_on" if starts_on is None else "ends_on", "date_needed")
        return
    if ends_on < starts_on:
        row.refuse("ends_on", "ends_before_start")
    label = row.text("label", LABEL_LENGTH) or tidy(row.raw("kind"))
    if kind:
        yield DayRecord(starts_on, ends_on, kind, label, place=row.place)


def read_availability(row: Row) -> Iterator[AvailabilityRecord]:
    code = row.required("code", CODE_LENGTH)
    day, start, end = row.day("day"), row.clock("starts_at"), row.clock("ends_at")
    room = row.name("room", CLASS_NAME_LENGTH)
    if day is None:
        row.refuse("day", "date_needed")
    if day is None or start is None or end is None:
        return
    if end <= start:
        row.refuse("ends_at", "ends_before_start")
    yield AvailabilityRecord(code, datetime.combine(day, start), datetime.combine(day, end), room, place=row.place)


LAYOUTS = (
    Layout(
        "guardians",
        {
            "number": NUMBER,
            "position": ("volgnummer", "volgnr"),
            "code": ("code", "oudercode", "code ouder", "code verzorger"),
            "relation": ("relatie", "type relatie", "relatie tot leerling", "relationship"),
            "salutation": ("aanhef",),
            "given_name": GIVEN_NAME,
            "initials": INITIALS,
            "prefix": PREFIX,
            "surname": SURNAME,
            "email": EMAIL,
            "phone": ("telefoon mobiel", "mobiel", "telefoon", "telefoonnummer", "gsm", "phone"),
            "phone_secret": ("telefoon geheim", "geheim telefoonnummer", "geheim nummer"),
            "authority": ("gezag", "ouderlijk gezag", "wettelijk vertegenwoordiger", "wettelijke vertegenwoordiger"),
            "secret_address": ("adres geheim", "geheim adres", "geheimadres"),
            "receives_post": ("post ontvangen", "post"),
            "language": ("taal", "thuistaal", "language"),
            "interpreter": ("tolk nodig", "tolk"),
            "household": ("huishouden",),
            "consent": ("toestemming", "toestemming contact"),
            "status": STATUS,
        },
        frozenset({"number", "relation"}),
        read_guardian,
    ),
    Layout(
        "pupils",
        {
            "number": PUPIL_NUMBER,
            "given_name": GIVEN_NAME,
            "prefix": PREFIX,
            "surname": SURNAME,
            "initials": INITIALS,
            "birth_date": BIRTH_DATE,
            "class_name": CLASS_NAME,
            "location": LOCATION,
            "year_level": YEAR_LEVEL,
            "leaders": ("leerkracht", "mentor", "mentor 1", "klassenmentor", "slb"),
            "leader_2": ("mentor 2", "leerkracht 2"),
            "email": EMAIL,
            "parents_permitted": ("toestemming ouders",),
            "enrolled_on": ENROLLED_ON,
            "left_on": LEFT_ON,
            "status": STATUS,
            **PARENTS,
        },
        frozenset({"number", "given_name", "class_name"}),
        read_pupil,
    ),
    Layout(
        "staff",
        {
            "code": ("code", "afkorting"),
            "given_name": GIVEN_NAME,
            "prefix": PREFIX,
            "surname": SURNAME,
            "email": EMAIL,
            "roles": ("rol", "rollen", "functie"),
            "classes": ("groepen", "klassen", "mentorklas"),
            "workdays": ("werkdagen",),
        },
        frozenset({"code", "surname", "roles"}),
        read_staff,
    ),
    Layout(
        "classes",
        {
            "name": ("klas", "groep"),
            "location": LOCATION,
            "level": ("niveau",),
            "year_level": YEAR_LEVEL,
            "leader_1": ("mentor 1", "mentor", "leerkracht 1", "leerkracht", "slb"),
            "leader_2": ("mentor 2", "leerkracht 2"),
            "room": ("lokaal",),
        },
        frozenset({"name", "leader_1"}),
        read_class,
    ),
    Layout(
        "availability",
        {"code": ("code",), "day": ("datum",), "starts_at": ("van",), "ends_at": ("tot",), "room": ("lokaal",)},
        frozenset({"code", "day", "starts_at", "ends_at"}),
        read_availability,
    ),
    Layout(
        "rooms",
        {
            "name": ("lokaal",),
            "location": LOCATION,
            "floor": ("verdieping",),
            "building": ("gebouw",),
        },
        frozenset({"name", "floor"}),
        read_room,
    ),
    Layout(
        "calendar",
        {
            "starts_on": ("van",),
            "ends_on": ("tot en met", "tm", "t/m"),
            "kind": ("soort",),
            "label": ("omschrijving",),
        },
        frozenset({"starts_on", "ends_on", "kind"}),
        read_day,
    ),
)


def _authority(row: Row, *, active: bool) -> Authority:
    text = tidy(row.raw("authority")).casefold()
    if text in YES:
        return Authority.YES
    if text in NO:
        return Authority.NO
    if text in AUTHORITIES:
        return AUTHORITIES[text]
    if tidy(row.raw("relation")).casefold().startswith(CONTACT_PERSONS) and row.yes("consent") is not True:
        row.warn("relation", "contact_without_consent")
        return Authority.NO
    if active and "authority" in row.cells:
        row.warn("authority", "authority_unknown")
    return Authority.UNKNOWN


def _household(row: Row) -> str:
    letter = tidy(row.raw("household")).upper()
    if letter not in ("", "A", "B"):
        row.refuse("household", "household_unknown", text=letter[:40])
    return letter


def _language_code(text: str) -> str:
    """A language as a code; one that we do not know is Dutch, the interpreter's language stays as typed."""
    key = text.casefold()
    return LANGUAGES.get(key) or (key if key in LANGUAGES.values() else "nl")


def _interpreter(row: Row, language: str) -> str:
    """The language for which an interpreter is needed: the home's own language, or the one that the cell names."""
    text = row.name("interpreter", RELATION_LENGTH)
    if text.casefold() in NO or not text:
        return ""
    return (language or UNKNOWN_LANGUAGE) if text.casefold() in YES else text


def _roles(row: Row) -> tuple[StaffRole, ...]:
    roles = []
    for word in row.parts("roles"):
        role = ROLES.get(word.casefold())
        if role is None:
            row.warn("roles", "role_unknown", text=word[:40])
        else:
            roles.append(role)
    return tuple(dict.fromkeys(roles))


def _workdays(row: Row) -> str:
    words = [word.casefold().removesuffix("dag") for word in row.parts("workdays")]
    words = [word if word in WEEKDAYS else FULL_WEEKDAYS.get(word, word) for word in words]
    unknown = [word for word in words if word not in WEEKDAYS]
    if unknown:
        row.warn("workdays", "workday_unknown", text=row.raw("workdays")[:40])
        return ""
    return "".join(sorted(WEEKDAYS[word] for word in words))
