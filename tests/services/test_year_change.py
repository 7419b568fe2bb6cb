"""A whole school goes up a year by the new year's files: people live on, and what is unclear is asked."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from scheduling.domain.import_questions import QuestionKind
from scheduling.domain.journal import SYSTEM
from scheduling.domain.year_change import LATER, LEFT
from scheduling.domain.years import Region
from scheduling.formats.process import paths_in, read_files
from scheduling.models import ClassGroup, Enrolment, Guardian, Pupil, SchoolYear, db
from scheduling.queries import imports as looking
from scheduling.samples.linde import linde
from scheduling.samples.moved_up import left_early, linde_moved_up
from scheduling.samples.writing import write_sample
from scheduling.services import import_drafts, imports, setup
from scheduling.wording.import_questions import asked

THEN = datetime(2026, 9, 1, 8, tzinfo=UTC)
NOW = datetime(2027, 8, 20, 8, tzinfo=UTC)
OLD, NEW = "2026-2027", "2027-2028"
GONE = left_early(linde(OLD)).number


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """De Linde's own files of two years that follow each other."""
    folder = tmp_path_factory.mktemp("linde")
    write_sample("linde", folder / OLD, year=OLD)
    write_sample("linde", folder / NEW, year=NEW, moved_up=True)
    return {label: read_files(paths_in([folder / label])) for label in (OLD, NEW)}


@pytest.fixture
def school(any_context, files):
    for label, now in ((OLD, THEN), (NEW, NOW)):
        setup.set_up(school="De Linde", region=Region.MIDDLE, email="kantoor@linde.example.org",
                     password="een lang wachtwoord", sector=None, year=label, now=now)  # fmt: skip
    assert imports.run(year_id=year_id(OLD), files=files[OLD], by=SYSTEM, now=THEN).saved
    return files


def year_id(label):
    return db.session.scalars(select(SchoolYear.id).where(SchoolYear.label == label)).one()


def drafted(school):
    draft_id = imports.draft(year_id=year_id(NEW), files=school[NEW], by=SYSTEM, now=NOW)
    return draft_id, looking.preview(draft_id, now=NOW)


def about(page, code):
    return [one for group in page.problems if group.code == code for one in group.problems]


def number_of(label):
    here = select(Pupil.number).join(Enrolment, Enrolment.pupil_id == Pupil.id)
    return set(db.session.scalars(here.where(Enrolment.year_id == year_id(label), Enrolment.present)))


def test_the_preview_says_who_goes_up_who_comes_and_who_is_in_no_file(school):
    _draft, page = drafted(school)
    before, after = children(linde(OLD)), children(linde_moved_up(NEW))
    turn = page.year_change
    assert turn.last_year == OLD
    assert turn.go_on == len(before.keys() & after.keys())
    assert turn.new == len(after.keys() - before.keys())
    assert turn.finished == 22, "group 8"
    assert turn.missing == 1
    assert page.counts["pupils"]["left"] == 0, "of this year nobody was here before"


def children(school):
    return {child.number: child for family in school.families for child in family.children}


def test_who_could_have_gone_up_and_is_missing_is_asked_by_name(school):
    _draft, page = drafted(school)
    question = next(one for one in page.questions if one.kind is QuestionKind.NOT_MOVED_UP)
    child = left_early(linde(OLD))
    assert asked(question).title.startswith(f"Is {child.given_name} ")
    assert question.holds == LATER


def test_who_has_left_leaves_on_the_day_before_the_new_year(school):
    draft_id, page = drafted(school)
    question = next(one for one in page.questions if one.kind is QuestionKind.NOT_MOVED_UP)
    import_drafts.answer(draft_id=draft_id, answers={question.key: LEFT}, by=SYSTEM, now=NOW)
    outcome = imports.save(draft_id=draft_id, by=SYSTEM, now=NOW)
    assert outcome.saved
    gone = db.session.scalars(select(Pupil).where(Pupil.number == GONE)).one()
    assert gone.left_on == date(2027, 7, 31)
    assert GONE in number_of(OLD), "last year stays what it was"
    assert GONE not in number_of(NEW)


def test_without_an_answer_the_pupil_waits_and_is_asked_about_again(school):
    draft_id, _page = drafted(school)
    imports.save(draft_id=draft_id, by=SYSTEM, now=NOW)
    assert db.session.scalars(select(Pupil).where(Pupil.number == GONE)).one().left_on is None
    _draft, again = drafted(school)
    assert [one.kind for one in again.questions if one.kind is QuestionKind.NOT_MOVED_UP] == [QuestionKind.NOT_MOVED_UP]
    assert again.year_change.go_on == 0


def test_who_does_a_year_again_and_who_teaches_no_more_is_said(school):
    _draft, page = drafted(school)
    assert [one.facts["count"] for one in about(page, "year_level_again")] == ["2"]
    [gone] = about(page, "leader_not_listed")
    assert gone.facts["count"] == "1"
    assert about(page, "class_without_leader") == []


def test_a_class_of_the_new_year_that_nobody_leads_is_said(school):
    only = [file for file in school[NEW] if file.layout == "pupils" and file.name == "leerlingen.csv"]
    no_leaders = [replace(file, records=tuple(map(_without_leaders, file.records)), table=None) for file in only]
    draft_id = imports.draft(year_id=year_id(NEW), files=no_leaders, by=SYSTEM, now=NOW)
    page = looking.preview(draft_id, now=NOW)
    assert "1/2a" in about(page, "class_without_leader")[0].facts["names"]


def _without_leaders(record):
    return replace(record, leaders=())


def test_people_live_on_and_classes_are_of_their_year(school):
    pupils = db.session.scalar(select(func.count()).select_from(Pupil))
    mothers = {one.external_id: one.id for one in db.session.scalars(select(Guardian))}
    draft_id, _page = drafted(school)
    imports.save(draft_id=draft_id, by=SYSTEM, now=NOW)
    new = children(linde_moved_up(NEW)).keys() - children(linde(OLD)).keys()
    assert db.session.scalar(select(func.count()).select_from(Pupil)) == pupils + len(new)
    living = {one.external_id: one.id for one in db.session.scalars(select(Guardian).where(Guardian.active))}
    assert {mothers[known] for known in mothers.keys() & living.keys()} <= set(living.values())
    classes = db.session.execute(select(ClassGroup.year_id, func.count()).group_by(ClassGroup.year_id)).all()
    assert dict(map(tuple, classes)) == {year_id(OLD): 10, year_id(NEW): 10}
    child = next(one for one in children(linde_moved_up(NEW)).values() if one.number in children(linde(OLD)))
    groups = dict(
        db.session.execute(
            select(SchoolYear.label, ClassGroup.name)
            .join(Enrolment, Enrolment.class_id == ClassGroup.id)
            .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
            .join(Pupil, Pupil.id == Enrolment.pupil_id)
            .where(Pupil.number == child.number)
        ).all()
    )
    assert groups == {OLD: children(linde(OLD))[child.number].seat.class_name, NEW: child.seat.class_name}


def test_the_preview_shows_last_years_class_beside_the_new_one(school):
    _draft, page = drafted(school)
    child = next(
        one for one in page.changed["pupils"] if any(change.field == "class_name" for change in one.differences)
    )
    change = next(one for one in child.differences if one.field == "class_name")
    assert change.old == children(linde(OLD))[child.key].seat.class_name
