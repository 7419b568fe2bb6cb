"""The parent circle for the office: which class is represented and by whom, and the same over the whole year."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.circles import NotAParentHere
from scheduling.domain.errors import Conflict, Refused
from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet
from scheduling.queries import circles as asking
from scheduling.queries import years
from scheduling.queries.circles import Circle, Cover
from scheduling.queries.years import YearFacts
from scheduling.services import circles
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.lists import group_title
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.lists import shelf
from scheduling.wording import year_plans as words
from scheduling.wording.circles import cover_word
from scheduling.wording.gatherings import coming_name
from scheduling.wording.refusals import sentence

ONE = "/year/plan/<int:circle_id>/circle"
FIELD = "class-"


def _not_so(error: NotAParentHere, circle_id: int) -> ResponseReturnValue:
    return _page(circle_id, fault=(error.field or "", sentence(error))), 422


def _second(error: Refused, circle_id: int) -> ResponseReturnValue:
    return _page(circle_id, note=sentence(error)), 409


@pages.get(ONE)
def circle(circle_id: int) -> str:
    """Every class, and who comes for it."""
    return _page(circle_id)


@pages.post(ONE)
@answers(NotAParentHere, with_=_not_so)
@answers(Conflict, with_=_second)
def seat_circle(circle_id: int) -> ResponseReturnValue:
    """Who comes for each class; once it began, who was there."""
    circles.seat(planned_id=circle_id, chosen=_chosen(), by=g.actor, now=now())
    return redirect(url_for("office.circle", circle_id=circle_id, done="saved"), code=303)


@pages.post(f"{ONE}/ask-again")
@answers(Conflict, with_=_second)
def ask_circle_again(circle_id: int) -> ResponseReturnValue:
    """All classes from which nobody said yes, in one go."""
    circles.ask_again(planned_id=circle_id, by=g.actor, now=now())
    return redirect(url_for("office.circle", circle_id=circle_id, done="asked"), code=303)


@pages.get("/year/circles")
def circles_of_year() -> str:
    """Which class was represented when, and by whom."""
    year = _year()
    return render_template(
        "staff/office/circles.html", year=year, found=asking.circles_of_year(year.id, now()), word=_word,
        words=words,
    )  # fmt: skip


@shelf.add("circle")
def _one() -> Sheet:
    """One circle, class by class."""
    found = asking.circle(request.args.get("circle", 0, type=int), now())
    rows = [(cover.name, _word(found, cover), ", ".join(one.name for one in cover.contacts)) for cover in found.classes]
    header = (group_title(), _("Wie komt er"), _("Contactouders"))
    return Sheet(f"{_('Ouderkring')} {found.line.planned.day.isoformat()}", header, rows)


@shelf.add("circles")
def _all() -> Sheet:
    """The whole year: a class in each row, a date in each column."""
    year = _year()
    found = asking.circles_of_year(year.id, now())
    rows = [
        (name, *(_word(one, cover) if cover else "" for one, cover in zip(found.circles, covers, strict=True)))
        for name, covers in found.rows
    ]
    header = (group_title(), *(one.line.planned.day.isoformat() for one in found.circles))
    return Sheet(_("Ouderkringen %(label)s", label=year.label), header, rows)


def _word(one: Circle, cover: Cover) -> str:
    name = cover.representative.name if cover.representative else ""
    return cover_word(name, came=cover.came, begun=one.begun, ticked=one.ticked)


def _year() -> YearFacts:
    return years.the_year(request.args.get("year"), local(now()).date())


def _chosen() -> dict[int, int | None]:
    """By class the parent that was picked; empty: none."""
    typed = {name[len(FIELD) :]: value for name, value in request.form.items() if name.startswith(FIELD)}
    return {
        int(class_id[:9]): int(value[:9]) if value.isdecimal() else None
        for class_id, value in typed.items()
        if class_id.isdecimal()
    }


def _page(circle_id: int, *, note: str = "", fault: tuple[str, str] = ("", "")) -> str:
    found = asking.circle(circle_id, now())
    return render_template(
        "staff/office/circle.html", found=found, note=note, fault=fault, done=request.args.get("done", ""), words=words,
        word=_word, coming_name=coming_name, typed=request.form,
        year=next(year for year in years.all_years() if year.id == found.year_id),
    )  # fmt: skip
