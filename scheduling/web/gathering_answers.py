"""What a home says about a gathering, on its own page or to the school: one form, with the words of who fills it in."""

from collections.abc import Callable

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField

from scheduling.domain.gatherings import Answer, Coming, Details

NUMBERS = ("adults", "children", "in_childcare")


class AnswerForm(FlaskForm):
    """Who of a home come. What is left empty is nobody."""

    coming: RadioField
    adults: StringField
    children: StringField
    in_childcare: StringField
    shows_names: BooleanField

    def fit(
        self, names: Callable[[Coming], str], details: Details, said: Answer | None, usual: Answer | None = None
    ) -> "AnswerForm":
        """What can be said of this gathering, and what the home said before, or would say as it usually does.

        `names`: how the answers are called by who fills it in.
        """
        self.coming.choices = [(one.value, names(one)) for one in Coming]
        if not self.is_submitted():
            shown = said or usual or Answer(Coming.NO)
            self.coming.data = said.coming.value if said else None
            self.shows_names.data = shown.shows_names
            for name in NUMBERS:
                self[name].data = str(getattr(shown, name) or "")
        if not details.childcare:
            del self.in_childcare
        return self

    def is_clear(self) -> bool:
        """Is it said whether they come, and is every number one? What is not stands beside its field."""
        if self.coming.data not in set(Coming):
            self.coming.errors = [_("Kies een van de antwoorden.")]
        for name in NUMBERS:
            if name in self and _number(self[name].data) is None:
                self[name].errors = [_("Vul een heel getal in, of laat het leeg.")]
        return not self.errors

    @property
    def answer(self) -> Answer:
        numbers = {name: _number(self[name].data) or 0 for name in NUMBERS if name in self}
        return Answer(Coming(self.coming.data), shows_names=bool(self.shows_names.data), **numbers)


def _number(text: str | None) -> int | None:
    """The number that was typed; empty is nobody, anything else no number."""
    typed = (text or "").strip()
    if not typed:
        return 0
    return int(typed) if typed.isdecimal() and len(typed) < 4 else None
