"""Classes, pupils, homes and guardians: who is reached how, personal links, permission."""

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField
from wtforms.validators import AnyOf, InputRequired, Length

from scheduling.domain.corrections import LANGUAGES
from scheduling.domain.errors import Invalid
from scheduling.domain.people import NoSuchGuardian, OnRequest
from scheduling.domain.timeslots import local
from scheduling.queries import people as asking
from scheduling.queries import two_homes, wishes, years
from scheduling.queries.told import told_to_homes
from scheduling.services import grown_pupils, links, on_request
from scheduling.services import people as keeping
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording.mailings import letter_name
from scheduling.wording.names import language_name
from scheduling.wording.on_request import on_request_name


class ContactForm(FlaskForm):
    """How a guardian is reached."""

    email = StringField(
        _("Mailadres"), validators=[Length(max=254)], description=_("Leeg: deze ouder krijgt brieven op papier.")
    )
    phone = StringField(_("Telefoon"), validators=[Length(max=40)])
    language = SelectField(_("Taal van brieven en pagina's"))
    receives_post = BooleanField(_("Krijgt brieven over dit kind"))

    @classmethod
    def new(cls, guardian: asking.GuardianLine | None = None) -> "ContactForm":
        """The form as it was posted, or with what is kept now."""
        form = cls(formdata=None, obj=guardian) if guardian else cls()
        form.language.choices = [(code, language_name(code)) for code in LANGUAGES]
        return form


class OnRequestForm(FlaskForm):
    """What a parent without authority asked for, and when."""

    what = RadioField(
        _("Wat geeft de school?"), validate_choice=False,
        validators=[AnyOf([OnRequest.INFORMATION, OnRequest.TALK], _("Kies wat de school geeft."))],
    )  # fmt: skip
    asked_on = DateField(
        _("Op welke dag vroeg deze ouder het?"), format=["%Y-%m-%d", "%d-%m-%Y"],
        validators=[InputRequired(_("Kies een dag."))],
    )  # fmt: skip

    @classmethod
    def new(cls, guardian: asking.GuardianLine | None = None) -> "OnRequestForm":
        """The form as it was posted, or with what is given now."""
        form = cls(formdata=None, data=_given(guardian)) if guardian else cls()
        form.what.choices = [(one.value, on_request_name(one)) for one in (OnRequest.INFORMATION, OnRequest.TALK)]
        return form


def _given(guardian: asking.GuardianLine) -> dict[str, object]:
    what = guardian.on_request if guardian.asked_on else OnRequest.INFORMATION
    return {"what": what.value, "asked_on": guardian.asked_on or local(now()).date()}


def _year() -> years.YearFacts:
    return years.the_year(request.args.get("year"), local(now()).date())


@pages.get("/people")
def people() -> str:
    """The classes of a year, and a search for anybody."""
    year, today = _year(), local(now()).date()
    wanted = request.args.get("q", "").strip()
    return render_template(
        "staff/office/people.html", year=year, years=years.all_years(), wanted=wanted,
        page=asking.people_page(year.id, today=today), own_talks=len(two_homes.wishes_of(year.id)),
        found=asking.search_pupils(wanted, year.id, today=today) if wanted else (),
    )  # fmt: skip


@pages.get("/classes/<int:class_id>")
def class_group(class_id: int) -> str:
    """One class with its pupils."""
    return render_template("staff/office/class.html", page=asking.class_page(class_id, today=local(now()).date()))


def _pupil_page(pupil_id: int) -> asking.PupilPage:
    return asking.pupil_page(pupil_id, _year().id, now=now())


@pages.get("/pupils/<int:pupil_id>")
def pupil(pupil_id: int) -> str:
    """A pupil, the homes, the talks, the links."""
    wishing = wishes.rounds_asking(pupil_id)
    return render_template(
        "staff/office/pupil.html", page=_pupil_page(pupil_id), wishing=wishing, told=told_to_homes(pupil_id),
        letter_name=letter_name, on_request_name=on_request_name, done=request.args,
    )  # fmt: skip


@pages.post("/pupils/<int:pupil_id>/permission")
def permit_parents(pupil_id: int) -> ResponseReturnValue:
    """An adult pupil lets the parents stay involved, or no longer."""
    grown_pupils.permit_parents(pupil_id=pupil_id, permitted="permit" in request.form, by=g.actor, now=now())
    return redirect(url_for("office.pupil", pupil_id=pupil_id, done="saved"), code=303)


@pages.post("/pupils/<int:pupil_id>/link")
def pupil_link(pupil_id: int) -> str:
    """A fresh personal link for an adult pupil, shown once."""
    page = _pupil_page(pupil_id)
    token = links.issue(pupil_id=pupil_id, by=g.actor, now=now())
    return _fresh_link(page, page.name.full, token)


@pages.post("/pupils/<int:pupil_id>/link/mail")
def mail_pupil_link(pupil_id: int) -> ResponseReturnValue:
    """Mail an adult pupil a fresh link."""
    sent = keeping.mail_link(pupil_id=pupil_id, by=g.actor, now=now())
    return redirect(url_for("office.pupil", pupil_id=pupil_id, done="mailed" if sent else "nowhere"), code=303)


