"""A draft roster is made by the optimiser, says why, and becomes the families' times."""

from datetime import date, timedelta

import pytest

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Authority, SeparatedParents
from scheduling.domain.rosters import (
    NoRoster,
    NotADraft,
    NothingToPublish,
    NothingToRoster,
    RosterUnderWay,
    VersionStatus,
)
from scheduling.domain.rounds import BookingOrigin, BookingStatus
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    Enrolment,
    InterpreterRequest,
    LeaderOpening,
    Outbox,
    Pupil,
    RosterTalk,
    RosterVersion,
    School,
    Slot,
    db,
)
from scheduling.queries.snapshots import needed_talks, take_snapshot
from scheduling.services import rosters, rounds
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

DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def school(any_context):
    found = a_school()
    a_year()
    return found


def a_draft(round_id: int, *, now=NOW) -> RosterVersion:
    version_id = rosters.request(round_id=round_id, seconds=20, by=SYSTEM, now=now)
    rosters.run_one(version_id=version_id, worker="test", clock=lambda: now)
    return db.session.get(RosterVersion, version_id)


def published(round_id: int, **given) -> rosters.Published:
    return rosters.publish(round_id=round_id, by=SYSTEM, now=NOW, **given)


def talk_of(version: RosterVersion, pupil: Pupil) -> RosterTalk:
    return next(talk for talk in version.talks if talk.pupil_id == pupil.id)


