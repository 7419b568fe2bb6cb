"""What was kept long enough goes on the very day that a family's own page names, and nothing else ever does."""

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling.domain.aftercare import ActionBy
from scheduling.domain.buddies import BuddyKind
from scheduling.domain.checklists import Moment as ChecklistMoment
from scheduling.domain.contact_parents import ContactState, MessageState
from scheduling.domain.contacts import Channel, Went
from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.domain.gatherings import Coming
from scheduling.domain.homes import HomeTalks
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.moments import MomentKind
from scheduling.domain.plans import ContactForm, Initiative, Said, Voice
from scheduling.domain.reminders import NextStep, Occasion
from scheduling.domain.requests import FreedState
from scheduling.domain.retention import CONTACT_AFTER_LEAVING, terms_of
from scheduling.domain.rosters import VersionStatus
from scheduling.domain.rounds import RoundKind, TopicAuthor
from scheduling.domain.single_talks import Medium, SingleState
from scheduling.domain.support import FamilySaid
from scheduling.domain.swaps import OfferState, ProposalKind
from scheduling.domain.timeslots import moment_at
from scheduling.domain.wishes import Answer, PartOfDay
from scheduling.domain.year_plans import PlannedKind
from scheduling.formats.reading import read_file
from scheduling.models import (
    AccessLink,
    AskingRule,
    Base,
    Booking,
    BookingAbsence,
    BuddyWish,
    CallRequest,
    ChecklistMark,
    CircleSeat,
    ClassContact,
    ClassMessage,
    ClassMessageRefusal,
    ClassTask,
    ClassTaskHelper,
    CommunicationPlan,
    ContactCorrection,
    ContactParent,
    DueContact,
    DueJob,
    Enrolment,
    ExtraPerson,
    FreedOffer,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    GatheringTopic,
    Guardian,
    HomeByPhone,
    HomeWishes,
    ImportAnswer,
    InterpreterRequest,
    JournalLine,
    Lesson,
    LessonPupil,
    LoggedContact,
    Mailing,
    NoTalkNeeded,
    OpeningTurns,
    Outbox,
    Outsider,
    OwnTalkWish,
    PersonalApproach,
    PlanAnswer,
    PlanForm,
    PlanGuest,
    PlanMoment,
    PlannedDate,
    PlanVersion,
    PracticalNeed,
    Pupil,
    Reminder,
    ReminderRule,
    RosterTalk,
    RosterVersion,
    Round,
    RoundClass,
    RoundExclusion,
    RoundLink,
    RoundText,
    School,
    SchoolYear,
    SingleHold,
    SingleTalk,
    SingleTime,
    Slot,
    Staff,
    StandingRound,
    SuggestedTopic,
    SupportAnswer,
    SupportMeeting,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
    SwapWish,
    TalkAction,
    TalkColleague,
    TalkGuest,
    TalkNote,
    TalkRequest,
    TalkWay,
    Topic,
    TwoHomes,
    Visit,
    WishedTime,
    db,
)
from scheduling.queries.retention import KeptYear, kept_of
from scheduling.services import housekeeping, imports, retention, topics
from scheduling.services.transaction import lock, transaction
from tests.builders import (
    NOW,
    START_WINDOW,
    TUESDAY,
    a_booking,
    a_class,
    a_school,
    a_year,
    household_of,
    some_slots,
)
from tests.evenings import School as EveningSchool
from tests.formats.files import guardian, guardians, pupils
from tests.worlds import World, a_world

Rows = dict[str, dict[tuple[Any, ...], dict[str, Any]]]

A_YEAR = timedelta(days=364)
LINKS_GO = date(2028, 8, 30)
NAMES_GO = date(2028, 10, 31)
TALKS_GO = date(2029, 7, 31)
A_DAY = timedelta(days=1)


@dataclass
class Story:
    """Layla's family left after 2027-2028; Petra's and Ruud and Els' children are in 2028-2029 as well."""

    sami: int
    noor: int
    layla: int
    omar: int
    home: int
    """Of these four, who are gone."""
    petra: int
    first: int
    second: int
    old: Rows
    """All that was there at the end of 2027-2028."""


@pytest.fixture
def story(any_context) -> Story:
    return a_story()


def a_story() -> Story:
    world = a_world()
    first = db.session.get_one(SchoolYear, world.start.year_id)
    world.layla.given_name, world.layla.phone, world.sami.surname = "Laylacanary", "canary-phone", "Samicanary"
    world.layla.email = "canary@ouders.example.org"
    db.session.commit()
    everything(world.start, world.sami, world.layla, world.samis_talk, world.bas_slots[5])
    everything(world.start, world.daan, world.petra, world.daans_talk, world.bas_slots[3])
    a_letter(world.layla, key="link-layla", created_at=NOW + timedelta(days=60))
    old = everything_there()
    second = a_year("2028-2029")
    a_second_year(world, second)
    who = (world.sami.id, world.noor.id, world.layla.id, world.omar.id, household_of(world.layla).id, world.petra.id)
    return Story(*who, first.id, second.id, old)


