"""A family writes to who leads its talks: an ordinary mail, answered by mail; kept here only until it has left."""

import hashlib
from datetime import datetime

from scheduling.domain.journal import Actor
from scheduling.domain.messages import A_DAY, PER_DAY, NobodyToWrite, TooManyMessages, clean_message
from scheduling.domain.timeslots import local
from scheduling.models import Staff
from scheduling.queries.messages import Reader, readers_for
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.throttle import count
from scheduling.services.transaction import transaction


def send(*, to: str, words: str, by: Actor, now: datetime) -> Reader:
    """Write to this colleague about this child; the same words twice on one day are one message."""
    written = clean_message(words)
    with transaction() as session:
        reader = next((one for one in readers_for(by, now) if one.key == to), None)
        if reader is None:
            raise NobodyToWrite
        if count(session, f"message:{by.kind}:{by.id}", A_DAY, now) > PER_DAY:
            raise TooManyMessages
        digest = hashlib.sha256(written.encode()).hexdigest()[:16]
        posted = outbox.post_message(
            session, leader=session.get_one(Staff, reader.leader_id), by=by, words=written, pupil_id=reader.pupil_id,
            once=f"{by.kind}{by.id}.{reader.key}.{local(now):%Y%m%d}.{digest}", now=now,
        )  # fmt: skip
        if posted.queued:
            record(
                session, by=by, action="messages.send", subject="pupil", subject_id=reader.pupil_id, now=now,
                leader=reader.leader_id,
            )  # fmt: skip
        return reader
