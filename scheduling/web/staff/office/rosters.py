"""Rosters of a round: ask for a draft, look at it with its reasons, publish it or throw it away."""

from flask import abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.drafts import MovedMeanwhile, MoveKind, NothingToUndo, NotPossible
from scheduling.domain.evenings import NothingAsked, NoTimesYet, TimesOutOfStep
from scheduling.domain.rosters import NothingToPublish, VersionStatus
from scheduling.queries import drafts as asking_drafts
from scheduling.queries import evening_boards, evening_plans
from scheduling.queries import rosters as asking
from scheduling.queries import rounds as asking_rounds
from scheduling.queries.drafts import other_numbers
from scheduling.queries.interpreter_clashes import interpreters_of_draft
from scheduling.queries.snapshots import is_by_request
from scheduling.services import drafts, evening_moves, rosters
from scheduling.services.drafts import Seen
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.office import pages
from scheduling.wording import drafts as said
from scheduling.wording import rosters as words
from scheduling.wording import wishes as wishing
from scheduling.wording.errors import sentence
from scheduling.wording.evenings import cost_text, won_text
from scheduling.wording.hours import warning_sentence

BY_HAND = (MoveKind.HOLD, MoveKind.RELEASE, MoveKind.PARK)


@pages.get("/rounds/<int:round_id>/rosters", endpoint="rosters")
def list_rosters(round_id: int) -> str:
    """All versions of a round's roster, and the button for a new draft."""
    return _rosters(round_id)


def _rosters(round_id: int, fault: str = "") -> str:
    return render_template(
        "staff/office/rosters.html",
        page=asking_rounds.overview(round_id, now()),
        versions=asking.list_versions(round_id),
        by_request=is_by_request(round_id),
        beside=other_numbers(round_id, 0),
        fault=fault,
        words=words,
        say=warning_sentence,
    )


def _not_yet(error: TimesOutOfStep | NothingAsked | NoTimesYet, round_id: int) -> ResponseReturnValue:
    return _rosters(round_id, sentence(error)), 409


@pages.post("/rounds/<int:round_id>/rosters")
@answers(TimesOutOfStep, with_=_not_yet)
@answers(NothingAsked, with_=_not_yet)
@answers(NoTimesYet, with_=_not_yet)
def generate_roster(round_id: int) -> ResponseReturnValue:
    """Ask for a draft; the worker makes it."""
    version_id = rosters.request(round_id=round_id, by=g.actor, now=now())
    number = asking.version_by_id(version_id).number
    return redirect(url_for("office.roster", round_id=round_id, number=number), code=303)


@pages.get("/rounds/<int:round_id>/rosters/<int:number>", endpoint="roster")
def show_roster(round_id: int, number: int) -> str:
    """A version: how good it is, per class, per family why, and who has no place."""
    evening = is_by_request(round_id)
    page = asking.version_head(round_id, number) if evening else asking.version_page(round_id, number)
    if evening and not page.is_under_way and page.status != VersionStatus.FAILED:
        if talk_id := request.args.get("talk", type=int):
            return _evening_talk(round_id, number, talk_id)
        return _evening(round_id, number, page)
    return render_template(
        "staff/office/roster.html",
        facts=asking_rounds.round_facts(round_id),
        page=page,
        served=interpreters_of_draft(round_id, number),
        words=words,
        wishing=wishing,
        done=request.args,
    )


def _evening(round_id: int, number: int, page: asking.VersionPage, fault: str = "") -> str:
    return render_template(
        "staff/office/evening.html",
        facts=asking_rounds.round_facts(round_id),
        page=page,
        served=interpreters_of_draft(round_id, number),
        plan=evening_plans.evening_plan(round_id, number),
        moves=asking_drafts.moves_of(asking_drafts.find_version(round_id, number).id),
        per=request.args.get("per"),
        words=words,
        said=said,
        won_text=won_text,
        fault=fault,
        done=request.args,
    )


