"""The screen in the hall: opened by nothing but its token, and it says no more than a door may say."""

from flask import Blueprint, Flask, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from scheduling.domain.on_the_day import ScreenDead
from scheduling.queries.on_the_day import find_screen
from scheduling.web.clock import now
from scheduling.web.errors import answers

pages = Blueprint("screens", __name__)
EVERY_SECONDS = 30


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)


def dead(_error: ScreenDead, **_parts: str) -> ResponseReturnValue:
    """Unknown, over or withdrawn: one and the same page. It looks again, so that it goes out by itself."""
    return _renewing(render_template("screen/dead.html")), 404


@pages.get("/hall/<token>")
@answers(ScreenDead, with_=dead)
def show(token: str) -> ResponseReturnValue:
    """The talks of today that still come, refreshed by the browser itself."""
    screen = find_screen(token, now())
    if screen is None:
        raise ScreenDead
    return _renewing(render_template("screen/show.html", screen=screen, now=now()))


def _renewing(page: str) -> Response:
    answer = make_response(page)
    answer.headers["Refresh"] = str(EVERY_SECONDS)
    return answer
