"""Correct the own contact data. The office looks at it before it counts."""

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField

from scheduling.domain.corrections import BadEmail, BadLanguage, BadPhone, CorrectionField
from scheduling.domain.errors import Invalid
from scheduling.queries import family
from scheduling.services import corrections
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.language import LANGUAGES
from scheduling.wording.refusals import sentence


class ContactForm(FlaskForm):
    email = StringField(_l("E-mailadres"), description=_l("Hierheen sturen wij uitnodigingen en uw link."))
    phone = StringField(_l("Telefoonnummer"), description=_l("Alleen de school ziet dit nummer. Leeg laten mag."))
    language = SelectField(_l("Taal van onze brieven"), choices=[], validate_choice=False)


def unclear(error: Invalid) -> ResponseReturnValue:
    form = ContactForm()
    form[error.field or "email"].errors = [sentence(error)]
    return _page(form), 422


@pages.get("/contact")
def show_contact() -> ResponseReturnValue:
    known = {row.field.value: row.value if row.waiting is None else row.waiting for row in _fields()}
    return _page(ContactForm(data=known))


@pages.post("/contact")
@answers(BadEmail, with_=unclear)
@answers(BadPhone, with_=unclear)
@answers(BadLanguage, with_=unclear)
def correct_contact() -> ResponseReturnValue:
    form = ContactForm()
    values = {field: str(form[field.value].data or "") for field in CorrectionField}
    corrections.propose(values=values, by=g.actor, now=now())
    return redirect(url_for("family.show_contact"), code=303)


def _page(form: ContactForm) -> str:
    fields = _fields()
    own = next(row.value for row in fields if row.field is CorrectionField.LANGUAGE)
    known = LANGUAGES | ({} if own in LANGUAGES else {own: own})
    form.language.choices = [SelectChoice(code, name) for code, name in known.items()]
    waiting = [row for row in fields if row.waiting is not None]
    decided = [row for row in fields if row.decided]
    return render_template("family/contact.html", form=form, waiting=waiting, decided=decided)


def _fields() -> tuple[family.ContactField, ...]:
    return family.contact_of(g.actor, now())
