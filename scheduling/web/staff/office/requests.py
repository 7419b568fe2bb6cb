"""A contact evening: whom families want to speak, what the school lets them ask, and writing down what they say."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.requests import AskingRules, RequestsOver, RuleOutOfRange, Some
from scheduling.queries import requests as asking
from scheduling.services import requests
from scheduling.services.requests import Said
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.requests import as_typed, lengths_of, said_in
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.wishes import kind_of, wisher_of
from scheduling.wording import requests as words
from scheduling.wording import wishes as time_words
from scheduling.wording.refusals import sentence

ONE = "/rounds/<int:round_id>/requests/<any(home,pupil):of>/<int:wisher_id>"
NUMBER = InputRequired(_("Vul een getal in."))


class RulesForm(FlaskForm):
    """What the school lets families ask."""

    most_per_child = IntegerField(_("Hoogstens zoveel gesprekken per kind"), validators=[NUMBER])
    double_allowed = BooleanField(_("Gezinnen mogen dubbele tijd vragen"))
    answer_hours = IntegerField(
        _("Zoveel uur bedenktijd bij een tijd die vrijkomt"),
        validators=[NUMBER],
        description=_("Zo lang houden wij die tijd vast voor het gezin dat wacht."),
    )

    def rules(self) -> AskingRules:
        return AskingRules(self.most_per_child.data or 0, bool(self.double_allowed.data), self.answer_hours.data or 0)


def _out_of_range(error: RuleOutOfRange, round_id: int) -> ResponseReturnValue:
    return _index(round_id, form=faulted(RulesForm(), error)), 422


@pages.get("/rounds/<int:round_id>/requests", endpoint="requests")
def index(round_id: int) -> str:
    """Every home of a contact evening: what it asked, or how it can be asked."""
    return _index(round_id)


@pages.post("/rounds/<int:round_id>/requests", endpoint="set_request_rules")
@answers(RuleOutOfRange, with_=_out_of_range)
def set_rules(round_id: int) -> ResponseReturnValue:
    """What families may ask from now on."""
    form = RulesForm()
    if not form.validate_on_submit():
        return _index(round_id, form=form), 422
    requests.set_rules(round_id=round_id, rules=form.rules(), by=g.actor, now=now())
    return redirect(url_for("office.requests", round_id=round_id, done="rules"), code=303)


def _unclear(error: Invalid, round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(round_id, of, wisher_id, fault=sentence(error), typed=said_in(request.form)), 422


def _over(error: Refused, round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    return _page(round_id, of, wisher_id, note=sentence(error)), 409


@pages.get(ONE, endpoint="requests_of")
def show(round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """What one home asked, to fill in or change."""
    if asking.chooses_here(round_id):
        return redirect(url_for("office.choose_evening", round_id=round_id, of=of, wisher_id=wisher_id), code=303)
    return _page(round_id, of, wisher_id, done=request.args.get("done", ""))


@pages.post(ONE, endpoint="say_requests")
@answers(Invalid, with_=_unclear)
@answers(RequestsOver, with_=_over)
def say(round_id: int, of: str, wisher_id: int) -> ResponseReturnValue:
    """Keep what this home says."""
    wisher = wisher_of(of, wisher_id)
    requests.say_for(round_id=round_id, wisher=wisher, said=said_in(request.form), by=g.actor, now=now())
    return redirect(
        url_for("office.requests_of", round_id=round_id, of=of, wisher_id=wisher_id, done="saved"), code=303
    )


def _index(round_id: int, *, form: RulesForm | None = None) -> str:
    asked = request.args.get("which", "")
    page = asking.round_requests(round_id, now())
    return render_template(
        "staff/office/requests.html", page=page, form=form or RulesForm(obj=page.rules), of=kind_of, words=words,
        choices=Some, chosen=Some(asked) if asked in list(Some) else Some.ALL, done=request.args.get("done", ""),
    )  # fmt: skip


def _page(
    round_id: int, of: str, wisher_id: int, *, done: str = "", note: str = "", fault: str = "",
    typed: Said | None = None,
) -> str:  # fmt: skip
    page = asking.office_page(round_id, wisher_of(of, wisher_id), now())
    return render_template(
        "staff/office/requests_of.html", page=as_typed(page, typed) if typed else page, words=words,
        lengths=lengths_of(page),
        time_words=time_words, of=of, wisher_id=wisher_id, done=done, note=note, fault=fault,
    )  # fmt: skip
