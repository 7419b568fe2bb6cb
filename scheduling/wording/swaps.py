"""Refusals around swaps: the own time always stands, and what is possible now."""

from flask_babel import gettext as _

from scheduling.domain.swaps import (
    CannotChangePlaces,
    Hindrance,
    NoSuchSwap,
    NoSwapsHere,
    NotEnoughTalks,
    NothingTicked,
    NotTheSameLeader,
    NotTheSameLength,
    ProposalState,
    SwapOver,
    TooLateToTakeBack,
)
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def state_name(state: ProposalState) -> str:
    """What became of a swap, as the school reads it."""
    return {
        ProposalState.OPEN: _("gevraagd"),
        ProposalState.DONE: _("gewisseld"),
        ProposalState.UNDONE: _("teruggedraaid"),
        ProposalState.DECLINED: _("iemand houdt liever de eigen tijd"),
        ProposalState.WITHDRAWN: _("niet meer gezocht"),
        ProposalState.EXPIRED: _("geen antwoord"),
        ProposalState.OFF: _("niet meer mogelijk"),
    }[state]


@says(NoSwapsHere)
def _no_swaps_here(_error: NoSwapsHere) -> str:
    return _("Ruilen kan bij deze gesprekken niet. Kies een vrije tijd, of bel de school.")


@says(NothingTicked)
def _nothing_ticked(_error: NothingTicked) -> str:
    return _("Vink minstens één tijd aan die ook past.")


@says(SwapOver)
def _swap_over(_error: SwapOver) -> str:
    return _("Deze ruil kan niet meer. Uw eigen tijd is niet veranderd.")


@says(TooLateToTakeBack)
def _too_late_to_take_back(error: TooLateToTakeBack) -> str:
    return _(
        "Terugdraaien kon tot %(moment)s. Past de tijd toch niet, kies dan een andere tijd.",
        moment=day_and_hour(error.until),
    )


@says(NoSuchSwap)
def _no_such_swap(_error: NoSuchSwap) -> str:
    return _("Deze ruil is er niet.")


@says(NotTheSameLeader)
def _not_the_same_leader(_error: NotTheSameLeader) -> str:
    return _("Wisselen kan alleen tussen gesprekken met dezelfde gespreksleider.")


@says(NotTheSameLength)
def _not_the_same_length(_error: NotTheSameLength) -> str:
    return _("Wisselen kan alleen tussen gesprekken die even lang duren.")


@says(CannotChangePlaces)
def _cannot_change_places(error: CannotChangePlaces) -> str:
    when = day_and_hour(error.moment) if error.moment else ""
    return {
        Hindrance.BUSY: _(
            "Het gezin van %(child)s kan niet op %(moment)s. Er is niets veranderd; kies een ander gesprek.",
            child=error.child,
            moment=when,
        ),
        Hindrance.BEGUN: _(
            "%(moment)s is al begonnen of voorbij. Er is niets veranderd; kies een ander gesprek.", moment=when
        ),
        Hindrance.OTHER: _("Deze gesprekken kunnen nu niet wisselen. Er is niets veranderd; kies andere gesprekken."),
    }[error.why]


@says(NotEnoughTalks)
def _not_enough_talks(_error: NotEnoughTalks) -> str:
    return _("Kies twee of drie verschillende gesprekken om te wisselen.")
