"""What becomes of the traps in school files, from the bytes to the people: one test per trap."""

from datetime import date

import pytest

from scheduling.domain.import_changes import KnownSchool, compare
from scheduling.domain.import_fitting import fit
from scheduling.domain.imports import combine
from scheduling.domain.people import Authority, Name, may_be_invited
from scheduling.formats.reading import read_file
from scheduling.formats.sheets import csv_sheet
from tests.formats.files import GUARDIANS, guardian, guardians, pupils, sheet

ON = date(2027, 9, 1)
TWO = pupils("1;Noor;;Hof;3", "2;Bram;;Smit;4")
ENROLLED = "Leerlingnummer;Roepnaam;Achternaam;Groep;Leerjaar;Datum inschrijving;Datum uitschrijving;Status"


def image(*tables, known=None):
    files = [read_file(f"{number}.csv", table) for number, table in enumerate(tables, start=1)]
    return combine(fit(files, known or KnownSchool()).files, on=ON)


def codes(found):
    return [problem.code for problem in found.problems]


def people(found):
    return {person.record.initials or person.record.surname: person.record for person in found.guardians}


def invited(found):
    return sorted(
        person.record.initials for person in found.guardians
        if may_be_invited(person.record.authority, active=person.record.active)
    )  # fmt: skip


def test_t03_of_a_secret_address_only_the_mail_is_kept():
    found = image(TWO, guardians(guardian("1", phone="06-12345678", hidden="J")))
    (mother,) = found.guardians
    assert (mother.record.email, mother.record.phone, mother.record.secret_address) == ("a@example.org", "", True)
    assert "12345678" not in repr(found)


def test_t03_a_secret_phone_is_not_kept_either():
    found = image(TWO, sheet(f"{GUARDIANS};Telefoon geheim", guardian("1", phone="06-12345678") + ";J"))
    assert found.guardians[0].record.phone == ""


def test_t04_one_mailbox_in_one_home_is_two_parents_and_no_problem():
    found = image(
        TWO, guardians(guardian("1", "1", email="gezin@example.org"),
                       guardian("1", "2", relation="vader", name="B;;Hof", email="gezin@example.org")),
    )  # fmt: skip
    assert len(found.guardians) == 2
    assert len({relation.household for relation in found.relations}) == 1
    assert not found.problems


def test_t06_without_any_address_both_parents_are_there_for_the_paper_list():
    found = image(TWO, guardians(guardian("1", "1", email=""), guardian("1", "2", name="B;;Hof", email="")))
    assert len(found.guardians) == 2
    assert codes(found) == ["email_missing"] * 2


@pytest.mark.parametrize(
    ("typed", "prefix", "surname"),
    [
        ("van 't Hof", "van 't", "Hof"),
        ("van der Meer", "van der", "Meer"),
        ("in 't Veld", "in 't", "Veld"),
        ("op den Kamp", "op den", "Kamp"),
        ("de Vries", "de", "Vries"),
        ('"Vries, de"', "de", "Vries"),
        ("Smit", "", "Smit"),
        ("Jansen-de Boer", "", "Jansen-de Boer"),
        ("Van den Broeck", "", "Van den Broeck"),
        ("d'Hondt", "", "d'Hondt"),
        ("de", "", "de"),
    ],
)
def test_t09_a_prefix_stands_before_the_surname_and_does_not_sort(typed, prefix, surname):
    (pupil,) = image(pupils(f"1;Noor;;{typed};3")).pupils
    assert (pupil.surname_prefix, pupil.surname) == (prefix, surname)
    name = Name(pupil.given_name, pupil.surname_prefix, pupil.surname)
    assert name.sort_key[0] == surname.casefold()
    assert name.full.endswith(surname)


@pytest.mark.parametrize("name", ["Ismaël", "Zoë", "Çelik", "Şahin", "Łukasz", "Nguyễn", "O'Brien", "d'Hondt"])
def test_t10_a_name_goes_round_in_utf8_and_a_lost_letter_is_told(name):
    (pupil,) = image(pupils(f"1;{name};;Bos;3")).pupils
    assert pupil.given_name == name
    found = image(pupils(f"1;{name};;Bos;3".encode("cp1252", "replace").decode("cp1252"), encoding="cp1252"))
    lost = name.encode("cp1252", "replace").decode("cp1252") != name
    assert codes(found) == (["lost_letters"] if lost else [])


