"""The own talks of today, on a phone: who is in the building, and whether it runs late."""

from flask import g, request
from flask.typing import ResponseReturnValue

from scheduling.domain.on_the_day import LATER
from scheduling.domain.timeslots import local
from scheduling.queries import leaders
from scheduling.queries import on_the_day as asking
from scheduling.services import on_the_day
from scheduling.web.clock import now
from scheduling.web.staff.leader.desk import Desk, page


@page("/today", "today")
def today(desk: Desk) -> str:
    """Who comes today, who is here, and how late it is."""
    return desk.show(
        "today.html",
        leader=leaders.the_leader(desk.leader_id, desk.year.id),
        talks=asking.talks_on(local(now()).date(), leader_ids=[desk.leader_id]),
        minutes=asking.minutes_late(desk.leader_id, now()),
        later=LATER,
    )


@page("/today/late", "run_late", methods=("POST",))
def run_late(desk: Desk) -> ResponseReturnValue:
    """A tap: so many minutes more, or on time again."""
    more = request.form.get("more", 0, type=int)
    on_the_day.run_late(leader_id=desk.leader_id, more=more, by=g.actor, now=now())
    return desk.sends_to("today")
