"""`people export` and the office's button: everything of one person, and nothing of anybody else."""

import io
import json
from datetime import date

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import Table, select
from sqlalchemy.sql import visitors

from scheduling.domain.journal import ActorKind
from scheduling.domain.plans import ContactForm
from scheduling.domain.rounds import TopicAuthor
from scheduling.models import Base, CommunicationPlan, Guardian, JournalLine, PlanForm, Pupil, Topic, db
from scheduling.queries.personal_data import guardian_queries, pupil_queries, staff_queries
from scheduling.wording.personal_data import COLUMNS, NAMES, PARTS
from tests.builders import NOW, a_guardian, household_of
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit

OF_A_PERSON = {"pupil", "guardian", "staff", "household"}

LEFT_OUT = {
    "leader_delay": "how late somebody runs on one day; gone the next",
    "arrival": "who is in the building on one day; gone the next",
    "hall_screen": "a screen of the school; who made it stands in the journal",
    "import_draft": "files that wait for the office, a day at most; who read them in stands in the journal",
    "import_undo": "how things were before an import, two weeks at most; who made it stands in the journal",
    "mailing": "a batch; who began it stands in the journal, the letters are with who got them",
    "roster_version": "a draft of a whole round; who asked for it stands in the journal",
    "roster_talk": "a place in a draft; the talk that came of it is exported",
    "roster_move": "a step on the board of a draft; who made it stands in the journal",
    "household": "a key without data; the guardians of one home are in their own files",
    "swap_wish": "the times that an offer ticked: times of the leader, not of the family",
}
"""Tables that point at a person and stand in no file, and why."""


@pytest.fixture
def school(app: Flask) -> World:
    with app.app_context():
        world = a_world_to_visit()
        another_home(world)
        db.session.commit()
        return world


def another_home(world: World) -> None:
    """Sami's father lives elsewhere: what is his must be nowhere in what is handed over to Sami's mother."""
    sami = db.session.merge(world.sami)
    elsewhere = a_guardian("Elders", sami, position=2)
    elsewhere.email, elsewhere.phone = "elders@example.org", "+31 00 000 00 99"
    home = household_of(elsewhere)
    db.session.add_all([
        Topic(round_id=world.start.id, pupil_id=sami.id, household_id=home.id, author=TopicAuthor.GUARDIAN,
              guardian_id=elsewhere.id, text="Elders geschreven", created_at=NOW),
        CommunicationPlan(year_id=world.start.year_id, pupil_id=sami.id, household_id=home.id, agreed_on=NOW.date(),
                          agreed_with="Elders", goal="Elders doel", recorded_by=world.office.id, recorded_at=NOW,
                          forms=[PlanForm(form=ContactForm.CALL)]),
    ])  # fmt: skip


def export(app: Flask, *words: str, status: int = 0) -> dict:
    answer = app.test_cli_runner().invoke(args=["people", "export", "--json", *words])
    assert answer.exit_code == status, answer.output
    return json.loads(answer.stdout)


def test_every_table_that_points_at_a_person_is_handed_over_or_has_a_reason(app: Flask):
    with app.app_context():
        queries = [query for make in (pupil_queries, guardian_queries, staff_queries) for _name, query in make(1)]
        told = {table.name for query in queries for table in visitors.iterate(query) if isinstance(table, Table)}
    pointing = {
        table.name
        for table in Base.metadata.tables.values()
        if table.name in OF_A_PERSON or any(key.column.table.name in OF_A_PERSON for key in table.foreign_keys)
    }
    assert sorted(pointing - told - LEFT_OUT.keys()) == [], "hand it over, or say why not"
    assert sorted(LEFT_OUT.keys() & told - {"household"}) == []


def test_every_part_column_and_choice_has_a_name(app: Flask):
    with app.app_context():
        for make in (pupil_queries, guardian_queries, staff_queries):
            for name, query in make(1):
                assert name in PARTS
                assert set(query.selected_columns.keys()) <= COLUMNS.keys(), name
                choices = {getattr(column.type, "enum_class", None) for column in query.selected_columns} - {None}
                assert choices <= NAMES.keys(), name


