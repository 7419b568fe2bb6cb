"""Whom a family wants to speak on a contact evening, in the words of families, teachers and office."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.people import Sector
from scheduling.domain.requests import (
    AskedAndNotNeeded,
    ChosenTooNear,
    MoreThanFits,
    NoRequestsHere,
    NotATeacherOf,
    NothingAsked,
    NothingChosen,
    OfferOver,
    OutsideTheEvenings,
    RequestsOver,
    RuleOutOfRange,
    Some,
    TooManyAsked,
)
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says
from scheduling.wording.names import leader_title


def place_name(place: int) -> str:
    """The order of a family's own wishes."""
    return {
        1: _("Eerste keus"),
        2: _("Tweede keus"),
        3: _("Derde keus"),
        4: _("Vierde keus"),
        5: _("Vijfde keus"),
        6: _("Zesde keus"),
        7: _("Zevende keus"),
    }.get(place) or _("Achtste keus")


def subjects_name(subjects: Sequence[str], *, leads: bool, sector: Sector) -> str:
    """What a colleague is to a child: mentor, a subject, or both."""
    return ", ".join([leader_title(sector)] * leads + list(subjects))


def which_homes(which: Some) -> str:
    """A choice above the office's list."""
    return {
        Some.ALL: _("alle gezinnen"),
        Some.SILENT: _("nog niets"),
        Some.ASKED: _("vroegen gesprekken"),
        Some.NONE_NEEDED: _("geen gesprek nodig"),
        Some.OBLIGATORY: _("school wil graag spreken"),
        Some.UNREACHED: _("zonder mail"),
    }[which]


@says(NoRequestsHere)
def _no_requests_here(_error: NoRequestsHere) -> str:
    return _("Bij deze gesprekken vragen wij niet wie u wilt spreken, of ze horen niet bij u.")


@says(RequestsOver)
def _requests_over(_error: RequestsOver) -> str:
    return _("De tijden zijn al gemaakt. Op uw eigen pagina staat wat er nog kan.")


@says(NothingAsked)
def _nothing_asked(_error: NothingAsked) -> str:
    return _("Kies wie u wilt spreken, of vink aan dat er geen gesprek nodig is.")


@says(AskedAndNotNeeded)
def _asked_and_not_needed(error: AskedAndNotNeeded) -> str:
    return _("Bij %(child)s koos u een gesprek én „geen gesprek nodig”. Laat één van de twee staan.", child=error.child)


@says(TooManyAsked)
def _too_many_asked(error: TooManyAsked) -> str:
    return ngettext(
        "Voor %(child)s kunt u %(num)s gesprek vragen.", "Voor %(child)s kunt u %(num)s gesprekken vragen.",
        error.most, child=error.child,
    )  # fmt: skip


@says(NotATeacherOf)
def _not_a_teacher_of(error: NotATeacherOf) -> str:
    return _("Deze collega geeft geen les aan %(child)s. Kies iemand uit de lijst.", child=error.child)


@says(MoreThanFits)
def _more_than_fits(error: MoreThanFits) -> str:
    return _(
        "U vraagt %(asked)s minuten gesprek, en in de uren die u passen zijn er %(there)s. Vraag minder gesprekken, of "
        "laat meer uren open.",
        asked=error.asked, there=error.there,
    )  # fmt: skip


@says(OutsideTheEvenings)
def _outside_the_evenings(error: OutsideTheEvenings) -> str:
    days = ", ".join(day_long(day) for day in error.days)
    return _("U koos een tijd die niet bij deze avonden hoort: %(days)s. Kies opnieuw; de lijst is nu goed.", days=days)


@says(RuleOutOfRange)
def _rule_out_of_range(error: RuleOutOfRange) -> str:
    return _("Vul een getal in van %(least)s tot en met %(most)s.", least=error.least, most=error.most)


@says(NothingChosen)
def _nothing_chosen(_error: NothingChosen) -> str:
    return _("Kies bij minstens één collega een tijd.")


@says(ChosenTooNear)
def _chosen_too_near(error: ChosenTooNear) -> str:
    return _(
        "De tijden bij %(first)s en %(second)s gaan niet samen. Kies bij een van de twee een andere tijd.",
        first=error.first, second=error.second,
    )  # fmt: skip


@says(OfferOver)
def _offer_over(_error: OfferOver) -> str:
    return _("Deze tijd houden wij niet meer voor u vast. Wordt er weer een vrij, dan hoort u het.")
