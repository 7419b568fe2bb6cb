"""The questionnaire of the year, for the office: start it, close it, and read the totals. Never somebody's answer."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import NotFound
from scheduling.domain.questionnaires import FEWEST, SCHOOL
from scheduling.domain.timeslots import local
from scheduling.queries import questionnaires as asking
from scheduling.queries import years
from scheduling.queries.leaders import year_at
from scheduling.queries.years import YearFacts
from scheduling.services import questionnaires
from scheduling.web.clock import now
from scheduling.web.staff.office import pages
from scheduling.wording import questionnaires as words


@pages.get("/questionnaire")
def questionnaire() -> str:
    """How many answered; and once it has closed, the totals of the school or of one part of it. Of any year."""
    year = _year()
    found = asking.held(year.id)
    key = request.args.get("of", SCHOOL.key)
    group = next((one for one in found.lines if one.key == key), None)
    if group is None and key != SCHOOL.key:
        raise NotFound
    return render_template(
        "staff/office/questionnaire.html", year=year, held=found, group=group, lines=found.lines.get(group, ()) if group
        else (), bars=asking.BARS, words=words, fewest=FEWEST, done=request.args.get("done", ""),
        is_now=year.id == year_at(now()).id, others=[label for label in asking.years_held() if label != year.label],
    )  # fmt: skip


@pages.post("/questionnaire/start")
def start_questionnaire() -> ResponseReturnValue:
    """It opens, with or without a letter to all parents."""
    send = bool(request.form.get("send"))
    questionnaires.start(year_id=year_at(now()).id, send=send, by=g.actor, now=now())
    return redirect(url_for("office.questionnaire", done="sent" if send else "open"), code=303)


@pages.post("/questionnaire/close")
def close_questionnaire() -> ResponseReturnValue:
    """Nobody answers any more; the totals may be read."""
    year = _year()
    questionnaires.close(year_id=year.id, by=g.actor, now=now())
    return redirect(url_for("office.questionnaire", year=year.label, done="closed"), code=303)


def _year() -> YearFacts:
    """The year in the address, else the one in use."""
    return years.the_year(request.args.get("year"), local(now()).date())
