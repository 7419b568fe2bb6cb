"""A small school with everybody in it, for tests that walk every page as every person. Call it in an app context."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduling.domain.buddies import BuddyKind, Shown
from scheduling.domain.checklists import Answer, Asked, Moment
from scheduling.domain.contact_parents import ContactState, MessageState
from scheduling.domain.contacts import Channel, Went
from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.domain.gatherings import Coming
from scheduling.domain.guests import HelpState
from scheduling.domain.import_documents import file_document
from scheduling.domain.informal_meetings import MeetingState
from scheduling.domain.kinds import PupilPart
from scheduling.domain.links import HolderKind, hash_of, new_secret
from scheduling.domain.mailings import Letter
from scheduling.domain.on_the_day import ShownAs
from scheduling.domain.people import Authority, OnRequest, Person, SeparatedParents, StaffRole
from scheduling.domain.plans import ContactForm, InfoNeed, Initiative
from scheduling.domain.rosters import VersionStatus
from scheduling.domain.rounds import RoundKind, RoundMode, TopicAuthor
from scheduling.domain.single_talks import Medium, SingleState
from scheduling.domain.swaps import ProposalKind
from scheduling.domain.year_plans import InformationEvening, PlannedKind, Why
from scheduling.domain.years import DayKind
from scheduling.formats.reading import read_file
from scheduling.models import (
    AccessLink,
    Booking,
    BuddyPair,
    BuddyWish,
    CalendarFeed,
    CallRequest,
    ChecklistMark,
    ClassContact,
    ClassGroup,
    ClassLeader,
    ClassMessage,
    ClassTask,
    ColumnMapping,
    CommunicationPlan,
    ContactCorrection,
    DueContact,
    ExtraPerson,
    FamilyFeed,
    FreedOffer,
    Gathering,
    GatheringAnswer,
    GatheringTopic,
    Guardian,
    Guardianship,
    HallScreen,
    HomeByPhone,
    HomeWishes,
    ImportDraft,
    InterpreterRequest,
    LoggedContact,
    Mailing,
    MeetingProposal,
    Outbox,
    Outsider,
    PasswordKey,
    PlanForm,
    PlannedClass,
    PlannedDate,
    Pupil,
    RosterRecord,
    RosterVersion,
    Round,
    SchoolDay,
    SingleTalk,
    SingleTime,
    Slot,
    Staff,
    StandingRound,
    SupportGuest,
    SupportMeeting,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
    SwapWish,
    TalkRequest,
    TalkWay,
    Topic,
    YearPlanning,
    db,
)
from scheduling.services import plans
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

PASSWORD_KEY = "the key that was mailed to the office"


class WishingSchool:
    """Anna leads group 3 and Karin group 6; Layla and Omar have a child in each. The round asks for wishes first."""

    def __init__(self, until: datetime, policy: SeparatedParents = SeparatedParents.SEPARATE_ON_REQUEST) -> None:
        a_school(separated_parents=policy)
        a_year()
        self.anna, self.karin = a_leader("anna"), a_leader("karin")
        self.three, self.six = a_class("3", leaders=[self.anna]), a_class("6", leaders=[self.karin])
        self.start = a_round(classes=[self.three, self.six], mode=RoundMode.ROSTER_THEN_SWAP)
        self.start.wishes_until = until
        self.sami, self.noor = a_pupil("Sami", self.three), a_pupil("Noor", self.six)
        self.layla = a_guardian("Layla", self.sami, self.noor)
        self.omar = a_guardian("Omar", self.sami, self.noor, household=household_of(self.layla), position=2)


@dataclass
class World:
    """Who is who. Layla and Omar are Sami's and Noor's parents; Ruud and Els live apart and are Mila's."""

    office: Staff
    director: Staff
    supervisor: Staff
    bas: Staff
    karin: Staff
    three: ClassGroup
    six: ClassGroup
    sami: Pupil
    noor: Pupil
    daan: Pupil
    mila: Pupil
    layla: Guardian
    omar: Guardian
    petra: Guardian
    ruud: Guardian
    els: Guardian
    start: Round
    bas_slots: list[Slot]
    karin_slots: list[Slot]
    samis_talk: Booking
    noors_talk: Booking
    daans_talk: Booking
    milas_talk: Booking
    more: dict[str, int | str] = field(default_factory=dict)
    """Ids of further things, by the name an address uses: {"plan_id": 3}."""

    tokens: dict[str, str] = field(default_factory=dict)
    """Living secrets by the blueprint that takes them: Layla's link, Bas's calendar."""

    def arguments(self) -> dict[str, object]:
        """A value for every name an address may hold; all of them belong to Layla's family and to Bas."""
        return {
            "round_id": self.start.id,
            "pupil_id": self.sami.id,
            "booking_id": self.samis_talk.id,
            "slot_id": self.bas_slots[4].id,
            "leader_id": self.bas.id,
            "staff_id": self.bas.id,
            "class_id": self.three.id,
            "guardian_id": self.layla.id,
            "household_id": self.samis_talk.household_id,
            "home": self.samis_talk.household_id,
            "year_id": self.start.year_id,
            "letter": "invitation",
            "of": "home",
            "wisher_id": self.samis_talk.household_id,
            "key": PASSWORD_KEY,
            "number": 1,
            "listing": "agreements",
            "form": "csv",
            "screen_id": 1,
            "paper": "poster",
            **self.more,
        }


