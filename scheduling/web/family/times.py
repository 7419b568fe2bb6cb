"""Choose a time: pick one, check it, done. Who loses a race sees what is still free, and keeps the own time."""

import re
from datetime import UTC, datetime

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Refused
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import Visit, WayNotOffered
from scheduling.queries import family
from scheduling.queries.family import Choice
from scheduling.services import bookings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.wording.refusals import sentence

NONE_FITS = "none"
MOMENT = re.compile(r"\d{1,11}")


def taken(error: Refused, round_id: int, pupil_id: int, **_parts: int) -> ResponseReturnValue:
    """This time is gone; these are still free; the own time is as it was."""
    why = "" if isinstance(error, SlotTaken) else sentence(error)
    return render_template("family/taken.html", choice=_choice(round_id, pupil_id), why=why, now=now()), 409


@pages.get("/talks/<int:round_id>/<int:pupil_id>/time")
def times(round_id: int, pupil_id: int) -> ResponseReturnValue:
    choice = _choice(round_id, pupil_id)
    choice.talk.ensure_choosable(now())
    return render_template("family/times.html", choice=choice, nothing_chosen=False, now=now())


@pages.post("/talks/<int:round_id>/<int:pupil_id>/time")
@answers(SlotTaken, with_=taken)
def choose_time(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """A choice is only checked here; it counts after the next page."""
    choice = _choice(round_id, pupil_id)
    choice.talk.ensure_choosable(now())
    wanted = request.form.getlist("slot")
    if wanted == [NONE_FITS]:
        return redirect(_at("none_fits", round_id, pupil_id), code=303)
    if len(wanted) != 1 or not wanted[0].isdecimal():
        return render_template("family/times.html", choice=choice, nothing_chosen=True, now=now()), 422
    slot_id = int(wanted[0])
    if choice.find(slot_id) is None:
        raise SlotTaken
    return redirect(_at("check_time", round_id, pupil_id, slot_id=slot_id), code=303)


@pages.get("/talks/<int:round_id>/<int:pupil_id>/time/<int:slot_id>")
@answers(SlotTaken, with_=taken)
def check_time(round_id: int, pupil_id: int, slot_id: int) -> ResponseReturnValue:
    choice = _choice(round_id, pupil_id)
    choice.talk.ensure_choosable(now())
    time = choice.find(slot_id)
    if time is None:
        raise SlotTaken
    return render_template("family/check.html", talk=choice.talk, time=time, several=choice.several_leaders, now=now())


@pages.post("/talks/<int:round_id>/<int:pupil_id>/time/<int:slot_id>")
@answers(SlotTaken, with_=taken)
@answers(WayNotOffered, with_=taken)
@answers(FamilyBusy, with_=taken)
def take_time(round_id: int, pupil_id: int, slot_id: int) -> ResponseReturnValue:
    standing = family.find_standing(g.actor, round_id, pupil_id, now(), asked_for())
    seen = request.form.get("at", "")
    seen_at = datetime.fromtimestamp(int(seen), UTC) if MOMENT.fullmatch(seen) else None
    if standing:
        bookings.move(booking_id=standing, slot_id=slot_id, seen_at=seen_at, by=g.actor, now=now())
    else:
        bookings.pick(
            round_id=round_id, pupil_id=pupil_id, slot_id=slot_id, request_id=asked_for(), seen_at=seen_at,
            visit=_visit(), by=g.actor, now=now(),
        )  # fmt: skip
    return redirect(_at("talk", round_id, pupil_id), code=303)


def _visit() -> Visit | None:
    """The family would rather be visited; where, if it says so."""
    return Visit(request.form.get("address", "")) if request.form.get("way") == Medium.HOME else None


@pages.get("/talks/<int:round_id>/<int:pupil_id>/none")
def none_fits(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """None of the free times suits: what is possible then."""
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    return render_template("family/none_fits.html", talk=talk, now=now())


def _at(page: str, round_id: int, pupil_id: int, **more: int) -> str:
    """The address of another page of this talk."""
    return url_for(f"family.{page}", round_id=round_id, pupil_id=pupil_id, request=asked_for(), **more)


def _choice(round_id: int, pupil_id: int) -> Choice:
    mine = family.family_of(g.actor, now())
    return family.choice_for(mine, mine.talk(round_id, pupil_id, asked_for()), now())
