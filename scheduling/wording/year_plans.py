"""What is said about the plan of a school year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from babel.dates import format_date
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from scheduling.domain import year_plans
from scheduling.domain.evening_dates import Awkward, awkward
from scheduling.domain.people import Sector
from scheduling.domain.timeslots import moment_at
from scheduling.domain.year_plans import (
    Clash,
    ClashKind,
    Finding,
    FindingKind,
    InformationEvening,
    Planned,
    PlannedKind,
    Why,
)
from scheduling.domain.years import CalendarDay
from scheduling.wording.dates import clock, day_long, hours
from scheduling.wording.errors import says
from scheduling.wording.hours import awkward_name
from scheduling.wording.names import class_word
from scheduling.wording.sentences import at_start

Names = Mapping[int, str]


class ShownLine(Protocol):
    """One moment, and the names of its classes."""

    @property
    def planned(self) -> Planned: ...

    @property
    def group_names(self) -> tuple[str, ...]: ...


class ShownMonth(Protocol):
    """What is in a month."""

    @property
    def kind_days(self) -> Sequence["Shown"]: ...


class Shown(Protocol):
    """Moments of one kind on one day."""

    @property
    def kind(self) -> PlannedKind: ...

    @property
    def lines(self) -> Sequence[ShownLine]: ...


def kind_name(kind: PlannedKind) -> str:
    """A kind of moment, as a heading."""
    return {
        PlannedKind.START_ROUND: _("Startgesprekken"),
        PlannedKind.RECEPTION: _("Startreceptie"),
        PlannedKind.INFORMATION_EVENING: _("Informatieavond"),
        PlannedKind.PARENT_CIRCLE: _("Ouderkring"),
        PlannedKind.CONTACT_EVENING: _("Contactavond"),
        PlannedKind.PARENTS_EVENING: _("Ouderavond"),
        PlannedKind.INFORMATION_MOMENT: _("Informatiemoment"),
        PlannedKind.INFORMAL_MEETING: _("Informele bijeenkomst"),
        PlannedKind.ENROLMENT_MEETING: _("Kennismaking voor nieuwe gezinnen"),
        PlannedKind.REPORT: _("Rapport"),
        PlannedKind.CHECKLIST: _("Checklist oudercontact"),
    }[kind]


def information_name(policy: InformationEvening) -> str:
    """What the school does with an evening for all parents."""
    return {
        InformationEvening.WEEK_TWO: _("in schoolweek twee"),
        InformationEvening.BY_POLL: _("later: de startgesprekken vragen of ouders een avond willen"),
        InformationEvening.NONE: _("geen informatieavond"),
    }[policy]


def times_text(row: Planned) -> str:
    """ "19.00 tot 20.30 uur"; nothing for what lasts all day."""
    if row.begins is None or row.ends is None:
        return ""
    return hours(moment_at(row.day, row.begins), moment_at(row.day, row.ends))


def times_short(row: Planned) -> str:
    """ "19.00–20.30", for a list of many."""
    if row.begins is None or row.ends is None:
        return ""
    return f"{clock(moment_at(row.day, row.begins))}–{clock(moment_at(row.day, row.ends))}"


def days_in(month: date, kind: PlannedKind, months: Iterable[ShownMonth]) -> str:
    """The days of a kind in one month: "16, 18"; of what lasts weeks "vanaf 25" and "tot en met 17"."""
    rows = [one.lines[0].planned for each in months for one in each.kind_days if one.kind is kind]
    said = []
    for row in rows:
        last = row.until or row.day
        if row.day.replace(day=1) == month:
            said.append(str(row.day.day) if last == row.day else _("vanaf %(day)s", day=row.day.day))
        if last != row.day and last.replace(day=1) == month:
            said.append(_("tot en met %(day)s", day=last.day))
    return ", ".join(said)


def month_title(day: date) -> str:
    """ "november 2027"."""
    return format_date(day, "MMMM y", locale=get_locale())


def month_short(day: date) -> str:
    """ "nov"."""
    return format_date(day, "MMM", locale=get_locale()).replace(".", "")


def newsletter(kind_days: Iterable[Shown], sector: Sector) -> str:
    """What is known, a line for each, to copy in a newsletter."""
    return "\n".join(_newsletter_line(one, sector) for one in kind_days)


def _newsletter_line(one: Shown, sector: Sector) -> str:
    parts = [
        ", ".join(part for part in (_groups_if_some(line.group_names, sector), times_text(line.planned)) if part)
        for line in one.lines
    ]
    said = "; ".join(part for part in parts if part)
    return f"{days_text(one.lines[0].planned)}: {kind_name(one.kind)}" + (f" ({said})" if said else "")


def _groups_if_some(names: tuple[str, ...], sector: Sector) -> str:
    return groups_text(names, sector) if names else ""


def days_text(row: Planned) -> str:
    """ "dinsdag 7 september", or from this day until that."""
    if row.until is None or row.until == row.day:
        return day_long(row.day)
    return _("%(first)s tot en met %(last)s", first=day_long(row.day), last=day_long(row.until))


def groups_text(names: tuple[str, ...], sector: Sector) -> str:
    """ "groep 3, 4 en 5"; for everybody: "de hele school"."""
    if not names:
        return _("de hele school")
    *most, last = names
    listed = _("%(most)s en %(last)s", most=", ".join(most), last=last) if most else last
    return f"{class_word(sector)} {listed}"


def title(kind: PlannedKind, names: tuple[str, ...], sector: Sector) -> str:
    """A moment in one line, for a calendar."""
    return f"{kind_name(kind)}, {groups_text(names, sector)}" if len(names) == 1 else kind_name(kind)


def why_sentence(row: Planned, missed: CalendarDay | None) -> str:
    """Why this day; and if another fitted better, why not that one."""
    if row.why is None:
        return _("Door de school gekozen.")
    said = _why(row.why)
    if row.instead_of is None:
        return said
    why = awkward(row.instead_of)
    what = missed.label if missed else awkward_name(why) if why else ""
    if not what:
        return said
    return " ".join([said, _("Nog beter paste %(day)s, maar dan is het %(what)s.", day=day_long(row.instead_of),
                             what=what)])  # fmt: skip


def _why(why: Why) -> str:
    return {
        Why.START_WINDOW: _(
            "Van de laatste drie werkdagen van de zomervakantie tot het einde van schoolweek drie."
        ),
        Why.START_OF_YEAR: _(
            "Kort na de eerste schooldag. Klassen die een gezin, collega of lokaal delen, komen nooit tegelijk."
        ),
        Why.WEEK_TWO: _("In schoolweek twee."),
        Why.NOVEMBER: _("Een dinsdag of donderdag midden in november."),
        Why.FEBRUARY: _("Een dinsdag of donderdag midden in februari."),
        Why.SPREAD: _("Zo liggen de ouderkringen gelijk verdeeld over het jaar."),
        Why.AFTER_CIRCLE: _(
            "Na de eerste ouderkring, buiten de weken van de contactavonden. "
            "Klassen die een gezin of collega delen, komen nooit tegelijk."
        ),
        Why.CALENDAR: _("Zo staat het in de kalender van de school."),
        Why.WITH_EVENINGS: _("De laatste schooldag van de week voor de contactavonden."),
        Why.BEFORE_AUTUMN: _("De laatste schooldag voor de herfstvakantie."),
        Why.AFTER_CHRISTMAS: _("Het einde van de tweede week na de kerstvakantie."),
    }[why]  # fmt: skip


def finding_sentence(finding: Finding, names: Names) -> str:
    """One thing that the planner found."""
    groups = ", ".join(names[one] for one in finding.groups if one in names)
    kind = kind_name(finding.kind)
    if finding.what is FindingKind.NOT_IN_ONE_EVENING:
        return _not_in_one_evening(finding, groups)
    if finding.what is FindingKind.FEWEST_EVENINGS:
        return ngettext(
            "%(kind)s: alles past op %(num)s avond. Met minder gaat het niet, dat is nagerekend.",
            "%(kind)s: verdeeld over %(num)s avonden. Minder tijden kan niet, dat is nagerekend.",
            finding.count,
            kind=kind,
        )
    return {
        FindingKind.NO_MOMENT: _no_moment(kind, groups),
        FindingKind.TOO_FEW_DAYS: ngettext(
            "%(kind)s: voor %(num)s keer is geen dag meer vrij.",
            "%(kind)s: voor %(num)s keer zijn geen dagen meer vrij.",
            finding.count,
            kind=kind,
        ),
        FindingKind.UNUSUAL_NUMBER: ngettext(
            "U kiest %(num)s ouderkring. Zes of zeven keer is gebruikelijk.",
            "U kiest %(num)s ouderkringen. Zes of zeven keer is gebruikelijk.",
            finding.count,
        ),
        FindingKind.BY_POLL: _(
            "De informatieavond staat nog niet in het plan. Zet hem erbij als u weet wat ouders willen."
        ),
        FindingKind.NO_CLASSES: _(
            "Dit jaar heeft nog geen klassen. "
            "Stel het jaar opnieuw voor als die er zijn, voor recepties en ouderavonden."
        ),
        FindingKind.MORE_CHILDREN: _(
            "Informatieavond: gezinnen met kinderen in meer klassen kunnen niet overal tegelijk zijn. "
            "Houd bijvoorbeeld twee keer hetzelfde verhaal."
        ),
    }[finding.what]


def _not_in_one_evening(finding: Finding, groups: str) -> str:
    if len(finding.groups) > finding.count:
        return _(
            "Op één avond kan het niet zonder broers en zussen tegelijk. Deze klassen delen onderling gezinnen, "
            "collega's of lokalen: %(groups)s. Er zijn %(count)s tijden op een avond.",
            groups=groups,
            count=finding.count,
        )
    return _(
        "Op één avond kan het niet zonder broers en zussen tegelijk. "
        "Alle verdelingen over %(count)s tijden zijn nagegaan.",
        count=finding.count,
    )


def _no_moment(kind: str, groups: str) -> str:
    if groups:
        return _("%(kind)s: voor %(groups)s is geen avond meer vrij.", kind=kind, groups=groups)
    return _("%(kind)s: er is geen avond die past. Kies zelf een dag.", kind=kind)


def clash_sentence(clash: Clash, names: Names, sector: Sector) -> str:
    """What is in the way of what."""
    day = day_long(clash.row.day)
    if clash.kind is ClashKind.FREE_DAY:
        return _("%(day)s is vrij: %(label)s.", day=at_start(day), label=clash.label)
    if clash.kind is ClashKind.AWKWARD:
        return _("%(day)s valt samen met %(why)s.", day=at_start(day), why=awkward_name(_known(clash.why)))
    if clash.kind is ClashKind.BEFORE_SCHOOL:
        return _("%(day)s ligt voor de eerste schooldag.", day=at_start(day))
    if clash.kind is ClashKind.OUTSIDE_WINDOW:
        return _("De startgesprekken vallen buiten de startperiode.")
    return _together(clash, names, sector)


def _together(clash: Clash, names: Names, sector: Sector) -> str:
    other = clash.other or clash.row
    both = _(
        "%(day)s: %(one)s en %(other)s zijn tegelijk.",
        day=at_start(day_long(clash.row.day)),
        one=_named(clash.row, names, sector),
        other=_named(other, names, sector),
    )
    return f"{both} {_shared(clash)}".strip()


def _shared(clash: Clash) -> str:
    if clash.kind is ClashKind.PLACE:
        return _("Allebei in %(place)s.", place=clash.label)
    if clash.kind is ClashKind.LEADERS:
        return ngettext("%(num)s collega hoort bij allebei.", "%(num)s collega's horen bij allebei.", clash.count)
    if clash.kind is ClashKind.FAMILIES:
        return ngettext(
            "%(num)s gezin heeft in allebei een kind.", "%(num)s gezinnen hebben in allebei een kind.", clash.count
        )
    return _("Een van de twee is voor de hele school.")


def _named(row: Planned, names: Names, sector: Sector) -> str:
    shown = tuple(names[one] for one in row.groups if one in names)
    return f"{kind_name(row.kind)} ({groups_text(shown, sector)})"


def _known(why: Awkward | None) -> Awkward:
    return why or Awkward.RAMADAN


@says(year_plans.NoSuchPlanned)
def _no_such_planned(_error: year_plans.NoSuchPlanned) -> str:
    return _("Deze dag staat niet meer in het jaarplan.")


@says(year_plans.PlannedMeanwhile)
def _planned_meanwhile(_error: year_plans.PlannedMeanwhile) -> str:
    return _("Een collega veranderde deze dag net. Kijk opnieuw en kies dan.")


@says(year_plans.WrongNumberOfCircles)
def _wrong_number(_error: year_plans.WrongNumberOfCircles) -> str:
    return _("Kies een aantal van 0 tot en met 12. Zes of zeven is gebruikelijk.")


@says(year_plans.ReceptionLength)
def _reception_length(_error: year_plans.ReceptionLength) -> str:
    return _("Een receptie duurt 15 tot en met 60 minuten.")


@says(year_plans.ReceptionTooLong)
def _reception_too_long(_error: year_plans.ReceptionTooLong) -> str:
    return _("Een receptie is kort: hoogstens een uur. Kies een vroeger einde. De directie kan langer kiezen.")


@says(year_plans.OnAFreeDay)
def _on_a_free_day(error: year_plans.OnAFreeDay) -> str:
    return _(
        "%(day)s is vrij: %(label)s. Kies een schooldag.",
        day=at_start(day_long(error.day, year=True)),
        label=error.label,
    )


@says(year_plans.OutsideYear)
def _outside_year(error: year_plans.OutsideYear) -> str:
    return _("%(day)s valt buiten dit schooljaar.", day=at_start(day_long(error.day, year=True)))


@says(year_plans.BeforeSchoolBegins)
def _before_school(error: year_plans.BeforeSchoolBegins) -> str:
    return _("De eerste schooldag is %(day)s. Kies een dag daarna.", day=day_long(error.first))


@says(year_plans.TimesMissing)
def _times_missing(_error: year_plans.TimesMissing) -> str:
    return _("Vul in hoe laat het begint en eindigt.")


@says(year_plans.TimesInWrongOrder)
def _times_in_wrong_order(_error: year_plans.TimesInWrongOrder) -> str:
    return _("Het einde ligt niet na het begin. Verbeter een van beide.")


@says(year_plans.WouldClash)
def _would_clash(error: year_plans.WouldClash) -> str:
    return ngettext(
        "Dit komt ergens mee samen. Er is nog niets veranderd.",
        "Dit komt met %(num)s dingen samen. Er is nog niets veranderd.",
        len(error.clashes),
    )


@says(year_plans.NothingChosen)
def _nothing_chosen(_error: year_plans.NothingChosen) -> str:
    return _("Kies eerst wat u bekend wilt maken.")
