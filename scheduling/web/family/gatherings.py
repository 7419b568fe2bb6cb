"""A gathering to which a home is invited: does it come, and with how many?"""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField

from scheduling.domain.errors import Refused
from scheduling.domain.gathering_topics import COLLECTS
from scheduling.domain.gatherings import (
    Answer,
    Coming,
    GatheringFull,
    GatheringOver,
    MoreInChildcare,
    NobodyComes,
    NoChildcareHere,
    TooManyPeople,
)
from scheduling.queries import family_year as asking
from scheduling.queries.gathering_agendas import agenda_at
from scheduling.queries.gatherings import HomeGathering
from scheduling.services import gatherings
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.wording import year_plans as words
from scheduling.wording.gatherings import coming_sentence
from scheduling.wording.refusals import sentence

NUMBERS = ("adults", "children", "in_childcare")


class AnswerForm(FlaskForm):
    """Who of a home come. What is left empty is nobody."""

    coming = RadioField(_l("Komt u?"), validate_choice=False)
    adults = StringField(_l("Hoeveel volwassenen?"))
    children = StringField(_l("Hoeveel kinderen?"))
    in_childcare = StringField(_l("Hoeveel kinderen gaan naar de opvang?"))
    shows_names = BooleanField(_l("Andere gezinnen die komen, mogen onze voornamen zien"))

    def fit(self, gathering: HomeGathering) -> "AnswerForm":
        """What can be said of this gathering, and what the home said before."""
        self.coming.choices = [
            (Coming.YES.value, _("Ja, wij komen")), (Coming.PERHAPS.value, _("Misschien")),
            (Coming.NO.value, _("Nee, wij komen niet")),
        ]  # fmt: skip
        said = gathering.answer or asking.usual_of(gathering)
        if not self.is_submitted():
            self.coming.data = gathering.answer.coming.value if gathering.answer else None
            self.shows_names.data = said.shows_names
            for name in NUMBERS:
                self[name].data = str(getattr(said, name) or "")
        if not gathering.details.childcare:
            del self.in_childcare
        return self

    def is_clear(self) -> bool:
        """Is it said whether they come, and is every number one? What is not stands beside its field."""
        if self.coming.data not in set(Coming):
            self.coming.errors = [_("Kies of u komt.")]
        for name in NUMBERS:
            if name in self and _number(self[name].data) is None:
                self[name].errors = [_("Vul een heel getal in, of laat het leeg.")]
        return not self.errors

    @property
    def answer(self) -> Answer:
        numbers = {name: _number(self[name].data) or 0 for name in NUMBERS if name in self}
        return Answer(Coming(self.coming.data), shows_names=bool(self.shows_names.data), **numbers)


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
    form = AnswerForm().fit(found)
    if not form.is_clear():
        return _page(gathering_id, form=form), 422
    gatherings.answer(planned_id=gathering_id, wisher=found.wisher, answer=form.answer, by=g.actor, now=now())
    return redirect(url_for("family.gathering", gathering_id=gathering_id, home=_home(), done="said"), code=303)


def _home() -> int | None:
    """Which of two own homes an address is about; None for who has one."""
    return request.args.get("home", type=int)


def _page(
    gathering_id: int, error: Refused | None = None, *, form: AnswerForm | None = None, field: str = "", done: str = "",
    note: str = "",
) -> str:  # fmt: skip
    found = asking.the_gathering(g.actor, gathering_id, _home(), now())
    form = form or AnswerForm().fit(found)
    return render_template(
        "family/gathering.html", gathering=found, form=faulted(form, error, field) if error else form, done=done,
        note=note, home=_home(), words=words, said=coming_sentence, agenda=agenda_at(gathering_id),
        collects=found.line.planned.kind in COLLECTS,
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    """The number that was typed; empty is nobody, anything else no number."""
    typed = (text or "").strip()
    if not typed:
        return 0
    return int(typed) if typed.isdecimal() and len(typed) < 4 else None
