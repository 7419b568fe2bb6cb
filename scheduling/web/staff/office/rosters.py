"""Rosters of a round: ask for a draft, look at it with its reasons, publish it or throw it away."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.rosters import NothingToPublish
from scheduling.queries import rosters as asking
from scheduling.queries import rounds as asking_rounds
from scheduling.services import drafts, rosters
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.office import pages
from scheduling.wording import rosters as words
from scheduling.wording import wishes as wishing
from scheduling.wording.hours import warning_sentence


@pages.get("/rounds/<int:round_id>/rosters", endpoint="rosters")
def list_rosters(round_id: int) -> str:
    """All versions of a round's roster, and the button for a new draft."""
    return render_template(
        "staff/office/rosters.html",
        page=asking_rounds.overview(round_id, now()),
        versions=asking.list_versions(round_id),
        words=words,
        say=warning_sentence,
    )


@pages.post("/rounds/<int:round_id>/rosters")
def generate_roster(round_id: int) -> ResponseReturnValue:
    """Ask for a draft; the worker makes it."""
    version_id = rosters.request(round_id=round_id, by=g.actor, now=now())
    number = asking.version_by_id(version_id).number
    return redirect(url_for("office.roster", round_id=round_id, number=number), code=303)


@pages.get("/rounds/<int:round_id>/rosters/<int:number>", endpoint="roster")
def show_roster(round_id: int, number: int) -> str:
    """A version: how good it is, per class, per family why, and who has no place."""
    return render_template(
        "staff/office/roster.html",
        facts=asking_rounds.round_facts(round_id),
        page=asking.version_page(round_id, number),
        words=words,
        wishing=wishing,
        done=request.args,
    )


def _nothing(_error: NothingToPublish, round_id: int, number: int) -> ResponseReturnValue:
    return redirect(url_for("office.roster", round_id=round_id, number=number), code=303)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/publish")
@answers(NothingToPublish, with_=_nothing)
def publish_roster(round_id: int, number: int) -> ResponseReturnValue:
    """The draft becomes the families' times; where parents were first a new version is made around them."""
    done = rosters.publish(round_id=round_id, number=number, by=g.actor, now=now())
    if done.changed_meanwhile:
        drafts.repair(round_id=round_id, number=number, by=g.actor, now=now())
    where = url_for(
        "office.roster",
        round_id=round_id,
        number=number,
        talks=done.talks,
        changed=len(done.changed_meanwhile) or None,
    )
    return redirect(where, code=303)


@pages.post("/rounds/<int:round_id>/rosters/<int:number>/discard")
def discard_roster(round_id: int, number: int) -> ResponseReturnValue:
    """Throw a draft away."""
    rosters.discard(round_id=round_id, number=number, by=g.actor, now=now())
    return redirect(url_for("office.rosters", round_id=round_id), code=303)
