"""What is said about the hours of leaders: faults, refusals, and what the office should know of a round."""

from collections.abc import Callable, Sequence
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.evening_dates import Awkward
from scheduling.domain.hours import (
    FileUnreadable,
    HoursFault,
    HoursFaultKind,
    HoursRefused,
    RoundWarning,
    SlotsHeld,
    WarningKind,
)
from scheduling.domain.imports import Problem
from scheduling.domain.timeslots import Span
from scheduling.wording.dates import day_and_hour, day_long, hours, period_text
from scheduling.wording.errors import says
from scheduling.wording.imports import problem_sentence
from scheduling.wording.sentences import at_start

SHOWN = 5
"""So many faults are said in full; of the rest the number."""


@says(HoursRefused)
def _hours_refused(error: HoursRefused) -> str:
    return _shortened([fault_sentence(fault) for fault in error.faults])


@says(FileUnreadable)
def _file_unreadable(error: FileUnreadable) -> str:
    if not error.problems:
        return _(
            "In %(name)s staan geen tijden. Nodig zijn de kolommen Code, Datum, Van, Tot en Lokaal.", name=error.name
        )
    return _(
        "%(name)s: %(problems)s", name=error.name, problems=_shortened([_in_row(problem) for problem in error.problems])
    )


@says(SlotsHeld)
def _slots_held(error: SlotsHeld) -> str:
    return _(
        "Op deze tijden van %(leader)s staat al een gesprek: %(times)s. Geef die gezinnen eerst een andere tijd.",
        leader=error.leader,
        times="; ".join(day_and_hour(start) for start in error.starts[:SHOWN]),
    )


def fault_sentence(fault: HoursFault) -> str:
    """One stretch of hours that cannot be used: where it stands, what is the matter, how to mend it."""
    typed = fault.hours
    facts = {"row": typed.row, "leader": typed.leader, "day": day_long(typed.day, year=True), "other": fault.other}
    facts |= {"starts": _clock(typed.starts), "ends": _clock(typed.ends)}
    sentences: dict[HoursFaultKind, Callable[[], str]] = {
        HoursFaultKind.UNKNOWN_LEADER: lambda: _(
            "Rij %(row)s: %(leader)s is geen code van een medewerker. Verbeter de code, of voeg de medewerker toe.",
            **facts,
        ),
        HoursFaultKind.NO_SUCH_TIME: lambda: _(
            "Rij %(row)s: op %(day)s gaat de klok een uur vooruit; deze tijd bestaat dan niet. Kies een andere tijd.",
            **facts,
        ),
        HoursFaultKind.ENDS_BEFORE: lambda: _(
            "Rij %(row)s: op %(day)s ligt het einde (%(ends)s uur) niet na het begin (%(starts)s uur).", **facts
        ),
        HoursFaultKind.OVERLAP: lambda: _(
            "Rij %(row)s: %(leader)s staat op %(day)s om %(starts)s uur ook al in rij %(other)s."
            " Verbeter een van beide.",
            **facts,
        ),
        HoursFaultKind.TAKEN: lambda: _(
            "Rij %(row)s: %(leader)s heeft op %(day)s rond %(starts)s uur al tijden in de ronde %(other)s.", **facts
        ),
        HoursFaultKind.OVER: lambda: _(
            "Rij %(row)s: %(day)s om %(ends)s uur is al geweest. Kies een tijd die nog komt.", **facts
        ),
        HoursFaultKind.OUTSIDE_PERIOD: lambda: _(
            "Rij %(row)s: %(day)s valt buiten de ronde (%(period)s). Verbeter de datum, of maak de ronde langer.",
            period=period_text(fault.period) if fault.period else "",
            **facts,
        ),
        HoursFaultKind.UNKNOWN_ROOM: lambda: _unknown_room(fault),
    }
    return sentences[fault.kind]()


