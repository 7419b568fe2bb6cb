"""What lists of people have in common, whoever made them: the usual headers, names, pupils, parents beside a pupil."""

from collections.abc import Iterator, Mapping
from datetime import date

from scheduling.domain.imports import (
    CLASS_NAME_LENGTH,
    GIVEN_NAME_LENGTH,
    INITIALS_LENGTH,
    NUMBER_LENGTH,
    PREFIX_LENGTH,
    SURNAME_LENGTH,
    Child,
    GuardianRecord,
    PupilRecord,
    Record,
    is_gone_word,
)
from scheduling.domain.people import Authority
from scheduling.formats.cells import Row, tidy

SHORT_LENGTH = 10
RELATION_LENGTH = 40
PHONE_LENGTH = 40

NUMBER = (
    "leerlingnummer", "leerlingnr", "leerling nummer", "llnr", "stamnummer", "stamnr", "studentnummer", "studentnr",
    "student number",
)  # fmt: skip
PUPIL_NUMBER = (*NUMBER, "nummer", "key")
"""In a list of pupils `Nummer` is the pupil's; elsewhere it may be anybody's."""
GIVEN_NAME = ("roepnaam", "voornaam", "firstname", "first name", "givenname", "given name")
PREFIX = ("tussenvoegsel", "tussenvoegsels", "tussenv.", "tussenv", "voorvoegsel", "voorvoegsels", "prefix")
SURNAME = ("achternaam", "naam", "familienaam", "lastname", "last name", "familyname", "family name", "surname")
INITIALS = ("voorletters", "initials")
BIRTH_DATE = ("geboortedatum", "geb.datum", "birthdate", "birth date", "date of birth")
CLASS_NAME = ("groep", "klas", "stamgroep", "stamklas", "basisgroep", "klasnaam", "klas/groep", "klascode", "class")
LOCATION = ("vestiging", "locatie", "location")
YEAR_LEVEL = ("leerjaar", "jaargroep", "studiejaar", "grade")
EMAIL = ("emailadres", "email", "mail", "mailadres")
ENROLLED_ON = ("datum inschrijving", "inschrijfdatum", "instroomdatum")
LEFT_ON = ("datum uitschrijving", "uitschrijfdatum", "uitstroomdatum")
STATUS = ("status", "inschrijfstatus")

NAMES: Mapping[str, tuple[str, ...]] = {
    "given_name": GIVEN_NAME, "prefix": PREFIX, "surname": SURNAME, "birth_date": BIRTH_DATE,
}  # fmt: skip

NOT_ACTIVE = ("overleden", "inactief", "niet actief", "wijlen", "†")

FIRST_OF_TWO = ("van", "in", "op", "aan", "uit", "voor", "bij", "onder", "over", "von")
PREFIXES = frozenset(
    {
        "aan", "bij", "d'", "da", "de", "del", "della", "den", "der", "des", "di", "dos", "du", "el", "in", "la", "le",
        "'s", "'t", "’t", "te", "ten", "ter", "tot", "uit", "van", "ver", "von", "voor", "zu", "de la",
    }
    | {f"{one} {two}" for one in FIRST_OF_TWO for two in ("de", "den", "der", "het", "'t", "’t", "la", "'s", "dem")}
)  # fmt: skip

SLOTS = 6
"""Smartschool keeps up to six co-accounts beside a pupil."""
PARENT_WORDS: Mapping[str, tuple[str, ...]] = {
    "email": EMAIL,
    "given_name": ("voornaam", "roepnaam"),
    "prefix": ("tussenvoegsel", "voorvoegsel"),
    "surname": ("achternaam", "naam"),
    "initials": ("voorletters",),
    "phone": ("telefoon mobiel", "mobiel", "mobielnummer", "gsm", "telefoon", "telefoonnummer"),
    "relation": ("relatie", "type", "soort", "type relatie"),
    "status": ("status",),
}
SLOT_TITLES = (
    "ouder/verzorger {0}", "ouder/verzorger{0}", "ouder {0}", "ouder{0}", "verzorger {0}", "verzorger{0}",
    "coaccount {0}", "coaccount{0}", "contactpersoon {0}",
)  # fmt: skip
NAMED_SLOTS = {"father": ("vader", ("vader",)), "mother": ("moeder", ("moeder",))}
PARENT_SLOTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    f"parent_{n}": ("", tuple(title.format(n) for title in SLOT_TITLES)) for n in range(1, SLOTS + 1)
} | NAMED_SLOTS
"""Per place beside a pupil the relation that its title says, and how it is called in headers."""

PARENTS: Mapping[str, tuple[str, ...]] = {
    f"{slot}_{field}": tuple(
        title for word in words for name in names for title in (f"{word} {name}", f"{name} {word}")
    )
    for slot, (_, names) in PARENT_SLOTS.items()
    for field, words in PARENT_WORDS.items()
}
"""The columns of parents who stand on the pupil's own row."""
PARENT_ADDRESSES = frozenset(f"{slot}_email" for slot in PARENT_SLOTS)


def read_pupil(row: Row) -> Iterator[Record]:
    """A pupil, and the parents whose addresses stand beside it."""
    prefix, surname = read_surname(row)
    yield pupil_of(row, prefix, surname)
    yield from read_parents(row)


