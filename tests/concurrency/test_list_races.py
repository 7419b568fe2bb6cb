"""A questionnaire, a checklist and buddies under two taps at the same moment; on both databases."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from scheduling.domain.buddies import BuddyKind, Shown, Wish
from scheduling.domain.checklists import Moment
from scheduling.domain.errors import Conflict, NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.questionnaires import AnsweredBefore, Asked, Item, Said, Side
from scheduling.models import BuddyPair, ChecklistMark, ClassLeader, Outbox, Questionnaire, QuestionnaireTally, db
from scheduling.queries import buddies as reading_buddies
from scheduling.queries import questionnaires as asking
from scheduling.queries.questionnaires import Choice
from scheduling.services import buddies, checklists, questionnaires
from tests.builders import NOW
from tests.concurrency.pause import Pause
from tests.concurrency.test_leaders_race import at_once
from tests.worlds import World, a_world

TURNS = 4
ON_POSTGRES = pytest.mark.parametrize("database", [pytest.param("postgres", marks=pytest.mark.postgres)])
"""On SQLite one writer waits for the other, with or without rows that are held."""

GLAD = Said({(Item.HOME, Side.EXPERIENCE): 4})


@pytest.fixture
def world(any_app: Flask) -> World:
    with any_app.app_context():
        db.session().expire_on_commit = False
        made = a_world()
        db.session.expunge_all()
        db.session.remove()
    return made


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is held, and both have read before either writes."""
    both = threading.Barrier(2)

    def after_both(act: Callable[..., Any]) -> Callable[..., Any]:
        def run(*facts: Any) -> Any:
            both.wait(20)
            return act(*facts)

        return run

    for service in (questionnaires, checklists, buddies):
        monkeypatch.setattr(service, "lock", lambda *_facts: None)
    monkeypatch.setattr(questionnaires, "_ensure_first", after_both(questionnaires._ensure_first))
    monkeypatch.setattr(checklists, "local", after_both(checklists.local))
    monkeypatch.setattr(reading_buddies, "what_shows", after_both(reading_buddies.what_shows))


