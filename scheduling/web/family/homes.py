"""Ask for a talk of one's own. Nothing here tells of another home, but where one talk with both is due."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.queries import two_homes
from scheduling.queries.leaders import year_at
from scheduling.services import homes
from scheduling.web.clock import now
from scheduling.web.family import pages


@pages.get("/own-talk")
def own_talk() -> str:
    """For which children this home may ask for a talk of its own."""
    children = two_homes.own_talks_of(g.actor, year_at(now()).id, now())
    return render_template("family/own_talk.html", children=children)


@pages.post("/own-talk/<int:pupil_id>")
def ask_own_talk(pupil_id: int) -> ResponseReturnValue:
    """This home would rather have a talk of its own."""
    homes.ask(pupil_id=pupil_id, year_id=year_at(now()).id, by=g.actor, now=now())
    return redirect(url_for("family.own_talk"), code=303)


@pages.post("/own-talk/<int:pupil_id>/withdraw")
def withdraw_own_talk(pupil_id: int) -> ResponseReturnValue:
    """Take back what was asked."""
    homes.withdraw(pupil_id=pupil_id, year_id=year_at(now()).id, by=g.actor, now=now())
    return redirect(url_for("family.own_talk"), code=303)
