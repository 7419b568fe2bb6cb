"""The lists of the systems that schools use, each with its real header."""

from datetime import date

import pytest

from scheduling.domain.imports import (
    Child,
    ContactParentRecord,
    GuardianRecord,
    LessonRecord,
    PupilRecord,
    combine,
)
from scheduling.domain.people import Authority
from scheduling.formats.reading import LAYOUTS, read_file
from tests.formats.files import sheet

ON = date(2027, 9, 1)
DECIBEL = (
    "STAMNR;INITIALS;FIRSTNAME;PREFIX;LASTNAME;EMAIL;GENDER;BIRTHDATE;STREET;HOUSENR;HOUSENRSUFIX;POSTALCODE;CITY;"
    "STUDYPERIOD;CLASS;PROFILECODE;PROFILEDESC;STUDY;LOCATION;STUDYYEAR;PMENTORCODE;PMENTORNAME;CMENTORCODE;"
    "CMENTORNAME;ADJUNCSECTOR;Aanmelddatum;studiebegindatum;studieeinddatum;vertrekdatum;email;gsm;rfid"
)
FLEMISH = "Instellingsnummer;Naam;Voornaam;Klas;Klascode;Klasnummer;Gebruikersnaam;Pointer;Stamnummer;"


def read(*lines, encoding="utf-8"):
    return read_file("x", sheet(*lines, encoding=encoding))


def codes(file):
    return [problem.code for problem in file.problems]


def decibel(number="001234", class_name="h4a", begin="01-08-2027", end="", left="", email="", guardian="g@example.org"):
    return (
        f"{number};Z;Zoë;van;Dijk;{email};V;04-05-2012;;;;;;2027-2028;{class_name};;;havo;00;4;ABC;Anna Bos;DEF;"
        f"Dirk Vos;;;{begin};{end};{left};{guardian};;"
    )


def test_every_layout_has_a_name_of_its_own():
    names = [layout.name for layout in LAYOUTS]
    assert len(set(names)) == len(names)


def test_magister_exports_a_list_from_its_screen():
    file = read(
        '"Stamnummer","Roepnaam","Tussenvoegsel","Achternaam","Klas","Klassenmentor 1"',
        '"001","Noor","van \'t","Hof","b1a","Dirk Vos"', '"002","Bram","","Smit","b1a",""',
        encoding="utf-8-sig",
    )  # fmt: skip
    assert file.layout == "magister"
    assert file.records == (
        PupilRecord("001", "Noor", "b1a", "van 't", "Hof", leaders=("Dirk Vos",)),
        PupilRecord("002", "Bram", "b1a", surname="Smit"),
    )
    assert not file.problems


def test_decibel_says_who_is_enrolled_and_the_first_guardians_address():
    file = read(DECIBEL, decibel(email="zoe@example.com"), encoding="cp1252")
    assert file.layout == "decibel"
    assert file.records == (
        PupilRecord(
            "001234", "Zoë", "h4a", "van", "Dijk", "Z", date(2012, 5, 4), "00", "4", ("DEF",), "zoe@example.com",
            enrolled_on=date(2027, 8, 1),
        ),
        GuardianRecord("001234", 1, email="g@example.org"),
    )  # fmt: skip
    assert codes(file) == ["authority_not_said"]


def test_a_pupil_with_two_enrolments_in_decibel_is_one_pupil_in_the_newest_class():
    file = read(
        DECIBEL, decibel(class_name="h3b", begin="01-08-2026", end="31-07-2027"), decibel(),
        decibel("002", "h4b", "01-08-2027"), decibel("002", "h4c", "15-08-2027"),
    )  # fmt: skip
    image = combine([file], on=ON)
    assert {pupil.number: pupil.class_name for pupil in image.pupils} == {"001234": "h4a", "002": "h4c"}
    assert [problem.code for problem in image.problems] == ["authority_not_said", "pupil_twice"]
    assert len(image.relations) == 2


def test_somebody_who_has_left_is_not_a_pupil_any_more():
    image = combine([read(DECIBEL, decibel(left="20-08-2027"))], on=ON)
    assert not image.pupils
    assert not image.guardians


