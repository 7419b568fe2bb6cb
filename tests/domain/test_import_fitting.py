"""What files leave open is filled in from one another and from what the house knows, and never guessed."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.import_changes import (
    Difference,
    KnownClass,
    KnownGuardian,
    KnownPupil,
    KnownRelation,
    KnownSchool,
    compare,
)
from scheduling.domain.import_fitting import fit
from scheduling.domain.import_names import DERIVED, with_new_numbers
from scheduling.domain.imports import (
    Child,
    GuardianRecord,
    Place,
    PupilRecord,
    SchoolFile,
    combine,
)
from scheduling.domain.kept_tables import KeptTable
from scheduling.domain.people import Authority
from scheduling.formats.reading import read_file
from tests.formats.files import guardian, guardians, pupils, sheet

ON = date(2027, 9, 1)
BORN = date(2019, 5, 4)
NOBODY = KnownSchool()
BY_NAME = "Voornaam;Achternaam;Groep"


def known_pupil(id_, number, given_name, surname, class_name, born=None, present=True):
    fields = {
        "given_name": given_name, "surname_prefix": "", "surname": surname, "initials": "", "birth_date": born,
        "email": "", "parents_permitted": False,
    }  # fmt: skip
    return KnownPupil(id_, number, fields, id_, (class_name, ""), "", present)


def known_guardian(id_, external_id, *, surname="", email="", initials="", **more):
    fields = {
        "salutation": "", "given_name": "", "initials": initials, "surname_prefix": "", "surname": surname,
        "email": email, "phone": "", "language": "nl", "secret_address": False, **more,
    }  # fmt: skip
    return KnownGuardian(id_, external_id, fields, True)


def tie(id_, pupil, guardian_id, household_id, **more):
    fields = {
        "position": id_, "relation": "", "authority": Authority.UNKNOWN, "receives_post": True, "interpreter": "",
        **more,
    }  # fmt: skip
    return KnownRelation(id_, pupil, guardian_id, household_id, fields)


def fitted(*tables, known=NOBODY, flemish=False):
    """The files read and fitted, then put together."""
    files = [read_file(f"{number}.csv", table) for number, table in enumerate(tables, start=1)]
    return combine(fit(files, known, flemish=flemish).files, on=ON)


def codes(image):
    return [problem.code for problem in image.problems]


def numbers(image):
    return {(pupil.given_name, pupil.class_name): pupil.number for pupil in image.pupils}


def test_a_list_without_numbers_finds_its_pupils_in_another_file():
    image = fitted(pupils("001;Noor;van 't;Hof;3", "002;Bram;;Smit;4"), sheet(BY_NAME, "Noor;van 't Hof;Groep 3"))
    assert numbers(image) == {("Noor", "3"): "001", ("Bram", "4"): "002"}
    assert not image.problems


def test_a_list_without_numbers_finds_its_pupils_in_the_house_and_sees_a_new_class():
    known = KnownSchool(pupils=(known_pupil(1, "001", "Noor", "Hof", "3"),))
    assert numbers(fitted(sheet(BY_NAME, "Noor;Hof;Groep 4"), known=known)) == {("Noor", "Groep 4"): "001"}


def test_group_3_and_3_are_one_class_in_the_spelling_that_we_know():
    image = fitted(sheet(BY_NAME, "Noor;Hof;Groep 3", "Bram;Smit;3", "Bo;Vos;groep 3"))
    assert [group.name for group in image.classes] == ["Groep 3"]
    known = KnownSchool(classes=(KnownClass(1, ("3", ""), {}, ()),))
    assert [group.name for group in fitted(sheet(BY_NAME, "Noor;Hof;Groep 3"), known=known).classes] == ["3"]


def test_a_school_without_any_numbers_gets_the_same_ones_every_time():
    header = "Voornaam;Achternaam;Geboortedatum;Groep"
    first = fitted(sheet(header, "Noor;Hof;04-05-2019;3", "Sem;Bos;01-01-2019;3"))
    later = fitted(sheet(header, "Sem;Bos;2019-01-01;4", "Noor;HOF;4-5-2019;4"))
    assert sorted(numbers(first).values()) == sorted(numbers(later).values())
    assert all(number.startswith(DERIVED) for number in numbers(first).values())


def test_two_namesakes_without_a_birth_date_are_told_apart_by_class_and_that_is_said():
    image = fitted(sheet(BY_NAME, "Noor;Bos;3", "Noor;Bos;4"))
    assert len(set(numbers(image).values())) == 2
    assert codes(image) == ["namesakes_by_class"] * 2


def test_two_namesakes_with_birth_dates_are_never_one_pupil():
    image = fitted(sheet("Voornaam;Achternaam;Geboortedatum;Groep", "Noor;Bos;04-05-2019;3", "Noor;Bos;05-05-2019;3"))
    assert len({pupil.number for pupil in image.pupils}) == 2
    assert not image.problems


def test_twins_without_numbers_are_two_pupils():
    image = fitted(sheet("Voornaam;Achternaam;Geboortedatum;Groep", "Sem;Bos;04-05-2019;3", "Sam;Bos;04-05-2019;3"))
    assert len({pupil.number for pupil in image.pupils}) == 2


def test_a_namesake_in_another_class_is_a_stranger_when_the_other_is_found_by_class():
    known = KnownSchool(pupils=(known_pupil(1, "naam-1", "Noor", "Bos", "3"),))
    image = fitted(sheet(BY_NAME, "Noor;Bos;3", "Noor;Bos;4"), known=known)
    found = numbers(image)
    assert found["Noor", "3"] == "naam-1"
    assert found["Noor", "4"] != "naam-1"


def test_namesakes_who_both_changed_class_are_left_as_they_were_and_told():
    known = KnownSchool(
        pupils=(known_pupil(1, "001", "Noor", "Bos", "3"), known_pupil(2, "002", "Noor", "Bos", "4")),
        classes=(KnownClass(1, ("3", ""), {}, ()), KnownClass(2, ("4", ""), {}, ())),
    )
    image = fitted(sheet(BY_NAME, "Noor;Bos;5", "Noor;Bos;6"), known=known)
    assert codes(image) == ["namesakes_unclear"] * 2
    assert sorted((pupil.number, pupil.class_name) for pupil in image.pupils) == [("001", "3"), ("002", "4")]


def test_namesakes_of_last_year_who_cannot_be_told_apart_are_told_and_nobody_is_enrolled_by_guess():
    known = KnownSchool(
        pupils=tuple(known_pupil(n, f"00{n}", "Noor", "Bos", "", present=False) for n in (1, 2)),
    )
    image = fitted(sheet(BY_NAME, "Noor;Bos;5", "Noor;Bos;6"), known=known)
    assert codes(image) == ["namesakes_unclear"] * 2
    assert not image.pupils
    assert not compare(image, known, on=ON).pupils


def test_another_birth_date_is_another_pupil_however_equal_the_name():
    known = KnownSchool(pupils=(known_pupil(1, "naam-1", "Noor", "Bos", "3", BORN),))
    image = fitted(sheet("Voornaam;Achternaam;Geboortedatum;Groep", "Noor;Bos;05-05-2019;3"), known=known)
    assert "naam-1" not in numbers(image).values()


def test_a_stranger_among_pupils_with_numbers_waits_for_a_number():
    image = fitted(pupils("001;Noor;;Hof;3"), sheet(BY_NAME, "Bram;Smit;3"))
    assert numbers(image) == {("Noor", "3"): "001"}
    assert codes(image) == ["child_unknown"]


def test_addresses_beside_a_childs_name_are_its_parents_whoever_they_are():
    header = (
        "Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;E-mailadres ouder/verzorger 1;E-mailadres ouder/verzorger 2"
    )
    image = fitted(
        pupils("001;Noor;van 't;Hof;3"), sheet(header, "Noor;van 't;Hof;04-05-2019;a@example.org;b@example.org")
    )
    assert [(one.pupil_number, one.record.email) for one in image.relations] == [
        ("001", "a@example.org"), ("001", "b@example.org")
    ]  # fmt: skip


def test_addresses_beside_a_name_that_two_pupils_have_are_nobodys():
    header = "Roepnaam;Achternaam;Geboortedatum;E-mailadres ouder/verzorger 1"
    image = fitted(pupils("001;Noor;;Bos;3", "002;Noor;;Bos;4"), sheet(header, "Noor;Bos;;a@example.org"))
    assert not image.guardians
    assert "child_unclear" in codes(image)


def asked(*tables, known=NOBODY, answers=None):
    """What the office is asked about namesakes, and the files with its answers: per question the place of a choice."""
    files = [read_file(f"{number}.csv", table) for number, table in enumerate(tables, start=1)]
    questions = fit(files, known).questions
    chosen = {questions[place].key: questions[place].choices[n].value for place, n in (answers or {}).items()}
    return questions, combine(fit(files, known, answers=chosen).files, on=ON)


def test_the_office_says_which_of_two_namesakes_a_parents_child_is():
    tables = (
        pupils("001;Noor;;Bos;3", "002;Noor;;Bos;4"),
        sheet("Roepnaam;Achternaam;E-mailadres ouder/verzorger 1", "Noor;Bos;a@example.org", "Noor;Bos;b@example.org"),
    )
    questions, image = asked(*tables, answers={0: 1, 1: 0})
    shown = [[choice.facts.get("number") for choice in one.choices] for one in questions]
    assert shown == [["001", "002", None]] * 2
    homes = {one.pupil_number: one.record.email for one in image.relations}
    assert homes == {"001": "b@example.org", "002": "a@example.org"}
    assert "child_unclear" not in codes(image)


def test_a_parent_of_none_of_the_namesakes_is_left_out_and_an_unanswered_one_is_told():
    tables = (
        pupils("001;Noor;;Bos;3", "002;Noor;;Bos;4"),
        sheet("Roepnaam;Achternaam;E-mailadres ouder/verzorger 1", "Noor;Bos;a@example.org", "Noor;Bos;b@example.org"),
    )
    _, image = asked(*tables, answers={0: 2})
    assert not image.relations
    assert codes(image).count("child_unclear") == 1


def test_the_office_says_who_of_two_namesakes_is_in_which_class_now():
    known = KnownSchool(
        pupils=(known_pupil(1, "001", "Noor", "Bos", "3", BORN), known_pupil(2, "002", "Noor", "Bos", "4")),
    )
    questions, image = asked(sheet(BY_NAME, "Noor;Bos;5", "Noor;Bos;6"), known=known, answers={0: 1, 1: 0})
    assert questions[0].choices[0].facts == {"number": "001", "class_name": "3", "born": BORN.isoformat()}
    assert numbers(image) == {("Noor", "5"): "002", ("Noor", "6"): "001"}
    assert "namesakes_unclear" not in codes(image)


def test_a_namesake_about_whom_nothing_was_said_stays_where_the_house_has_this_pupil():
    known = KnownSchool(pupils=(known_pupil(1, "001", "Noor", "Bos", "3"), known_pupil(2, "002", "Noor", "Bos", "4")))
    _, image = asked(sheet(BY_NAME, "Noor;Bos;5", "Noor;Bos;6"), known=known, answers={0: 1})
    assert sorted((pupil.number, pupil.class_name) for pupil in image.pupils) == [("001", "3"), ("002", "5")]


def test_a_file_full_of_namesakes_asks_for_a_column_more_and_not_a_question_a_row():
    rows = [f"Noor;Bos;{n}@example.org" for n in range(100)]
    questions, image = asked(
        pupils("001;Noor;;Bos;3", "002;Noor;;Bos;4"),
        sheet("Roepnaam;Achternaam;E-mailadres ouder/verzorger 1", *rows),
    )
    assert len(questions) == 20
    assert codes(image).count("child_unclear") == 100


def test_an_address_without_a_name_is_of_the_guardian_who_has_it():
    image = fitted(
        guardians(guardian("001", email="a@example.org")),
        sheet("Leerlingnummer;E-mail ouder 1", "001;A@EXAMPLE.ORG"),
        pupils("001;Noor;;Hof;3"),
    )
    assert len(image.guardians) == 1
    assert "address_of_nobody" not in codes(image)


def test_an_address_that_no_guardian_has_is_told_and_not_kept():
    known = KnownSchool(
        pupils=(known_pupil(1, "001", "Noor", "Hof", "3"),),
        guardians=(known_guardian(1, "a@example.org hof", surname="Hof", email="a@example.org"),),
        relations=(tie(1, "001", 1, 1),), household_keys={1: "k"},
    )  # fmt: skip
    image = fitted(sheet("Leerlingnummer;E-mail ouder 1", "001;x@example.org"), known=known)
    assert codes(image) == ["authority_not_said", "address_of_nobody"]
    assert not image.listed


def test_a_guardian_of_whom_only_the_address_was_known_gets_a_name_and_stays_the_same():
    known = KnownSchool(
        pupils=(known_pupil(1, "1", "Noor", "Hof", "3"),),
        guardians=(known_guardian(7, "a@example.org", email="a@example.org"),),
        relations=(tie(1, "1", 7, 1),), household_keys={1: "k"},
    )  # fmt: skip
    image = fitted(guardians(guardian("1", email="a@example.org")), known=known)
    (change,) = compare(image, known, on=ON).guardians
    assert change.id == 7


def test_a_file_that_says_nothing_of_homes_and_authority_leaves_them_as_they_are():
    known = KnownSchool(
        pupils=(known_pupil(1, "1", "Noor", "Hof", "3"),),
        guardians=(
            known_guardian(1, "a", surname="Hof", email="a@example.org", initials="A."),
            known_guardian(2, "b", surname="Bos", email="b@example.org", secret_address=True, language="tr"),
        ),
        relations=(tie(1, "1", 1, 1), tie(2, "1", 2, 2, authority=Authority.NO, relation="vader")),
        household_keys={1: "x", 2: "y"},
    )  # fmt: skip
    header = "Code;Achternaam;Email;Leerlingcodes"
    image = fitted(sheet(header, "ouder1;Hof;a@example.org;1", "ouder2;Bos;b@example.org;1"), known=known)
    plan = compare(image, known, on=ON)
    assert {change.id: [one.field for one in change.differences] for change in plan.guardians} == {
        1: ["external_id"], 2: ["external_id"]
    }  # fmt: skip
    assert [change.status.value for change in plan.households] == ["unchanged", "unchanged"]
    assert not plan.ended_relations
    assert [relation.values["authority"] for relation in plan.relations] == []


def test_a_new_guardian_of_a_child_with_two_homes_stands_at_the_first_and_is_told():
    known = KnownSchool(
        pupils=(known_pupil(1, "1", "Noor", "Hof", "3"),),
        guardians=(known_guardian(1, "p1", surname="Hof"), known_guardian(2, "p2", surname="Bos")),
        relations=(tie(1, "1", 1, 1), tie(2, "1", 2, 2)), household_keys={1: "x", 2: "y"},
    )  # fmt: skip
    header = "Code;Achternaam;Email;Leerlingcodes"
    image = fitted(sheet(header, "p1;Hof;;1", "p2;Bos;;1", "p3;Vos;c@example.org;1"), known=known)
    assert [row.household for row in (one.record for one in image.relations)] == ["A", "", "B"]
    assert "home_unknown" in codes(image)


def test_a_list_without_classes_adds_to_pupils_and_makes_nobody_leave():
    known = KnownSchool(
        pupils=(known_pupil(1, "1", "Noor", "Hof", "3"), known_pupil(2, "2", "Bram", "Smit", "3")),
        classes=(KnownClass(1, ("3", ""), {"location": "", "level": "", "year_level": "", "room": ""}, ()),),
    )
    header = "Nummer;Roepnaam;Voorvoegsel;Achternaam;Email school;Geboortedatum;"
    image = fitted(sheet(header, "1;Noor;;Hof;noor@example.org;04-05-2019;", "9;Bo;;Vos;;;"), known=known)
    plan = compare(image, known, on=ON)
    assert [(change.key, change.status.value) for change in plan.pupils] == [("1", "changed")]
    assert plan.pupils[0].values["birth_date"] == BORN
    assert codes(image) == ["pupil_without_class"]


@pytest.mark.parametrize(
    ("typed", "flemish", "kept"),
    [
        ("06-12345678", False, "+31612345678"),
        ("06 1234 5678", True, "+31612345678"),
        ("+31 (0)6 12 34 56 78", False, "+31612345678"),
        ("0031612345678", False, "+31612345678"),
        ("0470 12 34 56", True, "+32470123456"),
        ("+32 470 12 34 56", False, "+32470123456"),
        ("0475-123456", False, "+31475123456"),
        ("02 123 45 67", False, "+3221234567"),
        ("020-1234567", False, "+31201234567"),
        ("+49 30 1234567", False, "+49301234567"),
        ("+31 00 000 00 01", False, "+31 00 000 00 01"),
        ("na 18 uur", False, "na 18 uur"),
        ("12345", False, "12345"),
    ],
)
def test_a_phone_number_is_kept_as_every_phone_understands_it(typed, flemish, kept):
    record = GuardianRecord("1", 1, surname="Hof", phone=typed, place=Place("x", 2))
    (file,) = fit([SchoolFile("x", "own", (PupilRecord("1", "Noor", "3"), record))], NOBODY, flemish=flemish).files
    assert file.records[1] == replace(record, phone=kept)


def test_a_child_by_name_is_found_by_class_when_the_birth_date_is_missing():
    said = GuardianRecord("", 1, email="a@example.org", child=Child("Noor", "", "Bos", None, "4"))
    files = [SchoolFile("x", "own", (PupilRecord("1", "Noor", "3", surname="Bos"),
                                     PupilRecord("2", "Noor", "4", surname="Bos"), said),
                        table=KeptTable((), ()))]  # fmt: skip
    assert [one.pupil_number for one in combine(fit(files, NOBODY).files, on=ON).relations] == ["2"]


def test_a_number_that_we_made_makes_way_for_the_schools_own():
    known = KnownSchool(
        pupils=(known_pupil(1, f"{DERIVED}1", "Noor", "Hof", "3", BORN), known_pupil(2, "002", "Bram", "Smit", "3")),
        classes=(KnownClass(1, ("3", ""), {"location": "", "level": "", "year_level": "", "room": ""}, ()),),
    )
    files = [read_file("x", pupils("001;Noor;;Hof;3", "002;Bram;;Smit;3"))]
    known = with_new_numbers(files, known)
    plan = compare(combine(fit(files, known).files, on=ON), known, on=ON)
    (change,) = [change for change in plan.pupils if change.differences]
    assert (change.id, change.values["number"]) == (1, "001")
    assert change.differences == (Difference("number", f"{DERIVED}1", "001"),)
