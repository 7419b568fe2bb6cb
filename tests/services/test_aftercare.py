"""After a talk: a short conclusion and who does what, for the family that was there and for nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.aftercare import (
    EDITABLE_FOR,
    Action,
    ActionBy,
    ActionDayWrong,
    ActionHalf,
    Aftercare,
    AftercareChanged,
    AftercareClosed,
    AfterwordTooLong,
    MarkupInAfterword,
    NotHeld,
    NothingConcluded,
)
from scheduling.domain.errors import Invalid, NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.leading import TalkNotYet
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import Outcome
from scheduling.domain.texts import TextCompels
from scheduling.models import Booking, Outbox, TalkAction, TalkNote, db
from scheduling.queries.aftercare import aftercare_of
from scheduling.queries.letters import find_letter
from scheduling.services import aftercare, leading
from tests.builders import NOW, TUESDAY
from tests.worlds import World, a_world

AFTER = TUESDAY + timedelta(hours=3)
WORDS = Aftercare("Sami leest elke dag een kwartier.", (Action(ActionBy.PARENT, "Samen lezen", TUESDAY.date()),))

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def world() -> World:
    return a_world()


def bas(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.bas.id)


def held(world: World, talk: Booking, outcome: Outcome = Outcome.HELD) -> None:
    leading.mark(booking_id=talk.id, outcome=outcome, leader_id=talk.leader_id, by=bas(world), now=AFTER)


def write(world: World, found: Aftercare = WORDS, *, seen: int = 0, letter: bool = False, now=AFTER) -> None:
    aftercare.write(
        booking_id=world.samis_talk.id, aftercare=found, by_letter=letter, seen_version=seen, leader_id=world.bas.id,
        by=bas(world), now=now,
    )  # fmt: skip


def letters() -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.letter == Letter.AFTERWARDS)))


def test_what_was_agreed_is_kept_with_its_actions_and_is_no_new_version_when_it_is_the_same(world: World):
    held(world, world.samis_talk)
    write(world)
    write(world, seen=1)
    kept = aftercare_of(world.samis_talk.id)
    assert kept is not None
    assert kept.aftercare == WORDS
    assert kept.version == 1
    write(world, Aftercare("Korter.", ()), seen=1)
    again = aftercare_of(world.samis_talk.id)
    assert again is not None
    assert (again.aftercare, again.version) == (Aftercare("Korter.", ()), 2)


def test_only_after_a_talk_that_was_held(world: World):
    with pytest.raises(NotHeld):
        write(world)
    held(world, world.samis_talk, Outcome.NO_SHOW)
    with pytest.raises(NotHeld):
        write(world)


def test_after_the_term_it_stays_as_it_is(world: World):
    held(world, world.samis_talk)
    with pytest.raises(AftercareClosed):
        write(world, now=world.samis_talk.ends_at + EDITABLE_FOR)


def test_nobody_overwrites_unseen_what_a_colleague_wrote(world: World):
    held(world, world.samis_talk)
    write(world)
    with pytest.raises(AftercareChanged):
        write(world, Aftercare("Iets anders."), seen=0)


def test_somebody_elses_talk_is_not_there(world: World):
    held(world, world.samis_talk)
    with pytest.raises(NotFound):
        aftercare.write(
            booking_id=world.samis_talk.id, aftercare=WORDS, by_letter=False, seen_version=0,
            leader_id=world.karin.id, by=Actor(ActorKind.STAFF, world.karin.id), now=AFTER,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kind", "field"),
    [
        (Aftercare(), NothingConcluded, "conclusion"),
        (Aftercare("a" * 281), AfterwordTooLong, "conclusion"),
        (Aftercare("Kijk op https://example.org"), MarkupInAfterword, "conclusion"),
        (Aftercare("<b>Lezen</b>"), MarkupInAfterword, "conclusion"),
        (Aftercare("U bent verplicht te lezen."), TextCompels, "conclusion"),
        (Aftercare("", (Action(ActionBy.PARENT, "U moet lezen"),)), TextCompels, "what_1"),
        (Aftercare("", (Action(ActionBy.PARENT, "", TUESDAY.date()),)), ActionHalf, "what_1"),
        (Aftercare("", (Action(ActionBy.PUPIL, "Lezen", NOW.date()),)), ActionDayWrong, "due_1"),
        (Aftercare("", (Action(ActionBy.PUPIL, "a" * 121),)), AfterwordTooLong, "what_1"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(world: World, words: Aftercare, kind: type[Invalid], field: str):
    held(world, world.samis_talk)
    with pytest.raises(kind) as caught:
        write(world, words)
    assert caught.value.field == field
    assert aftercare_of(world.samis_talk.id) is None


def test_the_home_that_was_there_gets_it_by_letter_once_for_each_version(world: World):
    held(world, world.samis_talk)
    write(world, letter=True)
    write(world, letter=True, seen=1)
    assert {row.guardian_id for row in letters()} == {world.layla.id, world.omar.id}
    assert len(letters()) == 2
    found = find_letter(letters()[0].id, AFTER)
    assert found is not None
    assert found.stop is None
    assert found.afterwards is not None
    assert found.afterwards.conclusion == WORDS.conclusion


def test_a_letter_with_words_that_no_longer_stand_stays_in_the_house(world: World):
    held(world, world.samis_talk)
    write(world, letter=True)
    write(world, Aftercare("Anders."), seen=1)
    found = find_letter(letters()[0].id, AFTER)
    assert found is not None
    assert found.stop is not None


def test_without_the_tick_no_letter_leaves(world: World):
    held(world, world.samis_talk)
    write(world)
    assert letters() == []


def test_a_family_that_let_the_school_know_is_told_apart_from_one_that_did_not_come(world: World):
    told = {"booking_id": world.samis_talk.id, "leader_id": world.bas.id, "by": bas(world)}
    with pytest.raises(TalkNotYet):
        aftercare.tell_no_show(**told, told_beforehand=True, now=NOW)
    aftercare.tell_no_show(**told, told_beforehand=True, now=AFTER)
    found = aftercare_of(world.samis_talk.id)
    assert found is not None
    assert found.told_beforehand
    assert not found.is_worded
    aftercare.tell_no_show(**told, told_beforehand=False, now=AFTER)
    again = aftercare_of(world.samis_talk.id)
    assert again is not None
    assert not again.told_beforehand
    assert db.session.get_one(Booking, world.samis_talk.id).outcome is Outcome.NO_SHOW


def test_what_was_written_goes_with_the_talk(world: World):
    talk, karin = db.session.get_one(Booking, world.noors_talk.id), Actor(ActorKind.STAFF, world.karin.id)
    held(world, talk)
    aftercare.write(
        booking_id=talk.id, aftercare=WORDS, by_letter=False, seen_version=0, leader_id=world.karin.id, by=karin,
        now=AFTER,
    )  # fmt: skip
    for slot in talk.slots:
        slot.booking_id = None
    db.session.flush()
    db.session.execute(Booking.__table__.delete().where(Booking.id == talk.id))
    assert db.session.scalars(select(TalkNote)).all() == []
    assert db.session.scalars(select(TalkAction)).all() == []
