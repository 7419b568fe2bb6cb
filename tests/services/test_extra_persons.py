"""Who else comes to a talk: asking, arranging, and telling everybody who is concerned."""

from datetime import date, timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import (
    MOST_EXTRAS,
    ExtraKind,
    ExtraNeedsName,
    ExtrasFull,
    ExtraState,
    NoSuchExtra,
    WhoComes,
    last_day_to_ask,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.rounds import BookingOrigin
from scheduling.domain.single_talks import Medium
from scheduling.domain.years import DayKind
from scheduling.mail.letters import write
from scheduling.models import ExtraPerson, Outbox, Outsider, SchoolDay, TalkColleague, TalkGuest, TalkWay, db
from scheduling.queries import extra_persons as asking
from scheduling.queries import family, feeds
from scheduling.queries import guests as told_queries
from scheduling.queries.leading import the_talk
from scheduling.queries.letters import find_letter
from scheduling.services import extra_persons, guests, leading, staff
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
    an_office_worker,
    household_of,
    some_slots,
)
from tests.mail.facts import PAPER

pytestmark = pytest.mark.usefixtures("any_context")


class Story:
    """Anna leads Sami's talk with Layla, and Mila's with both homes; Karin is a colleague."""

    def __init__(self) -> None:
        a_school()
        office = an_office_worker()
        self.office = Actor(ActorKind.STAFF, office.id)
        self.anna, self.karin = a_leader("anna"), a_leader("karin")
        three = a_class("3", leaders=[self.anna])
        self.round = a_round(classes=[three])
        self.sami, self.mila = a_pupil("Sami", three), a_pupil("Mila", three)
        self.tess = a_pupil("Tess", three)
        self.layla = a_guardian("Layla", self.sami)
        self.ruud, self.els = a_guardian("Ruud", self.mila), a_guardian("Els", self.mila, position=2)
        self.slots = some_slots(self.round, self.anna, count=8)
        self.samis = a_booking(self.round, self.sami, self.slots[0], household=household_of(self.layla))
        self.milas = a_booking(self.round, self.mila, self.slots[2])
        db.session.commit()

    def asks(self, kind=ExtraKind.COUNSELLOR, name="", *, pupil=None, parent=None) -> int:
        extra_persons.ask(
            round_id=self.round.id, pupil_id=(pupil or self.sami).id, request_id=None, kind=kind, name=name,
            by=self.speaks(parent or self.layla), now=NOW,
        )  # fmt: skip
        return max(row.id for row in db.session.query(ExtraPerson))

    def speaks(self, parent) -> Actor:
        return Actor(ActorKind.GUARDIAN, parent.id)

    def decides(
        self, extra_id, state=ExtraState.ARRANGED, who="", name="", email="", *, talk=None, leader=None
    ) -> None:
        extra_persons.decide(
            extra_id=extra_id, booking_id=(talk or self.samis).id, leader_id=(leader or self.anna).id, state=state,
            who=who, name=name, email=email, by=self.office, now=NOW,
        )  # fmt: skip

    def moves(self, slot) -> None:
        leading.move(
            booking_id=self.samis.id, slot_id=slot.id, leader_id=self.anna.id, agreed=False,
            origin=BookingOrigin.LEADER, by=self.office, now=NOW,
        )  # fmt: skip

    def seen_by(self, parent, pupil) -> tuple[asking.Extra, ...]:
        return family.family_of(self.speaks(parent), NOW).talk(self.round.id, pupil.id).extras


@pytest.fixture
def story() -> Story:
    return Story()


def letters(*kinds: Letter) -> list[Outbox]:
    db.session.expire_all()
    return list(db.session.query(Outbox).filter(Outbox.letter.in_(kinds)).order_by(Outbox.id))


def read(row: Outbox) -> tuple[str, str]:
    """The letter as it leaves: all its words, and its calendar with the folded lines unfolded."""
    found = find_letter(row.id, NOW)
    assert found.stop is None
    made = write(found, token="geheim", paper=PAPER)
    return made.subject + made.text + made.html, (made.calendar or b"").replace(b"\r\n ", b"").decode()


@pytest.mark.parametrize("day, days, free, last", [
    (date(2027, 8, 31), 5, (), date(2027, 8, 24)),
    (date(2027, 8, 30), 1, (), date(2027, 8, 27)),
    (date(2027, 8, 31), 5, (date(2027, 8, 26), date(2027, 8, 27)), date(2027, 8, 20)),
    (date(2027, 8, 31), 0, (), date(2027, 8, 31)),
])  # fmt: skip
def test_school_days_are_counted_without_weekends_and_free_days(day, days, free, last):
    assert last_day_to_ask(day, days, free) == last


