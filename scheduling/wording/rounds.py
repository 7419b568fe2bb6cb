"""What is said about rounds and rosters: refusals, steps, and why a talk stands where it stands."""

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain import rosters, rounds
from scheduling.wording.dates import day_long, period_text
from scheduling.wording.errors import says


def mode_name(mode: rounds.RoundMode) -> str:
    """How families get their time."""
    return {
        rounds.RoundMode.ROSTER: _("Wij maken een rooster; elk gezin krijgt een tijd"),
        rounds.RoundMode.PICK: _("Gezinnen kiezen zelf een vrije tijd"),
        rounds.RoundMode.ROSTER_THEN_SWAP: _("Wij maken een rooster; gezinnen kunnen daarna ruilen"),
    }[mode]


def mode_meaning(mode: rounds.RoundMode) -> str:
    """The same, with what it means for families: for who has to choose."""
    meaning = {
        rounds.RoundMode.ROSTER_THEN_SWAP: _("Eerst vragen wij welke tijden passen. Zo gaat het meestal."),
        rounds.RoundMode.ROSTER: _("Past de tijd niet, dan kiest een gezin een vrije tijd."),
        rounds.RoundMode.PICK: _("Wie het eerst komt, heeft de meeste keus."),
    }[mode]
    return f"{mode_name(mode)}. {meaning}"


def step_name(step: str) -> str:
    """A step of a round, in one word."""
    return {
        "times": _("Tijden"),
        "roster": _("Rooster"),
        "open": _("Openzetten"),
        "invite": _("Uitnodigen"),
        "answers": _("Antwoorden"),
    }[step]


def status_name(status: rounds.BookingStatus) -> str:
    """What a family has answered."""
    return {
        rounds.BookingStatus.INVITED: _("nog geen antwoord"),
        rounds.BookingStatus.CONFIRMED: _("komt"),
        rounds.BookingStatus.CANCELLED: _("afgezegd"),
    }[status]


@says(rounds.NeverWithoutPupil)
def _never_without(_error: rounds.NeverWithoutPupil) -> str:
    return _("Een startgesprek is altijd met de leerling erbij. Kies een van de andere.")


@says(rounds.ToldAlready)
def _told_already(_error: rounds.ToldAlready) -> str:
    return _("De uitnodigingen zijn verstuurd. Dit blijft zoals het daarin staat.")


@says(rounds.RoundUnknown)
def _round_unknown(error: rounds.RoundUnknown) -> str:
    return _("Er is geen ronde %(wanted)s. Geef het nummer of de naam van een ronde.", wanted=error.wanted)


@says(rounds.RoundNameTaken)
def _round_name_taken(error: rounds.RoundNameTaken) -> str:
    return _("Er is dit schooljaar al een ronde %(name)s. Kies een andere naam.", name=error.name)


@says(rounds.NoSuchClass)
def _no_such_class(error: rounds.NoSuchClass) -> str:
    if not error.names:
        return _("Kies ten minste een klas.")
    return _(
        "In %(year)s is er geen klas %(names)s. Verbeter de naam, of lees de klassen eerst in.",
        year=error.year,
        names=", ".join(error.names),
    )


@says(rounds.NoClasses)
def _no_classes(error: rounds.NoClasses) -> str:
    return _("In %(year)s zijn er nog geen klassen. Lees eerst de bestanden van de school in.", year=error.year)


@says(rounds.NoYearFor)
def _no_year(error: rounds.NoYearFor) -> str:
    if error.day is None:
        return _("Er is nog geen schooljaar. Maak eerst een schooljaar aan.")
    return _(
        "%(day)s valt in geen van de schooljaren. Maak eerst dat schooljaar aan.", day=day_long(error.day, year=True)
    )


@says(rounds.ClosesBeforeItOpens)
def _closes_before(_error: rounds.ClosesBeforeItOpens) -> str:
    return _("De ronde sluit voordat zij opent. Verbeter een van beide dagen.")


@says(rounds.OutOfRange)
def _out_of_range(error: rounds.OutOfRange) -> str:
    return _("Kies een getal van %(least)s tot en met %(most)s.", least=error.least, most=error.most)


@says(rounds.NameNeeded)
def _name_needed(_error: rounds.NameNeeded) -> str:
    return _("Geef de ronde een naam.")


@says(rounds.PeriodInWrongOrder)
def _period_in_wrong_order(error: rounds.PeriodInWrongOrder) -> str:
    return _(
        "De laatste dag (%(last)s) ligt voor de eerste (%(first)s). Verbeter een van beide.",
        first=day_long(error.starts_on, year=True),
        last=day_long(error.ends_on, year=True),
    )


@says(rounds.PeriodOutsideYear)
def _period_outside_year(error: rounds.PeriodOutsideYear) -> str:
    return _(
        "De dagen %(period)s vallen niet allemaal in %(year)s. Kies dagen in dat schooljaar.",
        period=period_text(error.period, year=True),
        year=error.year,
    )


@says(rounds.TalksOutsidePeriod)
def _talks_outside_period(error: rounds.TalksOutsidePeriod) -> str:
    return ngettext(
        "Buiten %(period)s staat al %(num)s gesprek: %(days)s. Geef dat gezin eerst een andere tijd, of kies ruimer.",
        "Buiten %(period)s staan al %(num)s gesprekken: %(days)s."
        " Geef die gezinnen eerst een andere tijd, of kies ruimer.",
        error.talks,
        period=period_text(error.period),
        days=", ".join(day_long(day) for day in error.days),
    )


@says(rounds.ReasonNeeded)
def _reason_needed(_error: rounds.ReasonNeeded) -> str:
    return _("Schrijf kort waarom dit gezin nu niet meedoet. De reden blijft bewaard.")


@says(rounds.NotInThisRound)
def _not_in_this_round(_error: rounds.NotInThisRound) -> str:
    return _("Deze leerling zit niet in een klas van deze ronde.")


@says(rounds.HasATalk)
def _has_a_talk(_error: rounds.HasATalk) -> str:
    return _("Dit gezin heeft al een gesprek. Zeg dat gesprek eerst af.")


@says(rosters.NoRoster)
def _no_roster(_error: rosters.NoRoster) -> str:
    return _("Voor deze ronde is er nog geen rooster. Maak eerst een concept.")


@says(rosters.RosterUnderWay)
def _roster_under_way(_error: rosters.RosterUnderWay) -> str:
    return _("Wij maken al een rooster voor deze ronde. Wacht tot het klaar is.")


@says(rosters.NothingToRoster)
def _nothing_to_roster(_error: rosters.NothingToRoster) -> str:
    return _("Alle leerlingen van deze ronde hebben al een gesprek, of er doen geen leerlingen mee.")


@says(rosters.NotADraft)
def _not_a_draft(_error: rosters.NotADraft) -> str:
    return _("Dit rooster is geen concept. Kies een andere versie.")


@says(rosters.NothingToPublish)
def _nothing_to_publish(_error: rosters.NothingToPublish) -> str:
    return _("In deze versie is niets meer te publiceren.")


@says(rosters.SolverFailed)
def _solver_failed(_error: rosters.SolverFailed) -> str:
    return _("Het lukte niet om het rooster te maken. Probeer het opnieuw; er is niets veranderd.")


@says(rosters.LeaseLost)
def _lease_lost(_error: rosters.LeaseLost) -> str:
    return _("Iemand anders maakt dit rooster al.")
