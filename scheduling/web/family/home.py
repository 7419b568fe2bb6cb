"""All own children and their talks on one page."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.rounds import TimesChanged
from scheduling.domain.timeslots import local
from scheduling.queries import evening_choices, family, requests, retention, swaps, wishes
from scheduling.queries.aftercare import worded_of
from scheduling.queries.buddies import is_asked as asks_for_buddy
from scheduling.queries.contact_parents import is_asked
from scheduling.queries.family import TalkState
from scheduling.queries.family_year import home_now
from scheduling.queries.plans import HomePlan, PlanBefore, family_plans, has_agreements, plans_before
from scheduling.queries.single_talks import Single, of_family
from scheduling.queries.support import of_family as meetings_of
from scheduling.queries.waiting import freed_for
from scheduling.services import bookings, links
from scheduling.web import questionnaires, security
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import VISIT, pages
from scheduling.web.kinds import name_on_page
from scheduling.wording import year_plans as words
from scheduling.wording.gatherings import coming_sentence
from scheduling.wording.plans import form_name
from scheduling.wording.refusals import sentence

SEEN = re.compile(r"(?P<talk>\d{1,9})@(?P<at>\d{1,11})")
"""A talk, and the time that the family saw, in seconds."""


def changed(error: TimesChanged) -> ResponseReturnValue:
    """A time changed while the family was reading: the page as it is now."""
    return _home(why=sentence(error)), 409


@pages.get("/")
def home() -> ResponseReturnValue:
    return _home(done=request.args.get("done", ""))


@pages.post("/confirm")
@answers(TimesChanged, with_=changed)
def confirm_all() -> ResponseReturnValue:
    """Yes to every time on the page at once."""
    seen = [SEEN.fullmatch(value) for value in request.form.getlist("talk")]
    times = {int(one["talk"]): datetime.fromtimestamp(int(one["at"]), UTC) for one in seen if one}
    bookings.confirm_all(seen=times, by=g.actor, now=now())
    return redirect(url_for("family.home", done="all" if times else None), code=303)


@pages.get("/kept")
def kept() -> ResponseReturnValue:
    """What the house keeps of this person, and until when."""
    return render_template("family/kept.html", kept=retention.kept_of(g.actor, now()))


@pages.post("/leave")
def leave() -> ResponseReturnValue:
    """End the visit on this device; the link itself stays good, and the next page says so."""
    links.leave(session.get(VISIT, ""), now())
    security.leave()
    return redirect(url_for("family.home"), code=303)


def _home(*, done: str = "", why: str = "") -> str:
    moment = now()
    mine = family.family_of(g.actor, moment)
    asked = wishes.asked_rounds(g.actor, mine.year.id, moment)
    past = [talk for talk in mine.talks if talk.state is TalkState.PAST]
    worded = worded_of([talk.booking_id for talk in past if talk.booking_id])
    plans = family_plans(g.person, mine.year.id, today=local(moment).date()) if has_agreements(g.person) else ()
    singles = [one for one in of_family(g.actor, moment) if _is_worth_a_line(one, moment)]
    meetings = meetings_of(g.actor, moment)
    return render_template(
        "family/home.html",
        family=mine,
        swaps=swaps.at_home(g.actor, mine, moment),
        wishes=[one for one in asked if not one.teachers],
        freed=freed_for(g.actor, moment),
        to_choose=evening_choices.evenings_to_choose(g.actor, mine.year.id, moment),
        more_evenings=requests.evenings_after(g.actor, mine.year.id, moment),
        evenings=[(one, requests.family_page(g.actor, one.round_id, moment)) for one in asked if one.teachers],
        plans=[row for row in plans if row.plan],
        plans_before=_before(plans, mine.year.id),
        form_name=form_name,
        singles=singles,
        meetings=meetings,
        now_at_home=home_now(g.actor, mine, singles, meetings, session.get(VISIT, ""), moment),
        year_words=words,
        coming=coming_sentence,
        asked_as_contact=is_asked(g.actor),
        asked_buddy=asks_for_buddy(g.actor, mine.year.id, local(moment).date()),
        asked_opinion=questionnaires.turn(mine.year.id).asks,
        kind_name=name_on_page,
        afterwards=[talk for talk in past if talk.booking_id in worded],
        now=moment,
        done=done,
        why=why,
    )


def _is_worth_a_line(single: Single, now: datetime) -> bool:
    """What asks an answer or is to come; and what was agreed in a talk that was."""
    return single.is_open or (single.span is not None and not single.is_off)


def _before(plans: Sequence[HomePlan], year_id: int) -> list[tuple[HomePlan, PlanBefore]]:
    """What was agreed in an earlier year with a home that has no agreement yet this year."""
    without = [row for row in plans if row.plan is None]
    known = plans_before([row.pupil.id for row in without], year_id) if without else {}
    found = [(row, known.get((row.pupil.id, row.home.household_id))) for row in without]
    return [(row, before) for row, before in found if before is not None]
