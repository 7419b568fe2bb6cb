"""De Linde: a primary school with 240 pupils in ten groups, seven of them led by a duo."""

from datetime import date, timedelta

from scheduling.domain.years import Region, year_period
from scheduling.samples.names import LONG_SURNAME
from scheduling.samples.people import (
    Colleague,
    Family,
    Parent,
    Registry,
    Seat,
    letters,
    new_family,
    new_parent,
    seat_families,
)
from scheduling.samples.schools import Row, SampleClass, SampleSchool, Writing, dutch

GROUPS = (
    ("1/2a", {1: 12, 2: 12}), ("1/2b", {1: 12, 2: 12}), ("1/2c", {1: 12, 2: 11}), ("3", {3: 27}), ("4", {4: 25}),
    ("5", {5: 26}), ("6", {6: 25}), ("6/7", {6: 11, 7: 10}), ("7", {7: 23}), ("8", {8: 22}),
)  # fmt: skip
DUOS = ("1/2a", "1/2b", "3", "4", "5", "6/7", "8")
DUO_DAYS = ("ma,di,wo", "wo,do,vr")

TRIPLES, DOUBLES, SINGLES = 9, 69, 70
"""Beside the two sets of twins, which are doubles of their own, and the family with three groups: 150 families."""
ONE_PARENT = 38
APART = 18
WITHOUT_MAIL = 9
SHARED_MAILBOX = 6
INTERPRETERS = ("Tigrinya", "Oekraïens", "Arabisch")
READ_OTHER_LANGUAGES = ("Engels", "Turks", "Pools")


def linde(label: str) -> SampleSchool:
    """The school in one school year: always the same people."""
    registry = Registry("De Linde", 1000, "cp1252")
    school = SampleSchool(
        "Basisschool De Linde", "99AA", Region.MIDDLE, label, Writing("cp1252", ";"), "personeel.csv"
    )  # fmt: skip
    _staff(school, registry)
    _families(school, registry)
    with_leaders(school)
    school.rooms = [(room, "", "begane grond" if n < 5 else "1e verdieping", "hoofdgebouw")
                    for n, group in enumerate(school.classes) for room in group.rooms]  # fmt: skip
    school.rooms += [("spreekkamer", "", "begane grond", "hoofdgebouw")]
    school.calendar = own_days(school)
    return school


def _staff(school: SampleSchool, registry: Registry) -> None:
    for name, levels in GROUPS:
        leaders = []
        for place in range(2 if name in DUOS else 1):
            colleague = new_colleague(registry, "LRK", (name,), DUO_DAYS[place] if name in DUOS else "ma,di,wo,do,vr")
            school.staff.append(colleague)
            leaders.append(colleague.code)
        level = str(next(iter(levels))) if len(levels) == 1 else ""
        room = f"lokaal {len(school.classes) + 1}"
        school.classes.append(SampleClass(name, "basisonderwijs", level, tuple(leaders), room))
    school.staff += [new_colleague(registry, role, ()) for role in ("IB", "DIR", "ADM")]


def new_colleague(
    registry: Registry, role: str, classes: tuple[str, ...], workdays: str = "ma,di,wo,do,vr"
) -> Colleague:  # fmt: skip
    prefix, surname = registry.surname()
    given = registry.given_name(prefix, surname)
    code = f"{letters(given)[:1]}{letters(surname)[:3]}{len(registry.mails_taken) + 1:02}".upper()
    return Colleague(code, given, prefix, surname, role, classes, workdays, registry.email("school", code))


def _births(label: str) -> dict[int, tuple[date, date]]:
    """Per year level the first and last birthday: four years old before October in the first year."""
    year = int(label[:4])
    return {level: (date(year - 4 - level, 10, 1), date(year - 3 - level, 9, 30)) for level in range(1, 9)}


