"""The office puts right how families are reached."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.corrections import BadEmail, BadPhone, CorrectionField
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import NoSuchGuardian, NotYetAdult
from scheduling.models import ContactCorrection, Guardian, Guardianship, JournalLine, Outbox, Pupil, db
from scheduling.queries.people import shared_mailboxes
from scheduling.services import outbox, people
from scheduling.services.corrections import decide, propose
from scheduling.services.grown_pupils import permit_parents
from scheduling.services.transaction import transaction
from tests import builders
from tests.builders import NOW

OFFICE = Actor(ActorKind.STAFF, 1)


@pytest.fixture
def sami(any_context: Flask) -> Pupil:
    builders.a_school()
    builders.a_year()
    return builders.a_pupil("Sami", builders.a_class("3", leaders=[builders.a_leader("anna")]))


def change(guardian: Guardian, **wishes: str) -> None:
    wishes = {"email": guardian.email, "phone": guardian.phone, "language": guardian.language} | wishes
    people.change_contact(guardian_id=guardian.id, by=OFFICE, now=NOW, **wishes)


def letters() -> list[tuple[Letter, str]]:
    return [(row.letter, row.address) for row in db.session.scalars(select(Outbox).order_by(Outbox.id))]


def an_invited_talk(sami: Pupil) -> None:
    anna = db.session.scalars(select(Guardianship)).first()
    assert anna is not None
    found = builders.a_round()
    slot = builders.some_slots(found, builders.a_leader(), count=1)[0]
    booking = builders.a_booking(found, sami, slot)
    with transaction() as session:
        outbox.post(session, letter=Letter.INVITATION, booking=session.merge(booking), now=NOW)


def leave() -> None:
    for row in db.session.scalars(select(Outbox)):
        row.state = OutboxState.SENT
    db.session.commit()


def test_a_change_is_kept_as_a_correction_that_imports_respect(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami, email="old@ouders.example.org")
    change(layla, email=" new@OUDERS.example.org ", phone="06 0000 0001")
    rows = db.session.scalars(select(ContactCorrection).order_by(ContactCorrection.id)).all()
    assert [(row.field, row.old_value, row.new_value, row.accepted) for row in rows] == [
        ("email", "old@ouders.example.org", "new@ouders.example.org", True),
        ("phone", "", "06 0000 0001", True),
    ]
    change(layla)
    assert len(db.session.scalars(select(ContactCorrection)).all()) == 2
    facts = db.session.scalars(select(JournalLine.facts)).all()
    assert "ouders.example.org" not in str(facts)


@pytest.mark.parametrize("wishes, refusal", [({"email": "x@"}, BadEmail), ({"phone": "bel mij"}, BadPhone)])
def test_what_is_no_address_or_phone_is_refused(sami: Pupil, wishes: dict[str, str], refusal: type[Exception]) -> None:
    layla = builders.a_guardian("Layla", sami)
    with pytest.raises(refusal):
        change(layla, **wishes)


def test_a_new_mailbox_hears_of_the_talk_that_the_old_one_knew(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami, email="old@ouders.example.org")
    builders.a_guardian("Omar", sami, email="omar@ouders.example.org", household=builders.household_of(layla))
    an_invited_talk(sami)
    leave()
    change(layla, email="new@ouders.example.org")
    assert letters()[2:] == [
        (Letter.INVITATION, "new@ouders.example.org"), (Letter.ELSEWHERE, "old@ouders.example.org"),
    ]  # fmt: skip
    sequences = {row.letter: row.sequence for row in db.session.scalars(select(Outbox))}
    assert sequences == {Letter.INVITATION: 0, Letter.ELSEWHERE: 1}


def test_a_mailbox_that_the_other_parent_still_uses_keeps_the_talk(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami, email="samen@ouders.example.org")
    builders.a_guardian(
        "Omar", sami, email="samen@ouders.example.org", household=builders.household_of(layla), position=2
    )
    an_invited_talk(sami)
    leave()
    change(layla, email="new@ouders.example.org")
    assert letters()[1:] == [(Letter.INVITATION, "new@ouders.example.org")]


def test_a_letter_that_has_not_left_is_not_written_twice(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami, email="old@ouders.example.org")
    an_invited_talk(sami)
    change(layla, email="new@ouders.example.org")
    assert len(letters()) == 1


def test_a_parents_correction_brings_the_talk_to_the_new_mailbox_too(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami, email="old@ouders.example.org")
    an_invited_talk(sami)
    leave()
    correction = ContactCorrection(
        guardian_id=layla.id, field="email", old_value=layla.email, new_value="new@ouders.example.org", proposed_at=NOW
    )
    db.session.add(correction)
    db.session.commit()
    decide(correction_id=correction.id, accept=True, by=OFFICE, now=NOW)
    assert letters()[1:] == [
        (Letter.INVITATION, "new@ouders.example.org"), (Letter.ELSEWHERE, "old@ouders.example.org"),
    ]  # fmt: skip


def test_a_grown_pupils_new_mailbox_hears_of_the_talk_and_the_old_one_forgets_it(sami: Pupil) -> None:
    builders.a_guardian("Layla", sami)
    sami.birth_date, sami.email = date(2008, 1, 1), "old@leerlingen.example.org"
    db.session.commit()
    an_invited_talk(sami)
    leave()
    by = Actor(ActorKind.PUPIL, sami.id)
    propose(values={CorrectionField.EMAIL: "new@leerlingen.example.org"}, by=by, now=NOW)
    (waiting,) = db.session.scalars(select(ContactCorrection.id))
    decide(correction_id=waiting, accept=True, by=OFFICE, now=NOW)
    assert letters()[1:] == [
        (Letter.INVITATION, "new@leerlingen.example.org"), (Letter.ELSEWHERE, "old@leerlingen.example.org"),
    ]  # fmt: skip
    assert {row.pupil_id for row in db.session.scalars(select(Outbox))} == {sami.id}


def test_the_office_says_whose_a_shared_mailbox_is(sami: Pupil) -> None:
    shared = "gezin@ouders.example.org"
    layla = builders.a_guardian("Layla", sami, email=shared)
    omar = builders.a_guardian("Omar", sami, email=shared, position=2)
    people.keep_mailbox(email=shared, guardian_ids=[layla.id], by=OFFICE, now=NOW)
    assert shared_mailboxes() == ()
    assert (db.session.get(Guardian, layla.id).email, db.session.get(Guardian, omar.id).email) == (shared, "")
    with pytest.raises(NoSuchGuardian):
        people.keep_mailbox(email=shared, guardian_ids=[999], by=OFFICE, now=NOW)
    assert db.session.get(Guardian, layla.id).email == shared


def test_only_an_adult_pupil_permits_the_parents(sami: Pupil) -> None:
    with pytest.raises(NotYetAdult):
        permit_parents(pupil_id=sami.id, permitted=True, by=OFFICE, now=NOW)
    sami = db.session.get(Pupil, sami.id)
    sami.birth_date = date(2009, 8, 20)
    db.session.commit()
    permit_parents(pupil_id=sami.id, permitted=True, by=OFFICE, now=NOW)
    assert db.session.get(Pupil, sami.id).parents_permitted
    permit_parents(pupil_id=sami.id, permitted=False, by=OFFICE, now=NOW)
    assert not db.session.get(Pupil, sami.id).parents_permitted


def test_a_fresh_link_is_mailed_to_the_stored_address(sami: Pupil) -> None:
    layla, omar = builders.a_guardian("Layla", sami), builders.a_guardian("Omar", sami, email="")
    assert people.mail_link(guardian_id=layla.id, by=OFFICE, now=NOW)
    assert not people.mail_link(guardian_id=omar.id, by=OFFICE, now=NOW)
    assert letters() == [(Letter.LINK, layla.email)]


def test_post_and_bounces_are_settled_by_the_office(sami: Pupil) -> None:
    layla = builders.a_guardian("Layla", sami)
    layla.bounced_at = NOW
    db.session.commit()
    people.address_works(guardian_id=layla.id, by=OFFICE, now=NOW)
    assert db.session.get(Guardian, layla.id).bounced_at is None
    people.receive_post(guardian_id=layla.id, pupil_id=sami.id, receives=False, by=OFFICE, now=NOW)
    assert not db.session.scalars(select(Guardianship.receives_post)).one()
    with pytest.raises(NoSuchGuardian):
        people.receive_post(guardian_id=layla.id, pupil_id=999, receives=True, by=OFFICE, now=NOW)
