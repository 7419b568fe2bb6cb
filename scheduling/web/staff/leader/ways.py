"""The school writes down how a family would like to meet in a talk of a round."""

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from scheduling.domain.errors import Invalid
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import WAYS, WayNotOffered
from scheduling.queries import leading as asking
from scheduling.services import ways
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording.ways import way_choice_for_staff


class WayForm(FlaskForm):
    way = RadioField(_("Wat wil het gezin?"), validate_choice=False)
    join_link = StringField(
        _("Link voor beeld"),
        description=_("Alleen bij beeld. Leeg: een eigen link van de school, als die bij School staat."),
    )

    def fit(self) -> "WayForm":
        self.way.choices = [(way.value, way_choice_for_staff(way)) for way in WAYS]
        return self


def _refused(error: Invalid, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _page(desk_of(leader_id), booking_id, faulted(WayForm().fit(), error)), 422


def _page(desk: Desk, booking_id: int, form: WayForm | None = None) -> str:
    talk = asking.the_talk(booking_id, desk.leader_id, now=now())
    if form is None:
        form = WayForm(formdata=None, data={"way": talk.met.value, "join_link": talk.join_link}).fit()
    return desk.show("way.html", talk=talk, form=form)


@page("/talks/<int:booking_id>/way", "way")
def show_way(desk: Desk, booking_id: int) -> str:
    """How do people meet?"""
    return _page(desk, booking_id)


@page("/talks/<int:booking_id>/way", "set_way", methods=("POST",))
@answers(Invalid, with_=_refused)
def set_way(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The family would like to meet in this way; it hears that it is so."""
    form, talk = WayForm(), asking.the_talk(booking_id, desk.leader_id, now=now())
    if form.way.data not in set(Medium):
        raise WayNotOffered
    ways.set_way(
        booking_id=talk.id, leader_id=desk.leader_id, way=Medium(form.way.data), join_link=form.join_link.data or "",
        by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("talk", booking_id=booking_id, done="way")
