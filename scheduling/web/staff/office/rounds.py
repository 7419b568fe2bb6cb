"""Rounds: the list, announcing one, how far it is, who is left out and why."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.hours import FileUnreadable, HoursRefused
from scheduling.domain.kinds import FOR_CLASSES, KINDS, PupilPart, parts_in
from scheduling.domain.rounds import (
    HasATalk,
    NoClasses,
    NoYearFor,
    ReasonNeeded,
    RoundKind,
    RoundMode,
    TalksOutsidePeriod,
    ToldAlready,
)
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.years import Period
from scheduling.queries import people, round_copies, wishes, years
from scheduling.queries import rounds as asking
from scheduling.services import rounds
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.security import takes_files
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.round_times import file_notes
from scheduling.wording import rounds as words
from scheduling.wording.dates import day_before
from scheduling.wording.hours import warning_sentence
from scheduling.wording.kinds import series_name
from scheduling.wording.single_talks import pupil_part_name

DAY_FORMATS = ["%Y-%m-%d", "%d-%m-%Y"]
NUMBER = InputRequired(_("Vul een getal in."))
DAY = InputRequired(_("Kies een dag."))


class RoundForm(FlaskForm):
    """What the office decides about a round."""

    name = StringField(
        _("Naam van de ronde"),
        validators=[InputRequired(_("Geef de ronde een naam.")), Length(max=120)],
        description=_("Bijvoorbeeld: Startgesprekken 2027. Ouders zien deze naam ook."),
    )
    starts_on = DateField(_("Eerste dag van de gesprekken"), format=DAY_FORMATS, validators=[DAY])
    ends_on = DateField(_("Laatste dag van de gesprekken"), format=DAY_FORMATS, validators=[DAY])
    mode = RadioField(_("Hoe krijgen gezinnen een tijd?"))
    slot_minutes = IntegerField(_("Minuten per gesprek"), validators=[NUMBER])
    max_in_a_row = IntegerField(
        _("Hoogstens zoveel gesprekken achter elkaar"),
        validators=[NUMBER],
        description=_("Daarna is er een pauze van een gesprek. Met 0 is er geen grens."),
    )
    lead_time_hours = IntegerField(
        _("Tot hoeveel uur van tevoren kunnen gezinnen zelf iets veranderen?"), validators=[NUMBER]
    )
    wishes_on = DateField(
        _("Gezinnen geven wensen door tot en met"),
        format=DAY_FORMATS,
        validators=[Optional()],
        description=_("Leeg: wij vragen geen wensen. Te laat of niets doorgeven is geen nadeel."),
    )
    opens_on = DateField(
        _("Gezinnen kunnen kiezen vanaf"), format=DAY_FORMATS, validators=[Optional()], description=_("Mag leeg.")
    )
    closes_on = DateField(
        _("Gezinnen kunnen kiezen tot en met"), format=DAY_FORMATS, validators=[Optional()], description=_("Mag leeg.")
    )
    by_phone = BooleanField(_("Gezinnen mogen kiezen voor de telefoon"), description=_("Op school spreken kan altijd."))
    by_video = BooleanField(
        _("Gezinnen mogen kiezen voor beeld"),
        description=_(
            "Elk gesprek krijgt een eigen link. Dat kan als bij School staat waar u met beeld belt. Anders plakt de "
            "gespreksleider een link."
        ),
    )
    pupil_part = RadioField(_("En de leerling?"), validators=[Optional()])
    questions = TextAreaField(
        _("Open vragen om mee te beginnen"),
        description=_(
            "Eén tot vijf, elke vraag op een eigen regel. De ouder leest ze van tevoren. Cijfers en uitslagen horen er "
            "niet bij."
        ),
    )
    purpose = TextAreaField(
        _("Waar gaat het gesprek over?"),
        validators=[Length(max=1000)],
        description=_("Komt in de uitnodiging. Leeg: wij gebruiken onze eigen tekst over dit gesprek."),
    )

    def fit(self, kind: RoundKind) -> "RoundForm":
        """Offer the three ways, the usual one first, and what fits this kind."""
        self.pupil_part.choices = [(part.value, pupil_part_name(part)) for part in parts_in(kind)]
        if kind is not RoundKind.REVERSED_CONVERSATION:
            del self.questions
        modes = (RoundMode.ROSTER_THEN_SWAP, RoundMode.ROSTER, RoundMode.PICK)
        self.mode.choices = [(mode.value, words.mode_meaning(mode)) for mode in modes]
        return self

    @property
    def plan(self) -> rounds.Plan:
        return rounds.Plan(
            name=self.name.data or "",
            mode=RoundMode(self.mode.data),
            slot_minutes=self.slot_minutes.data or 0,
            max_in_a_row=self.max_in_a_row.data or 0,
            lead_time_hours=self.lead_time_hours.data or 0,
            wishes_until=start_of(self.wishes_on.data, after=1),
            opens_at=start_of(self.opens_on.data),
            closes_at=start_of(self.closes_on.data, after=1),
            purpose=self.purpose.data or "",
            by_phone=self.by_phone.data,
            by_video=self.by_video.data,
            pupil_part=self.pupil,
            questions=self.asked,
            period=self.period,
        )

    @property
    def pupil(self) -> PupilPart | None:
        return PupilPart(self.pupil_part.data) if self.pupil_part.data else None

    @property
    def asked(self) -> tuple[str, ...] | None:
        """The questions, a line each; None where this kind has none."""
        return tuple((self.questions.data or "").splitlines()) if "questions" in self else None

    @property
    def period(self) -> Period | None:
        return Period(self.starts_on.data, self.ends_on.data) if self.starts_on.data and self.ends_on.data else None


class NewRoundForm(RoundForm):
    """A new round: also what kind, for which classes, and perhaps the leaders' times in a file."""

    kind = HiddenField()
    classes = SelectMultipleField(_("Voor welke klassen?"))
    file = FileField(
        _("Bestand met tijden"),
        description=_("CSV of Excel met de kolommen Code; Datum; Van; Tot; Lokaal. U kunt tijden ook later intypen."),
    )

    def fit_classes(self, names: list[str]) -> "NewRoundForm":
        self.fit(_kind())
        self.classes.choices = [(name, name) for name in names]
        return self

    @property
    def plan(self) -> rounds.Plan:
        return replace(super().plan, kind=_kind())


