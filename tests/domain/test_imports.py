"""What several files mean together: one pupil per number, one guardian per person, homes by their guardians."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.imports import (
    ClassRecord,
    GuardianRecord,
    Place,
    PupilRecord,
    SchoolFile,
    StaffRecord,
    combine,
    guardian_identity,
)
from scheduling.domain.people import StaffRole

ON = date(2027, 8, 1)
NOOR = PupilRecord("1", "Noor", "3", surname="Hof")
BRAM = PupilRecord("2", "Bram", "4", surname="Hof")
MOTHER = GuardianRecord("1", 1, relation="moeder", initials="A.", surname="Hof", email="a@example.org")
FATHER = GuardianRecord("1", 2, relation="vader", initials="B.", surname="Bos", email="b@example.org")


def image(*records, **files):
    """Records of one file, each on a row of its own; more files by name."""
    made = [SchoolFile("x", "own", tuple(_placed("x", records)))]
    made += [SchoolFile(name, name, tuple(_placed(name, found))) for name, found in files.items()]
    return combine(made, on=ON)


def _placed(name, records):
    return [replace(record, place=Place(name, row)) for row, record in enumerate(records, start=2)]


def codes(found):
    return [problem.code for problem in found.problems]


def test_an_exact_repetition_counts_once_and_is_told():
    found = image(NOOR, NOOR, MOTHER, MOTHER)
    assert len(found.pupils) == len(found.guardians) == 1
    assert codes(found) == ["duplicate_row", "duplicate_row"]


def test_the_latest_enrolment_counts():
    found = image(
        replace(NOOR, class_name="2", enrolled_on=date(2026, 8, 1)), replace(NOOR, enrolled_on=date(2027, 8, 1))
    )
    assert [pupil.class_name for pupil in found.pupils] == ["3"]
    assert codes(found) == ["pupil_twice"]


def test_two_different_pupils_under_one_number_are_an_error():
    found = image(
        replace(NOOR, birth_date=date(2019, 1, 1)), replace(NOOR, given_name="Bram", birth_date=date(2018, 1, 1))
    )
    assert codes(found) == ["number_used_twice", "pupil_twice"]
    assert found.has_errors


@pytest.mark.parametrize(
    ("pupil", "code"),
    [
        (replace(NOOR, left_on=date(2027, 7, 31)), "pupil_gone"),
        (replace(NOOR, left_on=date(2027, 8, 1)), "pupil_gone"),
        (replace(NOOR, class_name="Aangemeld"), "pupil_not_yet"),
        (replace(NOOR, class_name="uitgeschreven"), "pupil_gone"),
        (replace(NOOR, year_level="H"), "pupil_gone"),
    ],
)
def test_a_pupil_who_is_not_here_is_left_out_with_the_guardians(pupil, code):
    found = image(pupil, MOTHER)
    assert not found.pupils
    assert not found.guardians
    assert codes(found) == [code]


def test_a_pupil_who_leaves_later_is_still_here():
    assert len(image(replace(NOOR, left_on=date(2027, 8, 2))).pupils) == 1


def test_a_guardian_is_known_by_code_else_by_mail_and_name_else_by_pupil_and_place():
    assert guardian_identity(replace(MOTHER, code="O12")) == "O12"
    assert guardian_identity(MOTHER) == "a@example.org moeder a hof"
    assert guardian_identity(replace(MOTHER, email="A@example.org", initials="A", surname="HOF ")) == (
        guardian_identity(MOTHER)
    )
    assert guardian_identity(replace(MOTHER, email="")) == "1-1"


def test_a_parent_of_two_children_is_one_guardian_in_one_home():
    found = image(NOOR, BRAM, MOTHER, FATHER, replace(MOTHER, pupil_number="2"), replace(FATHER, pupil_number="2"))
    assert len(found.guardians) == 2
    assert len({relation.household for relation in found.relations}) == 1
    assert len(found.relations) == 4


def test_a_parent_without_mail_is_one_person_when_the_other_parent_is():
    quiet = replace(FATHER, email="")
    found = image(NOOR, BRAM, MOTHER, quiet, replace(MOTHER, pupil_number="2"), replace(quiet, pupil_number="2"))
    assert sorted(person.external_id for person in found.guardians) == ["1-2", "a@example.org moeder a hof"]
    assert len({relation.household for relation in found.relations}) == 1


def test_a_name_alone_never_merges_two_people():
    quiet = replace(FATHER, email="")
    found = image(NOOR, BRAM, quiet, replace(quiet, pupil_number="2"))
    assert sorted(person.external_id for person in found.guardians) == ["1-2", "2-2"]


def test_two_guardians_on_one_place_without_mail_stay_two():
    quiet = replace(MOTHER, email="")
    found = image(NOOR, quiet, replace(quiet, initials="C."))
    assert sorted(person.external_id for person in found.guardians) == ["1-1", "1-2"]
    assert codes(found) == ["position_twice"]


def test_the_letters_of_homes_belong_to_the_pupil():
    found = image(
        NOOR, BRAM, MOTHER, replace(FATHER, household="B"),
        replace(MOTHER, pupil_number="2", household="B"), replace(FATHER, pupil_number="2", household="A"),
    )  # fmt: skip
    homes = {(relation.pupil_number, relation.guardian): relation.household for relation in found.relations}
    mother, father = (guardian_identity(one) for one in (MOTHER, FATHER))
    assert homes["1", mother] == homes["2", mother] != homes["1", father] == homes["2", father]


def test_half_siblings_share_a_home_only_when_their_guardians_are_the_same():
    found = image(NOOR, BRAM, MOTHER, FATHER, replace(MOTHER, pupil_number="2"))
    assert len({relation.household for relation in found.relations}) == 2
    assert len(found.guardians) == 2


def test_one_mailbox_of_two_people_in_two_homes_must_be_chosen():
    found = image(NOOR, MOTHER, replace(FATHER, email="a@example.org", household="B"))
    assert codes(found) == ["mailbox_in_two_households"]


def test_one_mailbox_in_one_home_is_nothing_special():
    found = image(NOOR, MOTHER, replace(FATHER, email="a@example.org"))
    assert len(found.guardians) == 2
    assert not found.problems


def test_somebody_with_a_secret_address_has_no_phone_whatever_the_other_rows_say():
    found = image(
        NOOR, BRAM, replace(MOTHER, phone="+31 00 000 00 01"), replace(MOTHER, pupil_number="2", secret_address=True)
    )
    assert [(one.record.phone, one.record.secret_address) for one in found.guardians] == [("", True)]


def test_somebody_who_died_is_nobody_s_guardian():
    found = image(NOOR, MOTHER, replace(FATHER, active=False))
    assert [person.record.initials for person in found.guardians] == ["A."]
    assert found.listed == {"1"}


def test_numbers_that_differ_by_zeros_only_are_two_pupils_and_told():
    found = image(replace(NOOR, number="001234"), replace(BRAM, number="1234"))
    assert len(found.pupils) == 2
    assert codes(found) == ["number_looks_alike"]


def test_edexml_and_a_sheet_about_one_pupil_fill_each_other_in():
    full = replace(NOOR, birth_date=date(2019, 5, 4))
    for found in (image(NOOR, edexml=[full]), image(full, edexml=[NOOR])):
        assert found.pupils == (full,)
        assert not found.problems


def test_a_class_has_the_leaders_of_the_class_list_else_of_the_staff_else_of_the_pupils():
    group = ClassRecord("3", leaders=("A", "B"))
    colleague = StaffRecord("C", "Cas", roles=(StaffRole.LEADER,), classes=("3",))
    pupil = replace(NOOR, leaders=("D",))
    assert image(group, colleague, pupil).classes[0].leaders == ("A", "B")
    assert image(colleague, pupil).classes[0].leaders == ("C",)
    assert image(pupil).classes[0].leaders == ("D",)


def test_a_class_of_mixed_years_has_no_year_of_its_own():
    mixed = image(replace(NOOR, year_level="6"), replace(BRAM, class_name="3", year_level="7"))
    assert [group.year_level for group in mixed.classes] == [""]
    assert image(replace(NOOR, year_level="6")).classes[0].year_level == "6"


def test_two_files_of_the_same_name_do_not_mix_up_their_guardians():
    files = [SchoolFile("x", "own", tuple(_placed("x", [one]))) for one in (NOOR, MOTHER, FATHER)]
    found = combine(files, on=ON)
    assert {(one.external_id, one.record.surname) for one in found.guardians} == {
        (guardian_identity(MOTHER), "Hof"), (guardian_identity(FATHER), "Bos")
    }  # fmt: skip