def a_world() -> World:
    """Two classes, three families, one round with a talk for every child."""
    a_school()
    a_year()
    office = a_leader("kantoor", roles=[StaffRole.OFFICE])
    director = a_leader("directie", roles=[StaffRole.DIRECTOR])
    supervisor = a_leader("ib", roles=[StaffRole.INTERNAL_SUPERVISOR])
    bas, karin = a_leader("bas"), a_leader("karin")
    three, six = a_class("3", leaders=[bas]), a_class("6", leaders=[karin])
    sami, noor, daan, mila = (
        a_pupil("Sami", three), a_pupil("Noor", six), a_pupil("Daan", three), a_pupil("Mila", six),
    )  # fmt: skip
    layla = a_guardian("Layla", sami, noor)
    omar = a_guardian("Omar", sami, noor, household=household_of(layla), position=2)
    petra = a_guardian("Petra", daan)
    ruud, els = a_guardian("Ruud", mila), a_guardian("Els", mila, position=2)
    start = a_round(classes=[three, six], mode=RoundMode.ROSTER_THEN_SWAP)
    start.wishes_until = NOW - timedelta(days=2)
    bas_slots = some_slots(start, bas, count=6)
    karin_slots = some_slots(start, karin, count=6, room="lokaal 11", first=TUESDAY + timedelta(minutes=20))
    samis_talk = a_booking(start, sami, bas_slots[0], household=household_of(layla))
    daans_talk = a_booking(start, daan, bas_slots[1], household=household_of(petra))
    more: dict[str, int | str] = {**_and_more(start, sami, layla, office, samis_talk)}
    more |= _a_swap(start, daans_talk, samis_talk)
    return World(
        office, director, supervisor, bas, karin, three, six, sami, noor, daan, mila, layla, omar, petra, ruud, els,
        start, bas_slots, karin_slots,
        samis_talk=samis_talk,
        noors_talk=a_booking(start, noor, karin_slots[1], household=household_of(layla)),
        daans_talk=daans_talk,
        milas_talk=a_booking(start, mila, karin_slots[3]),
        more=more, tokens=_tokens(start, layla, bas),
    )  # fmt: skip


