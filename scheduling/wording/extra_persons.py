"""Words for who else comes to a talk."""

from flask_babel import gettext as _

from scheduling.domain.extra_persons import (
    ColleagueElsewhere,
    ExtraDaysWrong,
    ExtraKind,
    ExtraNeedsName,
    ExtrasFull,
    ExtraState,
    NoSuchExtra,
    WhoComes,
)
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def extra_name(kind: ExtraKind) -> str:
    """Who it is, within a sentence."""
    return {
        ExtraKind.MENTOR: _("de andere mentor of leerkracht"),
        ExtraKind.COUNSELLOR: _("leerlingenbegeleider"),
        ExtraKind.CARE: _("intern begeleider of zorgcoördinator"),
        ExtraKind.EXTERNAL: _("iemand van buiten de school, zoals het CLB"),
        ExtraKind.FAMILY: _("een volwassene van het gezin"),
    }[kind]


def both_name(name: str) -> str:
    """One talk with both mentors, as a choice."""
    return _("één gesprek met allebei: ook %(name)s", name=name)


def extra_state(kind: ExtraKind, state: ExtraState) -> str:
    """How far the school is with it; who comes along with the family simply comes."""
    if kind is ExtraKind.FAMILY:
        return _("komt mee")
    return {
        ExtraState.ASKED: _("gevraagd"),
        ExtraState.ARRANGED: _("geregeld"),
        ExtraState.NOT_POSSIBLE: _("niet mogelijk"),
        ExtraState.AGAIN: _("wordt opnieuw geregeld"),
    }[state]


@says(NoSuchExtra)
def _no_such_extra(_error: NoSuchExtra) -> str:
    return _("Deze vraag is er niet meer.")


@says(ExtraNeedsName)
def _needs_name(error: ExtraNeedsName) -> str:
    return _("Schrijf een naam van hoogstens %(most)s tekens.", most=error.most)


@says(WhoComes)
def _who_comes(_error: WhoComes) -> str:
    return _("Kies een collega of schrijf wie er komt.")


@says(ColleagueElsewhere)
def _elsewhere(error: ColleagueElsewhere) -> str:
    return _("Deze collega heeft op %(moment)s een ander gesprek.", moment=day_and_hour(error.starts_at))


@says(ExtrasFull)
def _full(error: ExtrasFull) -> str:
    return _("U vroeg al %(most)s mensen bij dit gesprek. Haal er eerst een weg.", most=error.most)


@says(ExtraDaysWrong)
def _days_wrong(_error: ExtraDaysWrong) -> str:
    return _("Vul een getal in van 0 tot en met 30.")
