"""What a school file would change, field by field, and what is the matter with it, in words."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scheduling.domain.import_changes import Change, Difference
from scheduling.domain.imports import Problem, Severity
from scheduling.domain.people import Authority, StaffRole
from scheduling.wording.imports import problem_sentence
from scheduling.wording.names import authority_name, language_name, role_name

SHOWN_ROWS = 12
"""So many row numbers stand in one line; the downloaded list has them all."""

NAMED_FIELDS = 5
"""So many fields are named that change most."""

FIELDS = {
    "active": _l("contactpersoon"),
    "authority": _l("gezag"),
    "birth_date": _l("geboortedatum"),
    "class_name": _l("groep"),
    "email": _l("mailadres"),
    "external_id": _l("code"),
    "given_name": _l("roepnaam"),
    "household": _l("huishouden"),
    "initials": _l("voorletters"),
    "interpreter": _l("tolk"),
    "language": _l("taal"),
    "leaders": _l("wie leidt"),
    "level": _l("niveau"),
    "location": _l("vestiging"),
    "number": _l("nummer"),
    "parents_permitted": _l("toestemming voor ouders"),
    "phone": _l("telefoon"),
    "position": _l("volgnummer"),
    "present": _l("op school"),
    "pupil": _l("hoort bij leerling"),
    "receives_post": _l("krijgt post"),
    "relation": _l("relatie"),
    "roles": _l("taken"),
    "room": _l("lokaal"),
    "salutation": _l("aanhef"),
    "secret_address": _l("geheim adres"),
    "surname": _l("achternaam"),
    "surname_prefix": _l("tussenvoegsel"),
    "workdays": _l("werkdagen"),
    "year_level": _l("leerjaar"),
}


def change_text(difference: Difference) -> str:
    """ "Mailadres: a@example.org wordt b@example.org"."""
    name = field_name(difference.field)
    if difference.field in ("household", "external_id"):
        return _("%(name)s verandert", name=name)
    return _(
        "%(name)s: %(old)s wordt %(new)s",
        name=name,
        old=value_text(difference.field, difference.old),
        new=value_text(difference.field, difference.new),
    )


def most_changed(changes: Iterable[Change]) -> str:
    """The fields that change in most people: "code (26), mailadres (3)"."""
    counted = Counter(name for change in changes for name in dict.fromkeys(each.field for each in change.differences))
    return ", ".join(f"{field_name(name)} ({times})" for name, times in counted.most_common(NAMED_FIELDS))


def field_name(field: str) -> str:
    """A field of a school file, as the office calls it."""
    return str(FIELDS.get(field, field))


def value_text(field: str, value: object) -> str:
    """A value as the office writes it."""
    if value is None or value in ("", ()):
        return _("(leeg)")
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    if field == "authority":
        return authority_name(Authority(str(value)))
    if field == "language":
        return language_name(str(value))
    if isinstance(value, tuple | list):
        return ", ".join(role_name(StaffRole(str(item))) if field == "roles" else str(item) for item in value)
    return str(value)


def topic_name(code: str) -> str:
    """What a problem is about, so that problems of one kind stand together."""
    topics = {
        _("Rijen en cellen"): (
            "wrong_width", "duplicate_row", "row_left_out", "broken_quotes", "missing", "too_long", "yes_or_no",
        ),
        _("Letters en namen"): (
            "mojibake", "lost_letters", "control_characters", "encoded_word", "formula_like", "shortened",
            "prefix_moved",
        ),
        _("Mailadressen"): (
            "email_missing", "email_broken", "email_several", "email_tidied", "mailbox_in_two_households",
            "staff_email_taken",
        ),
        _("Leerlingen"): (
            "number_used_twice", "number_looks_alike", "pupil_gone", "pupil_not_yet", "pupil_twice", "unknown_pupil",
            "many_left", "many_moved", "talks_touched", "child_unknown", "child_unclear", "namesakes_unclear",
            "namesakes_by_class", "pupil_without_class", "oneroster_class_chosen", "year_level_again",
        ),
        _("Ouders en verzorgers"): (
            "authority_unknown", "contact_without_consent", "guardian_not_active", "guardian_twice", "position_twice",
            "household_unknown", "phone_too_long", "authority_not_said", "no_children", "no_consent_to_publish",
            "address_of_nobody", "home_unknown", "contact_parent_unknown", "guardian_unclear",
        ),
        _("Collega's en klassen"): (
            "staff_twice", "staff_code_reused", "role_unknown", "workday_unknown", "unknown_staff", "unknown_teacher",
            "leads_own_child", "lesson_group_unknown", "group_without_lessons", "contact_class_unknown",
            "class_without_leader", "leader_not_listed",
        ),
        _("Dagen en tijden"): (
            "date_unknown", "date_needed", "time_unknown", "kind_unknown", "ends_before_start", "day_outside_year",
            "event_left_out", "event_part_of_day", "event_report_unclear", "event_repeats", "event_without_day",
            "days_outside_year",
        ),
    }  # fmt: skip
    return next((name for name, codes in topics.items() if code in codes), _("Het bestand"))


@dataclass(frozen=True)
class Told:
    """One thing that is the matter, in one column of one file, with every row that has it."""

    severity: Severity
    file: str
    column: str
    rows: tuple[int, ...]
    text: str
    topic: str = ""

    @property
    def times(self) -> int:
        """In how many rows; what is said of a whole file counts once."""
        return max(1, len(self.rows))

    @property
    def shown_rows(self) -> tuple[int, ...]:
        return self.rows[:SHOWN_ROWS]

    @property
    def where(self) -> str:
        """ "rij 3, Roepnaam", "rijen 3, 5 en 7", "heel het bestand"."""
        if not self.rows:
            return _("heel het bestand")
        shown = [str(row) for row in self.rows[:SHOWN_ROWS]]
        if len(self.rows) > SHOWN_ROWS:
            rows = _("rijen %(rows)s en nog %(count)s", rows=", ".join(shown), count=len(self.rows) - SHOWN_ROWS)
        elif len(shown) > 1:
            rows = _("rijen %(rows)s en %(last)s", rows=", ".join(shown[:-1]), last=shown[-1])
        else:
            rows = _("rij %(row)s", row=shown[0])
        return f"{rows}, {self.column}" if self.column else rows


def by_topic(told: Iterable[Told]) -> list[tuple[Severity, str, list[Told]]]:
    """What is the matter, errors first, by what it is about. Shape: [(severity, topic, [told, …]), …]."""
    groups: dict[tuple[Severity, str], list[Told]] = defaultdict(list)
    for one in told:
        groups[one.severity, one.topic].append(one)
    return [(severity, topic, found) for (severity, topic), found in groups.items()]


def tell(problems: Iterable[Problem]) -> tuple[Told, ...]:
    """The same problem in many rows is told once, in the order of the problems."""
    rows: dict[tuple[Severity, str, str, str], list[int]] = defaultdict(list)
    topics: dict[str, str] = {}
    for problem in problems:
        rows[problem.severity, problem.file, problem.column, problem_sentence(problem)] += [problem.row] * bool(
            problem.row
        )
        topics.setdefault(problem_sentence(problem), topic_name(problem.code))
    return tuple(
        Told(severity, file, column, tuple(dict.fromkeys(found)), text, topics[text])
        for (severity, file, column, text), found in rows.items()
    )
