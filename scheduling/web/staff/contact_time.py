"""What contact with families takes of each colleague, for the director."""

from collections.abc import Iterable

from flask import Response, render_template
from flask_babel import gettext as _

from scheduling.domain.people import StaffRole
from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet
from scheduling.queries import contact_time as asking
from scheduling.queries import leaders
from scheduling.web.clock import now
from scheduling.web.staff import ensure_role, pages
from scheduling.web.staff.lists import file_of, name_cells, name_titles
from scheduling.wording.dates import duration


def balance_sheet(rows: Iterable[asking.TimeBalance]) -> Sheet:
    """Minutes, to count with."""
    header = (
        *name_titles(), _("Gezinnen met momenten"), _("Momenten"), _("Gepland: momenten"), _("Gepland: gesprekken"),
        _("Waarvan startgesprekken"), _("Besteed: contact"), _("Besteed: gesprekken"), _("Contactavond niet nodig"),
        _("Zonder minuten genoteerd"),
    )  # fmt: skip
    lines = [
        (*name_cells(row.name), row.homes, row.moments, row.planned_moments, row.planned_talks, row.start_talks,
         row.spent_contacts, row.spent_talks, row.spared_talks, row.guessed)
        for row in rows
    ]  # fmt: skip
    return Sheet(_("Tijd voor contact, in minuten"), header, lines)


def _found() -> tuple[asking.TimeBalance, ...]:
    return asking.time_balances(leaders.year_at(now()).id, leader_id=None, today=local(now()).date())


@pages.get("/contact-time")
def contact_time() -> str:
    """Minutes planned and spent this year, per colleague."""
    ensure_role(StaffRole.DIRECTOR)
    year = leaders.year_at(now())
    return render_template("staff/contact_time.html", rows=_found(), year=year, duration=duration)


@pages.get("/contact-time.<any(csv, xlsx):form>")
def contact_time_file(form: str) -> Response:
    """The same as a file."""
    ensure_role(StaffRole.DIRECTOR)
    return file_of([balance_sheet(_found())], form)
