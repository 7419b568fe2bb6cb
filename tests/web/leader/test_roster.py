"""A leader's own pages, and the same pages through the office's door."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.rounds import BookingStatus, Outcome, TopicAuthor
from scheduling.models import Booking, CallRequest, Guardian, InterpreterRequest, Outbox, Slot, Topic, db
from scheduling.services import bookings
from tests.builders import NOW, TUESDAY, a_booking, a_guardian, a_leader, a_pupil, household_of
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit, an_adult


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(app: Flask, now) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture
def bas(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.bas)


@pytest.fixture
def karin(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.karin)


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


def a_topic(app: Flask, world: World, text: str, guardian_id: int, pupil: int) -> None:
    with app.app_context():
        home = household_of(db.session.get(Guardian, guardian_id)).id
        db.session.add(
            Topic(
                round_id=world.start.id, pupil_id=pupil, household_id=home, author=TopicAuthor.GUARDIAN,
                guardian_id=guardian_id, text=text, created_at=NOW,
            )
        )  # fmt: skip
        db.session.commit()


def the_booking(app: Flask, booking_id: int) -> Booking:
    with app.app_context():
        booking = db.session.get(Booking, booking_id)
        db.session.expunge(booking)
        return booking


def test_a_leader_sees_the_own_week(bas):
    page = bas.opens("/staff/leader/")
    assert "Sami" in page.text
    assert "Daan" in page.text
    assert "Week 35" in page.text
    assert "Noor" not in page.text


@pytest.mark.parametrize("place", ["list", "sheet"])
def test_the_list_and_the_sheet_say_who_when_where_and_what_was_agreed(app, world, bas, place):
    a_topic(app, world, "Sami leest graag", world.layla.id, world.sami.id)
    page = bas.opens(f"/staff/leader/{place}")
    for words in ("15.00", "lokaal 3", "Sami Yilmaz", "Layla Yilmaz", "Omar Yilmaz", "nog niets afgesproken"):
        assert words in page.text


def test_topics_are_on_paper_only_when_the_leader_asks_for_them(app, world, bas):
    a_topic(app, world, "Sami leest graag", world.layla.id, world.sami.id)
    sheet = bas.opens("/staff/leader/sheet")
    assert "Sami leest graag" not in sheet.text
    assert "Sami leest graag" in sheet.follows("Met onderwerpen").text
    assert "Sami leest graag" in bas.opens("/staff/leader/list").text


def test_a_leader_without_times_reads_what_comes(app, world):
    with app.app_context():
        newcomer = Visitor(app).signs_in(a_leader("nieuw"))
    assert "nog geen gesprekstijden" in newcomer.opens("/staff/leader/").text
    assert "nog geen gesprekken" in newcomer.opens("/staff/leader/list").text
    assert "nog geen gesprekken" in newcomer.opens("/staff/leader/sheet").text
    assert "nog geen gesprekstijden" in newcomer.opens("/staff/leader/times").text


def test_what_asks_for_attention_stands_beside_the_week(app, world, bas):
    with app.app_context():
        three = db.session.merge(world.three)
        tom = a_pupil("Tom", three)
        jo = a_guardian("Jo", tom)
        home = household_of(jo)
        db.session.query(Booking).filter_by(id=world.daans_talk.id).update({"invited_at": NOW})
        db.session.add(
            CallRequest(round_id=world.start.id, pupil_id=tom.id, household_id=home.id, guardian_id=jo.id, asked_at=NOW)
        )
        db.session.add(
            InterpreterRequest(
                round_id=world.start.id, pupil_id=world.sami.id, household_id=world.samis_talk.household_id,
                language="Turks", asked_at=NOW,
            )
        )  # fmt: skip
        db.session.commit()
    page = bas.opens("/staff/leader/")
    for words in ("Tom : het gezin vroeg of u belt", "tolk Turks (nog regelen)", "Tom heeft nog geen tijd", "1 gezin"):
        assert words in page.text
    page = page.presses("Gebeld Tom")
    assert "Tom : het gezin vroeg of u belt" not in page.text


def test_a_leader_moves_a_talk_with_the_keyboard_alone(app, world, bas):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").follows("Verplaats dit gesprek")
    page = page.presses("Verder", slot=world.bas_slots[4].id)
    assert "16.20 uur" in page.text
    assert the_booking(app, world.samis_talk.id).starts_at == TUESDAY
    page = page.presses("Verplaats naar", agreed="y")
    booking = the_booking(app, world.samis_talk.id)
    assert (booking.starts_at, booking.status) == (TUESDAY + timedelta(minutes=80), BookingStatus.CONFIRMED)
    assert "staat op de nieuwe tijd" in page.text


def test_a_move_is_undone_from_its_confirmation_with_a_letter_as_for_any_change(app, world, bas):
    with app.app_context():
        db.session.get(Booking, world.samis_talk.id).invited_at = NOW
        db.session.query(Outbox).update({"state": OutboxState.SENT})
        db.session.commit()
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/move/check", slot=world.bas_slots[4].id)
    page = page.presses("Verplaats naar").presses("Toch niet: terug naar dinsdag 31 augustus, 15.00 uur")
    booking = the_booking(app, world.samis_talk.id)
    assert (booking.starts_at, booking.ical_sequence) == (TUESDAY, 2)
    assert "dinsdag 31 augustus, 15.00 tot 15.20 uur" in page.text
    with app.app_context():
        unsent = select(Outbox).where(Outbox.state == OutboxState.QUEUED, Outbox.guardian_id == world.layla.id)
        (letter,) = db.session.scalars(unsent)
        assert (letter.letter, letter.sequence) == (Letter.CHANGED, 2)


def test_there_is_no_way_back_once_the_old_time_is_gone_or_the_family_answered(app, world, bas):
    address = f"/staff/leader/talks/{world.samis_talk.id}"
    assert "Toch niet" not in bas.opens(f"{address}?done=moved").text
    page = bas.opens(f"{address}/move/check", slot=world.bas_slots[4].id).presses("Verplaats naar")
    assert "Toch niet" in page.text
    assert "Toch niet" not in bas.opens(address).text
    with app.app_context():
        db.session.get(Slot, world.bas_slots[0].id).blocked = True
        db.session.commit()
    assert "Toch niet" not in bas.opens(f"{address}?done=moved").text
    with app.app_context():
        db.session.get(Slot, world.bas_slots[0].id).blocked = False
        db.session.commit()
        by = Actor(ActorKind.GUARDIAN, world.layla.id)
        bookings.confirm(booking_id=world.samis_talk.id, by=by, now=NOW)
    assert "Toch niet" not in bas.opens(f"{address}?done=moved").text


def test_moving_without_choosing_says_so_above_the_page(bas, world):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/move").presses("Verder", status=422)
    assert page.soup.title.get_text().startswith("Fout:")
    assert "Kies eerst een tijd" in page.text


def test_only_times_that_the_family_has_free_are_offered_and_none_is_chosen_beforehand(bas, world):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/move")
    offered = [int(radio["value"]) for radio in page.soup.find_all("input", type="radio")]
    at_noors_time = world.bas_slots[2].id
    assert offered == [slot.id for slot in world.bas_slots[2:] if slot.id != at_noors_time]
    assert not page.soup.find_all("input", checked=True)


def test_times_next_to_a_siblings_talk_are_marked_without_telling_more(bas, world):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/move")
    marked = [
        int(label.input["value"]) for label in page.soup.select("label.time") if "sluit aan op" in label.get_text()
    ]
    assert marked == [world.bas_slots[4].id]  # five minutes to walk: 16.00 is too soon
    assert "Noor" not in page.text


def test_a_time_that_was_just_taken_is_said_with_the_times_that_are_left(app, world, bas):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/move/check", slot=world.bas_slots[4].id)
    with app.app_context():
        db.session.query(Slot).filter_by(id=world.bas_slots[4].id).update({"blocked": True})
        db.session.commit()
    page = page.presses("Verplaats naar", status=409)
    assert "nog op zijn oude tijd" in page.text
    assert str(world.bas_slots[4].id) not in [radio["value"] for radio in page.soup.find_all("input", type="radio")]
    assert the_booking(app, world.samis_talk.id).starts_at == TUESDAY


def test_times_are_put_shut_and_free_again(app, world, bas):
    page = bas.opens("/staff/leader/times")
    page = page.presses("Zet dicht", slot=[world.bas_slots[3].id, world.bas_slots[4].id])
    assert "Deze tijden zijn dicht" in page.text
    with app.app_context():
        assert db.session.query(Slot).filter_by(blocked=True).count() == 2
    page = page.presses("Maak vrij", slot=[world.bas_slots[3].id])
    with app.app_context():
        assert db.session.query(Slot).filter_by(blocked=True).count() == 1
    assert "Kies eerst een of meer tijden" in page.presses("Zet dicht", status=422).text


def test_a_leader_books_for_a_parent_on_the_phone(app, world, bas):
    with app.app_context():
        tom = a_pupil("Tom", db.session.merge(world.three))
        a_guardian("Jo", tom)
    page = bas.opens("/staff/leader/").follows("Kies een tijd")
    assert "Kies eerst een tijd" in page.presses("Zet dit gesprek vast", status=422).text
    page = page.presses("Zet dit gesprek vast", slot=world.bas_slots[5].id)
    assert "Het gesprek staat vast" in page.text
    with app.app_context():
        assert db.session.query(Outbox).filter_by(letter="confirmed").count() == 1


def test_a_family_with_two_homes_is_booked_together_or_apart(app, world, bas):
    with app.app_context():
        tom = a_pupil("Tom", db.session.merge(world.three))
        a_guardian("Jo", tom)
        a_guardian("Rik", tom)
    page = bas.opens("/staff/leader/").follows("Kies een tijd")
    page = page.presses("Zet dit gesprek vast", slot=world.bas_slots[5].id, status=422)
    assert "Kies met wie het gesprek is" in page.text
    page = page.presses("Zet dit gesprek vast", home="together", slot=world.bas_slots[5].id)
    assert "Jo Yilmaz , Rik Yilmaz" in page.text


def test_a_family_that_has_a_talk_is_not_booked_again(bas, world):
    bas.opens(f"/staff/leader/rounds/{world.start.id}/pupils/{world.sami.id}/book", status=409)


def test_what_became_of_a_talk_is_one_press(app, world, bas, now):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}")
    assert "Wij spraken elkaar" not in page.text
    now.shift(TUESDAY + timedelta(minutes=30) - NOW)
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").presses("Wij spraken elkaar")
    assert the_booking(app, world.samis_talk.id).outcome is Outcome.HELD
    page.presses("Maak ongedaan")
    assert the_booking(app, world.samis_talk.id).outcome is None
    page.presses("Het ging niet door")
    assert the_booking(app, world.samis_talk.id).outcome is Outcome.NO_SHOW


def test_a_talk_is_called_off_after_a_look_at_what_happens(app, world, bas):
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").follows("Het gezin kan niet komen")
    assert the_booking(app, world.samis_talk.id).status is BookingStatus.INVITED
    page.presses("Zeg het gesprek af")
    assert the_booking(app, world.samis_talk.id).status is BookingStatus.CANCELLED


def test_the_interpreter_is_ticked_off(app, world, bas):
    with app.app_context():
        home = world.samis_talk.household_id
        given = {"round_id": world.start.id, "pupil_id": world.sami.id, "household_id": home, "asked_at": NOW}
        db.session.add(InterpreterRequest(language="Turks", **given))
        db.session.commit()
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").presses("De tolk komt")
    assert "Turks" in page.text
    assert "nog regelen" not in page.text


def addresses(world: World) -> list[str]:
    talk, start, sami = world.samis_talk.id, world.start.id, world.sami.id
    return [
        f"talks/{talk}", f"talks/{talk}/move", f"talks/{talk}/move/check?slot={world.bas_slots[4].id}",
        f"talks/{talk}/call-off", f"rounds/{start}/pupils/{sami}/book",
        f"pupils/{sami}/homes/{world.samis_talk.household_id}/agreement",
    ]  # fmt: skip


def test_a_leader_sees_own_classes_only(world, karin):
    for address in addresses(world):
        karin.opens(f"/staff/leader/{address}", status=404)
        karin.opens(f"/staff/office/leaders/{world.bas.id}/{address}", status=404)
    for page in ("", "list", "sheet", "agreements", "times"):
        text = karin.opens(f"/staff/leader/{page}").text
        assert "Sami" not in text
        assert "Daan" not in text


def test_a_leader_changes_nothing_of_another_class(app, world, karin):
    talk, home = world.samis_talk.id, world.samis_talk.household_id
    for address, fields in (
        (f"talks/{talk}/outcome", {"outcome": "by_phone"}),
        (f"talks/{talk}/move", {"slot": world.karin_slots[5].id}),
        (f"talks/{talk}/move", {"slot": world.bas_slots[5].id}),
        (f"talks/{talk}/call-off", {}),
        (f"talks/{talk}/interpreter", {}),
        (f"rounds/{world.start.id}/pupils/{world.sami.id}/book", {"slot": world.karin_slots[5].id, "home": home}),
        (f"pupils/{world.sami.id}/homes/{home}/agreement", {"forms": "call"}),
        ("times", {"slot": world.bas_slots[5].id, "block": "1"}),
    ):
        karin.posts(f"/staff/leader/{address}", status=404, **fields)
    booking = the_booking(app, talk)
    assert (booking.version, booking.outcome) == (1, None)
    with app.app_context():
        assert db.session.query(Slot).filter_by(blocked=True).count() == 0


def test_the_office_opens_the_pages_of_any_leader(app, world, office):
    page = office.opens("/staff/office/leaders").follows("Bas Jansen")
    assert "Sami" in page.text
    for address in ["", "list", "sheet", "agreements", "times", *addresses(world)]:
        if "book" not in address:
            office.opens(f"/staff/office/leaders/{world.bas.id}/{address}")
    page = page.follows("Sami").follows("Verplaats dit gesprek").presses("Verder", slot=world.bas_slots[4].id)
    page.presses("Verplaats naar")
    assert the_booking(app, world.samis_talk.id).starts_at == TUESDAY + timedelta(minutes=80)


def test_on_a_leaders_pages_the_office_too_sees_that_leaders_classes_only(world, office):
    for address in addresses(world):
        office.opens(f"/staff/office/leaders/{world.karin.id}/{address}", status=404)
    office.opens("/staff/office/leaders/987654/", status=404)


def test_the_office_sees_who_has_no_agreement_in_all_classes(office):
    page = office.opens("/staff/office/agreements")
    three, six = ([cell.get_text() for cell in row.find_all("td")] for row in page.soup.select("tbody tr"))
    assert "Sami" in three[1], "his family and the leader have one, that only waits for the family's yes"
    assert "Daan" in three[2]
    assert "Sami" not in three[2]
    assert all(name in six[2] for name in ("Noor", "Mila"))


def test_a_talk_with_one_home_carries_nothing_of_the_other(app, world, bas):
    with app.app_context():
        sami = db.session.merge(world.sami)
        other = a_guardian("Kanarie", sami)
        other_id = other.id
        db.session.query(Guardian).filter_by(id=other.id).update({"phone": "000 111 22 33"})
        db.session.add(
            InterpreterRequest(
                round_id=world.start.id, pupil_id=sami.id, household_id=household_of(other).id, language="Kanaries",
                asked_at=NOW,
            )
        )  # fmt: skip
        db.session.commit()
    a_topic(app, world, "kanarie zingt", other_id, world.sami.id)
    talk = world.samis_talk
    for address in (
        f"talks/{talk.id}", f"talks/{talk.id}/move", f"talks/{talk.id}/call-off", "list", "sheet?topics=1", "",
        f"pupils/{world.sami.id}/homes/{talk.household_id}/agreement",
    ):  # fmt: skip
        html = bas.opens(f"/staff/leader/{address}").html.lower()
        assert "kanarie" not in html, address
        assert "000 111 22 33" not in html, address


def test_an_adult_pupil_is_reached_without_the_parents(app, world, karin):
    with app.app_context():
        kirsten = an_adult(world)
        kirsten.email = "kirsten@leerlingen.example.org"
        a_guardian("Kanarie", kirsten)
        talk = a_booking(db.session.merge(world.start), kirsten, db.session.merge(world.karin_slots[5])).id
    page = karin.opens(f"/staff/leader/talks/{talk}")
    assert "kirsten@leerlingen.example.org" in page.text
    assert "Kanarie" not in page.html


def test_where_each_home_has_an_own_talk_neither_page_speaks_of_the_other(app, world, bas):
    with app.app_context():
        sami, start = db.session.merge(world.sami), db.session.merge(world.start)
        other = a_guardian("Kanarie", sami)
        home, other_id = household_of(other), other.id
        second = a_booking(start, sami, db.session.merge(world.bas_slots[4]), household=home).id
    a_topic(app, world, "kanarie zingt", other_id, world.sami.id)
    a_topic(app, world, "merel fluit", world.layla.id, world.sami.id)
    first = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").html
    assert "merel" in first
    assert "anarie" not in first
    page = bas.opens(f"/staff/leader/talks/{second}").html
    assert "kanarie zingt" in page
    for word in ("merel", "Layla", "Omar"):
        assert word not in page
