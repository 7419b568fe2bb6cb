"""Schools whose lists have no numbers, and schools across a border: the same people from import to import."""

import pytest
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Authority
from scheduling.domain.years import Region
from scheduling.formats.reading import read_file
from scheduling.models import Enrolment, Guardian, Guardianship, Pupil, db
from scheduling.services import imports
from tests.builders import NOW, a_school, a_year
from tests.formats.files import guardian, guardians, pupils, sheet

LIST = sheet("Voornaam;Achternaam;Groep", "Noor;van 't Hof;Groep 3", "Bram;Smit;4")
PARENTS = sheet(
    "Roepnaam;Tussenvoegsel;Achternaam;Geboortedatum;E-mailadres ouder/verzorger 1;E-mailadres ouder/verzorger 2",
    "Noor;van 't;Hof;;a@example.org;b@example.org", "Bram;;Smit;;c@example.org;",
)  # fmt: skip


@pytest.fixture
def year(any_context):
    a_school()
    return a_year()


def put(year, *files):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    outcome = imports.run(year_id=year.id, files=read, by=SYSTEM, now=NOW)
    db.session.expire_all()
    assert outcome.saved
    return {kind: {status: count for status, count in found.items() if count} for kind, found in outcome.counts.items()}


def test_a_list_without_numbers_is_the_same_school_the_second_time(year):
    assert put(year, LIST, PARENTS)["pupils"] == {"new": 2}
    again = put(year, PARENTS, sheet("Voornaam;Achternaam;Groep", "Bram;Smit;4", "Noor;van 't Hof;3"))
    assert again == {
        "pupils": {"unchanged": 2}, "guardians": {"unchanged": 3}, "households": {"unchanged": 2}, "staff": {},
        "classes": {"unchanged": 2},
    }  # fmt: skip


def test_the_schools_own_numbers_and_names_come_later_and_nobody_becomes_somebody_else(year):
    put(year, LIST, PARENTS)
    before = {pupil.given_name: pupil.id for pupil in db.session.scalars(select(Pupil))}
    people = {one.email: one.id for one in db.session.scalars(select(Guardian))}
    named = guardians(
        guardian("001", "1", email="a@example.org"),
        guardian("001", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B"),
        guardian("002", "1", name="C;;Smit", email="c@example.org"),
    )
    counts = put(year, pupils("001;Noor;van 't;Hof;3", "002;Bram;;Smit;4"), named)
    assert counts["pupils"] == {"changed": 2}
    assert {pupil.given_name: pupil.id for pupil in db.session.scalars(select(Pupil))} == before
    assert sorted(pupil.number for pupil in db.session.scalars(select(Pupil))) == ["001", "002"]
    assert {one.email: one.id for one in db.session.scalars(select(Guardian))} == people
    assert all(enrolment.present for enrolment in db.session.scalars(select(Enrolment)))


def test_another_system_that_knows_less_takes_no_authority_home_or_name_away(year):
    put(
        year, pupils("001;Noor;;Hof;3"),
        guardians(
            guardian("001", "1", email="a@example.org", language="Turks"),
            guardian("001", "2", relation="vader", name="B;;Bos", email="b@example.org", authority="N", home="B"),
        ),
    )  # fmt: skip
    put(year, sheet("Code;Achternaam;Email;Leerlingcodes", "o1;Hof;a@example.org;001", "o2;Bos;b@example.org;001"))
    rows = db.session.execute(
        select(Guardian.external_id, Guardian.initials, Guardian.language, Guardianship.authority,
               Guardianship.household_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id).order_by(Guardian.external_id)
    ).all()  # fmt: skip
    assert [tuple(row)[:4] for row in rows] == [("o1", "A", "tr", Authority.YES), ("o2", "B", "nl", Authority.NO)]
    assert len({row.household_id for row in rows}) == 2


def test_an_address_list_adds_nobody_to_parents_who_are_known_by_name(year):
    put(year, pupils("001;Noor;van 't;Hof;3"), guardians(guardian("001", "1", email="a@example.org")))
    counts = put(year, sheet("Leerlingnummer;E-mail ouder 1;E-mail ouder 2", "001;a@example.org;x@example.org"))
    assert counts["guardians"] == {}
    assert [one.email for one in db.session.scalars(select(Guardian))] == ["a@example.org"]


@pytest.mark.usefixtures("any_context")
def test_a_phone_across_the_border_is_kept_in_full():
    a_school(region=Region.FLANDERS)
    year = a_year(region=Region.FLANDERS)
    put(
        year, pupils("1;Lotte;;Claes;3A"),
        guardians(
            guardian("1", "1", email="a@example.org", phone="0470 00 00 01"),
            guardian("1", "2", name="B;;Bos", email="b@example.org", phone="06-00000001"),
        ),
    )  # fmt: skip
    assert sorted(one.phone for one in db.session.scalars(select(Guardian))) == ["+31600000001", "+32470000001"]
