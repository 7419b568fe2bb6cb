"""Pupils with two homes: one talk or two, kept apart or not, and a check before a talk is split or joined."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import InputRequired

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.homes import HomeTalks
from scheduling.domain.timeslots import local
from scheduling.queries import two_homes, years
from scheduling.services import homes as keeping
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording.homes import home_talks_name
from scheduling.wording.names import separated_parents_name
from scheduling.wording.refusals import sentence

USUAL = "usual"


class HomesForm(FlaskForm):
    """What this pupil's homes have this year."""

    talks = RadioField(_("Dit schooljaar"))
    keep_apart = BooleanField(
        _("Laat de twee huizen elkaar niet treffen"),
        description=_("Geldt ook voor de gesprekken van broers en zussen. Geen van beide huizen leest dit."),
    )
    apart_minutes = IntegerField(
        _("Zoveel minuten zitten er dan minstens tussen"), validators=[InputRequired(_("Vul een getal in."))]
    )

    @classmethod
    def new(cls, page: two_homes.HomesPage | None = None) -> "HomesForm":
        """The form as it was posted, or with what is kept now."""
        form = cls(formdata=None, data=_kept(page)) if page else cls()
        form.talks.choices = [(one or USUAL, home_talks_name(one)) for one in (None, *HomeTalks)]
        return form

    @property
    def minutes(self) -> int:
        return int(self.apart_minutes.data) if self.keep_apart.data else 0


def _kept(page: two_homes.HomesPage) -> dict[str, object]:
    minutes = page.apart_minutes or page.usual_minutes
    return {"talks": page.talks or USUAL, "keep_apart": page.apart_minutes > 0, "apart_minutes": minutes}


def _facts(pupil_id: int) -> two_homes.HomesPage:
    year = years.the_year(None, local(now()).date())
    return two_homes.homes_page(pupil_id, year.id, year.label, now=now())


def _page(pupil_id: int, form: HomesForm | None = None) -> str:
    facts = _facts(pupil_id)
    return render_template(
        "staff/office/homes.html", page=facts, form=form or HomesForm.new(facts),
        policy=separated_parents_name(facts.policy), done=request.args.get("done"),
    )  # fmt: skip


def _bad(error: Invalid, pupil_id: int) -> ResponseReturnValue:
    return _page(pupil_id, faulted(HomesForm.new(), error)), 422


@pages.get("/homes")
def all_homes() -> str:
    """Who waits for an answer about an own talk, and for whom something was arranged this year."""
    year = years.the_year(None, local(now()).date())
    return render_template(
        "staff/office/all_homes.html", year=year, wishes=two_homes.wishes_of(year.id),
        rows=two_homes.arrangements(year.id, now=now()), policy=separated_parents_name(two_homes.usual_policy()),
        talks_name=home_talks_name,
    )  # fmt: skip


@pages.get("/pupils/<int:pupil_id>/homes")
def homes(pupil_id: int) -> str:
    """What is arranged for this pupil's homes, and which talks differ from it."""
    return _page(pupil_id)


@pages.post("/pupils/<int:pupil_id>/homes")
@answers(Invalid, with_=_bad)
def arrange_homes(pupil_id: int) -> ResponseReturnValue:
    """Keep what the office chose; talks that stand stay until they are split or joined."""
    form = HomesForm.new()
    if not form.validate():
        return _page(pupil_id, form), 422
    keeping.arrange(
        pupil_id=pupil_id, year_id=_facts(pupil_id).year_id,
        talks=None if form.talks.data == USUAL else HomeTalks(form.talks.data),
        apart_minutes=form.minutes, by=g.actor, now=now(),
    )  # fmt: skip
    return _back(pupil_id, "saved")


@pages.post("/own-talks/<int:wish_id>")
def decide_own_talk(wish_id: int) -> ResponseReturnValue:
    """Each home a talk of its own, or one talk as it was."""
    accept = "accept" in request.form
    pupil_id = keeping.decide(wish_id=wish_id, accept=accept, by=g.actor, now=now())
    return _back(pupil_id, "accepted" if accept else "declined")


def _check(facts: two_homes.HomesPage, found: two_homes.StandingRound, note: str = "") -> str:
    times = two_homes.times_for(facts, found.round_id, now=now()) if found.is_joint else ()
    return render_template(
        "staff/office/homes_check.html", page=facts, round=found, times=times, note=note, chosen=request.form
    )


def _lost(error: Conflict, pupil_id: int, round_id: int) -> ResponseReturnValue:
    """A time was just taken, or somebody is elsewhere then: nothing changed, choose again."""
    facts = _facts(pupil_id)
    found = facts.find_round(round_id)
    return (_check(facts, found, sentence(error)), 409) if found else _back(pupil_id)


def _back(pupil_id: int, done: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("office.homes", pupil_id=pupil_id, done=done), code=303)


@pages.get("/pupils/<int:pupil_id>/homes/<int:round_id>")
def check_homes(pupil_id: int, round_id: int) -> ResponseReturnValue:
    """What splitting or joining would do, before it happens; back when somebody else did it meanwhile."""
    facts = _facts(pupil_id)
    found = facts.find_round(round_id)
    return _check(facts, found) if found else _back(pupil_id)


@pages.post("/pupils/<int:pupil_id>/homes/<int:round_id>/split")
@answers(Conflict, with_=_lost)
def split_talk(pupil_id: int, round_id: int) -> ResponseReturnValue:
    """Each home its own talk; letters go to both."""
    chosen = {home.household_id: request.form.get(f"slot-{home.household_id}", type=int) for home in _homes(pupil_id)}
    keeping.split(round_id=round_id, pupil_id=pupil_id, slots=chosen, by=g.actor, now=now())
    return _back(pupil_id, "split")


@pages.post("/pupils/<int:pupil_id>/homes/<int:round_id>/join")
@answers(Conflict, with_=_lost)
def join_talks(pupil_id: int, round_id: int) -> ResponseReturnValue:
    """One talk with both homes; letters go to both."""
    kept = request.form.get("keep", default=0, type=int)
    keeping.join(round_id=round_id, pupil_id=pupil_id, booking_id=kept, by=g.actor, now=now())
    return _back(pupil_id, "joined")


def _homes(pupil_id: int) -> tuple[two_homes.HomeNames, ...]:
    return _facts(pupil_id).homes
