"""A talk that is made for one pupil: a follow-up, a call, an evaluation, a visit at home, or one that a parent asks.

The school proposes one to three times and the family chooses one, or says that none suits. A visit at home, a video
call and a talk at school are equal: the family may always say that it would rather meet in another way, without a
reason.
"""

import itertools
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.kinds import KINDS, Place, PupilPart
from scheduling.domain.people import Name
from scheduling.domain.rounds import RoundKind
from scheduling.domain.texts import clean, ensure_inviting, one_line
from scheduling.domain.timeslots import Span

MOST_TIMES = 3
MOST_QUESTIONS = 5
LONGEST_SUBJECT = 60
LONGEST_QUESTION = 200
LONGEST_LINK = 300
LONGEST_NOTE = 300
LONGEST_ADDRESS = 200
CODE = "{code}"
CODE_SIGNS = 20
MINUTES = (5, 120)
MOST_TRAVEL = 90
ANSWER_WITHIN = timedelta(days=14)
"""A proposal waits so long for an answer, and never beyond its last time."""


class SingleState(StrEnum):
    """ASKED: a parent asks, no times yet. NONE_FITS: none of the times suits, or another way would."""

    ASKED = "asked"
    PROPOSED = "proposed"
    NONE_FITS = "none_fits"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN = (SingleState.ASKED, SingleState.PROPOSED, SingleState.NONE_FITS, SingleState.EXPIRED)
"""Still to be arranged."""


class Medium(StrEnum):
    """How people meet."""

    SCHOOL = "school"
    PHONE = "phone"
    VIDEO = "video"
    HOME = "home"


class VisitReason(StrEnum):
    """Why the school would like to visit; never anything about a family."""

    FIRST_CHILD = "first_child"
    LONG_ILL = "long_ill"
    REPEATEDLY_ABSENT = "repeatedly_absent"
    AGREED = "agreed"


class HomeVisits(StrEnum):
    """What the school does with visits at home. Whatever it says: the family itself says yes to each."""

    AGREED_ONLY = "agreed_only"
    FIRST_CHILD = "first_child"
    INTRO_CHOICE = "intro_choice"


BY_LEADER = tuple(
    kind
    for kind, defaults in KINDS.items()
    if defaults.single and kind not in (RoundKind.REQUESTED_CONVERSATION, RoundKind.SUPPORT_TEAM_MEETING)
)
"""What a leader makes for one pupil. A requested conversation begins with the parent."""

EQUAL_TO = {
    Medium.HOME: (Medium.SCHOOL, Medium.PHONE),
    Medium.VIDEO: (Medium.SCHOOL, Medium.PHONE),
    Medium.PHONE: (Medium.SCHOOL,),
    Medium.SCHOOL: (Medium.PHONE,),
}
"""What a family may choose in place of it: just as good."""


def may_be_at_home(kind: RoundKind, policy: HomeVisits) -> bool:
    """May a family say of such a talk that it would rather be visited? An introduction, where the school lets it."""
    return KINDS[kind].place is Place.SCHOOL_OR_HOME and policy is HomeVisits.INTRO_CHOICE


def equal_to(kind: RoundKind, medium: Medium, policy: HomeVisits) -> tuple[Medium, ...]:
    """What a family may choose in place of this; where the school lets it, an introduction may be at home."""
    if may_be_at_home(kind, policy) and medium is not Medium.HOME:
        return tuple(one for one in (Medium.HOME, Medium.SCHOOL, Medium.PHONE) if one is not medium)
    return EQUAL_TO[medium]


@dataclass(frozen=True)
class Details:
    """How a talk will be."""

    kind: RoundKind
    minutes: int
    medium: Medium
    pupil_part: PupilPart
    subject: str = ""
    room: str = ""
    join_link: str = ""
    questions: tuple[str, ...] = ()
    reason: VisitReason | None = None
    travel_before: int = 0
    travel_after: int = 0
    in_place: bool = False
    """A talk with the pupil alone comes in place of one with the family; else it goes before it."""

    @property
    def pupil_only(self) -> bool:
        """Without the family: the pupil and the leader talk together."""
        return self.kind is RoundKind.PUPIL_CONVERSATION


