"""One talk: who comes, what for, where it goes, and what became of it."""

from datetime import UTC, datetime

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from scheduling.domain.errors import Invalid
from scheduling.domain.guests import Way
from scheduling.domain.leading import MovedMeanwhile
from scheduling.domain.rounds import FamilyBusy, Outcome, SlotTaken
from scheduling.domain.topics import LanguageTooLong
from scheduling.queries import leading as asking
from scheduling.queries.aftercare import aftercare_of
from scheduling.queries.single_talks import single_of_booking
from scheduling.queries.suggestions import agenda_on_page
from scheduling.queries.talks import Talk
from scheduling.services import aftercare, leading, topics
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.topics import way_of
from scheduling.web.faults import faulted
from scheduling.web.kinds import name_on_page
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.aftercare import action_by
from scheduling.wording.guests import way_name
from scheduling.wording.refusals import sentence
from scheduling.wording.single_talks import medium_name_for_staff, pupil_part_name

TOLD = "told"
"""The family had said beforehand that it could not come."""


class MoveForm(FlaskForm):
    slot = IntegerField(_("Nieuwe tijd"), validators=[InputRequired(_("Kies eerst een tijd."))])
    agreed = BooleanField(_("Het gezin weet het al en vindt het goed"))
    seen = IntegerField(_("Tijd nu"), validators=[Optional(), NumberRange(0, 99_999_999_999)])


class InterpreterForm(FlaskForm):
    """What a family needs, as it told the school."""

    home = RadioField(_("Voor wie?"), validate_choice=False)
    language = StringField(_("Welke taal?"), description=_("Leeg: er is geen tolk nodig."))
    way = RadioField(_("Hoe?"), validate_choice=False, default=Way.ON_SITE.value)

    def fit(self, found: Talk) -> "InterpreterForm":
        self.home.choices = [(str(at.home.household_id or 0), ", ".join(at.home.names)) for at in found.homes]
        self.way.choices = [(way.value, way_name(way)) for way in Way]
        return self


def _move(desk: Desk, booking_id: int, fault: object = "", note: str = "") -> str:
    moving = asking.moving(booking_id, desk.leader_id, now=now())
    return desk.show("move.html", moving=moving, fault=fault, note=note)


def _lost(
    error: SlotTaken | FamilyBusy | MovedMeanwhile, booking_id: int, leader_id: int | None = None
) -> ResponseReturnValue:
    """Somebody was first: the talk stands where it stood, and these times are left."""
    return _move(desk_of(leader_id), booking_id, note=sentence(error)), 409


@page("/talks/<int:booking_id>", "talk")
def talk(desk: Desk, booking_id: int) -> str:
    """Everything to know before, during and after one talk."""
    just_moved = request.args.get("done") == "moved"
    earlier = asking.earlier_time(booking_id, desk.leader_id, now=now()) if just_moved else None
    found = asking.the_talk(booking_id, desk.leader_id, now=now())
    after = aftercare_of(booking_id)
    return desk.show(
        "talk.html", talk=found, earlier=earlier, after=after, action_by=action_by, kind_name=name_on_page,
        single=single_of_booking(booking_id, now()), medium_name=medium_name_for_staff,
        pupil_part_name=pupil_part_name,
        agenda=agenda_on_page(found.round_id, found.pupil.id),
    )  # fmt: skip


