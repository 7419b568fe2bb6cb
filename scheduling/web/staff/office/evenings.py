"""Contact evenings: announced on two evenings that the product proposes, for the classes that take part."""

from datetime import date, time, timedelta

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectMultipleField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.evenings import TooFewTimes
from scheduling.domain.kinds import KINDS, PupilPart, parts_in
from scheduling.domain.people import Sector
from scheduling.domain.rounds import NoClasses, RoundKind, RoundMode
from scheduling.domain.timeslots import local
from scheduling.queries import evening_rounds
from scheduling.services import evening_rounds as announcing
from scheduling.services.rounds import Plan, Without
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.rounds import DAY_FORMATS, NUMBER, start_of, the_year
from scheduling.wording import rounds as words
from scheduling.wording.dates import month_name
from scheduling.wording.single_talks import pupil_part_name

LEAD_TIME_HOURS = 24
EVENING = (time(18, 30), time(21, 30))
TIME_TO_PLAN = timedelta(days=14)
"""Between the last day for wishes and the first evening."""


class EveningsForm(FlaskForm):
    """What the office decides about contact evenings."""

    name = StringField(
        _("Naam"),
        validators=[InputRequired(_("Geef de avonden een naam.")), Length(max=120)],
        description=_("Ouders zien deze naam ook."),
    )
    first = DateField(_("Eerste avond"), format=DAY_FORMATS, validators=[InputRequired(_("Kies een dag."))])
    second = DateField(_("Tweede avond"), format=DAY_FORMATS, validators=[Optional()], description=_("Mag leeg."))
    third = DateField(_("Derde avond"), format=DAY_FORMATS, validators=[Optional()], description=_("Mag leeg."))
    starts = TimeField(_("Begin"), validators=[InputRequired(_("Kies een tijd."))])
    ends = TimeField(_("Einde"), validators=[InputRequired(_("Kies een tijd."))])
    slot_minutes = IntegerField(
        _("Minuten per gesprek"), validators=[NUMBER], description=_("Meestal 10, en soms 15 of 20.")
    )
    max_in_a_row = IntegerField(
        _("Hoogstens zoveel gesprekken achter elkaar"),
        validators=[NUMBER],
        description=_("Daarna is er een pauze van een gesprek. Met 0 is er geen grens."),
    )
    lead_time_hours = IntegerField(
        _("Tot hoeveel uur van tevoren kunnen gezinnen zelf iets veranderen?"), validators=[NUMBER]
    )
    mode = RadioField(_("Hoe krijgen gezinnen een tijd?"))
    wishes_on = DateField(
        _("Gezinnen geven wensen door tot en met"),
        format=DAY_FORMATS,
        validators=[Optional()],
        description=_("Leeg: wij vragen geen wensen."),
    )
    pupil_part = RadioField(_("En de leerling?"), validators=[Optional()])
    classes = SelectMultipleField(_("Voor welke klassen?"))
    with_leaving = BooleanField(_("Ook de leerlingen van groep 8"))
    even_if_short = BooleanField(_("Maak de ronde ook als niet alles past"))

    def fit(self, names: list[str], *, primary: bool) -> "EveningsForm":
        """The classes to choose from, and the three ways; the leavers only where there are any."""
        modes = (RoundMode.ROSTER_THEN_SWAP, RoundMode.ROSTER, RoundMode.PICK)
        self.mode.choices = [(mode.value, words.mode_meaning(mode)) for mode in modes]
        self.pupil_part.choices = [(part.value, pupil_part_name(part)) for part in parts_in(RoundKind.CONTACT_EVENING)]
        self.classes.choices = [(name, name) for name in names]
        if not primary:
            del self.with_leaving
        return self

    @property
    def plan(self) -> Plan:
        return Plan(
            name=self.name.data or "",
            kind=RoundKind.CONTACT_EVENING,
            mode=RoundMode(self.mode.data),
            slot_minutes=self.slot_minutes.data or 0,
            max_in_a_row=self.max_in_a_row.data or 0,
            lead_time_hours=self.lead_time_hours.data or 0,
            wishes_until=start_of(self.wishes_on.data, after=1),
            pupil_part=PupilPart(self.pupil_part.data) if self.pupil_part.data else None,
        )

    @property
    def evenings(self) -> announcing.Evenings:
        days = {name: self[name].data for name in announcing.FIELDS if self[name].data}
        return announcing.Evenings(days, self.starts.data, self.ends.data)

    @property
    def without(self) -> Without | None:
        if "with_leaving" not in self or self.with_leaving.data:
            return None
        return Without((evening_rounds.LEAVING_LEVEL,), gettext("Groep 8 kiest zelf avonden."))


def _form(*, filled: bool) -> EveningsForm:
    year = the_year()
    classes = evening_rounds.classes_of(year)
    if not classes:
        raise NoClasses(year.label)
    primary = evening_rounds.sector() is Sector.PRIMARY
    names = [group.name for group in classes]
    if filled:
        return EveningsForm().fit(names, primary=primary)
    ticked = [group.name for group in classes if not (primary and evening_rounds.is_leaving(group))]
    if request.args.get("classes") == "none":
        ticked = []
    usual = KINDS[RoundKind.CONTACT_EVENING]
    days = evening_rounds.proposed_evenings(year, local(now()).date())
    defaults = {
        "name": _name(days), "classes": ticked, "mode": RoundMode.ROSTER_THEN_SWAP.value,
        "slot_minutes": usual.minutes, "max_in_a_row": usual.in_a_row,
        "lead_time_hours": LEAD_TIME_HOURS, "starts": EVENING[0], "ends": EVENING[1],
        "pupil_part": usual.pupil.value,
    }  # fmt: skip
    if days:
        defaults |= {"first": days[0], "second": days[1], "wishes_on": _wishes_on(days[0])}
    return EveningsForm(formdata=None, data=defaults).fit(names, primary=primary)


def _wishes_on(first: date) -> date | None:
    """Two weeks before the first evening, as long as that is still to come."""
    day = first - TIME_TO_PLAN
    return day if day > local(now()).date() else None


def _name(days: tuple[date, date] | None) -> str:
    return gettext("Contactavonden %(month)s", month=month_name(days[0])) if days else gettext("Contactavonden")


def _page(form: EveningsForm, status: int = 200) -> ResponseReturnValue:
    return render_template("staff/office/evenings_new.html", form=form), status


def _refused(error: Invalid) -> ResponseReturnValue:
    name = {"wishes_until": "wishes_on"}.get(error.field or "", error.field or "")
    form = faulted(_form(filled=True), error, name)
    if isinstance(error, TooFewTimes) and error.extra and not form.third.data:
        form.third.data, form.third.raw_data = error.extra, None
    return _page(form, 422)


@pages.get("/rounds/evenings")
def new_evenings() -> ResponseReturnValue:
    """Announce contact evenings: on which days, from when until when, for whom."""
    return _page(_form(filled=False))


@pages.post("/rounds/evenings")
@answers(Invalid, with_=_refused)
def create_evenings() -> ResponseReturnValue:
    """The evenings are there, with times for every teacher; each can still be changed."""
    form = _form(filled=True)
    if not form.validate():
        return _page(form, 422)
    made = announcing.create(
        plan=form.plan, evenings=form.evenings, classes=form.classes.data or (), year=the_year(),
        without=form.without, even_if_short=form.even_if_short.data, by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("office.round", round_id=made.id, done="created"), code=303)
