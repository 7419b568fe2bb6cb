"""Contact parents and consults, acted on at the same moment; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.consults import ConsultState, ConsultUnderWay
from scheduling.domain.contact_parents import MessageState, NotWaitingAnyMore, Reach
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.models import ClassContact, ClassMessage, Consult, Outbox, db
from scheduling.services import consults, contact_parents
from scheduling.services.transaction import is_alone
from tests.builders import NOW
from tests.concurrency.pause import Pause, holds_nothing
from tests.services.test_consults import WEEKLY
from tests.services.test_contact_parents import COFFEE
from tests.worlds import a_world


class Ground:
    """Layla may be contact parent of the class that Bas leads. Ids only, so that threads may use it."""

    def __init__(self) -> None:
        world = a_world()
        self.three, self.bas_id, self.layla_id = world.three.id, world.bas.id, world.layla.id
        self.bas = Actor(ActorKind.STAFF, self.bas_id)
        self.layla = Actor(ActorKind.GUARDIAN, self.layla_id)

    def asks(self, seconds: int = 0) -> None:
        contact_parents.ask(
            class_id=self.three, guardian_id=self.layla_id, by=self.bas, now=NOW + timedelta(seconds=seconds)
        )

    def says_yes(self) -> int:
        contact_parents.say_yes(class_id=self.three, shown_as="Layla", reach=Reach.FORM, by=self.layla, now=NOW)
        return self.contact()

    def says_no(self) -> None:
        contact_parents.say_no(class_id=self.three, by=self.layla, now=NOW)

    def contact(self) -> int:
        return db.session.scalars(select(ClassContact.id)).one()

    def proposes(self, by: Actor, clock: time = WEEKLY.clock) -> int:
        wanted = replace(WEEKLY, clock=clock)
        return consults.propose(contact_id=self.contact(), staff_id=self.bas_id, wanted=wanted, by=by, now=NOW)

    def agreed(self) -> tuple[int, list[int]]:
        """A series that stands, and the numbers of its times."""
        made = self.proposes(self.layla)
        consults.answer(consult_id=made, yes=True, by=self.bas, now=NOW)
        return made, [one.id for one in db.session.get_one(Consult, made).dates]

    def moves(self, consult_id: int, date_id: int, by: Actor, hours: int) -> None:
        to = NOW.replace(hour=13) + timedelta(days=21, hours=hours)
        consults.move_date(consult_id=consult_id, date_id=date_id, to=to, by=by, now=NOW)

    def letters(self, letter: Letter) -> list[Outbox]:
        db.session.rollback()
        return list(db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id)))


@pytest.fixture
def ground(any_app: Flask) -> Iterator[Ground]:
    with any_app.app_context():
        yield Ground()
        db.session.remove()


@pytest.fixture
def asked_before(ground: Ground) -> Ground:
    """Asked, and taken back: the row is there already when two colleagues ask anew."""
    ground.asks()
    contact_parents.take_back(contact_id=ground.contact(), by=ground.bas, now=NOW)
    return ground


def test_two_colleagues_who_ask_one_parent_at_once_send_one_letter(
    any_app: Flask, asked_before: Ground, monkeypatch: pytest.MonkeyPatch
):
    pause = Pause(monkeypatch, contact_parents, "_row_for")
    assert pause.runs(any_app, lambda: asked_before.asks(60), lambda: asked_before.asks(120)) == [None, None]
    assert len(asked_before.letters(Letter.CONTACT_ASKED)) == 2, "one of before, one of now"


def test_the_twin_that_does_not_hold_the_row_asks_twice(
    any_app: Flask, asked_before: Ground, monkeypatch: pytest.MonkeyPatch
):
    holds_nothing(monkeypatch, contact_parents)
    pause = Pause(monkeypatch, contact_parents, "_row_for")
    pause.runs(any_app, lambda: asked_before.asks(60), lambda: asked_before.asks(120))
    assert len(asked_before.letters(Letter.CONTACT_ASKED)) == (2 if is_alone(db.session()) else 3)


@pytest.fixture
def message(ground: Ground) -> int:
    ground.says_yes()
    return contact_parents.write_to_class(class_id=ground.three, draft=COFFEE, by=ground.layla, now=NOW)


def _sends(ground: Ground, message_id: int) -> None:
    contact_parents.send(message_id=message_id, seen_version=1, by=ground.bas, now=NOW)


def _stands(ground: Ground, message_id: int) -> tuple[MessageState, bool, int]:
    """How the message stands, whether its words are there, and how many letters of it wait."""
    db.session.rollback()
    row = db.session.get_one(ClassMessage, message_id)
    return row.state, bool(row.words), len(ground.letters(Letter.CLASS_MESSAGE))


def test_a_parent_who_stops_while_the_mentor_sends_the_message_is_second(
    any_app: Flask, ground: Ground, message: int, monkeypatch: pytest.MonkeyPatch
):
    pause = Pause(monkeypatch, contact_parents.contact_letters, "readers_of")
    assert pause.runs(any_app, lambda: _sends(ground, message), ground.says_no) == [None, None]
    state, words, letters = _stands(ground, message)
    assert (state, words) == (MessageState.SENT, True)
    assert letters > 0


def test_a_parent_who_stopped_first_has_nothing_sent(
    any_app: Flask, ground: Ground, message: int, monkeypatch: pytest.MonkeyPatch
):
    pause = Pause(monkeypatch, consults, "end_of_contact")
    assert pause.runs(any_app, ground.says_no, lambda: _sends(ground, message)) == [None, NotWaitingAnyMore]
    assert _stands(ground, message) == (MessageState.TAKEN_BACK, False, 0)


def test_the_twin_that_holds_nobody_sends_words_that_are_gone(
    any_app: Flask, ground: Ground, message: int, monkeypatch: pytest.MonkeyPatch
):
    holds_nothing(monkeypatch, contact_parents)
    pause = Pause(monkeypatch, contact_parents.contact_letters, "readers_of")
    assert pause.runs(any_app, lambda: _sends(ground, message), ground.says_no) == [None, None]
    state, words, letters = _stands(ground, message)
    assert state is MessageState.SENT
    assert letters > 0
    assert words is is_alone(db.session())


def test_of_two_moves_at_once_both_count_and_the_calendar_has_the_last(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    ground.says_yes()
    made, (first, second, *_) = ground.agreed()
    before = db.session.get_one(Consult, made).ical_sequence
    pause = Pause(monkeypatch, consults, "_calendar")
    said = pause.runs(
        any_app, lambda: ground.moves(made, first, ground.bas, 0), lambda: ground.moves(made, second, ground.layla, 1)
    )
    assert said == [None, None]
    db.session.rollback()
    assert db.session.get_one(Consult, made).ical_sequence == before + 2
    assert [row.sequence for row in ground.letters(Letter.CONSULT)][-2:] == [before + 1, before + 2]


def test_the_twin_that_does_not_hold_the_series_gives_two_changes_one_number(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    ground.says_yes()
    made, (first, second, *_) = ground.agreed()
    before = db.session.get_one(Consult, made).ical_sequence
    holds_nothing(monkeypatch, consults)
    pause = Pause(monkeypatch, consults, "_calendar")
    pause.runs(
        any_app, lambda: ground.moves(made, first, ground.bas, 0), lambda: ground.moves(made, second, ground.layla, 1)
    )
    db.session.rollback()
    assert db.session.get_one(Consult, made).ical_sequence == before + (2 if is_alone(db.session()) else 1)


def test_of_two_proposals_at_once_one_is_under_way(any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch):
    ground.says_yes()
    pause = Pause(monkeypatch, consults, "_calendar")
    said = pause.runs(any_app, lambda: ground.proposes(ground.layla), lambda: ground.proposes(ground.bas, time(9)))
    assert said == [None, ConsultUnderWay]


def test_the_twin_that_does_not_hold_the_contact_parent_has_two_proposals(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    ground.says_yes()
    holds_nothing(monkeypatch, consults)
    pause = Pause(monkeypatch, consults, "_calendar")
    pause.runs(any_app, lambda: ground.proposes(ground.layla), lambda: ground.proposes(ground.bas, time(9)))
    db.session.rollback()
    open_ones = db.session.query(Consult).filter_by(state=ConsultState.PROPOSED).count()
    assert open_ones == (1 if is_alone(db.session()) else 2)
