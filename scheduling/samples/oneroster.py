"""A school as OneRoster 1.2: sheets that refer to each other, loose or packed together."""

from collections import defaultdict
from collections.abc import Mapping

from scheduling.samples.packing import archive
from scheduling.samples.people import Colleague, Family, Parent
from scheduling.samples.schools import SUBJECTS, Row, SampleSchool, Writing, taught

WRITING = Writing("utf-8", ",")
STAMP = ("active", "2026-08-01T08:00:00.000Z")
SCHOOL_ID, YEAR_ID = "org-1", "year-1"

MANIFEST = ("propertyName", "value")
ORGS = ("sourcedId", "status", "dateLastModified", "name", "type", "identifier", "parentSourcedId")
SESSIONS = (
    "sourcedId", "status", "dateLastModified", "title", "type", "startDate", "endDate", "parentSourcedId", "schoolYear",
)  # fmt: skip
CLASSES = (
    "sourcedId", "status", "dateLastModified", "title", "grades", "courseSourcedId", "classCode", "classType",
    "location", "schoolSourcedId", "termSourcedIds", "subjects", "subjectCodes", "periods",
)  # fmt: skip
USERS = (
    "sourcedId", "status", "dateLastModified", "enabledUser", "username", "userIds", "givenName", "familyName",
    "middleName", "identifier", "email", "sms", "phone", "agentSourcedIds", "grades", "password",
    "userMasterIdentifier", "resourceSourcedIds", "preferredGivenName", "preferredMiddleName", "preferredFamilyName",
    "primaryOrgSourcedId", "pronouns",
)  # fmt: skip
ROLES = (
    "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
    "orgSourcedId", "userProfileSourcedId",
)  # fmt: skip
ENROLLMENTS = (
    "sourcedId", "status", "dateLastModified", "classSourcedId", "schoolSourcedId", "userSourcedId", "role", "primary",
    "beginDate", "endDate",
)  # fmt: skip
COURSES = ("sourcedId", "status", "dateLastModified", "schoolYearSourcedId", "title", "courseCode", "grades",
           "orgSourcedId", "subjects", "subjectCodes")  # fmt: skip
PARENTS = ("moeder", "vader")
STAFF_ROLES = {"DIR": "principal", "ADM": "siteAdministrator", "IB": "counselor", "ZC": "counselor"}


def loose(school: SampleSchool, classes: frozenset[str] | None = None) -> Mapping[str, bytes]:
    """The sheets beside each other; of all classes, or of some."""
    families = [f for f in school.families if any(classes is None or c.seat.class_name in classes for c in f.children)]
    names = [group.name for group in school.classes if classes is None or group.name in classes]
    ids = {name: f"class-{n}" for n, name in enumerate(names, start=1)}
    users, roles, enrollments = _people(school, families, ids)
    groups, seats = _lesson_groups(school, families, ids)
    year = school.year
    sheets: dict[str, tuple[Row, list[Row]]] = {
        "manifest": (MANIFEST, [
            ("manifest.version", "1.0"), ("oneroster.version", "1.2"),
            *((f"file.{name}", "bulk") for name in
              ("academicSessions", "classes", "enrollments", "orgs", "roles", "users")),
        ]),
        "orgs": (ORGS, [(SCHOOL_ID, *STAMP, school.name, "school", school.brin, "")]),
        "academicSessions": (SESSIONS, [(
            YEAR_ID, *STAMP, school.label, "schoolYear", f"{year.starts_on}", f"{year.ends_on}", "",
            f"{year.ends_on.year}",
        )]),
        "classes": (CLASSES, [
            (ids[group.name], *STAMP, group.name, group.year_level, "", group.name, "homeroom", group.room, SCHOOL_ID,
             YEAR_ID, "", "", "")
            for group in school.classes if group.name in ids
        ] + groups),
        "users": (USERS, users),
        "roles": (ROLES, roles),
        "enrollments": (ENROLLMENTS, enrollments + seats),
    }  # fmt: skip
    if groups:
        courses: list[Row] = [
            (f"course-{n}", *STAMP, YEAR_ID, subject, "", "", SCHOOL_ID, "", "") for n, subject in enumerate(SUBJECTS)
        ]
        sheets["courses"] = (COURSES, courses)
    return {f"{name}.csv": WRITING.sheet(*content) for name, content in sheets.items()}


