"""Topics for a parents' evening or a parent circle: a family gives them, a contact parent of the class reads all."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.gathering_topics import TooManyClassTopics
from scheduling.queries import gathering_topics as asking
from scheduling.queries.gathering_topics import GatheringTopics
from scheduling.services import gathering_topics
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.web.faults import faulted
from scheduling.web.gathering_topics import choose_posted
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence

ONE = "/gatherings/<int:collecting_id>/topics"


class ClassTopicForm(FlaskForm):
    """One short line, and for which class when there are several."""

    text = StringField(
        _l("Waar wilt u het over hebben?"), description=_l("Kort, en over de klas. Noem geen namen van kinderen.")
    )  # fmt: skip
    group = RadioField(_l("Voor welke klas?"), validate_choice=False)

    def fit(self, found: GatheringTopics) -> "ClassTopicForm":
        if len(found.gives_for) > 1:
            self.group.choices = [(str(class_id), name) for class_id, name in found.gives_for]
        else:
            del self.group
        return self


def _unclear(error: Refused, collecting_id: int) -> ResponseReturnValue:
    found = asking.topics_of(collecting_id, g.actor, now())
    status = 429 if isinstance(error, TooManyClassTopics) else 422
    return _page(found, faulted(ClassTopicForm().fit(found), error)), status


def _too_late(error: Refused, collecting_id: int) -> ResponseReturnValue:
    return _page(asking.topics_of(collecting_id, g.actor, now()), note=sentence(error)), 409


@pages.get(ONE)
def gathering_topics_of(collecting_id: int) -> str:
    """Until when topics are welcome, and where what is personal belongs."""
    return _page(asking.topics_of(collecting_id, g.actor, now()), done=request.args.get("done", ""))


@pages.post(ONE)
@answers(Invalid, with_=_unclear)
@answers(TooManyClassTopics, with_=_unclear)
@answers(Conflict, with_=_too_late)
def give_gathering_topic(collecting_id: int) -> ResponseReturnValue:
    """It is kept with the class, without a name."""
    form = ClassTopicForm()
    group = form.group.data if (form.group.data or "").isdecimal() and len(form.group.data) < 10 else None
    gathering_topics.give(
        planned_id=collecting_id, class_id=int(group) if group else None, text=form.text.data or "", by=g.actor,
        now=now(),
    )  # fmt: skip
    return redirect(url_for("family.gathering_topics_of", collecting_id=collecting_id, done="given"), code=303)


@pages.post(f"{ONE}/choose")
@answers(Conflict, with_=_too_late)
def choose_gathering_topic(collecting_id: int) -> ResponseReturnValue:
    """A contact parent puts the topics of the class in order."""
    choose_posted(collecting_id)
    return redirect(url_for("family.gathering_topics_of", collecting_id=collecting_id, done="chosen"), code=303)


def _page(found: GatheringTopics, form: FlaskForm | None = None, *, note: str = "", done: str = "") -> str:
    return render_template(
        "family/gathering_topics.html", found=found, form=form or ClassTopicForm(formdata=None).fit(found), note=note,
        done=done, words=words,
    )  # fmt: skip