class SingleRefused(Invalid):
    """Something about the talk does not go together."""

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field


class KindNotHere(SingleRefused):
    """This kind is not made for one pupil, or not by a leader."""


class MinutesWrong(SingleRefused):
    """Shorter or longer than a talk is."""

    least, most = MINUTES


class TravelWrong(SingleRefused):
    """More minutes on the way than we keep free."""

    most = MOST_TRAVEL


class MediumNotForKind(SingleRefused):
    """This kind of talk is not held in this way."""


class JoinLinkNeeded(SingleRefused):
    """A video call has its own link, with https."""


class JoinLinkUsed(SingleRefused):
    """Another talk is held at this link already: each has its own."""


class ProposalChanged(Conflict):
    """Since the colleague looked, somebody proposed this talk anew or the family answered; this stands now."""

    def __init__(self, medium: Medium, link: str, times: Sequence[datetime]) -> None:
        super().__init__(medium)
        self.medium, self.link, self.times = medium, link, tuple(times)


class VideoTemplateWrong(SingleRefused):
    """Not an address with https in which the code stands once, after the host."""


class QuestionsNeeded(SingleRefused):
    """Only a reversed conversation has open questions beforehand: one to five."""


class PupilNeeded(SingleRefused):
    """A talk with the pupil, without the pupil."""


class ReasonNotHere(SingleRefused):
    """The school's policy has no visit for this reason."""


class FamilyNotNew(SingleRefused):
    """A child of this family was at the school before."""


class NotTheVisitor(SingleRefused):
    """A new family is visited by the teacher of its oldest child that begins here."""

    def __init__(self, visitors: Sequence[Name]) -> None:
        super().__init__("reason")
        self.visitors = tuple(visitors)


class VisitNotAgreed(SingleRefused):
    """In this school a visit follows from the agreement about contact, and this home agreed on none."""


class VisitedBefore(SingleRefused):
    """A family gets one visit for its first child."""


class WordsTooLong(Invalid):
    def __init__(self, field: str, most: int) -> None:
        super().__init__(field, most)
        self.field, self.most = field, most


class NoTimes(SingleRefused):
    """At least one time is proposed."""


class TooManyTimes(SingleRefused):
    most = MOST_TIMES


class TimesOverlap(SingleRefused):
    """Two proposed times are at the same moment."""


class LeaderBusy(Conflict):
    """The leader has another talk, or proposed this moment to another family."""

    field = "times"

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class DayOff(Invalid):
    """The school is closed on this day; it may be meant so."""

    field = "anyway"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class OutsideYear(Invalid):
    field = "times"


class ArrangingAlready(Conflict):
    """A talk of this kind is being arranged with this family already."""


class AnsweredAlready(Conflict):
    """The proposal is over: answered, withdrawn or expired meanwhile."""


class NoLongerOffered(Refused):
    """This proposed time has begun."""


def ensure_fit(details: Details, policy: HomeVisits) -> Details:
    """The talk as it will be kept, or the first thing that does not go together."""
    if not KINDS[details.kind].single:
        raise KindNotHere("kind")
    least, most = MINUTES
    if not least <= details.minutes <= most:
        raise MinutesWrong("minutes")
    _ensure_medium(details, policy)
    ensure_travel(details.travel_before, details.travel_after)
    if details.pupil_only and details.pupil_part is PupilPart.ABSENT:
        raise PupilNeeded("pupil_part")
    at_home = details.medium is Medium.HOME
    return Details(
        kind=details.kind, minutes=details.minutes, medium=details.medium, pupil_part=details.pupil_part,
        subject=worded(details.subject, "subject", LONGEST_SUBJECT), room=worded(details.room, "room", 60),
        join_link=_join_link(details), questions=open_questions(details.kind, details.questions),
        reason=_reason(details, policy),
        travel_before=details.travel_before if at_home else 0, travel_after=details.travel_after if at_home else 0,
        in_place=details.in_place and details.pupil_only,
    )  # fmt: skip


