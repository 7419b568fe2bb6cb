"""One gathering from plan to head count: how it is held, who is invited, whether it goes on, how many there were."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.gathering_topics import COLLECTS
from scheduling.domain.gatherings import (
    ROUTE_LENGTH,
    THEME_LENGTH,
    WITHOUT_PROGRAMME,
    WORDS_LENGTH,
    Details,
    FewerThanComing,
    GatheringMeanwhile,
    HallTaken,
)
from scheduling.queries import gathering_lists as lists
from scheduling.queries import gatherings as asking
from scheduling.services import gatherings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.rounds import DAY_FORMATS
from scheduling.web.staff.office.wishes import kind_of
from scheduling.wording import gathering_pages as own_words
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence

ONE = "/year/plan/<int:planned_id>/gathering"
NUMBER = _("Vul een getal in.")


class DetailsForm(FlaskForm):
    """How a gathering is held."""

    theme = StringField(_("Thema"), validators=[Length(max=THEME_LENGTH)], description=_("Mag leeg."))
    words = TextAreaField(
        _("Wat er nog in de brief staat"), validators=[Length(max=WORDS_LENGTH)],
        description=_("Eén of twee zinnen, zonder namen. Mag leeg."),
    )  # fmt: skip
    route = StringField(
        _("Route in het gebouw"), validators=[Length(max=ROUTE_LENGTH)],
        description=_("Bijvoorbeeld: via het plein, eerste deur links."),
    )  # fmt: skip
    capacity = IntegerField(
        _("Hoeveel mensen passen er?"), validators=[Optional()], description=_("Leeg: er is plaats genoeg.")
    )
    answer_by = DateField(
        _("Antwoord graag voor of op"), format=DAY_FORMATS, validators=[Optional()],
        description=_("Een antwoord blijft welkom tot het begint."),
    )  # fmt: skip
    topic_days = IntegerField(
        _("Tot hoeveel dagen ervoor zijn onderwerpen welkom?"), validators=[Optional()],
        description=_("Leeg: tot 10 dagen ervoor."),
    )  # fmt: skip
    with_pupils = BooleanField(_("Kinderen zijn ook welkom"))
    childcare = BooleanField(_("Er is opvang voor kinderen"))
    parents_cafe = BooleanField(_("Er is een oudercafé"))
    welcome_desk = BooleanField(_("Er is een welkomstbalie"))

    @classmethod
    def new(cls, page: asking.GatheringPage, *, filled: bool = True) -> "DetailsForm":
        """The form as it was posted, or (not `filled`) as it is kept; a reception has no theme."""
        form = cls() if filled else cls(formdata=None, obj=page.details)
        if page.line.planned.kind in WITHOUT_PROGRAMME:
            del form.theme
        if page.line.planned.kind not in COLLECTS:
            del form.topic_days
        return form

    @property
    def details(self) -> Details:
        return Details(
            theme=(self.theme.data or "") if "theme" in self else "", words=self.words.data or "",
            route=self.route.data or "", capacity=self.capacity.data, with_pupils=bool(self.with_pupils.data),
            childcare=bool(self.childcare.data), parents_cafe=bool(self.parents_cafe.data),
            welcome_desk=bool(self.welcome_desk.data), answer_by=self.answer_by.data,
            topic_days=self.topic_days.data if "topic_days" in self else None,
        )  # fmt: skip


class CountForm(FlaskForm):
    """How many there were."""

    counted = IntegerField(
        _("Hoeveel mensen waren er, kinderen meegeteld?"), validators=[InputRequired(NUMBER)],
        description=_("Alleen het getal. Wie er was, houden wij niet bij."),
    )  # fmt: skip


def _page(
    planned_id: int, *, form: DetailsForm | None = None, count_form: CountForm | None = None, note: str = "",
    may_be_sure: bool = False,
) -> str:  # fmt: skip
    found = lists.office_gathering(planned_id, now())
    return show(
        "staff/office/gathering.html", found, of=kind_of, form=form or DetailsForm.new(found.page, filled=False),
        count_form=count_form or CountForm(formdata=None, obj=found.page), note=note,
        may_be_sure=may_be_sure, done=request.args.get("done", ""),
    )  # fmt: skip


def show(template: str, found: lists.OfficeGathering, **facts: object) -> str:
    """A page about one gathering, with the words it needs."""
    return render_template(
        template, found=found, page=found.page, row=found.page.line.planned, words=words, own=own_words, **facts
    )  # fmt: skip


def _bad_details(error: Invalid | FewerThanComing, planned_id: int) -> ResponseReturnValue:
    status = 422 if isinstance(error, Invalid) else 409
    return _page(planned_id, form=faulted(_posted(planned_id), error)), status


def second(error: Conflict | Invalid, planned_id: int) -> ResponseReturnValue:
    """Somebody was first, it is too late, or it cannot be held so: the gathering as it is now."""
    return _page(planned_id, note=sentence(error)), 422 if isinstance(error, Invalid) else 409


def _meanwhile(error: GatheringMeanwhile, planned_id: int) -> ResponseReturnValue:
    """Somebody was first: what was typed stays, and beside each field stands what is kept now."""
    form, kept = _posted(planned_id), lists.office_gathering(planned_id, now()).page.details
    for field in form:
        if field.name not in ("csrf_token", "version") and (field.data or None) != (getattr(kept, field.name) or None):
            field.description = _("Nu is bewaard: %(kept)s", kept=own_words.kept_as(getattr(kept, field.name)))
    return _page(planned_id, form=form, note=sentence(error)), 409


def _posted(planned_id: int) -> DetailsForm:
    return DetailsForm.new(lists.office_gathering(planned_id, now()).page)


@pages.get(ONE)
def gathering(planned_id: int) -> str:
    """One gathering: how far it is, and what comes next."""
    return _page(planned_id)


@pages.post(ONE)
@answers(Conflict, with_=second)
@answers(GatheringMeanwhile, with_=_meanwhile)
@answers(Invalid, with_=_bad_details)
@answers(FewerThanComing, with_=_bad_details)
def set_up_gathering(planned_id: int) -> ResponseReturnValue:
    """How it is held. Who was invited hears of what matters to them."""
    form = _posted(planned_id)
    if not form.validate():
        return _page(planned_id, form=form), 422
    gatherings.set_up(planned_id=planned_id, version=_version(), details=form.details, by=g.actor, now=now())
    return _back(planned_id, "saved")


def _hall_taken(error: HallTaken, planned_id: int) -> ResponseReturnValue:
    """Something else is there then: the office may know better."""
    return _page(planned_id, note=sentence(error), may_be_sure=True), 409


@pages.post(f"{ONE}/invite")
@answers(Conflict, with_=second)
@answers(Invalid, with_=second)
@answers(HallTaken, with_=_hall_taken)
def invite_families(planned_id: int) -> ResponseReturnValue:
    """Invite the families of this gathering, or of all of its kind on that day."""
    found = lists.office_gathering(planned_id, now())
    chosen = (planned_id, *(line.id for line in found.beside)) if "all" in request.form else (planned_id,)
    gatherings.invite(planned_ids=chosen, sure="sure" in request.form, by=g.actor, now=now())
    return _back(planned_id, "invited")


@pages.post(f"{ONE}/remind")
@answers(Conflict, with_=second)
def remind_families(planned_id: int) -> ResponseReturnValue:
    """One friendly reminder, only to homes that said nothing."""
    gatherings.remind(planned_id=planned_id, by=g.actor, now=now())
    return _back(planned_id, "reminded")


@pages.get(f"{ONE}/off")
def check_off(planned_id: int) -> str:
    """Before it is called off: what that does."""
    return show("staff/office/gathering_off.html", lists.office_gathering(planned_id, now()))


@pages.post(f"{ONE}/off")
@answers(Conflict, with_=second)
def call_off_gathering(planned_id: int) -> ResponseReturnValue:
    """It does not go on; who was invited is told."""
    gatherings.call_off(planned_id=planned_id, version=_version(), by=g.actor, now=now())
    return _back(planned_id, "off")


def _bad_count(error: Invalid, planned_id: int) -> ResponseReturnValue:
    return _page(planned_id, count_form=faulted(CountForm(), error, "counted")), 422


@pages.post(f"{ONE}/count")
@answers(Invalid, with_=_bad_count)
@answers(Conflict, with_=second)
def count_gathering(planned_id: int) -> ResponseReturnValue:
    """How many there were."""
    form = CountForm()
    if not form.validate():
        return _page(planned_id, count_form=form), 422
    gatherings.count(planned_id=planned_id, counted=form.counted.data or 0, by=g.actor, now=now())
    return _back(planned_id, "counted")


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _back(planned_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("office.gathering", planned_id=planned_id, done=done), code=303)
