"""The plan of a school year on one page: proposed, moved, made known in parts."""

from datetime import date

from flask import Response, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.gatherings import GATHERINGS, GatheringOver
from scheduling.domain.people import Sector, StaffRole, natural_order
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import (
    PLACE_LENGTH,
    Group,
    InformationEvening,
    Planned,
    PlannedKind,
    PlanWishes,
    ReceptionTooLong,
    WouldClash,
)
from scheduling.mail.year_agendas import year_calendar
from scheduling.queries import year_plans as asking
from scheduling.queries import years
from scheduling.queries.school import find_school
from scheduling.services import year_plans
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.feeds import calendar_answer
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.rounds import DAY_FORMATS
from scheduling.wording import year_plans as words

CLOCK_FORMATS = ["%H:%M", "%H.%M"]


class PlanForm(FlaskForm):
    """What the school decides before a year is planned."""

    information = RadioField(_("Informatieavond voor ouders"))
    circles = IntegerField(
        _("Hoe vaak komt de ouderkring bij elkaar?"),
        validators=[InputRequired(_("Vul een getal in."))],
        description=_("Meestal zes of zeven keer, op woensdag van 20.00 tot 22.00 uur."),
    )
    reception_minutes = IntegerField(
        _("Minuten per receptie"),
        validators=[InputRequired(_("Vul een getal in."))],
        description=_("Hoogstens 60. Elke klas heeft een eigen receptie."),
    )
    avoids = BooleanField(_("Sla avonden over waarop veel gezinnen iets anders hebben (dankdag, carnaval, 5 mei)"))

    @classmethod
    def new(cls, wishes: PlanWishes | None = None) -> "PlanForm":
        """The form as it was posted, or with what was decided."""
        form = cls(formdata=None, obj=wishes) if wishes else cls()
        form.information.choices = [(one.value, words.information_name(one)) for one in InformationEvening]
        if wishes:
            form.information.data = wishes.information.value
        return form

    @property
    def wishes(self) -> PlanWishes:
        return PlanWishes(
            InformationEvening(self.information.data), self.circles.data or 0, self.reception_minutes.data or 0,
            bool(self.avoids.data),
        )  # fmt: skip


class KindsForm(FlaskForm):
    """Which kinds to make known."""

    kinds = SelectMultipleField(_("Wat maakt u bekend?"))


class MoveForm(FlaskForm):
    """Another day, time or place for one moment."""

    version = HiddenField()
    day = DateField(_("Dag"), format=DAY_FORMATS, validators=[InputRequired(_("Kies een dag."))])
    until = DateField(_("Tot en met"), format=DAY_FORMATS, validators=[Optional()])
    begins = TimeField(_("Begin"), format=CLOCK_FORMATS, validators=[Optional()])
    ends = TimeField(_("Einde"), format=CLOCK_FORMATS, validators=[Optional()])
    place = StringField(_("Waar"), validators=[Length(max=PLACE_LENGTH)], description=_("Mag leeg."))
    sure = BooleanField(_("Ik weet het, verplaats toch"))

    @classmethod
    def new(cls, line: asking.PlanLine, *, filled: bool = True) -> "MoveForm":
        """The form as it was posted, or (not `filled`) as the moment is now; with only the fields of its kind."""
        form = cls() if filled else cls(formdata=None, obj=line.planned)
        if line.planned.kind.is_evening:
            del form.until
        else:
            del form.begins, form.ends, form.place
            if line.planned.kind is not PlannedKind.START_ROUND:
                del form.until
        if not filled:
            form.version.data = str(line.version)
        return form

    def value(self, name: str) -> object:
        return self[name].data if name in self else None


