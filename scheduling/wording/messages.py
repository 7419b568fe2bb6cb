"""Refusals around a message to who leads the talks."""

from flask_babel import gettext as _

from scheduling.domain.messages import MessageEmpty, MessageTooLong, NobodyToWrite, TooManyMessages
from scheduling.wording.errors import says


@says(MessageEmpty)
def _empty(_error: MessageEmpty) -> str:
    return _("Schrijf eerst uw bericht.")


@says(MessageTooLong)
def _too_long(error: MessageTooLong) -> str:
    return _("Een bericht heeft hoogstens %(most)s tekens. Vraag voor meer liever een gesprek.", most=error.most)


@says(NobodyToWrite)
def _nobody(_error: NobodyToWrite) -> str:
    return _("Kies aan wie u schrijft.")


@says(TooManyMessages)
def _too_many(error: TooManyMessages) -> str:
    return _("U schreef vandaag al %(most)s berichten. Bel de school liever, of schrijf morgen.", most=error.most)
