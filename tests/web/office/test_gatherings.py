"""The office holds a reception from plan to head count: invites, writes down, reminds, prints, counts; and sees it all
on one board of the year."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.people import StaffRole
from scheduling.domain.timeslots import moment_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import Gathering, GatheringAnswer, PlannedDate, Staff, db
from tests import builders
from tests.builders import NOW
from tests.services.test_year_plans import School
from tests.visitor import Page, Visitor


class Receptions(School):
    """The same school with a planned year; Bo's mother reads no mail."""

    def __init__(self) -> None:
        super().__init__()
        self.bo, self.kim = builders.a_pupil("Bo", self.three), builders.a_pupil("Kim", self.three)
        self.marie = builders.a_guardian("Marie", self.bo, email="")
        self.anna = builders.a_guardian("Anna", self.kim)
        self.office = builders.an_office_worker()
        self.propose()
        found = {row.classes[0].class_id: row for row in self.rows(PlannedKind.RECEPTION)}
        self.reception, self.beside = found[self.three.id], found[self.four.id]
        self.bo_home, self.kim_home = (builders.household_of(one).id for one in (self.marie, self.anna))

    @property
    def begins_at(self) -> datetime:
        return moment_at(self.reception.day, self.reception.begins)

    @property
    def page(self) -> str:
        return f"/staff/office/year/plan/{self.reception.id}/gathering"

    def home(self, household_id: int) -> str:
        return f"{self.page}/homes/home/{household_id}"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def school(app: Flask, clock: time_machine.Traveller) -> Receptions:
    with app.app_context():
        db.session().expire_on_commit = False
        return Receptions()


