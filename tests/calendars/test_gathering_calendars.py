"""A gathering in the calendars of a family: others see one event that follows every change, and then none."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask

from scheduling.domain.mailings import OutboxState
from scheduling.domain.timeslots import moment_at
from scheduling.mail.calendar import Method
from scheduling.mail.letters import write
from scheduling.mail.message import Sheet
from scheduling.models import Outbox, db
from scheduling.queries import gatherings as asking
from scheduling.queries.letters import find_letter
from scheduling.services import gatherings
from tests.calendars.readers import by_node, by_vobject, libical_errors, moment
from tests.mail.facts import PAPER, TOKEN
from tests.services.test_gatherings import DAY, LATER, OFFICE, School

READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "vobject": by_vobject,
    "ical.js": lambda data: by_node(data)["icaljs"],
    "node-ical": lambda data: by_node(data)["nodeical"],
}


@pytest.fixture
def sheets(context: Flask) -> list[Sheet]:
    """Ruud's letters: invited, a day later, another hall, called off."""
    school = School()
    school.invite(school.at_three)
    found = [_leaves("ruud")]
    school.move(school.at_three, day=DAY + timedelta(days=1))
    found.append(_leaves("ruud"))
    school.move(school.at_three, place="aula")
    found.append(_leaves("ruud"))
    version = asking.gathering_page(school.at_three, LATER).version
    gatherings.call_off(planned_id=school.at_three, version=version, by=OFFICE, now=LATER)
    return [*found, _leaves("ruud")]


def _leaves(who: str) -> Sheet:
    """What is told now, as it leaves to one parent; to the others as well."""
    gatherings.tell(LATER)
    waiting = db.session.query(Outbox).filter_by(state=OutboxState.QUEUED).all()
    (own,) = [row for row in waiting if row.address.startswith(who)]
    facts = find_letter(own.id, LATER)
    assert facts is not None
    assert facts.stop is None
    for row in waiting:
        row.state = OutboxState.SENT
    db.session.commit()
    return write(facts, token=TOKEN, paper=PAPER)


def test_others_see_one_event_that_follows_every_change_and_then_none(sheets: list[Sheet]) -> None:
    assert [sheet.method for sheet in sheets] == [Method.REQUEST, Method.REQUEST, Method.REQUEST, Method.CANCEL]
    assert [libical_errors(sheet.calendar) for sheet in sheets] == [0, 0, 0, 0]
    starts = [moment_at(DAY + timedelta(days=day), time(17)) for day in (0, 1, 1, 1)]
    for name, read in READERS.items():
        events = [event for sheet in sheets for event in read(sheet.calendar)]
        assert len({event["uid"] for event in events}) == 1, name
        assert [event["sequence"] for event in events] == [0, 1, 2, 3], name
        assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"], name
        assert [moment(event["start"]) for event in events] == [moment(start) for start in starts], name
        assert [moment(event["end"]) for event in events] == [
            moment(start + timedelta(minutes=45)) for start in starts
        ], name  # fmt: skip
        assert ["aula" in event["location"] for event in events] == [False, False, True, True], name
        assert {tuple(address.partition("ruud")[1] for address in event["attendees"]) for event in events} == {
            ("ruud",)
        }, name  # fmt: skip


def test_no_name_of_a_child_and_no_link_is_in_the_calendar(sheets: list[Sheet]) -> None:
    for sheet in sheets:
        text = sheet.calendar.decode().replace("\r\n ", "")
        assert "Mila" not in text
        assert TOKEN not in text
