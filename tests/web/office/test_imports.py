"""The office reads school files in: choose, look, save."""

import io

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.imports import Severity
from scheduling.formats.tables import read_table
from scheduling.models import ClassGroup, ImportDraft, Outbox, Pupil, db
from tests import builders
from tests.visitor import Page, Visitor

PUPILS = (
    "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;Groep;Leerjaar\r\n"
    "001;Sami;;Yilmaz;04-05-2019;3;3\r\n"
    "002;Noor;van der;Berg;06-07-2019;3;3\r\n"
)
GUARDIANS = (
    "Leerlingnummer;Volgnummer;Relatie;Achternaam;E-mailadres;Gezag;Huishouden\r\n"
    "001;1;moeder;Yilmaz;layla@ouders.example.org;J;A\r\n"
    "002;1;vader;van der Berg;geen adres;J;A\r\n"
)


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        return Visitor(app).signs_in(builders.an_office_worker())


def choose(visitor: Visitor, *, status: int = 200, **files: str) -> Page:
    named = ((f"{name}.csv", text.encode("cp1252")) for name, text in files.items())
    return visitor.chooses_files(*named, status=status)


def numbers(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Pupil.number)))


def test_files_are_shown_before_anything_is_saved(app: Flask, office: Visitor) -> None:
    page = choose(office, leerlingen=PUPILS, verzorgers=GUARDIANS)
    assert page.heading == "Klaar om te bewaren"
    assert "leerlingen.csv, verzorgers.csv" in page.text
    assert "Noor van der Berg" in page.text
    assert "rij 3, E-mailadres" in page.text
    assert numbers(app) == []
    page = page.presses("Bewaar alles")
    assert "2 nieuwe leerlingen" in page.text
    assert numbers(app) == ["001", "002"]
    with app.app_context():
        assert db.session.scalars(select(Outbox)).all() == []


def test_the_same_files_again_change_nothing_and_a_changed_one_says_what(app: Flask, office: Visitor) -> None:
    choose(office, leerlingen=PUPILS).presses("Bewaar alles")
    page = choose(office, leerlingen=PUPILS.replace(";3;3\r\n002", ";4;4\r\n002"))
    assert "groep: 3 wordt 4" in page.text
    assert page.presses("Stop, bewaar niets").text.count("Er is niets bewaard") == 1
    cells = [cell.get_text() for cell in choose(office, leerlingen=PUPILS).soup.find(id="tellen").parent.find_all("td")]
    assert cells[:4] == ["0", "0", "2", "0"]


def test_a_file_with_a_mistake_is_not_saved_and_says_where(app: Flask, office: Visitor) -> None:
    page = choose(office, leerlingen=PUPILS.replace("Noor", ""))
    assert page.heading == "Nog niets bewaard: 1 rij vraagt een verbetering"
    assert "rij 3, Roepnaam" in page.text
    assert "Bewaar alles" not in page.text
    office.posts(page.address)
    assert numbers(app) == []
    again = _instead(page, PUPILS)
    assert again.heading == "Klaar om te bewaren"
    with app.app_context():
        assert len(db.session.scalars(select(ImportDraft)).all()) == 1


def test_pupils_who_would_leave_are_said_beside_the_button(office: Visitor) -> None:
    many = "Leerlingnummer;Roepnaam;Achternaam;Groep\r\n" + "".join(f"1{n:02};Sami;Bos{n};3\r\n" for n in range(20))
    choose(office, leerlingen=many).presses("Bewaar alles")
    page = choose(office, leerlingen="\r\n".join(many.splitlines()[:3]))
    beside = page.soup.select_one(".note.ask + form button")
    assert beside.get_text(strip=True) == "Bewaar alles"
    assert "18 leerlingen staan niet meer in het bestand." in page.soup.select_one(".note.ask").get_text()


def test_a_school_that_changes_classes_within_a_year_is_asked_for_the_year(office: Visitor) -> None:
    many = "Leerlingnummer;Roepnaam;Achternaam;Groep\r\n" + "".join(f"1{n:02};Sami;Bos{n};3\r\n" for n in range(20))
    choose(office, leerlingen=many).presses("Bewaar alles")
    page = choose(office, leerlingen=many.replace(";3\r\n", ";4\r\n", 8))
    assert page.soup.select_one(".note.ask") is None
    page = choose(office, leerlingen=many.replace(";3\r\n", ";4\r\n"))
    said = "20 leerlingen krijgen binnen dit schooljaar een andere groep. Kijk of u het goede schooljaar koos."
    assert page.soup.select_one(".note.ask").get_text() == said


