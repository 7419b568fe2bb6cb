"""De Linde from one school year into the next: a round, an agreement, then the new year's files."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    SchoolYear,
    Staff,
    db,
)
from scheduling.samples.linde import linde
from scheduling.samples.moved_up import left_early, linde_moved_up
from scheduling.samples.writing import write_sample
from tests.journeys.vlier import command
from tests.visitor import Page, Visitor

OLD, NEW = "2026-2027", "2027-2028"
THEN = datetime(2026, 8, 27, 8, tzinfo=UTC)
NOW = datetime(2027, 8, 19, 8, tzinfo=UTC)
AFTER_THE_TERM = datetime(2027, 9, 20, 8, tzinfo=UTC)
OFFICE = "kantoor@linde.example.org"
SETUP = (
    "setup",
    "--school",
    "De Linde",
    "--region",
    "NL-MI",
    "--email",
    OFFICE,
    "--password",
    "vier woorden zonder zin",
)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    write_sample("linde", tmp_path / OLD, year=OLD)
    write_sample("linde", tmp_path / NEW, year=NEW, moved_up=True)
    return tmp_path


@pytest.fixture
def school(app: Flask, files: Path) -> Flask:
    """The old year: imported, a round with a published roster."""
    with time_machine.travel(THEN, tick=True):
        command(app, *SETUP, "--year", OLD)
        assert command(app, "import", str(files / OLD), "--year", OLD)["saved"]
        command(app, "rounds", "create", "--kind", "start_conversation", "--name", "Start 2026", "--availability",
                str(files / OLD / "availability.csv"))  # fmt: skip
        command(app, "rosters", "generate", "Start 2026", "--work", "1")
        assert command(app, "rosters", "publish", "Start 2026")["published"]
    return app


def signed_in(app: Flask, code_or_email: str) -> Visitor:
    with app.app_context():
        wanted = (Staff.code == code_or_email) | (Staff.email == code_or_email)
        return Visitor(app).signs_in(db.session.scalars(select(Staff).where(wanted)).one())


def a_child_of(app: Flask, group: str) -> tuple[str, int, str, int]:
    """A pupil of one home in this class of the old year who goes up: number, id, the leader's code, the home."""
    after = {child.number for family in linde_moved_up(NEW).families for child in family.children}
    with app.app_context():
        rows = db.session.execute(
            select(Pupil.number, Pupil.id, Staff.code, Guardianship.household_id)
            .join(Enrolment, Enrolment.pupil_id == Pupil.id)
            .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
            .join(Booking, Booking.pupil_id == Pupil.id)
            .join(Staff, Staff.id == Booking.leader_id)
            .join(Guardianship, Guardianship.pupil_id == Pupil.id)
            .where(ClassGroup.name == group, Guardianship.position == 1)
            .order_by(Pupil.number)
        )
        return next(tuple(row) for row in rows if row.number in after)


def agree(app: Flask, leader: str, pupil_id: int, home: int) -> None:
    page = signed_in(app, leader).opens(f"/staff/leader/pupils/{pupil_id}/homes/{home}/agreement")
    someone = next(
        box["value"] for box in page.soup.find_all("input", attrs={"name": "present"}) if box["value"].isdigit()
    )
    page.presses("Bewaar de afspraak", forms=["call"], when="na elk rapport", need="yes", present=["pupil", someone],
                 goal="samen lezen")  # fmt: skip


def links_of(app: Flask, pupil_id: int) -> list[str]:
    """A personal link for every guardian of a pupil, as the office gives them on the phone."""
    with app.app_context():
        guardians = db.session.scalars(
            select(Guardian.external_id)
            .join(Guardianship, Guardianship.guardian_id == Guardian.id)
            .where(Guardianship.pupil_id == pupil_id)
        ).all()
    return [command(app, "links", "new", "--guardian", one)["link"].split("localhost", 1)[-1] for one in guardians]


def enters(app: Flask, link: str, *, status: int = 200) -> Page:
    path = "/g/" + link.rsplit("/g/", 1)[1]
    visitor = Visitor(app)
    page = visitor.opens(path, status=status)
    return page.presses("Bekijk en antwoord") if status == 200 else page


