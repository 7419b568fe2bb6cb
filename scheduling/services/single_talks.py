"""Arrange a talk with one family: propose times, hear what suits, and hold what was agreed.

Every act holds its talk first, then the family, then the leader's times; so of two answers one is first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import HelpState, InterpreterElsewhere, Way
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import KINDS
from scheduling.domain.leading import OwnChild
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingOrigin, BookingStatus, FamilyBusy, RoundKind, RoundMode, new_ical_uid
from scheduling.domain.single_talks import (
    BY_LEADER,
    LONGEST_NOTE,
    LONGEST_SUBJECT,
    OPEN,
    AnsweredAlready,
    ArrangingAlready,
    DayOff,
    Details,
    FamilyNotNew,
    JoinLinkUsed,
    KindNotHere,
    LeaderBusy,
    Medium,
    NoLongerOffered,
    NotTheVisitor,
    OutsideYear,
    ProposalChanged,
    SingleState,
    VisitedBefore,
    VisitNotAgreed,
    VisitReason,
    around,
    ensure_fit,
    ensure_times,
    expires_at,
    new_join_link,
    tidy_address,
    worded,
)
from scheduling.domain.timeslots import Span, local
from scheduling.domain.topics import clean_language
from scheduling.models import (
    Booking,
    Guardian,
    Guardianship,
    InterpreterRequest,
    OpenQuestion,
    Outsider,
    Round,
    School,
    SchoolYear,
    SingleTalk,
    SingleTime,
    Staff,
    StandingRound,
    TalkRequest,
)
from scheduling.queries import bookings as asking
from scheduling.queries import leader_away, leaders, new_families, plans
from scheduling.queries import single_talks as reading
from scheduling.queries.interpreting import interpreters_at, times_interpreting
from scheduling.queries.school import video_template
from scheduling.queries.single_interpreters import said_before
from scheduling.services import bookings, holds, outbox
from scheduling.services.guests import find_request, keep_wish
from scheduling.services.journal import record
from scheduling.services.transaction import is_alone, lock, transaction
from scheduling.wording.kinds import standing_name


def arrange(
    *, details: Details, pupil_id: int, household_id: int | None, spans: Sequence[Span], anyway: bool,
    after_id: int | None, leader_id: int, by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Propose a talk to one family: one to three times to choose from. The family gets a letter."""
    with transaction() as session:
        if details.join_link.strip():
            hold_links(session)
        if details.kind not in BY_LEADER:
            raise KindNotHere("kind")
        year_id = leaders.year_at(now).id
        pupil = leaders.the_pupil(pupil_id, year_id, leader_id=leader_id, today=local(now).date())
        if not pupil.may_meet(household_id):
            raise NotFound
        _ensure_not_own_child(session, leader_id, pupil_id)
        if after_id is not None:
            _ensure_led(session, after_id, leader_id, pupil_id)
        _hold_leader(session, leader_id)
        fit = _fit(session, details, 0, now)
        if fit.kind is RoundKind.HOME_VISIT and not plans.may_visit(pupil, household_id, reading.home_visits()):
            raise VisitNotAgreed("reason")
        if fit.reason is VisitReason.FIRST_CHILD:
            _ensure_visitor(session, year_id, pupil_id, leader_id)
        if fit.reason is VisitReason.FIRST_CHILD and reading.was_visited(session, pupil_id, household_id):
            raise VisitedBefore("reason")
        talk = _begin(
            session, fit, pupil_id=pupil_id, household_id=household_id, leader_id=leader_id, year_id=year_id, by=by,
            now=now,
        )  # fmt: skip
        talk.after_id = after_id
        _propose(session, talk, spans, anyway, now)
        _note(session, "single_talks.arrange", talk, by, now, kind=fit.kind.value, times=len(spans))
        return talk.id


