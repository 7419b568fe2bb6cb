"""An office that changes to another system keeps its parents: recognised at their child, or asked about."""

import pytest

from scheduling.domain.import_changes import KnownSchool, compare
from scheduling.domain.import_fitting import fit
from scheduling.domain.import_questions import NEW, QuestionKind
from scheduling.domain.imports import combine
from scheduling.domain.people import Authority
from scheduling.formats.reading import read_file
from tests.domain.test_import_fitting import ON, known_guardian, known_pupil, tie
from tests.formats.files import guardian, guardians, sheet

HEADER = "Code;Achternaam;Email;Leerlingcodes"


def a_house(*parents, pupils=("1",)):
    """Parents of the pupils, all in one home; each as (external id, relation, fields)."""
    people = [known_guardian(n, id_, **fields) for n, (id_, _, fields) in enumerate(parents, start=1)]
    ties = [
        tie(10 * place + n, number, n, 1, position=n, relation=relation, authority=Authority.YES)
        for place, number in enumerate(pupils)
        for n, (_, relation, _) in enumerate(parents, start=1)
    ]
    known = tuple(known_pupil(n, number, "Noor", "Hof", "3") for n, number in enumerate(pupils, start=1))
    return KnownSchool(pupils=known, guardians=tuple(people), relations=tuple(ties), household_keys={1: "x"})


FATHER = ("1-1", "vader", {"initials": "E.M.", "surname": "Bos", "phone": "+31 00 000 00 01"})
MOTHER = ("1-2", "moeder", {"initials": "K.", "surname": "Vos"})
OTHER_BOS = ("1-2", "moeder", {"initials": "K.", "surname": "Bos"})


def zermelo(*rows):
    return read_file("ouders.csv", sheet(HEADER, *rows))


class Read:
    """What comes of a file: the changes to guardians, the questions and the problems."""

    def __init__(self, file, known, answers=None):
        self.fitted = fit([file], known, answers=answers or {})
        self.image = combine(self.fitted.files, on=ON)
        self.plan = compare(self.image, known, on=ON)

    @property
    def questions(self):
        return [one for one in self.fitted.questions if one.kind is QuestionKind.SAME_GUARDIAN]

    @property
    def guardians(self):
        return {change.key: (change.status.value, change.id) for change in self.plan.guardians}

    @property
    def told(self):
        return {problem.code for problem in self.image.problems}


def test_a_parent_without_an_address_stays_the_same_under_another_systems_code():
    read = Read(zermelo("o7;Bos;;1", "o8;Vos;;1"), a_house(FATHER, MOTHER))
    assert read.guardians == {"o7": ("changed", 1), "o8": ("changed", 2)}
    assert not read.questions
    values = {change.key: change.values for change in read.plan.guardians}
    assert (values["o7"]["initials"], values["o7"]["phone"]) == ("E.M.", "+31 00 000 00 01")
    relations = {one.guardian: one.record for one in read.image.relations}
    assert (relations["o7"].relation, relations["o7"].authority) == ("vader", Authority.YES)


def test_one_code_for_brother_and_sister_is_one_parent_for_both():
    read = Read(zermelo('o7;Bos;;"1,2"', 'o8;Vos;;"1,2"'), a_house(FATHER, MOTHER, pupils=("1", "2")))
    assert read.guardians == {"o7": ("changed", 1), "o8": ("changed", 2)}
    assert [change.status.value for change in read.plan.households] == ["unchanged"]


def test_a_row_per_child_without_code_or_address_is_the_parent_whom_a_code_brought():
    parent = ("o7", "", {"surname": "Bos"})
    file = read_file(
        "verzorgers.csv",
        guardians(*(guardian(number, relation="vader", name="E.;;Bos", email="") for number in "12")),
    )
    read = Read(file, a_house(parent, pupils=("1", "2")))
    assert [(status, id_) for status, id_ in read.guardians.values()] == [("changed", 1)]


def test_two_parents_of_one_surname_are_never_guessed_but_asked_about():
    known = a_house(FATHER, OTHER_BOS)
    file = zermelo("o7;Bos;;1", "o8;Bos;;1")
    read = Read(file, known)
    assert {status for status, _ in read.guardians.values()} == {"new", "left"}
    assert "guardian_unclear" in read.told
    first, second = read.questions
    assert (first.default, first.facts["name"], first.facts["numbers"]) == (NEW, "Bos (o7)", "1")
    assert [choice.facts.get("name") for choice in first.choices] == ["E.M. Bos (vader)", "K. Bos (moeder)", None]
    answers = {first.key: first.choices[1].value, second.key: second.choices[0].value}
    answered = Read(file, known, answers)
    assert answered.guardians == {"o7": ("changed", 2), "o8": ("changed", 1)}
    assert "guardian_unclear" not in answered.told


@pytest.mark.parametrize("given", ["Élise", "elise", "Emma"])
def test_initials_stand_for_a_given_name_with_or_without_an_accent(given):
    known = a_house(("1-1", "vader", {"given_name": given, "surname": "Bos"}))
    file = read_file("verzorgers.csv", guardians(guardian("1", "2", relation="vader", name="E.;;Bos", email="")))
    assert Read(file, known).guardians == {"1-2": ("changed", 1)}


def test_one_parent_is_not_two_whatever_is_answered():
    known = a_house(FATHER, OTHER_BOS)
    file = zermelo("o7;Bos;;1", "o8;Bos;;1")
    first, second = Read(file, known).questions
    read = Read(file, known, {first.key: first.choices[0].value, second.key: second.choices[0].value})
    assert read.guardians == {"o7": ("changed", 1), "o8": ("new", None), "1-2": ("left", 2)}


def test_another_address_is_asked_about_and_the_answer_somebody_else_holds():
    known = a_house(("1-1", "vader", {"initials": "E.M.", "surname": "Bos", "email": "old@example.org"}))
    file = zermelo("o7;Bos;new@example.org;1")
    (question,) = Read(file, known).questions
    assert [choice.value for choice in question.choices][1:] == [NEW]
    same = Read(file, known, {question.key: question.choices[0].value})
    assert same.guardians == {"o7": ("changed", 1)}
    other = Read(file, known, {question.key: NEW})
    assert other.guardians == {"o7": ("new", None), "1-1": ("left", 1)}
    assert "guardian_unclear" not in other.told


@pytest.mark.parametrize("name", ["H.;;Bos", "E.M.;van;Bos", "E.M.;;Vos"])
def test_another_name_is_somebody_else_without_a_question(name):
    file = read_file("verzorgers.csv", guardians(guardian("1", "5", relation="vader", name=name, email="")))
    read = Read(file, a_house(FATHER, MOTHER))
    assert {status for status, _ in read.guardians.values()} == {"new", "left"}
    assert not read.questions


def test_a_new_partner_with_another_relation_is_somebody_else():
    file = read_file("verzorgers.csv", guardians(guardian("1", "5", relation="stiefmoeder", name=";;Bos", email="")))
    assert "new" in {status for status, _ in Read(file, a_house(FATHER, MOTHER)).guardians.values()}


def test_who_is_named_otherwise_in_the_file_is_not_somebody_new_as_well():
    file = zermelo("o7;Bos;father@example.org;1", "o9;Bos;;1")
    known = a_house(("1-1", "vader", {"initials": "E.M.", "surname": "Bos", "email": "father@example.org"}))
    read = Read(file, known)
    assert read.guardians == {"o7": ("changed", 1), "o9": ("new", None)}
    assert not read.questions
