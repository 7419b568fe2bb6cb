"""Topics, interpreters and corrections of contact data, on both databases."""

from datetime import date, timedelta

import pytest

from scheduling.domain.corrections import AlreadyDecided, BadEmail, BadLanguage, BadPhone, CorrectionField
from scheduling.domain.errors import NotFound
from scheduling.domain.guests import HelpState
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import TopicAuthor
from scheduling.domain.topics import MOST_TOPICS, LanguageTooLong, NeedTooLong, TopicEmpty, TopicsFull, TopicTooLong
from scheduling.models import (
    ClassGroup,
    ContactCorrection,
    InterpreterRequest,
    JournalLine,
    Outbox,
    Room,
    Staff,
    Topic,
    db,
)
from scheduling.queries import guests
from scheduling.queries.bookings import interpreter_language
from scheduling.queries.snapshots import take_snapshot
from scheduling.services import corrections, topics
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

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def noor():
    """Noor has two homes, Jan's and Fatma's, and one joint talk."""
    a_school()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    pupil = a_pupil("Noor", three)
    jan, fatma = a_guardian("Jan", pupil), a_guardian("Fatma", pupil)
    found = a_round(classes=[three])
    a_booking(found, pupil, some_slots(found, anna, count=2)[0])
    return found, pupil, jan, fatma


def by(who) -> Actor:
    return Actor(ActorKind.GUARDIAN, who.id)


def add(noor, who, text="Lezen", from_pupil=False):
    topics.add(round_id=noor[0].id, pupil_id=noor[1].id, text=text, from_pupil=from_pupil, by=by(who), now=NOW)


def test_a_topic_is_kept_on_one_line_with_who_thought_of_it(noor):
    _, _, jan, _ = noor
    add(noor, jan, "  Lezen,\n en hoe het\tbuiten gaat \u202e")
    add(noor, jan, "Voetbal", from_pupil=True)
    first, second = db.session.query(Topic).order_by(Topic.id)
    assert (first.text, first.author) == ("Lezen, en hoe het buiten gaat", TopicAuthor.GUARDIAN)
    assert (second.text, second.author) == ("Voetbal", TopicAuthor.PUPIL)
    assert first.household_id == household_of(jan).id


def test_the_same_topic_twice_is_one_topic(noor):
    add(noor, noor[2])
    add(noor, noor[2])
    assert db.session.query(Topic).count() == 1


def test_topics_are_few_and_short(noor):
    for n in range(MOST_TOPICS):
        add(noor, noor[2], f"onderwerp {n}")
    with pytest.raises(TopicsFull):
        add(noor, noor[2], "nog een")
    add(noor, noor[3], "van de andere ouder")
    with pytest.raises(TopicEmpty):
        add(noor, noor[3], " \n ")
    with pytest.raises(TopicTooLong):
        add(noor, noor[3], "a" * 201)


def test_each_home_takes_back_only_its_own_topic(noor):
    _, _, jan, fatma = noor
    add(noor, jan)
    topic = db.session.query(Topic).one()
    with pytest.raises(NotFound):
        topics.remove(topic_id=topic.id, by=by(fatma), now=NOW)
    topics.remove(topic_id=topic.id, by=by(jan), now=NOW)
    assert db.session.query(Topic).count() == 0
    with pytest.raises(NotFound):
        topics.remove(topic_id=topic.id, by=by(jan), now=NOW)


def test_a_stranger_adds_nothing(noor):
    stranger = a_guardian("Wim")
    with pytest.raises(NotFound):
        add(noor, stranger)
    with pytest.raises(NotFound):
        topics.ask_interpreter(round_id=noor[0].id, pupil_id=noor[1].id, language="ti", by=by(stranger), now=NOW)


def test_the_journal_knows_that_a_topic_was_added_and_not_what_it_says(noor):
    add(noor, noor[2], "iets heel eigens")
    assert "eigens" not in str([(line.action, line.facts) for line in db.session.query(JournalLine)])


def test_an_interpreter_is_asked_for_per_home_and_can_be_taken_back(noor):
    found, pupil, jan, _ = noor
    asked = {"round_id": found.id, "pupil_id": pupil.id, "by": by(jan), "now": NOW}
    topics.ask_interpreter(language=" Tigrinya ", **asked)
    request = db.session.query(InterpreterRequest).one()
    assert (request.language, request.household_id) == ("Tigrinya", household_of(jan).id)
    request.state = HelpState.CONFIRMED
    db.session.commit()
    topics.ask_interpreter(language="Tigrinya", **asked)
    assert request.state is HelpState.CONFIRMED
    topics.ask_interpreter(language="", **asked)
    assert (request.language, request.state) == ("", HelpState.ASKED)
    with pytest.raises(LanguageTooLong):
        topics.ask_interpreter(language="x" * 41, **asked)


