"""The moments of an agreement, on the leader's screen and on the page of the family."""

from datetime import date, time

import pytest

from scheduling.domain.moments import Anchor, MomentKind, Timing
from scheduling.domain.plans import ContactForm, Initiative, ToldBy
from scheduling.domain.timeslots import local
from scheduling.domain.years import DayKind
from scheduling.models import CommunicationPlan, PlanForm, PlanMoment, SchoolDay, db
from scheduling.queries.plans import as_agreed
from tests.builders import NOW, a_guardian, a_pupil, household_of
from tests.questions import questions
from tests.visitor import Visitor
from tests.web.leader.test_agreements import agree, bas, layla, screen, the_plan, world

__all__ = ("bas", "layla", "world")

CALL, MAIL = ContactForm.CALL, ContactForm.MAIL


def moments(number: int, when: str, **more: str) -> dict[str, str]:
    return {f"moments-{number}-{name}": value for name, value in ({"when": when} | more).items()}


def kept(app) -> list[tuple[Timing, ContactForm | None]]:
    with app.app_context():
        [plan] = db.session.query(CommunicationPlan)
        return [(as_agreed(row).timing, row.form) for row in plan.moments]


def a_report(app, world, day: date) -> None:
    in_the_calendar(app, world, DayKind.REPORT_1, day, day)


def in_the_calendar(app, world, kind: DayKind, first: date, last: date) -> None:
    with app.app_context():
        year_id = world.start.year_id
        db.session.add(
            SchoolDay(year_id=year_id, kind=kind, label=kind.value, starts_on=first, ends_on=last, own=True)
        )  # fmt: skip
        db.session.commit()


EXAMPLES = {
    "a call in the week after each report, and a short look back in June": (
        ["call", "school_visit_day"],
        moments(0, "week_after:report_1", way="call", purpose="is er nog iets")
        | moments(1, "week_after:report_2", way="call")
        | moments(2, "month_begin:6", way="school_visit_day", with_pupil="y", is_review="y"),
        [
            (Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), CALL),
            (Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_2), CALL),
            (Timing(MomentKind.MONTH_BEGIN, month=6), ContactForm.SCHOOL_VISIT_DAY),
        ],
    ),
    "a visit at home right after the first report": (
        ["home_visit"],
        moments(0, "right_after:report_1", way="home_visit", with_pupil="y"),
        [(Timing(MomentKind.RIGHT_AFTER, Anchor.REPORT_1), ContactForm.HOME_VISIT)],
    ),
    "mail when there is something, which the pupil does": (
        ["mail"],
        moments(0, "on_demand", way="mail") | {"self_managed": "y", "initiative": "pupil"},
        [(Timing(MomentKind.ON_DEMAND), MAIL)],
    ),
    "a day and time without a form yet, and the family tells the pupil": (
        ["call"],
        moments(0, "fixed", day="2027-09-28", begins="16:00", minutes="20") | {"told_by": "family"},
        [(Timing(MomentKind.FIXED, day=date(2027, 9, 28), begins=time(16), minutes=20), None)],
    ),
    "a call in November and in March": (
        ["call"],
        moments(0, "in_month:11", way="call") | moments(1, "in_month:3", way="call"),
        [(Timing(MomentKind.IN_MONTH, month=11), CALL), (Timing(MomentKind.IN_MONTH, month=3), CALL)],
    ),
}


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_five_examples_are_kept_as_they_were_said_and_shown_again(app, world, bas, example):
    forms, typed, expected = EXAMPLES[example]
    page = agree(bas, world, *forms, **typed)
    assert "De afspraak is bewaard" in page.text
    assert kept(app) == expected
    again = screen(bas, world).presses("Bewaar de afspraak", status=409, present=[str(world.layla.id)])
    assert "Er is niets veranderd" in again.text, "what stands is filled in just so"


def test_the_form_of_a_moment_is_a_form_of_the_agreement_too(app, world, bas):
    agree(bas, world, "call", **moments(0, "in_month:3", way="mail"))
    assert [row.form for row in the_plan(app).forms] == [CALL, MAIL]


def test_who_begins_and_what_the_pupil_does_is_kept(app, world, bas):
    agree(bas, world, initiative="either", self_managed="y", pupil_does="belt zelf", told_by="together")
    plan = the_plan(app)
    assert (plan.initiative, plan.self_managed, plan.pupil_does, plan.told_by) == (
        Initiative.EITHER, True, "belt zelf", ToldBy.TOGETHER
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed, words",
    [
        (moments(0, "fixed", begins="16:00"), "Kies op welke dag"),
        (moments(0, "fixed", day="2027-09-28"), "Kies hoe laat"),
        (moments(1, "fixed", day="2029-09-28", begins="16:00"), "valt niet in dit schooljaar"),
        (moments(0, "", way="call"), "Kies wanneer dit moment is"),
        (moments(0, "in_month:3", purpose="praten over {naam}"), "nog iets open"),
        (moments(0, "whenever"), "Fout"),
    ],
)
def test_half_a_moment_is_asked_and_what_was_typed_stays(app, world, bas, typed, words):
    page = agree(bas, world, rhythm="op dinsdag", status=422, **typed)
    assert words in page.html
    assert page.soup.find("input", id="rhythm")["value"] == "op dinsdag"
    assert the_plan(app) is None


def test_both_sides_read_the_days_and_what_the_calendar_has_to_say(app, world, bas, layla):
    a_report(app, world, date(2027, 12, 17))
    agree(bas, world, **moments(0, "week_after:report_1", way="call"))
    told = layla.opens(f"/family/plans/{the_plan(app).id}")
    for page in (screen(bas, world), told):
        assert "maandag 20 december tot en met vrijdag 24 december" in page.text
    assert "In de week na het eerste rapport" in told.text