def test_zermelo_lists_a_parent_once_with_all_children():
    file = read(
        "Code;Achternaam;Email;Leerlingcodes", "ouder2003;van der Meer;m@example.org;201700045,201700003",
        "ouder2004;Vos;;201700045",
    )  # fmt: skip
    assert file.layout == "zermelo_parents"
    mother = GuardianRecord("", code="ouder2003", surname_prefix="van der", surname="Meer", email="m@example.org")
    assert [(record.pupil_number, record.code) for record in file.records] == [
        ("201700045", "ouder2003"), ("201700003", "ouder2003"), ("201700045", "ouder2004"),
    ]  # fmt: skip
    assert (file.records[0].surname_prefix, file.records[0].surname) == (mother.surname_prefix, mother.surname)
    assert codes(file) == ["authority_not_said", "email_missing"]
    assert len(combine([file], on=ON).guardians) == 2


def test_a_parent_of_nobody_in_zermelo_is_told():
    assert "no_children" in codes(read("Code;Achternaam;Email;Leerlingcodes", "o1;Vos;v@example.org;"))


def test_social_schools_lists_pupils_and_beside_each_child_two_addresses():
    file = read("Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;Klasnaam;Leerjaar", "Noor;van 't;Hof;04-05-2019;3a;3")
    assert file.layout == "social_schools_pupils"
    assert file.records == (PupilRecord("", "Noor", "3a", "van 't", "Hof", "", date(2019, 5, 4), year_level="3"),)
    file = read(
        "Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;E-mailadres ouder/verzorger 1;E-mailadres ouder/verzorger 2",
        "Noor;van 't;Hof;04-05-2019;a@example.org;b@example.org",
        "Sem;;Bos;04-05-2019;gezin@example.org;GEZIN@example.org", "Bo;;Vos;04-05-2019;;",
    )  # fmt: skip
    noor, sem = Child("Noor", "van 't", "Hof", date(2019, 5, 4)), Child("Sem", "", "Bos", date(2019, 5, 4))
    assert file.layout == "social_schools_parents"
    assert file.records == (
        GuardianRecord("", 1, email="a@example.org", child=noor),
        GuardianRecord("", 2, email="b@example.org", child=noor),
        GuardianRecord("", 1, email="gezin@example.org", child=sem),
    )


def test_an_overview_that_a_school_made_itself_names_pupils_only():
    file = read("Voornaam;Achternaam;Groep", "Noor;van 't Hof;Groep 3", "Bram;Smit;3")
    assert file.layout == "pupils_by_name"
    assert file.records == (
        PupilRecord("", "Noor", "Groep 3", "van 't", "Hof"), PupilRecord("", "Bram", "3", surname="Smit"),
    )  # fmt: skip


def test_parents_may_stand_beside_the_pupil_with_names_and_relations():
    file = read(
        "leerlingNummer;roepNaam;achternaam;Groep;Voornaam verzorger 1;Achternaam verzorger 1;E-mail verzorger 1;"
        "Mobiel verzorger 1;E-mail moeder;Naam moeder",
        "1;Noor;Hof;3;Bo;de Wit;b@example.org;06-00000001;m@example.org;Hof",
    )
    assert file.layout == "pupils"
    assert file.records[1:] == (
        GuardianRecord("1", 1, given_name="Bo", surname_prefix="de", surname="Wit", email="b@example.org",
                       phone="06-00000001"),
        GuardianRecord("1", 0, relation="moeder", surname="Hof", email="m@example.org"),
    )  # fmt: skip


def test_an_older_list_without_classes_gives_addresses_and_birth_dates():
    file = read(
        "Nummer;Roepnaam;Voorvoegsel;Achternaam;Email school;Geboortedatum;", "7;Noor;;Hof;n@example.org;4-5-19;"
    )
    assert file.layout == "student_list"
    assert file.records == (
        PupilRecord("7", "Noor", "", surname="Hof", birth_date=date(2019, 5, 4), email="n@example.org"),
    )


def test_the_flemish_list_keeps_the_prefix_in_the_surname():
    file = read(FLEMISH, "099999;Van den Broeck;Lotte;3A;0999993A;7;lotte.vdb;00012;0027938;")
    assert file.layout == "flemish_pupils"
    assert file.records == (PupilRecord("0027938", "Lotte", "3A", surname="Van den Broeck"),)
    assert not file.problems


