"""How far talks are on the board of the year: beside gatherings, per evening, and also what no plan has."""

from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask

from scheduling.domain.rounds import BookingStatus, Outcome, RoundKind, RoundMode
from scheduling.domain.timeslots import moment_at
from scheduling.domain.year_board import Need, Stage
from scheduling.domain.year_plans import Planned, PlannedKind
from scheduling.domain.years import Period
from scheduling.models import Booking, db
from scheduling.queries.year_board import BoardRow, todo_of, year_board
from scheduling.services import year_plans
from tests.builders import NOW, a_booking, a_class, a_guardian, a_pupil, a_round, household_of, some_slots
from tests.questions import questions
from tests.services.test_gatherings import OFFICE, School

FIRST, SECOND = date(2027, 11, 9), date(2027, 11, 11)
AUTUMN = moment_at(date(2027, 10, 1), time(9))


class Evenings(School):
    """Two contact evenings, with one round that holds the talks of both."""

    def __init__(self) -> None:
        super().__init__()
        self.lines = [
            self.add(PlannedKind.CONTACT_EVENING, day=day, begins=time(18, 30), ends=time(21, 30))
            for day in (FIRST, SECOND)
        ]
        self.round = a_round(
            "Contactavonden", classes=[self.three, self.four], kind=RoundKind.CONTACT_EVENING,
            period=Period(FIRST, SECOND), slot_minutes=10,
        )  # fmt: skip
        bas = self.three.leaders[0].staff
        self.early = some_slots(self.round, bas, first=moment_at(FIRST, time(18, 30)))
        self.late = some_slots(self.round, bas, first=moment_at(SECOND, time(18, 30)))

    def rows(self, now: datetime = AUTUMN) -> list[BoardRow]:
        db.session.rollback()
        return [row for row in year_board(self.year, now).rows if row.round or row.planned.id in self.lines]


@pytest.fixture
def school(context: Flask) -> Evenings:
    return Evenings()


def figures(row: BoardRow) -> tuple[int, int, int, int]:
    assert row.round is not None
    return row.round.talks, row.round.invited, row.round.answered, row.round.held


def test_each_evening_has_its_own_talks_asked_answered_and_held(school: Evenings):
    asked = a_booking(school.round, school.sami, school.early[0])
    a_booking(school.round, school.noor, school.late[0], status=BookingStatus.CONFIRMED)
    one = db.session.get_one(Booking, asked.id)
    one.invited_at, one.outcome, one.outcome_at = NOW, Outcome.HELD, NOW
    db.session.commit()
    first, second = school.rows()
    assert (figures(first), figures(second)) == ((1, 1, 0, 1), (1, 1, 1, 0))
    assert [row.stage for row in (first, second)] == [Stage.INVITED, Stage.INVITED]
    assert {row.planned.day for row in (first, second)} == {FIRST, SECOND}
    assert [row.stage for row in school.rows(moment_at(SECOND + timedelta(days=1), time(9)))] == [Stage.HELD] * 2


def test_a_round_that_no_plan_has_stands_on_the_board_too(school: Evenings):
    home = Period(date(2028, 1, 10), date(2028, 1, 14))
    a_round("Huisbezoeken", classes=[school.three], kind=RoundKind.HOME_VISIT, period=home)
    (row,) = [row for row in school.rows() if row.round and row.round.name == "Huisbezoeken"]
    assert (row.planned.day, row.planned.until, row.line.group_names) == (home.starts_on, home.ends_on, ("3",))
    assert row.stage is Stage.PLANNED
    of_four = year_board(school.year, AUTUMN, school.four.id).rows
    assert "Huisbezoeken" not in [row.round.name for row in of_four if row.round]


def test_an_evening_without_a_round_and_one_of_other_classes_stay_as_planned(school: Evenings):
    other = school.add(PlannedKind.CONTACT_EVENING, a_class("8").id, day=FIRST)
    (row,) = [row for row in year_board(school.year, AUTUMN).rows if row.planned.id == other]
    assert (row.round, row.stage, row.needs) == (None, Stage.PLANNED, None)


@pytest.mark.parametrize(
    ("before", "need"),
    [(60, None), (20, Need.ROUND), (-30, None)],
)
def test_talks_that_nobody_made_ask_for_it_in_time(school: Evenings, before: int, need: Need | None):
    now = moment_at(FIRST - timedelta(days=before), time(9))
    assert school.rows(now)[0].needs is need


def test_talks_ask_for_an_invitation_and_afterwards_for_a_note(school: Evenings):
    asked = a_booking(school.round, school.sami, school.early[0])
    week_before, day_after = moment_at(FIRST - timedelta(days=7), time(9)), moment_at(SECOND, time(9))
    assert school.rows(week_before)[0].needs is Need.INVITE
    db.session.get_one(Booking, asked.id).invited_at = NOW
    db.session.commit()
    assert school.rows(week_before)[0].needs is None
    assert school.rows(day_after)[0].needs is Need.NOTE
    found = [one for one in todo_of(school.year, day_after) if one.need is Need.NOTE]
    assert [one.round.name for one in found if one.round] == ["Contactavonden"]
    db.session.get_one(Booking, asked.id).outcome = Outcome.HELD
    db.session.get_one(Booking, asked.id).outcome_at = NOW
    db.session.commit()
    assert school.rows(day_after)[0].needs is None


def test_where_families_choose_a_time_nobody_has_to_make_the_talks(school: Evenings):
    days = Period(date(2027, 10, 11), date(2027, 10, 12))
    chosen = a_round("Kies zelf", classes=[school.three], mode=RoundMode.PICK, period=days)
    (row,) = [row for row in school.rows() if row.round and row.round.id == chosen.id]
    assert row.needs is Need.INVITE
    chosen.opens_at = AUTUMN - timedelta(days=1)
    db.session.commit()
    (row,) = [row for row in school.rows() if row.round and row.round.id == chosen.id]
    assert (row.needs, row.stage) == (None, Stage.INVITED)


def test_the_board_costs_no_more_for_more_talks_and_families(school: Evenings):
    def asks() -> int:
        db.session.rollback()
        with questions(db.engine) as asked:
            year_board(school.year, AUTUMN)
        return len(asked)

    before = asks()
    for slot in (*school.early[1:], *school.late[1:]):
        child = a_pupil("Kind", school.three)
        a_booking(school.round, child, slot, household=household_of(a_guardian("Ouder", child)))
    year_plans.add(
        year_id=school.year.id, moment=Planned(PlannedKind.CONTACT_EVENING, date(2028, 2, 8), begins=time(19),
                                               ends=time(21)), sure=True, by=OFFICE, now=NOW,
    )  # fmt: skip
    assert asks() == before