def test_a_guardian_gets_all_of_the_own_home(app: Flask, school: World):
    with app.app_context():
        external_id = db.session.get_one(Guardian, school.layla.id).external_id
    found = export(app, external_id)
    assert found["kind"] == "guardian"
    assert {row["given_name"] for row in found["kept"]["children"]} == {"Sami", "Noor"}
    assert {row["pupil"] for row in found["kept"]["talks"]} == {"Sami", "Noor"}
    assert found["kept"]["person"][0]["email"] == school.layla.email
    assert [row["text"] for row in found["kept"]["topics"]] == ["Lezen"]
    assert found["kept"]["letters"][0]["letter"] == "invitation"
    assert {"agreements", "corrections", "swaps", "links"} <= found["kept"].keys()


@pytest.mark.parametrize("whose", ["layla", "sami"])
def test_nothing_of_the_other_home_is_handed_over(app: Flask, school: World, whose: str):
    with app.app_context():
        person = getattr(school, whose)
        known_as = db.session.get_one(type(person), person.id)
        external_id = known_as.number if isinstance(known_as, Pupil) else known_as.external_id
    text = json.dumps(export(app, external_id))
    assert "lders" not in text
    assert "00 99" not in text
    assert "Lezen" not in text or whose == "layla"


def test_the_other_home_has_its_own(app: Flask, school: World):
    with app.app_context():
        elders = db.session.scalar(select(Guardian).where(Guardian.email == "elders@example.org"))
        external_id = elders.external_id
    text = json.dumps(export(app, external_id))
    assert "Elders geschreven" in text
    assert "Elders doel" in text
    assert school.layla.email not in text
    assert "Lezen" not in text


def test_a_colleague_gets_times_and_no_pupils(app: Flask, school: World):
    found = export(app, "bas")
    assert len(found["kept"]["talks"]) == 2
    assert "Sami" not in json.dumps(found)


def test_no_secret_is_handed_over(app: Flask, school: World):
    for external_id in ("bas", "kantoor"):
        text = json.dumps(export(app, external_id))
        assert "hash" not in text


def test_nobody_and_two_of_one_code_are_said(app: Flask, school: World):
    assert export(app, "99999", status=1) == {"error": "Niemand op deze school heeft nummer of code 99999."}
    with app.app_context():
        db.session.get_one(Pupil, school.daan.id).number = "bas"
        db.session.commit()
    assert export(app, "bas", status=1)["error"].endswith("Zeg erbij wie u bedoelt: pupil, staff.")
    assert export(app, "bas", "--kind", "staff")["kind"] == "staff"


def test_asking_is_written_down(app: Flask, school: World):
    export(app, "bas")
    with app.app_context():
        line = db.session.scalars(select(JournalLine).where(JournalLine.action == "people.hand_over")).one()
        assert (line.subject, line.subject_id) == (ActorKind.STAFF, school.bas.id)


def test_without_json_it_can_be_read(app: Flask, school: World):
    answer = app.test_cli_runner().invoke(args=["people", "export", "bas"])
    assert answer.exit_code == 0
    assert answer.stdout.startswith("Bas")
    assert "\nTijden voor gesprekken\n- Ronde: " in answer.stdout


def test_the_office_makes_the_file_with_a_button(app: Flask, school: World):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            office = Visitor(app).signs_in(db.session.merge(school.office))
            db.session.commit()
        page = office.opens(f"/staff/office/pupils/{school.sami.id}/guardians/{school.layla.id}")
        assert "Alles wat wij bewaren" in page.text
        answer = office.client.post(
            f"/staff/office/guardians/{school.layla.id}/file", data={"csrf_token": office.csrf()}
        )
    book = load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[:2] == ["Gegevens van een ouder", "Wie"]
    assert answer.headers["Content-Disposition"] == "attachment; filename=gegevens-van-een-ouder.xlsx"
    talks = book["Gesprekken"]
    assert [cell.value for cell in talks[1]][:3] == ["Ronde", "Leerling", "Begin"]
    assert talks[2][2].is_date
    assert talks[2][2].value.date() >= date(2027, 8, 1)
