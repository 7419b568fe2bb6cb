"""The roster board: a draft by hand, one leader at a time; versions side by side; the rest made anew."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.drafts import HeldInARow, MovedMeanwhile, MoveKind, NothingToUndo, NotPossible
from scheduling.domain.errors import Refused
from scheduling.queries import drafts as asking
from scheduling.queries import evening_plans
from scheduling.queries import rounds as asking_rounds
from scheduling.queries.interpreter_clashes import interpreters_of_draft
from scheduling.queries.snapshots import is_by_request
from scheduling.services import drafts
from scheduling.services.drafts import Seen
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.office import pages
from scheduling.wording import drafts as said
from scheduling.wording import rosters as words
from scheduling.wording.refusals import sentence

CHANGES = (MoveKind.HOLD, MoveKind.RELEASE, MoveKind.LONGER, MoveKind.SHORTER, MoveKind.PARK)


def _second(error: MovedMeanwhile, round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    """Somebody was first: the board as it is now, who that was and when."""
    who = asking.name_of(error.staff_id)
    note = said.first_text(who.full if who else None, error.at)
    return _board(round_id, number, leader_id, talk_id=_own_talk(round_id, number, leader_id), note=note, status=409)


def _not_now(error: Refused, round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    talk_id = _own_talk(round_id, number, leader_id)
    return _board(round_id, number, leader_id, talk_id=talk_id, note=sentence(error), status=409)


def _own_talk(round_id: int, number: int, leader_id: int) -> int | None:
    """The talk of the form, as long as it can be moved on this board."""
    wanted = request.form.get("talk", type=int)
    talks = asking.board(round_id, number, leader_id, now=now()).own
    return next((talk.id for talk in talks if talk.id == wanted and talk.can_move), None)


def _no_break(error: HeldInARow, round_id: int, number: int) -> ResponseReturnValue:
    return render_template(
        "staff/office/boards.html",
        facts=asking_rounds.round_facts(round_id),
        number=number,
        leaders=asking.leaders_of_draft(round_id, number, now()),
        note=sentence(error),
    ), 422


@pages.get("/rounds/<int:round_id>/rosters/<int:number>/board", endpoint="boards")
def list_boards(round_id: int, number: int) -> str:
    """The leaders of a draft, each with a board."""
    return render_template(
        "staff/office/boards.html",
        facts=asking_rounds.round_facts(round_id),
        number=number,
        leaders=asking.leaders_of_draft(round_id, number, now()),
    )


@pages.get("/rounds/<int:round_id>/rosters/<int:number>/board/<int:leader_id>", endpoint="board")
def show_board(round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    """One leader's week: open a talk, see where it can go and what that costs."""
    return _board(round_id, number, leader_id, talk_id=request.args.get("talk", type=int))


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/board/<int:leader_id>/move")
@answers(MovedMeanwhile, with_=_second)
@answers(NotPossible, with_=_not_now)
def board_move(round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    """This talk goes there."""
    seen, other = _seen("talk", "edition"), _seen("other", "other_edition")
    slot_id = request.form.get("slot", type=int)
    done = drafts.move(
        round_id=round_id,
        number=number,
        seen=seen,
        slot_id=slot_id or 0,
        other=other if other.talk_id else None,
        by=g.actor,
        now=now(),
    )
    return _done(round_id, number, leader_id, done, seen.talk_id)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/board/<int:leader_id>/change")
@answers(MovedMeanwhile, with_=_second)
@answers(NotPossible, with_=_not_now)
def board_change(round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    """Hold, release, lengthen, shorten this talk, or set it apart."""
    seen = _seen("talk", "edition")
    kind = next((kind for kind in CHANGES if kind == request.form.get("do")), None)
    if kind is None:
        return _board(round_id, number, leader_id, talk_id=seen.talk_id or None)
    done = drafts.change(round_id=round_id, number=number, seen=seen, kind=kind, by=g.actor, now=now())
    return _done(round_id, number, leader_id, done, seen.talk_id)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/board/<int:leader_id>/undo")
@answers(NothingToUndo, with_=_not_now)
@answers(NotPossible, with_=_not_now)
def board_undo(round_id: int, number: int, leader_id: int) -> ResponseReturnValue:
    """Put back what was done."""
    move_id = request.form.get("undo", 0, type=int)
    done = drafts.undo(round_id=round_id, number=number, move_id=move_id, by=g.actor, now=now())
    return _done(round_id, number, leader_id, done, None)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/again")
@answers(HeldInARow, with_=_no_break)
def regenerate_roster(round_id: int, number: int) -> ResponseReturnValue:
    """A new version around the talks that are held, in which as few others as possible move."""
    made = drafts.regenerate(round_id=round_id, number=number, by=g.actor, now=now())
    return redirect(url_for("office.roster", round_id=round_id, number=made), code=303)


@pages.get("/rounds/<int:round_id>/rosters/<int:number>/compare")
def compare_rosters(round_id: int, number: int) -> str:
    """Two versions side by side: their figures, and which talks are elsewhere."""
    others = asking.other_numbers(round_id, number)
    other = request.args.get("with", type=int) or next(iter(others), number)
    if is_by_request(round_id):
        return render_template(
            "staff/office/evenings_beside.html",
            facts=asking_rounds.round_facts(round_id),
            page=evening_plans.two_plans(round_id, number, other),
            numbers=(number, other),
            others=others,
        )
    return render_template(
        "staff/office/compare.html",
        facts=asking_rounds.round_facts(round_id),
        page=asking.compare(round_id, number, other, now=now()),
        others=others,
        words=words,
    )


def _board(
    round_id: int, number: int, leader_id: int, *, talk_id: int | None = None, note: str = "", status: int = 200
) -> ResponseReturnValue:
    moving = "move" in request.args or "to" in request.args
    page = asking.board(round_id, number, leader_id, now=now(), talk_id=talk_id, moving=moving and not note)
    to = page.chosen.times.get(request.args.get("to", 0, type=int)) if page.chosen else None
    done = request.args.get("done", type=int)
    return render_template(
        "staff/office/board.html",
        facts=asking_rounds.round_facts(round_id),
        page=page,
        served=interpreters_of_draft(round_id, number),
        moving=moving and page.chosen is not None and not note,
        to=to,
        done=next((move for move in page.moves if move.id == done), None),
        focus=talk_id or request.args.get("at", type=int),
        others=asking.other_numbers(round_id, number),
        note=note,
        said=said,
        words=words,
    ), status


def _seen(talk: str, edition: str) -> Seen:
    return Seen(request.form.get(talk, 0, type=int), request.form.get(edition, 0, type=int))


def _done(round_id: int, number: int, leader_id: int, move_id: int, talk_id: int | None) -> ResponseReturnValue:
    """Back to the board, with the focus on the talk that changed."""
    at = talk_id or asking.talk_of_move(move_id)
    where = url_for("office.board", round_id=round_id, number=number, leader_id=leader_id, done=move_id, at=at)
    return redirect(where, code=303)
