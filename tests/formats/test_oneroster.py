"""OneRoster: sheets that refer to each other become the school's people, in any order of the sheets."""

import itertools
from datetime import date

import pytest

from scheduling.domain.imports import ClassRecord, LessonRecord, PupilRecord, Seat, Severity, StaffRecord, combine
from scheduling.domain.people import Authority, StaffRole
from scheduling.formats.archives import read_all
from scheduling.formats.reading import read_file
from tests.formats.files import archive, sheet

ON = date(2027, 9, 1)

USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,resourceSourcedIds,preferredGivenName,"
    "preferredMiddleName,preferredFamilyName,primaryOrgSourcedId,pronouns"
)
OLDER_USERS = (
    "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
    "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password"
)
ROLES = (
    "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,userProfileSourcedId"
)
CLASSES = (
    "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,"
    "termSourcedIds,subjects,subjectCodes,periods"
)
ENROLLMENTS = (
    "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate"
)
ORGS = "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId"
SESSIONS = "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear"
DEMOGRAPHICS = "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative"


def user(id_, given, family="", middle="", *, number="", email="", agents="", status="active", preferred=""):
    return (
        f'{id_},{status},,true,{id_},,{given},{family},{middle},{number},{email},,,"{agents}",05,,,,{preferred},,,org1,'
    )


def role(user_id, name, status="active"):
    return f"role-{user_id}-{name},{status},,{user_id},primary,{name},,,org1,"


def group(id_, title, kind="homeroom", org="org1", term="", status="active", course="", subjects=""):
    return f'{id_},{status},,{title},05,{course},{title},{kind},B12,{org},{term},"{subjects}",,'


def seat(class_id, user_id, name="student", primary="", begins="", ends="", status="active"):
    return f"e-{class_id}-{user_id}-{begins},{status},,{class_id},org1,{user_id},{name},{primary},{begins},{ends}"


SCHOOL = {
    "users.csv": (
        USERS,
        user("p1", "Noor", "Hof", "van 't", number="001", agents="g1,g2"),
        user("p2", "Bram", "van der Meer", number="002"),
        user("g1", "Anna", "Hof", "van 't", email="a.hof@example.org"),
        user("g2", "B.", "Visser", "Maria", email="b.visser@example.org"),
        user("g3", "Cor", "Meer", "van der", email="c.meer@example.org", agents="p2"),
        user("t1", "Wit", "Wit", "de", number="WIT", email="wit@example.org"),
        user("t2", "Vos", "Vos", number="VOS"),
    ),
    "roles.csv": (
        ROLES, role("p1", "student"), role("p2", "student"), role("g1", "parent"), role("g2", "guardian"),
        role("g3", "relative"), role("t1", "teacher"), role("t2", "teacher"), role("t2", "principal"),
    ),
    "classes.csv": (CLASSES, group("c1", "5a"), group("c2", "Rekenen", "scheduled")),
    "enrollments.csv": (
        ENROLLMENTS, seat("c1", "p1"), seat("c1", "p2"), seat("c2", "p1"), seat("c1", "t2", "teacher", "false"),
        seat("c1", "t1", "teacher", "true"), seat("c2", "t2", "teacher", "true"),
    ),
    "orgs.csv": (ORGS, "org1,active,,De Linde,school,99AA,"),
    "manifest.csv": ("propertyName,value", "oneroster.version,1.2"),
}  # fmt: skip


USERS_OF_SCHOOL = SCHOOL["users.csv"]


def read(sheets):
    return [read_file(name, sheet(*lines)) for name, lines in sheets.items()]


def changed(**sheets):
    """The school with other lines in a sheet, or (None) without it."""
    changes = {f"{name}.csv": lines for name, lines in sheets.items()}
    return {name: lines for name, lines in {**SCHOOL, **changes}.items() if lines is not None}


def codes(image):
    return sorted({problem.code for problem in image.problems})