class NewForm(FlaskForm):
    """One moment more."""

    groups: tuple[Group, ...] = ()
    kind = SelectField(_("Wat komt erbij?"))
    classes = SelectMultipleField(
        _("Voor wie?"), coerce=int, description=_("Kiest u niets, dan is het voor de hele school.")
    )
    grades = SelectMultipleField(_("Of alle klassen van een leerjaar"))
    day = DateField(_("Dag"), format=DAY_FORMATS, validators=[InputRequired(_("Kies een dag."))])
    begins = TimeField(_("Begin"), format=CLOCK_FORMATS, validators=[Optional()])
    ends = TimeField(_("Einde"), format=CLOCK_FORMATS, validators=[Optional()])
    place = StringField(_("Waar"), validators=[Length(max=PLACE_LENGTH)], description=_("Mag leeg."))
    sure = BooleanField(_("Ik weet het, zet het toch in het plan"))

    @classmethod
    def new(cls, year_id: int, *, filled: bool = True) -> "NewForm":
        """The form as it was posted, or empty; a round of start conversations is made elsewhere."""
        form = cls() if filled else cls(formdata=None)
        form.kind.choices = [
            (kind.value, words.kind_name(kind)) for kind in PlannedKind if kind is not PlannedKind.START_ROUND
        ]  # fmt: skip
        form.groups = asking.groups_of(year_id)
        form.classes.choices = [(group.id, group.name) for group in form.groups]
        grades = sorted({grade for group in form.groups for grade in group.grades}, key=natural_order)
        form.grades.choices = [(grade, _("leerjaar %(year)s", year=grade)) for grade in grades]
        return form

    @property
    def moment(self) -> Planned:
        kind = PlannedKind(self.kind.data)
        hours = (self.begins.data, self.ends.data) if kind.is_evening else (None, None)
        grades = set(self.grades.data or ())
        chosen = {*(self.classes.data or ()), *(group.id for group in self.groups if group.grades & grades)}
        return Planned(
            kind, self.day.data, begins=hours[0], ends=hours[1], groups=tuple(sorted(chosen)),
            place=(self.place.data or "") if kind.is_evening else "",
        )  # fmt: skip


def _year() -> years.YearFacts:
    """The year in the address, else the one in use."""
    return years.the_year(request.args.get("year") or request.form.get("year"), local(now()).date())


def _sector() -> Sector:
    school = find_school()
    return school.sector if school else Sector.PRIMARY


def _page(plan_form: PlanForm | None = None, kinds_form: KindsForm | None = None) -> str:
    page = asking.plan_page(_year())
    return render_template(
        "staff/office/year_plan.html", page=page, years=years.all_years(), words=words, done=request.args,
        form=plan_form or PlanForm.new(page.wishes), kinds_form=kinds_form or KindsForm(formdata=None),
        address=current_app.config["BASE_URL"].rstrip("/") + url_for("school_year.show", year=page.year.label),
        known=asking.public_lines(page.year), gatherings=GATHERINGS,
    )  # fmt: skip


def _bad_wishes(error: Invalid) -> ResponseReturnValue:
    return _page(faulted(PlanForm.new(), error)), 422


def _bad_kinds(error: Invalid) -> ResponseReturnValue:
    return _page(kinds_form=faulted(KindsForm(formdata=None), error, "kinds")), 422


@pages.get("/year/plan")
def year_plan() -> str:
    """The plan of a year, month by month."""
    return _page()


@pages.post("/year/plan")
@answers(Invalid, with_=_bad_wishes)
def propose_year() -> ResponseReturnValue:
    """Plan the year; what was moved by hand or is known stays."""
    form = PlanForm.new()
    if not form.validate():
        return _page(form), 422
    year = _year()
    made = year_plans.propose(year=year, wishes=form.wishes, by=g.actor, now=now())
    return redirect(url_for("office.year_plan", year=year.label, made=made), code=303)


@pages.post("/year/plan/publish")
@answers(Invalid, with_=_bad_kinds)
def publish_year() -> ResponseReturnValue:
    """Make some kinds known, or take them back."""
    year = _year()
    chosen = {kind for kind in PlannedKind if kind.value in request.form.getlist("kinds")}
    act = year_plans.withdraw if request.form.get("act") == "withdraw" else year_plans.publish
    count = act(year_id=year.id, kinds=chosen, by=g.actor, now=now())
    name = "withdrawn" if act is year_plans.withdraw else "published"
    return redirect(url_for("office.year_plan", year=year.label, **{name: count}), code=303)


