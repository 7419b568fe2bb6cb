"""Sign in and out; set, change and forget a password."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.staff import SHORTEST_PASSWORD, PasswordKeyDead, SignInRefused
from scheduling.queries import people
from scheduling.services import staff
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.language import own_path
from scheduling.web.security import leave, origin
from scheduling.web.staff import enter_as, pages
from scheduling.wording.refusals import sentence


class SignInForm(FlaskForm):
    email = StringField(_("E-mailadres van school"))
    password = PasswordField(_("Wachtwoord"), description=_("Plakken mag. Uw wachtwoordkluis werkt hier ook."))


class ForgotForm(FlaskForm):
    email = StringField(_("E-mailadres van school"))


class NewPasswordForm(FlaskForm):
    password = PasswordField(_("Nieuw wachtwoord"))


class ChangePasswordForm(FlaskForm):
    current = PasswordField(_("Wachtwoord van nu"))
    password = PasswordField(_("Nieuw wachtwoord"))


def _sign_in_page(form: SignInForm, wanted: str | None) -> str:
    return render_template("staff/sign_in.html", form=form, wanted=own_path(wanted, ""))


def _not_in(error: SignInRefused) -> ResponseReturnValue:
    return _sign_in_page(faulted(SignInForm(), error, "email"), request.form.get("next")), 422


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Who are you?"""
    wanted = request.args.get("next")
    if current_user.is_authenticated:
        return redirect(own_path(wanted, url_for("staff.start")), code=303)
    return _sign_in_page(SignInForm(formdata=None), wanted)


@pages.post("/sign-in")
@answers(SignInRefused, with_=_not_in)
def sign_in_now() -> ResponseReturnValue:
    """Come in, and on to the page that was wanted."""
    key = staff.sign_in(
        email=request.form.get("email", ""), password=request.form.get("password", ""), now=now(), origin=origin()
    )
    enter_as(key)
    return redirect(own_path(request.form.get("next"), url_for("staff.start")), code=303)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Go out; nothing of this visit stays on the device."""
    staff.sign_out(key=current_user.get_id(), now=now())
    leave()
    return redirect(url_for("staff.sign_in"), code=303)


@pages.get("/forgot")
def forgot() -> str:
    """I do not know my password any more."""
    return render_template("staff/forgot.html", form=ForgotForm(formdata=None), asked="asked" in request.args)


@pages.post("/forgot")
def forgot_now() -> ResponseReturnValue:
    """Mail a key to set a password, if this address is known; the answer does not tell."""
    staff.request_reset(email=request.form.get("email", ""), now=now(), origin=origin())
    return redirect(url_for("staff.forgot", asked=1), code=303)


def _password_page(key: str, form: NewPasswordForm) -> str:
    return render_template("staff/set_password.html", form=form, key=key, shortest=SHORTEST_PASSWORD)


def _bad_password(error: Invalid, key: str) -> ResponseReturnValue:
    return _password_page(key, faulted(NewPasswordForm(), error)), 422


def _dead_key(error: PasswordKeyDead, key: str) -> ResponseReturnValue:
    return render_template("staff/forgot.html", form=ForgotForm(formdata=None), asked=False, dead=sentence(error)), 404


@pages.get("/set-password/<key>")
@answers(PasswordKeyDead, with_=_dead_key)
def set_password(key: str) -> str:
    """Choose a password, with the key from the letter."""
    people.ensure_password_key(key, now())
    return _password_page(key, NewPasswordForm(formdata=None))


@pages.post("/set-password/<key>")
@answers(PasswordKeyDead, with_=_dead_key)
@answers(Invalid, with_=_bad_password)
def set_password_now(key: str) -> ResponseReturnValue:
    """Keep the password; the key has done its work."""
    staff.set_password(token=key, password=request.form.get("password", ""), now=now())
    leave()
    return redirect(url_for("staff.sign_in", set=1), code=303)


def _own_password_page(form: ChangePasswordForm) -> str:
    return render_template(
        "staff/password.html", form=form, shortest=SHORTEST_PASSWORD, changed="changed" in request.args
    )


def _not_changed(error: Refused) -> ResponseReturnValue:
    field = "current" if isinstance(error, SignInRefused) else "password"
    return _own_password_page(faulted(ChangePasswordForm(), error, field)), 422


@pages.get("/password")
def password() -> str:
    """Another password for who is in."""
    return _own_password_page(ChangePasswordForm(formdata=None))


@pages.post("/password")
@answers(SignInRefused, with_=_not_changed)
@answers(Invalid, with_=_not_changed)
def password_now() -> ResponseReturnValue:
    """Keep the new password; all other visits end."""
    key = staff.change_password(
        staff_id=g.staff.id, current=request.form.get("current", ""), password=request.form.get("password", ""),
        now=now(), origin=origin(),
    )  # fmt: skip
    enter_as(key)
    return redirect(url_for("staff.password", changed=1), code=303)
