"""Wishes beforehand, in the words of families and of the office."""

from collections.abc import Sequence

from flask_babel import gettext as _

from scheduling.domain.wishes import Answer, NoWishesHere, SiblingWish, WishesAfterTheTalks, WishesOver
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
        Answer.CANNOT: _("Wens: past niet. Een andere plaats kost andere gezinnen meer."),
    }[answer]
    return " ".join([said, _("De wens kwam na de datum.")]) if late else said


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
