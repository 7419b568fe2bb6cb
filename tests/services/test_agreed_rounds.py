"""What was agreed about keeping in touch decides what a round offers a home; every home is welcome all the same."""

from datetime import date, timedelta

import pytest

from scheduling.domain.guests import HelpState
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Person, Sector
from scheduling.domain.plans import Agreement, ContactForm, InfoNeed
from scheduling.domain.reached import How
from scheduling.domain.rounds import RoundKind, RoundMode
from scheduling.domain.single_talks import Medium
from scheduling.models import (
    Booking,
    CommunicationPlan,
    Guardian,
    HomeByPhone,
    HomeWishes,
    Household,
    InterpreterRequest,
    PracticalNeed,
    Pupil,
    Round,
    School,
    Slot,
    TalkRequest,
    db,
)
from scheduling.queries import leading, mailings, reached, reminders, rounds, wishes
from scheduling.queries.contact_time import TimeBalance, time_balances
from scheduling.queries.family import TalkState, family_of
from scheduling.queries.snapshots import needed_talks
from scheduling.services import bookings, plans, rosters, topics, ways
from scheduling.services import rounds as round_service
from tests.builders import (
    NOW,
    START_WINDOW,
    TUESDAY,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)

CALL, MAIL, VIDEO = ContactForm.CALL, ContactForm.MAIL, ContactForm.VIDEO
DAY, EVENING = ContactForm.SCHOOL_VISIT_DAY, ContactForm.SCHOOL_VISIT_EVENING

pytestmark = pytest.mark.usefixtures("any_context")


class Town:
    """Group 3 of Anna: Sami, Noor and Finn, each with a home of its own."""

    def __init__(self) -> None:
        a_school()
        a_year()
        self.anna = a_leader("anna")
        self.three = a_class("3", leaders=[self.anna])
        self.sami, self.noor, self.finn = (a_pupil(name, self.three) for name in ("Sami", "Noor", "Finn"))
        self.layla, self.tom, self.mia = (
            a_guardian(name, pupil)
            for name, pupil in (("Layla", self.sami), ("Tom", self.noor), ("Mia", self.finn))
        )  # fmt: skip

    def agree(self, pupil: Pupil, parent: Guardian | None, *forms: ContactForm, yes: bool = True) -> None:
        """As the leader and the home do it."""
        home = household_of(parent).id if parent else None
        version = db.session.query(CommunicationPlan.version).filter_by(pupil_id=pupil.id, household_id=home).scalar()
        plan_id = plans.agree(
            pupil_id=pupil.id, household_id=home, year_id=self.three.year_id, seen_version=version or 0,
            agreement=Agreement(forms, _today(), "Layla", True, info_need=InfoNeed.NO), leader_id=self.anna.id,
            by=Actor(ActorKind.STAFF, self.anna.id), now=NOW,
        )  # fmt: skip
        if yes:
            person = Person(HolderKind.GUARDIAN, parent.id) if parent else Person(HolderKind.PUPIL, pupil.id)
            by = Actor(ActorKind.GUARDIAN, parent.id) if parent else Actor(ActorKind.PUPIL, pupil.id)
            plans.confirm(plan_id=plan_id, seen_version=(version or 0) + 1, person=person, by=by, now=NOW)

    def evening(self, *, kind: RoundKind = RoundKind.CONTACT_EVENING, mode: RoundMode = RoundMode.ROSTER) -> Round:
        found = a_round("Contactavond", classes=[self.three], kind=kind, mode=mode, slot_minutes=10)
        some_slots(found, self.anna, count=9, opened=mode is RoundMode.PICK)
        return found


@pytest.fixture
def town(any_context) -> Town:
    return Town()


def _today() -> date:
    return NOW.date()


def pupils_of(found: Round) -> set[int]:
    return {need.pupil_id for need in needed_talks(found.id, on=TUESDAY.date())}


def published(found: Round) -> dict[int, Booking]:
    version = rosters.request(round_id=found.id, seconds=5, by=SYSTEM, now=NOW)
    rosters.run_one(version_id=version, worker="test", clock=lambda: NOW)
    rosters.publish(round_id=found.id, by=SYSTEM, now=NOW)
    return {talk.pupil_id: talk for talk in db.session.query(Booking).filter_by(round_id=found.id)}


def invited(found: Round, letter: Letter = Letter.INVITATION) -> set[str]:
    return {one.name.given for one in mailings.plan_of(db.session(), found.id, letter, NOW).recipients}