@page("/talks/<int:booking_id>/outcome", "mark", methods=("POST",))
def mark(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """It was held, it did not take place, or it became a call; empty takes that back."""
    said = request.form.get("outcome", "")
    if said in (TOLD, Outcome.NO_SHOW):
        aftercare.tell_no_show(
            booking_id=booking_id, told_beforehand=said == TOLD, leader_id=desk.leader_id, by=g.actor, now=now()
        )
        return desk.sends_to("talk", booking_id=booking_id, done="marked")
    outcome = Outcome(said) if said in set(Outcome) else None
    leading.mark(booking_id=booking_id, outcome=outcome, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("talk", booking_id=booking_id, done="marked")


@page("/talks/<int:booking_id>/move", "move")
def move(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Where this talk may go."""
    return _move(desk, booking_id)


@page("/talks/<int:booking_id>/move/check", "check_move")
def check_move(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """What changes and what stays, before it does."""
    moving = asking.moving(booking_id, desk.leader_id, now=now())
    choice = moving.choice(request.args.get("slot", type=int))
    if choice is None:
        return _move(desk, booking_id, fault=_("Kies eerst een tijd.")), 422
    no_visit = asking.is_no_visit_then(moving.talk, choice, desk.leader_id, now())
    return desk.show("move_check.html", moving=moving, choice=choice, no_visit=no_visit, form=MoveForm())


@page("/talks/<int:booking_id>/move", "move_now", methods=("POST",))
@answers(SlotTaken, with_=_lost)
@answers(MovedMeanwhile, with_=_lost)
@answers(FamilyBusy, with_=_lost)
def move_now(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Put the talk there."""
    form = MoveForm()
    if not form.validate_on_submit():
        return _move(desk, booking_id, fault=_("Kies eerst een tijd.")), 422
    leading.move(
        booking_id=booking_id,
        slot_id=form.slot.data,
        leader_id=desk.leader_id,
        agreed=form.agreed.data,
        origin=desk.origin,
        seen=datetime.fromtimestamp(form.seen.data, UTC) if form.seen.data else None,
        by=g.actor,
        now=now(),
    )
    return desk.sends_to("talk", booking_id=booking_id, done="moved")


@page("/talks/<int:booking_id>/move/back", "move_back", methods=("POST",))
@answers(SlotTaken, with_=_lost)
@answers(FamilyBusy, with_=_lost)
def move_back(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Undo what was just moved."""
    slot_id = request.form.get("slot", 0, type=int)
    leading.move_back(booking_id=booking_id, slot_id=slot_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("talk", booking_id=booking_id, done="moved_back")


@page("/talks/<int:booking_id>/call-off", "check_call_off")
def check_call_off(desk: Desk, booking_id: int) -> str:
    """The family rang that it cannot come: what happens then."""
    return desk.show("call_off.html", talk=asking.the_talk(booking_id, desk.leader_id, now=now()))


@page("/talks/<int:booking_id>/call-off", "call_off", methods=("POST",))
def call_off(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Give the time free."""
    leading.call_off(booking_id=booking_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("roster", done="called_off")


@page("/talks/<int:booking_id>/interpreter", "arrange_interpreter", methods=("POST",))
def arrange_interpreter(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The interpreter comes."""
    leading.arrange_interpreter(booking_id=booking_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("talk", booking_id=booking_id, done="interpreter")


def _unclear_language(error: Invalid, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _interpreter(desk_of(leader_id), booking_id, error), 422


def _interpreter(desk: Desk, booking_id: int, error: Invalid | None = None) -> str:
    found = asking.the_talk(booking_id, desk.leader_id, now=now())
    first = next((at for at in found.homes if at.interpreter), found.homes[0] if found.homes else None)
    given = (
        {"home": str(first.home.household_id or 0), "language": first.interpreter, "way": first.way} if first else {}
    )
    form = InterpreterForm(data=given).fit(found)
    return desk.show("interpreter.html", talk=found, form=faulted(form, error) if error else form)


@page("/talks/<int:booking_id>/interpreter/ask", "interpreter")
def show_interpreter(desk: Desk, booking_id: int) -> str:
    """The family told at the door or on the phone that it would like an interpreter."""
    return _interpreter(desk, booking_id)


@page("/talks/<int:booking_id>/interpreter/ask", "ask_interpreter", methods=("POST",))
@answers(LanguageTooLong, with_=_unclear_language)
def ask_interpreter(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Write it down for the office; without a language none is needed."""
    form = InterpreterForm()
    home = form.home.data or ""
    topics.ask_interpreter_for(
        booking_id=booking_id, household_id=int(home) or None if home.isdecimal() else None,
        leader_id=desk.leader_id, language=form.language.data or "", way=way_of(form.way.data), by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("talk", booking_id=booking_id, done="interpreter_asked")


@page("/calls/<int:call_id>/done", "call_done", methods=("POST",))
def call_done(desk: Desk, call_id: int) -> ResponseReturnValue:
    """The family has been called."""
    leading.call_done(call_id=call_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("roster", done="called")