def test_sheets_become_pupils_guardians_colleagues_and_classes():
    image = combine(read(SCHOOL), on=ON)
    assert image.pupils == (
        PupilRecord("001", "Noor", "5a", "van 't", "Hof", year_level="5"),
        PupilRecord("002", "Bram", "5a", "van der", "Meer", year_level="5"),
    )
    assert image.staff == (
        StaffRecord("WIT", "Wit", "de", "Wit", "wit@example.org", (StaffRole.LEADER,), ("5a",)),
        StaffRecord("VOS", "Vos", "", "Vos", "", (StaffRole.LEADER, StaffRole.DIRECTOR), ("5a",)),
    )
    assert image.classes == (ClassRecord("5a", year_level="5", leaders=("WIT", "VOS"), room="B12"),)
    assert codes(image) == ["authority_not_said", "contact_without_consent"]


def test_guardians_stand_beside_the_child_they_answer_for_whichever_row_says_so():
    image = combine(read(SCHOOL), on=ON)
    told = {
        (one.pupil_number, one.guardian, one.record.relation, one.record.position, one.record.authority)
        for one in image.relations
    }
    assert told == {
        ("001", "g1", "ouder", 1, Authority.UNKNOWN),
        ("001", "g2", "verzorger", 2, Authority.UNKNOWN),
        ("002", "g3", "familielid", 1, Authority.NO),
    }
    names = {person.external_id: person.record for person in image.guardians}
    assert (names["g1"].surname_prefix, names["g1"].surname) == ("van 't", "Hof")
    assert (names["g2"].initials, names["g2"].given_name, names["g2"].surname) == ("B.", "", "Visser")


@pytest.mark.parametrize(
    ("given", "family", "initials"),
    [("H.J.", "Visser", "H.J."), ("HJL", "Visser", "HJL"), ("JO", "VISSER", ""), ("Jo", "Visser", "")],
)
def test_letters_in_the_place_of_a_first_name_are_initials(given, family, initials):
    lines = [user("g2", given, family, email="b@example.org") if "g2" in line[:3] else line for line in USERS_OF_SCHOOL]
    people = combine(read(changed(users=lines)), on=ON).guardians
    found = next(person.record for person in people if person.external_id == "g2")
    assert (found.initials, found.given_name) == (initials, "" if initials else given)


@pytest.mark.parametrize("order", list(itertools.islice(itertools.permutations(SCHOOL), 0, 720, 48)))
def test_the_order_of_the_sheets_does_not_matter(order):
    files = {file.name: file for file in read(SCHOOL)}
    image, other = combine(list(files.values()), on=ON), combine([files[name] for name in order], on=ON)
    assert (image.pupils, image.classes, set(image.relations)) == (other.pupils, other.classes, set(other.relations))


def test_one_zip_is_the_same_as_loose_sheets():
    zipped = read_all("oneroster.zip", archive([(name, sheet(*lines)) for name, lines in SCHOOL.items()]))
    image, loose = combine(zipped, on=ON), combine(read(SCHOOL), on=ON)
    assert (image.pupils, image.guardians, image.classes) == (loose.pupils, loose.guardians, loose.classes)


def test_the_older_version_has_the_role_beside_the_name():
    lines = [OLDER_USERS]
    for id_, kind, given, number, agents in [
        ("p1", "student", "Noor", "001", "g1"), ("g1", "guardian", "Anna", "", ""), ("t1", "teacher", "Wit", "WIT", ""),
    ]:  # fmt: skip
        lines.append(f"{id_},active,,true,org1,{kind},{id_},,{given},Hof,,{number},{given}@example.org,,,{agents},5,")
    image = combine(read(changed(users=tuple(lines), roles=None)), on=ON)
    assert [pupil.number for pupil in image.pupils] == ["001"]
    assert [person.external_id for person in image.guardians] == ["g1"]
    assert [group.leaders for group in image.classes] == [("WIT",)]


def test_a_lesson_group_says_who_teaches_what_to_whom():
    image = combine(read(SCHOOL), on=ON)
    assert image.lessons == (LessonRecord("VOS", "Rekenen", "Rekenen", seats=(Seat("001"),)),)
    assert not any(group.name == "Rekenen" for group in image.classes)


