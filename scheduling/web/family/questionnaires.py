"""What a parent finds of the contact with school: without a name, once, and only if the parent likes to."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.questionnaires import Asked
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.web.questionnaires import OpinionForm, count_in, facts, turn
from scheduling.wording.refusals import sentence


def _unclear(error: Refused) -> ResponseReturnValue:
    return _page(faulted(OpinionForm(), error)), 422


def _too_late(error: Refused) -> ResponseReturnValue:
    return _page(OpinionForm(), sentence(error)), 409


@pages.get("/questionnaire")
def questionnaire() -> str:
    """The eleven questions, or what is left to say about them."""
    return _page(OpinionForm(formdata=None))


@pages.post("/questionnaire")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_too_late)
def answer_questionnaire() -> ResponseReturnValue:
    """Counted in, and gone."""
    count_in(Asked.PARENT)
    return redirect(url_for("family.questionnaire", done="in"), code=303)


def _page(form: OpinionForm, note: str = "") -> str:
    return render_template("family/questionnaire.html", note=note, **facts(Asked.PARENT, form, turn()))
