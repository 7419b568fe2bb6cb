"""What is said about gatherings."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.gatherings import (
    CAPACITY_AT_MOST,
    COUNTED_AT_MOST,
    PEOPLE_AT_MOST,
    AlreadyReminded,
    Answer,
    AnswerByTooLate,
    CannotInvite,
    Coming,
    DetailTooLong,
    FewerThanComing,
    GatheringFull,
    GatheringMeanwhile,
    GatheringOver,
    HallTaken,
    MoreInChildcare,
    NobodyComes,
    NoChildcareHere,
    NoSuchGathering,
    NoThemeHere,
    NotInvitedYet,
    NotYetHeld,
    TooManyPeople,
    WrongCapacity,
    WrongCount,
)
from scheduling.domain.year_plans import PlannedKind
from scheduling.wording.dates import day_and_hour, day_long
from scheduling.wording.errors import says
from scheduling.wording.wishes import named
from scheduling.wording.year_plans import kind_name


def coming_name(coming: Coming) -> str:
    """What a home says, in a list."""
    return {Coming.YES: _("komt"), Coming.PERHAPS: _("misschien"), Coming.NO: _("komt niet")}[coming]


def coming_sentence(answer: Answer) -> str:
    """What this home said, to the home itself."""
    if answer.coming is Coming.NO:
        return _("U komt niet.")
    parts = [
        ngettext("%(num)s volwassene", "%(num)s volwassenen", answer.adults) if answer.adults else "",
        ngettext("%(num)s kind", "%(num)s kinderen", answer.children) if answer.children else "",
    ]
    who = named([part for part in parts if part])
    if answer.coming is Coming.PERHAPS:
        return _("U komt misschien, met %(who)s.", who=who) if who else _("U komt misschien.")
    return _("U komt, met %(who)s.", who=who)


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


@says(NoChildcareHere)
def _no_childcare(_error: NoChildcareHere) -> str:
    return _("Deze keer is er geen opvang. Vul daar 0 in.")


@says(NoThemeHere)
def _no_theme(error: NoThemeHere) -> str:
    if error.kind is PlannedKind.RECEPTION:
        return _("Een startreceptie heeft geen thema of programma: een drankje en een hapje, meer niet.")
    return _("Een ouderkring kiest de eigen onderwerpen. Laat het thema leeg.")


@says(DetailTooLong)
def _detail_too_long(error: DetailTooLong) -> str:
    return _("Houd het kort: hoogstens %(most)s tekens.", most=error.most)


@says(WrongCapacity)
def _wrong_capacity(_error: WrongCapacity) -> str:
    return _("Vul 1 tot %(most)s plaatsen in, of laat het leeg: dan is er plaats genoeg.", most=CAPACITY_AT_MOST)


@says(FewerThanComing)
def _fewer(error: FewerThanComing) -> str:
    return ngettext(
        "Er zei al %(num)s mens ja. Kies minstens zoveel plaatsen, of een grotere zaal.",
        "Er zeiden al %(num)s mensen ja. Kies minstens zoveel plaatsen, of een grotere zaal.",
        error.people,
    )


@says(AnswerByTooLate)
def _answer_by(error: AnswerByTooLate) -> str:
    return _("De bijeenkomst is op %(day)s. Vraag het antwoord op die dag of eerder.", day=day_long(error.day))


@says(WrongCount)
def _wrong_count(_error: WrongCount) -> str:
    return _("Vul een heel getal in van 0 tot %(most)s.", most=COUNTED_AT_MOST)


@says(NotYetHeld)
def _not_yet(_error: NotYetHeld) -> str:
    return _("De bijeenkomst is nog niet begonnen. Tel de mensen als zij er zijn.")


@says(GatheringMeanwhile)
def _meanwhile(_error: GatheringMeanwhile) -> str:
    return _("Iemand veranderde deze bijeenkomst net. Kijk hoe het nu staat, en probeer het daarna weer.")


@says(CannotInvite)
def _cannot_invite(error: CannotInvite) -> str:
    return _("Voor %(kind)s nodigt u niet alle ouders samen uit.", kind=kind_name(error.kind))


@says(NotInvitedYet)
def _not_invited(_error: NotInvitedYet) -> str:
    return _("Er is nog niemand uitgenodigd.")


@says(AlreadyReminded)
def _reminded(error: AlreadyReminded) -> str:
    return _(
        "Op %(moment)s ging er al een herinnering uit. Eén keer is genoeg.", moment=day_and_hour(error.reminded_at)
    )


@says(HallTaken)
def _hall(error: HallTaken) -> str:
    return _(
        "%(place)s is op %(day)s rond die tijd ook voor iets anders: %(kind)s. Kies een andere plaats of tijd.",
        place=error.place, day=day_long(error.day), kind=kind_name(error.other),
    )  # fmt: skip
