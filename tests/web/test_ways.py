"""How a family and a leader meet, on the pages of all who need to know."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import HomeVisits, Medium
from scheduling.models import Guardian, Round, School, Slot, Staff, TalkWay, db
from tests.builders import NOW, TUESDAY, a_booking, household_of
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit

LINK = "https://beeld.example.org/kamer-sami"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def family(app: Flask, who: Guardian) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(who)


def staff(app: Flask, who: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(who)


def offered(app: Flask, world: World, template: str = "") -> None:
    with app.app_context():
        found = db.session.get_one(Round, world.start.id)
        found.by_phone = found.by_video = True
        db.session.get_one(School, 1).video_template = template
        db.session.commit()


def talk_of(world: World) -> str:
    return f"/family/talks/{world.start.id}/{world.sami.id}"


def test_the_office_says_in_the_settings_how_families_may_meet(app: Flask, world: World):
    office = staff(app, world.office)
    layla = family(app, world.layla)
    assert "Op school of anders" not in layla.opens(talk_of(world)).text
    office.opens(f"/staff/office/rounds/{world.start.id}/settings").presses("Bewaar", by_phone="y")
    page = office.opens(f"/staff/office/rounds/{world.start.id}/settings")
    assert page.soup.find(id="by_phone").has_attr("checked")
    assert not page.soup.find(id="by_video").has_attr("checked")
    page = layla.opens(talk_of(world)).follows("Op school of anders")
    assert [one["value"] for one in page.soup.find_all("input", {"name": "way"})] == ["school", "phone"]


def test_a_parent_chooses_the_phone_and_reads_that_the_school_calls(app: Flask, world: World):
    offered(app, world)
    layla = family(app, world.layla)
    page = layla.opens(talk_of(world)).follows("Op school of anders")
    assert "Hoe spreken wij elkaar?" in page.heading
    assert "De tijd blijft zoals hij is." in page.text
    page = page.presses("Bewaar", way="phone")
    assert "Aan de telefoon. De school belt u." in page.text
    agenda = layla.client.get(f"{talk_of(world)}/calendar.ics").get_data(as_text=True)
    assert "LOCATION:Aan de telefoon" in agenda
    page = layla.posts(f"{talk_of(world)}/way", status=422, way="home")
    assert "Kies een van deze manieren." in page.text


def test_a_parent_who_chooses_video_finds_the_link_on_the_page(app: Flask, world: World):
    offered(app, world, "https://beeld.example.org/{code}")
    page = family(app, world.layla).opens(f"{talk_of(world)}/way").presses("Bewaar", way="video")
    with app.app_context():
        link = db.session.get_one(TalkWay, world.samis_talk.id).join_link
    assert link in page.links()
    assert "Lukt beeld niet? Bellen of op school is net zo goed." in page.text
    assert link not in family(app, world.petra).opens("/family/").links()


def test_the_leader_pastes_a_link_and_the_office_may_as_well(app: Flask, world: World):
    bas = staff(app, world.bas)
    address = f"/staff/leader/talks/{world.samis_talk.id}"
    page = bas.opens(address).follows("Op school of anders")
    bad = page.presses("Bewaar", status=422, way="video", join_link="http://beeld.example.org/kamer")
    assert bad.soup.find("input", {"name": "join_link"})["value"] == "http://beeld.example.org/kamer"
    page = page.presses("Bewaar", way="video", join_link=LINK)
    assert LINK in page.links()
    assert "Met beeld, via een eigen link" in page.text
    for where in ("", "sheet"):
        assert "met beeld, via een eigen link" in bas.opens(f"/staff/leader/{where}").text
    office = staff(app, world.office)
    desk = f"/staff/office/leaders/{world.bas.id}/talks"
    page = office.opens(f"{desk}/{world.daans_talk.id}/way").presses("Bewaar", status=422, way="video", join_link=LINK)
    assert "Deze link is al van een ander gesprek." in page.text
    office.opens(f"{desk}/{world.daans_talk.id}/way").presses("Bewaar", way="phone")
    late = office.opens(f"{desk}/{world.samis_talk.id}/way")
    bas.opens(f"{address}/way").presses("Bewaar", way="video", join_link=f"{LINK}-2")
    late = late.presses("Bewaar", status=409, way="video", join_link=f"{LINK}-3")
    assert f"Iemand anders was net eerder. Nu staat er: Met beeld, via een eigen link ({LINK}-2)." in late.text
    assert late.soup.find("input", {"name": "join_link"})["value"] == f"{LINK}-3", "what was typed stays"
    assert f"{LINK}-3" in late.presses("Bewaar", way="video", join_link=f"{LINK}-3").links()
    with time_machine.travel(TUESDAY, tick=False):
        welcome = staff(app, world.office).opens("/staff/office/days", day=TUESDAY.date().isoformat())
        doors = staff(app, world.office).opens("/staff/office/days/doors", day=TUESDAY.date().isoformat())
    assert "niet op school" in welcome.text
    assert "bezet" in doors.text
    assert "Sami" not in doors.text


def introduced(world: World) -> None:
    """From now on the round is one of introductions, at school or at home."""
    db.session.get_one(Round, world.start.id).kind = RoundKind.INTRO_CONVERSATION
    db.session.get_one(School, 1).home_visits = HomeVisits.INTRO_CHOICE
    db.session.commit()


def test_a_family_that_picks_a_time_says_where_and_only_the_visitor_reads_the_address(app: Flask, world: World):
    with app.app_context():
        introduced(world)
    layla, bas, office = family(app, world.layla), staff(app, world.bas), staff(app, world.office)
    layla.posts(f"{talk_of(world)}/cancel")
    page = layla.opens(f"{talk_of(world)}/time")
    assert "U kiest zelf: op school of bij u thuis." in page.text
    chosen = next(
        label.find("input")["value"] for label in page.soup.find_all("label") if "ook bij u thuis" in label.get_text()
    )
    page = page.presses("Verder", slot=chosen).presses("Bevestig", way="home", address="Laan 3")
    assert "Bij u thuis" in page.text
    with app.app_context():
        made = db.session.query(TalkWay).filter_by(way=Medium.HOME).one().booking_id
    own = bas.opens(f"/staff/leader/talks/{made}")
    assert "Laan 3" in own.text
    assert "15 minuten ervoor, 15 minuten erna" in own.text
    other = office.opens(f"/staff/office/leaders/{world.bas.id}/talks/{made}")
    assert "Laan 3" not in other.text
    assert "Alleen wie op bezoek gaat, ziet waar." in other.text
    assert "Laan 3" not in office.opens(f"/staff/office/leaders/{world.bas.id}/talks/{made}/way").text
    way = office.opens(f"/staff/office/leaders/{world.bas.id}/talks/{made}/way")
    for field, typed in (("travel_before", "tien"), ("travel_after", "500")):
        wrong = way.presses("Bewaar", status=422, **{field: typed}).soup.find(id=field)
        assert (wrong["value"], wrong.get("aria-invalid")) == (typed, "true")
    kept = way.presses("Bewaar", travel_before="10")
    assert "10 minuten ervoor" in kept.text
    with app.app_context():
        assert db.session.get_one(TalkWay, made).address == "Laan 3", "the office leaves it as it is"
    page = layla.opens(f"{talk_of(world)}/way")
    assert page.soup.find(id="address")["value"] == "Laan 3"
    assert "Hier staan de tijden waarop wij naar u toe kunnen komen." in layla.opens(f"{talk_of(world)}/time").text


def test_a_visitor_who_moves_a_visit_reads_first_that_it_will_be_at_school(app: Flask, world: World):
    with app.app_context():
        introduced(world)
        db.session.add(TalkWay(booking_id=world.daans_talk.id, way=Medium.HOME, travel_before=15, travel_after=15))
        db.session.commit()
        free = db.session.query(Slot).filter(Slot.leader_id == world.bas.id, Slot.booking_id.is_(None))
        slots = [slot.id for slot in free.order_by(Slot.starts_at)]
    bas, note = staff(app, world.bas), "Het gesprek is dan op school, en zo staat het in het bericht."
    check = f"/staff/leader/talks/{world.daans_talk.id}/move/check"
    said = {slot: note in bas.opens(check, slot=slot).text for slot in slots[:2]}
    assert said == {slots[0]: False, slots[1]: False}
    with app.app_context():
        beside = db.session.get_one(Slot, slots[1])
        a_booking(world.start, world.mila, beside, household=household_of(world.ruud))
    assert note in bas.opens(check, slot=slots[0]).text


def test_a_time_without_room_for_the_way_is_said_and_what_was_typed_stays(app: Flask, world: World):
    with app.app_context():
        introduced(world)
    page = family(app, world.layla).opens(f"{talk_of(world)}/way")
    page = page.presses("Bewaar", status=409, way="home", address="Laan 3")
    assert "te weinig tijd om naar het gezin te reizen en terug" in page.text
    assert page.soup.find(id="address")["value"] == "Laan 3"
    with app.app_context():
        assert db.session.get(TalkWay, world.samis_talk.id) is None


def test_of_milas_two_homes_one_is_on_the_phone_and_the_teacher_reads_whom_to_call(app: Flask, world: World):
    with app.app_context():
        db.session.get_one(Guardian, world.els.id).phone = "06 12345678"
        db.session.commit()
    here = f"/family/talks/{world.start.id}/{world.mila.id}"
    els, ruud = family(app, world.els), family(app, world.ruud)
    page = els.opens(f"{here}/way")
    assert "de andere ouder krijgt er geen bericht van" in page.text
    page = page.presses("Bewaar", way="phone")
    assert "De school belt u." in page.text
    assert "De school belt u." not in ruud.opens(here).text
    karin = staff(app, world.karin)
    page = karin.opens(f"/staff/leader/talks/{world.milas_talk.id}")
    assert "(aan de telefoon)" in page.text
    assert "tel:0612345678" in page.links()
    page = page.follows("Op school of anders")
    both = [one["value"] for one in page.soup.find_all("input", {"name": "phoning"})]
    assert len(both) == 2
    refused = page.presses("Bewaar wie aan de telefoon is", status=422, phoning=both)
    assert "Doen beide huizen mee aan de telefoon?" in refused.text
    page.presses("Bewaar wie aan de telefoon is", phoning=[])
    assert "De school belt u." not in els.opens(here).text
