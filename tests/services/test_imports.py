"""School files become people: on both databases, all of it or nothing, twice is once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from scheduling.domain.import_changes import DraftGone, PreviewOutdated
from scheduling.domain.imports import Severity
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.people import Authority, StaffRole
from scheduling.domain.years import DayKind
from scheduling.formats.process import paths_in, read_files
from scheduling.formats.reading import read_file
from scheduling.models import (
    ClassGroup,
    ContactCorrection,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    ImportDraft,
    JournalLine,
    Outbox,
    Pupil,
    Room,
    SchoolDay,
    Staff,
    db,
)
from scheduling.queries import imports as looking
from scheduling.samples.writing import write_sample
from scheduling.services import imports
from scheduling.wording.imports import outcome_document
from tests.builders import NOW, a_school, a_year, an_office_worker
from tests.formats.files import guardian, guardians, pupils, sheet

NEW, CHANGED, UNCHANGED, LEFT = "new", "changed", "unchanged", "left"
TWO = pupils("1;Noor;van 't;Hof;3", "2;Bram;van 't;Hof;4")
PARENTS = guardians(
    guardian("1", "1"), guardian("1", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B"),
    guardian("2", "1"), guardian("2", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B"),
)  # fmt: skip


@pytest.fixture
def year(any_context):
    a_school()
    return a_year()


def put(year, *files, now=NOW, dry_run=False):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    outcome = imports.run(year_id=year.id, files=read, by=SYSTEM, now=now, dry_run=dry_run)
    db.session.expire_all()
    return outcome


def counts(outcome, kind):
    return {status: count for status, count in outcome.counts[kind].items() if count}


def codes(outcome):
    return [problem.code for problem in outcome.problems]


def one(model, **fields):
    return db.session.scalars(select(model).filter_by(**fields)).one()


def how_many(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_a_first_import_makes_everybody_new(year):
    outcome = put(year, TWO, PARENTS)
    assert outcome.saved
    assert {kind: counts(outcome, kind) for kind in outcome.counts} == {
        "pupils": {NEW: 2}, "guardians": {NEW: 2}, "households": {NEW: 2}, "staff": {}, "classes": {NEW: 2},
    }  # fmt: skip
    noor = one(Pupil, number="1")
    assert (noor.name.full, noor.left_on) == ("Noor van 't Hof", None)
    assert one(Enrolment, pupil_id=noor.id).class_group.name == "3"
    assert how_many(Guardianship) == 4


def test_the_same_files_twice_change_nothing(year):
    put(year, TWO, PARENTS)
    outcome = put(year, TWO, PARENTS)
    assert {kind: counts(outcome, kind) for kind in outcome.counts} == {
        "pupils": {UNCHANGED: 2}, "guardians": {UNCHANGED: 2}, "households": {UNCHANGED: 2}, "staff": {},
        "classes": {UNCHANGED: 2},
    }  # fmt: skip


def test_an_error_anywhere_saves_nothing(year):
    outcome = put(year, TWO, guardians(guardian("1"), guardian("", "2")))
    assert not outcome.saved
    assert how_many(Pupil) == how_many(Guardian) == how_many(ClassGroup) == 0
    assert [problem.severity for problem in outcome.problems] == [Severity.ERROR]


def test_a_dry_run_counts_and_saves_nothing(year):
    outcome = put(year, TWO, dry_run=True)
    assert (outcome.saved, counts(outcome, "pupils")) == (False, {NEW: 2})
    assert how_many(Pupil) == 0


def test_the_outcome_as_a_document_has_the_promised_shape(year):
    document = outcome_document(put(year, TWO, guardians(guardian("1", email=""))))
    assert set(document) == {"counts", "problems", "saved"}
    assert document["counts"]["pupils"] == {"new": 2, "changed": 0, "unchanged": 0, "left": 0}
    assert document["problems"] == [
        {
            "file": "2.csv", "row": 2, "column": "E-mailadres", "code": "email_missing", "severity": "warning",
            "message": "Er is geen e-mailadres. Deze ouder krijgt de brief op papier.",
        }
    ]  # fmt: skip


def test_guardians_may_come_in_the_same_import_before_or_after_the_pupils_or_later(year):
    first = put(year, PARENTS)
    assert counts(first, "guardians") == {}
    assert codes(first) == ["unknown_pupil", "unknown_pupil"]
    put(year, TWO)
    assert counts(put(year, PARENTS), "guardians") == {NEW: 2}
    assert counts(put(year, PARENTS, TWO), "guardians") == {UNCHANGED: 2}


def test_a_pupil_who_is_no_longer_in_the_file_has_left(year):
    put(year, TWO, PARENTS)
    outcome = put(year, pupils("1;Noor;van 't;Hof;3"))
    assert counts(outcome, "pupils") == {UNCHANGED: 1, LEFT: 1}
    bram = one(Pupil, number="2")
    assert bram.left_on == date(2027, 8, 20)
    assert not one(Enrolment, pupil_id=bram.id).present
    assert counts(put(year, pupils("1;Noor;van 't;Hof;3")), "pupils") == {UNCHANGED: 1}
    assert counts(put(year, TWO), "pupils") == {UNCHANGED: 1, CHANGED: 1}
    assert one(Enrolment, pupil_id=bram.id).present


def test_a_pupil_with_a_leaving_date_leaves_once_and_one_who_never_came_does_not_count(year):
    put(year, TWO)
    header = "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep;Datum uitschrijving"
    later = sheet(header, "1;Noor;van 't;Hof;3;", "2;Bram;van 't;Hof;4;31-07-2027", "3;Tess;;Vos;4;31-07-2027")
    assert counts(put(year, later), "pupils") == {UNCHANGED: 1, LEFT: 1}
    assert one(Pupil, number="2").left_on == date(2027, 7, 31)
    assert counts(put(year, later), "pupils") == {UNCHANGED: 1}
    assert how_many(Pupil) == 2


def test_a_spreadsheet_that_ate_the_zeros_of_the_numbers_is_told(year):
    put(year, pupils("001;Noor;;Hof;3"))
    assert codes(put(year, pupils("1;Noor;;Hof;3"), dry_run=True)) == ["number_looks_alike"]


def test_guardians_alone_make_no_pupil_leave(year):
    put(year, TWO, PARENTS)
    assert counts(put(year, PARENTS), "pupils") == {}


def test_a_file_that_lacks_much_of_the_school_is_told(year):
    put(year, pupils(*[f"{n};Kind;;Voorbeeld{n};3" for n in range(40)]))
    outcome = put(year, pupils("1;Kind;;Voorbeeld1;3"))
    assert counts(outcome, "pupils") == {UNCHANGED: 1, LEFT: 39}
    assert codes(outcome) == ["many_left"]


def test_a_pupil_who_changes_class_is_changed(year):
    put(year, TWO)
    outcome = put(year, pupils("1;Noor;van 't;Hof;4", "2;Bram;van 't;Hof;4"))
    assert counts(outcome, "pupils") == {CHANGED: 1, UNCHANGED: 1}
    assert one(Enrolment, pupil_id=one(Pupil, number="1").id).class_group.name == "4"


def test_a_next_year_gives_the_same_pupil_another_class(year):
    put(year, TWO, PARENTS)
    following = a_year("2028-2029")
    outcome = put(following, pupils("1;Noor;van 't;Hof;4"))
    assert counts(outcome, "pupils") == {CHANGED: 1}
    assert how_many(Pupil) == 2
    assert how_many(Enrolment) == 3


def test_a_new_address_of_the_same_parent_is_a_change_of_one_guardian(year):
    put(year, TWO, PARENTS)
    moved = PARENTS.replace(b"a@example.org", b"new@example.org")
    outcome = put(year, moved)
    assert counts(outcome, "guardians") == {CHANGED: 1, UNCHANGED: 1}
    assert counts(outcome, "households") == {UNCHANGED: 2}
    assert (how_many(Guardian), how_many(Household)) == (2, 2)
    assert one(Guardian, email="new@example.org").external_id == "new@example.org moeder a hof"
    assert counts(put(year, moved), "guardians") == {UNCHANGED: 2}


def test_an_address_that_breaks_takes_the_guardian_off_the_mail(year):
    put(year, TWO, PARENTS)
    outcome = put(year, PARENTS.replace(b"a@example.org", b"jan@@example"))
    assert counts(outcome, "guardians") == {CHANGED: 1, UNCHANGED: 1}
    assert how_many(Guardian) == 2
    assert one(Guardian, surname="Hof").email == ""


def test_guardians_without_mail_who_change_places_in_the_file_stay_who_they_are(year):
    mother = guardian("1", "1", email="")
    put(year, TWO, guardians(mother))
    known = one(Guardian).id
    swapped = guardians(guardian("1", "1", relation="vader", name="B;;Bos", email=""), guardian("1", "2", email=""))
    outcome = put(year, swapped)
    assert counts(outcome, "guardians") == {CHANGED: 1, NEW: 1}
    assert (one(Guardian, id=known).surname, one(Guardian, id=known).external_id) == ("Hof", "1-2")
    assert one(Guardian, external_id="1-1").surname == "Bos"


def test_a_guardian_without_mail_whose_name_is_corrected_stays_one_person(year):
    put(year, TWO, guardians(guardian("1", "1", email="")))
    outcome = put(year, guardians(guardian("1", "1", name="A;;Hoff", email="")))
    assert counts(outcome, "guardians") == {CHANGED: 1}


def test_a_guardian_who_is_no_longer_listed_with_a_pupil_is_no_guardian_any_more(year):
    put(year, TWO, PARENTS)
    outcome = put(year, guardians(guardian("1"), guardian("2")))
    assert counts(outcome, "guardians") == {UNCHANGED: 1, LEFT: 1}
    assert counts(outcome, "households") == {UNCHANGED: 1, LEFT: 1}
    assert not one(Guardian, surname="Bos").active
    assert how_many(Guardianship) == 2
    assert counts(put(year, PARENTS), "guardians") == {UNCHANGED: 1, CHANGED: 1}
    assert one(Guardian, surname="Bos").active
    assert how_many(Household) == 2


def test_the_guardians_of_pupils_who_are_not_in_the_file_stay(year):
    put(year, TWO, PARENTS)
    outcome = put(year, guardians(guardian("1")))
    assert counts(outcome, "guardians") == {UNCHANGED: 1}
    assert how_many(Guardianship) == 3


def test_parents_who_part_get_two_homes_and_the_old_home_lives_on_as_one_of_them(year):
    together = guardians(guardian("1"), guardian("1", "2", relation="vader", name="B;;Bos", email="b@example.org"))
    put(year, TWO, together)
    home = one(Household).id
    apart = guardians(
        guardian("1"), guardian("1", "2", relation="vader", name="B;;Bos", email="b@example.org", home="B")
    )
    outcome = put(year, apart)
    assert counts(outcome, "households") == {CHANGED: 1, NEW: 1}
    assert home in set(db.session.scalars(select(Guardianship.household_id)))
    assert counts(put(year, apart), "households") == {UNCHANGED: 2}


def test_somebody_who_died_gets_no_letter_again(year):
    put(year, TWO, PARENTS)
    told = PARENTS.replace(b";vader;", b";vader (overleden);")
    outcome = put(year, told)
    assert counts(outcome, "guardians") == {UNCHANGED: 1, LEFT: 1}
    assert not one(Guardian, surname="Bos").active


def test_authority_secret_address_interpreter_and_language_are_kept(year):
    put(year, TWO, guardians(
        guardian("1", authority="N", phone="+31 00 000 00 01", hidden="J", language="Turks", interpreter="J"),
        guardian("2", authority="V"),
    ))  # fmt: skip
    mother = one(Guardian)
    assert (mother.phone, mother.email, mother.secret_address, mother.language) == ("", "a@example.org", True, "tr")
    relations = {row.pupil.number: row for row in db.session.scalars(select(Guardianship))}
    assert relations["1"].authority is Authority.NO
    assert relations["2"].authority is Authority.LEGAL_GUARDIAN
    assert relations["1"].interpreter == "Turks"


def test_a_change_of_authority_is_a_change_of_the_guardian(year):
    put(year, TWO, PARENTS)
    outcome = put(year, PARENTS.replace(b"b@example.org;;J", b"b@example.org;;N"))
    assert counts(outcome, "guardians") == {UNCHANGED: 1, CHANGED: 1}
    assert set(db.session.scalars(select(Guardianship.authority))) == {Authority.YES, Authority.NO}


def test_a_correction_the_office_approved_is_not_undone_by_an_old_file(year):
    put(year, TWO, PARENTS)
    mother = one(Guardian, email="a@example.org")
    mother.email = "better@example.org"
    db.session.add(ContactCorrection(
        guardian_id=mother.id, field="email", old_value="a@example.org", new_value="better@example.org",
        proposed_at=NOW, decided_at=NOW, accepted=True,
    ))  # fmt: skip
    db.session.commit()
    assert counts(put(year, PARENTS), "guardians") == {UNCHANGED: 2}
    assert one(Guardian, id=mother.id).email == "better@example.org"


def test_a_correction_of_a_grown_pupil_is_not_undone_by_an_old_file(year):
    known = sheet("Leerlingnummer;Roepnaam;Achternaam;Groep;Geboortedatum;E-mail", "1;Sam;Bos;6A;2008-01-01;{}")
    put(year, known.replace(b"{}", b"old@example.org"))
    pupil = one(Pupil)
    pupil.email = "better@example.org"
    asked = ContactCorrection(
        field="email", old_value="old@example.org", new_value="better@example.org", proposed_at=NOW, decided_at=NOW,
        accepted=True,
    )  # fmt: skip
    asked.person = pupil
    db.session.add(asked)
    db.session.commit()
    assert counts(put(year, known.replace(b"{}", b"old@example.org")), "pupils") == {UNCHANGED: 1}
    assert counts(put(year, known.replace(b"{}", b"newer@example.org")), "pupils") == {CHANGED: 1}
    assert one(Pupil).email == "newer@example.org"


STAFF = "Code;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Rol;Groepen;Werkdagen"


def test_staff_lead_their_classes_in_the_order_of_the_list(year):
    staff = sheet(STAFF, "AA;Anna;de;Wit;aa@example.net;LRK;3;ma,di", "BB;Bo;;Vos;;LRK;3,4;", "DI;Dirk;;Bos;;DIR;;")
    outcome = put(year, TWO, staff)
    assert counts(outcome, "staff") == {NEW: 3}
    leaders = {group.name: [leader.staff.code for leader in group.leaders]
               for group in db.session.scalars(select(ClassGroup))}  # fmt: skip
    assert leaders == {"3": ["AA", "BB"], "4": ["BB"]}
    assert one(Staff, code="AA").workdays == "12"
    assert {role.role for role in one(Staff, code="DI").roles} == {StaffRole.DIRECTOR}
    assert counts(put(year, staff, TWO), "staff") == {UNCHANGED: 3}
    assert counts(put(year, TWO), "classes") == {UNCHANGED: 2}


def test_the_office_account_stays_what_it_is_when_the_file_names_it_otherwise(year):
    keeper = an_office_worker("kantoor")
    outcome = put(year, sheet(STAFF, f"ADM1;Anna;;Wit;{keeper.email};LRK;;"))
    assert counts(outcome, "staff") == {CHANGED: 1}
    kept = one(Staff, id=keeper.id)
    assert kept.code == "ADM1"
    assert {role.role for role in kept.roles} == {StaffRole.OFFICE, StaffRole.LEADER}


def test_two_colleagues_never_share_an_address(year):
    outcome = put(year, sheet(STAFF, "AA;Anna;;Wit;a@example.net;LRK;;", "BB;Bo;;Vos;A@example.net;LRK;;"))
    assert codes(outcome) == ["staff_email_taken"]
    assert one(Staff, code="BB").email == ""


def test_a_class_may_name_its_leader_by_code_or_by_full_name_and_an_unknown_one_is_told(year):
    staff = sheet(STAFF, "AA;Anna;de;Wit;;LRK;;")
    named = pupils("1;Noor;;Hof;3").replace(b";Groep", b";Groep;Leerkracht").replace(b";3\r", b";3;Anna de Wit\r")
    put(year, staff, named)
    assert [leader.staff.code for leader in one(ClassGroup, name="3").leaders] == ["AA"]
    classes = sheet("Klas;Mentor 1", "4;ZZ")
    assert codes(put(year, classes)) == ["unknown_staff"]


def test_a_parent_who_teaches_here_is_known_as_a_colleague(year):
    put(year, sheet(STAFF, "AA;Anna;;Hof;A@example.org;LRK;4;"), TWO, PARENTS)
    assert one(Guardian, email="a@example.org").staff_id == one(Staff, code="AA").id
    assert one(Guardian, email="b@example.org").staff_id is None


def test_classes_get_their_location_and_room_from_the_class_list(year):
    put(year, TWO)
    outcome = put(year, sheet("Klas;Niveau;Leerjaar;Vestiging;Mentor 1;Mentor 2;Lokaal", "3;po;3;00;;;L3"))
    assert counts(outcome, "classes") == {CHANGED: 1}
    three = one(ClassGroup, name="3")
    assert (three.location, three.room) == ("00", "L3")
    assert counts(put(year, TWO), "classes") == {UNCHANGED: 2}


def test_rooms_and_the_schools_own_calendar_are_kept(year):
    rooms = sheet("Lokaal;Vestiging;Verdieping;Gebouw", "L3;;begane grond;hoofd")
    days = sheet("van;tot_en_met;soort;omschrijving", "24-09-2027;;studiedag;team", "24-09-2030;;studiedag;ooit")
    for _ in range(2):
        outcome = put(year, rooms, days)
        assert codes(outcome) == ["day_outside_year"]
    assert one(Room).floor == "begane grond"
    study_day = one(SchoolDay, kind=DayKind.CLOSED_DAY)
    assert (study_day.label, study_day.own) == ("team", True)


def test_times_for_a_round_are_left_aside_with_a_word(year):
    outcome = put(year, TWO, sheet("Code;Datum;Van;Tot;Lokaal", "AA;30-08-2027;15:00;17:00;L3"))
    assert outcome.saved
    assert codes(outcome) == ["belongs_to_round"]
    draft = a_draft(year, sheet("Code;Datum;Van;Tot;Lokaal", "AA;30-08-2027;15:00;17:00;L3"))
    assert [group.code for group in looking.preview(draft, now=NOW).problems] == ["belongs_to_round"]


def test_an_import_sends_no_letters_and_is_written_in_the_journal_without_names(year):
    put(year, TWO, PARENTS)
    assert how_many(Outbox) == 0
    line = one(JournalLine, action="imports.save")
    assert line.facts["pupils"] == {"new": 2}
    assert "Noor" not in repr(line.facts)
    assert "example.org" not in repr(line.facts)


def office():
    return Actor(ActorKind.STAFF, an_office_worker().id)


def test_a_guardian_is_found_as_the_school_knows_this_person(year):
    coded = (
        guardians(guardian("1", "1", email=""))
        .replace(b"Leerlingnummer;", b"Code;Leerlingnummer;")
        .replace(b"\r\n1;1", b"\r\nO-12;1;1")
    )
    shared = guardians(
        guardian("2", "1", email="gezin@example.org"),
        guardian("2", "2", relation="vader", name="B;van der;Bos", email="gezin@example.org"),
    )
    put(year, TWO, coded, shared)
    coded_one, father = one(Guardian, external_id="O-12").id, one(Guardian, surname="Bos").id
    assert looking.find_guardian("O-12") == looking.find_guardian("1-1") == coded_one
    for typed in ("gezin@example.org vader b van der bos", "GEZIN@example.org|vader|B van der Bos", "2/2", "2 2"):
        assert looking.find_guardian(typed) == father
    for nobody in ("gezin@example.org", "2-3", "9-1", "zomaar", "x@example.org"):
        assert looking.find_guardian(nobody) is None


def a_draft(year, *files, by=None):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    return imports.draft(year_id=year.id, files=read, by=by or office(), now=NOW)


def test_a_draft_shows_what_is_new_changed_and_gone_before_anything_is_saved(year):
    put(year, TWO, PARENTS)
    draft = a_draft(year, pupils("1;Nora;van 't;Hof;4", "3;Tess;;Vos;3"), guardians(guardian("3", email="x")))
    shown = looking.preview(draft, now=NOW)
    assert [change.label for change in shown.new["pupils"]] == ["Tess Vos"]
    changes = [(d.field, d.old, d.new) for d in shown.changed["pupils"][0].differences]
    assert changes == [("given_name", "Noor", "Nora"), ("class_name", "3", "4")]
    assert [change.label for change in shown.left["pupils"]] == ["Bram van 't Hof"]
    assert [(group.code, len(group.problems)) for group in shown.problems] == [("email_broken", 1)]
    assert shown.may_save
    assert how_many(Pupil) == 2
    assert [line.id for line in looking.waiting_drafts(now=NOW)] == [draft]


def test_a_saved_draft_does_what_it_showed_and_is_gone(year):
    by = office()
    draft = a_draft(year, TWO, by=by)
    outcome = imports.save(draft_id=draft, by=by, now=NOW)
    assert outcome.saved
    assert how_many(Pupil) == 2
    assert db.session.get(ImportDraft, draft).records == {"files": []}
    with pytest.raises(DraftGone):
        imports.save(draft_id=draft, by=by, now=NOW)
    with pytest.raises(DraftGone):
        looking.preview(draft, now=NOW)


def test_a_draft_over_people_who_have_changed_since_is_shown_again_first(year):
    by = office()
    draft = a_draft(year, TWO, by=by)
    put(year, pupils("9;Tess;;Vos;3"))
    with pytest.raises(PreviewOutdated):
        imports.save(draft_id=draft, by=by, now=NOW)
    assert how_many(Pupil) == 1
    imports.renew(draft_id=draft, by=by, now=NOW)
    assert imports.save(draft_id=draft, by=by, now=NOW).counts["pupils"]["left"] == 1


def test_a_draft_with_an_error_is_shown_and_never_saved(year):
    by = office()
    draft = a_draft(year, pupils("1;;;Hof;3"), by=by)
    shown = looking.preview(draft, now=NOW)
    assert not shown.may_save
    assert shown.problems[0].severity is Severity.ERROR
    assert not imports.save(draft_id=draft, by=by, now=NOW).saved
    assert how_many(Pupil) == 0


def test_a_draft_is_forgotten_after_a_day_or_when_the_office_drops_it(year):
    by = office()
    kept, dropped = a_draft(year, TWO, by=by), a_draft(year, TWO, by=by)
    imports.drop(draft_id=dropped, by=by, now=NOW)
    imports.drop(draft_id=dropped, by=by, now=NOW)
    assert imports.forget_drafts(now=NOW + timedelta(hours=23)) == 0
    with pytest.raises(DraftGone):
        looking.preview(kept, now=NOW + timedelta(hours=24))
    assert imports.forget_drafts(now=NOW + timedelta(hours=24)) == 1
    assert how_many(ImportDraft) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "pupils_", "people"), [("linde", 240, 262), ("vlier", 1200, 1597)])
def test_a_sample_school_is_saved_with_as_few_statements_as_a_small_one(name, pupils_, people, year, tmp_path):
    write_sample(name, tmp_path / "school", year="2027-2028")
    files = read_files(paths_in([tmp_path / "school"]))
    statements = []
    listen = lambda conn, cursor, statement, *rest: statements.append(statement)  # noqa: E731 - an event handler
    event.listen(db.engine, "before_cursor_execute", listen)
    outcome = imports.run(year_id=year.id, files=files, by=SYSTEM, now=NOW)
    event.remove(db.engine, "before_cursor_execute", listen)
    assert outcome.saved
    assert counts(outcome, "pupils") == {NEW: pupils_}
    assert counts(outcome, "guardians") == {NEW: people}
    assert len(statements) < 160  # what stood there first is read too, and what changed
    again = imports.run(year_id=year.id, files=files, by=SYSTEM, now=NOW)
    assert all(set(counts(again, kind)) == {UNCHANGED} for kind in again.counts)


def test_edexml_first_and_the_guardians_later_make_the_same_school(year, tmp_path):
    write_sample("linde", tmp_path, year="2027-2028")
    put_paths = lambda *names: imports.run(  # noqa: E731 - said once, used thrice
        year_id=year.id, files=read_files([tmp_path / name for name in names]), by=SYSTEM, now=NOW
    )
    assert counts(put_paths("edex.xml"), "pupils") == {NEW: 240}
    assert counts(put_paths("verzorgers.csv"), "guardians") == {NEW: 262}
    assert counts(put_paths("edex.xml"), "pupils") == {UNCHANGED: 240}