def a_second_year(world: World, year: SchoolYear) -> None:
    group = a_class("4", leaders=[world.bas], year=year)
    add(*(Enrolment(pupil_id=pupil.id, year_id=year.id, class_id=group.id) for pupil in (world.daan, world.mila)))
    found = Round(
        year_id=year.id, kind=RoundKind.START_CONVERSATION, name="Startgesprekken", created_at=NOW + A_YEAR,
        starts_on=START_WINDOW.starts_on + A_YEAR, ends_on=START_WINDOW.ends_on + A_YEAR,
        classes=[RoundClass(class_id=group.id)],
    )  # fmt: skip
    add(found)
    slots = some_slots(found, world.bas, count=4, first=TUESDAY + A_YEAR)
    talk = a_booking(found, world.daan, slots[0], household=household_of(world.petra))
    everything(found, world.daan, world.petra, talk, slots[2])
    a_letter(world.petra, key="link-petra", created_at=NOW + A_YEAR)


def everything(found: Round, pupil: Pupil, parent: Guardian, talk: Booking, free: Slot) -> None:
    """One of each thing that a family and a school leave behind in a round."""
    at, home = talk.ical_stamp, household_of(parent).id
    here: dict[str, Any] = {"round_id": found.id, "pupil_id": pupil.id, "household_id": home}
    mailing = Mailing(round_id=found.id, letter=Letter.REMINDER, created_at=at)
    link = AccessLink(
        token_hash=f"{found.id}-{parent.id}", kind=HolderKind.GUARDIAN, guardian_id=parent.id,
        year_id=found.year_id, created_at=at, expires_at=moment_at(date(2030, 1, 1), time(0)),
    )  # fmt: skip
    version = RosterVersion(round_id=found.id, number=100 + pupil.id, status=VersionStatus.DRAFT, requested_at=at)
    offer = SwapOffer(
        booking_id=talk.id, household_id=home, starts_at=talk.starts_at, offered_at=at, expires_at=at,
        state=OfferState.WITHDRAWN, ended_at=at,
        wishes=[SwapWish(slot_id=free.id)],
    )  # fmt: skip
    add(mailing, link, version, offer)
    proposal = SwapProposal(
        round_id=found.id, leader_id=talk.leader_id, kind=ProposalKind.FREE, made_at=at, expires_at=at,
        moves=[
            SwapMove(
                booking_id=talk.id, position=1, offer_id=offer.id, from_slot_id=talk.slots[0].id,
                from_starts_at=talk.starts_at, to_slot_id=free.id, to_starts_at=free.starts_at,
            )
        ],
        parties=[SwapParty(booking_id=talk.id, household_id=home)],
    )  # fmt: skip
    add(
        proposal,
        Topic(**here, author=TopicAuthor.GUARDIAN, guardian_id=parent.id, text="Rekenen", created_at=at),
        InterpreterRequest(**here, language="Pools", asked_at=at, outsider_id=an_interpreter(at).id),
        ExtraPerson(
            **here, kind=ExtraKind.CARE, wish=f"tante van {parent.given_name}", state=ExtraState.ASKED, asked_at=at
        ),
        TalkColleague(
            booking_id=talk.id,
            staff_id=talk.leader_id,
            ical_uid=f"erbij-{talk.id}@localhost",
            stamp=at,
            told={"ends_at": talk.ends_at.isoformat()},
        ),
        PracticalNeed(**here, ground_floor=True, words="een rustige plek", asked_at=at),
        TalkGuest(
            booking_id=talk.id,
            outsider_id=an_interpreter(at).id,
            ical_uid=f"tolk-{talk.id}@localhost",
            stamp=at,
            told={"language": "Pools", "ends_at": talk.ends_at.isoformat()},
        ),
        CallRequest(**here, guardian_id=parent.id, asked_at=at),
        TalkRequest(**here, teacher_id=talk.leader_id, guardian_id=parent.id, asked_at=at),
        NoTalkNeeded(**here, guardian_id=parent.id, said_at=at),
        Reminder(round_id=found.id, household_id=home, occasion=Occasion.ANSWER_HALFWAY, day=at.date(), written_at=at),
        PersonalApproach(**here, spoken_on=at.date(), next_step=NextStep.WE_CALL, noted_at=at),
        TalkNote(
            booking_id=talk.id,
            conclusion="Leest graag",
            written_at=at,
            written_by=talk.leader_id,
            actions=[TalkAction(position=1, who=ActionBy.PARENT, what="Boek meegeven")],
        ),
        FreedOffer(
            key=f"{found.id}-{pupil.id}",
            slot_id=free.id,
            starts_at=free.starts_at,
            ends_at=free.ends_at,
            offered_at=at,
            expires_at=at,
            state=FreedState.TAKEN,
            request=TalkRequest(**here, teacher_id=talk.leader_id, asked_at=at, withdrawn_at=at),
        ),
        HomeWishes(
            round_id=found.id,
            household_id=home,
            guardian_id=parent.id,
            said_at=at,
            times=[WishedTime(day=at.date(), part=PartOfDay.EARLY_AFTERNOON, answer=Answer.GOOD)],
        ),
        TwoHomes(year_id=found.year_id, pupil_id=pupil.id, talks=HomeTalks.APART, apart_minutes=20),
        ChecklistMark(
            year_id=found.year_id,
            staff_id=talk.leader_id,
            pupil_id=pupil.id,
            moment=ChecklistMoment.AUTUMN,
            key="background",
            value="3",
            written_on=at.date(),
        ),
        OwnTalkWish(
            year_id=found.year_id,
            pupil_id=pupil.id,
            household_id=home,
            guardian_id=parent.id,
            asked_at=at,
        ),
        RoundExclusion(round_id=found.id, pupil_id=pupil.id, reason="op reis", excluded_at=at),
        BookingAbsence(booking_id=talk.id, household_id=home, said_at=at),
        HomeByPhone(booking_id=talk.id, household_id=home, said_at=at),
        TalkWay(booking_id=talk.id, way=Medium.VIDEO, join_link="https://beeld.example.org/een-kamer"),
        RosterTalk(version_id=version.id, pupil_id=pupil.id, household_id=home, reason="none"),
        Visit(key_hash=link.token_hash, link_id=link.id, started_at=at, expires_at=moment_at(TALKS_GO, time(0))),
        ContactCorrection(guardian_id=parent.id, field="language", old_value="nl", new_value="en", proposed_at=at),
        ContactParent(class_id=found.classes[0].class_id, guardian_id=parent.id, consent=True),
        BuddyWish(year_id=found.year_id, guardian_id=parent.id, kind=BuddyKind.NEW, offers=True, noted_at=at),
    )
    if db.session.get(ClassMessageRefusal, parent.id) is None:
        contact = ClassContact(
            class_id=found.classes[0].class_id, guardian_id=parent.id, state=ContactState.YES,
            shown_as=parent.given_name, asked_at=at, said_at=at,
        )  # fmt: skip
        sent = ClassMessage(contact=contact, subject="", words="", state=MessageState.SENT, written_at=at)
        task = ClassTask(
            class_id=found.classes[0].class_id, guardian_id=parent.id, title="Schoolreis", day=at.date(), what="Rijden",
            wanted=1, made_at=at,
        )  # fmt: skip
        add(contact, sent, ClassMessageRefusal(guardian_id=parent.id, said_at=at), task)
        add(ClassTaskHelper(task_id=task.id, guardian_id=parent.id, said_at=at, told_day=at.date()))
    lesson = Lesson(year_id=found.year_id, staff_id=talk.leader_id, group_name=f"fa{pupil.id}", subject="Frans")
    add(lesson)
    add(LessonPupil(lesson_id=lesson.id, pupil_id=pupil.id))
    asked = TalkRequest(**here, teacher_id=talk.leader_id, asked_at=at, withdrawn_at=at)
    single = SingleTalk(
        request=asked, state=SingleState.PROPOSED, minutes=20, medium=Medium.SCHOOL, pupil_part=PupilPart.PRESENT,
        made_at=at,
    )  # fmt: skip
    add(
        SupportMeeting(
            year_id=found.year_id, pupil_id=pupil.id, household_id=home, supervisor_id=talk.leader_id, starts_at=at,
            ends_at=at + timedelta(minutes=45), ical_uid=f"m-{talk.id}", ical_stamp=at, made_at=at,
            answers=[SupportAnswer(household_id=home, said=FamilySaid.CALL, said_at=at)],
        )
    )  # fmt: skip
    reception = PlannedDate(
        year_id=found.year_id, kind=PlannedKind.RECEPTION, day=at.date(), begins=time(17), ends=time(18), for_all=True,
        ical_uid=f"y-{talk.id}", ical_stamp=at,
    )  # fmt: skip
    add(reception)
    add(
        Gathering(planned_id=reception.id, invited_at=at),
        GatheringGuest(planned_id=reception.id, guardian_id=parent.id, ical_uid=f"g-{talk.id}", stamp=at),
        GatheringAnswer(
            planned_id=reception.id, household_id=home, coming=Coming.YES, adults=1, children=1, answered_at=at
        ),
        GatheringTopic(planned_id=reception.id, class_id=found.classes[0].class_id, words="Gamen", asked_on=at.date()),
        CircleSeat(planned_id=reception.id, class_id=found.classes[0].class_id, guardian_id=parent.id, came=True),
    )  # fmt: skip
    proposed = SingleTime(starts_at=free.starts_at, ends_at=free.ends_at)
    single.times = [proposed]
    add(single)
    add(SingleHold(time_id=proposed.id, slot_id=free.id))
    if db.session.get(StandingRound, found.id) is None:
        add(StandingRound(round_id=found.id, year_id=found.year_id, kind=found.kind))
    if db.session.get(AskingRule, found.id) is None:
        add(OpeningTurns(round_id=found.id, siblings_at=at))
        add(AskingRule(round_id=found.id, most_per_child=3, double_allowed=False, answer_hours=24))
    if db.session.get(SuggestedTopic, (found.kind, "", 1)) is None:
        add(SuggestedTopic(kind=found.kind, year_level="", position=1, text="Hoe het gaat"))
    if db.session.get(ReminderRule, found.id) is None:
        add(ReminderRule(round_id=found.id, halfway=True, last_day=True, day_before=True, most=2, hour=16))
    if db.session.get(RoundText, (found.id, "en")) is None:
        link = {"title": "Zo bereidt u zich voor", "address": "https://linde.example.org/start"}
        add(RoundText(round_id=found.id, language="en", paragraph="Welcome."))
        add(RoundLink(round_id=found.id, language="en", position=1, **link))
    if pupil.given_name != "Sami":  # his stands in every world
        add(
            CommunicationPlan(
                year_id=found.year_id, pupil_id=pupil.id, household_id=home, agreed_on=at.date(),
                recorded_by=talk.leader_id, recorded_at=at,
                forms=[PlanForm(form=ContactForm.HOME_VISIT, family_said_yes_at=at, family_said_yes_by=parent.id)],
            )
        )  # fmt: skip
    plans = select(CommunicationPlan).where(CommunicationPlan.pupil_id == pupil.id)
    for plan in db.session.scalars(plans):
        plan.agreed_with = parent.given_name
        if plan.version == 1:
            a_plan_of_long_ago(plan, parent, at)
            a_line_of_the_leader(plan, parent, at)
    a_letter(parent, key=f"talk-{talk.id}", created_at=at, booking_id=talk.id, state=OutboxState.QUEUED)
    a_letter(parent, key=f"batch-{talk.id}", created_at=at, mailing_id=mailing.id)


