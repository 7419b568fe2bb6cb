"""The office changes a draft by hand: every change says what it costs, is kept once, and can be put back."""

import pytest

from scheduling.domain.drafts import (
    WITHOUT_BREAK,
    CostKind,
    HeldInARow,
    MovedMeanwhile,
    MoveKind,
    NoSuchTalk,
    NothingToUndo,
    NotPossible,
    StopKind,
)
from scheduling.domain.rosters import NotADraft
from scheduling.models import (
    Booking,
    JournalLine,
    RosterMove,
    RosterTalk,
    RosterVersion,
    Slot,
    db,
)
from scheduling.optimiser.checker import check
from scheduling.optimiser.problem import ConversationsRoster
from scheduling.queries import drafts as asking
from scheduling.services import drafts, rosters
from scheduling.services.drafts import Seen
from tests.builders import NOW, TUESDAY, a_booking, a_class, a_pupil
from tests.drafting import SLOT, a_draft_to_change

pytestmark = pytest.mark.usefixtures("any_context")


class Story:
    """The draft of tests/drafting.py, and the office that changes it."""

    def __init__(self) -> None:
        draft = a_draft_to_change()
        self.office, self.anna, self.by, self.round = draft.office, draft.anna, draft.by, draft.round
        self.sami, self.daan, self.aya, self.lina = draft.sami, draft.daan, draft.aya, draft.lina
        self.slots, self.version = draft.slots, draft.version

    def row(self, pupil, number=1) -> RosterTalk:
        db.session.expire_all()
        found = db.session.query(RosterTalk).join(RosterVersion).filter(RosterVersion.number == number)
        return found.filter(RosterTalk.pupil_id == pupil.id).one()

    def at(self, pupil) -> int | None:
        """In which slot of the leader a talk begins."""
        starts_at = self.row(pupil).starts_at
        return None if starts_at is None else (starts_at - TUESDAY) // SLOT

    def seen(self, pupil) -> Seen:
        row = self.row(pupil)
        return Seen(row.id, row.edition)

    def moves(self, pupil, place: int, other=None, **given) -> int:
        return drafts.move(
            round_id=self.round.id, number=1, seen=given.pop("seen", None) or self.seen(pupil),
            slot_id=self.slots[place].id, other=self.seen(other) if other else None, by=self.by, now=NOW, **given,
        )  # fmt: skip

    def does(self, kind: MoveKind, pupil) -> int:
        return drafts.change(round_id=self.round.id, number=1, seen=self.seen(pupil), kind=kind, by=self.by, now=NOW)

    def puts_back(self, move_id: int) -> int:
        return drafts.undo(round_id=self.round.id, number=1, move_id=move_id, by=self.by, now=NOW)

    def board(self, pupil=None, leader=None):
        db.session.expire_all()
        return asking.board(
            self.round.id, 1, (leader or self.anna).id, now=NOW, talk_id=self.row(pupil).id if pupil else None,
            moving=pupil is not None,
        )  # fmt: skip

    def choice(self, pupil, place: int):
        return self.board(pupil).chosen.times[self.slots[place].id]


@pytest.fixture
def story(any_context) -> Story:
    return Story()


def test_a_talk_moves_to_a_free_time_and_the_roster_is_counted_again(story):
    story.moves(story.daan, 5)
    assert story.at(story.daan) == 5
    (move,) = db.session.query(RosterMove)
    assert (move.kind, move.made_by, move.made_at) == (MoveKind.MOVE, story.office.id, NOW)
    version = db.session.get(RosterVersion, story.version.id)
    assert version.score == {"objective": 0, "sibling_pairs": 1, "sibling_pairs_adjacent": 1}
    assert version.proof == "feasible", "what somebody changed by hand is no longer what was proven"
    (line,) = db.session.query(JournalLine).filter_by(action="rosters.move")
    assert line.facts["talks"] == [story.row(story.daan).id]


def test_a_move_that_parts_brother_and_sister_says_so_and_costs_fifteen(story):
    choice = story.choice(story.sami, 6)
    assert [(cost.kind, cost.other) for cost in choice.weighed.costs] == [
        (CostKind.APART, next(key for key, talk in story.board().talks.items() if talk.pupil.given == "Lina"))
    ]
    assert choice.weighed.total == 15
    story.moves(story.sami, 6)
    version = db.session.get(RosterVersion, story.version.id)
    assert (version.score["objective"], version.score["sibling_pairs_adjacent"]) == (15, 0)
    assert story.row(story.sami).facts["beside"] == []
    assert story.row(story.lina).facts["apart"] == [[story.sami.id, True]]


def test_a_time_at_which_the_sister_has_her_talk_is_not_possible(story):
    choice = story.choice(story.sami, 2)
    assert [stop.kind for stop in choice.weighed.stops] == [StopKind.SIBLING]
    with pytest.raises(NotPossible):
        story.moves(story.sami, 2)
    assert story.at(story.sami) == 0


