"""Agreeing how to keep contact this year."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.domain.contacts import Channel, Went
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter
from scheduling.domain.moments import MomentKind, Timing
from scheduling.domain.people import Authority, Person, StaffRole
from scheduling.domain.plans import (
    FURTHER_FORMS,
    AgreedMoment,
    Agreement,
    AskAgain,
    ContactForm,
    FormNotOffered,
    HomeVisitNotAsked,
    HomeVisitStillAsked,
    InfoNeed,
    Initiative,
    NewerVersion,
    NoFormChosen,
    NoSuchHome,
    NothingChanged,
    NothingSaid,
    PlanChanged,
    PlanState,
    PupilNotAsked,
    Said,
    Voice,
)
from scheduling.models import (
    CommunicationPlan,
    Guardian,
    Household,
    JournalLine,
    LoggedContact,
    Outbox,
    PlanAnswer,
    PlanMoment,
    PlanVersion,
    School,
    db,
)
from scheduling.queries import leaders, plans
from scheduling.queries.letters import find_letter
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

    def version(self, plan: int) -> int:
        return db.session.get_one(CommunicationPlan, plan, populate_existing=True).version

    def says_yes(
        self, plan: int, person: Person | None = None, *, seen: int | None = None, now: datetime = NOW
    ) -> None:
        person = person or self.layla
        service.confirm(
            plan_id=plan, seen_version=self.version(plan) if seen is None else seen, person=person, by=person.actor,
            now=now,
        )  # fmt: skip

    def wishes(self, plan: int, words: str, person: Person | None = None) -> None:
        person = person or self.layla
        service.wish_other(
            plan_id=plan, seen_version=self.version(plan), words=words, person=person, by=person.actor, now=NOW
        )

    def welcomes(self, plan: int, person: Person | None = None) -> None:
        person = person or self.layla
        service.welcome_home_visit(
            plan_id=plan, seen_version=self.version(plan), person=person, by=person.actor, now=NOW
        )

    def chooses(self, plan: int, instead: ContactForm | None, person: Person | None = None) -> None:
        person = person or self.layla
        service.choose_instead(
            plan_id=plan, seen_version=self.version(plan), person=person, instead=instead, by=person.actor, now=NOW
        )

    def hears_sami(self, seen: int = 1) -> None:
        service.hear_pupil(
            pupil_id=self.sami, household_id=self.home, year_id=self.year, seen_version=seen, leader_id=self.bas,
            by=Actor(ActorKind.STAFF, self.bas), now=NOW,
        )  # fmt: skip

    def letters(self) -> list[tuple[Letter, int | None]]:
        """Every letter so far and the parent it is for; None: the leader."""
        return [(row.letter, row.guardian_id) for row in db.session.query(Outbox).order_by(Outbox.id)]

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
    assert scene.rows(scene.bas)[scene.sami, scene.home].state is PlanState.PROPOSED
    scene.welcomes(plan, scene.layla)
    assert scene.seen_by(scene.layla).plan.forms == (HOME,)
    assert scene.rows(scene.bas)[scene.sami, scene.home].state is PlanState.AGREED


def test_saying_yes_twice_is_saying_it_once(scene):
    plan = scene.agree(HOME)
    for _ in range(2):
        scene.welcomes(plan, scene.layla)
    assert db.session.query(JournalLine).filter_by(action="plans.welcome_home_visit").count() == 1


def test_another_form_is_just_as_good_an_agreement(scene):
    plan = scene.agree(HOME)
    scene.chooses(plan, CALL, scene.layla)
    row = scene.rows(scene.bas)[scene.sami, scene.home]
    assert (row.state, row.plan.forms, row.plan.asks_home_visit) == (PlanState.AGREED, (CALL,), False)


def test_a_family_that_keeps_the_other_forms_need_choose_nothing(scene):
    plan = scene.agree(HOME, EVENING)
    scene.chooses(plan, None, scene.layla)
    assert scene.seen_by(scene.layla).plan.forms == (EVENING,)


def test_without_another_form_the_family_is_asked_to_choose_one(scene):
    plan = scene.agree(HOME)
    for instead in (None, HOME):
        with pytest.raises(NoFormChosen):
            scene.chooses(plan, instead, scene.layla)
    assert scene.seen_by(scene.layla).plan.asks_home_visit


def test_nowhere_is_kept_that_a_family_said_no(scene):
    plan = scene.agree(HOME)
    scene.chooses(plan, CALL, scene.layla)
    lines = db.session.query(JournalLine).order_by(JournalLine.id.desc()).limit(2)
    assert [(line.action, line.facts["forms"]) for line in lines] == [
        ("plans.confirm", ["call"]), ("plans.choose_forms", ["call"])
    ]  # fmt: skip


def test_a_family_may_change_its_mind_about_a_visit(scene):
    plan = scene.agree(HOME, CALL)
    scene.welcomes(plan, scene.layla)
    scene.chooses(plan, None, scene.layla)
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)


def test_the_familys_yes_outlives_a_change_but_not_a_removal(scene):
    plan = scene.agree(HOME)
    scene.welcomes(plan, scene.layla)
    scene.agree(HOME, CALL, seen=1)
    assert HOME in scene.seen_by(scene.layla).plan.forms
    scene.agree(CALL, seen=2)
    scene.agree(HOME, CALL, seen=3)
    assert scene.seen_by(scene.layla).plan.forms == (CALL,)


def test_a_question_that_was_taken_back_cannot_be_answered(scene):
    plan = scene.agree(HOME)
    scene.agree(CALL, seen=1)
    with pytest.raises(HomeVisitNotAsked):
        scene.welcomes(plan, scene.layla)


def test_the_other_home_cannot_answer(scene):
    plan = scene.agree(HOME)
    for act in (scene.welcomes, scene.says_yes):
        with pytest.raises(NoSuchHome):
            act(plan, scene.karim)
    with pytest.raises(NoSuchHome):
        scene.chooses(plan, CALL, scene.karim)
    with pytest.raises(NoSuchHome):
        scene.wishes(plan, "liever bellen", scene.karim)


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
    service.welcome_home_visit(plan_id=plan, seen_version=1, person=pupil, by=pupil.actor, now=NOW)
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
    assert group.open == group.agreed == ()
    assert len(group.proposed) == 2


def test_a_proposal_is_agreed_once_a_guardian_said_yes_with_the_date_and_who(scene):
    plan = scene.agree(CALL)
    assert scene.rows(scene.bas)[scene.sami, scene.home].state is PlanState.PROPOSED
    scene.says_yes(plan)
    row = scene.rows(scene.bas)[scene.sami, scene.home]
    assert (row.state, row.plan.agreed_at) == (PlanState.AGREED, NOW)
    [answer] = row.plan.answers
    assert (answer.by.given, answer.voice, answer.said_at) == ("Layla", Voice.GUARDIAN, NOW)


def test_also_what_was_agreed_in_the_talk_is_shown_to_the_family_to_say_yes_to(scene):
    scene.agree(CALL, together=True)
    scene.agree(CALL, home=scene.other_home, together=False, family_was_there=False)
    states = {row.state for row in scene.rows(scene.bas).values()}
    assert states == {PlanState.PROPOSED}
    assert scene.seen_by(scene.layla).plan.together
    assert (scene.seen_by(scene.karim).plan.together, scene.seen_by(scene.karim).plan.agreed_with) == (False, "")


def test_a_yes_said_twice_is_one_yes_and_one_notice(scene):
    plan = scene.agree(CALL)
    for _ in range(2):
        scene.says_yes(plan)
    assert db.session.query(PlanAnswer).count() == 1
    assert [letter for letter, _ in scene.letters()].count(Letter.PLAN_NOTICE) == 1


def test_who_wants_something_else_says_so_and_nothing_changes_by_itself(scene):
    plan = scene.agree(CALL)
    scene.wishes(plan, "  liever mailen ")
    row = scene.rows(scene.bas)[scene.sami, scene.home]
    assert (row.state, row.plan.wish.words, row.plan.forms) == (PlanState.PROPOSED, "liever mailen", (CALL,))
    with pytest.raises(NothingSaid):
        scene.wishes(plan, "   ")
    scene.says_yes(plan)
    row = scene.rows(scene.bas)[scene.sami, scene.home]
    assert (row.state, row.plan.wish) == (PlanState.AGREED, None)


def test_a_change_asks_again_and_both_sides_can_read_what_changed(scene):
    plan = scene.agree(CALL, rhythm="na elk rapport")
    scene.says_yes(plan)
    scene.agree(ContactForm.MAIL, seen=1, rhythm="na elk rapport", goal="lezen")
    row = scene.seen_by(scene.layla)
    assert (row.state, row.plan.answers) == (PlanState.PROPOSED, ())
    now, was = plans.history(row.plan)
    assert (now.changed, now.was.forms, now.terms.forms) == (("forms", "goal"), (CALL,), (ContactForm.MAIL,))
    assert (was.recorded_by.given, [answer.said for answer in was.answers]) == ("Bas", [Said.YES])
    scene.says_yes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.AGREED


def test_a_family_never_says_yes_to_a_version_it_did_not_see(scene):
    plan = scene.agree(CALL)
    scene.agree(EVENING, seen=1)
    with pytest.raises(NewerVersion):
        scene.says_yes(plan, seen=1)
    assert db.session.query(PlanAnswer).count() == 0


def test_a_yes_to_a_visit_at_home_is_said_apart(scene):
    plan = scene.agree(HOME, CALL)
    with pytest.raises(HomeVisitStillAsked):
        scene.says_yes(plan)
    scene.welcomes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.AGREED


def test_history_forgets_that_a_visit_was_asked_for_once_the_family_chose_otherwise(scene):
    plan = scene.agree(HOME, CALL)
    scene.agree(HOME, CALL, seen=1, goal="lezen")
    scene.chooses(plan, None)
    assert {tuple(row.forms) for row in db.session.query(PlanVersion)} == {("call",)}
    assert all(HOME not in step.terms.forms for step in plans.history(scene.seen_by(scene.layla).plan))


def test_the_yes_of_a_young_pupil_is_heard_in_the_talk_by_the_leader(scene):
    plan = scene.agree(CALL, pupil_asked=True)
    scene.says_yes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.PROPOSED
    scene.hears_sami()
    scene.hears_sami()
    row = scene.seen_by(scene.layla)
    assert row.state is PlanState.AGREED
    assert [(answer.voice, answer.by.given) for answer in row.plan.answers] == [
        (Voice.GUARDIAN, "Layla"), (Voice.IN_TALK, "Sami")
    ]  # fmt: skip


def test_the_leader_may_tick_at_once_that_the_pupil_said_yes(scene):
    plan = scene.agree(CALL, pupil_asked=True, pupil_said_yes=True)
    assert scene.seen_by(scene.layla).state is PlanState.PROPOSED
    scene.says_yes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.AGREED


def test_a_pupil_who_is_not_asked_says_nothing(scene):
    scene.agree(CALL)
    with pytest.raises(PupilNotAsked):
        scene.hears_sami()
    with pytest.raises(PlanChanged):
        scene.hears_sami(seen=9)


def test_an_adult_pupil_whose_parents_stay_involved_says_yes_by_the_own_link():
    scene = Scene()
    sami = db.session.get_one(leaders.Pupil, scene.sami)
    sami.birth_date, sami.parents_permitted, sami.email = date(2009, 1, 1), True, "sami@leerling.example.org"
    db.session.commit()
    plan = scene.agree(CALL, pupil_asked=True, pupil_said_yes=True)
    scene.says_yes(plan)
    assert scene.seen_by(scene.layla).state is PlanState.PROPOSED, "an adult speaks for himself"
    with pytest.raises(PupilNotAsked):
        scene.hears_sami()
    scene.says_yes(plan, Person(HolderKind.PUPIL, scene.sami))
    assert scene.seen_by(scene.layla).state is PlanState.AGREED


def test_the_home_gets_the_proposal_and_the_copy_and_the_leader_a_notice(scene):
    omar = a_guardian(
        "Omar", db.session.get_one(leaders.Pupil, scene.sami),
        household=db.session.get_one(Household, scene.home), position=2,
    )  # fmt: skip
    plan = scene.agree(CALL)
    proposed, layla = Letter.PLAN_PROPOSED, scene.layla.id
    assert scene.letters() == [(proposed, layla), (proposed, omar.id)]
    scene.wishes(plan, "liever mailen")
    assert scene.letters()[2:] == [(Letter.PLAN_NOTICE, None), (Letter.PLAN_ANSWERED, omar.id)]
    scene.says_yes(plan, Person(HolderKind.GUARDIAN, omar.id), now=NOW + timedelta(minutes=1))
    agreed = Letter.PLAN_AGREED
    assert scene.letters()[4:] == [(Letter.PLAN_NOTICE, None), (agreed, layla), (agreed, omar.id)]
    assert "mailen" not in str([row.facts for row in db.session.query(Outbox)])


def test_a_letter_about_an_earlier_version_stays_in_the_house(scene):
    plan = scene.agree(CALL)
    scene.agree(EVENING, seen=1)
    scene.says_yes(plan)
    stops = [
        (row.letter, find_letter(row.id, NOW).stop is None)
        for row in db.session.query(Outbox).where(Outbox.guardian_id == scene.layla.id).order_by(Outbox.id)
    ]
    assert stops == [(Letter.PLAN_PROPOSED, False), (Letter.PLAN_PROPOSED, False), (Letter.PLAN_AGREED, True)]


def test_no_letter_about_the_agreement_of_one_home_tells_of_the_other(scene):
    scene.agree(CALL, goal="kanarie")
    scene.agree(EVENING, home=scene.other_home, goal="vink")
    told = {
        row.guardian_id: find_letter(row.id, NOW).plan.plan.goal for row in db.session.query(Outbox).order_by(Outbox.id)
    }
    assert told == {scene.layla.id: "kanarie", scene.karim.id: "vink"}


def test_a_leader_of_the_class_hears_the_answer_to_what_the_office_recorded(scene):
    office = a_leader("kantoor", roles=[StaffRole.OFFICE])
    plan = service.agree(
        pupil_id=scene.sami, household_id=scene.home, year_id=scene.year, seen_version=0, leader_id=None,
        agreement=Agreement((CALL,), TODAY, "Layla", True, info_need=InfoNeed.NO),
        by=Actor(ActorKind.STAFF, office.id), now=NOW,
    )  # fmt: skip
    scene.says_yes(plan)
    told = db.session.query(Outbox).where(Outbox.letter == Letter.PLAN_NOTICE).all()
    assert [row.staff_id for row in told] == [scene.bas]


def test_what_stands_already_makes_no_new_version_and_no_letter() -> None:
    scene = Scene()
    plan = scene.agree(CALL)
    letters = scene.letters()
    with pytest.raises(NothingChanged):
        scene.agree(CALL, seen=1, agreed_on=TODAY - timedelta(days=1), agreed_with="Sami, Omar Yilmaz")
    assert (scene.version(plan), scene.letters()) == (1, letters)
    scene.agree(CALL, seen=1, pupil_asked=True)
    assert scene.version(plan) == 2, "to ask the pupil as well is something new"


def test_only_the_yes_of_the_pupil_is_added_to_what_stands() -> None:
    scene = Scene()
    plan = scene.agree(CALL, pupil_asked=True)
    scene.agree(CALL, seen=1, pupil_asked=True, pupil_said_yes=True)
    assert scene.version(plan) == 1
    row = scene.seen_by(scene.layla)
    assert [answer.voice for answer in row.plan.answers] == [Voice.IN_TALK]
    with pytest.raises(NothingChanged):
        scene.agree(CALL, seen=1, pupil_asked=True, pupil_said_yes=True)


def asks_again(scene: Scene, *, days: int, leader: int | None = None) -> int:
    return service.ask_again(
        year_id=scene.year, leader_id=leader, by=Actor(ActorKind.STAFF, scene.bas), now=NOW + timedelta(days=days)
    )


def test_a_home_that_said_nothing_gets_one_more_letter_after_a_week_and_no_third_one(scene):
    scene.agree()
    assert asks_again(scene, days=6) == 0, "a week to think about it"
    assert asks_again(scene, days=7) == 1
    assert scene.letters()[-1] == (Letter.PLAN_PROPOSED, scene.layla.id)
    assert asks_again(scene, days=8) == 0, "twice pressed is one letter"
    assert asks_again(scene, days=14) == 1
    assert asks_again(scene, days=30) == 0, "then somebody speaks to it"
    classes = plans.agreements_by_class(scene.year, leader_id=None, today=TODAY)
    later = plans.asking_again(classes, NOW + timedelta(days=30))
    assert [row.pupil.id for row in later[AskAgain.IN_PERSON]] == [scene.sami]


def test_a_new_version_may_be_asked_about_anew(scene):
    scene.agree()
    asks_again(scene, days=7)
    asks_again(scene, days=14)
    scene.agree(EVENING, seen=1)
    assert asks_again(scene, days=30) == 1


@pytest.mark.parametrize("answer", ["yes", "something else"])
def test_whoever_answered_is_not_asked_again(scene, answer):
    plan = scene.agree()
    if answer == "yes":
        scene.says_yes(plan)
    else:
        scene.wishes(plan, "liever mailen")
    assert asks_again(scene, days=7) == 0


def test_a_leader_asks_the_own_classes_only_and_the_office_all(scene):
    scene.agree()
    assert asks_again(scene, days=7, leader=scene.anna) == 0
    assert asks_again(scene, days=7) == 1


def test_a_home_without_a_mailbox_is_spoken_to(scene):
    scene.agree()
    db.session.query(Guardian).filter_by(id=scene.layla.id).update({"email": ""})
    db.session.commit()
    assert asks_again(scene, days=7) == 0
    classes = plans.agreements_by_class(scene.year, leader_id=None, today=TODAY)
    assert len(plans.asking_again(classes, NOW)[AskAgain.IN_PERSON]) == 1


def test_a_look_back_that_is_over_is_shown_until_something_is_agreed_anew(scene):
    in_september = Timing(MomentKind.MONTH_BEGIN, month=9)
    plan = scene.agree(CALL, moments=(AgreedMoment(in_september, CALL, is_review=True),))
    scene.says_yes(plan)

    def overdue(day: date) -> list[int]:
        (group,) = plans.agreements_by_class(scene.year, leader_id=scene.bas, today=TODAY)
        return [row.pupil.id for row, _days in group.overdue(day)]

    assert overdue(date(2027, 9, 10)) == []
    assert overdue(date(2027, 9, 11)) == [scene.sami]
    db.session.query(CommunicationPlan).update({"recorded_at": datetime(2027, 9, 12, 9, tzinfo=UTC)})
    db.session.commit()
    assert overdue(date(2027, 9, 13)) == []


def test_a_look_back_that_was_noted_is_no_longer_shown(scene):
    in_september = Timing(MomentKind.MONTH_BEGIN, month=9)
    plan = scene.agree(CALL, moments=(AgreedMoment(in_september, CALL, is_review=True),))
    scene.says_yes(plan)
    moment = db.session.query(PlanMoment).one()
    db.session.add(
        LoggedContact(
            year_id=scene.year, pupil_id=scene.sami, household_id=scene.home, staff_id=scene.bas, moment_id=moment.id,
            day=date(2027, 9, 8), channel=Channel.CALL, began=Initiative.SCHOOL, went=Went.DONE, good_news=False,
            logged_at=NOW,
        )
    )  # fmt: skip
    db.session.commit()
    (group,) = plans.agreements_by_class(scene.year, leader_id=scene.bas, today=TODAY)
    assert group.overdue(date(2027, 10, 1)) == ()


def switch(*forms: ContactForm) -> None:
    """The forms that the school has beside those that are always there."""
    db.session.get_one(School, 1).further_forms = [form.value for form in forms]
    db.session.commit()


@pytest.mark.parametrize("form", FURTHER_FORMS)
def test_a_further_form_is_agreed_on_only_where_the_school_switched_it_on(scene, form):
    with pytest.raises(FormNotOffered):
        scene.agree(CALL, form)
    assert db.session.query(CommunicationPlan).count() == 0
    switch(form)
    scene.says_yes(scene.agree(CALL, form))
    (plan,) = plans.plans_of([scene.sami], scene.year).values()
    assert (plan.state, plan.forms) == (PlanState.AGREED, (CALL, form))


def test_a_form_that_is_switched_off_stays_where_it_was_agreed_and_comes_nowhere_anew(scene):
    switch(ContactForm.SMS)
    plan = scene.agree(CALL, ContactForm.SMS)
    scene.says_yes(plan)
    switch()
    (kept,) = plans.plans_of([scene.sami], scene.year).values()
    assert (kept.state, kept.forms) == (PlanState.AGREED, (CALL, ContactForm.SMS))
    scene.agree(CALL, ContactForm.SMS, seen=1, goal="Samen lezen")
    scene.agree(CALL, seen=2)
    with pytest.raises(FormNotOffered):
        scene.agree(CALL, ContactForm.SMS, seen=3)