def test_a_late_question_is_said_to_be_late_and_is_asked_all_the_same(story):
    starts = story.samis.starts_at
    last = asking.deadline_of(story.samis.id, NOW).day
    db.session.add(
        SchoolDay(year_id=story.round.year_id, kind=DayKind.CLOSED_DAY, label="vrij", starts_on=last, ends_on=last)
    )
    db.session.commit()
    assert asking.deadline_of(story.samis.id, NOW).day < last
    assert asking.deadline_of(story.samis.id, starts - timedelta(hours=1)).is_over
    extra_persons.ask(
        round_id=story.round.id, pupil_id=story.sami.id, request_id=None, kind=ExtraKind.CARE, name="",
        by=story.speaks(story.layla), now=starts - timedelta(hours=1),
    )  # fmt: skip
    assert db.session.query(ExtraPerson).one().state is ExtraState.ASKED
    with pytest.raises(NotFound):
        extra_persons.ask(
            round_id=story.round.id, pupil_id=story.sami.id, request_id=None, kind=ExtraKind.EXTERNAL, name="",
            by=story.speaks(story.layla), now=starts + timedelta(days=1),
        )  # fmt: skip


def test_the_same_question_twice_is_one_and_there_is_an_end_to_them(story):
    story.asks()
    story.asks()
    assert db.session.query(ExtraPerson).count() == 1
    for number in range(MOST_EXTRAS - 1):
        story.asks(ExtraKind.FAMILY, f"Oma {number}")
    with pytest.raises(ExtrasFull):
        story.asks(ExtraKind.FAMILY, "Nog een oma")
    with pytest.raises(ExtraNeedsName):
        story.asks(ExtraKind.FAMILY, "  ")
    with pytest.raises(NotFound):
        story.asks(parent=story.ruud)


def test_an_adult_of_the_family_simply_comes_and_the_leader_sees_it(story):
    extra = story.asks(ExtraKind.FAMILY, "Tante Fatma")
    (shown,) = the_talk(story.samis.id, story.anna.id, now=NOW).extras
    assert (shown.who, shown.state) == ("Tante Fatma", ExtraState.ARRANGED)
    assert guests.tell(NOW) == 0
    with pytest.raises(NoSuchExtra):
        story.decides(extra, ExtraState.NOT_POSSIBLE)
    assert letters(Letter.EXTRA_SAID) == []


def test_a_home_sees_its_own_question_alone_and_takes_back_nobody_elses(story):
    extra = story.asks(pupil=story.mila, parent=story.ruud)
    assert [one.id for one in story.seen_by(story.ruud, story.mila)] == [extra]
    assert story.seen_by(story.els, story.mila) == ()
    with pytest.raises(NoSuchExtra):
        extra_persons.take_back(extra_id=extra, by=story.speaks(story.els), now=NOW)
    story.decides(extra, who=f"s{story.karin.id}", talk=story.milas)
    assert [row.address for row in letters(Letter.EXTRA_SAID)] == [story.ruud.email]


def test_the_family_hears_of_either_and_not_twice(story):
    extra = story.asks()
    story.decides(extra, who=f"s{story.karin.id}")
    story.decides(extra, who=f"s{story.karin.id}")
    (arranged,) = letters(Letter.EXTRA_SAID)
    assert arranged.address == story.layla.email
    assert story.karin.name.full in read(arranged)[0]
    story.decides(extra, ExtraState.NOT_POSSIBLE)
    assert find_letter(arranged.id, NOW).stop is not None
    assert "lukt niet" in read(letters(Letter.EXTRA_SAID)[1])[0]
    story.decides(extra, ExtraState.ASKED)
    assert len(letters(Letter.EXTRA_SAID)) == 2


def notices() -> list[tuple[str, str]]:
    """What the leaders are written about, as it stands when the letters leave."""
    rows = letters(Letter.EXTRA_NOTICE)
    return [(row.address, row.facts["news"]) for row in rows if find_letter(row.id, NOW).stop is None]


def sent() -> None:
    db.session.query(Outbox).update({"state": OutboxState.SENT})
    db.session.commit()


def test_the_leader_is_mailed_once_that_a_family_asks_somebody_and_that_it_does_without(story):
    asked = story.asks()
    story.asks()
    assert notices() == [(story.anna.email, "asked")]
    assert "Sami" in read(letters(Letter.EXTRA_NOTICE)[0])[0]
    sent()
    extra_persons.take_back(extra_id=asked, by=story.speaks(story.layla), now=NOW)
    assert notices()[-1] == (story.anna.email, "withdrawn")
    assert "niet meer nodig" in read(letters(Letter.EXTRA_NOTICE)[-1])[0]


