"""The moments of an agreement on the leader's screen: when, how, and with the pupil or without."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, Form, SelectField, StringField, TimeField
from wtforms.validators import Length, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.moments import Anchor, MomentKind, Timing, ensure_timing
from scheduling.domain.plans import PURPOSE_LENGTH, AgreedMoment, ContactForm, NotFilledIn, ensure_filled_in
from scheduling.domain.years import Period
from scheduling.wording.moments import moment_kind_name, when_said
from scheduling.wording.plans import form_name_for_staff
from scheduling.wording.refusals import sentence

CLOCK_FORMATS = ["%H:%M", "%H.%M"]
MINUTES = (10, 15, 20, 30, 45, 60, 90)
USUAL_MINUTES = 15
SCHOOL_MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8)


class MomentForm(Form):
    """One moment: one choice for when and one for how are enough."""

    when = SelectField(_("Wanneer?"), validators=[Optional()])
    way = SelectField(_("Hoe?"), validators=[Optional()])
    with_pupil = BooleanField()
    day = DateField(_("Dag"), validators=[Optional()])
    begins = TimeField(_("Hoe laat"), format=CLOCK_FORMATS, validators=[Optional()])
    minutes = SelectField(_("Hoe lang"), coerce=int, default=USUAL_MINUTES)
    purpose = StringField(_("Waarvoor (mag leeg)"), validators=[Length(max=PURPOSE_LENGTH)])
    is_review = BooleanField(_("Hier kijken wij samen terug"))

    year: Period

    def fit(self, name: str, year: Period, offered: Sequence[ContactForm]) -> None:
        """The choices for this pupil, in this school year."""
        self.year = year
        self.when.choices = _whens()
        forms = [(one.value, form_name_for_staff(one)) for one in offered]
        self.way.choices = [("", gettext("Kiezen wij later")), *forms]
        self.with_pupil.label.text = gettext("%(name)s is erbij", name=name)
        known = {USUAL_MINUTES, *MINUTES, self.minutes.data or USUAL_MINUTES}
        self.minutes.choices = [(one, gettext("%(count)s minuten", count=one)) for one in sorted(known)]

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Each moment says when; what is missing is said at its field."""
        if not super().validate(extra_validators):
            return False
        if self.timing is None:
            return self._nothing_beside()
        try:
            ensure_filled_in("purpose", self.purpose.data or "")
            ensure_timing(self.timing, self.year)
        except (Invalid, NotFilledIn) as error:
            field = {"anchor": "when", "month": "when", None: "begins"}.get(error.field, error.field)
            self[field].errors = [*self[field].errors, sentence(error)]
            return False
        return True

    def _nothing_beside(self) -> bool:
        """A day, a form or a purpose without a choice for when is half a moment."""
        if not (self.way.data or self.day.data or self.begins.data or self.purpose.data or self.is_review.data):
            return True
        self.when.errors = [gettext("Kies wanneer dit moment is, of haal het weg.")]
        return False

    @property
    def timing(self) -> Timing | None:
        """What was chosen for when; None: this row stays empty."""
        kind, _colon, which = (self.when.data or "").partition(":")
        if not kind:
            return None
        if kind == MomentKind.FIXED:
            return Timing(MomentKind.FIXED, day=self.day.data, begins=self.begins.data, minutes=self.minutes.data)
        found = MomentKind(kind)
        return Timing(found, Anchor(which)) if found.is_after else Timing(found, month=int(which) if which else None)

    @property
    def moment(self) -> AgreedMoment | None:
        """As the house knows it."""
        if self.timing is None:
            return None
        form = ContactForm(self.way.data) if self.way.data else None
        purpose = (self.purpose.data or "").strip()
        return AgreedMoment(self.timing, form, bool(self.with_pupil.data), purpose, bool(self.is_review.data))


def moment_filled(moment: AgreedMoment) -> dict[str, Any]:
    """A moment that stands, to change."""
    timing = moment.timing
    which = timing.anchor.value if timing.anchor else str(timing.month) if timing.month else ""
    return {
        "when": f"{timing.kind.value}:{which}" if which else timing.kind.value,
        "way": moment.form.value if moment.form else "", "with_pupil": moment.with_pupil, "day": timing.day,
        "begins": timing.begins, "minutes": timing.minutes or USUAL_MINUTES, "purpose": moment.purpose,
        "is_review": moment.is_review,
    }  # fmt: skip


def _whens() -> dict[str, list[tuple[str, str]]]:
    """Everything one can say for when, under its heading."""
    plain = [("", gettext("Geen moment"))]
    plain += [(kind.value, moment_kind_name(kind)) for kind in (MomentKind.FIXED, MomentKind.ON_DEMAND)]
    groups = {"": plain}
    for kind in (MomentKind.WEEK_AFTER, MomentKind.RIGHT_AFTER):
        groups[moment_kind_name(kind)] = [
            (f"{kind.value}:{anchor.value}", when_said(Timing(kind, anchor))) for anchor in Anchor
        ]
    for kind in (MomentKind.IN_MONTH, MomentKind.MONTH_BEGIN):
        groups[moment_kind_name(kind)] = [
            (f"{kind.value}:{month}", when_said(Timing(kind, month=month))) for month in SCHOOL_MONTHS
        ]
    return groups