def a_plan_of_long_ago(plan: CommunicationPlan, parent: Guardian, at: datetime) -> None:
    """What an agreement said before a change, and what the family wanted otherwise."""
    plan.version = 2
    db.session.add_all(
        [
            PlanVersion(
                plan_id=plan.id, version=1, forms=["call"], agreed_on=at.date(), agreed_with=parent.given_name,
                together=True, pupil_asked=False, recorded_by=plan.recorded_by, recorded_at=at,
            ),
            PlanAnswer(
                plan_id=plan.id, version=1, voice=Voice.GUARDIAN, said=Said.OTHER, words=f"zegt {parent.given_name}",
                said_at=at, guardian_id=parent.id,
            ),
        ]
    )  # fmt: skip


def a_line_of_the_leader(plan: CommunicationPlan, parent: Guardian, at: datetime) -> None:
    """What was written in lines of one's own: why so, what the pupil does, what a moment is for."""
    plan.reason = plan.pupil_does = f"{parent.given_name} belt graag"
    add(
        PlanMoment(
            plan_id=plan.id, position=0, kind=MomentKind.ON_DEMAND, with_pupil=False, is_review=False,
            purpose=f"met {parent.given_name}", ical_uid=f"m-{plan.id}@driehoek", ical_stamp=at,
        ),
        PlanGuest(plan_id=plan.id, guardian_id=parent.id, ical_uid=f"p-{plan.id}@driehoek", stamp=at, cancelled_at=at),
    )  # fmt: skip
    whose = {"pupil_id": plan.pupil_id, "household_id": plan.household_id, "year_id": plan.year_id}
    add(
        LoggedContact(
            **whose, staff_id=plan.recorded_by, day=at.date(), channel=Channel.CALL, began=Initiative.SCHOOL,
            went=Went.DONE, good_news=True, line=f"met {parent.given_name}", logged_at=at,
        )
    )  # fmt: skip


