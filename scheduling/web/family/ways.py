"""How a family and a leader meet: at school, on the phone or by video."""

from flask import g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from scheduling.domain.errors import Refused
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import NoRoomForVisit, WayNotOffered
from scheduling.queries.family import Talk
from scheduling.services import ways
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.family.talks import booking_of, own_talk, to_talk
from scheduling.web.faults import faulted
from scheduling.wording.ways import way_choice


class WayForm(FlaskForm):
    way = RadioField(_l("Wat past u?"), validate_choice=False)

    address = StringField(
        _l("Waar komen wij dan? (mag leeg)"),
        description=_l("Alleen wie op bezoek komt ziet dit adres. Na het bezoek is het weg."),
    )

    def fit(self, talk: Talk) -> "WayForm":
        """What this family may choose."""
        self.way.choices = [(way.value, way_choice(way)) for way in talk.ways]
        return self


def _not_offered(error: Refused, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _page(own_talk(round_id, pupil_id), error), 422 if isinstance(error, WayNotOffered) else 409


def _page(talk: Talk, error: Refused | None = None) -> str:
    kept = {"way": talk.met.value, "address": talk.visit.address}
    form = (WayForm() if error else WayForm(formdata=None, data=kept)).fit(talk)
    return render_template("family/way.html", talk=talk, form=faulted(form, error) if error else form, now=now())


@pages.get("/talks/<int:round_id>/<int:pupil_id>/way")
def show_way(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """How do we meet?"""
    talk = own_talk(round_id, pupil_id)
    return _page(talk) if talk.may_choose_way(now()) else to_talk(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/way")
@answers(WayNotOffered, with_=_not_offered)
@answers(NoRoomForVisit, with_=_not_offered)
def choose_way(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """We meet in this way."""
    booking_id, form = booking_of(round_id, pupil_id), WayForm()
    if form.way.data not in set(Medium):
        raise WayNotOffered
    ways.choose(
        booking_id=booking_id, way=Medium(form.way.data), address=form.address.data or "", by=g.actor, now=now()
    )
    return to_talk(round_id, pupil_id)
