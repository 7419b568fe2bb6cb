"""Two homes of one child: neither ever reads anything of the other, and each does only what is its own.

Every field of both homes holds a word that occurs nowhere else. Whatever a home can open, is sent or is printed for it,
is read letter by letter: no word of the other home may stand in it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import select

from scheduling import jobs
from scheduling.domain.contacts import Channel, Went
from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import ExtraKind
from scheduling.domain.homes import HomeTalks
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.moments import MomentKind
from scheduling.domain.people import Authority
from scheduling.domain.plans import ContactForm, Initiative
from scheduling.domain.rounds import BookingStatus, RoundMode
from scheduling.models import (
    Booking,
    BookingAbsence,
    ClassContact,
    ClassGroup,
    CommunicationPlan,
    ContactCorrection,
    ExtraPerson,
    Guardian,
    Guardianship,
    InterpreterRequest,
    LoggedContact,
    OwnTalkWish,
    PlanForm,
    PlanMoment,
    PlannedDate,
    Pupil,
    Round,
    SingleTalk,
    Slot,
    Staff,
    SupportMeeting,
    SwapParty,
    Topic,
    db,
)
from scheduling.services import bookings, extra_persons, homes, mailings, swaps, topics
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_household,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    an_office_worker,
    household_of,
    some_slots,
)
from tests.mail.relays import LocalRelay
from tests.visitor import Visitor

LINK = re.compile(r'href="(/family/[^"#]*)"')


@dataclass
class House:
    """One home of Mila: two parents, a half-brother or half-sister, and every word that is its own."""

    mark: str
    one: Guardian
    other: Guardian
    sibling: Pupil
    household_id: int
    words: set[str]
    talk: Booking | None = None

    @property
    def by(self) -> Actor:
        return Actor(ActorKind.GUARDIAN, self.one.id)


@dataclass
class Town:
    """Mila lives in two homes."""

    year: int
    office: Staff
    karin: Staff
    start: Round
    mila: Pupil
    slots: list[Slot]
    ruud: House
    els: House
    joint: Booking | None = None
    taken: list[int] = field(default_factory=list)
    """The times that somebody has."""

    def sides(self) -> list[tuple[House, House]]:
        return [(self.ruud, self.els), (self.els, self.ruud)]


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture(autouse=True)
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def app(make_app: Callable[..., Flask], relay: LocalRelay) -> Flask:
    return make_app(**relay.settings)


def a_town(*, apart: bool) -> Town:
    """Everybody, with a talk for each home or one for both, and everything a family can add to it."""
    db.session().expire_on_commit = False
    a_school()
    year = a_year()
    office, karin = an_office_worker(), a_leader("karin")
    six = a_class("6", leaders=[karin])
    mila = a_pupil("Mila", six)
    start = a_round(classes=[six], mode=RoundMode.ROSTER_THEN_SWAP, max_in_a_row=0)
    slots = some_slots(start, karin, count=16, room="lokaal 11")
    ruud, els = a_house("ruud", mila, six), a_house("els", mila, six)
    town = Town(year.id, office, karin, start, mila, slots, ruud, els)
    if apart:
        _staff = Actor(ActorKind.STAFF, office.id)
        homes.arrange(pupil_id=mila.id, year_id=year.id, talks=HomeTalks.APART, apart_minutes=0, by=_staff, now=NOW)
    for house, place in ((ruud, 2), (els, 7)):
        household = household_of(house.one)
        a_booking(start, house.sibling, *slots[place + 2 : place + 4], household=household)
        if apart:
            house.talk = a_booking(start, mila, slots[place], household=household)
            house.words.add(house.talk.ical_uid)
    if not apart:
        town.joint = a_booking(start, mila, slots[0])
    for house in (ruud, els):
        furnish(town, house)
    town.taken = [*db.session.scalars(select(Slot.id).where(Slot.booking_id.is_not(None)).order_by(Slot.id))]
    return town


def a_house(mark: str, mila: Pupil, six) -> House:
    """Two parents whose every field is a word of this home, and another child of theirs."""
    words: set[str] = set()

    def word(what: str, ending: str = "") -> str:
        words.add(f"{mark}{what}zq")
        return f"{mark}{what}zq{ending}"

    sibling = a_pupil(word("kind"), six)
    one = a_guardian(mark, mila, sibling, interpreter=word("tolk"), position=1 if mark == "ruud" else 3)
    other = a_guardian(f"{mark}twee", mila, sibling, household=household_of(one), position=2 if mark == "ruud" else 4)
    for number, person in enumerate((one, other)):
        person.external_id, person.salutation = word(f"nummer{number}"), word(f"aanhef{number}")
        person.given_name, person.initials = word(f"voornaam{number}"), word(f"letters{number}")
        person.surname_prefix, person.surname = word(f"van{number}"), word(f"achternaam{number}")
        person.email, person.phone = word(f"mail{number}", "@ouders.example.org"), word(f"telefoon{number}")
    for tie in db.session.scalars(select(Guardianship).where(Guardianship.household_id == household_of(one).id)):
        tie.relation = word("relatie")
    db.session.commit()
    return House(mark, one, other, sibling, household_of(one).id, words)


def furnish(town: Town, house: House) -> None:
    """Everything this home can say or agree about Mila, in its own words."""

    def word(what: str) -> str:
        house.words.add(f"{house.mark}{what}zq")
        return f"{house.mark}{what}zq"

    here = {"round_id": town.start.id, "pupil_id": town.mila.id, "by": house.by, "now": NOW}
    topics.add(text=word("onderwerp"), from_pupil=False, **here)
    topics.ask_interpreter(language=word("tolktaal"), **here)
    extra_persons.ask(request_id=None, kind=ExtraKind.FAMILY, name=word("meekomt"), **here)
    db.session.add_all(
        [
            CommunicationPlan(
                year_id=town.year, pupil_id=town.mila.id, household_id=house.household_id, agreed_on=NOW.date(),
                rhythm=word("ritme"), goal=word("doel"), agreed_with=word("met"), info_period=word("periode"),
                recorded_by=town.office.id, recorded_at=NOW, forms=[PlanForm(form=ContactForm.HOME_VISIT)],
                reason=word("waarom"), pupil_does=word("zelf"), moments=[a_moment(house.mark, word("waarvoor"))],
            ),
            LoggedContact(
                year_id=town.year, pupil_id=town.mila.id, household_id=house.household_id, staff_id=town.karin.id,
                day=NOW.date(), channel=Channel.CALL, began=Initiative.SCHOOL, went=Went.DONE, good_news=False,
                line=word("belregel"), logged_at=NOW,
            ),
            ContactCorrection(
                guardian_id=house.one.id, field="phone", old_value="", new_value=word("nieuwnummer"), proposed_at=NOW
            ),
        ]
    )  # fmt: skip
    db.session.commit()


def a_moment(mark: str, purpose: str) -> PlanMoment:
    return PlanMoment(
        position=0, kind=MomentKind.IN_MONTH, month=11, with_pupil=False, is_review=False, purpose=purpose, stands=True,
        opens_on=date(2027, 11, 1), closes_on=date(2027, 11, 30), ical_uid=f"m-{mark}@driehoek", ical_stamp=NOW,
    )  # fmt: skip


def visit(app: Flask, person: Guardian | Pupil) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.merge(person, load=False))


def everything_to_open(app: Flask, visitor: Visitor, town: Town) -> list[str]:
    """Every page that can be asked for about these children, and whatever those link to, errors included."""
    numbers = {
        "pupil_id": [town.mila.id, town.ruud.sibling.id, town.els.sibling.id, 987_654],
        "round_id": [town.start.id],
        "slot_id": [town.slots[1].id, *town.taken, 987_654],
    }
    with app.app_context():
        numbers["plan_id"] = [*db.session.scalars(select(CommunicationPlan.id)), 987_654]
        numbers["single_id"] = [*db.session.scalars(select(SingleTalk.id)), 987_654]
        numbers["meeting_id"] = [*db.session.scalars(select(SupportMeeting.id)), 987_654]
        numbers["class_id"] = [*db.session.scalars(select(ClassGroup.id)), 987_654]
        numbers["contact_id"] = [*db.session.scalars(select(ClassContact.id)), 987_654]
        numbers["extra_id"] = [*db.session.scalars(select(ExtraPerson.id)), 987_654]
        numbers["gathering_id"] = [*db.session.scalars(select(PlannedDate.id)), 987_654]
        numbers["collecting_id"] = numbers["gathering_id"]
        numbers["topic_id"] = [*db.session.scalars(select(Topic.id))]
        questions = [*db.session.scalars(select(SwapParty.key)), "nietvanu"]
    waiting = ["/family/"]
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("family.") and "GET" in rule.methods:
            addresses = [str(rule)]
            for name in rule.arguments:
                values = questions if name == "question" else numbers[name]
                part = re.compile(rf"<(?:\w+:)?{name}>")
                addresses = [part.sub(str(value), address) for address in addresses for value in values]
            waiting += addresses
    seen: dict[str, str] = {}
    while waiting:
        address = waiting.pop().replace("&amp;", "&")
        if address not in seen:
            seen[address] = visitor.client.get(address, follow_redirects=True).get_data(as_text=True)
            waiting += LINK.findall(seen[address])
    return list(seen.values())


def everything_to_do(visitor: Visitor, town: Town, house: House) -> list[str]:
    """The answers to everything this home can send, right or wrong, about Mila and about the other home's child."""
    token, answers = visitor.csrf(), []
    for pupil in (town.mila.id, town.ruud.sibling.id, town.els.sibling.id):
        base = f"/family/talks/{town.start.id}/{pupil}"
        for address, fields in (
            (f"{base}/topics", {"text": "x" * 300}),
            (f"{base}/interpreter", {"language": ""}),
            (f"{base}/extras", {"kind": "family", "name": ""}),
            (f"{base}/time", {"slot": str(town.taken[0])}),
            *((f"{base}/time/{slot}", {}) for slot in town.taken),
            (f"{base}/swap", {"slot": [str(slot) for slot in town.taken]}),
            (f"{base}/way", {"way": "phone"}),
            (f"{base}/swap/stop", {}),
            (f"{base}/confirm", {}),
            (f"{base}/cancel", {}),
            (f"{base}/call", {}),
            (f"{base}/undo", {}),
            (f"/family/own-talk/{pupil}", {}),
            (f"/family/own-talk/{pupil}/withdraw", {}),
        ):
            answer = visitor.client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
            answers.append(answer.get_data(as_text=True))
    wrong = {"email": "geen adres", "phone": "x" * 99, "language": "zz"}
    answers.append(visitor.client.post("/family/contact", data={"csrf_token": token, **wrong}).get_data(as_text=True))
    return answers


