"""Each way to say no, as one sentence: what is the matter, and what is possible now. For pages and commands alike."""

from collections.abc import Callable
from typing import TypeVar

from flask_babel import gettext as _

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from scheduling.domain.timeslots import EndsBeforeItStarts, NoSuchTime
from scheduling.domain.years import UnknownYear
from scheduling.wording.dates import day_long

E = TypeVar("E", bound=Refused)
SENTENCES: dict[type[Refused], Callable[..., str]] = {}


def says(kind: type[E]) -> Callable[[Callable[[E], str]], Callable[[E], str]]:
    """Register the sentence of one refusal."""

    def register(sentence: Callable[[E], str]) -> Callable[[E], str]:
        SENTENCES[kind] = sentence
        return sentence

    return register


def sentence(error: Refused) -> str:
    """What to say to the person who asked."""
    kind = next(kind for kind in type(error).__mro__ if kind in SENTENCES)
    return SENTENCES[kind](error)


@says(NotFound)
def _not_found(_error: NotFound) -> str:
    return _("Dit is er niet, of het hoort niet bij u.")


@says(Invalid)
def _invalid(_error: Invalid) -> str:
    return _("Er klopt iets niet in wat u invulde. Kijk het nog eens na.")


@says(Conflict)
def _conflict(_error: Conflict) -> str:
    return _("Er is intussen iets veranderd. Kijk opnieuw en kies dan.")


@says(Unavailable)
def _unavailable(_error: Unavailable) -> str:
    return _("Uw keuze is NIET opgeslagen: wij kunnen er nu even niet bij. Probeer het over een paar minuten opnieuw.")


@says(Refused)
def _refused(_error: Refused) -> str:
    return _("Dit kan nu niet.")


@says(NoSuchTime)
def _no_such_time(error: NoSuchTime) -> str:
    return _(
        "Op %(day)s bestaat %(time)s uur niet: de klok gaat dan een uur vooruit. Kies een andere tijd.",
        day=day_long(error.day, year=True),
        time=f"{error.clock:%H.%M}",
    )


@says(EndsBeforeItStarts)
def _ends_before(error: EndsBeforeItStarts) -> str:
    return _(
        "Op %(day)s ligt het einde (%(ends)s uur) niet na het begin (%(starts)s uur). Verbeter een van beide.",
        day=day_long(error.day, year=True),
        ends=f"{error.ends:%H.%M}",
        starts=f"{error.starts:%H.%M}",
    )


@says(UnknownYear)
def _unknown_year(error: UnknownYear) -> str:
    return _("%(label)s is geen schooljaar. Schrijf het zo: 2027-2028.", label=error.label)
