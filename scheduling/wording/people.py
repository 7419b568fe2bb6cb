"""What is said about people."""

from flask_babel import gettext as _

from scheduling.domain import people
from scheduling.wording.errors import says


@says(people.NoSuchPupil)
def _no_such_pupil(_error: people.NoSuchPupil) -> str:
    return _("Deze leerling of klas is er niet.")


@says(people.NoSuchGuardian)
def _no_such_guardian(_error: people.NoSuchGuardian) -> str:
    return _("Deze ouder of verzorger is er niet.")


@says(people.NobodyKnownAs)
def _nobody_known_as(error: people.NobodyKnownAs) -> str:
    if not error.kinds:
        return _("Niemand op deze school heeft nummer of code %(code)s.", code=error.external_id)
    kinds = ", ".join(error.kinds)
    return _(
        "Meer mensen hebben code %(code)s. Zeg erbij wie u bedoelt: %(kinds)s.", code=error.external_id, kinds=kinds
    )


@says(people.NotYetAdult)
def _not_yet_adult(_error: people.NotYetAdult) -> str:
    return _("Deze leerling is nog geen 18 jaar. De ouders horen er dan altijd bij.")
