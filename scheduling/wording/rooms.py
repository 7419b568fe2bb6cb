"""Where a talk is, as families read it."""

from flask_babel import gettext as _

from scheduling.domain.rooms import Place


def where(place: Place) -> str:
    """ "lokaal 3 (begane grond, hoofdgebouw)": the room, and what the school's list tells to find it."""
    hints = [place.floor, place.building, _("vestiging %(name)s", name=place.location) if place.location else ""]
    told = ", ".join(hint for hint in hints if hint)
    return f"{place.room} ({told})" if place.room and told else place.room


def hints(place: Place) -> str:
    """What stands beside a room in a list to choose from: "begane grond, hoofdgebouw"."""
    return where(Place("-", place.floor, place.building, place.location))[3:-1]
