"""Families ask whom they want to speak on a contact evening, teachers whom they want to see; on both databases."""

from datetime import date, timedelta

import pytest

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Authority, Sector
from scheduling.domain.requests import (
    AskedAndNotNeeded,
    AskingRules,
    ChildAsks,
    Choice,
    MoreThanFits,
    NoRequestsHere,
    NotATeacherOf,
    NothingAsked,
    OutsideTheEvenings,
    RequestsOver,
    RuleOutOfRange,
    Some,
    TooManyAsked,
)
from scheduling.domain.wishes import Answer, Wisher
from scheduling.models import (
    Guardian,
    Guardianship,
    HomeWishes,
    JournalLine,
    LeaderOpening,
    NoTalkNeeded,
    Outbox,
    Pupil,
    School,
    Staff,
    TalkRequest,
    db,
)
from scheduling.queries import requests as asking
from scheduling.services import requests, round_changes
from scheduling.services.requests import Said
from scheduling.wording.refusals import sentence
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, a_guardian, a_pupil, household_of, some_slots

pytestmark = pytest.mark.usefixtures("any_context")

DAY = timedelta(days=1)
UNTIL = NOW + 3 * DAY
LATE, WEEK_LATER = "2027-08-31.late_afternoon", "2027-09-07.late_afternoon"
NONE_NEEDED = ChildAsks(none_needed=True)


class Evening(AskingSchool):
    """Everybody is there on Tuesday from three to four."""

    def __init__(self) -> None:
        super().__init__(UNTIL)
        self.times(first=TUESDAY)

    def say(
        self, who: Guardian | Pupil, asks: dict[Pupil, list[Staff] | ChildAsks], *, late: Answer | None = None,
        next_week: Answer | None = None, now=NOW,
    ) -> None:  # fmt: skip
        """Whom this family wants to speak about each child, the first wish first."""
        said = {
            pupil.id: wanted if isinstance(wanted, ChildAsks) else ChildAsks(tuple(Choice(one.id) for one in wanted))
            for pupil, wanted in asks.items()
        }
        answers = {key: answer for key, answer in ((LATE, late), (WEEK_LATER, next_week)) if answer}
        requests.say(round_id=self.evening.id, said=Said(said, answers), by=actor_of(who), now=now)

    def page(self, who: Guardian | Pupil, *, now=NOW) -> asking.RequestPage:
        return asking.family_page(actor_of(who), self.evening.id, now)

    def asked(self, who: Guardian | Pupil) -> dict[str, list[str]]:
        return {child.name: [one.teacher.name.given for one in child.asked] for child in self.page(who).children}

    def mark(self, teacher: Staff, *pupils: Pupil, now=NOW) -> int:
        """This teacher ticks these pupils in the list of everybody, all their homes."""
        seen = asking.teacher_page(teacher.id, self.evening.id, now).families
        wanted = [one.key for one in seen if one.pupil_id in {pupil.id for pupil in pupils}]
        return requests.mark(
            round_id=self.evening.id, teacher_id=teacher.id, shown=[one.key for one in seen], wanted=wanted,
            by=Actor(ActorKind.STAFF, teacher.id), now=now,
        )  # fmt: skip


def actor_of(who: Guardian | Pupil) -> Actor:
    return Actor(ActorKind.PUPIL if isinstance(who, Pupil) else ActorKind.GUARDIAN, who.id)


def letters(kind: Letter = Letter.REQUESTS_SAID) -> list[int | None]:
    return [row.guardian_id for row in db.session.query(Outbox).filter_by(letter=kind).order_by(Outbox.id)]


def test_one_page_names_for_every_child_who_really_teaches_it_and_the_mentor_first() -> None:
    school = Evening()
    page = school.page(school.layla)
    assert [child.name for child in page.children] == ["Sami", "Noor"]
    by_child = {child.name: [(one.name.given, one.subjects, one.leads) for one in child.teachers]
                for child in page.children}  # fmt: skip
    assert by_child == {
        "Sami": [("Anna", (), True), ("Cas", ("Engels",), False), ("Bo", ("wiskunde",), False)],
        "Noor": [("Karin", (), True), ("Bo", ("wiskunde",), False)],
    }


