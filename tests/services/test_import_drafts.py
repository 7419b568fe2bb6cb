"""A draft is mended, answered and explained, on both databases; what holds for the next import holds everywhere."""

import pytest
from sqlalchemy import select

from scheduling.domain.columns import ColumnsMissing, ColumnTwice, NoSuchFile, NoSuchList
from scheduling.domain.import_changes import DraftGone
from scheduling.domain.import_questions import NoSuchChoice
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.formats.reading import read_file
from scheduling.models import ColumnMapping, Guardian, Guardianship, ImportAnswer, JournalLine, Pupil, db
from scheduling.queries import imports as looking
from scheduling.services import import_drafts as mending
from scheduling.services import imports
from tests.builders import NOW, a_school, a_year, an_office_worker
from tests.formats.files import guardian, guardians, pupils, sheet

TWO = pupils("01;Noor;van 't;Hof;3", "02;Bram;van 't;Hof;4")
OWN = sheet("Lln;Kind;Familie;Groep nu", "01;Noor;Hof;3", "02;Bram;Hof;4")
SHARED = guardians(
    guardian("01", "1", name="L;;Hof", email="gezin@example.org", home="A"),
    guardian("01", "2", relation="vader", name="B;;Bos", email="gezin@example.org", home="B"),
)
FIELDS = {0: "number", 1: "given_name", 2: "surname", 3: "class_name"}


@pytest.fixture
def year(any_context):
    a_school()
    return a_year()


@pytest.fixture
def by(year):
    return Actor(ActorKind.STAFF, an_office_worker().id)


def read(*files):
    return [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]


def put(year, *files):
    outcome = imports.run(year_id=year.id, files=read(*files), by=SYSTEM, now=NOW)
    db.session.expire_all()
    return outcome


def draft_of(year, by, *files):
    return imports.draft(year_id=year.id, files=read(*files), by=by, now=NOW)


def question(draft, number=0):
    return looking.preview(draft, now=NOW).questions[number]


def emails():
    return {guardian.surname: guardian.email for guardian in db.session.scalars(select(Guardian))}


def counts(outcome, kind):
    return {status: count for status, count in outcome.counts[kind].items() if count}


def test_a_row_is_mended_and_the_journal_says_so_without_what_was_typed(year, by):
    draft = draft_of(year, by, pupils("01;;;Hof;3"))
    mending.mend_row(draft_id=draft, file=0, row=2, cells={1: "Noor", 99: "x"}, by=by, now=NOW)
    assert imports.save(draft_id=draft, by=by, now=NOW).saved
    lines = {line.action: line.facts for line in db.session.scalars(select(JournalLine))}
    assert lines["imports.mend_row"] == {"file": 0}
    assert lines["imports.save"]["rows_mended"] == 1
    assert "Noor" not in str(lines)


def test_leaving_out_a_row_takes_nobody_away(year, by):
    put(year, TWO, guardians(guardian("01"), guardian("02", email="b@example.org")))
    files = (
        pupils("01;Noor;van 't;Hof;3", "02;;van 't;Hof;4"),
        guardians(guardian("01", home="C"), guardian("02", email="b@example.org")),
    )
    draft = draft_of(year, by, *files)
    mending.leave_out_row(draft_id=draft, file=0, row=3, by=by, now=NOW)
    mending.leave_out_row(draft_id=draft, file=1, row=2, by=by, now=NOW)
    outcome = imports.save(draft_id=draft, by=by, now=NOW)
    assert outcome.saved
    assert (counts(outcome, "pupils"), counts(outcome, "guardians")) == ({"unchanged": 1}, {"unchanged": 1})
    assert db.session.scalars(select(Pupil.left_on)).all() == [None, None]
    assert len(db.session.scalars(select(Guardianship)).all()) == 2


def test_what_is_not_there_cannot_be_mended(year, by):
    draft = draft_of(year, by, TWO, OWN, b"<EDEX></EDEX>")
    for file, row in ((0, 9), (1, 2), (2, 1), (3, 2)):
        with pytest.raises(NoSuchFile):
            mending.mend_row(draft_id=draft, file=file, row=row, cells={}, by=by, now=NOW)
    with pytest.raises(DraftGone):
        mending.restore_row(draft_id=draft + 1, file=0, row=2, by=by, now=NOW)


