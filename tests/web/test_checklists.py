"""The pages of a mentor's own checklist."""

import io
from collections.abc import Iterator

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from scheduling.domain.rounds import Outcome
from scheduling.models import Booking, ChecklistMark, db
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_mentor_fills_in_one_pupil_after_the_other(app: Flask, world: World):
    bas = enter(app, world, "Bas")
    own = f"/staff/checklist/{world.three.id}"
    assert "Daan" in bas.opens("/staff/checklist").text
    status, page = sends(bas, f"{own}/{world.daan.id}", background="2", step="x" * 201, then="next")
    assert (status, 'value="2" checked' in page) == (422, True), "what was ticked stays"
    page = sends(bas, f"{own}/{world.daan.id}", background="2", step="Bellen.", then="next")[1]
    assert "Sami" in page
    assert "Bewaar, en naar de volgende" in page
    page = bas.opens(own).text
    assert "een beetje" in page
    assert "Bellen." in page
    winter = bas.opens(f"{own}/{world.daan.id}", moment="winter").text
    assert "Voor de herfstvakantie: een beetje" in winter
    sends(bas, f"{own}/{world.daan.id}?moment=winter", background="4", step="", then="list")
    assert "was: een beetje" in bas.opens(own, moment="winter").text
    enter(app, world, "office").opens(own, status=404)
    enter(app, world, "supervisor").opens(own, status=404)


def test_what_the_house_knows_itself_is_said_beside_the_question(app: Flask, world: World):
    says = "Zo staat het bij de gesprekken."
    bas, samis = enter(app, world, "Bas"), f"/staff/checklist/{world.three.id}/{world.sami.id}"
    assert says not in bas.opens(samis).text
    with app.app_context():
        talk = db.session.get_one(Booking, world.samis_talk.id)
        talk.outcome, talk.outcome_at = Outcome.HELD, NOW
        db.session.commit()
    page = bas.opens(samis)
    assert says in page.text
    assert page.soup.select_one("input[name=talk][checked]")["value"] == "yes"
    sends(bas, samis, talk="no", step="", then="list")
    assert says not in bas.opens(samis).text, "the mentor says otherwise"


def test_the_list_goes_out_and_comes_back(app: Flask, world: World):
    bas = enter(app, world, "Bas")
    own = f"/staff/checklist/{world.three.id}"
    sends(bas, f"{own}/{world.sami.id}", background="4", step="Bellen.")
    answer = bas.client.get(f"{own}/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=checklist-oudercontact.csv"
    text = answer.data.decode("utf-8-sig")
    assert '"goed"' in text
    assert '"Bellen."' in text
    status, page = sends(bas, f"{own}/rows", rows=text.replace('"goed"', '"heel goed"'))
    assert (status, "Rij 3" in page, "heel goed" in page, "Er is niets bewaard" in page) == (422, True, True, True)
    page = sends(bas, f"{own}/rows", rows=text.replace('"goed"', '"redelijk"'))[1]
    assert "Er is nog niets bewaard" in page
    assert "goed → <b>redelijk</b>" in page
    assert "1 leerling blijft gelijk" in page
    assert "redelijk" not in bas.opens(own).text, "looking changes nothing"
    rows = BeautifulSoup(page, "html.parser").find("input", {"name": "rows"})["value"]
    assert "De rijen zijn overgenomen" in sends(bas, f"{own}/rows", rows=rows, sure="y")[1]
    assert "redelijk" in bas.opens(own).text


def test_a_filled_in_workbook_is_looked_at_first_and_mended_on_the_page(app: Flask, world: World):
    bas = enter(app, world, "Bas")
    own = f"/staff/checklist/{world.three.id}"
    with app.app_context():
        before = db.session.execute(select(ChecklistMark.pupil_id, ChecklistMark.key, ChecklistMark.value)).all()
    book = load_workbook(io.BytesIO(bas.client.get(f"{own}/xlsx").data))
    sheet = book.active
    place = [cell.value for cell in sheet[1]].index("Ik weet hoe het er thuis uitziet") + 1
    for said, status, told in (("prima", 422, "prima"), ("goed", 200, "niets → <b>goed</b>")):
        sheet.cell(2, place).value = said
        data = io.BytesIO()
        book.save(data)
        data.seek(0)
        fields = {"csrf_token": bas.csrf(), "file": (data, "lijst.xlsx")}
        answer = bas.client.post(f"{own}/rows", data=fields, content_type="multipart/form-data")
        assert (answer.status_code, told in answer.text) == (status, True)
    fields = {"csrf_token": bas.csrf(), "file": (io.BytesIO(bytes(range(256)) * 9), "foto.jpg")}
    answer = bas.client.post(f"{own}/rows", data=fields, content_type="multipart/form-data")
    assert (answer.status_code, 'class="error"' in answer.text) == (422, True)
    with app.app_context():
        assert (
            db.session.execute(select(ChecklistMark.pupil_id, ChecklistMark.key, ChecklistMark.value)).all() == before
        ), "looking changes nothing"


def test_the_office_decides_what_is_on_it(app: Flask, world: World):
    office = enter(app, world, "office")
    where = "/staff/checklist/items"
    office.opens(where)
    on = {"on_background": "y", "words_background": "Ik ken het gezin"}
    status, page = sends(office, where, **on, on_own1="y")
    assert (status, "Ik ken het gezin" in page, "zet het uit" in page) == (422, True, True)
    assert "Wie een klas leidt" in sends(office, where, **on)[1]
    page = enter(app, world, "Bas").opens(f"/staff/checklist/{world.three.id}").text
    assert "Ik ken het gezin" in page
    assert "Ouders vinden mij" not in page