def _and_more(start: Round, sami: Pupil, layla: Guardian, office: Staff, talk: Booking) -> dict[str, int]:
    """One of each further thing that an address can name; all of them are about Sami's family."""
    home = household_of(layla).id
    rows = {
        "topic_id": Topic(
            round_id=start.id, pupil_id=sami.id, household_id=home, author=TopicAuthor.GUARDIAN, guardian_id=layla.id,
            text="Lezen", created_at=NOW,
        ),
        "call_id": CallRequest(
            round_id=start.id, pupil_id=sami.id, household_id=home, guardian_id=layla.id, asked_at=NOW
        ),
        "day_id": SchoolDay(
            year_id=start.year_id, kind=DayKind.CLOSED_DAY, label="studiedag", starts_on=date(2027, 10, 4),
            ends_on=date(2027, 10, 4), own=True,
        ),
        "correction_id": ContactCorrection(
            guardian_id=layla.id, field="phone", old_value="", new_value="+31 00 000 00 01", proposed_at=NOW
        ),
        "version_id": RosterVersion(
            round_id=start.id, number=1, status=VersionStatus.DRAFT, proof="optimal", requested_at=NOW,
            requested_by=office.id, score={"objective": 0}, bound={"objective": 0},
        ),
        "draft_id": ImportDraft(
            year_id=start.year_id, created_at=NOW, created_by=office.id, expires_at=NOW + timedelta(hours=24),
            file_names=["leerlingen.csv", "eigen lijst.csv", "verzorgers.csv"], records={"files": _school_files()},
        ),
        "mapping_id": ColumnMapping(
            fingerprint="of an older list", layout="rooms", header=["Ruimte", "Etage"],
            columns={"name": 0, "floor": 1}, created_at=NOW,
        ),
        "plan_id": CommunicationPlan(
            year_id=start.year_id, pupil_id=sami.id, household_id=home, agreed_on=NOW.date(), recorded_by=office.id,
            recorded_at=NOW, forms=[PlanForm(form=ContactForm.HOME_VISIT)], info_need=InfoNeed.YES,
            info_period="oktober",
        ),
        "outbox_id": Outbox(
            dedup_key="invitation", letter=Letter.INVITATION, lane=4, guardian_id=layla.id, address=layla.email,
            booking_id=talk.id, stamp=NOW, message_id="<invitation@linde.example.org>", not_before=NOW, created_at=NOW,
        ),
        "mailing_id": Mailing(round_id=start.id, letter=Letter.INVITATION, created_at=NOW, created_by=office.id),
        "extra_id": ExtraPerson(
            round_id=start.id, pupil_id=sami.id, household_id=home, kind=ExtraKind.COUNSELLOR, wish="mevrouw Smit",
            state=ExtraState.ASKED, asked_at=NOW,
        ),
        "outsider_id": Outsider(name="Rosa Haile", languages="Tigrinya", email="rosa@tolken.example.org", added_at=NOW),
    }  # fmt: skip
    db.session.add_all(rows.values())
    db.session.flush()
    db.session.add(RosterRecord(version_id=rows["version_id"].id, problem={}, roster={}, first_come={}))
    db.session.add(
        PasswordKey(
            token_hash=hash_of(PASSWORD_KEY), staff_id=office.id, created_at=NOW, expires_at=NOW + timedelta(days=3)
        )
    )
    db.session.commit()
    return {name: row.id for name, row in rows.items()} | {"file": 0, "row": 3, "list_number": 1, "part": "problem"}


def _school_files() -> list[dict[str, Any]]:
    """Files with something for the office to mend, to answer and to explain."""
    return [
        file_document(read_file(name, text.encode()))
        for name, text in (
            ("leerlingen.csv", "Leerlingnummer;Roepnaam;Achternaam;Groep\n901;IsmaÃ«l;Bos;3\n902;;Smit;3\n"),
            ("eigen lijst.csv", "Lln;Naam kind;Mail thuis;BSN\n903;Tess;t@example.org;1\n904;Aya;a@example.org;2\n"),
            (
                "verzorgers.csv",
                "Leerlingnummer;Relatie;Achternaam;E-mailadres;Gezag\n901;moeder;Bos;a@example.org b@example.org;J\n",
            ),
        )
    ]


