"""A leader cannot be there (T32): every family hears the same at once, and nobody else moves."""

from datetime import date, time, timedelta

import pytest

from scheduling.domain.homes import HomeTalks
from scheduling.domain.hours import HoursRefused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.leader_away import (
    Answer,
    AwayInWrongOrder,
    AwayOver,
    Instead,
    NothingToTakeBack,
    OwnTimesWhileAway,
    Place,
    PlaceTaken,
    StandInHoursNeeded,
    StandInUnknown,
    TalksChangedMeanwhile,
)
from scheduling.domain.mailings import Letter
from scheduling.domain.people import SeparatedParents
from scheduling.domain.plans import ContactForm
from scheduling.domain.rounds import BookingOrigin, BookingStatus, RoundKind
from scheduling.domain.single_talks import AnsweredAlready, Details, Medium, SingleState
from scheduling.domain.timeslots import Span
from scheduling.models import (
    Booking,
    CallRequest,
    CommunicationPlan,
    LeaderOpening,
    Outbox,
    PlanForm,
    SingleTalk,
    Slot,
    Staff,
    TwoHomes,
    db,
)
from scheduling.queries import leader_away as asking
from scheduling.queries.letters import find_letter
from scheduling.services import leader_away, leading, single_talks
from scheduling.services.leader_away import StandInHours
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)
from tests.evenings import EVENING, School

THURSDAY = TUESDAY + timedelta(days=2)
THE_TUESDAY = Span(TUESDAY - timedelta(hours=3), TUESDAY + timedelta(hours=8))
MINUTES = timedelta(minutes=20)

pytestmark = pytest.mark.usefixtures("any_context")


class Scene:
    """Bas leads group 3. On Tuesday he sees Sami, Aya, and Mila of two homes; on Thursday Tom, and three are free."""

    def __init__(self) -> None:
        a_school(separated_parents=SeparatedParents.SEPARATE_ON_REQUEST)
        year = a_year()
        bas, anna = a_leader("bas"), a_leader("anna")
        three = a_class("3", leaders=[bas])
        sami, aya, mila, tom = (a_pupil(name, three) for name in ("Sami", "Aya", "Mila", "Tom"))
        self.layla, self.mina, self.jo = (
            a_guardian(name, child) for name, child in (("Layla", sami), ("Mina", aya), ("Jo", tom))
        )
        self.ruud, self.els = a_guardian("Ruud", mila), a_guardian("Els", mila, position=2)
        found = a_round(classes=[three])
        tuesday, thursday = some_slots(found, bas, count=5), some_slots(found, bas, count=4, first=THURSDAY)
        self.samis = a_booking(found, sami, tuesday[0], household=household_of(self.layla)).id
        self.ayas = a_booking(found, aya, tuesday[1], household=household_of(self.mina)).id
        self.milas = a_booking(found, mila, tuesday[2]).id
        self.toms = a_booking(found, tom, thursday[0], household=household_of(self.jo)).id
        db.session.query(Booking).update({Booking.invited_at: NOW})
        db.session.commit()
        self.bas, self.anna, self.round, self.year = bas.id, anna.id, found.id, year.id
        self.aya, self.mila = aya.id, mila.id
        self.by = Actor(ActorKind.STAFF, a_leader("kantoor").id)
        self.tuesday = [slot.id for slot in tuesday]

    def agreed_to_be_called(self) -> None:
        """Aya's family likes calls best."""
        db.session.add(
            CommunicationPlan(
                year_id=self.year, pupil_id=self.aya, household_id=household_of(self.mina).id, agreed_on=NOW.date(),
                recorded_by=self.bas, recorded_at=NOW, forms=[PlanForm(form=ContactForm.CALL)],
            )
        )  # fmt: skip
        db.session.commit()

    def proposal(self, *, stand_in: StandInHours | None = None, span: Span = THE_TUESDAY):
        return leader_away.propose(leader_id=self.bas, span=span, stand_in=stand_in, now=NOW)

    def apply(self, answers=None, *, stand_in: StandInHours | None = None, span: Span = THE_TUESDAY, now=NOW):
        if answers is None:
            proposed = self.proposal(stand_in=stand_in, span=span).talks
            answers = {talk.found.id: Answer(talk.instead, talk.place) for talk in proposed}
        return leader_away.apply(
            leader_id=self.bas, span=span, answers=answers, stand_in=stand_in, origin=BookingOrigin.OFFICE,
            by=self.by, now=now,
        )  # fmt: skip

    def talk(self, booking_id: int) -> Booking:
        return db.session.get(Booking, booking_id, populate_existing=True)

    def letters(self) -> list[tuple[Letter, int]]:
        return [(row.letter, row.booking_id) for row in db.session.query(Outbox).order_by(Outbox.id)]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def annas_tuesday(scene: Scene) -> StandInHours:
    return StandInHours(scene.anna, date(2027, 8, 31), time(15), time(16), "lokaal 9")


