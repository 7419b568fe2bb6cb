"""All own children and their talks on one page."""

from flask import g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.timeslots import local
from scheduling.queries import family
from scheduling.queries.plans import family_plans
from scheduling.services import links
from scheduling.web import security
from scheduling.web.clock import now
from scheduling.web.family import VISIT, pages


@pages.get("/")
def home() -> ResponseReturnValue:
    moment = now()
    mine = family.family_of(g.actor, moment)
    plans = family_plans(g.person, mine.year.id, today=local(moment).date())
    return render_template("family/home.html", family=mine, now=moment, plans=[row for row in plans if row.plan])


@pages.get("/kept")
def kept() -> ResponseReturnValue:
    """What the house keeps of this person, and until when."""
    return render_template("family/kept.html", kept=family.kept_of(g.actor, now()))


@pages.post("/leave")
def leave() -> ResponseReturnValue:
    """End the visit on this device; the link itself stays good, and the next page says so."""
    links.leave(session.get(VISIT, ""), now())
    security.leave()
    return redirect(url_for("family.home"), code=303)
