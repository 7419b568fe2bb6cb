"""Parents who can mean something to each other: a simple list, and nobody's name before two times yes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.buddies import (
    MOST,
    BuddyKind,
    BuddyState,
    ContactMissing,
    EnoughLines,
    NoPair,
    NotAskedAnyMore,
    ParentMissing,
    Shown,
    TopicMissing,
    Wish,
    state_of,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.retention import terms_of
from scheduling.domain.texts import TextCompels
from scheduling.domain.timeslots import moment_at
from scheduling.models import BuddyPair, BuddyWish, Guardian, Outbox, SchoolYear, db
from scheduling.queries import buddies as asking
from scheduling.queries.letters import find_letter
from scheduling.services import buddies, retention
from tests.builders import NOW, a_guardian, a_pupil
from tests.questions import questions
from tests.worlds import World, a_world

SEEKS, HELPS = Wish(BuddyKind.LANGUAGE, offers=False, topic="Pools"), Wish(BuddyKind.LANGUAGE, True, "pools")


@pytest.fixture
def world(context) -> World:
    return a_world()


def parent(world: World, name: str) -> Actor:
    return Actor(ActorKind.GUARDIAN, getattr(world, name).id)


def office(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.office.id)


def says(world: World, name: str, wish: Wish) -> int:
    return buddies.say(wish=wish, year_id=world.start.year_id, by=parent(world, name), now=NOW)


def a_pair(world: World, seeks: str = "layla", helps: str = "els", leader_id: int | None = None) -> int:
    need, offer = says(world, seeks, SEEKS), says(world, helps, HELPS)
    return buddies.propose(need_id=need, offer_id=offer, leader_id=leader_id, by=office(world), now=NOW)


def answers(world: World, name: str, pair_id: int, *, yes: bool = True, shown: Shown | None = Shown.MAIL):
    return buddies.answer(pair_id=pair_id, yes=yes, shown=shown, by=parent(world, name), now=NOW)


def own(world: World, name: str) -> asking.Own:
    return asking.own(parent(world, name), world.start.year_id, NOW)


def letters(letter: Letter) -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.guardian_id)))


@pytest.mark.parametrize(
    ("need", "offer", "state"),
    [(None, None, "asked"), (True, None, "asked"), (True, True, "found"), (False, True, "off"), (None, False, "off")],
)
def test_found_is_two_times_yes(need, offer, state):
    assert state_of(need, offer) == state


def test_neither_reads_of_the_other_before_both_said_yes(world: World):
    pair = a_pair(world)
    assert asking.is_asked(parent(world, "layla"), world.start.year_id, NOW.date())
    assert answers(world, "layla", pair) is BuddyState.ASKED
    for name, other in (("layla", world.els), ("els", world.layla)):
        assert other.given_name not in repr(own(world, name))
        assert other.email not in repr(own(world, name))
    facts = [find_letter(row.id, NOW).buddy for row in letters(Letter.BUDDY_ASKED)]
    assert [(one.name, one.reach) for one in facts] == [("", ""), ("", "")]
    assert letters(Letter.BUDDY_FOUND) == []


def test_after_two_times_yes_each_gets_a_name_and_the_one_thing_the_other_shows(world: World):
    db.session.get_one(Guardian, world.els.id).phone = "+31 00 000 00 55"
    db.session.commit()
    pair = a_pair(world)
    answers(world, "layla", pair)
    assert answers(world, "els", pair, shown=Shown.PHONE) is BuddyState.FOUND
    (laylas,), (elss,) = own(world, "layla").meetings, own(world, "els").meetings
    assert (laylas.name, laylas.reach) == ("Els Yilmaz", "+31 00 000 00 55")
    assert (elss.name, elss.reach) == ("Layla Yilmaz", world.layla.email)
    assert [row.guardian_id for row in letters(Letter.BUDDY_FOUND)] == sorted([world.layla.id, world.els.id])


def test_a_no_ends_it_without_a_word_of_who(world: World):
    pair = a_pair(world)
    answers(world, "els", pair, yes=False, shown=None)
    assert own(world, "layla").meetings == ()
    with pytest.raises(NotAskedAnyMore):
        answers(world, "layla", pair)
    assert {find_letter(row.id, NOW).stop.reason for row in letters(Letter.BUDDY_ASKED)} == {"buddy_over"}
    with pytest.raises(NoPair):
        a_pair(world)


def test_who_stops_is_gone_from_the_page_of_the_other(world: World):
    pair = a_pair(world)
    answers(world, "layla", pair)
    answers(world, "els", pair)
    found = letters(Letter.BUDDY_FOUND)[0].id
    buddies.stop(wish_id=own(world, "els").lines[0][0], by=parent(world, "els"), now=NOW)
    assert own(world, "layla").meetings == ()
    assert find_letter(found, NOW).stop.reason == "buddy_over"
    with pytest.raises(NotFound):
        buddies.stop(wish_id=own(world, "layla").lines[0][0], by=parent(world, "els"), now=NOW)
    assert db.session.scalars(select(BuddyPair)).all() == []


def test_parents_of_one_child_and_lines_that_differ_are_no_pair(world: World):
    with pytest.raises(NoPair):
        a_pair(world, "ruud", "els")
    need, other = says(world, "layla", SEEKS), says(world, "petra", Wish(BuddyKind.NEW, offers=True))
    for offer in (other, need):
        with pytest.raises(NoPair):
            buddies.propose(need_id=need, offer_id=offer, leader_id=None, by=office(world), now=NOW)


def test_a_leader_reads_names_of_the_own_class_and_of_others_only_the_class(world: World):
    says(world, "petra", SEEKS)
    says(world, "els", HELPS)
    found = asking.board(world.start.year_id, world.bas.id, NOW)
    (need,) = found.needs
    assert need.line.name.given == "Petra"
    assert [(line.name, line.classes) for line in need.offers] == [(None, ("6",))]
    assert asking.board(world.start.year_id, None, NOW).needs[0].offers[0].name.given == "Els"
    assert world.els.id not in [id_ for id_, _name in found.parents]
    assert asking.board(world.start.year_id, world.karin.id, NOW).needs == ()


def test_a_leader_notes_and_asks_for_the_own_class(world: World):
    bas, year = Actor(ActorKind.STAFF, world.bas.id), world.start.year_id
    buddies.note(guardian_id=world.petra.id, wish=SEEKS, year_id=year, leader_id=world.bas.id, by=bas, now=NOW)
    assert [wish for _id, wish in own(world, "petra").lines] == [SEEKS], "and the parent sees it"
    with pytest.raises(ParentMissing):
        buddies.note(guardian_id=world.els.id, wish=SEEKS, year_id=year, leader_id=world.bas.id, by=bas, now=NOW)
    need, offer = says(world, "els", SEEKS), says(world, "petra", HELPS)
    with pytest.raises(NotFound):
        buddies.propose(need_id=need, offer_id=offer, leader_id=world.bas.id, by=bas, now=NOW)


def test_what_a_line_may_be(world: World):
    for wish, refusal in (
        (Wish(BuddyKind.OTHER, True, " "), TopicMissing),
        (Wish(BuddyKind.OTHER, True, "U moet bellen"), TextCompels),
    ):
        with pytest.raises(refusal):
            says(world, "layla", wish)
    assert says(world, "layla", SEEKS) == says(world, "layla", SEEKS), "twice is once"
    for number in range(MOST - 1):
        says(world, "layla", Wish(BuddyKind.OTHER, True, f"ding {number}"))
    with pytest.raises(EnoughLines):
        says(world, "layla", Wish(BuddyKind.NEW, offers=True))
    with pytest.raises(NotFound):
        buddies.say(wish=SEEKS, year_id=world.start.year_id, by=Actor(ActorKind.PUPIL, world.sami.id), now=NOW)


def test_nobody_shows_what_the_house_does_not_know(world: World):
    pair = a_pair(world)
    with pytest.raises(ContactMissing):
        answers(world, "layla", pair, shown=Shown.PHONE)
    with pytest.raises(NotFound):
        answers(world, "petra", pair)


def test_it_ends_with_the_year(world: World):
    pair = a_pair(world)
    year = db.session.get_one(SchoolYear, world.start.year_id)
    after = moment_at(year.ends_on + timedelta(days=1), NOW.time())
    with pytest.raises(NotAskedAnyMore):
        buddies.answer(pair_id=pair, yes=True, shown=Shown.MAIL, by=parent(world, "layla"), now=after)
    assert not asking.own(parent(world, "layla"), year.id, after).may
    until = moment_at(terms_of(year.ends_on).links, NOW.time())
    assert retention.run(by=SYSTEM, now=until)["buddies"] == 2
    assert db.session.scalars(select(BuddyWish)).all() == []


def test_a_long_list_asks_the_database_no_more_than_a_short_one(world: World):
    def asked(leader_id: int | None) -> int:
        db.session.expire_all()
        with questions(db.engine) as found:
            asking.board(world.start.year_id, leader_id, NOW)
        return len(found)

    a_pair(world)
    few = asked(world.bas.id), asked(None)
    for number in range(12):
        parent = a_guardian(f"Ouder{number}", a_pupil(f"Kind{number}", world.three))
        by = Actor(ActorKind.GUARDIAN, parent.id)
        buddies.say(wish=SEEKS if number % 2 else HELPS, year_id=world.start.year_id, by=by, now=NOW)
    assert (asked(world.bas.id), asked(None)) == few
