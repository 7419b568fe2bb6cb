"""How the office reads how many families were reached."""

from flask_babel import gettext as _

from scheduling.domain.reached import How


def how_name(how: How) -> str:
    """In which form a family was reached, or how far it is."""
    return {
        How.TALK: _("Gesprek"),
        How.PHONE: _("Telefoon"),
        How.OTHER: _("Los gesprek"),
        How.PERSONAL: _("Persoonlijk gesproken"),
        How.NONE_NEEDED: _("Geen gesprek nodig"),
        How.AGREED: _("Afgesproken: anders"),
        How.TO_NOTE: _("Nog te noteren"),
        How.TO_COME: _("Komt nog"),
        How.NOT_YET: _("Nog niet bereikt"),
    }[how]
