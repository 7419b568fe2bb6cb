"""What the office hears about the school's own texts."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.texts import LanguageUnknown, LinkBroken, LinkHalf, LinkHidesItsPlace, TextTooLong
from scheduling.wording.errors import says


@says(LinkBroken)
def _link_broken(error: LinkBroken) -> str:
    return _(
        "“%(address)s” is geen adres van een webpagina. Plak het hele adres. Het begint met https://.",
        address=error.address[:60],
    )


@says(LinkHidesItsPlace)
def _link_hides(_error: LinkHidesItsPlace) -> str:
    return _("In dit adres staat een naam of wachtwoord voor de website. Haal dat weg.")


@says(LinkHalf)
def _link_half(_error: LinkHalf) -> str:
    return _("Een link heeft een naam en een adres. Vul ook dit vak in, of maak ze allebei leeg.")


@says(TextTooLong)
def _too_long(error: TextTooLong) -> str:
    return ngettext("Hier past %(num)s teken.", "Hier passen %(num)s tekens. Maak de tekst korter.", error.most)


@says(LanguageUnknown)
def _language_unknown(_error: LanguageUnknown) -> str:
    return _("Geen gezin in deze ronde leest die taal.")
