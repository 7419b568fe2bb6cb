"""Who comes to a gathering, home by home; and writing down what a home says on paper or on the phone."""

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import Optional

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.gatherings import Answer, Coming
from scheduling.queries import gathering_lists as lists
from scheduling.services import gatherings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.gatherings import ONE, show
from scheduling.web.staff.office.requests import wisher_of
from scheduling.web.staff.office.wishes import kind_of
from scheduling.wording.gatherings import coming_name
from scheduling.wording.refusals import sentence

HOME = f"{ONE}/homes/<any(home,pupil):of>/<int:wisher_id>"


class AnswerForm(FlaskForm):
    """What a home says on paper or on the phone."""

    coming = RadioField(_("Komt dit gezin?"))
    adults = IntegerField(_("Volwassenen"), validators=[Optional()])
    children = IntegerField(_("Kinderen"), validators=[Optional()])
    in_childcare = IntegerField(_("Kinderen naar de opvang"), validators=[Optional()])
    shows_names = BooleanField(_("Andere gezinnen mogen hun voornamen zien"))

    @classmethod
    def new(cls, answer: Answer | None = None, *, filled: bool = True) -> "AnswerForm":
        """The form as it was posted, or with what the home said before."""
        form = cls() if filled else cls(formdata=None, obj=answer)
        form.coming.choices = [(one.value, coming_name(one)) for one in Coming]
        if not filled:
            form.coming.data = answer.coming.value if answer else None
        return form

    @property
    def answer(self) -> Answer:
        return Answer(
            Coming(self.coming.data), adults=self.adults.data or 0, children=self.children.data or 0,
            in_childcare=self.in_childcare.data or 0, shows_names=bool(self.shows_names.data),
        )  # fmt: skip


@pages.get(f"{ONE}/homes")
def gathering_homes(planned_id: int) -> str:
    """Every home: what it said, or to fill in what it says on paper or on the phone."""
    found = lists.office_gathering(planned_id, now())
    return show(
        "staff/office/gathering_homes.html", found, guardians=lists.guardians_of(found.page.homes), of=kind_of,
        coming_name=coming_name, done=request.args.get("done", ""),
    )  # fmt: skip


def _page(planned_id: int, of: str, wisher_id: int, form: AnswerForm | None = None, note: str = "") -> str:
    found = lists.office_gathering(planned_id, now())
    home = lists.home_of(found.page, wisher_of(of, wisher_id))
    return show(
        "staff/office/gathering_home.html", found, home=home, guardians=lists.guardians_of([home]), of=of,
        wisher_id=wisher_id, form=form or AnswerForm.new(home.answer, filled=False), note=note,
    )  # fmt: skip


def _bad_answer(error: Invalid, planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(planned_id, of, wisher_id, faulted(AnswerForm.new(), error)), 422


def _no_answer(error: Conflict, planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(planned_id, of, wisher_id, AnswerForm.new(), sentence(error)), 409


@pages.get(HOME)
def gathering_home(planned_id: int, of: str, wisher_id: int) -> str:
    """One home: what it said."""
    return _page(planned_id, of, wisher_id)


@pages.post(HOME)
@answers(Invalid, with_=_bad_answer)
@answers(Conflict, with_=_no_answer)
def answer_for_home(planned_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """Keep what this home said on paper or on the phone."""
    form, wisher = AnswerForm.new(), wisher_of(of, wisher_id)
    if not form.validate():
        return _page(planned_id, of, wisher_id, form), 422
    gatherings.answer(planned_id=planned_id, wisher=wisher, answer=form.answer, by=g.actor, now=now())
    return redirect(url_for("office.gathering_homes", planned_id=planned_id, done="answered"), code=303)
