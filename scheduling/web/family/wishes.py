"""Which days and times suit, on one page for all own children, before there is a roster."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from scheduling.domain.errors import Refused
from scheduling.domain.wishes import Answer, SiblingWish, WishesOver
from scheduling.queries import requests
from scheduling.queries import wishes as asking
from scheduling.services import wishes
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording import wishes as words
from scheduling.wording.refusals import sentence


def over(error: Refused, round_id: int) -> ResponseReturnValue:
    return _page(round_id, note=sentence(error)), 409


@pages.get("/wishes/<int:round_id>", endpoint="wishes")
def show(round_id: int) -> ResponseReturnValue:
    """The days and times of the own children's leaders, and what was said before."""
    if requests.asks_here(round_id):
        return redirect(url_for("family.requests", round_id=round_id), code=303)
    return _page(round_id, done=request.args.get("done", ""))


@pages.post("/wishes/<int:round_id>", endpoint="say_wishes")
@answers(WishesOver, with_=over)
def say(round_id: int) -> ResponseReturnValue:
    """Keep what suits."""
    wishes.say(
        round_id=round_id, answers=answers_in(request.form), siblings=siblings_in(request.form),
        at_home=at_home_in(request.form), both_mentors=both_mentors_in(request.form),
        by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("family.wishes", round_id=round_id, done="saved"), code=303)


def answers_in(form: MultiDict[str, str]) -> dict[str, Answer]:
    """What was chosen, per part of a day; anything else that was sent says nothing."""
    return {key: Answer(value) for key, value in form.items() if value in list(Answer)}


def siblings_in(form: MultiDict[str, str]) -> SiblingWish | None:
    value = form.get("siblings", "")
    return SiblingWish(value) if value in list(SiblingWish) else None


def at_home_in(form: MultiDict[str, str]) -> bool | None:
    """Whether the family would rather be visited; None: nothing was said about it."""
    return {"home": True, "school": False}.get(form.get("place", ""))


def both_mentors_in(form: MultiDict[str, str]) -> bool | None:
    """Whether the family would like to speak with both leaders at once; None: nothing was said about it."""
    return {"both": True, "one": False}.get(form.get("leaders", ""))


def _page(round_id: int, *, done: str = "", note: str = "") -> str:
    page = asking.family_page(g.actor, round_id, now())
    return render_template("family/wishes.html", page=page, words=words, done=done, note=note)
