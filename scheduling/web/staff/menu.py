"""The main menu of a colleague: where each role's work is."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _

from scheduling.domain.people import StaffRole
from scheduling.queries.people import Colleague

OFFICE = {StaffRole.OFFICE, StaffRole.DIRECTOR}
LEADER = {StaffRole.LEADER}

PLACES = (
    (OFFICE, "office.rounds", _("Rondes")),
    (OFFICE, "office.leaders", _("Roosters")),
    (OFFICE, "office.welcome", _("De dag")),
    (OFFICE, "office.mailings", _("Brieven")),
    (OFFICE, "office.people", _("Mensen")),
    (OFFICE, "office.imports", _("Inlezen")),
    (OFFICE, "office.year", _("Jaar")),
    (OFFICE, "office.staff", _("Collega's")),
    (OFFICE, "office.school", _("School")),
    (LEADER, "leader.roster", _("Mijn rooster")),
    (LEADER, "leader.agreements", _("Afspraken")),
    (LEADER, "leader.calendar", _("Agenda")),
    ({StaffRole.INTERNAL_SUPERVISOR}, "staff.overview", _("Overzicht")),
)


@dataclass(frozen=True)
class Place:
    address: str
    label: str
    is_here: bool


def menu(colleague: Colleague) -> tuple[Place, ...]:
    """The places this colleague may go to."""
    roles = set(colleague.roles)
    return tuple(
        Place(url_for(endpoint), str(label), request.endpoint == endpoint)
        for allowed, endpoint, label in PLACES
        if allowed & roles
    )
