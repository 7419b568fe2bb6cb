"""Five plans as schools make them: said on the mentor's phone, agreed through the family's own page, in calendars."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
import vobject
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.mailings import ABOUT_DATES, OutboxState
from scheduling.domain.people import Sector
from scheduling.domain.years import DayKind, Period, Region
from scheduling.formats.holidays import holidays_of
from scheduling.mail import letters
from scheduling.mail.agendas import calendar_of
from scheduling.models import CommunicationPlan, Guardian, Outbox, Pupil, SchoolDay, Staff, db
from scheduling.queries.feeds import find_agenda
from scheduling.queries.letters import find_letter
from scheduling.services import plan_calendars
from tests.builders import a_class, a_guardian, a_leader, a_pupil, a_school, a_year
from tests.calendars.readers import libical_errors
from tests.mail.facts import PAPER
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SEPTEMBER = datetime(2026, 9, 8, 14, 0, tzinfo=UTC)
REPORTS = {DayKind.REPORT_1: date(2026, 11, 20), DayKind.REPORT_2: date(2027, 5, 28)}
A_DAY = timedelta(days=1)


class Phone:
    """A mentor's phone; counts what a thumb does."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, name: str, *, within: str = "main") -> None:
        self.page.locator(within).get_by_label(name, exact=True).check()
        self.taps += 1

    def unfold(self, name: str) -> None:
        self.page.get_by_text(name).first.click()
        self.taps += 1

    def moment(self, number: int, when: str, way: str = "", **more: str) -> None:
        """One moment; a choice of a list is two taps."""
        for field, value in ({"when": when} | ({"way": way} if way else {})).items():
            self.page.locator(f"[name=moments-{number}-{field}]").select_option(value)
            self.taps += 2
        if more:
            self.page.get_by_text("Dag en tijd, waarvoor, terugblik").nth(number).click()
            self.taps += 1
        for field, value in more.items():
            self.page.locator(f"[name=moments-{number}-{field}]").fill(value)
            self.taps += 1

    def keep(self) -> None:
        self.page.get_by_role("button", name="Bewaar de afspraak").click()
        self.taps += 1


class Vlier:
    """A mentor, and five families that each want something else; Lot is nineteen and speaks for herself."""

    def __init__(self, region: Region) -> None:
        a_school(region=region, sector=Sector.VOCATIONAL)
        year = a_year("2026-2027", region)
        for one in holidays_of(region, Period(year.starts_on, year.ends_on)):
            _day(year.id, DayKind.HOLIDAY, one.period.starts_on, one.period.ends_on)
        for kind, day in REPORTS.items():
            _day(year.id, kind, day, day)
        self.mentor = a_leader("bas")
        group = a_class("1B", leaders=[self.mentor], year=year)
        self.pupils = [a_pupil(name, group, birth_date=date(2010, 2, 1)) for name in ("Mila", "Noah", "Sem", "Bo")]
        self.parents = [a_guardian(f"Ouder{pupil.given_name}", pupil) for pupil in self.pupils]
        self.lot = a_pupil("Lot", group, birth_date=date(2007, 2, 1))
        self.lot.email = "lot@leerling.example.org"
        db.session.commit()
        for row in (self.mentor, *self.pupils, *self.parents, self.lot):
            db.session.refresh(row)
        db.session.expunge_all()


def _day(year_id: int, kind: DayKind, first: date, last: date) -> None:
    db.session.add(SchoolDay(year_id=year_id, kind=kind, label=kind.value, starts_on=first, ends_on=last, own=True))
    db.session.commit()


@pytest.fixture
def in_september(served: tuple[str, Flask]) -> Iterator[None]:
    with time_machine.travel(SEPTEMBER, tick=True):
        yield


def opens(phone: Phone, pupil: Pupil) -> None:
    phone.page.goto(f"/staff/leader/pupils/{pupil.id}/agreement")
    phone.taps = 0


def plan_of(app: Flask, pupil: Pupil) -> int:
    with app.app_context():
        return db.session.query(CommunicationPlan.id).filter_by(pupil_id=pupil.id).scalar()


def told(app: Flask) -> dict[str, list[tuple[Any, Any]]]:
    """What each mailbox gets for its calendar, as two other programs read it: first day or moment, and the end."""
    with app.app_context():
        now = datetime.now(UTC)
        plan_calendars.tell(now)
        found: dict[str, list[tuple[Any, Any]]] = {}
        for row in db.session.query(Outbox).filter(Outbox.letter.in_(ABOUT_DATES)).order_by(Outbox.id):
            facts = find_letter(row.id, now)
            assert facts is not None
            assert facts.stop is None
            sheet = letters.write(facts, token="x", paper=PAPER)
            for data in [sheet.calendar] if sheet.calendar else [one.data for one in sheet.apart]:
                assert libical_errors(data) == 0
                [event] = vobject.readOne(data.decode()).vevent_list
                found.setdefault(row.address.partition("@")[0].rstrip("0123456789"), []).append(
                    (event.dtstart.value, event.dtend.value)
                )
            row.state = OutboxState.SENT
        db.session.commit()
        return found


def of_mentor(app: Flask, mentor: Staff) -> list[Any]:
    with app.app_context():
        data = calendar_of(find_agenda(mentor.id, datetime.now(UTC)))
    assert libical_errors(data) == 0
    return sorted(str(event.dtstart.value)[:10] for event in vobject.readOne(data.decode()).vevent_list)


