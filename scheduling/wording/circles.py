"""Words for the parent circle."""

from flask_babel import gettext as _

from scheduling.domain.circles import NobodyToAsk, NoSuchCircle, NotAParentHere
from scheduling.wording.errors import says


def cover_word(name: str, *, came: bool, begun: bool, ticked: bool) -> str:
    """Who comes for a class, or who was there. `ticked`: it was written down who came."""
    if not begun:
        return name or _("nog niemand")
    if not ticked:
        return _("nog niet ingevuld")
    return name if came else _("niemand")


@says(NoSuchCircle)
def _no_such(_error: NoSuchCircle) -> str:
    return _("Dit is geen ouderkring.")


@says(NotAParentHere)
def _not_a_parent(error: NotAParentHere) -> str:
    if not error.parent:
        return _("Deze ouder kennen wij niet. Kies een ouder van %(group)s.", group=error.class_name)
    return _(
        "%(parent)s heeft geen kind in %(group)s. Kies een ouder van die klas.", parent=error.parent,
        group=error.class_name,
    )  # fmt: skip


@says(NobodyToAsk)
def _nobody(_error: NobodyToAsk) -> str:
    return _("Er is nu niemand om te vragen: elke klas heeft iemand, of kreeg vandaag al een brief.")