def the_visitor(app: Flask, who: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(who)


@pytest.fixture
def office(app: Flask, school: Receptions) -> Visitor:
    return the_visitor(app, school.office)


@pytest.fixture
def invited(office: Visitor, school: Receptions) -> Page:
    return office.opens(school.page).presses("Nodig uit")


def kept(app: Flask, school: Receptions) -> Gathering:
    with app.app_context():
        return db.session.get_one(Gathering, school.reception.id)


def rows_of(office: Visitor, listing: str, **asked: object) -> list[list[str]]:
    answer = office.client.get(f"/staff/office/lists/{listing}.csv", query_string=asked)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_each_evening_of_the_plan_leads_to_its_gathering(office: Visitor, school: Receptions):
    plan = office.opens("/staff/office/year/plan")
    assert plan.links().count(school.page) == 1
    page = office.opens(school.page)
    assert page.heading == "Startreceptie groep 3"
    assert "3 gezinnen krijgen een uitnodiging" in page.text
    assert "1 gezin heeft geen mailadres" in page.text
    assert "1 gezin zonder mailadres antwoordde nog niet" not in page.text
    assert "1 gezin zonder mailadres antwoordde nog niet" in page.presses("Nodig uit").text


def test_how_it_is_held_is_kept_and_a_reception_has_no_theme(app: Flask, office: Visitor, school: Receptions):
    page = office.opens(school.page)
    assert 'name="theme"' not in page.html
    page = page.presses("Bewaar", route="Via het plein", capacity="40", answer_by="2027-08-27", childcare="y")
    assert "Bewaard" in page.text
    held = kept(app, school)
    assert (held.route, held.capacity, held.childcare, held.parents_cafe) == ("Via het plein", 40, True, False)


def test_what_was_typed_stays_with_what_is_the_matter(app: Flask, office: Visitor, school: Receptions):
    page = office.opens(school.page).presses("Bewaar", status=422, capacity="veel", route="Via het plein")
    assert "Via het plein" in page.html
    assert page.soup.select_one("#capacity")["aria-invalid"] == "true"
    with app.app_context():
        held = db.session.get(Gathering, school.reception.id)
        assert held is None or not held.route


def test_who_was_second_to_change_it_can_try_again(office: Visitor, school: Receptions):
    page = office.opens(school.page)
    page.presses("Bewaar", route="Via het plein")
    page = page.presses("Bewaar", status=409, route="Via de poort")
    assert "Iemand veranderde deze bijeenkomst net" in page.text
    assert 'value="Via de poort"' in page.html
    assert "Nu is bewaard: Via het plein" in page.text
    assert page.text.count("Nu is bewaard") == 1
    assert "Bewaard" in page.presses("Bewaar").text
    assert 'value="Via de poort"' in office.opens(school.page).html


def test_fewer_places_than_come_are_refused_and_what_was_typed_stays(invited: Page, school: Receptions):
    invited.visitor.posts(school.home(school.bo_home), coming="yes", adults="2")
    page = invited.visitor.opens(school.page)
    page = page.presses("Bewaar", status=409, capacity="1", route="Via het plein")
    assert "Via het plein" in page.html
    assert page.soup.select_one("#capacity")["aria-invalid"] == "true"
    assert "Bewaard" in page.presses("Bewaar", capacity="2").text


def test_a_hall_that_is_taken_is_said_and_the_office_may_know_better(app: Flask, office: Visitor, school: Receptions):
    with app.app_context():
        first, second = (db.session.get_one(PlannedDate, row.id) for row in (school.reception, school.beside))
        second.kind, second.day, second.begins, second.ends = (
            PlannedKind.INFORMATION_EVENING, first.day, first.begins, first.ends,
        )  # fmt: skip
        first.place = second.place = "aula"
        db.session.commit()
    page = office.opens(school.page).presses("Nodig uit", status=409)
    assert "aula is op dinsdag 31 augustus rond die tijd ook voor iets anders" in page.text
    assert "De uitnodigingen gaan de deur uit" in page.presses("Nodig uit", sure="y").text


def test_inviting_makes_it_known_and_shows_the_answers(app: Flask, invited: Page, school: Receptions):
    assert "De uitnodigingen gaan de deur uit" in invited.text
    assert "nog geen antwoord" in invited.text
    with app.app_context():
        assert db.session.get_one(PlannedDate, school.reception.id).published_at


def test_all_receptions_of_one_evening_are_invited_at_once(app: Flask, office: Visitor, school: Receptions):
    with app.app_context():
        same_day = db.session.scalars(
            select(PlannedDate.id).where(
                PlannedDate.kind == PlannedKind.RECEPTION, PlannedDate.day == school.reception.day
            )
        ).all()
    assert len(same_day) > 1
    office.opens(school.page).presses("Nodig ook de")
    with app.app_context():
        assert {row.planned_id for row in db.session.scalars(select(Gathering)) if row.invited_at} == set(same_day)


def test_the_office_writes_down_what_a_family_says_on_the_phone(app: Flask, invited: Page, school: Receptions):
    homes = invited.follows("Antwoorden per gezin")
    assert "op papier" in homes.text
    page = invited.visitor.opens(school.home(school.bo_home))
    assert page.heading == "Antwoord van het gezin van Bo"
    page = page.presses("Bewaar voor dit gezin", coming="yes", adults="2", children="1")
    assert "Het antwoord is bewaard" in page.text
    with app.app_context():
        [answer] = db.session.scalars(select(GatheringAnswer))
        assert (answer.household_id, answer.adults, answer.children) == (school.bo_home, 2, 1)
    assert "Er komen 2 volwassenen, 1 kind" in page.visitor.opens(school.page).text


def test_a_family_that_comes_with_nobody_is_asked_how_many(app: Flask, invited: Page, school: Receptions):
    page = invited.visitor.opens(school.home(school.bo_home))
    page = page.presses("Bewaar voor dit gezin", status=422, coming="yes", adults="0")
    assert "Vul in met hoeveel mensen u komt." in page.text
    page = page.presses("Bewaar voor dit gezin", status=422, coming="yes", adults="twee")
    assert 'value="twee"' in page.html
    page = page.presses("Bewaar voor dit gezin", status=422, coming="yes", adults="2", children="-1")
    assert "Vul een heel getal in" in page.text
    assert page.soup.select_one("#children")["aria-invalid"] == "true"
    with app.app_context():
        assert db.session.scalars(select(GatheringAnswer)).all() == []


def test_before_the_invitation_nothing_is_written_down_and_what_was_typed_stays(office: Visitor, school: Receptions):
    page = office.opens(school.home(school.bo_home))
    page = page.presses("Bewaar voor dit gezin", status=409, coming="yes", adults="2")
    assert "Er is nog niemand uitgenodigd." in page.text
    assert page.soup.select_one("#adults")["value"] == "2"


def test_why_nobody_can_be_invited_is_said_on_the_page_itself(app: Flask, office: Visitor, school: Receptions):
    with app.app_context():
        row = db.session.get_one(PlannedDate, school.reception.id)
        row.ends = time(21)
        db.session.commit()
    page = office.opens(school.page).presses("Nodig uit", status=422)
    assert page.heading == "Startreceptie groep 3"
    assert page.soup.select_one(".note.stop") is not None
    assert page.soup.select_one("#uitnodigen") is not None
    with app.app_context():
        assert db.session.get(Gathering, school.reception.id) is None


def test_what_was_held_is_not_taken_out_of_the_plan(
    app: Flask, invited: Page, school: Receptions, clock: time_machine.Traveller
):
    clock.move_to(school.begins_at)
    page = invited.visitor.opens(f"/staff/office/year/plan/{school.reception.id}")
    page = page.presses("Haal uit het plan", status=409)
    assert "is al begonnen" in page.text
    assert kept(app, school).called_off_at is None


def test_the_office_answers_for_nobody_who_was_not_invited(invited: Page, school: Receptions):
    invited.visitor.opens(school.home(987_654), status=404)


def test_the_letter_can_be_read_before_anybody_gets_it(office: Visitor, school: Receptions):
    letter = office.opens(school.page).follows("Lees eerst de brief")
    assert "dinsdag 31 augustus" in letter.text
    assert "Marie" not in letter.text


def test_one_reminder_and_no_second(invited: Page, school: Receptions, clock: time_machine.Traveller):
    clock.move_to(school.begins_at - timedelta(days=2))
    page = the_visitor(invited.visitor.app, school.office).opens(school.page).presses("Herinner")
    assert "De herinnering gaat de deur uit" in page.text
    assert "Herinner 3" not in page.text
    page.visitor.posts(f"{school.page}/remind", status=409)


def test_calling_off_is_asked_twice_and_told_to_everybody(app: Flask, invited: Page, school: Receptions):
    check = invited.follows("Zeg af")
    assert "3 gezinnen krijgen bericht" in check.text
    assert kept(app, school).called_off_at is None
    page = check.presses("Ja, zeg af")
    assert "Afgezegd" in page.text
    assert kept(app, school).called_off_at
    public = Visitor(app).opens(f"/jaar/{school.reception.id}")
    assert "gaat niet door" in public.text


def test_afterwards_only_the_number_of_people_is_kept(
    app: Flask, invited: Page, school: Receptions, clock: time_machine.Traveller
):
    assert "Hoeveel mensen waren er?" not in invited.text
    clock.move_to(school.begins_at + timedelta(hours=2))
    office = the_visitor(app, school.office)
    page = office.opens(school.page)
    page.presses("Bewaar het aantal", status=422, counted="-3")
    page = page.presses("Bewaar het aantal", counted="41")
    assert "Het aantal is bewaard" in page.text
    assert kept(app, school).counted == 41
    assert "41" in office.opens("/staff/office/year/board").text


def test_the_door_reads_first_names_and_numbers_only(app: Flask, invited: Page, school: Receptions):
    office = invited.visitor
    office.posts(school.home(school.bo_home), coming="yes", adults="2", children="1")
    office.posts(school.home(school.kim_home), coming="no")
    door = office.opens(f"{school.page}/door")
    assert "Bo : 3" in door.text
    assert "Kim" not in door.text
    for hidden in ("Marie", "Yilmaz", school.bo.surname):
        assert hidden not in door.soup.select_one(".door").get_text()
    assert rows_of(office, "gathering_door", gathering=school.reception.id)[1:] == [["3", "Bo", "3", "0"]]


def test_two_homes_of_one_child_are_one_line_at_the_door(app: Flask, office: Visitor, school: Receptions):
    with app.app_context():
        other = builders.household_of(builders.a_guardian("Piet", school.bo, position=2)).id
    office.opens(school.page).presses("Nodig uit")
    for home in (school.bo_home, other):
        office.posts(school.home(home), coming="yes", adults="1")
    assert rows_of(office, "gathering_door", gathering=school.reception.id)[1:] == [["3", "Bo", "2", "0"]]


def test_the_kitchen_reads_numbers_of_the_whole_evening(invited: Page, school: Receptions):
    office = invited.visitor
    office.posts(school.home(school.bo_home), coming="yes", adults="2", children="1")
    office.posts(school.home(school.kim_home), coming="perhaps", adults="2")
    kitchen = office.opens(f"{school.page}/kitchen")
    assert "Samen 3 mensen" in kitchen.text
    assert "Bo" not in kitchen.soup.select_one("table").get_text()
    rows = rows_of(office, "gathering_kitchen", gathering=school.reception.id)
    mine = next(row for row in rows if row[1] == "3")
    assert mine[3:] == ["2", "1", "0", "2", "3"]
    assert len(rows) > 2, "the other receptions of that evening too"


def test_a_poster_leads_to_a_page_without_anybodys_name(app: Flask, office: Visitor, school: Receptions):
    poster = office.opens(f"{school.page}/poster")
    assert "nog niet bekend" in poster.text
    Visitor(app).opens(f"/jaar/{school.reception.id}", status=404)
    office.opens(school.page).presses("Bewaar", route="Via het plein", welcome_desk="y")
    office.opens(school.page).presses("Nodig uit")
    poster = office.opens(f"{school.page}/poster")
    assert f"/jaar/{school.reception.id}" in poster.text
    assert poster.soup.select_one(".poster svg title").get_text() == "QR-code naar deze bijeenkomst"
    assert len(office.opens(f"{school.page}/flyer").soup.select(".poster")) == 2
    public = Visitor(app).opens(f"/jaar/{school.reception.id}")
    assert "Via het plein" in public.text
    assert "Bij de ingang heet iemand u welkom" in public.text
    for hidden in ("Bo", "Marie", "Bas", "Yilmaz"):
        assert hidden not in public.text.split()


def test_what_is_no_gathering_has_no_poster(app: Flask, office: Visitor, school: Receptions):
    with app.app_context():
        [report, *_] = school.rows(PlannedKind.REPORT)
    office.opens(f"/staff/office/year/plan/{report.id}/gathering/poster", status=404)


def test_the_board_begins_with_what_asks_for_somebody_today(
    app: Flask, office: Visitor, school: Receptions, clock: time_machine.Traveller
):
    board = office.opens("/staff/office/year/board")
    assert board.text.index("De gezinnen zijn nog niet uitgenodigd.") < board.text.index("Het jaar per maand")
    page = board.follows("Nodig uit")
    assert page.address.endswith("/gathering")
    start = office.opens("/staff/")
    assert "Wat vandaag aandacht vraagt" in start.text
    office.opens(school.page).presses("Nodig ook de")
    clock.move_to(school.begins_at - timedelta(hours=3))
    board = the_visitor(app, school.office).opens("/staff/office/year/board")
    assert "Dit is vandaag" in board.text
    assert "nog niet uitgenodigd" not in board.text.split("Dit is vandaag")[0]


def test_the_board_shows_per_month_and_class_how_far_it_is(office: Visitor, school: Receptions):
    office.opens(school.page).presses("Nodig uit")
    office.posts(school.home(school.bo_home), coming="yes", adults="2")
    rows = rows_of(office, "year_board")
    reception = next(row for row in rows if row[0] == "Startreceptie" and row[3] == "3")
    assert reception[4:] == ["uitgenodigd", "0", "1", "2", ""]
    assert next(row for row in rows if row[0] == "Startreceptie" and row[3] == "4")[4] == "gepland"
    of_four = rows_of(office, "year_board", **{"class": school.four.id})
    assert {row[3] for row in of_four[1:]} >= {"4", ""}
    assert not [row for row in of_four if row[3] == "3"]
    board = office.opens("/staff/office/year/board", **{"class": school.four.id})
    assert [td.get_text() for td in board.soup.select("tbody td:nth-of-type(2)") if td.get_text() == "groep 3"] == []


def test_a_leader_does_not_open_the_offices_pages(app: Flask, school: Receptions):
    bas = the_visitor(app, school.bas)
    assert StaffRole.OFFICE not in {role.role for role in school.bas.roles}
    bas.opens(school.page, status=404)
    bas.opens("/staff/office/year/board", status=404)


def test_a_leader_reads_who_of_the_own_classes_comes_and_nobody_elses(app: Flask, invited: Page, school: Receptions):
    invited.visitor.posts(school.home(school.bo_home), coming="yes", adults="2", children="1")
    bas = the_visitor(app, school.bas)
    own = bas.opens("/staff/leader/gatherings")
    assert own.links().count(f"/staff/leader/gatherings/{school.reception.id}") == 1
    page = bas.opens(f"/staff/leader/gatherings/{school.reception.id}")
    assert [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")][:1] == ["Bo komt 2 1"]
    assert "Marie" not in page.text
    bas.opens(f"/staff/leader/gatherings/{school.beside.id}", status=404)


def test_homes_without_mail_get_a_sheet_each_with_a_code_of_their_own(app: Flask, school: Receptions, invited: Page):
    page = invited.visitor.opens(school.page).presses("Uitnodigingen op papier")
    (sheet,) = page.soup.select("article.sheet")
    assert "Aan Marie" in sheet.get_text(" ", strip=True)
    assert "ouder van Bo" in sheet.get_text(" ", strip=True)
    assert sheet.select("svg[role=img]")
    Visitor(app).opens(f"/g/{sheet.select_one('.code b:nth-of-type(1)').find_next('b').get_text().rpartition('/')[2]}")
    invited.visitor.posts(school.home(school.bo_home), coming="no")
    assert "Uitnodigingen op papier" not in invited.visitor.opens(school.page).text
