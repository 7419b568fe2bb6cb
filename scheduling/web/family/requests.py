"""Whom the family wants to speak on a contact evening, and when: one page for all own children."""

import re
from collections import defaultdict
from dataclasses import replace

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.requests import ChildAsks, Choice, RequestsOver, in_order
from scheduling.queries import day_lengths
from scheduling.queries import requests as asking
from scheduling.queries.requests import AskedTeacher, ChildRequests, RequestPage
from scheduling.queries.wishes import WishDay
from scheduling.services import requests, waiting
from scheduling.services.requests import Said
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.web.family.wishes import answers_in, siblings_in
from scheduling.wording import requests as words
from scheduling.wording import wishes as time_words
from scheduling.wording.refusals import sentence

ASK = re.compile(r"ask-(?P<pupil>\d{1,9})-(?P<place>\d)")
MORE = re.compile(r"(?P<pupil>\d{1,9})-(?P<teacher>\d{1,9})")
NUMBER = re.compile(r"\d{1,9}")


def unclear(error: Invalid, round_id: int) -> ResponseReturnValue:
    return _page(round_id, fault=sentence(error), typed=said_in(request.form)), 422


def over(error: Refused, round_id: int) -> ResponseReturnValue:
    return _page(round_id, note=sentence(error)), 409


@pages.get("/requests/<int:round_id>", endpoint="requests")
def show(round_id: int) -> str:
    """The teachers of the own children, and what was asked before."""
    return _page(round_id, done=request.args.get("done", ""))


@pages.post("/requests/<int:round_id>", endpoint="say_requests")
@answers(Invalid, with_=unclear)
@answers(RequestsOver, with_=over)
def say(round_id: int) -> ResponseReturnValue:
    """Keep what is asked."""
    requests.say(round_id=round_id, said=said_in(request.form), by=g.actor, now=now())
    return redirect(url_for("family.requests", round_id=round_id, done="saved"), code=303)


def asked_enough(error: Invalid, round_id: int) -> ResponseReturnValue:
    return _more(round_id, fault=sentence(error)), 422


@pages.get("/requests/<int:round_id>/more", endpoint="more_requests")
def more(round_id: int) -> str:
    """After the roster: whom the family may still ask, also if it said before that no talk was needed."""
    return _more(round_id)


@pages.post("/requests/<int:round_id>/more", endpoint="ask_more")
@answers(Invalid, with_=asked_enough)
def ask_more(round_id: int) -> ResponseReturnValue:
    """Ask for this talk; then choose a time that is free."""
    found = MORE.fullmatch(request.form.get("ask", ""))
    if found is None:
        return _more(round_id, fault=_("Kies eerst wie u wilt spreken.")), 422
    pupil_id = int(found["pupil"])
    request_id = requests.ask_more(
        round_id=round_id, pupil_id=pupil_id, teacher_id=int(found["teacher"]), by=g.actor, now=now()
    )
    return redirect(url_for("family.times", round_id=round_id, pupil_id=pupil_id, request=request_id), code=303)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/withdraw", endpoint="withdraw_request")
def withdraw(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """A talk without a time is no longer needed."""
    requests.withdraw(round_id=round_id, pupil_id=pupil_id, request_id=asked_for() or 0, by=g.actor, now=now())
    return redirect(url_for("family.home"), code=303)


def _more(round_id: int, *, fault: str = "") -> str:
    page = asking.more_page(g.actor, round_id, now())
    return render_template("family/more_requests.html", page=page, words=words, fault=fault)


def said_in(form: MultiDict[str, str]) -> Said:
    """What was chosen of each child and of the times; anything else that was sent says nothing."""
    choices: dict[int, dict[int, Choice]] = defaultdict(dict)
    for key, value in form.items():
        found = ASK.fullmatch(key)
        if found and NUMBER.fullmatch(value):
            twice = f"twice-{found['pupil']}-{found['place']}" in form
            choices[int(found["pupil"])][int(found["place"])] = Choice(int(value), 2 if twice else 1)
    none = {int(value) for value in form.getlist("none") if NUMBER.fullmatch(value)}
    asks = {
        pupil_id: ChildAsks(in_order(choices[pupil_id][place] for place in sorted(choices[pupil_id])), pupil_id in none)
        for pupil_id in {*choices, *none}
    }
    return Said(asks, answers_in(form), siblings_in(form))


def as_typed(page: RequestPage, typed: Said) -> RequestPage:
    """The page with what was filled in, although it was not kept."""
    days = tuple(
        WishDay(day.day, tuple(replace(part, answer=typed.answers.get(part.key)) for part in day.parts))
        for day in page.when.days
    )
    children = tuple(_child_as_typed(child, typed.asks.get(child.pupil_id, ChildAsks())) for child in page.children)
    when = replace(page.when, days=days, siblings=typed.siblings or page.when.siblings)
    return replace(page, when=when, children=children)


def lengths_of(page: RequestPage) -> dict[int, int]:
    """Of which colleagues talks take another time than the page says for all."""
    named = {teacher.id for child in page.children for teacher in child.teachers}
    return day_lengths.other_lengths(page.when.round_id, named, page.minutes)


def _child_as_typed(child: ChildRequests, asks: ChildAsks) -> ChildRequests:
    known = {teacher.id: teacher for teacher in child.teachers}
    asked = [AskedTeacher(known[one.teacher_id], one.slots) for one in asks.choices if one.teacher_id in known]
    return replace(child, asked=tuple(asked), none_needed=asks.none_needed)


def _page(round_id: int, *, done: str = "", note: str = "", fault: str = "", typed: Said | None = None) -> str:
    page = asking.family_page(g.actor, round_id, now())
    if typed is not None:
        page = as_typed(page, typed)
    return render_template(
        "family/requests.html", page=page, words=words, time_words=time_words, done=done, note=note, fault=fault,
        lengths=lengths_of(page),
    )  # fmt: skip


@pages.post("/offers/<offer>", endpoint="answer_offer")
def answer_offer(offer: str) -> ResponseReturnValue:
    """Yes or no to a time that is kept for this family."""
    act = waiting.accept if request.form.get("answer") == "yes" else waiting.decline
    act(key=offer, by=g.actor, now=now())
    return redirect(url_for("family.home"), code=303)
