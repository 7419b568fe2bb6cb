"""The school writes down how a family would like to meet in a talk of a round."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import Optional

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import TRAVEL, NoRoomForVisit, Visit, WayChangedMeanwhile, WayNotOffered, seen_as
from scheduling.queries import leading as asking
from scheduling.queries.talks import Talk
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

    address = StringField(
        _("Waar bent u welkom? (mag leeg)"), description=_("Alleen bij een bezoek, en alleen u ziet dit.")
    )
    travel_before = IntegerField(_("Reistijd ervoor, in minuten"), validators=[Optional()])
    travel_after = IntegerField(_("Reistijd erna, in minuten"), validators=[Optional()])

    def fit(self, talk: Talk) -> "WayForm":
        self.way.choices = [(way.value, way_choice_for_staff(way)) for way in asking.ways_of(talk)]
        return self

    def visit(self, desk: Desk, talk: Talk) -> Visit:
        """The way there and back as it was filled in; who only works along sees no address, and keeps it."""
        address = (self.address.data or "") if desk.is_own else talk.visit.address
        before, after = self.travel_before.data, self.travel_after.data
        return Visit(address, TRAVEL if before is None else before, TRAVEL if after is None else after)


def _refused(error: Refused, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _page(desk_of(leader_id), booking_id, error), 422 if isinstance(error, Invalid) else 409


def _page(desk: Desk, booking_id: int, error: Refused | None = None) -> str:
    talk = asking.the_talk(booking_id, desk.leader_id, now=now())
    form = (WayForm() if error else WayForm(formdata=None, data=_kept(desk, talk))).fit(talk)
    return desk.show(
        "way.html", talk=talk, form=faulted(form, error) if error else form, seen=seen_as(talk.met, talk.join_link)
    )


def _kept(desk: Desk, talk: Talk) -> dict[str, object]:
    visit = talk.visit if talk.met is Medium.HOME else Visit()
    return {
        "way": talk.met.value, "join_link": talk.join_link, "address": visit.address if desk.is_own else "",
        "travel_before": visit.before, "travel_after": visit.after,
    }  # fmt: skip


@page("/talks/<int:booking_id>/way", "way")
def show_way(desk: Desk, booking_id: int) -> str:
    """How do people meet?"""
    return _page(desk, booking_id)


@page("/talks/<int:booking_id>/way", "set_way", methods=("POST",))
@answers(Invalid, with_=_refused)
@answers(NoRoomForVisit, with_=_refused)
@answers(WayChangedMeanwhile, with_=_refused)
def set_way(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The family would like to meet in this way; it hears that it is so."""
    form, talk = WayForm(), asking.the_talk(booking_id, desk.leader_id, now=now())
    if form.way.data not in set(Medium):
        raise WayNotOffered
    ways.set_way(
        booking_id=talk.id, leader_id=desk.leader_id, way=Medium(form.way.data), join_link=form.join_link.data or "",
        seen=request.form.get("seen", ""), visit=form.visit(desk, talk), by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("talk", booking_id=booking_id, done="way")
