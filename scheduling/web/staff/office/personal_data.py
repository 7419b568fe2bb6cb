"""Everything that is kept of one person, as a file to hand over to that person. Asking for it is written down."""

from datetime import datetime

from flask import Response, g
from flask_babel import gettext as _

from scheduling.domain.journal import ActorKind
from scheduling.domain.personal_data import Part
from scheduling.formats.sheets import Sheet
from scheduling.services import people
from scheduling.web.clock import now
from scheduling.web.staff.lists import file_of, on_the_clock
from scheduling.web.staff.office import pages
from scheduling.wording.personal_data import cell_text, column_name, part_name


@pages.post("/pupils/<int:pupil_id>/file")
def pupil_file(pupil_id: int) -> Response:
    """What is kept of a pupil."""
    return _handed_over(ActorKind.PUPIL, pupil_id)


@pages.post("/guardians/<int:guardian_id>/file")
def guardian_file(guardian_id: int) -> Response:
    """What is kept of a guardian and the own home."""
    return _handed_over(ActorKind.GUARDIAN, guardian_id)


@pages.post("/staff/<int:staff_id>/file")
def colleague_file(staff_id: int) -> Response:
    """What is kept of a colleague."""
    return _handed_over(ActorKind.STAFF, staff_id)


def _handed_over(kind: ActorKind, person_id: int) -> Response:
    found = people.hand_over(kind=kind, person_id=person_id, by=g.actor, now=now())
    what = {
        ActorKind.PUPIL: _("Gegevens van een leerling"),
        ActorKind.GUARDIAN: _("Gegevens van een ouder"),
        ActorKind.STAFF: _("Gegevens van een collega"),
    }[kind]
    overview = Sheet(what, (_("Wat"), _("Hoeveel")), [(part_name(part.name), len(part.rows)) for part in found.parts])
    return file_of([overview, *map(_sheet, found.parts)], "xlsx")


def _sheet(part: Part) -> Sheet:
    rows = [
        [on_the_clock(value) if isinstance(value, datetime) else cell_text(value) for value in row] for row in part.rows
    ]
    return Sheet(part_name(part.name), [column_name(name) for name in part.columns], rows)
