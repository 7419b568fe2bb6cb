"""A talk that is arranged with one family: proposed, chosen, or met in another way; never at the cost of another."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.errors import NotFound, Refused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, FamilyBusy, RoundKind, SlotTaken
from scheduling.domain.single_talks import (
    AnsweredAlready,
    ArrangingAlready,
    DayOff,
    Details,
    HomeVisits,
    JoinLinkNeeded,
    JoinLinkUsed,
    LeaderBusy,
    Medium,
    MediumNotForKind,
    NoLongerOffered,
    NoTimes,
    PupilNeeded,
    QuestionsNeeded,
    ReasonNotHere,
    SingleState,
    TimesOverlap,
    TooManyTimes,
    VideoTemplateWrong,
    VisitedBefore,
    VisitNotAgreed,
    VisitReason,
    ensure_template,
)
from scheduling.domain.texts import TextCompels
from scheduling.domain.timeslots import Span
from scheduling.formats.reading import read_file
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, write
from scheduling.models import Booking, Outbox, Round, School, SingleTalk, Slot, StandingRound, db
from scheduling.queries import family as family_pages
from scheduling.queries import single_talks as asking
from scheduling.queries.letters import find_letter
from scheduling.queries.rounds import list_rounds
from scheduling.services import bookings, imports, leading, single_talks
from tests.builders import NOW, TUESDAY, household_of
from tests.calendars.readers import libical_errors
from tests.formats.files import pupils
from tests.worlds import World, a_welcome_visit, a_world

SEPTEMBER = datetime(2027, 9, 14, 13, 0, tzinfo=NOW.tzinfo)
"""A Tuesday in term, 15.00 hours."""
FOLLOW_UP = Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen", "lokaal 3")
VISIT = Details(
    RoundKind.HOME_VISIT, 45, Medium.HOME, PupilPart.PRESENT, reason=VisitReason.AGREED, travel_before=15,
    travel_after=20,
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def world() -> World:
    return a_world()


def at(hours: float = 0, minutes: int = 20) -> Span:
    begins = SEPTEMBER + timedelta(hours=hours)
    return Span(begins, begins + timedelta(minutes=minutes))


def bas(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.bas.id)


def layla(world: World) -> Actor:
    return Actor(ActorKind.GUARDIAN, world.layla.id)


def arrange(
    world: World, details: Details = FOLLOW_UP, spans: Sequence[Span] = (at(), at(1)), *, anyway: bool = False
) -> int:
    return single_talks.arrange(
        details=details, pupil_id=world.sami.id, household_id=household_of(world.layla).id, spans=spans,
        anyway=anyway, after_id=None, leader_id=world.bas.id, by=bas(world), now=NOW,
    )  # fmt: skip


def single(single_id: int, world: World, now: datetime = NOW) -> asking.Single:
    return asking.the_single(single_id, world.bas.id, now)


def choose(world: World, single_id: int, number: int = 0, by: Actor | None = None, **more: str) -> int:
    time = single(single_id, world).times[number]
    return single_talks.choose(single_id=single_id, time_id=time.id, by=by or layla(world), now=NOW, **more)


def letters(letter: Letter) -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id)))


def free(world: World) -> list[int]:
    rows = db.session.scalars(select(Slot).where(Slot.leader_id == world.bas.id, Slot.blocked.is_(False)))
    return [slot.id for slot in rows if slot.booking_id is None]


def test_the_family_chooses_a_time_and_everybody_hears_it(world: World):
    made = arrange(world)
    assert {row.guardian_id for row in letters(Letter.SINGLE_PROPOSED)} == {world.layla.id, world.omar.id}
    booking = db.session.get_one(Booking, choose(world, made, 1))
    assert (booking.starts_at, booking.status, booking.room) == (
        SEPTEMBER + timedelta(hours=1), BookingStatus.CONFIRMED, "lokaal 3",
    )  # fmt: skip
    found = single(made, world)
    assert (found.state, [time.span for time in found.times]) == (SingleState.AGREED, [at(1)])
    confirmed = letters(Letter.CONFIRMED)
    assert {row.guardian_id for row in confirmed} == {world.layla.id, world.omar.id}
    facts = find_letter(confirmed[0].id, NOW)
    assert facts is not None
    assert facts.kind is RoundKind.FOLLOW_UP
    notice = find_letter(letters(Letter.SINGLE_NOTICE)[-1].id, NOW)
    assert notice is not None
    assert notice.stop is None


def test_choosing_twice_is_choosing_once_and_the_second_parent_cannot_choose_another_time(world: World):
    made = arrange(world)
    other = single(made, world).times[1].id
    first = choose(world, made)
    assert choose(world, made) == first
    with pytest.raises(AnsweredAlready):
        single_talks.choose(single_id=made, time_id=other, by=Actor(ActorKind.GUARDIAN, world.omar.id), now=NOW)
    assert len(letters(Letter.CONFIRMED)) == 2


def test_a_proposal_is_there_for_its_own_family_alone(world: World):
    made = arrange(world)
    time_id = single(made, world).times[0].id
    petra = Actor(ActorKind.GUARDIAN, world.petra.id)
    for act in (
        lambda: single_talks.choose(single_id=made, time_id=time_id, by=petra, now=NOW),
        lambda: single_talks.none_fits(single_id=made, rather=None, by=petra, now=NOW),
        lambda: single_talks.decline(single_id=made, by=petra, now=NOW),
        lambda: asking.of_home(made, petra, NOW),
        lambda: asking.the_single(made, world.karin.id, NOW),
    ):
        with pytest.raises(NotFound):
            act()
    assert asking.of_family(petra, NOW) == ()
    assert [one.id for one in asking.of_family(layla(world), NOW)] == [made]


def test_the_leaders_free_times_rest_while_they_are_proposed_and_come_back(world: World):
    before, slot = free(world), world.bas_slots[4]
    span = Span(slot.starts_at, slot.ends_at)
    made = arrange(world, spans=[span, at()])
    assert slot.id not in free(world)
    with pytest.raises(SlotTaken):
        bookings.move(booking_id=world.daans_talk.id, slot_id=slot.id, by=Actor(ActorKind.GUARDIAN, world.petra.id),
                      now=NOW)  # fmt: skip
    choose(world, made, 1)
    assert free(world) == before


def test_when_an_agreed_talk_is_called_off_its_times_are_free_and_calendars_hear_it(world: World):
    before, slot = free(world), world.bas_slots[4]
    made = arrange(world, spans=[Span(slot.starts_at, slot.ends_at)])
    booking_id = choose(world, made)
    assert slot.id not in free(world)
    single_talks.cancel(single_id=made, by=layla(world), now=NOW)
    single_talks.cancel(single_id=made, by=layla(world), now=NOW)
    assert free(world) == before
    assert single(made, world).is_off
    assert {row.booking_id for row in letters(Letter.CANCELLED)} == {booking_id}
    again = arrange(world)
    leading.call_off(booking_id=choose(world, again), leader_id=world.bas.id, by=bas(world), now=NOW)
    assert single(again, world).is_off


def test_none_of_the_times_suits_and_the_leader_proposes_others(world: World):
    made = arrange(world)
    single_talks.none_fits(single_id=made, rather=None, by=layla(world), now=NOW)
    assert single(made, world).state is SingleState.NONE_FITS
    first = find_letter(letters(Letter.SINGLE_PROPOSED)[0].id, NOW)
    assert first is not None
    assert first.stop is not None
    single_talks.propose(
        single_id=made, details=FOLLOW_UP, spans=[at(2)], anyway=False, seen_version=single(made, world).version,
        leader_id=world.bas.id, by=bas(world), now=NOW
    )  # fmt: skip
    assert [time.span for time in single(made, world).times] == [at(2)]
    choose(world, made)


def test_without_an_answer_a_proposal_ends_and_the_times_are_free(world: World):
    slot, before = world.bas_slots[4], free(world)
    made = arrange(world, spans=[Span(slot.starts_at, slot.ends_at)])
    later = slot.starts_at + timedelta(minutes=1)
    assert single(made, world, later).state is SingleState.EXPIRED
    time_id = single(made, world).times[0].id
    with pytest.raises(AnsweredAlready):
        single_talks.choose(single_id=made, time_id=time_id, by=layla(world), now=later)
    assert single_talks.expire(later) == 1
    assert single_talks.expire(later) == 0
    assert free(world) == before


def test_a_family_says_no_or_takes_its_question_back_without_a_reason(world: World):
    made = arrange(world)
    single_talks.decline(single_id=made, by=layla(world), now=NOW)
    single_talks.decline(single_id=made, by=layla(world), now=NOW)
    assert single(made, world).state is SingleState.DECLINED
    assert single_talks.expire(NOW + timedelta(days=99)) == 0
    arrange(world)


def test_a_parent_asks_a_talk_once_and_the_leader_proposes_it(world: World):
    asked = {"pupil_id": world.sami.id, "leader_id": world.bas.id, "subject": "Lezen", "by": layla(world), "now": NOW}
    made = single_talks.ask(**asked)
    assert single_talks.ask(**asked) == made
    assert single(made, world).state is SingleState.ASKED
    assert len(letters(Letter.SINGLE_NOTICE)) == 1
    details = replace(FOLLOW_UP, kind=RoundKind.REQUESTED_CONVERSATION)
    single_talks.propose(
        single_id=made, details=details, spans=[at()], anyway=False, seen_version=single(made, world).version,
        leader_id=world.bas.id, by=bas(world), now=NOW
    )  # fmt: skip
    choose(world, made)


def test_a_parent_asks_only_leaders_of_an_own_child(world: World):
    for pupil, leader in ((world.daan, world.bas), (world.sami, world.karin)):
        with pytest.raises(NotFound):
            single_talks.ask(pupil_id=pupil.id, leader_id=leader.id, subject="", by=layla(world), now=NOW)


def test_while_a_talk_of_a_kind_is_arranged_no_second_one_is(world: World):
    arrange(world)
    with pytest.raises(ArrangingAlready):
        arrange(world, spans=[at(3)])


def test_two_families_are_not_proposed_the_same_time_and_a_talk_of_a_round_counts(world: World):
    arrange(world)
    daan = {
        "details": FOLLOW_UP, "pupil_id": world.daan.id, "household_id": household_of(world.petra).id, "anyway": False,
        "after_id": None, "leader_id": world.bas.id, "by": bas(world), "now": NOW,
    }  # fmt: skip
    with pytest.raises(LeaderBusy):
        single_talks.arrange(spans=[at(1)], **daan)
    with pytest.raises(LeaderBusy):
        single_talks.arrange(spans=[Span(world.samis_talk.starts_at, world.samis_talk.ends_at)], **daan)
    single_talks.arrange(spans=[at(2)], **daan)


def test_a_family_cannot_be_in_two_talks_at_once(world: World):
    made = arrange(world, spans=[Span(world.noors_talk.starts_at + timedelta(minutes=5), world.noors_talk.ends_at)])
    with pytest.raises(FamilyBusy):
        choose(world, made)


@pytest.mark.parametrize(
    ("details", "spans", "kind"),
    [
        (FOLLOW_UP, [], NoTimes),
        (FOLLOW_UP, [at(n) for n in range(4)], TooManyTimes),
        (FOLLOW_UP, [at(), at(0.1)], TimesOverlap),
        (FOLLOW_UP, [Span(NOW - timedelta(hours=1), NOW)], NoLongerOffered),
        (FOLLOW_UP, [Span(NOW + timedelta(days=1), NOW + timedelta(days=1, minutes=20))], DayOff),
        (replace(FOLLOW_UP, medium=Medium.HOME), [at()], MediumNotForKind),
        (replace(FOLLOW_UP, medium=Medium.VIDEO), [at()], JoinLinkNeeded),
        (replace(FOLLOW_UP, medium=Medium.VIDEO, join_link="http://example.org/a"), [at()], JoinLinkNeeded),
        (replace(FOLLOW_UP, subject="U moet komen"), [at()], TextCompels),
        (replace(FOLLOW_UP, kind=RoundKind.REVERSED_CONVERSATION), [at()], QuestionsNeeded),
        (replace(VISIT, reason=None), [at()], ReasonNotHere),
        (replace(VISIT, reason=VisitReason.FIRST_CHILD), [at()], ReasonNotHere),
        (replace(VISIT, medium=Medium.SCHOOL), [at()], MediumNotForKind),
        (replace(FOLLOW_UP, kind=RoundKind.START_CONVERSATION), [at()], Refused),
    ],
)
def test_what_does_not_go_together_is_said_before_anything_is_kept(
    world: World, details: Details, spans: list[Span], kind: type[Refused]
):
    with pytest.raises(kind):
        arrange(world, details, spans)
    assert db.session.scalars(select(SingleTalk)).all() == []
    assert letters(Letter.SINGLE_PROPOSED) == []


def test_a_day_off_may_be_meant_so(world: World):
    begins = datetime(2027, 8, 28, 9, 0, tzinfo=NOW.tzinfo)
    arrange(world, spans=[Span(begins, begins + timedelta(minutes=20))], anyway=True)


def test_where_visits_follow_from_agreements_the_home_agreed_on_one_first(world: World):
    with pytest.raises(VisitNotAgreed):
        arrange(world, VISIT, [at(minutes=45)])
    db.session.get_one(School, 1).home_visits = HomeVisits.INTRO_CHOICE
    db.session.commit()
    assert arrange(world, VISIT, [at(minutes=45)])


def test_a_visit_keeps_the_way_to_it_free_and_the_family_may_meet_elsewhere(world: World):
    a_welcome_visit(world)
    made = arrange(world, VISIT, [at(minutes=45)])
    with pytest.raises(LeaderBusy):
        arrange(world, spans=[at(0.8)])
    single_talks.none_fits(single_id=made, rather=Medium.PHONE, by=layla(world), now=NOW)
    assert single(made, world).rather is Medium.PHONE
    assert single(made, world).instead == (Medium.SCHOOL, Medium.PHONE)


def test_the_address_is_on_the_visitors_screen_alone_and_goes_after_the_visit(world: World):
    a_welcome_visit(world)
    made = arrange(world, VISIT, [at(minutes=45)])
    booking_id = choose(world, made, address="Lindelaan 12, Dorp")
    assert single(made, world).address == "Lindelaan 12, Dorp"
    assert db.session.get_one(Booking, booking_id).room == ""
    facts = find_letter(letters(Letter.CONFIRMED)[0].id, NOW)
    assert facts is not None
    assert "Lindelaan 12" not in repr(facts.talk)
    over = at(1).starts_at
    told = {"single_id": made, "leader_id": world.bas.id, "by": bas(world), "now": over}
    single_talks.visited(note="Fijn bezoek", copied=False, **told)
    assert single(made, world).note == "Fijn bezoek"
    single_talks.visited(note="Fijn bezoek", copied=True, **told)
    gone = single(made, world)
    assert (gone.note, gone.address, gone.copied_at) == ("", "", over)


def test_a_family_gets_one_visit_for_its_first_child_where_the_school_does_that(world: World):
    db.session.get_one(School, 1).home_visits = HomeVisits.FIRST_CHILD
    db.session.commit()
    first = replace(VISIT, reason=VisitReason.FIRST_CHILD)
    choose(world, arrange(world, first, [at(minutes=45)]))
    with pytest.raises(VisitedBefore):
        arrange(world, first, [at(4, minutes=45)])


def test_nobody_sees_the_standing_round_as_a_round(world: World):
    choose(world, arrange(world))
    arrange(world, replace(FOLLOW_UP, kind=RoundKind.EVALUATION), [at(3)])
    assert len(db.session.scalars(select(StandingRound)).all()) == 2
    assert [line.id for line in list_rounds()] == [world.start.id]
    standing = db.session.scalars(select(Round.id).where(Round.kind != RoundKind.START_CONVERSATION)).all()
    talks = family_pages.family_of(layla(world), NOW).talks
    assert not {talk.round_id for talk in talks} & set(standing)
    assert TUESDAY in [talk.starts_at for talk in talks]


def test_an_agreed_talk_stays_with_its_people_when_the_child_changes_class(world: World):
    """T31 does not reach talks that two people agreed on by themselves."""
    agreed = choose(world, arrange(world))
    everybody = (
        (world.sami, "6"), (world.noor, "6"), (world.daan, "3"), (world.mila, "6"),
    )  # fmt: skip
    file = read_file("x.csv", pupils(*(f"{one.number};{one.given_name};;Yilmaz;{group}" for one, group in everybody)))
    assert imports.run(year_id=world.start.year_id, files=[file], by=bas(world), now=NOW).saved
    talk = db.session.get_one(Booking, agreed, populate_existing=True)
    assert (talk.status, talk.leader_id, talk.starts_at) == (BookingStatus.CONFIRMED, world.bas.id, SEPTEMBER)
    assert db.session.get_one(Booking, world.samis_talk.id, populate_existing=True).leader_id == world.karin.id


VIDEO = replace(FOLLOW_UP, medium=Medium.VIDEO)


def test_every_video_call_gets_a_link_of_its_own_from_the_schools_template(world: World):
    db.session.get_one(School, 1).video_template = "https://beeld.example.org/{code}"
    db.session.commit()
    made = arrange(world, VIDEO)
    other = single_talks.arrange(
        details=VIDEO, pupil_id=world.daan.id, household_id=household_of(world.petra).id, spans=[at(3)], anyway=False,
        after_id=None, leader_id=world.bas.id, by=bas(world), now=NOW,
    )  # fmt: skip
    links = {single(one, world).details.join_link for one in (made, other)}
    assert len(links) == 2
    assert all(re.fullmatch(r"https://beeld\.example\.org/[0-9a-f]{20}", link) for link in links)
    assert single(made, world).instead == (Medium.SCHOOL, Medium.PHONE), "never only digital"


def test_one_link_for_the_whole_evening_is_refused(world: World):
    pasted = replace(VIDEO, join_link="https://beeld.example.org/onze-kamer")
    made = arrange(world, pasted)
    with pytest.raises(JoinLinkUsed):
        single_talks.arrange(
            details=pasted, pupil_id=world.daan.id, household_id=household_of(world.petra).id, spans=[at(3)],
            anyway=False, after_id=None, leader_id=world.bas.id, by=bas(world), now=NOW,
        )  # fmt: skip
    single_talks.propose(
        single_id=made, details=pasted, spans=[at(2)], anyway=False, seen_version=single(made, world).version,
        leader_id=world.bas.id, by=bas(world), now=NOW
    )  # fmt: skip


def test_the_link_stands_in_the_letter_and_in_the_calendar(world: World):
    link = "https://beeld.example.org/kamer-sami"
    choose(world, arrange(world, replace(VIDEO, join_link=link)))
    facts = find_letter(letters(Letter.CONFIRMED)[0].id, NOW)
    assert facts is not None
    sheet = write(facts, token="t", paper=Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org"))
    assert link in sheet.text
    assert link in sheet.html
    assert "Lukt beeld niet? Bellen of op school is net zo goed." in sheet.text
    assert sheet.calendar is not None
    lines = sheet.calendar.decode().replace("\r\n ", "").splitlines()
    assert f"URL:{link}" in lines
    assert next(line for line in lines if line.startswith("CONFERENCE")).endswith(link)
    assert libical_errors(sheet.calendar) == 0


@pytest.mark.parametrize(
    "template", ["http://beeld.example.org/{code}", "https://beeld.example.org/kamer", "https://{code}.example.org/"]
)
def test_a_template_without_a_code_of_its_own_per_talk_is_refused(template: str):
    with pytest.raises(VideoTemplateWrong):
        ensure_template(template)


PUPIL_TALK = Details(RoundKind.PUPIL_CONVERSATION, 10, Medium.SCHOOL, PupilPart.ACTIVE, in_place=True)


def letter_about(world: World, letter: Letter) -> str:
    facts = find_letter(letters(letter)[0].id, NOW)
    assert facts is not None
    paper = Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org")
    return " ".join(write(facts, token="t", paper=paper).text.split())


def test_a_talk_with_the_pupil_is_not_one_with_the_parents_and_says_whether_it_comes_in_place_of_theirs(world: World):
    made = arrange(world, PUPIL_TALK)
    assert "wil graag met Sami praten: leerlinggesprek van 10 minuten" in letter_about(world, Letter.SINGLE_PROPOSED)
    assert "Dit komt in plaats van een gesprek met u." in letter_about(world, Letter.SINGLE_PROPOSED)
    choose(world, made)
    assert "Met: Bas Jansen en Sami" in letter_about(world, Letter.CONFIRMED)
    assert "en u" not in letter_about(world, Letter.CONFIRMED)


def test_a_talk_with_the_pupil_may_be_while_the_parents_are_in_another_talk(world: World):
    noors = Span(world.noors_talk.starts_at, world.noors_talk.ends_at)
    refused = arrange(world, spans=[noors])
    with pytest.raises(FamilyBusy):
        choose(world, refused)
    single_talks.withdraw(single_id=refused, leader_id=world.bas.id, by=bas(world), now=NOW)
    choose(world, arrange(world, PUPIL_TALK, [Span(noors.starts_at, noors.starts_at + timedelta(minutes=10))]))


def test_a_talk_with_the_pupil_is_never_without_the_pupil_and_only_that_one_comes_in_place(world: World):
    with pytest.raises(PupilNeeded):
        arrange(world, replace(PUPIL_TALK, pupil_part=PupilPart.ABSENT))
    assert not single(arrange(world, replace(FOLLOW_UP, in_place=True)), world).details.in_place


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (PupilPart.ABSENT, "Sami is er niet bij."),
        (PupilPart.PRESENT, "Sami is erbij."),
        (PupilPart.ACTIVE, "Sami vertelt zelf mee."),
        (PupilPart.LEADING, "Sami leidt het gesprek."),
    ],
)
def test_every_letter_tells_what_the_pupil_does_in_the_talk(world: World, part: PupilPart, said: str):
    choose(world, arrange(world, replace(FOLLOW_UP, pupil_part=part)))
    assert said in letter_about(world, Letter.SINGLE_PROPOSED)
    confirmed = letter_about(world, Letter.CONFIRMED)
    with_whom = "Met: Bas Jansen en u" if part is PupilPart.ABSENT else "Met: Bas Jansen, Sami en u"
    assert with_whom in confirmed
    assert (said in confirmed) is (part in (PupilPart.ACTIVE, PupilPart.LEADING))


def test_a_call_says_who_calls_and_may_be_a_talk_at_school_as_well(world: World):
    call = Details(RoundKind.PHONE_APPOINTMENT, 10, Medium.PHONE, PupilPart.ABSENT)
    made = arrange(world, call)
    assert single(made, world).instead == (Medium.SCHOOL,)
    choose(world, made)
    assert "Wij bellen u op het nummer dat wij van u hebben." in letter_about(world, Letter.CONFIRMED)