def a_letter(parent: Guardian, *, key: str, created_at: datetime, **more: Any) -> Outbox:
    row = Outbox(
        dedup_key=key, letter=Letter.LINK, lane=1, guardian_id=parent.id, address=parent.email, stamp=created_at,
        message_id=key, not_before=created_at, created_at=created_at, **{"state": OutboxState.SENT} | more,
    )  # fmt: skip
    add(row)
    return row


def add(*rows: Base) -> None:
    db.session.add_all(rows)
    db.session.commit()


def at(day: date) -> datetime:
    """Early in the morning of this day."""
    return moment_at(day, time(0, 1))


def an_interpreter(at: datetime) -> Outsider:
    """One for all years; nobody asks her any more."""
    found = db.session.scalar(select(Outsider))
    if found is None:
        found = Outsider(name="Rosa Haile", languages="Pools", added_at=at, stopped_at=at)
        add(found)
    return found


OF_ONE_DAY = {"arrival", "support_guest", "due_contact"}
"""Gone on the next day or a month later, long before anything here; the tests of the day itself see to that."""


def everything_there() -> Rows:
    """Every row of every table, but for the journal, the turns of the work itself, and screens in a hall."""
    db.session.rollback()
    db.session.expire_all()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("journal", "due_job", "hall_screen")]
    return {
        table.name: {
            tuple(row[column.name] for column in table.primary_key): dict(row)
            for row in db.session.execute(select(table)).mappings()
        }
        for table in tables
    }


def run(day: date) -> tuple[dict[str, set[Any]], dict[str, set[Any]]]:
    """Clear up on this day; per table the keys of the rows that are gone, and of those that changed."""
    before = everything_there()
    retention.run(by=SYSTEM, now=at(day))
    after = everything_there()
    assert all(after[name].keys() <= rows.keys() for name, rows in before.items()), "clearing up adds nothing"
    gone = {name: rows.keys() - after[name].keys() for name, rows in before.items()}
    changed = {
        name: {key for key, row in rows.items() if key in after[name] and after[name][key] != row}
        for name, rows in before.items()
    }
    return _filled(gone), _filled(changed)


def _filled(found: dict[str, set[Any]]) -> dict[str, set[Any]]:
    return {name: {key if key[1:] else key[0] for key in keys} for name, keys in found.items() if keys}


