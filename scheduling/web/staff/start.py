"""Where a colleague begins: each role's work, and the internal supervisor's overview of all classes."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from scheduling.domain.people import StaffRole
from scheduling.domain.timeslots import local
from scheduling.queries import overviews, people, two_homes, year_board, years
from scheduling.web.clock import now
from scheduling.web.staff import ensure_role, pages
from scheduling.web.staff.office.year_board import act_of
from scheduling.wording import gathering_pages as gathering_words
from scheduling.wording import year_plans as year_words


@pages.get("/")
def start() -> ResponseReturnValue:
    """What is there to do for me?"""
    today = local(now()).date()
    year = years.year_in_use(today)
    facts = people.people_page(year.id, today=today) if year and g.staff.keeps_office else None
    asking = len(two_homes.wishes_of(year.id)) if year and facts else 0
    todo = year_board.todo_of(year, now()) if year and facts else ()
    return render_template(
        "staff/start.html", year=year, people=facts, own_talks=asking, roles=g.staff.roles, todo=todo, act_of=act_of,
        words=year_words, own=gathering_words,
    )  # fmt: skip


@pages.get("/overview")
def overview() -> str:
    """All classes at a glance: who has a time, who has an agreed form. To look at, not to change."""
    ensure_role(StaffRole.INTERNAL_SUPERVISOR, StaffRole.OFFICE, StaffRole.DIRECTOR)
    return render_template("staff/overview.html", page=overviews.all_classes(now()))
