"""A family that has no time yet says that no talk is needed. It was reached, and may still choose a time."""

from datetime import datetime

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import TalkStands
from scheduling.domain.timeslots import local
from scheduling.models import NoTalkNeeded
from scheduling.queries import bookings as asking
from scheduling.services.bookings import hold
from scheduling.services.inserting import insert_new
from scheduling.services.journal import record
from scheduling.services.transaction import transaction


def say(*, round_id: int, pupil_id: int, by: Actor, now: datetime) -> None:
    """No talk is needed about this child now. Saying it twice is saying it once."""
    with transaction() as session:
        home = asking.find_home(session, by, pupil_id, local(now).date())
        if home is None:
            raise NotFound
        hold(session, pupil_id, home.household_id, now)
        standing = asking.find_live(session, round_id, home)
        if standing:
            raise TalkStands(standing.starts_at)
        if not asking.open_leaders(session, round_id, pupil_id):
            raise NotFound
        row = {
            "round_id": round_id, "pupil_id": pupil_id, "household_id": home.household_id, "said_at": now,
            "guardian_id": by.id if by.kind is ActorKind.GUARDIAN else None,
        }  # fmt: skip
        if insert_new(session, NoTalkNeeded, [row]):
            record(session, by=by, action="no_talk.say", subject="pupil", subject_id=pupil_id, now=now, round=round_id)
