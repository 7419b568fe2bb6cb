"""Homes say which days and times suit them, and the next draft goes by it; on both databases."""

from datetime import date, datetime, timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Authority, SeparatedParents
from scheduling.domain.rounds import RoundMode
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import (
    COST,
    OTHER_DAY,
    Answer,
    Asking,
    NoWishesHere,
    SiblingWish,
    Some,
    Wisher,
    WishesOver,
)
from scheduling.mail.letters import write
from scheduling.models import (
    Guardian,
    Guardianship,
    HomeWishes,
    JournalLine,
    LeaderOpening,
    Outbox,
    Pupil,
    RosterVersion,
    RoundExclusion,
    Slot,
    WishedTime,
    db,
)
from scheduling.queries import wishes as asking
from scheduling.queries.letters import find_letter
from scheduling.queries.snapshots import take_snapshot
from scheduling.services import mailings, rosters, wishes
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
    a_guardian,
    a_pupil,
    an_office_worker,
    household_of,
    some_slots,
)
from tests.mail.facts import PAPER
from tests.worlds import WishingSchool

pytestmark = pytest.mark.usefixtures("any_context")

DAY = timedelta(days=1)
UNTIL = NOW + 3 * DAY
EARLY, LATE = "2027-08-31.early_afternoon", "2027-08-31.late_afternoon"
NEXT_DAY = "2027-09-01.late_afternoon"


