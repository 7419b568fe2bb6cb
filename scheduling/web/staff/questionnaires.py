"""What who leads a class finds of the contact with parents: without a name, once."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.people import StaffRole
from scheduling.domain.questionnaires import Asked
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.questionnaires import OpinionForm, count_in, facts, turn
from scheduling.web.staff import ensure_role, pages
from scheduling.wording.refusals import sentence


def _unclear(error: Refused) -> ResponseReturnValue:
    return _page(faulted(OpinionForm(), error)), 422


def _too_late(error: Refused) -> ResponseReturnValue:
    return _page(OpinionForm(), sentence(error)), 409


@pages.get("/questionnaire")
def questionnaire() -> str:
    """The eleven questions, or what is left to say about them."""
    ensure_role(StaffRole.LEADER)
    return _page(OpinionForm(formdata=None))


@pages.post("/questionnaire")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_too_late)
def answer_questionnaire() -> ResponseReturnValue:
    """Counted in, and gone."""
    ensure_role(StaffRole.LEADER)
    count_in(Asked.MENTOR)
    return redirect(url_for("staff.questionnaire", done="in"), code=303)


def _page(form: OpinionForm, note: str = "") -> str:
    return render_template("staff/questionnaire.html", note=note, **facts(Asked.MENTOR, form, turn()))
