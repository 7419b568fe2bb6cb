"""The family door: whoever came in by a personal link. Every page in this folder is guarded."""

import importlib
import pkgutil

from flask import Blueprint, Flask, g, render_template, request, session
from flask.typing import ResponseReturnValue

from scheduling.queries import links
from scheduling.web.clock import now

VISIT = "visit"

pages = Blueprint("family", __name__, url_prefix="/family")


def init_app(app: Flask) -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    app.register_blueprint(pages)


@pages.before_request
def guard() -> ResponseReturnValue | None:
    """Only with a visit that lives; a link that was revoked ends its visits at once."""
    person = links.person_of_visit(session.get(VISIT, ""), now())
    if person is None:
        return render_template("family/come_back.html"), 401
    g.person = person
    g.actor = person.actor
    return None


def asked_for() -> int | None:
    """Which of several talks of one child an address is about: what was asked for; None in a round of one talk."""
    return request.args.get("request", type=int)
