"""A class with two mentors: a family asks for a certain one, for both, or for one of both (T21)."""

import pytest

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.requests import EITHER, ChildAsks, Choice, NotATeacherOf, with_a_mentor
from scheduling.models import ClassLeader, TalkRequest, db
from scheduling.services import requests
from scheduling.services.requests import Said
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, some_slots

pytestmark = pytest.mark.usefixtures("any_context")


class Duo(AskingSchool):
    """Sami's class 2a has two mentors, Anna and Cas; Noor's has one."""

    def __init__(self) -> None:
        super().__init__(NOW.replace(day=20))
        db.session.add(ClassLeader(class_id=self.two.id, staff_id=self.cas.id, position=2))
        db.session.commit()
        some_slots(self.evening, self.anna, count=4, first=TUESDAY, opened=False)
        some_slots(self.evening, self.cas, count=6, first=TUESDAY, opened=False)

    def say(self, *wanted: int) -> list[int]:
        asks = {self.sami.id: ChildAsks(tuple(Choice(teacher) for teacher in wanted))}
        by = Actor(ActorKind.GUARDIAN, self.layla.id)
        requests.say(round_id=self.evening.id, said=Said(asks, {}), by=by, now=NOW)
        rows = db.session.query(TalkRequest).filter_by(pupil_id=self.sami.id, withdrawn_at=None)
        return [row.teacher_id for row in rows.order_by(TalkRequest.place)]


@pytest.fixture
def duo(any_context) -> Duo:
    return Duo()


def test_one_of_both_is_the_mentor_with_most_time_left(duo: Duo):
    assert duo.say(EITHER) == [duo.cas.id]


def test_who_was_asked_before_stays_asked(duo: Duo):
    assert duo.say(duo.anna.id) == [duo.anna.id]
    assert duo.say(EITHER) == [duo.anna.id]


def test_a_certain_one_and_both_are_asked_by_name(duo: Duo):
    assert duo.say(duo.anna.id, duo.cas.id) == [duo.anna.id, duo.cas.id]
    assert duo.say(duo.cas.id, EITHER) == [duo.cas.id, duo.anna.id], "the other one"
    assert duo.say(duo.cas.id, duo.anna.id, EITHER) == [duo.cas.id, duo.anna.id], "there is no third"


def test_where_a_class_has_one_mentor_there_is_no_choice_of_both(duo: Duo):
    db.session.query(ClassLeader).filter_by(staff_id=duo.cas.id).delete()
    db.session.commit()
    with pytest.raises(NotATeacherOf):
        duo.say(EITHER)


def test_with_room_alike_the_first_mentor_is_asked():
    assert with_a_mentor([Choice(EITHER, 2)], [7, 8], [], {}) == (Choice(7, 2),)
