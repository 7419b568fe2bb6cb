"""What a family must never see or do: the other home, another family, forged and hostile questions."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from scheduling.domain.mailings import Letter
from scheduling.domain.people import SeparatedParents
from scheduling.models import Booking, Guardian, Outbox, Pupil, School, Slot, Topic, db
from scheduling.services import bookings, topics
from tests.builders import a_booking, household_of
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit

CANARY = "kanarie"
HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "${7*7}", "javascript:alert(1)",
    "<svg onload=alert(1)>", "'; DROP TABLE booking; --", "=HYPERLINK(1)", "\u202eomgekeerd", "a\u200bb",
)  # fmt: skip


@pytest.fixture
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(app: Flask, in_august: time_machine.Traveller) -> World:
    with app.app_context():
        return a_world_to_visit()


def visit(app: Flask, person) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.merge(person, load=False))


def every_page(app: Flask, visitor: Visitor, world: World, pupil: Pupil) -> list[str]:
    """Everything a family can open about this child, as text."""
    base = f"/family/talks/{world.start.id}/{pupil.id}"
    paths = ["", "/time", "/cancel", "/call", "/none", "/topics", "/interpreter", "/calendar.ics"]
    paths += [f"/time/{slot.id}" for slot in world.karin_slots]
    addresses = ["/family/", "/family/contact", "/family/kept", *(base + path for path in paths)]
    return [visitor.client.get(address, follow_redirects=True).get_data(as_text=True) for address in addresses]


@pytest.mark.parametrize("separate", [True, False])
def test_no_page_tells_one_home_anything_of_the_other(app, world, separate):
    with app.app_context():
        els = db.session.get(Guardian, world.els.id)
        els.given_name, els.surname, els.email = f"Els{CANARY}", CANARY, f"{CANARY}@example.org"
        els.phone, els.language = f"06 {CANARY}", "en"
        home = household_of(els)
        talk = db.session.get(Booking, world.milas_talk.id)
        if separate:
            db.session.get(School, 1).separated_parents = SeparatedParents.ALWAYS_TWO
            talk.household_id = home.id
            a_booking(db.session.merge(world.start), world.mila, db.session.get(Slot, world.karin_slots[5].id),
                      household=household_of(db.session.get(Guardian, world.ruud.id)))  # fmt: skip
        db.session.commit()
        by = visit_actor(world.els)
        here = {"round_id": world.start.id, "pupil_id": world.mila.id, "by": by, "now": NOW}
        topics.add(text=f"onderwerp {CANARY}", from_pupil=False, **here)
        topics.ask_interpreter(language=f"taal {CANARY}", **here)
    ruud = visit(app, world.ruud)
    pages = every_page(app, ruud, world, world.mila)
    assert "Mila" in pages[0]
    for page in pages:
        assert CANARY not in page
    theirs = "De andere ouder is ook uitgenodigd"
    assert (theirs in pages[0]) is not separate


def visit_actor(guardian: Guardian):
    from scheduling.domain.journal import Actor, ActorKind

    return Actor(ActorKind.GUARDIAN, guardian.id)


def test_the_other_home_of_a_separate_talk_is_not_there(app, world):
    with app.app_context():
        talk = db.session.get(Booking, world.milas_talk.id)
        talk.household_id = household_of(db.session.get(Guardian, world.els.id)).id
        db.session.get(School, 1).separated_parents = SeparatedParents.ALWAYS_TWO
        db.session.commit()
    ruud = visit(app, world.ruud)
    base = f"/family/talks/{world.start.id}/{world.mila.id}"
    assert "16.20" not in ruud.opens("/family/").text
    for act in ("confirm", "cancel", "undo"):
        ruud.posts(f"{base}/{act}", status=404)
    with app.app_context():
        assert db.session.get(Booking, world.milas_talk.id).confirmed_at is None


def test_a_joint_talk_is_confirmed_by_either_home_and_moved_with_the_other_home_or_the_school(app, world):
    ruud = visit(app, world.ruud)
    base = f"/family/talks/{world.start.id}/{world.mila.id}"
    page = ruud.opens("/family/")
    assert "Kies een andere tijd" not in page.text
    assert "Vraag een andere tijd" in page.text
    assert "Bel de school" in ruud.opens(f"{base}/time", status=409).text
    ruud.posts(f"{base}/time/{world.karin_slots[5].id}", status=409)
    away = page.follows("Wij kunnen niet").presses("Wij komen niet")
    assert away.heading == "U komt niet bij dit gesprek"
    assert "Past deze tijd?" in visit(app, world.els).opens("/family/").text
    assert away.presses("Wij komen toch").heading in ("Past deze tijd?", "Uw tijd staat vast")


def test_ids_of_another_family_look_like_ids_that_do_not_exist(app, world):
    layla = visit(app, world.layla)
    for path in ("", "/time", "/cancel", "/call", "/none", "/topics", "/interpreter", "/calendar.ics"):
        theirs = layla.client.get(f"/family/talks/{world.start.id}/{world.daan.id}{path}")
        nobodys = layla.client.get(f"/family/talks/{world.start.id}/987654{path}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        texts = [theirs.get_data(as_text=True), nobodys.get_data(as_text=True)]
        assert texts[0].replace(f"/{world.daan.id}{path}", "") == texts[1].replace(f"/987654{path}", "")


def test_extra_fields_in_a_form_change_nothing(app, world):
    layla = visit(app, world.layla)
    more = {
        "guardian_id": world.petra.id, "pupil_id": world.daan.id, "household_id": 1, "role": "office", "leader_id": 1,
        "state": "cancelled", "is_admin": 1, "version": 99, "booking_id": world.daans_talk.id,
    }  # fmt: skip
    layla.posts(f"/family/talks/{world.start.id}/{world.sami.id}/confirm", **more)
    layla.posts(f"/family/talks/{world.start.id}/{world.sami.id}/topics", text="Lezen", **more)
    with app.app_context():
        assert db.session.get(Booking, world.daans_talk.id).confirmed_at is None
        topic = db.session.scalars(select(Topic)).one()
        assert (topic.pupil_id, topic.guardian_id) == (world.sami.id, world.layla.id)


def test_a_form_from_another_place_is_refused(app, world):
    layla, petra = visit(app, world.layla), visit(app, world.petra)
    address = f"/family/talks/{world.start.id}/{world.sami.id}/confirm"
    for token in ("", "made-up", petra.csrf()):
        layla.posts(address, status=403, csrf_token=token)
    assert layla.client.get(address).status_code == 404
    with app.app_context():
        assert db.session.get(Booking, world.samis_talk.id).confirmed_at is None


@pytest.mark.parametrize("slots", [["0"], ["-1"], ["1e3"], ["٣"], ["9" * 400], ["1", "2"], [" 1"], ["none", "1"]])
def test_a_slot_that_is_no_slot_gets_a_clear_page(app, world, slots):
    layla = visit(app, world.layla)
    address = f"/family/talks/{world.start.id}/{world.sami.id}/time"
    answer = layla.client.post(address, data={"csrf_token": layla.csrf(), "slot": slots})
    assert answer.status_code in (409, 422)
    with app.app_context():
        assert db.session.get(Booking, world.samis_talk.id).ical_sequence == 0


def test_skipping_the_check_page_still_asks_every_rule(app, world):
    layla = visit(app, world.layla)
    base = f"/family/talks/{world.start.id}/{world.sami.id}/time"
    for slot, status in (
        (world.bas_slots[1].id, 409),  # Daan has it
        (world.bas_slots[2].id, 409),  # Noor's talk is then
        (world.karin_slots[0].id, 404),  # another leader's
        (987_654, 404), (0, 404), (2**70, 404),
    ):  # fmt: skip
        layla.posts(f"{base}/{slot}", status=status)
    with app.app_context():
        assert db.session.get(Booking, world.samis_talk.id).ical_sequence == 0


def test_hostile_names_and_topics_are_shown_as_text(app, world):
    layla = visit(app, world.layla)
    base = f"/family/talks/{world.start.id}/{world.sami.id}"
    for attack in HOSTILE:
        with app.app_context():
            db.session.get(Pupil, world.sami.id).given_name = attack
            db.session.get(Guardian, world.omar.id).given_name = attack
            db.session.get(Booking, world.samis_talk.id).room = attack
            db.session.query(Topic).delete()
            db.session.commit()
        layla.client.post(f"{base}/topics", data={"csrf_token": layla.csrf(), "text": attack})
        for path in ("/family/", base, f"{base}/time", f"{base}/topics", f"{base}/cancel", f"{base}/interpreter"):
            soup = BeautifulSoup(layla.client.get(path).get_data(as_text=True), "html.parser")
            assert soup.find_all(["script", "img"]) == []
            assert soup.select("svg[onload]") == []
            assert "49" not in soup.title.get_text()
            assert attack in soup.get_text()
        calendar = layla.client.get(f"{base}/calendar.ics").get_data(as_text=True)
        assert calendar.count("BEGIN:VEVENT") == 1


def test_the_same_answer_sent_five_times_at_once_has_one_effect_and_one_letter(app, world):
    with app.app_context():
        start, by = world.start.id, visit_actor(world.layla)
        db.session.get(Booking, world.samis_talk.id).invited_at = NOW
        db.session.commit()

    def confirm(_turn: int) -> int:
        with app.app_context():
            return bookings.confirm(booking_id=world.samis_talk.id, by=by, now=NOW)

    with ThreadPoolExecutor(5) as pool:
        assert set(pool.map(confirm, range(5))) == {world.samis_talk.id}
    layla = visit(app, world.layla)
    layla.posts(f"/family/talks/{start}/{world.sami.id}/confirm")
    with app.app_context():
        told = select(Outbox.guardian_id).where(Outbox.letter == Letter.CONFIRMED).order_by(Outbox.guardian_id)
        assert db.session.scalars(told).all() == [world.layla.id, world.omar.id]


def test_two_tabs_that_choose_two_times_end_with_one_talk(app, world):
    tabs = [visit(app, world.layla), visit(app, world.layla)]
    base = f"/family/talks/{world.start.id}/{world.sami.id}/time"
    wanted = [world.bas_slots[3].id, world.bas_slots[4].id]
    tokens = [tab.csrf() for tab in tabs]

    def choose(tab: int) -> int:
        answer = tabs[tab].client.post(f"{base}/{wanted[tab]}", data={"csrf_token": tokens[tab]})
        return int(answer.status_code)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(choose, range(2))) == [303, 303]
    with app.app_context():
        held = db.session.scalars(select(Slot.id).where(Slot.booking_id == world.samis_talk.id)).all()
        assert len(held) == 1
        assert held[0] in wanted


def test_two_families_that_press_at_the_same_moment_have_one_winner_each_time(app, world):
    slot = world.bas_slots[4].id
    families = {world.sami.id: visit_actor(world.layla), world.daan.id: visit_actor(world.petra)}
    talks = {world.sami.id: world.samis_talk.id, world.daan.id: world.daans_talk.id}
    back = {world.sami.id: world.bas_slots[0].id, world.daan.id: world.bas_slots[1].id}

    def press(pupil: int) -> bool:
        from scheduling.domain.rounds import SlotTaken

        with app.app_context():
            try:
                bookings.move(booking_id=talks[pupil], slot_id=slot, by=families[pupil], now=NOW)
            except SlotTaken:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            assert sorted(pool.map(press, families)) == [False, True]
            with app.app_context():
                for pupil, by in families.items():
                    bookings.move(booking_id=talks[pupil], slot_id=back[pupil], by=by, now=NOW)