def test_looking_sends_and_keeps_nothing(scene):
    before = [(slot.version, slot.booking_id) for slot in db.session.query(Slot).order_by(Slot.id)]
    assert [talk.found.id for talk in scene.proposal().talks] == [scene.samis, scene.ayas, scene.milas]
    assert scene.letters() == []
    assert [(slot.version, slot.booking_id) for slot in db.session.query(Slot).order_by(Slot.id)] == before


def test_each_family_gets_a_later_free_time_of_its_own_leader_and_nobody_else_moves(scene):
    done = scene.apply()
    assert (done.moved, done.released, done.calls) == (3, 0, 0)
    new = {scene.talk(one).starts_at for one in (scene.samis, scene.ayas, scene.milas)}
    assert new == {THURSDAY + n * MINUTES for n in (1, 2, 3)}
    assert scene.talk(scene.toms).starts_at == THURSDAY
    assert scene.talk(scene.toms).ical_sequence == 0


def test_a_moved_talk_keeps_its_name_in_calendars_and_is_asked_again(scene):
    uid = scene.talk(scene.samis).ical_uid
    scene.apply()
    talk = scene.talk(scene.samis)
    assert (talk.ical_uid, talk.ical_sequence, talk.status) == (uid, 1, BookingStatus.INVITED)
    assert (Letter.CHANGED, scene.samis) in scene.letters()


def test_both_homes_hear_the_same(scene):
    scene.apply()
    told = db.session.query(Outbox).filter_by(booking_id=scene.milas).all()
    assert {row.guardian_id for row in told} == {scene.ruud.id, scene.els.id}
    assert {(row.letter, row.sequence, row.facts["away"]) for row in told} == {(Letter.CHANGED, 1, "move")}


def test_who_agreed_on_calls_is_called_and_the_talk_leaves_the_calendar(scene):
    scene.agreed_to_be_called()
    done = scene.apply()
    assert (done.moved, done.released, done.calls) == (2, 1, 1)
    assert scene.talk(scene.ayas).status is BookingStatus.CANCELLED
    assert (Letter.CANCELLED, scene.ayas) in scene.letters()
    [line] = asking.calls_of(scene.bas, scene.year, NOW)
    assert (line.pupil.id, line.was) == (scene.aya, TUESDAY + MINUTES)


def test_of_a_joint_talk_each_home_is_called(scene):
    answers = {talk.found.id: Answer(Instead.CALL) for talk in scene.proposal().talks}
    assert scene.apply(answers).calls == 4
    called = db.session.query(CallRequest).filter_by(pupil_id=scene.mila).all()
    assert {call.household_id for call in called} == {household_of(scene.ruud).id, household_of(scene.els).id}


def test_who_gets_no_mail_is_called_and_stands_first_on_the_list(scene):
    scene.mina.email = ""
    db.session.commit()
    found = {talk.found.id: talk.instead for talk in scene.proposal().talks}
    assert found[scene.ayas] is Instead.CALL
    scene.apply({one: Answer(Instead.CALL) for one in found})
    assert asking.calls_of(scene.bas, scene.year, NOW)[0].pupil.id == scene.aya


