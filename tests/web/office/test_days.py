"""The day itself: the welcome desk, doors, signs, screens, and who runs late."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.on_the_day import code_of
from scheduling.models import Arrival, Room, db
from tests.builders import TUESDAY
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def now():
    with time_machine.travel(TUESDAY - timedelta(minutes=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, now) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


@pytest.fixture
def bas(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.bas)


@pytest.fixture
def layla(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(world.layla)


def hall(app: Flask, world: World) -> Page:
    return Visitor(app).opens(f"/hall/{world.tokens['screens']}")


def test_the_welcome_desk_ticks_who_is_here_and_the_leader_sees_it(app, world, office, bas):
    assert "is er" not in bas.opens("/staff/leader/today").text
    page = office.opens("/staff/office/days").presses("Is er Sami")
    assert "1 gezin is er" in page.text
    assert "is er" in bas.opens("/staff/leader/today").text
    page = page.presses("Toch niet Sami")
    assert "0 gezinnen zijn er" in page.text
    with app.app_context():
        assert db.session.query(Arrival).count() == 0


def test_a_second_desk_that_ticks_too_is_not_refused(app, world, office):
    first = office.opens("/staff/office/days")
    second = office.opens("/staff/office/days")
    assert "1 gezin is er" in first.presses("Is er Sami").text
    assert "1 gezin is er" in second.presses("Is er Sami").text


def test_nobody_is_ticked_on_another_day(app, now, world):
    now.move_to(TUESDAY - timedelta(days=3))
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    page = office.opens("/staff/office/days")
    assert "Aanvinken kan op de dag zelf" in page.text
    assert "Sami" in page.text
    assert not page.soup.find_all("button", string="Is er")


def test_families_that_still_come_see_how_late_it_is_and_nobody_elses(app, world, bas, layla):
    page = bas.opens("/staff/leader/today").presses("+10 minuten").presses("+5 minuten")
    assert "U loopt ongeveer 15 minuten uit" in page.text
    home = layla.opens("/family/")
    assert home.text.count("loopt ongeveer 15 minuten uit") == 1  # Noor's talk is with Karin
    assert "Kom gerust op uw eigen tijd" in home.text
    bas.opens("/staff/leader/today").presses("Weer op tijd")
    assert "minuten uit" not in layla.opens("/family/").text


def test_once_the_talk_has_begun_nothing_is_said_about_being_late(now, bas, layla):
    bas.opens("/staff/leader/today").presses("+10 minuten")
    now.move_to(TUESDAY + timedelta(minutes=11))
    assert "loopt ongeveer" not in layla.opens("/family/").text


def test_the_office_taps_for_a_colleague(world, office, layla):
    page = office.opens(f"/staff/office/leaders/{world.bas.id}/today").presses("+5 minuten")
    assert "Loopt ongeveer 5 minuten uit" in page.text
    assert "loopt ongeveer 5 minuten uit" in layla.opens("/family/").text


def test_the_hall_screen_shows_first_names_and_who_runs_late(app, world, bas):
    bas.opens("/staff/leader/today").presses("+10 minuten")
    page = hall(app, world)
    assert page.answer.headers["Refresh"] == "30"
    assert page.answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Sami" in page.text
    assert "Yilmaz" not in page.text
    assert "Bas Jansen : ongeveer 10 minuten later" in page.text


def test_a_screen_is_made_used_and_stopped(app, office, world, layla):
    page = office.opens("/staff/office/screens").presses(
        "Maak een adres", name="Gang boven", shown_as="codes", until="2027-08-31", rooms=["lokaal 3"]
    )
    address = page.soup.find("input", id="adres")["value"].partition("/hall/")[2]
    shown = Visitor(app).opens(f"/hall/{address}")
    with app.app_context():
        code = code_of(world.samis_talk.ical_uid)
    assert code in shown.text
    assert "Sami" not in shown.text
    assert "lokaal 11" not in shown.text
    assert f"staat u als {code}" in layla.opens("/family/").text
    assert address not in office.opens("/staff/office/screens").html
    page = office.opens("/staff/office/screens")
    stopped = page.presses("Zet uit Gang boven")
    assert "toont niets meer" in stopped.text
    dead = Visitor(app).opens(f"/hall/{address}", status=404)
    assert "Dit scherm is uit" in dead.text


def test_a_screen_without_a_name_or_day_is_refused_beside_its_field(office):
    page = office.opens("/staff/office/screens").presses("Maak een adres", name="", status=422)
    assert "Geef het scherm een naam" in page.text
    page = office.opens("/staff/office/screens").presses("Maak een adres", name="Gang", until="", status=422)
    assert "Kies een dag" in page.text
    page = office.opens("/staff/office/screens").presses("Maak een adres", name="Gang", until="2030-01-01", status=422)
    assert "Kies een laatste dag" in page.text


def test_doors_never_carry_a_surname(app, office, world):
    page = office.opens("/staff/office/days").follows("Lijsten voor op de deur")
    sheets = " ".join(sheet.get_text(" ") for sheet in page.soup.select(".sheet"))
    assert "Sami" in sheets
    assert "lokaal 3" in sheets
    assert "Yilmaz" not in sheets
    with app.app_context():
        code = code_of(world.samis_talk.ical_uid)
    coded = page.follows("Een code van vier letters")
    sheets = " ".join(sheet.get_text(" ") for sheet in coded.soup.select(".sheet"))
    assert code in sheets
    assert "Sami" not in sheets


def test_signs_say_by_floor_who_is_where(app, office):
    with app.app_context():
        db.session.add_all(
            [Room(name="lokaal 3", floor="begane grond"), Room(name="lokaal 11", floor="eerste verdieping")]
        )
        db.session.commit()
    page = office.opens("/staff/office/days").follows("Wegwijzer")
    assert [heading.get_text(strip=True) for heading in page.soup.select(".sheet h2")] == [
        "begane grond", "eerste verdieping",
    ]  # fmt: skip
    assert "Bas Jansen" in page.text
    assert "Sami" not in page.text


def test_a_day_without_talks_says_so(office):
    for address in ("/staff/office/days", "/staff/office/days/doors", "/staff/office/days/signs"):
        assert "geen gesprekken" in office.opens(address, day="2027-12-24").text
    assert office.opens("/staff/office/days", day="nonsense").text
