"""Wishes beforehand, in the words of families and of the office."""

from collections.abc import Sequence

from flask_babel import gettext as _

from scheduling.domain.wishes import (
    Answer,
    Became,
    NoWishesHere,
    Outcome,
    SiblingWish,
    Some,
    WishesAfterTheTalks,
    WishesOver,
)
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


def answer_name(answer: Answer) -> str:
    """How a part of a day suits."""
    return {Answer.GOOD: _("Past goed"), Answer.CAN: _("Kan ook"), Answer.CANNOT: _("Past niet")}[answer]


def sibling_wish(wish: SiblingWish) -> str:
    """How the talks of brothers and sisters are liked."""
    return {
        SiblingWish.TOGETHER: _("Graag na elkaar, op één dag"),
        SiblingWish.APART: _("Liever op verschillende dagen"),
        SiblingWish.NO_MATTER: _("Dat maakt niet uit"),
    }[wish]


def outcome_in_draft(answer: Answer, *, late: bool = False) -> str:
    """The same, as the office reads it in a draft."""
    said = {
        Answer.GOOD: _("Wens: past goed."),
        Answer.CAN: _("Wens: kan ook."),
        Answer.CANNOT: _("Wens: past niet. Een betere plaats was er niet."),
    }[answer]
    return " ".join([said, _("De wens kwam na de datum.")]) if late else said


def became(outcome: Became) -> str:
    """What became of a wish, as the office's list says it."""
    return {
        Became.GOOD: _("past goed"),
        Became.CAN: _("kan ook"),
        Became.CANNOT: _("past niet"),
        Became.UNNAMED: _("geen wens voor de tijd"),
        Became.CHOSEN: _("zelf gekozen"),
        Became.WAITING: _("nog geen tijd"),
    }[outcome]


def siblings_became(outcome: Outcome) -> str:
    """Whether the talks of brothers and sisters are as the home liked them; empty: nothing to say."""
    if outcome.siblings_met is None:
        return ""
    if outcome.siblings is SiblingWish.APART:
        return _("op verschillende dagen") if outcome.siblings_met else _("niet op verschillende dagen")
    return _("na elkaar, op één dag") if outcome.siblings_met else _("niet na elkaar")


def which_homes(which: Some) -> str:
    """A choice above the office's list."""
    return {
        Some.ALL: _("alle gezinnen"),
        Some.SILENT: _("nog niets"),
        Some.SAID: _("gaven wensen"),
        Some.LATE: _("na de datum"),
        Some.MISSED: _("niet gelukt"),
        Some.UNREACHED: _("zonder mail"),
    }[which]


def became_at_home(outcome: Became) -> str:
    """What became of a wish, to the family itself."""
    return {
        Became.GOOD: _("Dit is een tijd die u goed paste."),
        Became.CAN: _("Dit is een tijd die voor u ook kon."),
        Became.CANNOT: _("U gaf door dat deze tijd niet past. Neem gerust een andere, of bel de school."),
        Became.UNNAMED: "",
        Became.CHOSEN: _("Deze tijd koos u zelf."),
        Became.WAITING: _("Voor deze tijd krijgt u nog bericht."),
    }[outcome]


def siblings_became_at_home(outcome: Outcome) -> str:
    """The same of the talks of brothers and sisters."""
    if outcome.siblings_met is None:
        return ""
    if outcome.siblings is SiblingWish.APART:
        if outcome.siblings_met:
            return _("De gesprekken zijn op verschillende dagen, zoals u vroeg.")
        return _("Verschillende dagen lukten niet voor alle gesprekken.")
    if outcome.siblings_met:
        return _("De gesprekken zijn na elkaar, op één dag, zoals u vroeg.")
    return _("Alle gesprekken na elkaar: dat lukte deze keer niet.")


def named(names: Sequence[str]) -> str:
    """ "Sami", "Sami en Noor", "Sami, Noor en Daan"."""
    first, last = names[:-1], names[-1] if names else ""
    return _("%(first)s en %(last)s", first=", ".join(first), last=last) if first else last


@says(WishesOver)
def _wishes_over(_error: WishesOver) -> str:
    return _("De tijden zijn al gemaakt. Past uw tijd niet? Kies of ruil op uw eigen pagina, of bel de school.")


@says(NoWishesHere)
def _no_wishes_here(_error: NoWishesHere) -> str:
    return _("Bij deze gesprekken vragen wij geen wensen, of ze horen niet bij u.")


@says(WishesAfterTheTalks)
def _wishes_after_the_talks(error: WishesAfterTheTalks) -> str:
    return _(
        "Wensen komen vóór het rooster. Kies een dag vóór %(day)s, de eerste dag van de gesprekken.",
        day=day_long(error.first_day),
    )
