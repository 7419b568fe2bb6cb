"""Reminders that go by themselves: what the office reads about them."""

from flask_babel import gettext as _

from scheduling.domain.reminders import (
    ApproachInFuture,
    HourIsQuiet,
    HourOutOfRange,
    MostOutOfRange,
    NextStep,
    Occasion,
    WhyNot,
)
from scheduling.wording.errors import says


@says(HourOutOfRange)
def _hour_out_of_range(error: HourOutOfRange) -> str:
    return _(
        "Kies een uur van %(least)s tot en met %(most)s. Zo komt een herinnering overdag.",
        least=error.least, most=error.most,
    )  # fmt: skip


@says(HourIsQuiet)
def _hour_is_quiet(error: HourIsQuiet) -> str:
    return _(
        "Van %(quiet_from)s tot %(quiet_until)s uur stuurt uw school niets. Kies een ander uur.",
        quiet_from=error.quiet_from, quiet_until=error.quiet_until,
    )  # fmt: skip


@says(MostOutOfRange)
def _most_out_of_range(error: MostOutOfRange) -> str:
    return _("Kies een aantal van %(least)s tot en met %(most)s.", least=error.least, most=error.most)


@says(ApproachInFuture)
def _approach_in_future(_error: ApproachInFuture) -> str:
    return _("Die dag komt nog. Kies de dag waarop u het gezin sprak, of vandaag.")


def occasion_name(occasion: Occasion) -> str:
    """Which reminder it is."""
    return {
        Occasion.WISHES_HALFWAY: _("Halverwege: wie nog niets doorgaf"),
        Occasion.WISHES_LAST_DAY: _("Laatste dag: wie nog niets doorgaf"),
        Occasion.ANSWER_HALFWAY: _("Halverwege: wie nog geen antwoord gaf"),
        Occasion.ANSWER_LAST_DAY: _("Laatste dag: wie nog geen antwoord gaf"),
        Occasion.DAY_BEFORE: _("De dag ervoor: wie komt"),
    }[occasion]


def why_not(reason: WhyNot) -> str:
    """Why this family gets no such mail."""
    return {
        WhyNot.ENOUGH: _("Kreeg al zoveel herinneringen als u instelde."),
        WhyNot.SPEAK: _("Kreeg al twee keer een vraag. Spreek dit gezin persoonlijk."),
        WhyNot.TODAY: _("Krijgt die dag al een andere herinnering."),
        WhyNot.HAD_IT: _("Kreeg deze herinnering al."),
        WhyNot.NO_MAIL: _("Heeft geen werkend mailadres. Spreek dit gezin persoonlijk."),
    }[reason]


def step_name(step: NextStep) -> str:
    """What follows after a talk in person."""
    return {
        NextStep.SPOKEN: _("Gesproken, verder niets nodig"),
        NextStep.FAMILY_CHOOSES: _("Het gezin kiest nog zelf"),
        NextStep.WE_CALL: _("Wij bellen"),
        NextStep.WE_MEET: _("Een ander moment of andere plek"),
        NextStep.TRY_AGAIN: _("Nog niet gelukt, later opnieuw"),
    }[step]
