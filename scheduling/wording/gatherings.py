"""What is said about gatherings."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.gatherings import (
    PEOPLE_AT_MOST,
    Coming,
    GatheringFull,
    GatheringOver,
    MoreInChildcare,
    NobodyComes,
    NoSuchGathering,
    TooManyPeople,
)
from scheduling.wording.errors import says


def coming_name(coming: Coming) -> str:
    """What a home says, in a list."""
    return {Coming.YES: _("komt"), Coming.PERHAPS: _("misschien"), Coming.NO: _("komt niet")}[coming]


@says(NoSuchGathering)
def _no_such_gathering(_error: NoSuchGathering) -> str:
    return _("Deze bijeenkomst is er niet (meer).")


@says(GatheringOver)
def _over(_error: GatheringOver) -> str:
    return _("Deze bijeenkomst is al begonnen, of gaat niet door. Er is niets veranderd.")


@says(GatheringFull)
def _full(error: GatheringFull) -> str:
    if not error.places:
        return _("Alle plaatsen zijn bezet. Kies misschien: dan hoort de school dat u graag komt.")
    return ngettext(
        "Er is nog %(num)s plaats. Kom met minder mensen, of kies misschien.",
        "Er zijn nog %(num)s plaatsen. Kom met minder mensen, of kies misschien.",
        error.places,
    )


@says(NobodyComes)
def _nobody(_error: NobodyComes) -> str:
    return _("Vul in met hoeveel mensen u komt.")


@says(TooManyPeople)
def _too_many(_error: TooManyPeople) -> str:
    return _("Vul hoogstens %(most)s mensen in. Komt u met meer, bel dan de school.", most=PEOPLE_AT_MOST)


@says(MoreInChildcare)
def _childcare(_error: MoreInChildcare) -> str:
    return _("Er gaan meer kinderen naar de opvang dan er komen. Pas een van de getallen aan.")