def ask(
    *, pupil_id: int, leader_id: int, subject: str, language: str | None = None, way: Way = Way.ON_SITE, by: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """A parent asks a talk; the leader proposes times. Asking twice is asking once.

    `language` of an interpreter; empty: none is needed; None: as it was before.
    """
    wanted = None if language is None else clean_language(language)
    with transaction() as session:
        home = asking.find_home(session, by, pupil_id, local(now).date())
        children = {child.pupil_id: child for child in reading.askable(by, now)}
        if home is None or pupil_id not in children or leader_id not in dict(children[pupil_id].leaders):
            raise NotFound
        _ensure_not_own_child(session, leader_id, pupil_id)
        _hold_leader(session, leader_id)
        kind = RoundKind.REQUESTED_CONVERSATION
        year_id = leaders.year_at(now).id
        standing = _standing(session, kind, year_id, now)
        waiting = session.scalar(
            select(SingleTalk)
            .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
            .where(_same_people(standing.id, pupil_id, home.household_id, leader_id), SingleTalk.state.in_(OPEN))
        )
        if waiting is not None:
            _keep_language(session, waiting.request, home.household_id, wanted, way, by, now)
            return waiting.id
        details = Details(
            kind, KINDS[kind].minutes, Medium.SCHOOL, KINDS[kind].pupil, worded(subject, "subject", LONGEST_SUBJECT)
        )
        talk = _begin(
            session, details, pupil_id=pupil_id, household_id=home.household_id, leader_id=leader_id, year_id=year_id,
            by=by, now=now,
        )  # fmt: skip
        _keep_language(session, talk.request, home.household_id, wanted, way, by, now)
        _tell_leader(session, talk, now)
        _note(session, "single_talks.ask", talk, by, now)
        return talk.id


def propose(
    *, single_id: int, details: Details, spans: Sequence[Span], anyway: bool, seen_version: int, leader_id: int,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Propose times for a talk that was asked for, or other times, or another way to meet.

    `seen_version`: of two who propose at once, one hears that the other was first.
    """
    with transaction() as session:
        if details.join_link.strip():
            hold_links(session)
        talk = _led(session, single_id, leader_id)
        if _state(talk, now) not in OPEN:
            raise AnsweredAlready
        _ensure_as_seen(talk, seen_version)
        _hold_leader(session, leader_id)
        fit = _fit(session, details, single_id, now)
        if fit.kind is not _round_of(session, talk).kind:
            raise KindNotHere("kind")
        _fill(talk, fit)
        _forget_times(session, talk)
        _propose(session, talk, spans, anyway, now)
        _note(session, "single_talks.propose", talk, by, now, times=len(spans))


def hold_links(session: Session) -> None:
    """Of two who paste the same link for two talks, one hears that it is taken. Before everybody else is held."""
    lock(session, School, [1])


def choose(*, single_id: int, time_id: int, address: str = "", by: Actor, now: datetime) -> int:
    """The family chooses one of the times: it is a talk now, and the other times are free again. Twice is once."""
    with transaction() as session:
        talk = _own(session, single_id, by, now)
        if talk.booking_id is not None and time_id in [time.id for time in talk.times]:
            return talk.booking_id
        if _state(talk, now) is not SingleState.PROPOSED:
            raise AnsweredAlready
        request, leader_id = talk.request, talk.request.teacher_id
        bookings.hold(session, request.pupil_id, request.household_id, now, [leader_id])
        _hold_leader(session, leader_id)
        talk = session.get_one(SingleTalk, single_id)
        time = next((time for time in talk.times if time.id == time_id), None)
        if time is None:
            raise AnsweredAlready
        if time.starts_at <= now:
            raise NoLongerOffered
        span = Span(time.starts_at, time.ends_at)
        _ensure_free(session, talk, span, now)
        booking = _book(session, talk, span, now)
        _forget_times(session, talk, besides=time_id)
        talk.state, talk.booking_id, talk.rather = SingleState.AGREED, booking.id, None
        talk.request.done_at = now
        if talk.medium is Medium.HOME:
            talk.address = tidy_address(address)
        talk.version += 1
        _note(session, "single_talks.choose", talk, by, now, booking=booking.id)
        outbox.post(session, letter=Letter.CONFIRMED, booking=booking, now=now)
        _tell_leader(session, talk, now)
        return booking.id


def none_fits(*, single_id: int, rather: Medium | None, by: Actor, now: datetime) -> None:
    """None of the times suits, or the family would `rather` meet in another way: as good an answer, no reason asked."""
    with transaction() as session:
        talk = _own(session, single_id, by, now)
        if _state(talk, now) is SingleState.NONE_FITS:
            return
        if _state(talk, now) is not SingleState.PROPOSED:
            raise AnsweredAlready
        _forget_times(session, talk)
        talk.state, talk.rather, talk.expires_at = SingleState.NONE_FITS, rather, None
        talk.version += 1
        _tell_leader(session, talk, now)
        _note(session, "single_talks.none_fits", talk, by, now, rather=rather.value if rather else None)


def decline(*, single_id: int, by: Actor, now: datetime) -> None:
    """The family would rather not have this talk, or takes back that it asked for one. It needs no reason."""
    with transaction() as session:
        talk = _own(session, single_id, by, now)
        if talk.state is SingleState.DECLINED:
            return
        if _state(talk, now) not in OPEN:
            raise AnsweredAlready
        _close(session, talk, SingleState.DECLINED, now)
        _tell_leader(session, talk, now)
        _note(session, "single_talks.decline", talk, by, now)


def withdraw(*, single_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The leader takes a proposal back, or arranged it with the family in another way."""
    with transaction() as session:
        talk = _led(session, single_id, leader_id)
        if talk.state is SingleState.WITHDRAWN:
            return
        if _state(talk, now) not in OPEN:
            raise AnsweredAlready
        _close(session, talk, SingleState.WITHDRAWN, now)
        _note(session, "single_talks.withdraw", talk, by, now)


def cancel(*, single_id: int, by: Actor, now: datetime) -> None:
    """The family cannot come to a talk that was agreed: it is off, and the leader hears it."""
    with transaction() as session:
        talk = _own(session, single_id, by, now)
        booking = talk.booking
        if booking is None:
            raise NotFound
        if booking.status is BookingStatus.CANCELLED:
            return
        bookings.rules(booking.round).ensure_in_time(booking.starts_at, now)
        bookings.release(session, booking=booking, by=by, now=now)
        outbox.post(session, letter=Letter.CANCELLED, booking=booking, now=now)
        _tell_leader(session, talk, now)


def visited(*, single_id: int, note: str, copied: bool, leader_id: int, by: Actor, now: datetime) -> None:
    """A short note on a visit, to copy to the pupil system; once `copied` it is gone here, and so is the address."""
    with transaction() as session:
        talk = _led(session, single_id, leader_id)
        if talk.medium is not Medium.HOME or talk.booking is None or talk.booking.starts_at > now:
            raise NotFound
        talk.note = "" if copied else worded(note, "note", LONGEST_NOTE)
        if copied:
            talk.copied_at, talk.address = now, ""
        _note(session, "single_talks.visited", talk, by, now, copied=copied)


def hold_proposed(session: Session, leader_id: int) -> None:
    """Of what this leader proposed, families choose before us or after us. Before everybody else is held."""
    open_ones = (
        select(SingleTalk.id)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .where(TalkRequest.teacher_id == leader_id, SingleTalk.state == SingleState.PROPOSED)
    )
    lock(session, SingleTalk, session.scalars(open_ones))
    _hold_leader(session, leader_id)


def hold_of_home(session: Session, pupil_id: int, household_id: int) -> None:
    """Of what was proposed to this home, it answers before us or after us. Before everybody else is held."""
    lock(session, SingleTalk, session.scalars(_of_home(pupil_id, household_id)))


def close_of_home(session: Session, pupil_id: int, household_id: int, *, by: Actor, now: datetime) -> None:
    """This home is no longer invited: what was not agreed with it yet is over. Hold it first."""
    open_ones = select(SingleTalk).where(
        SingleTalk.id.in_(_of_home(pupil_id, household_id)), SingleTalk.state.in_(OPEN)
    )
    for talk in session.scalars(open_ones).all():
        _close(session, talk, SingleState.WITHDRAWN, now)
        _note(session, "single_talks.withdraw", talk, by, now)


def drop_times(session: Session, *, leader_id: int, span: Span, by: Actor, now: datetime) -> list[int]:
    """The leader is away then: a family chooses from what is left, or waits for another proposal. Hold them first.

    Answers which talks lost a time.
    """
    changed = []
    for fallen in leader_away.falling(leader_id, span, now):
        talk = session.get_one(SingleTalk, fallen.single_id)
        stays = [time for time in talk.times if time.starts_at > now and not leader_away.falls_in(talk, time, span)]
        gone = [time.id for time in talk.times if time not in stays]
        holds.let_go(session, gone)
        session.execute(delete(SingleTime).where(SingleTime.id.in_(gone)))
        session.expire(talk, ["times"])
        talk.version += 1
        if talk.times:
            talk.expires_at = expires_at([Span(time.starts_at, time.ends_at) for time in talk.times], now)
            outbox.post_about_single(session, talk=talk, now=now)
        else:
            talk.state, talk.expires_at = SingleState.NONE_FITS, None
        _note(session, "single_talks.drop_times", talk, by, now, times=len(gone))
        changed.append(talk.id)
    return changed


def expire(now: datetime) -> int:
    """Proposals that nobody answered: their times are free again for others. How many there were."""
    with transaction() as session:
        over = session.scalars(
            select(SingleTalk.id).where(SingleTalk.state == SingleState.PROPOSED, SingleTalk.expires_at <= now)
        ).all()
        lock(session, SingleTalk, over)
        for talk in session.scalars(select(SingleTalk).where(SingleTalk.id.in_(over))).all():
            if talk.state is SingleState.PROPOSED:
                _forget_times(session, talk)
                talk.state = SingleState.EXPIRED
                talk.version += 1
                _tell_leader(session, talk, now)
        return len(over)


def _fit(session: Session, details: Details, single_id: int, now: datetime) -> Details:
    """The talk as it will be kept; a video call gets a link of its own, from the school's template or pasted."""
    template = video_template(session)
    if details.medium is Medium.VIDEO and template and not details.join_link.strip():
        details = replace(details, join_link=new_join_link(template))
    fit = ensure_fit(details, reading.home_visits())
    if fit.join_link and reading.is_link_used(session, fit.join_link, besides=single_id, now=now):
        raise JoinLinkUsed("join_link")
    return fit


def _ensure_as_seen(talk: SingleTalk, seen_version: int) -> None:
    if talk.version != seen_version:
        raise ProposalChanged(talk.medium, talk.join_link, [time.starts_at for time in talk.times])


def _ensure_visitor(session: Session, year_id: int, pupil_id: int, leader_id: int) -> None:
    """A family that is new is visited by the teacher of its oldest child here; who is new may not be known yet."""
    known = new_families.is_new(session, year_id, pupil_id)
    if known is False:
        raise FamilyNotNew("reason")
    visitors = new_families.visitors_of(session, year_id, pupil_id)
    if visitors and leader_id not in dict(visitors):
        raise NotTheVisitor([name for _, name in visitors])


def _begin(
    session: Session, details: Details, *, pupil_id: int, household_id: int | None, leader_id: int, year_id: int,
    by: Actor, now: datetime,
) -> SingleTalk:  # fmt: skip
    standing = _standing(session, details.kind, year_id, now)
    same = _same_people(standing.id, pupil_id, household_id, leader_id)
    if session.scalar(select(TalkRequest.id).where(same)) is not None:
        raise ArrangingAlready
    request = TalkRequest(
        round_id=standing.id, pupil_id=pupil_id, household_id=household_id, teacher_id=leader_id,
        subject=details.subject, wanted=by.is_family, obligatory=not by.is_family, asked_at=now,
        guardian_id=by.id if by.kind is ActorKind.GUARDIAN else None,
        staff_id=by.id if by.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    session.add(request)
    session.flush()
    talk = SingleTalk(request_id=request.id, state=SingleState.ASKED, made_at=now, version=1, address="", note="")
    _fill(talk, details)
    session.add(talk)
    session.flush()
    _carry_interpreters(session, request, now)
    return talk


def _carry_interpreters(session: Session, request: TalkRequest, now: datetime) -> None:
    """What a home said of an interpreter before, it need not say again; nobody is booked yet."""
    invited = asking.homes_invited(session, request.pupil_id, local(now).date())
    homes: list[int | None] = [*sorted(invited)] if request.household_id is None else [request.household_id]
    for home in homes or [None]:
        said = said_before(session, request.pupil_id, home)
        if said is not None:
            session.add(InterpreterRequest(
                round_id=request.round_id, pupil_id=request.pupil_id, household_id=home, request_id=request.id,
                language=said.language, way=said.way, state=HelpState.ASKED, asked_at=now,
            ))  # fmt: skip
    session.flush()


def _keep_language(
    session: Session, request: TalkRequest, home: int | None, wanted: str | None, way: Way, by: Actor, now: datetime
) -> None:
    """What the family said of its interpreter together with its question."""
    whose = (request.round_id, request.pupil_id, home, request.id)
    if wanted is not None and (wanted or find_request(session, *whose)):
        keep_wish(session, whose, language=wanted, way=way, by=by, now=now)


def _fill(talk: SingleTalk, details: Details) -> None:
    talk.minutes, talk.medium, talk.pupil_part = details.minutes, details.medium, details.pupil_part
    talk.room, talk.join_link, talk.reason = details.room, details.join_link, details.reason
    talk.travel_before, talk.travel_after = details.travel_before, details.travel_after
    talk.in_place = details.in_place
    talk.questions = [OpenQuestion(position=place, text=text) for place, text in enumerate(details.questions, 1)]


def _same_people(round_id: int, pupil_id: int, household_id: int | None, leader_id: int) -> ColumnElement[bool]:
    """What these people are still arranging in this round."""
    return (
        (TalkRequest.round_id == round_id)
        & (TalkRequest.pupil_id == pupil_id)
        & (TalkRequest.household_id.is_(None) if household_id is None else TalkRequest.household_id == household_id)
        & (TalkRequest.teacher_id == leader_id)
        & TalkRequest.withdrawn_at.is_(None)
        & TalkRequest.done_at.is_(None)
    )


def _standing(session: Session, kind: RoundKind, year_id: int, now: datetime) -> Round:
    """The round that holds all single talks of this kind this year; made when it is first needed."""
    lock(session, SchoolYear, [year_id])
    found = session.scalar(
        select(Round)
        .join(StandingRound, StandingRound.round_id == Round.id)
        .where(StandingRound.year_id == year_id, StandingRound.kind == kind)
    )
    if found is not None:
        return found
    year = session.get_one(SchoolYear, year_id)
    made = Round(
        year_id=year_id, kind=kind, name=standing_name(kind), mode=RoundMode.PICK, starts_on=year.starts_on,
        ends_on=year.ends_on, slot_minutes=KINDS[kind].minutes, max_in_a_row=0, lead_time_hours=0, closes_at=now,
        created_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.add(StandingRound(round_id=made.id, year_id=year_id, kind=kind))
    session.flush()
    return made


def _propose(session: Session, talk: SingleTalk, spans: Sequence[Span], anyway: bool, now: datetime) -> None:
    request = talk.request
    year = session.get_one(SchoolYear, _round_of(session, talk).year_id)
    ordered = ensure_times(spans, now)
    if any(not year.starts_on <= local(span.starts_at).date() <= year.ends_on for span in ordered):
        raise OutsideYear
    closed = reading.days_off(session, year.id, ordered)
    if closed and not anyway:
        raise DayOff(local(closed[0]).date())
    out = reading.leader_out(session, request.teacher_id, besides=talk.id)
    interpreting = times_interpreting(session, interpreters_at(session, request.id))
    for span in ordered:
        if any(map(span.overlaps, interpreting)):
            raise InterpreterElsewhere(span.starts_at)
        if any(around(span, talk.travel_before, talk.travel_after).overlaps(other) for other in out):
            raise LeaderBusy(span.starts_at)
    talk.times = [SingleTime(starts_at=span.starts_at, ends_at=span.ends_at) for span in ordered]
    talk.state, talk.expires_at, talk.rather = SingleState.PROPOSED, expires_at(ordered, now), None
    talk.version += 1
    session.flush()
    for time_id, span in [(time.id, Span(time.starts_at, time.ends_at)) for time in talk.times]:
        whole = around(span, talk.travel_before, talk.travel_after)
        holds.rest(session, time_id=time_id, leader_id=request.teacher_id, span=whole)
    outbox.post_about_single(session, talk=talk, now=now)


def _book(session: Session, talk: SingleTalk, span: Span, now: datetime) -> Booking:
    request = talk.request
    booking = Booking(
        round_id=request.round_id, pupil_id=request.pupil_id, household_id=request.household_id,
        request_id=request.id, leader_id=request.teacher_id, starts_at=span.starts_at, ends_at=span.ends_at,
        room=talk.room if talk.medium is Medium.SCHOOL else "", status=BookingStatus.CONFIRMED,
        origin=BookingOrigin.FAMILY, ical_uid=new_ical_uid(), ical_stamp=now, confirmed_at=now, invited_at=now,
    )  # fmt: skip
    session.add(booking)
    session.flush()
    return booking


def _ensure_free(session: Session, talk: SingleTalk, span: Span, now: datetime) -> None:
    """Nobody who is expected is elsewhere, and the leader has no other talk that came in meanwhile."""
    request = talk.request
    expected = asking.expected_guardians(session, request.pupil_id, request.household_id, local(now).date())
    if _round_of(session, talk).kind is RoundKind.PUPIL_CONVERSATION:
        expected = frozenset()
    if any(map(span.overlaps, asking.busy_spans(session, guardians=expected, pupil_id=request.pupil_id))):
        raise FamilyBusy(span.starts_at)
    interpreters = interpreters_at(session, request.id)
    lock(session, Outsider, interpreters)
    if any(map(span.overlaps, times_interpreting(session, interpreters))):
        raise InterpreterElsewhere(span.starts_at)
    out = reading.leader_out(session, request.teacher_id, besides=talk.id)
    whole = around(span, talk.travel_before, talk.travel_after)
    leading = asking.guardians_among(session, [request.teacher_id])
    if any(map(whole.overlaps, [*out, *asking.busy_spans(session, guardians=leading)])):
        raise LeaderBusy(span.starts_at)


def _forget_times(session: Session, talk: SingleTalk, besides: int = 0) -> None:
    """These times are free again for others."""
    gone = [time.id for time in talk.times if time.id != besides]
    holds.let_go(session, gone)
    session.execute(delete(SingleTime).where(SingleTime.id.in_(gone)))
    session.expire(talk, ["times"])


def _close(session: Session, talk: SingleTalk, state: SingleState, now: datetime) -> None:
    _forget_times(session, talk)
    talk.state, talk.expires_at = state, None
    talk.request.withdrawn_at = now
    talk.version += 1


def _led(session: Session, single_id: int, leader_id: int) -> SingleTalk:
    lock(session, SingleTalk, [single_id])
    talk = session.get(SingleTalk, single_id)
    if talk is None or talk.request.teacher_id != leader_id:
        raise NotFound
    return talk


def _own(session: Session, single_id: int, by: Actor, now: datetime) -> SingleTalk:
    """This talk, if it is of the own home, with the answer of anybody else of the family out of the way."""
    lock(session, SingleTalk, [single_id])
    talk = session.get(SingleTalk, single_id)
    home = asking.find_home(session, by, talk.request.pupil_id, local(now).date()) if talk else None
    if talk is None or home is None or not home.is_asked(talk.request.household_id):
        raise NotFound
    return talk


def _hold_leader(session: Session, leader_id: int) -> None:
    """Of two talks that this leader gets at one moment, one is first; who only names the leader is not held up."""
    if not is_alone(session):
        session.execute(select(Staff.id).where(Staff.id == leader_id).with_for_update(key_share=True))


def _ensure_not_own_child(session: Session, leader_id: int, pupil_id: int) -> None:
    own = select(Guardian.id).join(Guardianship, Guardianship.guardian_id == Guardian.id)
    if session.scalar(own.where(Guardian.staff_id == leader_id, Guardianship.pupil_id == pupil_id)):
        raise OwnChild


def _ensure_led(session: Session, booking_id: int, leader_id: int, pupil_id: int) -> None:
    booking = session.get(Booking, booking_id)
    if booking is None or booking.leader_id != leader_id or booking.pupil_id != pupil_id:
        raise NotFound


def _of_home(pupil_id: int, household_id: int) -> Select[int]:
    return (
        select(SingleTalk.id)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .where(TalkRequest.pupil_id == pupil_id, TalkRequest.household_id == household_id)
    )


def _round_of(session: Session, talk: SingleTalk) -> Round:
    return session.get_one(Round, talk.request.round_id)


def _state(talk: SingleTalk, now: datetime) -> SingleState:
    over = talk.state is SingleState.PROPOSED and talk.expires_at is not None and talk.expires_at <= now
    return SingleState.EXPIRED if over else talk.state


def _tell_leader(session: Session, talk: SingleTalk, now: datetime) -> None:
    """The leader hears what the family said, on the page and by mail."""
    session.flush()
    leader = session.get_one(Staff, talk.request.teacher_id)
    outbox.post_single_notice(session, talk=talk, leader=leader, now=now)


def _note(session: Session, action: str, talk: SingleTalk, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="single_talk", subject_id=talk.id, now=now, **facts)