@pytest.mark.parametrize(
    ("more", "subject"),
    [
        ({"subjects": "Wiskunde A,Statistiek", "course": "k1"}, "Wiskunde A"),
        ({"course": "k1"}, "Wiskunde bovenbouw"),
        ({"course": "k9"}, "5wisA1"),
    ],
)
def test_a_subject_is_called_as_the_group_says_else_its_course_else_the_group_itself(more, subject):
    classes = [*SCHOOL["classes.csv"][:2], group("c2", "5wisA1", "scheduled", **more)]
    courses = ("sourcedId,status,dateLastModified,title,courseCode", "k1,active,,Wiskunde bovenbouw,WIS")
    (lesson,) = combine(read(changed(classes=classes, courses=courses)), on=ON).lessons
    assert (lesson.group, lesson.subject) == ("5wisA1", subject)


def test_a_lesson_lasts_as_long_as_pupil_and_teacher_are_both_in_the_group():
    seats = [*SCHOOL["enrollments.csv"][:3], seat("c2", "p1", begins="2027-09-01", ends="2028-04-01"),
             seat("c2", "p2"), seat("c2", "t1", "teacher", begins="2027-11-01"),
             seat("c2", "t2", "teacher", ends="2027-11-01")]  # fmt: skip
    term = "h1,active,,halfjaar,semester,2027-08-01,2028-01-31,,2028"
    classes = [*SCHOOL["classes.csv"][:2], group("c2", "Rekenen", "scheduled", term="h1")]
    image = combine(read(changed(enrollments=seats, classes=classes, academicSessions=(SESSIONS, term))), on=ON)
    first, change, end = date(2027, 8, 1), date(2027, 11, 1), date(2028, 2, 1)
    assert {lesson.code: set(lesson.seats) for lesson in image.lessons} == {
        "WIT": {Seat("001", change, end), Seat("002", change, end)},
        "VOS": {Seat("001", date(2027, 9, 1), change), Seat("002", first, change)},
    }


def test_who_only_teaches_a_lesson_group_is_a_colleague_without_any_roles():
    seats = [line for line in SCHOOL["enrollments.csv"] if "c1,org1,t2" not in line]
    image = combine(read(changed(roles=None, enrollments=seats)), on=ON)
    assert {one.code: one.classes for one in image.staff} == {"WIT": ("5a",), "VOS": ()}


def test_a_school_without_own_classes_knows_whom_each_of_them_teaches():
    classes = [CLASSES, group("c1", "Wiskunde", "scheduled"), group("c2", "Engels", "scheduled")]
    image = combine(read(changed(classes=classes)), on=ON)
    assert {(lesson.code, lesson.subject, len(lesson.seats)) for lesson in image.lessons} == {
        ("WIT", "Wiskunde", 2), ("VOS", "Wiskunde", 2), ("VOS", "Engels", 1),
    }  # fmt: skip


def test_what_is_marked_for_deletion_is_gone():
    users = [line.replace("p2,active", "p2,tobedeleted").replace("g1,active", "g1,tobedeleted")
             for line in SCHOOL["users.csv"]]  # fmt: skip
    image = combine(read(changed(users=users)), on=ON)
    assert [pupil.number for pupil in image.pupils] == ["001"]
    assert [one.guardian for one in image.relations] == ["g2"]


def test_a_teacher_who_is_a_parent_too_is_both():
    users = [*SCHOOL["users.csv"], user("p3", "Sem", "Wit", number="003", agents="t1")]
    roles = [*SCHOOL["roles.csv"], role("p3", "student"), role("t1", "parent")]
    image = combine(
        read(changed(users=users, roles=roles, enrollments=[*SCHOOL["enrollments.csv"], seat("c1", "p3")])), on=ON
    )
    assert ("003", "WIT") in {(one.pupil_number, one.guardian) for one in image.relations}
    assert "WIT" in {colleague.code for colleague in image.staff}


def test_an_agent_who_is_no_guardian_is_not_at_home_with_the_child():
    users = [line.replace('"g1,g2"', '"t2,g1"') for line in SCHOOL["users.csv"]]
    image = combine(read(changed(users=users)), on=ON)
    assert [(one.guardian, one.record.position) for one in image.relations if one.pupil_number == "001"] == [("g1", 2)]


