"""What is said about accounts of colleagues."""

from flask_babel import gettext as _

from scheduling.domain import staff
from scheduling.wording.errors import says


@says(staff.SignInRefused)
def _sign_in_refused(_error: staff.SignInRefused) -> str:
    return _("Dit e-mailadres en wachtwoord passen niet bij elkaar. Probeerde u het vaak? Wacht dan een kwartier.")


@says(staff.NoSuchColleague)
def _no_such_colleague(_error: staff.NoSuchColleague) -> str:
    return _("Deze collega is er niet.")


@says(staff.PasswordKeyDead)
def _password_key_dead(_error: staff.PasswordKeyDead) -> str:
    return _("Deze link is gebruikt of te oud. Vraag een nieuwe aan.")


@says(staff.PasswordTooShort)
def _password_too_short(error: staff.PasswordTooShort) -> str:
    return _("Dit wachtwoord is te kort. Neem er een van %(count)s tekens of meer.", count=error.shortest)


@says(staff.PasswordTooLong)
def _password_too_long(error: staff.PasswordTooLong) -> str:
    return _("Dit wachtwoord is te lang. Neem er een van hoogstens %(count)s tekens.", count=error.longest)


@says(staff.PasswordTooCommon)
def _password_too_common(_error: staff.PasswordTooCommon) -> str:
    return _(
        "Dit wachtwoord is makkelijk te raden. Neem bijvoorbeeld vier woorden die niets met elkaar te maken hebben."
    )


@says(staff.EmailInUse)
def _email_in_use(_error: staff.EmailInUse) -> str:
    return _("Een andere collega heeft dit e-mailadres al. Kies een ander adres.")


@says(staff.EmailMissing)
def _email_missing(_error: staff.EmailMissing) -> str:
    return _("Deze collega heeft nog geen e-mailadres. Vul het in, dan kunt u uitnodigen.")


@says(staff.EmailBroken)
def _email_broken(error: staff.EmailBroken) -> str:
    return _("%(email)s is geen e-mailadres. Schrijf het zo: naam@school.example.", email=error.email or "…")


@says(staff.NameMissing)
def _name_missing(_error: staff.NameMissing) -> str:
    return _("Vul de roepnaam in.")


@says(staff.CodeInUse)
def _code_in_use(error: staff.CodeInUse) -> str:
    if not error.code:
        return _("Vul de code in die deze collega op school heeft.")
    return _("De code %(code)s hoort al bij een collega. Kies een andere code.", code=error.code)


@says(staff.LastKeeper)
def _last_keeper(_error: staff.LastKeeper) -> str:
    return _(
        "Er blijft dan niemand over die de school kan beheren. "
        "Geef eerst een andere collega de rol administratie of directie."
    )
