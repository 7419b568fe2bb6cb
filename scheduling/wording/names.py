"""How people and roles are called."""

from flask_babel import gettext as _

from scheduling.domain.people import Sector


def leader_title(sector: Sector) -> str:
    """Who leads a talk, in this sector's own word."""
    return {
        Sector.PRIMARY: _("leerkracht"),
        Sector.SECONDARY: _("mentor"),
        Sector.VOCATIONAL: _("studieloopbaanbegeleider"),
    }[sector]
