"""When a mentor and a contact parent consult, for the mentor."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.consults import ConsultOver, ConsultUnderWay
from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.queries import contact_parents as asking
from scheduling.queries.consults import ConsultFacts, of_contacts
from scheduling.queries.contact_parents import Asked, ClassContacts
from scheduling.services import consults
from scheduling.web.clock import now
from scheduling.web.consults import MOVES, ConsultForm, MovingForm, act_on, move
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff import pages
from scheduling.wording.consults import rhythm_name
from scheduling.wording.refusals import sentence


def _unclear(error: Refused, class_id: int, contact_id: int) -> ResponseReturnValue:
    if not isinstance(error, Invalid):
        return _page(class_id, contact_id, note=sentence(error)), 409
    if request.form.get("act") in MOVES:
        return _page(class_id, contact_id, moving=faulted(MovingForm(), error)), 422
    return _page(class_id, contact_id, form=faulted(ConsultForm(), error)), 422


@pages.get("/contact-parents/<int:class_id>/consult/<int:contact_id>")
def consult(class_id: int, contact_id: int) -> str:
    """What waits, what stands, or the form for a proposal."""
    return _page(class_id, contact_id)


@pages.post("/contact-parents/<int:class_id>/consult/<int:contact_id>")
@answers(Invalid, with_=_unclear)
@answers(ConsultOver, with_=_unclear)
@answers(ConsultUnderWay, with_=_unclear)
def change_consult(class_id: int, contact_id: int) -> ResponseReturnValue:
    """Propose, answer, move (one time, or all from there), cancel or end."""
    _group, _contact, found = _own(class_id, contact_id)
    if request.form.get("act") == "propose":
        form = ConsultForm().fit([])
        if not form.validate_on_submit():
            return _page(class_id, contact_id, form=form), 422
        consults.propose(contact_id=contact_id, staff_id=g.staff.id, wanted=form.wanted(), by=g.actor, now=now())
    elif request.form.get("act") in MOVES and found:
        moving = MovingForm()
        if not moving.validate_on_submit():
            return _page(class_id, contact_id, moving=moving), 422
        move(found, moving)
    else:
        act_on(found)
    address = url_for("staff.consult", class_id=class_id, contact_id=contact_id, done="kept")
    return redirect(address, code=303)


def _own(class_id: int, contact_id: int) -> tuple[ClassContacts, Asked, ConsultFacts | None]:
    """A contact parent of a class that this colleague leads; the office agrees nothing in a mentor's place."""
    if not asking.leads(g.staff.id, class_id):
        raise NotFound
    group = asking.the_class(class_id, now())
    contact = next((one for one in group.standing if one.id == contact_id), None)
    if contact is None:
        raise NotFound
    mine = (one for one in of_contacts([contact_id]) if one.staff_id == g.staff.id)
    return group, contact, next(mine, None)


def _page(
    class_id: int, contact_id: int, form: ConsultForm | None = None, moving: MovingForm | None = None, note: str = ""
) -> str:  # fmt: skip
    group, contact, found = _own(class_id, contact_id)
    return render_template(
        "staff/consult.html", group=group, contact=contact, found=found, moving=moving, note=note, now=now(),
        form=(form or ConsultForm(formdata=None)).fit([]), wrong=form or moving, rhythm_name=rhythm_name,
        done=request.args.get("done", ""),
    )  # fmt: skip
