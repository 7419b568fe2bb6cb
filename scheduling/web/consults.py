"""The form about when a contact parent and a mentor consult: the same for both of them."""

from datetime import date, time

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectChoice, SelectField, TimeField
from wtforms.validators import InputRequired, Optional

from scheduling.domain.consults import USUAL_MINUTES, Rhythm, Wanted
from scheduling.domain.errors import NotFound
from scheduling.domain.timeslots import moment_at
from scheduling.queries.consults import ConsultFacts
from scheduling.services import consults
from scheduling.web.clock import now
from scheduling.wording.consults import rhythm_name

MOVES = ("move", "move_all")
"""The buttons that give a time another day or hour."""


class ConsultForm(FlaskForm):
    """How often, from which day, until when, at what time."""

    leader = SelectField(_l("Met wie?"), choices=[], validate_choice=False)
    rhythm = SelectField(_l("Hoe vaak?"), validate_choice=False, default=Rhythm.MONTHLY.value)
    first = DateField(_l("Eerste dag"), validators=[InputRequired(_l("Kies een dag."))])
    until = DateField(_l("Tot en met (mag leeg bij één keer)"), validators=[Optional()])
    clock = TimeField(_l("Tijd"), validators=[InputRequired(_l("Vul een tijd in."))])
    minutes = IntegerField(
        _l("Hoe lang, in minuten"), default=USUAL_MINUTES, validators=[InputRequired(_l("Vul een getal in."))]
    )

    def fit(self, leaders: list[tuple[int, str]]) -> "ConsultForm":
        """With whom it may be."""
        self.leader.choices = [SelectChoice(str(id_), name) for id_, name in leaders]
        self.rhythm.choices = [SelectChoice(one.value, rhythm_name(one)) for one in Rhythm]
        return self

    def wanted(self) -> Wanted:
        """What was filled in, as the house knows it."""
        first: date = self.first.data
        clock: time = self.clock.data
        rhythm = Rhythm(self.rhythm.data) if self.rhythm.data in set(Rhythm) else Rhythm.ONCE
        return Wanted(rhythm, first, self.until.data, clock, self.minutes.data or 0)


class MovingForm(FlaskForm):
    """Another day and hour for one time."""

    date = IntegerField(default=0)
    day = DateField(_l("Dag"), validators=[InputRequired(_l("Kies een dag."))])
    clock = TimeField(_l("Tijd"), validators=[InputRequired(_l("Vul een tijd in."))])


def act_on(found: ConsultFacts | None) -> None:
    """Answer, cancel or end: whatever button of the page was pressed."""
    act, asked = request.form.get("act", ""), request.form.get("consult", type=int)
    if found is None or found.id != asked:
        raise NotFound
    if act in ("yes", "no"):
        consults.answer(consult_id=found.id, yes=act == "yes", by=g.actor, now=now())
    elif act == "end":
        consults.end(consult_id=found.id, by=g.actor, now=now())
    elif act == "cancel":
        date_id = request.form.get("date", type=int) or 0
        consults.cancel_date(consult_id=found.id, date_id=date_id, by=g.actor, now=now())


def move(found: ConsultFacts, form: MovingForm) -> None:
    """One time goes to another day and hour; with all that follow it, when that button was pressed."""
    day: date = form.day.data
    clock: time = form.clock.data
    act = consults.move_from if request.form.get("act") == "move_all" else consults.move_date
    act(consult_id=found.id, date_id=form.date.data or 0, to=moment_at(day, clock), by=g.actor, now=now())
