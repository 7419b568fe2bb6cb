"""Every sample school, from every system that can hand it over, comes in as the same people.

What a system does not tell cannot be known: `exports.py` says per system what it tells, and here it is held to that.
"""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from functools import cache

import pytest
from sqlalchemy import select

from scheduling.domain.import_changes import KnownSchool
from scheduling.domain.import_fitting import fit
from scheduling.domain.imports import Severity, combine
from scheduling.domain.journal import SYSTEM
from scheduling.formats.cells import parse_date
from scheduling.formats.process import read_files
from scheduling.models import (
    ClassGroup,
    ClassLeader,
    ContactParent,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    SchoolDay,
    Staff,
    db,
)
from scheduling.queries.lessons import teachers_of
from scheduling.samples.exports import EXPORTS, Told
from scheduling.samples.schools import taught
from scheduling.samples.writing import SCHOOLS, write_export
from scheduling.services import imports
from tests.builders import a_school, a_year

YEAR = "2027-2028"
NOW = datetime(2027, 8, 23, 8, 0, tzinfo=UTC)
EVERY = [(school, layout) for school, layouts in EXPORTS.items() for layout in layouts]
GUARDIAN_SHEETS = ("verzorgers", "relaties", "ouders", "users", "contactouders")

made = cache(lambda name: SCHOOLS[name](YEAR))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("every school")


@pytest.fixture
def read(folder):
    """From a school and a system to the files that the reading process makes of them."""
    return lambda school, layout: list(read_once(folder, school, layout))


@pytest.fixture
def start(context):
    """Begin a school's year in an empty house."""

    def begin(school):
        region = made(school).region
        a_school(region=region)
        return a_year(region=region)

    return begin


@cache
def read_once(folder, school, layout):
    return tuple(read_files(write_export(school, layout, folder / school / layout, year=YEAR)))


def put(year, files, *, dry_run=False):
    outcome = imports.run(year_id=year.id, files=files, by=SYSTEM, now=NOW, dry_run=dry_run)
    db.session.expire_all()
    return outcome


def errors(problems):
    return [(one.file, one.row, one.column, one.code) for one in problems if one.severity is Severity.ERROR]


class Expected:
    """What the files of a system tell of a school, worked out from the school itself."""

    def __init__(self, school: str, layout: str) -> None:
        self.export, self.layout = EXPORTS[school][layout], layout
        self.school = made(school)
        only = {self.school.classes[0].name} if layout == "oneroster-class" else None
        self.classes = [one for one in self.school.classes if only is None or one.name in only]
        self.children = [
            (family, child)
            for family in self.school.families
            for child in family.children
            if only is None or child.seat.class_name in only
        ]

    def tells(self, *what: Told) -> bool:
        return set(what) <= self.export.tells

    def name(self, child) -> str:
        full = " ".join(filter(None, (child.given_name, child.prefix, child.surname)))
        return full.encode(self.export.encoding, "replace").decode(self.export.encoding)

    @property
    def pupils(self):
        return sorted(
            (child.number if self.tells(Told.NUMBERS) else "", self.name(child), child.seat.class_name)
            for _, child in self.children
        )

    @property
    def birth_dates(self):
        return sorted((self.name(child), child.born) for _, child in self.children)

    @property
    def leaders(self):
        return {group.name: set(group.leaders) for group in self.classes}

    @property
    def addresses(self):
        """Per child the mailboxes of its guardians, as far as the system tells them."""
        last = 1 if self.tells(Told.FIRST_GUARDIAN) else None
        found = {(self.name(child), mailbox(one)) for family, child in self.children for one in family.parents[:last]}
        return {(name, email) for name, email in found if email}

    @property
    def guardians(self):
        return {self.name(child): len(family.parents) for family, child in self.children}

    @property
    def homes(self):
        return {self.name(child): len({one.household for one in family.parents}) for family, child in self.children}

    @property
    def days(self):
        """What is only a part of a day can stand in a sheet of days, not in an agenda."""
        part_of_day = "middag" if self.layout == "icalendar" else None
        lines = [line for line in self.school.calendar if not part_of_day or part_of_day not in line[3]]
        return sorted((parse_date(start), parse_date(end or start)) for start, end, _, _ in lines)

    @property
    def lessons(self):
        """Per child who gives it which subject."""
        of_class = defaultdict(set)
        for code, class_name, subject in taught(self.school):
            of_class[class_name].add((code, subject))
        return {self.name(child): of_class[child.seat.class_name] for _, child in self.children}

    @property
    def contact_parents(self):
        """Per class whether its contact parent agrees."""
        return {group.name: n % 4 != 3 for n, group in enumerate(self.classes)}


