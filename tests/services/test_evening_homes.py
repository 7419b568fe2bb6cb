"""Each home asks for itself, and gets one talk with the other or one of its own, as was arranged for the pupil."""

import pytest

from scheduling.domain.homes import HomeTalks
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import Booking, Guardian, TwoHomes, db
from scheduling.queries import requests as asking
from scheduling.queries.family import family_of
from tests.builders import NOW, a_guardian, household_of
from tests.evenings import School, talk_of

pytestmark = pytest.mark.usefixtures("any_context")


class Homes(School):
    """Sami's mother and father live apart; both may speak Anna and Bas."""

    def __init__(self) -> None:
        super().__init__()
        self.times(self.anna, self.bas)
        self.mother, (self.sami,) = self.family("Sami")
        self.father = a_guardian("Vader", self.sami, position=2)

    def apart(self) -> None:
        two = TwoHomes(year_id=self.round.year_id, pupil_id=self.sami.id, talks=HomeTalks.APART, apart_minutes=0)
        db.session.add(two)
        db.session.commit()

    def shown(self, person: Guardian) -> list[tuple[str, bool]]:
        family = family_of(Actor(ActorKind.GUARDIAN, person.id), NOW)
        return [(talk.leaders[0].name.full, talk.joint) for talk in family.talks]


@pytest.fixture
def homes(any_context) -> Homes:
    return Homes()


def test_what_both_homes_ask_of_one_teacher_is_one_talk_where_they_have_one(homes: Homes):
    (hers,) = homes.asks(homes.mother, homes.sami, homes.anna)
    (his,) = homes.asks(homes.father, homes.sami, homes.anna)
    version = homes.draft()
    assert [(talk.request_id, talk.household_id) for talk in version.talks] == [(hers.id, None)]
    homes.publish()
    assert db.session.query(Booking).one().household_id is None
    anna = homes.anna.name.full
    assert homes.shown(homes.mother) == homes.shown(homes.father) == [(anna, True)]
    homes.asks(homes.mother, homes.sami, homes.bas)
    again = homes.draft()
    assert talk_of(again, hers).pinned
    assert his.id not in {talk.request_id for talk in again.talks}


def test_where_each_home_has_its_own_talk_each_gets_what_it_asked(homes: Homes):
    homes.apart()
    homes.asks(homes.mother, homes.sami, homes.anna)
    homes.asks(homes.father, homes.sami, homes.anna)
    homes.draft()
    homes.publish()
    own = {household_of(homes.mother).id, household_of(homes.father).id}
    assert {talk.household_id for talk in db.session.query(Booking)} == own
    assert homes.shown(homes.mother) == homes.shown(homes.father) == [(homes.anna.name.full, False)]


def test_what_one_home_alone_asks_is_a_talk_with_that_home_and_the_other_reads_nothing(homes: Homes):
    homes.asks(homes.mother, homes.sami, homes.anna, homes.bas)
    homes.asks(homes.father, homes.sami, homes.bas)
    homes.draft()
    homes.publish()
    anna, bas = homes.anna.name.full, homes.bas.name.full
    assert sorted(homes.shown(homes.mother)) == sorted([(anna, False), (bas, True)])
    assert homes.shown(homes.father) == [(bas, True)]


def test_a_talk_that_a_home_has_alone_stays_its_own_when_the_other_asks_later(homes: Homes):
    homes.asks(homes.mother, homes.sami, homes.anna)
    homes.draft()
    homes.publish()
    homes.asks(homes.father, homes.sami, homes.anna)
    homes.draft()
    homes.publish()
    own = {household_of(homes.mother).id, household_of(homes.father).id}
    assert {talk.household_id for talk in db.session.query(Booking)} == own


def test_what_one_home_asked_is_not_on_the_page_of_the_other(homes: Homes):
    homes.round.wishes_until = NOW.replace(year=2027, month=11)
    db.session.commit()
    homes.asks(homes.mother, homes.sami, homes.anna)
    page = asking.family_page(Actor(ActorKind.GUARDIAN, homes.father.id), homes.round.id, NOW)
    assert [child.asked for child in page.children] == [()]
