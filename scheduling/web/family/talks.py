"""One talk: how it stands, yes, no, and back again. Its page can be kept: it always says what is true now."""

from flask import g, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import NotFound
from scheduling.domain.rounds import SlotTaken
from scheduling.queries import family, texts
from scheduling.queries.aftercare import aftercare_of
from scheduling.queries.family import Talk, TalkState
from scheduling.services import bookings, no_talk
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.web.family.times import taken
from scheduling.wording.aftercare import action_by


def own_talk(round_id: int, pupil_id: int) -> Talk:
    return family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())


def booking_of(round_id: int, pupil_id: int) -> int:
    """The talk that stands, or the last one that did."""
    talk = own_talk(round_id, pupil_id)
    if talk.booking_id is None:
        raise NotFound
    return talk.booking_id


def to_talk(round_id: int, pupil_id: int) -> ResponseReturnValue:
    return redirect(url_for("family.talk", round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)


@pages.get("/talks/<int:round_id>/<int:pupil_id>")
def talk(round_id: int, pupil_id: int) -> ResponseReturnValue:
    found = own_talk(round_id, pupil_id)
    earlier = family.earlier_time(found, now()) if found.stands else None
    own = texts.text_of_round(round_id, session.get("language") or family.language_of(g.actor))
    after = aftercare_of(found.booking_id) if found.booking_id and found.state is TalkState.PAST else None
    return render_template(
        "family/talk.html", talk=found, earlier=earlier, own=own, after=after, action_by=action_by, now=now()
    )


@pages.post("/talks/<int:round_id>/<int:pupil_id>/confirm")
def confirm(round_id: int, pupil_id: int) -> ResponseReturnValue:
    bookings.confirm(booking_id=booking_of(round_id, pupil_id), by=g.actor, now=now())
    return to_talk(round_id, pupil_id)


@pages.get("/talks/<int:round_id>/<int:pupil_id>/cancel")
def ask_cancel(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """Asked twice: a mistaken tap says nothing off."""
    found = own_talk(round_id, pupil_id)
    if not found.stands:
        return to_talk(round_id, pupil_id)
    if found.starts_at:
        found.rules.ensure_in_time(found.starts_at, now())
    return render_template("family/cancel.html", talk=found, now=now())


@pages.post("/talks/<int:round_id>/<int:pupil_id>/cancel")
def cancel(round_id: int, pupil_id: int) -> ResponseReturnValue:
    bookings.cancel(booking_id=booking_of(round_id, pupil_id), by=g.actor, now=now())
    return to_talk(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/undo")
@answers(SlotTaken, with_=taken)
def undo(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """We do come after all."""
    bookings.undo_cancel(booking_id=booking_of(round_id, pupil_id), by=g.actor, now=now())
    return to_talk(round_id, pupil_id)


@pages.get("/talks/<int:round_id>/<int:pupil_id>/call")
def ask_call(round_id: int, pupil_id: int) -> ResponseReturnValue:
    found = own_talk(round_id, pupil_id)
    if found.stands or found.state is TalkState.PAST:
        return to_talk(round_id, pupil_id)
    return render_template("family/call.html", talk=found, now=now())


@pages.post("/talks/<int:round_id>/<int:pupil_id>/call")
def call(round_id: int, pupil_id: int) -> ResponseReturnValue:
    bookings.ask_call(round_id=round_id, pupil_id=pupil_id, by=g.actor, now=now())
    return to_talk(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/none-needed")
def say_none_needed(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """No talk is needed now; the free times stay open."""
    no_talk.say(round_id=round_id, pupil_id=pupil_id, by=g.actor, now=now())
    return to_talk(round_id, pupil_id)