@pages.get("/year/plan/jaarplan.ics")
def year_plan_calendar() -> Response:
    """The whole plan as a calendar file, also what is not known yet."""
    year, school = _year(), find_school()
    moments = asking.calendar_of_year(year.id, public=False)
    answer = calendar_answer(
        year_calendar(moments, school=school.name if school else "", sector=_sector(), public=False)
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="jaarplan-{year.label}.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _new_page(form: NewForm, error: Invalid | WouldClash | None = None) -> str:
    year = _year()
    found = error.clashes if isinstance(error, WouldClash) else ()
    names = {group.id: group.name for group in asking.groups_of(year.id)}
    return render_template(
        "staff/office/planned_new.html", year=year, form=form, words=words, found=found, names_of=names,
        may_be_sure=bool(found) or _may_be_longer(error) or "sure" in request.form,
    )  # fmt: skip


def _may_be_longer(error: Exception | None) -> bool:
    """A director may decide on a longer reception."""
    return isinstance(error, ReceptionTooLong) and StaffRole.DIRECTOR in g.staff.roles


def _bad_new(error: Invalid) -> ResponseReturnValue:
    return _new_page(faulted(NewForm.new(_year().id), error), error), 422


def _new_clashing(error: WouldClash) -> ResponseReturnValue:
    return _new_page(faulted(NewForm.new(_year().id), error, "day"), error), 422


@pages.get("/year/plan/new")
def new_planned() -> str:
    """Put one moment more in the plan."""
    return _new_page(NewForm.new(_year().id, filled=False))


@pages.post("/year/plan/new")
@answers(Invalid, with_=_bad_new)
@answers(WouldClash, with_=_new_clashing)
def add_planned() -> ResponseReturnValue:
    """It stands in the plan, unless it clashes and the office did not know."""
    year = _year()
    form = NewForm.new(year.id)
    if not form.validate():
        return _new_page(form), 422
    made = year_plans.add(year_id=year.id, moment=form.moment, sure=bool(form.sure.data), by=g.actor, now=now())
    return redirect(url_for("office.year_plan", year=year.label, added=1, _anchor=f"d{made}"), code=303)


def _planned_page(planned_id: int, form: MoveForm | None = None, error: Invalid | WouldClash | None = None) -> str:
    page = asking.planned_page(planned_id, local(now()).date())
    if form is None:
        form = MoveForm.new(page.line, filled=False)
        form.day.data = _asked_day() or form.day.data
    longer = _may_be_longer(error)
    return render_template(
        "staff/office/planned.html", page=page, form=form, words=words, may_be_sure=longer or "sure" in request.form
        or isinstance(error, WouldClash), found=error.clashes if isinstance(error, WouldClash) else (),
    )  # fmt: skip


def _asked_day() -> date | None:
    """A day that the page proposed and the office chose."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def _bad_move(error: Invalid, planned_id: int) -> ResponseReturnValue:
    return _planned_page(planned_id, faulted(_posted(planned_id), error), error), 422


def _clashing(error: WouldClash, planned_id: int) -> ResponseReturnValue:
    return _planned_page(planned_id, faulted(_posted(planned_id), error, "day"), error), 422


def _posted(planned_id: int) -> MoveForm:
    return MoveForm.new(asking.planned_page(planned_id, local(now()).date()).line)


@pages.get("/year/plan/<int:planned_id>")
def planned(planned_id: int) -> str:
    """One moment: what it gets in the way of, and where else it could be."""
    return _planned_page(planned_id)


@pages.post("/year/plan/<int:planned_id>")
@answers(Invalid, with_=_bad_move)
@answers(WouldClash, with_=_clashing)
def move_planned(planned_id: int) -> ResponseReturnValue:
    """Another day, time or place."""
    form = _posted(planned_id)
    if not form.validate():
        return _planned_page(planned_id, form), 422
    year = asking.planned_page(planned_id, local(now()).date()).year
    year_plans.move(
        planned_id=planned_id, version=_version(), day=form.day.data, until=form.value("until"),
        begins=form.value("begins"), ends=form.value("ends"), place=str(form.value("place") or ""),
        sure=bool(form.sure.data), by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("office.year_plan", year=year.label, moved=1, _anchor=f"d{planned_id}"), code=303)


def _was_held(error: GatheringOver, planned_id: int) -> ResponseReturnValue:
    return _planned_page(planned_id, faulted(_posted(planned_id), error)), 409


@pages.post("/year/plan/<int:planned_id>/remove")
@answers(GatheringOver, with_=_was_held)
def remove_planned(planned_id: int) -> ResponseReturnValue:
    """Take this moment out of the plan."""
    year_plans.remove(planned_id=planned_id, version=_version(), by=g.actor, now=now())
    return redirect(url_for("office.year_plan", year=request.form.get("year"), removed=1), code=303)


def _version() -> int:
    return request.form.get("version", 0, type=int)
