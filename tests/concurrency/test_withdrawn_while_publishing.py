"""A plan is published and mailed while a parent may no longer hear: nothing leaves for that parent; on both databases.

Kim is nineteen and takes the permission for Layla back, or the school's file says that Omar has no authority any more.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.relays import Limits
from scheduling.formats.reading import read_file
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, write
from scheduling.models import Booking, ImportUndo, Outbox, Slot, db
from scheduling.queries import letters
from scheduling.services import delivery, ended_ties, grown_pupils, imports, mailings, rosters
from scheduling.services.grown_pupils import permit_parents
from tests import builders
from tests.builders import NOW
from tests.calendars.readers import libical_errors
from tests.concurrency.test_leaders_race import at_once
from tests.formats.files import guardian, guardians

PAPER = Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org")
LIMITS = Limits(per_minute=0, per_day=0, connections=0)
PATIENCE = 3
"""Seconds that the office waits, with its letters made, for the pupil to take the permission back."""
LATER = NOW + timedelta(hours=1)


class House:
    """A draft for Kim, of Layla's home, and for Sami, of Omar and Petra; ids only, so that threads may use it."""

    def __init__(self) -> None:
        builders.a_school()
        self.year = builders.a_year().id
        anna = builders.a_leader("anna")
        group = builders.a_class("5v", leaders=[anna])
        kim = builders.a_pupil("Kim", group, birth_date=date(2008, 1, 1))
        kim.parents_permitted, kim.email = True, "kim@leerlingen.example.org"
        sami = builders.a_pupil("Sami", group)
        layla = builders.a_guardian("Layla", kim)
        omar, petra = (
            builders.a_guardian(name, sami, email=f"{name.lower()}@example.org", position=place)
            for place, name in enumerate(("Omar", "Petra"), 1)
        )
        found = builders.a_round(classes=[group])
        builders.some_slots(found, anna, count=6, opened=False)
        self.round, self.kim, self.sami, self.number = found.id, kim.id, sami.id, sami.number
        self.layla, self.omar, self.petra = layla.id, omar.id, petra.id
        self.ties = {"Omar": omar.external_id, "Petra": petra.external_id}
        self.plans()

    def plans(self) -> None:
        version_id = rosters.request(round_id=self.round, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)

    def publishes(self) -> rosters.Published:
        return rosters.publish(round_id=self.round, by=SYSTEM, now=NOW)

    def mails(self) -> None:
        mailings.send(round_id=self.round, letter=Letter.INVITATION, by=SYSTEM, now=NOW)

    def withdraws(self) -> None:
        permit_parents(pupil_id=self.kim, permitted=False, by=Actor(ActorKind.PUPIL, self.kim), now=LATER)

    def reads_file(self, omar: str = "N", petra: str = "J", now: datetime = LATER) -> None:
        """The school's own file about the parents of Sami, with the authority of each."""
        rows = [
            guardian(self.number, "1", relation="ouder", name="O;;Yilmaz", email="omar@example.org", authority=omar),
            guardian(self.number, "2", relation="ouder", name="P;;Yilmaz", email="petra@example.org", authority=petra,
                     home="B"),
        ]  # fmt: skip
        read = read_file("verzorgers.csv", guardians(*rows))
        assert imports.run(year_id=self.year, files=[read], by=SYSTEM, now=now).saved
        db.session.expire_all()

    def rows(self, guardian_id: int) -> list[Outbox]:
        db.session.rollback()
        return db.session.query(Outbox).filter_by(guardian_id=guardian_id).order_by(Outbox.id).all()

    def leaves(self) -> list[int | None]:
        """Every letter that waits is claimed, looked at once more, and offered; of each that left: to which parent."""
        left = []
        for outbox_id in delivery.claim(worker="w", limits=LIMITS, most=50, now=LATER).ids:
            facts = letters.find_letter(outbox_id, LATER)
            assert facts is not None
            if facts.stop is not None:
                delivery.stop(outbox_id=outbox_id, worker="w", why=facts.stop, now=LATER)
            elif self.offers(outbox_id):
                left.append(facts.guardian_id)
        return left

    def offers(self, outbox_id: int) -> bool:
        return delivery.offer(outbox_id=outbox_id, worker="w", address="x@example.org", digest="", link=None, now=LATER)

    def published_and_mailed(self) -> None:
        self.publishes()
        self.mails()
        self.all_sent()

    def all_sent(self) -> None:
        for row in db.session.query(Outbox):
            row.state = OutboxState.SENT
        db.session.commit()

    def being_read(self, guardian_id: int) -> int:
        """The letter to this parent was published, mailed, claimed and looked at; it has not been offered yet."""
        self.publishes()
        self.mails()
        claimed = delivery.claim(worker="w", limits=LIMITS, most=50, now=NOW).ids
        [row] = self.rows(guardian_id)
        facts = letters.find_letter(row.id, NOW)
        assert row.id in claimed
        assert facts is not None
        assert facts.stop is None
        return row.id

    def is_sound(self) -> None:
        """Every talk holds its own times, and no time is held by two."""
        db.session.rollback()
        held = [slot.booking_id for slot in db.session.query(Slot).filter(Slot.booking_id.is_not(None))]
        assert sorted(held) == sorted(talk.id for talk in db.session.query(Booking))


