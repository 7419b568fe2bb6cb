"""Every sample school as several systems hand it over: their real headers, the same bytes every time."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from scheduling.samples.__main__ import main
from scheduling.samples.exports import EXPORTS, Told
from scheduling.samples.writing import SCHOOLS

YEAR = "2027-2028"
EVERY = [(school, layout) for school, layouts in EXPORTS.items() for layout in layouts]
HEADERS = {
    ("vlier", "magister", "leerlingen_magister.csv"):
        "Stamnummer,Roepnaam,Tussenvoegsel,Achternaam,Klas,Klassenmentor 1",
    ("vlier", "zermelo", "ouders_zermelo.csv"): "Code;Achternaam;Email;Leerlingcodes",
    ("vlier", "student-list", "leerlingenlijst.csv"):
        "Nummer;Roepnaam;Voorvoegsel;Achternaam;Email school;Geboortedatum;",
    ("linde", "parnassys", "overzicht.csv"): "Voornaam;Achternaam;Groep",
    ("beuk", "flemish", "leerlingen.csv"):
        "Instellingsnummer;Naam;Voornaam;Klas;Klascode;Klasnummer;Gebruikersnaam;Pointer;Stamnummer;",
    ("beuk", "flemish", "relaties.csv"):
        "Stamnummer;Type relatie;Naam;Voornaam;E-mail;GSM;Leerplichtverantwoordelijke;Post",
    ("mbo", "students", "studenten.csv"):
        "Studentnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep;SLB;18 op;Toestemming ouders",
}  # fmt: skip


def files(school, layout):
    return EXPORTS[school][layout].files(SCHOOLS[school](YEAR))


@pytest.mark.parametrize(("school", "layout"), EVERY)
def test_a_system_hands_over_the_same_bytes_every_time(school, layout):
    assert files(school, layout) == files(school, layout)


def test_every_school_comes_in_our_own_layout_and_in_those_of_others():
    assert set(EXPORTS) == set(SCHOOLS)
    assert all(len(layouts) >= 3 for layouts in EXPORTS.values())
    everything = {*Told} - {Told.ADDRESSES, Told.FIRST_GUARDIAN, Told.LESSONS, Told.CONTACT_PARENTS}
    assert all(EXPORTS[school]["own"].tells == everything for school in EXPORTS)


@pytest.mark.parametrize(("school", "layout", "name"), HEADERS)
def test_a_system_uses_its_real_header(school, layout, name):
    first = files(school, layout)[name].decode("utf-8-sig", "replace").splitlines()[0]
    assert first == HEADERS[school, layout, name]


def test_decibel_has_two_columns_called_email_and_two_rows_for_some_pupils():
    lines = files("vlier", "decibel")["decibel.csv"].decode("cp1252").splitlines()
    titles = lines[0].split(";")
    assert (titles.count("EMAIL"), titles.count("email"), titles[0], titles[-1]) == (1, 1, "STAMNR", "rfid")
    numbers = [line.split(";")[0] for line in lines[1:]]
    assert (len(set(numbers)), len(numbers) - len(set(numbers))) == (1200, 107)


def test_social_schools_hands_over_workbooks_without_any_number():
    written = files("linde", "social-schools")
    rows = {name: list(load_workbook(io.BytesIO(content)).active.values)
            for name, content in written.items() if name.endswith(".xlsx")}  # fmt: skip
    assert rows["leerlingen.xlsx"][0] == (
        "Roepnaam", "Tussenvoegsel", "Achternaam", "Geboortedatum", "Klasnaam", "Leerjaar"
    )  # fmt: skip
    assert rows["ouders.xlsx"][0][-2:] == ("E-mailadres ouder/verzorger 1", "E-mailadres ouder/verzorger 2")
    assert len(rows["leerlingen.xlsx"]) == len(rows["ouders.xlsx"]) == 241


def test_oneroster_hands_over_24_pupils_of_one_class_and_a_whole_school():
    some = files("linde", "oneroster-class")
    assert sorted(some) == [
        "academicSessions.csv", "classes.csv", "enrollments.csv", "manifest.csv", "orgs.csv", "roles.csv", "users.csv"
    ]  # fmt: skip
    assert some["roles.csv"].decode().count(",student,") == 24
    with zipfile.ZipFile(io.BytesIO(files("vlier", "oneroster")["oneroster.zip"])) as packed:
        assert sorted(packed.namelist()) == sorted([*some, "courses.csv"])  # the lessons of a whole school
        assert packed.read("roles.csv").decode().count(",student,") == 1200


def test_the_second_parent_may_stand_in_the_fifth_co_account():
    lines = files("beuk", "co-accounts")["coaccounts.csv"].decode("utf-8-sig").splitlines()
    titles = lines[0].split(";")
    second, fifth = titles.index("email_coaccount2"), titles.index("email_coaccount5")
    rows = [line.split(";") for line in lines[1:]]
    assert sum(bool(row[fifth]) and not row[second] for row in rows) == 8


def test_the_command_writes_one_layout_or_all_of_them(tmp_path, capsys):
    assert main(["mbo", str(tmp_path / "one"), "--layout", "students"]) == 0
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["personeel.csv", "studenten.csv"]
    assert main(["mbo", str(tmp_path / "all"), "--layout", "all"]) == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {*EXPORTS["mbo"], "traps"}
    assert (tmp_path / "all" / "traps" / "zermelo" / "T04" / "ouders_zermelo.csv").exists()
    with pytest.raises(SystemExit) as ended:
        main(["mbo", str(tmp_path), "--layout", "zermelo"])
    assert ended.value.code == 2
    assert "mbo has no layout zermelo" in capsys.readouterr().err
