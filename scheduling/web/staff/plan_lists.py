"""Agreements and their moments as lists for the pupil system: of the own classes, or of the whole school.

The leader's line why is in neither: it is read on the page alone.
"""

from collections.abc import Iterable
from datetime import date, time

from flask_babel import gettext as _

from scheduling.formats.sheets import Sheet
from scheduling.queries.plans import ClassAgreements, DatedMoment, HomePlan
from scheduling.web.staff.lists import group_title, moment_cells, name_cells, name_titles, on_the_clock
from scheduling.wording import plans as words
from scheduling.wording.moments import when_said


def plan_sheet(classes: Iterable[ClassAgreements], year: str) -> Sheet:
    """A row for every agreement, also when not everybody said yes yet."""
    header = (
        *_who_titles(), _("Stand"), _("Hoe"), _("Wanneer"), _("Doel"), _("Wie begint"), _("Leerling regelt het zelf"),
        _("Wat de leerling doet"), _("Wie het de leerling vertelt"), _("Avond met de hele groep"), _("Liefst in"),
        _("Afgesproken"), _("Door"), _("Versie"),
    )  # fmt: skip
    rows = [
        (*_who(row), words.state_name(plan.state), ", ".join(map(words.form_name_for_staff, plan.forms)), plan.rhythm,
         plan.goal, words.initiative_name(plan.initiative) if plan.initiative else "",
         _("ja") if plan.self_managed else "", plan.pupil_does,
         words.told_by_name(plan.told_by) if plan.told_by else "",
         words.need_name(plan.info_need) if plan.info_need else "", plan.info_period, on_the_clock(plan.agreed_at),
         plan.recorded_by.full, plan.version)
        for row in _rows(classes) if (plan := row.plan)
    ]  # fmt: skip
    return Sheet(_("Communicatieplannen %(year)s", year=year), header, rows)


def moment_sheet(classes: Iterable[ClassAgreements], year: str) -> Sheet:
    """A row for every moment; without days when it is on demand, or its report has no date yet."""
    header = (
        *_who_titles(), _("Stand"), _("Wanneer"), _("Hoe"), _("Met de leerling erbij"), _("Waarvoor"), _("Terugkijken"),
        _("Eerste dag"), _("Laatste dag"), _("Van"), _("Tot"),
    )  # fmt: skip
    rows = []
    for row in _rows(classes):
        plan = row.plan
        dated = {one.moment: one for one in plan.dated} if plan else {}
        for moment in plan.moments if plan else ():
            rows.append(
                (*_who(row), words.state_name(row.state), when_said(moment.timing),
                 words.form_name_for_staff(moment.form) if moment.form else "", _("ja") if moment.with_pupil else "",
                 moment.purpose, _("ja") if moment.is_review else "", *_days(dated.get(moment)))
            )  # fmt: skip
    return Sheet(_("Momenten van contact %(year)s", year=year), header, rows)


def _rows(classes: Iterable[ClassAgreements]) -> list[HomePlan]:
    return [row for group in classes for row in group.rows]


def _who_titles() -> tuple[str, ...]:
    return (_("Leerlingnummer"), *name_titles(), group_title(), _("Met wie"))


def _who(row: HomePlan) -> tuple[object, ...]:
    return (row.pupil.number, *name_cells(row.pupil.name), row.pupil.class_name, ", ".join(row.home.names))


def _days(found: DatedMoment | None) -> tuple[date | None, date | None, time | None, time | None]:
    if found is None:
        return (None, None, None, None)
    span = found.span
    hours = (moment_cells(span.starts_at)[1], moment_cells(span.ends_at)[1]) if span else (None, None)
    return (found.days.starts_on, found.days.ends_on, *hours)
