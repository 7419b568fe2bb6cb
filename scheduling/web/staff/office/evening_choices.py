"""Choose the times of an evening with a family that is on the phone."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.requests import ChosenTime
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.domain.turns import NotTheirTurn
from scheduling.queries import evening_choices as asking
from scheduling.services import evening_choices
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.evenings import times_in
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.wishes import wisher_of
from scheduling.wording import requests as words
from scheduling.wording.refusals import sentence

ONE = "/rounds/<int:round_id>/choose/<any(home,pupil):of>/<int:wisher_id>"


def _not_like_this(error: Refused, round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    status = 422 if isinstance(error, Invalid) else 409
    return _page(round_id, of, wisher_id, fault=sentence(error), typed=times_in(request.form)), status


@pages.get(ONE, endpoint="choose_evening")
def show(round_id: int, of: str, wisher_id: int) -> str:
    """Whom this home may speak, and which times are free."""
    return _page(round_id, of, wisher_id, done=request.args.get("done", 0, type=int))


@pages.post(ONE, endpoint="take_evening")
@answers(Invalid, with_=_not_like_this)
@answers(SlotTaken, with_=_not_like_this)
@answers(FamilyBusy, with_=_not_like_this)
@answers(NotTheirTurn, with_=_not_like_this)
def take(round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """Every time that was chosen, or none."""
    done = evening_choices.choose_for(
        round_id=round_id, wisher=wisher_of(of, wisher_id), times=times_in(request.form), early="early" in request.form,
        by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(
        url_for("office.choose_evening", round_id=round_id, of=of, wisher_id=wisher_id, done=done), code=303
    )


def _page(
    round_id: int, of: str, wisher_id: int, *, done: int = 0, fault: str = "",
    typed: dict[asking.Key, ChosenTime] | None = None,
) -> str:  # fmt: skip
    page = asking.office_page(round_id, wisher_of(of, wisher_id), typed or {}, now())
    return render_template(
        "staff/office/evening_choices.html", page=page, words=words, of=of, wisher_id=wisher_id, done=done, fault=fault,
        early="early" in request.form,
    )  # fmt: skip
