"""The office announces a round, gives it times, has a roster made and publishes it: page by page."""

from datetime import date
from io import BytesIO
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, RoundKind, RoundMode
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, write
from scheduling.models import Booking, Guardian, LeaderOpening, Outbox, Room, Round, RoundExclusion, Slot, db
from scheduling.queries.letters import find_letter
from scheduling.services import rosters, rounds
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    an_office_worker,
    some_slots,
)
from tests.visitor import Visitor

ROUNDS = "/staff/office/rounds"
CSV = "Code;Datum;Van;Tot;Lokaal\nanna;31-08-2027;15:00;17:00;12\nbas;31-08-2027;15:00;16:00;\n"
FEBRUARY = "Code;Datum;Van;Tot;Lokaal\nanna;08-02-2028;15:00;17:00;12\n"
OCTOBER = "Code;Datum;Van;Tot;Lokaal\nanna;12-10-2027;15:00;17:00;12\n"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def school(app: Flask) -> SimpleNamespace:
    """Two classes of two pupils, one family with a child in each; Anna leads 3, Bas leads 4."""
    with app.app_context():
        a_school()
        a_year()
        anna, bas = a_leader("anna"), a_leader("bas")
        three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
        sami, daan, noor, mila = (
            a_pupil("Sami", three), a_pupil("Daan", three), a_pupil("Noor", four), a_pupil("Mila", four)
        )  # fmt: skip
        a_guardian("Layla", sami, noor)
        a_guardian("Petra", daan)
        a_guardian("Ruud", mila)
        ids = {"anna": anna.id, "bas": bas.id, "three": three.id, "sami": sami.id, "daan": daan.id}
        office = an_office_worker()
        visitor = Visitor(app).signs_in(office)
        db.session.remove()
    return SimpleNamespace(app=app, visitor=visitor, **ids)


def announced(school, **changes):
    page = school.visitor.opens(f"{ROUNDS}/new")
    file = [(BytesIO(CSV.encode()), "tijden.csv")]
    return page.presses("Maak de ronde", **{"name": "Startgesprekken 2027", "file": file, **changes})


def test_the_office_makes_a_round_from_a_form_and_a_file(school):
    page = announced(school)
    assert page.heading == "Startgesprekken 2027"
    assert "0/4" in page.text
    assert "4 gesprekken hebben nog geen tijd" in page.text
    with school.app.app_context():
        assert db.session.query(Slot).count() == 9


def test_advice_conversations_are_a_round_of_the_chosen_classes_on_their_own_days(school):
    page = school.visitor.opens(ROUNDS).follows("Maak een ronde adviesgesprekken")
    assert page.heading == "Maak een ronde adviesgesprekken"
    assert "Startgesprekken passen van" not in page.text
    assert page.soup.find("input", {"name": "classes", "checked": True}) is None
    assert page.soup.find("input", {"name": "starts_on"}).get("value", "") == ""
    page = page.presses("Maak de ronde", name="Adviezen", status=422)
    assert page.heading == "Maak een ronde adviesgesprekken", "what kind it is stays when something is missing"
    page = page.presses(
        "Maak de ronde", name="Adviezen", classes=["3"], starts_on="2028-02-08", ends_on="2028-02-09", mode="pick",
        file=[(BytesIO(FEBRUARY.encode()), "tijden.csv")],
    )  # fmt: skip
    assert "buiten" not in page.text, "only start conversations have a window"
    with school.app.app_context():
        made = db.session.query(Round).filter_by(name="Adviezen").one()
        assert (made.kind, [one.class_id for one in made.classes]) == (RoundKind.ADVICE_CONVERSATION, [school.three])
        round_id = made.id
        rounds.open_for_picking(round_id=round_id, by=SYSTEM, now=NOW)
        layla = db.session.query(Guardian).filter_by(given_name="Layla").one()
        family = Visitor(school.app).comes_by_link(layla)
    assert "adviesgesprek" in family.opens("/family/").text
    school.visitor.opens(f"/staff/office/mailings/{round_id}/invitation").presses("Verstuur 2 uitnodigingen")
    with school.app.app_context():
        row = db.session.query(Outbox).filter_by(letter=Letter.INVITATION).first()
        facts = find_letter(row.id, NOW)
        sheet = write(
            facts, token="t", paper=Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org")
        )
    assert sheet.subject.startswith("Adviesgesprek van ")
    assert "Welkom op het adviesgesprek" in sheet.text
    assert "startgesprek" not in sheet.text.lower()


