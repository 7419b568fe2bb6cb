"""A conversation of the support team, as the family is asked to it: every answer is a good one."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.support import FamilySaid, MeetingOver
from scheduling.queries import support as asking
from scheduling.services import support
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording.refusals import sentence
from scheduling.wording.support import answer_name


def _over(error: MeetingOver, meeting_id: int) -> ResponseReturnValue:
    return _show(meeting_id, note=sentence(error)), 409


@pages.get("/meetings/<int:meeting_id>")
def meeting(meeting_id: int) -> str:
    """When, where and with whom."""
    return _show(meeting_id)


@pages.post("/meetings/<int:meeting_id>")
@answers(MeetingOver, with_=_over)
def answer_meeting(meeting_id: int) -> ResponseReturnValue:
    """Yes, another time, by phone, or rather not."""
    said = request.form.get("answer", "")
    if said not in [one.value for one in FamilySaid]:
        return _show(meeting_id, fault=_("Kies wat u het prettigst vindt.")), 422
    support.answer(meeting_id=meeting_id, said=FamilySaid(said), by=g.actor, now=now())
    return redirect(url_for("family.meeting", meeting_id=meeting_id, done="said"), code=303)


def _show(meeting_id: int, *, fault: str = "", note: str = "") -> str:
    found = asking.of_home(meeting_id, g.actor, now())
    return render_template(
        "family/meeting.html", meeting=found, fault=fault, note=note, done=request.args.get("done", ""),
        possible=[*FamilySaid], answer_name=answer_name, now=now(),
    )  # fmt: skip
