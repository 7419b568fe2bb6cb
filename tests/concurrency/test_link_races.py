"""Links for video that are pasted at the same moment: one stands, the other hears which; on both databases."""

import threading
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import Details, JoinLinkUsed, Medium, ProposalChanged
from scheduling.domain.timeslots import Span
from scheduling.domain.ways import WayChangedMeanwhile, seen_as
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, write
from scheduling.models import Outbox, SingleTalk, TalkWay, db
from scheduling.queries.letters import find_letter
from scheduling.services import single_talks, ways
from scheduling.services.transaction import is_alone
from tests.builders import NOW, household_of
from tests.concurrency.test_leaders_race import at_once
from tests.concurrency.test_single_races import LENGTH, SEPTEMBER
from tests.worlds import a_world

TURNS = 4
ONE, OTHER = "https://beeld.example.org/een", "https://beeld.example.org/twee"
PAPER = Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org")
PATIENCE = 3
"""Seconds that somebody who has looked waits for the other to look as well."""


class Ground:
    """Bas sees Sami in the round and has a talk for Noor on the way; ids only, so that threads may use it."""

    def __init__(self) -> None:
        world = a_world()
        world.samis_talk.invited_at = NOW
        db.session.commit()
        self.bas, self.karin = world.bas.id, world.karin.id
        self.talk, self.samis_home = world.samis_talk.id, (world.sami.id, household_of(world.layla).id)
        self.noors_home = (world.noor.id, household_of(world.layla).id)

    def pastes(self, link: str, seen: str) -> Callable[[], None]:
        def act() -> None:
            ways.set_way(
                booking_id=self.talk, leader_id=self.bas, way=Medium.VIDEO, join_link=link, seen=seen, by=SYSTEM,
                now=NOW,
            )  # fmt: skip

        return act

    def both_paste(self, app: Flask) -> list[type | None]:
        found = db.session.get(TalkWay, self.talk, populate_existing=True)
        seen = seen_as(found.way, found.join_link) if found else seen_as(Medium.SCHOOL, "")
        db.session.remove()
        return at_once(app, self.pastes(ONE, seen), self.pastes(OTHER, seen))

    def stands(self) -> str:
        db.session.rollback()
        return db.session.get_one(TalkWay, self.talk, populate_existing=True).join_link

    def told(self) -> str:
        """The letters that leave, as they read then."""
        rows = db.session.query(Outbox).filter_by(booking_id=self.talk, letter=Letter.CHANGED, state="queued")
        facts = [find_letter(row.id, NOW) for row in rows]
        return "".join(write(one, token="t", paper=PAPER).text for one in facts if one)

    def at_school_again(self) -> None:
        found = db.session.get_one(TalkWay, self.talk)
        ways.set_way(
            booking_id=self.talk, leader_id=self.bas, way=Medium.SCHOOL, join_link="",
            seen=seen_as(found.way, found.join_link), by=SYSTEM, now=NOW,
        )  # fmt: skip

    def arranges(self, leader: int, home: tuple[int, int], link: str, hour: int) -> int:
        begins = SEPTEMBER + hour * 3 * LENGTH
        return single_talks.arrange(
            details=Details(RoundKind.FOLLOW_UP, 20, Medium.VIDEO, PupilPart.PRESENT, join_link=link),
            pupil_id=home[0], household_id=home[1], spans=[Span(begins, begins + LENGTH)], anyway=False, after_id=None,
            leader_id=leader, by=SYSTEM, now=NOW,
        )  # fmt: skip

    def proposes(self, single_id: int, link: str, seen: int, hour: int) -> Callable[[], None]:
        begins = SEPTEMBER + hour * 3 * LENGTH

        def act() -> None:
            single_talks.propose(
                single_id=single_id, spans=[Span(begins, begins + LENGTH)], anyway=False, seen_version=seen,
                details=Details(RoundKind.FOLLOW_UP, 20, Medium.VIDEO, PupilPart.PRESENT, join_link=link),
                leader_id=self.karin, by=SYSTEM, now=NOW,
            )  # fmt: skip

        return act


