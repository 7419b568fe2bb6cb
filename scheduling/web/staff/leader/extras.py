"""Who else comes to one talk: writing down what the family asks, and saying who comes or that it is not possible."""

from flask import g
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.extra_persons import ColleagueElsewhere, ExtraKind, ExtraState
from scheduling.queries import extra_persons as asking
from scheduling.queries import leading
from scheduling.queries.talks import Talk
from scheduling.services import extra_persons
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.extras import kind_choices, kind_of
from scheduling.web.faults import faulted
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording import extra_persons as names

EXTRA = "/talks/<int:booking_id>/extras/<int:extra_id>"


class AskForm(FlaskForm):
    """What the family told the school."""

    home = RadioField(_("Voor wie?"), validate_choice=False)
    kind = RadioField(_("Wie komt er graag bij?"), validate_choice=False, default=ExtraKind.COUNSELLOR.value)
    name = StringField(_("Naam"), description=_("Bij iemand van of via de school mag dit leeg."))

    def fit(self, found: Talk) -> "AskForm":
        self.home.choices = [(str(at.home.household_id or 0), ", ".join(at.home.names)) for at in found.homes]
        self.kind.choices = kind_choices(asking.both_mentors_of(found.id))
        return self


class SeatForm(FlaskForm):
    """Who comes, or that it is not possible."""

    state = RadioField(_("Hoe ver is het?"), validate_choice=False)
    who = SelectField(_("Wie komt er?"), validate_choice=False)
    name = StringField(_("Of iemand anders"), description=_("De naam van wie niet in de lijst staat."))
    email = StringField(
        _("E-mail van die ander"),
        description=_("Mag leeg. Hierheen gaan dag, tijd en plaats, en niets over het gezin."),
    )

    def fit(self, extra: asking.Extra, leader_id: int) -> "SeatForm":
        self.state.choices = [
            (state.value, names.extra_state(extra.kind, state))
            for state in ExtraState
            if state is not ExtraState.AGAIN or extra.state is state
        ]  # fmt: skip
        self.who.choices = [
            ("", _("Niemand uit deze lijst")),
            *((f"s{one.id}", one.name) for one in asking.colleagues(leader_id, now())),
            *((f"o{one.id}", _("%(name)s (van buiten)", name=one.name)) for one in asking.from_outside()),
        ]
        return self


def _not_asked(error: Refused, booking_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    return _extras(desk_of(leader_id), booking_id, error), 422


def _extras(desk: Desk, booking_id: int, error: Refused | None = None) -> str:
    found = leading.the_talk(booking_id, desk.leader_id, now=now())
    form = AskForm().fit(found)
    if not form.home.data and found.homes:
        form.home.data = str(found.homes[0].home.household_id or 0)
    return desk.show(
        "extras.html", talk=found, form=faulted(form, error) if error else form,
        deadline=asking.deadline_of(booking_id, now()),
    )  # fmt: skip


@page("/talks/<int:booking_id>/extras", "extras")
def extras(desk: Desk, booking_id: int) -> str:
    """Who was asked, and writing down that a family would like somebody to come."""
    return _extras(desk, booking_id)


@page("/talks/<int:booking_id>/extras", "ask_extra", methods=("POST",))
@answers(Invalid, with_=_not_asked)
@answers(Conflict, with_=_not_asked)
def ask_extra(desk: Desk, booking_id: int) -> ResponseReturnValue:
    """The family told so at the door or on the phone."""
    form = AskForm()
    home, (kind, colleague_id) = form.home.data or "", kind_of(form.kind.data)
    extra_persons.ask_for(
        booking_id=booking_id, leader_id=desk.leader_id, household_id=int(home) or None if home.isdecimal() else None,
        kind=kind, name=form.name.data or "", colleague_id=colleague_id, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("extras", booking_id=booking_id, done="extra")


def _not_decided(error: Refused, booking_id: int, extra_id: int, leader_id: int | None = None) -> ResponseReturnValue:
    status = 422 if isinstance(error, Invalid) else 409
    return _extra(desk_of(leader_id), booking_id, extra_id, error), status


def _extra(desk: Desk, booking_id: int, extra_id: int, error: Refused | None = None) -> str:
    found = leading.the_talk(booking_id, desk.leader_id, now=now())
    one = asking.the_extra(booking_id, desk.leader_id, extra_id)
    known = asking.chosen(extra_id)
    kept = {"state": one.state.value, "who": known, "name": "" if known else one.who or one.wish}
    form = SeatForm(data=kept).fit(one, desk.leader_id)
    return desk.show("extra.html", talk=found, extra=one, form=faulted(form, error) if error else form)


@page(EXTRA, "extra")
def extra(desk: Desk, booking_id: int, extra_id: int) -> str:
    """Say who comes."""
    return _extra(desk, booking_id, extra_id)


@page(EXTRA, "decide_extra", methods=("POST",))
@answers(Invalid, with_=_not_decided)
@answers(ColleagueElsewhere, with_=_not_decided)
def decide_extra(desk: Desk, booking_id: int, extra_id: int) -> ResponseReturnValue:
    """Keep who comes, and tell who is concerned."""
    form = SeatForm()
    said = form.state.data
    extra_persons.decide(
        extra_id=extra_id, booking_id=booking_id, leader_id=desk.leader_id,
        state=ExtraState(said) if said in set(ExtraState) else ExtraState.ASKED, who=form.who.data or "",
        name=form.name.data or "", email=form.email.data or "", by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("extras", booking_id=booking_id, done="extra")


@page(f"{EXTRA}/remove", "remove_extra", methods=("POST",))
def remove_extra(desk: Desk, booking_id: int, extra_id: int) -> ResponseReturnValue:
    """Take back what the school wrote down itself."""
    extra_persons.take_back_for(
        extra_id=extra_id, booking_id=booking_id, leader_id=desk.leader_id, by=g.actor, now=now()
    )
    return desk.sends_to("extras", booking_id=booking_id, done="extra")