def test_relations_say_who_answers_for_compulsory_education():
    file = read(
        "Stamnummer;Type relatie;Naam;Voornaam;E-mail;GSM;Leerplichtverantwoordelijke;Post",
        "1;moeder;Peeters;An;an@example.org;0470 00 00 01;ja;ja",
        "1;vader;Van den Broeck;Jo;jo@example.org;;nee;nee",
        "1;grootmoeder;Claes;Mia;mia@example.org;;nee;ja",
    )
    assert file.layout == "flemish_relations"
    assert [(record.surname, record.authority, record.receives_post) for record in file.records] == [
        ("Peeters", Authority.YES, True),
        ("Van den Broeck", Authority.UNKNOWN, False),
        ("Claes", Authority.NO, True),
    ]
    assert codes(file) == ["authority_unknown", "contact_without_consent"]


def test_co_accounts_one_and_five_are_both_parents():
    columns = ";".join(
        f"{what}_coaccount{place}" for place in range(1, 7) for what in ("type", "naam", "voornaam", "email", "status")
    )
    file = read(
        f"Stamnummer;Naam;Voornaam;Klas;{columns}",
        "1;Van den Broeck;Lotte;3A;moeder;Peeters;An;an@example.org;actief" + ";" * 15
        + ";vader;Van den Broeck;Jo;jo@example.org;actief;vader;Claes;Al;al@example.org;inactief",
    )  # fmt: skip
    assert file.layout == "smartschool"
    assert [(record.position, record.surname, record.active) for record in file.records[1:]] == [
        (1, "Peeters", True), (5, "Van den Broeck", True), (6, "Claes", False),
    ]  # fmt: skip
    assert len(combine([file], on=ON).guardians) == 2


@pytest.mark.parametrize(
    ("adult_on", "born"), [("04-05-2028", date(2010, 5, 4)), ("29-02-2028", date(2010, 3, 1)), ("", None)]
)
def test_students_of_a_college_with_the_day_on_which_they_are_eighteen(adult_on, born):
    file = read(
        "Studentnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep;SLB;18 op;Toestemming ouders",
        f"000123;Noor;van 't;Hof;MZ3A;ABC;{adult_on};J",
    )
    assert file.layout == "students"
    assert file.records == (
        PupilRecord(
            "000123", "Noor", "MZ3A", "van 't", "Hof", birth_date=born, leaders=("ABC",), parents_permitted=True
        ),
    )


@pytest.mark.parametrize("header", ["Docent;Klas;Vak", "Leraar,Lesgroep,Vakcode", "teacher\tclass\tsubject"])
def test_lessons_say_who_teaches_what_to_which_class(header):
    separator = next(one for one in ";,\t" if one in header)
    file = read(header, separator.join(("ABC", "b1a", "Engels")))
    assert file.layout == "lessons"
    assert file.records == (LessonRecord("ABC", "b1a", "Engels"),)


def test_two_teachers_of_two_classes_are_four_lessons():
    file = read("Docenten;Klassen;Vak", "ABC,DEF;b1a,b1b;gym")
    assert [(record.code, record.group) for record in file.records] == [
        ("ABC", "b1a"), ("ABC", "b1b"), ("DEF", "b1a"), ("DEF", "b1b")
    ]  # fmt: skip


def test_a_contact_parent_agrees_or_not():
    file = read("Klas;Code ouder;Toestemming", "b1a;ouder2001;J", "b1b;ouder2002;")
    assert file.layout == "contact_parents"
    assert file.records == (
        ContactParentRecord("b1a", "ouder2001", True), ContactParentRecord("b1b", "ouder2002", False)
    )  # fmt: skip
    assert codes(file) == ["no_consent_to_publish"]


@pytest.mark.parametrize(
    "header",
    ["stamnr;firstname;lastname;class", "Studentnr;First name;Last name;Stamklas", "key;givenName;familyName;Klascode"],
)
def test_headers_may_be_english_or_written_otherwise(header):
    assert read(header, "1;Noor;Hof;b1a").records == (PupilRecord("1", "Noor", "b1a", surname="Hof"),)
