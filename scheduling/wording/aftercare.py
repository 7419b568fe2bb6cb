"""Words for what comes after a talk."""

from flask_babel import gettext as _

from scheduling.domain.aftercare import (
    ActionBy,
    ActionDayWrong,
    ActionHalf,
    AftercareChanged,
    AftercareClosed,
    AfterwordTooLong,
    MarkupInAfterword,
    NotHeld,
    NothingConcluded,
)
from scheduling.wording.dates import day_and_hour, day_long
from scheduling.wording.errors import says


def action_by(who: ActionBy) -> str:
    """Who takes it up, as both sides read it."""
    return {
        ActionBy.PARENT: _("ouder"),
        ActionBy.PUPIL: _("leerling"),
        ActionBy.LEADER: _("school"),
    }[who]


@says(NothingConcluded)
def _nothing(_error: NothingConcluded) -> str:
    return _("Schrijf in één zin wat u afsprak, of wie wat doet.")


@says(AfterwordTooLong)
def _too_long(error: AfterwordTooLong) -> str:
    return _(
        "Dit zijn %(length)s tekens. Er is plaats voor %(most)s: schrijf het korter.",
        length=error.length,
        most=error.most,
    )


@says(MarkupInAfterword)
def _markup(_error: MarkupInAfterword) -> str:
    return _("Schrijf hier gewone woorden, zonder links of tekens als < en >.")


@says(ActionHalf)
def _half(_error: ActionHalf) -> str:
    return _("Schrijf ook wat er op deze dag klaar is.")


@says(ActionDayWrong)
def _day_wrong(error: ActionDayWrong) -> str:
    return _(
        "%(day)s past niet bij dit gesprek. Kies de dag van het gesprek, of een dag in het jaar erna.",
        day=day_long(error.day, year=True),
    )


@says(NotHeld)
def _not_held(_error: NotHeld) -> str:
    return _("Zeg eerst hoe het gesprek ging. Daarna schrijft u op wat u afsprak.")


@says(AftercareClosed)
def _closed(error: AftercareClosed) -> str:
    return _("Aanpassen kon tot %(moment)s. Wat er staat, blijft staan.", moment=day_and_hour(error.until))


@says(AftercareChanged)
def _changed(_error: AftercareChanged) -> str:
    return _("Een collega schreef hier intussen iets op. Kijk opnieuw en pas het dan aan.")