def sizes(found: dict[str, set[Any]]) -> dict[str, int]:
    return {name: len(keys) for name, keys in found.items()}


def all_text() -> str:
    return repr(everything_there())


def test_the_story_has_a_row_in_every_table_that_points_at_a_family_a_talk_or_a_round(story):
    """A new table fails here: give it a row in `everything`, and see below that it goes in time."""
    theirs = {"pupil", "guardian", "household", "booking", "slot", "round", "mailing", "communication_plan"}
    about = {
        table.name
        for table in Base.metadata.sorted_tables
        if theirs & {key.column.table.name for key in table.foreign_keys}
    }
    empty = {name for name, rows in everything_there().items() if not rows}
    assert empty & (about | theirs) - OF_ONE_DAY == set()


def test_the_day_before_each_term_nothing_changes(story):
    assert run(LINKS_GO - A_DAY) == ({}, {})
    run(LINKS_GO)
    assert run(NAMES_GO - A_DAY) == ({}, {})
    run(NAMES_GO)
    assert run(TALKS_GO - A_DAY) == ({}, {})


def test_links_go_thirty_days_after_the_year_for_everybody(story):
    gone, changed = run(LINKS_GO)
    own = {name: len(story.old[name]) for name in ("checklist_mark", "buddy_wish")}
    assert sizes(gone) == {"access_link": 3, "visit": 2} | own
    assert changed == {}
    assert db.session.scalars(select(AccessLink.year_id)).all() == [story.second]


def test_who_left_has_no_name_or_address_after_three_months_and_who_stays_is_untouched(story):
    letters = set(db.session.scalars(select(Outbox.id).where(Outbox.guardian_id == story.layla)))
    (plan,) = db.session.scalars(select(CommunicationPlan.id).where(CommunicationPlan.agreed_with == "Laylacanary"))
    earlier = set(db.session.scalars(select(PlanVersion.id).where(PlanVersion.plan_id == plan)))
    said = set(db.session.scalars(select(PlanAnswer.id).where(PlanAnswer.plan_id == plan)))
    moments = set(db.session.scalars(select(PlanMoment.id).where(PlanMoment.plan_id == plan)))
    log = set(db.session.scalars(select(LoggedContact.id).where(LoggedContact.line == "met Laylacanary")))
    extras = set(db.session.scalars(select(ExtraPerson.id).where(ExtraPerson.pupil_id == story.sami)))
    run(LINKS_GO)
    gone, changed = run(NAMES_GO)
    assert sizes(gone) == {
        "guardianship": 4, "contact_correction": 2, "contact_parent": 1, "family_feed": 1, "guardian": 1,
        "class_contact": 1, "class_message": 1, "class_message_refusal": 1, "circle_seat": 1,
        "class_task_helper": 1,
    }  # fmt: skip
    assert gone["guardian"] == {story.omar}, "nothing that is kept names him"
    assert changed == {
        "pupil": {story.sami, story.noor}, "guardian": {story.layla}, "household": {story.home}, "outbox": letters,
        "communication_plan": {plan}, "plan_version": earlier, "plan_answer": said, "plan_moment": moments,
        "extra_person": extras, "logged_contact": log,
    }  # fmt: skip
    assert "canary" not in all_text()
    assert db.session.get_one(Pupil, story.sami).name.full == "–"
    assert {row.address for row in db.session.scalars(select(Outbox).where(Outbox.id.in_(letters)))} == {""}


def test_talks_and_all_about_them_go_a_year_after_the_year_and_the_present_year_stays_whole(story):
    run(LINKS_GO)
    run(NAMES_GO)
    gone, changed = run(TALKS_GO)
    assert changed == {}
    there = {name: len(rows) for name, rows in story.old.items()}
    whole = (
        "round", "round_class", "round_exclusion", "booking", "booking_absence", "home_by_phone", "slot",
        "leader_opening", "topic", "talk_way",
        "talk_note", "talk_action", "roster_record",
        "interpreter_request", "practical_need", "talk_guest", "extra_person", "talk_colleague",
        "call_request", "talk_request", "no_talk_needed", "asking_rule",
        "reminder", "reminder_rule", "personal_approach",
        "opening_turns",
        "freed_offer",
        "single_talk", "single_time", "single_hold", "standing_round", "support_meeting", "support_answer",
        "roster_version", "roster_talk", "mailing", "outbox",
        "gathering_guest", "gathering_answer", "gathering_topic",
        "swap_offer", "swap_wish", "swap_proposal", "swap_move", "swap_party", "two_homes", "own_talk_wish",
        "home_wishes", "wished_time",
        "lesson_pupil", "round_text", "round_link", "communication_plan", "plan_form", "plan_version",
        "plan_answer", "plan_moment", "plan_guest", "logged_contact",
    )  # fmt: skip
    people = {"pupil": 2, "guardian": 1, "household": 1, "enrolment": 2, "class_contact": 1, "class_message": 1}
    people |= {"circle_seat": 1, "class_task": 2, "class_task_helper": 1}
    assert sizes(gone) == {name: there[name] for name in whole} | people
    assert gone["pupil"] == {story.sami, story.noor}
    assert gone["guardian"] == {story.layla}


