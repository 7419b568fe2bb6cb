"""Invitations on paper to a gathering, for the homes that no mail reaches."""

from dataclasses import dataclass
from datetime import datetime

from scheduling.domain.gatherings import Coming, GatheringOver, NoSuchGathering, NotInvitedYet
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Addressee
from scheduling.models import Gathering, PlannedDate
from scheduling.queries.gathering_guests import answers_to, company_of, span_of, stands
from scheduling.services.journal import record
from scheduling.services.links import link_on_paper
from scheduling.services.transaction import lock, transaction


@dataclass(frozen=True)
class PrintedInvitation:
    """Whose letter it is, and the token of its code. It is told here once."""

    person: Addressee
    token: str


def print_out(*, planned_id: int, by: Actor, now: datetime) -> tuple[PrintedInvitation, ...]:
    """A letter for each home that no mail reaches and that did not say no, each with a fresh personal link."""
    with transaction() as session:
        lock(session, PlannedDate, [planned_id])
        row, gathering = session.get(PlannedDate, planned_id), session.get(Gathering, planned_id)
        if row is None:
            raise NoSuchGathering
        if gathering is None or gathering.invited_at is None:
            raise NotInvitedYet
        if not stands(gathering) or span_of(row).starts_at <= now:
            raise GatheringOver
        said = answers_to(session, [planned_id])[planned_id]
        no = {home for home, answer in said.items() if answer.coming is Coming.NO}
        on_paper = company_of(session, row).on_paper
        printed = tuple(
            PrintedInvitation(person, link_on_paper(session, person, now))
            for home, person in on_paper.items()
            if home not in no
        )
        record(
            session, by=by, action="gatherings.print", subject="planned_date", subject_id=planned_id, now=now,
            letters=len(printed),
        )  # fmt: skip
    return printed
