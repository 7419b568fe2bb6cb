"""Who teaches which class, who is a contact parent, and who would lead the talk about the own child."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from scheduling.domain.import_changes import KnownSchool, Plan, Status
from scheduling.domain.imports import Problem, SchoolImage, problem


def staff_codes(people: Iterable[tuple[str, str]]) -> dict[str, str]:
    """From a code or a full name, in small letters, to the code; a name that two share names nobody."""
    known = dict(people)
    shared = Counter(name.casefold() for name in known.values())
    codes = {name.casefold(): code for code, name in known.items() if name and shared[name.casefold()] == 1}
    return codes | {code.casefold(): code for code in known}


def teaching_problems(image: SchoolImage, plan: Plan, known: KnownSchool) -> list[Problem]:
    """What the office should know of lessons, contact parents, and colleagues who are parents here."""
    codes = staff_codes(_colleagues(plan, known))
    classes = {change.class_key[0] for change in plan.classes} | {group.class_key[0] for group in known.classes}
    return [
        *_about_lessons(image, codes, classes),
        *_about_contact_parents(image, plan, known, classes),
        *_about_own_children(image, plan, known),
    ]


def _colleagues(plan: Plan, known: KnownSchool) -> Iterable[tuple[str, str]]:
    for colleague in known.staff:
        yield colleague.code, _full(colleague.fields)
    for change in plan.staff:
        yield change.key, change.label


def _full(fields: Mapping[str, object]) -> str:
    return " ".join(str(fields[name]) for name in ("given_name", "surname_prefix", "surname") if fields[name])


def _about_lessons(image: SchoolImage, codes: Mapping[str, str], classes: set[str]) -> list[Problem]:
    """Each unknown colleague and each group that is no class, once."""
    told: dict[tuple[str, str], Problem] = {}
    for lesson in image.lessons:
        if lesson.code.casefold() not in codes:
            told.setdefault(
                ("teacher", lesson.code), problem(lesson.place, "", "unknown_teacher", text=lesson.code)
            )  # fmt: skip
        if not lesson.seats and lesson.group not in classes:
            told.setdefault(
                ("group", lesson.group), problem(lesson.place, "", "lesson_group_unknown", text=lesson.group)
            )  # fmt: skip
    return list(told.values())


def _about_contact_parents(image: SchoolImage, plan: Plan, known: KnownSchool, classes: set[str]) -> list[Problem]:
    if not image.contact_parents:
        return []
    people = {one.external_id: str(one.fields["email"]) for one in known.guardians}
    people |= {change.key: str(change.values.get("email", "")) for change in plan.guardians}
    found = []
    for record in image.contact_parents:
        if record.class_name not in classes:
            found.append(problem(record.place, "", "contact_class_unknown", text=record.class_name))
        if guardian_named(record.guardian, people) is None:
            found.append(problem(record.place, "", "contact_parent_unknown", text=record.guardian))
    return found


def guardian_named(name: str, people: Mapping[str, str]) -> str | None:
    """The external id that a file means: the id itself, or an address that is one guardian's only."""
    if name in people:
        return name
    address = name.casefold()
    owners = [id_ for id_, email in people.items() if email and email.casefold() == address]
    return owners[0] if len(owners) == 1 else None


def _about_own_children(image: SchoolImage, plan: Plan, known: KnownSchool) -> list[Problem]:
    """A colleague who leads the class of the own child: another leader should have that talk."""
    teachers: dict[tuple[str, str], str] = {}
    for colleague in known.staff:
        teachers[_who(colleague.fields["email"], colleague.fields["surname"])] = colleague.code
    for record in image.staff:
        teachers[_who(record.email, record.surname)] = record.code
    leaders: dict[str, set[str]] = defaultdict(set)
    for group in known.classes:
        leaders[group.class_key[0]] |= set(group.leaders)
    for change in plan.classes:
        if change.leaders is not None:
            leaders[change.class_key[0]] = set(change.leaders)
    classes = {pupil.number: pupil.class_key[0] for pupil in known.pupils if pupil.present}
    classes |= {change.key: change.class_key[0] for change in plan.pupils if change.status is not Status.LEFT}
    return [
        problem(relation.record.place, "", "leads_own_child", staff=code, number=relation.pupil_number)
        for relation in image.relations
        if relation.record.email
        and (code := teachers.get(_who(relation.record.email, relation.record.surname)))
        and code in leaders[classes.get(relation.pupil_number, "")]
    ]


def _who(email: object, surname: object) -> tuple[str, str]:
    return (str(email).casefold(), str(surname).casefold())
