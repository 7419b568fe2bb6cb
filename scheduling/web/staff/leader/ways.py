"""The school writes down how a family would like to meet in a talk of a round."""

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.validators import Optional

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import (
    TRAVEL,
    NobodyAtTheTable,
    NoRoomForVisit,
    Visit,
    WayChangedMeanwhile,
    WayNotOffered,
    seen_as,
)
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


class PartForm(FlaskForm):
    """Which homes of a joint talk are on the phone."""

    phoning = SelectMultipleField(_("Wie doet mee aan de telefoon?"), coerce=int, validate_choice=False)

    def fit(self, talk: Talk) -> "PartForm":
        self.phoning.choices = [(at.home.household_id or 0, ", ".join(at.home.names)) for at in talk.homes]
        return self


def _refused(error: Refused, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _page(desk_of(leader_id), booking_id, error), 422 if isinstance(error, Invalid) else 409


def _page(desk: Desk, booking_id: int, error: Refused | None = None) -> str:
    talk = asking.the_talk(booking_id, desk.leader_id, now=now())
    form = (WayForm() if error else WayForm(formdata=None, data=_kept(desk, talk))).fit(talk)
    return _show(desk, talk, faulted(form, error) if error else form, _part(talk))


def _show(desk: Desk, talk: Talk, form: FlaskForm, part: FlaskForm | None) -> str:
    return desk.show("way.html", talk=talk, form=form, part=part, seen=seen_as(talk.met, talk.join_link))


def _part(talk: Talk) -> PartForm | None:
    """Where two homes come to one talk at school: which of them is on the phone."""
    if talk.met is not Medium.SCHOOL or len(talk.homes) < 2:
        return None
    phoning = [at.home.household_id for at in talk.homes if at.by_phone]
    return PartForm(formdata=None, data={"phoning": phoning}).fit(talk)


def _nobody(error: NobodyAtTheTable, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    desk = desk_of(leader_id)
    talk = asking.the_talk(booking_id, desk.leader_id, now=now())
    form = WayForm(formdata=None, data=_kept(desk, talk)).fit(talk)
    return _show(desk, talk, form, faulted(PartForm().fit(talk), error)), 422


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
    if form.way.data == Medium.HOME and not form.validate():
        return _show(desk, talk, form.fit(talk), _part(talk)), 422
    ways.set_way(
        booking_id=talk.id, leader_id=desk.leader_id, way=Medium(form.way.data), join_link=form.join_link.data or "",
        seen=request.form.get("seen", ""), visit=form.visit(desk, talk), by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("talk", booking_id=booking_id, done="way")


@page("/talks/<int:booking_id>/part", "set_part", methods=("POST",))
@answers(NobodyAtTheTable, with_=_nobody)
def set_part(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """These homes of a joint talk are on the phone, the other sits at the table; who changes hears of it."""
    ways.set_part(
        booking_id=booking_id, leader_id=desk.leader_id, phoning=PartForm().phoning.data or (), by=g.actor, now=now()
    )
    return desk.sends_to("talk", booking_id=booking_id, done="way")
