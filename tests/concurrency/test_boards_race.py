"""Two colleagues at one board at the same moment, and a parent who books where a talk of the draft is put."""

from typing import Any

import pytest
from flask import Flask

from scheduling.domain.drafts import MovedMeanwhile, NotPossible
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import StaffRole
from scheduling.models import Booking, Guardianship, LeaderOpening, RosterMove, RosterTalk, Slot, db
from scheduling.services import bookings, drafts, rosters
from scheduling.services.drafts import Seen
from tests.builders import NOW, a_leader
from tests.concurrency.test_leaders_race import at_once
from tests.drafting import Draft, a_draft_to_visit

TURNS = 10


@pytest.fixture
def draft(any_app: Flask) -> Draft:
    with any_app.app_context():
        return a_draft_to_visit()


def seen_of(app: Flask, pupil: Any) -> Seen:
    with app.app_context():
        row = db.session.query(RosterTalk).filter(RosterTalk.pupil_id == pupil.id, RosterTalk.version_id == 1).one()
        return Seen(row.id, row.edition)


def both_move(app: Flask, draft: Draft, other: Actor) -> list[list[Any]]:
    """Turn after turn two colleagues look at Daan's talk and put it each on a place of their own."""
    said = []
    for turn in range(TURNS):
        seen = seen_of(app, draft.daan)
        one, two = ((4, 5), (6, 7))[turn % 2]

        def to(place: int, by: Actor, seen: Seen = seen) -> int:
            return drafts.move(
                round_id=draft.round.id, number=1, seen=seen, slot_id=draft.slots[place].id, by=by, now=NOW
            )

        said.append(
            at_once(app, lambda to=to, place=one: to(place, draft.by), lambda to=to, place=two: to(place, other))
        )
    return said


def moves(app: Flask) -> int:
    with app.app_context():
        return int(db.session.query(RosterMove).count())


def test_of_two_colleagues_with_one_talk_one_is_first_and_the_other_hears_it(any_app: Flask, draft: Draft):
    with any_app.app_context():
        other = Actor(ActorKind.STAFF, a_leader("karin", roles=[StaffRole.OFFICE]).id)
    for refusals in both_move(any_app, draft, other):
        assert sorted(refusals, key=str) == sorted([None, MovedMeanwhile], key=str)
    assert moves(any_app) == TURNS


def test_without_looking_at_the_edition_one_colleague_would_undo_the_other_unseen(
    any_app: Flask, draft: Draft, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(drafts, "_as_seen", lambda session, _version, seen: session.get(RosterTalk, seen.talk_id))
    both_move(any_app, draft, draft.by)
    assert moves(any_app) == 2 * TURNS, "this is what the edition is for"


def test_a_time_that_a_parent_books_while_a_talk_is_put_there_is_the_parents(any_app: Flask, draft: Draft):
    with any_app.app_context():
        petra = db.session.query(Guardianship).filter_by(pupil_id=draft.daan.id).one().guardian_id
        db.session.add(LeaderOpening(round_id=draft.round.id, leader_id=draft.anna.id, opened_at=NOW))
        db.session.commit()
    place, seen = draft.slots[5].id, seen_of(any_app, draft.aya)
    family = Actor(ActorKind.GUARDIAN, petra)
    refusals = at_once(
        any_app,
        lambda: drafts.move(round_id=draft.round.id, number=1, seen=seen, slot_id=place, by=draft.by, now=NOW),
        lambda: bookings.pick(
            round_id=draft.round.id, pupil_id=draft.daan.id, slot_id=place, by=family, now=NOW
        ),
    )  # fmt: skip
    assert refusals in ([None, None], [NotPossible, None])
    with any_app.app_context():
        outcome = rosters.publish(round_id=draft.round.id, by=draft.by, now=NOW)
        assert outcome.changed_meanwhile == ("anna",)
        assert drafts.repair(round_id=draft.round.id, number=1, by=draft.by, now=NOW) == 2
        rosters.run_requested(worker="test", clock=lambda: NOW)
        assert rosters.publish(round_id=draft.round.id, number=2, by=draft.by, now=NOW).published == ("anna",)
        talks = {booking.pupil_id: booking.starts_at for booking in db.session.query(Booking)}
        assert talks[draft.daan.id] == db.session.get(Slot, place).starts_at
        assert set(talks) == {draft.sami.id, draft.daan.id, draft.aya.id, draft.lina.id}
        db.session.remove()
