"""What was done to the plan of an evening by hand can be put back: the last step, or all of it."""

import pytest

from scheduling.domain.drafts import MoveKind, NothingToUndo, NotPossible
from scheduling.domain.journal import SYSTEM
from scheduling.models import RosterMove, RosterRecord, RosterTalk, RosterVersion, TalkRequest, db
from scheduling.optimiser.checker import check
from scheduling.optimiser.problem import read_problem, read_roster
from scheduling.queries.evening_boards import talk_on_board
from scheduling.queries.evening_plans import evening_plan
from scheduling.services import evening_moves
from scheduling.services.drafts import Seen
from tests.builders import NOW
from tests.evenings import School, talk_of

pytestmark = pytest.mark.usefixtures("any_context")


class Planned(School):
    """Two families with talks with Anna and Bas, in a draft."""

    def __init__(self) -> None:
        super().__init__()
        self.times(self.anna, self.bas, count=5)
        self.asked: list[TalkRequest] = []
        for name in ("Sami", "Daan"):
            parent, (pupil,) = self.family(name)
            self.asked += self.asks(parent, pupil, self.anna, self.bas)
        self.version = self.draft()
        self.before = self.state()

    @property
    def here(self) -> dict[str, object]:
        return {"round_id": self.round.id, "number": self.version.number, "by": SYSTEM, "now": NOW}

    def state(self) -> dict[int, tuple[object, bool, str]]:
        db.session.expire_all()
        talks = db.session.get_one(RosterVersion, self.version.id).talks
        return {talk.id: (talk.starts_at, talk.held, talk.reason) for talk in talks}

    def talk(self, number: int) -> RosterTalk:
        return talk_of(db.session.get_one(RosterVersion, self.version.id), self.asked[number])

    def moves(self, number: int) -> int:
        talk = self.talk(number)
        choice = talk_on_board(self.round.id, self.version.number, talk.id).choices[-1]
        evening_moves.move(seen=Seen(talk.id, talk.edition), spot=choice.key, **self.here)
        return self.last()

    def does(self, kind: MoveKind, number: int) -> int:
        talk = self.talk(number)
        evening_moves.change(seen=Seen(talk.id, talk.edition), kind=kind, **self.here)
        return self.last()

    @staticmethod
    def last() -> int:
        return db.session.query(RosterMove.id).order_by(RosterMove.id.desc()).limit(1).scalar()


@pytest.fixture
def plan(any_context) -> Planned:
    return Planned()


@pytest.mark.parametrize("kind", [MoveKind.HOLD, MoveKind.PARK, MoveKind.MOVE])
def test_the_last_step_is_put_back_whatever_it_was(plan: Planned, kind: MoveKind):
    move = plan.moves(0) if kind is MoveKind.MOVE else plan.does(kind, 0)
    assert plan.state() != plan.before
    evening_moves.undo(move_id=move, **plan.here)
    assert plan.state() == plan.before
    papers = db.session.get_one(RosterRecord, plan.version.id)
    problem = read_problem(papers.problem)
    assert check(problem, read_roster(papers.roster, problem)) == [], "the figures are those of the plan as it is"


def test_what_was_put_back_can_be_done_again(plan: Planned):
    move = plan.does(MoveKind.PARK, 0)
    parked = plan.state()
    evening_moves.undo(move_id=move, **plan.here)
    evening_moves.undo(move_id=plan.last(), **plan.here)
    assert {key: value[:2] for key, value in plan.state().items()} == {key: value[:2] for key, value in parked.items()}
    assert plan.talk(0).reason == "costs_more", "there is room for it: somebody took it out"


def test_a_step_on_which_another_followed_is_not_put_back_alone(plan: Planned):
    first = plan.does(MoveKind.HOLD, 0)
    plan.does(MoveKind.PARK, 0)
    with pytest.raises(NothingToUndo):
        evening_moves.undo(move_id=first, **plan.here)


def test_a_time_that_somebody_else_has_by_now_is_not_given_back(plan: Planned):
    was = plan.talk(0).starts_at
    move = plan.does(MoveKind.PARK, 0)
    other = plan.talk(2)
    spot = next(
        choice.key
        for choice in talk_on_board(plan.round.id, plan.version.number, other.id).choices
        if choice.span.starts_at == was
    )
    evening_moves.move(seen=Seen(other.id, other.edition), spot=spot, **plan.here)
    with pytest.raises(NotPossible):
        evening_moves.undo(move_id=move, **plan.here)


def test_all_steps_are_put_back_to_the_plan_as_it_was_made(plan: Planned):
    plan.does(MoveKind.PARK, 0)
    plan.does(MoveKind.HOLD, 1)
    plan.moves(2)
    assert evening_plan(plan.round.id, plan.version.number).differs
    evening_moves.undo_all(**plan.here)
    assert plan.state() == plan.before
    assert not evening_plan(plan.round.id, plan.version.number).differs
    with pytest.raises(NothingToUndo):
        evening_moves.undo_all(**plan.here)


def test_a_move_of_another_plan_is_not_put_back_here(plan: Planned):
    move = plan.does(MoveKind.HOLD, 0)
    other = plan.draft()
    with pytest.raises(NothingToUndo):
        evening_moves.undo(move_id=move, **{**plan.here, "number": other.number})
