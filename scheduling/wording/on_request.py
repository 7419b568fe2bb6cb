"""What is said about a parent without authority who asks for information or a talk."""

from flask_babel import gettext as _

from scheduling.domain import on_request
from scheduling.domain.people import OnRequest
from scheduling.wording.errors import says


def on_request_name(what: OnRequest) -> str:
    """What the school gives such a parent."""
    return {
        OnRequest.NOTHING: _("niets gevraagd"),
        OnRequest.INFORMATION: _("bericht na een gesprek"),
        OnRequest.TALK: _("een eigen gesprek"),
    }[what]


@says(on_request.InvitedAnyway)
def _invited_anyway(_error: on_request.InvitedAnyway) -> str:
    return _("Bij deze ouder is geen verzoek nodig, of de school kent de ouder niet meer. Kijk bij de leerling.")


@says(on_request.PupilDecides)
def _pupil_decides(_error: on_request.PupilDecides) -> str:
    return _("Deze leerling is 18 of ouder en beslist zelf wat de ouders horen.")


@says(on_request.AskedLater)
def _asked_later(_error: on_request.AskedLater) -> str:
    return _("Vul de dag in waarop deze ouder het vroeg: vandaag of eerder.")


@says(on_request.SharesHome)
def _shares_home(_error: on_request.SharesHome) -> str:
    return _("Dit huishouden is al uitgenodigd. Kies een bericht na een gesprek.")


@says(on_request.TwoHomesAlready)
def _two_homes_already(_error: on_request.TwoHomesAlready) -> str:
    return _("Deze leerling heeft al twee huizen die wij uitnodigen. Kies een bericht na een gesprek.")