def test_what_was_asked_stands_there_again_in_its_order_for_both_parents_at_home() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo, school.anna], school.noor: [school.karin]}, late=Answer.GOOD)
    assert school.asked(school.layla) == {"Sami": ["Bo", "Anna"], "Noor": ["Karin"]}
    assert school.asked(school.omar) == school.asked(school.layla)
    row = db.session.query(TalkRequest).filter_by(teacher_id=school.bo.id).one()
    assert (row.place, row.slots, row.subject, row.guardian_id) == (1, 1, "wiskunde", school.layla.id)
    assert [time.answer for time in db.session.query(HomeWishes).one().times] == [Answer.GOOD]


def test_everybody_at_home_gets_a_copy_of_what_was_asked_and_one_letter_as_long_as_it_has_not_left() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo]})
    assert letters() == [school.layla.id, school.omar.id]
    school.say(school.omar, {school.sami: [school.bo, school.cas]})
    assert letters() == [school.layla.id, school.omar.id]
    assert letters(Letter.WISHES_SAID) == []


def test_saying_the_same_again_changes_nothing_and_writes_nobody() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo]})
    db.session.query(Outbox).delete()
    db.session.commit()
    lines = db.session.query(JournalLine).count()
    school.say(school.omar, {school.sami: [school.bo]}, now=NOW + DAY)
    assert letters() == []
    assert db.session.query(JournalLine).count() == lines


def test_another_order_and_a_talk_less_replace_what_was_asked_and_who_asked_first_stays_known() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo, school.anna, school.cas]})
    school.say(school.layla, {school.sami: [school.cas, school.bo]}, now=NOW + DAY)
    assert school.asked(school.layla)["Sami"] == ["Cas", "Bo"]
    assert {row.asked_at for row in db.session.query(TalkRequest)} == {NOW}
    withdrawn = db.session.query(TalkRequest).filter(TalkRequest.withdrawn_at.is_not(None)).one()
    assert withdrawn.teacher_id == school.anna.id


def test_a_family_that_is_content_without_a_talk_is_reached_and_may_come_back_on_it() -> None:
    """T49, before there is a roster."""
    school = Evening()
    school.say(school.layla, {school.sami: NONE_NEEDED, school.noor: [school.karin]})
    assert [child.none_needed for child in school.page(school.omar).children] == [True, False]
    home = asking.round_requests(school.evening.id, NOW).some(Some.NONE_NEEDED)
    assert [one.none_needed for one in home] == [("Sami",)]
    school.say(school.omar, {school.sami: [school.anna], school.noor: [school.karin]})
    assert db.session.query(NoTalkNeeded).count() == 0
    assert school.asked(school.layla) == {"Sami": ["Anna"], "Noor": ["Karin"]}


def test_the_other_home_of_a_child_reads_and_hears_nothing_of_it() -> None:
    school = Evening()
    school.say(school.ruud, {school.mila: [school.cas]})
    school.mark(school.anna, school.mila)
    assert school.asked(school.els) == {"Mila": []}
    school.say(school.els, {school.mila: NONE_NEEDED})
    assert school.asked(school.ruud) == {"Mila": ["Cas"]}
    assert not school.page(school.ruud).children[0].none_needed
    assert letters() == [school.ruud.id, school.els.id]


def test_a_parent_without_authority_is_asked_nothing() -> None:
    school = Evening()
    db.session.query(Guardianship).filter_by(guardian_id=school.els.id).one().authority = Authority.NO
    db.session.commit()
    with pytest.raises(NoRequestsHere):
        school.say(school.els, {school.mila: [school.anna]})
    assert {one.household_id for one in asking.teacher_page(school.anna.id, school.evening.id, NOW).families} == {
        household_of(school.layla).id, household_of(school.ruud).id,
    }  # fmt: skip


def test_an_adult_pupil_asks_for_herself_and_her_parents_only_with_her_permission() -> None:
    school = Evening()
    kirsten = a_pupil("Kirsten", school.four, birth_date=NOW.date().replace(year=2008))
    parent = a_guardian("Petra", kirsten)
    school.say(kirsten, {kirsten: [school.bo]})
    row = db.session.query(TalkRequest).one()
    assert (row.pupil_id, row.household_id, row.guardian_id) == (kirsten.id, None, None)
    with pytest.raises(NoRequestsHere):
        school.say(parent, {kirsten: [school.bo]})


