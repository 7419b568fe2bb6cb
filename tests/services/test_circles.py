"""The parent circle: every class has somebody there if it can, preferably the same parent again."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain import circles as rules
from scheduling.domain.gatherings import Coming, GatheringOver, NotInvitedYet
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.timeslots import moment_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import CircleSeat, Enrolment, PlannedDate, db
from scheduling.queries import circles as asking
from scheduling.queries.bookings import find_homes
from scheduling.queries.circles import Circle, Cover
from scheduling.queries.gatherings import for_home, gathering_page
from scheduling.queries.letters import find_letter
from scheduling.services import circles, contact_parents, gatherings
from tests.builders import NOW, a_class, a_guardian, a_pupil, a_year
from tests.questions import questions
from tests.services.test_gathering_topics import a_contact, parent
from tests.services.test_gatherings import LATER, OFFICE, School, addresses, either_school, letters, school, they_leave

__all__ = ["either_school", "school"]
FIRST, SECOND = date(2027, 9, 15), date(2027, 10, 13)


def a_circle(school: School, day: date = FIRST, *groups: int) -> int:
    return school.add(PlannedKind.PARENT_CIRCLE, *groups, day=day, begins=time(20), ends=time(22), place="kring")


def the_circle(planned_id: int, now: datetime = LATER) -> Circle:
    db.session.expire_all()
    return asking.circle(planned_id, now)


def of(found: Circle, name: str) -> Cover:
    return next(one for one in found.classes if one.name == name)


def seats(planned_id: int, chosen: dict[int, int | None], now: datetime = LATER) -> None:
    circles.seat(planned_id=planned_id, chosen=chosen, by=OFFICE, now=now)


def covered(found: Circle) -> dict[str, str]:
    return {one.name: one.representative.name if one.representative else "" for one in found.classes}


def on_the_evening(day: date = FIRST) -> datetime:
    return moment_at(day, time(20, 30))


def test_only_the_contact_parents_of_its_classes_are_invited_each_with_an_own_letter(school: School):
    a_contact(school, school.layla, school.three.id)
    a_contact(school, school.els, school.three.id)
    circle = a_circle(school)
    school.invite(circle)
    assert addresses(letters(Letter.GATHERING)) == sorted([one.email.partition("@")[0].rstrip("0123456789")
                                                           for one in (school.layla, school.els)])  # fmt: skip
    assert len(gathering_page(circle, NOW).homes) == 2
    seen = [
        for_home(parent(one), find_homes(db.session(), parent(one), FIRST), NOW) for one in (school.layla, school.ruud)
    ]
    assert [len(one) for one in seen] == [1, 0]


def test_who_stops_as_contact_parent_hears_that_it_leaves_the_calendar(school: School):
    a_contact(school, school.layla, school.three.id)
    school.invite(a_circle(school))
    they_leave()
    contact_parents.say_no(class_id=school.three.id, by=parent(school.layla), now=NOW)
    gatherings.tell(NOW)
    (off,) = letters(Letter.GATHERING_OFF)
    assert off.guardian_id == school.layla.id


def test_a_class_is_represented_by_a_contact_parent_who_says_yes(school: School):
    a_contact(school, school.layla, school.three.id)
    circle = a_circle(school)
    school.invite(circle)
    assert covered(the_circle(circle)) == {"3": "", "4": ""}
    school.says(school.layla, circle, adults=1)
    assert covered(the_circle(circle)) == {"3": school.layla.name.full, "4": ""}
    assert [one.name for one in the_circle(circle).missing] == ["4"]
    school.says(school.layla, circle, Coming.PERHAPS)
    assert covered(the_circle(circle)) == {"3": "", "4": ""}


def test_of_two_contact_parents_in_one_home_only_who_comes_represents_a_class(school: School):
    a_contact(school, school.layla, school.three.id)
    a_contact(school, school.omar, school.four.id)
    circle = a_circle(school)
    school.invite(circle)
    they_leave()
    school.says(school.layla, circle, adults=1)
    found = the_circle(circle)
    assert covered(found) == {"3": "", "4": ""}
    assert [one.doubtful for one in found.classes] == [True, True]
    with pytest.raises(rules.NobodyToAsk):
        circles.ask_again(planned_id=circle, by=OFFICE, now=LATER)
    seats(circle, {school.four.id: school.omar.id})
    assert covered(the_circle(circle)) == {"3": "", "4": school.omar.name.full}
    seats(circle, {school.four.id: None})
    school.says(school.layla, circle, adults=2)
    assert covered(the_circle(circle)) == {"3": school.layla.name.full, "4": school.omar.name.full}


def test_a_parent_of_another_class_is_named_and_nothing_is_kept(school: School):
    circle = a_circle(school)
    with pytest.raises(rules.NotAParentHere) as said:
        seats(circle, {school.three.id: school.layla.id, school.four.id: school.ruud.id})
    assert (said.value.parent, said.value.class_name) == (school.ruud.name.full, "4")
    assert said.value.field == f"class-{school.four.id}"
    assert db.session.scalar(select(CircleSeat)) is None
    with pytest.raises(rules.NoSuchCircle):
        seats(school.at_three, {school.three.id: school.ruud.id})
    with pytest.raises(rules.NoSuchCircle):
        seats(a_circle(school, SECOND, school.three.id), {school.four.id: school.layla.id})


def test_whom_the_office_writes_down_comes_and_is_invited_too(school: School):
    circle = a_circle(school)
    school.invite(circle)
    seats(circle, {school.three.id: school.ruud.id})
    gatherings.tell(LATER)
    assert [row.guardian_id for row in letters(Letter.GATHERING)] == [school.ruud.id]
    found = the_circle(circle)
    assert covered(found) == {"3": school.ruud.name.full, "4": ""}
    assert of(found, "3").by_hand
    they_leave()
    seats(circle, {school.three.id: None})
    gatherings.tell(LATER)
    assert [row.guardian_id for row in letters(Letter.GATHERING_OFF)] == [school.ruud.id]


def test_who_came_last_time_stands_first_and_represents_again(school: School):
    first, second = a_circle(school), a_circle(school, SECOND)
    a_contact(school, school.layla, school.three.id)
    a_contact(school, school.els, school.three.id)
    seats(first, {school.three.id: school.els.id, school.four.id: None}, on_the_evening())
    later = on_the_evening() + timedelta(days=1)
    assert [one.guardian_id for one in of(the_circle(second, later), "3").parents][:2] == [
        school.els.id,
        school.layla.id,
    ]
    school.invite(second)
    for one in (school.layla, school.els):
        school.says(one, second, adults=1)
    assert covered(the_circle(second, later))["3"] == school.els.name.full


def test_who_represented_a_class_last_year_is_proposed_first_for_the_class_of_this_year(school: School):
    first = a_circle(school)
    seats(first, {school.three.id: school.els.id, school.four.id: None}, on_the_evening())
    group = a_class("5", year=a_year("2028-2029"))
    for pupil in (school.sami, school.mila):
        db.session.add(Enrolment(pupil_id=pupil.id, year_id=group.year_id, class_id=group.id, year_level="5"))
    next_year = PlannedDate(
        year_id=group.year_id, kind=PlannedKind.PARENT_CIRCLE, day=date(2028, 9, 13), begins=time(20), ends=time(22),
        for_all=True, place="kring", ical_uid="next@driehoek", ical_stamp=NOW,
    )  # fmt: skip
    db.session.add(next_year)
    db.session.commit()
    found = of(the_circle(next_year.id, NOW + timedelta(days=370)), "5")
    assert (found.parents[0].guardian_id, found.parents[0].came_last) == (school.els.id, True)
    assert found.representative is None, "proposed, and no more than that"


def test_a_circle_at_which_nobody_came_is_saved_as_such(either_school: School):
    school = either_school
    circle = a_circle(school)
    assert not the_circle(circle, on_the_evening()).ticked
    seats(circle, {school.three.id: None, school.four.id: None})
    assert not the_circle(circle, on_the_evening()).ticked, "beforehand it says who will come"
    seats(circle, {school.three.id: None, school.four.id: None}, on_the_evening())
    found = the_circle(circle, on_the_evening())
    assert (found.ticked, [one.came for one in found.classes]) == (True, [False, False])


def test_more_classes_and_dates_cost_no_more_questions(school: School):
    a_circle(school)
    seen = []
    for number in range(2):
        for more in range(3 * number):
            group = a_class(f"{number}{more}")
            a_contact(school, a_guardian(f"Ouder{more}", a_pupil(f"Kind{more}", group)), group.id)
            a_circle(school, date(2027, 11, 3) + timedelta(days=7 * more))
        db.session.expire_all()
        with questions(db.engine) as asked:
            found = asking.circles_of_year(school.year.id, LATER)
        seen.append((len(found.circles), len(found.rows), len(asked)))
    assert [one[:2] for one in seen] == [(1, 2), (4, 5)]
    assert seen[0][2] == seen[1][2]


def test_a_class_without_a_yes_is_asked_again_once_a_day_and_its_leader_when_nobody_is_left(either_school: School):
    school = either_school
    a_contact(school, school.layla, school.three.id)
    circle = a_circle(school)
    with pytest.raises(NotInvitedYet):
        circles.ask_again(planned_id=circle, by=OFFICE, now=LATER)
    school.invite(circle)
    they_leave()
    assert circles.ask_again(planned_id=circle, by=OFFICE, now=LATER) == 2
    assert [row.guardian_id for row in letters(Letter.GATHERING_REMINDER)] == [school.layla.id]
    (notice,) = letters(Letter.CIRCLE_NOTICE)
    assert notice.staff_id == school.four.leaders[0].staff_id
    assert find_letter(notice.id, LATER).stop is None
    with pytest.raises(rules.NobodyToAsk):
        circles.ask_again(planned_id=circle, by=OFFICE, now=LATER)
    school.says(school.layla, circle, Coming.NO)
    assert circles.ask_again(planned_id=circle, by=OFFICE, now=LATER + timedelta(days=1)) == 2
    assert len(letters(Letter.GATHERING_REMINDER)) == 1, "who said no is left in peace"
    seats(circle, {school.four.id: school.omar.id})
    assert find_letter(notice.id, LATER).stop.state is OutboxState.SUPERSEDED
    with pytest.raises(GatheringOver):
        circles.ask_again(planned_id=circle, by=OFFICE, now=on_the_evening())


def test_the_year_shows_who_was_there_also_when_the_child_left_the_class(school: School):
    first = a_circle(school)
    a_circle(school, SECOND, school.three.id)
    seats(first, {school.three.id: school.els.id, school.four.id: None}, on_the_evening())
    found = asking.circles_of_year(school.year.id, on_the_evening())
    assert [one.line.planned.day for one in found.circles] == [FIRST, SECOND]
    assert [(name, [cover is not None and cover.came for cover in row]) for name, row in found.rows] == [
        ("3", [True, False]), ("4", [False, False]),
    ]  # fmt: skip
    assert dict(found.rows)["4"][1] is None, "the second circle is not for this class"
    school.mila.left_on = FIRST + timedelta(days=2)
    db.session.commit()
    cover = dict(asking.circles_of_year(school.year.id, on_the_evening() + timedelta(days=5)).rows)["3"][0]
    assert (cover.came, cover.representative.name) == (True, school.els.name.full)
    assert school.els.id in [one.guardian_id for one in cover.parents], "to be chosen still"
    seats(first, {school.three.id: school.els.id, school.four.id: None}, on_the_evening() + timedelta(days=5))
    assert of(the_circle(first, on_the_evening() + timedelta(days=5)), "3").came, "saving it again loses nobody"
