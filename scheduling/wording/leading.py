"""Words for a leader's own times and talks."""

from flask_babel import gettext as _

from scheduling.domain.leading import (
    CallDone,
    MovedMeanwhile,
    NothingChosen,
    NotPublished,
    OwnChild,
    SlotHasTalk,
    SlotPast,
    TalkNotYet,
)
from scheduling.domain.rounds import BookingStatus, Outcome
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def outcome_name(outcome: Outcome) -> str:
    """A talk that did not take place is a fact about an hour, never about a family."""
    return {
        Outcome.HELD: _("gesproken"),
        Outcome.NO_SHOW: _("niet doorgegaan"),
        Outcome.BY_PHONE: _("gebeld"),
    }[outcome]


def status_name(status: BookingStatus) -> str:
    return {
        BookingStatus.INVITED: _("nog geen antwoord"),
        BookingStatus.CONFIRMED: _("bevestigd"),
        BookingStatus.CANCELLED: _("afgezegd"),
    }[status]


@says(SlotHasTalk)
def _slot_has_talk(error: SlotHasTalk) -> str:
    return _("Op %(moment)s staat intussen een gesprek. Verplaats dat eerst.", moment=day_and_hour(error.starts_at))


@says(MovedMeanwhile)
def _moved_meanwhile(error: MovedMeanwhile) -> str:
    return _(
        "Dit gesprek is intussen verplaatst naar %(moment)s. Past dat niet, kies dan nog eens.",
        moment=day_and_hour(error.starts_at),
    )


@says(NothingChosen)
def _nothing_chosen(_error: NothingChosen) -> str:
    return _("Kies eerst een tijd.")


@says(SlotPast)
def _slot_past(error: SlotPast) -> str:
    return _("%(moment)s is voorbij. Kies een tijd die nog komt.", moment=day_and_hour(error.starts_at))


@says(TalkNotYet)
def _talk_not_yet(error: TalkNotYet) -> str:
    return _("Dit gesprek begint op %(moment)s. Daarna kunt u dit invullen.", moment=day_and_hour(error.starts_at))


@says(NotPublished)
def _not_published(_error: NotPublished) -> str:
    return _("Gezinnen zien deze tijden nog niet. Dat kan zodra de administratie het rooster openzet.")


@says(OwnChild)
def _own_child(_error: OwnChild) -> str:
    return _("Het gesprek over het eigen kind voert een collega. Kies een andere collega.")


@says(CallDone)
def _call_done(_error: CallDone) -> str:
    return _("Een collega heeft al gebeld.")
