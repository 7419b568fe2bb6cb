"""A gathering on a family's page: does it come, with how many, and what stands in the year."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.gatherings import Answer, Coming, Details
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.timeslots import moment_at
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import Booking, GatheringAnswer, GatheringGuest, Guardian, PlannedClass, PlannedDate, Slot, db
from scheduling.services import bookings, gatherings
from tests.builders import NOW, household_of
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world_to_visit

DAY = date(2027, 9, 7)


@pytest.fixture(autouse=True)
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture
def reception(app: Flask, world: World) -> int:
    """The reception of Sami's class, to which the families are invited."""
    with app.app_context():
        return a_reception(world, details=Details(with_pupils=True, childcare=True))


def a_reception(
    world: World, *, details: Details | None = None, day: date = DAY, uid: str = "receptie@linde", for_all: bool = False
) -> int:
    planned = PlannedDate(
        year_id=world.start.year_id, kind=PlannedKind.RECEPTION, day=day, begins=time(17), ends=time(17, 45),
        place="aula", for_all=for_all, published_at=NOW, ical_uid=uid, ical_stamp=NOW,
        classes=[] if for_all else [PlannedClass(class_id=world.three.id)],
    )  # fmt: skip
    db.session.add(planned)
    db.session.commit()
    if details:
        gatherings.set_up(planned_id=planned.id, version=0, details=details, by=SYSTEM, now=NOW)
    gatherings.invite(planned_ids=[planned.id], by=SYSTEM, now=NOW)
    gatherings.tell(NOW)
    return planned.id


@pytest.fixture
def comes(app: Flask) -> Callable[[Guardian], Visitor]:
    def come(person: Guardian) -> Visitor:
        with app.app_context():
            return Visitor(app).comes_by_link(db.session.merge(person, load=False))

    return come


def answers(app: Flask, planned_id: int) -> list[tuple[Coming, int, int, int, bool]]:
    with app.app_context():
        rows = db.session.query(GatheringAnswer).filter_by(planned_id=planned_id).order_by(GatheringAnswer.id)
        return [(row.coming, row.adults, row.children, row.in_childcare, row.shows_names) for row in rows]


def test_one_tap_says_that_the_whole_home_comes(app: Flask, world: World, reception: int, comes):
    page = comes(world.layla).opens("/family/").presses("Wij komen (3)")
    assert "U komt, met 2 volwassenen en 1 kind." in page.text
    assert answers(app, reception) == [(Coming.YES, 2, 1, 0, False)]


def test_an_answer_can_be_changed_until_it_begins(app: Flask, world: World, reception: int, comes, in_august):
    page = comes(world.layla).opens(f"/family/gatherings/{reception}")
    page = page.presses("Geef door", coming="yes", adults="1", children="2", in_childcare="1", shows_names="y")
    assert answers(app, reception) == [(Coming.YES, 1, 2, 1, True)]
    page = page.presses("Verander uw antwoord", coming="perhaps", adults="1", children="", in_childcare="")
    assert "U komt misschien, met 1 volwassene." in page.text
    page = page.presses("Verander uw antwoord", coming="no")
    assert "U komt niet." in page.text
    in_august.move_to(moment_at(DAY, time(17)))
    late = comes(world.layla).opens(f"/family/gatherings/{reception}")
    assert "begonnen of geweest" in late.text
    assert not late.soup.find("input", attrs={"name": "coming"})
    visitor = late.visitor
    answer = visitor.posts(f"/family/gatherings/{reception}", status=409, coming="yes", adults="1")
    assert "Er is niets veranderd" in answer.text
    assert answers(app, reception) == [(Coming.NO, 0, 0, 0, False)]


@pytest.mark.parametrize("typed, said", [
    ({"coming": "yes", "adults": "veel"}, "Vul een heel getal in"), ({"coming": "yes", "adults": "-1"}, "heel getal"),
    ({"coming": "yes", "adults": "21"}, "Vul hoogstens 20 mensen in"),
    ({"coming": "yes", "adults": "", "children": ""}, "Vul in met hoeveel mensen u komt"),
    ({"coming": "yes", "adults": "1", "children": "1", "in_childcare": "2"}, "meer kinderen naar de opvang"),
    ({"coming": None, "adults": "2"}, "Kies een van de antwoorden"),
])  # fmt: skip
def test_a_wrong_answer_is_named_and_what_was_typed_stays(
    app: Flask, world: World, reception: int, comes, typed: dict[str, str | None], said: str
):
    page = comes(world.layla).opens(f"/family/gatherings/{reception}")
    page = page.presses("Geef door", status=422, shows_names="y", **typed)
    assert said in page.soup.find(class_="errors").text
    assert page.soup.find("input", attrs={"name": "adults"})["value"] == typed["adults"]
    assert page.soup.find("input", attrs={"name": "shows_names"}).has_attr("checked")
    assert answers(app, reception) == []