def test_nobody_asks_for_somebody_who_does_not_teach_the_child() -> None:
    school = Evening()
    with pytest.raises(NotATeacherOf):
        school.say(school.layla, {school.noor: [school.cas]})


def test_a_teacher_is_never_asked_about_the_own_child() -> None:
    school = Evening()
    school.layla.staff_id = school.bo.id
    db.session.commit()
    assert "Bo" not in [one.name.given for one in school.page(school.omar).children[0].teachers]
    with pytest.raises(NotATeacherOf):
        school.say(school.omar, {school.sami: [school.bo]})


def test_no_more_talks_than_the_school_offers_and_not_both_a_talk_and_none() -> None:
    school = Evening()
    office = Actor(ActorKind.STAFF, school.office.id)
    requests.set_rules(round_id=school.evening.id, rules=AskingRules(most_per_child=1), by=office, now=NOW)
    with pytest.raises(TooManyAsked):
        school.say(school.layla, {school.sami: [school.anna, school.bo]})
    with pytest.raises(AskedAndNotNeeded):
        school.say(school.layla, {school.sami: ChildAsks((Choice(school.anna.id),), none_needed=True)})
    with pytest.raises(NothingAsked):
        school.say(school.layla, {})
    with pytest.raises(RuleOutOfRange):
        requests.set_rules(round_id=school.evening.id, rules=AskingRules(most_per_child=9), by=office, now=NOW)
    assert db.session.query(TalkRequest).count() == 0


def test_more_talks_than_fit_in_the_hours_that_suit_are_named_before_anything_is_kept() -> None:
    school = Evening()
    with pytest.raises(MoreThanFits):
        school.say(school.layla, {school.sami: [school.anna]}, late=Answer.CANNOT)
    assert db.session.query(TalkRequest).count() == 0


def test_more_talks_than_fit_counts_each_colleagues_own_minutes_on_the_evenings_that_suit() -> None:
    """In the hour that they are there: Anna's talks take 30 minutes then, Cas's 20, Bo's the 10 of the round."""
    school = Evening()
    for teacher, minutes in ((school.anna, 30), (school.cas, 20)):
        round_changes.change_day_minutes(
            round_id=school.evening.id, leader_id=teacher.id, day=TUESDAY.date(), minutes=minutes, by=SYSTEM, now=NOW
        )
    most = {school.sami: [school.anna, school.cas], school.noor: [school.karin, school.bo]}
    school.say(school.layla, {**most, school.sami: [school.anna, school.bo]})
    with pytest.raises(MoreThanFits) as refusal:
        school.say(school.layla, most)
    assert (refusal.value.asked, refusal.value.there) == (70, 60)
    assert "70 minuten" in sentence(refusal.value)
    assert school.asked(school.layla)["Sami"] == ["Anna", "Bo"], "what stood there still stands"
    some_slots(school.evening, school.anna, count=6, first=TUESDAY + 7 * DAY, opened=False)
    with pytest.raises(MoreThanFits):
        school.say(school.layla, most, next_week=Answer.CANNOT)
    school.say(school.layla, most)
    assert school.asked(school.layla)["Sami"] == ["Anna", "Cas"], "next week Anna's talks are short"


def test_a_time_outside_the_evenings_is_named_with_its_day_before_anything_is_kept() -> None:
    school = Evening()
    asks = {school.sami.id: ChildAsks((Choice(school.bo.id),))}
    said = Said(asks, {"2027-12-24.evening": Answer.CAN})
    with pytest.raises(OutsideTheEvenings) as refusal:
        requests.say(round_id=school.evening.id, said=said, by=Actor(ActorKind.GUARDIAN, school.layla.id), now=NOW)
    assert refusal.value.days == (date(2027, 12, 24),)
    assert "vrijdag 24 december" in sentence(refusal.value)
    assert db.session.query(TalkRequest).count() == 0


