"""What became of contact with one home: its log, which that home reads too, and one more line."""

from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Optional

from scheduling.domain.contacts import BEGAN, AlreadyDone, Channel, Contact, Went, channels_offered
from scheduling.domain.errors import Invalid
from scheduling.domain.plans import Initiative
from scheduling.domain.timeslots import local
from scheduling.queries import contacts as asking
from scheduling.queries.contacts import HomeLog
from scheduling.queries.school import further_forms
from scheduling.services import contacts
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.leader import pages
from scheduling.web.staff.leader.desk import Desk, desk_of
from scheduling.wording import contacts as words
from scheduling.wording.refusals import sentence
from scheduling.wording.sentences import at_start

WEEK = "week"
"""Where who tapped an outcome came from, and goes back to."""
ALONE = "/pupils/<int:pupil_id>/contacts"
OF_HOME = "/pupils/<int:pupil_id>/homes/<int:household_id>/contacts"


class LogForm(FlaskForm):
    """A tap or two for the ordinary case: it is of today, by phone, the school began, and it went well."""

    day = DateField(_("Dag"), validators=[InputRequired(_("Kies een dag."))])
    channel = RadioField(_("Hoe?"), default=Channel.CALL, validators=[InputRequired(_("Kies hoe het ging."))])
    began = RadioField(
        _("Wie begon?"), default=Initiative.SCHOOL, validators=[InputRequired(_("Kies wie begon."))]
    )  # fmt: skip
    went = RadioField(
        _("Hoe ging het?"), default=Went.DONE, validators=[InputRequired(_("Kies of het lukte."))]
    )  # fmt: skip
    good_news = BooleanField(_("Er was goed nieuws"))
    line = StringField(
        _("Eén regel (mag leeg)"),
        description=words.LINE_HINT,
    )
    minutes = IntegerField(_("Hoeveel minuten? (mag leeg)"), validators=[Optional()])
    moved_to = DateField(_("Nieuwe dag, als het verzet is"), validators=[Optional()])
    moment = IntegerField(validators=[Optional()])
    due = IntegerField(validators=[Optional()])

    def fit(self) -> "LogForm":
        """The choices, in words."""
        offered = {*channels_offered(further_forms()), self.channel.data}
        self.channel.choices = [(one.value, words.channel_name(one)) for one in Channel if one in offered]
        self.began.choices = [(one.value, at_start(words.began_name(one))) for one in BEGAN]
        self.went.choices = [(one.value, at_start(words.went_name(one))) for one in Went]
        return self

    def contact(self) -> Contact:
        """What was typed, as the house knows it."""
        return Contact(
            day=self.day.data, channel=Channel(self.channel.data), began=Initiative(self.began.data),
            went=Went(self.went.data), good_news=bool(self.good_news.data), minutes=self.minutes.data,
            line=self.line.data or "", moved_to=self.moved_to.data,
        )  # fmt: skip


def _found(desk: Desk, pupil_id: int, household_id: int | None) -> HomeLog:
    today = local(now()).date()
    return asking.home_log(pupil_id, household_id, desk.year.id, leader_id=desk.leader_id, today=today)


def _show(pupil_id: int, household_id: int | None, form: LogForm, note: str = "") -> str:
    desk = desk_of(None)
    found = _found(desk, pupil_id, household_id)
    return desk.show("contacts.html", found=found, form=form, note=note, contact_words=words)


def _wrong(error: Invalid, pupil_id: int, household_id: int | None = None) -> ResponseReturnValue:
    return _show(pupil_id, household_id, faulted(LogForm().fit(), error)), 422  # type: ignore[arg-type]


def _done(error: AlreadyDone, pupil_id: int, household_id: int | None = None) -> ResponseReturnValue:
    return _show(pupil_id, household_id, _new_form(), note=sentence(error)), 409


def _new_form(**filled: Any) -> LogForm:
    return LogForm(formdata=None, data={"day": local(now()).date()} | filled).fit()


@pages.get(ALONE, endpoint="contacts_of_alone")
@pages.get(OF_HOME)
def contacts_of(pupil_id: int, household_id: int | None = None) -> str:
    """What was noted this year, and a line to add."""
    return _show(pupil_id, household_id, _new_form())


@pages.post(ALONE, endpoint="note_contact_alone")
@pages.post(OF_HOME)
@answers(Invalid, with_=_wrong)
@answers(AlreadyDone, with_=_done)
def note_contact(pupil_id: int, household_id: int | None = None) -> ResponseReturnValue:
    """Keep it; the family reads the same on its own page."""
    desk, form = desk_of(None), LogForm().fit()
    if not form.validate_on_submit():
        return _show(pupil_id, household_id, form), 422
    contacts.note(
        pupil_id=pupil_id, household_id=household_id, year_id=desk.year.id, contact=form.contact(),
        leader_id=desk.leader_id, by=g.actor, now=now(), moment_id=form.moment.data, due_id=form.due.data,
    )  # fmt: skip
    if request.form.get("back") == WEEK:
        return desk.sends_to("week", done="marked")
    if household_id is None:
        return desk.sends_to("contacts_of_alone", pupil_id=pupil_id, done="marked")
    return desk.sends_to("contacts_of", pupil_id=pupil_id, household_id=household_id, done="marked")


@pages.post("/contacts/<int:contact_note_id>/remove")
def take_contact_back(contact_note_id: int) -> ResponseReturnValue:
    """It was noted by mistake."""
    desk = desk_of(None)
    contacts.take_back(contact_id=contact_note_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("week", done="contact_gone")
