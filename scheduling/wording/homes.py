"""What is said about pupils with two homes."""

from flask_babel import gettext as _

from scheduling.domain import homes
from scheduling.domain.homes import MOST_MINUTES_APART, HomeTalks
from scheduling.wording.errors import says


def home_talks_name(talks: HomeTalks | None) -> str:
    """What the office arranges for a pupil, as it chooses it."""
    names = {
        None: _("zoals de school het altijd doet"),
        HomeTalks.TOGETHER: _("één gesprek samen"),
        HomeTalks.APART: _("twee gesprekken"),
    }
    return names[talks]


@says(homes.OneHome)
def _one_home(_error: homes.OneHome) -> str:
    return _("Deze leerling heeft geen twee huizen die wij uitnodigen. Er is dus niets te kiezen.")


@says(homes.ApartMinutesWrong)
def _apart_minutes_wrong(_error: homes.ApartMinutesWrong) -> str:
    return _("Vul bij de tijd ertussen een getal in van 0 tot en met %(count)s minuten.", count=MOST_MINUTES_APART)


@says(homes.GivenOnRequest)
def _given_on_request(_error: homes.GivenOnRequest) -> str:
    return _("Een ouder zonder gezag krijgt hier op verzoek een eigen gesprek. Kies twee gesprekken.")


@says(homes.NobodyApart)
def _nobody_apart(_error: homes.NobodyApart) -> str:
    return _("Tijd tussen de gesprekken kan alleen bij twee gesprekken. Kies twee gesprekken, of 0 minuten.")


@says(homes.NoOwnTalkHere)
def _no_own_talk_here(_error: homes.NoOwnTalkHere) -> str:
    return _("Een eigen gesprek aanvragen kan hier niet. Bel de school als u er iets over wilt vragen.")


@says(homes.NoSuchWish)
def _no_such_wish(_error: homes.NoSuchWish) -> str:
    return _("Deze vraag is er niet meer. De ouder nam haar misschien terug.")


@says(homes.WishDecided)
def _wish_decided(_error: homes.WishDecided) -> str:
    return _("Over deze vraag is al beslist. Kijk bij de leerling hoe het nu is.")


@says(homes.NothingToSplit)
def _nothing_to_split(_error: homes.NothingToSplit) -> str:
    return _("Er is geen gesprek samen dat nog te splitsen is. Kijk bij de leerling hoe het nu is.")


@says(homes.SameTimeTwice)
def _same_time_twice(_error: homes.SameTimeTwice) -> str:
    return _("Kies voor elk huis een andere tijd.")


@says(homes.TooNear)
def _too_near(error: homes.TooNear) -> str:
    return _(
        "Deze tijden liggen te dicht bij elkaar. Tussen de twee huizen zitten minstens %(count)s minuten.",
        count=error.minutes,
    )


@says(homes.NothingToJoin)
def _nothing_to_join(_error: homes.NothingToJoin) -> str:
    return _("Er zijn geen gesprekken die nog samen te voegen zijn. Kijk bij de leerling hoe het nu is.")
