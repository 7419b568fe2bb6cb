"""The five examples of a plan on the calendar of a school year, as programs that are not ours read them."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
import vobject

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.moments import Anchor, MomentKind, Timing
from scheduling.domain.people import Person
from scheduling.domain.plans import AgreedMoment, Agreement, ContactForm, InfoNeed
from scheduling.domain.years import CalendarDay, DayKind, Period, Region
from scheduling.mail.agendas import calendar_of
from scheduling.mail.family_agendas import family_calendar
from scheduling.models import db
from scheduling.queries.family_feeds import find_family_feed
from scheduling.queries.feeds import find_agenda
from scheduling.services import family_feeds, plans, years
from tests.builders import a_class, a_guardian, a_leader, a_pupil, a_school, a_year, household_of
from tests.calendars.readers import by_node, libical_errors

pytestmark = pytest.mark.usefixtures("context")

YEAR = "2026-2027"
NOW = datetime(2026, 9, 8, 14, tzinfo=UTC)
REPORTS = ((DayKind.REPORT_1, date(2026, 11, 20)), (DayKind.REPORT_2, date(2027, 6, 4)))
CALL, MAIL, HOME, DAY = (
    ContactForm.CALL, ContactForm.MAIL, ContactForm.HOME_VISIT, ContactForm.SCHOOL_VISIT_DAY
)  # fmt: skip
FIVE = {
    "Sami": [
        AgreedMoment(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), CALL, purpose="kanarie"),
        AgreedMoment(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_2), CALL),
        AgreedMoment(Timing(MomentKind.MONTH_BEGIN, month=6), DAY, with_pupil=True, is_review=True),
    ],
    "Noor": [AgreedMoment(Timing(MomentKind.RIGHT_AFTER, Anchor.REPORT_1), HOME, with_pupil=True)],
    "Finn": [AgreedMoment(Timing(MomentKind.ON_DEMAND), MAIL)],
    "Daan": [AgreedMoment(Timing(MomentKind.FIXED, day=date(2026, 9, 29), begins=time(16), minutes=20))],
    "Mila": [
        AgreedMoment(Timing(MomentKind.IN_MONTH, month=11), CALL),
        AgreedMoment(Timing(MomentKind.IN_MONTH, month=3), CALL),
    ],
}
DATED = {
    "Sami": {("2026-11-23", "2026-11-28"), ("2027-06-07", "2027-06-12"), ("2027-06-01", "2027-06-11")},
    "Noor": {("2026-11-23", "2026-12-05")},
    "Finn": set(),
    "Daan": {("2026-09-29T14:00", "2026-09-29T14:20")},
    "Mila": {("2026-11-01", "2026-12-01"), ("2027-03-01", "2027-04-01")},
}
"""From and until (a whole day: the one after the last); a time in UTC. The same in both regions: no holiday is near."""


def a_school_of(region: Region) -> dict[str, str]:
    """A school with its holidays and reports in which the five families agreed; the calendar of each home."""
    a_school(region=region)
    year = a_year(YEAR, region)
    years.prefill(db.session(), year, region)
    db.session.commit()
    for kind, day in REPORTS:
        years.add_day(year_id=year.id, day=CalendarDay(kind, "rapport", Period(day, day)), by=SYSTEM, now=NOW)
    bas = a_leader("bas")
    three = a_class("3", leaders=[bas])
    return {name: _agreed(name, a_pupil(name, three), year.id, bas.id) for name in FIVE}


def _agreed(name: str, pupil: Any, year_id: int, leader_id: int) -> str:
    parent = a_guardian(f"Ouder van {name}", pupil)
    forms = tuple({one.form or CALL for one in FIVE[name]})
    plan_id = plans.agree(
        pupil_id=pupil.id, household_id=household_of(parent).id, year_id=year_id, seen_version=0, leader_id=leader_id,
        agreement=Agreement(forms, NOW.date(), name, True, info_need=InfoNeed.NO, moments=tuple(FIVE[name])),
        by=Actor(ActorKind.STAFF, leader_id), now=NOW,
    )  # fmt: skip
    person = Person(HolderKind.GUARDIAN, parent.id)
    says = plans.welcome_home_visit if HOME in forms else plans.confirm
    says(plan_id=plan_id, seen_version=1, person=person, by=person.actor, now=NOW)
    token = family_feeds.issue(by=person.actor, now=NOW)
    return family_calendar(find_family_feed(token, NOW)).decode()


def of_contact(seen: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """From and until of each moment that was agreed."""
    return {(str(one["from"]), str(one["until"])) for one in seen if str(one["uid"]).startswith("m-")}


@pytest.mark.parametrize("region", [Region.SOUTH, Region.NORTH])
def test_the_five_plans_of_a_year_read_the_same_in_every_program(region):
    homes = a_school_of(region)
    for name, calendar in homes.items():
        assert_read(calendar.encode(), DATED[name])
        assert "kanarie" not in calendar
    mentor = calendar_of(find_agenda(1, NOW))
    assert_read(mentor, set().union(*DATED.values()))
    assert b"kanarie" not in mentor


def assert_read(data: bytes, expected: set[tuple[str, str]]) -> None:
    both = by_node(data)
    assert of_contact(both["icaljs"]) == of_contact(both["nodeical"]) == expected
    assert {(_said(one.dtstart.value), _said(one.dtend.value)) for one in contact_events(data)} == expected
    assert libical_errors(data) == 0


def contact_events(data: bytes) -> list[Any]:
    """As vobject reads them."""
    return [one for one in vobject.readOne(data.decode()).contents.get("vevent", []) if one.uid.value[:2] == "m-"]


def _said(value: date | datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") if isinstance(value, datetime) else value.isoformat()
