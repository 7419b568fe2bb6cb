"""The topics of a gathering for who leads a class of it, and for the office."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Refused
from scheduling.queries import gathering_topics as asking
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.gathering_topics import choose_posted
from scheduling.web.staff import pages
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence

ONE = "/gatherings/<int:collecting_id>/topics"


def _not_so(error: Refused, collecting_id: int) -> ResponseReturnValue:
    return _page(collecting_id, note=sentence(error)), 409


@pages.get(ONE)
def gathering_topics(collecting_id: int) -> str:
    """What families brought up, and of a parents' evening the agenda so far."""
    return _page(collecting_id, done=request.args.get("done", ""))


@pages.post(ONE)
@answers(Conflict, with_=_not_so)
def choose_gathering_topic(collecting_id: int) -> ResponseReturnValue:
    """On the agenda, off it, or gone."""
    choose_posted(collecting_id)
    return redirect(url_for("staff.gathering_topics", collecting_id=collecting_id, done="chosen"), code=303)


def _page(collecting_id: int, *, note: str = "", done: str = "") -> str:
    found = asking.topics_of(collecting_id, g.actor, now())
    return render_template("staff/gathering_topics.html", found=found, note=note, done=done, words=words)
