"""A family on its own pages: see, say yes, choose, say no, and what only this family may see."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import BookingStatus, RoundMode
from scheduling.domain.topics import SEE_THE_FILE
from scheduling.models import (
    Booking,
    CallRequest,
    ContactCorrection,
    InterpreterRequest,
    Outbox,
    Pupil,
    Round,
    Slot,
    Topic,
    db,
)
from scheduling.services import corrections
from tests.builders import TUESDAY
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit, an_adult


@pytest.fixture
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(app: Flask, in_august: time_machine.Traveller) -> World:
    with app.app_context():
        found = a_world_to_visit()
        for model in (CallRequest, ContactCorrection, InterpreterRequest, Outbox, Topic):
            db.session.query(model).delete()
        db.session.commit()
        return found


@pytest.fixture
def layla(app: Flask, world: World) -> Visitor:
    return visit(app, world.layla)


def visit(app: Flask, person) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.merge(person, load=False))


def row(app: Flask, model, key):
    with app.app_context():
        return db.session.get(model, key)


def talk_of(world: World, pupil=None) -> str:
    return f"/family/talks/{world.start.id}/{(pupil or world.sami).id}"


def test_two_times_are_confirmed_with_one_press(app, layla, world):
    page = layla.opens("/family/")
    assert "Passen al deze tijden?" in page.text
    done = page.presses("Ja, al deze tijden passen")
    assert "Al uw tijden staan vast" in done.text
    assert "Passen al deze tijden?" not in done.text
    for talk in (world.samis_talk, world.noors_talk):
        assert row(app, Booking, talk.id).status is BookingStatus.CONFIRMED
    with app.app_context():
        assert len(db.session.scalars(select(Outbox.id)).all()) == 4


def test_one_time_that_changed_meanwhile_keeps_all_of_them_unconfirmed(app, layla, world):
    page = layla.opens("/family/")
    with app.app_context():
        talk = db.session.get(Booking, world.noors_talk.id)
        talk.starts_at, talk.ends_at = talk.starts_at + timedelta(hours=1), talk.ends_at + timedelta(hours=1)
        db.session.commit()
    again = page.presses("Ja, al deze tijden passen", status=409)
    assert "Een van de tijden is net veranderd" in again.text
    assert "16.40" in again.text
    assert row(app, Booking, world.samis_talk.id).status is BookingStatus.INVITED
    assert "Al uw tijden staan vast" in again.presses("Ja, al deze tijden passen").text


def test_one_time_alone_has_no_button_for_all(layla, world):
    page = layla.opens("/family/").presses("Ja, deze tijd past")
    assert "Ja, al deze tijden passen" not in layla.opens("/family/").text
    layla.posts("/family/confirm", talk="nonsense")
    assert "Al uw tijden staan vast" not in layla.opens("/family/?done=all").text
    assert page.heading == "Uw tijd staat vast"


def test_both_children_stand_on_one_page_with_time_place_leader_and_who_is_expected(layla, world):
    page = layla.opens("/family/")
    assert page.heading == "Gesprekken van Sami en Noor"
    for words in (
        "dinsdag 31 augustus", "15.00 tot 15.20 uur", "De Linde, lokaal 3", "Bas Jansen , Sami , Omar en u",
        "15.40 tot 16.00 uur", "lokaal 11", "Karin Jansen , Noor , Omar en u", "Past deze tijd?",
    ):  # fmt: skip
        assert words in page.text, words


def test_yes_is_one_press_and_the_page_stays_true(app, layla, world):
    page = layla.opens("/family/").presses("Ja, deze tijd past")
    assert page.heading == "Uw tijd staat vast"
    assert row(app, Booking, world.samis_talk.id).status is BookingStatus.CONFIRMED
    with app.app_context():
        db.session.get(Booking, world.samis_talk.id).room = "lokaal 9"
        db.session.commit()
    assert "lokaal 9" in layla.opens(page.address).text


def test_choose_check_confirm_and_the_old_time_is_free_again(app, layla, world):
    page = layla.opens(talk_of(world)).follows("Kies een andere tijd")
    assert page.heading == "Welke tijd past voor het gesprek van Sami?"
    assert page.soup.find_all("input", checked=True) == []
    assert "16.20 uur sluit aan op Noor (15.40 uur)" in page.text
    check = page.presses("Verder", slot=str(world.bas_slots[4].id))
    assert check.heading == "Klopt dit?"
    assert row(app, Slot, world.bas_slots[4].id).booking_id is None
    done = check.presses("Bevestig dinsdag 31 augustus, 16.20 uur")
    assert done.heading == "Uw tijd staat vast"
    assert row(app, Slot, world.bas_slots[4].id).booking_id == world.samis_talk.id
    assert row(app, Slot, world.bas_slots[0].id).booking_id is None
    again = done.follows("dinsdag 31 augustus, 15.00 uur").presses("Bevestig dinsdag 31 augustus, 15.00 uur")
    assert "15.00 tot 15.20 uur" in again.text


def test_a_time_that_begins_at_another_hour_meanwhile_is_not_taken_unseen(app, layla, world):
    page = layla.opens(talk_of(world)).follows("Kies een andere tijd")
    check = page.presses("Verder", slot=str(world.bas_slots[5].id))
    with app.app_context():
        slot = db.session.get(Slot, world.bas_slots[5].id)
        slot.starts_at, slot.ends_at = slot.starts_at + timedelta(hours=1), slot.ends_at + timedelta(hours=1)
        db.session.commit()
    late = check.presses("Bevestig dinsdag 31 augustus, 16.40 uur", status=409)
    assert "net gekozen" in late.heading
    assert "17.40" in late.text
    assert row(app, Slot, world.bas_slots[0].id).booking_id == world.samis_talk.id


def test_an_answer_that_got_lost_on_the_way_can_be_sent_again(app, layla, world):
    address, fields = f"{talk_of(world)}/time/{world.bas_slots[4].id}", {"csrf_token": layla.csrf()}
    layla.client.post(address, data=fields)  # nobody reads what comes back
    assert "16.20 tot 16.40 uur" in layla.opens("/family/").text
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert layla.posts(address).heading == "Uw tijd staat vast"
    with app.app_context():
        letters = db.session.scalars(select(Outbox.letter).where(Outbox.guardian_id == world.layla.id)).all()
    assert letters == ["changed"]
    assert row(app, Booking, world.samis_talk.id).ical_sequence == 1


def test_only_free_times_are_offered_and_none_while_a_sibling_is_in_talk(layla, world):
    page = layla.opens(f"{talk_of(world)}/time")
    offered = [str(field["value"]) for field in page.soup.find_all("input", attrs={"name": "slot"})]
    free = [world.bas_slots[place].id for place in (3, 4, 5)]  # 0 is its own, 1 is Daan's, 2 is Noor's time
    assert offered == [*map(str, free), "none"]


def test_nothing_chosen_says_so_with_a_link_to_the_first_time(layla, world):
    page = layla.opens(f"{talk_of(world)}/time").presses("Verder", status=422)
    assert page.soup.title.get_text().startswith("Fout:")
    assert page.soup.select_one(".errors a")["href"] == "#slot"
    assert page.soup.find(id="slot")


def test_who_loses_the_race_sees_what_is_left_and_keeps_the_own_time(app, layla, world):
    check = layla.opens(f"{talk_of(world)}/time").presses("Verder", slot=str(world.bas_slots[4].id))
    with app.app_context():
        db.session.get(Slot, world.bas_slots[4].id).blocked = True
        db.session.commit()
    page = check.presses("Bevestig", status=409)
    assert "net gekozen door iemand anders" in page.heading
    assert "Uw eigen tijd is niet veranderd" in page.text
    assert "dinsdag 31 augustus, 15.00 uur" in page.text
    offered = [str(field["value"]) for field in page.soup.find_all("input", attrs={"name": "slot"})]
    assert offered == [str(world.bas_slots[3].id), str(world.bas_slots[5].id), "none"]
    assert page.presses("Verder", slot=offered[0]).heading == "Klopt dit?"


def test_a_time_that_went_before_the_check_is_the_same_page(app, layla, world):
    page = layla.opens(f"{talk_of(world)}/time")
    with app.app_context():
        db.session.get(Slot, world.bas_slots[4].id).blocked = True
        db.session.commit()
    assert "net gekozen" in page.presses("Verder", slot=str(world.bas_slots[4].id), status=409).heading


def test_saying_off_is_asked_twice_and_can_be_undone(app, layla, world):
    page = layla.opens("/family/").follows("Wij kunnen niet")
    assert row(app, Booking, world.samis_talk.id).status is BookingStatus.INVITED
    off = page.presses("Wij komen niet")
    assert off.heading == "Dit gesprek gaat niet door"
    assert row(app, Slot, world.bas_slots[0].id).booking_id is None
    back = off.presses("Wij komen toch")
    assert back.heading == "Uw tijd staat vast"
    assert row(app, Slot, world.bas_slots[0].id).booking_id


def test_after_saying_off_a_family_chooses_again_or_asks_for_a_call(app, layla, world):
    off = layla.opens(f"{talk_of(world)}/cancel").presses("Wij komen niet")
    called = off.follows("Bel mij liever").presses("Ja, bel mij")
    assert "U hebt gevraagd of wij u bellen" in called.text
    with app.app_context():
        assert db.session.scalars(select(CallRequest.pupil_id)).all() == [world.sami.id]
    times = called.follows("Kies een andere tijd")
    done = times.presses("Verder", slot=str(world.bas_slots[3].id)).presses("Bevestig")
    assert done.heading == "Uw tijd staat vast"


def test_none_of_the_times_leads_on(layla, world):
    page = layla.opens(f"{talk_of(world)}/time").presses("Verder", slot="none")
    assert page.heading == "Geen van de tijden past"
    assert "000 - 000 00 00" in page.text


def test_a_day_before_the_talk_the_page_gives_the_phone_number(layla, world, in_august):
    in_august.move_to(TUESDAY - timedelta(hours=24))
    page = layla.opens(talk_of(world))
    assert "Bel de school" in page.text
    assert "Wij kunnen niet" not in page.text
    for path in ("time", "cancel"):
        assert "Bel de school" in layla.opens(f"{talk_of(world)}/{path}", status=409).text
    layla.posts(f"{talk_of(world)}/cancel", status=409)
    assert page.presses("Ja, deze tijd past").heading == "Uw tijd staat vast"


def test_in_a_round_to_pick_in_a_family_picks_its_first_time(app, world):
    with app.app_context():
        start = db.session.get(Round, world.start.id)
        start.mode, start.opens_at = RoundMode.PICK, NOW + timedelta(days=1)
        talk = db.session.get(Booking, world.daans_talk.id)
        db.session.get(Slot, world.bas_slots[1].id).booking_id = None
        db.session.delete(talk)
        db.session.commit()
    petra = visit(app, world.petra)
    assert "U kunt een tijd kiezen vanaf zaterdag 21 augustus" in petra.opens("/family/").text
    petra.opens(f"{talk_of(world, world.daan)}/time", status=409)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        page = petra.opens("/family/").follows("Kies een tijd").presses("Verder", slot=str(world.bas_slots[1].id))
        assert page.presses("Bevestig").heading == "Uw tijd staat vast"


def test_topics_of_parent_and_child_are_written_down_and_taken_back(app, layla, world):
    page = layla.opens("/family/").follows("Ik wil iets bespreken")
    assert "Kan het niet wachten?" in page.text
    assert "bas@linde.example.org" in page.text
    page = page.presses("Schrijf op", text="Lezen").presses("Schrijf op", text="Voetbal", author="pupil")
    with app.app_context():
        assert [(t.text, t.author) for t in db.session.scalars(select(Topic).order_by(Topic.id))] == [
            ("Lezen", "guardian"), ("Voetbal", "pupil"),
        ]  # fmt: skip
    assert "Lezen" not in page.presses("Haal weg").soup.select_one(".todo").get_text()


def test_an_empty_or_long_topic_is_explained_and_what_was_typed_stays(layla, world):
    page = layla.opens(f"{talk_of(world)}/topics")
    assert "Schrijf in een paar woorden" in page.presses("Schrijf op", text=" ", status=422).text
    long = page.presses("Schrijf op", text="x" * 250, status=422)
    assert "250 tekens" in long.text
    assert long.soup.find("input", id="text")["value"] == "x" * 250


def test_a_talk_with_an_interpreter_says_how_long_it_takes(layla, world):
    assert "Het duurt 20 minuten." in layla.opens(f"{talk_of(world)}/time").text
    layla.opens(f"{talk_of(world)}/interpreter").presses("Ja, graag een tolk", language="Tigrinya")
    assert "Het duurt 40 minuten." in layla.opens(f"{talk_of(world)}/time").text


def test_an_interpreter_is_asked_for_and_taken_back(app, layla, world):
    page = layla.opens(f"{talk_of(world)}/interpreter").presses("Ja, graag een tolk", language="Tigrinya")
    assert "Tigrinya" in page.text
    page = layla.opens(f"{talk_of(world)}/interpreter").presses("Nee, geen tolk nodig")
    assert "Tigrinya" not in page.text
    with app.app_context():
        assert db.session.scalars(select(InterpreterRequest.language)).all() == [""]


def test_contact_data_are_corrected_and_wait_for_the_office(app, layla, world):
    page = layla.opens("/family/contact")
    done = page.presses("Geef door", phone="06 - 00 00 00 01")
    assert "Een collega van de school kijkt ernaar" in done.text
    with app.app_context():
        (correction,) = db.session.scalars(select(ContactCorrection))
        assert (correction.field, correction.new_value) == ("phone", "06 - 00 00 00 01")
    wrong = page.presses("Geef door", email="geen", status=422)
    assert "Schrijf één e-mailadres" in wrong.text
    assert wrong.soup.find("input", id="email")["value"] == "geen"


def test_a_family_sees_what_is_kept_of_it_and_until_when(layla, world):
    page = layla.opens("/family/kept")
    for words in (world.layla.email, "Sami", "Noor", "2 gesprekken", "31 juli 2029", "30 augustus 2028"):
        assert words in page.text, words


def test_a_talk_goes_into_the_own_calendar_without_topics_or_links(layla, world):
    layla.opens(f"{talk_of(world)}/topics").presses("Schrijf op", text="iets heel eigens")
    answer = layla.client.get(f"{talk_of(world)}/calendar.ics")
    text = answer.get_data(as_text=True)
    assert answer.mimetype == "text/calendar"
    assert f"UID:{world.samis_talk.ical_uid}" in text
    assert "DTSTART:20270831T130000Z" in text
    for word in ("METHOD", "/g/", "eigens", "ATTENDEE", "X-WR-CALNAME"):
        assert word not in text


def test_closing_on_this_device_ends_the_visit_and_not_the_link(app, layla, world):
    layla.opens("/family/").presses("Sluit af op dit apparaat", status=401)
    layla.opens("/family/", status=401)


def test_an_adult_pupil_reads_own_pages(app, world):
    with app.app_context():
        pupil = db.session.get(type(world.sami), world.sami.id)
        pupil.birth_date = date(2008, 1, 1)
        db.session.commit()
    sami = visit(app, world.sami)
    page = sami.opens("/family/").presses("Ja, deze tijd past")
    assert "Bas Jansen en u" in page.text
    assert sami.opens("/family/kept").text
    layla = visit(app, world.layla)
    assert "Sami" not in layla.opens("/family/").text
    layla.opens(talk_of(world), status=404)


def test_a_grown_pupil_corrects_own_contact_data_and_reads_what_became_of_it(app, world, in_august):
    with app.app_context():
        pupil = an_adult(world)
        pupil.email = "kirsten@leerlingen.example.org"
        db.session.commit()
        key, kirsten = pupil.id, Visitor(app).comes_by_link(pupil)
    page = kirsten.opens("/family/").follows("Uw e-mailadres, telefoon en taal")
    assert page.soup.find("input", id="email")["value"] == "kirsten@leerlingen.example.org"
    done = page.presses("Geef door", phone="06 00 00 00 09", email="nieuw@leerlingen.example.org")
    assert "Een collega van de school kijkt ernaar" in done.text
    in_august.shift(timedelta(hours=2))
    with app.app_context():
        rows = {row.field: row.id for row in db.session.scalars(select(ContactCorrection))}
        by = Actor(ActorKind.STAFF, world.office.id)
        corrections.decide(correction_id=rows["phone"], accept=True, by=by, now=NOW + timedelta(hours=1))
        corrections.decide(correction_id=rows["email"], accept=False, by=by, now=NOW + timedelta(hours=1))
    page = kirsten.opens("/family/contact")
    assert "Telefoonnummer: 06 00 00 00 09 De school nam dit over op" in page.text
    assert "nieuw@leerlingen.example.org De school liet dit op" in page.text
    assert "Een collega van de school kijkt ernaar" not in page.text
    assert page.soup.find("input", id="email")["value"] == "kirsten@leerlingen.example.org"
    assert "06 00 00 00 09" in kirsten.opens("/family/kept").text
    in_august.shift(timedelta(days=31))
    with app.app_context():
        kirsten = Visitor(app).comes_by_link(db.session.get(Pupil, key))
    assert "De school nam dit over" not in kirsten.opens("/family/contact").text


def test_a_pupil_who_is_no_adult_has_no_contact_page(app, world):
    visit(app, world.daan).opens("/family/contact", status=404)


def test_pages_speak_english_when_asked(layla, world):
    page = layla.opens("/family/")
    menu = page.presses("English")
    assert menu.soup.html["lang"] == "en"


def test_who_chooses_a_time_reads_between_which_days_the_talks_are(app, world):
    with app.app_context():
        start, talk = db.session.get(Round, world.start.id), db.session.get(Booking, world.daans_talk.id)
        start.mode, start.starts_on, start.ends_on = RoundMode.PICK, date(2027, 8, 30), date(2027, 9, 10)
        for slot in talk.slots:
            slot.booking_id = None
        db.session.flush()
        db.session.delete(talk)
        db.session.commit()
    home = visit(app, world.petra).opens("/family/")
    said = "De gesprekken zijn tussen maandag 30 augustus en vrijdag 10 september."
    assert said in home.text
    assert said in home.follows("Kies een tijd").text


def test_the_right_to_see_the_file_is_a_line_of_the_agenda_and_tells_nothing_of_it(app, world, layla):
    where = f"/family/talks/{world.start.id}/{world.sami.id}/topics"
    page = layla.opens(where).presses("Zet het dossier inzien op de agenda")
    assert SEE_THE_FILE in page.text
    assert "Zet het dossier inzien" not in page.text, "once is enough"
    bas = visit_staff(app, world.bas)
    assert SEE_THE_FILE in bas.opens(f"/staff/leader/sheet?round={world.start.id}&topics=1").text


def visit_staff(app: Flask, person) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(person)