def test_an_interpreter_is_asked_before_there_is_a_roster_when_the_round_asks_for_wishes(noor):
    found, pupil, jan, _ = noor
    later = a_round("Later", classes=[db.session.get_one(ClassGroup, found.classes[0].class_id)])
    asked = {"round_id": later.id, "pupil_id": pupil.id, "language": "Tigrinya", "by": by(jan), "now": NOW}
    with pytest.raises(NotFound):
        topics.ask_interpreter(**asked)
    later.wishes_until = NOW + timedelta(days=7)
    db.session.commit()
    topics.ask_interpreter(**asked)
    assert db.session.query(InterpreterRequest).one().round_id == later.id
    stranger = a_guardian("Petra")
    with pytest.raises(NotFound):
        topics.ask_interpreter(**(asked | {"by": by(stranger)}))


def test_a_talk_with_an_interpreter_gets_longer_where_there_is_room(noor):
    found = noor[0]
    three = db.session.get(ClassGroup, found.classes[0].class_id)
    anna = db.session.get(Staff, three.leaders[0].staff_id)
    later = some_slots(found, anna, count=3, first=TUESDAY + timedelta(days=1))
    sami, tess = a_pupil("Sami", three), a_pupil("Tess", three)
    layla, meryem = a_guardian("Layla", sami), a_guardian("Meryem", tess)
    first = a_booking(found, sami, later[0], household=household_of(layla))
    second = a_booking(found, tess, later[2], household=household_of(meryem))
    for pupil, who in ((sami, layla), (tess, meryem), (noor[1], noor[2])):
        topics.ask_interpreter(round_id=found.id, pupil_id=pupil.id, language="Pools", by=by(who), now=NOW)
    assert [slot.id for slot in first.slots] == [later[0].id, later[1].id]
    assert first.ends_at - first.starts_at == timedelta(minutes=40)
    assert [slot.id for slot in second.slots] == [later[2].id]
    changed = db.session.query(Outbox).one()
    assert (changed.letter, changed.booking_id) == (Letter.CHANGED, first.id)


def test_an_adult_pupil_asks_for_an_interpreter_too(noor):
    found = noor[0]
    three = db.session.get(ClassGroup, found.classes[0].class_id)
    anna = db.session.get(Staff, three.leaders[0].staff_id)
    kirsten = a_pupil("Kirsten", three, birth_date=date(2008, 1, 1))
    later = some_slots(found, anna, count=2, first=TUESDAY + timedelta(days=1))
    talk = a_booking(found, kirsten, later[0])
    asked = {"round_id": found.id, "pupil_id": kirsten.id, "by": Actor(ActorKind.PUPIL, kirsten.id), "now": NOW}
    for language in ("Pools", "Pools", "Oekraïens"):
        topics.ask_interpreter(language=language, **asked)
    request = db.session.query(InterpreterRequest).one()
    assert (request.language, request.household_id) == ("Oekraïens", None)
    assert interpreter_language(db.session, found.id, kirsten.id, None) == "Oekraïens"
    assert [slot.id for slot in talk.slots] == [slot.id for slot in later]


def test_the_next_roster_gives_an_adult_pupil_with_an_interpreter_two_times(noor):
    found = noor[0]
    three = db.session.get(ClassGroup, found.classes[0].class_id)
    anna = db.session.get(Staff, three.leaders[0].staff_id)
    some_slots(found, anna, count=4, first=TUESDAY + timedelta(days=1))
    kirsten = a_pupil("Kirsten", three, birth_date=date(2008, 1, 1))
    asked = {"round_id": found.id, "pupil_id": kirsten.id, "by": Actor(ActorKind.PUPIL, kirsten.id), "now": NOW}
    topics.ask_interpreter(language="Pools", **asked)
    (free,) = [talk for talk in take_snapshot(found.id, now=NOW).problem.talks if talk.slots > 1]
    assert free.slots == 2


def test_a_correction_waits_until_the_office_approves(noor):
    jan, office = noor[2], an_office_worker()
    before = jan.email
    wanted = {CorrectionField.EMAIL: "Jan.Nieuw@Post.Example.org", CorrectionField.PHONE: "06 - 00 00 00 00"}
    assert corrections.propose(values=wanted, by=by(jan), now=NOW) == 2
    assert (jan.email, jan.phone) == (before, "")
    for row in db.session.query(ContactCorrection).all():
        corrections.decide(
            correction_id=row.id, accept=row.field == "email", by=Actor(ActorKind.STAFF, office.id), now=NOW
        )
    assert (jan.email, jan.phone) == ("Jan.Nieuw@post.example.org", "")
    with pytest.raises(AlreadyDecided):
        corrections.decide(correction_id=row.id, accept=True, by=Actor(ActorKind.STAFF, office.id), now=NOW)


def test_typing_again_replaces_a_correction_and_typing_the_old_value_takes_it_back(noor):
    jan = noor[2]
    for value, waiting in (("a@example.org", 1), ("b@example.org", 1), (jan.email, 0)):
        assert corrections.propose(values={CorrectionField.EMAIL: value}, by=by(jan), now=NOW) == waiting
    assert db.session.query(ContactCorrection).count() == 0


