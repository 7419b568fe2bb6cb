"""Refusals around topics, interpreters and a parent's own contact data."""

from flask_babel import gettext as _

from scheduling.domain.corrections import AlreadyDecided, BadEmail, BadLanguage, BadPhone
from scheduling.domain.topics import LanguageTooLong, NeedTooLong, TopicEmpty, TopicsFull, TopicTooLong
from scheduling.wording.errors import says


@says(TopicEmpty)
def _topic_empty(_error: TopicEmpty) -> str:
    return _("Schrijf in een paar woorden wat u wilt bespreken.")


@says(TopicTooLong)
def _topic_too_long(error: TopicTooLong) -> str:
    return _("Dit zijn %(length)s tekens. Maak het korter: hoogstens %(most)s.", length=error.length, most=error.most)


@says(TopicsFull)
def _topics_full(error: TopicsFull) -> str:
    return _("U hebt al %(most)s onderwerpen. Haal er eerst een weg, of vertel het in het gesprek.", most=error.most)


@says(LanguageTooLong)
def _language_too_long(error: LanguageTooLong) -> str:
    return _("Schrijf alleen de naam van de taal, hoogstens %(most)s tekens.", most=error.most)


@says(NeedTooLong)
def _need_too_long(error: NeedTooLong) -> str:
    return _("Maak het korter: hoogstens %(most)s tekens.", most=error.most)


@says(BadEmail)
def _bad_email(_error: BadEmail) -> str:
    return _("Schrijf één e-mailadres, zoals naam@voorbeeld.nl.")


@says(BadPhone)
def _bad_phone(_error: BadPhone) -> str:
    return _("Schrijf een telefoonnummer met alleen cijfers, spaties en streepjes. Een + vooraan mag.")


@says(BadLanguage)
def _bad_language(_error: BadLanguage) -> str:
    return _("Kies een van de talen in de lijst.")


@says(AlreadyDecided)
def _already_decided(_error: AlreadyDecided) -> str:
    return _("Over deze wijziging heeft een collega al beslist.")
