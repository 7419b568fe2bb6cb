"""Words for when a contact parent and a mentor consult."""

from flask_babel import gettext as _

from scheduling.domain.consults import (
    ConsultClashes,
    ConsultMinutes,
    ConsultOnFreeDay,
    ConsultOutsideYear,
    ConsultOver,
    ConsultState,
    ConsultUnderWay,
    ConsultUntilMissing,
    Rhythm,
)
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


def rhythm_name(rhythm: Rhythm) -> str:
    """How often."""
    return {
        Rhythm.ONCE: _("één keer"),
        Rhythm.WEEKLY: _("elke week"),
        Rhythm.TWO_WEEKLY: _("om de week"),
        Rhythm.MONTHLY: _("om de vier weken"),
        Rhythm.MONTHLY_WEEKDAY: _("elke maand op dezelfde weekdag"),
        Rhythm.MONTHLY_DATE: _("elke maand op dezelfde datum"),
        Rhythm.PER_PERIOD: _("één keer tussen twee vakanties"),
        Rhythm.TWICE_PER_PERIOD: _("twee keer tussen twee vakanties"),
    }[rhythm]


def consult_state_name(state: ConsultState) -> str:
    """How far a proposal is."""
    return {
        ConsultState.PROPOSED: _("voorgesteld"),
        ConsultState.AGREED: _("afgesproken"),
        ConsultState.DECLINED: _("liever anders"),
        ConsultState.OFF: _("gestopt"),
    }[state]


@says(ConsultMinutes)
def _minutes(error: ConsultMinutes) -> str:
    return _("Een overleg duurt %(least)s tot %(most)s minuten.", least=error.least, most=error.most)


@says(ConsultUntilMissing)
def _until(_error: ConsultUntilMissing) -> str:
    return _("Kies de laatste dag, of één keer.")


@says(ConsultOutsideYear)
def _outside(error: ConsultOutsideYear) -> str:
    return _("%(day)s ligt niet in de rest van dit schooljaar. Kies een andere dag.", day=day_long(error.day))


@says(ConsultOnFreeDay)
def _free(error: ConsultOnFreeDay) -> str:
    return _("Op %(day)s is er geen school. Kies een andere dag.", day=day_long(error.day))


@says(ConsultClashes)
def _clashes(error: ConsultClashes) -> str:
    return _("Op %(day)s is er rond die tijd al iets anders. Kies een andere tijd of dag.", day=day_long(error.day))


@says(ConsultUnderWay)
def _under_way(_error: ConsultUnderWay) -> str:
    return _("Er is al een afspraak of voorstel. Verander dat, of stop er eerst mee.")


@says(ConsultOver)
def _over(_error: ConsultOver) -> str:
    return _("Dit is intussen beantwoord, veranderd of voorbij. Hieronder staat het zoals het nu is.")
