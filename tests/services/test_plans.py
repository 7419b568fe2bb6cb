"""Agreeing how to keep contact this year."""

from datetime import date, timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.people import Authority, Person
from scheduling.domain.plans import (
    Agreement,
    ContactForm,
    HomeVisitNotAsked,
    InfoNeed,
    NoFormChosen,
    NoSuchHome,
    PlanChanged,
    PlanState,
)
from scheduling.models import CommunicationPlan, JournalLine, db
from scheduling.queries import leaders, plans
from scheduling.services import plans as service
from tests.builders import (
    TUESDAY,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_school,
    a_year,
    household_of,
)

NOW = TUESDAY + timedelta(minutes=15)
TODAY = date(2027, 8, 31)
CALL, HOME, EVENING = ContactForm.CALL, ContactForm.HOME_VISIT, ContactForm.SCHOOL_VISIT_EVENING

pytestmark = pytest.mark.usefixtures("any_context")


class Scene:
    """Leader Bas with group 3, Sami with two homes (Layla, Karim), and leader Anna with a class of her own."""

    def __init__(self) -> None:
        a_school()
        self.year = a_year().id
        bas, anna = a_leader("bas"), a_leader("anna")
        sami = a_pupil("Sami", a_class("3", leaders=[bas]))
        noor = a_pupil("Noor", a_class("4", leaders=[anna]))
        layla, karim = a_guardian("Layla", sami), a_guardian("Karim", sami)
        self.bas, self.anna, self.sami, self.noor = bas.id, anna.id, sami.id, noor.id
        self.layla, self.karim = (Person(HolderKind.GUARDIAN, parent.id) for parent in (layla, karim))
        self.home, self.other_home = household_of(layla).id, household_of(karim).id
        a_guardian("Tim", noor)

    def agree(self, *forms: ContactForm, home: int | None = -1, seen: int = 0, leader: str = "bas", **changed) -> int:
        given = {
            "forms": forms or (CALL,), "agreed_on": TODAY, "agreed_with": "Sami en Layla", "family_was_there": True,
            "info_need": InfoNeed.YES,
        }  # fmt: skip
        leader_id = getattr(self, leader)
        return service.agree(
            pupil_id=changed.pop("pupil", self.sami), household_id=self.home if home == -1 else home,
            year_id=self.year, agreement=Agreement(**(given | changed)), seen_version=seen, leader_id=leader_id,
            by=Actor(ActorKind.STAFF, leader_id), now=NOW,
        )  # fmt: skip

    def seen_by(self, person: Person) -> plans.HomePlan:
        [row] = plans.family_plans(person, self.year, today=TODAY)
        return row

    def rows(self, leader_id: int | None) -> dict[tuple[int, int | None], plans.HomePlan]:
        classes = plans.agreements_by_class(self.year, leader_id=leader_id, today=TODAY)
        return {(row.pupil.id, row.home.household_id): row for group in classes for row in group.rows}


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_what_the_leader_records_the_family_sees(scene):
    scene.agree(CALL, EVENING, rhythm="na elk rapport", goal="Sami leest met plezier", info_period="oktober")
    row = scene.seen_by(scene.layla)
    assert row.plan.forms == (CALL, EVENING)
    assert (row.plan.rhythm, row.plan.goal, row.plan.agreed_on) == ("na elk rapport", "Sami leest met plezier", TODAY)
    assert (row.plan.info_need, row.plan.info_period) == (InfoNeed.YES, "oktober")
    assert row.plan.recorded_by.given == "Bas"


def test_the_other_home_sees_nothing_of_it(scene):
    scene.agree(CALL)
    assert scene.seen_by(scene.karim).plan is None
    assert scene.seen_by(scene.karim).home.names == ("Karim Yilmaz",)


def test_two_homes_have_two_agreements(scene):
    scene.agree(CALL)
    scene.agree(ContactForm.MAIL, home=scene.other_home, agreed_with="Karim")
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)
    assert scene.seen_by(scene.karim).plan.forms == (ContactForm.MAIL,)


