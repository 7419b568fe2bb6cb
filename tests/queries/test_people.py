"""What the office sees of classes, pupils, homes and colleagues."""

from datetime import date, timedelta

import pytest
from flask import Flask

from scheduling.domain.links import HolderKind
from scheduling.domain.people import Authority, NoSuchPupil, StaffRole
from scheduling.models import AccessLink, ContactCorrection, db
from scheduling.queries import people
from tests import builders
from tests.builders import NOW

TODAY = date(2027, 8, 20)


@pytest.fixture
def three(any_context: Flask):
    builders.a_school()
    builders.a_year()
    return builders.a_class("3", leaders=[builders.a_leader("anna")])


def test_a_class_tells_how_its_families_are_reached(three) -> None:
    by_mail, on_paper, nobody = (builders.a_pupil(name, three) for name in ("Sami", "Noor", "Ali"))
    builders.a_guardian("Layla", by_mail)
    builders.a_guardian("Omar", on_paper, email="")
    builders.a_guardian("Zeynep", nobody, authority=Authority.NO)
    page = people.people_page(three.year_id, today=TODAY)
    (line,) = page.classes
    assert (line.pupils, line.by_mail, line.on_paper, line.nobody) == (3, 1, 1, 1)
    assert [name.full for name in line.leaders] == ["Anna Jansen"]
    assert (page.pupils, page.guardians, page.households, page.without_mail) == (3, 2, 2, 1)
    assert {pupil.name.given: pupil.reach for pupil in people.class_page(three.id, today=TODAY).pupils} == {
        "Sami": "mail", "Noor": "paper", "Ali": "nobody",
    }  # fmt: skip


def test_classes_stand_in_the_order_people_expect(three) -> None:
    for name in ("10", "1/2b", "1/2a", "6/7", "8"):
        builders.a_class(name)
    page = people.people_page(three.year_id, today=TODAY)
    assert [group.name for group in page.classes] == ["1/2a", "1/2b", "3", "6/7", "8", "10"]


def test_a_pupil_is_found_by_any_name_number_or_phone(three) -> None:
    sami = builders.a_pupil("Sami", three)
    builders.a_pupil("Noor", three)
    layla = builders.a_guardian("Layla", sami, email="layla@ouders.example.org")
    layla.phone = "0600000001"
    db.session.commit()
    for text in ("sam", "Sami Yil", "layla", "LAYLA@ouders", sami.number, "0600000001"):
        assert [line.name.given for line in people.search_pupils(text, three.year_id, today=TODAY)] == ["Sami"], text
    for text in ("", "  ", "%", "_", "nobody", "sami noor"):
        assert people.search_pupils(text, three.year_id, today=TODAY) == (), text


def test_a_pupils_page_keeps_the_homes_apart_and_counts_living_links(three) -> None:
    sami, noor = builders.a_pupil("Sami", three), builders.a_pupil("Noor", three)
    layla = builders.a_guardian("Layla", sami, noor)
    builders.a_guardian("Omar", sami, position=2)
    for hours in (1, -1):
        db.session.add(
            AccessLink(
                token_hash=f"hash {hours}", kind=HolderKind.GUARDIAN, guardian_id=layla.id, year_id=three.year_id,
                created_at=NOW, expires_at=NOW + timedelta(hours=hours),
            )
        )  # fmt: skip
    db.session.commit()
    page = people.pupil_page(sami.id, three.year_id, now=NOW)
    assert [[guardian.name.given for guardian in home.guardians] for home in page.homes] == [["Layla"], ["Omar"]]
    assert [[sibling.name.given for sibling in home.siblings] for home in page.homes] == [["Noor"], []]
    assert page.homes[0].guardians[0].links == 1
    assert (page.class_name, page.is_adult, page.year) == ("3", False, "2027-2028")
    with pytest.raises(NoSuchPupil):
        people.pupil_page(999, three.year_id, now=NOW)


def test_a_pupils_page_tells_talks_and_why_a_family_is_left_out(three) -> None:
    from scheduling.models import RoundExclusion

    sami = builders.a_pupil("Sami", three)
    start = builders.a_round(classes=[three])
    anna = three.leaders[0].staff
    builders.a_booking(start, sami, builders.some_slots(start, anna, count=1)[0])
    other = builders.a_round("Tweede ronde", classes=[three])
    db.session.add(RoundExclusion(round_id=other.id, pupil_id=sami.id, reason="spreekt al", excluded_at=NOW))
    db.session.commit()
    talks = people.pupil_page(sami.id, three.year_id, now=NOW).talks
    assert [(talk.round_name, talk.reason) for talk in talks] == [
        ("Startgesprekken", ""),
        ("Tweede ronde", "spreekt al"),
    ]
    assert talks[0].starts_at == builders.TUESDAY


def test_one_mailbox_in_two_homes_is_shown_to_the_office(three) -> None:
    sami, ali = builders.a_pupil("Sami", three), builders.a_pupil("Ali", three)
    shared = "gezin@ouders.example.org"
    layla = builders.a_guardian("Layla", sami, email=shared)
    builders.a_guardian("Omar", sami, email=shared.upper(), position=2)
    zeynep = builders.a_guardian("Zeynep", ali, email="samen@ouders.example.org")
    builders.a_guardian("Can", ali, email="samen@ouders.example.org", household=builders.household_of(zeynep))
    (found,) = people.shared_mailboxes()
    assert found.email == shared
    assert [user.name.given for user in found.users] == ["Layla", "Omar"]
    assert found.users[0].guardian_id == layla.id
    assert found.users[0].children == ("Sami",)


def test_open_corrections_come_with_the_names_of_the_children(three) -> None:
    layla = builders.a_guardian("Layla", builders.a_pupil("Sami", three), builders.a_pupil("Noor", three))
    db.session.add(
        ContactCorrection(guardian_id=layla.id, field="phone", old_value="", new_value="0600000001", proposed_at=NOW)
    )
    db.session.commit()
    (line,) = people.open_corrections()
    assert (line.name.given, line.children, line.new_value) == ("Layla", ("Noor (3)", "Sami (3)"), "0600000001")


def test_a_grown_pupils_correction_names_the_pupil_and_no_children(three) -> None:
    kirsten = builders.a_pupil("Kirsten", three, birth_date=date(2008, 1, 1))
    asked = ContactCorrection(field="email", old_value="", new_value="kirsten@example.org", proposed_at=NOW)
    asked.person = kirsten
    db.session.add(asked)
    db.session.commit()
    (line,) = people.open_corrections()
    assert (line.name.given, line.is_pupil, line.children) == ("Kirsten", True, ())


def test_colleagues_stand_by_surname_and_who_left_at_the_end(three) -> None:
    bas = builders.a_leader("bas", roles=[StaffRole.LEADER, StaffRole.OFFICE])
    bas.left_on = date(2027, 8, 1)
    db.session.commit()
    lines = people.all_staff(three.year_id, today=TODAY)
    assert [(line.code, line.classes, line.is_gone(TODAY)) for line in lines] == [
        ("anna", ("3",), False), ("bas", (), True),
    ]  # fmt: skip
    assert people.the_colleague(bas.id, three.year_id, now=NOW).roles == (StaffRole.LEADER, StaffRole.OFFICE)