def both(app: Flask, *acts: Callable[[], object]) -> list[type | None]:
    """Let both act at once; also where the database itself has to say no."""

    def guarded(act: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            try:
                return act()
            except IntegrityError as error:
                raise Conflict from error

        return run

    return at_once(app, *map(guarded, acts))


def answers(world: World, who: str) -> Callable[[], None]:
    about = Choice("3", world.start.year_id, "3", "", "3")
    return lambda: questionnaires.answer(asked=Asked.PARENT, choice=about, said=GLAD, mark=who, now=NOW)


def begins_again(app: Flask, world: World) -> None:
    with app.app_context():
        for table in (QuestionnaireTally, Questionnaire):
            db.session.execute(delete(table))
        db.session.commit()
        questionnaires.start(year_id=world.start.year_id, send=False, by=office(world), now=NOW)
        db.session.remove()


def office(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.office.id)


def counted(app: Flask, world: World) -> int:
    with app.app_context():
        return asking.held(world.start.year_id).people[Asked.PARENT]


def test_who_taps_twice_is_counted_once(any_app: Flask, world: World):
    for _turn in range(TURNS):
        begins_again(any_app, world)
        said = at_once(any_app, answers(world, "Layla"), answers(world, "Layla"))
        assert sorted(map(str, said)) == sorted(map(str, [None, AnsweredBefore]))
        assert counted(any_app, world) == 1


def test_the_twin_that_does_not_look_at_the_marks_counts_twice(
    any_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(questionnaires, "_ensure_first", lambda *_facts: None)
    begins_again(any_app, world)
    assert at_once(any_app, answers(world, "Layla"), answers(world, "Layla")) == [None, None]
    assert counted(any_app, world) == 2


def two_parents_answer(app: Flask, world: World) -> bool:
    """Are both counted, and both turns used?"""
    begins_again(app, world)
    if both(app, answers(world, "Layla"), answers(world, "Petra")) != [None, None]:
        return False
    with app.app_context():
        used = len(db.session.get_one(Questionnaire, world.start.year_id).marks)
        db.session.remove()
    return (counted(app, world), used) == (2, 2)


def test_two_parents_who_answer_at_once_are_both_counted(any_app: Flask, world: World):
    assert all(two_parents_answer(any_app, world) for _turn in range(TURNS))


@ON_POSTGRES
@pytest.mark.usefixtures("nobody_waits")
def test_the_twin_that_does_not_wait_loses_an_answer(any_app: Flask, world: World):
    assert not two_parents_answer(any_app, world)


def writes(world: World, who: str, **said: str) -> Callable[[], None]:
    by = Actor(ActorKind.STAFF, getattr(world, who).id)
    return lambda: checklists.write(
        class_id=world.three.id, pupil_id=world.sami.id, moment=Moment.AUTUMN, answers=said, step="", by=by, now=NOW
    )


def kept(app: Flask, world: World, who: str) -> dict[str, str]:
    with app.app_context():
        own = select(ChecklistMark).where(ChecklistMark.staff_id == getattr(world, who).id)
        return {row.key.value: row.value for row in db.session.scalars(own)}


def test_two_mentors_of_a_class_each_keep_their_own_list(any_app: Flask, world: World):
    with any_app.app_context():
        db.session.add(ClassLeader(class_id=world.three.id, staff_id=world.karin.id, position=2))
        db.session.commit()
        db.session.remove()
    for _turn in range(TURNS):
        said = at_once(any_app, writes(world, "bas", background="2"), writes(world, "karin", background="4"))
        assert said == [None, None]
    assert (kept(any_app, world, "bas"), kept(any_app, world, "karin")) == ({"background": "2"}, {"background": "4"})


def bas_saves_twice(app: Flask, world: World) -> bool:
    """On two devices at once: does one of the two lists stand there whole?"""
    one, other = {"background": "2", "easy_self": "2"}, {"background": "4", "easy_self": "4"}
    with app.app_context():
        db.session.execute(delete(ChecklistMark))
        db.session.commit()
        db.session.remove()
    said = both(app, writes(world, "bas", **one), writes(world, "bas", **other))
    return said == [None, None] and kept(app, world, "bas") in (one, other)


def test_a_mentor_on_two_devices_keeps_one_list_whole(any_app: Flask, world: World):
    assert all(bas_saves_twice(any_app, world) for _turn in range(TURNS))


@ON_POSTGRES
@pytest.mark.usefixtures("nobody_waits")
def test_the_twin_that_does_not_wait_breaks_the_list(any_app: Flask, world: World):
    assert not bas_saves_twice(any_app, world)


def both_say_yes(app: Flask, world: World) -> bool:
    """Layla looks and Els offers, and both say yes at once: does each get one letter with the other's name?"""
    with app.app_context():
        db.session.execute(delete(BuddyPair))
        db.session.execute(delete(Outbox).where(Outbox.letter == Letter.BUDDY_FOUND))
        db.session.commit()
        need, offer = (
            buddies.say(
                wish=Wish(BuddyKind.NEW, offers=offers), year_id=world.start.year_id,
                by=Actor(ActorKind.GUARDIAN, parent.id), now=NOW,
            )
            for parent, offers in ((world.layla, False), (world.els, True))
        )  # fmt: skip
        pair = buddies.propose(need_id=need, offer_id=offer, leader_id=None, by=office(world), now=NOW)
        db.session.remove()

    def says_yes(parent: int) -> Callable[[], object]:
        by = Actor(ActorKind.GUARDIAN, parent)
        return lambda: buddies.answer(pair_id=pair, yes=True, shown=Shown.MAIL, by=by, now=NOW)

    assert at_once(app, says_yes(world.layla.id), says_yes(world.els.id)) == [None, None]
    with app.app_context():
        found = db.session.scalars(select(Outbox.guardian_id).where(Outbox.letter == Letter.BUDDY_FOUND)).all()
        return sorted(found) == sorted([world.layla.id, world.els.id])


def test_two_parents_who_say_yes_at_once_hear_of_each_other_once(any_app: Flask, world: World):
    assert all(both_say_yes(any_app, world) for _turn in range(TURNS))


@ON_POSTGRES
@pytest.mark.usefixtures("nobody_waits")
def test_the_twin_that_does_not_wait_tells_nobody(any_app: Flask, world: World):
    assert not both_say_yes(any_app, world)


def layla_stops_twice(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> list[type | None]:
    """What each of two taps hears, the second of which comes while the first one looks."""
    by = Actor(ActorKind.GUARDIAN, world.layla.id)
    with app.app_context():
        line = buddies.say(wish=Wish(BuddyKind.NEW, offers=False), year_id=world.start.year_id, by=by, now=NOW)
        pause = Pause(monkeypatch, buddies, "_own_line")

        def stops() -> None:
            try:
                buddies.stop(wish_id=line, by=by, now=NOW)
            except (ObjectDeletedError, StaleDataError) as error:
                raise Conflict from error

        return pause.runs(app, stops, stops)


def test_of_two_taps_that_stop_a_line_the_second_finds_nothing(
    any_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
):
    said = layla_stops_twice(any_app, world, monkeypatch)
    assert sorted(map(str, said)) == sorted(map(str, [None, NotFound]))


@ON_POSTGRES
def test_the_twin_that_looks_only_once_breaks_on_the_second_tap(
    any_app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
):
    looked, look = threading.local(), buddies._own_line

    def look_once(*facts: Any) -> Any:
        looked.line = getattr(looked, "line", None) or look(*facts)
        return looked.line

    monkeypatch.setattr(buddies, "_own_line", look_once)
    assert layla_stops_twice(any_app, world, monkeypatch) == [Conflict, None]
