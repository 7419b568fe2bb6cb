"""What a talk can be about: the team suggests it per kind and year group, and every family reads it beforehand."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import TextAreaField

from scheduling.domain.errors import Invalid
from scheduling.domain.people import StaffRole
from scheduling.domain.rounds import RoundKind
from scheduling.domain.suggestions import COMFORTABLE
from scheduling.queries import suggestions as asking
from scheduling.services import suggestions
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff import ensure_role, pages
from scheduling.wording.kinds import kind_name

TEAM = (StaffRole.LEADER, StaffRole.OFFICE, StaffRole.DIRECTOR)


class SuggestionsForm(FlaskForm):
    lines = TextAreaField(
        _("Onderwerpen, één per regel"),
        description=_("Kort en open. Ruimte voor wat het gezin zelf wil, staat er altijd bij."),
    )


def _refused(error: Invalid) -> ResponseReturnValue:
    return _page(faulted(SuggestionsForm(), error)), 422


@pages.get("/suggestions", endpoint="suggestions")
def show() -> str:
    """The list of one kind and year group."""
    ensure_role(*TEAM)
    lines = asking.suggestions_of(_kind(), _level())
    return _page(SuggestionsForm(formdata=None, data={"lines": "\n".join(lines)}))


@pages.post("/suggestions", endpoint="write_suggestions")
@answers(Invalid, with_=_refused)
def write() -> ResponseReturnValue:
    """Keep the list."""
    ensure_role(*TEAM)
    form = SuggestionsForm()
    suggestions.write(kind=_kind(), year_level=_level(), text=form.lines.data or "", by=g.actor, now=now())
    return redirect(url_for("staff.suggestions", kind=_kind().value, level=_level(), done="kept"), code=303)


def _page(form: FlaskForm) -> str:
    return render_template(
        "staff/suggestions.html", form=form, kind=_kind(), level=_level(), kinds=RoundKind, kind_name=kind_name,
        levels=asking.year_levels(now()), written=asking.written_lists(), done=request.args.get("done", ""),
        comfortable=COMFORTABLE, lines=asking.suggestions_of(_kind(), _level()),
    )  # fmt: skip


def _kind() -> RoundKind:
    wanted = request.args.get("kind", "")
    return RoundKind(wanted) if wanted in list(RoundKind) else RoundKind.START_CONVERSATION


def _level() -> str:
    wanted = request.args.get("level", "")
    return wanted if wanted in asking.year_levels(now()) else ""
