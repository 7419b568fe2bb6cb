"""A leader arranges a talk for one pupil on the own pages, and sees what the family said."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.kinds import PupilPart
from scheduling.domain.people import Sector
from scheduling.domain.rounds import Outcome
from scheduling.models import Booking, Guardian, Pupil, School, SingleTalk, Staff, db
from tests.builders import NOW, a_guardian
from tests.visitor import Page, Visitor
from tests.worlds import World, a_welcome_visit, a_world_to_visit

PARTS = {
    "home": "", "medium": "school", "pupil_part": "present", "minutes": "20", "travel_before": "0", "travel_after": "0",
}  # fmt: skip


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def leader(app: Flask, who: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(who)


def family(app: Flask, who: Guardian) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(who)


def proposes(visitor: Visitor, world: World, kind: str, status: int = 200, **fields: str) -> Page:
    given = PARTS | {"home": str(world.samis_talk.household_id), "kind": kind}
    given |= {"day_1": "2027-09-14", "clock_1": "15:00"}
    return visitor.posts(f"/staff/leader/pupils/{world.sami.id}/singles", status=status, **(given | fields))


def test_from_a_finished_talk_it_is_one_step_to_a_follow_up_with_the_same_people(app: Flask, world: World):
    with app.app_context():
        db.session.get_one(Booking, world.daans_talk.id).outcome = Outcome.HELD
        db.session.commit()
    bas = leader(app, world.bas)
    page = bas.opens(f"/staff/leader/talks/{world.daans_talk.id}").follows("Vervolggesprek afspreken")
    assert "Vervolggesprek met het gezin van Daan" in page.heading
    page = page.presses(
        "Stel dit voor aan het gezin", day_1="2027-09-14", clock_1="15:00", day_2="2027-09-15", clock_2="16:00"
    )
    assert "wacht op antwoord" in page.text
    assert "dinsdag 14 september, 15.00 uur" in page.text
    home = family(app, world.petra).opens("/family/").follows("vervolggesprek")
    assert "woensdag 15 september, 16.00 uur" in home.text


def test_a_follow_up_begins_with_whom_the_talk_was_and_with_what_the_pupil_did(app: Flask, world: World):
    with app.app_context():
        talk = db.session.get_one(SingleTalk, world.more["single_id"])
        talk.pupil_part = PupilPart.LEADING
        a_guardian("Said", db.session.get_one(Pupil, world.sami.id), position=2)
        db.session.commit()
    layla, bas = family(app, world.layla), leader(app, world.bas)
    layla.opens(f"/family/conversations/{world.more['single_id']}").presses("Geef dit door", answer="1")
    with app.app_context():
        booking = db.session.get_one(SingleTalk, world.more["single_id"]).booking_id
    page = bas.opens("/staff/leader/singles/new", after=booking)
    chosen = {field["name"]: field["value"] for field in page.soup.find_all("input", checked=True)}
    assert chosen["home"] == str(world.samis_talk.household_id), "not the other home of Sami"
    assert chosen["pupil_part"] == "leading"


def test_a_talk_with_the_pupil_says_whether_the_family_follows(app: Flask, world: World):
    bas = leader(app, world.bas)
    page = bas.opens("/staff/leader/singles/new", pupil=world.sami.id, kind="pupil_conversation")
    assert page.heading == "Leerlinggesprek met Sami"
    assert page.soup.find("input", {"name": "pupil_part", "value": "absent"}) is None
    page = page.presses(
        "Stel dit voor aan het gezin", in_place="in_place", day_1="2027-09-14", clock_1="15:00", day_2="2027-09-15",
        clock_2="15:00",
    )  # fmt: skip
    assert "vertelt zelf mee; dit komt in plaats van een gesprek met het gezin" in page.text
    page = page.follows("Stel andere tijden voor")
    assert page.soup.find("input", {"name": "in_place", "checked": True})["value"] == "in_place"
    page = family(app, world.layla).opens("/family/").follows("leerlinggesprek")
    assert "Bas Jansen en Sami" in page.text
    assert "Wilt u er zelf ook een? Vraag het gerust." in page.text


def test_at_a_secondary_school_the_advice_is_about_the_choice_of_subjects(app: Flask, world: World):
    bas = leader(app, world.bas)
    assert "Adviesgesprek" in bas.opens("/staff/leader/singles").text
    with app.app_context():
        db.session.get_one(School, 1).sector = Sector.SECONDARY
        db.session.commit()
    page = bas.opens("/staff/leader/singles/new", pupil=world.sami.id, kind="advice_conversation")
    assert page.heading == "Profielkeuzegesprek met het gezin van Sami"


def test_a_leader_chooses_a_pupil_and_a_kind_and_gets_what_goes_with_it(app: Flask, world: World):
    page = leader(app, world.bas).opens("/staff/leader/singles")
    page = page.visitor.opens("/staff/leader/singles/new", pupil=world.sami.id, kind="phone_appointment")
    chosen = {field["name"]: field["value"] for field in page.soup.find_all("input", checked=True)}
    assert chosen == {"medium": "phone", "pupil_part": "absent"}
    assert page.soup.find("input", {"name": "minutes"})["value"] == "10"
    page.visitor.opens("/staff/leader/singles/new", status=404, pupil=world.sami.id, kind="start_conversation")
    page.visitor.opens("/staff/leader/singles/new", status=404, pupil=world.noor.id, kind="evaluation")


def test_what_is_wrong_comes_back_beside_its_field_with_what_was_typed(app: Flask, world: World):
    bas = leader(app, world.bas)
    page = proposes(bas, world, "evaluation", 422, medium="video", join_link="http://example.org", subject="Lezen")
    assert "Hij begint met https://" in page.text
    assert page.soup.find("input", {"name": "subject"})["value"] == "Lezen"
    page = proposes(bas, world, "evaluation", 422, day_1="2027-08-28")
    assert "zaterdag 28 augustus 2027 is een vrije dag" in page.text
    page = proposes(bas, world, "evaluation", 422, day_1="", clock_1="")
    assert "Stel één tot drie tijden voor." in page.text


def test_a_reversed_conversation_sends_its_questions_ahead(app: Flask, world: World):
    bas = leader(app, world.bas)
    assert "één tot vijf open vragen" in proposes(bas, world, "reversed_conversation", 422).text
    page = proposes(bas, world, "reversed_conversation", question_1="Waar wordt Sami blij van?")
    assert "wacht op antwoord" in page.text
    page = family(app, world.layla).opens("/family/").follows("omgekeerd gesprek")
    assert "Waar wordt Sami blij van?" in page.text


def test_a_home_visit_waits_for_the_familys_own_yes_and_only_the_visitor_sees_where(app: Flask, world: World):
    bas, layla = leader(app, world.bas), family(app, world.layla)
    page = bas.opens(f"/staff/leader/singles/new?pupil={world.sami.id}&kind=home_visit")
    assert "Die is er nog niet. Leg vast hoe u contact houdt" in page.text
    with app.app_context():
        a_welcome_visit(world)
    proposes(bas, world, "home_visit", medium="home", reason="agreed", minutes="45", travel_before="15")
    page = layla.opens("/family/").follows("huisbezoek")
    assert "Wij komen alleen als u dat zelf wilt." in page.text
    for other in ("Liever op school", "Liever aan de telefoon", "Liever geen gesprek"):
        assert other in page.text
    with app.app_context():
        made = db.session.query(SingleTalk).order_by(SingleTalk.id.desc()).first()
        time_id, single_id = made.times[0].id, made.id
    page = page.presses("Geef dit door", answer=str(time_id), address="Lindelaan 12, Dorp")
    assert "Uw tijd staat vast" in page.heading
    assert "Lindelaan 12" in bas.opens(f"/staff/leader/singles/{single_id}").text
    through_office = leader(app, world.office).opens(f"/staff/office/leaders/{world.bas.id}/singles/{single_id}")
    assert "Lindelaan 12" not in through_office.html
    assert "Alleen wie op bezoek gaat, ziet waar." in through_office.text
    for address in ("/staff/leader/singles", "/staff/leader/list", "/staff/leader/calendar"):
        assert "Lindelaan 12" not in bas.opens(address).html
    feed = bas.client.get("/staff/leader/calendar.ics").get_data(as_text=True)
    assert "Lindelaan 12" not in feed


def test_the_office_says_what_the_school_does_with_visits_at_home(app: Flask, world: World):
    page = leader(app, world.office).opens("/staff/office/school").presses("Bewaar", home_visits="intro_choice")
    assert "Bewaard." in page.text
    with app.app_context():
        assert db.session.get_one(School, 1).home_visits == "intro_choice"
    page = leader(app, world.bas).opens("/staff/leader/singles/new", pupil=world.sami.id, kind="intro_conversation")
    assert "bij het gezin thuis" in page.text.lower()


def test_a_leader_takes_a_proposal_back(app: Flask, world: World):
    bas = leader(app, world.bas)
    page = bas.opens(f"/staff/leader/singles/{world.more['single_id']}").presses("Niet meer nodig")
    assert "De tijden zijn weer vrij." in page.text
    layla = family(app, world.layla).opens(f"/family/conversations/{world.more['single_id']}")
    assert "Dit gesprek is van de baan" in layla.heading
