"""Refusals around a family's talk: what is the matter, and what is possible now."""

from flask_babel import gettext as _

from scheduling.domain.rounds import (
    AlreadyBooked,
    FamilyBusy,
    NotOpenYet,
    OtherHomeToo,
    RoundClosed,
    SlotTaken,
    TalkCancelled,
    TalkStands,
    TimesChanged,
    TooLate,
)
from scheduling.domain.travel import NotThereInTime
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


@says(SlotTaken)
def _slot_taken(_error: SlotTaken) -> str:
    return _("Deze tijd is net gekozen door iemand anders. Kies een van de tijden die nog vrij zijn.")


@says(FamilyBusy)
def _family_busy(error: FamilyBusy) -> str:
    return _(
        "Op %(moment)s is er al een ander gesprek met iemand die erbij hoort. Kies een andere tijd.",
        moment=day_and_hour(error.starts_at),
    )


@says(NotThereInTime)
def _not_there_in_time(error: NotThereInTime) -> str:
    return _(
        "Voor %(moment)s is er te weinig tijd om te reizen van of naar een gesprek op een andere locatie. "
        "Kies een andere tijd.",
        moment=day_and_hour(error.starts_at),
    )


@says(AlreadyBooked)
def _already_booked(error: AlreadyBooked) -> str:
    return _(
        "Er staat al een gesprek op %(moment)s. Wilt u een andere tijd, kies die dan bij dat gesprek.",
        moment=day_and_hour(error.starts_at),
    )


@says(TalkCancelled)
def _talk_cancelled(_error: TalkCancelled) -> str:
    return _("Dit gesprek is afgezegd. U kunt opnieuw een tijd kiezen.")


@says(TimesChanged)
def _times_changed(_error: TimesChanged) -> str:
    return _("Een van de tijden is net veranderd. Er is nog niets bevestigd. Kijk even of het zo past.")


@says(TalkStands)
def _talk_stands(error: TalkStands) -> str:
    return _(
        "Uw gesprek staat op %(moment)s. Kunt u dan niet, zeg het gesprek dan eerst af.",
        moment=day_and_hour(error.starts_at),
    )


@says(NotOpenYet)
def _not_open_yet(error: NotOpenYet) -> str:
    return _("U kunt een tijd kiezen vanaf %(moment)s.", moment=day_and_hour(error.opens_at))


@says(RoundClosed)
def _round_closed(error: RoundClosed) -> str:
    return _(
        "Kiezen kon tot %(moment)s. Bel de school: die zoekt met u naar een tijd.",
        moment=day_and_hour(error.closed_at),
    )


@says(TooLate)
def _too_late(error: TooLate) -> str:
    return _(
        "Dit kon hier tot %(moment)s. Bel de school: die helpt u verder.",
        moment=day_and_hour(error.until),
    )


@says(OtherHomeToo)
def _other_home_too(_error: OtherHomeToo) -> str:
    return _("Bij dit gesprek hoort nog een ouder. Bel de school: die zoekt een tijd die allen past.")
