"""How many families a round reached: every form counts, every child once, and nobody is ranked."""

import pytest

from scheduling.domain.reached import How
from scheduling.domain.reminders import NextStep
from scheduling.domain.rounds import Outcome
from scheduling.models import CallRequest, NoTalkNeeded, PersonalApproach, db
from scheduling.queries.reached import reached_in
from tests.builders import NOW, a_pupil, household_of
from tests.worlds import World, a_world


@pytest.fixture
def world(context) -> World:
    made = a_world()
    for call in db.session.query(CallRequest):
        db.session.delete(call)
    db.session.commit()
    return made


def test_every_form_counts_and_every_child_once(world):
    world.samis_talk.outcome, world.samis_talk.outcome_at = Outcome.HELD, NOW
    world.noors_talk.outcome, world.noors_talk.outcome_at = Outcome.BY_PHONE, NOW
    home = household_of(world.petra).id
    db.session.add_all(
        [
            NoTalkNeeded(round_id=world.start.id, pupil_id=world.sami.id, said_at=NOW),
            NoTalkNeeded(round_id=world.start.id, pupil_id=world.daan.id, household_id=home, said_at=NOW),
        ]
    )
    db.session.commit()
    page = reached_in(world.start.id, NOW)
    assert [(one.name, dict(one.counts)) for one in page.classes] == [
        ("3", {How.TALK: 1, How.NONE_NEEDED: 1}), ("6", {How.PHONE: 1, How.TO_COME: 1})
    ]  # fmt: skip
    assert (page.whole.reached, page.whole.families, page.whole.percent) == (3, 4, 75)


def test_who_was_tried_or_did_not_come_is_not_reached_and_a_talk_without_a_note_is_still_to_note(world):
    world.daans_talk.outcome, world.daans_talk.outcome_at = Outcome.NO_SHOW, NOW
    spoken = {"round_id": world.start.id, "spoken_on": NOW.date(), "noted_at": NOW}
    db.session.add_all(
        [
            PersonalApproach(pupil_id=world.daan.id, next_step=NextStep.TRY_AGAIN, **spoken),
            PersonalApproach(pupil_id=world.mila.id, next_step=NextStep.WE_CALL, **spoken),
        ]
    )
    db.session.commit()
    page = reached_in(world.start.id, world.milas_talk.ends_at)
    assert page.whole.counts == {How.NOT_YET: 1, How.PERSONAL: 1, How.TO_NOTE: 2}


def test_a_hundred_percent_is_everybody(world):
    for number in range(200):
        pupil = a_pupil(f"Kind {number}", world.three)
        db.session.add(NoTalkNeeded(round_id=world.start.id, pupil_id=pupil.id, said_at=NOW))
    db.session.commit()
    assert reached_in(world.start.id, NOW).classes[0].percent == 99
