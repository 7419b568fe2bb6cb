"""The leader's week of contact, the log that the family reads too, and what a colleague left behind."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.contacts import Channel, Went
from scheduling.domain.plans import ContactForm
from scheduling.models import DueContact, Guardian, LoggedContact, School, db
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil
from tests.questions import questions
from tests.visitor import Visitor
from tests.web.leader.test_agreed_moments import moments
from tests.web.leader.test_agreements import agree, bas, layla, world
from tests.worlds import World, an_adult

__all__ = ("bas", "layla", "world")

WEEK = "/staff/leader/week"


@pytest.fixture
def agreed(app: Flask, world: World, bas: Visitor, layla: Visitor) -> None:
    """A call on the day itself, to which Layla said yes; what Bas noted and meant to do before is gone."""
    today = {
        "day": NOW.date().isoformat(),
        "begins": "16:00",
        "minutes": "20",
        "way": "call",
        "purpose": "hoe het gaat",
    }
    with app.app_context():
        db.session.query(LoggedContact).delete()
        db.session.query(DueContact).delete()
        db.session.get_one(Guardian, world.layla.id).phone = "+31 00 000 00 05"
        db.session.commit()
    agree(bas, world, "call", **moments(0, "fixed", **today))
    layla.opens("/family/").follows("Bekijk en antwoord over Sami").presses("Zo is het goed")


def log(app: Flask) -> list[LoggedContact]:
    with app.app_context():
        rows = list(db.session.scalars(select(LoggedContact).order_by(LoggedContact.id)))
        db.session.expunge_all()
        return rows


def of_sami(world: World) -> str:
    return f"/staff/leader/pupils/{world.sami.id}/homes/{world.samis_talk.household_id}/contacts"


def test_what_is_due_today_has_one_tap_to_phone_to_mail_and_to_say_that_it_was_done(app, world, bas, agreed):
    page = bas.opens(WEEK)
    assert "Vandaag 1" in page.text
    assert "hoe het gaat" in page.text
    links = page.links()
    assert "tel:+31000000005" in links
    assert any(link.startswith("mailto:layla") for link in links)
    page = page.presses("Gelukt Sami")
    assert "Genoteerd." in page.text
    assert "Er wacht deze week geen contact." in page.text
    (row,) = log(app)
    assert (row.went, row.channel, row.minutes, row.staff_id) == (Went.DONE, Channel.CALL, 20, world.bas.id)


def test_a_text_message_that_is_due_has_one_tap_and_is_noted_as_such(app, world, bas, layla, agreed):
    with app.app_context():
        db.session.get_one(School, 1).further_forms = ["sms"]
        db.session.commit()
    today = {"day": NOW.date().isoformat(), "begins": "16:30", "minutes": "10", "way": "sms"}
    agree(bas, world, "sms", **moments(0, "fixed", **today))
    layla.opens("/family/").follows("Bekijk en antwoord over Sami").presses("Zo is het goed")
    with app.app_context():
        db.session.get_one(School, 1).further_forms = []
        db.session.commit()
    page = bas.opens(WEEK)
    assert "sms:+31000000005" in page.links()
    page.presses("Gelukt Sami")
    assert [row.channel for row in log(app)] == [Channel.SMS]
    assert "Sms" not in bas.opens(of_sami(world)).soup.find("form").text, "new contact is noted in what the school has"


def test_who_was_not_reached_stays_on_the_list_and_says_so(app, world, bas, agreed):
    page = bas.opens(WEEK).presses("Niet bereikt Sami")
    assert "bellen, niet bereikt" in page.text
    assert "Vandaag 1" in page.text


def test_what_is_due_is_moved_with_a_line_and_without_a_day_nothing_is_kept(app, world, bas, agreed):
    home = f"{world.sami.id}:{world.samis_talk.household_id}"
    page = bas.opens(WEEK).presses("Zet op mijn lijst voor deze week", home=home)
    page = page.presses("Verzet naar deze dag: Sami", status=422, line="na het weekend")
    assert "Kies de nieuwe dag: vandaag of later." in page.text
    assert "na het weekend" in str(page.soup)
    assert log(app) == []
    page.presses("Noteer", moved_to="2027-08-23")
    (row,) = log(app)
    assert (row.went, row.line, row.moved_to) == (Went.MOVED, "na het weekend", date(2027, 8, 23))
    with app.app_context():
        assert db.session.scalars(select(DueContact.opens_on)).all() == [date(2027, 8, 23)]
    assert "Deze week 1" not in bas.opens(WEEK).text


def test_a_day_and_time_to_come_is_changed_in_the_agreement(app, world, bas, agreed):
    page = bas.opens(WEEK)
    assert "Andere dag of tijd? Verander de afspraak" in page.text
    moment = page.soup.select_one("input[name=moment]")["value"]
    tapped = {"day": "2027-08-20", "channel": "call", "began": "school", "went": "moved", "moved_to": "2027-08-23"}
    told = bas.posts(of_sami(world), status=422, moment=moment, **tapped)
    assert "Kies de nieuwe tijd in de afspraak." in told.text
    assert log(app) == []


def test_contact_outside_the_agreement_is_noted_and_the_family_reads_the_same(app, world, bas, layla, agreed):
    page = bas.opens(of_sami(world))
    page.presses(
        "Noteer", channel="mail", began="family", went="done", good_news="y", line="zwemdiploma gehaald", minutes="5"
    )
    text = layla.opens("/family/").follows("Contact met de school dit jaar").text
    for said in ("mailen, gelukt", "goed nieuws", "het gezin begon, 5 minuten", "zwemdiploma gehaald", "Bas Jansen"):
        assert said in text


@pytest.mark.parametrize(
    "changes, says",
    [
        ({"day": "2027-08-21"}, "zaterdag 21 augustus 2027 is nog niet geweest."),
        ({"day": ""}, "Kies een dag."),
        ({"minutes": "900"}, "Vul 1 tot 240 minuten in, of laat dit leeg."),
        ({"minutes": "veel"}, "getal"),
        ({"line": "a" * 121}, "Er is plaats voor 120: schrijf het korter."),
        ({"line": "dat moet u weten"}, "moet"),
        ({"went": "moved"}, "Kies de nieuwe dag: vandaag of later."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(app, world, bas, agreed, changes, says):
    page = bas.opens(of_sami(world)).presses("Noteer", status=422, **({"line": "samen lezen"} | changes))
    assert says in page.text
    assert page.soup.title.text.startswith("Fout: ")
    assert changes.get("line", "samen lezen") in str(page.soup)
    assert log(app) == []


def test_a_colleague_who_was_first_is_read_and_nothing_is_kept_twice(app, world, bas, agreed):
    page = bas.opens(WEEK)
    page.presses("Gelukt Sami")
    again = page.presses("Niet bereikt Sami", status=409)
    assert "Dit is intussen al genoteerd." in again.text
    assert len(log(app)) == 1


def test_a_call_is_put_on_the_list_for_this_week_and_nobody_chosen_is_said(app, world, bas, agreed):
    page = bas.opens(WEEK).presses("Zet op mijn lijst voor deze week")
    assert "Kies eerst een gezin." in page.text
    page = page.presses("Zet op mijn lijst voor deze week", home=f"{world.sami.id}:{world.samis_talk.household_id}")
    assert "Staat op uw lijst voor deze week." in page.text
    assert "Deze week 1" in page.text
    for home in (f"{world.noor.id}:{world.samis_talk.household_id}", f"{world.sami.id}:", "1:x"):
        bas.posts("/staff/leader/week/remember", status=404, home=home)


def test_a_line_by_mistake_is_taken_away(app, world, bas, agreed):
    bas.opens(WEEK).presses("Gelukt Sami")
    page = bas.opens(of_sami(world)).presses("Haal deze regel weg vrijdag 20 augustus")
    assert "staat dat weer op uw lijst" in page.text
    assert log(app) == []


def test_the_log_of_an_adult_pupil_has_its_own_page(app, world):
    with app.app_context():
        kirsten = an_adult(world)
        karin = Visitor(app).signs_in(world.karin)
        where = f"/staff/leader/pupils/{kirsten.id}/contacts"
    assert "Contact over Kirsten" in karin.opens(where).presses("Noteer", line="stage gaat goed").text
    assert [row.household_id for row in log(app) if row.line == "stage gaat goed"] == [None]


def test_very_many_moments_are_asked_about_with_a_number_and_kept_all_the_same(app, world, bas):
    many = {key: value for number in range(3) for key, value in moments(number, f"in_month:{number + 1}").items()}
    agree(bas, world, "call", **many)
    page = agree(bas, world, "call", **moments(3, "in_month:5", way="call"))
    assert "momenten met één gezin" not in page.text
    page = agree(bas, world, "call", **moments(4, "in_month:6", way="home_visit"))
    assert "Dit zijn 5 momenten met één gezin, samen ongeveer 2 uur." in page.text
    assert ContactForm.HOME_VISIT.value in str(page.soup)


def test_the_office_does_not_read_the_log_nor_take_it_away(app, world):
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    for listing in ("week", "contacts", "handover", "contact_time"):
        office.opens(f"/staff/office/leaders/{world.bas.id}/lists/{listing}.csv", status=404)
    office.opens(of_sami(world), status=404)


def test_a_full_class_asks_no_more_of_the_database_than_a_small_one(app, world, bas, agreed):
    def asked() -> int:
        with app.app_context(), questions(db.engine) as said:
            bas.opens(WEEK)
        return len(said)

    few = asked()
    with app.app_context():
        three = db.session.merge(world.three)
        for number in range(12):
            a_guardian(f"Ouder{number}", a_pupil(f"Kind{number}", three))
        db.session.commit()
    assert asked() == few


def test_a_director_reads_the_time_of_all_and_the_office_does_not(app, world):
    with app.app_context():
        director, office = Visitor(app).signs_in(world.director), Visitor(app).signs_in(world.office)
        a_pupil("Tess", a_class("5", leaders=[a_leader("carla")]))
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(LoggedContact)) == 1
    page = director.opens("/staff/contact-time")
    assert "Bas Jansen" in page.text
    assert "Carla Jansen" in page.text
    assert director.opens("/staff/contact-time.csv").answer.mimetype == "text/csv"
    office.opens("/staff/contact-time", status=404)
    office.opens("/staff/contact-time.xlsx", status=404)