def test_t10_a_letter_that_was_lost_earlier_is_told_in_any_encoding():
    assert codes(image(pupils("1;?ahin;;Bos;3"))) == ["lost_letters"]
    assert codes(image(pupils("1;\ufffdahin;;Bos;3"))) == ["lost_letters"]


def test_t11_windows_letters_are_what_they_are_in_windows():
    (pupil,) = image(pupils("1;Noor;van ’t;Hof – Smit;3", encoding="cp1252")).pupils
    assert (pupil.surname_prefix, pupil.surname) == ("van ’t", "Hof – Smit")


def test_t13_separators_quotes_and_line_ends_do_not_matter():
    plain = image(pupils("1;Noor;van 't;Hof;3")).pupils
    for text, end in (
        ("Leerlingnummer,Roepnaam,Tussenvoegsel,Achternaam,Groep\n1,Noor,van 't,Hof,3", "\n"),
        ("Leerlingnummer\tRoepnaam\tTussenvoegsel\tAchternaam\tGroep\n1\tNoor\tvan 't\tHof\t3", "\r\n"),
        ('"Leerlingnummer";"Roepnaam";"Tussenvoegsel";"Achternaam";"Groep";\n"1";"Noor";"van \'t";"Hof";"3";', "\r\n"),
    ):
        assert image(sheet(*text.split("\n"), end=end)).pupils == plain
        assert image(b"\xef\xbb\xbf" + sheet(*text.split("\n"), end=end)).pupils == plain


def test_t14_leading_zeros_are_kept_and_two_spellings_are_told():
    found = image(pupils("001234;Noor;;Hof;3", "1234;Bram;;Smit;4"))
    assert [pupil.number for pupil in found.pupils] == ["001234", "1234"]
    assert codes(found) == ["number_looks_alike"]


def test_t15_two_enrolments_are_one_pupil_in_the_newest_class():
    found = image(sheet(ENROLLED, "1;Noor;Hof;2;2;01-08-2026;;", "1;Noor;Hof;3;3;01-08-2027;;"))
    assert [(pupil.number, pupil.class_name) for pupil in found.pupils] == [("1", "3")]
    assert codes(found) == ["pupil_twice"]


def test_t16_twins_with_names_alike_are_two_pupils_with_the_same_parents():
    found = image(
        sheet("Leerlingnummer;Roepnaam;Achternaam;Geboortedatum;Groep", "1;Sem;Bos;04-05-2019;3",
              "2;Sam;Bos;04-05-2019;3"),
        guardians(guardian("1"), guardian("2")),
    )  # fmt: skip
    assert [pupil.given_name for pupil in found.pupils] == ["Sem", "Sam"]
    assert len(found.guardians) == 1
    assert not found.problems


@pytest.mark.parametrize("said", ["vader (overleden)", "wijlen vader", "vader †", "Inactief"])
def test_t27_somebody_who_died_is_nobodys_contact_any_more(said):
    found = image(
        TWO, guardians(guardian("1"), guardian("1", "2", relation=said, name="B;;Hof", email="b@example.org"))
    )
    assert [person.record.email for person in found.guardians] == ["a@example.org"]
    assert codes(found) == ["guardian_not_active"]


def test_t28_all_kinds_of_parents_are_parents_and_a_legal_guardian_is_invited():
    found = image(
        TWO,
        guardians(
            guardian("1", "1", relation="moeder", name="A;;Hof", email="a@example.org"),
            guardian("1", "2", relation="moeder", name="B;;Bos", email="b@example.org"),
            guardian("2", "1", relation="pleegouder", name="C;;Vos", email="c@example.org", authority=""),
            guardian("2", "2", relation="voogd", name=";;Stichting Voorbeeld", email="s@example.org", authority="V"),
            guardian("2", "3", relation="stiefvader", name="E;;Kok", email="e@example.org", authority="N"),
        ),
    )
    assert invited(found) == ["", "A", "B", "C"]
    assert people(found)["Stichting Voorbeeld"].authority is Authority.LEGAL_GUARDIAN
    assert people(found)["C"].relation == "pleegouder"


