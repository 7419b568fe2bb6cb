"""Whom the colleague would like to see on a contact evening, and who asked for the colleague."""

from flask import g, request
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import NotFound, Refused
from scheduling.domain.requests import RequestsOver
from scheduling.queries import requests as asking
from scheduling.queries.requests import TeacherPage
from scheduling.services import requests
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording import requests as words
from scheduling.wording.refusals import sentence


def find_page(desk: Desk) -> TeacherPage:
    """The evening that was chosen, or the first one that asks."""
    rounds = asking.rounds_asking(desk.leader_id, desk.year.id)
    wanted = request.values.get("round", type=int)
    chosen = next((round_id for round_id, _ in rounds if round_id == wanted), rounds[0][0] if rounds else None)
    if chosen is None or (wanted and chosen != wanted):
        raise NotFound
    return asking.teacher_page(desk.leader_id, chosen, now())


def _over(error: Refused, leader_id: int | None = None) -> ResponseReturnValue:
    return _show(desk_of(leader_id), note=sentence(error)), 409


@page("/requests", "requests")
def show(desk: Desk) -> ResponseReturnValue:
    """Everybody the colleague teaches, by class."""
    return _show(desk)


@page("/requests", "mark_requests", methods=("POST",))
@answers(RequestsOver, with_=_over)
def mark(desk: Desk) -> ResponseReturnValue:
    """Keep who is ticked, of the families that were on the page."""
    seen = find_page(desk)
    changed = requests.mark(
        round_id=seen.round_id, teacher_id=desk.leader_id, shown=request.form.getlist("shown"),
        wanted=request.form.getlist("family"), by=g.actor, now=now(),
    )  # fmt: skip
    kept = {name: request.form[name] for name in ("class", "q") if request.form.get(name)}
    return desk.sends_to("requests", round=seen.round_id, done=changed, **kept)


def _show(desk: Desk, *, note: str = "") -> str:
    rounds = asking.rounds_asking(desk.leader_id, desk.year.id)
    seen = find_page(desk) if rounds else None
    group, wanted = request.values.get("class", ""), request.values.get("q", "").strip()
    families = [one for one in seen.families if _is_wanted(one, group, wanted)] if seen else []
    return desk.show(
        "requests.html", page=seen, rounds=rounds, families=families, group=group, wanted=wanted, note=note,
        asked_words=words, done=request.args.get("done", type=int),
    )  # fmt: skip


def _is_wanted(family: asking.Seen, group: str, wanted: str) -> bool:
    return group in ("", family.class_name) and wanted.casefold() in f"{family.name.full} {family.home}".casefold()
