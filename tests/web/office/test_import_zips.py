"""The office chooses a zip: every file in it is shown, mended and saved as if it had been chosen by itself."""

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.models import Guardian, Guardianship, Pupil, SchoolDay, db
from tests import builders
from tests.formats.files import archive, sheet
from tests.formats.test_oneroster import SCHOOL, USERS, user
from tests.visitor import Visitor

AGENDA = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:Studiedag\r\nDTSTART;VALUE=DATE:20271105\r\n"
    "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Schoolreis\r\nDTSTART;VALUE=DATE:20271112\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        return Visitor(app).signs_in(builders.an_office_worker())


def zipped(**sheets: object) -> bytes:
    lines = {**SCHOOL, **{f"{name}.csv": rows for name, rows in sheets.items()}}
    members = [(name, sheet(*rows)) for name, rows in lines.items()]
    return archive([*members, ("agenda.ics", AGENDA.encode())])


def test_a_school_in_one_zip_is_looked_at_and_saved(app: Flask, office: Visitor) -> None:
    page = office.chooses_files(("oneroster.zip", zipped()))
    assert "personen, OneRoster" in page.text
    assert "Schoolreis (12-11-2027)" in page.text
    page.presses("Bewaar alles")
    with app.app_context():
        assert set(db.session.scalars(select(Pupil.number))) == {"001", "002"}
        assert set(db.session.scalars(select(Guardian.external_id))) == {"g1", "g2", "g3"}
        assert len(db.session.scalars(select(Guardianship)).all()) == 3
        assert "Studiedag" in db.session.scalars(select(SchoolDay.label)).all()


def test_a_row_in_a_file_of_a_zip_is_mended_in_the_browser(app: Flask, office: Visitor) -> None:
    users = [USERS, *SCHOOL["users.csv"][1:], user("p9", "", "Bos", number="009")]
    roles = [*SCHOOL["roles.csv"], "r9,active,,p9,primary,student,,,org1,"]
    seats = [*SCHOOL["enrollments.csv"], "e9,active,,c1,org1,p9,student,,,"]
    page = office.chooses_files(("oneroster.zip", zipped(users=users, roles=roles, enrollments=seats)))
    assert "Bewaar alles" not in page.text
    page = page.follows("Verbeter de rijen hier")
    assert page.heading == "Rij 9 van oneroster.zip/users.csv"
    page = page.presses("Lees de rij zo", **{"cell-6": "Sem"})
    page.presses("Bewaar alles")
    with app.app_context():
        assert db.session.scalars(select(Pupil.given_name).where(Pupil.number == "009")).all() == ["Sem"]


def test_a_zip_that_unpacks_without_end_is_one_sentence(office: Visitor) -> None:
    page = office.chooses_files(("lijst.zip", archive([("a.csv", b" " * 70_000_000)])))
    assert "Dit bestand is uitgepakt te groot. Bewaar de lijst als CSV." in page.text
    assert "Bewaar alles" not in page.text
