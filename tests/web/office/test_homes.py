"""The office and a pupil with two homes: what it arranges, what a home asked, and a check before anything changes."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.homes import HomeTalks
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import Booking, OwnTalkWish, TwoHomes, db
from scheduling.services import homes
from tests.builders import NOW, a_booking, household_of
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world


@pytest.fixture
def town(app: Flask):
    """The small world; Mila's joint talk was told to both homes."""
    with time_machine.travel(NOW, tick=False), app.app_context():
        world = a_world()
        world.milas_talk.invited_at = NOW
        db.session.commit()
        yield world
        db.session.remove()


@pytest.fixture
def office(app: Flask, town: World) -> Visitor:
    return Visitor(app).signs_in(town.office)


def address(town: World) -> str:
    return f"/staff/office/pupils/{town.mila.id}/homes"


def arranged(town: World) -> tuple[HomeTalks | None, int]:
    db.session.expire_all()
    row = db.session.scalars(select(TwoHomes).where(TwoHomes.pupil_id == town.mila.id)).one()
    return row.talks, row.apart_minutes


def live(town: World) -> list[int | None]:
    db.session.expire_all()
    talks = db.session.scalars(select(Booking).where(Booking.pupil_id == town.mila.id).order_by(Booking.id))
    return [talk.household_id for talk in talks if talk.cancelled_at is None]


def test_the_office_gives_each_home_a_talk_and_keeps_them_apart_by_the_schools_own_minutes(town, office):
    page = office.opens(f"/staff/office/pupils/{town.mila.id}").follows("Eén gesprek of twee")
    assert page.soup.find("input", attrs={"name": "apart_minutes"})["value"] == "20"
    page = page.presses("Bewaar", talks="apart", keep_apart="y")
    assert arranged(town) == (HomeTalks.APART, 20)
    assert "is nog anders gepland" in page.text
    assert live(town) == [None]


