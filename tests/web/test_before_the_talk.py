"""Pages before a talk: reminders by themselves, the personal list, the message box, and what a talk can be about."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.messages import PER_DAY
from scheduling.models import Outbox, PersonalApproach, ReminderRule, SuggestedTopic, db
from scheduling.services import mailings
from tests.builders import NOW
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
            mailings.send(round_id=made.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
        yield made


def rows(app: Flask, model: type) -> list:
    with app.app_context():
        return db.session.query(model).all()


def test_the_office_turns_reminders_on_and_sees_who_gets_what(app: Flask, world: World):
    office = enter(app, world, "office")
    address = f"/staff/office/rounds/{world.start.id}/reminders"
    assert "Er staat nog niets aan" in office.opens(address).text
    page = office.posts(address, halfway="y", day_before="y", most="2", hour="16")
    assert "Er gaat zo vanzelf een herinnering" in page.text
    assert "zondag 22 augustus" in page.text
    page = office.posts(address, halfway="y", most="9", hour="3", status=422)
    assert "Kies een uur van 9 tot en met 18" in page.text
    assert len(rows(app, ReminderRule)) == 1


def test_a_colleague_notes_that_a_family_was_spoken_to(app: Flask, world: World):
    bas = enter(app, world, "Bas")
    assert "Daan" in bas.opens("/staff/leader/personal").text
    home = world.daans_talk.household_id
    address = f"/staff/leader/personal/{world.start.id}/{world.daan.id}/{home}"
    page = bas.posts(address, spoken_on="2027-08-20", next_step="we_call")
    assert "Persoonlijk benaderd op vrijdag 20 augustus" in page.text
    assert "Die dag komt nog" in bas.posts(address, spoken_on="2027-08-21", next_step="spoken", status=422).text
    karin = enter(app, world, "Karin")
    karin.posts(address, spoken_on="2027-08-20", status=404)
    assert len(rows(app, PersonalApproach)) == 1


def test_a_parent_writes_from_any_page_and_hears_that_it_was_sent(app: Flask, world: World):
    layla = enter(app, world, "Layla")
    assert "Schrijf een bericht" in layla.opens("/family/contact").text
    to = f"{world.bas.id}-{world.sami.id}"
    page = layla.posts("/family/message", to=to, words="Mag Sami eerder weg?")
    assert "Uw bericht gaat naar" in page.text
    assert "Schrijf eerst uw bericht" in layla.posts("/family/message", to=to, words=" ", status=422).text
    assert "Kies aan wie u schrijft" in layla.posts("/family/message", to="1-999", words="Dag", status=422).text
    for number in range(PER_DAY - 1):
        layla.posts("/family/message", to=to, words=f"Dag {number}")
    page = layla.posts("/family/message", to=to, words="Nog een", status=429)
    assert "Nog een" in page.text, "what was typed is not lost"
    messages = [row for row in rows(app, Outbox) if row.letter is Letter.MESSAGE]
    assert len(messages) == PER_DAY


def test_a_parent_with_one_leader_to_write_to_does_not_choose(app: Flask, world: World):
    page = enter(app, world, "Petra").opens("/family/")
    assert "Schrijf Bas Jansen" in " ".join(page.text.split())


def test_the_team_writes_what_a_talk_can_be_about_and_the_family_reads_it(app: Flask, world: World):
    bas = enter(app, world, "Bas")
    lines = "\n".join(f"Onderwerp {number}" for number in range(7))
    page = bas.posts("/staff/suggestions?kind=start_conversation&level=3", lines=lines)
    assert "Meer dan zes wordt snel een lijst om af te vinken" in page.text
    page = bas.posts("/staff/suggestions?kind=start_conversation&level=3", lines="Hoe gaat het?", status=422)
    assert "Een startgesprek begint bij wat het gezin vertelt" in page.text
    assert len(rows(app, SuggestedTopic)) == 7
    topics = enter(app, world, "Layla").opens(f"/family/talks/{world.start.id}/{world.sami.id}/topics").text
    assert "Onderwerp 6" in topics
    assert "alles wat u zelf wilt bespreken" in topics
    assert "Onderwerp 6" in bas.opens("/staff/leader/sheet").text
    assert "Onderwerp 6" in bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").text


def test_the_office_sees_whom_a_round_reached_beside_the_reference_line(app: Flask, world: World):
    page = enter(app, world, "office").opens(f"/staff/office/rounds/{world.start.id}/reached")
    assert "De streep staat op 97 procent" in page.text
    assert "0 van 2, 0 procent" in page.text
    visitor: Visitor = enter(app, world, "Bas")
    visitor.opens(f"/staff/office/rounds/{world.start.id}/reached", status=404)
