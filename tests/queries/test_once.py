"""What is asked once in one reading, and anew as soon as something may have changed. On both databases."""

from datetime import date

import pytest
from sqlalchemy import update

from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import Guardianship, Pupil, School, db
from scheduling.queries.bookings import find_homes
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.school import find_school
from scheduling.services.transaction import transaction
from tests.builders import a_class, a_guardian, a_leader, a_pupil, a_school
from tests.questions import questions

pytestmark = pytest.mark.usefixtures("any_context")
TODAY = date(2026, 8, 24)


@pytest.fixture
def layla() -> Actor:
    a_school()
    sami = a_pupil("Sami", a_class("3", leaders=[a_leader("anna")]), birth_date=date(2019, 5, 4))
    by = Actor(ActorKind.GUARDIAN, a_guardian("Layla", sami).id)
    db.session.commit()
    return by


def homes(by: Actor) -> int:
    return len(find_homes(db.session(), by, TODAY))


def test_the_same_is_asked_once_in_one_reading(layla):
    with questions(db.engine) as asked:
        assert (homes(layla), homes(layla)) == (1, 1)
        assert find_school() == find_school()
    assert len([one for one in asked if one.startswith("SELECT")]) == 2


def test_the_next_reading_asks_anew(layla):
    assert homes(layla) == 1
    with transaction() as session:
        session.execute(update(Pupil).values(left_on=TODAY))
    assert homes(layla) == 0


def test_what_was_written_in_the_same_reading_is_seen(layla):
    assert find_school().name == "De Linde"
    db.session.get(School, 1).name = "De Eik"
    db.session.flush()
    assert find_school().name == "De Eik"
    db.session.execute(update(Guardianship).values(authority="no"))
    assert homes(layla) == 0


def test_who_writes_asks_every_time(layla):
    """Between two questions it may have waited for a lock, and others may have changed the answer."""
    with questions(db.engine) as asked, transaction():
        assert (homes(layla), homes(layla)) == (1, 1)
    assert len([one for one in asked if one.startswith("SELECT")]) == 2


def test_of_nobody_nothing_is_kept(layla):
    assert kinds_about(db.session(), []) == frozenset()
    assert kinds_about(db.session(), [db.session.query(Pupil).one().id]) == frozenset()
