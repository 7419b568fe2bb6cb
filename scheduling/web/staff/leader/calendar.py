"""The own talks in one's own calendar: a file to download, or an address that keeps itself up to date."""

from flask import Response, current_app, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import NotFound
from scheduling.mail.agendas import calendar_of
from scheduling.queries import feeds as asking
from scheduling.services import feeds
from scheduling.web.clock import now
from scheduling.web.feeds import calendar_answer
from scheduling.web.staff.leader import pages


@pages.get("/calendar")
def calendar() -> str:
    """How to get the talks in one's own calendar."""
    return _show()


@pages.get("/calendar.ics")
def calendar_file() -> Response:
    """All talks of this year as one file, as they are now."""
    agenda = asking.find_agenda(g.staff.id, now())
    if agenda is None:
        raise NotFound
    answer = calendar_answer(calendar_of(agenda))
    answer.headers["Content-Disposition"] = 'attachment; filename="gesprekken.ics"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@pages.post("/calendar/feed")
def issue_feed() -> ResponseReturnValue:
    """A fresh address; an older one stops working. It is told once, here: only its hash is kept."""
    token = feeds.issue(staff_id=g.staff.id, by=g.actor, now=now())
    return _show(address=current_app.config["BASE_URL"].rstrip("/") + url_for("feeds.show", token=token))


@pages.post("/calendar/feed/stop")
def stop_feed() -> ResponseReturnValue:
    """The address stops working."""
    feeds.revoke(staff_id=g.staff.id, by=g.actor, now=now())
    return redirect(url_for("leader.calendar", done="feed_stopped"), code=303)


def _show(address: str = "") -> str:
    subscribe = "webcal:" + address.partition(":")[2] if address else ""
    has_feed = asking.has_feed(g.staff.id)
    return render_template("staff/leader/calendar.html", address=address, subscribe=subscribe, has_feed=has_feed)
