"""The agreed form of contact: how far every family is, and the screen to record or propose one."""

from collections.abc import Sequence
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from scheduling.domain.contacts import MANY_MOMENTS, minutes_of
from scheduling.domain.information_poll import WantedPeriod
from scheduling.domain.moments import Resolved, What
from scheduling.domain.plans import (
    FURTHER_FORMS,
    GOAL_LENGTH,
    MOMENTS_AT_MOST,
    PUPIL_DOES_LENGTH,
    REASON_LENGTH,
    AgreedLater,
    AgreedMoment,
    Agreement,
    ContactForm,
    InfoNeed,
    Initiative,
    NotFilledIn,
    NothingChanged,
    PlanChanged,
    PupilNotAsked,
    ToldBy,
    ensure_filled_in,
    forms_offered,
)
from scheduling.domain.timeslots import local
from scheduling.domain.years import Period
from scheduling.queries import leaders
from scheduling.queries import plans as asking
from scheduling.queries.moments import beside_the_rest, on_the_calendar
from scheduling.queries.school import further_forms
from scheduling.services import plans
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.web.staff.leader.moments import MomentForm, moment_filled
from scheduling.wording import moments as moment_words
from scheduling.wording import plans as words
from scheduling.wording.dates import duration
from scheduling.wording.refusals import sentence

FORMS = (
    ContactForm.CALL,
    ContactForm.MAIL,
    ContactForm.SCHOOL_VISIT_DAY,
    ContactForm.SCHOOL_VISIT_EVENING,
    ContactForm.HOME_VISIT,
    *FURTHER_FORMS,
)
PUPIL, OTHER = "pupil", "other"
TOGETHER, PROPOSAL = "together", "proposal"
ASKED, SAID = "asked", "said"
WORDS_LENGTH = 120
ROWS = 3
"""So many moments can be filled in before the page has to be kept once."""


