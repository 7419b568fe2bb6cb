"""The public calendar of a school's year, in the eyes of three readers that are not ours."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
import vobject
from flask import Flask

from scheduling.domain.year_plans import PlannedKind
from scheduling.models import db
from scheduling.services import year_plans
from tests.builders import NOW
from tests.calendars.readers import by_node, libical_errors, moment
from tests.services.test_year_plans import CIRCLE, OFFICE, School

READERS: dict[str, Callable[[bytes], dict[str, tuple[int, str]]]] = {
    "vobject": lambda data: {
        event.uid.value: (int(event.sequence.value), start_of(event.dtstart.value))
        for event in vobject.readOne(data.decode()).vevent_list
    },
    "ical.js": lambda data: by_reader(data, "icaljs"),
    "node-ical": lambda data: by_reader(data, "nodeical"),
}


def by_reader(data: bytes, reader: str) -> dict[str, tuple[int, str]]:
    return {event["uid"]: (event["sequence"], event["start"][:16]) for event in by_node(data)[reader]}


def start_of(value: date) -> str:
    """A moment as the readers of Node say it; of a whole day only the day."""
    return moment(value)[:16] if isinstance(value, datetime) else value.isoformat()


@pytest.mark.parametrize("reader", READERS)
def test_a_moved_moment_moves_and_keeps_its_name_and_the_others_stay(app: Flask, reader: str):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            school = School()
            school.propose()
            kinds = [CIRCLE, PlannedKind.CONTACT_EVENING]
            year_plans.publish(year_id=school.year.id, kinds=kinds, by=OFFICE, now=NOW)
            circle = school.rows(CIRCLE)[0]
            uid, new_day = circle.ical_uid, circle.day - timedelta(days=2)
            before = app.test_client().get("/jaar.ics").data
            school.move(circle, day=new_day)
            db.session.remove()
        after = app.test_client().get("/jaar.ics").data
    assert libical_errors(before) == libical_errors(after) == 0
    was, now = READERS[reader](before), READERS[reader](after)
    assert was.keys() == now.keys()
    assert len(now) == 10
    assert [one for one in now if now[one] != was[one]] == [uid]
    assert now[uid] == (1, f"{new_day}T18:00"), "20.00 hours in September is 18.00 in UTC"


def test_days_without_hours_are_whole_days_and_hinder_nothing(app: Flask):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            school = School()
            school.propose()
            year_plans.publish(
                year_id=school.year.id, kinds=[PlannedKind.START_ROUND, PlannedKind.REPORT], by=OFFICE, now=NOW
            )
            db.session.remove()
        data = app.test_client().get("/jaar.ics").data
    events = vobject.readOne(data.decode()).vevent_list
    assert {event.transp.value for event in events} == {"TRANSPARENT"}
    spans = sorted((event.dtstart.value, event.dtend.value) for event in events)
    assert spans[0] == (date(2027, 8, 25), date(2027, 9, 18)), "the end is the first day after it"
    assert all(end - start == timedelta(days=1) for start, end in spans[1:])
    assert len(by_node(data)["icaljs"]) == len(by_node(data)["nodeical"]) == 3
