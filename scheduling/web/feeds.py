"""Calendar feeds: read by calendar programs, opened by nothing but their secret."""

import hashlib

from flask import Blueprint, Flask, Response, make_response, request
from werkzeug.exceptions import NotFound

from scheduling.mail.agendas import calendar_of
from scheduling.mail.family_agendas import family_calendar
from scheduling.queries import family_feeds, feeds
from scheduling.web.clock import now

pages = Blueprint("feeds", __name__, url_prefix="/feed")
CALENDAR = "text/calendar; charset=utf-8"


def init_app(app: Flask) -> None:
    """Hang the feed on the app."""
    app.register_blueprint(pages)


@pages.get("/<token>.ics")
def show(token: str) -> Response:
    """A leader's agenda. The same talks give the same bytes, so a program that has them already gets a 304."""
    agenda = feeds.find_feed(token, now())
    if agenda is None:
        raise NotFound
    return calendar_answer(calendar_of(agenda))


@pages.get("/family/<token>.ics")
def show_family(token: str) -> Response:
    """What one parent or adult pupil is expected at, in the same way."""
    agenda = family_feeds.find_family_feed(token, now())
    if agenda is None:
        raise NotFound
    return calendar_answer(family_calendar(agenda))


def calendar_answer(data: bytes) -> Response:
    """A calendar, unless the asker has these very bytes. No Last-Modified: it would run backwards on a deletion."""
    answer = make_response(data)
    answer.headers["Content-Type"] = CALENDAR
    answer.headers["Cache-Control"] = "private, must-revalidate"
    answer.set_etag(hashlib.sha256(data).hexdigest())
    return answer.make_conditional(request)
