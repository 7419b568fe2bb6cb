"""What everybody may know of one gathering: what it is, when, where and how it is held. Nobody's name."""

from dataclasses import dataclass

from scheduling.domain.gatherings import GATHERINGS, NoSuchGathering
from scheduling.domain.year_plans import Planned
from scheduling.models import Gathering, PlannedDate, db
from scheduling.queries.gathering_guests import class_names
from scheduling.queries.year_plans import as_planned


@dataclass(frozen=True)
class PublicGathering:
    """One gathering as a poster tells of it."""

    planned: Planned
    group_names: tuple[str, ...]
    known: bool
    """It stands in the public year, or did until it was called off: its own page is there."""
    off: bool = False
    theme: str = ""
    route: str = ""
    with_pupils: bool = False
    childcare: bool = False
    parents_cafe: bool = False
    welcome_desk: bool = False


def gathering_of(planned_id: int) -> PublicGathering:
    """What a poster may tell; raises NoSuchGathering."""
    row = db.session.get(PlannedDate, planned_id)
    if row is None or row.kind not in GATHERINGS:
        raise NoSuchGathering
    held = db.session.get(Gathering, planned_id) or Gathering(theme="", route="")
    off = held.called_off_at is not None
    return PublicGathering(
        as_planned(row), class_names(db.session(), row), off or row.published_at is not None, off, held.theme,
        held.route, bool(held.with_pupils), bool(held.childcare), bool(held.parents_cafe), bool(held.welcome_desk),
    )  # fmt: skip


def public_gathering(planned_id: int) -> PublicGathering:
    """The same for everybody; only what was made known. Raises NoSuchGathering."""
    found = gathering_of(planned_id)
    if not found.known:
        raise NoSuchGathering
    return found
