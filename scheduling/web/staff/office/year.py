"""The school's calendar, by hand and by file, and the start window that follows from it."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, MultipleFileField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.timeslots import local
from scheduling.domain.years import LABEL_LENGTH, CalendarDay, DayKind, NoCalendar, Period
from scheduling.queries import years as asking
from scheduling.services import years
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.security import takes_files
from scheduling.web.staff.office import pages
from scheduling.wording.names import day_kind_name
from scheduling.wording.sentences import at_start

DAY_FORMATS = ["%Y-%m-%d", "%d-%m-%Y"]


class DayForm(FlaskForm):
    """One line of the calendar."""

    kind = SelectField(_("Wat is het?"))
    label = StringField(
        _("Naam"),
        validators=[Length(max=LABEL_LENGTH)],
        description=_("Bijvoorbeeld: studiedag. Bij een rapport mag dit leeg."),
    )
    starts_on = DateField(
        _("Eerste dag"),
        format=DAY_FORMATS,
        validators=[InputRequired(_("Vul de eerste dag in, bijvoorbeeld 06-12-2027."))],
    )
    ends_on = DateField(
        _("Laatste dag"), format=DAY_FORMATS, validators=[Optional()], description=_("Leeg: het is één dag.")
    )

    @classmethod
    def new(cls, day: asking.DayFacts | None = None, *, filled: bool = True) -> "DayForm":
        """The form as it was posted, or (not `filled`) empty or with this line."""
        form = cls(obj=day) if filled else cls(formdata=None, obj=day)
        form.kind.choices = [(kind.value, at_start(day_kind_name(kind))) for kind in DayKind]
        if not filled and day is not None:
            form.kind.data = day.kind.value
        return form

    @property
    def day(self) -> CalendarDay:
        starts_on = self.starts_on.data
        kind = DayKind(self.kind.data)
        label = (self.label.data or "").strip() or ("" if kind.is_free else day_kind_name(kind))
        return CalendarDay(kind, label, Period(starts_on, self.ends_on.data or starts_on))


class CalendarForm(FlaskForm):
    """A calendar as a file."""

    files = MultipleFileField(
        _("Bestand met de kalender"),
        description=_("Een agenda (.ics), of CSV of Excel met de kolommen van; tot_en_met; soort; omschrijving."),
    )
    replace = BooleanField(_("Vervang onze eigen regels door dit bestand"))


def _year() -> asking.YearFacts:
    """The year in the address, else the one in use."""
    return asking.the_year(request.args.get("year") or request.form.get("year"), local(now()).date())


def _page(
    day_form: DayForm | None = None, file_form: CalendarForm | None = None, problems: tuple[str, ...] = ()
) -> str:
    year = _year()
    return render_template(
        "staff/office/year.html", page=asking.calendar(year), years=asking.all_years(), problems=problems,
        day_form=day_form or DayForm.new(filled=False), file_form=file_form or CalendarForm(formdata=None),
        done=request.args,
    )  # fmt: skip


def _bad_day(error: Invalid) -> ResponseReturnValue:
    return _page(day_form=faulted(DayForm.new(), error)), 422


def _bad_change(error: Invalid, day_id: int) -> ResponseReturnValue:
    return _day_page(day_id, faulted(DayForm.new(), error)), 422


def _bad_calendar(error: NoCalendar) -> ResponseReturnValue:
    return _page(file_form=faulted(CalendarForm(), error), problems=error.problems), 422


@pages.get("/year")
def year() -> str:
    """The calendar of a school year."""
    return _page()


@pages.post("/year/days")
@answers(Invalid, with_=_bad_day)
def add_day() -> ResponseReturnValue:
    """Add a holiday, a closed day or a report date."""
    form = DayForm.new()
    if not form.validate():
        return _page(day_form=form), 422
    found = _year()
    years.add_day(year_id=found.id, day=form.day, by=g.actor, now=now())
    return redirect(url_for("office.year", year=found.label, added=1), code=303)


@pages.post("/year/calendar")
@answers(NoCalendar, with_=_bad_calendar)
@takes_files
def read_calendar() -> ResponseReturnValue:
    """Take in the school's own calendar from a file."""
    found = _year()
    uploads = [(file.filename or "", file.read()) for file in request.files.getlist("files") if file.filename]
    entered = years.read_calendar(
        year_id=found.id, uploads=uploads, replace="replace" in request.form, by=g.actor, now=now()
    )
    facts = {"new": entered.new, "unchanged": entered.unchanged, "replaced": entered.replaced}
    facts |= {"left_out": entered.left_out} if entered.left_out else {}
    return redirect(url_for("office.year", year=found.label, read=1, **facts), code=303)


def _day_page(day_id: int, form: DayForm | None = None) -> str:
    facts = asking.the_day(day_id)
    label = next(year.label for year in asking.all_years() if year.id == facts.year_id)
    form = form or DayForm.new(facts, filled=False)
    return render_template("staff/office/day.html", day=facts, label=label, form=form)


@pages.get("/year/days/<int:day_id>")
def day(day_id: int) -> str:
    """Correct one line of the calendar."""
    return _day_page(day_id)


@pages.post("/year/days/<int:day_id>")
@answers(Invalid, with_=_bad_change)
def change_day(day_id: int) -> ResponseReturnValue:
    """Keep the corrected line: it is the school's own from now on."""
    form = DayForm.new()
    if not form.validate():
        return _day_page(day_id, form), 422
    years.change_day(day_id=day_id, day=form.day, by=g.actor, now=now())
    return redirect(url_for("office.year", year=request.form.get("year"), changed=1), code=303)


@pages.post("/year/days/<int:day_id>/remove")
def remove_day(day_id: int) -> ResponseReturnValue:
    """Take this line out of the calendar."""
    years.remove_day(day_id=day_id, by=g.actor, now=now())
    return redirect(url_for("office.year", year=request.form.get("year"), removed=1), code=303)