@pytest.fixture
def house(any_app: Flask) -> Iterator[House]:
    with any_app.app_context():
        yield House()
        db.session.remove()


def calendar(row: Outbox) -> str:
    facts = letters.find_letter(row.id, LATER)
    assert facts is not None
    sheet = write(facts, token="t", paper=PAPER)
    assert sheet.calendar is not None
    assert libical_errors(sheet.calendar) == 0
    return sheet.calendar.decode()


@pytest.fixture
def withdrawn_while_mailing(house: House, monkeypatch: pytest.MonkeyPatch) -> Callable[[Flask], list[type | None]]:
    """The office has looked who may hear, and then Kim takes the permission back: the worst of all moments."""
    house.publishes()
    looked, done, plan_of = threading.Event(), threading.Event(), mailings.plan_of

    def look_and_wait(*facts):
        found = plan_of(*facts)
        looked.set()
        done.wait(PATIENCE)
        return found

    def withdraw() -> None:
        looked.wait(PATIENCE)
        house.withdraws()
        done.set()

    monkeypatch.setattr(mailings, "plan_of", look_and_wait)
    db.session.remove()
    return lambda app: at_once(app, house.mails, withdraw)


def test_what_is_mailed_while_the_permission_is_taken_back_does_not_leave_for_the_parent(
    any_app: Flask, house: House, withdrawn_while_mailing: Callable[[Flask], list[type | None]]
):
    assert withdrawn_while_mailing(any_app) == [None, None]
    left = house.leaves()
    assert house.layla not in left
    assert None in left, "Kim hears of the own talk"
    assert {row.state for row in house.rows(house.layla)} <= {OutboxState.SUPPRESSED}
    house.is_sound()


def test_the_twin_that_does_not_look_once_more_writes_to_the_parent(
    any_app: Flask, house: House, withdrawn_while_mailing: Callable[[Flask], list[type | None]],
    monkeypatch: pytest.MonkeyPatch,
):  # fmt: skip
    monkeypatch.setattr(letters, "find_stop", lambda *_facts, **_more: None)
    monkeypatch.setattr(grown_pupils, "_keep_in", lambda *_facts: None)
    assert withdrawn_while_mailing(any_app) == [None, None]
    assert house.layla in house.leaves()


def test_who_publishes_while_the_permission_is_taken_back_publishes_it_rightly_or_not_at_all(
    any_app: Flask, house: House
):
    db.session.remove()
    assert at_once(any_app, house.publishes, house.withdraws) == [None, None]
    house.mails()
    assert house.layla not in house.leaves()
    house.is_sound()


