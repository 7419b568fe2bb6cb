"""A gathering to which a home is invited: does it come, and with how many?"""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField

from scheduling.domain.errors import Refused
from scheduling.domain.gathering_topics import COLLECTS
from scheduling.domain.gatherings import (
    Coming,
    GatheringFull,
    GatheringOver,
    MoreInChildcare,
    NobodyComes,
    NoChildcareHere,
    TooManyPeople,
)
from scheduling.domain.links import HolderKind
from scheduling.queries import family_year as asking
from scheduling.queries.gathering_agendas import agenda_at
from scheduling.queries.gatherings import HomeGathering
from scheduling.services import gatherings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.web.gathering_answers import AnswerForm
from scheduling.wording import year_plans as words
from scheduling.wording.gathering_pages import facilities
from scheduling.wording.gatherings import coming_sentence
from scheduling.wording.refusals import sentence


class OwnAnswerForm(AnswerForm):
    """Who of the own home come."""

    coming = RadioField(_l("Komt u?"), validate_choice=False)
    adults = StringField(_l("Hoeveel volwassenen?"))
    children = StringField(_l("Hoeveel kinderen?"))
    in_childcare = StringField(_l("Hoeveel kinderen gaan naar de opvang?"))
    shows_names = BooleanField(_l("Andere gezinnen die komen, mogen onze voornamen zien"))


def _not_so(error: Refused, gathering_id: int) -> ResponseReturnValue:
    return _page(gathering_id, error), 422


def _over(error: Refused, gathering_id: int) -> ResponseReturnValue:
    return _page(gathering_id, note=sentence(error)), 409


def _full(error: GatheringFull, gathering_id: int) -> ResponseReturnValue:
    return _page(gathering_id, error, field="adults"), 409


@pages.get("/gatherings/<int:gathering_id>")
def gathering(gathering_id: int) -> str:
    """What it is, when and where, and what the own home said."""
    return _page(gathering_id, done=request.args.get("done", ""))


@pages.post("/gatherings/<int:gathering_id>")
@answers(GatheringFull, with_=_full)
@answers(GatheringOver, with_=_over)
@answers(NobodyComes, with_=_not_so)
@answers(TooManyPeople, with_=_not_so)
@answers(MoreInChildcare, with_=_not_so)
@answers(NoChildcareHere, with_=_not_so)
def answer_gathering(gathering_id: int) -> ResponseReturnValue:
    """Yes, perhaps or no; every answer is a good one, and can be changed until it begins."""
    found = asking.the_gathering(g.actor, gathering_id, _home(), now())
    form = _form(found)
    if not form.is_clear():
        return _page(gathering_id, form=form), 422
    gatherings.answer(planned_id=gathering_id, wisher=found.wisher, answer=form.answer, by=g.actor, now=now())
    return redirect(url_for("family.gathering", gathering_id=gathering_id, home=_home(), done="said"), code=303)


def _form(gathering: HomeGathering) -> AnswerForm:
    return OwnAnswerForm().fit(_own_name, gathering.details, gathering.answer, asking.usual_of(gathering))


def _own_name(coming: Coming) -> str:
    """An answer, as a home says it of itself."""
    return {
        Coming.YES: _("Ja, wij komen"), Coming.PERHAPS: _("Misschien"), Coming.NO: _("Nee, wij komen niet"),
    }[coming]  # fmt: skip


def _home() -> int | None:
    """Which of two own homes an address is about; None for who has one."""
    return request.args.get("home", type=int)


def _page(
    gathering_id: int, error: Refused | None = None, *, form: AnswerForm | None = None, field: str = "", done: str = "",
    note: str = "",
) -> str:  # fmt: skip
    found = asking.the_gathering(g.actor, gathering_id, _home(), now())
    form = form or _form(found)
    return render_template(
        "family/gathering.html", gathering=found, form=faulted(form, error, field) if error else form, done=done,
        note=note, home=_home(), words=words,
        facilities=facilities(found.details, to="pupil" if g.person.kind is HolderKind.PUPIL else "parent"),
        said=coming_sentence, agenda=agenda_at(gathering_id),
        collects=found.line.planned.kind in COLLECTS,
    )  # fmt: skip
