"""Words for the poll about an evening for the whole group."""

from flask_babel import gettext as _

from scheduling.domain.information_poll import NoDayFits, NothingWanted
from scheduling.wording.errors import says
from scheduling.wording.plans import period_name


@says(NothingWanted)
def _nothing(_error: NothingWanted) -> str:
    return _("Kies voor wie, en in welke periode.")


@says(NoDayFits)
def _no_day(error: NoDayFits) -> str:
    return _(
        "In de periode %(period)s is geen avond meer vrij. Kies een andere periode, of zet zelf een dag in het plan.",
        period=period_name(error.period.value),
    )
