"""What is said when a leader cannot be there."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.leader_away import (
    AwayInWrongOrder,
    AwayOver,
    AwayTooLong,
    Instead,
    NothingToTakeBack,
    OwnTimesWhileAway,
    PlaceTaken,
    StandInHoursNeeded,
    StandInUnknown,
    TalksChangedMeanwhile,
)
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def instead_name(instead: Instead) -> str:
    return {
        Instead.MOVE: _("Nieuwe tijd"),
        Instead.LINK: _("Het gezin kiest zelf een tijd"),
        Instead.CALL: _("Wij bellen"),
    }[instead]


@says(AwayInWrongOrder)
def _away_in_wrong_order(_error: AwayInWrongOrder) -> str:
    return _("Het einde ligt voor het begin. Kies een later einde.")


@says(AwayOver)
def _away_over(_error: AwayOver) -> str:
    return _("Deze tijd is al voorbij. Kies een einde dat nog komt.")


@says(AwayTooLong)
def _away_too_long(error: AwayTooLong) -> str:
    return ngettext(
        "Dit kan voor hoogstens %(num)s dag. Duurt het langer, geef de klas dan een andere collega.",
        "Dit kan voor hoogstens %(num)s dagen. Duurt het langer, geef de klas dan een andere collega.",
        error.days,
    )


@says(StandInUnknown)
def _stand_in_unknown(_error: StandInUnknown) -> str:
    return _("Kies een andere collega die invalt.")


@says(OwnTimesWhileAway)
def _own_times_while_away(_error: OwnTimesWhileAway) -> str:
    return _("Deze extra tijden vallen in de afwezigheid zelf. Kies een dag daarvoor of daarna.")


@says(StandInHoursNeeded)
def _stand_in_hours_needed(_error: StandInHoursNeeded) -> str:
    return _("Vul in op welke dag en tussen welke tijden.")


@says(TalksChangedMeanwhile)
def _talks_changed_meanwhile(_error: TalksChangedMeanwhile) -> str:
    return _("Intussen is er iets veranderd aan deze gesprekken. Kijk het nog eens na. Er is niets verstuurd.")


@says(PlaceTaken)
def _place_taken(error: PlaceTaken) -> str:
    return _(
        "%(moment)s is niet meer vrij, of voor twee gezinnen gekozen. Er is niets verstuurd.",
        moment=day_and_hour(error.starts_at),
    )


@says(NothingToTakeBack)
def _nothing_to_take_back(_error: NothingToTakeBack) -> str:
    return _("Dit kan niet meer worden teruggedraaid.")
