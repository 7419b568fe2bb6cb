"""What a parent offers other parents or looks for, and the answer to a question about a buddy."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.buddies import EnoughLines, NotAskedAnyMore, Shown
from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.queries import buddies as asking
from scheduling.queries.leaders import year_at
from scheduling.services import buddies
from scheduling.web.buddies import WishForm
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.wording import buddies as words
from scheduling.wording.refusals import sentence


def _unclear(error: Refused) -> ResponseReturnValue:
    return _page(faulted(WishForm().fit(), error)), 422 if isinstance(error, Invalid) else 409


def _not_so(error: Refused, pair_id: int) -> ResponseReturnValue:
    return _page(WishForm(formdata=None).fit(), note=sentence(error), at=pair_id), 422 if isinstance(
        error, Invalid
    ) else 409


@pages.get("/buddies")
def buddies_of() -> str:
    """The own lines, questions, and who was found."""
    return _page(WishForm(formdata=None).fit())


@pages.post("/buddies")
@answers(Invalid, with_=_unclear)
@answers(EnoughLines, with_=_unclear)
def say_buddy() -> ResponseReturnValue:
    """A line of the own."""
    buddies.say(wish=WishForm().wish, year_id=year_at(now()).id, by=g.actor, now=now())
    return _back("kept")


@pages.post("/buddies/stop/<int:wish_id>")
def stop_buddy(wish_id: int) -> ResponseReturnValue:
    """The line goes, and what came of it."""
    buddies.stop(wish_id=wish_id, by=g.actor, now=now())
    return _back("gone")


@pages.post("/buddies/<int:pair_id>")
@answers(Invalid, with_=_not_so)
@answers(NotAskedAnyMore, with_=_not_so)
def answer_buddy(pair_id: int) -> ResponseReturnValue:
    """Yes, shown by this; or no."""
    mine = asking.own(g.actor, year_at(now()).id, now())
    if not mine.may:
        raise NotFound
    chosen = request.form.get("shown", "")
    shown = Shown(chosen) if chosen in list(Shown) else None
    yes = request.form.get("said") == "yes"
    state = buddies.answer(pair_id=pair_id, yes=yes, shown=shown, by=g.actor, now=now())
    return _back(state.value if yes else "no")


def _back(done: str) -> ResponseReturnValue:
    return redirect(url_for("family.buddies_of", done=done), code=303)


def _page(form: WishForm, *, note: str = "", at: int = 0) -> str:
    return render_template(
        "family/buddies.html", own=asking.own(g.actor, year_at(now()).id, now()), form=form, words=words, note=note,
        at=at, done=request.args.get("done", ""),
    )  # fmt: skip
