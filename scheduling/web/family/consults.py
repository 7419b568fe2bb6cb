"""When a contact parent and the mentor consult, for the contact parent."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.consults import ConsultOver, ConsultUnderWay
from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.queries import contact_parents as asking
from scheduling.queries.consults import ConsultFacts, of_contacts
from scheduling.queries.contact_parents import ClassPlace
from scheduling.services import consults
from scheduling.web.clock import now
from scheduling.web.consults import MOVES, ConsultForm, MovingForm, act_on, move
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.wording.consults import rhythm_name
from scheduling.wording.refusals import sentence


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    if not isinstance(error, Invalid):
        return _page(class_id, note=sentence(error)), 409
    if request.form.get("act") in MOVES:
        return _page(class_id, moving=faulted(MovingForm(), error)), 422
    return _page(class_id, form=faulted(ConsultForm(), error)), 422


@pages.get("/contact-parents/<int:class_id>/consult")
def consult(class_id: int) -> str:
    """What waits, what stands, or the form for a proposal."""
    return _page(class_id)


@pages.post("/contact-parents/<int:class_id>/consult")
@answers(Invalid, with_=_unclear)
@answers(ConsultOver, with_=_unclear)
@answers(ConsultUnderWay, with_=_unclear)
def change_consult(class_id: int) -> ResponseReturnValue:
    """Propose, answer, move (one time, or all from there), cancel or end."""
    place, found = _standing(class_id)
    if request.form.get("act") == "propose":
        form = ConsultForm().fit(list(place.leader_ids))
        if not form.validate_on_submit():
            return _page(class_id, form=form), 422
        consults.propose(
            contact_id=place.own.contact_id or 0, staff_id=request.form.get("leader", 0, type=int),
            wanted=form.wanted(), by=g.actor, now=now(),
        )  # fmt: skip
    elif request.form.get("act") in MOVES and found:
        moving = MovingForm()
        if not moving.validate_on_submit():
            return _page(class_id, moving=moving), 422
        move(found, moving)
    else:
        act_on(found)
    return redirect(url_for("family.consult", class_id=class_id, done="kept"), code=303)


def _standing(class_id: int) -> tuple[ClassPlace, ConsultFacts | None]:
    place = asking.place_of(class_id, g.actor, now())
    if not place.own.stands or place.own.contact_id is None:
        raise NotFound
    return place, next(iter(of_contacts([place.own.contact_id])), None)


def _page(class_id: int, form: ConsultForm | None = None, moving: MovingForm | None = None, note: str = "") -> str:
    place, found = _standing(class_id)
    return render_template(
        "family/consult.html", place=place, found=found, moving=moving, note=note, rhythm_name=rhythm_name,
        form=(form or ConsultForm(formdata=None)).fit(list(place.leader_ids)), wrong=form or moving,
        done=request.args.get("done", ""), now=now(),
    )  # fmt: skip
