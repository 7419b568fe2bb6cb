"""Refusals around what a talk can be about."""

from flask_babel import gettext as _

from scheduling.domain.suggestions import FixedQuestions, SuggestionTooLong, TooManySuggestions
from scheduling.wording.errors import says


@says(FixedQuestions)
def _fixed_questions(error: FixedQuestions) -> str:
    return _(
        "„%(line)s” is een vraag. Een startgesprek begint bij wat het gezin vertelt, zonder vaste vragenlijst. Schrijf"
        " een onderwerp op, zonder vraagteken.",
        line=error.line,
    )


@says(TooManySuggestions)
def _too_many(error: TooManySuggestions) -> str:
    return _("Schrijf er hoogstens %(most)s op. Zes is voor een gesprek al veel.", most=error.most)


@says(SuggestionTooLong)
def _too_long(error: SuggestionTooLong) -> str:
    return _("Houd een onderwerp op %(most)s tekens. Te lang: „%(line)s”.", most=error.most, line=error.line)
