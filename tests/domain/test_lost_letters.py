"""A letter that a system could not write is not lost for who is known already."""

import pytest

from scheduling.domain.import_changes import KnownSchool, compare
from scheduling.domain.import_fitting import fit
from scheduling.domain.imports import GuardianRecord, combine
from scheduling.domain.lost_letters import whole_again
from scheduling.formats.reading import read_file
from tests.domain.test_import_fitting import ON, known_guardian, known_pupil, tie

PUPILS = "Leerlingnummer;Roepnaam;Achternaam;Groep\n001;Selin;{surname};3\n"
PARENTS = "Leerlingnummer;Volgnummer;Relatie;Achternaam;Gezag\n001;1;{relation};{surname};J\n"
SCHOOL = KnownSchool(
    pupils=(known_pupil(1, "001", "Selin", "Yıldız", "3"),),
    guardians=(known_guardian(1, "001:1", surname="Yıldız"),),
    relations=(tie(1, "001", 1, 1, relation="moeder"),),
)


def settled(**files: str):
    return fit([read_file(f"{name}.csv", text.encode()) for name, text in files.items()], SCHOOL).files


def test_a_known_pupil_keeps_the_name_when_a_list_lost_its_letters():
    change = compare(combine(settled(pupils=PUPILS.format(surname="Y?ld?z")), on=ON), SCHOOL, on=ON).pupils[0]
    assert change.label == "Selin Yıldız"
    assert "surname" not in [one.field for one in change.differences]


def test_a_known_parent_of_that_pupil_keeps_the_name_too():
    files = settled(parents=PARENTS.format(surname="Y?ld?z", relation="moeder"))
    assert [row.surname for row in files[0].records if isinstance(row, GuardianRecord)] == ["Yıldız"]


def test_another_name_with_a_question_mark_is_taken_as_it_is_written():
    change = compare(combine(settled(pupils=PUPILS.format(surname="Y?lmaz")), on=ON), SCHOOL, on=ON).pupils[0]
    assert change.label == "Selin Y?lmaz"


def test_a_list_that_says_parent_of_everybody_does_not_make_a_mother_less_of_one():
    files = settled(parents=PARENTS.format(surname="Yıldız", relation="ouder"))
    assert [row.relation for row in files[0].records if isinstance(row, GuardianRecord)] == ["moeder"]
    files = settled(parents=PARENTS.format(surname="Yıldız", relation="pleegmoeder"))
    assert [row.relation for row in files[0].records if isinstance(row, GuardianRecord)] == ["pleegmoeder"]


@pytest.mark.parametrize(
    ("text", "known", "becomes"),
    [
        ("Y?ld?z", "Yıldız", "Yıldız"),
        ("Nguy?n", "Nguyễn", "Nguyễn"),
        ("Nguyen", "Nguyễn", "Nguyen"),
        ("Y?ld?z", "Yaldaz", "Y?ld?z"),
        ("Bo?", "Bosch", "Bo?"),
    ],
)
def test_a_question_mark_stands_for_one_letter_beyond_ascii(text: str, known: str, becomes: str):
    assert whole_again(text, known) == becomes