class ReasonForm(FlaskForm):
    """Why a family does not take part."""

    reason = StringField(
        _("Waarom doet dit gezin nu niet mee?"),
        validators=[Length(max=200)],
        description=_(
            "Een paar woorden, bijvoorbeeld: heeft in juni al een startgesprek gehad. De reden blijft bewaard."
        ),
    )


def start_of(day: date | None, *, after: int = 0) -> datetime | None:
    return moment_at(day + timedelta(days=after), time(0)) if day else None


def the_year() -> years.YearFacts:
    """The year in which a round is made."""
    found = years.year_in_use(local(now()).date())
    if found is None:
        raise NoYearFor(None)
    return found


def _new_form(*, filled: bool) -> NewRoundForm:
    names = [group.name for group in people.people_page(the_year().id, today=local(now()).date()).classes]
    if not names:
        raise NoClasses(the_year().label)
    if filled:
        return NewRoundForm().fit_classes(names)
    kind = _kind()
    usual, is_start = KINDS[kind], kind is RoundKind.START_CONVERSATION
    ticked = names if request.args.get("classes", "all" if is_start else "none") != "none" else []
    defaults: dict[str, object] = {
        "kind": kind.value, "mode": RoundMode.ROSTER_THEN_SWAP.value, "classes": ticked, "lead_time_hours": 24,
        "slot_minutes": usual.minutes, "max_in_a_row": usual.in_a_row, "pupil_part": usual.pupil.value,
    }  # fmt: skip
    defaults |= _proposed_days() if is_start else {}
    return NewRoundForm(formdata=None, data=defaults).fit_classes(names)


def _kind() -> RoundKind:
    """What kind of round is asked for; without a word: start conversations."""
    asked = request.values.get("kind", RoundKind.START_CONVERSATION.value)
    found = next((kind for kind in FOR_CLASSES if kind.value == asked), None)
    if found is None:
        abort(404)
    return found


