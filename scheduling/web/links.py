"""The door that a personal link opens, and what to do without a link.

Looking at a link changes nothing, so mail scanners may look: only the button opens a visit.
"""

from flask import Blueprint, Flask, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.links import LinkDead
from scheduling.queries import family
from scheduling.queries import links as asking
from scheduling.services import links
from scheduling.web import security
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import VISIT
from scheduling.web.language import LANGUAGES

pages = Blueprint("links", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)


def dead(_error: LinkDead, **_parts: str) -> ResponseReturnValue:
    """Unknown, ended or withdrawn: one and the same page."""
    return render_template("links/dead.html"), 404


@pages.get("/g/<token>")
@answers(LinkDead, with_=dead)
def show(token: str) -> ResponseReturnValue:
    """The least there is to know, and one button."""
    found = asking.find_link(token, now())
    if found is None:
        raise LinkDead
    g.language = family.language_of(found.person.actor)
    return render_template("links/show.html", talk=family.first_talk(found.person.actor, now()))


@pages.post("/g/<token>")
@answers(LinkDead, with_=dead)
def enter(token: str) -> ResponseReturnValue:
    """A visit begins on this device; the link itself is not in its address any more."""
    entered = links.enter(token=token, now=now())
    security.enter(VISIT, entered.key)
    own = family.language_of(entered.person.actor)
    if own in LANGUAGES:
        session.setdefault("language", own)
    return redirect(url_for("family.home"), code=303)


@pages.get("/nieuwe-link")
def lost() -> ResponseReturnValue:
    return render_template("links/lost.html")


@pages.post("/nieuwe-link")
def resend() -> ResponseReturnValue:
    """Whoever asks gets the same answer; a mail goes only to an address that the school knows."""
    links.resend(address=request.form.get("email", "")[:254], now=now())
    return redirect(url_for("links.sent"), code=303)


@pages.get("/nieuwe-link/onderweg")
def sent() -> ResponseReturnValue:
    return render_template("links/sent.html")
