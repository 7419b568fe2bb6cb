"""Colleagues sign in, are invited, set passwords, get roles, leave."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.staff import (
    RESETS_PER_ORIGIN,
    CodeInUse,
    EmailBroken,
    EmailInUse,
    EmailMissing,
    LastKeeper,
    NameMissing,
    PasswordKeyDead,
    PasswordTooCommon,
    PasswordTooShort,
    SignInRefused,
)
from scheduling.models import JournalLine, Outbox, Staff, Throttle, Visit, db
from scheduling.queries.people import colleague_of_visit
from scheduling.services import staff
from tests import builders
from tests.builders import NOW

PASSWORD = "paard batterij nietje correct"
OTHER = "vier woorden zonder verband"
OFFICE = Actor(ActorKind.STAFF, 1)
HERE = "origin of the school"


def a_colleague(code: str, *, password: str = PASSWORD, roles: tuple[StaffRole, ...] = (StaffRole.LEADER,)) -> Staff:
    colleague = builders.a_leader(code, roles=roles)
    colleague.password_hash = staff.hash_password(password)
    db.session.commit()
    return colleague


def sign_in(colleague: str, password: str = PASSWORD, *, now=NOW, origin: str = HERE) -> str:
    return staff.sign_in(email=f"{colleague}@linde.example.org", password=password, now=now, origin=origin)


def actions() -> list[str]:
    return list(db.session.scalars(select(JournalLine.action).order_by(JournalLine.id)))


def letters() -> list[tuple[Letter, str]]:
    return [(row.letter, row.address) for row in db.session.scalars(select(Outbox).order_by(Outbox.id))]


def test_a_colleague_signs_in_and_out(any_context: Flask) -> None:
    anna = a_colleague("anna", roles=(StaffRole.LEADER, StaffRole.OFFICE))
    key = staff.sign_in(email=" Anna@LINDE.example.org ", password=PASSWORD, now=NOW, origin=HERE)
    found = colleague_of_visit(key, NOW)
    assert found is not None
    assert (found.id, found.code) == (anna.id, "anna")
    assert found.roles == {StaffRole.LEADER, StaffRole.OFFICE}
    assert found.actor == Actor(ActorKind.STAFF, anna.id)
    staff.sign_out(key=key, now=NOW)
    staff.sign_out(key=key, now=NOW)
    assert colleague_of_visit(key, NOW) is None
    assert actions() == ["staff.sign_in", "staff.sign_out"]


def test_a_visit_ends_after_a_working_day(any_context: Flask) -> None:
    a_colleague("anna")
    key = sign_in("anna")
    assert colleague_of_visit(key, NOW + timedelta(hours=11, minutes=59)) is not None
    assert colleague_of_visit(key, NOW + timedelta(hours=12)) is None
    assert colleague_of_visit("somebody else's key", NOW) is None


def test_passwords_are_kept_as_argon2id_and_the_key_of_a_visit_as_a_hash(any_context: Flask) -> None:
    anna = a_colleague("anna")
    key = sign_in("anna")
    assert anna.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert key not in db.session.scalars(select(Visit.key_hash)).all()


@pytest.mark.parametrize("who, password", [("anna", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("new", "")])
def test_whoever_may_not_come_in_hears_the_same(any_context: Flask, who: str, password: str) -> None:
    a_colleague("anna")
    builders.a_leader("new")
    gone = a_colleague("gone")
    gone.left_on = date(2027, 8, 1)
    db.session.commit()
    with pytest.raises(SignInRefused):
        sign_in(who, password)
    assert db.session.scalars(select(Visit)).all() == []


def test_nobody_is_shut_out_by_tries_from_elsewhere(any_context: Flask) -> None:
    a_colleague("anna")
    for _ in range(12):
        with pytest.raises(SignInRefused):
            sign_in("anna", "guess", origin="a stranger")
    with pytest.raises(SignInRefused):
        sign_in("anna", origin="a stranger")
    assert sign_in("anna", origin=HERE)
    assert sign_in("anna", now=NOW + timedelta(minutes=15), origin="a stranger")


def test_who_has_left_is_out_at_once(any_context: Flask) -> None:
    a_colleague("anna")
    a_colleague("kantoor", roles=(StaffRole.OFFICE,))
    key = sign_in("anna")
    anna = db.session.scalar(select(Staff).where(Staff.code == "anna"))
    staff.leave(staff_id=anna.id, on=date(2027, 8, 25), by=OFFICE, now=NOW)
    assert colleague_of_visit(key, NOW) is not None
    staff.leave(staff_id=anna.id, on=date(2027, 8, 20), by=OFFICE, now=NOW)
    assert colleague_of_visit(key, NOW) is None
    staff.come_back(staff_id=anna.id, by=OFFICE, now=NOW)
    assert colleague_of_visit(key, NOW) is None
    assert sign_in("anna")


def test_an_invited_colleague_sets_a_password_once(any_context: Flask) -> None:
    anna = builders.a_leader("anna")
    staff.invite(staff_id=anna.id, by=OFFICE, now=NOW)
    assert letters() == [(Letter.SET_PASSWORD, "anna@linde.example.org")]
    token = staff.new_password_key(staff_id=anna.id, now=NOW)
    staff.set_password(token=token, password=PASSWORD, now=NOW)
    assert sign_in("anna")
    with pytest.raises(PasswordKeyDead):
        staff.set_password(token=token, password=OTHER, now=NOW)
    assert sign_in("anna")


def test_a_key_to_set_a_password_lasts_three_days(any_context: Flask) -> None:
    anna = builders.a_leader("anna")
    token = staff.new_password_key(staff_id=anna.id, now=NOW)
    for key in (token, "never made"):
        with pytest.raises(PasswordKeyDead):
            staff.set_password(token=key, password=PASSWORD, now=NOW + timedelta(days=3))


def test_another_password_ends_every_visit_and_every_key(any_context: Flask) -> None:
    anna = a_colleague("anna")
    key = sign_in("anna")
    first, second = (staff.new_password_key(staff_id=anna.id, now=NOW) for _ in range(2))
    staff.set_password(token=first, password=OTHER, now=NOW)
    assert colleague_of_visit(key, NOW) is None
    with pytest.raises(PasswordKeyDead):
        staff.set_password(token=second, password=PASSWORD, now=NOW)


def test_a_colleague_changes_the_own_password_and_stays_in(any_context: Flask) -> None:
    anna = a_colleague("anna")
    old = sign_in("anna")
    with pytest.raises(SignInRefused):
        staff.change_password(staff_id=anna.id, current="wrong", password=OTHER, now=NOW, origin=HERE)
    key = staff.change_password(staff_id=anna.id, current=PASSWORD, password=OTHER, now=NOW, origin=HERE)
    assert colleague_of_visit(key, NOW) is not None
    assert colleague_of_visit(old, NOW) is None
    assert sign_in("anna", OTHER)


@pytest.mark.parametrize("password", ["kort", "elf tekens!"])
def test_a_short_password_is_refused(context: Flask, password: str) -> None:
    token = staff.new_password_key(staff_id=builders.a_leader("anna").id, now=NOW)
    with pytest.raises(PasswordTooShort):
        staff.set_password(token=token, password=password, now=NOW)


@pytest.mark.parametrize(
    "password", ["Wachtwoord123!", "welkom-2027-2027", "aaaaaaaaaaaaaa", "De Linde 2027!!", "1212121212121"]
)
def test_a_password_that_everybody_would_guess_is_refused(context: Flask, password: str) -> None:
    builders.a_school()
    token = staff.new_password_key(staff_id=builders.a_leader("anna").id, now=NOW)
    with pytest.raises(PasswordTooCommon):
        staff.set_password(token=token, password=password, now=NOW)


def test_a_forgotten_password_is_mailed_to_the_stored_address_only(any_context: Flask) -> None:
    a_colleague("anna")
    gone = a_colleague("gone")
    gone.left_on = date(2027, 8, 1)
    db.session.commit()
    for email in ("ANNA@linde.example.org", "nobody@linde.example.org", "gone@linde.example.org", ""):
        assert staff.request_reset(email=email, now=NOW, origin=HERE) is None
    assert letters() == [(Letter.SET_PASSWORD, "anna@linde.example.org")]


def test_a_forgotten_password_is_mailed_three_times_an_hour_and_ten_times_a_day(any_context: Flask) -> None:
    a_colleague("anna")
    for number in range(5):
        staff.request_reset(email="anna@linde.example.org", now=NOW + timedelta(minutes=number), origin=HERE)
    assert len(letters()) == 3
    for hour in range(1, 8):
        for minute in range(3):
            staff.request_reset(
                email="anna@linde.example.org", now=NOW + timedelta(hours=hour, minutes=minute), origin=HERE
            )
    assert len(letters()) <= 10


def test_many_forgotten_passwords_from_one_place_are_no_longer_counted_or_written_down(any_context: Flask) -> None:
    a_colleague("anna")
    limit, per = RESETS_PER_ORIGIN
    for number in range(limit):
        staff.request_reset(email=f"nobody{number}@linde.example.org", now=NOW, origin=HERE)
    written = len(actions())
    staff.request_reset(email="anna@linde.example.org", now=NOW, origin=HERE)
    assert (letters(), len(actions())) == ([], written)
    staff.request_reset(email="anna@linde.example.org", now=NOW, origin="203.0.113.9")
    staff.request_reset(email="anna@linde.example.org", now=NOW + per, origin=HERE)
    assert letters() == [(Letter.SET_PASSWORD, "anna@linde.example.org")] * 2


def test_an_account_is_counted_wherever_it_is_asked_from_and_only_as_a_hash(any_context: Flask) -> None:
    a_colleague("anna")
    for number in range(5):
        moment = NOW + timedelta(minutes=number)
        staff.request_reset(email="anna@linde.example.org", now=moment, origin=f"203.0.113.{number}")
    assert len(letters()) == 3
    assert "anna" not in str(db.session.scalars(select(Throttle.key)).all())


def test_the_office_adds_a_colleague_who_is_invited_at_once(any_context: Flask) -> None:
    bas = staff.add(
        code=" bas ", name=Name("Bas", "de", "Wit"), email="bas@LINDE.example.org", roles=[StaffRole.LEADER],
        by=OFFICE, now=NOW,
    )  # fmt: skip
    row = db.session.get(Staff, bas)
    assert (row.code, row.name.full, row.email) == ("bas", "Bas de Wit", "bas@linde.example.org")
    assert letters() == [(Letter.SET_PASSWORD, "bas@linde.example.org")]
    assert actions() == ["staff.add", "staff.invite"]


@pytest.mark.parametrize(
    "code, given, email, refusal",
    [
        ("ANNA", "Bas", "bas@linde.example.org", CodeInUse),
        ("", "Bas", "bas@linde.example.org", CodeInUse),
        ("bas", "Bas", "Anna@linde.example.org", EmailInUse),
        ("bas", "Bas", "bas@", EmailBroken),
        ("bas", "Bas", "bas@linde.example.org\nBcc: x@example.org", EmailBroken),
        ("bas", "", "bas@linde.example.org", NameMissing),
    ],
)
def test_a_colleague_has_an_own_code_name_and_address(
    any_context: Flask, code: str, given: str, email: str, refusal: type[Exception]
) -> None:
    a_colleague("anna")
    with pytest.raises(refusal):
        staff.add(code=code, name=Name(given), email=email, roles=[], by=OFFICE, now=NOW)
    assert letters() == []


def test_another_address_ends_what_the_old_mailbox_could_open(any_context: Flask) -> None:
    anna = a_colleague("anna")
    key = sign_in("anna")
    token = staff.new_password_key(staff_id=anna.id, now=NOW)
    staff.change(staff_id=anna.id, name=Name("Anna"), email="anna.new@linde.example.org", by=OFFICE, now=NOW)
    assert colleague_of_visit(key, NOW) is None
    with pytest.raises(PasswordKeyDead):
        staff.set_password(token=token, password=OTHER, now=NOW)


def test_without_an_address_nobody_is_invited(any_context: Flask) -> None:
    anna = builders.a_leader("anna", email="")
    with pytest.raises(EmailMissing):
        staff.invite(staff_id=anna.id, by=OFFICE, now=NOW)


def test_everyone_without_a_password_is_invited_in_one_go(any_context: Flask) -> None:
    a_colleague("has-one")
    builders.a_leader("anna")
    builders.a_leader("no-mail", email="")
    builders.a_leader("no-role", roles=())
    gone = builders.a_leader("gone")
    gone.left_on = date(2027, 8, 1)
    db.session.commit()
    assert staff.invite_all(by=OFFICE, now=NOW) == 1
    assert letters() == [(Letter.SET_PASSWORD, "anna@linde.example.org")]


def test_roles_hold_from_the_next_page_on(any_context: Flask) -> None:
    anna = a_colleague("anna")
    a_colleague("kantoor", roles=(StaffRole.OFFICE,))
    key = sign_in("anna")
    staff.set_roles(
        staff_id=anna.id, roles=[StaffRole.LEADER, StaffRole.INTERNAL_SUPERVISOR], by=OFFICE, now=NOW
    )  # fmt: skip
    assert colleague_of_visit(key, NOW).roles == {StaffRole.LEADER, StaffRole.INTERNAL_SUPERVISOR}
    staff.set_roles(staff_id=anna.id, roles=[], by=OFFICE, now=NOW)
    assert colleague_of_visit(key, NOW).roles == frozenset()


def test_the_school_never_locks_itself_out(any_context: Flask) -> None:
    office = a_colleague("kantoor", roles=(StaffRole.OFFICE,))
    builders.a_leader("director", roles=(StaffRole.DIRECTOR,))
    with pytest.raises(LastKeeper):
        staff.set_roles(staff_id=office.id, roles=[StaffRole.LEADER], by=OFFICE, now=NOW)
    with pytest.raises(LastKeeper):
        staff.leave(staff_id=office.id, on=date(2028, 1, 1), by=OFFICE, now=NOW)
    assert [role.role for role in db.session.get(Staff, office.id).roles] == [StaffRole.OFFICE]
    a_colleague("second", roles=(StaffRole.DIRECTOR,))
    staff.leave(staff_id=office.id, on=date(2028, 1, 1), by=OFFICE, now=NOW)


def test_every_act_on_an_account_leaves_one_line_in_the_journal(any_context: Flask) -> None:
    anna = a_colleague("anna")
    a_colleague("kantoor", roles=(StaffRole.OFFICE,))
    act = {"staff_id": anna.id, "by": OFFICE, "now": NOW}
    acts = [
        lambda: staff.change(name=Name("Anna"), email="a@linde.example.org", **act),
        lambda: staff.set_roles(roles=[StaffRole.LEADER], **act),
        lambda: staff.invite(**act),
        lambda: staff.leave(on=date(2028, 1, 1), **act),
        lambda: staff.come_back(**act),
        lambda: staff.sign_in(email="a@linde.example.org", password=PASSWORD, now=NOW, origin=HERE),
        lambda: staff.request_reset(email="a@linde.example.org", now=NOW, origin=HERE),
    ]
    for number, perform in enumerate(acts, 1):
        perform()
        assert len(actions()) == number, actions()
    assert "example.org" not in str(db.session.scalars(select(JournalLine.facts)).all())


def test_one_key_sets_one_password_even_when_two_use_it_at_once(any_app: Flask) -> None:
    with any_app.app_context():
        anna = builders.a_leader("anna")
        token = staff.new_password_key(staff_id=anna.id, now=NOW)
    outcomes: list[str] = []

    def use(password: str) -> None:
        with any_app.app_context():
            try:
                staff.set_password(token=token, password=password, now=NOW)
                outcomes.append("set")
            except PasswordKeyDead:
                outcomes.append("dead")

    threads = [threading.Thread(target=use, args=(password,)) for password in (PASSWORD, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["dead", "set"]