def test_a_letter_that_is_about_to_leave_when_the_permission_ends_stays(house: House):
    letter = house.being_read(house.layla)
    house.withdraws()
    assert not house.offers(letter)
    assert [row.state for row in house.rows(house.layla)] == [OutboxState.SUPPRESSED]


def test_a_letter_that_was_offered_when_the_permission_ends_is_followed_by_its_cancel(house: House):
    assert house.offers(house.being_read(house.layla))
    house.withdraws()
    told, taken = house.rows(house.layla)
    assert (told.letter, taken.letter) == (Letter.INVITATION, Letter.ELSEWHERE)
    assert taken.sequence > told.sequence
    assert "METHOD:CANCEL" in calendar(taken)
    house.is_sound()


def test_the_twin_that_keeps_nothing_in_lets_a_letter_leave_without_a_cancel(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(grown_pupils, "_keep_in", lambda *_facts: None)
    letter = house.being_read(house.layla)
    house.withdraws()
    assert house.offers(letter)
    assert [row.letter for row in house.rows(house.layla)] == [Letter.INVITATION]


def test_a_talk_leaves_the_calendar_of_who_has_no_authority_any_more_and_nobody_elses(house: House):
    house.published_and_mailed()
    house.reads_file()
    told, taken = house.rows(house.omar)
    assert (taken.letter, taken.sequence) == (Letter.ELSEWHERE, told.sequence + 1)
    assert "METHOD:CANCEL" in calendar(taken)
    for other in (house.petra, house.layla):
        assert [row.letter for row in house.rows(other)] == [Letter.INVITATION]
    assert db.session.query(ImportUndo).one().talks == 1, "such an import is not taken back unnoticed"
    house.is_sound()


def test_with_the_authority_back_the_talk_comes_back_in_that_calendar_only(house: House):
    house.published_and_mailed()
    house.reads_file()
    house.all_sent()
    house.reads_file("J", now=LATER + timedelta(hours=1))
    told, taken, again = house.rows(house.omar)
    assert again.letter is Letter.INVITATION
    assert again.sequence > taken.sequence > told.sequence
    assert "METHOD:REQUEST" in calendar(again)
    assert len(house.rows(house.petra)) == 1


def test_a_letter_that_is_about_to_leave_when_the_authority_ends_stays(house: House):
    letter = house.being_read(house.omar)
    house.reads_file()
    assert not house.offers(letter)
    [row] = house.rows(house.omar)
    assert (row.state, row.last_text) == (OutboxState.SUPPRESSED, "no_authority")


def test_the_twin_that_keeps_nothing_in_lets_it_leave_to_who_has_no_authority(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ended_ties.outbox, "keep_in", lambda *_facts: None)
    letter = house.being_read(house.omar)
    house.reads_file()
    assert house.offers(letter)


def test_a_mailbox_that_two_parents_share_keeps_the_talk_of_who_still_comes(house: House):
    house.published_and_mailed()
    house.rows(house.omar)[0].address = "petra@example.org"
    db.session.commit()
    house.reads_file()
    assert [row.letter for row in house.rows(house.omar)] == [Letter.INVITATION]


def test_a_plan_made_before_the_authority_ended_invites_only_who_may_still_come(house: House):
    house.reads_file()
    assert house.publishes().changed_meanwhile == ("anna",), "whom the plan saw has changed: first look again"
    house.plans()
    house.publishes()
    house.mails()
    left = house.leaves()
    assert house.omar not in left
    assert house.petra in left
    assert house.rows(house.omar) == []
    house.is_sound()


def test_who_publishes_while_the_file_ends_the_authority_invites_only_who_may_come(any_app: Flask, house: House):
    db.session.remove()
    assert at_once(any_app, house.publishes, house.reads_file) == [None, None]
    house.mails()
    assert house.omar not in house.leaves()
    house.is_sound()
