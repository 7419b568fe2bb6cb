"""Cards for the children of the own talks, to hand out in class."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import NotFound
from scheduling.queries import cards, leading
from scheduling.web.clock import now
from scheduling.web.staff.leader.desk import Desk, page
from scheduling.web.staff.office.cards import sheets


@page("/cards", "cards")
def show(desk: Desk) -> ResponseReturnValue:
    """The cards of every talk that this leader still has in a round."""
    roster = leading.roster(desk.leader_id, desk.year.id, now=now(), round_id=request.args.get("round", type=int))
    if roster.round is None:
        raise NotFound
    found = cards.cards_of(roster.round.id, now=now(), leader_id=desk.leader_id)
    return render_template("print/cards.html", page=found, sheets=sheets(found), chosen=None, on_paper=False, desk=desk)