def _evening_talk(round_id: int, number: int, talk_id: int, fault: str = "") -> str:
    return render_template(
        "staff/office/evening_talk.html",
        facts=asking_rounds.round_facts(round_id),
        number=number,
        served=interpreters_of_draft(round_id, number),
        board=evening_boards.talk_on_board(round_id, number, talk_id),
        words=words,
        cost_text=cost_text,
        last=asking_drafts.last_move(talk_id),
        said=said,
        fault=fault,
        done=request.args.get("done"),
    )


def _not_moved(
    error: MovedMeanwhile | NotPossible, round_id: int, number: int, talk_id: int
) -> ResponseReturnValue:  # fmt: skip
    return _evening_talk(round_id, number, talk_id, sentence(error)), 409


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/evening-talks/<int:talk_id>")
@answers(MovedMeanwhile, with_=_not_moved)
@answers(NotPossible, with_=_not_moved)
def change_evening_talk(round_id: int, number: int, talk_id: int) -> ResponseReturnValue:
    """Move a talk of an evening to another time, hold or release it, or take it out of the plan."""
    seen = Seen(talk_id, request.form.get("edition", 0, type=int))
    if spot := request.form.get("spot"):
        evening_moves.move(round_id=round_id, number=number, seen=seen, spot=spot, by=g.actor, now=now())
    elif (wanted := request.form.get("kind")) in BY_HAND:
        kind = MoveKind(wanted)
        evening_moves.change(round_id=round_id, number=number, seen=seen, kind=kind, by=g.actor, now=now())
    else:
        abort(400)
    where = url_for("office.roster", round_id=round_id, number=number, talk=talk_id, done="moved")
    return redirect(where, code=303)


def _not_undone(
    error: NothingToUndo | NotPossible, round_id: int, number: int
) -> ResponseReturnValue:  # fmt: skip
    return _evening(round_id, number, asking.version_head(round_id, number), sentence(error)), 409


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/evening-undo")
@answers(NothingToUndo, with_=_not_undone)
@answers(NotPossible, with_=_not_undone)
def undo_evening(round_id: int, number: int) -> ResponseReturnValue:
    """Put back one change by hand, or all of them."""
    if request.form.get("undo") == "all":
        evening_moves.undo_all(round_id=round_id, number=number, by=g.actor, now=now())
    else:
        move_id = request.form.get("undo", 0, type=int)
        evening_moves.undo(round_id=round_id, number=number, move_id=move_id, by=g.actor, now=now())
    return redirect(url_for("office.roster", round_id=round_id, number=number, done="undone"), code=303)


def _nothing(_error: NothingToPublish, round_id: int, number: int) -> ResponseReturnValue:
    return redirect(url_for("office.roster", round_id=round_id, number=number), code=303)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/publish")
@answers(NothingToPublish, with_=_nothing)
def publish_roster(round_id: int, number: int) -> ResponseReturnValue:
    """The draft becomes the families' times; where parents were first a new version is made around them."""
    done = rosters.publish(round_id=round_id, number=number, by=g.actor, now=now())
    if done.changed_meanwhile:
        drafts.repair(round_id=round_id, number=number, by=g.actor, now=now())
    where = url_for(
        "office.roster",
        round_id=round_id,
        number=number,
        talks=done.talks,
        changed=len(done.changed_meanwhile) or None,
    )
    return redirect(where, code=303)


@pages.get("/rounds/<int:round_id>/rosters/<int:number>/<any(problem, roster):part>.json")
def evening_papers(round_id: int, number: int, part: str) -> ResponseReturnValue:
    """What the plan of an evening was made from, or the plan itself: numbers without names, to be checked again."""
    papers = evening_plans.papers_of(round_id, number)
    return jsonify(papers.problem if part == "problem" else papers.roster)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/discard")
def discard_roster(round_id: int, number: int) -> ResponseReturnValue:
    """Throw a draft away."""
    rosters.discard(round_id=round_id, number=number, by=g.actor, now=now())
    return redirect(url_for("office.rosters", round_id=round_id), code=303)
