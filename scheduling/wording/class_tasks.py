"""Words for help that a class asks of its families."""

from flask_babel import gettext as _

from scheduling.domain.class_tasks import (
    HELPERS_AT_MOST,
    NoOccasion,
    NoSuchTask,
    NothingAsked,
    TaskDayElsewhere,
    TaskFull,
    TaskOver,
    WrongNumberOfHelpers,
)
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


@says(NoSuchTask)
def _no_such(_error: NoSuchTask) -> str:
    return _("Deze hulp wordt niet gevraagd.")


@says(NothingAsked)
def _nothing(_error: NothingAsked) -> str:
    return _("Schrijf welke hulp u vraagt.")


@says(NoOccasion)
def _no_occasion(_error: NoOccasion) -> str:
    return _("Kies een moment uit het jaarplan, of schrijf zelf waar het voor is.")


@says(WrongNumberOfHelpers)
def _wrong_number(_error: WrongNumberOfHelpers) -> str:
    return _("Vul in hoeveel mensen u vraagt: 1 tot %(most)s.", most=HELPERS_AT_MOST)


@says(TaskDayElsewhere)
def _elsewhere(error: TaskDayElsewhere) -> str:
    return _("Kies een dag van %(first)s tot en met %(last)s.", first=day_long(error.first), last=day_long(error.last))


@says(TaskFull)
def _full(_error: TaskFull) -> str:
    return _("Er zijn al genoeg helpers. Fijn dat u het aanbood.")


@says(TaskOver)
def _over(_error: TaskOver) -> str:
    return _("Dit is voorbij, of de hulp is niet meer nodig.")