def packed(school: SampleSchool) -> Mapping[str, bytes]:
    """The whole school in one archive."""
    return {"oneroster.zip": archive(loose(school))}


def one_class(school: SampleSchool) -> Mapping[str, bytes]:
    """Only the first class: of De Linde, 24 pupils."""
    return loose(school, frozenset({school.classes[0].name}))


def _people(
    school: SampleSchool, families: list[Family], ids: Mapping[str, str]
) -> tuple[list[Row], list[Row], list[Row]]:
    users: list[Row] = []
    roles: list[Row] = []
    enrollments: list[Row] = []
    for n, family in enumerate(families, start=1):
        parents = [f"parent-{n}-{place}" for place in range(1, len(family.parents) + 1)]
        pupils = [(f"pupil-{c.number}", c) for c in family.children if c.seat.class_name in ids]
        for user, child in pupils:
            name = (child.given_name, child.surname, child.prefix)
            users.append(_user(user, name, child.number, child.email, "", parents, str(child.seat.level)))
            roles.append(_role(user, "student"))
            enrollments.append(_enrollment(user, ids[child.seat.class_name], "student"))
        for user, parent in zip(parents, family.parents, strict=True):
            users.append(_guardian(user, parent, [pupil for pupil, _ in pupils]))
            roles.append(_role(user, "parent" if parent.relation in PARENTS else "guardian"))
    for colleague in school.staff:
        user = f"staff-{colleague.code}"
        users.append(_colleague(user, colleague))
        roles.append(_role(user, STAFF_ROLES.get(colleague.role, "teacher")))
        enrollments += [
            _enrollment(user, ids[name], "teacher", primary=_is_first(school, name, colleague))
            for name in colleague.classes if name in ids
        ]  # fmt: skip
    return users, roles, enrollments


def _lesson_groups(school: SampleSchool, families: list[Family], ids: Mapping[str, str]) -> tuple[list[Row], list[Row]]:
    """Beside every class a group per subject, with its teacher and the pupils of the class."""
    pupils: dict[str, list[str]] = defaultdict(list)
    for child in (child for family in families for child in family.children):
        pupils[child.seat.class_name].append(f"pupil-{child.number}")
    groups: list[Row] = []
    seats: list[Row] = []
    for code, name, subject in taught(school):
        if name in ids:
            number = SUBJECTS.index(str(subject))
            group = f"{ids[name]}-{number}"
            groups.append((group, *STAMP, f"{name}.{str(subject)[:2]}", "", f"course-{number}", "", "scheduled", "",
                           SCHOOL_ID, YEAR_ID, "", "", ""))  # fmt: skip
            seats.append(_enrollment(f"staff-{code}", group, "teacher", primary=True))
            seats += [_enrollment(pupil, group, "student") for pupil in pupils[str(name)]]
    return groups, seats


def _is_first(school: SampleSchool, class_name: str, colleague: Colleague) -> bool:
    return any(group.name == class_name and group.leaders[0] == colleague.code for group in school.classes)


def _guardian(user: str, parent: Parent, agents: list[str]) -> Row:
    given = parent.given_name or parent.initials
    return _user(user, (given, parent.surname, parent.prefix), "", parent.email, parent.phone, agents, "")


def _colleague(user: str, one: Colleague) -> Row:
    return _user(user, (one.given_name, one.surname, one.prefix), one.code, one.email, "", [], "")


def _user(
    user: str, name: tuple[str, str, str], identifier: str, email: str, phone: str, agents: list[str], grades: str
) -> Row:  # fmt: skip
    """A person; what stands between the names goes to the middle name, as most systems do."""
    given, surname, prefix = name
    return (
        user, *STAMP, "true", user, "", given, surname, prefix, identifier, email, phone, "", ",".join(agents), grades,
        "", "", "", "", "", "", SCHOOL_ID, "",
    )  # fmt: skip


def _role(user: str, role: str) -> Row:
    return (f"role-{user}", *STAMP, user, "primary", role, "", "", SCHOOL_ID, "")


def _enrollment(user: str, class_id: str, role: str, *, primary: bool = False) -> Row:
    flag = str(primary).lower() if role == "teacher" else ""
    return (f"enrollment-{user}-{class_id}", *STAMP, class_id, SCHOOL_ID, user, role, flag, "", "")
