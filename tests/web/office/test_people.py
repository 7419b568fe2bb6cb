"""The office's pages about people: classes, pupils, guardians, links, mailboxes, corrections."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from scheduling.domain.mailings import Letter
from scheduling.domain.people import Authority, OnRequest
from scheduling.domain.timeslots import local
from scheduling.models import (
    AccessLink,
    Booking,
    ContactCorrection,
    Guardian,
    Guardianship,
    JournalLine,
    Outbox,
    Pupil,
    db,
)
from scheduling.services import outbox
from scheduling.services.transaction import transaction
from tests import builders
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit, an_adult

YESTERDAY = local(datetime.now(UTC)).date() - timedelta(days=1)


@pytest.fixture
def world(app: Flask) -> World:
    """Everybody, before any letter was written."""
    with app.app_context():
        found = a_world_to_visit()
        for kind in (AccessLink, Outbox, ContactCorrection):
            db.session.execute(delete(kind))
        db.session.commit()
        return found


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(db.session.merge(world.office))


def test_the_office_walks_from_the_classes_to_a_parent(office: Visitor, world: World) -> None:
    page = office.opens("/staff/office/people")
    assert page.heading == "Mensen in 2027-2028"
    page = page.follows("6")
    assert "Mila" in page.text
    page = page.follows("Mila Yilmaz")
    assert "Huishouden 1" in page.text
    assert "Huishouden 2" in page.text
    assert "dinsdag 31 augustus" in page.text
    page = page.follows("Wijzig of geef een link")
    assert page.heading == "Ruud Yilmaz"


def test_the_office_sees_that_both_homes_heard_the_same_of_a_talk(office: Visitor, app: Flask, world: World) -> None:
    with app.app_context():
        with transaction() as session:
            talk = session.query(Booking).filter_by(pupil_id=world.mila.id).one()
            outbox.post(session, letter=Letter.INVITATION, booking=talk, now=NOW)
        db.session.query(Outbox).update({"state": "sent", "sent_at": NOW})
        db.session.commit()
        with transaction() as session:
            talk = session.query(Booking).filter_by(pupil_id=world.mila.id).one()
            talk.ical_sequence += 1
            outbox.post(session, letter=Letter.CHANGED, booking=talk, now=NOW)
            outbox.post(session, letter=Letter.CANCELLED, booking=talk, now=NOW)
    page = office.opens(f"/staff/office/pupils/{world.mila.id}")
    homes = [home.get_text(" ", strip=True) for home in page.soup.select("section.talk")]
    assert ["Ruud Yilmaz" in home for home in homes] == [True, False]
    for home in homes:
        told = home.partition("2 brieven over gesprekken")[2]
        assert "Uitnodiging, gesprek van dinsdag 31 augustus" in told
        assert "Verstuurd" in told
        assert "(samen)" in told
        assert "Annulering" in told
        assert "Nieuwe tijd" not in told, "it gave way to the newer letter"
    assert "brief over" not in office.opens(f"/staff/office/pupils/{world.daan.id}").text


def test_anybody_is_found_by_a_part_of_the_name(office: Visitor) -> None:
    page = office.opens("/staff/office/people").presses("Zoek", q="layla")
    found = page.soup.find("table")
    assert {"Sami Yilmaz", "Noor Yilmaz"} <= {a.get_text() for a in found.find_all("a")}
    assert "Niemand gevonden" in page.presses("Zoek", q="<script>").text


def test_a_fresh_link_is_shown_once_and_opens_the_parents_page(app: Flask, office: Visitor, world: World) -> None:
    page = office.opens(f"/staff/office/pupils/{world.sami.id}/guardians/{world.layla.id}")
    shown = page.presses("Maak een nieuwe link")
    address = shown.soup.find(id="link")["value"]
    assert address.startswith("http://localhost/g/")
    assert "no-store" in shown.answer.headers["Cache-Control"]
    assert Visitor(app).client.get(address.removeprefix("http://localhost")).status_code == 200
    assert "Er werkt nu één link" in office.opens(page.address).text
    assert office.opens(page.address).presses("Stop alle links").text.count("Alle links zijn gestopt") == 1
    assert Visitor(app).client.get(address.removeprefix("http://localhost")).status_code in (404, 410)
    with app.app_context():
        assert db.session.scalars(select(JournalLine.action)).all() == ["links.issue", "links.revoke"]


def test_a_link_is_mailed_to_the_stored_address(app: Flask, office: Visitor, world: World) -> None:
    page = office.opens(f"/staff/office/pupils/{world.sami.id}/guardians/{world.layla.id}")
    assert "Er gaat een mail" in page.presses("Mail een nieuwe link").text
    with app.app_context():
        assert db.session.scalars(select(Outbox.address)).all() == [world.layla.email]


def test_the_office_corrects_an_address(app: Flask, office: Visitor, world: World) -> None:
    page = office.opens(f"/staff/office/pupils/{world.sami.id}/guardians/{world.layla.id}")
    page = page.presses("Bewaar", email="geen adres", status=422)
    assert page.soup.find(id="email")["value"] == "geen adres"
    page = page.presses("Bewaar", email="nieuw@ouders.example.org", phone="06 00 00 00 01")
    assert "Bewaard" in page.text
    with app.app_context():
        assert db.session.get(Guardian, world.layla.id).email == "nieuw@ouders.example.org"


def test_somebody_elses_guardian_is_not_there(office: Visitor, world: World) -> None:
    office.opens(f"/staff/office/pupils/{world.sami.id}/guardians/{world.petra.id}", status=404)
    office.posts(f"/staff/office/pupils/{world.sami.id}/guardians/{world.petra.id}/link/revoke", status=404)
    office.opens("/staff/office/pupils/999999", status=404)
    office.opens("/staff/office/classes/999999", status=404)


def test_an_adult_pupil_decides_about_the_parents(app: Flask, office: Visitor, world: World) -> None:
    with app.app_context():
        pupil = db.session.get(Pupil, world.sami.id)
        pupil.birth_date = date(2005, 1, 1)
        db.session.commit()
        layla = Visitor(app).comes_by_link(db.session.merge(world.layla))
    page = office.opens(f"/staff/office/pupils/{world.sami.id}")
    assert "de leerling is volwassen" in page.text
    page = page.presses("De leerling vindt het goed")
    assert "De ouders mogen meedoen" in page.text
    assert "Sami" in layla.opens("/family/").text
    page = page.presses("De leerling trekt dat in")
    assert "De ouders mogen meedoen" not in page.text
    assert "Sami" not in layla.opens("/family/").text


def test_the_office_walks_from_a_class_to_its_leaders_roster_and_back(office: Visitor, world: World) -> None:
    page = office.opens(f"/staff/office/classes/{world.three.id}").follows("Rooster van Bas Jansen")
    assert page.heading.startswith("Startgesprekken")
    assert page.follows("Naar groep 3").heading == "Groep 3"


def test_the_office_takes_over_a_correction_or_leaves_it(app: Flask, office: Visitor, world: World) -> None:
    with app.app_context():
        for field, value in (("phone", "06 00 00 00 01"), ("email", "nieuw@ouders.example.org")):
            old = getattr(db.session.get(Guardian, world.layla.id), field)
            db.session.add(
                ContactCorrection(
                    guardian_id=world.layla.id, field=field, old_value=old, new_value=value, proposed_at=NOW
                )
            )
        db.session.commit()
    page = office.opens("/staff/")
    assert "Er wachten 2 verbeteringen van ouders of leerlingen" in page.text
    page = page.follows("Bekijk en beslis").presses("Neem over")
    assert "Overgenomen" in page.text
    page = page.presses("Laat zoals het was")
    assert "Er wacht niets" in page.text
    with app.app_context():
        layla = db.session.get(Guardian, world.layla.id)
        assert (layla.phone, layla.email) == ("06 00 00 00 01", world.layla.email)


def test_the_office_decides_what_a_grown_pupil_asks_and_reads_who_it_is(
    app: Flask, office: Visitor, world: World
) -> None:
    with app.app_context():
        pupil = an_adult(world)
        asked = ContactCorrection(field="phone", old_value="", new_value="06 00 00 00 09", proposed_at=NOW)
        asked.person = pupil
        db.session.add(asked)
        db.session.commit()
        key = pupil.id
    assert "Er wacht één verbetering van een ouder of leerling" in office.opens("/staff/").text
    page = office.opens("/staff/office/corrections")
    assert "Kirsten Yilmaz zelf, als volwassen leerling" in page.text
    page.presses("Neem over")
    assert "06 00 00 00 09" in office.opens(f"/staff/office/pupils/{key}").text


def test_the_office_says_whose_a_mailbox_is(app: Flask, office: Visitor, world: World) -> None:
    with app.app_context():
        for person in (world.ruud, world.els):
            db.session.get(Guardian, person.id).email = "samen@ouders.example.org"
        db.session.commit()
    page = office.opens("/staff/office/people").follows("Kies per adres")
    page = page.presses("Bewaar", status=422)
    assert "Kies van wie dit adres is" in page.text
    page = page.presses("Bewaar", guardian=str(world.els.id))
    assert "Er is niets te kiezen" in page.text
    with app.app_context():
        assert db.session.get(Guardian, world.ruud.id).email == ""


def test_names_from_files_are_only_text(app: Flask, office: Visitor, world: World) -> None:
    with app.app_context():
        nasty = builders.a_pupil('"><img src=x onerror=alert(1)>', db.session.merge(world.three))
        builders.a_guardian("${7*7}", nasty, email="nasty@ouders.example.org")
        number = nasty.id
    page = office.opens(f"/staff/office/pupils/{number}")
    assert page.soup.find("img") is None
    assert "49" not in page.soup.find("main").get_text()


def test_looking_at_a_pupil_makes_no_link(app: Flask, office: Visitor, world: World) -> None:
    office.opens(f"/staff/office/pupils/{world.sami.id}")
    with app.app_context():
        assert db.session.scalars(select(AccessLink)).all() == []


@pytest.fixture
def tom(world: World, app: Flask) -> int:
    """Daan's father, without authority, in a home of his own."""
    with app.app_context():
        return builders.a_guardian("Tom", db.session.merge(world.daan), authority=Authority.NO, position=9).id


