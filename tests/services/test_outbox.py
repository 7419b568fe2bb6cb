"""Who gets a letter when something happens to a talk."""

from datetime import date, timedelta

import pytest
from flask import Flask

from scheduling.domain.mailings import Letter, OutboxState, SkipReason
from scheduling.domain.people import Authority
from scheduling.models import Booking, Outbox, Pupil, db
from scheduling.services import outbox
from scheduling.services.transaction import transaction
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_household,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")


class Story:
    """A class with one pupil, and a round with slots."""

    def __init__(self) -> None:
        a_school()
        a_year()
        self.anna = a_leader("anna")
        self.three = a_class("3", leaders=[self.anna])
        self.sami = a_pupil("Sami", self.three)
        self.start = a_round(classes=[self.three])
        self.slots = some_slots(self.start, self.anna)

    def talk(self, **extra: object) -> Booking:
        return a_booking(self.start, self.sami, self.slots[0], **extra)  # type: ignore[arg-type]


@pytest.fixture
def story(any_context: Flask) -> Story:
    return Story()


def post(letter: Letter, booking: Booking, **extra: object) -> outbox.Posted:
    with transaction() as session:
        return outbox.post(
            session,
            letter=letter,
            booking=session.get_one(Booking, booking.id),
            **({"now": NOW} | extra),  # type: ignore[arg-type]
        )


def letters() -> list[tuple[str, str, str]]:
    rows = db.session.query(Outbox).order_by(Outbox.id)
    return [(row.letter.value, row.address.split("@")[0].rstrip("0123456789"), row.state.value) for row in rows]


def test_each_mailbox_of_a_home_gets_one_letter(story: Story) -> None:
    layla = a_guardian("Layla", story.sami)
    a_guardian("Omar", story.sami, position=2, household=household_of(layla))
    posted = post(Letter.INVITATION, story.talk())
    assert posted == outbox.Posted(queued=2)
    assert letters() == [("invitation", "layla", "queued"), ("invitation", "omar", "queued")]


def test_asking_twice_is_asking_once(story: Story) -> None:
    a_guardian("Layla", story.sami)
    talk = story.talk()
    assert post(Letter.REMINDER, talk).queued == 1
    assert post(Letter.REMINDER, talk, now=NOW + timedelta(hours=1)).queued == 0


def test_a_shared_mailbox_of_one_home_gets_one_letter_for_the_first_guardian(story: Story) -> None:
    layla = a_guardian("Layla", story.sami, email="thuis@ouders.example.org", position=2)
    omar = a_guardian("Omar", story.sami, email="Thuis@ouders.example.org", household=household_of(layla))
    posted = post(Letter.INVITATION, story.talk())
    assert [(one.guardian_id, one.reason) for one in posted.skipped] == [(layla.id, SkipReason.SAME_MAILBOX)]
    assert db.session.query(Outbox.guardian_id).scalar() == omar.id


def test_a_joint_talk_is_told_to_both_homes_and_a_talk_with_one_home_to_that_home_only(story: Story) -> None:
    a_guardian("Layla", story.sami)
    omar = a_guardian("Omar", story.sami, position=2)
    assert post(Letter.INVITATION, story.talk()).queued == 2
    noor = a_pupil("Noor", story.three)
    a_guardian("Fatma", noor)
    peter = a_guardian("Peter", noor, position=2)
    own = a_booking(story.start, noor, story.slots[1], household=household_of(peter))
    assert post(Letter.INVITATION, own) == outbox.Posted(queued=1)
    assert letters()[-1] == ("invitation", "peter", "queued")
    assert omar.id


def test_who_may_not_hear_of_it_is_skipped_with_the_reason(story: Story) -> None:
    no_authority = a_guardian("Layla", story.sami, authority=Authority.NO)
    gone = a_guardian("Omar", story.sami, position=2)
    gone.active = False
    bounced = a_guardian("Noor", story.sami, position=3)
    bounced.bounced_at = NOW
    db.session.commit()
    posted = post(Letter.INVITATION, story.talk())
    assert posted.queued == 0
    assert posted.on_paper
    assert {one.guardian_id: one.reason.value for one in posted.skipped} == {
        no_authority.id: "no_authority", gone.id: "inactive", bounced.id: "bounced",
    }  # fmt: skip


def test_a_home_without_mail_is_reached_on_paper_though_the_other_home_has_mail(story: Story) -> None:
    a_guardian("Layla", story.sami)
    a_guardian("Omar", story.sami, position=2, email="")
    posted = post(Letter.INVITATION, story.talk())
    assert (posted.queued, posted.on_paper) == (1, True)


