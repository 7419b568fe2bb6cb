"""The main menu of a colleague: where each role's work is."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _

from scheduling.domain.people import StaffRole
from scheduling.queries.people import Colleague

OFFICE = {StaffRole.OFFICE, StaffRole.DIRECTOR}
LEADER = {StaffRole.LEADER}

PLACES = (
    (OFFICE, "office.rounds", _("Rondes"), ("rounds",)),
    (OFFICE, "office.leaders", _("Roosters"), ("leaders", "agreements")),
    (OFFICE, "office.welcome", _("De dag"), ("days", "screens")),
    (OFFICE, "office.mailings", _("Brieven"), ("mailings",)),
    (
        OFFICE,
        "office.people",
        _("Mensen"),
        ("people", "pupils", "classes", "corrections", "homes", "mailboxes", "new-families", "contact-parents"),
    ),
    (OFFICE, "office.imports", _("Inlezen"), ("imports",)),
    (OFFICE, "office.year", _("Jaar"), ("year", "questionnaire")),
    (OFFICE, "office.staff", _("Collega's"), ("staff",)),
    (OFFICE, "office.school", _("School"), ("school",)),
    (LEADER, "leader.roster", _("Mijn rooster"), ()),
    (LEADER, "leader.week", _("Mijn week"), ("week", "handover", "contact-time")),
    (LEADER, "leader.agreements", _("Afspraken"), ("agreements",)),
    (LEADER, "leader.calendar", _("Agenda"), ("calendar",)),
    (LEADER, "staff.contact_parents_of", _("Contactouders"), ("contact-parents",)),
    ({StaffRole.INTERNAL_SUPERVISOR}, "staff.overview", _("Overzicht"), ("overview",)),
    ({StaffRole.DIRECTOR}, "staff.contact_time", _("Tijd"), ("contact-time",)),
    ({StaffRole.INTERNAL_SUPERVISOR, StaffRole.DIRECTOR}, "staff.meetings", _("Ondersteuning"), ("support",)),
)
"""Who may go there, the page, its name, and with what the addresses of its other pages begin."""

USUAL = {"leader": "leader.roster"}
"""Where the other pages of a door belong."""


@dataclass(frozen=True)
class Place:
    address: str
    label: str
    is_here: bool
    """This very page."""
    is_around: bool
    """The page belongs to this place."""


def menu(colleague: Colleague) -> tuple[Place, ...]:
    """The places this colleague may go to."""
    roles = set(colleague.roles)
    around = _place_of(request.path)
    return tuple(
        Place(url_for(endpoint), str(label), request.endpoint == endpoint, around == endpoint)
        for allowed, endpoint, label, _beginnings in PLACES
        if allowed & roles
    )


def _place_of(path: str) -> str | None:
    """The page in the menu to which this address belongs."""
    door = request.blueprint or ""
    first = path.removeprefix("/staff/").removeprefix(f"{door}/").split("/")[0]
    for _allowed, endpoint, _label, beginnings in PLACES:
        if endpoint.startswith(f"{door}.") and first in beginnings:
            return endpoint
    return USUAL.get(door)
