"""The family's own calendar: one address for all talks and gatherings, that keeps itself up to date."""

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.queries import family_feeds as asking
from scheduling.services import family_feeds
from scheduling.web.clock import now
from scheduling.web.family import pages


@pages.get("/calendar")
def show_feed() -> str:
    """How to get everything in one's own calendar."""
    return _show()


@pages.post("/calendar")
def issue_feed() -> ResponseReturnValue:
    """A fresh address; an older one stops working. It is told once, here: only its hash is kept."""
    token = family_feeds.issue(by=g.actor, now=now())
    return _show(address=current_app.config["BASE_URL"].rstrip("/") + url_for("feeds.show_family", token=token))


@pages.post("/calendar/stop")
def stop_feed() -> ResponseReturnValue:
    """The address stops working."""
    family_feeds.revoke(by=g.actor, now=now())
    return redirect(url_for("family.show_feed", done="stopped"), code=303)


def _show(address: str = "") -> str:
    return render_template(
        "family/calendar.html", address=address, subscribe="webcal:" + address.partition(":")[2] if address else "",
        has_feed=asking.has_feed(g.actor), done=request.args.get("done", ""),
    )  # fmt: skip