def test_a_change_is_a_new_version_with_a_line_in_the_journal(scene):
    plan = scene.agree(CALL)
    assert scene.agree(EVENING, seen=1) == plan
    assert db.session.get(CommunicationPlan, plan).version == 2
    lines = db.session.query(JournalLine).filter_by(action="plans.agree").order_by(JournalLine.id).all()
    assert [line.facts["forms"] for line in lines] == [["call"], ["school_visit_evening"]]
    assert "Layla" not in str([line.facts for line in lines])


def test_two_leaders_of_a_duo_never_overwrite_each_other(scene):
    scene.agree(CALL)
    with pytest.raises(PlanChanged):
        scene.agree(EVENING, seen=0)
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)


def test_a_home_visit_is_only_a_question_until_the_family_says_yes(scene):
    plan = scene.agree(HOME)
    assert scene.seen_by(scene.layla).plan.forms == ()
    assert scene.rows(scene.bas)[scene.sami, scene.home].state is PlanState.ASKED
    service.welcome_home_visit(plan_id=plan, person=scene.layla, by=scene.layla.actor, now=NOW)
    assert scene.seen_by(scene.layla).plan.forms == (HOME,)
    assert scene.rows(scene.bas)[scene.sami, scene.home].state is PlanState.AGREED


def test_saying_yes_twice_is_saying_it_once(scene):
    plan = scene.agree(HOME)
    for _ in range(2):
        service.welcome_home_visit(plan_id=plan, person=scene.layla, by=scene.layla.actor, now=NOW)
    assert db.session.query(JournalLine).filter_by(action="plans.welcome_home_visit").count() == 1


def test_another_form_is_just_as_good_an_agreement(scene):
    plan = scene.agree(HOME)
    service.choose_instead(plan_id=plan, person=scene.layla, instead=CALL, by=scene.layla.actor, now=NOW)
    row = scene.rows(scene.bas)[scene.sami, scene.home]
    assert (row.state, row.plan.forms, row.plan.asks_home_visit) == (PlanState.AGREED, (CALL,), False)


def test_a_family_that_keeps_the_other_forms_need_choose_nothing(scene):
    plan = scene.agree(HOME, EVENING)
    service.choose_instead(plan_id=plan, person=scene.layla, instead=None, by=scene.layla.actor, now=NOW)
    assert scene.seen_by(scene.layla).plan.forms == (EVENING,)


def test_without_another_form_the_family_is_asked_to_choose_one(scene):
    plan = scene.agree(HOME)
    for instead in (None, HOME):
        with pytest.raises(NoFormChosen):
            service.choose_instead(plan_id=plan, person=scene.layla, instead=instead, by=scene.layla.actor, now=NOW)
    assert scene.seen_by(scene.layla).plan.asks_home_visit


def test_nowhere_is_kept_that_a_family_said_no(scene):
    plan = scene.agree(HOME)
    service.choose_instead(plan_id=plan, person=scene.layla, instead=CALL, by=scene.layla.actor, now=NOW)
    line = db.session.query(JournalLine).order_by(JournalLine.id.desc()).first()
    assert (line.action, line.facts["forms"]) == ("plans.choose_forms", ["call"])


def test_a_family_may_change_its_mind_about_a_visit(scene):
    plan = scene.agree(HOME, CALL)
    service.welcome_home_visit(plan_id=plan, person=scene.layla, by=scene.layla.actor, now=NOW)
    service.choose_instead(plan_id=plan, person=scene.layla, instead=None, by=scene.layla.actor, now=NOW)
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)


def test_the_familys_yes_outlives_a_change_but_not_a_removal(scene):
    plan = scene.agree(HOME)
    service.welcome_home_visit(plan_id=plan, person=scene.layla, by=scene.layla.actor, now=NOW)
    scene.agree(HOME, CALL, seen=1)
    assert HOME in scene.seen_by(scene.layla).plan.forms
    scene.agree(CALL, seen=2)
    scene.agree(HOME, CALL, seen=3)
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)


