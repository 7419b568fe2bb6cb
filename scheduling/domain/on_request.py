"""A parent without authority who asks: the school gives word after a talk, or a talk of the own. By itself: nothing.

Nobody is asked for a reason, and neither home learns from us what the other asked or gets.
"""

from enum import StrEnum

from scheduling.domain.errors import Invalid, Refused


class Word(StrEnum):
    """What a letter to such a parent says: what the school gives, or that there was a talk about the child."""

    INFORMATION = "information"
    TALK = "talk"
    HELD = "held"


class InvitedAnyway(Refused):
    """This parent needs no request: invited like every parent, or no contact person of the child any more."""


class PupilDecides(Refused):
    """A pupil of eighteen decides himself what the parents hear."""


class AskedLater(Invalid):
    """The day of the question lies ahead."""

    field = "asked_on"


class SharesHome(Invalid):
    """Somebody of the same home is invited already: that home has its talk."""

    field = "what"


class TwoHomesAlready(Invalid):
    """Two homes are invited to one talk already; a third with a talk of its own does not go with that."""

    field = "what"
