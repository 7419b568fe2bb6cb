"""Contact parents of a class: asked by who leads it or by the office, and what they want to write is read first."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice, SelectField, TextAreaField

from scheduling.domain.contact_parents import TARGET, ContactState, NotOfThisClass, NotWaitingAnyMore, SaidNoBefore
from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.people import StaffRole
from scheduling.domain.texts import TextCompels, TextTooLong, TextUnfinished
from scheduling.queries import contact_parents as asking
from scheduling.queries import leaders
from scheduling.queries.contact_parents import ClassContacts
from scheduling.services import contact_parents
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff import ensure_role, pages
from scheduling.wording.contact_parents import message_state_name, state_name
from scheduling.wording.refusals import sentence


class AskForm(FlaskForm):
    """Whom to ask."""

    guardian = SelectField(_l("Wie vraagt u?"), choices=[], validate_choice=False)

    def fit(self, found: ClassContacts) -> "AskForm":
        self.guardian.choices = [SelectChoice("", _l("kies een ouder"))] + [
            SelectChoice(str(one.guardian_id), f"{one.name.full} ({', '.join(one.children)})")
            for one in found.candidates
        ]
        return self


class BackForm(FlaskForm):
    """A word with a message that comes back."""

    seen = IntegerField(default=0)
    note = TextAreaField(_l("Een woord erbij (mag leeg)"))


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    found = _found(class_id)
    return _page(found, ask=faulted(AskForm().fit(found), error, "guardian")), 422


def _not_decided(error: Refused, class_id: int, class_message_id: int) -> ResponseReturnValue:
    status = 422 if isinstance(error, Invalid) else 409
    if status == 409:
        return _page(_found(class_id), note=sentence(error)), status
    return _page(_found(class_id), back=faulted(BackForm(), error), of=class_message_id), status


@pages.get("/contact-parents")
def contact_parents_of() -> ResponseReturnValue:
    """The own classes, with who is contact parent and what waits."""
    ensure_role(StaffRole.LEADER)
    own = [class_id for class_id, _name in leaders.classes_of(g.staff.id, leaders.year_at(now()).id)]
    if len(own) == 1:
        return redirect(url_for("staff.contact_class", class_id=own[0]), code=303)
    return render_template("staff/contact_parents.html", classes=asking.of_classes(own, now()), target=TARGET)


@pages.get("/contact-parents/<int:class_id>")
def contact_class(class_id: int) -> str:
    """One class: who stands, whom to ask, and what waits."""
    return _page(_found(class_id))


@pages.post("/contact-parents/<int:class_id>")
@answers(NotOfThisClass, with_=_unclear)
@answers(SaidNoBefore, with_=_unclear)
def ask_contact(class_id: int) -> ResponseReturnValue:
    """A question by mail; the parent answers on the own page."""
    _found(class_id)
    if request.form.get("file"):
        contact_parents.ask_proposed(class_id=class_id, by=g.actor, now=now())
        return _back(class_id, "asked")
    asked = request.form.get("guardian", type=int)
    contact_parents.ask(class_id=class_id, guardian_id=asked or 0, by=g.actor, now=now())
    return _back(class_id, "asked")


@pages.post("/contact-parents/<int:class_id>/<int:contact_id>/take-back")
def take_contact_back(class_id: int, contact_id: int) -> ResponseReturnValue:
    """The school asks no longer."""
    if contact_id not in [one.id for one in _found(class_id).asked]:
        raise NotFound
    contact_parents.take_back(contact_id=contact_id, by=g.actor, now=now())
    return _back(class_id, "taken")


@pages.post("/contact-parents/<int:class_id>/messages/<int:class_message_id>")
@answers(NotWaitingAnyMore, with_=_not_decided)
@answers(TextCompels, with_=_not_decided)
@answers(TextTooLong, with_=_not_decided)
@answers(TextUnfinished, with_=_not_decided)
def decide_class_message(class_id: int, class_message_id: int) -> ResponseReturnValue:
    """It goes to every parent, or comes back with a word."""
    if class_message_id not in [one.id for one in _found(class_id).messages]:
        raise NotFound
    form = BackForm()
    seen, message = form.seen.data or 0, class_message_id
    if request.form.get("decision") == "send":
        contact_parents.send(message_id=message, seen_version=seen, by=g.actor, now=now())
        return _back(class_id, "sent")
    contact_parents.send_back(message_id=message, seen_version=seen, note=form.note.data or "", by=g.actor, now=now())
    return _back(class_id, "returned")


def _found(class_id: int) -> ClassContacts:
    """A class that this colleague leads; the office may look at every class."""
    if not g.staff.keeps_office and not asking.leads(g.staff.id, class_id):
        abort(404)
    return asking.the_class(class_id, now())


def _back(class_id: int, done: str) -> ResponseReturnValue:
    return redirect(url_for("staff.contact_class", class_id=class_id, done=done), code=303)


def _page(
    found: ClassContacts, *, ask: FlaskForm | None = None, back: FlaskForm | None = None, of: int = 0, note: str = ""
) -> str:  # fmt: skip
    empty = AskForm(formdata=None).fit(found)
    return render_template(
        "staff/contact_class.html", group=found, target=TARGET, ask=ask or empty, back=back,
        plain=BackForm(formdata=None), of=of, note=note, state_name=state_name, message_state_name=message_state_name,
        done=request.args.get("done", ""), is_office=g.staff.keeps_office, asked=ContactState.ASKED,
        leads=asking.leads(g.staff.id, found.class_id),
    )  # fmt: skip