def test_minutes_without_the_tick_keep_nobody_apart(town, office):
    office.opens(address(town)).presses("Bewaar", talks="apart", apart_minutes="45")
    assert arranged(town) == (HomeTalks.APART, 0)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"talks": "together", "keep_apart": "y"}, "kan alleen bij twee gesprekken"),
        ({"talks": "apart", "keep_apart": "y", "apart_minutes": "999"}, "van 0 tot en met 240 minuten"),
        ({"talks": "apart", "keep_apart": "y", "apart_minutes": ""}, "Vul een getal in"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(town, office, fields, said):
    assert said in office.opens(address(town)).presses("Bewaar", status=422, **fields).text
    assert db.session.scalars(select(TwoHomes)).all() == []


def test_a_pupil_with_one_home_offers_nothing_to_choose(town, office):
    assert "Eén gesprek of twee" not in office.opens(f"/staff/office/pupils/{town.sami.id}").text
    page = office.opens(f"/staff/office/pupils/{town.sami.id}/homes")
    assert "Er is niets te kiezen" in page.text


def split_page(town: World, office: Visitor) -> Page:
    office.opens(address(town)).presses("Bewaar", talks="apart")
    return office.opens(address(town)).follows("Kijk wat splitsen doet")


def test_a_check_page_says_what_splitting_does_and_then_it_is_done(town, office):
    page = split_page(town, office)
    assert "Dat vervalt" in page.text
    assert "De ouders weten nog van niets" not in page.text
    ruud, els = household_of(town.ruud).id, household_of(town.els).id
    chosen = page.soup.find("select", attrs={"name": f"slot-{ruud}"}).find("option", selected=True)
    assert "de tijd van nu" in chosen.get_text()
    page = page.presses("Splits het gesprek", **{f"slot-{els}": str(town.karin_slots[5].id)})
    assert "Het gesprek is gesplitst" in page.text
    assert "is nog anders gepland" not in page.text
    assert live(town) == [ruud, els]


def test_a_time_that_was_taken_meanwhile_leaves_everything_as_it_was(town, office):
    page = split_page(town, office)
    a_booking(town.start, town.daan, town.karin_slots[5])
    els = household_of(town.els).id
    page = page.presses("Splits het gesprek", status=409, **{f"slot-{els}": str(town.karin_slots[5].id)})
    assert page.heading == "Splits het gesprek van Mila Yilmaz"
    assert live(town) == [None]


def test_who_comes_back_to_a_check_that_was_done_sees_how_it_is(town, office):
    page = split_page(town, office)
    page.presses("Splits het gesprek")
    assert page.presses("Splits het gesprek").heading == "De huizen van Mila Yilmaz"


def test_two_talks_are_joined_after_a_check(town, office):
    split_page(town, office).presses("Splits het gesprek")
    page = office.opens(address(town)).presses("Bewaar", talks="together").follows("Kijk wat samenvoegen doet")
    page = page.presses("Maak er één gesprek van")
    assert "Het is nu één gesprek" in page.text
    assert live(town) == [None]


@pytest.mark.parametrize(
    ("answer", "talks"), [("Geef elk huis een eigen gesprek", HomeTalks.APART), ("Laat het", None)]
)
def test_the_office_sees_what_a_home_asked_and_answers(town, office, answer, talks):
    by = Actor(ActorKind.GUARDIAN, town.els.id)
    homes.ask(pupil_id=town.mila.id, year_id=town.start.year_id, by=by, now=NOW)
    page = office.opens("/staff/office/corrections").follows("Bekijk en beslis")
    assert "Els Yilmaz vraagt een eigen gesprek" in page.text
    page.presses(answer)
    assert db.session.scalars(select(OwnTalkWish.accepted)).all() == [talks is not None]
    assert [row.talks for row in db.session.scalars(select(TwoHomes))] == [talks] * (talks is not None)
    assert "vraagt een eigen gesprek" not in office.opens("/staff/office/corrections").text


def test_the_school_keeps_its_own_number_of_minutes(town, office):
    office.opens("/staff/office/school").presses("Bewaar", apart_minutes="35")
    page = office.opens(address(town))
    assert page.soup.find("input", attrs={"name": "apart_minutes"})["value"] == "35"


def test_a_home_that_asks_for_an_own_talk_is_seen_where_the_office_begins(town, office):
    assert "eigen gesprek" not in office.opens("/staff/").text
    homes.ask(pupil_id=town.mila.id, year_id=town.start.year_id, by=Actor(ActorKind.GUARDIAN, town.els.id), now=NOW)
    for place in ("/staff/", "/staff/office/people"):
        assert "Eén huis vraagt een eigen gesprek." in office.opens(place).text
    page = office.opens("/staff/").follows("Bekijk de huizen")
    assert "Els Yilmaz vraagt een eigen gesprek over Mila Yilmaz" in page.text
    page = page.follows("Bekijk en beslis over Mila Yilmaz").presses("Geef elk huis een eigen gesprek")
    assert "eigen gesprek" not in office.opens("/staff/").text


def test_the_office_sees_for_whom_something_was_arranged_and_what_is_still_planned_otherwise(town, office):
    page = office.opens("/staff/office/people").follows("Leerlingen met twee huizen")
    assert "Voor geen enkele leerling is iets anders afgesproken" in page.text
    office.opens(address(town)).presses("Bewaar", talks="apart", keep_apart="y", apart_minutes="45")
    page = office.opens("/staff/office/homes")
    row = " ".join(page.soup.find("tbody").get_text(" ").split())
    assert row == "Mila Yilmaz 6 Ruud Yilmaz Els Yilmaz twee gesprekken nog anders gepland minstens 45 minuten"
    assert page.follows("Mila Yilmaz").heading == "De huizen van Mila Yilmaz"


def test_two_times_that_cannot_be_together_are_refused_and_what_was_chosen_stays(town, office):
    office.opens(address(town)).presses("Bewaar", talks="apart", keep_apart="y", apart_minutes="30")
    page = office.opens(address(town)).follows("Kijk wat splitsen doet")
    assert "minstens 30 minuten ertussen" in page.text
    ruud, els = (f"slot-{household_of(who).id}" for who in (town.ruud, town.els))
    now = page.soup.find("select", attrs={"name": ruud}).find("option", selected=True)["value"]
    page = page.presses("Splits het gesprek", status=409, **{ruud: now, els: now})
    assert "Kies voor elk huis een andere tijd." in page.text
    near = str(town.karin_slots[4].id)
    page = page.presses("Splits het gesprek", status=409, **{ruud: now, els: near})
    assert "Deze tijden liggen te dicht bij elkaar." in page.text
    kept = [
        page.soup.find("select", attrs={"name": name}).find("option", selected=True)["value"] for name in (ruud, els)
    ]
    assert kept == [now, near]
    assert live(town) == [None]
