"""What families said about an evening for the whole group, and putting it in the plan in the period they want."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from scheduling.domain.errors import Refused
from scheduling.domain.information_poll import NoDayFits, NothingWanted, WantedPeriod
from scheduling.domain.people import Sector
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import PlannedKind
from scheduling.formats.sheets import Sheet
from scheduling.queries import years
from scheduling.queries.information_poll import InformationPoll, PollRow, information_poll
from scheduling.queries.school import find_school
from scheduling.services import year_plans
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.lists import group_title
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.lists import shelf
from scheduling.wording import plans as plan_words
from scheduling.wording import year_plans as words
from scheduling.wording.sentences import at_start


class MomentForm(FlaskForm):
    """For whom, and when."""

    classes = SelectField(_("Voor wie?"), validate_choice=False)
    period = RadioField(_("In welke periode?"), validate_choice=False)

    def fit(self, poll: InformationPoll) -> "MomentForm":
        """Whoever wants it, and how many chose each period."""
        self.classes.choices = [(row.key, _who(row)) for row in poll.wanted]
        self.period.choices = [
            (period.value, plan_words.period_with_homes(period.value, poll.periods[period.value]))
            for period in WantedPeriod
        ]
        return self


def _refused(error: Refused) -> ResponseReturnValue:
    poll = _poll()
    return _page(poll, faulted(MomentForm().fit(poll), error, "period")), 422


@pages.get("/year/poll", endpoint="information_poll")
def show() -> str:
    """Per class, per year and for the whole school."""
    poll = _poll()
    return _page(
        poll, MomentForm(formdata=None, data={"period": poll.favourite.value} if poll.wanted else {}).fit(poll)
    )


@pages.post("/year/poll", endpoint="plan_from_poll")
@answers(NothingWanted, with_=_refused)
@answers(NoDayFits, with_=_refused)
def plan() -> ResponseReturnValue:
    """An evening that suits, in the period that was chosen."""
    poll, form = _poll(), MomentForm()
    row = next((row for row in poll.wanted if row.key == form.classes.data), None)
    if row is None or form.period.data not in set(WantedPeriod):
        raise NothingWanted
    groups = row.class_ids if row.name else ()
    made = year_plans.add_within(
        year=poll.year, kind=PlannedKind.INFORMATION_MOMENT, groups=groups, period=WantedPeriod(form.period.data),
        by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("office.year_plan", year=poll.year.label, added=1, _anchor=f"d{made}"), code=303)


@shelf.add("information_poll")
def _list() -> Sheet:
    """The same for who works it out further."""
    poll = _poll()
    periods = [*(period.value for period in WantedPeriod), *poll.other_periods]
    header = (
        group_title(), gettext("Gezinnen"), gettext("Ja"), gettext("Misschien"), gettext("Nee"),
        gettext("Nog niet besproken"), *(at_start(plan_words.period_name(period)) for period in periods),
    )  # fmt: skip
    rows = [
        (_who(row), row.homes, row.yes, row.maybe, row.no, row.silent, *(row.periods[period] for period in periods))
        for row in poll.rows
    ]
    return Sheet(gettext("Peiling informatiemoment %(label)s", label=poll.year.label), header, rows)


def _poll() -> InformationPoll:
    today = local(now()).date()
    return information_poll(years.the_year(request.args.get("year") or request.form.get("year"), today), today)


def _who(row: PollRow) -> str:
    if row.is_grade:
        return gettext("leerjaar %(year)s", year=row.name)
    school = find_school()
    return words.groups_text((row.name,) if row.name else (), school.sector if school else Sector.PRIMARY)


def _page(poll: InformationPoll, form: FlaskForm) -> str:
    return render_template(
        "staff/office/information_poll.html", poll=poll, form=form, words=words, plan_words=plan_words, who=_who,
        periods=[*(period.value for period in WantedPeriod), *poll.other_periods],
    )  # fmt: skip