def test_the_family_reads_what_changed_in_the_moments(app, world, bas, layla):
    agree(bas, world, **moments(0, "in_month:11", way="call"))
    screen(bas, world).presses("Bewaar de afspraak", present=[str(world.layla.id)], **{"moments-0-when": "in_month:3"})
    page = layla.opens(f"/family/plans/{the_plan(app).id}")
    assert "In maart" in page.text
    assert "eerst: in november (bellen)" in " ".join(page.text.split())


def test_the_office_does_not_read_the_line_of_the_leader_and_the_family_does(app, world, bas, layla):
    agree(bas, world, reason="kanarie")
    assert "kanarie" in screen(bas, world).html
    assert "kanarie" in layla.opens(f"/family/plans/{the_plan(app).id}").html
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    path = f"/staff/office/leaders/{world.bas.id}"
    for page in (f"pupils/{world.sami.id}/homes/{world.samis_talk.household_id}/agreement", "agreements"):
        assert "kanarie" not in office.opens(f"{path}/{page}").html


def test_a_week_after_a_report_that_is_a_holiday_is_said_at_once_and_stays_where_it_is(app, world, bas, layla):
    """T45: people choose another moment, or leave it."""
    a_report(app, world, date(2027, 12, 24))
    in_the_calendar(app, world, DayKind.HOLIDAY, date(2027, 12, 25), date(2028, 1, 9))
    page = agree(bas, world, **moments(0, "week_after:report_1", way="call"))
    assert "iets om samen naar te kijken" in page.text
    for found in (page, layla.opens(f"/family/plans/{the_plan(app).id}")):
        assert "maandag 27 december tot en met vrijdag 31 december" in found.text
        assert "Dan is er geen school." in found.text


def test_two_moments_in_one_week_are_said_to_both(app, world, bas, layla):
    a_report(app, world, date(2027, 11, 26))
    page = agree(
        bas, world, **moments(0, "week_after:report_1", way="call"), **moments(1, "month_begin:12", way="mail")
    )
    for found in (page, layla.opens(f"/family/plans/{the_plan(app).id}")):
        assert "in dezelfde week vallen als een ander moment: begin december" in found.text


def test_a_plan_of_mail_when_there_is_something_is_complete(app, world, bas, layla):
    """T50: the family says yes, and it is agreed."""
    agree(bas, world, "mail", **moments(0, "on_demand", way="mail"))
    page = layla.opens(f"/family/plans/{the_plan(app).id}").presses("Zo is het goed")
    assert "Dank u wel" in page.text


def test_a_moment_during_another_talk_of_the_mentor_is_said_to_the_mentor_alone(app, world, bas, layla):
    starts = local(world.samis_talk.starts_at)
    page = agree(
        bas, world,
        **moments(0, "fixed", day=starts.date().isoformat(), begins=f"{starts:%H:%M}", minutes="15", way="call"),
    )  # fmt: skip
    assert "Op die tijd staat al iets anders." in page.text
    assert "De mentor heeft dan" not in layla.opens(f"/family/plans/{the_plan(app).id}").text


def test_a_student_of_eighteen_agrees_and_is_spoken_to(app, world, bas):
    with app.app_context():
        lot = a_pupil("Lot", db.session.merge(world.three, load=False), birth_date=date(2008, 1, 1))
        number, mine = lot.id, Visitor(app).comes_by_link(lot)
    page = bas.opens(f"/staff/leader/pupils/{number}/agreement")
    assert "Lot ziet precies dit" in page.text
    assert page.soup.find("input", value="family") is None
    page.presses(
        "Bewaar de afspraak", forms=["call"], need="no", present=["pupil"], initiative="pupil", self_managed="y",
        pupil_does="belt zelf", **moments(0, "in_month:3", way="call", with_pupil="y"),
    )  # fmt: skip
    told = mine.opens(f"/family/plans/{the_plan(app).id}")
    for words in ("U begint", "U houdt zelf het contact gaande", "Wat u zelf doet", "met u erbij"):
        assert words in told.text
    for words in ("De leerling", "Het gezin", "over Lot"):
        assert words not in told.text
    assert "Zo doen wij het" in told.presses("Zo is het goed").text


def test_a_class_of_plans_is_one_page_in_as_many_questions_as_a_few(app, world, bas):
    agree(bas, world, **moments(0, "in_month:3", way="call"))
    counted = []
    for more in (0, 27):
        with app.app_context():
            group = db.session.merge(world.three, load=False)
            for number in range(more):
                a_plan_of(a_pupil(f"Kind{number}", group), world)
            db.session.commit()
            engine = db.engine
            db.session.remove()
            with questions(engine) as asked:
                page = bas.opens("/staff/leader/agreements")
            counted.append(len(asked))
    assert page.text.count("Kind") >= 27
    assert counted[0] == counted[1]


def a_plan_of(pupil, world) -> None:
    parent = a_guardian("Ouder", pupil)
    db.session.add(
        CommunicationPlan(
            year_id=world.start.year_id, pupil_id=pupil.id, household_id=household_of(parent).id,
            agreed_on=NOW.date(), recorded_by=world.bas.id, recorded_at=NOW, forms=[PlanForm(form=CALL)],
            moments=[
                PlanMoment(
                    position=0, kind=MomentKind.IN_MONTH, month=3, with_pupil=False, is_review=False, stands=True,
                    opens_on=date(2028, 3, 1), closes_on=date(2028, 3, 31), ical_uid=f"m-{pupil.id}", ical_stamp=NOW,
                )
            ],
        )
    )  # fmt: skip
