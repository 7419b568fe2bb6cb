"""De Linde one year on: the same people, a group further. For the change of the school year."""

from dataclasses import replace
from datetime import timedelta

from scheduling.domain.years import year_period
from scheduling.samples.linde import linde, new_colleague, own_days, with_leaders
from scheduling.samples.people import Child, Family, Registry, Seat, new_family
from scheduling.samples.schools import SampleSchool

TOP_LEVEL = 8
KINDERGARTENS = ("1/2a", "1/2b", "1/2c")
NEW_PER_KINDERGARTEN = 11
STRAIGHT_TO = {6: ("6", 16, "6/7"), 7: ("7", 14, "6/7")}
"""Per level: its own group, how many fit there, and the combination group for the others."""

STAY_A_YEAR = (4, 2)
"""Of each of these levels the first pupil does the year once more."""

LEAVES_EARLY = 5
"""The first pupil of this level is in no file any more, and did not finish the school."""


def linde_moved_up(label: str) -> SampleSchool:
    """The school of the year before, in this school year; always the same people."""
    start = int(label[:4])
    school = linde(f"{start - 1}-{start}")
    registry = Registry("De Linde, een jaar later", 5000, "cp1252")
    school.label, school.more_pupils, school.more_guardians = label, [], []
    school.calendar = own_days(school)
    _seat(school)
    _newcomers(school, registry)
    _address_changes(school.families)
    _staff(school, registry)
    with_leaders(school)
    return school


def left_early(school_before: SampleSchool) -> Child:
    """Who is not in the next year's files although there was a next group."""
    return next(child for child in _children(school_before) if child.seat.level == LEAVES_EARLY)


def _children(school: SampleSchool) -> list[Child]:
    return [child for family in school.families for child in family.children]


def _seat(school: SampleSchool) -> None:
    """Everybody a group further; the top group and one other pupil leave, two do a year again."""
    leaving = left_early(school).number
    staying = {next(child.number for child in _children(school) if child.seat.level == level) for level in STAY_A_YEAR}
    places: dict[int, int] = {}
    for family in school.families:
        family.children = [
            child for child in family.children if child.seat.level < TOP_LEVEL and child.number != leaving
        ]
        for child in family.children:
            if child.number not in staying:
                child.seat = _next_seat(child.seat, places)
    school.families = [family for family in school.families if family.children]


def _next_seat(seat: Seat, places: dict[int, int]) -> Seat:
    level = seat.level + 1
    if level == 2:
        return replace(seat, level=level)
    places[level] = places.get(level, 0) + 1
    own, room, combination = STRAIGHT_TO.get(level, (str(level), 1000, ""))
    return Seat(own if places[level] <= room else combination, level)


def _newcomers(school: SampleSchool, registry: Registry) -> None:
    """New families with a child of four, and a little brother of a family that is here already."""
    year = year_period(school.label, school.region)
    births = {1: (year.starts_on - timedelta(days=5 * 365 - 60), year.starts_on - timedelta(days=4 * 365))}
    seats = [Seat(name, 1) for name in KINDERGARTENS for _ in range(NEW_PER_KINDERGARTEN)]
    known = next(family for family in school.families if len(family.children) == 1 and not family.lives_apart)
    brother = new_family(registry, [seats.pop()], 1, births).children[0]
    older = known.children[0]
    brother.prefix, brother.surname = older.prefix, older.surname
    known.children.append(brother)
    school.families += [new_family(registry, [seat], 2, births) for seat in seats]
    for child in _children(school):
        if child.number > "005000":
            child.enrolled_on = year.starts_on


def _address_changes(families: list[Family]) -> None:
    """One mother has another mailbox."""
    mother = next(family for family in families if not family.lives_apart and family.parents[0].email).parents[0]
    mother.email = "nieuw.adres@example.org"


def _staff(school: SampleSchool, registry: Registry) -> None:
    """Two groups change teachers, one teacher leaves, and there is a new one."""
    three, four = (next(group for group in school.classes if group.name == name) for name in ("3", "4"))
    three.leaders, four.leaders = four.leaders, three.leaders
    seven = next(group for group in school.classes if group.name == "7")
    gone, new = seven.leaders[0], new_colleague(registry, "LRK", ("7",))
    school.staff = [one for one in school.staff if one.code != gone] + [new]
    seven.leaders = (new.code, *seven.leaders[1:])
    teaching = {code: group.name for group in school.classes for code in group.leaders}
    for one in school.staff:
        if one.code in teaching:
            one.classes = (teaching[one.code],)
