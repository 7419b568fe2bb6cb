"""Schools of a few children, and what each system can write of them: to set a trap in every layout that carries it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from scheduling.domain.years import Region
from scheduling.samples import oneroster, systems
from scheduling.samples.people import Child, Colleague, Family, Parent, Seat
from scheduling.samples.schools import SampleClass, SampleSchool, Writing, edexml, own_files
from scheduling.samples.systems import Files

OWN_LISTS = ("leerlingen", "verzorgers")
BORN = date(2018, 5, 4)
UTF8, CP1252 = "utf-8", "cp1252"


class Need(StrEnum):
    """What a trap cannot do without."""

    NUMBERS = "numbers"
    BIRTH_DATES = "birth_dates"
    LOCATIONS = "locations"
    ADDRESSES = "addresses"
    BOTH_PARENTS = "both_parents"
    PARENT_NAMES = "parent_names"
    RELATIONS = "relations"
    PHONES = "phones"
    AUTHORITY = "authority"
    HOMES = "homes"
    SECRECY = "secrecy"
    SEPARATORS = "separators"
    ENCODINGS = "encodings"
    PREFIXES = "prefixes"


@dataclass(frozen=True)
class System:
    """How a system writes a few people, and what it can write."""

    write: Callable[[SampleSchool], Files]
    carries: frozenset[Need]
    encoding: str = UTF8


PEOPLE = frozenset({Need.NUMBERS, Need.BIRTH_DATES, Need.PREFIXES})
SHEET = frozenset({Need.SEPARATORS, Need.ENCODINGS})
PARENTS = frozenset({Need.ADDRESSES, Need.BOTH_PARENTS, Need.PARENT_NAMES})
RELATED = PARENTS | {Need.RELATIONS, Need.PHONES}


@dataclass(frozen=True)
class Somebody:
    """A child in a trap; children who have the same parents are one family."""

    number: str
    given_name: str
    surname: str
    prefix: str = ""
    class_name: str = "3"
    born: date = BORN
    parents: tuple[Parent, ...] = ()
    location: str = ""


def small_school(people: Sequence[Somebody]) -> SampleSchool:
    """A school of these children only."""
    school = SampleSchool("Kleine school", "99ZZ", Region.MIDDLE, "2027-2028", Writing(UTF8, ";"), "personeel.csv")
    school.staff = [Colleague("JUF", "Juf", "", "Voorbeeld", "LRK", email="juf@example.org")]
    names = dict.fromkeys((one.class_name, one.location) for one in people)
    school.classes = [SampleClass(name, "", "3", ("JUF",), f"lokaal {name}", location) for name, location in names]
    families: dict[tuple[int, ...], Family] = {}
    for place, one in enumerate(people):
        key = tuple(map(id, one.parents)) or (-place,)
        family = families.setdefault(key, Family(parents=list(one.parents)))
        seat = Seat(one.class_name, 3, one.location)
        family.children.append(Child(one.number, one.given_name, one.prefix, one.surname, one.born, seat))
    school.families = list(families.values())
    return school


def parent(relation: str, name: str, email: str = "", **more: Any) -> Parent:
    """A parent by given name and surname; the initial is the given name's."""
    given, _, surname = name.partition(" ")
    return Parent(relation, given[:1], "", surname, email, given_name=given, **more)


def _own_people(school: SampleSchool) -> Files:
    return {name: content for name, content in own_files(school).items() if name.startswith(OWN_LISTS)}


def _magister_and_parents(school: SampleSchool) -> Files:
    return {**systems.magister(school), **systems.zermelo_parents(school)}


SYSTEMS: Mapping[str, System] = {
    "own": System(
        _own_people,
        PEOPLE | SHEET | RELATED | {Need.LOCATIONS, Need.AUTHORITY, Need.HOMES, Need.SECRECY},
    ),
    "edexml": System(edexml, PEOPLE),
    "magister": System(systems.magister, (PEOPLE | SHEET) - {Need.BIRTH_DATES}),
    "decibel": System(systems.decibel, PEOPLE | SHEET | {Need.ADDRESSES, Need.LOCATIONS}, CP1252),
    "zermelo": System(
        _magister_and_parents,
        ((PEOPLE | SHEET) - {Need.BIRTH_DATES}) | PARENTS,
    ),
    "social-schools": System(systems.social_schools, (PEOPLE - {Need.NUMBERS}) | {Need.ADDRESSES, Need.BOTH_PARENTS}),
    "parnassys": System(systems.parnassys, SHEET | {Need.PREFIXES}, CP1252),
    "flemish": System(systems.flemish, SHEET | RELATED | {Need.NUMBERS, Need.AUTHORITY}),
    "co-accounts": System(systems.co_accounts, SHEET | RELATED | {Need.NUMBERS}),
    "students": System(systems.students, PEOPLE | SHEET),
    "oneroster": System(oneroster.packed, (PEOPLE - {Need.BIRTH_DATES}) | PARENTS | {Need.PHONES}),
}