def test_what_a_leader_meant_to_do_and_never_did_goes_a_month_after_its_week(story):
    closes = LINKS_GO - timedelta(days=1)
    row = DueContact(
        year_id=story.second, pupil_id=story.sami, staff_id=db.session.scalars(select(Staff.id)).first(),
        channel=Channel.CALL, opens_on=closes, closes_on=closes,
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    assert "due_contact" not in sizes(run(closes + timedelta(days=29))[0])
    assert sizes(run(closes + timedelta(days=30))[0])["due_contact"] == 1


def test_an_interpreter_whom_nobody_asks_goes_after_three_months_when_no_talk_points_there(story):
    other = Outsider(name="Ali Noor", languages="Pools", added_at=NOW, stopped_at=at(LINKS_GO))
    stays = Outsider(name="Mo Bos", languages="Pools", added_at=NOW)
    came = Outsider(name="A. Bakker, eens van buiten bij een gesprek", added_at=NOW)
    add(other, stays, came)
    run(LINKS_GO + CONTACT_AFTER_LEAVING)
    names = select(Outsider.name).order_by(Outsider.id)
    assert db.session.scalars(names).all() == ["Rosa Haile", "Ali Noor", "Mo Bos"]
    run(LINKS_GO + CONTACT_AFTER_LEAVING + A_DAY)
    assert db.session.scalars(names).all() == ["Rosa Haile", "Mo Bos"]


def test_an_answer_about_files_holds_a_year_after_the_school_year_it_was_given_in(story):
    years = {year.id: year.ends_on for year in db.session.scalars(select(SchoolYear))}
    add(ImportAnswer(key="first", choice="same", answered_at=at(years[story.first])),
        ImportAnswer(key="second", choice="same", answered_at=at(years[story.first] + A_DAY)))  # fmt: skip
    run(TALKS_GO - A_DAY)
    assert db.session.scalar(select(func.count()).select_from(ImportAnswer)) == 2
    run(TALKS_GO)
    assert db.session.scalars(select(ImportAnswer.key)).all() == ["second"]


def test_no_byte_of_the_file_of_sqlite_still_says_who_they_were(context):
    a_story()
    path = Path(db.engine.url.database)
    db.session.rollback()
    assert b"canary" in path.read_bytes()
    run(NAMES_GO)
    assert b"canary" not in path.read_bytes()


def test_clearing_up_twice_is_clearing_up_once(story):
    for day in (LINKS_GO, NAMES_GO, TALKS_GO):
        run(day)
        lines = db.session.scalar(select(func.count()).select_from(JournalLine))
        assert not any(retention.run(by=SYSTEM, now=at(day)).values())
        assert run(day) == ({}, {})
        assert db.session.scalar(select(func.count()).select_from(JournalLine)) == lines


def test_foreseeing_counts_the_same_and_clears_nothing(story):
    before = everything_there()
    foreseen = retention.foresee(now=at(TALKS_GO))
    assert everything_there() == before
    assert retention.run(by=SYSTEM, now=at(TALKS_GO)) == foreseen
    assert foreseen["talks"] == 4
    assert foreseen["wishes"] == len(story.old["home_wishes"]) == 2
    assert foreseen["homes"] == len(story.old["own_talk_wish"]) + len(story.old["two_homes"]) == 4
    assert foreseen["pupils"] == 2


def test_small_batches_clear_the_same(story, monkeypatch):
    foreseen = retention.foresee(now=at(TALKS_GO))
    monkeypatch.setattr(retention, "BATCH", 1)
    assert retention.run(by=SYSTEM, now=at(TALKS_GO)) == foreseen


def test_the_journal_tells_how_many_and_never_who(story):
    retention.run(by=SYSTEM, now=at(TALKS_GO))
    lines = db.session.scalars(select(JournalLine).where(JournalLine.action == "retention.clear")).all()
    assert sum(line.facts.get("talks", 0) for line in lines) == 4
    assert all(line.subject_id is None and set(line.facts) <= set(retention.KINDS) for line in lines)
    assert all(type(count) is int for line in lines for count in line.facts.values())


def test_the_page_of_who_stays_and_the_clearing_up_agree_on_every_day(story):
    """What a page says is kept is there, what it no longer says is gone, whichever day it is."""
    by = Actor(ActorKind.GUARDIAN, story.petra)
    days = [day + shift for day in (LINKS_GO, NAMES_GO, TALKS_GO) for shift in (-A_DAY, 0 * A_DAY, A_DAY)]
    for day in sorted([*days, *(date(2028, 8, 1) + n * timedelta(days=37) for n in range(11))]):
        retention.run(by=SYSTEM, now=at(day))
        kept = {year.label: year for year in kept_of(by, at(day)).years}
        for year in db.session.scalars(select(SchoolYear)):
            told = kept.get(year.label, KeptYear(year.label, terms_of(year.ends_on)))
            terms = told.terms
            assert (told.links > 0) is (day < terms.links), (day, year.label)
            for count in (told.talks, told.topics, told.letters, told.plans):
                assert (count > 0) is (day < terms.talks), (day, year.label)


def test_a_pupil_who_leaves_halfway_loses_the_name_and_the_talks_stay_for_the_year(any_context):
    world = a_world()
    talk, sibling = world.samis_talk.id, world.noor.id
    leave(world.sami, on=date(2027, 10, 1))
    assert run(date(2027, 12, 31)) == ({}, {})
    gone, changed = run(date(2028, 1, 1))
    assert sizes(gone) == {"guardianship": 2}
    asked = db.session.query(ExtraPerson).filter_by(pupil_id=world.sami.id).one()
    assert changed == {"pupil": {world.sami.id}, "extra_person": {asked.id}}
    assert (asked.name, asked.wish) == ("", "")
    assert db.session.get_one(Booking, talk).pupil.name.full == "–"
    assert db.session.get_one(Guardian, world.layla.id).given_name == "Layla"
    assert db.session.get_one(Pupil, sibling).given_name == "Noor"


def test_a_guardian_keeps_the_name_until_the_last_child_has_left(any_context):
    world = a_world()
    layla, omar = world.layla.id, world.omar.id
    leave(world.sami, on=date(2027, 10, 1))
    leave(world.noor, on=date(2027, 12, 1))
    run(date(2028, 1, 1))
    run(date(2028, 3, 1))
    assert db.session.get_one(Guardian, layla).given_name == "Layla"
    run(date(2028, 3, 2))
    assert db.session.get_one(Guardian, layla).given_name == "", "a letter to her is kept"
    assert db.session.get(Guardian, omar) is None


def test_as_long_as_no_newer_year_was_read_in_nobody_left_but_not_for_ever(any_context):
    a_world()
    a_year("2028-2029")
    assert not {"pupil", "guardian"} & run(TALKS_GO)[0].keys()
    assert run(TALKS_GO + timedelta(days=91)) == ({}, {})
    gone, _ = run(TALKS_GO + timedelta(days=92))
    assert sizes(gone) == {
        "pupil": 4, "guardian": 5, "household": 4, "enrolment": 4, "guardianship": 7, "contact_correction": 1,
        "family_feed": 1,
    }  # fmt: skip


def test_a_pupil_who_comes_back_in_time_keeps_everything(story):
    group = db.session.scalar(select(Enrolment.class_id).where(Enrolment.year_id == story.second))
    add(*(Enrolment(pupil_id=pupil, year_id=story.second, class_id=group) for pupil in (story.sami, story.noor)))
    run(LINKS_GO)
    assert run(NAMES_GO) == ({}, {})


def test_who_is_in_a_class_stays_whatever_day_of_leaving_is_written_down(any_context):
    world = a_world()
    world.sami.left_on = date(2027, 9, 1)
    db.session.commit()
    assert run(date(2028, 7, 30)) == ({}, {})


@pytest.mark.parametrize("state", [OutboxState.RETRY, OutboxState.OFFERED])
def test_a_letter_that_must_still_leave_keeps_its_address(story, state):
    waiting = a_letter(db.session.get_one(Guardian, story.layla), key="waits", created_at=NOW, state=state)
    number = waiting.id
    run(TALKS_GO)
    assert db.session.get_one(Outbox, number).address == "canary@ouders.example.org"
    db.session.get_one(Outbox, number).state = OutboxState.SENT
    db.session.commit()
    run(TALKS_GO)
    assert "canary" not in all_text()
    assert db.session.get(Outbox, number) is None


def test_a_talk_waits_for_the_worker_that_holds_a_letter_about_it(story):
    held = db.session.scalars(select(Outbox).where(Outbox.dedup_key.startswith("talk-"))).first()
    number, talk = held.id, held.booking_id
    held.state = OutboxState.CLAIMED
    db.session.commit()
    run(TALKS_GO)
    assert db.session.get(Booking, talk) is not None
    of_first_year = select(Booking.id).join(Round).where(Round.year_id == story.first)
    assert db.session.scalars(of_first_year).all() == [talk]
    db.session.get_one(Outbox, number).state = OutboxState.SUPPRESSED
    db.session.commit()
    run(TALKS_GO)
    assert db.session.get(Booking, talk) is None
    assert db.session.scalars(select(Round.year_id)).all() == [story.second]


def test_the_opening_of_a_link_is_forgotten_after_thirty_days(any_context):
    world = a_world()
    link = db.session.scalars(select(AccessLink)).one()
    add(Visit(key_hash="layla", link_id=link.id, started_at=NOW, expires_at=at(date(2027, 9, 1))))
    assert run(date(2027, 9, 30)) == ({}, {})
    assert sizes(run(date(2027, 10, 1))[0]) == {"visit": 1}
    assert kept_of(Actor(ActorKind.GUARDIAN, world.layla.id), at(date(2027, 10, 1))).visits == 0


def test_lines_of_more_than_a_year_ago_leave_the_journal_and_younger_ones_never(any_context):
    a_school()
    today = datetime.now(UTC)
    for days in (800, 370, 360, 1):
        line = {"at": today - timedelta(days=days), "actor_kind": ActorKind.SYSTEM, "facts": {"days": days}}
        add(JournalLine(**line, action="links.issue", subject="guardian"))
    for now in (today, today + timedelta(days=3650)):  # a clock that runs ahead finds the wall of the database
        retention.run(by=SYSTEM, now=now)
        lines = db.session.scalars(select(JournalLine).where(JournalLine.action == "links.issue"))
        assert {line.facts["days"] for line in lines} == {360, 1}


def test_the_worker_clears_up_once_a_day_and_again_when_it_did_not_succeed(story, monkeypatch):
    everyday, work = housekeeping.JOBS["retention"]

    def stumble(_now: datetime) -> None:
        raise OSError("the disk is full")

    monkeypatch.setitem(housekeeping.JOBS, "retention", (everyday, stumble))
    with pytest.raises(OSError, match="full"):
        housekeeping.tidy(at(TALKS_GO))
    assert db.session.scalar(select(func.count()).select_from(DueJob).where(DueJob.job == "retention")) == 0
    monkeypatch.setitem(housekeeping.JOBS, "retention", (everyday, work))
    assert housekeeping.tidy(at(TALKS_GO)) == 1
    assert db.session.scalars(select(Round.year_id)).all() == [story.second]
    assert housekeeping.tidy(at(TALKS_GO) + timedelta(minutes=1)) == 0


def test_a_guardian_whom_the_files_no_longer_name_goes_too_unless_they_do_so_again(any_context):
    a_school()
    year = a_year()
    both = [guardian("1", "1"), guardian("1", "2", relation="vader", name="B;;Bos", email="bos@example.org", home="B")]
    put(year, pupils("1;Noor;van 't;Hof;3"), guardians(*both))
    put(year, pupils("1;Noor;van 't;Hof;3"), guardians(both[0]), on=date(2027, 9, 1))
    assert sizes(run(date(2027, 12, 1))[0]) == {"household": 1}, "his home is empty; he may come back"
    put(year, pupils("1;Noor;van 't;Hof;3"), guardians(*both), on=date(2027, 12, 1))
    assert run(date(2027, 12, 2)) == ({}, {})
    put(year, pupils("1;Noor;van 't;Hof;3"), guardians(both[0]), on=date(2028, 1, 1))
    gone, _ = run(date(2028, 4, 2))
    assert sizes(gone) == {"guardian": 1, "household": 1}
    assert "bos@example.org" not in all_text()


def test_somebody_who_returns_after_the_name_is_gone_is_new_here(any_context):
    a_school()
    year = a_year()
    files = pupils("1;Noor;van 't;Hof;3", "2;Bram;van 't;Hof;4"), guardians(guardian("1", "1"))
    put(year, *files)
    put(year, pupils("2;Bram;van 't;Hof;4"), on=date(2027, 9, 1))
    gone, changed = run(date(2027, 12, 2))
    assert (sizes(gone), sizes(changed)) == ({"guardian": 1, "household": 1, "guardianship": 1}, {"pupil": 1})
    put(year, *files, on=date(2028, 2, 1))
    names = db.session.scalars(select(Pupil.given_name).order_by(Pupil.id)).all()
    assert names == ["–", "Bram", "Noor"]
    assert db.session.scalar(select(func.count()).select_from(Guardian)) == 1


def test_a_pupil_whom_an_import_brings_back_at_that_very_moment_keeps_the_name(any_app):
    with any_app.app_context():
        story = a_story()
        db.session.remove()
    importing = threading.Event()

    def bring_back() -> None:
        """What an import does, slowly: take its turn, enrol, save."""
        with any_app.app_context(), transaction() as session:
            lock(session, School, [1])
            group = session.scalar(select(Enrolment.class_id).where(Enrolment.year_id == story.second))
            for pupil in (story.sami, story.noor):
                session.add(Enrolment(pupil_id=pupil, year_id=story.second, class_id=group))
            session.flush()
            importing.set()
            sleep(0.5)

    thread = threading.Thread(target=bring_back)
    thread.start()
    assert importing.wait(20)
    with any_app.app_context():
        cleared = retention.run(by=SYSTEM, now=at(NAMES_GO))
        thread.join()
        assert (cleared["pupils"], cleared["guardians"]) == (0, 0)
        assert db.session.get_one(Pupil, story.sami).given_name == "Sami"


def leave(pupil: Pupil, *, on: date) -> None:
    """As an import writes it down."""
    pupil.left_on = on
    for enrolment in db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == pupil.id)):
        enrolment.present = False
    db.session.commit()


def put(year: SchoolYear, *files: bytes, on: date = date(2027, 8, 20)) -> None:
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    assert imports.run(year_id=year.id, files=read, by=SYSTEM, now=at(on)).saved
    db.session.expire_all()


def test_a_planned_evening_of_several_talks_goes_whole_with_its_plans_and_its_topics(any_context):
    school = EveningSchool()
    school.times(school.anna)
    parent, (sami,) = school.family("Sami")
    (asked,) = school.asks(parent, sami, school.anna)
    school.draft()
    school.publish()
    topics.add(
        round_id=school.round.id, pupil_id=sami.id, text="Plannen", from_pupil=False, request_id=asked.id,
        by=Actor(ActorKind.GUARDIAN, parent.id), now=NOW,
    )  # fmt: skip
    for _ in range(5):
        retention.run(by=SYSTEM, now=NOW.replace(year=2031))
    gone = (Round, RosterVersion, RosterTalk, TalkRequest, Topic, Booking)
    assert {kind.__name__: db.session.query(kind).count() for kind in gone} == {kind.__name__: 0 for kind in gone}
