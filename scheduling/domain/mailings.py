"""Letters and the life of an outbox row."""

from enum import StrEnum


class Letter(StrEnum):
    """One message to one mailbox about one thing. The name is also the folder of its templates."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    LINK = "link"
    SET_PASSWORD = "set_password"  # noqa: S105 - the name of a letter
    TRIAL = "trial"


class OutboxState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    OFFERED = "offered"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SUPERSEDED = "superseded"
    SUPPRESSED = "suppressed"


LANES = {
    Letter.CANCELLED: 0,
    Letter.CHANGED: 1,
    Letter.LINK: 1,
    Letter.SET_PASSWORD: 1,
    Letter.CONFIRMED: 2,
    Letter.TRIAL: 2,
    Letter.INVITATION: 4,
    Letter.REMINDER: 5,
}
"""Lower goes first: a batch of invitations never holds up a cancellation."""
