"""The pages of the questionnaire: filled in once, counted, and read as totals only."""

import json
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.questionnaires import Asked, Item, Said, Side, key_of
from scheduling.logs import AsJson
from scheduling.models import Base, db
from scheduling.queries.questionnaires import Choice
from scheduling.services import questionnaires
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit

HOME = key_of(Item.HOME, Side.EXPERIENCE)
OFFICE, FAMILY, MENTOR = "/staff/office/questionnaire", "/family/questionnaire", "/staff/questionnaire"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    return enter(app, world, "office")


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_nothing_is_asked_before_the_office_opens_it(app: Flask, world: World, office: Visitor):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    assert "Er loopt nu geen vragenlijst" in layla.opens(FAMILY).text
    assert "Wat vindt u van" not in layla.opens("/family/").text
    assert "Open de vragenlijst" in office.opens(OFFICE).text
    assert "Gezinnen zien hem" in sends(office, f"{OFFICE}/start")[1]
    assert "Wat vindt u van" in layla.opens("/family/").text
    assert "Wat vindt u van" in bas.opens("/staff/leader/").text
    assert sends(office, f"{OFFICE}/start")[0] == 409


def test_a_parent_and_a_mentor_answer_once_each(app: Flask, world: World, office: Visitor):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    sends(office, f"{OFFICE}/start", send="y")
    page = layla.opens(FAMILY).text
    assert page.count("Hoe belangrijk vindt u dit?") == 11
    assert "Over welke klas" in page, "she has a child in two classes"
    status, page = sends(layla, FAMILY, remark="Alleen dit.")
    assert (status, "Alleen dit." in page, "nog niets aangekruist" in page) == (422, True, True)
    status, page = sends(layla, FAMILY, remark="x" * 600, **{HOME: "3"})
    assert (status, 'value="3" checked' in page) == (422, True), "what was ticked stays"
    assert "meegeteld" in sends(layla, FAMILY, **{HOME: "3"})[1]
    assert sends(layla, FAMILY, **{HOME: "4"})[0] == 409
    assert "meegeteld" in sends(bas, MENTOR, **{HOME: "4"})[1]
    page = office.opens(OFFICE).text
    assert "1 ouder antwoordde" in page
    assert "%" not in page
    assert "minder dan 10" in sends(office, f"{OFFICE}/close")[1]
    assert sends(bas, MENTOR, **{HOME: "4"})[0] == 409


def test_totals_are_bars_with_figures_and_a_file(app: Flask, world: World, office: Visitor):
    sends(office, f"{OFFICE}/start")
    about, said = Choice("", world.start.year_id, "3", "", "3"), Said({(Item.HOME, Side.EXPERIENCE): 4}, "Dank!")
    with app.app_context():
        for number in range(12):
            questionnaires.answer(asked=Asked.PARENT, choice=about, said=said, mark=f"{number}", now=NOW)
    page = sends(office, f"{OFFICE}/close")[1]
    assert '<td class="n">100%</td><td class="n">12</td>' in page
    assert 'width="100" height="12" class="high"' in page
    assert "te weinig antwoorden om te tonen" in page
    assert page.count("<li>Dank!</li>") == 12
    assert "Leerjaar 3" in office.opens(OFFICE, of="grade:3").text
    office.opens(OFFICE, status=404, of="grade:8")
    text = office.client.get("/staff/office/lists/questionnaire.csv").data.decode("utf-8-sig")
    assert text.count("\r\n") == 1 + 2 * 11 * 4
    assert '"12";"0";"0";"100"' in text


def rows_of_every_table(app: Flask) -> dict[str, list[str]]:
    with app.app_context():
        return {
            table.name: sorted(map(str, db.session.execute(table.select()))) for table in Base.metadata.sorted_tables
        }


def test_a_page_that_is_sent_leaves_nothing_that_says_whose_it_was(
    app: Flask, world: World, office: Visitor, caplog: pytest.LogCaptureFixture
):
    """Neither in another table nor in the log: no id, no link, no words."""
    sends(office, f"{OFFICE}/start")
    layla = enter(app, world, "Layla")
    layla.opens(FAMILY)
    before = rows_of_every_table(app)
    caplog.clear()
    answer = layla.client.post(FAMILY, data={"csrf_token": layla.csrf(), HOME: "4", "remark": "Fijn zo."})
    assert answer.status_code == 303
    after, lines = rows_of_every_table(app), [json.loads(AsJson().format(record)) for record in caplog.records]
    assert {name for name in after if after[name] != before[name]} == {"questionnaire", "questionnaire_tally"}
    (line,) = lines
    assert set(line) == {"at", "level", "logger", "message", "endpoint", "method", "status", "milliseconds"}
    assert line["message"] == "request"
    kept = str([after[name] for name in ("questionnaire", "questionnaire_tally")])
    assert [word for word in ("Layla", world.layla.email) if word in kept] == []
