"""The agreed contact form: how a family and the school keep contact this year, and what it hopes to reach.

It is made per pupil and home, and per school year. The leader proposes it, the family says yes by its own link, and the
pupil too where the leader wants that; any change asks again. A home visit is only asked for; it counts once the family
itself said yes. A family that would rather not chooses another form, and that is just as good an agreement.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.moments import Anchor, MomentKind, Timing, ensure_timing
from scheduling.domain.reminders import MOST_QUESTIONS
from scheduling.domain.texts import PLACEHOLDER
from scheduling.domain.years import Period

RHYTHM_LENGTH = 200
GOAL_LENGTH = 200
PERIOD_LENGTH = 80
WISH_LENGTH = 300
ASKED_AGAIN_AFTER = timedelta(days=7)
"""So long a family may think about it before a letter asks once more."""
REASON_LENGTH = 200
PUPIL_DOES_LENGTH = 200
PURPOSE_LENGTH = 120
MOMENTS_AT_MOST = 8


class AskAgain(StrEnum):
    """What may be done about a home that said nothing yet. BY_LETTER: ask once more. LATER: it was asked this week.
    IN_PERSON: letters have asked enough, or do not arrive; somebody speaks to it."""

    BY_LETTER = "by_letter"
    LATER = "later"
    IN_PERSON = "in_person"


class ContactForm(StrEnum):
    CALL = "call"
    MAIL = "mail"
    HOME_VISIT = "home_visit"
    SCHOOL_VISIT_DAY = "school_visit_day"
    SCHOOL_VISIT_EVENING = "school_visit_evening"
    VIDEO = "video"
    WHATSAPP = "whatsapp"
    SMS = "sms"


class InfoNeed(StrEnum):
    """Does the family want a collective information moment?"""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class Initiative(StrEnum):
    """Who begins: calls first, or sends the first mail."""

    SCHOOL = "school"
    FAMILY = "family"
    PUPIL = "pupil"
    EITHER = "either"


class ToldBy(StrEnum):
    """Who tells a pupil that is not there what was said."""

    FAMILY = "family"
    SCHOOL = "school"
    TOGETHER = "together"


class PlanState(StrEnum):
    """NONE: nothing recorded. PROPOSED: not everybody said yes yet. AGREED: everybody who is asked did."""

    NONE = "none"
    PROPOSED = "proposed"
    AGREED = "agreed"


class Voice(StrEnum):
    """Who answers. PUPIL: an adult pupil by the own link. IN_TALK: a younger pupil, as the leader heard in the talk."""

    GUARDIAN = "guardian"
    PUPIL = "pupil"
    IN_TALK = "in_talk"


class Said(StrEnum):
    """OTHER: I would like something else, in the own words. Just as good an answer."""

    YES = "yes"
    OTHER = "other"


FOR_THE_FAMILY = (Voice.GUARDIAN, Voice.PUPIL)
FOR_THE_PUPIL = (Voice.PUPIL, Voice.IN_TALK)


PLAIN = ("forms", "moments", "rhythm", "goal", "reason", "initiative", "told_by")
"""What changes by itself, in the order of the page."""

FURTHER_FORMS = (ContactForm.VIDEO, ContactForm.WHATSAPP, ContactForm.SMS)
"""Only where the school switched them on."""

OTHER_FORMS = tuple(form for form in ContactForm if form not in (ContactForm.HOME_VISIT, *FURTHER_FORMS))
"""What a family may choose in place of a home visit."""


class NoFormChosen(Invalid):
    """An agreement says how: at least one form."""

    field = "forms"


class FormNotOffered(Invalid):
    """The school does not keep contact in this form, and this agreement did not have it yet."""

    field = "forms"

    def __init__(self, form: ContactForm) -> None:
        super().__init__(form)
        self.form = form


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


class TooManyMoments(Invalid):
    """So many moments are a class meeting every month: fewer are kept better."""

    field = "moments"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class FormOfMomentMissing(Invalid):
    """A moment has a form that the agreement does not have."""

    field = "moments"

    def __init__(self, form: ContactForm) -> None:
        super().__init__(form)
        self.form = form


class NotFilledIn(Invalid):
    """Something still stands open in the words: the family gets them by letter."""

    def __init__(self, field: str, part: str) -> None:
        super().__init__(field, part)
        self.field = field
        self.part = part


class NoSuchHome(NotFound):
    """This pupil has no such home, or it is not for these eyes."""


class NothingSaid(Invalid):
    """Who would like something else says in a few words what."""

    field = "words"


class HomeVisitStillAsked(Invalid):
    """A yes to an agreement with a visit at home says that the visit is welcome; that question stands apart."""

    field = "answer"


class PlanChanged(Conflict):
    """A colleague or the family changed this agreement after it was opened."""


class NothingChanged(Conflict):
    """What is kept is just what stands: no new version, and nobody is asked again."""


class NewerVersion(Conflict):
    """The agreement that the family answers is not the one that stands: it looks at that one first."""


class PupilNotAsked(Conflict):
    """The leader asks no yes of this pupil, or the pupil says it by the own link."""


class HomeVisitNotAsked(Conflict):
    """The question about a home visit is no longer there: it was answered, or taken back."""


@dataclass(frozen=True)
class AgreedMoment:
    """One moment of contact: when, in which form (None: not chosen yet), with the pupil or without, and what for."""

    timing: Timing
    form: ContactForm | None = None
    with_pupil: bool = False
    purpose: str = ""
    is_review: bool = False
    """Here they look back: does it go as agreed?"""

    def document(self) -> dict[str, Any]:
        """For an earlier version, as it is kept."""
        timing = self.timing
        return {
            "kind": timing.kind.value, "anchor": timing.anchor.value if timing.anchor else None,
            "month": timing.month, "day": timing.day.isoformat() if timing.day else None,
            "begins": timing.begins.isoformat("minutes") if timing.begins else None, "minutes": timing.minutes,
            "form": self.form.value if self.form else None, "with_pupil": self.with_pupil, "purpose": self.purpose,
            "is_review": self.is_review,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "AgreedMoment":
        """The other way round."""
        timing = Timing(
            MomentKind(kept["kind"]), Anchor(kept["anchor"]) if kept["anchor"] else None, kept["month"],
            date.fromisoformat(kept["day"]) if kept["day"] else None,
            time.fromisoformat(kept["begins"]) if kept["begins"] else None, kept["minutes"],
        )  # fmt: skip
        form = ContactForm(kept["form"]) if kept["form"] else None
        return cls(timing, form, kept["with_pupil"], kept["purpose"], kept["is_review"])


@dataclass(frozen=True)
class Agreement:
    """What was agreed in a talk, or what the leader proposes (not `together`), as the leader types it."""

    forms: tuple[ContactForm, ...]
    agreed_on: date
    agreed_with: str
    family_was_there: bool
    rhythm: str = ""
    goal: str = ""
    info_need: InfoNeed | None = None
    info_period: str = ""
    together: bool = True
    pupil_asked: bool = False
    """The pupil says yes too."""
    pupil_said_yes: bool = False
    """And did, in the talk: for a pupil without a link of the own."""
    moments: tuple[AgreedMoment, ...] = ()
    reason: str = ""
    """Why so, in a line of the leader: for the family and the pupil's leaders, not for the office."""
    initiative: Initiative | None = None
    self_managed: bool = False
    """The pupil keeps the contact going."""
    pupil_does: str = ""
    told_by: ToldBy | None = None

    @property
    def terms(self) -> "Terms":
        """What of it can change."""
        forms = tuple(form for form in ContactForm if form in self.forms)
        return Terms(
            forms, self.rhythm, self.goal, self.info_need, self.info_period, self.moments, self.reason,
            self.initiative, self.self_managed, self.pupil_does, self.told_by,
        )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """One answer to one version of an agreement."""

    voice: Voice
    said: Said
    said_at: datetime