def _proposed_days() -> dict[str, date]:
    """The start window of the year, for a round that has no days yet."""
    window = years.calendar(the_year()).start_window
    return {"starts_on": window.starts_on, "ends_on": window.ends_on} if window else {}


def _new(form: NewRoundForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/office/round_new.html", form=form, calendar=years.calendar(the_year()), kind=_kind(),
        series_name=series_name,
    ), status  # fmt: skip


def _refused(error: Invalid) -> ResponseReturnValue:
    field = "file" if isinstance(error, (HoursRefused, FileUnreadable)) else ""
    return _new(faulted(_new_form(filled=True), error, _form_field(error, field)), 422)


def _form_field(error: Invalid | TalksOutsidePeriod | ToldAlready, field: str = "") -> str:
    name = field or error.field or ""
    return {"closes_at": "closes_on", "opens_at": "opens_on", "wishes_until": "wishes_on"}.get(name, name)


@pages.get("/rounds", endpoint="rounds")
def list_rounds() -> str:
    """All rounds."""
    return render_template(
        "staff/office/rounds.html", rounds=asking.list_rounds(), words=words, kinds=FOR_CLASSES, series_name=series_name
    )


@pages.get("/rounds/new")
def new_round() -> ResponseReturnValue:
    """Announce a round."""
    return _new(_new_form(filled=False))


@pages.post("/rounds")
@answers(Invalid, with_=_refused)
@takes_files
def create_round() -> ResponseReturnValue:
    """The round exists; its times may follow."""
    form = _new_form(filled=True)
    if not form.validate():
        return _new(form, 422)
    file = request.files.get("file")
    hours = rounds.read_uploaded_hours(file.filename, file.read()) if file and file.filename else []
    made = rounds.create(
        plan=form.plan, hours=hours, classes=form.classes.data, year_id=the_year().id, by=g.actor, now=now()
    )
    target = "office.round" if made.slots else "office.round_times"
    return redirect(url_for(target, round_id=made.id, done="created", **file_notes(made.warnings)), code=303)


@pages.get("/rounds/<int:round_id>", endpoint="round")
def show_round(round_id: int) -> str:
    """How far a round is, per class, and what to do next."""
    return render_template(
        "staff/office/round.html",
        page=asking.overview(round_id, now()),
        wishing=wishes.asking_of(round_id, now()),
        words=words,
        say=warning_sentence,
        done=request.args.get("done"),
        removed=request.args.get("removed", 0, type=int),
    )


def _settings(form: RoundForm, round_id: int, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/office/round_settings.html",
        form=form,
        facts=asking.round_facts(round_id),
        copies=round_copies.may_be_copied(round_id),
        now=now(),
    ), status


def _bad_settings(error: Invalid | TalksOutsidePeriod | ToldAlready, round_id: int) -> ResponseReturnValue:
    status = 422 if isinstance(error, Invalid) else 409
    return _settings(faulted(_settings_form(round_id), error, _form_field(error)), round_id, status)


def _settings_form(round_id: int, facts: asking.RoundFacts | None = None) -> RoundForm:
    if facts is None:
        form = RoundForm().fit(asking.round_facts(round_id).kind)
        del form.slot_minutes
        return form
    same = ("name", "slot_minutes", "max_in_a_row", "purpose", "by_phone", "by_video")
    data: dict[str, Any] = {name: getattr(facts, name) for name in same}
    data |= {"mode": facts.mode.value, "lead_time_hours": facts.lead_time_hours}
    data |= {"starts_on": facts.period.starts_on, "ends_on": facts.period.ends_on}
    data |= {"pupil_part": facts.pupil_part.value, "questions": "\n".join(facts.questions)}
    data["wishes_on"] = day_before(facts.wishes_until) if facts.wishes_until else None
    data["opens_on"] = local(facts.opens_at).date() if facts.opens_at else None
    data["closes_on"] = day_before(facts.closes_at) if facts.closes_at else None
    return RoundForm(formdata=None, data=data).fit(facts.kind)


@pages.get("/rounds/<int:round_id>/settings")
def round_settings(round_id: int) -> ResponseReturnValue:
    """What was decided about the round."""
    return _settings(_settings_form(round_id, asking.round_facts(round_id)), round_id)


