"""Words for contact parents of a class."""

from flask_babel import gettext as _

from scheduling.domain.contact_parents import (
    ContactState,
    EnoughThisWeek,
    MessageState,
    NameMissing,
    NothingWritten,
    NotOfThisClass,
    NotWaitingAnyMore,
    Reach,
    SaidNoBefore,
)
from scheduling.wording.errors import says


def reach_name(reach: Reach) -> str:
    """How parents of the class reach a contact parent, as that parent chooses it."""
    return {
        Reach.FORM: _("Alleen via deze pagina's: niemand ziet mijn adres of nummer"),
        Reach.MAIL: _("Ook met mijn e-mailadres"),
        Reach.PHONE: _("Ook met mijn telefoonnummer"),
    }[reach]


def state_name(state: ContactState) -> str:
    """What became of the question, for the school."""
    return {
        ContactState.ASKED: _("gevraagd"),
        ContactState.YES: _("zei ja"),
        ContactState.NO: _("liever niet"),
        ContactState.ENDED: _("gestopt"),
        ContactState.TAKEN_BACK: _("niet meer gevraagd"),
    }[state]


def message_state_name(state: MessageState) -> str:
    """How far a message to the class is."""
    return {
        MessageState.WAITING: _("wacht op de school"),
        MessageState.RETURNED: _("kwam terug"),
        MessageState.SENT: _("verstuurd"),
        MessageState.TAKEN_BACK: _("teruggenomen"),
    }[state]


@says(NothingWritten)
def _nothing(error: NothingWritten) -> str:
    return _("Schrijf eerst waar het over gaat.") if error.field == "subject" else _("Schrijf eerst uw bericht.")


@says(NameMissing)
def _name(_error: NameMissing) -> str:
    return _("Vul in met welke naam ouders van de klas u kennen. Een voornaam is genoeg.")


@says(NotOfThisClass)
def _not_of_class(_error: NotOfThisClass) -> str:
    return _("Contactouder van een klas is een ouder met een kind in die klas. Kies iemand uit de lijst.")


@says(SaidNoBefore)
def _said_no(_error: SaidNoBefore) -> str:
    return _("Deze ouder is het dit jaar liever niet. De ouder kan er zelf op terugkomen.")


@says(EnoughThisWeek)
def _enough(error: EnoughThisWeek) -> str:
    return _(
        "De klas kreeg deze week al %(most)s berichten, of die wachten nog. Stuur dit over een paar dagen.",
        most=error.most,
    )


@says(NotWaitingAnyMore)
def _not_waiting(_error: NotWaitingAnyMore) -> str:
    return _("Dit bericht is intussen verstuurd, teruggegeven of veranderd.")
