"""At school, on the phone or by video: the family's own choice within what a round offers; on both databases."""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.leading import SlotPast
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.on_the_day import ShownAs
from scheduling.domain.rounds import OtherHomeToo, RoundKind, RoundMode, TalkCancelled, TooLate
from scheduling.domain.single_talks import Details, JoinLinkNeeded, JoinLinkUsed, Medium
from scheduling.domain.timeslots import Span
from scheduling.domain.ways import NobodyAtTheTable, WayChangedMeanwhile, WayNotOffered, seen_as
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, Sheet, write
from scheduling.models import Booking, JournalLine, Outbox, Round, School, TalkWay, db
from scheduling.queries import family, on_the_day
from scheduling.queries.feeds import find_agenda
from scheduling.queries.leading import the_talk
from scheduling.queries.letters import find_letter
from scheduling.queries.personal_data import file_of
from scheduling.services import bookings, leading, single_talks, ways
from scheduling.services import on_the_day as the_day
from scheduling.services.transaction import transaction
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
from tests.calendars.readers import libical_errors

pytestmark = pytest.mark.usefixtures("any_context")

LINK = "https://beeld.example.org/kamer-sami"
OWN_LINK = re.compile(r"https://beeld\.example\.org/[0-9a-f]{20}")


class Scene:
    """Bas sees Sami and Daan, each with one home, and Noor, whose two homes come together."""

    def __init__(self) -> None:
        a_school()
        a_year()
        self.bas, self.anna = a_leader("bas"), a_leader("anna")
        three = a_class("3", leaders=[self.bas])
        self.sami, daan, noor = (a_pupil(name, three) for name in ("Sami", "Daan", "Noor"))
        self.layla, self.petra = a_guardian("Layla", self.sami), a_guardian("Petra", daan)
        self.jan, self.fatma = a_guardian("Jan", noor), a_guardian("Fatma", noor)
        self.round = a_round(classes=[three], mode=RoundMode.PICK)
        self.slots = some_slots(self.round, self.bas, count=6)
        self.samis = self.told(a_booking(self.round, self.sami, self.slots[0], household=household_of(self.layla)))
        self.daans = self.told(a_booking(self.round, daan, self.slots[1], household=household_of(self.petra)))
        self.noors = self.told(a_booking(self.round, noor, self.slots[3]))

    def told(self, talk: Booking) -> Booking:
        talk.invited_at = NOW
        db.session.commit()
        return talk

    def offers(self, *, phone: bool = False, video: bool = False, template: str = "") -> None:
        found = db.session.get_one(Round, self.round.id)
        found.by_phone, found.by_video = phone, video
        db.session.get_one(School, 1).video_template = template
        db.session.commit()

    def chooses(self, way: Medium, talk: Booking | None = None, who=None, now: datetime = NOW) -> None:
        talk = talk or self.samis
        ways.choose(booking_id=talk.id, way=way, by=parent(who or self.layla), now=now)

    def sets(self, way: Medium, link: str = "", talk: Booking | None = None, **more) -> None:
        talk = talk or self.samis
        given = {"leader_id": self.bas.id, "by": Actor(ActorKind.STAFF, self.bas.id), "now": NOW, "seen": seen(talk)}
        ways.set_way(booking_id=talk.id, way=way, join_link=link, **(given | more))

    def page(self, who=None) -> family.Talk:
        return family.family_of(parent(who or self.layla), NOW).talks[0]


TEMPLATE = "https://beeld.example.org/{code}"


@pytest.fixture
def scene() -> Scene:
    return Scene()


def parent(who) -> Actor:
    return Actor(ActorKind.GUARDIAN, who.id)


def row(talk: Booking) -> TalkWay | None:
    return db.session.get(TalkWay, talk.id, populate_existing=True)


def met(talk: Booking) -> Medium:
    found = row(talk)
    return found.way if found else Medium.SCHOOL


