"""Words for conversations of the support team."""

from flask_babel import gettext as _

from scheduling.domain.support import (
    ColleagueNotHere,
    FamilySaid,
    GuestUnclear,
    MeetingChanged,
    MeetingOver,
    TooManyGuests,
)
from scheduling.wording.errors import says


def answer_name(said: FamilySaid) -> str:
    """What a family can answer, in its own words."""
    return {
        FamilySaid.COMES: _("Wij komen"),
        FamilySaid.OTHER_TIME: _("Liever een andere tijd"),
        FamilySaid.CALL: _("Liever aan de telefoon"),
        FamilySaid.NO: _("Liever geen gesprek"),
    }[said]


def said_name(said: FamilySaid) -> str:
    """The same, as the supervisor reads it."""
    return {
        FamilySaid.COMES: _("komt"),
        FamilySaid.OTHER_TIME: _("wil liever een andere tijd"),
        FamilySaid.CALL: _("wil liever bellen"),
        FamilySaid.NO: _("wil liever geen gesprek"),
    }[said]


@says(GuestUnclear)
def _guest(error: GuestUnclear) -> str:
    return _("Zet op elke regel een naam en een e-mailadres. Nog niet duidelijk is: %(line)s", line=error.line)


@says(TooManyGuests)
def _guests(error: TooManyGuests) -> str:
    return _("Er is plaats voor %(most)s mensen van buiten de school.", most=error.most)


@says(ColleagueNotHere)
def _colleague(_error: ColleagueNotHere) -> str:
    return _("Deze collega is er dan niet. Kies een andere.")


@says(MeetingOver)
def _over(_error: MeetingOver) -> str:
    return _("Dit gesprek is begonnen, geweest of afgezegd. Er is niets meer aan te veranderen.")


@says(MeetingChanged)
def _changed(_error: MeetingChanged) -> str:
    return _("Dit gesprek veranderde terwijl u keek. Hieronder staat het zoals het nu is.")
