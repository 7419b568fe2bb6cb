"""What the family and the school agreed about keeping contact; and the answer about a visit at home."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.plans import OTHER_FORMS, HomeVisitNotAsked, NoFormChosen
from scheduling.domain.timeslots import local
from scheduling.queries import plans as asking
from scheduling.services import plans
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording import plans as words
from scheduling.wording.refusals import sentence

WELCOME, KEEP = "welcome", "keep"


def _gone(error: HomeVisitNotAsked, plan_id: int) -> ResponseReturnValue:
    return _show(plan_id, note=sentence(error)), 409


def _nothing(_error: NoFormChosen, plan_id: int) -> ResponseReturnValue:
    return _show(plan_id, fault=_("Kies wat u het prettigst vindt.")), 422


@pages.get("/plans/<int:plan_id>")
def show_plan(plan_id: int) -> str:
    """One agreement of the own home."""
    return _show(plan_id)


@pages.post("/plans/<int:plan_id>")
@answers(HomeVisitNotAsked, with_=_gone)
@answers(NoFormChosen, with_=_nothing)
def answer_plan(plan_id: int) -> ResponseReturnValue:
    """A visit at home is welcome, or another form suits better: both are fine."""
    chosen = request.form.get("answer", "")
    if chosen == WELCOME:
        plans.welcome_home_visit(plan_id=plan_id, person=g.person, by=g.actor, now=now())
    elif chosen == KEEP or chosen in OTHER_FORMS:
        instead = next((form for form in OTHER_FORMS if form == chosen), None)
        plans.choose_instead(plan_id=plan_id, person=g.person, instead=instead, by=g.actor, now=now())
    else:
        asking.family_plan(g.person, plan_id, today=local(now()).date())
        raise NoFormChosen
    return redirect(url_for("family.show_plan", plan_id=plan_id, done="answered"), code=303)


def _show(plan_id: int, *, fault: str = "", note: str = "") -> str:
    row = asking.family_plan(g.person, plan_id, today=local(now()).date())
    kept = {term.form for term in row.plan.terms} if row.plan else set()
    return render_template(
        "family/plan.html",
        row=row,
        plan=row.plan,
        others=[form for form in OTHER_FORMS if form not in kept],
        words=words,
        fault=fault,
        note=note,
    )