def test_when_no_time_is_left_the_family_is_called(scene):
    thursday = db.session.query(Slot).filter(Slot.starts_at > THURSDAY, Slot.booking_id.is_(None)).all()
    for slot in thursday[1:]:
        slot.blocked = True
    db.session.commit()
    instead = sorted(talk.instead for talk in scene.proposal().talks)
    assert instead.count(Instead.MOVE) == 1
    assert set(instead) == {Instead.MOVE, Instead.LINK}


def test_with_a_stand_in_families_keep_their_time(scene):
    proposal = scene.proposal(stand_in=annas_tuesday(scene))
    assert {talk.place for talk in proposal.talks} == {
        Place(TUESDAY + n * MINUTES, scene.anna) for n in range(3)
    }  # fmt: skip
    scene.apply(stand_in=annas_tuesday(scene))
    talk = scene.talk(scene.samis)
    assert (talk.starts_at, talk.leader_id, talk.room) == (TUESDAY, scene.anna, "lokaal 9")
    assert talk.ical_sequence == 1
    assert db.session.get(LeaderOpening, (scene.round, scene.anna)) is not None


def test_a_stand_in_is_another_colleague_with_hours_that_are_free(scene):
    for wrong, kind in (
        (StandInHours(scene.bas, date(2027, 8, 31), time(15), time(16)), OwnTimesWhileAway),
        (StandInHours(99_999, date(2027, 8, 31), time(15), time(16)), StandInUnknown),
        (StandInHours(scene.anna, None, time(15), time(16)), StandInHoursNeeded),
        (StandInHours(scene.anna, date(2028, 1, 1), time(15), time(16)), HoursRefused),
        (StandInHours(scene.anna, date(2027, 8, 31), time(16), time(15)), HoursRefused),
    ):
        with pytest.raises(kind):
            scene.proposal(stand_in=wrong)
    some_slots(a_round("Andere"), db.session.get_one(Staff, scene.anna))
    with pytest.raises(HoursRefused):
        scene.proposal(stand_in=annas_tuesday(scene))


def test_a_parent_never_stands_in_for_the_own_child(scene):
    scene.layla.staff_id = scene.anna
    db.session.commit()
    proposal = scene.proposal(stand_in=annas_tuesday(scene))
    samis = next(talk for talk in proposal.talks if talk.found.id == scene.samis)
    assert all(place.leader_id == scene.bas for place in samis.choices)


def test_free_times_close_while_the_leader_is_away(scene):
    scene.apply()
    slots = [db.session.get(Slot, one) for one in scene.tuesday]
    assert all(slot.blocked and slot.booking_id is None for slot in slots)


def test_a_family_that_knew_of_no_time_gets_no_letter(scene):
    db.session.query(Booking).filter_by(id=scene.samis).update({Booking.invited_at: None})
    db.session.commit()
    scene.apply()
    assert scene.samis not in [booking for _letter, booking in scene.letters()]


def test_what_changed_since_the_look_is_looked_at_again(scene):
    answers = {talk.found.id: Answer(talk.instead, talk.place) for talk in scene.proposal().talks}
    leading.call_off(booking_id=scene.samis, leader_id=scene.bas, by=scene.by, now=NOW)
    letters = scene.letters()
    with pytest.raises(TalksChangedMeanwhile):
        scene.apply(answers)
    assert scene.letters() == letters
    assert scene.talk(scene.ayas).starts_at == TUESDAY + MINUTES


def test_two_families_never_get_one_time_and_nothing_is_half_done(scene):
    place = Place(THURSDAY + MINUTES, scene.bas)
    twice = {scene.samis: Answer(Instead.CALL)} | {
        one: Answer(Instead.MOVE, place) for one in (scene.ayas, scene.milas)
    }  # fmt: skip
    taken = {one: Answer(Instead.CALL) for one in (scene.samis, scene.ayas)} | {
        scene.milas: Answer(Instead.MOVE, Place(THURSDAY, scene.bas))
    }  # fmt: skip
    for answers in (twice, taken):
        with pytest.raises(PlaceTaken):
            scene.apply(answers)
        assert scene.letters() == []
        assert scene.talk(scene.samis).status is BookingStatus.INVITED