@pages.post("/pupils/<int:pupil_id>/link/revoke")
def revoke_pupil_links(pupil_id: int) -> ResponseReturnValue:
    """All links of this pupil stop at once."""
    links.revoke_all(pupil_id=pupil_id, by=g.actor, now=now())
    return redirect(url_for("office.pupil", pupil_id=pupil_id, done="revoked"), code=303)


def _guardian(pupil_id: int, guardian_id: int) -> tuple[asking.PupilPage, asking.GuardianLine]:
    """This guardian of this pupil; anybody else is not there."""
    page = _pupil_page(pupil_id)
    found = [one for home in page.homes for one in home.guardians if one.id == guardian_id]
    if not found:
        raise NoSuchGuardian
    return page, found[0]


def _guardian_page(
    pupil_id: int, guardian_id: int, form: ContactForm | None = None, asks: OnRequestForm | None = None
) -> str:
    page, guardian = _guardian(pupil_id, guardian_id)
    return render_template(
        "staff/office/guardian.html", page=page, guardian=guardian, form=form or ContactForm.new(guardian),
        asks=asks or OnRequestForm.new(guardian), on_request_name=on_request_name, done=request.args,
    )  # fmt: skip


def _bad_contact(error: Invalid, pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    return _guardian_page(pupil_id, guardian_id, faulted(ContactForm.new(), error)), 422


def _to_guardian(pupil_id: int, guardian_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("office.guardian", pupil_id=pupil_id, guardian_id=guardian_id, done=done), code=303)


@pages.get("/pupils/<int:pupil_id>/guardians/<int:guardian_id>")
def guardian(pupil_id: int, guardian_id: int) -> str:
    """A guardian of this pupil: address, letters, links."""
    return _guardian_page(pupil_id, guardian_id)


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>")
@answers(Invalid, with_=_bad_contact)
def change_guardian(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """Keep how this guardian is reached."""
    _guardian(pupil_id, guardian_id)
    form = ContactForm.new()
    if not form.validate():
        return _guardian_page(pupil_id, guardian_id, form), 422
    keeping.change_contact(
        guardian_id=guardian_id, email=form.email.data or "", phone=form.phone.data or "",
        language=form.language.data, by=g.actor, now=now(),
    )  # fmt: skip
    keeping.receive_post(
        guardian_id=guardian_id, pupil_id=pupil_id, receives=bool(form.receives_post.data), by=g.actor, now=now()
    )
    return _to_guardian(pupil_id, guardian_id, "saved")


def _bad_request(error: Invalid, pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    return _guardian_page(pupil_id, guardian_id, asks=faulted(OnRequestForm.new(), error)), 422


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/on-request")
@answers(Invalid, with_=_bad_request)
def give_on_request(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """A parent without authority asked: word after a talk, or a talk of the own."""
    _guardian(pupil_id, guardian_id)
    form = OnRequestForm.new()
    if not form.validate():
        return _guardian_page(pupil_id, guardian_id, asks=form), 422
    mailed = on_request.give(
        pupil_id=pupil_id, guardian_id=guardian_id, what=OnRequest(form.what.data), asked_on=form.asked_on.data,
        by=g.actor, now=now(),
    )  # fmt: skip
    return _to_guardian(pupil_id, guardian_id, "given" if mailed else "given-on-paper")


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/on-request/back")
def take_back_on_request(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """From now on nothing again; own talks are off."""
    _guardian(pupil_id, guardian_id)
    on_request.take_back(pupil_id=pupil_id, guardian_id=guardian_id, by=g.actor, now=now())
    return _to_guardian(pupil_id, guardian_id, "taken-back")


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/works")
def address_works(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """The mailbox takes letters again."""
    _guardian(pupil_id, guardian_id)
    keeping.address_works(guardian_id=guardian_id, by=g.actor, now=now())
    return _to_guardian(pupil_id, guardian_id, "saved")


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/link")
def guardian_link(pupil_id: int, guardian_id: int) -> str:
    """A fresh personal link, shown once: for the parent on the phone or at the counter."""
    page, person = _guardian(pupil_id, guardian_id)
    token = links.issue(guardian_id=guardian_id, by=g.actor, now=now())
    return _fresh_link(page, person.name.full, token)


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/link/mail")
def mail_guardian_link(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """Mail a fresh link to the stored address."""
    _guardian(pupil_id, guardian_id)
    sent = keeping.mail_link(guardian_id=guardian_id, by=g.actor, now=now())
    return _to_guardian(pupil_id, guardian_id, "mailed" if sent else "nowhere")


@pages.post("/pupils/<int:pupil_id>/guardians/<int:guardian_id>/link/revoke")
def revoke_guardian_links(pupil_id: int, guardian_id: int) -> ResponseReturnValue:
    """All links of this guardian stop at once, on every device."""
    _guardian(pupil_id, guardian_id)
    links.revoke_all(guardian_id=guardian_id, by=g.actor, now=now())
    return _to_guardian(pupil_id, guardian_id, "revoked")


def _fresh_link(page: asking.PupilPage, whose: str, token: str) -> str:
    # Not redirected: the token is told this once and kept nowhere, not even in the colleague's session.
    address = f"{current_app.config['BASE_URL']}/g/{token}"
    return render_template("staff/office/fresh_link.html", page=page, whose=whose, address=address)