def test_what_is_taken_back_before_the_mail_left_is_never_told(story):
    asked = story.asks()
    extra_persons.take_back(extra_id=asked, by=story.speaks(story.layla), now=NOW)
    (row,) = letters(Letter.EXTRA_NOTICE)
    assert row.state is OutboxState.SUPERSEDED


def test_what_the_leader_answered_already_and_what_the_school_wrote_down_itself_is_not_mailed(story):
    story.decides(story.asks(), ExtraState.NOT_POSSIBLE)
    extra_persons.ask_for(
        booking_id=story.samis.id, leader_id=story.anna.id, household_id=household_of(story.layla).id,
        kind=ExtraKind.CARE, name="", by=story.office, now=NOW,
    )  # fmt: skip
    assert notices() == []


@pytest.mark.parametrize("days, leaves_before", [(-1, True), (0, True), (1, False)])
def test_a_colleague_who_leaves_before_the_talk_is_arranged_again(story, days, leaves_before):
    story.decides(story.asks(), who=f"s{story.karin.id}")
    guests.tell(NOW)
    sent()
    staff.leave(staff_id=story.karin.id, on=TUESDAY.date() + timedelta(days=days), by=story.office, now=NOW)
    assert extra_persons.arrange_again(NOW) == int(leaves_before)
    assert extra_persons.arrange_again(NOW) == 0
    (line,) = asking.extras_of_round(story.round.id, NOW).lines
    assert line.extra.state is (ExtraState.AGAIN if leaves_before else ExtraState.ARRANGED)
    assert asking.extras_of_round(story.round.id, NOW).to_do == int(leaves_before)
    assert [news for _, news in notices() if news == "again"] == ["again"] * leaves_before
    guests.tell(NOW)
    assert len(letters(Letter.GUEST_EXTRA_OFF)) == int(leaves_before)
    if leaves_before:
        assert "Karin" in read(letters(Letter.EXTRA_NOTICE)[-1])[0]
        told, _ = read(letters(Letter.EXTRA_SAID)[-1])
        assert "Wij zoeken iemand anders" in told
        assert "Karin" not in told
        with pytest.raises(NoSuchExtra):
            story.decides(story.asks(ExtraKind.CARE), ExtraState.AGAIN)
        story.decides(line.extra.id, name="Ingrid Maas")
        assert next(one.who for one in story.seen_by(story.layla, story.sami)) == "Ingrid Maas"


def test_arranged_is_somebody(story):
    extra = story.asks()
    for wrong in ({}, {"who": "s987654"}, {"who": "o987654"}, {"who": "zomaar"}):
        with pytest.raises(WhoComes):
            story.decides(extra, **wrong)
    with pytest.raises(NotFound):
        story.decides(extra, who=f"s{story.karin.id}", leader=story.karin)
    with pytest.raises(NotFound):
        story.decides(extra, who=f"s{story.karin.id}", talk=story.milas)
    assert db.session.query(ExtraPerson).one().state is ExtraState.ASKED


def test_a_colleague_hears_it_with_a_calendar_that_follows_and_ends(story):
    extra = story.asks()
    story.decides(extra, who=f"s{story.karin.id}")
    assert guests.tell(NOW) == 1
    assert guests.tell(NOW) == 0
    (row,) = letters(Letter.GUEST_EXTRA)
    words, calendar = read(row)
    assert row.address == story.karin.email
    assert "Sami" in words
    assert story.anna.name.full in words
    assert "Sami" not in calendar
    assert "METHOD:REQUEST" in calendar
    (entry,) = feeds.find_agenda(story.karin.id, NOW).talks
    uid = entry.uid
    story.moves(story.slots[5])
    assert guests.tell(NOW) == 1
    (entry,) = feeds.find_agenda(story.karin.id, NOW).talks
    assert (entry.uid, entry.sequence, entry.starts_at) == (uid, 1, story.slots[5].starts_at)
    assert find_letter(row.id, NOW).stop is not None
    extra_persons.take_back(extra_id=extra, by=story.speaks(story.layla), now=NOW)
    assert guests.tell(NOW) == 1
    (off,) = letters(Letter.GUEST_EXTRA_OFF)
    words, calendar = read(off)
    assert "METHOD:CANCEL" in calendar
    assert "SEQUENCE:2" in calendar
    assert uid in calendar
    assert feeds.find_agenda(story.karin.id, NOW).talks == ()
    assert db.session.query(TalkColleague).one().cancelled_at == NOW


