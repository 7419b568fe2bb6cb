"""Lists of gatherings to take away, with the columns of their pages."""

from flask import request
from flask_babel import gettext as _

from scheduling.formats.sheets import Sheet
from scheduling.queries import gathering_lists as lists
from scheduling.queries.year_board import BoardRow
from scheduling.web.clock import now
from scheduling.web.staff.lists import group_title
from scheduling.web.staff.office.lists import shelf
from scheduling.web.staff.office.year_board import board_asked_for
from scheduling.wording import gathering_pages as own_words
from scheduling.wording import year_plans as words
from scheduling.wording.gatherings import coming_name


@shelf.add("gathering")
def _answers() -> Sheet:
    """Every home and what it said."""
    found = _found()
    homes = found.page.homes
    guardians = lists.guardians_of(homes)
    header = (
        group_title(), _("Kinderen"), _("Ouders"), _("Antwoord"), _("Volwassenen"), _("Kinderen mee"), _("Opvang"),
        _("Op papier"),
    )  # fmt: skip
    rows = [
        (", ".join(dict.fromkeys(home.classes)),
         ", ".join(home.children), ", ".join(guardians.get(home.wisher.household_id or 0, ())),
         coming_name(home.answer.coming) if home.answer else "",
         *home.numbers,
         "" if home.reached else _("ja"))
        for home in homes
    ]  # fmt: skip
    return Sheet(_title(found, _("antwoorden")), header, rows)


@shelf.add("gathering_door")
def _door() -> Sheet:
    """Who comes, by first names and numbers only."""
    return door_sheet(_found())


def door_sheet(found: lists.OfficeGathering) -> Sheet:
    """The list for the door as a file."""
    header = (group_title(), _("Kinderen"), _("Komen"), _("Misschien"))
    rows = [
        (door.class_name, ", ".join(row.given), row.yes, row.perhaps)
        for door in lists.doors_of(found.page.homes)
        for row in door.rows
    ]
    return Sheet(_title(found, _("deur")), header, rows)


@shelf.add("gathering_kitchen")
def _kitchen() -> Sheet:
    """How many people, per gathering of one kind on one day."""
    found = _found()
    header = (
        _("Tijd"), _("Wie"), _("Waar"), _("Volwassenen"), _("Kinderen"), _("Opvang"), _("Misschien nog"), _("Samen"),
    )  # fmt: skip
    rows = [
        (one.line.planned.begins, ", ".join(one.line.group_names), one.line.planned.place, one.adults, one.children,
         one.in_childcare, one.perhaps, one.people)
        for one in lists.kitchen_of(found)
    ]  # fmt: skip
    return Sheet(_title(found, _("keuken")), header, rows)


@shelf.add("year_board")
def _board() -> Sheet:
    """How far every moment of the year is."""
    page = board_asked_for()
    header = (
        _("Wat"), _("Dag"), _("Begin"), _("Voor wie"), _("Stand"), _("Gezinnen"), _("Antwoorden"), _("Mensen"),
        _("Waren er"),
    )  # fmt: skip
    rows = [_board_cells(row) for row in page.rows]
    return Sheet(_("Stand van zaken %(label)s", label=page.year.label), header, rows)


def _board_cells(row: BoardRow) -> tuple[object, ...]:
    at, planned = row.at, row.planned
    figures: tuple[int | None, ...] = (None,) * 4
    if at and at.invited_at:
        figures = at.homes, at.answered, at.coming, at.counted
    elif row.round and row.round.talks:
        figures = row.round.invited, row.round.answered, None, row.round.held
    return (
        row.round.name if row.round else words.kind_name(planned.kind), planned.day, planned.begins,
        ", ".join(row.line.group_names), own_words.stage_name(row.stage), *figures,
    )  # fmt: skip


def _found() -> lists.OfficeGathering:
    return lists.office_gathering(request.args.get("gathering", 0, type=int), now())


def _title(found: lists.OfficeGathering, what: str) -> str:
    planned = found.page.line.planned
    return f"{words.kind_name(planned.kind)} {planned.day.isoformat()} {what}"
