"""A contact parent proposes an informal meeting of the class; who leads it answers."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.informal_meetings import MeetingAnswered, MeetingAsked
from scheduling.queries import contact_parents as contacts
from scheduling.queries import informal_meetings as asking
from scheduling.queries.contact_parents import ClassPlace
from scheduling.services import informal_meetings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.web.informal_meetings import MeetingForm
from scheduling.wording import informal_meetings as own_words
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    if not isinstance(error, Invalid):
        return _page(class_id, note=sentence(error)), 409
    return _page(class_id, faulted(MeetingForm(), error)), 422


@pages.get("/contact-parents/<int:class_id>/meeting")
def class_meeting(class_id: int) -> str:
    """What waits, what became of it, or the form for a proposal."""
    return _page(class_id)


@pages.post("/contact-parents/<int:class_id>/meeting")
@answers(Invalid, with_=_unclear)
@answers(MeetingAsked, with_=_unclear)
@answers(MeetingAnswered, with_=_unclear)
def change_class_meeting(class_id: int) -> ResponseReturnValue:
    """Propose, or take back."""
    _place, contact_id = _standing(class_id)
    if request.form.get("act") == "off":
        newest = asking.newest_of(contact_id)
        if newest is None:
            raise NotFound
        informal_meetings.take_back(proposal_id=newest.id, by=g.actor, now=now())
        return redirect(url_for("family.class_meeting", class_id=class_id, done="off"), code=303)
    form = MeetingForm()
    if not form.validate_on_submit():
        return _page(class_id, form), 422
    informal_meetings.propose(contact_id=contact_id, wish=form.wish, by=g.actor, now=now())
    return redirect(url_for("family.class_meeting", class_id=class_id, done="asked"), code=303)


def _standing(class_id: int) -> tuple[ClassPlace, int]:
    """A class of which this parent is contact parent."""
    place = contacts.place_of(class_id, g.actor, now())
    if not place.own.stands or place.own.contact_id is None:
        raise NotFound
    return place, place.own.contact_id


def _page(class_id: int, form: MeetingForm | None = None, note: str = "") -> str:
    place, contact_id = _standing(class_id)
    return render_template(
        "family/class_meeting.html", place=place, found=asking.newest_of(contact_id),
        planned=asking.planned_for(class_id), note=note, wrong=form,
        form=form or MeetingForm(formdata=None), words=words, themes=own_words.themes(),
        done=request.args.get("done", ""),
    )  # fmt: skip
