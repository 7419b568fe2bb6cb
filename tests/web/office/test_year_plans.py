"""The office plans a year, moves a day, makes it known; everybody reads it at one address."""

from datetime import timedelta

import pytest
import time_machine
import vobject
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import StaffRole
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassGroup, Enrolment, Guardian, PlannedDate, Staff, db
from scheduling.services import feeds
from tests import builders
from tests.builders import NOW, a_class, a_pupil
from tests.calendars.readers import libical_errors
from tests.services.test_year_plans import School
from tests.visitor import Page, Visitor


@pytest.fixture(autouse=True)
def in_august():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(app: Flask) -> School:
    with app.app_context():
        db.session().expire_on_commit = False
        return School()


@pytest.fixture
def office(app: Flask, school: School) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(builders.an_office_worker())


@pytest.fixture
def plan(office: Visitor) -> Page:
    return office.opens("/staff/office/year").follows("Jaarplan").presses("Stel het jaar voor")


def events(data: bytes) -> dict[str, str]:
    """The beginning of each event by its name, as a reader that is not ours sees them."""
    calendar = vobject.readOne(data.decode())
    return {event.uid.value: str(event.dtstart.value) for event in calendar.contents.get("vevent", [])}


def circle_of(app: Flask, place: int = 0) -> PlannedDate:
    with app.app_context():
        wanted = select(PlannedDate).where(PlannedDate.kind == PlannedKind.PARENT_CIRCLE).order_by(PlannedDate.day)
        return db.session.scalars(wanted).all()[place]


def test_the_year_is_proposed_in_one_go_with_a_reason_for_every_day(plan: Page):
    assert "22 momenten staan nieuw in het plan" in plan.text
    assert "September 2027" in plan.text
    assert "Herfstvakantie" in plan.text
    cards = plan.soup.select("ul.todo > li")
    assert all(card.select_one("p.soft").get_text(strip=True) for card in cards)
    assert "In schoolweek twee." in plan.text
    overview = [cell.get_text() for cell in plan.soup.select("table tbody tr")[0].find_all("td")]
    assert overview[:3] == ["vanaf 25", "tot en met 17", ""]
    assert "Wat nog aandacht vraagt" not in plan.text or "ramadan" in plan.text


def test_the_office_reads_why_the_receptions_do_not_fit_in_one_evening(app: Flask, school: School, office: Visitor):
    with app.app_context():
        for name in ("6", "7"):
            builders.a_class(name, leaders=[db.session.merge(school.karin)])
    plan = office.opens("/staff/office/year").follows("Jaarplan").presses("Stel het jaar voor")
    assert "Deze klassen delen onderling gezinnen, collega's of lokalen: 4, 5, 6, 7." in plan.text
    assert "Er zijn 3 tijden op een avond." in plan.text
    assert "Startreceptie: verdeeld over 2 avonden. Minder tijden kan niet, dat is nagerekend." in plan.text


def test_families_find_the_year_from_their_own_pages_once_it_is_made_known(app: Flask, school: School, plan: Page):
    with app.app_context():
        layla = Visitor(app).comes_by_link(db.session.query(Guardian).one())
    assert not [link for link in layla.opens("/family/").links() if link.endswith("/jaar")]
    plan.presses("Maak bekend", kinds=["parent_circle"])
    home = layla.opens("/family/")
    assert home.follows("Wat er dit jaar op school is, en wanneer").heading == "Het schooljaar 2027-2028"
    assert home.follows("Vraag een gesprek").follows("Het schooljaar").heading == "Het schooljaar 2027-2028"
    assert Visitor(app).opens("/nieuwe-link").follows("Het schooljaar").heading == "Het schooljaar 2027-2028"


def test_wishes_that_cannot_be_planned_come_back_with_what_was_typed(office: Visitor, school: School):
    page = office.opens("/staff/office/year/plan")
    page = page.presses("Stel het jaar voor", reception_minutes="90", circles="7", status=422)
    assert "15 tot en met 60 minuten" in page.text
    assert page.soup.find(id="circles")["value"] == "7"
    page.presses("Stel het jaar voor", circles="veel", reception_minutes="45", status=422)


