"""Swaps of a whole round: with whom families swap, and the way to each leader's page about it."""

from flask import render_template

from scheduling.queries import swaps as asking
from scheduling.web.staff.office import pages


@pages.get("/rounds/<int:round_id>/swaps")
def swaps(round_id: int) -> str:
    """Per leader who looks for another time, who is asked and what changed."""
    name, leaders = asking.swaps_by_leader(round_id)
    return render_template("staff/office/swaps.html", round_id=round_id, name=name, leaders=leaders)