def _unknown_room(fault: HoursFault) -> str:
    facts = {"row": fault.hours.row, "room": fault.hours.room}
    if not fault.near:
        return _(
            "Rij %(row)s: lokaal \u201c%(room)s\u201d staat niet in de lijst van lokalen."
            " Verbeter de naam, of lees het lokaal eerst in.",
            **facts,
        )
    return _(
        "Rij %(row)s: lokaal \u201c%(room)s\u201d staat niet in de lijst van lokalen. Bedoelde u %(near)s?"
        " Verbeter de naam, of lees het lokaal eerst in.",
        near=_either(fault.near),
        **facts,
    )


def _either(names: Sequence[str]) -> str:
    """ "A, B of C"."""
    if len(names) == 1:
        return names[0]
    return _("%(some)s of %(last)s", some=", ".join(names[:-1]), last=names[-1])


def warning_sentence(warning: RoundWarning) -> str:
    """What should be known about a round, and how to mend it."""
    return SENTENCES[warning.kind](warning)


def _in_row(problem: Problem) -> str:
    return _("rij %(row)s: %(sentence)s", row=problem.row, sentence=problem_sentence(problem))


def _outside(warning: RoundWarning) -> str:
    days: list[date] = list(warning.facts["days"])
    return ngettext(
        "%(days)s valt buiten de startperiode (%(first)s tot en met %(last)s). Start liever vroeg in het jaar.",
        "%(num)s dagen vallen buiten de startperiode (%(first)s tot en met %(last)s): %(days)s."
        " Start liever vroeg in het jaar.",
        len(days),
        days=_days(days),
        first=day_long(warning.facts["first"]),
        last=day_long(warning.facts["last"]),
    )


def _free_day(warning: RoundWarning) -> str:
    return _("Op %(days)s is de school dicht. Kijk of u deze dag bedoelt.", days=_days(list(warning.facts["days"])))


def _without_times(warning: RoundWarning) -> str:
    return _(
        "%(leader)s heeft nog geen tijden. Vul tijden in, of laat een collega de gesprekken leiden.",
        leader=warning.subject,
    )


def _without_leader(warning: RoundWarning) -> str:
    return _("Niemand leidt de gesprekken van %(group)s. Zet eerst een collega bij de klas.", group=warning.subject)


def _too_few(warning: RoundWarning) -> str:
    missing = int(warning.facts["needed"]) - int(warning.facts["room"])
    return ngettext(
        "%(group)s komt %(num)s tijd tekort: %(needed)s nodig, %(room)s mogelijk. Voeg tijden toe.",
        "%(group)s komt %(num)s tijden tekort: %(needed)s nodig, %(room)s mogelijk. Voeg tijden toe.",
        missing,
        group=warning.subject,
        needed=warning.facts["needed"],
        room=warning.facts["room"],
    )


def _too_many_asked(warning: RoundWarning) -> str:
    missing = int(warning.facts["needed"]) - int(warning.facts["room"])
    return ngettext(
        "Bij %(leader)s komt %(num)s tijd tekort: %(needed)s gevraagd, %(room)s mogelijk. Voeg tijden toe.",
        "Bij %(leader)s komen %(num)s tijden tekort: %(needed)s gevraagd, %(room)s mogelijk. Voeg tijden toe.",
        missing,
        leader=warning.facts["name"],
        needed=warning.facts["needed"],
        room=warning.facts["room"],
    )


def _awkward_day(warning: RoundWarning) -> str:
    return _(
        "%(day)s valt samen met %(why)s. Kijk of een andere avond beter past.",
        day=at_start(day_long(warning.facts["day"])),
        why=awkward_name(warning.facts["why"]),
    )


def awkward_name(why: Awkward) -> str:
    """Why few families come on a day."""
    return {
        Awkward.THANKSGIVING: _("dankdag"),
        Awkward.SAINT_MARTIN: _("Sint-Maarten"),
        Awkward.SAINT_NICHOLAS: _("sinterklaasavond"),
        Awkward.CARNIVAL: _("carnaval"),
        Awkward.ASH_WEDNESDAY: _("aswoensdag"),
        Awkward.PRAYER_DAY: _("biddag"),
        Awkward.KINGS_DAY: _("Koningsdag"),
        Awkward.REMEMBRANCE: _("dodenherdenking"),
        Awkward.LIBERATION: _("Bevrijdingsdag"),
        Awkward.RAMADAN: _("de ramadan: bied ook late tijden"),
    }[why]


