"""Who comes to a gathering, home by home; and writing down what a home says on paper or on the phone."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.queries import gathering_lists as lists
from scheduling.services import gatherings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.gathering_answers import AnswerForm
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.gatherings import ONE, show
from scheduling.web.staff.office.wishes import kind_of, wisher_of
from scheduling.wording.gatherings import coming_name
from scheduling.wording.refusals import sentence

HOME = f"{ONE}/homes/<any(home,pupil):of>/<int:wisher_id>"


class HomeAnswerForm(AnswerForm):
    """What a home says on paper or on the phone."""

    coming = RadioField(_("Komt dit gezin?"), validate_choice=False)
    adults = StringField(_("Volwassenen"))
    children = StringField(_("Kinderen"))
    in_childcare = StringField(_("Kinderen naar de opvang"))
    shows_names = BooleanField(_("Andere gezinnen mogen hun voornamen zien"))


@pages.get(f"{ONE}/homes")
def gathering_homes(planned_id: int) -> str:
    """Every home: what it said, or to fill in what it says on paper or on the phone."""
    found = lists.office_gathering(planned_id, now())
    return show(
        "staff/office/gathering_homes.html", found, guardians=lists.guardians_of(found.page.homes), of=kind_of,
        coming_name=coming_name, done=request.args.get("done", ""),
    )  # fmt: skip


def _page(
    planned_id: int, of: str, wisher_id: int, error: Refused | None = None, *, form: AnswerForm | None = None,
    note: str = "",
) -> str:  # fmt: skip
    found = lists.office_gathering(planned_id, now())
    home = lists.home_of(found.page, wisher_of(of, wisher_id))
    form = form or HomeAnswerForm().fit(coming_name, found.page.details, home.answer)
    return show(
        "staff/office/gathering_home.html", found, home=home, guardians=lists.guardians_of([home]), of=of,
        wisher_id=wisher_id, form=faulted(form, error) if error else form, note=note,
    )  # fmt: skip


def _bad_answer(error: Invalid, planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(planned_id, of, wisher_id, error), 422


def _no_answer(error: Conflict, planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(planned_id, of, wisher_id, note=sentence(error)), 409


@pages.get(HOME)
def gathering_home(planned_id: int, of: str, wisher_id: int) -> str:
    """One home: what it said."""
    return _page(planned_id, of, wisher_id)


@pages.post(HOME)
@answers(Invalid, with_=_bad_answer)
@answers(Conflict, with_=_no_answer)
def answer_for_home(planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """Keep what this home said on paper or on the phone."""
    page, wisher = lists.office_gathering(planned_id, now()).page, wisher_of(of, wisher_id)
    form = HomeAnswerForm().fit(coming_name, page.details, lists.home_of(page, wisher).answer)
    if not form.is_clear():
        return _page(planned_id, of, wisher_id, form=form), 422
    gatherings.answer(planned_id=planned_id, wisher=wisher, answer=form.answer, by=g.actor, now=now())
    return redirect(url_for("office.gathering_homes", planned_id=planned_id, done="answered"), code=303)
