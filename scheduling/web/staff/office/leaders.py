"""The office opens any leader's pages, and sees who has no agreement in all classes."""

from flask import render_template

from scheduling.domain.timeslots import local
from scheduling.queries import leaders as asking
from scheduling.queries import plans
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
    return render_template(
        "staff/leader/agreements_of_all.html", year=year, classes=classes, leading=leading, words=words
    )
