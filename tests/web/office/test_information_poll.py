"""The start conversations ask whether an evening is welcome, and when; the office plans it in that period."""

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.information_poll import NoDayFits, WantedPeriod
from scheduling.domain.plans import ContactForm, InfoNeed
from scheduling.domain.year_plans import PlannedKind
from scheduling.domain.years import DayKind
from scheduling.models import ClassGroup, CommunicationPlan, Guardianship, PlanForm, PlannedDate, SchoolDay, db
from scheduling.services import year_plans
from tests import builders
from tests.builders import NOW, a_class, a_guardian, a_pupil
from tests.services.test_year_plans import OFFICE, School
from tests.visitor import Visitor

POLL = "/staff/office/year/poll"
MOMENT = PlannedKind.INFORMATION_MOMENT


class Poll(School):
    """Two classes of year 3; Sami's home wants October, Mila's home would rather not, Ali's said nothing yet."""

    def __init__(self) -> None:
        super().__init__()
        self.other_three = a_class("3b")
        for one in (self.three, self.other_three):
            db.session.get_one(ClassGroup, one.id).year_level = "3"
        for one in db.session.scalars(select(ClassGroup)):  # all of one kind of school, as an import says it
            one.level = "basisonderwijs"
        db.session.commit()
        self.mila, self.ali = a_pupil("Mila", self.other_three), a_pupil("Ali", self.other_three)
        a_guardian("Ruud", self.mila)
        a_guardian("Amina", self.ali)
        self.says(self.sami, InfoNeed.YES, "oktober")
        self.says(self.mila, InfoNeed.NO)

    def says(self, pupil: object, need: InfoNeed, period: str = "") -> None:
        row = CommunicationPlan(
            year_id=self.year.id, pupil_id=pupil.id, household_id=self.home(pupil), agreed_on=NOW.date(),
            recorded_by=self.bas.id, recorded_at=NOW, info_need=need, info_period=period,
            forms=[PlanForm(form=ContactForm.CALL)],
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()

    def home(self, pupil: object) -> int:
        return db.session.scalars(
            select(Guardianship.household_id).where(Guardianship.pupil_id == pupil.id)
        ).one()  # fmt: skip

    def moments(self) -> list[PlannedDate]:
        return list(db.session.scalars(select(PlannedDate).where(PlannedDate.kind == MOMENT)))

    def plans(self, period: WantedPeriod = WantedPeriod.OCTOBER, groups: tuple[int, ...] = ()) -> date:
        made = year_plans.add_within(
            year=self.year, kind=MOMENT, groups=groups, period=period, by=OFFICE, now=NOW
        )  # fmt: skip
        return db.session.get_one(PlannedDate, made).day


@pytest.fixture
def poll(app: Flask) -> Iterator[Poll]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        db.session().expire_on_commit = False
        yield Poll()


@pytest.fixture
def office(app: Flask, poll: Poll) -> Visitor:
    return Visitor(app).signs_in(builders.an_office_worker())


def test_the_figures_are_per_class_per_year_and_for_the_school(office: Visitor):
    page = office.opens("/staff/office/year/plan", year="2027-2028")
    assert page.text
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in office.opens(POLL).soup.select("tbody tr")]
    assert [row[:7] for row in rows] == [
        ["de hele school", "1", "0", "1", "2", "", "1"],
        ["leerjaar 3", "1", "0", "1", "1", "", "1"],
        ["groep 3", "1", "0", "0", "0", "", "1"],
        ["groep 3b", "0", "0", "1", "1", "", ""],
        ["groep 4", "0", "0", "0", "1", "", ""],
    ]


def test_one_press_plans_the_first_evening_that_suits_in_the_period_most_families_want(office: Visitor, poll: Poll):
    page = office.opens(POLL)
    assert page.soup.select_one("input[name=period][checked]")["value"] == "oktober"
    plan = page.presses("Zet in het plan")
    assert "De dag staat in het plan" in plan.text
    (moment,) = poll.moments()
    assert (moment.day.month, moment.day.weekday(), moment.for_all, moment.published_at) == (10, 1, True, None)
    assert "Al in het plan" in office.opens(POLL).text


def test_for_one_class_it_is_planned_for_that_class(office: Visitor, poll: Poll):
    office.posts(POLL, classes=str(poll.three.id), period="november")
    (moment,) = poll.moments()
    assert [one.class_id for one in moment.classes] == [poll.three.id]
    assert moment.day.month == 11


@pytest.mark.parametrize("typed", [{"classes": "", "period": "oktober"}, {"classes": "987654", "period": "oktober"}])
def test_without_a_choice_nothing_is_planned(office: Visitor, poll: Poll, typed: dict[str, str]):
    page = office.posts(POLL, status=422, **typed)
    assert "Kies voor wie, en in welke periode." in page.text
    assert page.soup.select_one("input[name=period][checked]")["value"] == "oktober"
    whole = "-".join(str(one) for one in sorted((poll.three.id, poll.four.id, poll.other_three.id)))
    assert "Kies voor wie" in office.posts(POLL, status=422, classes=whole, period="mei").text
    assert poll.moments() == []


def test_the_day_clashes_with_nothing_and_another_moment_takes_another_day(poll: Poll):
    first = poll.plans()
    second = poll.plans()
    assert second > first
    assert second.month == first.month == 10


def test_a_period_without_a_free_evening_is_named_and_nothing_is_planned(office: Visitor, poll: Poll):
    free = {"starts_on": date(2027, 10, 1), "ends_on": date(2027, 10, 31)}
    db.session.add(SchoolDay(year_id=poll.year.id, kind=DayKind.CLOSED_DAY, label="verbouwing", **free))
    db.session.commit()
    with pytest.raises(NoDayFits):
        poll.plans()
    page = office.posts(POLL, status=422, classes=str(poll.three.id), period="oktober")
    assert "In de periode oktober is geen avond meer vrij." in page.text
    assert poll.moments() == []
    assert poll.plans(WantedPeriod.AFTER_CHRISTMAS) >= date(2028, 1, 1)
