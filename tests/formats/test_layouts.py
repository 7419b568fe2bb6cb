"""Our own layouts: pupils, guardians, staff, classes, rooms, calendar, availability."""

from datetime import date, datetime

import pytest

from scheduling.domain.imports import (
    AvailabilityRecord,
    ClassRecord,
    DayRecord,
    GuardianRecord,
    PupilRecord,
    RoomRecord,
    StaffRecord,
)
from scheduling.domain.people import Authority, StaffRole
from scheduling.domain.years import DayKind
from scheduling.formats.reading import read_file
from tests.formats.files import guardian, guardians, pupils, sheet


def read(*lines):
    return read_file("x", sheet(*lines))


def warnings(file):
    return [problem.code for problem in file.problems]


def test_the_pupil_list_of_a_primary_school():
    file = read(
        "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Voorletters;Geboortedatum;Groep;Leerjaar;Leerkracht;"
        "Datum inschrijving;Datum uitschrijving",
        "001001;Noor;van 't;Hof;N;04-05-2019;1/2a;2;ABC,DEF;01-08-2025;",
    )
    assert file.layout == "pupils"
    assert file.records == (
        PupilRecord(
            "001001", "Noor", "1/2a", "van 't", "Hof", "N", date(2019, 5, 4), year_level="2", leaders=("ABC", "DEF"),
            enrolled_on=date(2025, 8, 1),
        ),
    )  # fmt: skip


def test_headers_may_be_written_in_other_ways():
    file = read("stamnummer,VOORNAAM,Klas,E-mail", "7,Noor,b1a,noor@example.org")
    assert file.records == (PupilRecord("7", "Noor", "b1a", email="noor@example.org"),)


def test_the_guardian_list_says_who_may_be_invited_and_where_they_live():
    file = read_file("x", guardians(guardian(
        "001", "2", relation="vader", name="B.;van der;Meer", email="b@example.org", phone="+31 00 000 00 01",
        authority="N", post="N", language="Tigrinya", interpreter="J", home="B",
    )))  # fmt: skip
    assert file.layout == "guardians"
    assert file.records == (
        GuardianRecord(
            "001", 2, "", "vader", "", "", "B.", "van der", "Meer", "b@example.org", "+31 00 000 00 01",
            Authority.NO, False, False, "ti", "Tigrinya", "B",
        ),
    )  # fmt: skip
    assert not file.problems


@pytest.mark.parametrize(
    ("typed", "authority", "told"),
    [
        ("J", Authority.YES, []),
        ("n", Authority.NO, []),
        ("V", Authority.LEGAL_GUARDIAN, []),
        ("", Authority.UNKNOWN, ["authority_unknown"]),
        ("?", Authority.UNKNOWN, ["authority_unknown"]),
    ],
)
def test_authority_is_read_as_typed_and_the_unknown_is_told(typed, authority, told):
    file = read_file("x", guardians(guardian(authority=typed)))
    assert file.records[0].authority is authority
    assert warnings(file) == told


def test_a_secret_address_drops_the_phone_and_keeps_the_mail():
    record = read_file("x", guardians(guardian(phone="+31 00 000 00 01", hidden="J"))).records[0]
    assert (record.phone, record.email, record.secret_address) == ("", "a@example.org", True)


@pytest.mark.parametrize(
    ("typed", "kept", "told"),
    [
        ("jan@@example", "", ["email_broken"]),
        ("geen", "", ["email_broken"]),
        ("=?utf-8?q?a?=@example.org", "", ["email_broken"]),
        ("a@example.org ", "a@example.org", ["email_tidied"]),
        ("A.Bos@EXAMPLE.ORG", "A.Bos@example.org", ["email_tidied"]),
        ('"a@example.org; b@example.org"', "", ["email_several"]),
        ("", "", ["email_missing"]),
        ("o'brien+school@example.org", "o'brien+school@example.org", []),
    ],
)
def test_an_address_is_tidied_or_left_out_and_the_office_hears_of_it(typed, kept, told):
    file = read_file("x", guardians(guardian(email=typed)))
    assert file.records[0].email == kept
    assert warnings(file) == told


def test_a_household_is_a_or_b():
    assert warnings(read_file("x", guardians(guardian(home="C")))) == ["household_unknown"]
    assert read_file("x", guardians(guardian(home=""))).records[0].household == ""


def test_somebody_who_died_is_never_active():
    file = read_file("x", guardians(guardian(relation="vader (overleden)")))
    assert not file.records[0].active
    assert warnings(file) == ["guardian_not_active"]


def test_a_grandmother_is_invited_only_with_consent():
    header = "Leerlingnummer;Volgnummer;Relatie;Achternaam;E-mailadres;Gezag;Toestemming"
    file = read(header, "1;1;oma;Bos;o@example.org;;", "1;2;broer;Bos;b@example.org;;J", "1;3;opa;Bos;c@example.org;V;")
    assert [record.authority for record in file.records] == [
        Authority.NO, Authority.UNKNOWN, Authority.LEGAL_GUARDIAN
    ]  # fmt: skip


