"""The own times: take one out of the round, or offer it again."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _

from scheduling.domain.leading import NothingChosen
from scheduling.queries import day_lengths
from scheduling.queries import leading as asking
from scheduling.services import leading
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page


def _times(desk: Desk, round_id: int | None, fault: object = "") -> str:
    roster = asking.roster(desk.leader_id, desk.year.id, now=now(), round_id=round_id)
    has_lengths = bool(day_lengths.days_of(desk.leader_id, desk.year.id, now()))
    return desk.show("times.html", roster=roster, fault=fault, has_lengths=has_lengths)


def _nothing(_error: NothingChosen, leader_id: int | None = None) -> ResponseReturnValue:
    round_id = request.form.get("round", type=int)
    return _times(desk_of(leader_id), round_id, fault=_("Kies eerst een of meer tijden.")), 422


@page("/times", "times")
def times(desk: Desk) -> ResponseReturnValue:
    """All own times of a round by day, with what stands on them."""
    return _times(desk, request.args.get("round", type=int))


@page("/times", "change_times", methods=("POST",))
@answers(NothingChosen, with_=_nothing)
def change_times(desk: Desk) -> ResponseReturnValue:
    """Block or offer the chosen times."""
    act, done = (leading.free, "freed") if "free" in request.form else (leading.block, "blocked")
    chosen = set(request.form.getlist("slot", type=int))
    changed = act(slot_ids=chosen, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("times", round=request.form.get("round", type=int), done=done, count=changed)
