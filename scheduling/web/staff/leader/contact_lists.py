"""A leader's own lists of contact with families to take away: nobody else's door has them."""

from datetime import date

from flask_babel import gettext as _

from scheduling.domain.errors import NotFound
from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet
from scheduling.queries import contacts as asking
from scheduling.queries.contact_time import time_balances
from scheduling.web.clock import now
from scheduling.web.staff.contact_time import balance_sheet
from scheduling.web.staff.leader.desk import Desk
from scheduling.web.staff.leader.lists import shelf
from scheduling.web.staff.lists import group_title, name_cells, name_titles
from scheduling.wording import contacts as words
from scheduling.wording import plans as plan_words
from scheduling.wording.moments import when_said


def _today(desk: Desk) -> date:
    """Whose lists these are reads them alone; to anybody else they do not exist."""
    if not desk.is_own:
        raise NotFound
    return local(now()).date()


@shelf.add("week")
def _week(desk: Desk) -> Sheet:
    """What is due, in the order of the page."""
    found = asking.week_of(desk.leader_id, desk.year.id, today=_today(desk))
    header = (
        *name_titles(), group_title(), _("Met wie"), _("Telefoon"), _("Hoe"), _("Van"), _("Tot en met"), _("Waarvoor"),
    )  # fmt: skip
    rows = [
        (*name_cells(line.row.pupil.name), line.row.pupil.class_name, ", ".join(line.row.home.names),
         ", ".join(filter(None, (line.row.pupil.phone, *(one.phone for one in line.row.home.guardians)))),
         words.channel_name(line.channel), line.days.starts_on, line.days.ends_on,
         line.moment.purpose if line.moment else "")
        for line in found.lines
    ]  # fmt: skip
    return Sheet(_("Mijn week"), header, rows)


@shelf.add("contacts")
def _contacts(desk: Desk) -> Sheet:
    """All that was noted this year of the own classes."""
    logs = asking.class_logs(desk.leader_id, desk.year.id, today=_today(desk))
    header = (
        group_title(), *name_titles(), _("Met wie"), _("Dag"), _("Hoe"), _("Wie begon"), _("Hoe het ging"),
        _("Goed nieuws"), _("Minuten"), _("Eén regel"), _("Verzet naar"), _("Door"),
    )  # fmt: skip
    rows = [
        (log.row.pupil.class_name, *name_cells(log.row.pupil.name), ", ".join(log.row.home.names), one.day,
         words.channel_name(one.channel), words.began_name(one.began), words.went_name(one.went),
         _("ja") if one.good_news else "", one.minutes, one.line, one.moved_to, one.by.full)
        for log in logs
        for one in log.contacts
    ]  # fmt: skip
    return Sheet(_("Contact met gezinnen %(year)s", year=desk.year.label), header, rows)


@shelf.add("handover")
def _handover(desk: Desk) -> Sheet:
    """What comes from a colleague who led the class before."""
    rows = asking.taken_over(desk.leader_id, desk.year.id, today=_today(desk))
    header = (group_title(), *name_titles(), _("Met wie"), _("Hoe"), _("Nog open"), _("Gemaakt door"))
    lines = [
        (one.row.pupil.class_name, *name_cells(one.row.pupil.name), ", ".join(one.row.home.names),
         ", ".join(plan_words.form_name_for_staff(form) for form in (one.row.plan.forms if one.row.plan else ())),
         "; ".join(when_said(moment.timing) for moment in one.open), one.made_by.full)
        for one in rows
    ]  # fmt: skip
    return Sheet(_("Van een collega overgenomen"), header, lines)


@shelf.add("contact_time")
def _contact_time(desk: Desk) -> Sheet:
    """The own minutes."""
    return balance_sheet(time_balances(desk.year.id, leader_id=desk.leader_id, today=_today(desk)))