def test_an_answer_about_people_holds_for_the_next_import_and_for_commands(year, by):
    draft = draft_of(year, by, TWO, SHARED)
    asked = question(draft)
    value = next(one.value for one in asked.choices if "Bos" in one.facts.get("names", ""))
    with pytest.raises(NoSuchChoice):
        mending.answer(draft_id=draft, answers={asked.key: "nobody"}, by=by, now=NOW)
    mending.answer(draft_id=draft, answers={asked.key: value, "of another day": "x"}, by=by, now=NOW)
    assert question(draft).answer == value
    assert db.session.scalars(select(ImportAnswer)).all() == []
    imports.save(draft_id=draft, by=by, now=NOW)
    assert emails() == {"Hof": "", "Bos": "gezin@example.org"}
    again = put(year, TWO, SHARED)
    assert counts(again, "guardians") == {"unchanged": 2}
    assert "mailbox_in_two_households" not in {one.code for one in again.problems}
    assert emails() == {"Hof": "", "Bos": "gezin@example.org"}


def test_without_an_answer_a_command_warns_and_does_as_it_always_did(year):
    outcome = put(year, TWO, SHARED)
    assert "mailbox_in_two_households" in {one.code for one in outcome.problems}
    assert set(emails().values()) == {"gezin@example.org"}


def test_dropped_zeros_are_the_same_pupils_from_the_first_answer_on(year, by):
    put(year, TWO)
    bare = pupils("1;Noor;van 't;Hof;3", "2;Bram;van 't;Hof;4")
    draft = draft_of(year, by, bare)
    mending.answer(draft_id=draft, answers={question(draft).key: "same"}, by=by, now=NOW)
    assert counts(imports.save(draft_id=draft, by=by, now=NOW), "pupils") == {"unchanged": 2}
    assert counts(put(year, bare), "pupils") == {"unchanged": 2}


def test_a_list_that_was_explained_is_known_in_the_same_draft_and_by_commands(year, by):
    assert not put(year, OWN).saved
    draft = draft_of(year, by, OWN, OWN)
    mending.name_columns(draft_id=draft, file=0, layout="pupils", fields=FIELDS, by=by, now=NOW)
    assert [file.layout for file in looking.preview(draft, now=NOW).files] == ["pupils", "pupils"]
    outcome = put(year, OWN)
    assert outcome.saved
    assert counts(outcome, "pupils") == {"new": 2}
    mapping = db.session.scalars(select(ColumnMapping)).one()
    assert mapping.columns == {"number": 0, "given_name": 1, "surname": 2, "class_name": 3}
    mending.forget_columns(mapping_id=mapping.id, by=by, now=NOW)
    mending.forget_columns(mapping_id=mapping.id, by=by, now=NOW)
    assert not put(year, OWN).saved


def test_explaining_a_list_again_replaces_the_first_explanation(year, by):
    for layout, fields in (("pupils", FIELDS), ("pupils_by_name", {1: "given_name", 2: "surname", 3: "class_name"})):
        draft = draft_of(year, by, OWN)
        for mapping in db.session.scalars(select(ColumnMapping)).all():
            mending.forget_columns(mapping_id=mapping.id, by=by, now=NOW)
            draft = draft_of(year, by, OWN)
        mending.name_columns(draft_id=draft, file=0, layout=layout, fields=fields, by=by, now=NOW)
    assert db.session.scalars(select(ColumnMapping.layout)).all() == ["pupils_by_name"]


@pytest.mark.parametrize(
    ("layout", "fields", "refusal"),
    [
        ("pupils", {0: "number"}, ColumnsMissing),
        ("pupils", {0: "number", 1: "number"}, ColumnTwice),
        ("pupils", {0: "roles"}, NoSuchList),
        ("pupils", {7: "number"}, NoSuchList),
        ("edexml", FIELDS, NoSuchList),
    ],
)
def test_columns_that_cannot_be_are_refused(layout, fields, refusal, year, by):
    draft = draft_of(year, by, OWN)
    with pytest.raises(refusal):
        mending.name_columns(draft_id=draft, file=0, layout=layout, fields=fields, by=by, now=NOW)
    assert db.session.scalars(select(ColumnMapping)).all() == []
