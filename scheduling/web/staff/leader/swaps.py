"""Swaps of one leader's talks: what families offered and agreed, and swaps by the school itself."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.errors import Refused
from scheduling.domain.rounds import FamilyBusy, TalkCancelled
from scheduling.domain.swaps import (
    CannotChangePlaces,
    NotEnoughTalks,
    NotTheSameLeader,
    NotTheSameLength,
    SwapOver,
)
from scheduling.queries import swaps as asking
from scheduling.services import swaps
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.refusals import sentence


def _wrong(error: Refused, round_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _log(desk_of(leader_id), round_id, fault=sentence(error)), 422


def _gone(error: Refused, round_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _log(desk_of(leader_id), round_id, note=sentence(error)), 409


def _stays(_error: SwapOver, round_id: int, proposal_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    note = _("Deze ruil kan niet meer terug: een van de gesprekken staat intussen ergens anders.")
    return _log(desk_of(leader_id), round_id, note=note), 409


@page("/rounds/<int:round_id>/swaps", "swaps")
def swap_log(desk: Desk, round_id: int) -> str:
    """Who looks for another time, what is asked now, and what changed."""
    return _log(desk, round_id)


@page("/rounds/<int:round_id>/swaps/check", "check_swap")
@answers(NotEnoughTalks, with_=_wrong)
@answers(NotTheSameLength, with_=_wrong)
@answers(NotTheSameLeader, with_=_wrong)
def check_swap(desk: Desk, round_id: int) -> ResponseReturnValue:
    """What each of these talks gives, gets and loses, before anything changes."""
    log = asking.log_of(round_id, desk.leader_id, now())
    exchange = asking.exchange_of(round_id, desk.leader_id, _wanted(), now())
    return desk.show("swap_check.html", log=log, exchange=exchange)


@page("/rounds/<int:round_id>/swaps", "make_swap", methods=("POST",))
@answers(NotEnoughTalks, with_=_wrong)
@answers(NotTheSameLength, with_=_wrong)
@answers(NotTheSameLeader, with_=_wrong)
@answers(CannotChangePlaces, with_=_gone)
@answers(FamilyBusy, with_=_gone)
@answers(TalkCancelled, with_=_gone)
def make_swap(desk: Desk, round_id: int) -> ResponseReturnValue:
    """These talks change times now; the families are told."""
    swaps.make(booking_ids=_wanted(), leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("swaps", round_id=round_id, done="made")


@page("/rounds/<int:round_id>/swaps/<int:proposal_id>/undo", "undo_swap", methods=("POST",))
@answers(SwapOver, with_=_stays)
def undo_swap(desk: Desk, round_id: int, proposal_id: int) -> ResponseReturnValue:
    """Everybody back to the earlier time; the families are told."""
    swaps.undo(proposal_id=proposal_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("swaps", round_id=round_id, done="undone")


def _wanted() -> list[int]:
    """The talks of the form, in its order."""
    return [int(value) for value in request.values.getlist("talk") if value.isdecimal() and len(value) < 10]


def _log(desk: Desk, round_id: int, *, fault: str = "", note: str = "") -> str:
    log = asking.log_of(round_id, desk.leader_id, now())
    return desk.show("swaps.html", log=log, fault=fault, note=note, wanted=_wanted())