def ensure_travel(before: int, after: int) -> None:
    """The minutes on the way there and back."""
    for field, minutes in (("travel_before", before), ("travel_after", after)):
        if not 0 <= minutes <= MOST_TRAVEL:
            raise TravelWrong(field)


def tidy_address(address: str) -> str:
    """Where a family says it is welcome, in one line."""
    return one_line(address)[:LONGEST_ADDRESS]


def ensure_times(spans: Sequence[Span], now: datetime) -> tuple[Span, ...]:
    """One to three moments that still have to come, in order and apart from each other."""
    ordered = tuple(sorted(set(spans)))
    if not ordered:
        raise NoTimes("times")
    if len(ordered) > MOST_TIMES:
        raise TooManyTimes("times")
    if any(first.overlaps(second) for first, second in itertools.pairwise(ordered)):
        raise TimesOverlap("times")
    if any(span.starts_at <= now for span in ordered):
        raise NoLongerOffered
    return ordered


def expires_at(spans: Sequence[Span], now: datetime) -> datetime:
    """Until when the family may choose."""
    return min(now + ANSWER_WITHIN, max(span.starts_at for span in spans))


def around(span: Span, before: int, after: int) -> Span:
    """A talk with the time on the way to it and back."""
    return Span(span.starts_at - timedelta(minutes=before), span.ends_at + timedelta(minutes=after))


def worded(text: str, field: str, most: int) -> str:
    """One line that invites and can be read."""
    line = " ".join(clean(text).split())
    if len(line) > most:
        raise WordsTooLong(field, most)
    ensure_inviting(line, field=field)
    return line


def ensure_template(template: str) -> None:
    """Empty, or an address with https in which {code} stands once: each talk gets its own."""
    if not template:
        return
    if template.count(CODE) != 1 or CODE in template.partition("://")[2].partition("/")[0]:
        raise VideoTemplateWrong("video_template")
    try:
        https(template.replace(CODE, "0" * CODE_SIGNS))
    except JoinLinkNeeded:
        raise VideoTemplateWrong("video_template") from None


def new_join_link(template: str) -> str:
    """An own link for one talk: nobody can guess that of another family."""
    return template.replace(CODE, secrets.token_hex(CODE_SIGNS // 2))


def https(link: str) -> str:
    """An address of a video call: with https and a host, and nothing hidden in it."""
    try:
        parts = urlsplit(link.strip())
        host = parts.hostname
    except ValueError:
        raise JoinLinkNeeded("join_link") from None
    broken = not link.isprintable() or any(sign in link for sign in "<>\"' ")
    if parts.scheme.lower() != "https" or not host or "@" in parts.netloc or broken or len(link) > LONGEST_LINK:
        raise JoinLinkNeeded("join_link")
    return link.strip()


def _ensure_medium(details: Details, policy: HomeVisits) -> None:
    """At home only what is a visit, or an introduction where the school lets families choose."""
    is_visit = details.kind is RoundKind.HOME_VISIT
    if details.medium is Medium.HOME and not (is_visit or may_be_at_home(details.kind, policy)):
        raise MediumNotForKind("medium")
    if is_visit and details.medium is not Medium.HOME:
        raise MediumNotForKind("medium")


def _join_link(details: Details) -> str:
    return https(details.join_link) if details.medium is Medium.VIDEO else ""


def open_questions(kind: RoundKind, questions: Iterable[str]) -> tuple[str, ...]:
    """What a reversed conversation begins with, as it will be kept; no other talk has questions ahead."""
    found = tuple(filter(None, (worded(one, "questions", LONGEST_QUESTION) for one in questions)))
    if kind is not RoundKind.REVERSED_CONVERSATION:
        return ()
    if not 1 <= len(found) <= MOST_QUESTIONS:
        raise QuestionsNeeded("questions")
    return found


def _reason(details: Details, policy: HomeVisits) -> VisitReason | None:
    if details.kind is not RoundKind.HOME_VISIT:
        return None
    if details.reason is None or (details.reason is VisitReason.FIRST_CHILD and policy is not HomeVisits.FIRST_CHILD):
        raise ReasonNotHere("reason")
    return details.reason