class School(WishingSchool):
    """Each leader has an hour before and an hour after three on Tuesday and Wednesday."""

    def __init__(self, policy: SeparatedParents = SeparatedParents.SEPARATE_ON_REQUEST) -> None:
        super().__init__(UNTIL, policy)
        self.office = an_office_worker()
        self.home = Wisher(household_of(self.layla).id)

    def times(self, *, count: int = 6, days: int = 2) -> "School":
        """An hour before and an hour after three, every day."""
        for leader in (self.anna, self.karin):
            for day in range(days):
                first = TUESDAY - timedelta(hours=1) + day * DAY
                some_slots(self.start, leader, count=count, first=first, opened=False)
        return self

    def say(self, who: Guardian | Pupil, siblings: str = "", *, now: datetime = NOW, **answers: str) -> None:
        """Wishes as `early="good"`; `late` is after three on Tuesday, `next_day` after three on Wednesday."""
        keys = {"early": EARLY, "late": LATE, "next_day": NEXT_DAY}
        wishes.say(
            round_id=self.start.id, answers={keys[name]: Answer(said) for name, said in answers.items()},
            siblings=SiblingWish(siblings) if siblings else None, by=actor_of(who), now=now,
        )  # fmt: skip

    def page(self, who: Guardian | Pupil, *, now: datetime = NOW) -> asking.WishPage:
        return asking.family_page(actor_of(who), self.start.id, now)

    def answers(self, who: Guardian | Pupil) -> dict[str, str]:
        parts = (part for day in self.page(who).days for part in day.parts)
        return {part.key: str(part.answer) for part in parts if part.answer}

    def costs(self, pupil: Pupil) -> dict[str, int]:
        """What each start costs, by day and hour."""
        problem = take_snapshot(self.start.id, now=NOW).problem
        talk = next(talk for talk in problem.talks if talk.pupil == f"p{pupil.id}")
        return dict(talk.cost)

    def draft(self) -> RosterVersion:
        version_id = rosters.request(round_id=self.start.id, seconds=20, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        return db.session.get_one(RosterVersion, version_id)


def actor_of(who: Guardian | Pupil) -> Actor:
    return Actor(ActorKind.PUPIL if isinstance(who, Pupil) else ActorKind.GUARDIAN, who.id)


def place_of(version: RosterVersion, pupil: Pupil) -> datetime:
    found = next(talk.starts_at for talk in version.talks if talk.pupil_id == pupil.id)
    assert found is not None
    return local(found)


def test_one_page_asks_for_all_children_and_keeps_what_was_said() -> None:
    school = School().times()
    page = school.page(school.layla)
    assert [child.name for child in page.children] == ["Sami", "Noor"]
    assert [part.key for part in page.days[0].parts] == [EARLY, LATE]
    assert (page.asking, page.said, page.siblings) == (Asking.OPEN, None, None)
    school.say(school.layla, "together", early="good", late="cannot")
    assert school.answers(school.layla) == {EARLY: "good", LATE: "cannot"}
    page = school.page(school.layla)
    assert page.siblings is SiblingWish.TOGETHER
    assert (page.said.at, page.said.by, page.said.late) == (NOW, "", False)


def test_the_other_guardian_of_the_home_sees_and_changes_the_same_wishes() -> None:
    school = School().times()
    school.say(school.layla, early="good", late="can")
    assert school.answers(school.omar) == {EARLY: "good", LATE: "can"}
    assert school.page(school.omar).said.by == "Layla"
    school.say(school.omar, late="cannot", now=NOW + DAY)
    assert school.answers(school.layla) == {LATE: "cannot"}
    assert db.session.query(HomeWishes).count() == 1
    lines = db.session.query(JournalLine).filter_by(action="wishes.say").order_by(JournalLine.id).all()
    assert [(line.actor_id, line.facts["times"]) for line in lines] == [(school.layla.id, 2), (school.omar.id, 1)]


def test_saying_the_same_again_changes_nothing_and_is_never_late() -> None:
    school = School().times()
    school.say(school.layla, "together", early="good")
    school.say(school.omar, "together", early="good", now=UNTIL + DAY)
    said = school.page(school.layla).said
    assert (said.at, said.by, said.late) == (NOW, "", False)
    assert db.session.query(JournalLine).filter_by(action="wishes.say").count() == 1
    assert [row.guardian_id for row in db.session.query(Outbox)] == [school.omar.id]


def test_the_other_guardian_at_home_is_told_and_the_other_home_is_not() -> None:
    school = School().times()
    ruud, els = a_guardian("Ruud", school.noor), a_guardian("Els", school.noor, position=2)
    tobias = a_guardian("Tobias", school.sami, household=household_of(school.layla), authority=Authority.NO)
    school.say(school.layla, early="good")
    told = db.session.query(Outbox).one()
    assert (told.letter, told.guardian_id) == (Letter.WISHES_SAID, school.omar.id)
    assert told.guardian_id not in (ruud.id, els.id, tobias.id)
    letter = find_letter(told.id, NOW)
    assert letter is not None
    assert (letter.stop, letter.wished_by, letter.children) == (None, "Layla Yilmaz", ("Sami", "Noor"))
    sheet = write(letter, token="t", paper=PAPER)
    assert "Layla Yilmaz gaf door welke tijden passen voor het gesprek over Sami en Noor." in sheet.text
    assert "past goed" not in sheet.text.lower(), "wishes never stand in mail"
    assert "past goed" not in sheet.html.lower()


def test_one_letter_is_enough_for_several_changes_and_it_names_who_spoke_last() -> None:
    school = School().times()
    school.say(school.layla, early="good")
    school.say(school.layla, early="cannot")
    first = db.session.query(Outbox).one()
    school.say(school.omar, late="good")
    to_layla = db.session.query(Outbox).filter_by(guardian_id=school.layla.id).one()
    stops = {row.id: find_letter(row.id, NOW).stop for row in (first, to_layla)}
    assert stops[first.id] is not None, "Omar said it himself meanwhile"
    assert stops[to_layla.id] is None
    assert find_letter(to_layla.id, NOW).wished_by == "Omar Yilmaz"


def test_a_letter_about_wishes_stays_in_the_house_once_the_times_are_there() -> None:
    school = School().times()
    school.say(school.layla, early="good")
    row = db.session.query(Outbox).one()
    for leader in (school.anna, school.karin):
        db.session.add(LeaderOpening(round_id=school.start.id, leader_id=leader.id, opened_at=NOW))
    db.session.commit()
    assert find_letter(row.id, NOW).stop.reason == "wishes_over"


def test_a_home_hears_what_the_office_wrote_down_for_it() -> None:
    school = School().times()
    wishes.say_for(
        round_id=school.start.id, wisher=school.home, answers={EARLY: Answer.GOOD},
        by=Actor(ActorKind.STAFF, school.office.id), now=UNTIL + DAY,
    )  # fmt: skip
    rows = db.session.query(Outbox).order_by(Outbox.guardian_id).all()
    assert [row.guardian_id for row in rows] == [school.layla.id, school.omar.id]
    letter = find_letter(rows[0].id, UNTIL + DAY)
    assert letter is not None
    assert (letter.stop, letter.wished_by, letter.wished_late) == (None, "", True)


def test_an_adult_pupil_hears_what_the_office_wrote_down_for_him_and_his_home_does_not() -> None:
    school = School().times()
    kim = a_pupil("Kim", school.three, birth_date=date(2008, 1, 1))
    kim.email = "kim@leerlingen.example.org"
    db.session.commit()
    a_guardian("Tess", kim)
    wishes.say_for(
        round_id=school.start.id, wisher=Wisher(pupil_id=kim.id), answers={EARLY: Answer.GOOD},
        by=Actor(ActorKind.STAFF, school.office.id), now=NOW,
    )  # fmt: skip
    row = db.session.query(Outbox).one()
    assert (row.pupil_id, row.guardian_id) == (kim.id, None)
    assert find_letter(row.id, NOW).stop is None
    school.say(kim, early="cannot")
    assert db.session.query(Outbox).count() == 1


def test_a_guardian_of_one_child_leaves_what_was_said_about_the_other() -> None:
    school = School().times(days=1)
    some_slots(school.start, school.karin, count=1, first=TUESDAY + DAY, opened=False)
    db.session.query(HomeWishes).delete()
    tie = next(tie for tie in ties_of(school.omar) if tie.pupil_id == school.noor.id)
    tie.authority = Authority.NO
    db.session.commit()
    school.say(school.layla, early="good", next_day="cannot")
    assert [child.name for child in school.page(school.omar).children] == ["Sami"]
    assert NEXT_DAY not in school.answers(school.omar)
    school.say(school.omar, early="can", next_day="good")
    assert school.answers(school.layla) == {EARLY: "can", NEXT_DAY: "cannot"}


def test_the_other_home_of_a_child_says_and_sees_its_own_wishes_only() -> None:
    school = School().times()
    mila = a_pupil("Mila", school.three)
    ruud, els = a_guardian("Ruud", mila), a_guardian("Els", mila, position=2)
    school.say(ruud, early="good")
    school.say(els, early="cannot", now=NOW + DAY)
    assert (school.answers(ruud), school.answers(els)) == ({EARLY: "good"}, {EARLY: "cannot"})
    assert school.page(ruud).said.at == NOW
    assert school.page(ruud).said.by == ""
    assert asking.asked_rounds(actor_of(ruud), school.start.year_id, NOW)[0].said


def test_an_adult_pupil_speaks_for_himself() -> None:
    school = School().times()
    kirsten = a_pupil("Kirsten", school.three, birth_date=date(2008, 1, 1))
    parent = a_guardian("Petra", kirsten)
    school.say(kirsten, early="good")
    assert school.answers(kirsten) == {EARLY: "good"}
    with pytest.raises(NotFound):
        school.say(parent, early="cannot")
    assert set(school.costs(kirsten).values()) == {0, COST[Answer.CAN]}


def test_the_office_writes_down_what_a_family_says_on_the_phone() -> None:
    school = School().times()
    wishes.say_for(
        round_id=school.start.id, wisher=school.home, answers={LATE: Answer.CANNOT}, siblings=SiblingWish.APART,
        by=Actor(ActorKind.STAFF, school.office.id), now=NOW,
    )  # fmt: skip
    assert school.answers(school.layla) == {LATE: "cannot"}
    assert school.page(school.layla).said.by_school
    said = asking.office_page(school.start.id, school.home, NOW).said
    assert (said.by, said.by_school) == ("Kantoor Jansen", True)
    line = next(one for one in asking.round_wishes(school.start.id, NOW).homes if one.wisher == school.home)
    assert line.said == said
    assert line.children == ("Sami Yilmaz (3)", "Noor Yilmaz (6)")


def test_late_wishes_are_kept_used_and_shown_as_late() -> None:
    school = School().times()
    school.say(school.layla, late="cannot", now=UNTIL)
    page = school.page(school.layla, now=UNTIL)
    assert (page.asking, page.said.late) == (Asking.LATE, True)
    assert COST[Answer.CANNOT] in school.costs(school.sami).values()
    found = asking.round_wishes(school.start.id, UNTIL)
    assert (len(found.some(Some.SAID)), len(found.some(Some.LATE))) == (1, 1)


def test_when_the_times_are_there_wishing_is_over() -> None:
    school = School().times()
    for leader in (school.anna, school.karin):
        db.session.add(LeaderOpening(round_id=school.start.id, leader_id=leader.id, opened_at=NOW))
    db.session.commit()
    with pytest.raises(WishesOver):
        school.say(school.layla, early="good")
    assert school.page(school.layla).asking is Asking.OVER
    assert asking.asked_rounds(actor_of(school.layla), school.start.year_id, NOW) == ()
    assert db.session.query(HomeWishes).count() == 0


def test_as_long_as_one_child_has_no_time_wishes_help() -> None:
    school = School().times()
    slot = db.session.query(Slot).filter_by(leader_id=school.anna.id).first()
    a_booking(school.start, school.sami, slot, household=household_of(school.layla))
    school.say(school.layla, early="good")
    assert school.answers(school.layla) == {EARLY: "good"}


def test_nobody_is_asked_in_a_round_without_a_date_for_wishes_or_where_families_choose() -> None:
    school = School().times()
    school.start.wishes_until = None
    db.session.commit()
    with pytest.raises(NoWishesHere):
        school.say(school.layla, early="good")
    school.start.wishes_until, school.start.mode = UNTIL, RoundMode.PICK
    db.session.commit()
    with pytest.raises(NoWishesHere):
        school.page(school.layla)
    assert asking.asked_rounds(actor_of(school.layla), school.start.year_id, NOW) == ()


def test_a_family_that_is_left_out_is_not_asked() -> None:
    school = School().times()
    for pupil in (school.sami, school.noor):
        db.session.add(RoundExclusion(round_id=school.start.id, pupil_id=pupil.id, reason="in juni", excluded_at=NOW))
    db.session.commit()
    with pytest.raises(NoWishesHere):
        school.page(school.layla)


def test_blocked_times_are_not_asked_about_and_taken_ones_are() -> None:
    school = School().times(days=1)
    daan = a_pupil("Daan", school.three)
    a_guardian("Petra", daan)
    slots = db.session.query(Slot).filter_by(leader_id=school.anna.id).order_by(Slot.starts_at).all()
    for slot in db.session.query(Slot).filter_by(leader_id=school.karin.id):
        slot.blocked = True
    slots[0].blocked = True
    a_booking(school.start, daan, slots[1])
    [day] = school.page(school.layla).days
    assert [part.key for part in day.parts] == [EARLY, LATE]
    assert day.parts[0].span.starts_at == slots[1].starts_at, "whether it is taken tells of another family"


def test_an_answer_about_a_time_that_was_never_offered_is_not_kept() -> None:
    school = School().times()
    wishes.say(
        round_id=school.start.id, answers={"2027-12-25.morning": Answer.GOOD, EARLY: Answer.CAN},
        by=actor_of(school.layla), now=NOW,
    )  # fmt: skip
    assert [time.day for time in db.session.query(WishedTime)] == [date(2027, 8, 31)]


def test_the_optimiser_pays_for_what_a_family_said() -> None:
    school = School().times()
    assert set(school.costs(school.sami).values()) == {0}
    school.say(school.layla, early="good", late="cannot")
    costs = school.costs(school.sami)
    assert {at: costs[at] for at in ("2027-08-31T14:40", "2027-08-31T15:00", "2027-09-01T15:00")} == {
        "2027-08-31T14:40": COST[Answer.GOOD],
        "2027-08-31T15:00": COST[Answer.CANNOT],
        "2027-09-01T15:00": COST[Answer.CAN],
    }
    daan = a_pupil("Daan", school.three)
    a_guardian("Petra", daan)
    assert set(school.costs(daan).values()) == {0}, "who says nothing is paid for nowhere"


def test_a_joint_talk_weighs_the_wishes_of_both_homes_and_two_talks_each_its_own() -> None:
    school = School(SeparatedParents.ALWAYS_TWO).times()
    mila = a_pupil("Mila", school.three)
    ruud, els = a_guardian("Ruud", mila), a_guardian("Els", mila, position=2)
    school.say(ruud, early="cannot")
    school.say(els, late="cannot")
    talks = {talk.id: talk.cost for talk in take_snapshot(school.start.id, now=NOW).problem.talks}
    of_ruud, of_els = talks[f"p{mila.id}h{household_of(ruud).id}"], talks[f"p{mila.id}h{household_of(els).id}"]
    assert (of_ruud["2027-08-31T14:40"], of_ruud["2027-08-31T15:00"]) == (COST[Answer.CANNOT], 0)
    assert (of_els["2027-08-31T14:40"], of_els["2027-08-31T15:00"]) == (0, COST[Answer.CANNOT])


def test_a_draft_honours_what_families_said() -> None:
    school = School().times(days=1)
    others = [a_pupil(f"Kind {n}", school.three) for n in range(4)]
    parents = [a_guardian(f"Ouder{n}", pupil) for n, pupil in enumerate(others)]
    school.say(school.layla, late="cannot")
    school.say(parents[0], early="cannot")
    school.say(parents[1], late="good")
    version = school.draft()
    assert place_of(version, school.sami).hour == 14
    assert place_of(version, others[0]).hour >= 15
    assert place_of(version, others[1]).hour >= 15
    assert all(talk.starts_at for talk in version.talks)


def test_nobody_is_left_out_for_a_wish() -> None:
    school = School().times(count=3, days=1)
    families = [a_pupil(f"Kind {n}", school.three) for n in range(2)]
    for n, pupil in enumerate(families):
        school.say(a_guardian(f"Ouder{n}", pupil), early="cannot")
    school.say(school.layla, early="cannot")
    version = school.draft()
    assert all(talk.starts_at for talk in version.talks), "three families, three times that suit nobody: all get one"


def test_a_home_that_likes_two_days_gets_two_days() -> None:
    school = School().times()
    assert place_of(school.draft(), school.sami).date() == place_of(school.draft(), school.noor).date()
    school.say(school.layla, "apart")
    version = school.draft()
    assert place_of(version, school.sami).date() != place_of(version, school.noor).date()
    assert version.score["sibling_pairs"] == 0, "a pair that likes to be apart is no pair that failed"
    assert version.score["objective"] == version.bound["objective"] == 0
    assert all("apart" not in talk.facts for talk in version.talks)


def test_one_home_that_wants_them_together_outweighs_one_that_wants_them_apart() -> None:
    school = School().times()
    one, two = a_pupil("Mila", school.three), a_pupil("Rik", school.six)
    ruud, els = a_guardian("Ruud", one, two), a_guardian("Els", one, two, position=2)
    school.say(ruud, "apart")
    assert OTHER_DAY in school.costs(one).values()
    school.say(els, "together")
    assert OTHER_DAY not in school.costs(one).values()


def test_the_letter_names_every_child_once_and_stays_in_when_the_times_are_there() -> None:
    school = School().times()
    by = Actor(ActorKind.STAFF, school.office.id)
    sent = mailings.send(round_id=school.start.id, letter=Letter.WISHES, by=by, now=NOW)
    assert (sent.queued, sent.on_paper) == (2, ())
    assert mailings.send(round_id=school.start.id, letter=Letter.WISHES, by=by, now=NOW).queued == 0
    row = db.session.query(Outbox).filter_by(guardian_id=school.layla.id).one()
    facts = find_letter(row.id, NOW)
    assert facts is not None
    assert (facts.children, facts.wishes_until, facts.talk, facts.stop) == (("Sami", "Noor"), UNTIL, None, None)
    late = find_letter(row.id, UNTIL)
    assert late is not None
    assert late.stop is not None
    assert late.stop.reason == "wishes_over"


def test_a_colleague_gets_the_question_for_wishes_as_a_trial() -> None:
    school = School().times()
    by = Actor(ActorKind.STAFF, school.office.id)
    mailings.try_out(round_id=school.start.id, letter=Letter.WISHES, staff_id=school.office.id, by=by, now=NOW)
    facts = find_letter(db.session.query(Outbox).one().id, NOW)
    assert facts is not None
    assert (facts.letter, facts.trial_of, facts.wishes_until, facts.stop) == (Letter.TRIAL, Letter.WISHES, UNTIL, None)
    assert "Sami" in write(facts, token="", paper=PAPER).subject


def ties_of(guardian: Guardian) -> list[Guardianship]:
    return db.session.query(Guardianship).filter_by(guardian_id=guardian.id).all()