def _a_swap(start: Round, offered: Booking, asked: Booking) -> dict[str, int | str]:
    """One family offers its time and ticks the other's; the other has a question."""
    until = asked.starts_at - timedelta(hours=24)
    offer = SwapOffer(
        booking_id=offered.id, household_id=offered.household_id, starts_at=offered.starts_at, offered_at=NOW,
        expires_at=until, wishes=[SwapWish(slot_id=asked.slots[0].id)],
    )  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    there, back = (
        SwapMove(
            booking_id=talk.id, position=place, offer_id=offer_id, from_slot_id=talk.slots[0].id,
            from_starts_at=talk.starts_at, to_slot_id=other.slots[0].id, to_starts_at=other.starts_at,
        )
        for place, (talk, other, offer_id) in enumerate([(offered, asked, offer.id), (asked, offered, None)])
    )  # fmt: skip
    party = SwapParty(booking_id=asked.id, household_id=asked.household_id)
    agreed = SwapParty(booking_id=offered.id, household_id=offered.household_id, asked=False, accepted_at=NOW)
    proposal = SwapProposal(
        round_id=start.id, leader_id=asked.leader_id, kind=ProposalKind.PAIR, made_at=NOW, expires_at=until,
        moves=[there, back], parties=[party, agreed],
    )  # fmt: skip
    db.session.add(proposal)
    db.session.commit()
    return {"question": party.key, "proposal_id": proposal.id}


def _tokens(start: Round, layla: Guardian, bas: Staff) -> dict[str, str]:
    link, feed, own_feed, screen = new_secret(), new_secret(), new_secret(), new_secret()
    db.session.add(
        HallScreen(
            name="Gang beneden", token_hash=screen.hash, shown_as=ShownAs.FIRST_NAMES, rooms=[],
            until=NOW.date() + timedelta(days=30), created_at=NOW,
        )
    )  # fmt: skip
    db.session.add(
        AccessLink(
            token_hash=link.hash, kind=HolderKind.GUARDIAN, guardian_id=layla.id, year_id=start.year_id,
            created_at=NOW, expires_at=NOW + timedelta(days=300),
        )
    )  # fmt: skip
    db.session.add(CalendarFeed(token_hash=feed.hash, staff_id=bas.id, created_at=NOW))
    db.session.add(FamilyFeed(token_hash=own_feed.hash, guardian_id=layla.id, created_at=NOW))
    db.session.commit()
    return {
        "links": link.token, "feeds": feed.token, "feeds.show_family": own_feed.token, "screens": screen.token,
    }  # fmt: skip


