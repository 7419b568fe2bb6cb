"""How people meet in a talk of a round, in the words of families and the school."""

from flask_babel import gettext as _

from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import WayNotOffered
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
    return _("Aan de telefoon: u belt het gezin") if way is Medium.PHONE else way_choice(way)


@says(WayNotOffered)
def _not_offered(_error: WayNotOffered) -> str:
    return _("Kies een van deze manieren.")
