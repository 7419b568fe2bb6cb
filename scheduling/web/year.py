"""The school's year for everybody: days and hours for the newsletter and the kitchen wall, and nobody's name."""

from functools import cache

from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for

from scheduling.domain.people import Sector
from scheduling.domain.timeslots import local
from scheduling.mail.year_agendas import year_calendar
from scheduling.queries import public_gatherings, year_plans, years
from scheduling.queries.school import find_school
from scheduling.web.clock import now
from scheduling.web.feeds import calendar_answer
from scheduling.wording import gathering_pages as gathering_words
from scheduling.wording import year_plans as words

pages = Blueprint("school_year", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)
    app.context_processor(lambda: {"is_year_known": cache(_is_known)})  # asked once for a page


@pages.get("/jaar")
def show() -> str:
    """What the school made known of its year."""
    year = _year()
    address = current_app.config["BASE_URL"].rstrip("/") + url_for("school_year.calendar", year=year.label)
    return render_template(
        "year/show.html", year=year, kind_days=year_plans.public_lines(year), words=words, calendar=address,
        subscribe="webcal:" + address.partition(":")[2], today=local(now()).date(),
    )  # fmt: skip


@pages.get("/jaar.ics")
def calendar() -> Response:
    """The same as a calendar: a program that follows it hears of every change."""
    school, year = find_school(), _year()
    moments = year_plans.calendar_of_year(year.id, public=True)
    name, sector = (school.name, school.sector) if school else ("", Sector.PRIMARY)
    return calendar_answer(year_calendar(moments, school=name, sector=sector, public=True))


@pages.get("/jaar/<int:planned_id>")
def gathering(planned_id: int) -> str:
    """One gathering, as its poster tells of it: what, when, where and how; nobody's name."""
    shown = public_gatherings.public_gathering(planned_id)
    return render_template("year/gathering.html", shown=shown, words=words, own=gathering_words)


def _is_known() -> bool:
    return year_plans.is_made_known(local(now()).date())


def _year() -> years.YearFacts:
    """The year in the address; else the one of now."""
    label = request.args.get("year")
    return years.find_year(label) if label else year_plans.public_year(local(now()).date())