@dataclass(frozen=True)
class Terms:
    """What can change in an agreement, for the one who looks at what did."""

    forms: tuple[ContactForm, ...]
    rhythm: str
    goal: str
    info_need: InfoNeed | None
    info_period: str
    moments: tuple[AgreedMoment, ...] = ()
    reason: str = ""
    initiative: Initiative | None = None
    self_managed: bool = False
    pupil_does: str = ""
    told_by: ToldBy | None = None


@dataclass(frozen=True)
class FormTerms:
    """One form of an agreement, and since when the family itself wants it (only asked for a home visit)."""

    form: ContactForm
    family_said_yes_at: datetime | None = None

    @property
    def counts(self) -> bool:
        """A home visit is no agreement until the family says yes."""
        return self.form is not ContactForm.HOME_VISIT or self.family_said_yes_at is not None


def ensure_complete(agreement: Agreement, *, today: date, year: Period | None = None) -> None:
    """Refuse an agreement without a form, a past day, somebody of the family, or the second outcome.

    An agreement without moments is complete. Those it has say when (`year`: in this school year).
    """
    if not agreement.forms:
        raise NoFormChosen
    if agreement.agreed_on > today:
        raise AgreedLater(agreement.agreed_on)
    if agreement.together and not agreement.family_was_there:
        raise FamilyNotThere
    if agreement.info_need is None:
        raise NeedUnknown
    for field, words, most in (
        ("rhythm", agreement.rhythm, RHYTHM_LENGTH),
        ("goal", agreement.goal, GOAL_LENGTH),
        ("info_period", agreement.info_period, PERIOD_LENGTH),
        ("reason", agreement.reason, REASON_LENGTH),
        ("pupil_does", agreement.pupil_does, PUPIL_DOES_LENGTH),
        *(("purpose", moment.purpose, PURPOSE_LENGTH) for moment in agreement.moments),
    ):
        if len(words) > most:
            raise TooManyWords(field, most)
        ensure_filled_in(field, words)
    _ensure_moments(agreement, year)


