"""A class asks its families for help: never more helpers than asked, and they hear of every other day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain import class_tasks as rules
from scheduling.domain.class_tasks import Asked
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.texts import TextCompels, TextTooLong
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassTask, ClassTaskHelper, Guardian, PlannedDate, db
from scheduling.queries.class_tasks import Task, tasks_for_family, tasks_for_staff
from scheduling.queries.letters import find_letter
from scheduling.services import class_tasks, contact_parents, gatherings, year_plans
from tests.builders import NOW
from tests.services.test_gathering_topics import a_contact, parent
from tests.services.test_gatherings import LATER, OFFICE, School, either_school, letters, school, they_leave

__all__ = ["either_school", "school"]
TRIP = date(2027, 10, 8)


def office(school: School) -> Actor:
    return Actor(ActorKind.STAFF, school.director.id)


def leader(school: School) -> Actor:
    return Actor(ActorKind.STAFF, school.three.leaders[0].staff_id)


def a_trip(school: School, by: Actor | None = None, **changes: object) -> int:
    asked = {"what": "Rijden", "wanted": 1, "title": "Schoolreis", "day": TRIP} | changes
    return class_tasks.ask(class_id=school.three.id, asked=Asked(**asked), by=by or leader(school), now=NOW)


def helps(person: Guardian, task_id: int) -> None:
    class_tasks.sign_up(task_id=task_id, by=parent(person), now=NOW)


def for_family(person: Guardian) -> list[Task]:
    return [task for place in tasks_for_family(parent(person), NOW) for task in place.tasks]


def for_staff(by: Actor, *class_ids: int) -> list[Task]:
    return [task for place in tasks_for_staff(by, class_ids, NOW) for task in place.tasks]


def test_leader_office_and_contact_parent_ask_and_nobody_else(school: School):
    a_contact(school, school.layla, school.three.id)
    for by in (leader(school), office(school), parent(school.layla)):
        a_trip(school, by)
    karin = Actor(ActorKind.STAFF, school.four.leaders[0].staff_id)
    for by in (parent(school.ruud), karin):
        with pytest.raises(rules.NoSuchTask):
            a_trip(school, by)
    assert [task.owner for task in for_family(school.ruud)] == ["", "", school.layla.given_name]
    with pytest.raises(rules.NoSuchTask):
        class_tasks.withdraw(task_id=for_family(school.ruud)[0].id, by=karin, now=NOW)


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"what": " "}, rules.NothingAsked),
        ({"what": "x" * 121}, TextTooLong),
        ({"what": "Komen is verplicht"}, TextCompels),
        ({"title": ""}, rules.NoOccasion),
        ({"wanted": 0}, rules.WrongNumberOfHelpers),
        ({"wanted": 41}, rules.WrongNumberOfHelpers),
        ({"day": None}, rules.TaskDayElsewhere),
        ({"day": NOW.date() - timedelta(days=1)}, rules.TaskDayElsewhere),
        ({"day": date(2029, 1, 1)}, rules.TaskDayElsewhere),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(school: School, asked: dict[str, object], refusal: type[Exception]):
    with pytest.raises(refusal):
        a_trip(school, **asked)
    assert db.session.scalar(select(ClassTask)) is None


def test_never_more_helpers_than_asked_and_a_place_comes_free_again(either_school: School):
    school = either_school
    trip = a_trip(school)
    helps(school.ruud, trip)
    helps(school.ruud, trip)
    with pytest.raises(rules.TaskFull):
        helps(school.layla, trip)
    class_tasks.sign_off(task_id=trip, by=parent(school.ruud), now=NOW)
    helps(school.layla, trip)
    assert [one.name for task in for_staff(leader(school), school.three.id) for one in task.helpers] == ["Layla"]
    assert for_family(school.ruud)[0].left == 0


def test_a_contact_parent_changes_only_what_that_parent_asked_and_is_named_as_long_as_it_is_one(school: School):
    a_contact(school, school.layla, school.three.id)
    a_contact(school, school.els, school.three.id)
    trip, of_school = a_trip(school, parent(school.layla)), a_trip(school)
    for task in (trip, of_school):
        with pytest.raises(rules.NoSuchTask):
            class_tasks.withdraw(task_id=task, by=parent(school.els), now=NOW)
    contact_parents.say_no(class_id=school.three.id, by=parent(school.layla), now=NOW)
    assert [task.owner for task in for_family(school.ruud)] == ["", ""]
    with pytest.raises(rules.NoSuchTask):
        class_tasks.withdraw(task_id=trip, by=parent(school.layla), now=NOW)
    class_tasks.withdraw(task_id=trip, by=leader(school), now=NOW)
    assert [task.id for task in for_family(school.ruud)] == [of_school]


def test_only_parents_of_the_class_help(school: School):
    task = class_tasks.ask(
        class_id=school.four.id, asked=Asked("Koffie", 3, title="Ouderfeest", day=TRIP), by=office(school), now=NOW
    )
    helps(school.layla, task)
    for act in (class_tasks.sign_up, class_tasks.sign_off):
        with pytest.raises(rules.NoSuchTask):
            act(task_id=task, by=parent(school.ruud), now=NOW)
    with pytest.raises(rules.NoSuchTask):
        class_tasks.sign_up(task_id=task, by=leader(school), now=NOW)
    assert for_family(school.ruud) == []


def test_helpers_hear_once_of_another_day_and_that_it_is_off(either_school: School):
    school = either_school
    trip = a_trip(school)
    helps(school.ruud, trip)
    assert class_tasks.tell(NOW) == 0
    class_tasks.move(task_id=trip, day=TRIP + timedelta(days=1), by=leader(school), now=NOW)
    assert (class_tasks.tell(NOW), class_tasks.tell(NOW)) == (1, 0)
    (moved,) = letters(Letter.TASK_CHANGED)
    assert (moved.guardian_id, find_letter(moved.id, NOW).task.day) == (school.ruud.id, TRIP + timedelta(days=1))
    class_tasks.withdraw(task_id=trip, by=leader(school), now=NOW)
    assert find_letter(moved.id, NOW).stop.state is OutboxState.SUPERSEDED
    they_leave()
    assert (class_tasks.tell(NOW), class_tasks.tell(NOW)) == (1, 0)
    off = letters(Letter.TASK_CHANGED)[-1]
    assert (find_letter(off.id, NOW).task.day, find_letter(off.id, NOW).stop) == (None, None)
    with pytest.raises(rules.TaskOver):
        helps(school.layla, trip)
    with pytest.raises(rules.TaskOver):
        class_tasks.move(task_id=trip, day=TRIP, by=leader(school), now=NOW)


def test_who_has_no_child_in_the_class_any_more_leaves_the_list_and_hears_so_unless_gone_for_good(
    either_school: School,
):
    school = either_school
    trip = a_trip(school, wanted=3)
    for person in (school.ruud, school.els, school.layla):
        helps(person, trip)
    school.mila.left_on, school.els.left_on = TRIP - timedelta(days=1), NOW.date()
    db.session.commit()
    assert class_tasks.tell(NOW) == 0, "Mila is still there today"
    school.mila.left_on, school.els.active = NOW.date(), False
    db.session.commit()
    assert (class_tasks.tell(NOW), class_tasks.tell(NOW)) == (1, 0)
    (off,) = letters(Letter.TASK_CHANGED)
    assert (off.guardian_id, find_letter(off.id, NOW).task.day) == (school.ruud.id, None)
    assert find_letter(off.id, NOW).stop is None
    assert [one.name for task in for_staff(leader(school), school.three.id) for one in task.helpers] == ["Layla"]


def test_what_goes_with_a_moment_of_the_plan_follows_it_until_it_is_off(school: School):
    db.session.get_one(PlannedDate, school.at_three).published_at = NOW
    db.session.commit()
    with pytest.raises(rules.TaskOver):
        a_trip(school, planned_id=987_654)
    task = a_trip(school, planned_id=school.at_three)
    helps(school.ruud, task)
    found = for_family(school.ruud)[0]
    assert (found.kind, found.title, found.day) == (PlannedKind.RECEPTION, "", date(2027, 9, 7))
    school.move(school.at_three, day=date(2027, 9, 8))
    assert class_tasks.tell(LATER) == 1
    with pytest.raises(rules.TaskOver):
        class_tasks.move(task_id=task, day=TRIP, by=leader(school), now=NOW)
    gatherings.invite(planned_ids=[school.at_three], by=OFFICE, now=LATER)
    year_plans.remove(
        planned_id=school.at_three, version=db.session.get_one(PlannedDate, school.at_three).version, by=OFFICE,
        now=LATER,
    )  # fmt: skip
    assert class_tasks.tell(LATER) == 1
    assert db.session.scalars(select(ClassTaskHelper.told_day)).all() == [None]
    assert for_family(school.ruud) == []