class AgreementForm(FlaskForm):
    """Seven taps for the ordinary case: a form, when, the evening, and who is there."""

    forms = SelectMultipleField(
        _("Hoe?"),
        validators=[InputRequired(_("Kies hoe u contact houdt. Meer dan één vorm mag."))],
        description=_(
            "Meer dan één mag. Thuis alleen als het gezin dat zelf wil: het zegt zelf ja op zijn pagina. "
            "Zonder een avond op school wordt een contactavond een telefoongesprek. Zonder bellen vervalt hij."
        ),
    )
    when = RadioField(_("Wanneer?"), validators=[Optional()])
    rhythm = StringField(_("In eigen woorden (mag leeg)"), validators=[Length(max=WORDS_LENGTH)])
    goal = StringField(validators=[Length(max=GOAL_LENGTH)])
    need = RadioField(
        _("Een avond met de hele groep, is dat welkom?"),
        validators=[InputRequired(_("Kies of een avond met de hele groep welkom is."))],
    )
    period = SelectField(_("Liefst in (mag leeg)"), validators=[Optional()])
    how = RadioField(
        _("Hoe kwam dit tot stand?"),
        validators=[InputRequired(_("Kies of u dit samen afsprak of voorstelt."))],
        description=_("Het gezin krijgt dit ook op zijn eigen pagina en zegt daar zelf ja."),
    )
    present = SelectMultipleField(_("Wie zijn erbij?"))
    pupil_yes = SelectMultipleField()
    agreed_on = DateField(_("Afgesproken op"), validators=[InputRequired(_("Kies de dag van het gesprek."))])
    moments = FieldList(FormField(MomentForm), min_entries=ROWS, max_entries=MOMENTS_AT_MOST)
    initiative = RadioField(_("Wie begint? (mag leeg)"), validators=[Optional()])
    self_managed = BooleanField()
    pupil_does = StringField(validators=[Length(max=PUPIL_DOES_LENGTH)])
    told_by = RadioField(validators=[Optional()])
    reason = StringField(
        _("Waarom zo? Eén regel (mag leeg)"), validators=[Length(max=REASON_LENGTH)],
        description=_("Het gezin leest dit ook. Het kantoor niet."),
    )  # fmt: skip
    seen = IntegerField(validators=[InputRequired()])

    of_pupil_alone = False

    def fit(self, row: asking.HomePlan, year: Period) -> "AgreementForm":
        """The choices for this pupil and home."""
        offered = forms_offered(further_forms(), row.plan.wanted.forms if row.plan else ())
        self._fit_moments(row, year, offered)
        self.of_pupil_alone = row.home.household_id is None
        if ContactForm.VIDEO in offered:
            self.forms.description = gettext(
                "Meer dan één mag. Thuis alleen als het gezin dat zelf wil: het zegt zelf ja op zijn pagina. Zonder "
                "een avond op school is een contactavond per telefoon of met beeld. Zonder een van beide vervalt hij."
            )
        self.forms.choices = [(form.value, words.form_name_for_staff(form)) for form in FORMS if form in offered]
        self.when.choices = [(phrase, phrase) for phrase in _rhythms()]
        self.goal.label.text = gettext("Waarom is dit goed voor %(name)s? (mag leeg)", name=row.pupil.name.given)
        self.need.choices = [
            (need.value, words.need_name(need)) for need in (InfoNeed.YES, InfoNeed.MAYBE, InfoNeed.NO)
        ]
        periods = list(dict.fromkeys([*(period.value for period in WantedPeriod), self.period.data or ""]))
        named = [(period, words.period_name(period)) for period in periods if period]
        self.period.choices = [("", gettext("Geen voorkeur")), *named]
        name = row.pupil.name.given
        self.how.choices = [
            (TOGETHER, gettext("Samen afgesproken in het gesprek")),
            (
                PROPOSAL,
                gettext("Mijn voorstel: %(name)s kijkt nog", name=name)
                if self.of_pupil_alone
                else gettext("Mijn voorstel: het gezin kijkt nog"),
            ),
        ]
        self.pupil_yes.label.text = gettext("En %(name)s zelf? (mag leeg)", name=name)
        self.pupil_yes.choices = [(ASKED, gettext("Wij vragen %(name)s ook om een ja", name=name))]
        if not row.pupil.is_adult:
            self.pupil_yes.choices.append((SAID, gettext("%(name)s zei al ja in het gesprek", name=name)))
        self.present.choices = [
            (PUPIL, row.pupil.name.given),
            *((str(guardian.id), guardian.name.full) for guardian in row.home.guardians),
            (OTHER, gettext("Iemand anders")),
        ]
        return self

    def _fit_moments(self, row: asking.HomePlan, year: Period, offered: Sequence[ContactForm]) -> None:
        """There is always an empty row to fill in."""
        name = row.pupil.name.given
        if self.moments.entries and self.moments.entries[-1].form.when.data and len(self.moments) < MOMENTS_AT_MOST:
            self.moments.append_entry()
        for entry in self.moments:
            entry.form.fit(name, year, offered)
        ours = [one for one in Initiative if one is not Initiative.FAMILY or row.home.household_id is not None]
        self.initiative.choices = [(one.value, words.initiative_name(one)) for one in ours]
        self.told_by.choices = [(one.value, words.told_by_name(one)) for one in ToldBy]
        self.told_by.label.text = gettext("Is %(name)s er niet bij, wie vertelt het dan? (mag leeg)", name=name)
        self.self_managed.label.text = gettext("%(name)s houdt zelf het contact gaande", name=name)
        self.pupil_does.label.text = gettext("Wat doet %(name)s zelf? (mag leeg)", name=name)

    def validate_agreed_on(self, field: DateField) -> None:
        if field.data and field.data > local(now()).date():
            raise ValidationError(sentence(AgreedLater(field.data)))

    def validate_present(self, field: SelectMultipleField) -> None:
        """An agreement of a talk is made together: with a parent, or with the adult pupil himself."""
        if self.how.data == PROPOSAL:
            return
        family = [key for key, _label in field.choices if key != PUPIL or self.of_pupil_alone]
        if not set(family) & set(field.data or ()):
            raise ValidationError(gettext("Kies wie er namens het gezin bij is."))

    def validate_rhythm(self, field: StringField) -> None:
        self._ensure_filled_in(field)

    def validate_reason(self, field: StringField) -> None:
        self._ensure_filled_in(field)

    def validate_pupil_does(self, field: StringField) -> None:
        self._ensure_filled_in(field)

    def validate_goal(self, field: StringField) -> None:
        self._ensure_filled_in(field)

    def _ensure_filled_in(self, field: StringField) -> None:
        try:
            ensure_filled_in(field.name, field.data or "")
        except NotFilledIn as error:
            raise ValidationError(sentence(error)) from error

    def agreement(self, row: asking.HomePlan) -> Agreement:
        """What was typed, as the house knows it."""
        present = {key: label for key, label in self.present.choices if key in (self.present.data or ())}
        said = [part for part in (self.when.data, (self.rhythm.data or "").strip()) if part]
        moments = tuple(entry.form.moment for entry in self.moments if entry.form.moment)
        chosen = {ContactForm(form) for form in self.forms.data or ()}
        return Agreement(
            forms=tuple(form for form in ContactForm if form in chosen | {one.form for one in moments}),
            agreed_on=self.agreed_on.data,
            agreed_with=", ".join(present.values())[:120],
            family_was_there=True,
            rhythm=", ".join(said),
            goal=(self.goal.data or "").strip(),
            info_need=InfoNeed(self.need.data),
            info_period=self.period.data or "",
            together=self.how.data == TOGETHER,
            pupil_asked=bool(self.pupil_yes.data),
            pupil_said_yes=SAID in (self.pupil_yes.data or ()),
            moments=moments,
            reason=(self.reason.data or "").strip(),
            initiative=Initiative(self.initiative.data) if self.initiative.data else None,
            self_managed=bool(self.self_managed.data),
            pupil_does=(self.pupil_does.data or "").strip(),
            told_by=ToldBy(self.told_by.data) if self.told_by.data else None,
        )


