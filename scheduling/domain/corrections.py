"""A parent's or an adult pupil's correction of own contact data: what it may look like. The office decides."""

import re
from datetime import timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid

ADDRESS = re.compile(r"[^\s@,;<>\"()\\]{1,64}@[^\s@,;<>\"()\\]{1,180}\.[A-Za-z]{2,24}")
PHONE = re.compile(r"\+?[0-9() -]{6,30}")
TOLD_FOR = timedelta(days=30)
"""How long somebody reads on the own page what the office decided."""

LANGUAGES = ("nl", "en", "tr", "ar", "pl", "uk")


class CorrectionField(StrEnum):
    """What somebody may correct here."""

    EMAIL = "email"
    PHONE = "phone"
    LANGUAGE = "language"


class BadEmail(Invalid):
    field = "email"


class BadPhone(Invalid):
    field = "phone"


class BadLanguage(Invalid):
    field = "language"


class AlreadyDecided(Conflict):
    """Somebody of the office was first."""


def clean_value(field: CorrectionField, text: str) -> str:
    """The value as it is kept; nothing at all is a fine answer for a phone number."""
    value = text.strip()
    if field is CorrectionField.EMAIL:
        return clean_email(value)
    if field is CorrectionField.PHONE:
        return clean_phone(value)
    if value not in LANGUAGES:
        raise BadLanguage
    return value


def clean_email(value: str) -> str:
    if len(value) > 254 or not ADDRESS.fullmatch(value) or ".." in value or "=?" in value or not value.isprintable():
        raise BadEmail
    name, _, host = value.rpartition("@")
    return f"{name}@{host.lower()}"


def clean_phone(value: str) -> str:
    if value and not PHONE.fullmatch(value):
        raise BadPhone
    return " ".join(value.split())