def test_reversed_conversations_are_a_round_that_begins_with_open_questions(school):
    page = school.visitor.opens(ROUNDS).follows("Maak een ronde omgekeerde gesprekken")
    file = [(BytesIO(OCTOBER.encode()), "tijden.csv")]
    typed = {
        "name": "Omgekeerd", "classes": ["3"], "starts_on": "2027-10-11", "ends_on": "2027-10-13", "mode": "pick",
        "pupil_part": "absent", "file": file,
    }  # fmt: skip
    refused = page.presses("Maak de ronde", status=422, questions=" ", **typed)
    assert "open vragen" in refused.text
    assert refused.soup.find("input", {"name": "pupil_part", "checked": True})["value"] == "absent"
    typed["file"] = [(BytesIO(OCTOBER.encode()), "tijden.csv")]
    page = refused.presses("Maak de ronde", questions="Waar bent u trots op?\nWat is moeilijk?", **typed)
    with school.app.app_context():
        found = db.session.query(Round).one()
        assert (found.kind, found.pupil) == (RoundKind.REVERSED_CONVERSATION, PupilPart.ABSENT)
        assert found.open_questions == ("Waar bent u trots op?", "Wat is moeilijk?")
        rounds.open_for_picking(round_id=found.id, by=SYSTEM, now=NOW)
        layla = db.session.query(Guardian).filter_by(given_name="Layla").one()
        family = Visitor(school.app).comes_by_link(layla)
        pupil, round_id = school.sami, found.id
    mine = family.opens(f"/family/talks/{round_id}/{pupil}").text
    for said in ("omgekeerd gesprek", "Om over na te denken", "Wat is moeilijk?", "Sami is er niet bij"):
        assert said in mine
    settings = page.follows("Instellingen")
    assert settings.soup.find(id="questions").get_text().strip() == "Waar bent u trots op?\nWat is moeilijk?"
    settings.presses("Bewaar", questions="Wat gaat goed?", pupil_part="leading")
    school.visitor.opens(f"/staff/office/mailings/{round_id}/invitation").presses("Verstuur 2 uitnodigingen")
    settings = school.visitor.opens(f"{ROUNDS}/{round_id}/settings")
    assert "De uitnodigingen zijn verstuurd." in settings.text
    kept = settings.presses("Bewaar", status=409, questions="Een andere vraag?")
    assert "Dit blijft zoals het daarin staat." in kept.text
    assert kept.soup.find(id="questions").get_text().strip() == "Een andere vraag?", "what was typed stays"
    assert "Wat gaat goed?" in family.opens(f"/family/talks/{round_id}/{pupil}").text


def test_only_reversed_conversations_ask_for_questions_and_a_start_conversation_is_never_without(school):
    page = school.visitor.opens(f"{ROUNDS}/new")
    assert page.soup.find(id="questions") is None
    parts = [one["value"] for one in page.soup.find_all("input", {"name": "pupil_part"})]
    assert parts == ["present", "active", "leading"]
    assert "Not a valid choice" not in announced(school, pupil_part="active").text
    with school.app.app_context():
        assert db.session.query(Round).one().pupil is PupilPart.ACTIVE


def test_what_is_no_kind_of_round_is_not_there(school):
    for kind in ("contact_evening", "home_visit", "party"):
        school.visitor.opens(f"{ROUNDS}/new", kind=kind, status=404)
        school.visitor.posts(ROUNDS, kind=kind, name="Ander", status=404)


def test_a_round_without_times_asks_for_them_first(school):
    page = announced(school, file=None)
    assert page.heading == "Tijden van de collega's"
    assert "bas heeft nog geen tijden" in page.text


def test_rows_of_a_file_that_are_of_no_use_are_named(school):
    with school.app.app_context():
        a_leader("ib")
    file = [(BytesIO(CSV.replace("bas;", "ib;").replace("17:00", "15:10").encode()), "tijden.csv")]
    page = announced(school, file=file)
    assert "tijden slaan wij over: ib." in page.text
    assert "past geen gesprek: 2." in page.text


def test_a_form_with_faults_comes_back_with_what_was_typed(school):
    page = announced(school, name="", slot_minutes="2", purpose="Kennismaken", status=422)
    assert "Geef de ronde een naam" in page.text
    assert "Kennismaken" in page.html
    page = announced(school, slot_minutes="2", status=422)
    assert "Kies een getal van 5 tot en met 120" in page.text