def mailbox(parent):
    local, at, domain = parent.email.strip().rpartition("@")
    return "" if "@" in local else f"{local}{at}{domain.lower()}"


class Found:
    """What the database holds after an import."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        here = (
            select(Pupil, ClassGroup.name)
            .join(Enrolment, Enrolment.pupil_id == Pupil.id)
            .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
            .where(Enrolment.present)
        )
        self.rows = db.session.execute(here).all()
        self.names = {pupil.id: pupil.name.full for pupil, _ in self.rows}
        self.relations = db.session.execute(
            select(Guardianship.pupil_id, Guardian.email, Guardianship.household_id, Guardian.id)
            .join(Guardian, Guardian.id == Guardianship.guardian_id)
            .where(Guardian.active)
        ).all()

    @property
    def pupils(self):
        numbers = self.expected.tells(Told.NUMBERS)
        return sorted((pupil.number if numbers else "", pupil.name.full, name) for pupil, name in self.rows)

    @property
    def birth_dates(self):
        return sorted((pupil.name.full, pupil.birth_date) for pupil, _ in self.rows)

    @property
    def leaders(self):
        found = defaultdict(set)
        for name, code in db.session.execute(
            select(ClassGroup.name, Staff.code)
            .join(ClassLeader, ClassLeader.class_id == ClassGroup.id)
            .join(Staff, Staff.id == ClassLeader.staff_id)
        ):
            found[name].add(code)
        return dict(found)

    @property
    def addresses(self):
        return {(self.names[pupil], email) for pupil, email, _, _ in self.relations if email}

    @property
    def guardians(self):
        return dict(Counter(self.names[pupil] for pupil, _, _, _ in self.relations))

    @property
    def homes(self):
        homes = defaultdict(set)
        for pupil, _, household, _ in self.relations:
            homes[self.names[pupil]].add(household)
        return {name: len(found) for name, found in homes.items()}

    @property
    def days(self):
        rows = db.session.execute(
            select(SchoolDay.starts_on, SchoolDay.ends_on).where(SchoolDay.label != "zomervakantie")
        )
        return sorted(map(tuple, rows))

    @property
    def lessons(self):
        codes = {one.id: one.code for one in db.session.scalars(select(Staff))}
        year = db.session.scalars(select(Enrolment.year_id)).first()
        found = teachers_of([pupil.id for pupil, _ in self.rows], year_id=year, on=NOW.date())
        return {
            self.names[pupil]: {(codes[one.staff_id], one.subject) for one in teachings if one.subject}
            for pupil, teachings in found.items()
        }

    @property
    def contact_parents(self):
        rows = select(ClassGroup.name, ContactParent.consent).join(
            ContactParent, ContactParent.class_id == ClassGroup.id
        )
        return dict(db.session.execute(rows).all())


@pytest.mark.parametrize(("school", "layout"), EVERY)
def test_a_school_comes_in_from_a_system_with_everybody_in_the_right_class(school, layout, read, start):
    expected, year = Expected(school, layout), start(school)
    outcome = put(year, read(school, layout))
    assert not errors(outcome.problems)
    assert outcome.saved
    found = Found(expected)
    assert found.pupils == expected.pupils
    assert found.leaders == expected.leaders
    if expected.tells(Told.BIRTH_DATES):
        assert found.birth_dates == expected.birth_dates
    if expected.export.tells & {Told.GUARDIANS, Told.ADDRESSES, Told.FIRST_GUARDIAN}:
        assert found.addresses == expected.addresses
    else:
        assert not found.relations
    if expected.tells(Told.GUARDIANS):
        assert found.guardians == expected.guardians
    if expected.tells(Told.HOMES):
        assert found.homes == expected.homes
    assert (found.days == expected.days) is expected.tells(Told.CALENDAR)
    if expected.tells(Told.LESSONS):
        assert found.lessons == expected.lessons
    if expected.tells(Told.CONTACT_PARENTS):
        assert found.contact_parents == expected.contact_parents
    again = put(year, read(school, layout), dry_run=True)
    changing = {kind: {status: n for status, n in counts.items() if n} for kind, counts in again.counts.items()}
    assert {status for counts in changing.values() for status in counts} <= {"unchanged"}


@pytest.mark.parametrize(("school", "layout"), EVERY)
def test_the_order_of_the_files_makes_no_difference(school, layout, read):
    files = read(school, layout)
    shuffled = random.Random(layout).sample(files, len(files))
    assert image_of(shuffled) == image_of(files) == image_of(files[::-1])


def image_of(files):
    image = combine(fit(files, KnownSchool()).files, on=date(2027, 8, 23))
    return (
        {pupil.number: pupil for pupil in image.pupils},
        {(one.pupil_number, one.guardian, one.household) for one in image.relations},
        {(group.name, group.leaders) for group in image.classes},
        Counter((one.code, one.file, one.row) for one in image.problems),
    )


@pytest.mark.parametrize(("school", "layout"), [("linde", "own"), ("linde", "edexml"), ("vlier", "zermelo"),
                                                ("beuk", "flemish"), ("linde", "social-schools")])  # fmt: skip
def test_pupils_today_and_guardians_tomorrow_is_the_same_as_both_at_once(school, layout, read, start):
    expected, year = Expected(school, layout), start(school)
    files = read(school, layout)
    later = [file for file in files if file.name.startswith(GUARDIAN_SHEETS)]
    assert later
    assert put(year, [file for file in files if file not in later]).saved
    assert put(year, later).saved
    found = Found(expected)
    assert found.pupils == expected.pupils
    assert found.addresses == expected.addresses
    if expected.tells(Told.HOMES):
        assert found.homes == expected.homes


OTHER_SYSTEMS = [
    ("vlier", "magister", "zermelo"), ("vlier", "decibel", "own"), ("vlier", "zermelo", "own"),
    ("vlier", "own", "zermelo"), ("vlier", "oneroster", "zermelo"), ("vlier", "own", "oneroster"),
    ("beuk", "flemish", "own"), ("beuk", "co-accounts", "flemish"), ("linde", "oneroster", "own"),
    ("linde", "social-schools", "own"), ("linde", "parnassys", "edexml"), ("mbo", "students", "own"),
]  # fmt: skip


@pytest.mark.parametrize(("school", "first", "second"), OTHER_SYSTEMS)
def test_the_same_school_from_another_system_is_the_same_people(school, first, second, read, start):
    year = start(school)
    put(year, read(school, first))
    outcome = put(year, read(school, second))
    assert outcome.saved
    assert (outcome.counts["pupils"]["new"], outcome.counts["pupils"]["left"]) == (0, 0)
    expected = Expected(school, second)
    if {Told.GUARDIANS} <= EXPORTS[school][first].tells & EXPORTS[school][second].tells:
        assert (outcome.counts["guardians"]["new"], outcome.counts["guardians"]["left"]) == (0, 0)
    found = Found(expected)
    assert found.pupils == expected.pupils
    assert found.addresses == expected.addresses
    assert found.guardians == expected.guardians
