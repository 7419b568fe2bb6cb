"""After the roster of a contact evening: a family sees all its talks, and moves, cancels or chooses each by itself."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.rounds import BookingStatus
from scheduling.models import Booking, Guardian, NoTalkNeeded, Pupil, Slot, Staff, TalkRequest, db
from scheduling.services import waiting
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, a_booking, household_of
from tests.visitor import Page, Visitor

MINUTES = timedelta(minutes=1)


class School(AskingSchool):
    """Everybody is there on Tuesday from three to twenty past four. Layla has Anna at 15.00 and Bo at
    15.20 for Sami, and Karin at 15.40 for Noor; Cas, for Sami, found no place."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__(NOW - timedelta(days=1))
            self.times(first=TUESDAY, count=8, opened=True)
            self.home = household_of(self.layla)
            self.with_anna = self.talk(self.sami, self.anna, 0)
            self.with_bo = self.talk(self.sami, self.bo, 2)
            self.with_karin = self.talk(self.noor, self.karin, 4)
            self.for_cas = self.ask(self.sami, self.cas)
            db.session.expunge_all()

    def ask(self, pupil: Pupil, teacher: Staff) -> TalkRequest:
        row = TalkRequest(
            round_id=self.evening.id, pupil_id=pupil.id, household_id=self.home.id, teacher_id=teacher.id, asked_at=NOW
        )
        db.session.add(row)
        db.session.commit()
        return row

    def slots(self, teacher: Staff) -> list[Slot]:
        wanted = db.session.query(Slot).filter_by(leader_id=teacher.id)
        return wanted.order_by(Slot.starts_at).all()

    def talk(self, pupil: Pupil, teacher: Staff, place: int) -> Booking:
        asked = self.ask(pupil, teacher)
        booking = a_booking(self.evening, pupil, self.slots(teacher)[place], household=self.home)
        booking.request_id = asked.id
        db.session.commit()
        return booking

    def visit(self, who: Guardian) -> Visitor:
        with self.app.app_context():
            return Visitor(self.app).comes_by_link(db.session.merge(who, load=False))

    def page(self, request: int | None, name: str = "") -> str:
        return f"/family/talks/{self.evening.id}/{self.sami.id}{name}?request={request}"

    def standing(self) -> dict[str, int]:
        """Every talk that stands, by its teacher: so many minutes after three."""
        with self.app.app_context():
            rows = db.session.query(Booking).filter(Booking.status != BookingStatus.CANCELLED)
            return {row.leader.code: (row.starts_at - TUESDAY) // MINUTES for row in rows}


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with time_machine.travel(NOW, tick=False):
        yield School(app)


def headings(page: Page) -> list[str]:
    return [" ".join(one.get_text().split()) for one in page.soup.select("article.talk :is(h2, h3)")]


def times(page: Page) -> list[str]:
    return [one.find("b").get_text() for one in page.soup.select("label.time") if one.find("b")]


def test_all_talks_of_the_evening_stand_in_order_with_the_way_from_one_to_the_next(school: School) -> None:
    page = school.visit(school.omar).opens("/family/")
    assert headings(page) == [
        "dinsdag 31 augustus · 15.00 tot 15.50 uur", "15.00 uur Sami · gesprek met Anna Jansen",
        "15.20 uur Sami · gesprek met Bo Jansen", "15.40 uur Noor · gesprek met Karin Jansen",
        "Sami · gesprek met Cas Jansen",
    ]  # fmt: skip
    assert page.text.count("U hebt 10 minuten om te lopen.") == 2
    assert page.text.count("Nog geen tijd") == 1
    links = [link["href"] for link in page.soup.select("article.talk li a")]
    assert len(set(links)) == 3, "each talk has its own page, where it can be changed"
    second = school.visit(school.omar).opens(links[1])
    assert "tot 15.10 uur bij Anna Jansen , lokaal anna . Daarna hebt u 10 minuten." in second.text
    assert "Wij kunnen niet" in second.text


def test_one_talk_moves_and_the_others_stay(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.opens(school.page(school.with_bo.request_id)).follows("Kies een andere tijd")
    assert times(page) == ["16.00 uur", "16.10 uur"], "not beside another talk without time to walk"
    page = page.presses("Verder", slot=page.soup.select_one("input[name=slot]")["value"]).presses("Bevestig")
    assert "gesprek met Bo Jansen" in page.text
    assert school.standing() == {"anna": 0, "bo": 60, "karin": 40}


def test_a_wish_that_found_no_place_takes_a_time_that_is_free(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.opens(school.page(school.for_cas.id)).follows("Kies een tijd")
    page = page.presses("Verder", slot=page.soup.select_one("input[name=slot]")["value"]).presses("Bevestig")
    assert "Uw tijd staat vast" in page.text
    with school.app.app_context():
        booking = db.session.query(Booking).filter_by(request_id=school.for_cas.id).one()
        assert (booking.leader_id, booking.household_id, booking.status) == (
            school.cas.id, school.home.id, BookingStatus.CONFIRMED,
        )  # fmt: skip


def test_one_talk_is_cancelled_and_taken_back_by_itself(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.opens(school.page(school.with_bo.request_id)).follows("Wij kunnen niet")
    page = page.presses("Wij komen niet")
    assert "Dit gesprek gaat niet door" in page.text
    assert school.standing() == {"anna": 0, "karin": 40}
    page.presses("Wij komen toch")
    assert school.standing() == {"anna": 0, "bo": 20, "karin": 40}


def test_the_talk_of_another_family_and_a_request_of_the_other_home_are_not_there(school: School) -> None:
    ruud = school.visit(school.ruud)
    ruud.opens(school.page(school.with_bo.request_id), status=404)
    own = f"/family/talks/{school.evening.id}/{school.mila.id}/time?request={school.for_cas.id}"
    ruud.opens(own, status=404)
    els = school.visit(school.els)
    assert headings(els.opens("/family/")) == []


def test_an_interpreter_is_asked_once_for_all_talks_of_the_child(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.opens(school.page(school.with_anna.request_id)).follows("Tolk")
    page.presses("Ja, graag een tolk", language="Pools")
    with school.app.app_context():
        lengths = {
            row.leader.code: (row.ends_at - row.starts_at) // MINUTES
            for row in db.session.query(Booking).filter_by(pupil_id=school.sami.id)
        }
    assert lengths == {"anna": 20, "bo": 20}


def test_a_family_that_needed_no_talk_still_takes_one_while_times_are_free(school: School) -> None:
    """T49, after the roster."""
    with school.app.app_context():
        db.session.add(NoTalkNeeded(
            round_id=school.evening.id, pupil_id=school.mila.id, household_id=household_of(school.ruud).id, said_at=NOW
        ))  # fmt: skip
        db.session.commit()
    page = school.visit(school.ruud).opens("/family/").follows("vraag nog een gesprek")
    page = page.presses("Kies een tijd", ask=f"{school.mila.id}-{school.cas.id}")
    assert times(page)[:2] == ["15.00 uur", "15.10 uur"]
    page = page.presses("Verder", slot=page.soup.select_one("input[name=slot]")["value"]).presses("Bevestig")
    assert "Uw tijd staat vast" in page.text
    assert school.standing()["cas"] == 0
    with school.app.app_context():
        assert db.session.query(NoTalkNeeded).count() == 0
    assert headings(school.visit(school.els).opens("/family/")) == []


def test_nobody_asks_more_talks_than_the_school_offers(school: School) -> None:
    page = school.visit(school.layla).opens(f"/family/requests/{school.evening.id}/more")
    assert [one["value"] for one in page.soup.select("input[name=ask]")] == [f"{school.noor.id}-{school.bo.id}"]
    assert "Kies eerst wie u wilt spreken." in page.presses("Kies een tijd", status=422).text
    crafted = page.presses("Kies een tijd", status=422, ask=f"{school.sami.id}-{school.karin.id}")
    assert "Voor Sami kunt u 3 gesprekken vragen." in crafted.text


def test_a_wish_without_a_time_can_be_dropped_and_a_talk_that_stands_cannot(school: School) -> None:
    page = school.visit(school.layla).opens("/family/").presses("Toch niet nodig")
    assert "gesprek met Cas Jansen" not in page.text
    visitor = school.visit(school.layla)
    answer = visitor.client.post(
        school.page(school.with_bo.request_id, "/withdraw"), data={"csrf_token": visitor.csrf()}
    )
    assert answer.status_code == 409
    assert school.standing()["bo"] == 20


def test_a_kept_time_is_answered_on_the_first_page_behind_the_link(school: School) -> None:
    with school.app.app_context():
        assert waiting.look_again(NOW) == 1
    page = school.visit(school.omar).opens("/family/")
    assert "Wij houden deze tijd voor u vast tot zaterdag 21 augustus, 10.00 uur." in page.text
    assert "Er is een tijd vrij" not in school.visit(school.ruud).opens("/family/").text
    page = page.presses("Ja, graag deze tijd")
    assert "Er is een tijd vrij" not in page.text
    assert school.standing()["cas"] == 60, "not beside another talk without time to walk"