def strangers_in(texts: list[str], other: House) -> set[str]:
    """Which words of the other home stand in what this home reads."""
    return {word for word in other.words for text in texts if word in text}


def letters_to(relay: LocalRelay, house: House) -> list[str]:
    """Every letter to this home as it left: the raw bytes, and each part as people and calendars read it."""
    texts = []
    for letter in relay.mailroom.letters:
        if letter["To"].addresses[0].addr_spec.startswith(house.mark):
            texts.append(letter.as_string())
            for part in letter.walk():
                if part.get_content_maintype() == "text":
                    texts.append(part.get_content())
    return texts


@pytest.mark.parametrize("apart", [True, False], ids=["two talks", "one talk"])
def test_no_page_no_answer_and_no_refusal_tells_a_home_of_the_other(app, apart):
    with app.app_context():
        town = a_town(apart=apart)
        db.session.expunge_all()
        db.session.remove()
    for house, other in town.sides():
        visitor = visit(app, house.one)
        pages = everything_to_open(app, visitor, town)
        own = strangers_in(pages, house)
        for word in ("onderwerp", "tolktaal", "kind", "nieuwnummer", "belregel"):
            assert f"{house.mark}{word}zq" in own, "the walk must have been at the pages that tell the own things"
        assert strangers_in(pages, other) == set()
        assert ("De andere ouder is ook uitgenodigd" in " ".join(pages)) is not apart
    for house, other in town.sides():
        answers = everything_to_do(visit(app, house.one), town, house)
        answers += everything_to_open(app, visit(app, house.other), town)
        assert strangers_in(answers, other) == set()


