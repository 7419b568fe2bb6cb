"""The agreed contact form: how a family and the school keep contact this year."""

from enum import StrEnum


class ContactForm(StrEnum):
    CALL = "call"
    MAIL = "mail"
    HOME_VISIT = "home_visit"
    SCHOOL_VISIT_DAY = "school_visit_day"
    SCHOOL_VISIT_EVENING = "school_visit_evening"


class InfoNeed(StrEnum):
    """Does the family want a collective information moment?"""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
