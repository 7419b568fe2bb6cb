"""The form for one line of the buddy list: the same for a parent and for the school."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField

from scheduling.domain.buddies import BuddyKind, Wish
from scheduling.wording.buddies import kind_name


class WishForm(FlaskForm):
    """What it is about, and whether it is offered or looked for."""

    guardian = SelectField(_l("Wie is het?"), choices=[], validate_choice=False)
    side = SelectField(_l("Wat wilt u?"), validate_choice=False)
    kind = SelectField(_l("Waarover?"), validate_choice=False)
    topic = StringField(
        _l("In een paar woorden"), description=_l("Bijvoorbeeld: Pools. Schrijf niets over een kind.")
    )  # fmt: skip

    def fit(self) -> "WishForm":
        self.side.choices = [
            SelectChoice("need", _l("Een andere ouder mag mij helpen")),
            SelectChoice("offer", _l("Ik help graag een andere ouder")),
        ]
        self.kind.choices = [SelectChoice(one.value, kind_name(one)) for one in BuddyKind]
        return self

    @property
    def wish(self) -> Wish:
        kind = BuddyKind(self.kind.data) if self.kind.data in list(BuddyKind) else BuddyKind.OTHER
        return Wish(kind, self.side.data == "offer", self.topic.data or "")