@pytest.mark.parametrize("apart", [True, False], ids=["two talks", "one talk"])
def test_no_letter_and_no_calendar_tells_a_home_of_the_other(app, relay, apart):
    with app.app_context():
        town = a_town(apart=apart)
        mailings.send(round_id=town.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
        jobs.drain(NOW)
        for house in (town.ruud, town.els):
            talk = house.talk or town.joint
            bookings.confirm(booking_id=talk.id, by=house.by, now=NOW)
        jobs.drain(NOW)
        if apart:
            bookings.move(booking_id=town.ruud.talk.id, slot_id=town.slots[1].id, by=town.ruud.by, now=NOW)
        for house in (town.ruud, town.els):
            bookings.cancel(booking_id=(house.talk or town.joint).id, by=house.by, now=NOW)
            jobs.drain(NOW)
        for house, other in town.sides():
            texts = letters_to(relay, house)
            assert any("BEGIN:VCALENDAR" in text for text in texts)
            assert any("METHOD:CANCEL" in text for text in texts)
            assert any("Dit spraken wij af:" in text for text in texts), "the moments of the own plan"
            assert strangers_in(texts, house), "the own words do stand in the own letters"
            assert strangers_in(texts, other) == set()


def test_swaps_between_the_two_homes_stay_blind(app, relay):
    """Even when the time that somebody would like is held by the other home, for another child."""
    with app.app_context():
        town = a_town(apart=True)
        db.session.expunge_all()
        db.session.remove()
    with app.app_context():
        theirs = db.session.scalars(
            select(Slot)
            .join(Booking, Booking.id == Slot.booking_id)
            .where(Booking.pupil_id == town.els.sibling.id)
            .order_by(Slot.starts_at)
        ).first()
        swaps.offer(booking_id=town.ruud.talk.id, slot_ids=[theirs.id], by=town.ruud.by, now=NOW)
        asked = db.session.scalars(select(SwapParty).where(SwapParty.asked)).all()
        assert {party.household_id for party in asked} == {town.els.household_id}
        questions, wanted = [party.key for party in asked], theirs.id
        jobs.drain(NOW)
    for house, other in town.sides():
        texts = everything_to_open(app, visit(app, house.one), town) + letters_to(relay, house)
        assert strangers_in(texts, other) == set()
    with app.app_context():
        for key in questions:
            swaps.accept(key=key, by=town.els.by, now=NOW)
        assert db.session.get(Slot, wanted).booking_id == town.ruud.talk.id
        jobs.drain(NOW)
    for house, other in town.sides():
        texts = everything_to_open(app, visit(app, house.one), town) + letters_to(relay, house)
        assert strangers_in(texts, other) == set()


@pytest.mark.parametrize("apart", [True, False], ids=["a talk each", "one talk"])
def test_paper_letters_of_two_homes_are_two_sheets_that_do_not_know_each_other(app, apart):
    with app.app_context():
        town = a_town(apart=apart)
        for house in (town.ruud, town.els):
            for person in (house.one, house.other):
                db.session.get(Guardian, person.id).email = ""
        db.session.commit()
        office = db.session.get(Staff, town.office.id)
        visitor = Visitor(app).signs_in(office)
        address = f"/staff/office/mailings/{town.start.id}/paper"
    page = visitor.client.post(address, data={"csrf_token": visitor.csrf()}, follow_redirects=True)
    sheets = [str(one) for one in BeautifulSoup(page.get_data(as_text=True), "html.parser").select("article.sheet")]
    for house, other in town.sides():
        own = [sheet for sheet in sheets if strangers_in([sheet], house)]
        assert own
        assert strangers_in(own, other) == set()
        assert any("De andere ouder is ook uitgenodigd" in sheet for sheet in own) is not apart


def test_what_a_home_asks_about_an_own_talk_stays_between_it_and_the_school(app, relay):
    with app.app_context():
        town = a_town(apart=False)
        db.session.expunge_all()
        db.session.remove()
        jobs.drain(NOW)
    sent = len(relay.mailroom.letters)  # about what both homes asked before
    ruud, els = visit(app, town.ruud.one), visit(app, town.els.one)
    before = everything_to_open(app, els, town)
    page = ruud.opens("/family/contact").follows("Liever een eigen gesprek")
    assert page.presses("Ik heb liever een eigen gesprek").text.count("U hebt een eigen gesprek gevraagd") == 1
    assert sorted(_without_tokens(everything_to_open(app, els, town))) == sorted(_without_tokens(before))
    with app.app_context():
        jobs.drain(NOW)
        assert db.session.scalars(select(OwnTalkWish.household_id)).all() == [town.ruud.household_id]
    assert len(relay.mailroom.letters) == sent
    assert ruud.opens("/family/own-talk").presses("Toch liever samen").text.count("eigen gesprek gevraagd") == 0
    with app.app_context():
        assert db.session.scalars(select(OwnTalkWish)).all() == []


def test_a_page_about_own_talks_is_the_same_for_one_home_and_for_two_with_own_talks(app):
    with app.app_context():
        town = a_town(apart=True)
        db.session.expunge_all()
        db.session.remove()
    page = visit(app, town.ruud.one).opens("/family/own-talk")
    assert (
        page.text.count("Hier is niets te vragen") == 2
    )  # for Mila, who has two homes, as for her brother, who has not
    assert "Ik heb liever een eigen gesprek" not in page.text


# who may do what


@pytest.mark.parametrize("apart", [True, False], ids=["two talks", "one talk"])
@pytest.mark.parametrize("who", ["one home", "other home", "no authority", "adult pupil", "parent of an adult"])
def test_who_may_do_what(app, who, apart):
    """Each home its own talk, either home the shared one; moving a shared one needs the other home, or the school."""
    with app.app_context():
        town = a_town(apart=apart)
        people = {"one home": town.ruud.one, "other home": town.els.one}
        if who == "no authority":
            people[who] = a_guardian("Tom", town.mila, household=a_household(), authority=Authority.NO)
        if who in ("adult pupil", "parent of an adult"):
            db.session.get(Pupil, town.mila.id).birth_date = date(2008, 1, 1)
            db.session.commit()
            people |= {"adult pupil": db.session.get(Pupil, town.mila.id), "parent of an adult": town.ruud.one}
        db.session.expunge_all()
        db.session.remove()
    visitor = visit(app, people[who])
    base = f"/family/talks/{town.start.id}/{town.mila.id}"
    free = town.slots[13].id
    fields = {"topics": {"text": "Lezen"}, "interpreter": {"language": "Pools"}}
    got = {}
    for act in ("topics", "interpreter", "confirm"):
        got[act] = _status(visitor, f"{base}/{act}", fields.get(act, {}))
    got["offer"] = visitor.client.get(f"{base}/swap").status_code
    got["move"] = _status(visitor, f"{base}/time/{free}", {})
    got["cancel"] = _status(visitor, f"{base}/cancel", {})
    inside = {"topics": 303, "interpreter": 303, "confirm": 303, "offer": 200, "cancel": 303}
    outside = dict.fromkeys(inside, 404)
    if who in ("no authority", "parent of an adult"):
        assert got == outside | {"move": 404}
    elif who == "adult pupil" or apart:
        # An interpreter asks for two slots: the one that is chosen has a free one after it.
        assert got == inside | {"move": 303}
    else:
        assert got == inside | {"move": 409}
    with app.app_context():
        live = {
            talk.household_id
            for talk in db.session.scalars(select(Booking).where(Booking.pupil_id == town.mila.id))
            if talk.status is not BookingStatus.CANCELLED
        }
        away = set(db.session.scalars(select(BookingAbsence.household_id)))
        asked = set(db.session.scalars(select(InterpreterRequest.household_id)))
    assert {town.ruud.household_id, town.els.household_id} <= asked
    _check_what_is_left(who, apart, town, live, away)


def _check_what_is_left(who: str, apart: bool, town: Town, live: set[int | None], away: set[int]) -> None:
    both = {town.ruud.household_id, town.els.household_id}
    mine = town.els.household_id if who == "other home" else town.ruud.household_id
    if who in ("no authority", "parent of an adult"):
        assert (live, away) == (both if apart else {None}, set())
    elif who != "adult pupil":
        assert live == (both - {mine} if apart else {None})
        assert away == (set() if apart else {mine})


def test_neither_home_touches_the_own_talk_of_the_other(app):
    with app.app_context():
        town = a_town(apart=True)
        for house, other in town.sides():
            for act in (bookings.confirm, bookings.cancel, bookings.undo_cancel):
                with pytest.raises(NotFound):
                    act(booking_id=other.talk.id, by=house.by, now=NOW)
        assert {talk.confirmed_at for talk in db.session.scalars(select(Booking))} == {None}


def _status(visitor: Visitor, address: str, fields: dict[str, str]) -> int:
    answer = visitor.client.post(address, data={"csrf_token": visitor.csrf(), **fields})
    return int(answer.status_code)


def _without_tokens(pages: list[str]) -> list[str]:
    return [re.sub(r'name="csrf_token" value="[^"]*"', "", page) for page in pages]