def test_who_stands_in_reads_which_talks_are_taken_over_and_when_they_go_back(scene):
    def told(now):
        rows = db.session.query(Outbox).filter_by(letter=Letter.STAND_IN).order_by(Outbox.id)
        found = [(row.staff_id, find_letter(row.id, now)) for row in rows]
        return [
            (staff, [(one.now, one.undone) for one in facts.exchanged], facts.stop is None) for staff, facts in found
        ]

    scene.apply(stand_in=annas_tuesday(scene))
    times = [TUESDAY + n * MINUTES for n in range(3)]
    assert told(NOW) == [(scene.anna, [(time, False) for time in times], True)]
    later = NOW + timedelta(minutes=5)
    leader_away.take_back(leader_id=scene.bas, by=scene.by, now=later)
    assert told(later)[-1] == (scene.anna, [(time, True) for time in times], True)


def own_wednesday(scene: Scene, starts: int = 15) -> StandInHours:
    """Bas himself, on the day after."""
    return StandInHours(scene.bas, date(2027, 9, 1), time(starts), time(starts + 1), "lokaal 3")


def test_a_leader_gives_extra_times_to_all_families_at_once_and_looks_first(scene):
    db.session.query(Slot).filter(Slot.starts_at > THURSDAY, Slot.booking_id.is_(None)).update({Slot.blocked: True})
    db.session.commit()
    assert {talk.instead for talk in scene.proposal().talks} == {Instead.CALL}, "without them there is no time"
    before = db.session.query(Slot).count()
    wednesday = TUESDAY + timedelta(days=1)
    proposal = scene.proposal(stand_in=own_wednesday(scene))
    assert {talk.place for talk in proposal.talks} == {Place(wednesday + n * MINUTES, scene.bas) for n in range(3)}
    assert (db.session.query(Slot).count(), scene.letters()) == (before, []), "looking keeps and sends nothing"
    done = scene.apply(stand_in=own_wednesday(scene))
    assert (done.moved, done.released, done.calls) == (3, 0, 0)
    talk = scene.talk(scene.samis)
    assert (talk.leader_id, talk.room, talk.ical_sequence) == (scene.bas, "lokaal 3", 1)
    assert {letter for letter, _ in scene.letters()} == {Letter.CHANGED}, "nobody stands in, no colleague is told"
    leader_away.take_back(leader_id=scene.bas, by=scene.by, now=NOW)
    assert scene.talk(scene.samis).starts_at == TUESDAY
    assert db.session.query(Slot).count() == before, "extra times that nobody has are gone again"


def test_extra_times_lie_outside_the_absence(scene):
    with pytest.raises(OwnTimesWhileAway):
        scene.proposal(stand_in=StandInHours(scene.bas, date(2027, 8, 31), time(18), time(19)))
    assert scene.letters() == []


def proposed_to_tom(scene: Scene, *starts) -> int:
    tom = db.session.get_one(Booking, scene.toms)
    return single_talks.arrange(
        details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"), pupil_id=tom.pupil_id,
        household_id=tom.household_id, spans=[Span(one, one + MINUTES) for one in starts], anyway=False, after_id=None,
        leader_id=scene.bas, by=Actor(ActorKind.STAFF, scene.bas), now=NOW,
    )  # fmt: skip


