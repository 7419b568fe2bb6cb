"""What changes about a round later: another room, closed, open again, and copied to the next year."""

from datetime import date, datetime

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.round_changes import RoundHasBegun
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.domain.timeslots import local
from scheduling.domain.years import Period
from scheduling.queries import round_copies
from scheduling.queries import rounds as asking
from scheduling.queries.rooms import rooms_of_the_school
from scheduling.services import round_changes
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.round_times import file_notes
from scheduling.wording.dates import day_long
from scheduling.wording.rooms import hints

DAY_FORMATS = ["%Y-%m-%d", "%d-%m-%Y"]
DAY = InputRequired(_("Kies een dag."))


class RoomForm(FlaskForm):
    """Which room, and on which day."""

    day = SelectField(_("Op welke dag?"), validators=[Optional()])
    room = StringField(_("Nieuw lokaal"), validators=[Length(max=60)])

    def fit(self, days: list[date]) -> "RoomForm":
        every = [("", str(_("Alle dagen van deze ronde")))]
        self.day.choices = every + [(day.isoformat(), day_long(day)) for day in days]
        return self


class CopyForm(FlaskForm):
    """How the same round is called next year, and when it is."""

    name = StringField(
        _("Naam van de ronde"), validators=[InputRequired(_("Geef de ronde een naam.")), Length(max=120)]
    )
    starts_on = DateField(_("Eerste dag van de gesprekken"), format=DAY_FORMATS, validators=[DAY])
    ends_on = DateField(_("Laatste dag van de gesprekken"), format=DAY_FORMATS, validators=[DAY])

    @property
    def period(self) -> Period | None:
        return Period(self.starts_on.data, self.ends_on.data) if self.starts_on.data and self.ends_on.data else None


def _days(person: asking.LeaderTimes, at: datetime) -> list[date]:
    return sorted({local(hour.span.starts_at).date() for hour in person.hours if hour.span.ends_at > at})


def _room_form(person: asking.LeaderTimes) -> RoomForm:
    return RoomForm().fit(_days(person, now()))


def _room(round_id: int, leader_id: int, form: RoomForm, status: int = 200) -> ResponseReturnValue:
    return render_template(
        "staff/office/round_room.html",
        facts=asking.round_facts(round_id),
        person=asking.times_of(round_id, leader_id),
        form=form,
        rooms=[(place.room, hints(place)) for place in rooms_of_the_school().places],
    ), status


def _bad_room(error: Invalid, round_id: int, leader_id: int) -> ResponseReturnValue:
    form = _room_form(asking.times_of(round_id, leader_id))
    return _room(round_id, leader_id, faulted(form, error), 422)


@pages.get("/rounds/<int:round_id>/times/<int:leader_id>/room")
def leader_room(round_id: int, leader_id: int) -> ResponseReturnValue:
    """Another room for this leader: which, and when?"""
    return _room(round_id, leader_id, _room_form(asking.times_of(round_id, leader_id)))


@pages.post("/rounds/<int:round_id>/times/<int:leader_id>/room")
@answers(Invalid, with_=_bad_room)
def change_leader_room(round_id: int, leader_id: int) -> ResponseReturnValue:
    """From now on there."""
    form = _room_form(asking.times_of(round_id, leader_id))
    if not form.validate():
        return _room(round_id, leader_id, form, 422)
    moved = round_changes.change_room(
        round_id=round_id, leader_id=leader_id, room=form.room.data or "",
        day=date.fromisoformat(form.day.data) if form.day.data else None, by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(
        url_for("office.leader_hours", round_id=round_id, leader_id=leader_id, rehoused=moved, done="room"), code=303
    )


@pages.post("/rounds/<int:round_id>/close")
def close_round(round_id: int) -> ResponseReturnValue:
    """Families choose no more by themselves; every talk stands."""
    round_changes.close(round_id=round_id, by=g.actor, now=now())
    return redirect(url_for("office.round_settings", round_id=round_id, done="closed"), code=303)


@pages.post("/rounds/<int:round_id>/reopen")
def reopen_round(round_id: int) -> ResponseReturnValue:
    """Families choose again."""
    round_changes.reopen(round_id=round_id, by=g.actor, now=now())
    return redirect(url_for("office.round_settings", round_id=round_id, done="reopened"), code=303)


class MinutesForm(FlaskForm):
    """How long a talk takes."""

    minutes = IntegerField(_("Minuten per gesprek"), validators=[InputRequired(_("Vul een getal in."))])


def _minutes(round_id: int, form: MinutesForm | None = None, status: int = 200) -> ResponseReturnValue:
    facts = asking.round_facts(round_id)
    form = form or MinutesForm(formdata=None, data={"minutes": facts.slot_minutes})
    return render_template("staff/office/round_minutes.html", form=form, facts=facts), status


def _bad_minutes(error: Refused, round_id: int) -> ResponseReturnValue:
    return _minutes(round_id, faulted(MinutesForm(), error, "minutes"), 409 if isinstance(error, Conflict) else 422)


@pages.get("/rounds/<int:round_id>/minutes")
def round_minutes(round_id: int) -> ResponseReturnValue:
    """Another length for every talk of the round?"""
    return _minutes(round_id)


@pages.post("/rounds/<int:round_id>/minutes")
@answers(Invalid, with_=_bad_minutes)
@answers(RoundHasBegun, with_=_bad_minutes)
@answers(FamilyBusy, with_=_bad_minutes)
@answers(SlotTaken, with_=_bad_minutes)
def change_minutes(round_id: int) -> ResponseReturnValue:
    """From now on every talk takes so long."""
    form = MinutesForm()
    if not form.validate():
        return _minutes(round_id, form, 422)
    moved = round_changes.change_minutes(round_id=round_id, minutes=form.minutes.data or 0, by=g.actor, now=now())
    return redirect(url_for("office.round_settings", round_id=round_id, done="minutes", moved=moved), code=303)


def _copy(round_id: int, form: CopyForm | None, status: int = 200) -> ResponseReturnValue:
    period = form.period if form else None
    proposed = round_copies.propose_copy(round_id, period=period if status < 400 else None)
    if form is None:
        days = {"starts_on": proposed.period.starts_on, "ends_on": proposed.period.ends_on}
        form = CopyForm(formdata=None, data={"name": proposed.name, **days})
    return render_template("staff/office/round_copy.html", form=form, copy=proposed), status


def _bad_copy(error: Invalid, round_id: int) -> ResponseReturnValue:
    return _copy(round_id, faulted(CopyForm(), error), 422)


@pages.get("/rounds/<int:round_id>/copy")
def round_copy(round_id: int) -> ResponseReturnValue:
    """What the same round would be next year. Nothing is made yet."""
    return _copy(round_id, None)


@pages.post("/rounds/<int:round_id>/copy")
@answers(Invalid, with_=_bad_copy)
def copy_round(round_id: int) -> ResponseReturnValue:
    """Make it; nobody but the office sees it."""
    form = CopyForm()
    if not form.validate():
        return _copy(round_id, form, 422)
    if request.form.get("look"):
        return _copy(round_id, form)
    proposed = round_copies.propose_copy(round_id, period=form.period)
    made = round_changes.copy(
        proposed=proposed, name=form.name.data or "", classes=proposed.classes, by=g.actor, now=now()
    )
    return redirect(url_for("office.round", round_id=made.id, done="created", **file_notes(made.warnings)), code=303)
