"""Every trap in the layout of every system that can carry it: nobody gets lost, nobody becomes somebody else."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from scheduling.domain.import_changes import KnownSchool
from scheduling.domain.import_fitting import fit
from scheduling.domain.import_names import class_key
from scheduling.domain.imports import Severity, combine
from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Authority
from scheduling.formats.archives import read_all
from scheduling.models import ClassGroup, Enrolment, Pupil, db
from scheduling.samples.small_schools import SYSTEMS, Need, small_school
from scheduling.samples.system_traps import TRAPS, systems_of, told_by, trap_files
from scheduling.services import imports
from tests.builders import NOW, a_school, a_year

ON = date(2027, 8, 23)
EVERY = [(trap, system) for trap in TRAPS for system in systems_of(trap)]
GONE = ("aangemeld", "uitgeschreven")


def image_of(trap, system):
    files = [file for name, content in trap_files(trap, system).items() for file in read_all(name, content)]
    return combine(fit(files, KnownSchool()).files, on=ON)


def of(*traps):
    return pytest.mark.parametrize(("trap", "system"), [one for one in EVERY if one[0] in traps])


def names_in(image):
    return sorted(full(pupil.given_name, pupil.surname_prefix, pupil.surname) for pupil in image.pupils)


def full(*parts):
    return " ".join(filter(None, parts))


def written(text, system):
    encoding = SYSTEMS[system].encoding
    return text.encode(encoding, "replace").decode(encoding)


def mailboxes(image):
    """Per pupil the addresses that a letter goes to."""
    found = defaultdict(set)
    for relation in image.relations:
        if relation.record.email:
            found[relation.pupil_number].add(relation.record.email)
    return [found[pupil.number] for pupil in image.pupils]


@pytest.mark.parametrize(("trap", "system"), EVERY)
def test_a_trap_loses_nobody_and_is_told(trap, system):
    image = image_of(trap, system)
    told = {problem.code for problem in image.problems}
    assert not [problem for problem in image.problems if problem.severity is Severity.ERROR]
    assert told_by(trap, system) <= told
    here = [one for one in TRAPS[trap].people if one.class_name not in GONE]
    assert names_in(image) == sorted(written(full(one.given_name, one.prefix, one.surname), system) for one in here)
    assert sorted(class_key(one.class_name) for one in image.pupils) == sorted(one.class_name for one in here)
    if Need.NUMBERS in SYSTEMS[system].carries:
        assert {one.number for one in image.pupils} == {one.number for one in here}
    else:
        assert len({one.number for one in image.pupils}) == len(here)
        assert all(one.number for one in image.pupils)


@of("T01", "T02")
def test_two_homes_stay_two_homes_and_who_has_no_authority_is_not_invited(trap, system):
    mother, father = image_of(trap, system).relations
    assert mother.household != father.household
    assert father.record.authority is (Authority.NO if trap == "T02" else Authority.YES)


@of("T03")
def test_of_a_secret_address_only_the_mailbox_is_kept(trap, system):
    (mother,) = image_of(trap, system).guardians
    assert (mother.record.secret_address, mother.record.phone, mother.record.email) == (True, "", "a.hof@example.org")


@of("T04")
def test_parents_with_one_mailbox_get_one_letter(trap, system):
    image = image_of(trap, system)
    assert mailboxes(image) == [{"gezin@example.org"}]
    assert len({relation.household for relation in image.relations}) == 1


@of("T06")
def test_parents_without_an_address_are_kept_for_paper(trap, system):
    image = image_of(trap, system)
    assert len(image.relations) == 2
    assert mailboxes(image) == [set()]


@of("T07")
def test_of_careless_addresses_only_the_mended_one_is_kept(trap, system):
    image = image_of(trap, system)
    assert sorted(map(sorted, mailboxes(image))) == [[], [], ["c.smit@example.org"]]


@of("T14")
def test_leading_zeros_make_two_pupils(trap, system):
    assert sorted(pupil.number for pupil in image_of(trap, system).pupils) == ["001234", "1234"]


@of("T16", "T17")
def test_children_of_one_home_have_the_same_guardians_and_stay_children_of_their_own(trap, system):
    image = image_of(trap, system)
    children = len(TRAPS[trap].people)
    assert len(image.pupils) == children
    if Need.ADDRESSES in SYSTEMS[system].carries:
        parents = 2 if Need.BOTH_PARENTS in SYSTEMS[system].carries else 1
        assert len(image.guardians) == parents
        assert len(image.relations) == parents * children
        assert len({relation.household for relation in image.relations}) == 1


@of("T18")
def test_the_same_class_name_on_two_locations_is_two_classes(trap, system):
    image = image_of(trap, system)
    assert {(group.name, group.location) for group in image.classes} == {("1a", "00"), ("1a", "01")}
    assert len(image.guardians) == 1


@of("T27")
def test_nobody_writes_to_somebody_who_died(trap, system):
    assert mailboxes(image_of(trap, system)) == [{"a.hof@example.org"}]


@of("T28")
def test_two_mothers_and_a_foster_home_are_homes_like_any_other(trap, system):
    image = image_of(trap, system)
    assert sorted(len(found) for found in mailboxes(image)) == [2, 2]
    assert Authority.NO not in {relation.record.authority for relation in image.relations}
    assert {relation.record.relation for relation in image.relations} == {"moeder", "pleegouder", "voogd"}


@of("T29")
def test_a_grandmother_is_invited_only_when_she_agreed(trap, system):
    authorities = {one.record.relation: one.record.authority for one in image_of(trap, system).relations}
    assert authorities["oma"] is Authority.NO
    assert Authority.NO not in {authorities["moeder"], authorities["vader"]}


@of("T31")
def test_a_pupil_in_another_class_is_moved_and_stays_the_same_pupil(trap, system, context):
    a_school()
    year = a_year()
    noor, bram = TRAPS[trap].people
    import_people(year, system, noor, bram)
    outcome = import_people(year, system, replace(noor, class_name="4"), bram)
    assert {status: count for status, count in outcome.counts["pupils"].items() if count} == {
        "changed": 1, "unchanged": 1
    }  # fmt: skip
    classes = select(Pupil.given_name, ClassGroup.name).select_from(Enrolment).join(Enrolment.pupil)
    found = {given: class_key(name) for given, name in db.session.execute(classes.join(Enrolment.class_group))}
    assert found == {"Noor": "4", "Bram": "3"}


def import_people(year, system, *people):
    files = SYSTEMS[system].write(small_school(people))
    read = [file for name, content in files.items() for file in read_all(name, content)]
    outcome = imports.run(year_id=year.id, files=read, by=SYSTEM, now=NOW)
    db.session.expire_all()
    return outcome


@of("T52")
def test_phone_numbers_of_two_countries_are_kept_as_every_phone_dials_them(trap, system):
    phones = {one.record.email: one.record.phone for one in image_of(trap, system).guardians}
    assert phones == {"a.hof@example.org": "+31200000001", "b.hof@example.org": "+3220000001"}


@of("T51")
def test_a_flemish_name_is_found_under_its_prefix(trap, system):
    image = image_of(trap, system)
    assert [(pupil.surname_prefix, pupil.surname) for pupil in image.pupils] == [("", "Van den Broeck")]
    assert mailboxes(image) == [{"a.hof@example.org", "b.hof@example.org"}]
