"""Whom the colleague speaks to in person: who did not answer, instead of a third mail."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField

from scheduling.domain.errors import Invalid, NotFound
from scheduling.domain.reminders import ApproachInFuture, NextStep
from scheduling.domain.timeslots import local
from scheduling.queries import personal_list as asking
from scheduling.services import reminders
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording import reminders as words
from scheduling.wording.refusals import sentence

ONE = "/personal/<int:round_id>/<int:pupil_id>/<int:home>"


class ApproachForm(FlaskForm):
    """When a family was spoken to, and what follows."""

    spoken_on = DateField(_("Persoonlijk benaderd op"))
    next_step = SelectField(_("En dan?"), choices=[], validate_choice=False)


@page("/personal", "personal")
def show(desk: Desk) -> str:
    """Per round who did not answer yet; whom no mail follows any more stands first."""
    return _show(desk)


def _refused(
    error: Invalid, round_id: int, pupil_id: int, home: int, leader_id: int | None = None
) -> ResponseReturnValue:
    return _show(desk_of(leader_id), fault=sentence(error), at=(round_id, pupil_id, home)), 422


@page(ONE, "note_personal", methods=("POST",))
@answers(ApproachInFuture, with_=_refused)
def note(desk: Desk, round_id: int, pupil_id: int, home: int) -> ResponseReturnValue:
    """Keep that somebody spoke to this home."""
    form = ApproachForm()
    if asking.find_line(desk.leader_id, desk.year.id, (round_id, pupil_id, home), now()) is None:
        raise NotFound
    step = form.next_step.data or ""
    reminders.note_approach(
        round_id=round_id, pupil_id=pupil_id, household_id=home or None,
        spoken_on=form.spoken_on.data or local(now()).date(),
        next_step=NextStep(step) if step in list(NextStep) else NextStep.SPOKEN, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("personal", noted=pupil_id)


def _show(desk: Desk, *, fault: str = "", at: tuple[int, int, int] | None = None) -> str:
    return desk.show(
        "personal.html", rounds=asking.personal_list(desk.leader_id, desk.year.id, now()), steps=NextStep,
        reminder_words=words, fault=fault, at=at, noted=request.args.get("noted", type=int), today=local(now()).date(),
    )  # fmt: skip
