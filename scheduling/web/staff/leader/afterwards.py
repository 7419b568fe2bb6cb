"""After a talk: write down in a sentence what it came to, and who does what."""

from typing import Any

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from scheduling.domain.aftercare import (
    LONGEST_CONCLUSION,
    MOST_ACTIONS,
    Action,
    ActionBy,
    Aftercare,
    AftercareChanged,
    editable_until,
)
from scheduling.domain.errors import Invalid
from scheduling.queries import leading as asking
from scheduling.queries.aftercare import AftercareFacts, aftercare_of
from scheduling.services import aftercare
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.aftercare import action_by
from scheduling.wording.refusals import sentence

NUMBERS = tuple(range(1, MOST_ACTIONS + 1))
NOBODY = ""


class AfterwardsForm(FlaskForm):
    conclusion = TextAreaField(
        _("Wat spraken wij af?"),
        description=_(
            "In één of twee zinnen, hoogstens %(most)s tekens. Het gezin leest mee.", most=LONGEST_CONCLUSION
        ),
    )
    by_letter = BooleanField(_("Stuur dit ook per brief"))
    seen = IntegerField(validators=[InputRequired()])

    def fit(self) -> "AfterwardsForm":
        for number in NUMBERS:
            self[f"who_{number}"].choices = [(who.value, action_by(who)) for who in ActionBy]
        return self

    def aftercare(self) -> Aftercare:
        """What was typed, as the house knows it."""
        return Aftercare(
            self.conclusion.data or "",
            tuple(
                Action(
                    ActionBy(self[f"who_{number}"].data), self[f"what_{number}"].data or "", self[f"due_{number}"].data
                )
                for number in NUMBERS
            ),
        )


for _number in NUMBERS:
    setattr(AfterwardsForm, f"who_{_number}", SelectField(_("Wie?")))
    setattr(AfterwardsForm, f"what_{_number}", StringField(_("Wat?")))
    setattr(AfterwardsForm, f"due_{_number}", DateField(_("Wanneer klaar? (mag leeg)"), validators=[Optional()]))


def _unclear(error: Invalid, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _show(desk_of(leader_id), booking_id, faulted(AfterwardsForm().fit(), error)), 422


def _changed(error: AftercareChanged, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    """A colleague was first: how it stands now."""
    return _show(desk_of(leader_id), booking_id, _filled(aftercare_of(booking_id)), note=sentence(error)), 409


@page("/talks/<int:booking_id>/afterwards", "afterwards")
def afterwards(desk: Desk, booking_id: int) -> str:
    """The conclusion and the actions of one talk."""
    asking.the_talk(booking_id, desk.leader_id, now=now())
    return _show(desk, booking_id, _filled(aftercare_of(booking_id)))


@page("/talks/<int:booking_id>/afterwards", "write_afterwards", methods=("POST",))
@answers(AftercareChanged, with_=_changed)
@answers(Invalid, with_=_unclear)
def write_afterwards(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """Keep it; the family reads exactly this."""
    asking.the_talk(booking_id, desk.leader_id, now=now())
    form = AfterwardsForm().fit()
    if not form.validate_on_submit():
        return _show(desk, booking_id, form), 422
    aftercare.write(
        booking_id=booking_id, aftercare=form.aftercare(), by_letter=form.by_letter.data, seen_version=form.seen.data,
        leader_id=desk.leader_id, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("talk", booking_id=booking_id, done="afterwards")


def _show(desk: Desk, booking_id: int, form: AfterwardsForm, note: str = "") -> str:
    talk = asking.the_talk(booking_id, desk.leader_id, now=now())
    until = editable_until(talk.ends_at)
    return desk.show("afterwards.html", talk=talk, form=form, numbers=NUMBERS, note=note, until=until)


def _filled(found: AftercareFacts | None) -> AfterwardsForm:
    data: dict[str, Any] = {"conclusion": found.conclusion if found else "", "seen": found.version if found else 0}
    for number, action in enumerate(found.actions if found else (), start=1):
        data |= {f"who_{number}": action.who.value, f"what_{number}": action.what, f"due_{number}": action.due_on}
    return AfterwardsForm(formdata=None, data=data).fit()
