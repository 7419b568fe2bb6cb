"""Lists to take away: what stands on a page, as CSV or as a workbook, with the same columns."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from flask import Response, abort
from flask_babel import gettext as _

from scheduling.domain.people import Name, Sector
from scheduling.domain.timeslots import local
from scheduling.formats.sheets import Sheet, csv_sheet, xlsx_book
from scheduling.queries.school import find_school
from scheduling.wording import names
from scheduling.wording.sentences import at_start

RULE = "/lists/<listing>.<any(csv, xlsx):form>"
CSV = "text/csv; charset=utf-8"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Maker = Callable[..., Sheet | Sequence[Sheet]]
"""Makes a list; the list of a desk is told whose. A workbook may have more sheets, CSV has the first."""

M = TypeVar("M", bound=Maker)


@dataclass(frozen=True)
class Shelf:
    """The lists of one door, by name."""

    makers: dict[str, Maker] = field(default_factory=dict)

    def add(self, name: str) -> Callable[[M], M]:
        """Put a list on the shelf."""

        def put(maker: M) -> M:
            self.makers[name] = maker
            return maker

        return put

    def answer(self, listing: str, form: str, *asked: object) -> Response:
        """The list as a file; one that is not there does not exist."""
        maker = self.makers.get(listing)
        if maker is None:
            abort(404)
        made = maker(*asked)
        return file_of([made] if isinstance(made, Sheet) else made, form)


def file_of(sheets: Sequence[Sheet], form: str) -> Response:
    """One file to keep; its name tells what it is about and nothing of anybody."""
    first = sheets[0]
    content = csv_sheet(first.header, first.rows) if form == "csv" else xlsx_book(sheets)
    stem = re.sub(r"[^a-z0-9]+", "-", first.title.casefold()).strip("-")[:60] or "driehoek"
    answer = Response(content, content_type=CSV if form == "csv" else WORKBOOK)
    answer.headers["Content-Disposition"] = f"attachment; filename={stem}.{form}"
    return answer


def on_the_clock(moment: datetime | None) -> datetime | None:
    """A moment as the school's clock shows it, to sort by in a spreadsheet."""
    return local(moment).replace(tzinfo=None, second=0, microsecond=0) if moment else None


def moment_cells(moment: datetime | None) -> tuple[object, object]:
    """The day and the time of day, each in a cell of its own."""
    shown = on_the_clock(moment)
    return (shown.date(), shown.time()) if shown else (None, None)


def name_cells(name: Name) -> tuple[str, str, str]:
    """Given name, prefix, surname: apart, so that a list can be sorted."""
    return name.given, name.prefix, name.surname


def name_titles() -> tuple[str, str, str]:
    return _("Roepnaam"), _("Tussenvoegsel"), _("Achternaam")


def group_title() -> str:
    return at_start(names.class_word(_sector()))


def leader_title() -> str:
    return at_start(names.leader_title(_sector()))


def all_of(names: Sequence[Name]) -> str:
    return ", ".join(name.full for name in names)


def _sector() -> Sector:
    school = find_school()
    return school.sector if school else Sector.SECONDARY
