"""What a leader's roster asks of the database."""

import pytest

from scheduling.models import db
from scheduling.queries import leading, plans
from scheduling.queries.leaders import year_at
from tests.builders import NOW, a_booking, a_guardian, a_pupil, household_of
from tests.questions import questions as asked
from tests.worlds import World, a_world


def questions(world: World) -> tuple[int, int]:
    """How many statements the roster takes, and the agreements of the class."""
    db.session.expire_all()
    leader, year = world.bas.id, year_at(NOW).id
    counts = []
    for ask in (
        lambda: leading.roster(leader, year, now=NOW),
        lambda: plans.agreements_by_class(year, leader_id=leader, today=NOW.date()),
    ):
        with asked(db.engine) as seen:
            ask()
        counts.append(len(seen))
    return counts[0], counts[1]


@pytest.mark.usefixtures("context")
def test_more_talks_take_no_more_questions():
    world = a_world()
    before = questions(world)
    for place, name in enumerate(("Aya", "Elif", "Finn"), 3):
        pupil = a_pupil(name, world.three)
        home = household_of(a_guardian(f"Ouder{name}", pupil))
        a_booking(world.start, pupil, world.bas_slots[place], household=home)
    assert questions(world) == before
    assert before[0] <= 20
