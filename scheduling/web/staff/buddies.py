"""The buddy list, for who leads a class and for the office: note a line, and ask two parents whose lines fit."""

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectChoice

from scheduling.domain.buddies import EnoughLines, NoPair
from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.people import StaffRole
from scheduling.formats.sheets import Sheet
from scheduling.queries import buddies as asking
from scheduling.queries.buddies import Board
from scheduling.queries.leaders import year_at
from scheduling.services import buddies
from scheduling.web.buddies import WishForm
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff import ensure_role, pages
from scheduling.web.staff.lists import file_of, group_title
from scheduling.wording import buddies as words
from scheduling.wording.refusals import sentence

OFFICE = {StaffRole.OFFICE, StaffRole.DIRECTOR}


def _unclear(error: Refused) -> ResponseReturnValue:
    return _page(faulted(WishForm(), error)), 422 if isinstance(error, Invalid) else 409


def _no_pair(error: Refused) -> ResponseReturnValue:
    return _page(WishForm(formdata=None), note=sentence(error)), 409


@pages.get("/buddies", endpoint="buddies")
def show() -> str:
    """Who looks and who offers."""
    return _page(WishForm(formdata=None))


@pages.get("/buddies/<any(csv, xlsx):form>", endpoint="buddies_file")
def as_file(form: str) -> Response:
    """The same list as a spreadsheet, with the names that stand on the page."""
    found = _board()
    header = (
        _("Ouder"), group_title(), _("Wat wil de ouder?"), _("Waarover?"), _("In eigen woorden"), _("Hoe ver")
    )  # fmt: skip
    needs = [(need.line, "; ".join(words.state_name(state) for _line, state in need.asked)) for need in found.needs]
    rows = [
        (line.name.full if line.name else "", ", ".join(line.classes), words.side_name(offers=line.wish.offers),
         words.kind_name(line.wish.kind), line.wish.topic, state)
        for line, state in (*needs, *((line, "") for line in found.offers))
    ]  # fmt: skip
    return file_of([Sheet(_("Ouders die elkaar helpen"), header, rows)], form)


@pages.post("/buddies", endpoint="note_buddy")
@answers(Invalid, with_=_unclear)
@answers(EnoughLines, with_=_unclear)
def note() -> ResponseReturnValue:
    """What a parent said in a conversation."""
    ensure_role(StaffRole.LEADER, *OFFICE)
    form = WishForm()
    chosen = form.guardian.data or ""
    buddies.note(
        guardian_id=int(chosen) if chosen.isdecimal() else 0, wish=form.wish, year_id=year_at(now()).id,
        leader_id=_leader(), by=g.actor, now=now(),
    )  # fmt: skip
    return redirect(url_for("staff.buddies", done="kept"), code=303)


@pages.post("/buddies/ask", endpoint="ask_buddies")
@answers(NoPair, with_=_no_pair)
def ask() -> ResponseReturnValue:
    """Both are asked; neither hears who the other is."""
    ensure_role(StaffRole.LEADER, *OFFICE)
    need, offer = (request.form.get(name, 0, type=int) for name in ("need", "offer"))
    buddies.propose(need_id=need, offer_id=offer, leader_id=_leader(), by=g.actor, now=now())
    return redirect(url_for("staff.buddies", done="asked"), code=303)


def _leader() -> int | None:
    """Whose classes it is about; None: the office, for all."""
    return None if OFFICE & set(g.staff.roles) else int(g.staff.id)


def _board() -> Board:
    ensure_role(StaffRole.LEADER, *OFFICE)
    return asking.board(year_at(now()).id, _leader(), now())


def _page(form: WishForm, note: str = "") -> str:
    found = _board()
    form.fit().guardian.choices = [SelectChoice("", "–")] + [
        SelectChoice(str(id_), name.full) for id_, name in found.parents
    ]
    return render_template(
        "staff/buddies.html", board=found, form=form, words=words, note=note, done=request.args.get("done", ""),
        is_office=_leader() is None,
    )  # fmt: skip