def _families(school: SampleSchool, registry: Registry) -> None:
    births = _births(school.label)
    seats = [Seat(name, level) for name, levels in GROUPS for level, count in levels.items() for _ in range(count)]
    twins = [[Seat("3", 3)] * 2, [Seat("1/2b", 1)] * 2]
    three_groups = [Seat("1/2a", 2), Seat("4", 4), Seat("8", 8)]
    for seat in (*twins[0], *twins[1], *three_groups):
        seats.remove(seat)
    sizes = [3] * TRIPLES + [2] * (DOUBLES - 1) + [1] * SINGLES
    plan = [*twins, three_groups, *seat_families(registry, seats, sizes)]
    singles = [n for n, chosen in enumerate(plan) if len(chosen) == 1]
    alone = set(singles[:20]) | set(range(40, 40 + ONE_PARENT - 20))
    for n, chosen in enumerate(plan):
        school.families.append(new_family(registry, chosen, 1 if n in alone else 2, births))
    together = [family for n, family in enumerate(school.families) if n not in alone and n > 2]
    one_parent = [school.families[n] for n in sorted(alone)]
    _rename_twins(school.families[0])
    _apart([family for family in together if len(family.children) == 2][:APART])
    couples = [family for family in together if not family.lives_apart]
    _without_mail(couples, one_parent)
    couples = [family for family in couples if family.parents[0].email and len(family.children) > 1]
    _shared_mailboxes(registry, couples[:SHARED_MAILBOX])
    _languages(couples[6:9], couples[9:12])
    _colleague_as_parent(school, couples[12])
    _all_kinds_of_families(registry, couples[13:17])
    _unusual_names(couples[17], couples[18])
    _corrections_needed(couples[19:22])
    _traces_of_the_past(school, registry, one_parent[-1])


def _rename_twins(family: Family) -> None:
    """T16: names that are easily taken for each other."""
    family.children[0].given_name, family.children[1].given_name = "Sem", "Sam"


def _apart(families: list[Family]) -> None:
    """T01, T02, T03: two homes; three parents without authority, one address that is kept secret."""
    for family in families:
        family.parents[1].household = "B"
    for family in families[1:4]:
        family.parents[1].authority = "N"
    families[4].parents[0].secret = True


def _without_mail(couples: list[Family], one_parent: list[Family]) -> None:
    """T06: nobody in the family has an address; five couples and four parents alone, each with one child."""
    chosen = [family for family in couples if len(family.children) == 1][:5]
    chosen += [family for family in one_parent if len(family.children) == 1][: WITHOUT_MAIL - len(chosen)]
    for family in chosen:
        for parent in family.parents:
            parent.email = ""


def _shared_mailboxes(registry: Registry, families: list[Family]) -> None:
    """T04: two parents, one home, one mailbox."""
    for family in families:
        mailbox = registry.email("gezin", family.children[0].surname)
        for parent in family.parents:
            parent.email = mailbox


def _languages(need_interpreter: list[Family], read_other: list[Family]) -> None:
    """T22: three homes need an interpreter; others only read another language."""
    for family, language in zip(need_interpreter, INTERPRETERS, strict=True):
        family.parents[0].language, family.parents[0].interpreter = language, "J"
    for family, language in zip(read_other, READ_OTHER_LANGUAGES, strict=True):
        for parent in family.parents:
            parent.language = language


def _colleague_as_parent(school: SampleSchool, family: Family) -> None:
    """T19: a group teacher with children in other groups than her own."""
    taught = {child.seat.class_name for child in family.children}
    teacher = next(one for one in school.staff if one.classes and one.classes[0] not in taught)
    mother = family.parents[0]
    mother.prefix, mother.surname, mother.email = teacher.prefix, teacher.surname, teacher.email
    mother.initials, mother.relation, family.parents[1].relation = teacher.given_name[0], "moeder", "vader"


