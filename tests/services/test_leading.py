"""What a leader does with own times and talks."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.leading import (
    CallDone,
    MovedMeanwhile,
    NothingChosen,
    NotPublished,
    OwnChild,
    SlotHasTalk,
    SlotPast,
    TalkNotYet,
)
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import SeparatedParents
from scheduling.domain.rounds import BookingOrigin, BookingStatus, FamilyBusy, Outcome, SlotTaken, TalkCancelled
from scheduling.models import (
    Booking,
    BookingAbsence,
    CallRequest,
    ClassLeader,
    Guardianship,
    InterpreterRequest,
    JournalLine,
    Outbox,
    Pupil,
    Round,
    School,
    Slot,
    db,
)
from scheduling.queries import leading as asking
from scheduling.services import bookings, leading
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

AFTER = TUESDAY + timedelta(hours=3)
LEADER = BookingOrigin.LEADER

pytestmark = pytest.mark.usefixtures("any_context")


class Scene:
    """Bas leads group 3: Sami has a talk at 15.00, Aya at 15.20, Tom none. Anna leads group 4."""

    def __init__(self) -> None:
        a_school()
        self.year = a_year().id
        bas, anna = a_leader("bas"), a_leader("anna")
        three, four = a_class("3", leaders=[bas]), a_class("4", leaders=[anna])
        sami, aya, tom = (a_pupil(name, three) for name in ("Sami", "Aya", "Tom"))
        self.noor = a_pupil("Noor", four).id
        self.parents = [a_guardian(name, child) for name, child in (("Layla", sami), ("Mina", aya), ("Jo", tom))]
        found = a_round(classes=[three, four])
        self.slots = [slot.id for slot in some_slots(found, bas, count=8)]
        self.annas = [slot.id for slot in some_slots(found, anna)]
        rows = {slot.id: slot for slot in db.session.query(Slot)}
        homes = [household_of(parent) for parent in self.parents]
        self.talk = a_booking(found, sami, rows[self.slots[0]], household=homes[0]).id
        self.ayas = a_booking(found, aya, rows[self.slots[1]], household=homes[1]).id
        self.round, self.bas, self.anna = found.id, bas.id, anna.id
        self.sami, self.aya, self.tom = sami.id, aya.id, tom.id
        self.homes = [home.id for home in homes]
        self.by = Actor(ActorKind.STAFF, self.bas)

    def invited(self) -> None:
        db.session.query(Booking).update({Booking.invited_at: NOW})
        db.session.commit()

    def talk_now(self) -> Booking:
        return db.session.get(Booking, self.talk, populate_existing=True)

    def move(self, slot: int, *, agreed: bool = False, now=NOW, leader: int | None = None, seen=None) -> Booking:
        leading.move(
            booking_id=self.talk, slot_id=slot, leader_id=leader or self.bas, agreed=agreed, origin=LEADER, seen=seen,
            by=self.by, now=now,
        )  # fmt: skip
        return db.session.get(Booking, self.talk)

    def book(self, slot: int, *, pupil: int | None = None, home: int | None = -1, now=NOW, leader=None) -> Booking:
        booked = leading.book(
            round_id=self.round, pupil_id=pupil or self.tom, household_id=self.homes[2] if home == -1 else home,
            slot_id=slot, leader_id=leader or self.bas, origin=LEADER, by=self.by, now=now,
        )  # fmt: skip
        return db.session.get(Booking, booked)

    def letters(self) -> list[tuple[Letter, int]]:
        return [(row.letter, row.booking_id) for row in db.session.query(Outbox).order_by(Outbox.id)]

    def slot(self, number: int) -> Slot:
        return db.session.get(Slot, self.slots[number], populate_existing=True)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_blocked_time_can_be_offered_again(scene):
    given = {"slot_ids": scene.slots[3:5], "leader_id": scene.bas, "by": scene.by, "now": NOW}
    assert leading.block(**given) == 2
    assert scene.slot(3).blocked
    assert leading.block(**given) == 0
    assert leading.free(**given) == 2
    assert not scene.slot(3).blocked
    assert scene.slot(3).version == 3


def test_a_time_with_a_talk_cannot_be_blocked_and_nothing_else_is(scene):
    with pytest.raises(SlotHasTalk):
        leading.block(slot_ids=[scene.slots[0], scene.slots[4]], leader_id=scene.bas, by=scene.by, now=NOW)
    assert not scene.slot(4).blocked


def test_somebody_elses_times_are_not_there(scene):
    with pytest.raises(NotFound):
        leading.block(slot_ids=scene.annas[:1], leader_id=scene.bas, by=scene.by, now=NOW)


def test_choosing_no_time_is_said(scene):
    with pytest.raises(NothingChosen):
        leading.block(slot_ids=[], leader_id=scene.bas, by=scene.by, now=NOW)


def test_a_leader_moves_a_talk_to_an_own_free_time_and_the_family_is_asked_again(scene):
    scene.invited()
    talk = scene.move(scene.slots[4])
    assert (talk.starts_at, talk.status) == (TUESDAY + timedelta(minutes=80), BookingStatus.INVITED)
    assert talk.ical_sequence == 1
    assert scene.slot(0).booking_id is None
    assert scene.letters() == [(Letter.CHANGED, scene.talk)]


def test_a_move_that_the_family_agreed_to_is_confirmed(scene):
    scene.invited()
    assert scene.move(scene.slots[4], agreed=True).status is BookingStatus.CONFIRMED


def test_a_family_that_heard_of_no_time_yet_hears_of_no_change(scene):
    scene.move(scene.slots[4])
    assert scene.letters() == []


def test_a_family_that_chose_its_time_hears_of_a_move_and_of_the_way_back(scene):
    talk = db.session.get(Booking, scene.talk)
    talk.status, talk.confirmed_at = BookingStatus.CONFIRMED, NOW
    db.session.commit()
    scene.move(scene.slots[4])
    db.session.query(Outbox).update({Outbox.state: OutboxState.SENT})
    db.session.commit()
    talk = scene.move(scene.slots[0])
    assert (talk.starts_at, talk.status, talk.ical_sequence) == (TUESDAY, BookingStatus.INVITED, 2)
    assert scene.letters() == [(Letter.CHANGED, scene.talk)] * 2


def test_a_move_that_is_put_back_leaves_the_talk_as_it_was(scene):
    talk = db.session.get(Booking, scene.talk)
    talk.status, talk.confirmed_at, talk.origin = BookingStatus.CONFIRMED, NOW, BookingOrigin.FAMILY
    db.session.commit()
    assert scene.move(scene.slots[4]).status is BookingStatus.INVITED
    back = {"booking_id": scene.talk, "slot_id": scene.slots[0], "leader_id": scene.bas, "by": scene.by, "now": NOW}
    leading.move_back(**back)
    leading.move_back(**back)
    talk = db.session.get(Booking, scene.talk, populate_existing=True)
    assert (talk.starts_at, talk.ical_sequence) == (TUESDAY, 2), "twice is once"
    assert (talk.status, talk.confirmed_at, talk.origin) == (BookingStatus.CONFIRMED, NOW, BookingOrigin.FAMILY)


def test_a_move_is_not_put_back_over_what_the_family_said_since(scene):
    scene.invited()
    scene.move(scene.slots[4])
    parent = Actor(ActorKind.GUARDIAN, scene.parents[0].id)
    bookings.confirm(booking_id=scene.talk, by=parent, now=NOW)
    with pytest.raises(SlotTaken):
        leading.move_back(
            booking_id=scene.talk, slot_id=scene.slots[0], leader_id=scene.bas, by=scene.by, now=NOW
        )  # fmt: skip
    assert db.session.get(Booking, scene.talk).starts_at == TUESDAY + timedelta(minutes=80)


def test_a_talk_is_not_moved_to_a_time_that_is_taken_blocked_past_or_somebody_elses(scene):
    leading.block(slot_ids=[scene.slots[5]], leader_id=scene.bas, by=scene.by, now=NOW)
    for slot, refusal in ((scene.slots[1], SlotTaken), (scene.slots[5], SlotTaken), (scene.annas[3], NotFound)):
        with pytest.raises(refusal):
            scene.move(slot)
    with pytest.raises(SlotPast):
        scene.move(scene.slots[4], now=AFTER)
    assert db.session.get(Booking, scene.talk).starts_at == TUESDAY


def test_a_talk_that_was_moved_meanwhile_is_not_moved_again_unseen(scene):
    seen = scene.talk_now().starts_at
    there = scene.move(scene.slots[4], seen=seen).starts_at
    with pytest.raises(MovedMeanwhile) as refused:
        scene.move(scene.slots[5], seen=seen)
    assert refused.value.starts_at == there == scene.talk_now().starts_at
    assert scene.move(scene.slots[5], seen=there).starts_at > there


def test_moving_a_talk_to_its_own_time_changes_nothing(scene):
    assert scene.move(scene.slots[0]).ical_sequence == 0


def test_a_talk_of_two_slots_moves_as_a_whole(scene):
    kim = a_pupil("Kim", db.session.get(Round, scene.round).classes[0].class_group)
    home = household_of(a_guardian("Ans", kim))
    rows = [db.session.get(Slot, number) for number in scene.slots[2:4]]
    scene.talk = a_booking(db.session.get(Round, scene.round), kim, *rows, household=home).id
    talk = scene.move(scene.slots[3])
    assert [slot.id for slot in talk.slots] == scene.slots[3:5]
    with pytest.raises(SlotTaken):
        scene.move(scene.slots[7])


def test_another_leader_cannot_touch_this_talk(scene):
    acts = (
        lambda: scene.move(scene.annas[3], leader=scene.anna),
        lambda: leading.mark(booking_id=scene.talk, outcome=Outcome.HELD, leader_id=scene.anna, by=scene.by, now=AFTER),
        lambda: leading.call_off(booking_id=scene.talk, leader_id=scene.anna, by=scene.by, now=NOW),
        lambda: leading.arrange_interpreter(booking_id=scene.talk, leader_id=scene.anna, by=scene.by, now=NOW),
        lambda: scene.book(scene.annas[0], leader=scene.anna),
    )
    for act in acts:
        with pytest.raises(NotFound):
            act()


def test_a_leader_books_for_a_parent_on_the_phone_and_the_call_is_done(scene):
    call = CallRequest(round_id=scene.round, pupil_id=scene.tom, household_id=scene.homes[2], asked_at=NOW)
    db.session.add(call)
    db.session.commit()
    talk = scene.book(scene.slots[6])
    assert (talk.status, talk.origin) == (BookingStatus.CONFIRMED, LEADER)
    assert scene.letters() == [(Letter.CONFIRMED, talk.id)]
    assert db.session.get(CallRequest, call.id, populate_existing=True).done_by == scene.bas


def test_a_family_with_an_interpreter_gets_two_slots(scene):
    db.session.add(
        InterpreterRequest(
            round_id=scene.round, pupil_id=scene.tom, household_id=scene.homes[2], language="Turks", asked_at=NOW
        )
    )
    db.session.commit()
    assert len(scene.book(scene.slots[4]).slots) == 2
    choices = asking.moving(scene.ayas, scene.bas, now=NOW).choices
    assert scene.slots[5] not in [choice.slot_id for choice in choices]


def test_a_family_is_never_expected_twice_at_one_time(scene):
    layla = scene.parents[0]
    emma = a_pupil("Emma", db.session.get(Round, scene.round).classes[0].class_group)
    a_guardian("Karim", emma, household=household_of(layla))
    db.session.add(_also(layla, emma))
    db.session.commit()
    other = a_round("Tweede ronde", classes=[db.session.get(Round, scene.round).classes[0].class_group])
    bea = a_leader("bea")
    slots = some_slots(other, bea, count=1)
    a_booking(other, emma, slots[0], household=household_of(layla))
    scene.move(scene.slots[5])
    with pytest.raises(FamilyBusy):
        scene.move(scene.slots[0])


def _also(guardian, pupil):
    return Guardianship(pupil_id=pupil.id, guardian_id=guardian.id, household_id=household_of(guardian).id)


def test_before_the_roster_is_open_nobody_is_booked_by_phone(scene):
    hidden = some_slots(
        a_round("Later", classes=[db.session.get(Round, scene.round).classes[0].class_group]),
        db.session.merge(a_leader("cas")), first=TUESDAY + timedelta(days=2), opened=False,
    )  # fmt: skip
    with pytest.raises(NotFound):
        scene.book(hidden[0].id)
    scene.round, leader = hidden[0].round_id, hidden[0].leader_id
    cas_class = db.session.get(Round, scene.round).classes[0].class_group
    db.session.add(ClassLeader(class_id=cas_class.id, staff_id=leader, position=2))
    db.session.commit()
    with pytest.raises(NotPublished):
        scene.book(hidden[0].id, leader=leader)


def test_nobody_leads_the_talk_about_the_own_child(scene):
    scene.parents[2].staff_id = scene.bas
    db.session.commit()
    with pytest.raises(OwnChild):
        scene.book(scene.slots[6])


def test_two_homes_are_booked_together_or_apart(scene):
    tom_two = household_of(a_guardian("Rik", db.session.get(Pupil, scene.tom))).id
    with pytest.raises(NotFound):
        scene.book(scene.slots[6], home=scene.homes[0])
    assert scene.book(scene.slots[6], home=None).household_id is None
    assert tom_two != scene.homes[2]


def test_a_pupil_with_one_home_is_never_booked_without_it(scene):
    with pytest.raises(NotFound):
        scene.book(scene.slots[6], home=None)


def test_a_talk_is_called_off_on_the_phone(scene):
    scene.invited()
    leading.call_off(booking_id=scene.talk, leader_id=scene.bas, by=scene.by, now=NOW)
    assert scene.slot(0).booking_id is None
    assert scene.letters() == [(Letter.CANCELLED, scene.talk)]
    with pytest.raises(TalkCancelled):
        scene.move(scene.slots[4])


def test_what_became_of_a_talk_is_noted_and_taken_back(scene):
    for outcome in (Outcome.HELD, Outcome.NO_SHOW, None):
        leading.mark(booking_id=scene.talk, outcome=outcome, leader_id=scene.bas, by=scene.by, now=AFTER)
        assert db.session.get(Booking, scene.talk, populate_existing=True).outcome is outcome
    assert db.session.query(JournalLine).filter_by(action="leading.mark").count() == 3


def test_before_it_begins_a_talk_was_neither_held_nor_missed_but_may_be_phoned(scene):
    for outcome in (Outcome.HELD, Outcome.NO_SHOW):
        with pytest.raises(TalkNotYet):
            leading.mark(booking_id=scene.talk, outcome=outcome, leader_id=scene.bas, by=scene.by, now=NOW)
    leading.mark(booking_id=scene.talk, outcome=Outcome.BY_PHONE, leader_id=scene.bas, by=scene.by, now=NOW)
    assert db.session.get(Booking, scene.talk, populate_existing=True).outcome is Outcome.BY_PHONE


def test_a_call_is_done_once(scene):
    call = CallRequest(round_id=scene.round, pupil_id=scene.tom, household_id=scene.homes[2], asked_at=NOW)
    foreign = CallRequest(round_id=scene.round, pupil_id=scene.noor, asked_at=NOW)
    db.session.add_all([call, foreign])
    db.session.commit()
    given = {"leader_id": scene.bas, "by": scene.by, "now": NOW}
    assert [line.pupil.id for line in asking.roster(scene.bas, scene.year, now=NOW).todo.calls] == [scene.tom]
    leading.call_done(call_id=call.id, **given)
    assert asking.roster(scene.bas, scene.year, now=NOW).todo.calls == ()
    with pytest.raises(CallDone):
        leading.call_done(call_id=call.id, **given)
    with pytest.raises(NotFound):
        leading.call_done(call_id=foreign.id, **given)


def test_an_interpreter_is_arranged_for_what_the_file_says(scene):
    db.session.query(Guardianship).filter_by(pupil_id=scene.sami).update({"interpreter": "Tigrinya"})
    db.session.commit()
    assert [talk.id for talk in asking.roster(scene.bas, scene.year, now=NOW).todo.interpreters] == [scene.talk]
    leading.arrange_interpreter(booking_id=scene.talk, leader_id=scene.bas, by=scene.by, now=NOW)
    roster = asking.roster(scene.bas, scene.year, now=NOW)
    assert roster.todo.interpreters == ()
    assert roster.talks[0].interpreters == ("Tigrinya",)


def test_the_roster_shows_who_waits_who_answered_and_what_is_next(scene):
    scene.invited()
    roster = asking.roster(scene.bas, scene.year, now=NOW)
    assert [talk.pupil.name.given for talk in roster.talks] == ["Sami", "Aya"]
    assert [pupil.name.given for pupil, _ in roster.todo.without_time] == ["Tom"]
    assert [talk.id for talk in roster.todo.unanswered] == [scene.talk, scene.ayas]
    assert roster.next_talk.id == scene.talk
    assert (roster.minutes, roster.confirmed, roster.published) == (40, 0, True)
    assert [name.full for name in roster.talks[0].expected] == ["Sami Yilmaz", "Layla Yilmaz"]


def test_after_the_talks_the_leader_is_asked_what_became_of_them_and_what_was_agreed(scene):
    roster = asking.roster(scene.bas, scene.year, now=AFTER)
    assert [talk.id for talk in roster.todo.to_close] == [scene.talk, scene.ayas]
    leading.mark(booking_id=scene.talk, outcome=Outcome.HELD, leader_id=scene.bas, by=scene.by, now=AFTER)
    roster = asking.roster(scene.bas, scene.year, now=AFTER)
    assert [talk.id for talk in roster.todo.to_agree] == [scene.talk]


def test_where_each_home_has_its_own_talk_the_other_home_still_waits(scene):
    db.session.get(School, 1).separated_parents = SeparatedParents.ALWAYS_TWO
    sami = db.session.get(Booking, scene.talk).pupil
    a_guardian("Karim", sami)
    roster = asking.roster(scene.bas, scene.year, now=NOW)
    waiting = [(pupil.name.given, home.names if home else ()) for pupil, home in roster.todo.without_time]
    assert waiting == [("Sami", ("Karim Yilmaz",)), ("Tom", ("Jo Yilmaz",))]


def test_a_home_that_stays_away_is_not_expected(scene):
    sami = db.session.get(Booking, scene.talk).pupil
    karim = a_guardian("Karim", sami)
    db.session.get(Booking, scene.talk).household_id = None
    db.session.add(BookingAbsence(booking_id=scene.talk, household_id=household_of(karim).id, said_at=NOW))
    db.session.commit()
    talk = asking.the_talk(scene.talk, scene.bas, now=NOW)
    assert [name.given for name in talk.expected] == ["Sami", "Layla"]


def test_the_week_shows_every_time_once(scene):
    [week] = asking.roster(scene.bas, scene.year, now=NOW).weeks
    kinds = [cell.kind for _, cells in week.lines for cell in cells if cell]
    assert (week.number, kinds) == (35, ["talk", "talk"] + ["free"] * 6)


def test_in_the_week_a_talk_of_two_slots_is_one_cell(scene):
    db.session.query(Slot).filter_by(id=scene.slots[2]).update({"booking_id": scene.ayas})
    db.session.query(Booking).filter_by(id=scene.ayas).update({"ends_at": TUESDAY + timedelta(minutes=60)})
    db.session.commit()
    [week] = asking.roster(scene.bas, scene.year, now=NOW).weeks
    cells = [cells[0] for _, cells in week.lines]
    assert (cells[1].rows, cells[2]) == (2, None)
