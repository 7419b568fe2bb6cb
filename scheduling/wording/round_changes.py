"""What is said about changes to a round that stands."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.round_changes import (
    ClosedAlready,
    LengthWrong,
    NoLaterYear,
    NoSuchRoom,
    NoTimesThere,
    OneLengthHere,
    OpenAlready,
    RoomNeeded,
    RoundHasBegun,
    TalksDoNotFit,
)
from scheduling.wording.errors import says


@says(RoomNeeded)
def _room_needed(_error: RoomNeeded) -> str:
    return _("Vul een lokaal in.")


@says(NoSuchRoom)
def _no_such_room(error: NoSuchRoom) -> str:
    if error.near:
        return _("%(room)s staat niet in uw lijst. Bedoelt u %(near)s?", room=error.room, near=", ".join(error.near))
    return _("%(room)s staat niet in uw lijst met lokalen.", room=error.room)


@says(NoTimesThere)
def _no_times_there(_error: NoTimesThere) -> str:
    return _("Op deze dag heeft deze collega geen tijden die nog komen.")


@says(ClosedAlready)
def _closed_already(_error: ClosedAlready) -> str:
    return _("Deze ronde is al gesloten.")


@says(OpenAlready)
def _open_already(_error: OpenAlready) -> str:
    return _("Deze ronde is niet gesloten.")


@says(RoundHasBegun)
def _round_has_begun(_error: RoundHasBegun) -> str:
    return _("De gesprekken van deze ronde zijn al begonnen. De duur blijft daarom zoals hij is.")


@says(TalksDoNotFit)
def _talks_do_not_fit(error: TalksDoNotFit) -> str:
    return ngettext(
        "Zo past %(num)s gesprek niet meer in de tijden. Maak eerst meer tijd, of kies een kortere duur.",
        "Zo passen %(num)s gesprekken niet meer in de tijden. Maak eerst meer tijd, of kies een kortere duur.",
        error.talks,
    )


@says(LengthWrong)
def _length_wrong(error: LengthWrong) -> str:
    return _(
        "Kies bijvoorbeeld 10, 15 of 20 minuten. In deze ronde duurt een gesprek meestal %(usual)s minuten.",
        usual=error.usual,
    )


@says(OneLengthHere)
def _one_length_here(_error: OneLengthHere) -> str:
    return _("In deze ronde duren alle gesprekken even lang. U verandert de duur bij de instellingen van de ronde.")


@says(NoLaterYear)
def _no_later_year(_error: NoLaterYear) -> str:
    return _("Er is nog geen volgend schooljaar met klassen. Lees eerst de nieuwe klassen in.")
