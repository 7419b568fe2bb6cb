"""Names that make trouble: two pupils of one name, names that are very long, and a pupil with one name only."""

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.models import ContactCorrection, Guardian, Pupil, db
from tests import builders
from tests.builders import NOW
from tests.visitor import Page, Visitor

LONG = "Oudenaarden-Schimmelpenninck van Wickevoort tot Sevenaer-Ooij"
HEADER = "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep\r\n"
PUPILS = HEADER + f"1;Noor;de;Vries;3\r\n2;Noor;de;Vries;4\r\n3;Wilhelmina;van den;{LONG};4\r\n4;Sahar;;;4\r\n"
GUARDIANS = (
    "Leerlingnummer;Volgnummer;Relatie;Achternaam;E-mailadres;Gezag\r\n"
    "1;1;moeder;Bos;b@example.org;J\r\n2;1;vader;Vos;v@example.org;J\r\n"
)


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        return Visitor(app).signs_in(builders.an_office_worker())


def choose(visitor: Visitor, *files: str) -> Page:
    return visitor.chooses_files(*((f"{number}.csv", text.encode()) for number, text in enumerate(files)))


def test_two_pupils_of_one_name_are_shown_with_their_classes(app: Flask, office: Visitor) -> None:
    page = choose(office, PUPILS, GUARDIANS)
    assert "Noor de Vries (3)" in page.text
    assert "Noor de Vries (4)" in page.text
    page.presses("Bewaar alles")
    rows = office.opens("/staff/office/people", q="noor").soup.find("table").find("tbody").find_all("tr")
    assert sorted(cell.get_text(strip=True) for row in rows for cell in row.find_all("td")[:1]) == ["3", "4"]
    with app.app_context():
        for email in ("b@example.org", "v@example.org"):
            person = db.session.scalars(select(Guardian).filter_by(email=email)).one()
            db.session.add(ContactCorrection(
                guardian_id=person.id, field="phone", old_value="", new_value="000", proposed_at=NOW
            ))  # fmt: skip
        db.session.commit()
    page = office.opens("/staff/office/corrections")
    assert "Noor (3)" in page.text
    assert "Noor (4)" in page.text


def test_a_pupil_who_leaves_is_shown_with_the_class(office: Visitor) -> None:
    choose(office, PUPILS).presses("Bewaar alles")
    page = choose(office, "".join(PUPILS.splitlines(keepends=True)[:2]) + "5;Bo;;Bos;3\r\n")
    gone = next(part for part in page.soup.find_all("details") if part.summary.get_text().startswith("Weg: leerlingen"))
    assert "Noor de Vries (4)" in gone.get_text()


def test_a_long_name_and_a_single_name_stand_in_full_on_every_page(app: Flask, office: Visitor) -> None:
    choose(office, PUPILS).presses("Bewaar alles")
    with app.app_context():
        ids = {pupil.given_name: pupil.id for pupil in db.session.scalars(select(Pupil))}
    page = office.opens("/staff/office/people", q="wilhelmina").follows(f"Wilhelmina van den {LONG}")
    assert page.heading == f"Wilhelmina van den {LONG}"
    assert office.opens(f"/staff/office/pupils/{ids['Sahar']}").heading == "Sahar"


def test_a_parent_of_whom_only_the_address_is_known_is_called_a_parent(app: Flask, office: Visitor) -> None:
    addresses = "Leerlingnummer;E-mail ouder 1;E-mail ouder 2\r\n1;a@example.org;b@example.org\r\n"
    choose(office, PUPILS, addresses).presses("Bewaar alles")
    with app.app_context():
        pupil = db.session.scalars(select(Pupil).filter_by(number="1")).one()
        parent = db.session.scalars(select(Guardian).filter_by(email="a@example.org")).one()
    page = office.opens(f"/staff/office/pupils/{pupil.id}")
    assert page.text.count("a@example.org") == page.text.count("b@example.org") == 1
    page = page.follows("Wijzig of geef een link")
    assert page.heading == "ouder"
    own = Visitor(app)
    with app.app_context():
        own.comes_by_link(db.session.merge(parent))
    assert "Noor" in own.opens("/family/").text
