"""The gatherings of a leader's own classes: when they are, who comes, and the list for the door."""

from flask import request
from flask_babel import gettext as _

from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet
from scheduling.queries import gathering_lists as lists
from scheduling.queries.gathering_topics import circles_of_leader
from scheduling.web.clock import now
from scheduling.web.staff.leader.desk import Desk, page
from scheduling.web.staff.leader.lists import shelf
from scheduling.web.staff.lists import group_title
from scheduling.wording import gathering_pages as own_words
from scheduling.wording import year_plans as year_words
from scheduling.wording.gatherings import coming_name


@page("/gatherings", "gatherings")
def gatherings(desk: Desk) -> str:
    """What families of the own classes are invited to this year."""
    rows = lists.gatherings_of_leader(desk.leader_id, desk.year.id, now())
    circles = circles_of_leader(desk.leader_id, desk.year.id, now())
    above = {at.line.id for at in rows}
    return desk.show(
        "gatherings.html", rows=rows, today=local(now()).date(), year_words=year_words, own=own_words,
        topics={line.id for line in circles}, circles=[line for line in circles if line.id not in above],
    )  # fmt: skip


@page("/gatherings/<int:planned_id>", "gathering")
def gathering(desk: Desk, planned_id: int) -> str:
    """Who of the own classes comes."""
    return desk.show(
        "gathering.html", found=lists.gathering_of_leader(desk.leader_id, planned_id, now()), year_words=year_words,
        coming_name=coming_name,
    )  # fmt: skip


@shelf.add("gathering")
def _homes(desk: Desk) -> Sheet:
    """Who of the own classes comes, by first names."""
    found = lists.gathering_of_leader(desk.leader_id, request.args.get("gathering", 0, type=int), now())
    header = (group_title(), _("Kinderen"), _("Antwoord"), _("Volwassenen"), _("Kinderen mee"), _("Opvang"))
    rows = [
        (", ".join(dict.fromkeys(home.classes)), ", ".join(home.children),
         coming_name(home.answer.coming) if home.answer else "",
         *home.numbers)
        for home in found.homes
    ]  # fmt: skip
    planned = found.page.line.planned
    return Sheet(f"{year_words.kind_name(planned.kind)} {planned.day.isoformat()}", header, rows)
