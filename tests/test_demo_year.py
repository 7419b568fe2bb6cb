"""The demo shows a year in which families were invited already."""

from flask import Flask

from scheduling.demo import OFFICE, agree_on_contact, begin_lists, plan_the_year, plan_with_the_class, remember_calls
from scheduling.domain.checklists import Moment
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import StaffRole
from scheduling.domain.questionnaires import FEWEST, Asked
from scheduling.domain.year_board import Stage
from scheduling.models import db
from scheduling.queries.buddies import board
from scheduling.queries.checklists import class_list
from scheduling.queries.circles import circles_of_year
from scheduling.queries.class_tasks import tasks_for_staff
from scheduling.queries.contacts import week_of
from scheduling.queries.gathering_topics import topics_of
from scheduling.queries.gatherings import gathering_page
from scheduling.queries.informal_meetings import planned_for
from scheduling.queries.information_poll import information_poll
from scheduling.queries.plans import agreements_by_class
from scheduling.queries.questionnaires import held
from scheduling.queries.year_board import year_board
from scheduling.queries.years import find_year
from tests.builders import NOW, a_guardian, a_leader, a_pupil
from tests.services.test_year_plans import School
from tests.worlds import a_world


def test_the_demo_has_a_planned_year_with_an_evening_of_receptions_to_which_homes_answered(context: Flask):
    school = School()
    a_leader("kantoor", roles=[StaffRole.OFFICE]).email = OFFICE
    db.session.commit()
    plan_the_year(school.year.label, NOW)
    invited = [row.line.id for row in year_board(school.year, NOW).rows if row.stage is Stage.INVITED]
    assert len(invited) > 1
    receptions = [page for page in (gathering_page(one, NOW) for one in invited) if page.line.planned.groups]
    assert sum(page.counts.yes for page in receptions) == 1


def test_the_demo_has_a_parent_circle_with_a_missing_class_and_help_that_is_given(context: Flask):
    school = School()
    a_guardian("Ruud", a_pupil("Mila", school.five))
    a_leader("kantoor", roles=[StaffRole.OFFICE]).email = OFFICE
    db.session.commit()
    plan_the_year(school.year.label, NOW)
    circle = circles_of_year(school.year.id, NOW).circles[0]
    assert circle.invited
    assert len(circle.missing) == 1
    karin = Actor(ActorKind.STAFF, school.karin.id)
    (task, *_) = (task for place in tasks_for_staff(karin, [school.five.id], NOW) for task in place.tasks)
    assert (task.owner, [one.name for one in task.helpers]) == ("Ruud", ["Ruud"])
    assert [one.text for one in topics_of(circle.line.id, karin, NOW).topics] == ["Fietsen bij het hek"] * 2


def test_the_mentor_of_the_demo_has_families_to_call_this_week(context: Flask):
    world = a_world()
    remember_calls(world.bas.id, NOW)
    remember_calls(world.bas.id, NOW)
    assert len(week_of(world.bas.id, world.start.year_id, today=NOW.date()).lines) == 2


def test_the_demo_has_families_who_want_an_evening_and_an_informal_meeting_of_a_class(context: Flask):
    world = a_world()
    for number in range(5):
        child = a_pupil(f"Kind{number}", world.three)
        a_guardian(f"Ouder{number}", child)
    plan_with_the_class(world.bas.id, NOW)
    year = find_year("2027-2028")
    poll = information_poll(year, NOW.date()).rows[0]
    assert (poll.yes, poll.maybe, poll.no, poll.periods["oktober"]) == (2, 1, 1, 2)
    (meeting,) = planned_for(world.three.id)
    assert meeting.planned.day.month == 11
    assert gathering_page(meeting.id, NOW).details.theme == "sociale media"


def test_the_demo_has_answers_to_the_questionnaire_a_checklist_and_parents_who_fit(context: Flask):
    school = School()
    a_leader("kantoor", roles=[StaffRole.OFFICE]).email = OFFICE
    a_guardian("Petra", a_pupil("Daan", school.three))
    db.session.commit()
    begin_lists(school.bas.id, NOW)
    assert held(school.year.id).people[Asked.PARENT] > FEWEST
    rows = class_list(school.three.id, school.bas.id, NOW).rows
    assert [row.is_begun(Moment.AUTUMN) for row in rows] == [True, False]
    (need,) = board(school.year.id, school.bas.id, NOW).needs
    assert len(need.offers) == 1, "one button asks both"


def test_a_class_of_the_demo_has_families_in_every_state(context: Flask):
    world = a_world()
    for number in range(5):
        a_guardian(f"Ouder{number}", a_pupil(f"Kind{number}", world.three))
    agree_on_contact(world.bas.id, NOW)
    [group] = agreements_by_class(world.start.year_id, leader_id=world.bas.id, today=NOW.date())
    proposed = [row.plan for row in group.proposed]
    assert len(group.agreed) > 0
    assert len(group.open) > 0
    assert [plan.version for plan in proposed if plan.version > 1], "a change waits for an answer"
    assert [plan for plan in proposed if plan.wish]
    assert [plan for plan in proposed if plan.version == 1 and not plan.wish]