def test_somebody_from_outside_gets_time_and_place_alone(story):
    story.sami.surname = "Familienaam"
    db.session.commit()
    extra = story.asks(ExtraKind.EXTERNAL, "CLB Noord")
    story.decides(extra, name="A. Bakker", email="bakker@clb.example.org")
    assert guests.tell(NOW) == 1
    (row,) = letters(Letter.GUEST_EXTRA)
    words, calendar = read(row)
    assert row.address == "bakker@clb.example.org"
    for secret in ("Sami", "Familienaam", "Layla", story.anna.name.full, "/g/"):
        assert secret not in words + calendar
    assert "lokaal" in words
    leading.call_off(booking_id=story.samis.id, leader_id=story.anna.id, by=story.office, now=NOW)
    assert guests.tell(NOW) == 1
    assert "METHOD:CANCEL" in read(letters(Letter.GUEST_EXTRA_OFF)[0])[1]
    assert db.session.query(TalkGuest).one().cancelled_at == NOW


def test_who_comes_hears_that_the_talk_is_on_the_phone_or_by_video(story):
    for who in ({"who": f"s{story.karin.id}"}, {"name": "A. Bakker", "email": "bakker@clb.example.org"}):
        story.decides(story.asks(ExtraKind.EXTERNAL, f"Nummer {len(who)}"), **who)
    assert guests.tell(NOW) == 2
    db.session.add(TalkWay(booking_id=story.samis.id, way=Medium.VIDEO, join_link="https://meet.example.org/abc"))
    db.session.commit()
    assert guests.tell(NOW) == 2
    for row in letters(Letter.GUEST_EXTRA)[-2:]:
        assert "https://meet.example.org/abc" in "".join(read(row))


def test_who_came_from_outside_before_can_be_chosen_and_is_no_interpreter(story):
    extra = story.asks(ExtraKind.EXTERNAL)
    story.decides(extra, name="A. Bakker", email="bakker@clb.example.org")
    (known,) = asking.from_outside()
    assert told_queries.interpreters() == ()
    other = story.asks(ExtraKind.EXTERNAL, pupil=story.mila, parent=story.els)
    story.decides(other, who=f"o{known.id}", talk=story.milas)
    assert db.session.query(Outsider).count() == 1
    assert guests.tell(NOW) == 2


def test_a_name_alone_is_enough_and_gets_no_mail(story):
    story.decides(story.asks(ExtraKind.EXTERNAL), name="A. Bakker")
    assert guests.tell(NOW) == 0
    assert [one.who for one in story.seen_by(story.layla, story.sami)] == ["A. Bakker"]
    assert db.session.query(Outsider).count() == 0


def test_the_school_writes_it_down_and_takes_back_its_own_alone(story):
    ask = {"booking_id": story.samis.id, "leader_id": story.anna.id, "kind": ExtraKind.CARE, "name": "", "now": NOW}
    home = household_of(story.layla).id
    extra_persons.ask_for(household_id=home, by=story.office, **ask)
    for wrong in ({"household_id": household_of(story.ruud).id}, {"household_id": None}):
        with pytest.raises(NotFound):
            extra_persons.ask_for(by=story.office, **ask, **wrong)
    (own,) = story.seen_by(story.layla, story.sami)
    here = {"booking_id": story.samis.id, "leader_id": story.anna.id, "by": story.office, "now": NOW}
    extra_persons.take_back_for(extra_id=own.id, **here)
    theirs = story.asks()
    with pytest.raises(NoSuchExtra):
        extra_persons.take_back_for(extra_id=theirs, **here)


def test_the_office_sees_all_of_a_round_and_a_colleague_at_two_places(story):
    first, second = story.asks(), story.asks(pupil=story.mila, parent=story.ruud)
    page = asking.extras_of_round(story.round.id, NOW)
    assert page.to_do == 2
    assert [line.pupil.given for line in page.lines] == ["Mila", "Sami"]
    story.decides(first, who=f"s{story.karin.id}")
    story.decides(second, who=f"s{story.karin.id}", talk=story.milas)
    assert [line.talk.clashes for line in asking.extras_of_round(story.round.id, NOW).lines] == [False, False]
    a_booking(story.round, story.tess, *some_slots(story.round, story.karin, count=1, first=story.samis.starts_at))
    clashing = [line.pupil.given for line in asking.extras_of_round(story.round.id, NOW).lines if line.talk.clashes]
    assert clashing == ["Sami"]
