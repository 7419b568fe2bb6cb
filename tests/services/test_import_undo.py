"""The last import can be taken back, to the last row, as long as nobody did anything with it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from scheduling.domain.import_undo import UNDO_LIFE, BuiltOn, BuiltOnWith, NothingToUndo
from scheduling.domain.journal import SYSTEM
from scheduling.domain.plans import ContactForm
from scheduling.formats.process import paths_in, read_files
from scheduling.formats.reading import read_file
from scheduling.models import (
    AccessLink,
    Base,
    ClassGroup,
    CommunicationPlan,
    Guardian,
    ImportUndo,
    JournalLine,
    PlanForm,
    Pupil,
    Staff,
    db,
)
from scheduling.queries import imports as looking
from scheduling.samples.writing import write_sample
from scheduling.services import import_undo, imports, links, people
from tests.builders import NOW, a_booking, a_round, a_school, a_year, some_slots
from tests.formats.files import guardian, guardians, pupils, sheet
from tests.queries.test_lessons import one_roster

LATER = NOW + timedelta(hours=1)
NOT_COMPARED = {"journal", "import_undo", "import_draft", "due_job"}
TWO = pupils("1;Noor;van 't;Hof;3", "2;Bram;van 't;Hof;4")
PARENTS = guardians(
    guardian("1", "1"), guardian("1", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B"),
    guardian("2", "1"), guardian("2", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B"),
)  # fmt: skip
STAFF = sheet("Code;Roepnaam;Achternaam;E-mail;Rol;Groepen", "anna;Anna;Bakker;anna@example.org;LRK;3")


@pytest.fixture
def year(any_context):
    a_school()
    year = a_year()
    db.session.commit()
    return year


def put(year, *files, now=NOW):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    assert imports.run(year_id=year.id, files=read, by=SYSTEM, now=now).saved
    db.session.expire_all()


def everything():
    """All rows of all tables, apart from what tells of the import itself."""
    db.session.expire_all()
    found = {
        name: sorted(map(repr, db.session.execute(text(f'SELECT * FROM "{name}"'))))
        for name in Base.metadata.tables.keys() - NOT_COMPARED
    }
    db.session.rollback()
    return found


def take_back(now=LATER):
    row = db.session.scalars(select(ImportUndo)).one()
    db.session.rollback()
    return import_undo.take_back(undo_id=row.id, by=SYSTEM, now=now)


def refused_for(now=LATER):
    with pytest.raises(BuiltOn) as refusal:
        take_back(now)
    db.session.rollback()
    return set(refusal.value.with_)


def one(model, **fields):
    return db.session.scalars(select(model).filter_by(**fields)).one()


def test_a_first_import_goes_without_a_trace(year):
    before = everything()
    put(year, TWO, PARENTS, STAFF)
    assert everything() != before
    done = take_back()
    assert everything() == before
    assert done.removed > 8
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "imports.take_back")).one()
    assert line.facts["removed"] == done.removed


def test_lesson_groups_go_back_with_who_was_in_them(year):
    put(year, *one_roster("c2 t2 teacher", "c2 p1 student", "c3 t1 teacher", "c3 p2 student"))
    before = everything()
    put(year, *one_roster("c2 t2 teacher", "c2 p2 student 2027-09-01 2028-02-01"))
    assert everything() != before
    take_back()
    assert everything() == before


def test_changes_go_back_and_who_left_is_here_again(year):
    put(year, TWO, PARENTS, STAFF)
    before = everything()
    put(
        year,
        pupils("1;Noor;van 't;Hof;4", "3;Aya;;Bakker;5b"),
        guardians(guardian("1", "1", email="new@example.org"), guardian("3", "1", email="c@example.org")),
        sheet("Code;Roepnaam;Achternaam;E-mail;Rol;Groepen", "anna;Annie;Bakker;anna@example.org;LRK;5b",
              "bob;Bob;Smit;bob@example.org;LRK;4"),
        sheet("Lokaal;Verdieping", "12;1"),
        sheet("van;tot_en_met;soort;omschrijving", "04-10-2027;05-10-2027;studiedag;studie"),
    )  # fmt: skip
    assert one(Pupil, number="2").left_on is not None
    take_back()
    assert everything() == before


@pytest.mark.parametrize("school", ["linde", "beuk"])
def test_a_sample_school_over_another_year_goes_back_whole(year, tmp_path, school):
    write_sample(school, tmp_path / "now", year="2027-2028")
    write_sample(school, tmp_path / "next", year="2028-2029")
    put_folder(year, tmp_path / "now")
    before = everything()
    put_folder(year, tmp_path / "next")
    assert everything() != before
    take_back()
    assert everything() == before


def put_folder(year, folder):
    wanted = [path for path in paths_in([folder]) if path.name.startswith(("leerlingen", "verzorgers", "relaties"))]
    assert imports.run(year_id=year.id, files=read_files(wanted), by=SYSTEM, now=NOW).saved


def test_only_the_last_import_can_be_taken_back_and_once(year):
    put(year, TWO)
    put(year, PARENTS)
    take_back()
    assert db.session.scalars(select(ImportUndo)).all() == []
    with pytest.raises(NothingToUndo):
        import_undo.take_back(undo_id=1, by=SYSTEM, now=LATER)
    assert db.session.scalars(select(Guardian)).all() == []
    assert len(db.session.scalars(select(Pupil)).all()) == 2


def test_after_two_weeks_it_stays_and_how_it_was_is_forgotten(year):
    put(year, TWO)
    assert looking.last_import(now=NOW + UNDO_LIFE) is None
    with pytest.raises(NothingToUndo):
        take_back(NOW + UNDO_LIFE)
    import_undo.forget(db.session(), NOW + UNDO_LIFE)
    assert db.session.scalars(select(ImportUndo)).all() == []


def test_the_page_tells_what_would_go_back(year):
    put(year, TWO, PARENTS)
    put(year, pupils("1;Noor;van 't;Hof;4"))
    last = looking.last_import(now=LATER)
    assert (last.new_pupils, last.left_pupils, last.file_names) == (0, 1, ("1.csv",))


def test_an_import_that_changed_nothing_leaves_nothing_to_take_back(year):
    put(year, TWO)
    put(year, TWO)
    assert looking.last_import(now=LATER) is None


def test_with_a_talk_it_stays(year):
    put(year, TWO, STAFF)
    found = a_round(classes=[one(ClassGroup, name="3")])
    a_booking(found, one(Pupil, number="1"), some_slots(found, one(Staff, code="anna"))[0])
    assert refused_for() == {BuiltOnWith.TALKS, BuiltOnWith.ROUNDS}


def test_with_a_link_it_stays(year):
    put(year, TWO, PARENTS)
    links.issue(guardian_id=one(Guardian, email="b@example.org").id, by=SYSTEM, now=LATER)
    assert refused_for() == {BuiltOnWith.LINKS, BuiltOnWith.CHANGES}
    assert len(db.session.scalars(select(AccessLink)).all()) == 1


def test_with_a_link_for_a_guardian_who_only_changed_it_stays_too(year):
    put(year, TWO, PARENTS)
    put(year, guardians(guardian("1", "1", email="new@example.org"), guardian("2", "1", email="new@example.org")))
    links.issue(guardian_id=one(Guardian, email="new@example.org").id, by=SYSTEM, now=LATER)
    assert BuiltOnWith.LINKS in refused_for()


def test_with_an_address_that_was_put_right_since_it_stays(year):
    put(year, TWO, PARENTS)
    people.change_contact(
        guardian_id=one(Guardian, email="b@example.org").id, email="c@example.org", phone="", language="nl", by=SYSTEM,
        now=LATER,
    )  # fmt: skip
    assert BuiltOnWith.CHANGES in refused_for()
    assert one(Guardian, email="c@example.org")


def test_with_an_agreement_it_stays(year):
    put(year, TWO, STAFF)
    db.session.add(
        CommunicationPlan(
            year_id=year.id, pupil_id=one(Pupil, number="1").id, agreed_on=LATER.date(), recorded_at=LATER,
            recorded_by=one(Staff, code="anna").id, forms=[PlanForm(form=ContactForm.CALL)],
        )
    )  # fmt: skip
    db.session.commit()
    assert BuiltOnWith.AGREEMENTS in refused_for()


def test_what_was_done_with_others_is_no_hindrance(year):
    put(year, TWO, PARENTS, STAFF)
    before = everything()
    put(year, pupils("1;Noor;van 't;Hof;3", "2;Bram;van 't;Hof;4", "3;Aya;;Bakker;4"),
        guardians(guardian("3", "1", name="C;;Bakker", email="c@example.org")))  # fmt: skip
    assert before != everything()
    links.issue(guardian_id=one(Guardian, email="b@example.org").id, by=SYSTEM, now=LATER)
    take_back()
    assert len(db.session.scalars(select(AccessLink)).all()) == 1
    assert everything() | {"access_link": []} == before | {"access_link": []}
