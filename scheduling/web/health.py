"""Is it alive: for the one who watches the server. No personal data."""

from flask import Blueprint, Flask, Response, jsonify
from flask.typing import ResponseReturnValue

from scheduling.queries import health
from scheduling.web.clock import now

pages = Blueprint("health", __name__)


def init_app(app: Flask) -> None:
    app.register_blueprint(pages)


@pages.get("/health")
def show() -> ResponseReturnValue:
    found = health.check(now())
    answer = {"status": found.status, "database": found.database, "oldest_unsent_seconds": found.oldest_unsent_seconds}
    return jsonify(answer), 200 if found.status == "ok" else 503


@pages.get("/robots.txt")
def robots() -> ResponseReturnValue:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain", headers={"Cache-Control": "max-age=3600"})
