"""Conversations of the support team: made by the internal supervisor, seen by who sits at the table."""

from datetime import date, time, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.people import StaffRole
from scheduling.domain.support import USUAL_MINUTES, Meeting, MeetingChanged, as_lines, guests_of
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.queries import leaders, people
from scheduling.queries import support as asking
from scheduling.queries.support import SupportTalk
from scheduling.services import support
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff import ensure_role, pages
from scheduling.web.staff.leader.booking import TOGETHER, key_of, label_of
from scheduling.wording.refusals import sentence
from scheduling.wording.support import said_name

NOBODY = ""


class MeetingForm(FlaskForm):
    """When, where and with whom."""

    home = RadioField(_("Met wie?"), validators=[InputRequired(_("Kies met wie het gesprek is."))])
    day = DateField(_("Dag"), validators=[InputRequired(_("Kies een dag."))])
    clock = TimeField(_("Tijd"), validators=[InputRequired(_("Vul een tijd in."))])
    minutes = IntegerField(
        _("Hoe lang, in minuten"), default=USUAL_MINUTES, validators=[InputRequired(_("Vul een getal in."))]
    )
    room = StringField(_("Lokaal (mag leeg)"))
    teacher = SelectField(_("Leerkracht of mentor"), validators=[Optional()])
    director = SelectField(_("Directeur"), validators=[Optional()])
    guests = TextAreaField(
        _("Mensen van buiten de school (mag leeg)"),
        description=_("Eén op elke regel: naam, e-mailadres. Zij lezen alleen de tijd en de plaats."),
    )
    anyway = BooleanField(_("Ook op een vrije dag"))
    seen = IntegerField(default=0)

    def fit(self, homes: list[leaders.Home | None]) -> "MeetingForm":
        """Which homes and colleagues can be asked."""
        found = asking.choices(now())
        self.home.choices = [(key_of(home), label_of(home)) for home in homes]
        if len(homes) == 1:
            self.home.data = key_of(homes[0])
        nobody = (NOBODY, _("niemand"))
        self.teacher.choices = [nobody, *((str(id_), name.full) for id_, name in found.teachers)]
        self.director.choices = [nobody, *((str(id_), name.full) for id_, name in found.directors)]
        return self

    def meeting(self) -> Meeting:
        """What was filled in, as the house knows it."""
        day: date = self.day.data
        clock: time = self.clock.data
        begins = moment_at(day, clock)
        length = timedelta(minutes=min(max(self.minutes.data or 0, 0), 24 * 60))
        return Meeting(
            Span(begins, begins + length), self.room.data or "", int(self.teacher.data or 0) or None,
            int(self.director.data or 0) or None, guests_of(self.guests.data or ""),
        )  # fmt: skip


def _unclear(error: Refused, pupil_id: int | None = None, meeting_id: int | None = None) -> ResponseReturnValue:
    """What was filled in comes back, with what is the matter."""
    status = 422 if isinstance(error, Invalid) else 409
    if meeting_id is None:
        return _new(pupil_id or 0, faulted(MeetingForm(), error)), status
    found = asking.the_meeting(meeting_id, g.staff)
    if isinstance(error, MeetingChanged):
        return _one(found, note=sentence(error)), status
    return _again(found, faulted(MeetingForm(), error)), status


@pages.get("/support")
def meetings() -> str:
    """The own conversations, and for the supervisor the way to a new one."""
    ensure_role(StaffRole.INTERNAL_SUPERVISOR, StaffRole.DIRECTOR, StaffRole.LEADER)
    wanted = request.args.get("q", "").strip()[:80]
    today = local(now()).date()
    makes = StaffRole.INTERNAL_SUPERVISOR in g.staff.roles
    found = people.search_pupils(wanted, leaders.year_at(now()).id, today=today) if makes and wanted else ()
    return render_template(
        "staff/support/meetings.html", meetings=asking.of_colleague(g.staff), makes=makes, wanted=wanted, found=found,
        now=now(),
    )  # fmt: skip


@pages.get("/support/new/<int:pupil_id>")
def new_meeting(pupil_id: int) -> str:
    """Time, place and company of a new one."""
    ensure_role(StaffRole.INTERNAL_SUPERVISOR)
    return _new(pupil_id, MeetingForm(formdata=None))


