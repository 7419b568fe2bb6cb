"""Swap a time: offer the own one and tick others, or answer the question of a family that stays unknown."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Refused
from scheduling.domain.rounds import SlotTaken
from scheduling.domain.swaps import NothingTicked, SwapOver, TooLateToTakeBack
from scheduling.queries import family
from scheduling.queries import swaps as asking
from scheduling.services import swaps
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.web.family.talks import booking_of
from scheduling.wording.refusals import sentence

YES, NO, NEVER, BACK = "yes", "no", "never", "back"


def nothing(error: Refused, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _offering(round_id, pupil_id, fault=sentence(error)), 422


def gone(error: Refused, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _offering(round_id, pupil_id, note=sentence(error)), 409


def over(error: Refused, question: str) -> ResponseReturnValue:
    return _question(question, note=sentence(error)), 409


@pages.get("/talks/<int:round_id>/<int:pupil_id>/swap")
def swap(round_id: int, pupil_id: int) -> str:
    """Which times would do instead; or how the search stands."""
    return _offering(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/swap")
@answers(NothingTicked, with_=nothing)
@answers(SlotTaken, with_=gone)
def offer_swap(round_id: int, pupil_id: int) -> ResponseReturnValue:
    wanted = [int(value) for value in request.form.getlist("slot") if value.isdecimal() and len(value) < 10]
    booking_id = booking_of(round_id, pupil_id)
    before = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for()).starts_at
    swaps.offer(booking_id=booking_id, slot_ids=wanted, by=g.actor, now=now())
    after = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for()).starts_at
    page = "family.swap" if after == before else "family.talk"
    return redirect(url_for(page, round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/swap/stop")
def withdraw_swap(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """Stop looking; the own time stays."""
    swaps.withdraw(booking_id=booking_of(round_id, pupil_id), by=g.actor, now=now())
    return redirect(url_for("family.talk", round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)


@pages.get("/swaps/<question>")
def swap_question(question: str) -> str:
    """One question, or what came of it: this page always says what is true now."""
    return _question(question)


@pages.post("/swaps/<question>")
@answers(SwapOver, with_=over)
@answers(TooLateToTakeBack, with_=over)
def answer_swap(question: str) -> ResponseReturnValue:
    answer = request.form.get("answer", "")
    if answer == YES:
        swaps.accept(key=question, by=g.actor, now=now())
    elif answer in (NO, NEVER):
        swaps.decline(key=question, keep=answer == NEVER, by=g.actor, now=now())
    elif answer == BACK:
        swaps.take_back(key=question, by=g.actor, now=now())
    else:
        return _question(question), 422
    return redirect(url_for("family.swap_question", question=question), code=303)


def _offering(round_id: int, pupil_id: int, *, fault: str = "", note: str = "") -> str:
    mine = family.family_of(g.actor, now())
    talk = mine.talk(round_id, pupil_id, asked_for())
    talk.ensure_swappable(now())
    free = () if talk.joint else family.choice_for(mine, talk, now()).days
    offering = asking.offering_for(mine, talk, now())
    return render_template("family/swap.html", offering=offering, free=free, fault=fault, note=note, now=now())


def _question(key: str, *, note: str = "") -> str:
    mine = family.family_of(g.actor, now())
    found = asking.question_of(g.actor, mine, key, now())
    return render_template("family/swap_question.html", question=found, talk=found.talk, note=note, now=now())