@pages.post("/rounds/<int:round_id>/settings")
@answers(Invalid, with_=_bad_settings)
@answers(TalksOutsidePeriod, with_=_bad_settings)
@answers(ToldAlready, with_=_bad_settings)
def change_round(round_id: int) -> ResponseReturnValue:
    """Keep what was decided."""
    form = _settings_form(round_id)
    if not form.validate():
        return _settings(form, round_id, 422)
    plan = rounds.Plan(
        name=form.name.data or "",
        mode=RoundMode(form.mode.data),
        max_in_a_row=form.max_in_a_row.data or 0,
        lead_time_hours=form.lead_time_hours.data or 0,
        wishes_until=start_of(form.wishes_on.data, after=1),
        opens_at=_same_hour(start_of(form.opens_on.data), asking.round_facts(round_id).opens_at),
        closes_at=start_of(form.closes_on.data, after=1),
        purpose=form.purpose.data or "",
        by_phone=form.by_phone.data,
        by_video=form.by_video.data,
        pupil_part=form.pupil,
        questions=form.asked,
        period=form.period,
    )
    removed = rounds.change(round_id=round_id, plan=plan, by=g.actor, now=now())
    return redirect(url_for("office.round", round_id=round_id, done="changed", removed=removed or None), code=303)


def _same_hour(opens_at: datetime | None, was: datetime | None) -> datetime | None:
    """Who leaves the day as it was, leaves the hour too."""
    kept = opens_at and was and local(opens_at).date() == local(was).date()
    return was if kept else opens_at


@pages.post("/rounds/<int:round_id>/open")
def open_round(round_id: int) -> ResponseReturnValue:
    """Families see the free times from now on."""
    rounds.open_for_picking(round_id=round_id, by=g.actor, now=now())
    return redirect(url_for("office.round", round_id=round_id, done="opened"), code=303)


@pages.get("/rounds/<int:round_id>/classes/<int:class_id>")
def round_class(round_id: int, class_id: int) -> str:
    """The pupils of a class: who has a time, who is left out and why."""
    page = asking.overview(round_id, now())
    return render_template(
        "staff/office/round_class.html",
        facts=page.facts,
        group=next((group for group in page.classes if group.id == class_id), None),
        pupils=asking.pupils_of(round_id, class_id, now()),
        words=words,
        done=request.args.get("done"),
    )


def _leave_out(round_id: int, pupil_id: int, form: ReasonForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/office/round_leave_out.html",
        form=form,
        facts=asking.round_facts(round_id),
        pupil=asking.pupil_in(round_id, pupil_id),
    ), status


def _not_left_out(error: ReasonNeeded | HasATalk, round_id: int, pupil_id: int) -> ResponseReturnValue:
    status = 409 if isinstance(error, HasATalk) else 422
    return _leave_out(round_id, pupil_id, faulted(ReasonForm(), error), status)


@pages.get("/rounds/<int:round_id>/pupils/<int:pupil_id>/leave-out")
def leave_out(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """Leave a family out: why?"""
    return _leave_out(round_id, pupil_id, ReasonForm(formdata=None))


@pages.post("/rounds/<int:round_id>/pupils/<int:pupil_id>/leave-out")
@answers(ReasonNeeded, with_=_not_left_out)
@answers(HasATalk, with_=_not_left_out)
def leave_out_now(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """This family does not take part; the reason is kept."""
    form = ReasonForm()
    if not form.validate():
        return _leave_out(round_id, pupil_id, form, 422)
    pupil = asking.pupil_in(round_id, pupil_id)
    rounds.exclude(round_id=round_id, pupil_id=pupil_id, reason=form.reason.data or "", by=g.actor, now=now())
    return redirect(
        url_for("office.round_class", round_id=round_id, class_id=pupil.class_id, done="left_out"), code=303
    )


@pages.post("/rounds/<int:round_id>/pupils/<int:pupil_id>/take-part")
def take_part(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """This family takes part after all."""
    pupil = asking.pupil_in(round_id, pupil_id)
    rounds.include(round_id=round_id, pupil_id=pupil_id, by=g.actor, now=now())
    return redirect(
        url_for("office.round_class", round_id=round_id, class_id=pupil.class_id, done="takes_part"), code=303
    )
