"""Who teaches which subject to which class, and who is in which group, as timetabling software lists it."""

from collections.abc import Iterator

from scheduling.domain.imports import CLASS_NAME_LENGTH, NUMBER_LENGTH, GroupPupilRecord, LessonRecord
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout
from scheduling.formats.own import CODE_LENGTH
from scheduling.formats.people import LOCATION, NUMBER

SUBJECT_LENGTH = 60
LIST_LENGTH = 400


def read_lesson(row: Row) -> Iterator[LessonRecord]:
    """Every colleague in the row with every class in it: two may teach three classes together."""
    row.required("code", LIST_LENGTH)
    row.required("group", LIST_LENGTH)
    subject = row.required("subject", SUBJECT_LENGTH)
    location = row.name("location", CLASS_NAME_LENGTH)
    if not row.is_good:
        return
    codes, groups = row.parts("code", LIST_LENGTH), row.parts("group", LIST_LENGTH)
    for column, parts, limit in (("code", codes, CODE_LENGTH), ("group", groups, CLASS_NAME_LENGTH)):
        longest = max(map(len, parts), default=0)
        if longest > limit:
            row.refuse(column, "too_long", limit=str(limit), found=str(longest))
    for code in codes:
        for group in groups:
            yield LessonRecord(code, group, subject, location, place=row.place)


def read_group_pupil(row: Row) -> Iterator[GroupPupilRecord]:
    """A pupil in each lesson group of the row."""
    number = row.required("number", NUMBER_LENGTH)
    row.required("group", LIST_LENGTH)
    groups = row.parts("group", LIST_LENGTH)
    longest = max(map(len, groups), default=0)
    if longest > CLASS_NAME_LENGTH:
        row.refuse("group", "too_long", limit=str(CLASS_NAME_LENGTH), found=str(longest))
    for group in groups:
        yield GroupPupilRecord(number, group, place=row.place)


LAYOUTS = (
    Layout(
        "lessons",
        {
            "code": (
                "docent", "docentcode", "code docent", "docenten", "leraar", "leraren", "leerkracht", "medewerker",
                "teacher", "teachers",
            ),
            "group": (
                "klas", "klassen", "groep", "groepen", "lesgroep", "lesgroepen", "stamklas", "clustergroep", "class",
                "classes",
            ),
            "subject": ("vak", "vakcode", "vakafkorting", "vaknaam", "vakken", "subject", "subjects"),
            "location": LOCATION,
        },
        frozenset({"code", "group", "subject"}),
        read_lesson,
    ),
    Layout(
        "group_pupils",
        {"number": NUMBER, "group": ("lesgroep", "lesgroepen", "clustergroep", "clustergroepen", "cluster")},
        frozenset({"number", "group"}),
        read_group_pupil,
    ),
)  # fmt: skip
