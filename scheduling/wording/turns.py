"""Opening in turns, in the words of families and office."""

from flask_babel import gettext as _

from scheduling.domain.turns import MomentForAllNeeded, NotTheirTurn, Turn, TurnsOutOfOrder
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def turn_name(turn: Turn) -> str:
    """Who has this turn."""
    return {
        Turn.SIBLINGS: _("Gezinnen met meer kinderen in deze ronde"),
        Turn.OBLIGATORY: _("Gezinnen die de school graag spreekt"),
        Turn.ALL: _("Alle gezinnen"),
    }[turn]


@says(MomentForAllNeeded)
def _moment_for_all(_error: MomentForAllNeeded) -> str:
    return _("Kies ook vanaf wanneer alle gezinnen kunnen kiezen.")


@says(TurnsOutOfOrder)
def _out_of_order(_error: TurnsOutOfOrder) -> str:
    return _("Deze beurt begint niet vóór de volgende. Kies een vroeger moment.")


@says(NotTheirTurn)
def _not_their_turn(error: NotTheirTurn) -> str:
    return _("Dit gezin is aan de beurt vanaf %(moment)s.", moment=day_and_hour(error.opens_at))