def test_a_file_with_an_unknown_code_names_the_row_and_makes_nothing(school):
    file = [(BytesIO(CSV.replace("bas;", "baz;").encode()), "tijden.csv")]
    page = announced(school, file=file, status=422)
    assert "Rij 3: baz" in page.text
    with school.app.app_context():
        assert db.session.query(Round).count() == 0


def test_times_are_typed_in_a_week_grid(school):
    page = announced(school, file=None)
    page = page.follows("Vul in")
    assert "Anna" in page.heading
    starts, ends = [""] * 10, [""] * 10
    starts[2], ends[2], starts[3], ends[3] = "15:00", "16:00", "18.30", "19.30"
    page = page.presses("Bewaar deze week", starts=starts, ends=ends)
    assert "6 erbij, 0 weg" in page.text
    page = page.presses("Bewaar deze week", starts=[""] * 11, ends=[""] * 11)
    assert "0 erbij, 6 weg" in page.text


def test_a_time_that_is_no_time_is_said_at_its_row(school):
    page = announced(school).follows("Tijden van de collega's").follows("Vul in")
    rows = len(page.soup.find_all("input", attrs={"name": "starts"}))
    starts = ["half drie", *[""] * (rows - 1)]
    page = page.presses("Bewaar deze week", starts=starts, status=422)
    assert "Rij 1: vul een begin en een einde in" in page.text
    assert "half drie" in page.html


def test_a_time_with_a_talk_is_not_taken_away_by_a_file(school):
    page = announced(school)
    with school.app.app_context():
        found = db.session.query(Round).one()
        slot = db.session.query(Slot).filter_by(leader_id=school.anna).first()
        a_booking(found, SimpleNamespace(id=school.sami), slot)
    page = page.follows("Tijden van de collega's")
    file = [(BytesIO(b"Code;Datum;Van;Tot;Lokaal\nanna;01-09-2027;15:00;17:00;12\n"), "tijden.csv")]
    page = page.presses("Lees het bestand", file=file, status=409)
    assert "staat al een gesprek" in page.text


def test_outside_the_start_window_the_page_warns(school):
    file = [(BytesIO(OCTOBER.encode()), "tijden.csv")]
    page = announced(school, file=file, status=422)
    assert "Rij 2: dinsdag 12 oktober 2027 valt buiten de ronde" in page.text
    page = announced(school, file=[(BytesIO(OCTOBER.encode()), "tijden.csv")], ends_on="2027-10-15")
    assert "dinsdag 12 oktober valt buiten de startperiode" in page.text


def test_the_start_window_is_proposed_and_the_office_chooses_the_days_of_a_round(school):
    page = school.visitor.opens(f"{ROUNDS}/new")
    days = [page.soup.find("input", attrs={"name": name})["value"] for name in ("starts_on", "ends_on")]
    assert days == ["2027-08-25", "2027-09-19"]
    page = announced(school, file=None, starts_on="2027-10-04", ends_on="2027-10-08").follows("Startgesprekken 2027")
    assert "Gesprekken van maandag 4 oktober 2027 tot en met vrijdag 8 oktober 2027" in page.text
    assert "De ronde loopt van maandag 4 oktober tot en met vrijdag 8 oktober; de startperiode is" in page.text


def test_days_that_are_no_period_come_back_with_the_reason(school):
    assert "Kies een dag." in announced(school, starts_on="", status=422).text
    assert "ligt voor de eerste" in announced(school, starts_on="2027-09-20", status=422).text
    assert "vallen niet allemaal in 2027-2028" in announced(school, ends_on="2029-01-01", status=422).text


def test_the_week_grid_has_the_weeks_of_the_round_and_no_other_day(school):
    page = announced(school, file=None, starts_on="2027-08-26", ends_on="2027-09-07").follows("Vul in")
    weeks = [link["href"].split("week=")[1] for link in page.soup.select("nav a[href*='week=']")]
    assert weeks == ["2027-08-26", "2027-08-30", "2027-09-06"]
    days = {field["value"] for field in page.soup.find_all("input", attrs={"name": "day"})}
    assert days == {"2027-08-26", "2027-08-27"}
    page = school.visitor.opens(page.address + "?week=2027-12-01")
    days = {field["value"] for field in page.soup.find_all("input", attrs={"name": "day"})}
    assert days == {"2027-09-06", "2027-09-07"}


def test_times_typed_in_a_week_that_the_round_lost_meanwhile_are_refused_by_their_day(school):
    page = announced(school, file=None).follows("Vul in")
    with school.app.app_context():
        db.session.query(Round).one().starts_on = date(2027, 9, 6)
        db.session.commit()
    page = page.presses("Bewaar deze week", starts=["15:00", *[""] * 5], ends=["16:00", *[""] * 5], status=422)
    assert "Rij 1: woensdag 25 augustus 2027 valt buiten de ronde" in page.text
    assert 'value="15:00"' in page.html