def test_one_guardian_with_mail_is_enough_for_a_home(story: Story) -> None:
    layla = a_guardian("Layla", story.sami)
    a_guardian("Omar", story.sami, position=2, email="", household=household_of(layla))
    posted = post(Letter.INVITATION, story.talk())
    assert (posted.queued, posted.on_paper) == (1, False)


@pytest.mark.parametrize("permitted, told", [(False, ["sami"]), (True, ["sami", "layla"])])
def test_an_adult_pupil_is_told_himself_and_the_parents_only_with_permission(
    story: Story, permitted: bool, told: list[str]
) -> None:
    a_guardian("Layla", story.sami)
    sami = db.session.get_one(Pupil, story.sami.id)
    sami.birth_date, sami.email, sami.parents_permitted = date(2009, 8, 20), "sami@leerling.example.org", permitted
    db.session.commit()
    post(Letter.INVITATION, story.talk())
    assert [name for _, name, _ in letters()] == told


@pytest.mark.parametrize("born, told", [(date(2009, 8, 31), ["sami"]), (date(2009, 9, 1), ["layla"])])
def test_t25_who_is_eighteen_on_the_day_of_the_talk_is_invited_himself(
    story: Story, born: date, told: list[str]
) -> None:
    """T25: the birthday falls between the sending and the talk, or on the day after the talk."""
    a_guardian("Layla", story.sami)
    sami = db.session.get_one(Pupil, story.sami.id)
    sami.birth_date, sami.email = born, "sami@leerling.example.org"
    db.session.commit()
    post(Letter.INVITATION, story.talk())
    assert [name for _, name, _ in letters()] == told


def test_a_cancellation_takes_the_place_of_what_has_not_left_yet(story: Story) -> None:
    a_guardian("Layla", story.sami)
    talk = story.talk()
    post(Letter.INVITATION, talk)
    post(Letter.CANCELLED, talk)
    assert letters() == [("invitation", "layla", "superseded"), ("cancelled", "layla", "queued")]


def test_what_has_left_stays_sent(story: Story) -> None:
    a_guardian("Layla", story.sami)
    talk = story.talk()
    post(Letter.INVITATION, talk)
    db.session.query(Outbox).update({"state": OutboxState.SENT})
    db.session.commit()
    post(Letter.CANCELLED, talk)
    assert letters()[0] == ("invitation", "layla", "sent")


def test_a_family_that_has_not_heard_of_the_first_time_is_invited_to_the_new_one(story: Story) -> None:
    a_guardian("Layla", story.sami)
    talk = story.talk()
    post(Letter.INVITATION, talk)
    move(talk, story)
    post(Letter.CHANGED, talk, facts=outbox.as_it_was(talk))
    assert letters() == [("invitation", "layla", "superseded"), ("invitation", "layla", "queued")]


def test_the_second_change_tells_the_time_that_the_family_knows(story: Story) -> None:
    a_guardian("Layla", story.sami)
    talk = story.talk()
    known = outbox.as_it_was(talk)
    move(talk, story)
    post(Letter.CHANGED, talk, facts=known)
    between = outbox.as_it_was(db.session.get_one(Booking, talk.id))
    move(talk, story)
    post(Letter.CHANGED, talk, facts=between)
    newest = db.session.query(Outbox).order_by(Outbox.id.desc()).first()
    assert newest is not None
    assert newest.facts == known


def move(talk: Booking, story: Story) -> None:
    talk = db.session.get_one(Booking, talk.id)
    talk.starts_at += timedelta(minutes=20)
    talk.ends_at += timedelta(minutes=20)
    talk.ical_sequence += 1
    db.session.commit()


def test_a_row_holds_facts_and_never_a_token(story: Story) -> None:
    layla = a_guardian("Layla", story.sami, language="ar")
    talk = story.talk()
    post(Letter.INVITATION, talk)
    row = db.session.query(Outbox).one()
    assert row.dedup_key == f"invitation:{talk.id}:0:g{layla.id}"
    assert row.message_id == f"invitation.{talk.ical_uid.partition('@')[0]}.0.g{layla.id}"
    assert (row.language, row.lane, row.sequence, row.facts) == ("ar", 4, 0, {})


def test_a_colleague_without_an_address_is_told_on_paper(story: Story) -> None:
    with transaction() as session:
        anna = session.merge(story.anna)
        assert outbox.post_to_staff(session, letter=Letter.SET_PASSWORD, staff=anna, now=NOW).queued == 1
    bas = a_leader("bas", email="")
    with transaction() as session:
        posted = outbox.post_to_staff(session, letter=Letter.SET_PASSWORD, staff=session.merge(bas), now=NOW)
    assert posted == outbox.Posted(on_paper=True)


def test_a_household_is_only_what_its_guardians_are(story: Story) -> None:
    home = a_household()
    a_guardian("Layla", story.sami, household=home)
    assert post(Letter.INVITATION, story.talk(household=home)).queued == 1