def pupil_of(row: Row, prefix: str, surname: str, *, birth_date: date | None = None) -> PupilRecord:
    """A pupil whose surname was read already; a list without numbers leaves the number open."""
    left_on = row.day("left_on")
    year_level = row.text("year_level", SHORT_LENGTH)
    status = tidy(row.raw("status")).casefold()
    gone = left_on is not None or year_level.upper() == "H" or is_gone_word(status)
    class_name = row.name("class_name", CLASS_NAME_LENGTH)
    if is_gone_word(status):
        class_name = status
    elif not class_name and not gone and "class_name" in row.cells and row.is_good:
        row.refuse("class_name", "missing")
    return PupilRecord(
        number=row.required("number", NUMBER_LENGTH) if "number" in row.cells else "",
        given_name=row.required("given_name", GIVEN_NAME_LENGTH),
        class_name=class_name,
        surname_prefix=prefix,
        surname=surname,
        initials=row.name("initials", INITIALS_LENGTH),
        birth_date=birth_date or row.day("birth_date"),
        location=row.name("location", CLASS_NAME_LENGTH),
        year_level=year_level,
        leaders=tuple(dict.fromkeys((*row.parts("leaders"), *row.parts("leader_2")))),
        email=row.email("email"),
        parents_permitted=row.yes("parents_permitted"),
        enrolled_on=row.day("enrolled_on"),
        left_on=left_on,
        place=row.place,
    )


def read_parents(row: Row) -> Iterator[GuardianRecord]:
    """The parents on a pupil's own row; an empty place says nothing, one address on two places is one mailbox."""
    if PARENTS.keys().isdisjoint(row.cells):
        return
    seen: set[tuple[str, ...]] = set()
    for position, (slot, (relation, _)) in enumerate(PARENT_SLOTS.items(), start=1):
        if not any(tidy(row.raw(f"{slot}_{field}")) for field in ("email", "given_name", "surname", "initials")):
            continue
        parent = _parent(row, slot, relation, position if position <= SLOTS else 0)
        who = (parent.email.casefold(), parent.given_name, parent.initials, parent.surname)
        if who not in seen and any(who):
            seen.add(who)
            yield parent


def _parent(row: Row, slot: str, relation: str, position: int) -> GuardianRecord:
    prefix, surname = read_surname(row, f"{slot}_prefix", f"{slot}_surname")
    active = is_active(row, f"{slot}_relation", f"{slot}_surname", f"{slot}_status")
    email = row.email(f"{slot}_email")
    if active and not tidy(row.raw(f"{slot}_email")):
        row.warn(f"{slot}_email", "email_missing")
    number = "" if "number" not in row.cells else row.raw("number")
    return GuardianRecord(
        pupil_number=tidy(number)[:NUMBER_LENGTH],
        position=position,
        relation=row.name(f"{slot}_relation", RELATION_LENGTH) or relation,
        given_name=row.name(f"{slot}_given_name", GIVEN_NAME_LENGTH),
        initials=row.name(f"{slot}_initials", INITIALS_LENGTH),
        surname_prefix=prefix,
        surname=surname,
        email=email,
        phone=read_phone(row, f"{slot}_phone"),
        authority=Authority.UNKNOWN,
        active=active,
        child=None if "number" in row.cells else read_child(row),
        place=row.place,
    )


def read_child(row: Row) -> Child:
    """The pupil whom a row is about, where the file knows pupils by name only."""
    said = Row(row.place, row.cells, row.headers, row.encoding)  # the pupil's own record tells the problems
    prefix, surname = read_surname(said)
    return Child(
        given_name=said.name("given_name", GIVEN_NAME_LENGTH), surname_prefix=prefix, surname=surname,
        birth_date=said.day("birth_date"), class_name=said.name("class_name", CLASS_NAME_LENGTH),
    )  # fmt: skip


def read_surname(row: Row, prefix_column: str = "prefix", surname_column: str = "surname") -> tuple[str, str]:
    """Prefix and surname; a prefix typed behind the surname (`Vries, de`) or before it moves to its place."""
    prefix, surname = row.name(prefix_column, PREFIX_LENGTH), row.name(surname_column, SURNAME_LENGTH)
    if prefix:
        return prefix, surname
    last, comma, typed = (part.strip() for part in surname.partition(","))
    if comma and typed.casefold() in PREFIXES:
        row.warn(surname_column, "prefix_moved", text=surname)
        return typed, last
    words = surname.split()
    for count in range(min(3, len(words) - 1), 0, -1):
        before = " ".join(words[:count])
        if before in PREFIXES and words[count][:1].isupper():
            return before, " ".join(words[count:])
    return prefix, surname


def read_phone(row: Row, column: str) -> str:
    text = tidy(row.raw(column))
    if len(text) > PHONE_LENGTH:
        row.warn(column, "phone_too_long")
        return ""
    return text


def is_active(row: Row, *columns: str) -> bool:
    """False for a row that says somewhere that this person has died or is no longer a contact."""
    said = " ".join(row.raw(name) for name in columns).casefold()
    if any(word in said for word in NOT_ACTIVE):
        row.warn(columns[0], "guardian_not_active")
        return False
    return True