@pytest.mark.parametrize(
    "field, value, refusal",
    [
        ("email", "geen", BadEmail), ("email", "a@b", BadEmail), ("email", "a@@example.org", BadEmail),
        ("email", "a@example.org; b@example.org", BadEmail), ("email", "=?utf-8?q?x?=@example.org", BadEmail),
        ("email", "a@example.org\nBcc: b@example.org", BadEmail), ("email", "", BadEmail),
        ("phone", "bel mij", BadPhone), ("phone", "06\n12345678", BadPhone), ("language", "xx", BadLanguage),
    ],
)  # fmt: skip
def test_what_cannot_be_contact_data_is_refused(noor, field, value, refusal):
    with pytest.raises(refusal):
        corrections.propose(values={CorrectionField(field): value}, by=by(noor[2]), now=NOW)
    assert db.session.query(ContactCorrection).count() == 0


def test_a_grown_pupil_corrects_own_contact_data_and_nobody_elses(noor):
    three = db.session.get(ClassGroup, noor[0].classes[0].class_id)
    kirsten, office = a_pupil("Kirsten", three, birth_date=date(2008, 1, 1)), an_office_worker()
    wanted = {CorrectionField.PHONE: "06 00 00 00 09", CorrectionField.LANGUAGE: "en"}
    assert corrections.propose(values=wanted, by=Actor(ActorKind.PUPIL, kirsten.id), now=NOW) == 2
    for row in db.session.query(ContactCorrection).all():
        corrections.decide(
            correction_id=row.id, accept=row.field == "phone", by=Actor(ActorKind.STAFF, office.id), now=NOW
        )
    assert (kirsten.phone, kirsten.language) == ("06 00 00 00 09", "nl")
    subjects = {(row.action, row.subject, row.subject_id) for row in db.session.query(JournalLine)}
    assert ("corrections.accept", "pupil", kirsten.id) in subjects
    assert ("corrections.decline", "pupil", kirsten.id) in subjects


def test_a_child_has_no_contact_data_of_its_own_to_correct(noor):
    three = db.session.get(ClassGroup, noor[0].classes[0].class_id)
    child = a_pupil("Daan", three)
    with pytest.raises(NotFound):
        corrections.propose(values={CorrectionField.PHONE: "0600000000"}, by=Actor(ActorKind.PUPIL, child.id), now=NOW)
    assert db.session.query(ContactCorrection).count() == 0


def test_what_a_family_needs_to_come_is_kept_per_home_and_read_by_leader_and_office(noor):
    found, pupil, jan, fatma = noor
    say = {"round_id": found.id, "pupil_id": pupil.id, "now": NOW}
    db.session.add(Room(name="lokaal 3", floor="verdieping 1"))
    db.session.add(Room(name="aula", floor="Begane grond"))
    db.session.commit()
    topics.say_need(ground_floor=True, words="  een rustige\nplek ", by=by(jan), **say)
    topics.say_need(ground_floor=False, words="gebarentaal", by=by(fatma), **say)
    assert guests.own_need(by(jan), found.id, pupil.id, NOW) == (True, "een rustige plek")
    first, second = guests.needs_of(found.id, NOW)
    assert {first.words, second.words} == {"een rustige plek", "gebarentaal"}
    upstairs = {line.words: [place.room for place in line.upstairs] for line in (first, second)}
    assert upstairs == {"een rustige plek": ["lokaal 3"], "gebarentaal": []}
    assert guests.ground_rooms() == ("aula",)
    topics.say_need(ground_floor=False, words="", by=by(jan), **say)
    assert [line.words for line in guests.needs_of(found.id, NOW)] == ["gebarentaal"]
    with pytest.raises(NeedTooLong):
        topics.say_need(ground_floor=False, words="x" * 121, by=by(jan), **say)
    stranger = a_guardian("Petra")
    with pytest.raises(NotFound):
        topics.say_need(ground_floor=True, words="", by=by(stranger), **say)


def test_what_a_family_needs_is_said_before_there_is_a_time_when_the_round_asks_for_wishes(noor):
    found, pupil, jan, _ = noor
    later = a_round("Later", classes=[db.session.get_one(ClassGroup, found.classes[0].class_id)])
    say = {"round_id": later.id, "pupil_id": pupil.id, "ground_floor": True, "words": "gebarentaal", "now": NOW}
    with pytest.raises(NotFound):
        topics.say_need(by=by(jan), **say)
    later.wishes_until = NOW + timedelta(days=7)
    db.session.commit()
    topics.say_need(by=by(jan), **say)
    (line,) = guests.needs_of(later.id, NOW)
    assert (line.ground_floor, line.words, line.talks) == (True, "gebarentaal", ())
    stranger = a_guardian("Petra")
    with pytest.raises(NotFound):
        topics.say_need(by=by(stranger), **say)
