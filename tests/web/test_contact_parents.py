"""The pages of contact parents: what each of them reads, and what they may do."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.contact_parents import MessageState
from scheduling.models import ClassMessage, Consult, MeetingProposal, db
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit

OWN = "/family/contact-parents"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Layla is contact parent of Sami's and Daan's class; her message waits."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_another_parent_of_the_class_reads_the_name_and_a_form_and_no_address(app: Flask, world: World):
    petra = enter(app, world, "Petra")
    page = petra.opens(OWN).text
    assert "Layla" in page
    assert "Yilmaz" not in page
    assert world.layla.email not in page
    assert "Koffie" not in page
    where = f"{OWN}/write-to/{world.more['contact_id']}"
    assert "Schrijf aan" in petra.opens(where).text
    assert sends(petra, where, words=" ")[0] == 422
    assert "Uw bericht is op weg" in sends(petra, where, words="Hebt u nog bekers?")[1]


def test_from_writing_to_reading_and_sending(app: Flask, world: World):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    page = bas.opens("/staff/contact-parents").text
    assert "Wie komt er mee koffie drinken?" in page
    decide = f"/staff/contact-parents/{world.three.id}/messages/{world.more['class_message_id']}"
    status, page = sends(bas, decide, decision="back", seen="1", note="Dat is verplicht.")
    assert (status, "Dat is verplicht." in page) == (422, True)
    sends(bas, decide, decision="back", seen="1", note="Noem de tijd erbij.")
    assert "Noem de tijd erbij." in layla.opens(OWN).text
    again = f"{OWN}/{world.three.id}/write?message={world.more['class_message_id']}"
    assert "Wie komt er mee" in layla.opens(again).text
    status, page = sends(layla, again, subject="Koffie", words="Komen moet u zelf weten.")
    assert (status, "Komen moet u zelf weten." in page) == (422, True)
    sends(layla, again, subject="Koffie", words="Wie komt er om drie uur?")
    assert sends(bas, decide, decision="send", seen="1")[0] == 409, "not the words that Bas read"
    assert "elk in een eigen mail" in sends(bas, decide, decision="send", seen="2")[1]
    assert "Naar 3 mailboxen" in layla.opens(OWN).text
    assert sends(bas, decide, decision="send", seen="2")[0] == 409


def test_a_yes_a_no_and_the_choice_about_messages(app: Flask, world: World):
    bas, petra = enter(app, world, "Bas"), enter(app, world, "Petra")
    where = f"/staff/contact-parents/{world.three.id}"
    assert sends(bas, where, guardian=str(world.ruud.id))[0] == 422
    assert "De vraag is gesteld" in sends(bas, where, guardian=str(world.petra.id))[1]
    assert "wilt u contactouder zijn" in petra.opens("/family/").text
    own = f"{OWN}/{world.three.id}/own"
    status, page = sends(petra, own, said="yes", shown_as="", reach="mail")
    assert (status, "Een voornaam is genoeg." in page) == (422, True)
    assert "dat bent u" in sends(petra, own, said="yes", shown_as="Pé", reach="mail")[1]
    layla = enter(app, world, "Layla")
    assert world.petra.email in layla.opens(OWN).text
    assert "nergens meer" in sends(petra, own, said="no")[1]
    assert world.petra.email not in layla.opens(OWN).text
    assert sends(bas, where, guardian=str(world.petra.id))[0] == 422, "no is no, this year"
    assert "U krijgt geen berichten" in sends(petra, OWN, messages="no")[1]
    assert "U krijgt berichten" in sends(petra, OWN, messages="yes")[1]


def test_the_contact_parent_takes_a_message_back(app: Flask, world: World):
    layla = enter(app, world, "Layla")
    where = f"{OWN}/messages/{world.more['class_message_id']}/take-back"
    assert "Niemand kreeg het" in sends(layla, where)[1]
    assert sends(layla, where)[0] == 409
    with app.app_context():
        assert db.session.scalars(select(ClassMessage.state)).all() == [MessageState.TAKEN_BACK]


def test_the_office_reads_every_class_and_may_decide_when_the_leader_is_away(app: Flask, world: World):
    office = enter(app, world, "office")
    page = office.opens("/staff/office/contact-parents").text
    assert "nog niemand" in page
    assert "1 van 2" in page
    office.opens(f"/staff/contact-parents/{world.six.id}")
    decide = f"/staff/contact-parents/{world.three.id}/messages/{world.more['class_message_id']}"
    assert "elk in een eigen mail" in sends(office, decide, decision="send", seen="1")[1]
    karin = enter(app, world, "Karin")
    assert sends(karin, decide, decision="send", seen="1")[0] == 404


def test_what_a_contact_parent_wrote_anew_stays_when_the_message_was_sent_already(app: Flask, world: World):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    number = world.more["class_message_id"]
    sends(layla, f"{OWN}/messages/{number}/take-back")
    again = f"{OWN}/{world.three.id}/write?message={number}"
    assert sends(layla, again, subject="Koffie", words="Wie komt er om drie uur?")[0] == 200
    sends(bas, f"/staff/contact-parents/{world.three.id}/messages/{number}", decision="send", seen="2")
    status, page = sends(layla, again, subject="Koffie", words="Of liever om vier uur?")
    assert (status, "Of liever om vier uur?" in page) == (409, True)


def test_the_contact_parent_proposes_and_the_mentor_agrees_moves_and_ends(app: Flask, world: World):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    own = f"{OWN}/{world.three.id}/consult"
    plan = {"act": "propose", "leader": str(world.bas.id), "rhythm": "weekly", "clock": "15:30", "minutes": "30"}
    status, page = sends(layla, own, **plan, first="2027-08-21", until="2027-10-11")
    assert (status, "er geen school" in page) == (422, True)
    assert "2027-10-11" in page, "what was filled in stays"
    assert sends(layla, own, **plan | {"leader": "Bas"}, first="2027-09-06", until="2027-10-11")[0] == 404
    status, page = sends(layla, own, **plan, first="2027-09-06", until="")
    assert (status, "Kies de laatste dag" in page) == (422, True)
    assert "Wij wachten op het antwoord" in sends(layla, own, **plan, first="2027-09-06", until="2027-10-11")[1]
    theirs = f"/staff/contact-parents/{world.three.id}/consult/{world.more['contact_id']}"
    page = bas.opens(theirs).text
    assert "maandag 6 september" in page
    assert "maandag 4 oktober" not in page, "a closed day"
    number = consult_of(app)
    assert "Afgesproken" in sends(bas, theirs, act="yes", consult=number["consult"])[1]
    assert "Overleg als contactouder" in layla.opens("/family/").text
    wednesday = {"act": "move_all", **number, "day": "2027-09-08", "clock": "09:00"}
    assert "woensdag" in sends(layla, own, **wednesday)[1]
    status, page = sends(layla, own, **wednesday | {"clock": ""})
    assert (status, 'value="2027-09-08"' in page) == (422, True)
    assert sends(bas, theirs, act="yes", consult=number["consult"])[0] == 409
    status, page = sends(layla, own, act="move", day="2027-10-04", clock="09:05", **number)
    assert (status, "er geen school" in page) == (422, True)
    assert 'value="2027-10-04"' in page
    assert 'value="09:05"' in page
    status, page = sends(layla, own, act="move", day="2027-09-07", clock="", **number)
    assert (status, "Vul een tijd in." in page) == (422, True)
    assert "dinsdag 7 september" in sends(layla, own, act="move", day="2027-09-07", clock="09:00", **number)[1]
    assert "vervalt" in sends(bas, theirs, act="cancel", **number)[1]
    assert "Stel voor wanneer" in sends(bas, theirs, act="end", consult=number["consult"])[1]
    assert sends(layla, own, act="end", consult=number["consult"])[0] == 404


def consult_of(app: Flask) -> dict[str, str]:
    with app.app_context():
        row = db.session.scalars(select(Consult)).one()
        return {"consult": str(row.id), "date": str(row.dates[0].id)}


def test_an_informal_meeting_is_proposed_and_planned_and_what_clashes_is_named(app: Flask, world: World):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    own, theirs = f"{OWN}/{world.three.id}/meeting", f"/staff/contact-parents/{world.three.id}/meeting"
    assert "gamen" in bas.opens(f"/staff/contact-parents/{world.three.id}").follows("Informele bijeenkomst").text
    assert "Wij wachten op het antwoord" in layla.opens(OWN).follows("Stel een informele bijeenkomst").text
    moment = {"day": "2027-09-23", "begins": "19:30", "ends": "21:00", "place": "aula", "theme": "uitgaan"}
    status, page = sends(layla, own, act="ask", **moment)
    assert (status, "wacht nog op antwoord" in page) == (409, True)
    assert "teruggenomen" in sends(layla, own, act="off")[1]
    status, page = sends(layla, own, act="ask", **moment | {"day": "2027-10-04"})
    assert (status, 'value="2027-10-04"' in page, 'value="uitgaan"' in page) == (422, True, True)
    assert "Uw voorstel is op weg" in sends(layla, own, act="ask", **moment)[1]
    status, page = sends(bas, theirs, act="ask", **moment | {"begins": "", "ends": "21:00"})
    assert (status, "Vul een tijd in." in page) == (422, True)
    assert "Het staat in het jaarplan" in sends(bas, theirs, act="ask", **moment)[1]
    with app.app_context():
        proposal = str(db.session.scalars(select(MeetingProposal.id)).all()[-1])
    status, page = sends(bas, theirs, act="yes", proposal=proposal)
    assert (status, "Hiermee komt het samen" in page, "Allebei in aula" in page) == (422, True, True)
    assert "Zet het toch in het plan" in page
    assert "Het staat in het jaarplan" in sends(bas, theirs, act="yes", proposal=proposal, sure="1")[1]
    assert sends(bas, theirs, act="no", proposal=proposal)[0] == 409
    assert "De school nodigt alle gezinnen van de klas uit" in layla.opens(own).text
    assert sends(bas, theirs.replace(str(world.three.id), str(world.six.id)), act="ask", **moment)[0] == 404