def test_a_prefix_behind_the_surname_moves_to_its_place():
    file = read_file("x", pupils('1;Levi;;"Vries, de";3', '2;Bo;;"Smit, Bakker";3'))
    assert [(record.surname_prefix, record.surname) for record in file.records] == [
        ("de", "Vries"),
        ("", "Smit, Bakker"),
    ]
    assert warnings(file) == ["prefix_moved"]


def test_line_breaks_and_encoded_words_in_a_name_are_errors():
    file = read_file(
        "x", pupils('1;"Noor\nBcc: x@example.org";;Hof;3', "2;=?utf-8?q?a?=;;Hof;3", "3;No\u2028or;;Hof;3")
    )
    assert warnings(file) == ["control_characters", "encoded_word", "control_characters"]
    assert not file.records


def test_marks_that_reorder_text_are_dropped():
    assert read_file("x", pupils("1;\u202eNoor\u200b;;Hof;3")).records[0].given_name == "Noor"


@pytest.mark.parametrize("name", ['"=HYPERLINK(""http://example.org"")"', "@SUM(A1)", "+1", "-1", "＝1"])
def test_a_formula_is_kept_as_text_and_told(name):
    file = read_file("x", pupils(f"1;{name};;Hof;3"))
    assert file.records[0].given_name == name.strip('"').replace('""', '"')
    assert warnings(file) == ["formula_like"]


def test_a_name_that_fits_nowhere_is_an_error():
    assert warnings(read_file("x", pupils(f"1;{'a' * 61};;Hof;3"))) == ["too_long"]


def test_a_long_text_beside_the_names_is_cut_off_and_told():
    file = read("Leerlingnummer;Roepnaam;Groep;Leerjaar", "1;Noor;3;leerjaar drie vwo")
    assert file.records[0].year_level == "leerjaar d"
    assert warnings(file) == ["shortened"]


def test_an_interpreter_for_a_language_that_nobody_wrote_down_is_still_an_interpreter():
    record = read_file("x", guardians(guardian(language="", interpreter="J"))).records[0]
    assert (record.interpreter, record.language) == ("taal onbekend", "nl")


def test_markup_in_a_name_is_just_text():
    assert read_file("x", pupils("1;<script>;;{{7*7}};3")).records[0].given_name == "<script>"


def test_the_staff_list_gives_roles_groups_and_working_days():
    file = read(
        "Code;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Rol;Groepen;Werkdagen",
        "ABC;Anna;de;Wit;abc@example.net;LRK;1/2a,3;ma,dinsdag,Wo",
        "IB1;Bo;;Vos;;IB,LRK;;",
        "XX;Cas;;Bos;;Tovenaar;;altijd",
    )
    assert file.records[:2] == (
        StaffRecord("ABC", "Anna", "de", "Wit", "abc@example.net", (StaffRole.LEADER,), ("1/2a", "3"), "123"),
        StaffRecord("IB1", "Bo", "", "Vos", "", (StaffRole.INTERNAL_SUPERVISOR, StaffRole.LEADER)),
    )
    assert warnings(file) == ["role_unknown", "workday_unknown"]


def test_classes_with_two_mentors_and_a_room():
    file = read(
        "Klas;Niveau;Leerjaar;Vestiging;Mentor 1;Mentor 2;Lokaal",
        "b1a;brugklas;1;00;ABC;DEF;B12",
        "h4a;havo;4;00;ABC;;",
    )
    assert file.records == (
        ClassRecord("b1a", "00", "brugklas", "1", ("ABC", "DEF"), "B12"),
        ClassRecord("h4a", "00", "havo", "4", ("ABC",)),
    )


def test_rooms_and_the_schools_own_calendar():
    assert read("Lokaal;Vestiging;Verdieping;Gebouw", "B12;00;1;hoofd").records == (
        RoomRecord("B12", "00", "1", "hoofd"),
    )
    file = read(
        "van;tot_en_met;soort;omschrijving", "24-09-2027;;studiedag;team", "16-10-2027;24-10-2027;vakantie;herfst",
        "28-01-2028;;rapport_1;",
    )  # fmt: skip
    assert file.records == (
        DayRecord(date(2027, 9, 24), date(2027, 9, 24), DayKind.CLOSED_DAY, "team"),
        DayRecord(date(2027, 10, 16), date(2027, 10, 24), DayKind.HOLIDAY, "herfst"),
        DayRecord(date(2028, 1, 28), date(2028, 1, 28), DayKind.REPORT_1, "rapport_1"),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [("24-09-2027;;feestje;x", "kind_unknown"), (";;studiedag;x", "date_needed"),
     ("24-09-2027;23-09-2027;studiedag;x", "ends_before_start")],
)  # fmt: skip
def test_a_calendar_line_that_makes_no_sense_is_an_error(row, code):
    assert warnings(read("van;tot_en_met;soort;omschrijving", row)) == [code]


def test_availability_for_a_round():
    file = read("Code;Datum;Van;Tot;Lokaal", "ABC;30-08-2027;15:00;17.20;B12")
    start, end = datetime.fromisoformat("2027-08-30T15:00"), datetime.fromisoformat("2027-08-30T17:20")
    assert file.records == (AvailabilityRecord("ABC", start, end, "B12"),)
    assert warnings(read("Code;Datum;Van;Tot;Lokaal", "ABC;30-08-2027;25:00;17:20;")) == ["time_unknown"]