def test_every_pupil_gets_one_talk_with_the_leader_of_the_class(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    pupils = [a_pupil(f"Kind {n}", three) for n in range(5)]
    for pupil in pupils:
        a_guardian(f"Ouder {pupil.id}", pupil)
    found = a_round(classes=[three])
    some_slots(found, anna, count=7, opened=False)
    version = a_draft(found.id)
    assert (version.status, version.proof) == (VersionStatus.DRAFT, "optimal")
    assert version.score == {"objective": 0, "sibling_pairs": 0, "sibling_pairs_adjacent": 0}
    assert version.bound == {"objective": 0}
    assert {talk.pupil_id for talk in version.talks} == {pupil.id for pupil in pupils}
    assert len({talk.starts_at for talk in version.talks}) == 5
    assert {talk.leader_id for talk in version.talks} == {anna.id}


def test_never_more_talks_in_a_row_than_agreed(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    for n in range(4):
        a_pupil(f"Kind {n}", three)
    found = a_round(classes=[three], max_in_a_row=2)
    some_slots(found, anna, count=6, opened=False)
    starts = sorted(talk.starts_at for talk in a_draft(found.id).talks)
    steps = [(later - first) for first, later in zip(starts, starts[2:], strict=False)]
    assert all(step > timedelta(minutes=40) for step in steps)


def test_brothers_and_sisters_follow_each_other_with_time_to_walk(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", four)
    a_guardian("Layla", sami, lina)
    found = a_round(classes=[three, four])
    some_slots(found, anna, count=6, opened=False)
    some_slots(found, bas, count=6, opened=False)
    version = a_draft(found.id)
    gap = abs(talk_of(version, sami).starts_at - talk_of(version, lina).starts_at)
    assert gap == timedelta(minutes=40), "one slot to walk, no longer wait"
    assert version.score["sibling_pairs"] == version.score["sibling_pairs_adjacent"] == 1
    assert talk_of(version, sami).facts["beside"] == [lina.id]


def test_twins_in_one_class_follow_each_other_without_a_gap(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three = a_class("3", leaders=[anna, bas])
    sem, sam = a_pupil("Sem", three), a_pupil("Sam", three)
    a_guardian("Moeder", sem, sam)
    found = a_round(classes=[three])
    for leader in (anna, bas):
        some_slots(found, leader, count=6, opened=False)
    version = a_draft(found.id)
    one, other = talk_of(version, sem), talk_of(version, sam)
    assert one.leader_id == other.leader_id
    assert abs(one.starts_at - other.starts_at) == timedelta(minutes=20)


def test_three_children_whose_talks_follow_each_other_are_nowhere_apart(school):
    leaders = [a_leader(code) for code in ("anna", "bas", "cem")]
    classes = [a_class(name, leaders=[leader]) for name, leader in zip("345", leaders, strict=True)]
    children = [a_pupil(name, group) for name, group in zip(("Sami", "Lina", "Noor"), classes, strict=True)]
    a_guardian("Layla", *children)
    found = a_round(classes=classes)
    for leader in leaders:
        some_slots(found, leader, count=8, opened=False)
    version = a_draft(found.id)
    facts = [talk_of(version, child).facts for child in children]
    assert sorted(len(each["beside"]) for each in facts) == [1, 1, 2]
    assert [each["apart"] for each in facts] == [[], [], []]


def test_siblings_whose_leaders_share_no_day_are_told_so(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", four)
    a_guardian("Layla", sami, lina)
    found = a_round(classes=[three, four])
    some_slots(found, anna, opened=False)
    some_slots(found, bas, first=TUESDAY + DAY, opened=False)
    version = a_draft(found.id)
    assert version.proof == "optimal"
    assert talk_of(version, sami).facts["apart"] == [[lina.id, False]]


def test_a_family_with_an_interpreter_gets_two_slots(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami, lina, noor = (a_pupil(name, three) for name in ("Sami", "Lina", "Noor"))
    a_guardian("Layla", sami, interpreter="Tigrinya")
    mother = a_guardian("Moeder", lina)
    other = a_guardian("Ouder", noor, interpreter="Pools")
    found = a_round(classes=[three])
    for pupil, parent, language in ((lina, mother, "Turks"), (noor, other, "")):
        db.session.add(
            InterpreterRequest(
                round_id=found.id, pupil_id=pupil.id, household_id=household_of(parent).id, language=language,
                asked_at=NOW,
            )
        )  # fmt: skip
    db.session.commit()
    some_slots(found, anna, count=8, opened=False)
    version = a_draft(found.id)
    assert [talk_of(version, pupil).slots for pupil in (sami, lina, noor)] == [2, 2, 1]
    published(found.id)
    held = db.session.query(Slot).join(Booking, Slot.booking_id == Booking.id).filter(Booking.pupil_id == sami.id)
    assert held.count() == 2


@pytest.mark.parametrize(
    "policy, talks",
    [(SeparatedParents.ONE_JOINT, 1), (SeparatedParents.SEPARATE_ON_REQUEST, 1), (SeparatedParents.ALWAYS_TWO, 2)],
)
def test_two_homes_come_together_or_apart_as_the_school_decides(school, policy, talks):
    db.session.get(School, 1).separated_parents = policy
    anna, bas = a_leader("anna"), a_leader("bas")
    three = a_class("3", leaders=[anna, bas])
    sami = a_pupil("Sami", three)
    a_guardian("Moeder", sami)
    a_guardian("Vader", sami, position=2)
    found = a_round(classes=[three])
    for leader in (anna, bas):
        some_slots(found, leader, opened=False)
    version = a_draft(found.id)
    assert len(version.talks) == talks
    assert {talk.household_id is None for talk in version.talks} == {talks == 1}
    assert len({talk.leader_id for talk in version.talks}) == 1
    assert published(found.id).talks == talks


def test_a_parent_without_authority_is_no_second_home(school):
    anna = a_leader("anna")
    sami = a_pupil("Sami", a_class("3", leaders=[anna]))
    mother = a_guardian("Moeder", sami)
    a_guardian("Vader", sami, position=2, authority=Authority.NO)
    db.session.get(School, 1).separated_parents = SeparatedParents.ALWAYS_TWO
    found = a_round(classes=[anna_class(anna)])
    (need,) = needed_talks(found.id, on=date(2027, 8, 31))
    assert need.household_id == household_of(mother).id


def test_an_adult_pupil_has_one_talk_unless_the_parents_may_come(school):
    anna = a_leader("anna")
    three = a_class("6v", leaders=[anna])
    kim = a_pupil("Kim", three, birth_date=date(2009, 1, 1))
    mother = a_guardian("Moeder", kim)
    found = a_round(classes=[three])
    (need,) = needed_talks(found.id, on=date(2027, 8, 31))
    assert (need.household_id, need.guardians) == (None, frozenset())
    kim.parents_permitted = True
    db.session.commit()
    (need,) = needed_talks(found.id, on=date(2027, 8, 31))
    assert need.guardians == {mother.id}


def test_a_teacher_never_leads_the_talk_of_her_own_child(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three = a_class("3", leaders=[anna, bas])
    own = a_pupil("Eigen kind", three)
    a_guardian("Anna thuis", own).staff_id = anna.id
    db.session.commit()
    others = [a_pupil(f"Kind {n}", three) for n in range(3)]
    found = a_round(classes=[three])
    some_slots(found, anna, count=4, opened=False)
    some_slots(found, bas, count=4, opened=False)
    version = a_draft(found.id)
    talk = talk_of(version, own)
    assert talk.leader_id == bas.id
    leading = {talk.starts_at for talk in version.talks if talk.leader_id == anna.id}
    assert talk.starts_at not in leading
    assert len(others) == 3


def test_a_duo_shares_the_pupils_by_the_time_each_of_them_has(school):
    """T21: who works that day is who a family sees."""
    anna, bas = a_leader("anna"), a_leader("bas")
    three = a_class("3", leaders=[anna, bas])
    for n in range(9):
        a_guardian(f"Ouder {n}", a_pupil(f"Kind {n}", three))
    found = a_round(classes=[three], max_in_a_row=0)
    some_slots(found, anna, count=8, opened=False)
    some_slots(found, bas, count=4, first=TUESDAY + DAY, opened=False)
    led = [talk.leader_id for talk in a_draft(found.id).talks]
    assert (led.count(anna.id), led.count(bas.id)) == (6, 3)


def test_a_family_that_was_left_out_gets_no_talk_and_a_pupil_who_left_neither(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", three)
    found = a_round(classes=[three])
    some_slots(found, anna, opened=False)
    rounds.exclude(round_id=found.id, pupil_id=sami.id, reason="al in juni", by=SYSTEM, now=NOW)
    assert [talk.pupil_id for talk in a_draft(found.id).talks] == [lina.id]


def test_a_talk_without_a_place_says_why(school):
    anna = a_leader("anna")
    three, four = a_class("3", leaders=[anna]), a_class("4")
    for n in range(3):
        a_pupil(f"Kind {n}", three)
    lost = a_pupil("Zonder", four)
    found = a_round(classes=[three, four], max_in_a_row=0)
    some_slots(found, anna, count=2, opened=False)
    version = a_draft(found.id)
    reasons = sorted(talk.reason for talk in version.talks if talk.starts_at is None)
    assert reasons == ["leader_full", "no_leader"]
    assert talk_of(version, lost).leader_id is None


def test_publishing_gives_the_families_their_times_and_sends_nothing(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami = a_pupil("Sami", three)
    parent = a_guardian("Layla", sami)
    found = a_round(classes=[three])
    some_slots(found, anna, opened=False)
    version = a_draft(found.id)
    outcome = published(found.id)
    assert (outcome.published, outcome.changed_meanwhile, outcome.talks) == (("anna",), (), 1)
    (booking,) = db.session.query(Booking)
    assert (booking.status, booking.origin) == (BookingStatus.INVITED, BookingOrigin.ROSTER)
    assert booking.household_id == household_of(parent).id
    assert booking.ical_uid.startswith("b-")
    assert booking.ical_uid.startswith("b-")
    assert booking.slots[0].starts_at == booking.starts_at == talk_of(version, sami).starts_at
    assert booking.slots[0].version == 2
    assert db.session.get(LeaderOpening, (found.id, anna.id)).opened_at == NOW
    assert db.session.query(Outbox).count() == 0
    assert db.session.get(RosterVersion, version.id).status is VersionStatus.PUBLISHED


def test_a_leader_whose_slots_changed_since_is_left_out_and_listed(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    a_pupil("Sami", three)
    a_pupil("Lina", four)
    found = a_round(classes=[three, four])
    some_slots(found, anna, opened=False)
    some_slots(found, bas, opened=False)
    a_draft(found.id)
    later = some_slots(found, bas, count=1, first=TUESDAY + DAY, opened=False)
    outcome = published(found.id)
    assert (outcome.published, outcome.changed_meanwhile) == (("anna",), ("bas",))
    assert db.session.get(LeaderOpening, (found.id, bas.id)) is None
    assert len(later) == 1
    again = published(found.id)
    assert (again.published, again.changed_meanwhile) == ((), ("bas",))


def test_a_family_that_got_a_talk_meanwhile_keeps_it_and_its_leader_waits(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", four)
    a_guardian("Layla", sami, lina)
    found = a_round(classes=[three, four])
    some_slots(found, anna, opened=False)
    some_slots(found, bas, opened=False)
    version = a_draft(found.id)
    other = a_round("Andere ronde", classes=[four])
    at = talk_of(version, lina).starts_at
    cas = a_leader("cas")
    a_booking(other, sami, *some_slots(other, cas, count=1, first=at))
    outcome = published(found.id)
    assert (outcome.published, outcome.changed_meanwhile) == (("anna",), ("bas",))


def test_a_pupil_who_changed_class_since_the_draft_is_not_placed_with_the_old_leader(school):
    anna, bas = a_leader("anna"), a_leader("bas")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bas])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", three)
    found = a_round(classes=[three, four])
    some_slots(found, anna, opened=False)
    some_slots(found, bas, opened=False)
    a_draft(found.id)
    db.session.query(Enrolment).filter_by(pupil_id=sami.id).one().class_id = four.id
    db.session.commit()
    assert published(found.id).talks == 1
    assert [booking.pupil_id for booking in db.session.query(Booking)] == [lina.id]


def test_a_new_draft_builds_around_the_talks_that_stand(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami, lina = a_pupil("Sami", three), a_pupil("Lina", three)
    a_guardian("Layla", sami, lina)
    found = a_round(classes=[three])
    slots = some_slots(found, anna, opened=False)
    standing = a_booking(found, sami, slots[3])
    version = a_draft(found.id)
    assert talk_of(version, sami).pinned
    assert talk_of(version, sami).starts_at == standing.starts_at
    assert abs(talk_of(version, lina).starts_at - standing.starts_at) == timedelta(minutes=20)
    assert published(found.id).talks == 1
    assert db.session.query(Booking).count() == 2


def test_a_pupil_who_is_added_after_publication_gets_a_time_beside_the_talks_that_stand(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    for number in range(3):
        a_guardian(f"Ouder {number}", a_pupil(f"Kind {number}", three))
    found = a_round(classes=[three])
    some_slots(found, anna, count=6, opened=False)
    a_draft(found.id)
    assert published(found.id).talks == 3
    stood = {talk.pupil_id: (talk.starts_at, talk.ical_sequence) for talk in db.session.query(Booking)}
    added = a_pupil("Nieuw", three)
    a_guardian("Ouder van Nieuw", added)
    version = a_draft(found.id)
    assert talk_of(version, added).starts_at is not None
    assert published(found.id).talks == 1
    now = {talk.pupil_id: (talk.starts_at, talk.ical_sequence) for talk in db.session.query(Booking)}
    assert {pupil: now[pupil] for pupil in stood} == stood, "nobody else moves or hears anything"
    assert added.id in now


def test_a_blocked_or_past_slot_is_never_used(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    a_pupil("Sami", three)
    found = a_round(classes=[three])
    slots = some_slots(found, anna, count=3, opened=False)
    slots[1].blocked = True
    db.session.commit()
    snapshot = take_snapshot(found.id, now=slots[0].starts_at)
    assert [leader.slots for leader in snapshot.problem.leaders] == [(f"{local(slots[2].starts_at):%Y-%m-%dT%H:%M}",)]


def test_publishing_twice_gives_every_family_one_talk(school):
    anna = a_leader("anna")
    a_pupil("Sami", a_class("3", leaders=[anna]))
    found = a_round(classes=[anna_class(anna)])
    some_slots(found, anna, opened=False)
    a_draft(found.id)
    published(found.id)
    with pytest.raises(NothingToPublish):
        published(found.id)
    assert db.session.query(Booking).count() == 1


def test_a_round_has_one_run_at_a_time_and_a_worker_makes_it(school):
    anna = a_leader("anna")
    a_pupil("Sami", a_class("3", leaders=[anna]))
    found = a_round(classes=[anna_class(anna)])
    some_slots(found, anna, opened=False)
    rosters.request(round_id=found.id, by=SYSTEM, now=NOW)
    with pytest.raises(RosterUnderWay):
        rosters.request(round_id=found.id, by=SYSTEM, now=NOW)
    assert rosters.run_requested(worker="een", clock=lambda: NOW) == 1
    assert rosters.run_requested(worker="een", clock=lambda: NOW) == 0


def test_a_run_whose_worker_died_is_taken_over(school):
    anna = a_leader("anna")
    a_pupil("Sami", a_class("3", leaders=[anna]))
    found = a_round(classes=[anna_class(anna)])
    some_slots(found, anna, opened=False)
    version_id = rosters.request(round_id=found.id, by=SYSTEM, now=NOW)
    version = db.session.get(RosterVersion, version_id)
    version.status, version.worker = VersionStatus.RUNNING, "dood"
    version.lease_until = NOW + timedelta(minutes=1)
    db.session.commit()
    assert rosters.run_requested(worker="levend", clock=lambda: NOW) == 0
    later = NOW + timedelta(minutes=2)
    assert rosters.run_requested(worker="levend", clock=lambda: later) == 1
    assert db.session.get(RosterVersion, version_id).status is VersionStatus.DRAFT


def test_a_round_without_pupils_to_place_says_so(school):
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    found = a_round(classes=[three])
    some_slots(found, anna, opened=False)
    with pytest.raises(NothingToRoster):
        a_draft(found.id)
    (version,) = db.session.query(RosterVersion)
    assert version.status is VersionStatus.FAILED


def test_a_draft_that_was_thrown_away_is_not_published(school):
    anna = a_leader("anna")
    a_pupil("Sami", a_class("3", leaders=[anna]))
    found = a_round(classes=[anna_class(anna)])
    some_slots(found, anna, opened=False)
    a_draft(found.id)
    rosters.discard(round_id=found.id, number=1, by=SYSTEM, now=NOW)
    with pytest.raises(NoRoster):
        published(found.id)
    with pytest.raises(NotADraft):
        published(found.id, number=1)


def anna_class(anna):
    from scheduling.models import ClassGroup, ClassLeader

    return db.session.query(ClassGroup).join(ClassLeader).filter(ClassLeader.staff_id == anna.id).one()