def test_after_the_date_it_is_kept_all_the_same_until_there_are_times() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo]}, now=UNTIL + DAY)
    assert school.asked(school.layla)["Sami"] == ["Bo"]
    db.session.add(LeaderOpening(round_id=school.evening.id, leader_id=school.bo.id, opened_at=NOW))
    db.session.commit()
    with pytest.raises(RequestsOver):
        school.say(school.layla, {school.sami: [school.anna]}, now=UNTIL + DAY)


def test_the_office_writes_down_what_a_family_says_on_the_phone() -> None:
    school = Evening()
    wisher = Wisher(household_of(school.layla).id)
    said = Said({school.noor.id: ChildAsks((Choice(school.karin.id, slots=2),))}, {})
    requests.say_for(
        round_id=school.evening.id, wisher=wisher, said=said, by=Actor(ActorKind.STAFF, school.office.id), now=NOW
    )
    row = db.session.query(TalkRequest).one()
    assert (row.staff_id, row.guardian_id, row.slots) == (school.office.id, None, 2)
    home = asking.round_requests(school.evening.id, NOW).some(Some.ASKED)
    assert [(one.asked, one.said_by) for one in home] == [(("Noor: Karin Jansen",), "Kantoor Jansen")]
    assert letters() == [school.layla.id, school.omar.id]


def test_a_teacher_sees_everybody_he_teaches_with_who_asked_for_him() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.anna, school.bo], school.noor: [school.bo]})
    page = asking.teacher_page(school.bo.id, school.evening.id, NOW)
    assert page.classes == ("2a", "4b")
    assert [(one.name.given, one.class_name, one.place, one.home) for one in page.families] == [
        ("Mila", "2a", None, "Ruud Yilmaz"), ("Mila", "2a", None, "Els Yilmaz"), ("Sami", "2a", 2, ""),
        ("Noor", "4b", 1, ""),
    ]  # fmt: skip
    assert [one.name.given for one in asking.teacher_page(school.cas.id, school.evening.id, NOW).families] == [
        "Mila", "Mila", "Sami",
    ]  # fmt: skip


def test_a_marked_family_reads_that_the_school_would_like_to_see_it_and_its_own_wish_stays() -> None:
    school = Evening()
    school.say(school.layla, {school.sami: [school.bo]})
    assert school.mark(school.bo, school.sami) == 1
    assert school.mark(school.anna, school.sami) == 1
    child = school.page(school.layla).children[0]
    assert [one.teacher.name.given for one in child.obliged] == ["Bo", "Anna"]
    assert [one.teacher.name.given for one in child.asked] == ["Bo"]
    assert school.mark(school.bo) == school.mark(school.anna) == 1
    assert school.mark(school.anna) == 0
    rows = {row.teacher_id: row for row in db.session.query(TalkRequest)}
    assert (rows[school.bo.id].wanted, rows[school.bo.id].obligatory) == (True, False)
    assert rows[school.anna.id].withdrawn_at == NOW


def test_a_wish_that_is_dropped_leaves_what_the_school_asked() -> None:
    school = Evening()
    school.mark(school.anna, school.sami)
    school.say(school.layla, {school.sami: [school.anna]})
    school.say(school.layla, {school.sami: NONE_NEEDED})
    child = school.page(school.layla).children[0]
    assert (child.asked, [one.teacher.name.given for one in child.obliged]) == ((), ["Anna"])


def test_marking_ends_when_the_times_of_that_teacher_are_there() -> None:
    school = Evening()
    db.session.add(LeaderOpening(round_id=school.evening.id, leader_id=school.anna.id, opened_at=NOW))
    db.session.commit()
    with pytest.raises(RequestsOver):
        school.mark(school.anna, school.sami)
    assert school.mark(school.bo, school.noor) == 1


def test_a_primary_school_asks_nobody_whom_they_want_to_speak() -> None:
    school = Evening()
    db.session.get_one(School, 1).sector = Sector.PRIMARY
    db.session.commit()
    with pytest.raises(NoRequestsHere):
        school.say(school.layla, {school.sami: [school.anna]})
    with pytest.raises(NoRequestsHere):
        asking.teacher_page(school.anna.id, school.evening.id, NOW)
