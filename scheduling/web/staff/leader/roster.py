"""The own roster: as a week, as a list, and as a sheet to take along."""

from flask import request

from scheduling.queries import leaders, leading, requests
from scheduling.queries.suggestions import agendas_by_class
from scheduling.web.clock import now
from scheduling.web.questionnaires import turn
from scheduling.web.staff.leader.desk import Desk, page


@page("/", "roster")
def roster(desk: Desk) -> str:
    """The week, who is next, and what asks for attention."""
    classes = () if desk.is_own else leaders.classes_of(desk.leader_id, desk.year.id)
    asking = requests.rounds_to_mark(desk.leader_id, desk.year.id)
    opinion = desk.is_own and turn(desk.year.id).asks
    return desk.show("roster.html", roster=_roster(desk), classes=classes, asking=asking, asked_opinion=opinion)


@page("/list", "list")
def talks_as_list(desk: Desk) -> str:
    """Every talk with who comes, topics, interpreter and the agreed form."""
    return desk.show("list.html", roster=_roster(desk))


@page("/sheet", "sheet")
def sheet(desk: Desk) -> str:
    """The roster on paper; topics only when the leader asks for them."""
    roster = _roster(desk)
    agendas = agendas_by_class((talk.round_id, talk.pupil.id, talk.pupil.class_name) for talk in roster.talks)
    return desk.show("sheet.html", roster=roster, agendas=agendas, with_topics="topics" in request.args)


def _roster(desk: Desk) -> leading.Roster:
    wanted = request.args.get("round", type=int)
    return leading.roster(desk.leader_id, desk.year.id, now=now(), round_id=wanted)
