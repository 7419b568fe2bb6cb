"""On an evening of several talks each teacher reads what the family brings up with that teacher, and nothing else."""

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.topics import MOST_TOPICS, TopicsFull
from scheduling.models import Booking, Guardian, Pupil, Staff, TalkRequest, Topic, db
from scheduling.queries import leading
from scheduling.queries.family import family_of
from scheduling.services import topics
from tests.builders import NOW, a_guardian
from tests.evenings import School

pytestmark = pytest.mark.usefixtures("any_context")


class Evening(School):
    """Sami's mother speaks Anna and Bas."""

    def __init__(self) -> None:
        super().__init__()
        self.times(self.anna, self.bas)
        self.mother, (self.sami,) = self.family("Sami")
        self.with_anna, self.with_bas = self.asks(self.mother, self.sami, self.anna, self.bas)
        self.draft()
        self.publish()

    def says(self, text: str, request: TalkRequest | None, *, by: Guardian | None = None, child: bool = False) -> None:
        topics.add(
            round_id=self.round.id, pupil_id=self.sami.id, text=text, from_pupil=child, now=NOW,
            request_id=request.id if request else None, by=Actor(ActorKind.GUARDIAN, (by or self.mother).id),
        )  # fmt: skip

    def read_by(self, teacher: Staff) -> list[str]:
        roster = leading.roster(teacher.id, self.round.year_id, now=NOW, round_id=self.round.id)
        return [topic.text for talk in roster.talks for topic in talk.topics]

    def shown(self, person: Guardian, pupil: Pupil, request: TalkRequest) -> list[str]:
        family = family_of(Actor(ActorKind.GUARDIAN, person.id), NOW)
        return [topic.text for topic in family.talk(self.round.id, pupil.id, request.id).topics]


@pytest.fixture
def evening(any_context) -> Evening:
    return Evening()


def test_a_topic_is_read_by_the_teacher_of_its_talk_only(evening: Evening):
    evening.says("Wiskunde thuis", evening.with_anna)
    evening.says("Plannen", evening.with_bas, child=True)
    assert (evening.read_by(evening.anna), evening.read_by(evening.bas)) == (["Wiskunde thuis"], ["Plannen"])
    assert evening.shown(evening.mother, evening.sami, evening.with_anna) == ["Wiskunde thuis"]
    assert evening.shown(evening.mother, evening.sami, evening.with_bas) == ["Plannen"]


def test_the_same_words_may_be_for_two_teachers_and_each_talk_has_room_of_its_own(evening: Evening):
    for number in range(MOST_TOPICS):
        evening.says(f"Vraag {number}", evening.with_anna)
    evening.says("Vraag 0", evening.with_bas)
    with pytest.raises(TopicsFull):
        evening.says("Nog een", evening.with_anna)
    assert evening.read_by(evening.bas) == ["Vraag 0"]


def test_what_was_written_for_the_whole_evening_before_is_still_read_by_all(evening: Evening):
    evening.says("Voor iedereen", None)
    assert evening.read_by(evening.anna) == evening.read_by(evening.bas) == ["Voor iedereen"]


def test_a_colleague_who_takes_over_the_talk_reads_its_topics(evening: Evening):
    evening.says("Wiskunde thuis", evening.with_anna)
    talk = db.session.query(Booking).filter_by(request_id=evening.with_anna.id).one()
    evening.times(evening.cas)
    talk.leader_id = evening.cas.id
    db.session.commit()
    assert evening.read_by(evening.cas) == ["Wiskunde thuis"]


def test_nobody_writes_for_a_talk_of_another_child_or_another_home(evening: Evening):
    other, (lina,) = evening.family("Lina")
    (hers,) = evening.asks(other, lina, evening.anna)
    with pytest.raises(NotFound):
        evening.says("Niet hier", hers)
    father = a_guardian("Vader", evening.sami, position=2)
    with pytest.raises(NotFound):
        evening.says("Niet van hem", evening.with_anna, by=father)
    assert db.session.query(Topic).count() == 0


def test_the_other_home_of_a_talk_with_both_writes_for_it_too(any_context):
    school = Evening.__new__(Evening)
    School.__init__(school)
    school.times(school.anna)
    school.mother, (school.sami,) = school.family("Sami")
    father = a_guardian("Vader", school.sami, position=2)
    (first,) = school.asks(school.mother, school.sami, school.anna)
    school.asks(father, school.sami, school.anna)
    school.draft()
    school.publish()
    school.says("Van vader", first, by=father)
    assert school.read_by(school.anna) == ["Van vader"]
    assert school.shown(school.mother, school.sami, first) == []
