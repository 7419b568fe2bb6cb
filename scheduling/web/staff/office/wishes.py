"""Wishes of families: who gave them, and writing down what a family says on the phone."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Refused
from scheduling.domain.wishes import Some, Wisher, WishesOver
from scheduling.queries import requests
from scheduling.queries import wishes as asking
from scheduling.services import wishes
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.wishes import answers_in, at_home_in, both_mentors_in, siblings_in
from scheduling.web.staff.office import pages
from scheduling.wording import wishes as words
from scheduling.wording.refusals import sentence

ONE = "/rounds/<int:round_id>/wishes/<any(home,pupil):of>/<int:wisher_id>"
"""A home, or an adult pupil who speaks for himself."""


@pages.get("/rounds/<int:round_id>/wishes", endpoint="wishes")
def index(round_id: int) -> ResponseReturnValue:
    """Every home of a round: gave its wishes, late, or not yet; and what became of them."""
    if requests.asks_here(round_id):
        return redirect(url_for("office.requests", round_id=round_id), code=303)
    asked = request.args.get("which", "")
    return render_template(
        "staff/office/wishes.html", page=asking.round_wishes(round_id, now()), of=kind_of, words=words, choices=Some,
        chosen=Some(asked) if asked in list(Some) else Some.ALL,
    )  # fmt: skip


@pages.get(ONE, endpoint="wishes_of")
def show(round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """What one home said, to fill in or change; of a contact evening with whom it wants to speak."""
    if requests.asks_here(round_id):
        return redirect(url_for("office.requests_of", round_id=round_id, of=of, wisher_id=wisher_id), code=303)
    return _page(round_id, of, wisher_id, done=request.args.get("done", ""))


def _over(error: Refused, round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(round_id, of, wisher_id, note=sentence(error)), 409


@pages.post(ONE, endpoint="say_wishes")
@answers(WishesOver, with_=_over)
def say(round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """Keep what this home says."""
    wishes.say_for(
        round_id=round_id, wisher=wisher_of(of, wisher_id), answers=answers_in(request.form),
        siblings=siblings_in(request.form), at_home=at_home_in(request.form),
        both_mentors=both_mentors_in(request.form), by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("office.wishes_of", round_id=round_id, of=of, wisher_id=wisher_id, done="saved"), code=303)


def kind_of(wisher: Wisher) -> dict[str, object]:
    """How an address names a home or an adult pupil."""
    if wisher.pupil_id is not None:
        return {"of": "pupil", "wisher_id": wisher.pupil_id}
    return {"of": "home", "wisher_id": wisher.household_id}


def wisher_of(of: str, wisher_id: int) -> Wisher:
    """The home or adult pupil that an address names."""
    return Wisher(pupil_id=wisher_id) if of == "pupil" else Wisher(household_id=wisher_id)


def _page(round_id: int, of: str, wisher_id: int, *, done: str = "", note: str = "") -> str:
    page = asking.office_page(round_id, wisher_of(of, wisher_id), now())
    return render_template(
        "staff/office/wishes_of.html", page=page, words=words, of=of, wisher_id=wisher_id, done=done, note=note
    )
