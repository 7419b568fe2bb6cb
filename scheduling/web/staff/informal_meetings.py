"""Informal meetings of a class, for who leads it: what contact parents propose, and one of the own."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.informal_meetings import MeetingAnswered
from scheduling.domain.year_plans import WouldClash
from scheduling.queries import contact_parents as contacts
from scheduling.queries import informal_meetings as asking
from scheduling.queries.contact_parents import ClassContacts
from scheduling.services import informal_meetings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.informal_meetings import MeetingForm
from scheduling.web.staff import pages
from scheduling.wording import informal_meetings as own_words
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    proposal = request.form.get("proposal", type=int)
    if isinstance(error, MeetingAnswered):
        return _page(class_id, note=sentence(error)), 409
    if proposal:
        return _page(class_id, of=proposal, error=error, note=sentence(error)), 422
    return _page(class_id, faulted(MeetingForm(), error, "day"), error=error), 422


@pages.get("/contact-parents/<int:class_id>/meeting")
def class_meeting(class_id: int) -> str:
    """What waits, what is planned, and the form for one more."""
    return _page(class_id)


@pages.post("/contact-parents/<int:class_id>/meeting")
@answers(Invalid, with_=_unclear)
@answers(WouldClash, with_=_unclear)
@answers(MeetingAnswered, with_=_unclear)
def change_class_meeting(class_id: int) -> ResponseReturnValue:
    """Plan one, or answer a contact parent."""
    _own(class_id)
    act, sure = request.form.get("act", ""), "sure" in request.form
    proposal = request.form.get("proposal", 0, type=int)
    if act in ("yes", "no") and proposal not in [one.id for one in asking.waiting_in(class_id, now())]:
        raise MeetingAnswered
    if act == "yes":
        informal_meetings.agree(proposal_id=proposal, sure=sure, by=g.actor, now=now())
    elif act == "no":
        informal_meetings.decline(proposal_id=proposal, by=g.actor, now=now())
    else:
        form = MeetingForm()
        if not form.validate_on_submit():
            return _page(class_id, form), 422
        informal_meetings.plan(class_id=class_id, wish=form.wish, sure=sure, by=g.actor, now=now())
    done = "declined" if act == "no" else "planned"
    return redirect(url_for("staff.class_meeting", class_id=class_id, done=done), code=303)


def _own(class_id: int) -> ClassContacts:
    """A class that this colleague leads; the office puts meetings in the plan itself."""
    if not contacts.leads(g.staff.id, class_id):
        raise NotFound
    return contacts.the_class(class_id, now())


def _page(
    class_id: int, form: MeetingForm | None = None, *, of: int = 0, error: Refused | None = None, note: str = ""
) -> str:  # fmt: skip
    group = _own(class_id)
    clashes = error.clashes if isinstance(error, WouldClash) else ()
    return render_template(
        "staff/class_meeting.html", group=group, waiting=asking.waiting_in(class_id, now()),
        planned=asking.planned_for(class_id), form=form or MeetingForm(formdata=None), wrong=form, of=of, note=note,
        clashes=clashes, names_of=asking.names_beside(class_id) if clashes else {}, words=words,
        themes=own_words.themes(), done=request.args.get("done", ""),
    )  # fmt: skip
