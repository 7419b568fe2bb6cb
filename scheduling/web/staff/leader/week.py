"""The colleague's week of contact with families: what is due, what came over, and what time it takes."""

from flask import g, request
from flask.typing import ResponseReturnValue

from scheduling.domain.contacts import Group, NoSuchContact
from scheduling.domain.timeslots import local
from scheduling.queries import contacts as asking
from scheduling.queries.contact_time import time_balances
from scheduling.services import contacts
from scheduling.web.clock import now
from scheduling.web.staff.leader import pages
from scheduling.web.staff.leader.desk import desk_of
from scheduling.wording import contacts as words
from scheduling.wording import moments as moment_words
from scheduling.wording.dates import duration


@pages.get("/week")
def week() -> str:
    """Whom to call, to mail and to visit, the most urgent first."""
    desk, today = desk_of(None), local(now()).date()
    found = asking.week_of(desk.leader_id, desk.year.id, today=today)
    return desk.show(
        "week.html", found=found, groups=Group, today=today, contact_words=words, moment_words=moment_words,
    )  # fmt: skip


@pages.post("/week/remember")
def remember_call() -> ResponseReturnValue:
    """This home is called within the week."""
    pupil, _colon, home = request.form.get("home", "").partition(":")
    if not pupil.isdecimal():
        return desk_of(None).sends_to("week", done="nobody", _anchor="bellen")
    if home and not home.isdecimal():
        raise NoSuchContact
    desk = desk_of(None)
    contacts.remember(
        pupil_id=int(pupil), household_id=int(home) if home else None, year_id=desk.year.id,
        leader_id=desk.leader_id, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("week", done="remembered")


@pages.get("/handover")
def handover() -> str:
    """The agreements of a colleague who led this class before."""
    desk = desk_of(None)
    rows = asking.taken_over(desk.leader_id, desk.year.id, today=local(now()).date())
    return desk.show("handover.html", rows=rows, contact_words=words, moment_words=moment_words)


@pages.get("/contact-time")
def contact_time() -> str:
    """Minutes planned and spent this year: the own ones."""
    desk = desk_of(None)
    year = desk.year
    rows = time_balances(year.id, leader_id=desk.leader_id, today=local(now()).date())
    return desk.show("contact_time.html", rows=rows, duration=duration, year=year)
