"""A Flemish school and a college for adults, from the lists of their own systems to the answer of a family."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Person, is_adult
from scheduling.domain.plans import Agreement, ContactForm, InfoNeed, PlanState
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import Medium
from scheduling.models import Booking, ClassGroup, Enrolment, Pupil, db
from scheduling.queries import mailings
from scheduling.queries.plans import plans_of
from scheduling.queries.snapshots import leaders_of_classes
from scheduling.samples.exports import EXPORTS
from scheduling.samples.schools import own_files
from scheduling.samples.systems import guardians
from scheduling.samples.writing import SCHOOLS
from scheduling.services import plans
from tests.builders import a_round
from tests.journeys import vlier
from tests.journeys.vlier import IN_AUGUST, OFFICE, PASSWORD, ROUND, YEAR
from tests.mail.relays import LocalRelay
from tests.visitor import Page, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Story:
    """A school with a mail server, its commands and its office."""

    def __init__(self, app: Flask, folder: Path, relay: LocalRelay) -> None:
        self.app, self.folder, self.relay = app, folder, relay

    def command(self, *words: str) -> Any:
        return vlier.command(self.app, *words)

    def begins(self, name: str, region: str, sector: str) -> Visitor:
        """Set up, and sign in as the office."""
        self.command(
            "setup", "--school", name, "--region", region, "--sector", sector, "--email", OFFICE,
            "--password", PASSWORD, "--year", YEAR,
        )  # fmt: skip
        return Visitor(self.app).opens("/staff/sign-in").presses("Log in", email=OFFICE, password=PASSWORD).visitor

    def plans(self, availability: bytes, *, minutes: int) -> SimpleNamespace:
        """A round in which every pupil gets a time, and its letters."""
        hours = self.folder / "availability.csv"
        hours.write_bytes(availability)
        self.command(
            "rounds", "create", "--kind", "start_conversation", "--name", ROUND, "--availability", str(hours),
            "--slot-minutes", str(minutes),
        )  # fmt: skip
        draft = self.command("rosters", "generate", ROUND, "--seconds", "5")
        self.command("rosters", "publish", ROUND)
        sent = self.command("mailings", "send", ROUND, "--letter", "invitation")
        posted = self.command("jobs", "drain")
        return SimpleNamespace(placed=draft["placed"], unplaced=draft["unplaced"], **sent, posted=posted["sent"])


@pytest.fixture
def story(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Story]:
    with LocalRelay() as relay, time_machine.travel(IN_AUGUST, tick=True):
        yield Story(make_app(**relay.settings), tmp_path, relay)


def choose(office: Visitor, files: dict[str, bytes]) -> Page:
    """The office chooses these files, in this order."""
    uploads = [(io.BytesIO(content), name) for name, content in files.items()]
    fields = {"csrf_token": office.csrf(), "year": YEAR, "files": uploads}
    answer = office.client.post(
        "/staff/office/imports", data=fields, content_type="multipart/form-data", follow_redirects=True
    )
    return Page(office, answer, 200)


def test_a_flemish_school_comes_in_with_its_relations_first_and_every_home_gets_its_letter(story: Story) -> None:
    beuk = SCHOOLS["beuk"](YEAR)
    office = story.begins(beuk.name, "BE-VLG", "po")
    files = dict(reversed(EXPORTS["beuk"]["flemish"].files(beuk).items()))
    preview = choose(office, files)
    assert preview.heading == "Klaar om te bewaren"
    assert "120 nieuwe leerlingen" in preview.presses("Bewaar alles").text
    done = story.plans(own_files(beuk)["availability.csv"], minutes=15)
    assert (done.placed, done.unplaced) == (120, [])
    assert done.posted == done.queued == len(story.relay.mailroom.since(0))
    unreachable = {
        child.number for family in beuk.families for child in family.children
        if not any(parent.email for parent in family.parents)
    }  # fmt: skip
    assert set(done.on_paper) == unreachable
    assert len(unreachable) == 3
    broeck = next(f for f in beuk.families if f.children[0].surname == "Van den Broeck" and len(f.parents) == 2)
    letters = {
        address: letter
        for address, letter in zip(story.relay.mailroom.addresses, story.relay.mailroom.since(0), strict=True)
        if address in {parent.email for parent in broeck.parents}
    }
    assert len(letters) == 2
    for letter in letters.values():
        home = Visitor(story.app).opens(vlier.link_in(letter)).presses("Bekijk en antwoord")
        assert broeck.children[0].given_name in home.text
    home.presses("Ja, deze tijd past")
    talks = vlier.bookings_of(story.app).values()
    (confirmed,) = [talk.pupil for talk in talks if talk.status == "confirmed"]
    assert confirmed in {child.number for child in broeck.children}


def test_at_a_college_an_adult_without_permission_is_not_written_about_to_the_parents(story: Story) -> None:
    kompas = SCHOOLS["mbo"](YEAR)
    office = story.begins(kompas.name, "NL-NO", "mbo")
    files = {**EXPORTS["mbo"]["students"].files(kompas), **guardians(kompas)}
    assert "60 nieuwe leerlingen" in choose(office, files).presses("Bewaar alles").text
    done = story.plans(own_files(kompas)["availability.csv"], minutes=20)
    assert (done.placed, done.unplaced) == (60, [])
    written_to = set(story.relay.mailroom.addresses)
    for family in kompas.families:
        (student,) = family.children
        may_write = not is_adult(student.born, IN_AUGUST.date()) or student.permitted == "J"
        addresses = {parent.email for parent in family.parents}
        assert (addresses <= written_to) is may_write, student.number
        assert may_write or addresses.isdisjoint(written_to)


def test_at_a_college_adult_students_agree_themselves_and_their_agreements_steer_talks_and_evenings(
    story: Story,
) -> None:
    kompas = SCHOOLS["mbo"](YEAR)
    office = story.begins(kompas.name, "NL-NO", "mbo")
    files = {**EXPORTS["mbo"]["students"].files(kompas), **guardians(kompas)}
    choose(office, files).presses("Bewaar alles")
    children = [family.children[0] for family in kompas.families]
    adults = [child for child in children if is_adult(child.born, IN_AUGUST.date()) and child.permitted != "J"]
    by_mail, by_phone = (child.number for child in adults[:2])
    with story.app.app_context():
        agrees(by_mail, ContactForm.MAIL)
        agrees(by_phone, ContactForm.CALL)
    story.plans(own_files(kompas)["availability.csv"], minutes=20)
    with story.app.app_context():
        met = {talk.pupil.number: talk.met for talk in db.session.query(Booking)}
        assert [number for number, way in met.items() if way is Medium.PHONE] == [by_phone]
        assert met[by_mail] is Medium.SCHOOL, "a start conversation is for everybody"
        classes = db.session.query(ClassGroup).all()
        evening = a_round("Avond", classes=classes, kind=RoundKind.CONTACT_EVENING)
        evening.wishes_until = IN_AUGUST + timedelta(days=20)
        db.session.commit()
        letters = mailings.plan_of(db.session(), evening.id, Letter.WISHES, IN_AUGUST)
        asked = {one.number for one in (*letters.recipients, *letters.on_paper)}
        assert by_mail not in asked, "as agreed"
        assert by_phone in asked
        assert len(letters.by_agreement) == 1


def agrees(number: str, form: ContactForm) -> None:
    """A career coach proposes, and the student, who is eighteen, says yes; no parent is asked."""
    student = db.session.query(Pupil).filter_by(number=number).one()
    (enrolled,) = db.session.query(Enrolment).filter_by(pupil_id=student.id)
    year_id = enrolled.year_id
    coach = leaders_of_classes({enrolled.class_id})[enrolled.class_id][0]
    plan_id = plans.agree(
        pupil_id=student.id, household_id=None, year_id=year_id, seen_version=0, leader_id=coach,
        agreement=Agreement((form,), IN_AUGUST.date(), student.given_name, True, info_need=InfoNeed.NO),
        by=Actor(ActorKind.STAFF, coach), now=IN_AUGUST,
    )  # fmt: skip
    person = Person(HolderKind.PUPIL, student.id)
    plans.confirm(plan_id=plan_id, seen_version=1, person=person, by=person.actor, now=IN_AUGUST)
    (agreed,) = plans_of([student.id], year_id).values()
    assert (agreed.household_id, agreed.state, agreed.forms) == (None, PlanState.AGREED, (form,))