def seen(talk: Booking) -> str:
    """What a page that is opened now remembers of it."""
    found = row(talk)
    return seen_as(found.way, found.join_link) if found else seen_as(Medium.SCHOOL, "")


def letters(talk: Booking) -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.booking_id == talk.id).order_by(Outbox.id)))


def newest(talk: Booking) -> Sheet:
    facts = find_letter(letters(talk)[-1].id, NOW)
    assert facts is not None
    return write(facts, token="t", paper=Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org"))


def calendar_lines(sheet: Sheet) -> list[str]:
    assert sheet.calendar is not None
    assert libical_errors(sheet.calendar) == 0
    return sheet.calendar.decode().replace("\r\n ", "").splitlines()


def test_every_talk_is_at_school_until_the_school_offers_something_else(scene):
    assert scene.page().ways == (Medium.SCHOOL,)
    assert not scene.page().may_choose_way(NOW)
    for way in (Medium.PHONE, Medium.VIDEO, Medium.HOME):
        with pytest.raises(WayNotOffered):
            scene.chooses(way)
    assert row(scene.samis) is None
    assert letters(scene.samis) == []


def test_a_family_chooses_the_phone_and_school_again_and_hears_each_change_once(scene):
    scene.offers(phone=True)
    before = (scene.samis.ical_uid, scene.samis.ical_sequence, scene.samis.starts_at)
    for _ in range(2):
        scene.chooses(Medium.PHONE)
    assert met(scene.samis) is Medium.PHONE
    assert [one.letter for one in letters(scene.samis)] == [Letter.CHANGED]
    sheet = newest(scene.samis)
    assert "De tijd blijft. U spreekt elkaar nu aan de telefoon." in sheet.text
    assert "Andere manier:" in sheet.subject
    lines = calendar_lines(sheet)
    assert f"UID:{before[0]}" in lines
    assert f"SEQUENCE:{before[1] + 1}" in lines
    assert "LOCATION:Aan de telefoon" in lines
    assert not [line for line in lines if line.startswith(("URL", "CONFERENCE"))]
    scene.chooses(Medium.SCHOOL)
    assert row(scene.samis) is None
    assert db.session.get_one(Booking, scene.samis.id).ical_sequence == before[1] + 2
    assert db.session.get_one(Booking, scene.samis.id).starts_at == before[2]
    noted = db.session.scalars(select(JournalLine.facts).where(JournalLine.action == "bookings.change_way")).all()
    assert [(one["left"], one["way"]) for one in noted] == [("school", "phone"), ("phone", "school")]


def test_a_video_call_gets_its_own_link_in_the_letter_the_calendar_and_on_the_page(scene):
    scene.offers(video=True, template=TEMPLATE)
    scene.chooses(Medium.VIDEO)
    scene.chooses(Medium.VIDEO, scene.daans, scene.petra)
    link, other = row(scene.samis).join_link, row(scene.daans).join_link
    assert link != other
    assert OWN_LINK.fullmatch(link)
    assert scene.page().join_link == link
    sheet = newest(scene.samis)
    assert link in sheet.text
    assert link in sheet.html
    assert other not in sheet.text + sheet.html
    lines = calendar_lines(sheet)
    assert f"URL:{link}" in lines
    assert next(line for line in lines if line.startswith("CONFERENCE")).endswith(link)


def test_without_a_template_a_family_has_no_link_to_choose(scene):
    scene.offers(video=True)
    assert scene.page().ways == (Medium.SCHOOL,)
    with pytest.raises(WayNotOffered):
        scene.chooses(Medium.VIDEO)


def test_who_was_given_a_video_call_may_always_come_to_school_or_phone(scene):
    scene.sets(Medium.VIDEO, LINK)
    assert scene.page().ways == (Medium.SCHOOL, Medium.PHONE, Medium.VIDEO), "never only digital"
    scene.chooses(Medium.PHONE)
    assert met(scene.samis) is Medium.PHONE
    assert scene.page().ways == (Medium.SCHOOL, Medium.PHONE)


def test_a_family_chooses_until_its_own_deadline_and_the_school_until_the_talk_is_over(scene):
    scene.offers(phone=True)
    last = scene.samis.starts_at - timedelta(hours=scene.round.lead_time_hours)
    with pytest.raises(TooLate):
        scene.chooses(Medium.PHONE, now=last)
    scene.chooses(Medium.PHONE, now=last - timedelta(minutes=1))
    scene.sets(Medium.SCHOOL, now=scene.samis.starts_at)
    with pytest.raises(SlotPast):
        scene.sets(Medium.PHONE, now=scene.samis.ends_at)
    assert met(scene.samis) is Medium.SCHOOL


def test_of_two_homes_one_takes_part_on_the_phone_and_the_other_hears_nothing_of_it(scene):
    before = scene.noors.ical_sequence
    assert scene.page(scene.jan).ways == (Medium.SCHOOL, Medium.PHONE), "whatever the round offers"
    for _ in range(2):
        scene.chooses(Medium.PHONE, scene.noors, scene.jan)
    assert met(scene.noors) is Medium.SCHOOL
    assert (scene.page(scene.jan).met, scene.page(scene.fatma).met) == (Medium.PHONE, Medium.SCHOOL)
    assert [one.guardian_id for one in letters(scene.noors)] == [scene.jan.id]
    lines = calendar_lines(newest(scene.noors))
    assert "LOCATION:Aan de telefoon" in lines
    assert f"SEQUENCE:{before}" in lines, "letters to the other home that have not left yet stay the newest"
    found = the_talk(scene.noors.id, scene.bas.id, now=NOW)
    assert [name.given for name in found.phoning] == ["Jan"]
    assert [(one.action, one.facts["way"]) for one in db.session.scalars(select(JournalLine))] == [
        ("ways.take_part", "phone")
    ]
    scene.chooses(Medium.SCHOOL, scene.noors, scene.jan)
    assert scene.page(scene.jan).met is Medium.SCHOOL
    assert [one.guardian_id for one in letters(scene.noors)] == [scene.jan.id] * 2
    for way in (Medium.VIDEO, Medium.HOME):
        with pytest.raises(OtherHomeToo):
            scene.chooses(way, scene.noors, scene.jan)


def test_the_school_writes_down_which_home_is_on_the_phone_and_somebody_sits_at_the_table(scene):
    jans, fatmas = household_of(scene.jan).id, household_of(scene.fatma).id
    given = {"booking_id": scene.noors.id, "by": Actor(ActorKind.STAFF, scene.bas.id), "now": NOW}
    with pytest.raises(NobodyAtTheTable):
        ways.set_part(leader_id=scene.bas.id, phoning=[jans, fatmas], **given)
    with pytest.raises(NotFound):
        ways.set_part(leader_id=scene.anna.id, phoning=[jans], **given)
    assert letters(scene.noors) == []
    ways.set_part(leader_id=scene.bas.id, phoning=[fatmas], **given)
    ways.set_part(leader_id=scene.bas.id, phoning=[jans], **given)
    assert [one.guardian_id for one in letters(scene.noors)] == [scene.fatma.id, scene.jan.id, scene.fatma.id]
    assert (scene.page(scene.jan).met, scene.page(scene.fatma).met) == (Medium.PHONE, Medium.SCHOOL)
    with pytest.raises(NotFound):
        ways.set_part(leader_id=scene.bas.id, phoning=[], **given | {"booking_id": scene.samis.id})


def test_a_talk_that_comes_back_keeps_who_is_on_the_phone(scene):
    scene.chooses(Medium.PHONE, scene.noors, scene.jan)
    for who in (scene.fatma, scene.jan):
        bookings.cancel(booking_id=scene.noors.id, by=parent(who), now=NOW)
    again = bookings.undo_cancel(booking_id=scene.noors.id, by=parent(scene.jan), now=NOW)
    assert again != scene.noors.id
    assert scene.page(scene.jan).met is Medium.PHONE


def test_the_school_changes_a_talk_with_two_homes_for_both(scene):
    scene.sets(Medium.PHONE, talk=scene.noors)
    assert {one.guardian_id for one in letters(scene.noors)} == {scene.jan.id, scene.fatma.id}


def test_nobody_changes_how_another_family_or_leader_meets(scene):
    scene.offers(phone=True)
    with pytest.raises(NotFound):
        scene.chooses(Medium.PHONE, who=scene.petra)
    with pytest.raises(NotFound):
        scene.sets(Medium.PHONE, leader_id=scene.anna.id)
    with pytest.raises(WayNotOffered):
        scene.sets(Medium.HOME)
    assert db.session.scalar(select(func.count()).select_from(TalkWay)) == 0


def test_a_talk_that_is_off_is_not_met_in_another_way(scene):
    scene.offers(phone=True)
    bookings.cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    with pytest.raises(TalkCancelled):
        scene.chooses(Medium.PHONE)
    with pytest.raises(TalkCancelled):
        scene.sets(Medium.PHONE)


def test_the_school_pastes_a_link_that_no_other_talk_has(scene):
    scene.sets(Medium.VIDEO, LINK)
    with pytest.raises(JoinLinkUsed):
        scene.sets(Medium.VIDEO, LINK, talk=scene.daans)
    with pytest.raises(JoinLinkNeeded):
        scene.sets(Medium.VIDEO, "http://beeld.example.org/kamer", talk=scene.daans)
    with pytest.raises(JoinLinkNeeded):
        scene.sets(Medium.VIDEO, talk=scene.daans)
    assert row(scene.daans) is None
    bookings.cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    scene.sets(Medium.VIDEO, LINK, talk=scene.daans)
    assert row(scene.daans).join_link == LINK


def test_who_looked_before_a_colleague_or_the_family_chose_hears_what_stands_now(scene):
    scene.offers(phone=True)
    opened = seen(scene.samis)
    scene.sets(Medium.VIDEO, LINK)
    with pytest.raises(WayChangedMeanwhile) as refusal:
        scene.sets(Medium.VIDEO, f"{LINK}-2", seen=opened)
    assert (refusal.value.way, refusal.value.link) == (Medium.VIDEO, LINK)
    scene.sets(Medium.VIDEO, LINK, seen=opened)
    assert len(letters(scene.samis)) == 1, "saving what stands already is no second change"
    opened = seen(scene.samis)
    scene.chooses(Medium.PHONE)
    with pytest.raises(WayChangedMeanwhile) as refusal:
        scene.sets(Medium.VIDEO, f"{LINK}-2", seen=opened)
    assert (refusal.value.way, refusal.value.link) == (Medium.PHONE, "")
    assert met(scene.samis) is Medium.PHONE


def test_a_talk_of_a_round_and_one_for_a_single_pupil_never_share_a_link(scene):
    def arrange(link: str) -> int:
        details = Details(RoundKind.FOLLOW_UP, 20, Medium.VIDEO, PupilPart.PRESENT, join_link=link)
        begins = TUESDAY + timedelta(days=7)
        return single_talks.arrange(
            details=details, pupil_id=scene.sami.id, household_id=household_of(scene.layla).id,
            spans=[Span(begins, begins + timedelta(minutes=20))], anyway=False, after_id=None, leader_id=scene.bas.id,
            by=Actor(ActorKind.STAFF, scene.bas.id), now=NOW,
        )  # fmt: skip

    scene.sets(Medium.VIDEO, LINK)
    with pytest.raises(JoinLinkUsed):
        arrange(LINK)
    arrange(f"{LINK}-2")
    with pytest.raises(JoinLinkUsed):
        scene.sets(Medium.VIDEO, f"{LINK}-2", talk=scene.daans)


def test_a_new_link_for_the_same_call_is_told_as_that(scene):
    scene.sets(Medium.VIDEO, LINK)
    scene.sets(Medium.VIDEO)
    assert row(scene.samis).join_link == LINK, "who leaves the field empty keeps the link"
    letters(scene.samis)[0].state = OutboxState.SENT
    db.session.commit()
    scene.sets(Medium.VIDEO, f"{LINK}-2")
    sheet = newest(scene.samis)
    assert "De tijd blijft, de link is nieuw." in sheet.text
    assert f"{LINK}-2" in sheet.text
    assert LINK not in str([one.facts for one in letters(scene.samis)])


def test_a_family_that_was_not_told_of_its_talk_is_not_told_of_the_way(scene):
    scene.samis.invited_at = None
    db.session.commit()
    scene.sets(Medium.PHONE)
    assert letters(scene.samis) == []


def test_the_way_stays_with_its_family_when_talks_move_swap_or_come_back(scene):
    scene.sets(Medium.VIDEO, LINK)
    bookings.move(booking_id=scene.samis.id, slot_id=scene.slots[4].id, by=parent(scene.layla), now=NOW)
    assert row(scene.samis).join_link == LINK
    assert "Dit is de nieuwe tijd" in newest(scene.samis).html
    assert LINK in newest(scene.samis).text
    with transaction() as session:
        talks = [session.get_one(Booking, one.id) for one in (scene.samis, scene.daans)]
        bookings.hold_all(session, talks, NOW)
        there, back = (list(one.slots) for one in talks)
        bookings.exchange(session, moves=[(talks[0], back), (talks[1], there)], by=SYSTEM, now=NOW)
    assert (met(scene.samis), met(scene.daans)) == (Medium.VIDEO, Medium.SCHOOL)
    bookings.cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    again = bookings.undo_cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    assert again != scene.samis.id
    assert db.session.get_one(TalkWay, again).join_link == LINK


def test_who_is_on_the_phone_is_not_expected_at_the_school(scene):
    token = the_day.hang_screen(
        name="Gang", shown_as=ShownAs.FIRST_NAMES, rooms=(), until=TUESDAY.date(),
        by=Actor(ActorKind.STAFF, scene.bas.id), now=NOW,
    )  # fmt: skip

    def shown() -> list[str]:
        screen = on_the_day.find_screen(token, TUESDAY)
        assert screen is not None
        return [talk.pupil.given for talk in screen.talks]

    assert "Sami" in shown()
    scene.sets(Medium.PHONE)
    assert "Sami" not in shown()
    assert "Daan" in shown()
    door = on_the_day.doors_on(TUESDAY.date())[0]
    assert [(talk.pupil.given, talk.at_school) for talk in door.talks][:2] == [("Sami", False), ("Daan", True)]


def test_leader_agenda_and_the_familys_own_data_tell_it_and_calling_off_takes_it_from_the_calendar(scene):
    scene.sets(Medium.VIDEO, LINK)
    talk = the_talk(scene.samis.id, scene.bas.id, now=NOW)
    assert (talk.met, talk.join_link) == (Medium.VIDEO, LINK)
    agenda = find_agenda(scene.bas.id, NOW)
    assert agenda is not None
    assert {one.medium for one in agenda.talks if one.uid == scene.samis.ical_uid} == {Medium.VIDEO}
    own = str(file_of(ActorKind.GUARDIAN, scene.layla.id))
    assert LINK in own
    assert "video" in own
    leading.call_off(
        booking_id=scene.samis.id, leader_id=scene.bas.id, by=Actor(ActorKind.STAFF, scene.bas.id), now=NOW
    )
    sheet = newest(scene.samis)
    assert letters(scene.samis)[-1].letter is Letter.CANCELLED
    assert "METHOD:CANCEL" in calendar_lines(sheet)
