"""A family says by link which days and times suit, on one page; and reads later what became of it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import BookingOrigin, RoundKind
from scheduling.domain.single_talks import HomeVisits
from scheduling.models import (
    Booking,
    ClassLeader,
    Guardian,
    HomeWishes,
    LeaderOpening,
    PracticalNeed,
    Round,
    WishedTime,
    db,
)
from scheduling.models import School as SchoolFacts
from scheduling.services import leading
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
    a_guardian,
    a_pupil,
    an_office_worker,
    household_of,
    some_slots,
)
from tests.visitor import Visitor
from tests.worlds import WishingSchool

DAY = timedelta(days=1)
EARLY, LATE = "2027-08-31.early_afternoon", "2027-08-31.late_afternoon"


class School(WishingSchool):
    """Ruud and Els live apart and have one child, in group 3. The round asks until 23 August."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__(NOW.replace(hour=22) + 3 * DAY)
            self.mila = a_pupil("Mila", self.three)
            self.ruud, self.els = a_guardian("Ruud", self.mila), a_guardian("Els", self.mila, position=2)
            self.slots = some_slots(self.start, self.anna, count=6, first=TUESDAY - timedelta(hours=1), opened=False)
            self.karins = some_slots(self.start, self.karin, count=3, first=TUESDAY, opened=False)
            db.session.commit()
            db.session.expunge_all()
        self.address = f"/family/wishes/{self.start.id}"

    def visit(self, who: Guardian) -> Visitor:
        with self.app.app_context():
            return Visitor(self.app).comes_by_link(db.session.merge(who, load=False))

    def count(self, model: type) -> int:
        with self.app.app_context():
            return db.session.query(model).count()

    def change(self, **values: object) -> None:
        with self.app.app_context():
            found = db.session.get_one(Round, self.start.id)
            for name, value in values.items():
                setattr(found, name, value)
            db.session.commit()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def school(app: Flask, clock: time_machine.Traveller) -> School:
    return School(app)


def test_the_first_page_behind_the_link_asks_which_times_suit(school: School) -> None:
    home = school.visit(school.layla).opens("/family/")
    assert "Doorgeven of veranderen kan tot en met maandag 23 augustus" in home.text
    page = home.follows("Geef uw wensen door")
    assert page.heading == "Welke tijden passen bij u?"
    assert "U vult dit één keer in voor Sami (groep 3) en Noor (groep 6)" in page.text
    assert "14.00 tot 15.00 uur" in page.text
    assert "15.00 tot 16.00 uur" in page.text
    assert "Niets ingevuld? Ook dan krijgt u gewoon een tijd." in page.text


def test_in_a_round_of_introductions_a_family_says_where_and_the_office_may_write_it_down(school: School) -> None:
    assert "Waar spreken wij elkaar het liefst?" not in school.visit(school.layla).opens(school.address).text
    school.change(kind=RoundKind.INTRO_CONVERSATION)
    with school.app.app_context():
        db.session.get_one(SchoolFacts, 1).home_visits = HomeVisits.INTRO_CHOICE
        db.session.commit()
        office, home = Visitor(school.app).signs_in(an_office_worker()), household_of(school.layla).id
    page = school.visit(school.layla).opens(school.address)
    assert chosen(page)["place"] == "school"
    page = page.presses("Bewaar mijn tijden", place="home")
    assert chosen(page)["place"] == "home"
    page = office.opens(f"/staff/office/rounds/{school.start.id}/wishes/home/{home}")
    assert "Waar wil dit gezin het gesprek?" in page.text
    assert chosen(page)["place"] == "home"


def test_where_a_class_has_two_leaders_a_family_asks_for_both_in_one_talk(school: School) -> None:
    page = school.visit(school.ruud).opens(school.address)
    assert "leaders" not in chosen(page)
    with school.app.app_context():
        db.session.add(ClassLeader(class_id=school.three.id, staff_id=school.karin.id, position=2))
        db.session.commit()
    page = school.visit(school.ruud).opens(school.address)
    assert chosen(page)["leaders"] == "one"
    page = page.presses("Bewaar mijn tijden", leaders="both")
    assert chosen(page)["leaders"] == "both"
    page = page.presses("Bewaar mijn tijden", leaders="everybody")
    assert chosen(page)["leaders"] == "both", "what cannot be read changes nothing"
    with school.app.app_context():
        home = household_of(db.session.merge(school.ruud, load=False)).id
        office = Visitor(school.app).signs_in(an_office_worker("Ida"))
    page = office.opens(f"/staff/office/rounds/{school.start.id}/wishes/home/{home}")
    assert chosen(page)["leaders"] == "both"
    assert chosen(page.presses("Bewaar deze wensen", leaders="one"))["leaders"] == "one"
    assert chosen(school.visit(school.els).opens(school.address))["leaders"] == "one", "the other home's is its own"