def test_a_time_that_was_proposed_to_a_family_falls_away_and_it_chooses_from_what_is_left(scene):
    later = TUESDAY + timedelta(days=7)
    made = proposed_to_tom(scene, TUESDAY + 5 * MINUTES, later)
    [gone] = [time.id for time in db.session.get_one(SingleTalk, made).times if time.starts_at < later]
    [falling] = scene.proposal().falling
    assert (falling.pupil.given, falling.gone, falling.left) == ("Tom", (TUESDAY + 5 * MINUTES,), 1)
    scene.apply()
    talk = db.session.get_one(SingleTalk, made, populate_existing=True)
    assert [time.starts_at for time in talk.times] == [later]
    by = Actor(ActorKind.GUARDIAN, scene.jo.id)
    with pytest.raises(AnsweredAlready):
        single_talks.choose(single_id=made, time_id=gone, by=by, now=NOW)
    facts = [find_letter(row.id, NOW) for row in db.session.query(Outbox).filter_by(letter=Letter.SINGLE_PROPOSED)]
    assert [one.stop is None for one in facts if one] == [False, True], "only the letter with what is left leaves"
    single_talks.choose(single_id=made, time_id=talk.times[0].id, by=by, now=NOW)


def test_where_no_proposed_time_is_left_the_talk_waits_for_another_proposal(scene):
    made = proposed_to_tom(scene, TUESDAY + 5 * MINUTES)
    scene.apply()
    assert db.session.get_one(SingleTalk, made, populate_existing=True).state is SingleState.NONE_FITS


def test_a_talk_for_one_pupil_is_called_off_with_a_call_beside_the_talks_of_a_round(scene):
    made = proposed_to_tom(scene, TUESDAY - timedelta(hours=2))
    by = Actor(ActorKind.GUARDIAN, scene.jo.id)
    [time_id] = [time.id for time in db.session.get_one(SingleTalk, made).times]
    booking = single_talks.choose(single_id=made, time_id=time_id, by=by, now=NOW)
    for stand_in in (annas_tuesday(scene), own_wednesday(scene)):
        found = {talk.found.id: talk for talk in scene.proposal(stand_in=stand_in).talks}
        assert (found[booking].instead, found[booking].choices) == (Instead.CALL, ())
    done = scene.apply(stand_in=own_wednesday(scene))
    assert (done.moved, done.calls) == (3, 1)
    assert scene.talk(booking).status is BookingStatus.CANCELLED


def test_taken_back_everybody_has_the_old_time_again(scene):
    db.session.query(Booking).filter_by(id=scene.samis).update(
        {Booking.status: BookingStatus.CONFIRMED, Booking.confirmed_at: NOW}
    )
    db.session.commit()
    scene.agreed_to_be_called()
    scene.apply(stand_in=annas_tuesday(scene))
    later = NOW + timedelta(minutes=5)
    assert leader_away.take_back(leader_id=scene.bas, by=scene.by, now=later) == 3
    samis = scene.talk(scene.samis)
    assert (samis.starts_at, samis.leader_id, samis.status) == (TUESDAY, scene.bas, BookingStatus.CONFIRMED)
    assert samis.ical_sequence == 2
    again = db.session.query(Booking).filter_by(pupil_id=scene.aya, status=BookingStatus.INVITED).one()
    assert (again.starts_at, again.ical_uid != scene.talk(scene.ayas).ical_uid) == (TUESDAY + MINUTES, True)
    assert asking.calls_of(scene.bas, scene.year, later) == ()
    assert not any(db.session.get(Slot, one).blocked for one in scene.tuesday)
    assert db.session.query(Slot).filter_by(leader_id=scene.anna).count() == 0
    with pytest.raises(NothingToTakeBack):
        leader_away.take_back(leader_id=scene.bas, by=scene.by, now=later)