def mother(town: Town) -> Actor:
    return Actor(ActorKind.GUARDIAN, town.layla.id)


def test_a_plan_steers_the_next_contact_evening_from_the_agreement_to_the_published_times(town):
    town.agree(town.sami, town.layla, MAIL)
    town.agree(town.noor, town.tom, CALL, MAIL)
    town.agree(town.finn, town.mia, EVENING)
    found = town.evening()
    talks = published(found)
    assert talks.keys() == {town.noor.id, town.finn.id}, "Sami's home keeps in touch by mail"
    assert talks[town.noor.id].met is Medium.PHONE
    assert talks[town.finn.id].met is Medium.SCHOOL
    assert invited(found) == {"Tom", "Mia"}
    plan = mailings.plan_of(db.session(), found.id, Letter.INVITATION, NOW)
    assert [one.pupil.given for one in plan.by_agreement] == ["Sami"]
    assert plan.without_talk == []


def test_what_is_only_proposed_steers_nothing(town):
    town.agree(town.sami, town.layla, MAIL, yes=False)
    assert town.sami.id in pupils_of(town.evening())


def test_a_changed_agreement_counts_once_the_home_says_yes_again(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening()
    assert town.sami.id not in pupils_of(found)
    town.agree(town.sami, town.layla, EVENING, yes=False)
    assert town.sami.id in pupils_of(found), "what waits for a yes is nobody's agreement"


@pytest.mark.parametrize("forms", [(MAIL,), (DAY,), (DAY, MAIL)])
def test_no_evening_at_school_and_no_call_is_no_contact_evening(town, forms):
    town.agree(town.sami, town.layla, *forms)
    assert town.sami.id not in pupils_of(town.evening())


def test_only_a_contact_evening_leaves_a_home_out(town):
    town.agree(town.sami, town.layla, MAIL)
    assert town.sami.id in pupils_of(town.evening(kind=RoundKind.START_CONVERSATION))


def test_who_agreed_on_the_phone_is_called_in_every_round(town):
    town.agree(town.sami, town.layla, CALL)
    assert published(town.evening(kind=RoundKind.START_CONVERSATION))[town.sami.id].met is Medium.PHONE


def test_a_time_that_the_home_chooses_itself_is_on_the_phone_too_and_may_be_at_school(town):
    town.agree(town.sami, town.layla, CALL)
    found = town.evening(mode=RoundMode.PICK)
    (to_choose,) = family_of(mother(town), NOW).talks
    assert to_choose.met is Medium.PHONE, "the page says so before it is chosen"
    talk = _pick(town, found)
    assert talk.met is Medium.PHONE
    ways.choose(booking_id=talk.id, way=Medium.SCHOOL, by=mother(town), now=NOW)
    assert _again(talk).met is Medium.SCHOOL
    ways.choose(booking_id=talk.id, way=Medium.PHONE, by=mother(town), now=NOW)
    assert _again(talk).met is Medium.PHONE, "as agreed, also where the round itself offers no phone"


def _offers_video(found: Round, *, template: str = "https://beeld.example.org/{code}") -> Round:
    """The school has talks by video in this round."""
    db.session.get_one(School, 1).video_template = template
    found.by_video = True
    db.session.commit()
    return found


@pytest.fixture
def filmed(town) -> Town:
    """The same town, where the school switched video on; two homes agreed on it."""
    db.session.get_one(School, 1).further_forms = ["video"]
    db.session.commit()
    town.agree(town.sami, town.layla, VIDEO)
    town.agree(town.noor, town.tom, VIDEO, MAIL)
    return town


def test_who_agreed_on_video_meets_by_video_with_a_link_of_its_own(filmed):
    found = _offers_video(filmed.evening())
    talks = published(found)
    seen = [talks[pupil.id] for pupil in (filmed.sami, filmed.noor)]
    assert [talk.met for talk in seen] == [Medium.VIDEO, Medium.VIDEO]
    links = {talk.way.join_link for talk in seen if talk.way}
    assert len(links) == 2
    assert all(link.startswith("https://beeld.example.org/") for link in links)
    assert talks[filmed.finn.id].met is Medium.SCHOOL
    assert invited(found) == {"Layla", "Tom", "Mia"}


@pytest.mark.parametrize("template", [None, ""])
def test_where_an_evening_has_no_video_who_agreed_on_it_comes_to_school(filmed, template):
    found = filmed.evening()
    if template is not None:
        _offers_video(found, template=template)
    talks = published(found)
    assert {talks[pupil.id].met for pupil in (filmed.sami, filmed.noor)} == {Medium.SCHOOL}


def test_a_time_that_the_home_chooses_itself_is_by_video_and_may_be_at_school(filmed):
    found = _offers_video(filmed.evening(mode=RoundMode.PICK))
    (to_choose,) = family_of(mother(filmed), NOW).talks
    assert to_choose.met is Medium.VIDEO, "the page says so before it is chosen"
    talk = _pick(filmed, found)
    assert talk.met is Medium.VIDEO
    ways.choose(booking_id=talk.id, way=Medium.SCHOOL, by=mother(filmed), now=NOW)
    assert _again(talk).met is Medium.SCHOOL


def test_who_agreed_on_calls_and_video_is_called(filmed):
    filmed.agree(filmed.sami, filmed.layla, CALL, VIDEO)
    assert published(_offers_video(filmed.evening()))[filmed.sami.id].met is Medium.PHONE


def test_a_talk_with_two_homes_is_by_video_only_when_both_agreed_on_it(filmed):
    karim = a_guardian("Karim", filmed.sami)
    found = _offers_video(filmed.evening(mode=RoundMode.PICK))
    (to_choose,) = family_of(mother(filmed), NOW).talks
    assert (to_choose.joint, to_choose.met) == (True, Medium.SCHOOL)
    filmed.agree(filmed.sami, karim, VIDEO)
    (to_choose,) = family_of(mother(filmed), NOW).talks
    assert (to_choose.joint, to_choose.met) == (True, Medium.VIDEO)
    assert _pick(filmed, found).met is Medium.VIDEO


@pytest.mark.parametrize("form", [ContactForm.WHATSAPP, ContactForm.SMS])
def test_writing_each_other_is_no_contact_evening(filmed, form):
    db.session.get_one(School, 1).further_forms = [form.value]
    db.session.commit()
    filmed.agree(filmed.finn, filmed.mia, form)
    assert filmed.finn.id not in pupils_of(filmed.evening())


def test_coming_after_all_keeps_the_way_that_the_family_chose(town):
    town.agree(town.sami, town.layla, CALL)
    talk = _pick(town, town.evening(mode=RoundMode.PICK))
    ways.choose(booking_id=talk.id, way=Medium.SCHOOL, by=mother(town), now=NOW)
    bookings.cancel(booking_id=talk.id, by=mother(town), now=NOW)
    again = bookings.undo_cancel(booking_id=talk.id, by=mother(town), now=NOW)
    assert db.session.get_one(Booking, again).met is Medium.SCHOOL


def test_a_home_that_is_left_out_still_chooses_a_time_by_its_link(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening(mode=RoundMode.PICK)
    assert "Layla" not in invited(found)
    (talk,) = family_of(mother(town), NOW).talks
    assert (talk.state, talk.by_agreement) == (TalkState.TO_CHOOSE, True)
    _pick(town, found)
    assert town.sami.id in pupils_of(found)
    (talk,) = family_of(mother(town), NOW).talks
    assert not talk.by_agreement


def test_wishes_for_the_evening_say_that_the_home_comes_after_all(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening()
    _asks_wishes(found)
    assert "Layla" not in invited(found, Letter.WISHES)
    (asked,) = wishes.asked_rounds(mother(town), found.year_id, NOW)
    assert asked.by_agreement
    _wished(found, household_of(town.layla))
    assert town.sami.id in pupils_of(found)
    (asked,) = wishes.asked_rounds(mother(town), found.year_id, NOW)
    assert not asked.by_agreement


def test_wishes_for_a_sister_bring_nobody_back(town):
    lina = a_pupil("Lina", town.three)
    a_guardian("Omar", town.sami, lina, household=household_of(town.layla))
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening()
    _asks_wishes(found)
    _wished(found, household_of(town.layla))
    assert pupils_of(found) >= {lina.id}
    assert town.sami.id not in pupils_of(found)
    (asked,) = wishes.asked_rounds(mother(town), found.year_id, NOW)
    assert asked.children == ("Sami",), "of Lina Layla is no guardian"


def test_of_two_homes_only_the_one_that_agreed_on_it_is_left_out(town):
    karim = a_guardian("Karim", town.sami)
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening()
    (need,) = [need for need in needed_talks(found.id, on=TUESDAY.date()) if need.pupil_id == town.sami.id]
    assert need.household_id == household_of(karim).id
    published(found)
    assert invited(found) == {"Karim", "Tom", "Mia"}


def test_the_other_home_that_chooses_a_time_does_not_call_the_one_that_is_left_out(town):
    karim = a_guardian("Karim", town.sami)
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening(mode=RoundMode.PICK)
    talk = _pick(town, found, by=Actor(ActorKind.GUARDIAN, karim.id))
    assert talk.household_id == household_of(karim).id


def test_in_a_joint_talk_only_the_home_that_agreed_on_the_phone_is_called(town):
    karim = a_guardian("Karim", town.sami)
    town.agree(town.sami, town.layla, CALL)
    town.agree(town.sami, karim, EVENING)
    talk = published(town.evening())[town.sami.id]
    assert (talk.household_id, talk.met) == (None, Medium.SCHOOL)
    phoning = db.session.query(HomeByPhone.household_id).filter_by(booking_id=talk.id).all()
    assert [home for (home,) in phoning] == [household_of(town.layla).id]


def test_an_adult_pupil_agrees_for_himself(town):
    adult = a_pupil("Daan", town.three, birth_date=date(2005, 1, 1))
    town.agree(adult, None, MAIL)
    found = town.evening()
    assert adult.id not in pupils_of(found)
    town.agree(adult, None, CALL)
    assert published(found)[adult.id].met is Medium.PHONE


def test_office_and_mentor_see_who_is_not_invited_and_that_it_was_agreed(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening()
    published(found)
    (group,) = rounds.overview(found.id, NOW).classes
    assert (group.by_agreement, group.excluded, group.talks) == (1, 0, 2)
    lines = {line.id: line for line in rounds.pupils_of(found.id, town.three.id, NOW)}
    assert lines[town.sami.id].by_agreement
    assert not lines[town.noor.id].by_agreement
    todo = leading.roster(town.anna.id, found.year_id, now=NOW, round_id=found.id).todo
    assert [pupil.name.given for pupil, _home in todo.by_agreement] == ["Sami"]
    assert todo.without_time == ()


def test_who_agreed_otherwise_counts_as_reached_and_is_not_reminded(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening(mode=RoundMode.PICK)
    whole = reached.reached_in(found.id, NOW).whole
    assert (whole.counts[How.AGREED], whole.counts[How.NOT_YET]) == (1, 2)
    families = reminders.families_of(db.session(), found.id, NOW)
    assert town.sami.id not in {child.pupil_id for family in families for child in family.children}


def test_an_agreement_after_the_draft_waits_for_another_draft(town):
    found = town.evening()
    version = rosters.request(round_id=found.id, seconds=5, by=SYSTEM, now=NOW)
    rosters.run_one(version_id=version, worker="test", clock=lambda: NOW)
    town.agree(town.sami, town.layla, MAIL)
    rosters.publish(round_id=found.id, by=SYSTEM, now=NOW)
    assert not db.session.query(Booking).filter_by(pupil_id=town.sami.id).count()


def _pick(town: Town, found: Round, *, by: Actor | None = None) -> Booking:
    slot = db.session.query(Slot.id).filter_by(round_id=found.id).order_by(Slot.starts_at).first()
    talk = bookings.pick(round_id=found.id, pupil_id=town.sami.id, slot_id=slot.id, by=by or mother(town), now=NOW)
    return db.session.get_one(Booking, talk)


def _again(talk: Booking) -> Booking:
    return db.session.get_one(Booking, talk.id, populate_existing=True)


def _asks_wishes(found: Round) -> None:
    found.wishes_until = TUESDAY - timedelta(days=3)
    db.session.commit()


def _wished(found: Round, home: Household) -> None:
    db.session.add(HomeWishes(round_id=found.id, household_id=home.id, said_at=NOW))
    db.session.commit()


def test_what_a_home_needs_comes_along_to_the_next_round_of_the_year(town):
    start = town.evening(kind=RoundKind.START_CONVERSATION)
    _asks_wishes(start)
    home = household_of(town.layla).id
    topics.ask_interpreter(round_id=start.id, pupil_id=town.sami.id, language="Pools", by=mother(town), now=NOW)
    topics.say_need(
        round_id=start.id, pupil_id=town.sami.id, ground_floor=True, words="", by=mother(town), now=NOW
    )  # fmt: skip
    plan = round_service.Plan(kind=RoundKind.CONTACT_EVENING, name="November", period=START_WINDOW)
    made = round_service.create(plan=plan, year_id=start.year_id, by=SYSTEM, now=NOW)
    (language,) = db.session.query(InterpreterRequest).filter_by(round_id=made.id)
    assert (language.household_id, language.language, language.state) == (home, "Pools", HelpState.ASKED)
    (need,) = db.session.query(PracticalNeed).filter_by(round_id=made.id)
    assert (need.household_id, need.ground_floor) == (home, True)
    assert [one.interpreter for one in needed_talks(made.id, on=TUESDAY.date()) if one.pupil_id == town.sami.id] == [
        True
    ]


def test_who_needs_no_interpreter_any_more_is_not_asked_for_one(town):
    start = town.evening(kind=RoundKind.START_CONVERSATION)
    _asks_wishes(start)
    for language in ("Pools", ""):
        topics.ask_interpreter(round_id=start.id, pupil_id=town.sami.id, language=language, by=mother(town), now=NOW)
    plan = round_service.Plan(kind=RoundKind.CONTACT_EVENING, name="November", period=START_WINDOW)
    made = round_service.create(plan=plan, year_id=start.year_id, by=SYSTEM, now=NOW)
    assert not any(one.interpreter for one in needed_talks(made.id, on=TUESDAY.date()))


def test_a_home_that_is_left_out_and_calls_gets_a_time(town):
    town.agree(town.sami, town.layla, MAIL)
    found = town.evening(mode=RoundMode.PICK)
    talk = leading.booking_for(found.id, town.sami.id, town.anna.id, found.year_id, now=NOW)
    assert [home.household_id for home in talk.homes if home] == [household_of(town.layla).id]


@pytest.mark.parametrize("sector", [Sector.SECONDARY, Sector.VOCATIONAL])
def test_where_families_ask_for_talks_who_is_left_out_is_not_asked_and_may_ask_all_the_same(town, sector):
    db.session.query(School).update({"sector": sector})
    db.session.commit()
    daan = a_pupil("Daan", town.three, birth_date=date(2005, 1, 1))
    daan.email = "daan@example.org"
    town.agree(daan, None, MAIL)
    town.agree(town.sami, town.layla, CALL)
    found = town.evening()
    _asks_wishes(found)
    assert invited(found, Letter.WISHES) == {"Layla", "Tom", "Mia"}
    himself = Actor(ActorKind.PUPIL, daan.id)
    (asked,) = wishes.asked_rounds(himself, found.year_id, NOW)
    assert asked.by_agreement
    for pupil, home in ((daan, None), (town.sami, household_of(town.layla).id)):
        db.session.add(
            TalkRequest(
                round_id=found.id, pupil_id=pupil.id, household_id=home, teacher_id=town.anna.id, asked_at=NOW
            )
        )  # fmt: skip
    db.session.commit()
    talks = published(found)
    assert talks[daan.id].met is Medium.SCHOOL, "who comes after all comes to school"
    assert talks[town.sami.id].met is Medium.PHONE
    (asked,) = wishes.asked_rounds(himself, found.year_id, NOW) or [None]
    assert asked is None or not asked.by_agreement


def test_the_time_of_a_mentor_shows_the_start_round_beside_the_evenings_that_nobody_needs(town):
    def of_anna() -> TimeBalance:
        (own,) = time_balances(town.three.year_id, leader_id=town.anna.id, today=_today())
        return own

    start = a_round(classes=[town.three], slot_minutes=20)
    a_booking(start, town.sami, some_slots(start, town.anna, count=1, first=TUESDAY - timedelta(days=1))[0])
    town.agree(town.sami, town.layla, MAIL)
    assert (of_anna().planned_talks, of_anna().start_talks, of_anna().spared_talks) == (20, 20, 0), "no evening yet"
    town.evening()
    assert of_anna().spared_talks == 10
    town.agree(town.noor, town.tom, CALL)
    assert of_anna().spared_talks == 10, "a talk on the phone takes its time as well"
    a_guardian("Karim", town.sami)
    assert of_anna().spared_talks == 0, "the other home still comes"


def test_where_families_ask_for_teachers_nobody_knows_how_many_talks_are_spared(town):
    db.session.query(School).update({"sector": Sector.SECONDARY})
    db.session.commit()
    town.agree(town.sami, town.layla, MAIL)
    town.evening()
    (own,) = time_balances(town.three.year_id, leader_id=town.anna.id, today=_today())
    assert own.spared_talks == 0
