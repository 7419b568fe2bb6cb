"""What was typed comes back with the refusal beside its field."""

from flask_wtf import FlaskForm

from scheduling.domain.errors import Refused
from scheduling.wording.refusals import sentence


def faulted(form: FlaskForm, error: Refused, field: str = "") -> FlaskForm:
    """The form, with the sentence of this refusal at the field it is about, or above the form."""
    name = field or getattr(error, "field", None) or ""
    if name in form:
        form[name].errors = [*form[name].errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))
    return form