def test_every_row_that_asks_attention_is_counted_once_in_the_heading_and_in_its_group(office: Visitor) -> None:
    parents = "Leerlingnummer;Relatie;Achternaam;E-mailadres;Gezag\r\n001;moeder;Yilmaz;;J\r\n002;vader;Berg;;J\r\n"
    page = choose(office, leerlingen=PUPILS, verzorgers=parents)
    assert page.soup.select_one("#rijen").get_text() == "Wat er opvalt: 2 keer let op"
    assert "Mailadressen (2)" in page.text


def test_what_changes_most_is_said_in_one_line(office: Visitor) -> None:
    many = "Leerlingnummer;Roepnaam;Achternaam;Groep\r\n" + "".join(f"1{n:02};Sami;Bos{n};3\r\n" for n in range(12))
    choose(office, leerlingen=many).presses("Bewaar alles")
    page = choose(office, leerlingen=many.replace("Sami", "Samir").replace("Bos1;3", "Bos1;4"))
    assert "Het vaakst: roepnaam (12), groep (1)." in page.text


def test_the_list_of_problems_can_be_downloaded(office: Visitor) -> None:
    page = choose(office, leerlingen=PUPILS.replace("Noor", "=HYPERLINK(1)").replace("Sami", ""))
    address = next(link for link in page.links() if link.endswith("problems.xlsx"))
    answer = office.client.get(address)
    table = read_table("inlezen.xlsx", answer.data)
    assert table.header == ("bestand", "rij", "kolom", "soort", "wat en hoe")
    assert {row[3] for _, row in table.rows} == {"fout", "let op"}
    assert Severity.ERROR == "error"


def test_nothing_chosen_is_said_at_the_field(office: Visitor) -> None:
    page = office.opens("/staff/office/imports").presses("Lees en laat zien", status=422)
    assert "Kies eerst een of meer bestanden" in page.text


def test_what_is_no_school_file_says_so(office: Visitor) -> None:
    page = choose(office, brief="Beste ouders,\r\ntot dinsdag")
    assert "Deze indeling kennen we niet" in page.text
    assert "Bewaar alles" not in page.text


def test_a_draft_that_is_gone_leads_back_to_choosing(app: Flask, office: Visitor) -> None:
    page = office.opens("/staff/office/imports/999", status=404)
    assert "Kies de bestanden opnieuw" in page.text
    page = choose(office, leerlingen=PUPILS)
    page.presses("Bewaar alles")
    office.posts(page.address, status=404)
    assert numbers(app) == ["001", "002"]


def test_a_preview_over_changed_people_is_shown_again_first(app: Flask, office: Visitor) -> None:
    first = choose(office, leerlingen=PUPILS)
    choose(office, leerlingen=PUPILS.replace("Sami", "Samir")).presses("Bewaar alles")
    page = first.presses("Bewaar alles", status=409)
    assert "roepnaam: Samir wordt Sami" in page.text
    page.presses("Bewaar alles")
    with app.app_context():
        assert db.session.scalar(select(Pupil.given_name).where(Pupil.number == "001")) == "Sami"


def test_no_letters_are_promised_only_where_no_talk_is_touched(app: Flask, office: Visitor) -> None:
    page = choose(office, leerlingen=PUPILS)
    assert "bewaren stuurt geen brieven" in page.text
    page.presses("Bewaar alles")
    with app.app_context():
        group = db.session.scalars(select(ClassGroup)).one()
        found = builders.a_round(classes=[group])
        sami = db.session.scalars(select(Pupil).where(Pupil.number == "001")).one()
        builders.a_booking(found, sami, builders.some_slots(found, builders.a_leader("anna"))[0])
    page = choose(office, leerlingen=PUPILS.replace(";3;3\r\n002", ";4;4\r\n002"))
    assert "Wie de tijd al kent, krijgt bericht" in page.text
    assert "bewaren stuurt geen brieven" not in page.text


def _instead(page: Page, text: str) -> Page:
    """Choose a mended file on the preview itself."""
    visitor = page.visitor
    fields = {
        "csrf_token": visitor.csrf(), "year": "2027-2028", "instead_of": page.address.rsplit("/", 1)[1],
        "files": (io.BytesIO(text.encode()), "leerlingen.csv"),
    }  # fmt: skip
    answer = visitor.client.post(
        "/staff/office/imports", data=fields, content_type="multipart/form-data", follow_redirects=True
    )
    return Page(visitor, answer, 200)
