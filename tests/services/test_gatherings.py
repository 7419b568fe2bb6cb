"""Families are invited to a gathering once, hear of every change, and answer as they like."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain import gatherings as rules
from scheduling.domain.gatherings import Answer, Coming, Details, GatheringOver, NotInvitedYet
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import Authority, StaffRole
from scheduling.domain.timeslots import moment_at
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_board import INVITE_BEFORE, Need
from scheduling.domain.year_plans import NoSuchPlanned, OnAFreeDay, Planned, PlannedKind, PlanWishes, ReceptionTooLong
from scheduling.models import (
    Enrolment,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardianship,
    Outbox,
    PlannedDate,
    Pupil,
    db,
)
from scheduling.queries import gatherings as asking
from scheduling.queries import year_plans as plans
from scheduling.queries import years
from scheduling.queries.bookings import find_homes
from scheduling.queries.letters import find_letter, paper_gathering
from scheduling.queries.mailings import plan_of
from scheduling.services import gathering_papers, gatherings, links, people, year_plans
from tests.builders import (
    NOW,
    a_class,
    a_guardian,
    a_household,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    household_of,
)
from tests.questions import questions
from tests.services.test_years import a_filled_year

OFFICE = Actor(ActorKind.STAFF, 1)
DAY = date(2027, 9, 7)
LATER = NOW + timedelta(hours=1)
RECEPTION = PlannedKind.RECEPTION


class School:
    """Sami (group 3) and Noor (group 4) live with Layla and Omar; Mila (group 3) with Ruud, and with Els elsewhere."""

    def __init__(self) -> None:
        a_school()
        a_filled_year()
        self.director = a_leader("directie", roles=[StaffRole.DIRECTOR])
        self.three, self.four = a_class("3", leaders=[a_leader("bas")]), a_class("4", leaders=[a_leader("karin")])
        self.sami, self.noor, self.mila = (
            a_pupil("Sami", self.three), a_pupil("Noor", self.four), a_pupil("Mila", self.three),
        )  # fmt: skip
        self.layla = a_guardian("Layla", self.sami, self.noor)
        self.omar = a_guardian("Omar", self.sami, self.noor, household=household_of(self.layla), position=2)
        self.ruud, self.els = a_guardian("Ruud", self.mila), a_guardian("Els", self.mila, position=2)
        self.year = years.find_year("2027-2028")
        self.at_three = self.add(RECEPTION, self.three.id, begins=time(17), ends=time(17, 45), place="lokaal 3")
        self.at_four = self.add(RECEPTION, self.four.id, begins=time(18), ends=time(18, 45), place="lokaal 4")

    def add(self, kind: PlannedKind, *groups: int, **more: object) -> int:
        given = {"day": DAY, "begins": time(19), "ends": time(20, 30), "place": "aula"} | more
        return year_plans.add(
            year_id=self.year.id, moment=Planned(kind, groups=groups, **given), sure=True, by=OFFICE, now=NOW
        )

    def set_up(self, planned_id: int, **details: object) -> None:
        row = db.session.get(Gathering, planned_id)
        gatherings.set_up(
            planned_id=planned_id, version=row.version if row else 0, details=Details(**details), by=OFFICE, now=NOW
        )

    def invite(self, *planned_ids: int, sure: bool = False) -> int:
        invited = gatherings.invite(planned_ids=planned_ids, by=OFFICE, now=NOW, sure=sure)
        gatherings.tell(NOW)
        return invited

    def move(self, planned_id: int, **change: object) -> None:
        row = db.session.get_one(PlannedDate, planned_id)
        now = {"day": row.day, "begins": row.begins, "ends": row.ends, "place": row.place, "version": row.version}
        year_plans.move(planned_id=planned_id, sure=True, by=OFFICE, now=LATER, **(now | change))

    def home(self, guardian: object) -> Wisher:
        return Wisher(household_of(db.session.merge(guardian)).id)

    def says(self, guardian: object, planned_id: int, coming: Coming = Coming.YES, **numbers: object) -> None:
        gatherings.answer(
            planned_id=planned_id, wisher=self.home(guardian), answer=Answer(coming, **numbers),
            by=Actor(ActorKind.GUARDIAN, guardian.id), now=LATER,
        )  # fmt: skip


@pytest.fixture
def school(context: Flask) -> School:
    return School()


@pytest.fixture
def either_school(any_context: Flask) -> School:
    return School()


def letters(*kinds: Letter) -> list[Outbox]:
    wanted = select(Outbox).where(Outbox.letter.in_(kinds or list(Letter)), Outbox.state != OutboxState.SUPERSEDED)
    db.session.expire_all()
    return list(db.session.scalars(wanted.order_by(Outbox.id)))


def they_leave(state: OutboxState = OutboxState.SENT) -> None:
    for row in db.session.scalars(select(Outbox).where(Outbox.state == OutboxState.QUEUED)):
        row.state = state
    db.session.commit()


def addresses(rows: Iterable[Outbox]) -> list[str]:
    return sorted(row.address.partition("@")[0].rstrip("0123456789") for row in rows)


def page(planned_id: int, now: datetime = LATER) -> asking.GatheringPage:
    db.session.expire_all()
    return asking.gathering_page(planned_id, now)


def test_everybody_of_a_class_is_invited_once_and_with_children_in_two_classes_to_both(school: School):
    assert school.invite(school.at_three, school.at_four) == 2
    rows = letters(Letter.GATHERING)
    assert addresses(rows) == ["els", "layla", "layla", "omar", "omar", "ruud"]
    assert len({row.message_id for row in rows}) == 6
    guests = db.session.scalars(select(GatheringGuest)).all()
    assert len({guest.ical_uid for guest in guests}) == 6
    assert {guest.sequence for guest in guests} == {0}
    assert gatherings.tell(LATER) == 0
    assert school.invite(school.at_three, school.at_four) == 0
    assert len(letters(Letter.GATHERING)) == 6


def test_an_invitation_makes_the_moment_known(school: School):
    assert plans.public_lines(school.year) == ()
    school.invite(school.at_three)
    (shown,) = plans.public_lines(school.year)
    assert [line.id for line in shown.lines] == [school.at_three]


def test_parents_with_two_children_in_a_class_get_one_letter(school: School):
    a_twin = a_pupil("Ali", school.three)
    db.session.add_all(
        Guardianship(pupil_id=a_twin.id, guardian_id=who.id, household_id=household_of(school.layla).id, position=place)
        for place, who in enumerate((school.layla, school.omar), 1)
    )
    db.session.commit()
    school.invite(school.at_three)
    assert addresses(letters(Letter.GATHERING)) == ["els", "layla", "omar", "ruud"]
    homes = {home.children: home for home in page(school.at_three).homes}
    assert set(homes) == {("Ali", "Sami"), ("Mila",)}


def test_a_mailbox_that_two_parents_share_gets_it_once(school: School):
    db.session.merge(school.omar).email = db.session.merge(school.layla).email
    db.session.commit()
    school.invite(school.at_three)
    assert len(letters(Letter.GATHERING)) == 3
    assert gatherings.tell(LATER) == 0


def test_who_is_reached_by_no_mail_is_counted_and_told_on_paper(school: School):
    db.session.merge(school.ruud).email = ""
    db.session.commit()
    school.invite(school.at_three)
    found = page(school.at_three)
    assert (found.counts.homes, found.counts.silent, found.counts.on_paper) == (3, 3, 1)
    (paper,) = found.on_paper
    assert (paper.wisher, paper.children) == (school.home(school.ruud), ("Mila",))


def test_each_home_without_mail_gets_a_letter_on_paper_with_a_link_of_its_own(school: School):
    for person in (school.ruud, school.layla, school.omar):
        db.session.merge(person).email = ""
    db.session.commit()
    with pytest.raises(NotInvitedYet):
        printed(school)
    school.invite(school.at_three)
    first, second = printed(school), printed(school)
    assert [one.person.guardian_id for one in first] == [school.ruud.id, school.layla.id], "one for each home"
    assert len({one.token for one in first + second}) == 4
    assert links.enter(token=first[0].token, now=LATER).person.id == school.ruud.id
    sheets = paper_gathering(school.at_three, [one.person for one in first], LATER)
    assert [(one.addressee, one.gathering.children) for one in sheets] == [
        (school.ruud.name.full, ("Mila",)), (school.layla.name.full, ("Sami",)),
    ]  # fmt: skip
    school.says(school.ruud, school.at_three, Coming.NO)
    assert [one.person.guardian_id for one in printed(school)] == [school.layla.id], "who said no, needs none"
    with pytest.raises(GatheringOver):
        printed(school, moment_at(DAY, time(17)))


def printed(school: School, now: datetime = LATER) -> tuple[gathering_papers.PrintedInvitation, ...]:
    return gathering_papers.print_out(planned_id=school.at_three, by=OFFICE, now=now)


def test_more_letters_on_paper_cost_no_more_questions(school: School):
    for number in range(6):
        a_guardian(f"Zonder{number}", a_pupil(f"Kind{number}", school.three), email="")
    school.invite(school.at_three)
    people = [one.person for one in printed(school)]
    seen = []
    for some in (people[:2], people):
        with questions(db.engine) as asked:
            paper_gathering(school.at_three, some, LATER)
        seen.append(len(asked))
    assert (len(people), seen[0]) == (6, seen[1])


def test_an_adult_pupil_is_invited_and_the_parents_only_with_his_permission(school: School):
    sami = db.session.merge(school.sami)
    sami.birth_date, sami.email = date(2009, 9, 7), "sami@leerlingen.example.org"
    db.session.commit()
    school.invite(school.at_three)
    assert addresses(letters(Letter.GATHERING)) == ["els", "ruud", "sami"]
    db.session.merge(school.sami).parents_permitted = True
    db.session.commit()
    gatherings.tell(LATER)
    assert addresses(letters(Letter.GATHERING)) == ["els", "layla", "omar", "ruud", "sami"]


def test_who_turns_eighteen_the_day_after_is_invited_by_the_parents(school: School):
    db.session.merge(school.sami).birth_date = DAY.replace(year=2009) + timedelta(days=1)
    db.session.commit()
    school.invite(school.at_three)
    assert addresses(letters(Letter.GATHERING)) == ["els", "layla", "omar", "ruud"]


def test_a_moved_gathering_is_told_to_everybody_once_with_what_it_was(school: School):
    school.invite(school.at_three)
    they_leave()
    school.move(school.at_three, begins=time(18), ends=time(18, 45))
    assert gatherings.tell(LATER) == 4
    assert gatherings.tell(LATER) == 0
    rows = letters(Letter.GATHERING_CHANGED)
    assert addresses(rows) == ["els", "layla", "omar", "ruud"]
    assert {row.sequence for row in rows} == {1}
    told = find_letter(rows[0].id, LATER)
    assert told.stop is None
    assert (told.gathering.was.starts_at, told.gathering.now.starts_at) == (
        moment_at(DAY, time(17)), moment_at(DAY, time(18)),
    )  # fmt: skip


def test_a_move_before_the_invitation_left_is_no_change_but_the_invitation(school: School):
    school.invite(school.at_three)
    school.move(school.at_three, place="aula")
    assert gatherings.tell(LATER) == 4
    assert letters(Letter.GATHERING_CHANGED) == []
    assert {row.facts["told"]["place"] for row in letters(Letter.GATHERING)} == {"aula"}


def test_what_moves_there_and_back_before_the_letter_left_is_told_to_nobody(school: School):
    school.invite(school.at_three)
    they_leave()
    school.move(school.at_three, place="aula")
    assert gatherings.tell(LATER) == 4
    school.move(school.at_three, place="lokaal 3")
    assert gatherings.tell(LATER) == 0
    assert letters(Letter.GATHERING_CHANGED) == []


def test_other_words_are_no_letter_and_another_route_is(school: School):
    school.invite(school.at_three)
    they_leave()
    school.set_up(school.at_three, words="Neem gerust opa mee.")
    assert gatherings.tell(LATER) == 0
    school.set_up(school.at_three, words="Neem gerust opa mee.", route="De zijdeur is open.")
    assert gatherings.tell(LATER) == 4


def test_what_is_called_off_leaves_every_calendar_and_the_plan(school: School):
    school.invite(school.at_three)
    they_leave()
    found = page(school.at_three)
    gatherings.call_off(planned_id=school.at_three, version=found.version, by=OFFICE, now=LATER)
    gatherings.call_off(planned_id=school.at_three, version=found.version, by=OFFICE, now=LATER)
    assert gatherings.tell(LATER) == 4
    assert gatherings.tell(LATER) == 0
    rows = letters(Letter.GATHERING_OFF)
    assert {row.sequence for row in rows} == {1}
    assert find_letter(rows[0].id, LATER).stop is None
    assert school.at_three not in {line.id for line in plans.lines_of(school.year.id)}
    assert page(school.at_three).called_off_at == LATER


def test_who_never_heard_of_it_hears_not_that_it_is_off(school: School):
    school.invite(school.at_three)
    gatherings.call_off(planned_id=school.at_three, version=page(school.at_three).version, by=OFFICE, now=LATER)
    assert gatherings.tell(LATER) == 0
    assert letters(Letter.GATHERING, Letter.GATHERING_OFF) == []


def test_removing_an_invited_moment_from_the_plan_calls_it_off(school: School):
    school.invite(school.at_three)
    they_leave()
    version = db.session.get_one(PlannedDate, school.at_three).version
    year_plans.remove(planned_id=school.at_three, version=version, by=OFFICE, now=LATER)
    assert gatherings.tell(LATER) == 4
    assert {row.letter for row in letters() if row.state is OutboxState.QUEUED} == {Letter.GATHERING_OFF}
    year_plans.remove(planned_id=school.at_four, version=1, by=OFFICE, now=LATER)
    assert db.session.get(PlannedDate, school.at_four) is None


def test_what_was_held_is_not_called_off_by_taking_it_out_of_the_plan(school: School):
    school.invite(school.at_three)
    they_leave()
    row = db.session.get_one(PlannedDate, school.at_three)
    begun = moment_at(row.day, row.begins)
    with pytest.raises(rules.GatheringOver):
        year_plans.remove(planned_id=school.at_three, version=row.version, by=OFFICE, now=begun)
    assert gatherings.tell(begun) == 0
    assert page(school.at_three).called_off_at is None
    year_plans.remove(
        planned_id=school.at_three, version=row.version, by=OFFICE, now=begun - timedelta(seconds=1)
    )  # fmt: skip
    assert page(school.at_three).called_off_at == begun - timedelta(seconds=1)


def test_a_withdrawn_gathering_leaves_the_calendars_and_comes_back_when_it_is_known_again(school: School):
    school.invite(school.at_three)
    they_leave()
    year_plans.withdraw(year_id=school.year.id, kinds=[RECEPTION], by=OFFICE, now=LATER)
    assert gatherings.tell(LATER) == 4
    they_leave()
    year_plans.publish(year_id=school.year.id, kinds=[RECEPTION], by=OFFICE, now=LATER)
    assert gatherings.tell(LATER) == 4
    assert {row.sequence for row in letters(Letter.GATHERING)} == {0, 2}
    assert len(db.session.scalars(select(GatheringGuest)).all()) == 4


def test_planning_again_keeps_what_families_were_told(school: School):
    school.set_up(school.at_three, route="De zijdeur is open.")
    db.session.get_one(PlannedDate, school.at_three).moved = False
    db.session.commit()
    year_plans.propose(year=school.year, wishes=PlanWishes(), by=OFFICE, now=LATER)
    assert db.session.get(PlannedDate, school.at_three) is not None


def test_who_leaves_the_class_loses_the_gathering_and_who_comes_is_invited(school: School):
    school.invite(school.at_three)
    they_leave()
    enrolment = db.session.scalar(select(Enrolment).where(Enrolment.pupil_id == school.mila.id))
    enrolment.class_id = school.four.id
    a_guardian("Petra", a_pupil("Daan", school.three))
    db.session.commit()
    assert gatherings.tell(LATER) == 3
    assert addresses(letters(Letter.GATHERING_OFF)) == ["els", "ruud"]
    assert find_letter(letters(Letter.GATHERING_OFF)[0].id, LATER).gathering.goes_on
    assert addresses(row for row in letters(Letter.GATHERING) if row.state is OutboxState.QUEUED) == ["petra"]


def test_who_lost_authority_or_bounced_is_told_no_more(school: School):
    school.invite(school.at_three)
    they_leave()
    tie = db.session.scalar(select(Guardianship).where(Guardianship.guardian_id == school.els.id))
    tie.authority = Authority.NO
    db.session.merge(school.ruud).bounced_at = NOW
    db.session.commit()
    assert gatherings.tell(LATER) == 1
    assert addresses(letters(Letter.GATHERING_OFF)) == ["els"]


def test_a_gathering_follows_to_a_new_mailbox_and_leaves_the_calendar_of_the_old_one(school: School):
    school.invite(school.at_three)
    they_leave()
    old = school.ruud.email
    people.change_contact(
        guardian_id=school.ruud.id, email="nieuw@ouders.example.org", phone="", language="nl", by=OFFICE, now=LATER
    )
    assert gatherings.tell(LATER) == 0
    waiting = {row.letter: row for row in letters() if row.state is OutboxState.QUEUED}
    there, here = waiting[Letter.GATHERING_ELSEWHERE], waiting[Letter.GATHERING]
    assert (there.address, here.address) == (old, "nieuw@ouders.example.org")
    assert (there.sequence, here.sequence) == (1, 1)
    for row in (there, here):
        facts = find_letter(row.id, LATER)
        assert (facts.stop, facts.address) == (None, row.address)
    they_leave()
    school.move(school.at_three, place="aula")
    gatherings.tell(LATER)
    assert "nieuw@ouders.example.org" in {row.address for row in letters(Letter.GATHERING_CHANGED)}


def test_an_invitation_that_has_not_left_finds_the_new_mailbox_by_itself(school: School):
    school.invite(school.at_three)
    people.change_contact(
        guardian_id=school.ruud.id, email="nieuw@ouders.example.org", phone="", language="nl", by=OFFICE, now=LATER
    )
    (own,) = [row for row in letters(Letter.GATHERING) if row.guardian_id == school.ruud.id]
    assert find_letter(own.id, LATER).address == "nieuw@ouders.example.org"
    assert letters(Letter.GATHERING_ELSEWHERE) == []


def test_whom_the_file_no_longer_knows_gets_no_letter_at_all(school: School):
    school.invite(school.at_three)
    they_leave()
    db.session.merge(school.ruud).active = False
    db.session.commit()
    assert gatherings.tell(LATER) == 0
    assert gatherings.tell(LATER) == 0
    assert letters(Letter.GATHERING_OFF) == []


def test_a_letter_that_waits_is_looked_at_once_more_before_it_leaves(school: School):
    school.invite(school.at_three)
    (els,) = [row.id for row in letters(Letter.GATHERING) if row.address.startswith("els")]
    assert find_letter(els, LATER).stop is None
    tie = db.session.scalar(select(Guardianship).where(Guardianship.guardian_id == school.els.id))
    tie.authority = Authority.NO
    db.session.commit()
    assert find_letter(els, LATER).stop.state is OutboxState.SUPERSEDED
    after = moment_at(DAY, time(17, 45))
    other = next(row.id for row in letters(Letter.GATHERING) if row.address.startswith("ruud"))
    assert find_letter(other, after).stop.reason == "over"


def test_one_reminder_goes_to_who_said_nothing_and_never_a_second(school: School):
    school.invite(school.at_three)
    they_leave()
    school.says(school.ruud, school.at_three, Coming.NO)
    assert gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER) == 3
    rows = letters(Letter.GATHERING_REMINDER)
    assert addresses(rows) == ["els", "layla", "omar"]
    school.says(school.layla, school.at_three, adults=2)
    assert [find_letter(row.id, LATER).stop is None for row in rows if not row.address.startswith("els")] == [False] * 2
    with pytest.raises(rules.AlreadyReminded):
        gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER)
    with pytest.raises(rules.NotInvitedYet):
        gatherings.remind(planned_id=school.at_four, by=OFFICE, now=LATER)


def test_a_reminder_of_many_letters_goes_in_parts_and_each_goes_once(
    school: School, monkeypatch: pytest.MonkeyPatch
):  # fmt: skip
    school.invite(school.at_three)
    they_leave()
    monkeypatch.setattr(gatherings, "CHUNK", 3)
    assert gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER) == 4
    assert addresses(letters(Letter.GATHERING_REMINDER)) == ["els", "layla", "omar", "ruud"]


def test_a_reminder_that_broke_off_halfway_is_asked_again_and_nobody_gets_a_second(school: School):
    school.invite(school.at_three)
    they_leave()
    assert gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER) == 4
    db.session.get_one(Gathering, school.at_three).reminded_at = None  # it broke off just before this was written
    db.session.commit()
    assert gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER) == 0
    assert len(letters(Letter.GATHERING_REMINDER)) == 4


def test_both_parents_of_a_home_give_one_answer_and_the_other_home_its_own(school: School):
    school.invite(school.at_three)
    school.says(school.layla, school.at_three, adults=2, children=2)
    school.says(school.omar, school.at_three, adults=1, children=1)
    school.says(school.ruud, school.at_three, Coming.PERHAPS, adults=1)
    school.says(school.els, school.at_three, Coming.NO, adults=4)
    counts = page(school.at_three).counts
    assert (counts.homes, counts.yes, counts.perhaps, counts.no, counts.silent) == (3, 1, 1, 1, 0)
    assert (counts.adults, counts.children, counts.perhaps_people) == (1, 1, 1)
    assert len(db.session.scalars(select(GatheringAnswer)).all()) == 3


def test_nobody_answers_for_another_home_or_for_another_class(school: School):
    school.invite(school.at_three, school.at_four)
    for wisher, planned_id, by in (
        (school.home(school.ruud), school.at_three, Actor(ActorKind.GUARDIAN, school.els.id)),
        (school.home(school.ruud), school.at_three, Actor(ActorKind.GUARDIAN, school.layla.id)),
        (school.home(school.ruud), school.at_four, Actor(ActorKind.GUARDIAN, school.ruud.id)),
        (school.home(school.ruud), school.at_four, OFFICE),
        (Wisher(pupil_id=school.sami.id), school.at_three, Actor(ActorKind.PUPIL, school.sami.id)),
    ):
        with pytest.raises(rules.NoSuchGathering):
            gatherings.answer(
                planned_id=planned_id, wisher=wisher, answer=Answer(Coming.NO), by=by, now=LATER
            )  # fmt: skip
    gatherings.answer(
        planned_id=school.at_three, wisher=school.home(school.ruud), answer=Answer(Coming.NO), by=OFFICE, now=LATER
    )


def test_an_adult_pupil_answers_for_himself(school: School):
    db.session.merge(school.sami).birth_date = date(2009, 9, 1)
    db.session.commit()
    school.invite(school.at_three)
    himself = Wisher(pupil_id=school.sami.id)
    gatherings.answer(
        planned_id=school.at_three, wisher=himself, answer=Answer(Coming.YES, adults=1),
        by=Actor(ActorKind.PUPIL, school.sami.id), now=LATER,
    )  # fmt: skip
    assert [home.wisher for home in page(school.at_three).homes if home.answer] == [himself]
    with pytest.raises(rules.NoSuchGathering):
        school.says(school.layla, school.at_three, adults=1)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(Coming.YES), rules.NobodyComes),
        (Answer(Coming.YES, adults=21), rules.TooManyPeople),
        (Answer(Coming.YES, adults=2, children=-1), rules.TooManyPeople),
        (Answer(Coming.YES, adults=1, children=1, in_childcare=2), rules.MoreInChildcare),
    ],
)
def test_numbers_that_cannot_be_are_named(school: School, answer: Answer, why: type[Exception]):
    school.set_up(school.at_three, childcare=True)
    school.invite(school.at_three)
    with pytest.raises(why):
        gatherings.answer(
            planned_id=school.at_three, wisher=school.home(school.ruud), answer=answer, by=OFFICE, now=LATER
        )  # fmt: skip
    assert db.session.scalars(select(GatheringAnswer)).all() == []


def test_without_childcare_no_child_is_left_there(school: School):
    school.invite(school.at_three)
    with pytest.raises(rules.NoChildcareHere):
        school.says(school.ruud, school.at_three, adults=1, children=1, in_childcare=1)


def test_nobody_answers_what_began_or_does_not_go_on(school: School):
    school.invite(school.at_three, school.at_four)
    with pytest.raises(rules.GatheringOver):
        gatherings.answer(
            planned_id=school.at_three, wisher=school.home(school.ruud), answer=Answer(Coming.NO), by=OFFICE,
            now=moment_at(DAY, time(17)),
        )  # fmt: skip
    gatherings.call_off(planned_id=school.at_four, version=page(school.at_four).version, by=OFFICE, now=LATER)
    with pytest.raises(rules.GatheringOver):
        school.says(school.layla, school.at_four, Coming.NO)


def test_the_room_holds_so_many_and_who_comes_later_hears_how_many_still_fit(school: School):
    school.set_up(school.at_three, capacity=4)
    school.invite(school.at_three)
    school.says(school.layla, school.at_three, adults=2, children=1)
    with pytest.raises(rules.GatheringFull) as said:
        school.says(school.ruud, school.at_three, adults=2)
    assert said.value.places == 1
    school.says(school.ruud, school.at_three, Coming.PERHAPS, adults=2)
    school.says(school.layla, school.at_three, adults=2)
    school.says(school.ruud, school.at_three, adults=2)
    assert page(school.at_three).places_left == 0
    with pytest.raises(rules.FewerThanComing) as fewer:
        school.set_up(school.at_three, capacity=3)
    assert fewer.value.people == 4


def test_a_reception_and_a_circle_have_no_programme(school: School):
    with pytest.raises(rules.NoThemeHere):
        school.set_up(school.at_three, theme="Sociale media")
    circle = school.add(PlannedKind.PARENT_CIRCLE, place="kring", day=date(2027, 9, 15))
    with pytest.raises(rules.NoThemeHere):
        school.set_up(circle, theme="Gamen")
    school.invite(circle)
    assert letters() == [], "no class has a contact parent: nobody is asked"
    evening = school.add(PlannedKind.CONTACT_EVENING, day=date(2027, 9, 14))
    with pytest.raises(rules.CannotInvite):
        school.invite(evening)
    meeting = school.add(PlannedKind.INFORMAL_MEETING, school.three.id, day=date(2027, 9, 16))
    school.set_up(meeting, theme="Gamen")
    school.invite(meeting)
    assert {row.facts["told"]["theme"] for row in letters(Letter.GATHERING)} == {"Gamen"}


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"route": "x" * 201}, rules.DetailTooLong),
        ({"capacity": 0}, rules.WrongCapacity),
        ({"answer_by": DAY + timedelta(days=1)}, rules.AnswerByTooLate),
    ],
)
def test_details_that_do_not_fit_are_named(school: School, details: dict, why: type[Exception]):
    with pytest.raises(why):
        school.set_up(school.at_three, **details)
    assert db.session.get(Gathering, school.at_three) is None


def test_two_colleagues_do_not_overwrite_each_other(school: School):
    school.set_up(school.at_three, route="De zijdeur is open.")
    with pytest.raises(rules.GatheringMeanwhile):
        gatherings.set_up(planned_id=school.at_three, version=0, details=Details(), by=OFFICE, now=NOW)


def test_a_hall_that_is_taken_is_said_before_anybody_is_invited(school: School):
    school.add(PlannedKind.INFORMATION_EVENING, place="Lokaal 3", begins=time(17, 30), ends=time(18, 30))
    with pytest.raises(rules.HallTaken) as said:
        school.invite(school.at_four, school.at_three)
    assert (said.value.place, said.value.other) == ("lokaal 3", PlannedKind.INFORMATION_EVENING)
    assert db.session.scalars(select(Gathering)).all() == []
    assert school.invite(school.at_three, sure=True) == 1


def test_a_long_reception_and_an_evening_in_the_holidays_are_never_invited(school: School):
    row = db.session.get_one(PlannedDate, school.at_three)
    row.ends, row.moved = time(18, 30), False
    db.session.commit()
    with pytest.raises(ReceptionTooLong):
        school.invite(school.at_three)
    row = db.session.get_one(PlannedDate, school.at_three)
    row.ends, row.day = time(17, 45), date(2027, 10, 20)
    db.session.commit()
    with pytest.raises(OnAFreeDay):
        school.invite(school.at_three)
    with pytest.raises(rules.GatheringOver):
        gatherings.invite(planned_ids=[school.at_four], by=OFFICE, now=moment_at(DAY, time(18)))


def test_families_without_a_class_are_invited_to_get_acquainted(school: School):
    new = Pupil(number="n1", given_name="Fee", surname="Smit", birth_date=date(2023, 9, 1))
    db.session.add(new)
    db.session.commit()
    a_guardian("Petra", new)
    meeting = school.add(PlannedKind.ENROLMENT_MEETING, place="speellokaal")
    school.invite(meeting)
    assert addresses(letters(Letter.GATHERING)) == ["petra"]


def test_people_are_counted_when_they_are_there(school: School):
    school.invite(school.at_three)
    with pytest.raises(rules.NotYetHeld):
        gatherings.count(planned_id=school.at_three, counted=12, by=OFFICE, now=LATER)
    there = moment_at(DAY, time(17))
    with pytest.raises(rules.WrongCount):
        gatherings.count(planned_id=school.at_three, counted=-1, by=OFFICE, now=there)
    gatherings.count(planned_id=school.at_three, counted=12, by=OFFICE, now=there)
    assert page(school.at_three, there).counted == 12


def test_a_home_reads_its_own_gatherings_and_only_names_that_were_given(school: School):
    school.set_up(school.at_three, capacity=10)
    school.invite(school.at_three, school.at_four)
    school.says(school.layla, school.at_three, adults=2, children=1)
    school.says(school.els, school.at_three, adults=1, shows_names=True)
    by = Actor(ActorKind.GUARDIAN, school.ruud.id)
    (own,) = asking.for_home(by, find_homes(db.session(), by, NOW.date()), LATER)
    assert (own.children, own.answer, own.others, own.places_left, own.open) == (("Mila",), None, (), 6, True)
    guest = db.session.scalar(select(GatheringGuest).where(GatheringGuest.guardian_id == school.ruud.id))
    assert (own.uid, own.sequence) == (guest.ical_uid, 0)
    by = Actor(ActorKind.GUARDIAN, school.layla.id)
    three, four = asking.for_home(by, find_homes(db.session(), by, NOW.date()), LATER)
    assert (three.answer, three.children, four.children) == (
        Answer(Coming.YES, adults=2, children=1), ("Sami",), ("Noor",),
    )  # fmt: skip
    assert (three.others, four.others) == (("Mila",), ()), "Els gave her names, and Ruud does not read them from her"


def test_a_gathering_that_was_called_off_stays_on_the_page_of_the_family(school: School):
    school.invite(school.at_three)
    gatherings.call_off(planned_id=school.at_three, version=page(school.at_three).version, by=OFFICE, now=LATER)
    by = Actor(ActorKind.GUARDIAN, school.ruud.id)
    (own,) = asking.for_home(by, find_homes(db.session(), by, NOW.date()), LATER)
    assert (own.called_off, own.open) == (True, False)


def test_the_board_says_how_far_each_gathering_is_and_what_asks_for_something(school: School):
    before = moment_at(DAY, time(9)) - timedelta(days=30)
    assert asking.board(school.year.id, before).attention == ()
    assert [one.needs for one in asking.board(school.year.id, LATER).lines][:2] == [
        Need.INVITE if moment_at(DAY, time(17)) - LATER <= INVITE_BEFORE else None
    ] * 2
    school.invite(school.at_three)
    school.says(school.ruud, school.at_three, adults=2)
    (three, _four) = asking.board(school.year.id, LATER).lines
    assert (three.homes, three.answered, three.coming, three.held) == (3, 1, 2, False)
    near = moment_at(DAY, time(9)) - timedelta(days=2)
    assert [one.needs for one in asking.board(school.year.id, near).lines] == [
        Need.REMIND, Need.INVITE,
    ]  # fmt: skip
    after = moment_at(DAY, time(21))
    assert [one.needs for one in asking.board(school.year.id, after).lines] == [Need.COUNT, None]


def test_nobody_is_to_be_reminded_once_every_home_of_the_class_answered(school: School):
    elsewhere = a_guardian("Nora", school.mila, position=3, authority=Authority.YES)
    brother = a_pupil("Bram", school.four)
    db.session.add(
        Guardianship(
            pupil_id=brother.id, guardian_id=elsewhere.id, household_id=a_household().id, position=1, relation="ouder",
            authority=Authority.YES,
        )
    )  # fmt: skip
    db.session.commit()
    school.invite(school.at_three)
    near = moment_at(DAY, time(9)) - timedelta(days=2)
    for parent in (school.layla, school.ruud, school.els, elsewhere):
        assert asking.board(school.year.id, near).lines[0].needs is Need.REMIND
        school.says(parent, school.at_three, adults=1)
    (three, _four) = asking.board(school.year.id, near).lines
    assert (three.homes, three.answered, three.needs) == (4, 4, None)


def test_a_whole_school_is_invited_in_few_questions(school: School):
    for number in range(30):
        a_guardian(f"Ouder{number}", a_pupil(f"Kind{number}", school.three))
    evening = school.add(PlannedKind.INFORMATION_EVENING, day=date(2027, 9, 9))
    gatherings.invite(planned_ids=[evening], by=OFFICE, now=NOW)
    with questions(db.engine) as asked:
        assert gatherings.tell(NOW) == 34
    assert len(asked) < 30


def test_looking_what_there_is_to_tell_costs_no_more_for_more_evenings(school: School):
    def looks() -> int:
        db.session.remove()
        with questions(db.engine) as asked:
            assert gatherings.tell(LATER) == 0
        return len(asked)

    school.invite(school.at_three)
    of_one = looks()
    school.invite(school.at_four)
    assert looks() == of_one


def test_the_life_of_a_gathering_is_the_same_on_both_databases(either_school: School):
    school = either_school
    school.set_up(school.at_three, capacity=4)
    school.invite(school.at_three, school.at_four)
    they_leave()
    school.says(school.ruud, school.at_three, adults=2, shows_names=True)
    with pytest.raises(rules.GatheringFull):
        school.says(school.layla, school.at_three, adults=2, children=1)
    assert gatherings.remind(planned_id=school.at_three, by=OFFICE, now=LATER) == 3
    school.move(school.at_three, begins=time(16), ends=time(16, 45))
    assert gatherings.tell(LATER) == 4
    assert letters(Letter.GATHERING_REMINDER) == []
    they_leave()
    year_plans.remove(
        planned_id=school.at_four, version=db.session.get_one(PlannedDate, school.at_four).version, by=OFFICE,
        now=LATER,
    )  # fmt: skip
    assert gatherings.tell(LATER) == 2
    by = Actor(ActorKind.GUARDIAN, school.layla.id)
    three, four = asking.for_home(by, find_homes(db.session(), by, NOW.date()), LATER)
    assert (three.others, three.places_left, three.open, four.called_off) == (("Mila",), 2, True, True)
    assert [line.answered for line in asking.board(school.year.id, LATER).lines] == [1, 0]


def test_what_was_called_off_is_moved_by_nobody(school: School):
    school.invite(school.at_three)
    gatherings.call_off(planned_id=school.at_three, version=page(school.at_three).version, by=OFFICE, now=LATER)
    with pytest.raises(NoSuchPlanned):
        school.move(school.at_three, place="aula")


def test_a_date_to_answer_by_that_lies_after_the_new_day_is_asked_no_more(school: School):
    school.set_up(school.at_three, answer_by=DAY)
    school.move(school.at_three, day=DAY - timedelta(days=1))
    assert page(school.at_three).details.answer_by is None


def test_who_was_at_the_information_evening_still_has_a_start_conversation_ahead(school: School):
    start = a_round(classes=[school.three])
    evening = school.add(PlannedKind.INFORMATION_EVENING, day=date(2027, 9, 9))
    school.invite(evening)
    school.says(school.ruud, evening, adults=2)
    gatherings.count(planned_id=evening, counted=2, by=OFFICE, now=moment_at(date(2027, 9, 9), time(20)))
    waiting = plan_of(db.session(), start.id, Letter.INVITATION, LATER).without_talk
    assert {one.pupil.given for one in waiting} == {"Mila", "Sami"}