def _a_single(world: World) -> dict[str, int | str]:
    """Bas proposes a follow-up about Sami, at a time of its own."""
    standing = Round(
        year_id=world.start.year_id, kind=RoundKind.FOLLOW_UP, name="Los: vervolggesprek", mode=RoundMode.PICK,
        starts_on=date(2027, 8, 1), ends_on=date(2028, 7, 31), closes_at=NOW, created_at=NOW,
    )  # fmt: skip
    db.session.add(standing)
    db.session.flush()
    request = TalkRequest(
        round_id=standing.id, pupil_id=world.sami.id, household_id=world.samis_talk.household_id,
        teacher_id=world.bas.id, wanted=False, obligatory=True, asked_at=NOW, staff_id=world.bas.id,
    )  # fmt: skip
    db.session.add_all([StandingRound(round_id=standing.id, year_id=standing.year_id, kind=standing.kind), request])
    db.session.flush()
    begins = NOW + timedelta(days=20)
    talk = SingleTalk(
        request_id=request.id, state=SingleState.PROPOSED, minutes=20, medium=Medium.SCHOOL,
        pupil_part=PupilPart.PRESENT, made_at=NOW, expires_at=begins,
        times=[SingleTime(starts_at=begins, ends_at=begins + timedelta(minutes=20))],
    )  # fmt: skip
    (freed,) = some_slots(standing, world.bas, count=1, first=NOW + timedelta(days=21), opened=False)
    kept = FreedOffer(
        key="kept", request_id=request.id, slot_id=freed.id, starts_at=freed.starts_at,
        ends_at=freed.ends_at, offered_at=NOW, expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    db.session.add_all([talk, kept])
    db.session.commit()
    return {"single_id": talk.id, "offer": kept.key}


def _a_year_plan(world: World) -> dict[str, int | str]:
    """Karin's class has a parents' evening that everybody knows; at that hour Bas's class has its reception.

    The families of both classes are invited, Karin's to a meeting; Layla's home comes to both.
    """
    year_id, at = world.start.year_id, {"day": date(2027, 10, 5), "begins": time(19, 30), "ends": time(20, 15)}
    more = {"year_id": year_id, "for_all": False, "ical_stamp": NOW}
    evening = PlannedDate(
        kind=PlannedKind.PARENTS_EVENING, place="aula", published_at=NOW, ical_uid="y-six@driehoek", moved=True,
        classes=[PlannedClass(class_id=world.six.id)], **at, **more,
    )  # fmt: skip
    reception = PlannedDate(
        kind=PlannedKind.RECEPTION, why=Why.START_OF_YEAR, place="Aula", ical_uid="y-three@driehoek",
        published_at=NOW, classes=[PlannedClass(class_id=world.three.id)], **at, **more,
    )  # fmt: skip
    planning = YearPlanning(
        year_id=year_id, information=InformationEvening.WEEK_TWO, circles=6, reception_minutes=45, avoids=True,
        planned_at=NOW, findings=[{"what": "by_poll", "kind": "information_evening", "groups": [], "count": 0}],
    )  # fmt: skip
    meeting = PlannedDate(
        year_id=year_id, kind=PlannedKind.INFORMAL_MEETING, day=date(2027, 10, 12), begins=time(19, 30), ends=time(21),
        for_all=False, classes=[PlannedClass(class_id=world.six.id)], place="aula", published_at=NOW,
        ical_uid="y-meeting@driehoek", ical_stamp=NOW,
    )  # fmt: skip
    db.session.add_all([planning, evening, reception, meeting])
    db.session.flush()
    layla = GatheringAnswer(
        planned_id=meeting.id, household_id=world.samis_talk.household_id, coming=Coming.YES, adults=2, answered_at=NOW
    )
    db.session.add_all([Gathering(planned_id=meeting.id, childcare=True, invited_at=NOW), layla])
    held = Gathering(planned_id=reception.id, route="via het plein", capacity=60, invited_at=NOW)
    said = GatheringAnswer(
        planned_id=reception.id, household_id=world.samis_talk.household_id, coming=Coming.YES, adults=2, children=1,
        answered_at=NOW,
    )  # fmt: skip
    db.session.add_all([held, said])
    db.session.commit()
    return {"planned_id": reception.id, "gathering_id": meeting.id} | _a_circle(world)


def _a_circle(world: World) -> dict[str, int | str]:
    """The parents of Bas's class are asked what they would like to talk about in the parent circle."""
    circle = PlannedDate(
        year_id=world.start.year_id, kind=PlannedKind.PARENT_CIRCLE, day=date(2027, 11, 17), begins=time(20),
        ends=time(22), for_all=False, classes=[PlannedClass(class_id=world.three.id)], place="aula", published_at=NOW,
        ical_uid="y-circle@driehoek", ical_stamp=NOW,
    )  # fmt: skip
    db.session.add(circle)
    db.session.flush()
    asked = GatheringTopic(
        planned_id=circle.id, class_id=world.three.id, words="Fietsen bij de poort", asked_on=NOW.date()
    )
    db.session.add(asked)
    db.session.commit()
    return {"collecting_id": circle.id, "circle_id": circle.id}


def _a_meeting(world: World) -> dict[str, int | str]:
    """The internal supervisor asks Sami's family and Bas to one table."""
    begins = NOW + timedelta(days=27)
    row = SupportMeeting(
        year_id=world.start.year_id, pupil_id=world.sami.id, household_id=world.samis_talk.household_id,
        supervisor_id=world.supervisor.id, teacher_id=world.bas.id, starts_at=begins,
        ends_at=begins + timedelta(minutes=45), room="overlegkamer", ical_uid="m-1@localhost", ical_stamp=NOW,
        made_at=NOW, guests=[SupportGuest(name="A. Bakker", email="a.bakker@example.org")],
    )  # fmt: skip
    db.session.add(row)
    db.session.commit()
    return {"meeting_id": row.id}


def _a_contact(world: World) -> dict[str, int | str]:
    """Sami's mother is contact parent of his class, and has something to tell it."""
    row = ClassContact(
        class_id=world.three.id, guardian_id=world.layla.id, state=ContactState.YES, shown_as="Layla", asked_at=NOW,
        said_at=NOW,
    )  # fmt: skip
    message = ClassMessage(
        contact=row, subject="Koffie", words="Wie komt er mee koffie drinken?", state=MessageState.WAITING,
        written_at=NOW,
    )  # fmt: skip
    proposal = MeetingProposal(
        contact=row, day=date(2027, 9, 23), begins=time(19, 30), ends=time(21), place="aula", theme="gamen",
        state=MeetingState.PROPOSED, made_at=NOW,
    )  # fmt: skip
    db.session.add_all([row, message, proposal])
    db.session.commit()
    trip = ClassTask(
        class_id=world.three.id, guardian_id=world.layla.id, title="Schoolreis", day=date(2027, 10, 8), what="Rijden",
        wanted=1, made_at=NOW,
    )  # fmt: skip
    db.session.add(trip)
    db.session.commit()
    return {"contact_id": row.id, "class_message_id": message.id, "class_task_id": trip.id}


def _a_log(world: World) -> dict[str, int | str]:
    """Bas called Sami's home with good news, and means to call again this week."""
    whose = {
        "year_id": world.start.year_id, "pupil_id": world.sami.id, "household_id": world.samis_talk.household_id,
        "staff_id": world.bas.id, "channel": Channel.CALL,
    }  # fmt: skip
    row = LoggedContact(
        **whose, day=NOW.date(), began=Initiative.SCHOOL, went=Went.DONE, good_news=True, minutes=10,
        line="wij lezen elke dag samen", logged_at=NOW,
    )  # fmt: skip
    db.session.add_all([row, DueContact(**whose, opens_on=NOW.date(), closes_on=NOW.date() + timedelta(days=1))])
    db.session.commit()
    return {"contact_note_id": row.id}


def _a_buddy(world: World) -> dict[str, int | str]:
    """Sami's mother looks for somebody; Els was asked with her, and has not answered."""
    need, offer = (
        BuddyWish(
            year_id=world.start.year_id, guardian_id=parent.id, kind=BuddyKind.LANGUAGE, offers=offers, topic="Pools",
            noted_at=NOW,
        )
        for parent, offers in ((world.layla, False), (world.els, True))
    )  # fmt: skip
    db.session.add_all([need, offer])
    db.session.flush()
    pair = BuddyPair(need_id=need.id, offer_id=offer.id, asked_at=NOW, need_yes=True, need_shows=Shown.MAIL)
    db.session.add(pair)
    db.session.commit()
    return {"wish_id": need.id, "pair_id": pair.id}


def _a_checklist(world: World) -> dict[str, int | str]:
    """What Bas wrote for himself about Sami's parents."""
    whose = {
        "year_id": world.start.year_id,
        "staff_id": world.bas.id,
        "pupil_id": world.sami.id,
        "written_on": NOW.date(),
    }
    said = {Asked.BACKGROUND: Answer.A_LITTLE, Asked.STEP: "Bellen als het rapport er is."}
    db.session.add_all(
        ChecklistMark(**whose, moment=Moment.AUTUMN, key=key, value=value) for key, value in said.items()
    )
    db.session.commit()
    return {}


def a_world_to_visit() -> World:
    """The same, with rows that can still be read after the app context is gone: for tests of pages."""
    db.session().expire_on_commit = False
    found = a_world()
    found.more |= _a_single(found)
    found.more |= _a_year_plan(found)
    found.more |= _a_meeting(found)
    found.more |= _a_contact(found)
    found.more |= _a_log(found)
    found.more |= _a_buddy(found)
    found.more |= _a_checklist(found)
    db.session.expunge_all()
    db.session.remove()
    return found


def a_full_world_to_visit() -> World:
    """The same, where what only some schools and families have stands on the pages of the round and of Bas as well."""
    found = a_world_to_visit()
    _who_comes_how(found)
    _what_samis_home_asked(found)
    db.session.remove()
    return found


def _who_comes_how(world: World) -> None:
    """Bas talks with Tess's two homes, of which one phones, and goes to Aya's; Karin leads the class with him."""
    three, start = db.session.get_one(ClassGroup, world.three.id), db.session.get_one(Round, world.start.id)
    db.session.add(ClassLeader(class_id=three.id, staff_id=world.karin.id, position=2))
    tess, aya = a_pupil("Tess", three), a_pupil("Aya", three)
    a_guardian("Meryem", tess)
    kees, nadia = a_guardian("Kees", tess, position=2), a_guardian("Nadia", aya)
    slots = [db.session.get_one(Slot, world.bas_slots[place].id) for place in (3, 5)]
    together, visit = a_booking(start, tess, slots[0]), a_booking(start, aya, slots[1], household=household_of(nadia))
    db.session.add_all(
        [
            HomeByPhone(booking_id=together.id, household_id=household_of(kees).id, said_at=NOW),
            TalkWay(booking_id=visit.id, way=Medium.HOME, address="Dorpsstraat 1", travel_before=10, travel_after=10),
        ]
    )
    db.session.commit()


def _what_samis_home_asked(world: World) -> None:
    """Both mentors, an interpreter for the round and for a single talk; the other parent asked to be told."""
    sami, home = db.session.get_one(Pupil, world.sami.id), world.samis_talk.household_id
    sem = a_guardian("Sem", sami, position=3, authority=Authority.NO)
    tie = db.session.query(Guardianship).filter_by(guardian_id=sem.id).one()
    tie.on_request, tie.asked_on = OnRequest.INFORMATION, NOW.date()
    single = db.session.get_one(SingleTalk, world.more["single_id"]).request
    whose, of_round = {"pupil_id": sami.id, "household_id": home, "asked_at": NOW}, {"round_id": world.start.id}
    booked = {"language": "Tigrinya", "outsider_id": world.more["outsider_id"], "state": HelpState.BOOKED}
    said = HomeWishes(**of_round, household_id=home, both_mentors=True, said_at=NOW, guardian_id=world.layla.id)
    comes = {"kind": ExtraKind.MENTOR, "state": ExtraState.ARRANGED, "staff_id": world.karin.id}
    alone = {"round_id": single.round_id, "request_id": single.id}
    asked = [InterpreterRequest(**one, **whose, **booked) for one in (of_round, alone)]
    db.session.add_all([said, *asked, ExtraPerson(**of_round, **whose, **comes)])
    db.session.commit()


def an_adult(world: World) -> Pupil:
    """A pupil of eighteen in Karin's class, who speaks for herself."""
    return a_pupil("Kirsten", world.six, birth_date=date(2008, 1, 1))


def a_welcome_visit(world: World) -> None:
    """Sami's home agreed on visits at home, and said yes itself."""
    plan = db.session.query(CommunicationPlan).filter_by(pupil_id=world.sami.id).one()
    person = Person(HolderKind.GUARDIAN, world.layla.id)
    plans.welcome_home_visit(plan_id=plan.id, seen_version=plan.version, person=person, by=person.actor, now=NOW)