def test_two_talks_change_places_when_both_are_as_the_form_showed_them(story):
    choice = story.choice(story.daan, 3)
    assert (choice.other.pupil.given, choice.weighed.is_free) == ("Aya", True)
    story.moves(story.daan, 3, other=story.aya)
    assert (story.at(story.daan), story.at(story.aya)) == (3, 1)
    assert db.session.query(RosterMove).one().kind is MoveKind.SWAP


def test_what_was_done_is_put_back_in_one_step_and_that_too(story):
    done = story.moves(story.daan, 3, other=story.aya)
    back = story.puts_back(done)
    assert (story.at(story.daan), story.at(story.aya)) == (1, 3)
    again = story.puts_back(back)
    assert (story.at(story.daan), story.at(story.aya)) == (3, 1)
    with pytest.raises(NothingToUndo):
        story.puts_back(done)
    assert [line.can_undo for line in asking.moves_of(story.version.id)] == [True, False, False]
    assert asking.moves_of(story.version.id)[0].id == again


def test_five_talks_in_a_row_are_possible_but_the_board_says_there_is_no_break(story):
    story.round.max_in_a_row = 2
    db.session.commit()
    choice = story.choice(story.aya, 2)
    assert [(cost.kind, cost.count) for cost in choice.weighed.costs] == [(CostKind.NO_BREAK, 3)]
    assert (choice.weighed.is_free, choice.weighed.total) == (False, WITHOUT_BREAK)
    before = story.board().points
    story.moves(story.aya, 2)
    assert (story.at(story.aya), story.board().points) == (2, before + WITHOUT_BREAK)
    back = story.choice(story.aya, 5).weighed
    assert ([cost.kind for cost in back.costs], back.total) == ([CostKind.BREAK], -WITHOUT_BREAK)


def test_a_long_talk_may_begin_at_what_is_now_its_second_half(story):
    story.does(MoveKind.LONGER, story.aya)
    choice = story.choice(story.aya, 4)
    assert choice.weighed.is_possible
    week = story.board(story.aya).weeks[0]
    assert [cells[0].rows for _, cells in week.lines[3:6]] == [1, 1, 1], "each half is a field of its own"
    story.moves(story.aya, 4)
    assert (story.at(story.aya), story.row(story.aya).slots) == (4, 2)
    story.moves(story.aya, 3)
    assert story.at(story.aya) == 3, "and back over its own first half"


def test_the_times_that_cost_least_are_named_first(story):
    best = story.board(story.sami).chosen.best
    assert [choice.weighed.total for choice in best] == sorted(choice.weighed.total for choice in best)
    every = [one for one in story.board(story.sami).chosen.times.values() if one.weighed.is_possible]
    assert best[0].weighed.total == min(one.weighed.total for one in every)
    assert len(best) == 3


def test_who_was_second_changes_nothing_and_hears_who_was_first(story):
    seen = story.seen(story.daan)
    story.moves(story.daan, 5)
    with pytest.raises(MovedMeanwhile) as refused:
        story.moves(story.daan, 6, seen=seen)
    assert (refused.value.staff_id, refused.value.at) == (story.office.id, NOW)
    assert story.at(story.daan) == 5


def test_a_time_that_somebody_else_got_meanwhile_is_never_changed_unseen(story):
    story.moves(story.aya, 5)
    with pytest.raises(MovedMeanwhile):
        story.moves(story.daan, 5)
    with pytest.raises(MovedMeanwhile):
        story.moves(story.daan, 3, other=story.aya)
    assert (story.at(story.daan), story.at(story.aya)) == (1, 5)


def test_a_time_that_a_parent_booked_meanwhile_is_not_possible(story):
    someone = a_pupil("Vlug", a_class("5", leaders=[story.anna]))
    a_booking(story.round, someone, story.slots[5])
    with pytest.raises(NotPossible) as refused:
        story.moves(story.daan, 5)
    assert refused.value.kind is StopKind.NO_TIME


def test_a_talk_whose_time_a_parent_took_shows_that_it_cannot_stay(story):
    someone = a_pupil("Vlug", a_class("5", leaders=[story.anna]))
    a_booking(story.round, someone, story.slots[1])
    board = story.board()
    assert [talk.pupil.given for talk in board.clashing] == ["Daan"]
    assert [line.changed_meanwhile for line in board.leaders if line.id == story.anna.id] == [True]


def test_a_talk_is_set_apart_and_gets_a_time_again(story):
    story.does(MoveKind.PARK, story.daan)
    row = story.row(story.daan)
    assert (row.starts_at, row.reason) == (None, "parked")
    assert db.session.get(RosterVersion, story.version.id).score["objective"] == 60
    assert [talk.pupil.given for talk in story.board().without_time] == ["Daan"]
    assert story.choice(story.daan, 3).weighed.stops[0].kind is StopKind.TAKEN
    story.moves(story.daan, 4)
    assert (story.at(story.daan), story.row(story.daan).reason) == (4, "")
    assert db.session.query(RosterMove).order_by(RosterMove.id.desc()).first().kind is MoveKind.PLACE


