"""What each kind of talk is called."""

from flask_babel import gettext as _

from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundKind


def kind_name(kind: RoundKind, sector: Sector | None = None) -> str:
    """The talk, in one word within a sentence; at a secondary school the advice is about the choice of subjects."""
    if kind is RoundKind.ADVICE_CONVERSATION and sector is Sector.SECONDARY:
        return _("profielkeuzegesprek")
    return {
        RoundKind.START_CONVERSATION: _("startgesprek"),
        RoundKind.INTRO_CONVERSATION: _("kennismakingsgesprek"),
        RoundKind.CONTACT_EVENING: _("voortgangsgesprek"),
        RoundKind.HOME_VISIT: _("huisbezoek"),
        RoundKind.SUPPORT_TEAM_MEETING: _("gesprek met het ondersteuningsteam"),
        RoundKind.FOLLOW_UP: _("vervolggesprek"),
        RoundKind.REQUESTED_CONVERSATION: _("gesprek op aanvraag"),
        RoundKind.EVALUATION: _("evaluatiegesprek"),
        RoundKind.PHONE_APPOINTMENT: _("telefonisch gesprek"),
        RoundKind.REVERSED_CONVERSATION: _("omgekeerd gesprek"),
        RoundKind.PUPIL_CONVERSATION: _("leerlinggesprek"),
        RoundKind.ADVICE_CONVERSATION: _("adviesgesprek"),
    }[kind]


def standing_name(kind: RoundKind) -> str:
    """The round that holds all talks of a kind that are made for one pupil, as exports name it."""
    return _("Los: %(kind)s", kind=kind_name(kind))


def series_name(kind: RoundKind, sector: Sector | None = None) -> str:
    """A round of these talks, within a sentence."""
    if kind is RoundKind.ADVICE_CONVERSATION:
        return _("profielkeuzegesprekken") if sector is Sector.SECONDARY else _("adviesgesprekken")
    if kind is RoundKind.REVERSED_CONVERSATION:
        return _("omgekeerde gesprekken")
    return _("kennismakingsgesprekken") if kind is RoundKind.INTRO_CONVERSATION else _("startgesprekken")