def test_the_office_writes_down_what_a_parent_without_authority_asked_and_takes_it_back(
    office: Visitor, app: Flask, world: World, tom: int
) -> None:
    page = office.opens(f"/staff/office/pupils/{world.daan.id}/guardians/{tom}")
    assert "krijgt vanzelf niets" in page.text
    page = page.presses("Bewaar het verzoek", what="talk", asked_on=YESTERDAY.isoformat())
    assert "Er gaat een brief weg" in page.text
    assert "Deze ouder krijgt: een eigen gesprek." in page.text
    assert "op verzoek: een eigen gesprek" in office.opens(f"/staff/office/pupils/{world.daan.id}").text
    with app.app_context():
        tie = db.session.query(Guardianship).filter_by(guardian_id=tom).one()
        assert (tie.on_request, tie.asked_on) == (OnRequest.TALK, YESTERDAY)
    page = page.presses("Neem het terug")
    assert "Deze ouder krijgt niets meer" in page.text
    with app.app_context():
        tie = db.session.query(Guardianship).filter_by(guardian_id=tom).one()
        assert (tie.on_request, tie.asked_on) == (OnRequest.NOTHING, None)


@pytest.mark.parametrize(
    ("what", "asked_on", "told"),
    [
        ("talk", "2099-01-01", "vandaag of eerder"),
        ("talk", "", "Kies een dag"),
        ("talk", "gisteren", "datum"),
        ("everything", YESTERDAY.isoformat(), "Kies wat de school geeft"),
    ],
)
def test_a_request_that_is_not_clear_is_named_and_what_was_typed_stays(
    office: Visitor, app: Flask, world: World, tom: int, what: str, asked_on: str, told: str
) -> None:
    page = office.opens(f"/staff/office/pupils/{world.daan.id}/guardians/{tom}")
    page = page.presses("Bewaar het verzoek", status=422, what=what, asked_on=asked_on)
    assert told in page.text
    assert page.soup.find("input", attrs={"name": "asked_on"})["value"] == asked_on
    assert page.soup.find("input", attrs={"name": "email"})["value"] != ""
    with app.app_context():
        assert db.session.query(Guardianship).filter_by(guardian_id=tom).one().on_request is OnRequest.NOTHING


def test_nothing_is_asked_for_a_parent_who_is_invited_anyway(office: Visitor, world: World) -> None:
    page = office.opens(f"/staff/office/pupils/{world.daan.id}/guardians/{world.petra.id}")
    assert "Bewaar het verzoek" not in page.text
