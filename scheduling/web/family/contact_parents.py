"""Contact parents of the classes of the own children: who they are, being one, and writing."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, TextAreaField

from scheduling.domain.contact_parents import Draft, EnoughThisWeek, MessageState, NotWaitingAnyMore, Reach
from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.messages import TooManyMessages
from scheduling.queries import contact_parents as asking
from scheduling.queries.contact_parents import ClassPlace
from scheduling.services import contact_parents
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.wording.contact_parents import message_state_name, reach_name
from scheduling.wording.refusals import sentence


class OwnForm(FlaskForm):
    """By which name, and how to reach."""

    shown_as = StringField(
        _l("Met welke naam kennen ouders van de klas u?"), description=_l("Uw voornaam is genoeg.")
    )  # fmt: skip
    reach = RadioField(_l("Hoe kunnen zij u bereiken?"), validate_choice=False, default=Reach.FORM.value)

    def fit(self) -> "OwnForm":
        self.reach.choices = [(reach.value, reach_name(reach)) for reach in Reach]
        return self


class ClassMessageForm(FlaskForm):
    """A subject, words, and where answers go."""

    subject = StringField(_l("Waar gaat het over?"))
    words = TextAreaField(
        _l("Uw bericht"),
        description=_l("Gewone tekst, over de klas. Over één kind praten ouders liever met de school zelf."),
    )
    replies = BooleanField(_l("Antwoorden van ouders mogen naar mijn eigen e-mailadres"))


class WordsForm(FlaskForm):
    words = TextAreaField(_l("Uw bericht"))


def _own_unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    return _own(class_id, faulted(OwnForm().fit(), error)), 422


def _message_unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    status = 429 if isinstance(error, EnoughThisWeek) else 422 if isinstance(error, Invalid) else 409
    return _write(class_id, faulted(ClassMessageForm(), error)), status


def _words_unclear(error: Refused, contact_id: int) -> ResponseReturnValue:
    return _to_contact(contact_id, faulted(WordsForm(), error)), 429 if isinstance(error, TooManyMessages) else 422


def _gone_on(error: Refused, **_parts: int) -> ResponseReturnValue:
    return _overview(note=sentence(error)), 409


@pages.get("/contact-parents")
def contact_parents_of() -> str:
    """Who they are, in each class; what this parent is itself; and the own choice about messages."""
    return _overview()


@pages.post("/contact-parents")
def choose_class_messages() -> ResponseReturnValue:
    """Rather no messages of contact parents, or after all."""
    contact_parents.refuse_messages(refuses=request.form.get("messages") == "no", by=g.actor, now=now())
    return redirect(url_for("family.contact_parents_of", done="messages"), code=303)


@pages.get("/contact-parents/<int:class_id>/own")
def own_contact(class_id: int) -> str:
    """Being contact parent: yes or no, by which name, and how to reach."""
    own = asking.place_of(class_id, g.actor, now()).own
    form = OwnForm(formdata=None, data={"shown_as": own.shown_as, "reach": own.reach.value})
    return _own(class_id, form.fit())


@pages.post("/contact-parents/<int:class_id>/own")
@answers(Invalid, with_=_own_unclear)
def say_contact(class_id: int) -> ResponseReturnValue:
    """The own word; no stands as firmly as yes."""
    asking.place_of(class_id, g.actor, now())
    if request.form.get("said") == "no":
        contact_parents.say_no(class_id=class_id, by=g.actor, now=now())
        return redirect(url_for("family.contact_parents_of", done="no"), code=303)
    form = OwnForm()
    reach = Reach(form.reach.data) if form.reach.data in set(Reach) else Reach.FORM
    contact_parents.say_yes(class_id=class_id, shown_as=form.shown_as.data or "", reach=reach, by=g.actor, now=now())
    return redirect(url_for("family.contact_parents_of", done="yes"), code=303)


@pages.get("/contact-parents/<int:class_id>/write")
def write_class(class_id: int) -> str:
    """A message to the class; or one that came back, as it was."""
    place = asking.place_of(class_id, g.actor, now())
    before = next((one for one in place.messages if one.id == request.args.get("message", type=int)), None)
    if before is None or not before.state.may_change:
        return _write(class_id, ClassMessageForm(formdata=None))
    data = {"subject": before.subject, "words": before.words, "replies": before.replies}
    return _write(class_id, ClassMessageForm(formdata=None, data=data))


@pages.post("/contact-parents/<int:class_id>/write")
@answers(Invalid, with_=_message_unclear)
@answers(EnoughThisWeek, with_=_message_unclear)
@answers(NotWaitingAnyMore, with_=_message_unclear)
def send_class(class_id: int) -> ResponseReturnValue:
    """It waits for who leads the class."""
    _standing(class_id)
    form = ClassMessageForm()
    contact_parents.write_to_class(
        class_id=class_id, draft=Draft(form.subject.data or "", form.words.data or "", form.replies.data), by=g.actor,
        now=now(), message_id=request.args.get("message", type=int),
    )  # fmt: skip
    return redirect(url_for("family.contact_parents_of", done="waiting"), code=303)


@pages.post("/contact-parents/messages/<int:class_message_id>/take-back")
@answers(NotWaitingAnyMore, with_=_gone_on)
def take_class_message_back(class_message_id: int) -> ResponseReturnValue:
    """Rather not, or first change it."""
    asking.own_message(class_message_id, g.actor, now())
    contact_parents.take_message_back(message_id=class_message_id, by=g.actor, now=now())
    return redirect(url_for("family.contact_parents_of", done="taken"), code=303)


@pages.get("/contact-parents/write-to/<int:contact_id>")
def write_contact(contact_id: int) -> str:
    """A form instead of an address."""
    return _to_contact(contact_id, WordsForm(formdata=None))


@pages.post("/contact-parents/write-to/<int:contact_id>")
@answers(Invalid, with_=_words_unclear)
@answers(TooManyMessages, with_=_words_unclear)
def send_contact(contact_id: int) -> ResponseReturnValue:
    asking.contact_of(contact_id, g.actor, now())
    contact_parents.write_to_contact(contact_id=contact_id, words=WordsForm().words.data or "", by=g.actor, now=now())
    return redirect(url_for("family.contact_parents_of", done="sent"), code=303)


def _overview(note: str = "") -> str:
    return render_template(
        "family/contact_parents.html", places=asking.of_family(g.actor, now()),
        refuses=asking.refuses_messages(g.actor), message_state_name=message_state_name,
        done=request.args.get("done", ""), note=note, waiting=MessageState.WAITING,
    )  # fmt: skip


def _own(class_id: int, form: FlaskForm) -> str:
    place = asking.place_of(class_id, g.actor, now())
    return render_template("family/contact_own.html", place=place, form=form)


def _write(class_id: int, form: FlaskForm) -> str:
    return render_template(
        "family/class_message.html",
        place=_standing(class_id),
        form=form,
        message_id=request.args.get("message", type=int),
    )


def _standing(class_id: int) -> ClassPlace:
    """A class of which this parent is contact parent."""
    place = asking.place_of(class_id, g.actor, now())
    if not place.own.stands:
        raise NotFound
    return place


def _to_contact(contact_id: int, form: FlaskForm) -> str:
    place, contact = asking.contact_of(contact_id, g.actor, now())
    return render_template("family/contact_message.html", place=place, contact=contact, form=form)