def test_without_roles_what_people_do_says_who_they_are():
    image = combine(read(changed(roles=None)), on=ON)
    assert [pupil.number for pupil in image.pupils] == ["001", "002"]
    assert {one.guardian for one in image.relations} == {"g1", "g2", "g3"}
    assert [group.leaders for group in image.classes] == [("WIT", "VOS")]


def test_an_enrolment_that_has_ended_counts_no_more():
    seats = [*SCHOOL["enrollments.csv"][:1], seat("c0", "p1", begins="2026-08-01", ends="2027-08-01"),
             seat("c1", "p1", begins="2027-08-01"), seat("c0", "p2", ends="2027-08-01")]  # fmt: skip
    classes = [*SCHOOL["classes.csv"], group("c0", "4a")]
    image = combine(read(changed(enrollments=seats, classes=classes)), on=ON)
    assert [(pupil.number, pupil.class_name) for pupil in image.pupils] == [("001", "5a")]
    assert [pupil.number for pupil in image.gone] == ["002"]


def test_the_last_day_of_the_term_of_a_class_still_counts():
    term = "2026,active,,2026-2027,schoolYear,2026-08-01,2027-07-31,,2027"
    classes = [CLASSES, group("c1", "5a", term="2026")]
    files = read(changed(classes=classes, academicSessions=(SESSIONS, term)))
    assert len(combine(files, on=date(2027, 7, 31)).pupils) == 2
    assert len(combine(files, on=date(2027, 8, 1)).gone) == 2


def test_a_pupil_with_lessons_only_gets_the_first_class_and_the_office_hears_of_it():
    classes = [CLASSES, group("c1", "Wiskunde", "scheduled"), group("c2", "Engels", "scheduled")]
    image = combine(read(changed(classes=classes)), on=ON)
    assert image.pupils[0].class_name == "Engels"
    assert "oneroster_class_chosen" in codes(image)


def test_a_pupil_without_any_class_is_told():
    image = combine(read(changed(enrollments=SCHOOL["enrollments.csv"][:2])), on=ON)
    assert [pupil.number for pupil in image.pupils] == ["001"]
    assert [problem.facts["number"] for problem in image.problems if problem.code == "pupil_without_class"] == ["002"]


def test_two_places_of_one_school_are_told_apart():
    orgs = [*SCHOOL["orgs.csv"], "org2,active,,De Linde Noord,school,99AA,"]
    classes = [*SCHOOL["classes.csv"], group("c3", "5a", org="org2")]
    seats = [line.replace("c1,org1,p2", "c3,org2,p2") for line in SCHOOL["enrollments.csv"]]
    image = combine(read(changed(orgs=orgs, classes=classes, enrollments=seats)), on=ON)
    assert [(pupil.class_name, pupil.location) for pupil in image.pupils] == [
        ("5a", "De Linde"),
        ("5a", "De Linde Noord"),
    ]


def test_sheets_that_need_another_say_which():
    (problem,) = combine(read({"users.csv": SCHOOL["users.csv"]}), on=ON).problems
    assert (problem.code, problem.severity) == ("oneroster_incomplete", Severity.ERROR)
    assert problem.facts == {"sheets": "classes.csv, enrollments.csv"}


def test_of_personal_details_only_the_birth_date_is_read():
    details = (DEMOGRAPHICS, "p1,active,,2018-05-04,female,true")
    files = read(changed(demographics=details))
    assert combine(files, on=ON).pupils[0].birth_date == date(2018, 5, 4)
    assert "female" not in repr(files)


def test_sheets_that_we_do_not_need_hold_nothing_up():
    courses = ("sourcedId,status,dateLastModified,title,courseCode", "x,active,,Rekenen,R")
    results = ("sourcedId,status,dateLastModified,lineItemSourcedId,score", "x,active,,l,8")
    image = combine(read(changed(courses=courses, results=results)), on=ON)
    assert len(image.pupils) == 2
    assert not image.has_errors


def test_a_name_that_would_damage_a_letter_is_an_error_here_too():
    users = [*SCHOOL["users.csv"], user("p9", "=?utf-8?q?x?=", "Hof")]
    assert "encoded_word" in codes(combine(read(changed(users=users)), on=ON))