@pages.post("/support/new/<int:pupil_id>")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def make_meeting(pupil_id: int) -> ResponseReturnValue:
    """Ask everybody."""
    ensure_role(StaffRole.INTERNAL_SUPERVISOR)
    form = MeetingForm().fit(_homes(pupil_id)[1])
    if not form.validate_on_submit():
        return _new(pupil_id, form), 422
    household_id = None if form.home.data == TOGETHER else int(form.home.data)
    made = support.make(
        pupil_id=pupil_id, household_id=household_id, meeting=form.meeting(), anyway=form.anyway.data, by=g.actor,
        now=now(),
    )  # fmt: skip
    return redirect(url_for("staff.meeting", meeting_id=made, done="told"), code=303)


@pages.get("/support/<int:meeting_id>")
def meeting(meeting_id: int) -> str:
    """One of them, for who sits at the table."""
    return _one(asking.the_meeting(meeting_id, g.staff))


@pages.get("/support/<int:meeting_id>/change")
def change_meeting(meeting_id: int) -> ResponseReturnValue:
    """Another time, place or company."""
    found = _own(meeting_id)
    starts, length = local(found.span.starts_at), found.span.ends_at - found.span.starts_at
    data: dict[str, Any] = {
        "day": starts.date(), "clock": starts.time(), "minutes": length // timedelta(minutes=1), "room": found.room,
        "teacher": str(found.teacher_id or ""), "director": str(found.director_id or ""),
        "guests": as_lines(found.guests), "seen": found.version,
    }  # fmt: skip
    return _again(found, MeetingForm(formdata=None, data=data))


@pages.post("/support/<int:meeting_id>/change")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def change_meeting_now(meeting_id: int) -> ResponseReturnValue:
    """Everybody is told."""
    found = _own(meeting_id)
    form = _fitted(found, MeetingForm())
    if not form.validate_on_submit():
        return _again(found, form), 422
    support.change(
        meeting_id=meeting_id, meeting=form.meeting(), anyway=form.anyway.data, seen_version=form.seen.data or 0,
        by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("staff.meeting", meeting_id=meeting_id, done="told"), code=303)


@pages.post("/support/<int:meeting_id>/cancel")
def cancel_meeting(meeting_id: int) -> ResponseReturnValue:
    """It does not go on."""
    _own(meeting_id)
    support.cancel(meeting_id=meeting_id, by=g.actor, now=now())
    return redirect(url_for("staff.meeting", meeting_id=meeting_id, done="told"), code=303)


def _own(meeting_id: int) -> SupportTalk:
    """Only who made it changes it."""
    ensure_role(StaffRole.INTERNAL_SUPERVISOR)
    found = asking.the_meeting(meeting_id, g.staff)
    if found.supervisor_id != g.staff.id:
        abort(404)
    return found


def _homes(pupil_id: int) -> tuple[leaders.PupilFacts, list[leaders.Home | None]]:
    moment = now()
    pupil = leaders.the_pupil(pupil_id, leaders.year_at(moment).id, leader_id=None, today=local(moment).date())
    return pupil, [home for home in pupil.tables if home is None or not home.on_request]


def _new(pupil_id: int, form: MeetingForm) -> str:
    pupil, homes = _homes(pupil_id)
    form.fit(homes)
    if not form.is_submitted():
        own = people.leaders_of_class(pupil.class_id)
        form.teacher.data = str(own[0]) if own else NOBODY
    return render_template("staff/support/form.html", form=form, name=pupil.name, meeting=None, pupil_id=pupil_id)


def _fitted(found: SupportTalk, form: MeetingForm) -> MeetingForm:
    """With which family it is stands; everything else may change."""
    form.fit([])
    form.home.choices = [(key := TOGETHER if found.household_id is None else str(found.household_id), key)]
    form.home.data = key
    return form


def _again(found: SupportTalk, form: MeetingForm) -> str:
    return render_template(
        "staff/support/form.html", form=_fitted(found, form), name=found.pupil, meeting=found, pupil_id=found.pupil_id
    )


def _one(found: SupportTalk, note: str = "") -> str:
    return render_template(
        "staff/support/meeting.html", meeting=found, note=note, makes=found.supervisor_id == g.staff.id,
        homes=asking.answers_to(found.id), said_name=said_name, done=request.args.get("done", ""), now=now(),
    )  # fmt: skip
