"""Families bring up topics of the class beforehand; nobody knows who did, and whose class it is makes the agenda."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain import gathering_topics as rules
from scheduling.domain.contact_parents import ContactState
from scheduling.domain.gathering_topics import TopicChoice
from scheduling.domain.gatherings import GatheringOver
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.texts import TextCompels
from scheduling.domain.timeslots import moment_at
from scheduling.domain.topics import TopicEmpty, TopicTooLong
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassContact, GatheringTopic, Guardian, JournalLine, PlannedDate, db
from scheduling.queries.gathering_topics import GatheringTopics, topics_of
from scheduling.queries.letters import find_letter
from scheduling.services import gathering_topics
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil
from tests.services.test_gatherings import DAY as EVENING
from tests.services.test_gatherings import OFFICE, School, either_school, letters, school

__all__ = ["either_school", "school"]
LAST = moment_at(EVENING - timedelta(days=10), time(23, 30))


def parent(person: Guardian) -> Actor:
    return Actor(ActorKind.GUARDIAN, person.id)


def an_evening(school: School, *, kind: PlannedKind = PlannedKind.PARENTS_EVENING, **more: object) -> int:
    """For both classes, and known to everybody."""
    planned_id = school.add(kind, school.three.id, school.four.id, **more)
    db.session.get_one(PlannedDate, planned_id).published_at = NOW
    db.session.commit()
    return planned_id


def a_contact(school: School, person: Guardian, class_id: int) -> None:
    row = {"shown_as": person.given_name, "asked_at": NOW, "said_at": NOW, "state": ContactState.YES}
    db.session.add(ClassContact(class_id=class_id, guardian_id=person.id, **row))
    db.session.commit()


def gives(person: Guardian, planned_id: int, text: str, class_id: int | None = None, now: datetime = NOW) -> None:
    gathering_topics.give(planned_id=planned_id, class_id=class_id, text=text, by=parent(person), now=now)


def reads(by: Actor, planned_id: int, now: datetime = NOW) -> list[str]:
    return [one.text for one in topics_of(planned_id, by, now).topics]


def chooses(by: Actor, planned_id: int, text: str, choice: TopicChoice, now: datetime = NOW) -> GatheringTopics:
    db.session.expire_all()
    (topic_id,) = db.session.scalars(select(GatheringTopic.id).where(GatheringTopic.words == text))
    gathering_topics.choose(planned_id=planned_id, topic_id=topic_id, choice=choice, by=by, now=now)
    return topics_of(planned_id, by, now)


def test_a_topic_is_of_the_class_and_nothing_tells_who_gave_it(school: School):
    evening = an_evening(school)
    gives(school.ruud, evening, "  Fietsen bij\nde poort ")
    (row,) = db.session.scalars(select(GatheringTopic))
    assert (row.words, row.class_id, row.on_agenda) == ("Fietsen bij de poort", school.three.id, False)
    assert {column.name for column in GatheringTopic.__table__.columns} == {
        "id", "planned_id", "class_id", "words", "asked_on", "on_agenda",
    }  # fmt: skip
    lines = list(db.session.scalars(select(JournalLine).where(JournalLine.action == "gathering_topics.give")))
    assert [(line.actor_kind, line.actor_id) for line in lines] == [(ActorKind.SYSTEM, None)]


def test_a_family_in_two_classes_says_for_which_and_no_other_class(school: School):
    evening = an_evening(school)
    for class_id in (None, 987_654):
        with pytest.raises(rules.WhichClass):
            gives(school.layla, evening, "Gamen", class_id)
    gives(school.layla, evening, "Gamen", school.four.id)
    gives(school.ruud, evening, "Fietsen", school.four.id)
    found = dict(db.session.execute(select(GatheringTopic.words, GatheringTopic.class_id)).all())
    assert found == {"Gamen": school.four.id, "Fietsen": school.three.id}


@pytest.mark.parametrize(
    ("text", "refusal"), [(" ", TopicEmpty), ("x" * 201, TopicTooLong), ("Luizen kammen is verplicht", TextCompels)]
)
def test_a_topic_is_short_and_compels_nobody(school: School, text: str, refusal: type[Exception]):
    evening = an_evening(school)
    with pytest.raises(refusal):
        gives(school.ruud, evening, text)
    assert db.session.scalar(select(GatheringTopic)) is None


def test_topics_are_welcome_until_ten_days_before_or_as_the_school_says(school: School):
    evening = an_evening(school)
    gives(school.ruud, evening, "Op de laatste dag", now=LAST)
    with pytest.raises(rules.TopicsClosed) as found:
        gives(school.ruud, evening, "Te laat", now=LAST + timedelta(hours=1))
    assert found.value.last_day == EVENING - timedelta(days=10)
    school.set_up(evening, topic_days=2)
    gives(school.ruud, evening, "Toch op tijd", now=LAST + timedelta(hours=1))
    with pytest.raises(rules.WrongTopicDays):
        school.set_up(evening, topic_days=61)


def test_one_person_gives_some_topics_a_day_and_the_same_words_are_one(either_school: School):
    school = either_school
    evening = an_evening(school)
    for number in range(rules.PER_DAY):
        gives(school.ruud, evening, f"Onderwerp {number}")
        gives(school.ruud, evening, f"Onderwerp {number}")
    with pytest.raises(rules.TooManyClassTopics):
        gives(school.ruud, evening, "Nog een")
    gives(school.els, evening, "Van een ander")
    gives(school.ruud, evening, "Morgen weer", now=NOW + timedelta(days=1))
    assert len(list(db.session.scalars(select(GatheringTopic)))) == rules.PER_DAY + 2


def test_only_families_of_its_classes_give_and_only_whose_class_it_is_reads(school: School):
    evening = school.add(PlannedKind.PARENTS_EVENING, school.three.id)
    with pytest.raises(rules.NoSuchTopics):
        gives(school.ruud, evening, "Nog niet bekend")
    db.session.get_one(PlannedDate, evening).published_at = NOW
    five = a_class("5", leaders=[a_leader("wim")])
    outside = a_guardian("Vera", a_pupil("Bo", five))
    with pytest.raises(rules.NoSuchTopics):
        gives(outside, evening, "Van elders")
    gives(school.ruud, evening, "Fietsen")
    a_contact(school, school.layla, school.three.id)
    bas, karin = (Actor(ActorKind.STAFF, one.leaders[0].staff_id) for one in (school.three, school.four))
    assert reads(bas, evening) == reads(parent(school.layla), evening) == reads(office(school), evening) == ["Fietsen"]
    assert reads(parent(school.els), evening) == []
    with pytest.raises(rules.NoSuchTopics):
        reads(karin, evening)
    with pytest.raises(rules.NoSuchTopics):
        chooses(parent(school.els), evening, "Fietsen", TopicChoice.STRIKE)
    with pytest.raises(rules.NoSuchTopics):
        reads(OFFICE, school.at_three)


def office(school: School) -> Actor:
    return Actor(ActorKind.STAFF, school.director.id)


def test_the_agenda_is_what_was_chosen_and_what_comes_back_from_the_circle(school: School):
    evening = an_evening(school)
    gives(school.ruud, evening, "Fietsen")
    gives(school.ruud, evening, "Over Pietje")
    a_contact(school, school.layla, school.three.id)
    assert chooses(parent(school.layla), evening, "Fietsen", TopicChoice.ON).agenda == rules.Agenda(("Fietsen",))
    chooses(parent(school.layla), evening, "Over Pietje", TopicChoice.STRIKE)
    an_evening(school, kind=PlannedKind.PARENT_CIRCLE, day=date(2027, 9, 8), begins=time(20), ends=time(22))
    assert not topics_of(evening, office(school), NOW).agenda.from_the_circle, "it comes after the evening"
    an_evening(school, kind=PlannedKind.PARENT_CIRCLE, day=date(2027, 9, 1), begins=time(20), ends=time(22))
    school.invite(evening)
    letter = find_letter(letters(Letter.GATHERING)[0].id, NOW)
    assert letter.gathering.agenda == rules.Agenda(("Fietsen",), from_the_circle=True)
    assert not chooses(office(school), evening, "Fietsen", TopicChoice.OFF).agenda.topics


def test_a_circle_has_no_agenda_and_nothing_changes_once_it_began(school: School):
    circle = an_evening(school, kind=PlannedKind.PARENT_CIRCLE, day=date(2027, 9, 8), begins=time(20), ends=time(22))
    gives(school.ruud, circle, "Fietsen")
    with pytest.raises(rules.NoAgendaHere):
        chooses(office(school), circle, "Fietsen", TopicChoice.ON)
    evening = an_evening(school)
    gives(school.ruud, evening, "Gamen")
    with pytest.raises(GatheringOver):
        chooses(office(school), evening, "Gamen", TopicChoice.ON, now=moment_at(EVENING, time(19)))
