"""What is said about planning a contact evening."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain import evenings
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says
from scheduling.wording.sentences import at_start


@says(evenings.TimesOutOfStep)
def _times_out_of_step(error: evenings.TimesOutOfStep) -> str:
    return _(
        "Op %(day)s beginnen de tijden van %(codes)s tussen die van de anderen in. Een gezin loopt dan niet goed van "
        "de een naar de ander. Laat hun tijden een veelvoud van %(minutes)s minuten na de eerste tijd beginnen.",
        day=day_long(error.day),
        codes=", ".join(error.codes),
        minutes=error.minutes,
    )


@says(evenings.NothingAsked)
def _nothing_asked(_error: evenings.NothingAsked) -> str:
    return _("Nog geen gezin en geen collega vroeg om een gesprek. Er is nog niets te plannen.")


@says(evenings.NoTimesYet)
def _no_times_yet(_error: evenings.NoTimesYet) -> str:
    return _("Geen enkele collega heeft nog tijden die komen. Vul eerst tijden in.")


@says(evenings.NoEvening)
def _no_evening(_error: evenings.NoEvening) -> str:
    return _("Kies ten minste een avond.")


@says(evenings.EveningOver)
def _evening_over(error: evenings.EveningOver) -> str:
    return _("%(day)s is al geweest. Kies een avond die nog komt.", day=at_start(day_long(error.day, year=True)))


@says(evenings.SameEveningTwice)
def _same_evening_twice(error: evenings.SameEveningTwice) -> str:
    return _("%(day)s staat er al. Kies een andere avond, of laat dit leeg.", day=at_start(day_long(error.day)))


@says(evenings.NoTimeInTheEvening)
def _no_time(_error: evenings.NoTimeInTheEvening) -> str:
    return _("Tussen dit begin en dit einde past geen enkel gesprek. Kies een later einde.")


@says(evenings.TooFewTimes)
def _too_few_times(error: evenings.TooFewTimes) -> str:
    short = "; ".join(
        ngettext(
            "%(group)s komt %(num)s tijd tekort (%(needed)s gesprekken, %(room)s tijden)",
            "%(group)s komt %(num)s tijden tekort (%(needed)s gesprekken, %(room)s tijden)",
            one.needed - one.room,
            group=one.group,
            needed=one.needed,
            room=one.room,
        )
        for one in error.shorts
    )
    if error.extra is None:
        return _("%(short)s. Kies een langere avond of een avond erbij.", short=short)
    return _("%(short)s. Een avond erbij kan op %(day)s.", short=short, day=day_long(error.extra))


def won_text(talks: int, waiting: int, minutes: int) -> str:
    """What a plan wins over choosing in turns: so many talks more, families that wait long less, minutes less."""
    said = [
        *_longer(talks, _more_talks, _fewer_talks),
        *_longer(waiting, _less_often_long, _more_often_long),
        *_longer(minutes, _less_waiting, _more_waiting),
    ]
    if not said:
        return _("Dit plan geeft evenveel als wanneer gezinnen om beurten zelf kiezen.")
    return _("Vergeleken met om beurten zelf kiezen: %(what)s.", what=", ".join(said))


def _more_talks(count: int) -> str:
    return ngettext("%(num)s gesprek meer", "%(num)s gesprekken meer", count)


def _fewer_talks(count: int) -> str:
    return ngettext("%(num)s gesprek minder", "%(num)s gesprekken minder", count)


def _less_often_long(count: int) -> str:
    return ngettext("%(num)s gezin minder dat lang wacht", "%(num)s gezinnen minder die lang wachten", count)


def _more_often_long(count: int) -> str:
    return ngettext("%(num)s gezin meer dat lang wacht", "%(num)s gezinnen meer die lang wachten", count)


def _less_waiting(minutes: int) -> str:
    return ngettext("%(num)s minuut minder wachten", "%(num)s minuten minder wachten", minutes)


def _more_waiting(minutes: int) -> str:
    return ngettext("%(num)s minuut meer wachten", "%(num)s minuten meer wachten", minutes)


def cost_text(cost: evenings.Cost) -> str:
    """What a change by hand costs or wins, in words."""
    said = [
        *_longer(cost.over_half_an_hour, _more_wait, _fewer_wait),
        *_longer(cost.waiting, _waits_longer, _waits_shorter),
        *_longer(cost.idle, _emptier, _fuller),
    ]
    return ". ".join(said) + "." if said else _("Kost niets.")


def _longer(change: int, more: Callable[[int], str], less: Callable[[int], str]) -> list[str]:
    return [more(change)] if change > 0 else [less(-change)] if change < 0 else []


def _more_wait(count: int) -> str:
    return ngettext(
        "%(num)s gezin meer wacht dan langer dan een half uur",
        "%(num)s gezinnen meer wachten dan langer dan een half uur",
        count,
    )


def _fewer_wait(count: int) -> str:
    return ngettext(
        "%(num)s gezin minder wacht langer dan een half uur",
        "%(num)s gezinnen minder wachten langer dan een half uur",
        count,
    )


def _waits_longer(minutes: int) -> str:
    return _("Gezinnen wachten samen %(minutes)s minuten langer", minutes=minutes)


def _waits_shorter(minutes: int) -> str:
    return _("Gezinnen wachten samen %(minutes)s minuten korter", minutes=minutes)


def _emptier(minutes: int) -> str:
    return _("Tussen gesprekken van de collega komen %(minutes)s lege minuten bij", minutes=minutes)


def _fuller(minutes: int) -> str:
    return _("Tussen gesprekken van de collega vallen %(minutes)s lege minuten weg", minutes=minutes)
