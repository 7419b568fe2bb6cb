"""The school itself: what it is called, how to reach it, and the switches of its policy."""

import re
from dataclasses import dataclass

from scheduling.domain.errors import Invalid
from scheduling.domain.extra_persons import MOST_DAYS, ExtraDaysWrong
from scheduling.domain.homes import MOST_MINUTES_APART, ApartMinutesWrong
from scheduling.domain.people import FeedDetail, SeparatedParents
from scheduling.domain.plans import FURTHER_FORMS, ContactForm, ensure_offered
from scheduling.domain.single_talks import HomeVisits, ensure_template
from scheduling.domain.texts import ensure_inviting

NAME_LENGTH = 120
LONGEST_WALK = 60
LONGEST_JOURNEY = 240
CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class SchoolNameWrong(Invalid):
    """A school has a name, on one line, of at most 120 characters."""

    field = "name"


class WalkTooLong(Invalid):
    """The walk between two rooms takes between no time and an hour."""

    field = "walking_minutes"


class JourneyTooLong(Invalid):
    """From one location to another takes between no time and four hours."""

    field = "travel_minutes"


class QuietHoursWrong(Invalid):
    """Quiet hours have a beginning and an end, or neither."""

    field = "quiet_from"


@dataclass(frozen=True)
class SchoolWishes:
    """What the office may change about the school."""

    name: str
    phone: str
    email: str
    address: str
    route: str
    separated_parents: SeparatedParents
    feed_detail: FeedDetail
    walking_minutes: int
    apart_minutes: int = 20
    travel_minutes: int = 30
    home_visits: HomeVisits = HomeVisits.AGREED_ONLY
    extra_days: int = 5
    video_template: str = ""
    further_forms: tuple[ContactForm, ...] = ()
    """Video, WhatsApp or SMS beside the forms of contact that are always there."""
    quiet_from: str = ""
    quiet_until: str = ""


def ensure_school_name(name: str) -> None:
    """It stands in the head of every letter: nothing hidden in it."""
    if not 0 < len(name) <= NAME_LENGTH or CONTROL.search(name) or "=?" in name:
        raise SchoolNameWrong


def ensure_wishes(wishes: SchoolWishes) -> None:
    ensure_school_name(wishes.name)
    ensure_inviting(wishes.route, field="route")
    ensure_template(wishes.video_template)
    ensure_offered(wishes.further_forms, FURTHER_FORMS)
    if not 0 <= wishes.walking_minutes <= LONGEST_WALK:
        raise WalkTooLong
    if not 0 <= wishes.travel_minutes <= LONGEST_JOURNEY:
        raise JourneyTooLong
    if not 0 <= wishes.apart_minutes <= MOST_MINUTES_APART:
        raise ApartMinutesWrong
    if not 0 <= wishes.extra_days <= MOST_DAYS:
        raise ExtraDaysWrong
    if bool(wishes.quiet_from) != bool(wishes.quiet_until) or wishes.quiet_from == wishes.quiet_until != "":
        raise QuietHoursWrong
    if any(clock and not CLOCK.fullmatch(clock) for clock in (wishes.quiet_from, wishes.quiet_until)):
        raise QuietHoursWrong
