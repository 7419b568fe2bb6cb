"""The agreed contact form: how a family and the school keep contact this year, and what it hopes to reach.

It is made per pupil and home, and per school year. A home visit is only asked for by the leader; it counts once the
family itself said yes. A family that would rather not chooses another form, and that is just as good an agreement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound

RHYTHM_LENGTH = 200
GOAL_LENGTH = 200
PERIOD_LENGTH = 80


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


class PlanState(StrEnum):
    """NONE: nothing recorded. ASKED: only a home visit, and the family still chooses. AGREED: a form that counts."""

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"


OTHER_FORMS = tuple(form for form in ContactForm if form is not ContactForm.HOME_VISIT)
"""What a family may choose in place of a home visit."""


class NoFormChosen(Invalid):
    """An agreement says how: at least one form."""

    field = "forms"


class AgreedLater(Invalid):
    """Nobody can have agreed tomorrow."""

    field = "agreed_on"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class FamilyNotThere(Invalid):
    """An agreement is made together: somebody of the family was there."""

    field = "agreed_with"


class NeedUnknown(Invalid):
    """The second outcome of a start conversation: is a moment with all families welcome?"""

    field = "info_need"


class TooManyWords(Invalid):
    def __init__(self, field: str, most: int) -> None:
        super().__init__(field, most)
        self.field = field
        self.most = most


class NoSuchHome(NotFound):
    """This pupil has no such home, or it is not for these eyes."""


class PlanChanged(Conflict):
    """A colleague or the family changed this agreement after it was opened."""


class HomeVisitNotAsked(Conflict):
    """The question about a home visit is no longer there: it was answered, or taken back."""


@dataclass(frozen=True)
class Agreement:
    """What was agreed in a talk, as the leader types it."""

    forms: tuple[ContactForm, ...]
    agreed_on: date
    agreed_with: str
    family_was_there: bool
    rhythm: str = ""
    goal: str = ""
    info_need: InfoNeed | None = None
    info_period: str = ""


@dataclass(frozen=True)
class FormTerms:
    """One form of an agreement, and since when the family itself wants it (only asked for a home visit)."""

    form: ContactForm
    family_said_yes_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """A home visit is no agreement until the family says yes."""
        return self.form is not ContactForm.HOME_VISIT or self.family_said_yes_at is not None


def ensure_complete(agreement: Agreement, *, today: date) -> None:
    """Refuse an agreement without a form, a past day, somebody of the family, or the second outcome."""
    if not agreement.forms:
        raise NoFormChosen
    if agreement.agreed_on > today:
        raise AgreedLater(agreement.agreed_on)
    if not agreement.family_was_there:
        raise FamilyNotThere
    if agreement.info_need is None:
        raise NeedUnknown
    for field, words, most in (
        ("rhythm", agreement.rhythm, RHYTHM_LENGTH),
        ("goal", agreement.goal, GOAL_LENGTH),
        ("info_period", agreement.info_period, PERIOD_LENGTH),
    ):
        if len(words) > most:
            raise TooManyWords(field, most)


def state_of(forms: Iterable[FormTerms]) -> PlanState:
    """How far a family and the school are with their agreement."""
    terms = tuple(forms)
    if any(term.counts for term in terms):
        return PlanState.AGREED
    return PlanState.ASKED if terms else PlanState.NONE


def homes_to_agree_with(households: Iterable[int], *, adult: bool, parents_permitted: bool) -> tuple[int | None, ...]:
    """With whom the school agrees: each home, or the adult pupil (None) who has not let the parents stay involved."""
    homes = tuple(sorted(set(households)))
    if not homes or (adult and not parents_permitted):
        return (None,)
    return homes
