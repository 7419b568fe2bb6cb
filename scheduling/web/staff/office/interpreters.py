"""Interpreters: which families need one, who is booked when, and the office's own list of people."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField

from scheduling.domain.errors import Refused
from scheduling.domain.guests import Card, HelpState, Ordered, Way
from scheduling.queries import guests as asking
from scheduling.queries import single_interpreters as at_singles
from scheduling.services import guests
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family.topics import way_of
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording import guests as words

ORDER = "/rounds/<int:round_id>/interpreters/<int:pupil_id>/<int:household_id>"
"""One home of one pupil; home 0: the adult pupil himself."""
SINGLE = "/interpreters/singles/<int:single_id>/<int:household_id>"
"""The same, of one talk that is made for this pupil."""


class CardForm(FlaskForm):
    """Somebody who interprets."""

    name = StringField(_("Naam"))
    languages = StringField(_("Talen"), description=_("Met een komma ertussen, bijvoorbeeld: Tigrinya, Arabisch."))
    organisation = StringField(_("Bureau of organisatie"))
    email = StringField(_("E-mail"), description=_("Hierheen gaan de tijden, met een bestand voor de agenda."))
    phone = StringField(_("Telefoon"))

    @property
    def card(self) -> Card:
        return Card(
            self.name.data or "", self.languages.data or "", self.organisation.data or "", self.email.data or "",
            self.phone.data or "",
        )  # fmt: skip


class OrderForm(FlaskForm):
    """Who interprets for one home, and how far it is."""

    language = StringField(_("Taal"))
    way = RadioField(_("Hoe?"), validate_choice=False)
    interpreter = SelectField(_("Wie tolkt er?"), validate_choice=False)
    number = StringField(
        _("Nummer of link"), description=_("Alleen voor een tolk aan de telefoon of met beeld. De tolk krijgt dit.")
    )
    state = RadioField(_("Hoe ver is het?"), validate_choice=False)

    def fit(self, order: asking.Order) -> "OrderForm":
        self.way.choices = [(way.value, words.way_at(way, at_home=order.at_home)) for way in Way]
        self.state.choices = [(state.value, words.help_name(state)) for state in HelpState]
        self.interpreter.choices = [("", _("Nog niemand"))] + [
            (str(one.id), f"{one.name} ({one.languages})")
            for one in asking.fitting(order.language, order.interpreter_id)
        ]
        return self

    @property
    def order(self) -> Ordered:
        chosen, said = self.interpreter.data or "", self.state.data or ""
        return Ordered(
            language=self.language.data or "", way=way_of(self.way.data),
            state=HelpState(said) if said in set(HelpState) else HelpState.ASKED,
            interpreter_id=int(chosen) if chosen.isdecimal() else None, number=self.number.data or "",
        )  # fmt: skip


@pages.get("/rounds/<int:round_id>/interpreters")
def interpreter_orders(round_id: int) -> str:
    """Per day and language which families need an interpreter, and who comes."""
    return render_template(
        "staff/office/interpreter_orders.html", page=asking.orders_of(round_id, now()), words=words,
        needs=asking.needs_of(round_id, now()), ground_rooms=asking.ground_rooms(),
        done=request.args.get("done", ""),
    )  # fmt: skip


def _order(form: OrderForm | None, round_id: int, pupil_id: int, household_id: int) -> str:
    return _shown(form, asking.the_order(round_id, pupil_id, household_id or None, now()))


def _shown(form: OrderForm | None, order: asking.Order) -> str:
    if form is None:
        form = OrderForm(
            formdata=None,
            data={
                "language": order.language, "way": order.way.value, "state": order.state.value,
                "interpreter": str(order.interpreter_id or ""), "number": order.number,
            },
        )  # fmt: skip
    return render_template("staff/office/interpreter_order.html", order=order, form=form.fit(order), words=words)


def _not_booked(error: Refused, round_id: int, pupil_id: int, household_id: int) -> ResponseReturnValue:
    form = OrderForm()
    faulted(form, error)
    return _order(form, round_id, pupil_id, household_id), 422


@pages.get(ORDER)
def interpreter_order(round_id: int, pupil_id: int, household_id: int) -> str:
    """Book an interpreter for the talks of one home."""
    return _order(None, round_id, pupil_id, household_id)


@pages.post(ORDER)
@answers(Refused, with_=_not_booked)
def book_interpreter(round_id: int, pupil_id: int, household_id: int) -> ResponseReturnValue:
    """Keep who interprets, and tell who is concerned."""
    guests.book(
        round_id=round_id, pupil_id=pupil_id, household_id=household_id or None, order=OrderForm().order, by=g.actor,
        now=now(),
    )  # fmt: skip
    return redirect(url_for("office.interpreter_orders", round_id=round_id, done="booked"), code=303)


def _not_booked_for_single(error: Refused, single_id: int, household_id: int) -> ResponseReturnValue:
    form = OrderForm()
    faulted(form, error)
    return _shown(form, at_singles.the_order(single_id, household_id or None, now())), 422


@pages.get("/interpreters/singles")
def single_interpreters() -> str:
    """Which talks for one pupil need an interpreter, and who comes."""
    return render_template(
        "staff/office/single_interpreters.html", page=at_singles.orders_of_singles(now()), words=words,
        done=request.args.get("done", ""),
    )  # fmt: skip


@pages.get(SINGLE)
def single_interpreter(single_id: int, household_id: int) -> str:
    """Book an interpreter for one home at a talk for one pupil."""
    return _shown(None, at_singles.the_order(single_id, household_id or None, now()))


@pages.post(SINGLE)
@answers(Refused, with_=_not_booked_for_single)
def book_single_interpreter(single_id: int, household_id: int) -> ResponseReturnValue:
    """Keep who interprets, and tell who is concerned."""
    order = OrderForm().order
    guests.book_for_single(single_id=single_id, household_id=household_id or None, order=order, by=g.actor, now=now())
    return redirect(url_for("office.single_interpreters", done="booked"), code=303)


def _list(form: CardForm | None = None) -> str:
    return render_template(
        "staff/office/interpreters.html", interpreters=asking.interpreters(), form=form or CardForm(formdata=None),
        done=request.args.get("done", ""),
    )  # fmt: skip


def _not_added(error: Refused) -> ResponseReturnValue:
    form = CardForm()
    faulted(form, error)
    return _list(form), 422


@pages.get("/interpreters")
def interpreters() -> str:
    """Who interprets for the school."""
    return _list()


@pages.post("/interpreters")
@answers(Refused, with_=_not_added)
def add_interpreter() -> ResponseReturnValue:
    """Put somebody on the list."""
    guests.add(card=CardForm().card, by=g.actor, now=now())
    return redirect(url_for("office.interpreters", done="added"), code=303)


def _sheet(outsider_id: int, form: CardForm | None = None) -> str:
    found = asking.the_interpreter(outsider_id)
    form = form or CardForm(formdata=None, obj=found)
    return render_template(
        "staff/office/interpreter.html", one=found, tasks=asking.tasks_of(outsider_id, now()), form=form, words=words,
        done=request.args.get("done", ""),
    )  # fmt: skip


def _not_changed(error: Refused, outsider_id: int) -> ResponseReturnValue:
    form = CardForm()
    faulted(form, error)
    return _sheet(outsider_id, form), 422


@pages.get("/interpreters/<int:outsider_id>")
def interpreter(outsider_id: int) -> str:
    """One interpreter's sheet: the talks to come, to print or to send; and name and mailbox."""
    return _sheet(outsider_id)


@pages.post("/interpreters/<int:outsider_id>")
@answers(Refused, with_=_not_changed)
def change_interpreter(outsider_id: int) -> ResponseReturnValue:
    """Another name, mailbox or language."""
    guests.change(outsider_id=outsider_id, card=CardForm().card, by=g.actor, now=now())
    return redirect(url_for("office.interpreter", outsider_id=outsider_id, done="changed"), code=303)


@pages.post("/interpreters/<int:outsider_id>/stop")
def stop_interpreter(outsider_id: int) -> ResponseReturnValue:
    """Nobody asks this interpreter any more."""
    guests.stop(outsider_id=outsider_id, by=g.actor, now=now())
    return redirect(url_for("office.interpreter", outsider_id=outsider_id, done="stopped"), code=303)


@pages.post("/interpreters/<int:outsider_id>/back")
def interpreter_comes_back(outsider_id: int) -> ResponseReturnValue:
    """May be asked again."""
    guests.come_back(outsider_id=outsider_id, by=g.actor, now=now())
    return redirect(url_for("office.interpreter", outsider_id=outsider_id, done="back"), code=303)
