"""The message box: from any page to who leads the talks. The answer comes by mail."""

from collections.abc import Callable
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, TextAreaField

from scheduling.domain.errors import Refused
from scheduling.domain.messages import MessageEmpty, MessageTooLong, NobodyToWrite, TooManyMessages
from scheduling.queries import messages as asking
from scheduling.services import messages
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted


class MessageForm(FlaskForm):
    to = SelectField(_l("Aan"), choices=[], validate_choice=False)
    words = TextAreaField(_l("Uw bericht"))


@pages.context_processor
def message_box() -> dict[str, Callable[[], Any]]:
    """Every page of a family has the box; who may be written to is asked only where it is shown."""
    return {"readers": lambda: asking.readers_for(g.actor, now()) if "actor" in g else ()}


def _refused(error: Refused) -> ResponseReturnValue:
    return _page(faulted(MessageForm(), error)), 429 if isinstance(error, TooManyMessages) else 422


@pages.get("/message")
def show_message() -> str:
    """Write, or read that it was sent."""
    return _page(MessageForm(formdata=None, data={"to": request.args.get("to", "")}))


@pages.post("/message")
@answers(MessageEmpty, with_=_refused)
@answers(MessageTooLong, with_=_refused)
@answers(NobodyToWrite, with_=_refused)
@answers(TooManyMessages, with_=_refused)
def send_message() -> ResponseReturnValue:
    form = MessageForm()
    reader = messages.send(to=form.to.data or "", words=form.words.data or "", by=g.actor, now=now())
    return redirect(url_for("family.show_message", done=reader.key), code=303)


def _page(form: FlaskForm) -> str:
    readers = asking.readers_for(g.actor, now())
    form["to"].choices = [SelectChoice(one.key, f"{one.name.full} ({one.child})") for one in readers]
    done = next((one for one in readers if one.key == request.args.get("done")), None)
    return render_template(
        "family/message.html", form=form, people=readers, done=done, director=asking.director_address(now())
    )