def test_a_talk_is_made_longer_only_where_the_next_slot_is_free(story):
    assert story.board(story.sami).chosen.longer.stops[0].kind is StopKind.TAKEN
    with pytest.raises(NotPossible):
        story.does(MoveKind.LONGER, story.sami)
    story.does(MoveKind.LONGER, story.daan)
    assert story.row(story.daan).slots == 2
    assert story.choice(story.aya, 2).weighed.stops[0].kind is StopKind.LENGTH
    story.does(MoveKind.SHORTER, story.daan)
    assert (story.row(story.daan).slots, story.row(story.daan).own_length) == (1, False)


def test_a_held_talk_is_not_changed_for_another(story):
    story.does(MoveKind.HOLD, story.aya)
    assert story.choice(story.daan, 3).weighed.stops[0].kind is StopKind.HELD
    story.does(MoveKind.RELEASE, story.aya)
    assert story.choice(story.daan, 3).weighed.is_possible


def test_a_draft_that_was_published_is_not_changed_by_hand(story):
    rosters.publish(round_id=story.round.id, by=story.by, now=NOW)
    with pytest.raises(NotADraft):
        story.does(MoveKind.HOLD, story.daan)


def test_what_was_changed_by_hand_is_what_the_families_get(story):
    story.does(MoveKind.LONGER, story.aya)
    story.moves(story.daan, 6)
    rosters.publish(round_id=story.round.id, by=story.by, now=NOW)
    talks = {booking.pupil_id: booking for booking in db.session.query(Booking)}
    assert talks[story.daan.id].starts_at == story.slots[6].starts_at
    assert db.session.query(Slot).filter_by(booking_id=talks[story.aya.id].id).count() == 2


def test_a_talk_of_another_version_is_not_there(story):
    with pytest.raises(NoSuchTalk):
        story.moves(story.daan, 5, seen=Seen(987_654, 1))


def made(story) -> asking.Comparison:
    rosters.run_requested(worker="test", clock=lambda: NOW)
    db.session.expire_all()
    return asking.compare(story.round.id, 1, 2, now=NOW)


def test_the_rest_is_made_anew_around_what_is_held_with_the_fewest_moves(story):
    story.moves(story.daan, 5)
    story.does(MoveKind.HOLD, story.daan)
    story.does(MoveKind.LONGER, story.aya)
    story.moves(story.sami, 7)
    assert drafts.regenerate(round_id=story.round.id, number=1, by=story.by, now=NOW) == 2
    beside = made(story)
    held = story.row(story.daan, 2)
    assert (held.starts_at, held.held) == (TUESDAY + 5 * SLOT, True)
    assert story.row(story.aya, 2).slots == 2
    assert beside.differences == (), "parting Sami and Lina was somebody's choice: nobody moves for it"
    assert (beside.one.placed, beside.other.placed) == (4, 4)


def test_a_draft_is_repaired_around_what_a_parent_did(story):
    someone = a_pupil("Vlug", a_class("5", leaders=[story.anna]))
    a_booking(story.round, someone, story.slots[1])
    outcome = rosters.publish(round_id=story.round.id, by=story.by, now=NOW)
    assert (outcome.published, outcome.changed_meanwhile) == (("bas",), ("anna",))
    assert drafts.repair(round_id=story.round.id, number=1, by=story.by, now=NOW) == 2
    assert drafts.repair(round_id=story.round.id, number=1, by=story.by, now=NOW) is None, "it is being made already"
    beside = made(story)
    assert [line.pupil.given for line in beside.differences] == ["Daan"]
    outcome = rosters.publish(round_id=story.round.id, number=2, by=story.by, now=NOW)
    assert (outcome.published, outcome.talks) == (("anna",), 3)


def test_no_roster_is_asked_for_around_talks_that_leave_no_break(story):
    story.round.max_in_a_row = 2
    db.session.commit()
    story.moves(story.aya, 2)
    for pupil in (story.sami, story.daan, story.aya):
        story.does(MoveKind.HOLD, pupil)
    with pytest.raises(HeldInARow):
        drafts.regenerate(round_id=story.round.id, number=1, by=story.by, now=NOW)
    assert db.session.query(RosterVersion).count() == 1


def test_every_time_the_board_calls_possible_is_a_roster_the_checker_accepts(story):
    for pupil in (story.sami, story.daan, story.aya):
        for choice in story.board(pupil).chosen.times.values():
            draft = asking.read_draft(story.version, NOW)
            key = draft.key_of(story.row(pupil).id)
            start = asking.Draft.written(choice.starts_at)
            places = {**draft.places}
            places |= {one: at for one, (at, _) in draft.changes(key, start).items()}
            broken = check(draft.snapshot.problem, ConversationsRoster("feasible", 1, places, {}, None, None))
            assert (broken == []) == choice.weighed.is_possible, (choice, broken)