def _all_kinds_of_families(registry: Registry, families: list[Family]) -> None:
    """T28, T29: two mothers; a stepfather; foster parent and legal guardian; a grandmother as contact."""
    for parent in families[0].parents:
        parent.relation = "moeder"
    families[1].parents[0].relation, families[1].parents[1].relation = "moeder", "stiefvader"
    families[1].parents[1].authority = ""
    families[2].parents[0].relation, families[2].parents[0].authority = "pleegouder", ""
    families[2].parents[1] = new_parent(registry, "voogd", "", "Stichting Jeugdbescherming Voorbeeld")
    families[2].parents[1].authority, families[2].parents[1].initials = "V", ""
    grandmother = families[3].parents[1]
    grandmother.relation, grandmother.authority, grandmother.consent = "oma", "", "N"


def _unusual_names(long: Family, single: Family) -> None:
    """T46: a very long surname, and a pupil who has only one name."""
    for child in long.children:
        child.prefix, child.surname = LONG_SURNAME
    single.children[0].prefix, single.children[0].surname = "", ""


def _corrections_needed(families: list[Family]) -> None:
    """T07, T09: addresses that were typed carelessly; a prefix behind the surname."""
    families[0].parents[1].email = "jan@@example"
    first = families[1].parents[0]
    local, _, domain = first.email.partition("@")
    first.email = f" {local}@{domain.upper()}"
    for parent in families[2].parents[:1]:
        parent.prefix, parent.surname = "", "Vries, de"


def _traces_of_the_past(school: SampleSchool, registry: Registry, widowed: Family) -> None:
    """T15, T27, T30: double rows, a parent who died, pupils who are not here yet or no more."""
    year = year_period(school.label, school.region)
    child = school.families[20].children[0]
    first_day = dutch(year.starts_on - timedelta(days=330))
    earlier: Row = (child.number, child.given_name, child.prefix, child.surname, child.initials, dutch(child.born),
                    child.seat.class_name, str(child.seat.level), child.leader, first_day,
                    dutch(year.starts_on - timedelta(days=200)))  # fmt: skip
    child.enrolled_on = year.starts_on - timedelta(days=60)
    school.more_pupils = [earlier, earlier]
    for given, group, left in (("Lars", "aangemeld", ""), ("Anouk", "uitgeschreven", ""),
                               ("Koen", "7", dutch(year.starts_on - timedelta(days=31)))):  # fmt: skip
        row: Row = (registry.number(), given, "", "Voorbeeld", given[0], "", group, "", "", "", left)
        school.more_pupils.append(row)
    parent = Parent("vader (overleden)", "P", "", "Voorbeeld", "p.voorbeeld@example.org", authority="J")
    school.more_guardians = [
        (one.number, "2", parent.relation, "", parent.initials, "", parent.surname, parent.email, "", "J", "N", "N",
         parent.language, "N", "A", "")
        for one in widowed.children
    ]  # fmt: skip


def with_leaders(school: SampleSchool) -> None:
    """In a duo each pupil has one of the two as its own teacher."""
    leaders = {group.name: group.leaders for group in school.classes}
    seen: dict[str, int] = {}
    for child in (child for family in school.families for child in family.children):
        name = child.seat.class_name
        seen[name] = seen.get(name, 0) + 1
        child.leader = leaders[name][seen[name] % len(leaders[name])]


def own_days(school: SampleSchool) -> list[Row]:
    """T44: the school's own days; its autumn holiday begins a day earlier than the region's."""
    first = school.first_school_day
    return [
        (dutch(first + timedelta(weeks=3, days=4)), "", "studiedag", "studiedag van het team"),
        (dutch(first + timedelta(weeks=12, days=2)), "", "studiedag", "studiemiddag"),
        (dutch(first + timedelta(weeks=24)), dutch(first + timedelta(weeks=24, days=1)), "studiedag", "studiedagen"),
        (dutch(first + timedelta(weeks=22, days=4)), "", "rapport_1", "eerste rapport"),
        (dutch(first + timedelta(weeks=42, days=4)), "", "rapport_2", "tweede rapport"),
    ]
