"""The team writes down what a talk of a kind can be about."""

from datetime import datetime

from sqlalchemy import delete

from scheduling.domain.journal import Actor
from scheduling.domain.rounds import RoundKind
from scheduling.domain.suggestions import clean_suggestions
from scheduling.models import SuggestedTopic
from scheduling.services.journal import record
from scheduling.services.transaction import transaction


def write(*, kind: RoundKind, year_level: str, text: str, by: Actor, now: datetime) -> tuple[str, ...]:
    """From now on pages and letters suggest these; nothing written: the list is gone."""
    lines = clean_suggestions(kind, text)
    with transaction() as session:
        session.execute(
            delete(SuggestedTopic).where(SuggestedTopic.kind == kind, SuggestedTopic.year_level == year_level)
        )
        session.add_all(
            SuggestedTopic(kind=kind, year_level=year_level, position=position, text=line)
            for position, line in enumerate(lines, 1)
        )
        record(
            session, by=by, action="suggestions.write", subject="school", subject_id=1, now=now, kind=kind.value,
            year_level=year_level, lines=len(lines),
        )  # fmt: skip
    return lines
