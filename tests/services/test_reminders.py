"""Reminders that go by themselves: to who has not answered and who comes, by day, once, and never more than is set."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.reached import How
from scheduling.domain.relays import Limits
from scheduling.domain.reminders import (
    ApproachInFuture,
    HourIsQuiet,
    HourOutOfRange,
    MostOutOfRange,
    NextStep,
    Occasion,
    Phase,
    Rule,
    WhyNot,
)
from scheduling.domain.rounds import RoundMode, TalkStands
from scheduling.models import Booking, NoTalkNeeded, Outbox, PersonalApproach, Reminder, School, db
from scheduling.queries import reminders as asking
from scheduling.queries.family import family_of
from scheduling.queries.letters import find_letter
from scheduling.queries.personal_list import personal_list
from scheduling.queries.reached import reached_in
from scheduling.services import bookings, delivery, mailings, no_talk, reminders
from tests.builders import (
    NOW,
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
from tests.worlds import World, a_world, an_adult

ALL = Rule(halfway=True, last_day=True, day_before=True, most=2, hour=16)
HALFWAY = datetime(2027, 8, 22, 14, 0, tzinfo=UTC)
"""Between the invitation on 20 August and the first day of the round on the 25th, 16.00 hours in the Netherlands."""
LAST_DAY = HALFWAY + timedelta(days=2)
DAY_BEFORE = datetime(2027, 8, 30, 14, 0, tzinfo=UTC)


def invited(rule: Rule = ALL) -> World:
    """Everybody is invited, and these reminders go by themselves."""
    world = a_world()
    mailings.send(round_id=world.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    reminders.set_rule(round_id=world.start.id, rule=rule, by=SYSTEM, now=NOW)
    return world


def says_yes(world: World, talk: Booking, parent, now: datetime = NOW) -> None:
    bookings.confirm(booking_id=talk.id, by=Actor(ActorKind.GUARDIAN, parent.id), now=now)


def written(*letters: Letter) -> list[Outbox]:
    wanted = select(Outbox).where(Outbox.letter.in_(letters or (Letter.ASK_AGAIN, Letter.SEE_YOU)))
    return list(db.session.scalars(wanted.order_by(Outbox.id)))


def homes_reminded() -> set[int | None]:
    return set(db.session.scalars(select(Reminder.household_id)))


def test_halfway_and_on_the_last_day_who_has_not_answered_is_asked_once_more(context):
    world = invited()
    petra = household_of(world.petra).id
    says_yes(world, world.daans_talk, world.petra)
    assert reminders.run(HALFWAY) == 3, "Layla and Omar's home, and both homes of Mila"
    assert petra not in homes_reminded()
    assert {row.guardian_id for row in written()} == {
        world.layla.id, world.omar.id, world.ruud.id, world.els.id
    }, "one letter to each mailbox, however many children"  # fmt: skip
    says_yes(world, world.milas_talk, world.els, LAST_DAY - timedelta(hours=2))
    assert reminders.run(LAST_DAY) == 1
    facts = find_letter(written()[-1].id, LAST_DAY)
    assert facts.reminded.children == ("Sami", "Noor")
    assert {talk.pupil for talk in facts.reminded.talks} == {"Sami", "Noor"}
    assert facts.stop is None


def test_who_comes_tomorrow_hears_it_the_day_before(context):
    world = invited(Rule(day_before=True))
    bookings.cancel(booking_id=world.daans_talk.id, by=Actor(ActorKind.GUARDIAN, world.petra.id), now=NOW)
    assert reminders.run(DAY_BEFORE - timedelta(days=1)) == 0
    assert reminders.run(DAY_BEFORE) == 3
    assert household_of(world.petra).id not in homes_reminded()
    assert {row.letter for row in written()} == {Letter.SEE_YOU}


@pytest.mark.parametrize("hours", [-1, 3, 12])
def test_nothing_goes_before_its_hour_or_in_the_evening_or_at_night(context, hours):
    invited()
    assert reminders.run(HALFWAY + timedelta(hours=hours)) == 0


def test_a_worker_that_slept_an_hour_still_sends_it_the_same_day(context):
    invited()
    assert reminders.run(HALFWAY + timedelta(hours=2, minutes=50)) == 4


def test_after_a_restart_nothing_goes_twice(context):
    invited()
    assert reminders.run(HALFWAY) == 4
    before = len(written())
    assert reminders.run(HALFWAY + timedelta(minutes=10)) == 0
    assert len(written()) == before


def test_never_more_than_the_school_sets(context):
    world = invited(Rule(halfway=True, last_day=True, day_before=True, most=1))
    assert reminders.run(HALFWAY) == 4
    assert reminders.run(LAST_DAY) == 0
    assert reminders.run(DAY_BEFORE) == 0
    page = asking.page_of(world.start.id, LAST_DAY)
    assert {line.why_not for plan in page.coming for line in plan.lines} == {WhyNot.ENOUGH}


def test_nobody_is_asked_a_third_time_whatever_is_set(context):
    world = invited(Rule(halfway=True, last_day=True, most=3))
    mailings.send(round_id=world.start.id, letter=Letter.REMINDER, by=SYSTEM, now=NOW)
    assert reminders.run(HALFWAY) == 4
    assert reminders.run(LAST_DAY) == 0, "what the office sent itself counts as well"
    coming = asking.page_of(world.start.id, LAST_DAY).coming
    assert {line.why_not for plan in coming for line in plan.lines} == {WhyNot.SPEAK}


def test_who_answers_while_the_letter_waits_gets_none(context):
    world = invited()
    reminders.run(HALFWAY)
    says_yes(world, world.samis_talk, world.layla, HALFWAY)
    letter = next(row for row in written() if row.guardian_id == world.omar.id)
    assert find_letter(letter.id, HALFWAY).reminded.children == ("Noor",), "about Noor nobody said anything"
    says_yes(world, world.noors_talk, world.layla, HALFWAY)
    stop = find_letter(letter.id, HALFWAY).stop
    assert (stop.state, stop.reason) == (OutboxState.SUPERSEDED, "answered")


def test_what_is_turned_off_stays_in_the_house_also_what_waits(context):
    world = invited()
    reminders.run(HALFWAY)
    reminders.set_rule(round_id=world.start.id, rule=Rule(), by=SYSTEM, now=HALFWAY)
    assert {find_letter(row.id, HALFWAY).stop.reason for row in written()} == {"reminder_off"}
    assert reminders.run(LAST_DAY) == 0


def test_a_letter_that_waited_too_long_says_nothing_of_tomorrow_any_more(context):
    invited(Rule(day_before=True))
    reminders.run(DAY_BEFORE)
    assert {find_letter(row.id, DAY_BEFORE + timedelta(hours=3)).stop.reason for row in written()} == {"too_late"}


def test_in_the_quiet_hours_of_the_school_a_reminder_waits(context):
    invited()
    school = db.session.get_one(School, 1)
    school.quiet_from, school.quiet_until = "15:30", "18:00"
    db.session.commit()
    reminders.run(HALFWAY)
    own = {row.id for row in written()}
    take = {"worker": "test", "limits": Limits(), "most": 100}
    assert not own & set(delivery.claim(now=HALFWAY, **take).ids)
    assert own <= set(delivery.claim(now=HALFWAY + timedelta(hours=2), **take).ids)


def test_a_home_that_stays_away_from_a_joint_talk_is_not_reminded_of_it(context):
    world = invited(Rule(day_before=True))
    bookings.cancel(booking_id=world.milas_talk.id, by=Actor(ActorKind.GUARDIAN, world.els.id), now=NOW)
    reminders.run(DAY_BEFORE)
    assert world.els.id not in {row.guardian_id for row in written()}
    assert world.ruud.id in {row.guardian_id for row in written()}


def test_an_adult_pupil_is_reminded_himself_and_his_parents_are_not(context):
    world = a_world()
    adult = an_adult(world)
    adult.email = "kirsten@example.org"
    a_booking(world.start, adult, world.karin_slots[4])
    mailings.send(round_id=world.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    reminders.set_rule(round_id=world.start.id, rule=ALL, by=SYSTEM, now=NOW)
    reminders.run(HALFWAY)
    own = [row for row in written() if row.pupil_id == adult.id]
    assert len(own) == 1
    assert find_letter(own[0].id, HALFWAY).stop is None


def test_who_chooses_a_time_itself_is_asked_until_it_chose_or_said_that_no_talk_is_needed(context):
    a_school()
    a_year()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami, daan, mila = (a_pupil(name, three) for name in ("Sami", "Daan", "Mila"))
    layla, petra, _els = (a_guardian(f"Ouder van {child.given_name}", child) for child in (sami, daan, mila))
    start = a_round(classes=[three], mode=RoundMode.PICK)
    slots = some_slots(start, anna)
    mailings.send(round_id=start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    reminders.set_rule(round_id=start.id, rule=ALL, by=SYSTEM, now=NOW)
    home = household_of(petra).id
    db.session.add(NoTalkNeeded(round_id=start.id, pupil_id=daan.id, household_id=home, said_at=NOW))
    db.session.commit()
    assert reminders.run(HALFWAY) == 2
    letters = {row.guardian_id: row.id for row in written()}
    facts = find_letter(letters[layla.id], HALFWAY)
    assert (facts.reminded.children, facts.reminded.talks, facts.stop) == (("Sami",), (), None)
    bookings.pick(
        round_id=start.id, pupil_id=sami.id, slot_id=slots[0].id, by=Actor(ActorKind.GUARDIAN, layla.id), now=HALFWAY
    )
    assert find_letter(letters[layla.id], HALFWAY).stop.reason == "answered"


def test_a_family_that_needed_no_talk_is_reached_and_may_come_back_while_there_are_free_times(any_context):
    """T49: opted out, later wants one after all."""
    a_school()
    a_year()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    sami = a_pupil("Sami", three)
    by = Actor(ActorKind.GUARDIAN, a_guardian("Layla", sami).id)
    start = a_round(classes=[three], mode=RoundMode.PICK)
    slots = some_slots(start, anna)
    for _ in range(2):
        no_talk.say(round_id=start.id, pupil_id=sami.id, by=by, now=NOW)
    assert reached_in(start.id, NOW).whole.percent == 100
    assert [talk.none_needed for talk in family_of(by, NOW).talks] == [True]
    bookings.pick(round_id=start.id, pupil_id=sami.id, slot_id=slots[0].id, by=by, now=NOW)
    assert db.session.scalar(select(func.count()).select_from(NoTalkNeeded)) == 0
    assert dict(reached_in(start.id, NOW).whole.counts) == {How.TO_COME: 1}
    with pytest.raises(TalkStands):
        no_talk.say(round_id=start.id, pupil_id=sami.id, by=by, now=NOW)


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (Rule(hour=7), HourOutOfRange), (Rule(hour=19), HourOutOfRange), (Rule(most=0), MostOutOfRange),
        (Rule(most=4), MostOutOfRange), (Rule(hour=17), HourIsQuiet),
    ],
)  # fmt: skip
def test_what_is_not_decent_is_named_before_it_is_kept(context, rule, refusal):
    world = a_world()
    school = db.session.get_one(School, 1)
    school.quiet_from, school.quiet_until = "17:00", "08:00"
    db.session.commit()
    with pytest.raises(refusal):
        reminders.set_rule(round_id=world.start.id, rule=rule, by=SYSTEM, now=NOW)
    assert asking.rule_of(db.session(), world.start.id) == Rule()


def test_a_short_time_to_answer_has_no_middle_and_its_last_day_leaves_some_hours():
    asked = datetime(2027, 11, 2, 9, 0, tzinfo=UTC)
    assert Phase(asked, asked + timedelta(days=1)).halfway(16) is None
    assert Phase(asked, asked + timedelta(hours=10)).last_day(16) is None
    noon = datetime(2027, 11, 9, 11, 0, tzinfo=UTC)
    assert Phase(asked, noon).last_day(16) == date(2027, 11, 8)
    assert Phase(asked, noon).last_day(9) == date(2027, 11, 9)


def test_the_office_sees_who_gets_what_and_when(context):
    world = invited()
    page = asking.page_of(world.start.id, NOW)
    assert [(plan.turn.day, plan.turn.occasion) for plan in page.coming] == [
        (HALFWAY.date(), Occasion.ANSWER_HALFWAY), (LAST_DAY.date(), Occasion.ANSWER_LAST_DAY),
        (DAY_BEFORE.date(), Occasion.DAY_BEFORE),
    ]  # fmt: skip
    assert [len(plan.getting) for plan in page.coming] == [4, 4, 0], "two is the most, and nobody answered yet"


def test_two_workers_at_once_remind_every_home_once(any_app):
    with any_app.app_context():
        invited()
    at_once(any_app)
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reminder)) == 4
        assert len(written()) == 5


def test_without_its_guards_two_workers_do_remind_twice(make_app, postgres_url, monkeypatch):
    """What the guards are for: the round that is held, and the row that is there once."""
    unguarded = make_app(DATABASE_URL=postgres_url)
    with unguarded.app_context():
        invited()
        db.session.execute(text("DROP INDEX uq_reminder_one"))
        db.session.commit()
    monkeypatch.setattr(reminders, "hold_round", lambda _session, _round_id: None)
    at_once(unguarded, slow=True, monkeypatch=monkeypatch)
    with unguarded.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reminder)) > 4


def at_once(app, *, slow: bool = False, monkeypatch=None) -> None:
    barrier = threading.Barrier(2)
    if slow:
        plans = asking.due_plans

        def both_look(*args):
            found = plans(*args)
            barrier.wait(timeout=20)
            return found

        monkeypatch.setattr(asking, "due_plans", both_look)

    def work() -> None:
        with app.app_context():
            if not slow:
                barrier.wait(timeout=20)
            reminders.run(HALFWAY)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def test_who_was_asked_twice_stands_first_on_the_personal_list_until_somebody_spoke_to_the_family(context):
    world = invited()
    reminders.run(HALFWAY)
    reminders.run(LAST_DAY)
    at = LAST_DAY + timedelta(hours=1)
    (own,) = personal_list(world.bas.id, world.start.year_id, at)
    assert {(line.child.name.given, line.is_next, len(line.reminded)) for line in own.lines} == {
        ("Sami", True, 2), ("Daan", True, 2)
    }  # fmt: skip
    note = {"round_id": world.start.id, "by": SYSTEM, "now": at}
    home = household_of(world.petra).id
    reminders.note_approach(
        pupil_id=world.daan.id, household_id=home, spoken_on=at.date(), next_step=NextStep.TRY_AGAIN, **note
    )
    reminders.note_approach(
        pupil_id=world.daan.id, household_id=home, spoken_on=at.date(), next_step=NextStep.FAMILY_CHOOSES, **note
    )
    (own,) = personal_list(world.bas.id, world.start.year_id, at)
    assert [(line.child.name.given, line.is_next) for line in own.lines] == [("Sami", True), ("Daan", False)]
    assert db.session.scalar(select(func.count()).select_from(PersonalApproach)) == 1
    says_yes(world, world.daans_talk, world.petra, at)
    (own,) = personal_list(world.bas.id, world.start.year_id, at)
    assert [line.child.name.given for line in own.lines] == ["Sami"]


def test_nobody_was_spoken_to_tomorrow(context):
    world = invited()
    with pytest.raises(ApproachInFuture):
        reminders.note_approach(
            round_id=world.start.id, pupil_id=world.sami.id, household_id=household_of(world.layla).id,
            spoken_on=NOW.date() + timedelta(days=1), next_step=NextStep.SPOKEN, by=SYSTEM, now=NOW,
        )  # fmt: skip
