"""The leader cannot be there: what every family gets instead, looked at before anything leaves; and whom we call."""

from datetime import date, datetime, time, timedelta

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.leader_away import Answer, Instead, Place, PlaceTaken, TalksChangedMeanwhile
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.queries import leader_away as asking
from scheduling.queries import leaders
from scheduling.services import leader_away
from scheduling.services.leader_away import StandInHours
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording import leader_away as words
from scheduling.wording.refusals import sentence

DAY_FORMATS = ["%Y-%m-%d", "%d-%m-%Y"]
CLOCK_FORMATS = ["%H:%M", "%H.%M"]


class AwayForm(FlaskForm):
    """From when until when, and who stands in. It is sent by GET: looking changes nothing."""

    class Meta:
        csrf = False

    from_day = DateField(
        _("Vanaf"), format=DAY_FORMATS, validators=[InputRequired(_("Kies de eerste dag."))]
    )  # fmt: skip
    from_clock = TimeField(_("Vanaf hoe laat?"), format=CLOCK_FORMATS, validators=[Optional()])
    until_day = DateField(
        _("Tot en met"), format=DAY_FORMATS, validators=[InputRequired(_("Kies de laatste dag; één dag mag ook."))]
    )  # fmt: skip
    until_clock = TimeField(_("Tot hoe laat?"), format=CLOCK_FORMATS, validators=[Optional()])
    stand_in = SelectField(_("Wie valt in?"), validators=[Optional()])
    stand_in_day = DateField(_("Op welke dag?"), format=DAY_FORMATS, validators=[Optional()])
    stand_in_starts = TimeField(_("Invallen vanaf"), format=CLOCK_FORMATS, validators=[Optional()])
    stand_in_ends = TimeField(_("Invallen tot"), format=CLOCK_FORMATS, validators=[Optional()])
    stand_in_room = StringField(_("Lokaal"), validators=[Optional(), Length(max=60)])

    def fit(self, desk: Desk) -> "AwayForm":
        """Only the office asks a colleague to stand in; the leader may give extra times."""
        own = (
            str(desk.leader_id),
            str(_("Ja, op deze dag") if desk.is_own else _("Niemand, maar er zijn extra tijden")),
        )
        known = () if desk.is_own else asking.stand_ins(desk.leader_id, now())
        nobody = ("", str(_("Nee") if desk.is_own else _("Niemand")))
        self.stand_in.choices = [nobody, own, *((str(key), f"{name.full} ({code})") for key, name, code in known)]
        if desk.is_own:
            self.stand_in.label.text = _("Geeft u extra tijden, daarvoor of daarna?")
            self.stand_in_starts.label.text, self.stand_in_ends.label.text = _("Extra vanaf"), _("Extra tot")
        return self

    @property
    def span(self) -> Span:
        first, last = self.from_day.data or date.min, self.until_day.data or date.min
        ends = moment_at(last, self.until_clock.data) if self.until_clock.data else _midnight_after(last)
        return Span(moment_at(first, self.from_clock.data or time(0)), ends)

    @property
    def hours(self) -> StandInHours | None:
        if not self.stand_in.data:
            return None
        return StandInHours(
            int(self.stand_in.data), self.stand_in_day.data, self.stand_in_starts.data, self.stand_in_ends.data,
            (self.stand_in_room.data or "").strip(),
        )  # fmt: skip


def _midnight_after(day: date) -> datetime:
    return moment_at(day + timedelta(days=1), time(0))


def _form(desk: Desk, given: "MultiDict[str, str] | None" = None) -> AwayForm:
    today = local(now()).date()
    form = AwayForm(given, data={"from_day": today, "until_day": today}) if given is None else AwayForm(given)
    return form.fit(desk)


def _show(desk: Desk, form: AwayForm, done: str = "") -> str:
    leader = leaders.the_leader(desk.leader_id, desk.year.id)
    last = asking.last_done(desk.leader_id, now())
    return desk.show("away.html", form=form, leader=leader, last=last, became=done)


def _again(error: Refused, leader_id: int | None = None) -> ResponseReturnValue:
    """What was typed, with what is the matter beside it."""
    desk = desk_of(leader_id)
    form = _form(desk, request.values)
    form.validate()
    return _show(desk, faulted(form, error)), 422


def _look_again(error: Refused, leader_id: int | None = None) -> ResponseReturnValue:
    """Something changed since: the same page as it is now. Nothing was sent."""
    desk = desk_of(leader_id)
    return _preview(desk, _form(desk, request.values), note=sentence(error)), 409


@page("/away", "away")
def away(desk: Desk) -> str:
    """From when until when?"""
    return _show(desk, _form(desk))


@page("/away/check", "check_away")
@answers(Invalid, with_=_again)
def check_away(desk: Desk) -> ResponseReturnValue:
    """Which families, and what each of them would get."""
    form = _form(desk, request.args)
    if not form.validate():
        return _show(desk, form), 422
    return _preview(desk, form)


@page("/away", "away_now", methods=("POST",))
@answers(Invalid, with_=_again)
@answers(TalksChangedMeanwhile, with_=_look_again)
@answers(PlaceTaken, with_=_look_again)
def away_now(desk: Desk) -> ResponseReturnValue:
    """Do it: every family hears at once."""
    form = _form(desk, request.form)
    if not form.validate():
        return _show(desk, form), 422
    leader_away.apply(
        leader_id=desk.leader_id,
        span=form.span,
        answers=_answers(),
        stand_in=form.hours,
        origin=desk.origin,
        by=g.actor,
        now=now(),
    )
    return desk.sends_to("away", done="away")


@page("/away/back", "take_back_away", methods=("POST",))
def take_back_away(desk: Desk) -> ResponseReturnValue:
    """The leader is there after all."""
    leader_away.take_back(leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("away", done="away_back")


@page("/calls", "calls")
def calls(desk: Desk) -> str:
    """Whom we call, on paper too: who hears nothing by mail first, then the soonest talks."""
    leader = leaders.the_leader(desk.leader_id, desk.year.id)
    return desk.show("calls.html", leader=leader, calls=asking.calls_of(desk.leader_id, desk.year.id, now()))


def _preview(desk: Desk, form: AwayForm, note: str = "") -> str:
    proposal = leader_away.propose(leader_id=desk.leader_id, span=form.span, stand_in=form.hours, now=now())
    leader = leaders.the_leader(desk.leader_id, desk.year.id)
    return desk.show(
        "away_check.html", form=form, leader=leader, proposal=proposal, instead=words.instead_name, note=note,
        kinds=Instead,
    )  # fmt: skip


def _answers() -> dict[int, Answer]:
    """What was chosen per talk: `talk-17` = `call`, `link`, or a place."""
    found = {}
    for name, value in request.form.items():
        if name.startswith("talk-") and name[5:].isdigit():
            found[int(name[5:])] = _answer(value)
    return found


def _answer(value: str) -> Answer:
    if value in (Instead.LINK, Instead.CALL):
        return Answer(Instead(value))
    leader, _at, moment = value.partition("@")
    if not (leader.isdigit() and moment.isdigit() and len(moment) < 12):
        raise TalksChangedMeanwhile
    return Answer(Instead.MOVE, Place(_moment(int(moment)), int(leader)))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, local(now()).tzinfo)