def test_what_was_filled_in_stands_there_again_and_for_the_other_parent_at_home(school: School) -> None:
    page = school.visit(school.layla).opens(school.address)
    page = page.presses("Bewaar mijn tijden", **{EARLY: "good", LATE: "cannot", "siblings": "together"})
    assert "Bewaard. Wij zoeken tijden die goed vallen." in page.text
    assert chosen(page) == {EARLY: "good", LATE: "cannot", "siblings": "together"}
    other = school.visit(school.omar).opens("/family/").follows("Bekijk of verander uw wensen")
    assert chosen(other) == chosen(page)
    assert "Layla bewaarde dit: vrijdag 20 augustus, 10.00 uur" in other.text
    other = other.presses("Bewaar mijn tijden", **{EARLY: "", LATE: "can"})
    assert chosen(school.visit(school.layla).opens(school.address)) == {LATE: "can", "siblings": "together"}


def test_the_other_home_of_a_child_reads_nothing_of_it(school: School) -> None:
    school.visit(school.ruud).opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "cannot"})
    els = school.visit(school.els)
    assert "Welke tijden passen bij u?" in els.opens("/family/").text
    page = els.opens(school.address)
    assert chosen(page) == {}
    assert "bewaarde" not in page.text
    assert "Ruud" not in page.html
    assert "broer" not in page.text
    assert page.soup.find("input", attrs={"name": "siblings"}) is None, "one child: nothing to put side by side"


def test_a_late_family_is_told_that_it_is_no_disadvantage(school: School, clock: time_machine.Traveller) -> None:
    clock.move_to(NOW + 5 * DAY)
    layla = school.visit(school.layla)
    assert "De datum is voorbij. U kunt het nog doorgeven" in layla.opens("/family/").text
    page = layla.opens(school.address)
    assert "Dat is geen nadeel: ook dan krijgt u gewoon een tijd." in page.text
    assert chosen(page.presses("Bewaar mijn tijden", **{EARLY: "good"})) == {EARLY: "good", "siblings": "no_matter"}


def test_once_the_times_are_there_the_page_leads_to_them(school: School) -> None:
    layla = school.visit(school.layla)
    late = layla.opens(school.address)
    with school.app.app_context():
        for leader in (school.anna, school.karin):
            db.session.add(LeaderOpening(round_id=school.start.id, leader_id=leader.id, opened_at=NOW))
        db.session.commit()
    page = late.presses("Bewaar mijn tijden", status=409, **{EARLY: "good"})
    assert "De tijden zijn al gemaakt." in page.text
    assert layla.opens(school.address).heading == "Uw tijden zijn er"
    assert "wensen" not in layla.opens("/family/").text
    assert school.count(HomeWishes) == 0


def test_a_round_without_wishes_has_no_such_page(school: School) -> None:
    school.change(wishes_until=None)
    layla = school.visit(school.layla)
    layla.opens(school.address, status=404)
    layla.posts(school.address, status=404, **{EARLY: "good"})
    assert "Welke tijden passen bij u?" not in layla.opens("/family/").text
    layla.opens("/family/wishes/987654", status=404)


