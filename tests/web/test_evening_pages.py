"""The pages of a contact evening at each of its stages: there for whom they are meant, and by the rules of the house.

`test_doors.py` walks a school with start conversations; these pages show something else there, or nothing at all.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.models import Booking, Slot, db
from tests.builders import NOW, household_of
from tests.evening_worlds import EveningWorld, Stage, an_evening_to_visit
from tests.services.test_evening_choices import ChoosingSchool
from tests.visitor import Visitor
from tests.web.test_doors import address

PAGES = {
    (Stage.ASKED, "layla"): ("family.home", "family.requests"),
    (Stage.ASKED, "anna"): ("leader.roster", "leader.requests", "leader.list", "leader.times", "leader.lengths"),
    (Stage.ASKED, "office"): (
        "office.rounds", "office.new_evenings", "office.round", "office.round_class", "office.round_settings",
        "office.round_minutes", "office.round_copy", "office.round_times", "office.leader_hours", "office.leader_room",
        "office.requests", "office.requests?which=silent", "office.requests_of", "office.leader_requests",
        "office.mailings", "office.mailing", "office.rosters", "office.roster", "office.roster?per=teachers",
        "office.roster?per=families", "office.roster?talk={talk}", "office.roster?talk={missed}",
        "office.compare_rosters?with=2",
    ),
    (Stage.PLANNED, "layla"): (
        "family.home", "family.requests", "family.more_requests", "family.talk?request={request}",
        "family.times?request={request}", "family.check_time?request={request}", "family.ask_cancel?request={request}",
        "family.swap?request={request}", "family.show_topics?request={request}",
    ),
    (Stage.PLANNED, "anna"): (
        "leader.roster", "leader.list", "leader.sheet", "leader.talk", "leader.move", "leader.requests", "leader.away",
        "leader.check_away?from_day={day}&until_day={day}", "leader.swaps",
        "leader.lengths?day={round_id}-{day}&minutes=20", "leader.lengths?day={round_id}-{day}&minutes=60",
        "leader.check_move?slot={slot_id}", "leader.new_single?pupil={pupil_id}",
    ),
    (Stage.PLANNED, "office"): (
        "office.round", "office.round_class", "office.requests", "office.requests_of", "office.rosters",
        "office.roster", "office.roster?per=teachers", "office.roster?per=families", "office.mailing", "office.swaps",
        "office.leaders", "office.leader_roster", "office.pupil", "office.leader_room",
    ),
    (Stage.TODAY, "layla"): ("family.home", "family.talk?request={request}"),
    (Stage.TODAY, "anna"): (
        "leader.today", "leader.roster", "leader.talk", "leader.afterwards",
        "leader.check_away?from_day={day}&until_day={day}",
    ),
    (Stage.TODAY, "office"): (
        "office.welcome", "office.doors", "office.signs", "office.screens", "office.leader_today", "screens.show",
    ),
}  # fmt: skip
"""By stage and by person: endpoints, with what is asked for behind the question mark."""


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("stage", Stage)
def test_every_page_of_an_evening_opens(app: Flask, stage: Stage):
    with app.app_context():
        world = an_evening_to_visit(stage)
        visitors = {
            "layla": Visitor(app).comes_by_link(world.layla),
            "anna": Visitor(app).signs_in(world.anna),
            "office": Visitor(app).signs_in(world.office),
        }
    for (at, who), names in PAGES.items():
        for name in names if at is stage else ():
            visitors[who].opens(address_of(app, name, world))


def test_who_has_many_talks_answers_them_all_on_the_first_screen(app: Flask):
    with app.app_context():
        world = an_evening_to_visit(Stage.PLANNED)
        layla, anna = Visitor(app).comes_by_link(world.layla), Visitor(app).signs_in(world.anna)
    page = layla.opens("/family/")
    question, first = page.text.index("Passen al deze tijden?"), page.text.index("gesprek met Bo Jansen")
    assert question < first
    done = page.presses("Ja, al deze tijden passen")
    assert "Al uw tijden staan vast" in done.text
    assert "kies wie u graag wilt spreken" not in anna.opens("/staff/leader/").text, "the times are there by now"


def test_an_evening_page_that_is_older_than_its_times_books_nothing_and_shows_them_as_they_are(app: Flask):
    with app.app_context():
        school = ChoosingSchool()
        layla, office = Visitor(app).comes_by_link(school.layla), Visitor(app).signs_in(school.office)
        name, seen = f"time-{school.sami.id}-{school.anna.id}", school.seen(school.anna, 0)
        address, home = f"/family/evenings/{school.evening.id}", household_of(school.layla).id
        phone = f"/staff/office/rounds/{school.evening.id}/choose/home/{home}"
    page, call = layla.opens(address), office.opens(phone)
    chosen = {name: f"{seen.slot_id}-{seen.seen_at.timestamp():.0f}"}
    with app.app_context():
        for slot in db.session.query(Slot).filter_by(leader_id=school.anna.id):
            slot.starts_at, slot.ends_at = slot.starts_at + timedelta(hours=2), slot.ends_at + timedelta(hours=2)
        db.session.commit()
    for refused in (
        page.presses("Zet deze tijden vast", status=409, **chosen),
        call.presses("Zet deze tijden vast", status=409, **chosen),
    ):
        assert "Deze tijd is net gekozen" in refused.text
    with app.app_context():
        assert db.session.query(Booking).count() == 0


def address_of(app: Flask, name: str, world: EveningWorld) -> str:
    endpoint, _, query = name.partition("?")
    (rule,) = (one for one in app.url_map.iter_rules(endpoint) if "GET" in (one.methods or ()))
    return f"{address(app, rule, world)}?{query.format(**world.arguments())}"
