"""De Beuk: a Flemish primary school with 120 pupils, three nursery classes and six years."""

from collections.abc import Mapping
from datetime import date, timedelta

from scheduling.domain.years import Region
from scheduling.samples.names import GIVEN_FLEMISH, SURNAMES_ARABIC, SURNAMES_FLEMISH, SURNAMES_FRENCH
from scheduling.samples.people import (
    Colleague,
    Family,
    Registry,
    Seat,
    letters,
    new_family,
    new_parent,
    plain,
    seat_families,
)
from scheduling.samples.schools import SampleClass, SampleSchool, Writing, dutch

CLASSES = (
    ("K1", 12), ("K2", 13), ("K3", 13), ("1A", 14), ("2A", 14), ("3A", 13), ("4A", 14), ("5A", 14), ("6A", 13),
)  # fmt: skip
NURSERY_CLASSES = 3
TRIPLES, DOUBLES, SINGLES = 4, 26, 56
ONE_PARENT_EVERY = 9
APART = 8
FRENCH, ARABIC = 12, 10
"""Homes in which French or Arabic is spoken; three of the Arabic ones need an interpreter."""
INTERPRETERS = 3
LANGUAGES: Mapping[tuple[str, ...], str] = {
    SURNAMES_FLEMISH: "Nederlands", SURNAMES_FRENCH: "Frans", SURNAMES_ARABIC: "Arabisch",
}  # fmt: skip
WITHOUT_MAIL = 3
FIFTH_CO_ACCOUNT = 4
"""Families whose second guardian stands in the fifth co-account, not in the second (T51)."""


def beuk(label: str) -> SampleSchool:
    """The school in one school year: always the same people."""
    registry = Registry("De Beuk", 27000, "utf-8")
    registry.given = list(GIVEN_FLEMISH)
    registry.surnames = [("", surname) for surname in SURNAMES_FLEMISH]
    school = SampleSchool(
        "Vlaamse basisschool De Beuk", "099999", Region.FLANDERS, label, Writing("utf-8-sig", ";"), "personeel.csv"
    )  # fmt: skip
    for n, (name, _) in enumerate(CLASSES):
        school.staff.append(_colleague(registry, "LRK", (name,)))
        level = str(n - NURSERY_CLASSES + 1) if n >= NURSERY_CLASSES else ""
        kind = "lager" if level else "kleuter"
        school.classes.append(SampleClass(name, kind, level, (school.staff[-1].code,), f"klas {name}"))
    school.staff += [_colleague(registry, role, ()) for role in ("ZC", "DIR", "ADM")]
    _families(school, registry)
    school.rooms = [(room, "", "gelijkvloers", "hoofdgebouw") for group in school.classes for room in group.rooms]
    monday = school.first_school_day - timedelta(days=school.first_school_day.weekday())
    school.calendar = [
        (dutch(monday + timedelta(weeks=4, days=2)), "", "studiedag", "pedagogische studiedag"),
        (dutch(monday + timedelta(weeks=11, days=4)), "", "studiedag", "facultatieve verlofdag"),
        (dutch(monday + timedelta(weeks=15, days=4)), "", "rapport_1", "kerstrapport"),
        (dutch(monday + timedelta(weeks=42, days=2)), "", "rapport_2", "eindrapport"),
    ]
    return school


def _colleague(registry: Registry, role: str, classes: tuple[str, ...]) -> Colleague:
    prefix, surname = registry.surname()
    given = registry.given_name(prefix, surname)
    code = f"{letters(surname)[:3]}{letters(given)[:2]}{len(registry.mails_taken) + 1:02}".upper()
    return Colleague(code, given, prefix, surname, role, classes, email=registry.email("beuk", code))


def _families(school: SampleSchool, registry: Registry) -> None:
    year = int(school.label[:4])
    first = 1 - NURSERY_CLASSES
    levels = range(first, first + len(CLASSES))
    births = {level: (date(year - 5 - level, 1, 1), date(year - 5 - level, 12, 31)) for level in levels}
    seats = [Seat(name, level) for level, (name, size) in zip(levels, CLASSES, strict=True) for _ in range(size)]
    plan = seat_families(registry, seats, [3] * TRIPLES + [2] * DOUBLES + [1] * SINGLES)
    homes = [SURNAMES_FRENCH] * FRENCH + [SURNAMES_ARABIC] * ARABIC
    for n, chosen in enumerate(plan):
        tongue = homes[n // 3] if n % 3 == 1 and n // 3 < len(homes) else SURNAMES_FLEMISH
        registry.surnames = [("", surname) for surname in tongue]
        family = new_family(registry, chosen, 1 if n % ONE_PARENT_EVERY == 5 else 2, births)
        for parent in family.parents:
            parent.given_name = registry.random.choice(GIVEN_FLEMISH)
            parent.initials = plain(parent.given_name)[0]
            parent.phone = parent.phone.replace("+31", "+32")
            parent.language = LANGUAGES[tongue]
        school.families.append(family)
    _circumstances(school.families, registry)


def _circumstances(families: list[Family], registry: Registry) -> None:
    """T01, T06, T22, T28, T51, T52: two homes, interpreters, a foster parent, a father across the border."""
    for family in [one for one in families if one.parents[0].language == "Arabisch"][:INTERPRETERS]:
        family.parents[0].interpreter = "J"
    for family in [one for one in families if len(one.parents) == len(one.children) == 1][:WITHOUT_MAIL]:
        family.parents[0].email = ""
    couples = [family for family in families if len(family.parents) == 2]
    for family in couples[:APART]:
        family.parents[1].household = "B"
    couples[0].parents[1].phone = couples[0].parents[1].phone.replace("+32", "+31")
    foster = couples[APART]
    foster.parents[0].relation, foster.parents[0].authority = "pleegouder", ""
    foster.parents[1] = new_parent(registry, "voogd", "", "Pleegzorg Voorbeeld")
    foster.parents[1].authority, foster.parents[1].initials = "V", ""
    for child in couples[APART + 1].children:
        child.prefix, child.surname = "", "Van den Broeck"
    for family in couples[APART + 2 : APART + 2 + FIFTH_CO_ACCOUNT]:
        family.second_account = 5