@pytest.mark.parametrize(("consent", "comes"), [("J", ["A", "B"]), ("N", ["A"]), ("", ["A"])])
def test_t29_a_grandmother_is_invited_with_consent_only(consent, comes):
    rows = [guardian("1"), guardian("1", "2", relation="oma", name="B;;Hof", email="o@example.org", authority="")]
    found = image(TWO, sheet(f"{GUARDIANS};Toestemming", f"{rows[0]};", f"{rows[1]};{consent}"))
    assert invited(found) == comes


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1;Noor;Hof;aangemeld;;;;", "pupil_not_yet"),
        ("1;Noor;Hof;Aangemeld 2028;;;;", "pupil_not_yet"),
        ("1;Noor;Hof;3;;;;Aangemeld", "pupil_not_yet"),
        ("1;Noor;Hof;uitgeschreven;;;;", "pupil_gone"),
        ("1;Noor;Hof;3;;;;uitgeschreven", "pupil_gone"),
        ("1;Noor;Hof;;;;31-07-2027;", "pupil_gone"),
        ("1;Noor;Hof;;H;;;", "pupil_gone"),
    ],
)
def test_t30_who_is_not_yet_or_no_longer_here_stays_outside_with_the_parents(row, code):
    found = image(sheet(ENROLLED, row), guardians(guardian("1")))
    assert not found.pupils
    assert not found.guardians
    assert codes(found) == [code]
    assert not compare(found, KnownSchool(), on=ON).pupils


def test_t30_a_status_that_says_nothing_special_changes_nothing():
    (pupil,) = image(sheet(ENROLLED, "1;Noor;Hof;3;;;;ingeschreven")).pupils
    assert pupil.class_name == "3"


def test_t46_sixty_letters_of_surname_fit_and_a_pupil_may_have_one_name():
    long = "Oudenaarden-Schimmelpenninck van Wickevoort tot Sevenaer-Ooij"
    found = image(pupils(f"1;Wilhelmina;van den;{long};{'K' * 60}", "2;Sahar;;;3"))
    assert [(pupil.surname, pupil.class_name) for pupil in found.pupils] == [(long, "K" * 60), ("", "3")]
    assert not found.problems


def test_t47_a_formula_is_text_here_and_harmless_in_what_we_write():
    formula = '=HYPERLINK("http://example.org";"klik")'
    quoted = formula.replace('"', '""')
    (pupil,) = image(pupils(f'1;"{quoted}";;Hof;3')).pupils
    assert pupil.given_name == formula
    assert b"\"'=HYPERLINK" in csv_sheet(["Roepnaam"], [[pupil.given_name]])


def test_t51_a_flemish_name_keeps_its_prefix_and_sorts_under_v():
    header = "Instellingsnummer;Naam;Voornaam;Klas;Klascode;Klasnummer;Gebruikersnaam;Pointer;Stamnummer;"
    found = image(
        sheet(header, "099999;Van den Broeck;Lotte;3A;3A;1;l.v;1;1;", "099999;Claes;Jo;3A;3A;2;j.c;2;2;"),
        sheet("Stamnummer;Type relatie;Naam;Voornaam;E-mail;GSM;Leerplichtverantwoordelijke;Post",
              "1;vader;van den Broeck;Al;al@example.org;;ja;ja"),
    )  # fmt: skip
    names = [Name(pupil.given_name, pupil.surname_prefix, pupil.surname) for pupil in found.pupils]
    assert [name.full for name in sorted(names, key=lambda name: name.sort_key)] == [
        "Jo Claes", "Lotte Van den Broeck"
    ]  # fmt: skip
    assert found.guardians[0].record.surname == "van den Broeck"


def test_t53_two_pupils_of_one_name_in_two_classes_stay_two():
    found = image(pupils("1;Noor;de;Vries;3", "2;Noor;de;Vries;4"))
    assert [(pupil.number, pupil.class_name) for pupil in found.pupils] == [("1", "3"), ("2", "4")]
    assert not found.problems
