"""What is said about school years and their calendar."""

from flask_babel import gettext as _

from scheduling.domain import years
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


@says(years.NoSuchYear)
def _no_such_year(_error: years.NoSuchYear) -> str:
    return _("Dit schooljaar is er nog niet.")


@says(years.NoSuchDay)
def _no_such_day(_error: years.NoSuchDay) -> str:
    return _("Deze regel staat niet meer in de kalender.")


@says(years.DaysInWrongOrder)
def _days_in_wrong_order(error: years.DaysInWrongOrder) -> str:
    return _(
        "De laatste dag, %(end)s, ligt voor de eerste, %(start)s. Verbeter een van beide.",
        end=day_long(error.ends_on, year=True),
        start=day_long(error.starts_on, year=True),
    )


@says(years.DayOutsideYear)
def _day_outside_year(error: years.DayOutsideYear) -> str:
    return _("%(day)s hoort niet bij het schooljaar %(label)s.", day=day_long(error.day, year=True), label=error.label)


@says(years.LabelMissing)
def _label_missing(_error: years.LabelMissing) -> str:
    return _("Geef deze dagen een naam, bijvoorbeeld: studiedag.")


@says(years.SameDayTwice)
def _same_day_twice(error: years.SameDayTwice) -> str:
    return _("%(label)s staat al in de kalender.", label=error.label)


@says(years.NoCalendar)
def _no_calendar(_error: years.NoCalendar) -> str:
    return _("De kalender is niet bewaard. Hieronder staat wat er mis is.")


@says(years.OtherCountry)
def _other_country(_error: years.OtherCountry) -> str:
    return _(
        "Deze school heeft al schooljaren en blijft in haar land. "
        "In Nederland begint het jaar in augustus, in Vlaanderen in september."
    )


@says(years.NoSchoolDays)
def _no_school_days(error: years.NoSchoolDays) -> str:
    return _("In %(label)s is elke dag vrij. Verbeter eerst de kalender.", label=error.label)
