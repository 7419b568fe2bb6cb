"""The office's pages about colleagues, and about the school itself."""

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.people import SeparatedParents, StaffRole
from scheduling.models import JournalLine, Outbox, School, Staff, db
from scheduling.services import staff
from tests import builders
from tests.visitor import Visitor

PASSWORD = "paard batterij nietje correct"


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        colleague = builders.an_office_worker()
        colleague.password_hash = staff.hash_password(PASSWORD)
        db.session.commit()
        return Visitor(app).signs_in(colleague)


def test_the_office_adds_a_colleague_who_is_invited(app: Flask, office: Visitor) -> None:
    page = office.opens("/staff/office/staff").follows("Voeg een collega toe")
    page = page.presses("Voeg toe en nodig uit", given_name="Bas", code="KANTOOR", status=422)
    assert "hoort al bij een collega" in page.text
    page = page.presses(
        "Voeg toe en nodig uit", code="bas", prefix="de", surname="Wit", email="bas@linde.example.org", roles=["leader"]
    )
    assert page.heading == "Bas de Wit"
    with app.app_context():
        assert db.session.scalars(select(Outbox.address)).all() == ["bas@linde.example.org"]


def test_roles_names_and_leaving(app: Flask, office: Visitor) -> None:
    with app.app_context():
        bas = builders.a_leader("bas")
        address = f"/staff/office/staff/{bas.id}"
    page = office.opens(address).presses("Bewaar de taken", roles=["leader", "internal_supervisor"])
    assert {box["value"] for box in page.soup.find_all("input", checked=True)} == {"leader", "internal_supervisor"}
    page = page.presses("Bewaar naam en adres", given_name="Bastiaan", email="nieuw@linde.example.org")
    assert page.heading == "Bastiaan Jansen"
    page = page.presses("Bewaar naam en adres", email="kantoor@linde.example.org", status=422)
    assert "heeft dit e-mailadres al" in page.text
    page = office.opens(address).presses("Bewaar deze dag", on="2020-01-01")
    assert "Weg vanaf" in page.text
    assert "werkt hier niet meer" in office.opens("/staff/office/staff").text
    assert "Bewaar deze dag" in office.opens(address).presses("Deze collega blijft").text


def test_the_last_of_the_office_stays(app: Flask, office: Visitor) -> None:
    with app.app_context():
        address = f"/staff/office/staff/{db.session.scalar(select(Staff.id).where(Staff.code == 'kantoor'))}"
    page = office.opens(address).presses("Bewaar de taken", roles=["leader"], status=409)
    assert "niemand over die de school kan beheren" in page.text
    office.opens(address).presses("Bewaar deze dag", on="2027-01-01", status=409)


def test_everyone_without_a_password_is_invited_at_once(app: Flask, office: Visitor) -> None:
    with app.app_context():
        builders.a_leader("bas")
        builders.a_leader("karin")
    page = office.opens("/staff/office/staff").presses("Nodig 2 collega's uit")
    assert "2 uitnodigingen gaan weg" in page.text
    with app.app_context():
        assert len(db.session.scalars(select(Outbox)).all()) == 2


@pytest.mark.parametrize("role", [StaffRole.LEADER, StaffRole.INTERNAL_SUPERVISOR])
def test_other_roles_do_not_find_the_offices_pages(app: Flask, office: Visitor, role: StaffRole) -> None:
    with app.app_context():
        visitor = Visitor(app).signs_in(builders.a_leader("someone", roles=[role]))
    for name in ("people", "staff", "school", "year", "imports", "corrections", "mailboxes"):
        visitor.opens(f"/staff/office/{name}", status=404)


def test_a_form_takes_no_more_than_its_fields(app: Flask, office: Visitor) -> None:
    with app.app_context():
        bas = builders.a_leader("bas")
        number = bas.id
    office.posts(
        f"/staff/office/staff/{number}", given_name="Bas", email="bas@linde.example.org", role="office",
        roles="office", password_hash="x", id="1", left_on="2020-01-01",
    )  # fmt: skip
    with app.app_context():
        row = db.session.get(Staff, number)
        assert ([role.role for role in row.roles], row.password_hash, row.left_on) == ([StaffRole.LEADER], None, None)


def test_the_school_changes_its_switches_and_the_journal_knows(app: Flask, office: Visitor) -> None:
    page = office.opens("/staff/office/school")
    page = page.presses("Bewaar", walking_minutes="90", status=422)
    assert "van 0 tot en met 60" in page.text
    page = page.presses("Bewaar", walking_minutes="5", travel_minutes="241", status=422)
    assert "van 0 tot en met 240" in page.text
    page = page.presses(
        "Bewaar", walking_minutes="7", travel_minutes="45", separated_parents="always_two", phone="000 - 111 11 11"
    )
    assert "Bewaard" in page.text
    page = page.presses("Bewaar", quiet_from="21:00", status=422)
    assert "stille uren" in page.text
    page = page.presses("Bewaar", quiet_until="07:00")
    page = page.presses("Bewaar", name="  ", status=422)
    assert "Vul de naam van de school in" in page.text
    page = page.presses("Bewaar", name="De Linde", route="U moet de zijdeur nemen.", status=422)
    assert "Hier staat “moet”" in page.text
    with app.app_context():
        school = db.session.get(School, 1)
        assert (school.walking_minutes, school.separated_parents) == (7, SeparatedParents.ALWAYS_TWO)
        assert school.travel_minutes == 45
        assert (school.quiet_from, school.quiet_until) == ("21:00", "07:00")
        line = db.session.scalars(select(JournalLine).where(JournalLine.action == "school.change")).first()
        assert line.facts["changed"]["walking_minutes"] == [5, 7]