def test_a_shorter_round_loses_free_times_but_never_a_talk(school):
    page = announced(school)
    with school.app.app_context():
        slot = db.session.query(Slot).filter_by(leader_id=school.anna).first()
        a_booking(db.session.query(Round).one(), SimpleNamespace(id=school.sami), slot)
    page = page.follows("Instellingen")
    refused = page.presses("Bewaar", starts_on="2027-09-01", status=409)
    assert "staat al 1 gesprek: dinsdag 31 augustus" in refused.text
    with school.app.app_context():
        assert db.session.query(Slot).count() == 9
        slot = db.session.query(Slot).filter(Slot.booking_id.is_not(None)).one()
        slot.booking_id = None
        db.session.commit()
    page = page.presses("Bewaar", starts_on="2027-09-01")
    assert "9 vrije tijden lagen buiten de ronde en zijn weggehaald" in page.text


def test_a_room_is_chosen_from_the_rooms_of_the_school(school):
    with school.app.app_context():
        db.session.add_all([Room(name="lokaal 3", floor="begane grond"), Room(name="aula")])
        db.session.commit()
    page = announced(school, status=422)
    assert "Rij 2: lokaal “12” staat niet in de lijst van lokalen." in page.text
    page = announced(school, file=None).follows("Vul in")
    options = {option["value"]: option.get("label") for option in page.soup.select("datalist#rooms option")}
    assert options == {"lokaal 3": "begane grond", "aula": None}
    assert {field["list"] for field in page.soup.find_all("input", attrs={"name": "room"})} == {"rooms"}
    rows = len(page.soup.find_all("input", attrs={"name": "room"}))
    typed = {name: [value, *[""] * (rows - 1)] for name, value in (("starts", "15:00"), ("ends", "16:00"))}
    wrong = page.presses("Bewaar deze week", **typed, room=["3", *[""] * (rows - 1)], status=422)
    assert "Bedoelde u lokaal 3?" in wrong.text
    page.presses("Bewaar deze week", **typed, room=["Lokaal  3", *[""] * (rows - 1)])
    with school.app.app_context():
        assert {slot.room for slot in db.session.query(Slot)} == {"lokaal 3"}


def test_two_leaders_in_one_room_are_named_with_day_and_time(school):
    page = announced(school, file=[(BytesIO(CSV.replace("16:00;", "16:00;12").encode()), "tijden.csv")])
    assert "anna en bas zijn tegelijk in 12: dinsdag 31 augustus, 15.00 tot 16.00 uur." in page.text


def test_a_draft_is_made_looked_at_and_published(school):
    page = announced(school).follows("Naar het rooster").presses("Maak een concept")
    assert "in de wachtrij" in page.text.lower()
    with school.app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
    page = page.follows("Kijk opnieuw")
    assert "4/4" in page.text
    assert "dit rooster kan niet beter" in page.text
    assert "Sluit aan bij Noor uit 4" in page.text
    page = page.presses("Geef 4 gezinnen deze tijd")
    assert "4 gezinnen hebben nu deze tijd. Er is nog niets verstuurd." in page.text
    page = page.follows("Alle versies").follows("Startgesprekken 2027")
    assert "Klaar om uit te nodigen" in page.text
    with school.app.app_context():
        assert {booking.status for booking in db.session.query(Booking)} == {BookingStatus.INVITED}


def test_who_has_no_place_is_named_with_what_would_help(school):
    file = [(BytesIO(b"Code;Datum;Van;Tot;Lokaal\nanna;31-08-2027;15:00;15:20;12\n"), "tijden.csv")]
    page = announced(school, file=file)
    assert "3 komt 1 tijd tekort: 2 nodig, 1 mogelijk" in page.text
    page = page.follows("Naar het rooster").presses("Maak een concept")
    with school.app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
    page = page.follows("Kijk opnieuw")
    assert "3 gesprekken zonder tijd" in page.text
    assert "Alle tijden van Anna Jansen zijn vol. Voeg tijden toe voor Anna Jansen." in page.text
    assert "Bas Jansen heeft nog geen tijden." in page.text


def test_a_leader_whose_times_changed_since_the_draft_is_named(school):
    page = announced(school).follows("Naar het rooster").presses("Maak een concept")
    with school.app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
        slot = db.session.query(Slot).filter_by(leader_id=school.bas).first()
        slot.version += 1
        db.session.commit()
    page = page.follows("Kijk opnieuw").presses("Geef 4 gezinnen deze tijd")
    assert "Bij Bas Jansen zijn de tijden intussen veranderd" in page.text


