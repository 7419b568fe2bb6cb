"""A talk that is arranged with this family alone: choose a time, meet in another way, or say no; and ask for one."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.guests import Way
from scheduling.domain.rounds import FamilyBusy
from scheduling.domain.single_talks import LONGEST_SUBJECT, AnsweredAlready, LeaderBusy, Medium, NoLongerOffered
from scheduling.domain.topics import LanguageTooLong
from scheduling.queries import single_interpreters
from scheduling.queries import single_talks as asking
from scheduling.queries.aftercare import aftercare_of
from scheduling.services import single_talks, topics
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.family.topics import InterpreterForm, way_of
from scheduling.web.faults import faulted
from scheduling.web.kinds import name_on_page
from scheduling.wording.aftercare import action_by
from scheduling.wording.guests import way_for_family
from scheduling.wording.refusals import sentence
from scheduling.wording.sentences import at_start
from scheduling.wording.single_talks import medium_name, pupil_part_name

NONE, NO = "none", "no"


def _over(error: Refused, single_id: int) -> ResponseReturnValue:
    """Somebody was first, or the time is gone: how it stands now."""
    return _show(single_id, note=sentence(error)), 409


def _unclear_ask(error: Invalid) -> ResponseReturnValue:
    return _ask(fault=sentence(error)), 422


def _unclear_language_of_ask(error: LanguageTooLong) -> ResponseReturnValue:
    return _ask(language_fault=error), 422


def _unclear_language(error: LanguageTooLong, single_id: int) -> ResponseReturnValue:
    return _interpreter(single_id, error), 422


@pages.get("/conversations/<int:single_id>")
def single(single_id: int) -> str:
    """One such talk, as it stands now."""
    return _show(single_id)


@pages.post("/conversations/<int:single_id>")
@answers(AnsweredAlready, with_=_over)
@answers(NoLongerOffered, with_=_over)
@answers(LeaderBusy, with_=_over)
@answers(FamilyBusy, with_=_over)
def answer_single(single_id: int) -> ResponseReturnValue:
    """A time, another way to meet, none of these, or rather not: every answer is a good one."""
    found = asking.of_home(single_id, g.actor, now())
    said = request.form.get("answer", "")
    if said.isdecimal() and len(said) < 10:
        single_talks.choose(
            single_id=single_id, time_id=int(said), address=request.form.get("address", ""), by=g.actor, now=now()
        )
    elif said == NONE or said in found.instead:
        rather = None if said == NONE else Medium(said)
        single_talks.none_fits(single_id=single_id, rather=rather, by=g.actor, now=now())
    elif said == NO:
        single_talks.decline(single_id=single_id, by=g.actor, now=now())
    else:
        return _show(single_id, fault=_("Kies wat u het prettigst vindt.")), 422
    return redirect(url_for("family.single", single_id=single_id), code=303)


@pages.post("/conversations/<int:single_id>/cancel")
def cancel_single(single_id: int) -> ResponseReturnValue:
    """We cannot come after all."""
    single_talks.cancel(single_id=single_id, by=g.actor, now=now())
    return redirect(url_for("family.single", single_id=single_id), code=303)


@pages.get("/conversations/<int:single_id>/interpreter")
def single_interpreter(single_id: int) -> str:
    """Which interpreter this family would like at it."""
    return _interpreter(single_id)


@pages.post("/conversations/<int:single_id>/interpreter")
@answers(LanguageTooLong, with_=_unclear_language)
def ask_single_interpreter(single_id: int) -> ResponseReturnValue:
    """The language, and how; without a language none is needed."""
    form = InterpreterForm()
    topics.ask_interpreter_at(
        single_id=single_id, language=form.language.data or "", way=way_of(form.way.data), by=g.actor, now=now()
    )
    return redirect(url_for("family.single", single_id=single_id), code=303)


@pages.post("/conversations/<int:single_id>/interpreter/none")
def no_single_interpreter(single_id: int) -> ResponseReturnValue:
    """None is needed after all."""
    topics.ask_interpreter_at(single_id=single_id, language="", way=Way.ON_SITE, by=g.actor, now=now())
    return redirect(url_for("family.single", single_id=single_id), code=303)


@pages.get("/conversations/ask")
def ask_single() -> str:
    """Ask a talk about an own child."""
    return _ask()


@pages.post("/conversations/ask")
@answers(Invalid, with_=_unclear_ask)
@answers(LanguageTooLong, with_=_unclear_language_of_ask)
def send_ask() -> ResponseReturnValue:
    """The leader hears it, and proposes a time."""
    pupil_id, _at, leader_id = request.form.get("whom", "").partition("@")
    if not (pupil_id.isdecimal() and leader_id.isdecimal()):
        return _ask(fault=_("Kies over wie u wilt praten, en met wie.")), 422
    form = InterpreterForm()
    made = single_talks.ask(
        pupil_id=int(pupil_id[:9]), leader_id=int(leader_id[:9]), subject=request.form.get("subject", ""),
        language=form.language.data or "", way=way_of(form.way.data), by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("family.single", single_id=made), code=303)


def _show(single_id: int, *, fault: str = "", note: str = "") -> str:
    found = asking.of_home(single_id, g.actor, now())
    after = aftercare_of(found.booking_id) if found.booking_id else None
    return render_template(
        "family/single.html", talk=found, fault=fault, note=note, after=after, kind_name=name_on_page,
        medium_name=medium_name, pupil_part_name=pupil_part_name, action_by=action_by, now=now(),
        need=single_interpreters.own_need(found, g.actor, now()), way_for_family=way_for_family,
        gone=single_interpreters.gone_for_interpreter(found),
    )  # fmt: skip


def _interpreter(single_id: int, error: LanguageTooLong | None = None) -> str:
    found = asking.of_home(single_id, g.actor, now())
    if found.is_over(now()):
        raise NotFound
    need = single_interpreters.own_need(found, g.actor, now())
    form = InterpreterForm(data={"language": need.language, "way": need.way.value})
    if found.medium is Medium.HOME:
        form.way.choices = [(way.value, at_start(way_for_family(way, at_home=True))) for way in Way]
    if error:
        faulted(form, error)
    return render_template("family/single_interpreter.html", talk=found, need=need, form=form, now=now())


def _ask(*, fault: str = "", language_fault: LanguageTooLong | None = None) -> str:
    children = asking.askable(g.actor, now())
    language, way = single_interpreters.language_before(g.actor, dict.fromkeys(one.pupil_id for one in children), now())
    form = InterpreterForm(data={"language": language, "way": way.value})
    if language_fault:
        faulted(form, language_fault)
    return render_template(
        "family/ask_single.html", children=children, fault=fault, most=LONGEST_SUBJECT, form=form,
        subject=request.form.get("subject", ""), whom=request.form.get("whom", ""),
    )  # fmt: skip
