"""What the family and the school agree about keeping contact; its yes, its own wish, and a visit at home."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.links import HolderKind
from scheduling.domain.plans import (
    OTHER_FORMS,
    HomeVisitNotAsked,
    HomeVisitStillAsked,
    NewerVersion,
    NoFormChosen,
    NothingSaid,
    TooManyWords,
)
from scheduling.domain.timeslots import local
from scheduling.queries import plans as asking
from scheduling.queries.moments import on_the_calendar
from scheduling.services import plans
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording import moments as moment_words
from scheduling.wording import plans as words
from scheduling.wording.refusals import sentence

AGREE, OTHER = "agree", "other"
WELCOME, KEEP = "welcome", "keep"


def _gone(error: HomeVisitNotAsked | NewerVersion, plan_id: int) -> ResponseReturnValue:
    return _show(plan_id, note=sentence(error)), 409


def _nothing(_error: NoFormChosen | HomeVisitStillAsked, plan_id: int) -> ResponseReturnValue:
    return _show(plan_id, fault=_("Kies wat u het prettigst vindt.")), 422


def _unworded(error: NothingSaid | TooManyWords, plan_id: int) -> ResponseReturnValue:
    return _show(plan_id, words_fault=sentence(error), typed=request.form.get("wish", "")), 422


@pages.get("/plans/<int:plan_id>")
def show_plan(plan_id: int) -> str:
    """One agreement of the own home."""
    return _show(plan_id)


@pages.post("/plans/<int:plan_id>")
@answers(HomeVisitNotAsked, with_=_gone)
@answers(NewerVersion, with_=_gone)
@answers(NoFormChosen, with_=_nothing)
@answers(HomeVisitStillAsked, with_=_nothing)
@answers(NothingSaid, with_=_unworded)
@answers(TooManyWords, with_=_unworded)
def answer_plan(plan_id: int) -> ResponseReturnValue:
    """Fine like this, or something else, or what suits better than a visit at home: every answer is a good one."""
    chosen = request.form.get("answer", "")
    seen = request.form.get("seen", 0, type=int)
    if chosen == AGREE:
        plans.confirm(plan_id=plan_id, seen_version=seen, person=g.person, by=g.actor, now=now())
    elif chosen == OTHER:
        own = request.form.get("wish", "")
        plans.wish_other(plan_id=plan_id, seen_version=seen, words=own, person=g.person, by=g.actor, now=now())
    elif chosen == WELCOME:
        plans.welcome_home_visit(plan_id=plan_id, seen_version=seen, person=g.person, by=g.actor, now=now())
    elif chosen == KEEP or chosen in OTHER_FORMS:
        instead = next((form for form in OTHER_FORMS if form == chosen), None)
        plans.choose_instead(
            plan_id=plan_id, seen_version=seen, person=g.person, instead=instead, by=g.actor, now=now()
        )
    else:
        asking.family_plan(g.person, plan_id, today=local(now()).date())
        raise NoFormChosen
    done = OTHER if chosen == OTHER else "answered"
    return redirect(url_for("family.show_plan", plan_id=plan_id, done=done), code=303)


def _show(plan_id: int, *, fault: str = "", words_fault: str = "", note: str = "", typed: str = "") -> str:
    row = asking.family_plan(g.person, plan_id, today=local(now()).date())
    kept = {term.form for term in row.plan.terms} if row.plan else set()
    moments = row.plan.moments if row.plan else ()
    return render_template(
        "family/plan.html",
        row=row,
        resolved=on_the_calendar(moments, row.pupil.year_id),
        moment_words=moment_words,
        tells_reason=True,
        to_pupil=g.person.kind is HolderKind.PUPIL,
        plan=row.plan,
        steps=asking.history(row.plan) if row.plan else (),
        others=[form for form in OTHER_FORMS if form not in kept],
        words=words,
        fault=fault,
        words_fault=words_fault,
        note=note,
        typed=typed,
    )
