"""How far the school's year is: what asks for somebody today, and every moment by month and class."""

from flask import render_template, request, url_for

from scheduling.domain.gatherings import GATHERINGS
from scheduling.domain.timeslots import local
from scheduling.domain.year_board import Need
from scheduling.queries import year_board as asking
from scheduling.queries import years
from scheduling.web.clock import now
from scheduling.web.staff.office import pages
from scheduling.wording import gathering_pages as own_words
from scheduling.wording import year_plans as words


@pages.get("/year/board", endpoint="year_board")
def show() -> str:
    """The year's board."""
    page = board_asked_for()
    return render_template(
        "staff/office/year_board.html", page=page, words=words, own=own_words, act_of=act_of, invitable=GATHERINGS
    )


def board_asked_for() -> asking.YearBoard:
    """Of the year in the address, else the one in use; of one class when the address names one."""
    year = years.the_year(request.args.get("year"), local(now()).date())
    return asking.year_board(year, now(), request.args.get("class", type=int))


def act_of(todo: asking.ToDo) -> str:
    """Where one does what is asked."""
    if todo.round:
        return url_for("office.reached" if todo.need is Need.NOTE else "office.round", round_id=todo.round.id)
    if todo.need is Need.ROUND:
        return url_for("office.rounds")
    endpoint, anchor = {
        Need.TODAY: ("office.gathering_door", None),
        Need.PLACE: ("office.planned", None),
        Need.INVITE: ("office.gathering", "uitnodigen"),
        Need.REMIND: ("office.gathering", "herinneren"),
        Need.COUNT: ("office.gathering", "aantal"),
    }[todo.need]
    return url_for(endpoint, planned_id=todo.line.id, _anchor=anchor)