def _row(desk: Desk, pupil_id: int, household_id: int | None) -> asking.HomePlan:
    today = local(now()).date()
    return asking.home_plan(pupil_id, household_id, desk.year.id, leader_id=desk.leader_id, today=today)


def _show(desk: Desk, row: asking.HomePlan, form: AgreementForm, note: str = "") -> str:
    steps = asking.history(row.plan) if row.plan else ()
    before = asking.plans_before([row.pupil.id], desk.year.id).get((row.pupil.id, row.home.household_id))
    moments = row.plan.moments if row.plan else ()
    resolved = _beside_the_rest(desk, moments, row)
    return desk.show(
        "agreement.html", row=row, form=form, note=note, steps=steps, before=before, resolved=resolved,
        moment_words=moment_words, tells_reason=desk.is_own, many_take=_many_take(moments),
    )  # fmt: skip


def _changed(
    error: PlanChanged | PupilNotAsked, pupil_id: int, household_id: int | None = None, leader_id: int | None = None
) -> ResponseReturnValue:
    """A colleague was first: how the agreement is now."""
    desk = desk_of(leader_id)
    row = _row(desk, pupil_id, household_id)
    form = AgreementForm(formdata=None, data=_filled(row)).fit(row, desk.year.period)
    return _show(desk, row, form, note=sentence(error)), 409


def _same(
    error: NothingChanged, pupil_id: int, household_id: int | None = None, leader_id: int | None = None
) -> ResponseReturnValue:
    """Nothing was kept: what was typed is what stands."""
    desk = desk_of(leader_id)
    row = _row(desk, pupil_id, household_id)
    return _show(desk, row, AgreementForm().fit(row, desk.year.period), note=sentence(error)), 409


@page("/agreements", "agreements")
def agreements(desk: Desk) -> str:
    """Per own class: who has no agreed form yet, and what families said about an evening together."""
    today = local(now()).date()
    classes = asking.agreements_by_class(desk.year.id, leader_id=desk.leader_id, today=today)
    again = asking.asking_again(classes, now())
    return desk.show("agreements.html", year=desk.year, classes=classes, again=again, today=today)


@page("/agreements/sheets", "agreement_sheets")
def agreement_sheets(desk: Desk) -> str:
    """What was agreed about every pupil of the own classes (or about one of them), a sheet of paper each."""
    pupil_id = request.args.get("pupil", type=int)
    classes = asking.agreements_by_class(desk.year.id, leader_id=desk.leader_id, today=local(now()).date())
    rows = [row for group in classes for row in group.rows if row.plan and pupil_id in (None, row.pupil.id)]
    found = [(row, on_the_calendar(row.plan.moments, desk.year.id)) for row in rows if row.plan]
    return desk.show("agreement_sheets.html", year=desk.year, rows=found, moment_words=moment_words)