def test_a_day_moves_and_what_it_clashes_with_is_shown_first(app: Flask, office: Visitor, plan: Page):
    circle, next_one = circle_of(app), circle_of(app, 1)
    page = office.opens(f"/staff/office/year/plan/{circle.id}")
    assert "botsen nergens mee" in page.text
    holiday = page.presses("Verplaats", day="2027-10-20", status=422)
    assert "herfstvakantie" in holiday.text
    page = page.presses("Verplaats", day=next_one.day.isoformat(), status=422)
    assert "Hiermee komt het samen" in page.text
    assert "Een van de twee is voor de hele school." in page.text
    assert circle_of(app).day == circle.day
    moved = page.presses("Verplaats", sure="y", day=next_one.day.isoformat())
    assert "Verplaatst." in moved.text
    assert "Wat nog aandacht vraagt" in moved.text
    assert "zelf gekozen" in moved.text


def test_a_proposed_day_is_one_press(app: Flask, office: Visitor, plan: Page):
    circle = circle_of(app)
    page = office.opens(f"/staff/office/year/plan/{circle.id}")
    days = [link for link in page.links() if "?day=" in link]
    page = office.opens(days[0])
    assert page.soup.find(id="day")["value"] == days[0].partition("?day=")[2]
    assert "Verplaatst." in page.presses("Verplaats").text
    office.opens(f"/staff/office/year/plan/{circle.id}?day=morgen")


def test_only_the_director_makes_a_reception_longer(app: Flask, school: School, office: Visitor, plan: Page):
    with app.app_context():
        wanted = select(PlannedDate.id).where(PlannedDate.kind == PlannedKind.RECEPTION)
        where = f"/staff/office/year/plan/{db.session.scalars(wanted).first()}"
        director = Visitor(app).signs_in(db.session.get_one(Staff, school.director.id))
    long = {"begins": "15:00", "ends": "16:30"}
    refused = office.opens(where).presses("Verplaats", status=422, **long)
    assert "hoogstens een uur" in refused.text
    assert refused.soup.find(id="sure") is None
    asked = director.opens(where).presses("Verplaats", status=422, **long)
    assert "Verplaatst." in asked.presses("Verplaats", sure="y", **long).text
    assert StaffRole.DIRECTOR in {role.role for role in school.director.roles}


def test_a_day_is_taken_out(app: Flask, office: Visitor, plan: Page):
    circle = circle_of(app)
    page = office.opens(f"/staff/office/year/plan/{circle.id}").presses("Haal uit het plan")
    assert "Uit het plan gehaald." in page.text
    office.opens(f"/staff/office/year/plan/{circle.id}", status=404)


def test_the_year_is_made_known_in_parts_to_everybody_without_a_name(app: Flask, school: School, plan: Page):
    stranger = Visitor(app)
    assert "nog geen data" in stranger.opens("/jaar").text
    assert events(stranger.client.get("/jaar.ics").data) == {}
    page = plan.presses("Maak bekend", kinds=["parent_circle", "checklist", "new_year_reception"])
    assert "11 momenten zijn nu bekend" in page.text
    assert "Ouderkring (20.00 tot 22.00 uur)" in page.soup.find(id="tekst").get_text()
    seen = stranger.opens("/jaar")
    assert len([one for one in seen.soup.select("ul.todo li") if "Ouderkring" in one.text]) == 6
    assert seen.soup.find(id="tekst").text.count("Ouderkring (20.00 tot 22.00 uur)") == 6
    assert "mailto:kantoor@linde.example.org?subject=Een%20algemene" in seen.html
    assert "Checklist" not in seen.text
    assert "Informatieavond" not in seen.text
    words = [person.given_name for person in (school.bas, school.karin, school.sami, school.noor)] + ["Layla", "lokaal"]
    calendar = stranger.client.get("/jaar.ics")
    assert not [word for word in words if word in seen.text or word in calendar.text]
    assert len(events(calendar.data)) == 9
    assert libical_errors(calendar.data) == 0
    assert stranger.client.get("/jaar.ics", headers={"If-None-Match": calendar.headers["ETag"]}).status_code == 304
    assert (
        "9 momenten zijn niet meer bekend"
        in page.presses("Haal terug", kinds=["parent_circle", "new_year_reception"]).text
    )
    assert events(stranger.client.get("/jaar.ics").data) == {}


def test_nothing_ticked_is_said(plan: Page):
    page = plan.presses("Maak bekend", status=422)
    assert "Kies eerst wat u bekend wilt maken" in page.text


