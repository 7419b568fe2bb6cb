"""The office opens any leader's pages, and sees who has no agreement in all classes."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.timeslots import local
from scheduling.queries import leaders as asking
from scheduling.queries import plans
from scheduling.services import plans as service
from scheduling.web.clock import now
from scheduling.web.staff.office import pages
from scheduling.wording import plans as words


@pages.get("/leaders")
def leaders() -> str:
    """Everybody who leads talks this year."""
    year = asking.year_at(now())
    return render_template("staff/leader/leaders.html", year=year, leaders=asking.all_leaders(year.id))


@pages.get("/agreements")
def agreements_of_all() -> str:
    """Who has no agreed form of contact, in every class."""
    year, today = asking.year_at(now()), local(now()).date()
    classes = plans.agreements_by_class(year.id, leader_id=None, today=today)
    leading = asking.leader_by_class(year.id)
    again = plans.asking_again(classes, now())
    return render_template(
        "staff/leader/agreements_of_all.html", year=year, classes=classes, leading=leading, words=words, again=again,
        today=today,
    )  # fmt: skip


@pages.post("/agreements/again")
def ask_all_again() -> ResponseReturnValue:
    """One more letter to every home of the school that said nothing yet."""
    asked = service.ask_again(year_id=asking.year_at(now()).id, leader_id=None, by=g.actor, now=now())
    return redirect(url_for("office.agreements_of_all", done="asked", homes=asked), code=303)