def test_a_full_room_says_how_many_still_fit_and_perhaps_remains(app: Flask, world: World, comes):
    with app.app_context():
        planned = a_reception(world, details=Details(with_pupils=True, capacity=4))
        home = Wisher(household_of(db.session.merge(world.petra)).id)
        petra = Actor(ActorKind.GUARDIAN, world.petra.id)
        gatherings.answer(planned_id=planned, wisher=home, answer=Answer(Coming.YES, 2), by=petra, now=NOW)
    home_page = comes(world.layla).opens("/family/")
    assert "Wij komen" not in home_page.text
    page = home_page.follows("Bekijk en antwoord")
    assert "nog 2 plaatsen" in page.text
    page = page.presses("Geef door", status=409, coming="yes", adults="2", children="1")
    assert "Er zijn nog 2 plaatsen. Kom met minder mensen, of kies misschien." in page.soup.find(class_="errors").text
    assert "U komt misschien" in page.presses("Geef door", coming="perhaps").text


def test_both_parents_of_one_home_see_and_change_one_answer(app: Flask, world: World, reception: int, comes):
    comes(world.layla).opens("/family/").presses("Wij komen")
    page = comes(world.omar).opens(f"/family/gatherings/{reception}")
    assert "U komt, met 2 volwassenen en 1 kind." in page.text
    page.presses("Verander uw antwoord", coming="no")
    assert [row[0] for row in answers(app, reception)] == [Coming.NO]


def test_two_homes_of_a_child_each_have_their_own_answer_and_read_nothing_of_the_other(app: Flask, world: World, comes):
    with app.app_context():
        planned = a_reception(world, for_all=True)
    comes(world.ruud).opens(f"/family/gatherings/{planned}").presses("Geef door", coming="yes", adults="7")
    els = comes(world.els)
    pages = [els.opens("/family/"), els.opens(f"/family/gatherings/{planned}")]
    assert "Komt u?" in pages[0].text
    for page in pages:
        assert "7 volwassenen" not in page.text
        assert 'value="7"' not in page.html
    pages[1].presses("Geef door", coming="no")
    assert [row[:2] for row in answers(app, planned)] == [(Coming.YES, 7), (Coming.NO, 0)]


def test_names_are_shown_only_of_homes_that_allow_it(app: Flask, world: World, reception: int, comes):
    petra = comes(world.petra).opens(f"/family/gatherings/{reception}").presses("Geef door", coming="yes", adults="1")
    layla = comes(world.layla)
    assert "Daan" not in layla.opens(f"/family/gatherings/{reception}").text
    petra.presses("Verander uw antwoord", shows_names="y")
    assert "Daan" in layla.opens(f"/family/gatherings/{reception}").text


def test_what_one_home_shows_to_others_the_other_home_of_the_child_does_not_read(app: Flask, world: World, comes):
    with app.app_context():
        planned = a_reception(world, for_all=True)
    ruud = comes(world.ruud).opens(f"/family/gatherings/{planned}")
    ruud.presses("Geef door", coming="yes", adults="1", shows_names="y")
    assert "Ook deze gezinnen komen Mila" in comes(world.layla).opens(f"/family/gatherings/{planned}").text
    assert "Ook deze gezinnen" not in comes(world.els).opens(f"/family/gatherings/{planned}").text


def test_a_family_of_another_class_finds_no_such_gathering(app: Flask, world: World, reception: int, comes):
    visitor = comes(world.els)
    visitor.opens(f"/family/gatherings/{reception}", status=404)
    visitor.posts(f"/family/gatherings/{reception}", status=404, coming="yes", adults="1")
    assert answers(app, reception) == []


def lines(page: Page) -> list[str]:
    """What stands in the year of this page, in order."""
    found = page.soup.find(id="jaar").find_next_sibling("ul")
    return [" ".join(line.get_text(" ").split()) for line in found.find_all("li")]