def _room_missing(warning: RoundWarning) -> str:
    return _("Bij %(leader)s ontbreekt het lokaal. Ouders weten dan niet waar zij heen gaan.", leader=warning.subject)


def _period_outside(warning: RoundWarning) -> str:
    return _(
        "De ronde loopt van %(period)s; de startperiode is %(window)s. Start liever vroeg in het jaar.",
        period=period_text(warning.facts["period"]),
        window=period_text(warning.facts["window"]),
    )


def _room_unknown(warning: RoundWarning) -> str:
    return _(
        "Lokaal \u201c%(room)s\u201d van %(leaders)s staat niet in de lijst van lokalen."
        " Kies een ander lokaal, of lees het in.",
        room=warning.facts["room"],
        leaders=warning.subject,
    )


def _room_shared(warning: RoundWarning) -> str:
    spans: list[Span] = list(warning.facts["spans"])
    shown = "; ".join(f"{day_long(span.starts_at)}, {hours(span.starts_at, span.ends_at)}" for span in spans[:SHOWN])
    return _(
        "%(first)s en %(second)s zijn tegelijk in %(room)s: %(times)s. Geef een van beiden een ander lokaal.",
        first=warning.facts["leaders"][0],
        second=warning.facts["leaders"][1],
        room=warning.facts["room"],
        times=shown + (" …" if len(spans) > SHOWN else ""),
    )


def _leads_no_class(warning: RoundWarning) -> str:
    return _(
        "%(leader)s leidt geen klas van deze ronde. De tijden in het bestand zijn overgeslagen.",
        leader=warning.subject,
    )


def _too_short(warning: RoundWarning) -> str:
    return _(
        "Rij %(row)s: tussen %(starts)s en %(ends)s uur past geen gesprek van %(minutes)s minuten.",
        row=warning.facts["row"],
        starts=_clock(warning.facts["starts"]),
        ends=_clock(warning.facts["ends"]),
        minutes=warning.facts["minutes"],
    )


def _own_child(warning: RoundWarning) -> str:
    return _(
        "%(leader)s is ouder van een leerling van de eigen klas %(group)s. Vraag een collega voor dat gesprek.",
        leader=warning.subject,
        group=warning.facts["group"],
    )


SENTENCES = {
    WarningKind.OUTSIDE_START_WINDOW: _outside,
    WarningKind.FREE_DAY: _free_day,
    WarningKind.LEADER_WITHOUT_TIMES: _without_times,
    WarningKind.CLASS_WITHOUT_LEADER: _without_leader,
    WarningKind.TOO_FEW_SLOTS: _too_few,
    WarningKind.TOO_MANY_ASKED: _too_many_asked,
    WarningKind.AWKWARD_DAY: _awkward_day,
    WarningKind.PERIOD_OUTSIDE_START_WINDOW: _period_outside,
    WarningKind.ROOM_MISSING: _room_missing,
    WarningKind.ROOM_UNKNOWN: _room_unknown,
    WarningKind.ROOM_SHARED: _room_shared,
    WarningKind.LEADS_NO_CLASS: _leads_no_class,
    WarningKind.TOO_SHORT: _too_short,
    WarningKind.GUARDIAN_LEADS_OWN_CHILD: _own_child,
}


def _clock(clock: time) -> str:
    return f"{clock:%H.%M}"


def _days(days: list[date]) -> str:
    return ", ".join(day_long(day) for day in days[:SHOWN]) + (" …" if len(days) > SHOWN else "")


def _shortened(sentences: Sequence[str]) -> str:
    rest = len(sentences) - SHOWN
    more = [ngettext("En nog %(num)s andere.", "En nog %(num)s andere.", rest)] if rest > 0 else []
    return " ".join([*sentences[:SHOWN], *more])
