"""Is there time for a visit: to be on the way there and back, beside everything else on that day?"""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from scheduling.domain.single_talks import around
from scheduling.domain.timeslots import Span
from scheduling.domain.ways import Visit
from scheduling.queries.bookings import busy_spans
from scheduling.queries.single_talks import leader_times


def taken_around(
    session: Session, *, guardians: Collection[int], leader_id: int, besides: int = 0
) -> list[tuple[Span, Span]]:
    """When the visitor or somebody of the family has another talk: without and with the way to it."""
    own = [(span, span) for span in busy_spans(session, guardians=guardians, besides=besides)]
    return own + leader_times(session, leader_id, besides_talk=besides)


def has_room(span: Span, visit: Visit, taken: Iterable[tuple[Span, Span]]) -> bool:
    """From one visit to the next the longer way of the two is enough."""
    whole = around(span, visit.before, visit.after)
    return not any(whole.overlaps(other) or span.overlaps(with_way) for other, with_way in taken)
