"""Choose a time for a family that is on the phone."""

from typing import Any

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import InputRequired

from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.domain.turns import NotTheirTurn
from scheduling.queries import leading as asking
from scheduling.services import leading
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.refusals import sentence

TOGETHER = "together"
PLACE = "/rounds/<int:round_id>/pupils/<int:pupil_id>/book"


class BookForm(FlaskForm):
    home = RadioField(_("Met wie?"), validators=[InputRequired(_("Kies met wie het gesprek is."))])
    slot = IntegerField(_("Wanneer?"), validators=[InputRequired(_("Kies eerst een tijd."))])
    early = BooleanField(_("Toch nu al een tijd vastzetten"))

    def offer(self, wanted: asking.NewTalk) -> "BookForm":
        """With whom the talk may be: nothing to choose when there is one home."""
        self.home.choices = [(key_of(home), label_of(home)) for home in wanted.homes]
        if len(wanted.homes) == 1 and not self.home.data:
            self.home.data = key_of(wanted.homes[0])
        return self


def _wanted(desk: Desk, round_id: int, pupil_id: int) -> asking.NewTalk:
    return asking.booking_for(round_id, pupil_id, desk.leader_id, desk.year.id, now=now())


def _lost(error: SlotTaken | FamilyBusy, leader_id: int | None = None, **where: Any) -> ResponseReturnValue:
    """Somebody was first: these times are left."""
    desk = desk_of(leader_id)
    wanted = _wanted(desk, **where)
    return desk.show("book.html", wanted=wanted, form=BookForm().offer(wanted), note=sentence(error)), 409


def _not_yet(error: NotTheirTurn, leader_id: int | None = None, **where: Any) -> ResponseReturnValue:
    """Others go first, and nobody said to go before that."""
    desk = desk_of(leader_id)
    wanted = _wanted(desk, **where)
    return desk.show("book.html", wanted=wanted, form=faulted(BookForm().offer(wanted), error, "early"), note=""), 409


@page(PLACE, "book")
def book(desk: Desk, round_id: int, pupil_id: int) -> ResponseReturnValue:
    """The free times for a pupil without a talk."""
    wanted = _wanted(desk, round_id, pupil_id)
    return desk.show("book.html", wanted=wanted, form=BookForm(formdata=None).offer(wanted), note="")


@page(PLACE, "book_now", methods=("POST",))
@answers(SlotTaken, with_=_lost)
@answers(FamilyBusy, with_=_lost)
@answers(NotTheirTurn, with_=_not_yet)
def book_now(desk: Desk, round_id: int, pupil_id: int) -> ResponseReturnValue:
    """Take the time; the family gets a letter that says so."""
    wanted = _wanted(desk, round_id, pupil_id)
    form = BookForm().offer(wanted)
    if not form.validate_on_submit():
        return desk.show("book.html", wanted=wanted, form=form, note=""), 422
    booking_id = leading.book(
        round_id=round_id,
        pupil_id=pupil_id,
        household_id=int(form.home.data) if form.home.data.isdecimal() else None,
        slot_id=form.slot.data,
        leader_id=desk.leader_id,
        origin=desk.origin,
        early=bool(form.early.data),
        by=g.actor,
        now=now(),
    )
    return desk.sends_to("talk", booking_id=booking_id, done="booked")


def key_of(home: asking.Home | None) -> str:
    """How a form names one home, or all together."""
    return str(home.household_id) if home and home.household_id else TOGETHER


def label_of(home: asking.Home | None) -> str:
    """The people of one home, or that it is with both."""
    if home is None:
        return gettext("Beide huizen samen")
    return ", ".join(home.names) or gettext("De leerling zelf")
