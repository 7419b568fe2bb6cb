"""What is said about the hours of leaders: faults, refusals, and what the office should know of a round."""

from collections.abc import Sequence
from datetime import date, time

from flask_babel import gettext as _
from flask_babel import ngettext

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
from scheduling.wording.dates import day_and_hour, day_long
from scheduling.wording.errors import says
from scheduling.wording.imports import problem_sentence

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
    hours = fault.hours
    facts = {"row": hours.row, "leader": hours.leader, "day": day_long(hours.day, year=True), "other": fault.other}
    facts |= {"starts": _clock(hours.starts), "ends": _clock(hours.ends)}
    return {
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
    }[fault.kind]()


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


def _room_missing(warning: RoundWarning) -> str:
    return _("Bij %(leader)s ontbreekt het lokaal. Ouders weten dan niet waar zij heen gaan.", leader=warning.subject)


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
    WarningKind.ROOM_MISSING: _room_missing,
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