@page("/agreements/again", "ask_again", methods=("POST",))
def ask_again(desk: Desk) -> ResponseReturnValue:
    """One more letter to every home of the own classes that said nothing yet."""
    asked = plans.ask_again(year_id=desk.year.id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("agreements", done="asked", homes=asked)


@page("/pupils/<int:pupil_id>/agreement", "agreement_alone")
def agreement_alone(desk: Desk, pupil_id: int) -> str:
    """The screen for an adult pupil; for any other the one of the (first) home."""
    pupil = leaders.the_pupil(pupil_id, desk.year.id, leader_id=desk.leader_id, today=local(now()).date())
    home = pupil.home(None) or pupil.homes[0]
    return agreement(desk, pupil_id, home.household_id)


@page("/pupils/<int:pupil_id>/homes/<int:household_id>/agreement", "agreement")
def agreement(desk: Desk, pupil_id: int, household_id: int | None = None) -> str:
    """The screen for during the talk."""
    row = _row(desk, pupil_id, household_id)
    return _show(desk, row, AgreementForm(formdata=None, data=_filled(row)).fit(row, desk.year.period))


@page("/pupils/<int:pupil_id>/agreement", "agree_alone", methods=("POST",))
@page("/pupils/<int:pupil_id>/homes/<int:household_id>/agreement", "agree", methods=("POST",))
@answers(PlanChanged, with_=_changed)
@answers(NothingChanged, with_=_same)
def agree(desk: Desk, pupil_id: int, household_id: int | None = None) -> ResponseReturnValue:
    """Keep it; the family sees exactly this, and is asked whether it is right."""
    row = _row(desk, pupil_id, household_id)
    form = AgreementForm().fit(row, desk.year.period)
    if not form.validate_on_submit():
        return _show(desk, row, form), 422
    agreement = form.agreement(row)
    plans.agree(
        pupil_id=pupil_id,
        household_id=household_id,
        year_id=row.pupil.year_id,
        agreement=agreement,
        seen_version=form.seen.data,
        leader_id=desk.leader_id,
        by=g.actor,
        now=now(),
    )
    if _is_remarked(desk, agreement, row):
        if household_id is None:
            return desk.sends_to("agreement_alone", pupil_id=pupil_id, done="remarked")
        return desk.sends_to("agreement", pupil_id=pupil_id, household_id=household_id, done="remarked")
    return desk.sends_to("agreements", done="agreed", pupil=pupil_id)


@page("/pupils/<int:pupil_id>/homes/<int:household_id>/agreement/pupil", "hear_pupil", methods=("POST",))
@answers(PlanChanged, with_=_changed)
@answers(PupilNotAsked, with_=_changed)
def hear_pupil(desk: Desk, pupil_id: int, household_id: int) -> ResponseReturnValue:
    """The pupil said yes too, in a talk."""
    plans.hear_pupil(
        pupil_id=pupil_id,
        household_id=household_id,
        year_id=desk.year.id,
        seen_version=request.form.get("seen", 0, type=int),
        leader_id=desk.leader_id,
        by=g.actor,
        now=now(),
    )
    return desk.sends_to("agreement", pupil_id=pupil_id, household_id=household_id)


def _beside_the_rest(desk: Desk, moments: Sequence[AgreedMoment], row: asking.HomePlan) -> tuple[Resolved, ...]:
    key = row.pupil.id, row.home.household_id
    return beside_the_rest(moments, desk.year.id, leader_id=desk.leader_id, plan_key=key)


def _is_remarked(desk: Desk, agreement: Agreement, row: asking.HomePlan) -> bool:
    """Is there something about the moments that people should look at together: on the calendar, or how many?"""
    found = _beside_the_rest(desk, agreement.moments, row)
    return bool(_many_take(agreement.moments)) or any(
        remark.what is not What.UNKNOWN for one in found for remark in one.remarks
    )


def _many_take(moments: Sequence[AgreedMoment]) -> str:
    """How much time very many moments with one home take; empty for what is usual."""
    return duration(sum(minutes_of(one) for one in moments)) if len(moments) > MANY_MOMENTS else ""


def _filled(row: asking.HomePlan) -> dict[str, Any]:
    """A new agreement is of today, with the pupil there and the only parent; a change starts from what stands."""
    guardians = row.home.guardians
    there = [PUPIL] + ([str(guardians[0].id)] if len(guardians) == 1 else [])
    filled = {"present": there, "agreed_on": local(now()).date(), "seen": row.version, "how": TOGETHER}
    if row.plan is None:
        return filled
    plan = row.plan
    phrase, own = _apart(plan.rhythm)
    return filled | {
        "forms": [term.form.value for term in plan.terms],
        "when": phrase,
        "rhythm": own,
        "goal": plan.goal,
        "need": plan.info_need.value if plan.info_need else None,
        "how": TOGETHER if plan.together else PROPOSAL,
        "pupil_yes": [ASKED] if plan.pupil_asked else [],
        "period": plan.info_period,
        "moments": [moment_filled(moment) for moment in plan.moments],
        "reason": plan.reason,
        "initiative": plan.initiative.value if plan.initiative else None,
        "self_managed": plan.self_managed,
        "pupil_does": plan.pupil_does,
        "told_by": plan.told_by.value if plan.told_by else None,
    }


def _apart(rhythm: str) -> tuple[str | None, str]:
    """The phrase that was chosen, and what was typed besides."""
    for phrase in _rhythms():
        if rhythm == phrase or rhythm.startswith(f"{phrase}, "):
            return phrase, rhythm[len(phrase) + 2 :]
    return None, rhythm


def _rhythms() -> tuple[str, ...]:
    return (gettext("na elk rapport"), gettext("elke maand"), gettext("als er iets is"))