def test_a_school_goes_up_a_year(school: Flask, files: Path):
    app = school
    _number, child, old_leader, home = a_child_of(app, "3")
    missing = left_early(linde(OLD))
    with app.app_context():
        gone = db.session.scalars(select(Pupil.id).where(Pupil.number == missing.number)).one()
    with time_machine.travel(datetime(2026, 9, 20, 12, tzinfo=UTC), tick=True):
        agree(app, old_leader, child, home)
    with time_machine.travel(datetime(2027, 6, 20, 12, tzinfo=UTC), tick=True):
        living, leaving = links_of(app, child)[0], links_of(app, gone)[0]
        enters(app, living)
        enters(app, leaving)

    with time_machine.travel(NOW, tick=True):
        command(app, *SETUP, "--year", NEW)
        office = signed_in(app, OFFICE)
        page = the_new_years_files(office, files / NEW)
        assert f"Van {OLD} naar {NEW}" in page.text
        assert "22 leerlingen uit de hoogste groep staan er niet meer in" in page.text
        question = page.soup.find("legend", string=lambda text: text and "van school?" in text)
        assert missing.given_name in question.text
        key = question.find_parent("fieldset").find("input")["name"]
        page = page.presses("Neem deze antwoorden mee", **{key: "left"})
        page = page.presses("Bewaar alles")
        assert "Eén leerling is weg." in page.text

        check_last_year_is_there(app, office, child, old_leader, home)
        check_the_new_year_goes_on(app, files, child, living)

    with time_machine.travel(AFTER_THE_TERM, tick=True):
        command(app, "jobs", "drain")
        enters(app, living, status=404)
        enters(app, leaving, status=404)
        with app.app_context():
            assert db.session.get(Pupil, gone).left_on == date(2027, 7, 31)


def the_new_years_files(office: Visitor, folder: Path) -> Page:
    wanted = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "availability.csv")
    return office.chooses_files(*((path.name, path.read_bytes()) for path in wanted), year=NEW)


def check_last_year_is_there(app: Flask, office: Visitor, child: int, old_leader: str, home: int) -> None:
    """The new leader reads last year's agreement as last year's; the office reads both years; the family too."""
    with app.app_context():
        new_leader = db.session.scalars(
            select(Staff.code)
            .join(ClassLeader, ClassLeader.staff_id == Staff.id)
            .join(Enrolment, Enrolment.class_id == ClassLeader.class_id)
            .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
            .where(Enrolment.pupil_id == child, SchoolYear.label == NEW)
        ).first()
    assert new_leader
    page = signed_in(app, new_leader).opens(f"/staff/leader/pupils/{child}/homes/{home}/agreement")
    assert f"Afgesproken in {OLD}" in page.text
    assert "samen lezen" in page.text
    assert page.soup.find("input", attrs={"name": "forms", "value": "call"}).get("checked") is None, "agreed anew"
    people = office.opens("/staff/office/people")
    assert NEW in people.heading
    assert OLD in people.follows(OLD).heading
    assert "Start 2026" in office.opens(f"/staff/office/pupils/{child}").text


def check_the_new_year_goes_on(app: Flask, files: Path, child: int, link: str) -> None:
    """A round of the new year, and the link of last year shows it."""
    made = command(app, "rounds", "create", "--kind", "start_conversation", "--name", "Start 2027", "--availability",
                   str(files / NEW / "availability.csv"))  # fmt: skip
    assert made["slots"] > 0
    assert command(app, "rosters", "generate", "Start 2027", "--work", "1")["placed"] > 200
    assert command(app, "rosters", "publish", "Start 2027")["published"]
    home = enters(app, link)
    with app.app_context():
        name = db.session.get_one(Pupil, child).given_name
        starts = db.session.scalars(
            select(Booking.starts_at).where(Booking.pupil_id == child, Booking.starts_at > NOW)
        ).all()
    assert starts
    assert name in home.text
    assert "Vorig jaar spraken wij af" in home.text
    assert "bellen" in home.text.lower()