def test_a_moved_day_moves_in_the_mentors_calendar_under_its_own_name(
    app: Flask, school: School, office: Visitor, plan: Page
):
    plan.presses("Maak bekend", kinds=["parent_circle", "checklist"])
    with app.app_context():
        address = f"/feed/{feeds.issue(staff_id=school.bas.id, by=SYSTEM, now=NOW)}.ics"
    client = app.test_client()
    before = events(client.get(address).data)
    circle = circle_of(app)
    day = circle.day - timedelta(days=2)
    office.opens(f"/staff/office/year/plan/{circle.id}").presses("Verplaats", day=day.isoformat())
    after = client.get(address)
    moved = events(after.data)
    assert before.keys() == moved.keys()
    changed = [uid for uid in moved if moved[uid] != before[uid]]
    assert changed == [circle.ical_uid]
    assert libical_errors(after.data) == 0
    assert "TRANSP:TRANSPARENT" in after.text


def test_the_plan_is_a_list_and_a_calendar_to_take_away(office: Visitor, plan: Page):
    rows = office.client.get("/staff/office/lists/year_plan.csv?year=2027-2028").data.decode("utf-8-sig").splitlines()
    assert len(rows) == 23
    calendar = office.client.get("/staff/office/year/plan/jaarplan.ics")
    assert len(events(calendar.data)) == 22
    assert libical_errors(calendar.data) == 0
    assert "jaarplan-2027-2028.ics" in calendar.headers["Content-Disposition"]


def test_a_year_that_is_not_there_is_not_found(app: Flask, office: Visitor):
    office.opens("/staff/office/year/plan?year=1999-2000", status=404)
    Visitor(app).opens("/jaar?year=1999-2000", status=404)


def test_one_day_more_is_put_in_the_plan_by_hand(office: Visitor, plan: Page):
    page = plan.follows("Een dag erbij")
    fields = {"kind": "parents_evening", "day": "2027-09-23", "begins": "19:30", "ends": "21:00"}
    refused = page.presses("Zet in het plan", status=422, **(fields | {"day": "2027-10-20"}))
    assert "herfstvakantie" in refused.text
    assert "begint en eindigt" in page.presses("Zet in het plan", status=422, **(fields | {"begins": ""})).text
    page.presses("Zet in het plan", status=422, **(fields | {"classes": "987654"}))
    clashing = page.presses("Zet in het plan", status=422, **fields)
    assert "Een van de twee is voor de hele school." in clashing.text
    added = clashing.presses("Zet in het plan", sure="y", **fields)
    assert "De dag staat in het plan" in added.text
    report = office.opens("/staff/office/year/plan/new").presses(
        "Zet in het plan", kind="report", day="2028-06-23", begins="10:00", ends="11:00"
    )
    assert "Vrijdag 23 juni" in report.text


def test_one_tick_takes_every_class_with_pupils_of_a_year(app: Flask, office: Visitor, plan: Page):
    with app.app_context():
        mixed = a_class("2/3")
        mila = a_pupil("Mila", mixed)
        db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == mila.id)).one().year_level = "3"
        db.session.commit()
    office.opens("/staff/office/year/plan/new").presses(
        "Zet in het plan", kind="information_moment", day="2027-09-21", begins="19:30", ends="20:30", grades="3"
    )
    with app.app_context():
        added = db.session.scalars(select(PlannedDate).where(PlannedDate.kind == PlannedKind.INFORMATION_MOMENT)).one()
        names = db.session.scalars(
            select(ClassGroup.name).where(ClassGroup.id.in_(one.class_id for one in added.classes))
        )
        assert (added.for_all, sorted(names)) == (False, ["2/3", "3"])


def test_what_was_put_in_by_hand_stays_when_the_year_is_proposed_again(office: Visitor, plan: Page):
    office.opens("/staff/office/year/plan/new").presses(
        "Zet in het plan", kind="parent_circle", day="2027-10-05", begins="20:00", ends="21:00"
    )
    page = office.opens("/staff/office/year/plan").presses("Stel opnieuw voor")
    assert "Dinsdag 5 oktober" in page.text
    assert page.text.count("Ouderkring, ") >= 6


def test_contact_evenings_are_proposed_as_the_year_plan_has_them(app: Flask, office: Visitor, plan: Page):
    with app.app_context():
        wanted = select(PlannedDate).where(PlannedDate.kind == PlannedKind.CONTACT_EVENING).order_by(PlannedDate.day)
        first = db.session.scalars(wanted).first().id
    assert "Een dinsdag of donderdag midden in november" in office.opens(f"/staff/office/year/plan/{first}").text
    office.opens(f"/staff/office/year/plan/{first}").presses("Verplaats", day="2027-11-08")
    page = office.opens("/staff/office/rounds/evenings")
    assert (page.soup.find(id="first")["value"], page.soup.find(id="second")["value"]) == ("2027-11-08", "2027-11-18")
