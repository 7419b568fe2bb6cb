"""Words for who comes to a talk besides the family and its leader."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.guests import (
    GuestNeedsName,
    HelpState,
    InterpreterElsewhere,
    InterpreterNeeded,
    InterpreterTwice,
    LanguageNeeded,
    LanguagesNeeded,
    NoSuchGuest,
    NumberTooLong,
    StillExpected,
    Way,
)
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def way_name(way: Way) -> str:
    """How an interpreter takes part, within a sentence."""
    return {
        Way.ON_SITE: _("op school"),
        Way.PHONE: _("aan de telefoon"),
        Way.VIDEO: _("met beeld"),
    }[way]


def at_home_name() -> str:
    """Where an interpreter joins a visit, within a sentence; never where that home is."""
    return _("bij het gezin thuis")


def way_for_family(way: Way, *, at_home: bool = False) -> str:
    """How an interpreter takes part, as the family reads it: at a visit, in its own house."""
    return _("bij u thuis") if at_home and way is Way.ON_SITE else way_name(way)


def way_at(way: Way, *, at_home: bool = False) -> str:
    """The same at a talk that may be a visit, for the school."""
    return at_home_name() if at_home and way is Way.ON_SITE else way_name(way)


def help_name(state: HelpState) -> str:
    """How far the school is with it."""
    return {
        HelpState.ASKED: _("gevraagd"),
        HelpState.BOOKED: _("geboekt"),
        HelpState.CONFIRMED: _("bevestigd"),
        HelpState.NOT_POSSIBLE: _("niet mogelijk"),
    }[state]


@says(NoSuchGuest)
def _no_such_guest(_error: NoSuchGuest) -> str:
    return _("Deze tolk of dit gesprek is er niet.")


@says(GuestNeedsName)
def _needs_name(error: GuestNeedsName) -> str:
    return _("Schrijf een naam van hoogstens %(most)s tekens.", most=error.most)


@says(LanguagesNeeded)
def _needs_languages(_error: LanguagesNeeded) -> str:
    return _("Schrijf ten minste één taal. Zet een komma tussen twee talen.")


@says(NumberTooLong)
def _number_too_long(error: NumberTooLong) -> str:
    return _("Een nummer of link heeft hoogstens %(most)s tekens.", most=error.most)


@says(InterpreterNeeded)
def _interpreter_needed(_error: InterpreterNeeded) -> str:
    return _("Kies wie er tolkt.")


@says(LanguageNeeded)
def _language_needed(_error: LanguageNeeded) -> str:
    return _("Schrijf welke taal de tolk spreekt.")


@says(InterpreterElsewhere)
def _elsewhere(error: InterpreterElsewhere) -> str:
    return _("De tolk kan niet op %(moment)s. Kies een andere tijd.", moment=day_and_hour(error.starts_at))


@says(InterpreterTwice)
def _twice(error: InterpreterTwice) -> str:
    return _(
        "%(name)s is op %(moment)s al bij een ander gesprek. Verplaats er een, of kies iemand anders.",
        name=error.name, moment=day_and_hour(error.starts_at),
    )  # fmt: skip


@says(StillExpected)
def _still_expected(error: StillExpected) -> str:
    return ngettext(
        "Deze tolk staat nog bij %(num)s gesprek. Boek daar eerst iemand anders.",
        "Deze tolk staat nog bij %(num)s gesprekken. Boek daar eerst iemand anders.",
        error.talks,
    )