def test_of_a_contact_evening_each_teachers_talk_is_found_back_beside_the_others():
    school = School()
    school.times(school.anna, school.bas)
    layla, [sami] = school.family("Sami")
    asked = school.asks(layla, sami, school.anna, school.bas)
    slots = {slot.leader_id: slot for slot in db.session.query(Slot).order_by(Slot.starts_at.desc())}
    annas, bass = slots[school.anna.id], slots[school.bas.id]
    bass = db.session.query(Slot).filter(Slot.leader_id == school.bas.id, Slot.starts_at > bass.starts_at).first()
    talks = []
    for slot, request in zip((annas, bass), asked, strict=True):
        talk = a_booking(school.round, sami, slot, household=household_of(layla))
        talk.request_id, talk.invited_at = request.id, NOW
        db.session.commit()
        talks.append(talk)
    by = Actor(ActorKind.STAFF, school.bas.id)
    span = Span(EVENING - timedelta(hours=1), EVENING + timedelta(hours=3))
    given = {"leader_id": school.bas.id, "by": by, "now": NOW}
    leader_away.apply(span=span, answers={talks[1].id: Answer(Instead.CALL)}, origin=BookingOrigin.OFFICE, **given)
    assert leader_away.take_back(**given) == 1
    live = db.session.query(Booking).filter(Booking.status != BookingStatus.CANCELLED).all()
    assert {talk.request_id for talk in live} == {request.id for request in asked}
    assert {talk.starts_at for talk in live} == {annas.starts_at, bass.starts_at}


def test_what_a_family_chose_since_stays(scene):
    scene.apply()
    free = db.session.query(Slot).filter(Slot.starts_at > THURSDAY, Slot.leader_id == scene.bas).count()
    assert free == 3
    leading.call_off(booking_id=scene.samis, leader_id=scene.bas, by=scene.by, now=NOW)
    assert leader_away.take_back(leader_id=scene.bas, by=scene.by, now=NOW) == 2
    assert scene.talk(scene.samis).status is BookingStatus.CANCELLED


def test_a_stretch_makes_sense(scene):
    for span, kind in (
        (Span(TUESDAY, TUESDAY), AwayInWrongOrder),
        (Span(NOW - timedelta(days=2), NOW - timedelta(days=1)), AwayOver),
    ):
        with pytest.raises(kind):
            scene.proposal(span=span)


class TwoHomesAway(School):
    """Sami has a mother and a father who are kept 20 minutes apart; both speak Anna on Tuesday."""

    def __init__(self, later: int) -> None:
        super().__init__()
        self.times(self.anna, count=9)
        mother, (sami,) = self.family("Sami")
        father = a_guardian("Vader", sami, position=2)
        db.session.add(TwoHomes(year_id=self.round.year_id, pupil_id=sami.id, talks=HomeTalks.APART, apart_minutes=20))
        db.session.commit()
        self.asks(mother, sami, self.anna)
        self.asks(father, sami, self.anna)
        self.draft()
        self.publish()
        self.times(self.anna, first=EVENING + timedelta(days=2), count=later)
        self.span = Span(EVENING - timedelta(hours=1), EVENING + timedelta(hours=5))

    def propose(self) -> leader_away.Proposal:
        return leader_away.propose(leader_id=self.anna.id, span=self.span, now=NOW)

    def apply(self, answers: dict[int, Answer]) -> leader_away.Applied:
        return leader_away.apply(
            leader_id=self.anna.id, span=self.span, answers=answers, origin=BookingOrigin.OFFICE,
            by=Actor(ActorKind.SYSTEM), now=NOW,
        )  # fmt: skip


def test_two_homes_kept_apart_share_the_other_times_out_whatever_each_of_them_gets(any_context):
    scene = TwoHomesAway(later=8)
    one, other = scene.propose().talks
    assert one.found.is_kept_apart
    assert other.found.is_kept_apart
    assert one.choices
    assert other.choices
    for mine in one.choices:
        for theirs in other.choices:
            assert abs(mine.starts_at - theirs.starts_at) >= timedelta(minutes=30), "a talk of ten, and twenty between"
    answers = {talk.found.id: Answer(Instead.MOVE, talk.choices[-1]) for talk in (one, other)}
    assert scene.apply(answers).moved == 2


def test_where_two_homes_kept_apart_do_not_both_fit_the_preview_says_so_and_one_is_called(any_context):
    scene = TwoHomesAway(later=2)
    talks = scene.propose().talks
    assert sorted(bool(talk.choices) for talk in talks) != [True, True]
    answers = {talk.found.id: Answer(talk.instead, talk.place) for talk in talks}
    done = scene.apply(answers)
    assert done.moved + done.released == 2
