"""What a change by hand costs, in words, and why a time is not possible."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.drafts import (
    Cost,
    CostKind,
    HeldInARow,
    MovedMeanwhile,
    NoSuchTalk,
    NothingToUndo,
    NotPossible,
    Stop,
    StopKind,
    Weighed,
)
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says

HARD = (CostKind.APART, CostKind.NO_BREAK, CostKind.WITHOUT_TIME)
"""What a family or a leader notices on the day itself."""


def tone(weighed: Weighed) -> str:
    """How a time looks among the others."""
    if weighed.is_free:
        return "good"
    return "stop" if any(cost.kind in HARD for cost in weighed.costs) else "ask"


def price(weighed: Weighed) -> str:
    """What a change costs in the roster's own sum."""
    if weighed.total > 0:
        return ngettext("kost %(num)s punt", "kost %(num)s punten", weighed.total)
    if weighed.total < 0:
        return ngettext("wint %(num)s punt", "wint %(num)s punten", -weighed.total)
    return _("kost niets")


def stop_text(stop: Stop, child: str, other: str) -> str:
    """Why this is not possible."""
    return {
        StopKind.NO_TIME: _("hier is geen tijd die lang genoeg is"),
        StopKind.TAKEN: _("%(other)s heeft deze tijd", other=other),
        StopKind.STANDING: _("%(other)s heeft deze tijd al gekregen", other=other),
        StopKind.HELD: _("%(other)s staat hier vast", other=other),
        StopKind.LENGTH: _("%(other)s heeft een ander aantal minuten", other=other),
        StopKind.FAMILY: _("het gezin van %(child)s kan dan niet", child=child),
        StopKind.SIBLING: _("dan is ook het gesprek over %(other)s", other=other),
        StopKind.TRAVEL: _("de reis van of naar het gesprek over %(other)s is langer", other=other),
        StopKind.LEADS: _("een ouder leidt dan zelf een gesprek: %(other)s", other=other),
    }[stop.kind]


def cost_text(cost: Cost, child: str, other: str) -> str:
    """One thing that is lost or won."""
    return {
        CostKind.WITHOUT_TIME: _("%(child)s heeft dan nog geen tijd", child=child),
        CostKind.WITH_TIME: _("%(child)s krijgt een tijd", child=child),
        CostKind.APART: _("%(child)s en %(other)s sluiten dan niet meer aan", child=child, other=other),
        CostKind.BESIDE: _("%(child)s en %(other)s sluiten dan aan", child=child, other=other),
        CostKind.LATER: _("tussen %(child)s en %(other)s is dan meer tijd", child=child, other=other),
        CostKind.WISH_LOST: _("%(child)s heeft liever een andere tijd", child=child),
        CostKind.WISH_KEPT: _("past beter bij %(child)s", child=child),
        CostKind.BREAK: _("er is dan weer een pauze"),
        CostKind.NO_BREAK: ngettext(
            "%(num)s gesprek zonder pauze", "%(num)s gesprekken zonder pauze", max(cost.count, 1)
        ),
    }[cost.kind]


def step_text(child: str, before: datetime | None, after: datetime | None) -> str:
    """Where a talk went."""
    if before is not None and after is not None:
        return _(
            "%(child)s ging van %(before)s naar %(after)s.",
            child=child,
            before=day_and_hour(before),
            after=day_and_hour(after),
        )
    if before is not None:
        return _("%(child)s staat nu apart. De tijd was %(before)s.", child=child, before=day_and_hour(before))
    if after is not None:
        return _("%(child)s heeft nu een tijd: %(after)s.", child=child, after=day_and_hour(after))
    return _("%(child)s staat nog apart.", child=child)


def length_text(child: str, minutes: int) -> str:
    """How long a talk takes now."""
    return _("Het gesprek over %(child)s is nu %(minutes)s minuten.", child=child, minutes=minutes)


def held_text(child: str, *, held: bool) -> str:
    """Whether a talk keeps its time when the rest is made anew."""
    return _("%(child)s staat nu vast.", child=child) if held else _("%(child)s staat nu los.", child=child)


def first_text(who: str | None, at: datetime | None) -> str:
    """Who was first."""
    if who is None or at is None:
        return _("Dit gesprek is net veranderd. Uw keuze is niet bewaard; hieronder staat hoe het nu is.")
    return _(
        "%(who)s was eerst, op %(moment)s. Uw keuze is niet bewaard; hieronder staat hoe het nu is.",
        who=who,
        moment=day_and_hour(at),
    )


@says(NoSuchTalk)
def _no_such_talk(_error: NoSuchTalk) -> str:
    return _("Dit gesprek staat niet in dit concept, of het gezin heeft de tijd al.")


@says(NotPossible)
def _not_possible(error: NotPossible) -> str:
    if error.kind is StopKind.FAMILY:
        return _("Het gezin kan op die tijd niet. Er is niets veranderd; kies een andere tijd.")
    return _("Die tijd kan niet meer. Er is niets veranderd; kies een andere tijd.")


@says(MovedMeanwhile)
def _moved_meanwhile(_error: MovedMeanwhile) -> str:
    return first_text(None, None)


@says(NothingToUndo)
def _nothing_to_undo(_error: NothingToUndo) -> str:
    return _("Dit kan niet meer terug: er is daarna nog iets veranderd.")


@says(HeldInARow)
def _held_in_a_row(error: HeldInARow) -> str:
    return _(
        "Bij %(leader)s staan meer dan %(most)s gesprekken achter elkaar vast. Maak er een los en zoek opnieuw.",
        leader=error.leader,
        most=error.at_most,
    )