def _ensure_moments(agreement: Agreement, year: Period | None) -> None:
    if len(agreement.moments) > MOMENTS_AT_MOST:
        raise TooManyMoments(MOMENTS_AT_MOST)
    for moment in agreement.moments:
        if moment.form is not None and moment.form not in agreement.forms:
            raise FormOfMomentMissing(moment.form)
        if year is not None:
            ensure_timing(moment.timing, year)


def forms_offered(further: Collection[str], standing: Collection[ContactForm] = ()) -> tuple[ContactForm, ...]:
    """What can be agreed on: what is always there, what the school switched on, and what this agreement has already."""
    return tuple(form for form in ContactForm if form not in FURTHER_FORMS or form in further or form in standing)


def ensure_offered(forms: Iterable[ContactForm], offered: Collection[ContactForm]) -> None:
    """Refuse a form that the school switched off; an agreement that has it keeps it."""
    for form in forms:
        if form not in offered:
            raise FormNotOffered(form)


def ensure_filled_in(field: str, words: str) -> None:
    """Refuse words in which a place is still open."""
    if found := PLACEHOLDER.search(words):
        raise NotFilledIn(field, found.group())


def state_of(forms: Iterable[FormTerms], answers: Sequence[Answer] = (), *, pupil_asked: bool = False) -> PlanState:
    """How far a family and the school are with their agreement, by the answers to the version that stands."""
    terms = tuple(forms)
    if not terms:
        return PlanState.NONE
    agreed = any(term.counts for term in terms) and agreed_at(answers, pupil_asked=pupil_asked) is not None
    return PlanState.AGREED if agreed else PlanState.PROPOSED


def agreed_at(answers: Sequence[Answer], *, pupil_asked: bool) -> datetime | None:
    """When the last yes came that was asked for: of the family, and of the pupil too where that is wanted."""
    asked = (FOR_THE_FAMILY, FOR_THE_PUPIL) if pupil_asked else (FOR_THE_FAMILY,)
    last = [last_answer(answers, voices) for voices in asked]
    yes = [answer.said_at for answer in last if answer and answer.said is Said.YES]
    return max(yes) if len(yes) == len(asked) else None


def last_answer(answers: Iterable[Answer], voices: Iterable[Voice]) -> Answer | None:
    """Within a home anybody may answer, and come back on it: the last answer counts."""
    wanted = set(voices)
    return next((answer for answer in reversed(tuple(answers)) if answer.voice in wanted), None)


def ensure_worded(words: str) -> None:
    """Refuse a wish for something else without words, or with too many."""
    if not words:
        raise NothingSaid
    if len(words) > WISH_LENGTH:
        raise TooManyWords("words", WISH_LENGTH)


def changed_fields(old: Terms, new: Terms) -> tuple[str, ...]:
    """The names of what is different, in the order of the page."""
    moment = (old.info_need, old.info_period) != (new.info_need, new.info_period)
    plain = tuple(name for name in PLAIN if getattr(old, name) != getattr(new, name))
    pupil = (old.self_managed, old.pupil_does) != (new.self_managed, new.pupil_does)
    return (*plain, *(["pupil"] if pupil else []), *(["info"] if moment else []))


def without_visits(moments: Iterable[AgreedMoment], instead: ContactForm | None) -> tuple[AgreedMoment, ...]:
    """The family would rather not be visited: what was planned at home is in the other form, or has none yet."""
    return tuple(
        replace(moment, form=instead) if moment.form is ContactForm.HOME_VISIT else moment for moment in moments
    )


def homes_to_agree_with(households: Iterable[int], *, adult: bool, parents_permitted: bool) -> tuple[int | None, ...]:
    """With whom the school agrees: each home, or the adult pupil (None) who has not let the parents stay involved."""
    homes = tuple(sorted(set(households)))
    if not homes or (adult and not parents_permitted):
        return (None,)
    return homes


def ask_again(asked_at: Sequence[datetime], *, reached: bool, now: datetime) -> AskAgain:
    """What may be done next. `asked_at`: when letters asked for a yes to this version, the first included."""
    if not reached or len(asked_at) > MOST_QUESTIONS:
        return AskAgain.IN_PERSON
    return AskAgain.BY_LETTER if now - max(asked_at) >= ASKED_AGAIN_AFTER else AskAgain.LATER
