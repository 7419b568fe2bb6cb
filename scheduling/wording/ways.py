"""How people meet in a talk of a round, in the words of families and the school."""

from flask_babel import gettext as _

from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import NobodyAtTheTable, NoRoomForVisit, WayChangedMeanwhile, WayNotOffered
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


def way_choice(way: Medium) -> str:
    """As something to choose."""
    return {
        Medium.SCHOOL: _("Op school"),
        Medium.PHONE: _("Aan de telefoon: de school belt u"),
        Medium.VIDEO: _("Met beeld, via een eigen link"),
        Medium.HOME: _("Bij u thuis"),
    }[way]


def way_choice_for_staff(way: Medium) -> str:
    staff = {Medium.PHONE: _("Aan de telefoon: u belt het gezin"), Medium.HOME: _("Bij het gezin thuis")}
    return staff.get(way) or way_choice(way)


@says(NoRoomForVisit)
def _no_room(error: NoRoomForVisit) -> str:
    return _(
        "Rond %(moment)s is er te weinig tijd om naar het gezin te reizen en terug. "
        "Kies een andere tijd, of spreek elkaar op school.",
        moment=day_and_hour(error.starts_at),
    )


@says(WayChangedMeanwhile)
def _changed_meanwhile(error: WayChangedMeanwhile) -> str:
    stands = way_choice_for_staff(error.way)
    if error.link:
        stands = f"{stands} ({error.link})"
    return _(
        "Iemand anders was net eerder. Nu staat er: %(stands)s. Wat u invulde, is niet bewaard en staat nog hieronder.",
        stands=stands,
    )


@says(NobodyAtTheTable)
def _nobody_at_the_table(_error: NobodyAtTheTable) -> str:
    return _("Doen beide huizen mee aan de telefoon? Kies dan hierboven voor de telefoon.")


@says(WayNotOffered)
def _not_offered(_error: WayNotOffered) -> str:
    return _("Kies een van deze manieren.")