def test_a_question_that_was_taken_back_cannot_be_answered(scene):
    plan = scene.agree(HOME)
    scene.agree(CALL, seen=1)
    with pytest.raises(HomeVisitNotAsked):
        service.welcome_home_visit(plan_id=plan, person=scene.layla, by=scene.layla.actor, now=NOW)


def test_the_other_home_cannot_answer(scene):
    plan = scene.agree(HOME)
    for act in (service.welcome_home_visit,):
        with pytest.raises(NoSuchHome):
            act(plan_id=plan, person=scene.karim, by=scene.karim.actor, now=NOW)
    with pytest.raises(NoSuchHome):
        service.choose_instead(plan_id=plan, person=scene.karim, instead=CALL, by=scene.karim.actor, now=NOW)


def test_a_leader_agrees_for_own_classes_only(scene):
    with pytest.raises(NotFound):
        scene.agree(CALL, leader="anna")
    assert {pupil for pupil, _ in scene.rows(scene.anna)} == {scene.noor}
    assert {pupil for pupil, _ in scene.rows(None)} == {scene.sami, scene.noor}


def test_a_home_that_is_not_this_pupils_is_not_there(scene):
    with pytest.raises(NoSuchHome):
        scene.agree(CALL, home=None)
    with pytest.raises(NotFound):
        scene.agree(CALL, pupil=scene.noor)


def test_a_family_never_records_an_agreement_itself(scene):
    with pytest.raises(NotFound):
        service.agree(
            pupil_id=scene.sami, household_id=scene.home, year_id=scene.year, seen_version=0, leader_id=None,
            agreement=Agreement((CALL,), TODAY, "Layla", True, info_need=InfoNeed.NO), by=scene.layla.actor, now=NOW,
        )  # fmt: skip


def test_a_parent_without_authority_has_no_agreement_to_see(scene):
    sami = db.session.get(leaders.Pupil, scene.sami)
    rik = Person(HolderKind.GUARDIAN, a_guardian("Rik", sami, authority=Authority.NO).id)
    scene.agree(CALL)
    assert plans.family_plans(rik, scene.year, today=TODAY) == ()
    assert len(scene.rows(scene.bas)) == 2


def test_an_adult_pupil_agrees_and_answers_himself():
    a_school()
    year = a_year()
    bas = a_leader("bas")
    kim = a_pupil("Kim", a_class("5H", leaders=[bas]), birth_date=date(2009, 1, 1))
    parent = a_guardian("Ans", kim)
    by = Actor(ActorKind.STAFF, bas.id)
    plan = service.agree(
        pupil_id=kim.id, household_id=None, year_id=year.id, leader_id=bas.id, seen_version=0, by=by, now=NOW,
        agreement=Agreement((HOME,), TODAY, "Kim", True, info_need=InfoNeed.NO),
    )  # fmt: skip
    pupil = Person(HolderKind.PUPIL, kim.id)
    service.welcome_home_visit(plan_id=plan, person=pupil, by=pupil.actor, now=NOW)
    [row] = plans.family_plans(pupil, year.id, today=TODAY)
    assert row.plan.forms == (HOME,)
    assert plans.family_plans(Person(HolderKind.GUARDIAN, parent.id), year.id, today=TODAY) == ()


def test_a_contact_parent_has_no_business_with_agreements(scene):
    scene.agree(CALL)
    assert plans.family_plans(Person(HolderKind.CONTACT_PARENT, scene.layla.id), scene.year, today=TODAY) == ()


def test_the_class_list_counts_what_families_said_about_a_joint_moment(scene):
    scene.agree(CALL, info_period="oktober")
    scene.agree(CALL, home=scene.other_home, info_need=InfoNeed.NO)
    [group] = plans.agreements_by_class(scene.year, leader_id=scene.bas, today=TODAY)
    assert (group.needs(InfoNeed.YES), group.needs(InfoNeed.NO), group.needs(InfoNeed.MAYBE)) == (1, 1, 0)
    assert group.periods == (("oktober", 1),)
    assert group.open == ()