def test_a_draft_that_is_put_away_publishes_nothing(school):
    page = announced(school).follows("Naar het rooster").presses("Maak een concept")
    with school.app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
    page = page.follows("Kijk opnieuw").presses("Leg dit concept weg")
    assert "weggelegd" in page.text
    with school.app.app_context():
        assert db.session.query(Booking).count() == 0


def test_a_family_is_left_out_with_a_reason_and_let_in_again(school):
    page = announced(school).follows("3")
    page = page.follows("Doet niet mee")
    page = page.presses("Dit gezin doet niet mee", reason=" ", status=422)
    assert "Schrijf kort waarom" in page.text
    page = page.presses("Dit gezin doet niet mee", reason="al in juni gesproken")
    assert "doet niet mee: al in juni gesproken" in page.text
    with school.app.app_context():
        assert db.session.query(RoundExclusion).one().reason == "al in juni gesproken"
    page = page.presses("Laat meedoen")
    with school.app.app_context():
        assert db.session.query(RoundExclusion).count() == 0


def test_a_round_to_pick_from_is_opened_by_a_button(school):
    page = announced(school, mode=RoundMode.PICK.value)
    assert "Klaar om open te zetten" in page.text
    page = page.presses("Zet de tijden open")
    assert "Gezinnen zien de vrije tijden nu" in page.text
    with school.app.app_context():
        assert db.session.query(LeaderOpening).count() == 2


def test_what_was_decided_can_be_changed(school):
    page = announced(school).follows("Instellingen")
    page = page.presses("Bewaar", name="Startgesprekken", closes_on="2027-09-17")
    assert page.heading == "Startgesprekken"
    page = page.follows("Instellingen")
    assert 'value="2027-09-17"' in page.html


def test_settings_that_make_no_sense_come_back_with_the_reason(school):
    page = announced(school).follows("Instellingen")
    assert "Geef de ronde een naam" in page.presses("Bewaar", name="", status=422).text
    assert "van 0 tot en met 40" in page.presses("Bewaar", max_in_a_row="99", status=422).text
    typed = {"opens_on": "2027-09-10", "closes_on": "2027-09-01"}
    assert "sluit voordat zij opent" in page.presses("Bewaar", status=422, **typed).text


def test_a_purpose_that_compels_or_is_unfinished_is_refused_while_it_is_typed(school):
    page = announced(school, purpose="Uw komst is verplicht.", status=422)
    assert "Hier staat “verplicht”" in page.text
    assert "Uw komst is verplicht." in page.html
    page = announced(school).follows("Instellingen")
    assert "Hier staat “moet”" in page.presses("Bewaar", purpose="Dan moet u komen.", status=422).text
    assert "open plek: {naam}" in page.presses("Bewaar", purpose="Wij praten over {naam}.", status=422).text
    page = page.presses("Bewaar", purpose="Wij ontmoeten elkaar en kijken vooruit.")
    assert "Wij ontmoeten elkaar" in page.follows("Instellingen").html
    with school.app.app_context():
        assert [found.purpose for found in db.session.query(Round)] == ["Wij ontmoeten elkaar en kijken vooruit."]


def test_the_list_says_when_each_round_is(school):
    announced(school)
    page = school.visitor.opens(ROUNDS)
    assert "Startgesprekken 2027" in page.text
    assert "wo 25 aug tot en met zo 19 sep" in page.text


def test_the_class_page_says_who_comes(school):
    with school.app.app_context():
        from scheduling.models import ClassGroup, Staff

        found = a_round(classes=list(db.session.query(ClassGroup)))
        slots = some_slots(found, db.session.get(Staff, school.anna))
        a_booking(found, SimpleNamespace(id=school.sami), slots[0], status=BookingStatus.CONFIRMED)
        round_id = found.id
    page = school.visitor.opens(f"{ROUNDS}/{round_id}/classes/{school.three}")
    assert "dinsdag 31 augustus, 15.00 uur" in page.text
    assert "komt" in page.text
    assert "nog geen tijd" in page.text


@pytest.mark.parametrize("address", ["/999", "/999/times", "/999/rosters", "/999/settings", "/999/classes/1"])
def test_a_round_that_is_not_there_is_a_page_that_says_so(school, address):
    school.visitor.opens(f"{ROUNDS}{address}", status=404)
