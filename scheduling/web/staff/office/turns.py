"""A round that opens in turns: who chooses first, and when."""

from datetime import date, datetime, time

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, TimeField
from wtforms.validators import InputRequired, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.turns import Turn, Turns
from scheduling.queries import turns as asking
from scheduling.services import turns
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.rounds import DAY_FORMATS
from scheduling.wording.turns import turn_name

USUAL_HOUR = time(17, 0)
HOUR = InputRequired(_("Kies een tijd."))


class TurnsForm(FlaskForm):
    """From when each turn chooses: a day, and an hour of it."""

    siblings_on = DateField(_("Vanaf"), format=DAY_FORMATS, validators=[Optional()])
    siblings_hour = TimeField(_("Om"), validators=[HOUR])
    obligatory_on = DateField(_("Vanaf"), format=DAY_FORMATS, validators=[Optional()])
    obligatory_hour = TimeField(_("Om"), validators=[HOUR])
    all_on = DateField(_("Vanaf"), format=DAY_FORMATS, validators=[Optional()])
    all_hour = TimeField(_("Om"), validators=[HOUR])

    @property
    def turns(self) -> Turns:
        return Turns(*(_moment(self[f"{turn}_on"].data, self[f"{turn}_hour"].data) for turn in Turn))

    @classmethod
    def of(cls, found: Turns) -> "TurnsForm":
        """As it was decided."""
        moments = dict(zip(Turn, (found.siblings_at, found.obligatory_at, found.all_at), strict=True))
        days = {f"{turn}_on": local(at).date() if at else None for turn, at in moments.items()}
        hours = {f"{turn}_hour": local(at).time() if at else USUAL_HOUR for turn, at in moments.items()}
        return cls(formdata=None, data={**days, **hours})


def _moment(day: date | None, hour: time | None) -> datetime | None:
    return moment_at(day, hour) if day and hour else None


def _page(round_id: int, form: TurnsForm | None = None, status: int = 200) -> ResponseReturnValue:
    page = asking.turns_page(round_id, now())
    return render_template(
        "staff/office/round_turns.html", page=page, form=form or TurnsForm.of(page.turns), turn_name=turn_name,
        turns=list(Turn), done=request.args.get("done", ""), now=now(),
    ), status  # fmt: skip


def _refused(error: Invalid, round_id: int) -> ResponseReturnValue:
    field = {"closes_at": "all_on"}.get(error.field or "", error.field or "")
    return _page(round_id, faulted(TurnsForm(), error, field), 422)


@pages.get("/rounds/<int:round_id>/turns")
def round_turns(round_id: int) -> ResponseReturnValue:
    """Who chooses first?"""
    return _page(round_id)


@pages.post("/rounds/<int:round_id>/turns")
@answers(Invalid, with_=_refused)
def set_turns(round_id: int) -> ResponseReturnValue:
    """From now on it opens like this."""
    form = TurnsForm()
    if not form.validate():
        return _page(round_id, form, 422)
    turns.set_turns(round_id=round_id, turns=form.turns, by=g.actor, now=now())
    return redirect(url_for("office.round_turns", round_id=round_id, done="set"), code=303)