def test_the_year_holds_everything_of_all_children_in_order_of_time(
    app: Flask, world: World, reception: int, comes, in_august
):
    with app.app_context():
        common = {"year_id": world.start.year_id, "published_at": NOW, "ical_stamp": NOW}
        six = [PlannedClass(class_id=world.six.id)]
        db.session.add_all([
            PlannedDate(kind=PlannedKind.REPORT, day=date(2028, 2, 11), for_all=True, ical_uid="r@x", **common),
            PlannedDate(kind=PlannedKind.INFORMATION_MOMENT, day=date(2027, 10, 12), begins=time(19, 30), ends=time(21),
                        for_all=False, classes=six, ical_uid="o@x", **common),
            PlannedDate(kind=PlannedKind.CHECKLIST, day=date(2027, 10, 6), for_all=True, ical_uid="c@x", **common),
            PlannedDate(kind=PlannedKind.INFORMATION_EVENING, day=date(2027, 10, 7), for_all=True, ical_uid="i@x",
                        year_id=world.start.year_id, ical_stamp=NOW),
        ])  # fmt: skip
        db.session.commit()
    page = comes(world.layla).opens("/family/")
    found = lines(page)
    assert found[-3:] == [
        "Informatiemoment dinsdag 12 oktober, 19.30 uur", "Ouderkring woensdag 17 november, 20.00 uur",
        "Rapport Vrijdag 11 februari",
    ]  # fmt: skip
    assert "Startreceptie, Sami Komt u? dinsdag 7 september, 17.00 uur" in found
    talks = [line for line in found if "tartgesprek" in line]
    assert [name for line in talks for name in ("Sami", "Noor") if name in line] == ["Sami", "Noor"]
    assert "Checklist" not in page.text
    assert "Informatieavond" not in page.text
    petra = lines(comes(world.petra).opens("/family/"))
    assert not [line for line in petra if "Informatiemoment" in line], "that is of another class"
    in_august.move_to(datetime.combine(date(2027, 11, 1), time(9), tzinfo=NOW.tzinfo))
    later = comes(world.layla).opens("/family/")
    assert "Informatiemoment" in later.soup.find("summary", string="Wat al geweest is").find_parent("details").text
    assert [line.split()[0] for line in lines(later)][:2] == ["Ouderkring", "Rapport"]


def test_what_is_new_since_the_visit_before_is_told_once(app: Flask, world: World, comes, in_august):
    assert "Nieuw sinds" not in comes(world.layla).opens("/family/").text, "on the first visit all is new"
    in_august.shift(timedelta(days=1))
    with app.app_context():
        planned = a_reception(world)
        later = db.session.get_one(Slot, world.bas_slots[4].id)
        db.session.query(GatheringGuest).update({"stamp": datetime.now(NOW.tzinfo)})
        db.session.commit()
        omar = Actor(ActorKind.GUARDIAN, world.omar.id)
        bookings.move(booking_id=world.samis_talk.id, slot_id=later.id, by=omar, now=datetime.now(NOW.tzinfo))
        assert db.session.get_one(Booking, world.samis_talk.id).starts_at == later.starts_at
    in_august.shift(timedelta(days=1))
    visitor = comes(world.layla)
    news = visitor.opens("/family/").soup.find("h2", string="Nieuw sinds uw vorige bezoek").find_parent("div").text
    assert "Startreceptie" in news
    assert "Het gesprek van" in news
    assert "Sami" in news
    assert str(planned) in visitor.opens("/family/").html, "looking again changes nothing"
    assert "Nieuw sinds" in visitor.opens("/family/").text
    in_august.shift(timedelta(days=1))
    assert "Nieuw sinds" not in comes(world.layla).opens("/family/").text


def test_what_a_family_did_itself_is_no_news(app: Flask, world: World, comes, in_august):
    comes(world.layla).opens("/family/")
    in_august.shift(timedelta(hours=1))
    with app.app_context():
        me = Actor(ActorKind.GUARDIAN, world.layla.id)
        bookings.move(
            booking_id=world.samis_talk.id, slot_id=world.bas_slots[4].id, by=me, now=datetime.now(NOW.tzinfo)
        )
    in_august.shift(timedelta(days=1))
    assert "Nieuw sinds" not in comes(world.layla).opens("/family/").text


def test_what_was_called_off_stays_to_be_read_and_asks_nothing(app: Flask, world: World, reception: int, comes):
    with app.app_context():
        gatherings.call_off(planned_id=reception, version=2, by=SYSTEM, now=NOW)
    home = comes(world.layla).opens("/family/")
    assert "Gaat niet door" in home.text
    assert "Wij komen" not in home.text
    assert "gaat niet door" in home.follows("Startreceptie").text
