"""Words for informal meetings of a class."""

from flask_babel import gettext as _

from scheduling.domain.informal_meetings import MeetingAnswered, MeetingAsked, MeetingState, MeetingTooEarly
from scheduling.wording.errors import says


def meeting_state_name(state: MeetingState) -> str:
    """What became of a proposal."""
    return {
        MeetingState.PROPOSED: _("voorgesteld"),
        MeetingState.AGREED: _("afgesproken"),
        MeetingState.DECLINED: _("liever anders"),
        MeetingState.OFF: _("teruggenomen"),
    }[state]


def themes() -> list[str]:
    """What a meeting may be about, to choose from; anything else is fine too."""
    return [_("sociale media"), _("gamen"), _("uitgaan"), _("gedrag")]


@says(MeetingTooEarly)
def _too_early(_error: MeetingTooEarly) -> str:
    return _("Kies een dag die nog komt.")


@says(MeetingAsked)
def _asked(_error: MeetingAsked) -> str:
    return _("Uw eerdere voorstel wacht nog op antwoord. Neem dat eerst terug als u iets anders wilt.")


@says(MeetingAnswered)
def _answered(_error: MeetingAnswered) -> str:
    return _("Dit voorstel is intussen beantwoord of teruggenomen. Hieronder staat hoe het nu is.")
