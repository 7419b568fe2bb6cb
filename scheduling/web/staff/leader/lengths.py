"""How long the colleague's talks take on one evening: looked at first, then changed."""

from flask import g, request
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.round_changes import RoundHasBegun, TalksDoNotFit
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.queries import day_lengths
from scheduling.queries.day_lengths import LengthOfDay
from scheduling.services import round_changes
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.refusals import sentence


def _refused(error: Refused, leader_id: int | None = None) -> ResponseReturnValue:
    status = 409 if isinstance(error, Conflict) else 422
    return _show(desk_of(leader_id), fault=sentence(error), status=status)


@page("/lengths", "lengths")
@answers(Invalid, with_=_refused)
@answers(RoundHasBegun, with_=_refused)
def show(desk: Desk) -> ResponseReturnValue:
    """The evenings, and what another length would do to the one that was chosen."""
    return _show(desk, look="minutes" in request.args)


@page("/lengths", "change_length", methods=("POST",))
@answers(Invalid, with_=_refused)
@answers(TalksDoNotFit, with_=_refused)
@answers(RoundHasBegun, with_=_refused)
@answers(FamilyBusy, with_=_refused)
@answers(SlotTaken, with_=_refused)
def change(desk: Desk) -> ResponseReturnValue:
    """From now on talks take so long on this evening; families that know theirs hear it."""
    of = _chosen(_days(desk))
    changed = round_changes.change_day_minutes(
        round_id=of.round_id, leader_id=desk.leader_id, day=of.day, minutes=_minutes(), by=g.actor, now=now()
    )
    return desk.sends_to("lengths", day=of.key, changed=changed)


def _days(desk: Desk) -> tuple[LengthOfDay, ...]:
    return day_lengths.days_of(desk.leader_id, desk.year.id, now())


def _chosen(days: tuple[LengthOfDay, ...]) -> LengthOfDay:
    found = next((one for one in days if one.key == request.values.get("day")), None)
    if found is None:
        raise NotFound
    return found


def _minutes() -> int:
    return request.values.get("minutes", 0, type=int)


def _show(desk: Desk, *, look: bool = False, fault: str = "", status: int = 200) -> ResponseReturnValue:
    days = _days(desk)
    seen = day_lengths.lengthened(desk.leader_id, _chosen(days), _minutes(), now()) if look else None
    done = request.args.get("changed", type=int)
    typed = {"day": request.values.get("day", ""), "minutes": request.values.get("minutes", "")}
    return desk.show("lengths.html", days=days, seen=seen, typed=typed, fault=fault, done=done), status
