"""An evening on which the family chooses its own times: everybody whom it may speak on one page."""

import re
from datetime import UTC, datetime

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.requests import ChosenTime
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.queries import evening_choices as asking
from scheduling.services import evening_choices
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording import requests as words
from scheduling.wording.refusals import sentence

TIME = re.compile(r"time-(?P<pupil>\d{1,9})-(?P<teacher>\d{1,9})")
CHOSEN = re.compile(r"(?P<slot>\d{1,9})-(?P<moment>\d{1,11})")


def not_like_this(error: Refused, round_id: int) -> ResponseReturnValue:
    """Nothing was kept; the page as it is now, with what still can be."""
    status = 422 if isinstance(error, Invalid) else 409
    return _page(round_id, fault=sentence(error), typed=times_in(request.form)), status


@pages.get("/evenings/<int:round_id>", endpoint="choose_evening")
def show(round_id: int) -> str:
    """Whom you may speak, and which times are free."""
    return _page(round_id, done=request.args.get("done", 0, type=int))


@pages.post("/evenings/<int:round_id>", endpoint="take_evening")
@answers(Invalid, with_=not_like_this)
@answers(SlotTaken, with_=not_like_this)
@answers(FamilyBusy, with_=not_like_this)
def take(round_id: int) -> ResponseReturnValue:
    """Every time that was chosen, or none."""
    done = evening_choices.choose(round_id=round_id, times=times_in(request.form), by=g.actor, now=now())
    return redirect(url_for("family.choose_evening", round_id=round_id, done=done), code=303)


def times_in(form: MultiDict[str, str]) -> dict[asking.Key, ChosenTime]:
    """Per child and colleague the time that was chosen; anything else that was sent says nothing."""
    chosen = {}
    for key, value in form.items():
        found, time = TIME.fullmatch(key), CHOSEN.fullmatch(value)
        if found and time:
            seen_at = datetime.fromtimestamp(int(time["moment"]), UTC)
            chosen[int(found["pupil"]), int(found["teacher"])] = ChosenTime(int(time["slot"]), seen_at)
    return chosen


def _page(round_id: int, *, done: int = 0, fault: str = "", typed: dict[asking.Key, ChosenTime] | None = None) -> str:
    page = asking.page_of(g.actor, round_id, typed or {}, now())
    return render_template("family/evening.html", page=page, words=words, done=done, fault=fault)
