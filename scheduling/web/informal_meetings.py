"""The form for an informal meeting of a class: the same for its mentor and for a contact parent."""

from datetime import date, time

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField, TimeField
from wtforms.validators import InputRequired, Length

from scheduling.domain.informal_meetings import MeetingWish
from scheduling.domain.year_plans import PLACE_LENGTH


class MeetingForm(FlaskForm):
    """When, where, and perhaps a theme."""

    day = DateField(_l("Dag"), validators=[InputRequired(_l("Kies een dag."))])
    begins = TimeField(_l("Begin"), validators=[InputRequired(_l("Vul een tijd in."))])
    ends = TimeField(_l("Einde"), validators=[InputRequired(_l("Vul een tijd in."))])
    place = StringField(
        _l("Waar"), validators=[Length(max=PLACE_LENGTH, message=_l("Houd het kort: hoogstens 60 tekens."))],
        description=_l("Mag leeg."),
    )  # fmt: skip
    theme = StringField(_l("Thema"), description=_l("Mag leeg. Bijvoorbeeld sociale media, gamen, uitgaan of gedrag."))
    sure = BooleanField(_l("Ik weet het, zet het toch in het plan"))

    @property
    def wish(self) -> MeetingWish:
        """What was filled in, as the house knows it."""
        day: date = self.day.data
        begins: time = self.begins.data
        ends: time = self.ends.data
        return MeetingWish(day, begins, ends, self.place.data or "", self.theme.data or "")
