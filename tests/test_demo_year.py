"""The demo shows a year in which families were invited already."""

from flask import Flask

from scheduling.demo import OFFICE, plan_the_year, remember_calls
from scheduling.domain.people import StaffRole
from scheduling.domain.year_board import Stage
from scheduling.models import db
from scheduling.queries.contacts import week_of
from scheduling.queries.gatherings import gathering_page
from scheduling.queries.year_board import year_board
from tests.builders import NOW, a_leader
from tests.services.test_year_plans import School
from tests.worlds import a_world


def test_the_demo_has_a_planned_year_with_an_evening_of_receptions_to_which_homes_answered(context: Flask):
    school = School()
    a_leader("kantoor", roles=[StaffRole.OFFICE]).email = OFFICE
    db.session.commit()
    plan_the_year(school.year.label, NOW)
    invited = [row.line.id for row in year_board(school.year, NOW).rows if row.stage is Stage.INVITED]
    assert len(invited) > 1
    assert sum(gathering_page(one, NOW).counts.yes for one in invited) == 1


def test_the_mentor_of_the_demo_has_families_to_call_this_week(context: Flask):
    world = a_world()
    remember_calls(world.bas.id, NOW)
    remember_calls(world.bas.id, NOW)
    assert len(week_of(world.bas.id, world.start.year_id, today=NOW.date()).lines) == 2