@pytest.mark.parametrize("region", [Region.SOUTH, Region.NORTH])
def test_the_five_plans_are_said_agreed_and_read_back_in_calendars(
    served: tuple[str, Flask], in_september: None, device: Callable[..., Page],
    come_in: Callable[[Page, Guardian | Pupil | Staff], None], region: Region, pictures: Any,
) -> None:  # fmt: skip
    app = served[1]
    with app.app_context():
        school = Vlier(region)
    mila, noah, sem, bo = school.pupils
    phone = Phone(device(360))
    come_in(phone.page, school.mentor)

    # The ordinary case: mail when there is something, and the pupil keeps it going.
    opens(phone, sem)
    phone.tap("Mailen")
    phone.tap("als er iets is")
    phone.tap("Nee", within="#need")
    phone.keep()
    expect(phone.page.locator("main")).to_contain_text("De afspraak is bewaard")
    assert phone.taps == 4

    # A call in the week after each report, and a short look back in June.
    opens(phone, mila)
    phone.tap("Bellen")
    phone.unfold("Momenten (mag leeg)")
    phone.moment(0, "week_after:report_1", "call")
    phone.moment(1, "week_after:report_2", "call")
    phone.moment(2, "month_begin:6", "school_visit_day")
    phone.tap("Ja", within="#need")
    phone.keep()
    # The second report is so late that the call and the look back may meet: that is said, and nothing moves.
    expect(phone.page.locator("main")).to_contain_text("iets om samen naar te kijken")
    expect(phone.page.locator("main")).to_contain_text("in dezelfde week vallen als een ander moment: begin juni")
    assert phone.taps == 16
    phone.page.screenshot(path=str(pictures / f"plan-remarked-{region.value}-phone-light.png"), full_page=True)

    # A visit at home right after the first report, when the family itself wants it.
    opens(phone, noah)
    phone.page.locator("[name=forms][value=home_visit]").check()
    phone.unfold("Momenten (mag leeg)")
    phone.moment(0, "right_after:report_1", "home_visit")
    phone.tap("Misschien", within="#need")
    phone.keep()

    # A day and time; how is chosen later, and the family tells the pupil.
    opens(phone, bo)
    phone.tap("Bellen")
    phone.unfold("Momenten (mag leeg)")
    phone.moment(0, "fixed", day="2026-09-29", begins="16:00")
    phone.unfold("Wie begint, en wat doet")
    phone.tap("Thuis vertelt men het")
    phone.tap("Nee", within="#need")
    phone.keep()

    # A student of nineteen: calls in November and in March.
    opens(phone, school.lot)
    phone.tap("Bellen")
    phone.unfold("Momenten (mag leeg)")
    phone.moment(0, "in_month:11", "call")
    phone.moment(1, "in_month:3", "call")
    phone.tap("Nee", within="#need")
    phone.keep()
    expect(phone.page.locator("main")).to_contain_text("De afspraak is bewaard")
    assert told(app) == {}, "a proposal stands in nobody's calendar"

    for pupil, person in (*zip(school.pupils, school.parents, strict=True), (school.lot, school.lot)):
        page = device(360, script=False)
        come_in(page, person)
        page.goto(f"/family/plans/{plan_of(app, pupil)}")
        if pupil is noah:
            page.get_by_label("Ja, bij ons thuis is fijn").check()
            page.get_by_role("button", name="Geef dit antwoord").click()
        else:
            page.get_by_role("button", name="Zo is het goed").click()
        expect(page.locator("main")).to_contain_text("Dank u wel. Zo doen wij het.")
        page.screenshot(path=str(pictures / f"plan-of-{pupil.given_name}-phone-light.png"), full_page=True)

    week, after = date(2026, 11, 23), date(2027, 5, 31)
    assert told(app) == {
        "oudermila": [
            (week, week + 5 * A_DAY), (after, after + 5 * A_DAY), (date(2027, 6, 1), date(2027, 6, 11))
        ],
        "oudernoah": [(week, date(2026, 12, 5))],
        "ouderbo": [(datetime(2026, 9, 29, 14, 0, tzinfo=UTC), datetime(2026, 9, 29, 14, 15, tzinfo=UTC))],
        "lot": [(date(2026, 11, 1), date(2026, 12, 1)), (date(2027, 3, 1), date(2027, 4, 1))],
    }  # fmt: skip
    assert of_mentor(app, school.mentor) == [
        "2026-09-29", "2026-11-01", "2026-11-23", "2026-11-23", "2027-03-01", "2027-05-31", "2027-06-01"
    ]  # fmt: skip


def test_what_the_mentor_typed_survives_a_connection_that_drops(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    page = device(360)
    come_in(page, world.bas)
    address = f"/staff/leader/pupils/{world.daan.id}/agreement"
    page.goto(address)
    page.get_by_label("Mailen", exact=True).check()
    page.get_by_text("Momenten (mag leeg)").click()
    page.locator("[name=moments-0-when]").select_option("in_month:3")
    page.locator("[name=rhythm]").fill("op dinsdag na vieren")
    page.context.set_offline(True)
    page.get_by_role("button", name="Bewaar de afspraak").click()
    expect(page.get_by_role("alert")).to_contain_text("U bent even niet verbonden")
    expect(page.locator("[name=rhythm]")).to_have_value("op dinsdag na vieren")

    page.context.set_offline(False)
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Wat u net typte staat er weer.")
    expect(page.locator("[name=rhythm]")).to_have_value("op dinsdag na vieren")
    expect(page.locator("[name=moments-0-when]")).to_have_value("in_month:3")
    expect(page.locator("#momenten")).to_have_attribute("open", "")
    expect(page.get_by_label("Mailen", exact=True)).to_be_checked()

    page.get_by_role("button", name="Begin opnieuw").click()
    expect(page.locator("[name=rhythm]")).to_have_value("")
    expect(page.get_by_text("Wat u net typte staat er weer.")).to_be_hidden()
