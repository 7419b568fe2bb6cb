"""Words for the day of the talks itself."""

from flask_babel import gettext as _

from scheduling.domain.on_the_day import LONGEST_SCREEN, NotToday, ScreenDayWrong, ScreenDead, ScreenNeedsName, ShownAs
from scheduling.wording.errors import says


def shown_as_name(shown_as: ShownAs) -> str:
    return {
        ShownAs.FIRST_NAMES: _("Voornaam van de leerling"),
        ShownAs.CODES: _("Een code van vier letters"),
    }[shown_as]


@says(ScreenDead)
def _screen_dead(_error: ScreenDead) -> str:
    return _("Dit scherm is er niet meer. De administratie maakt een nieuw adres.")


@says(ScreenNeedsName)
def _screen_needs_name(_error: ScreenNeedsName) -> str:
    return _("Geef het scherm een naam van hoogstens 60 tekens, bijvoorbeeld de gang.")


@says(ScreenDayWrong)
def _screen_day_wrong(_error: ScreenDayWrong) -> str:
    return _("Kies een laatste dag van vandaag tot over %(days)s dagen.", days=LONGEST_SCREEN.days)


@says(NotToday)
def _not_today(_error: NotToday) -> str:
    return _("Dit gesprek is niet vandaag.")
