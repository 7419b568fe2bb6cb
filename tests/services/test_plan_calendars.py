"""The moments of an agreement in the calendars of the mentor and of the home."""

from datetime import date, timedelta

import icalendar
import pytest

from scheduling.domain.people import FeedDetail
from scheduling.domain.plans import AgreedMoment
from scheduling.mail.agendas import calendar_of
from scheduling.mail.family_agendas import family_calendar
from scheduling.models import School, db
from scheduling.queries.family_feeds import find_family_feed
from scheduling.queries.feeds import find_agenda
from scheduling.services import family_feeds
from tests.services.test_plan_moments import AFTER_REPORT, IN_MARCH, ON_TUESDAY, agreed, report_comes_on, scene
from tests.services.test_plans import CALL, HOME, NOW, Scene

__all__ = ("scene",)

pytestmark = pytest.mark.usefixtures("any_context")


def of_bas(scene: Scene) -> list[icalendar.Event]:
    return events(calendar_of(find_agenda(scene.bas, NOW)))


def of_home(token: str) -> list[icalendar.Event]:
    return events(family_calendar(find_family_feed(token, NOW)))


def events(calendar: bytes) -> list[icalendar.Event]:
    found = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    return sorted((one for one in found if str(one["uid"]).startswith("m-")), key=lambda one: str(one["dtstart"].dt))


def test_an_agreed_week_is_whole_days_that_hinder_nothing_and_a_time_is_a_time(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL, purpose="kanarie"), AgreedMoment(ON_TUESDAY, CALL))
    for found in (of_bas(scene), of_home(token)):
        tuesday, week = found
        assert (week["dtstart"].dt, week["dtend"].dt) == (date(2027, 11, 22), date(2027, 11, 27))
        assert (week["transp"], tuesday["transp"]) == ("TRANSPARENT", "OPAQUE")
        assert tuesday["dtend"].dt - tuesday["dtstart"].dt == timedelta(minutes=20)
        assert "kanarie" not in repr(found)
    assert {str(one["uid"]) for one in of_bas(scene)} == {str(one["uid"]) for one in of_home(token)}


def test_a_family_reads_no_name_of_a_child_and_the_mentor_as_much_as_the_school_lets(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    agreed(scene, AgreedMoment(ON_TUESDAY, CALL))
    [family] = of_home(token)
    assert "Sami" not in str(family["summary"])
    for detail, said in ((FeedDetail.GIVEN_NAME, True), (FeedDetail.INITIALS, False), (FeedDetail.TIME_ONLY, False)):
        db.session.get_one(School, 1).feed_detail = detail
        db.session.commit()
        [mentor] = of_bas(scene)
        assert ("Sami" in str(mentor["summary"])) is said


def test_a_proposal_stands_in_nobodys_calendar(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    scene.agree(CALL, moments=(AgreedMoment(ON_TUESDAY, CALL),))
    assert (of_bas(scene), of_home(token)) == ([], [])


def test_a_report_on_another_day_moves_the_same_entry(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    agreed(scene, AgreedMoment(AFTER_REPORT, CALL))
    [before] = of_home(token)
    report_comes_on(scene, date(2027, 11, 26))
    for found in (of_home(token), of_bas(scene)):
        [after] = found
        assert (after["uid"], after["sequence"]) == (before["uid"], before["sequence"] + 1)
        assert after["dtstart"].dt == date(2027, 11, 29)


def test_the_other_home_and_another_leader_have_nothing_of_it(scene):
    token = family_feeds.issue(by=scene.karim.actor, now=NOW)
    agreed(scene, AgreedMoment(ON_TUESDAY, CALL))
    assert of_home(token) == []
    assert find_agenda(scene.anna, NOW).contacts == ()


def test_a_visit_stands_in_calendars_once_it_is_welcome(scene):
    plan = scene.agree(CALL, HOME, moments=(AgreedMoment(ON_TUESDAY, HOME),))
    assert of_bas(scene) == []
    scene.welcomes(plan)
    [visit] = of_bas(scene)
    assert "location" not in visit


def test_while_a_change_waits_what_reads_as_before_stays_and_what_changes_is_nowhere(scene):
    token = family_feeds.issue(by=scene.layla.actor, now=NOW)
    plan = agreed(scene, AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(ON_TUESDAY, CALL))
    scene.agree(CALL, seen=1, moments=(AgreedMoment(AFTER_REPORT, CALL), AgreedMoment(IN_MARCH, CALL)))
    for found in (of_bas(scene), of_home(token)):
        assert [one["dtstart"].dt for one in found] == [date(2027, 11, 22)]
    scene.says_yes(plan, seen=2)
    for found in (of_bas(scene), of_home(token)):
        assert [one["dtstart"].dt for one in found] == [date(2027, 11, 22), date(2028, 3, 1)]


def test_who_would_rather_have_something_else_has_nothing_in_calendars(scene):
    plan = agreed(scene, AgreedMoment(ON_TUESDAY, CALL))
    scene.wishes(plan, "liever mailen")
    assert of_bas(scene) == []
    scene.says_yes(plan)
    assert len(of_bas(scene)) == 1
