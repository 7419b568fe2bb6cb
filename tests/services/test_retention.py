"""What was kept long enough goes on the very day that a family's own page names, and nothing else ever does."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.plans import ContactForm
from scheduling.domain.rosters import VersionStatus
from scheduling.domain.rounds import RoundKind, TopicAuthor
from scheduling.domain.swaps import ProposalKind
from scheduling.domain.timeslots import moment_at
from scheduling.models import (
    AccessLink,
    Base,
    Booking,
    BookingAbsence,
    CallRequest,
    CommunicationPlan,
    ContactCorrection,
    Enrolment,
    Guardian,
    InterpreterRequest,
    JournalLine,
    Mailing,
    Outbox,
    PlanForm,
    Pupil,
    RosterTalk,
    RosterVersion,
    Round,
    RoundClass,
    RoundExclusion,
    SchoolYear,
    Slot,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
    SwapWish,
    Topic,
    Visit,
    db,
)
from scheduling.services import retention
from tests.builders import (
    NOW,
    START_WINDOW,
    TUESDAY,
    a_booking,
    a_class,
    a_year,
    household_of,
    some_slots,
)
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


def everything(found: Round, pupil: Pupil, guardian: Guardian, talk: Booking, free: Slot) -> None:
    """One of each thing that a family and a school leave behind in a round."""
    at, home = talk.ical_stamp, household_of(guardian).id
    here: dict[str, Any] = {"round_id": found.id, "pupil_id": pupil.id, "household_id": home}
    mailing = Mailing(round_id=found.id, letter=Letter.REMINDER, created_at=at)
    link = AccessLink(
        token_hash=f"{found.id}-{guardian.id}", kind=HolderKind.GUARDIAN, guardian_id=guardian.id,
        year_id=found.year_id, created_at=at, expires_at=moment_at(date(2030, 1, 1), time(0)),
    )  # fmt: skip
    version = RosterVersion(round_id=found.id, number=100 + pupil.id, status=VersionStatus.DRAFT, requested_at=at)
    offer = SwapOffer(
        booking_id=talk.id, household_id=home, starts_at=talk.starts_at, offered_at=at, expires_at=at,
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
        Topic(**here, author=TopicAuthor.GUARDIAN, guardian_id=guardian.id, text="Rekenen", created_at=at),
        InterpreterRequest(**here, language="Pools", asked_at=at),
        CallRequest(**here, guardian_id=guardian.id, asked_at=at),
        RoundExclusion(round_id=found.id, pupil_id=pupil.id, reason="op reis", excluded_at=at),
        BookingAbsence(booking_id=talk.id, household_id=home, said_at=at),
        RosterTalk(version_id=version.id, pupil_id=pupil.id, household_id=home, reason="none"),
        Visit(key_hash=link.token_hash, link_id=link.id, started_at=at, expires_at=moment_at(TALKS_GO, time(0))),
        ContactCorrection(guardian_id=guardian.id, field="language", old_value="nl", new_value="en", proposed_at=at),
    )
    if pupil.given_name != "Sami":  # his stands in every world
        add(
            CommunicationPlan(
                year_id=found.year_id, pupil_id=pupil.id, household_id=home, agreed_on=at.date(),
                recorded_by=talk.leader_id, recorded_at=at,
                forms=[PlanForm(form=ContactForm.HOME_VISIT, family_said_yes_at=at, family_said_yes_by=guardian.id)],
            )
        )  # fmt: skip
    plans = select(CommunicationPlan).where(CommunicationPlan.pupil_id == pupil.id)
    for plan in db.session.scalars(plans):
        plan.agreed_with = guardian.given_name
    a_letter(guardian, key=f"talk-{talk.id}", created_at=at, booking_id=talk.id, state=OutboxState.QUEUED)
    a_letter(guardian, key=f"batch-{talk.id}", created_at=at, mailing_id=mailing.id)


def a_letter(guardian: Guardian, *, key: str, created_at: datetime, **more: Any) -> Outbox:
    row = Outbox(
        dedup_key=key, letter=Letter.LINK, lane=1, guardian_id=guardian.id, address=guardian.email, stamp=created_at,
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


def everything_there() -> Rows:
    """Every row of every table, but for the journal and the turns of the work itself."""
    db.session.rollback()
    db.session.expire_all()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in ("journal", "due_job")]
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


def test_the_story_has_a_row_in_every_table_a_family_can_be_in(story):
    empty = {name for name, rows in everything_there().items() if not rows}
    assert empty <= {"relay", "throttle", "room"}


def test_the_day_before_each_term_nothing_changes(story):
    assert run(LINKS_GO - A_DAY) == ({}, {})
    run(LINKS_GO)
    assert run(NAMES_GO - A_DAY) == ({}, {})
    run(NAMES_GO)
    assert run(TALKS_GO - A_DAY) == ({}, {})


def test_links_go_thirty_days_after_the_year_for_everybody(story):
    gone, changed = run(LINKS_GO)
    assert sizes(gone) == {"access_link": 3, "visit": 2}
    assert changed == {}
    assert db.session.scalars(select(AccessLink.year_id)).all() == [story.second]


def test_who_left_has_no_name_or_address_after_three_months_and_who_stays_is_untouched(story):
    letters = set(db.session.scalars(select(Outbox.id).where(Outbox.guardian_id == story.layla)))
    (plan,) = db.session.scalars(select(CommunicationPlan.id).where(CommunicationPlan.agreed_with == "Laylacanary"))
    run(LINKS_GO)
    gone, changed = run(NAMES_GO)
    assert sizes(gone) == {"guardianship": 4, "contact_correction": 2, "guardian": 1}
    assert gone["guardian"] == {story.omar}, "nothing that is kept names him"
    assert changed == {
        "pupil": {story.sami, story.noor}, "guardian": {story.layla}, "household": {story.home}, "outbox": letters,
        "communication_plan": {plan},
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
        "round", "round_class", "round_exclusion", "booking", "booking_absence", "slot", "leader_opening", "topic",
        "interpreter_request", "call_request", "roster_version", "roster_talk", "mailing", "outbox", "swap_offer",
        "swap_wish", "swap_proposal", "swap_move", "swap_party", "communication_plan", "plan_form",
    )  # fmt: skip
    people = {"pupil": 2, "guardian": 1, "household": 1, "enrolment": 2}
    assert sizes(gone) == {name: there[name] for name in whole} | people
    assert gone["pupil"] == {story.sami, story.noor}
    assert gone["guardian"] == {story.layla}


def test_clearing_up_twice_is_clearing_up_once(story):
    for day in (LINKS_GO, NAMES_GO, TALKS_GO):
        run(day)
        lines = db.session.scalar(select(func.count()).select_from(JournalLine))
        assert not any(retention.run(by=SYSTEM, now=at(day)).values())
        assert run(day) == ({}, {})
        assert db.session.scalar(select(func.count()).select_from(JournalLine)) == lines
