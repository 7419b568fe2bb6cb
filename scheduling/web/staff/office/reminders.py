"""Reminders that go by themselves: the office sets which, and sees who gets what when."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField

from scheduling.domain.errors import Invalid
from scheduling.domain.reminders import FIRST_HOUR, LAST_HOUR, LEAST, MOST, Rule
from scheduling.queries import reminders as asking
from scheduling.services import reminders
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording import reminders as words

PAGE = "/rounds/<int:round_id>/reminders"


class RuleForm(FlaskForm):
    """Which reminders go by themselves."""

    halfway = BooleanField(_("Halverwege, aan wie nog geen antwoord gaf"))
    last_day = BooleanField(_("Op de laatste dag, aan wie nog geen antwoord gaf"))
    day_before = BooleanField(_("De dag voor het gesprek, aan wie komt"))
    most = SelectField(
        _("Hoogstens zoveel per gezin"), coerce=int, validate_choice=False,
        choices=[SelectChoice(number, str(number)) for number in range(LEAST, MOST + 1)],
        description=_("Wat u zelf als herinnering verstuurt, telt mee."),
    )  # fmt: skip
    hour = SelectField(
        _("Vanaf welk uur"), coerce=int, validate_choice=False,
        choices=[SelectChoice(hour, f"{hour}.00") for hour in range(FIRST_HOUR, LAST_HOUR)],
    )  # fmt: skip

    def rule(self) -> Rule:
        return Rule(
            bool(self.halfway.data), bool(self.last_day.data), bool(self.day_before.data), self.most.data or 0,
            self.hour.data or 0,
        )  # fmt: skip


def _refused(error: Invalid, round_id: int) -> ResponseReturnValue:
    return _page(round_id, faulted(RuleForm(), error)), 422


@pages.get(PAGE, endpoint="reminders")
def index(round_id: int) -> str:
    """What is set, what comes for whom, and what went."""
    return _page(round_id)


@pages.post(PAGE, endpoint="set_reminders")
@answers(Invalid, with_=_refused)
def set_rule(round_id: int) -> ResponseReturnValue:
    """Keep what goes by itself."""
    reminders.set_rule(round_id=round_id, rule=RuleForm().rule(), by=g.actor, now=now())
    return redirect(url_for("office.reminders", round_id=round_id, done="kept"), code=303)


def _page(round_id: int, form: RuleForm | FlaskForm | None = None) -> str:
    page = asking.page_of(round_id, now())
    return render_template(
        "staff/office/reminders.html", page=page, form=form or RuleForm(formdata=None, obj=page.rule), words=words,
        done=request.args.get("done", ""), today=now(),
    )  # fmt: skip