def test_nonsense_in_the_form_says_nothing(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.posts(school.address, **{EARLY: "maybe", "2030-01-01.morning": "good", "siblings": "twins"})
    assert chosen(page) == {"siblings": "no_matter"}
    assert school.count(WishedTime) == 0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("good", "Dit is een tijd die u goed paste."),
        ("can", "Dit is een tijd die voor u ook kon."),
        ("cannot", "U gaf door dat deze tijd niet past. Neem gerust een andere, of bel de school."),
    ],
)
def test_the_family_reads_what_became_of_its_wishes(school: School, answer: str, words: str) -> None:
    layla = school.visit(school.layla)
    layla.opens(school.address).presses("Bewaar mijn tijden", **{EARLY: answer})
    school.visit(school.ruud).opens(school.address).presses("Bewaar mijn tijden", **{LATE: "good"})
    with school.app.app_context():
        home = household_of(school.layla)
        slots = [db.session.merge(slot, load=False) for slot in school.slots]
        a_booking(school.start, school.sami, slots[0], household=home)
        a_booking(school.start, school.mila, slots[1])
    address = f"/family/talks/{school.start.id}/{school.sami.id}"
    assert words in layla.opens(address).text
    other = school.visit(school.els).opens(f"/family/talks/{school.start.id}/{school.mila.id}").text
    assert "tijd die" not in other, "what the other home wished is not hers to read"


def test_a_time_that_the_school_moved_is_judged_again_and_one_that_the_family_took_is_not(school: School) -> None:
    layla = school.visit(school.layla)
    layla.opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "good", LATE: "cannot"})
    with school.app.app_context():
        slots = [db.session.merge(slot, load=False) for slot in school.slots]
        talk = a_booking(school.start, school.sami, slots[0], household=household_of(school.layla))
        office = an_office_worker()
        leading.move(
            booking_id=talk.id, slot_id=slots[4].id, leader_id=school.anna.id, agreed=False,
            origin=BookingOrigin.OFFICE, by=Actor(ActorKind.STAFF, office.id), now=NOW,
        )  # fmt: skip
    address = f"/family/talks/{school.start.id}/{school.sami.id}"
    page = layla.opens(address)
    assert "U gaf door dat deze tijd niet past." in page.text
    assert "U gaf door" not in page.presses("Ja, deze tijd past").text, "it suits after all"
    with school.app.app_context():
        db.session.query(Booking).one().origin = BookingOrigin.FAMILY
        db.session.commit()
    assert "tijd die" not in layla.opens(address).text


def test_the_family_reads_on_one_page_what_became_of_all_its_wishes(school: School) -> None:
    layla = school.visit(school.layla)
    layla.opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "good", LATE: "can", "siblings": "apart"})
    with school.app.app_context():
        home = household_of(school.layla)
        slots = [db.session.merge(slot, load=False) for slot in (school.slots[0], school.karins[1])]
        a_booking(school.start, school.sami, slots[0], household=home)
        a_booking(school.start, school.noor, slots[1], household=home)
    page = layla.opens(school.address)
    assert page.heading == "Uw tijden zijn er"
    assert "Sami dinsdag 31 augustus, 14.00 uur Dit is een tijd die u goed paste." in page.text
    assert "Noor dinsdag 31 augustus, 15.20 uur Dit is een tijd die voor u ook kon." in page.text
    assert "Verschillende dagen lukten niet voor alle gesprekken." in page.text
    with school.app.app_context():
        booking = db.session.query(Booking).filter_by(pupil_id=school.noor.id).one()
        booking.starts_at, booking.ends_at = booking.starts_at + DAY, booking.ends_at + DAY
        db.session.commit()
    assert "op verschillende dagen, zoals u vroeg" in layla.opens(school.address).text


def test_the_note_on_the_first_page_says_which_talks_it_asks_about(school: School) -> None:
    home = school.visit(school.layla).opens("/family/")
    assert "Het gaat om: Startgesprekken ( Sami , Noor )" in home.text


def chosen(page) -> dict[str, str]:
    """What is filled in on the page."""
    ticked = page.soup.find_all("input", type="radio", checked=True)
    return {str(one["name"]): str(one["value"]) for one in ticked}


def test_beside_the_wishes_a_home_says_what_it_needs_and_the_other_home_reads_nothing_of_it(school: School) -> None:
    page = school.visit(school.ruud).opens(school.address).follows("Praktisch nodig bij het gesprek over Mila")
    page.presses("Bewaar", ground_floor="y", need="plek voor een rolstoel")
    assert school.count(PracticalNeed) == 1
    page = school.visit(school.els).opens(school.address).follows("Praktisch nodig bij het gesprek over Mila")
    assert "plek voor een rolstoel" not in page.text
    assert not page.soup.find(attrs={"name": "ground_floor"}).has_attr("checked")