@pytest.fixture
def ground(any_app: Flask) -> Iterator[Ground]:
    with any_app.app_context():
        yield Ground()
        db.session.remove()


def test_of_two_links_for_one_talk_one_stands_and_the_letter_tells_that_one(any_app: Flask, ground: Ground):
    for _turn in range(TURNS):
        said = ground.both_paste(any_app)
        assert sorted(map(str, said)) == sorted(map(str, [None, WayChangedMeanwhile]))
        stands = ground.stands()
        assert stands == (ONE, OTHER)[said.index(None)]
        told = ground.told()
        assert stands in told
        assert ({ONE, OTHER} - {stands}).pop() not in told
        ground.at_school_again()


def test_the_twin_that_does_not_look_what_stands_loses_a_link_unnoticed(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ways, "_ensure_as_seen", lambda *_facts: None)
    assert ground.both_paste(any_app) == [None, None]


def two_proposals(app: Flask, ground: Ground) -> list[type | None]:
    single_id = ground.arranges(ground.karin, ground.noors_home, "https://beeld.example.org/nul", 0)
    seen = db.session.get_one(SingleTalk, single_id).version
    db.session.remove()
    return at_once(app, ground.proposes(single_id, ONE, seen, 1), ground.proposes(single_id, OTHER, seen, 2))


def test_of_two_proposals_of_one_talk_with_other_links_one_stands(any_app: Flask, ground: Ground):
    said = two_proposals(any_app, ground)
    assert sorted(map(str, said)) == sorted(map(str, [None, ProposalChanged]))
    talk = db.session.query(SingleTalk).one()
    winner = said.index(None)
    assert talk.join_link == (ONE, OTHER)[winner]
    assert [time.starts_at for time in talk.times] == [SEPTEMBER + (winner + 1) * 3 * LENGTH]


def test_the_twin_that_does_not_look_what_was_proposed_overwrites_it_unnoticed(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(single_talks, "_ensure_as_seen", lambda *_facts: None)
    assert two_proposals(any_app, ground) == [None, None]


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looked whether a link is free, goes on when the other looked as well: the worst of all moments."""
    both = threading.Barrier(2)
    for module, name in ((ways, "is_link_used"), (single_talks.reading, "is_link_used")):
        look = getattr(module, name)

        def look_and_wait(*facts, look=look, **more) -> bool:
            found = look(*facts, **more)
            try:
                both.wait(PATIENCE)
            except threading.BrokenBarrierError:
                both.reset()
            return found

        monkeypatch.setattr(module, name, look_and_wait)


def one_link_for_two_talks(app: Flask, ground: Ground) -> list[type | None]:
    seen = seen_as(Medium.SCHOOL, "")
    db.session.remove()
    return at_once(app, ground.pastes(ONE, seen), lambda: ground.arranges(ground.karin, ground.noors_home, ONE, 0))


def held_by() -> int:
    """How many talks are held at that one link."""
    return sum(db.session.query(kind).filter_by(join_link=ONE).count() for kind in (TalkWay, SingleTalk))


@pytest.mark.usefixtures("both_look_first")
def test_one_link_is_never_of_a_talk_in_a_round_and_of_one_for_a_single_pupil(any_app: Flask, ground: Ground):
    said = one_link_for_two_talks(any_app, ground)
    assert sorted(map(str, said)) == sorted(map(str, [None, JoinLinkUsed]))
    assert held_by() == 1


@pytest.mark.usefixtures("both_look_first")
def test_the_twin_that_does_not_hold_the_links_lets_two_families_meet_in_one_call(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """Where writers are not alone that lock is what tells the second one."""
    monkeypatch.setattr(single_talks, "hold_links", lambda _session: None)
    said = one_link_for_two_talks(any_app, ground)
    if is_alone(db.session()):
        assert sorted(map(str, said)) == sorted(map(str, [None, JoinLinkUsed]))
    else:
        assert said == [None, None]
        assert held_by() == 2
