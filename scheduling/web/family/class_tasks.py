"""Help that the classes of the own children ask: sign up, sign off; and, for a contact parent, ask for it."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.queries import class_tasks as asking
from scheduling.services import class_tasks
from scheduling.web.class_tasks import ask_page, ask_posted, change_posted
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import pages
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence

NEW = "family/new_class_task.html"


def _not_so(error: Refused, **_parts: int) -> ResponseReturnValue:
    return _overview(note=sentence(error)), 422 if isinstance(error, Invalid) else 409


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    return ask_page(NEW, class_id, error), 422 if isinstance(error, Invalid) else 409


@pages.get("/tasks")
def class_tasks_of() -> str:
    """What is asked, and where this parent helps."""
    return _overview()


@pages.post("/tasks/<int:class_task_id>")
@answers(Conflict, with_=_not_so)
def help_class(class_task_id: int) -> ResponseReturnValue:
    """I help, or rather not after all."""
    helps = request.form.get("help") == "yes"
    act = class_tasks.sign_up if helps else class_tasks.sign_off
    act(task_id=class_task_id, by=g.actor, now=now())
    return redirect(url_for("family.class_tasks_of", done="helps" if helps else "off"), code=303)


@pages.post("/tasks/<int:class_task_id>/change")
@answers(Conflict, with_=_not_so)
@answers(Invalid, with_=_not_so)
def change_class_task(class_task_id: int) -> ResponseReturnValue:
    """The contact parent moves it, or takes it back."""
    change_posted(class_task_id)
    return redirect(url_for("family.class_tasks_of", done="changed"), code=303)


@pages.get("/tasks/new/<int:class_id>")
def new_class_task(class_id: int) -> str:
    """A contact parent asks for help."""
    return ask_page(NEW, class_id)


@pages.post("/tasks/new/<int:class_id>")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def ask_class_task(class_id: int) -> ResponseReturnValue:
    """Families of the class read it on their page."""
    ask_posted(class_id)
    return redirect(url_for("family.class_tasks_of", done="asked"), code=303)


def _overview(note: str = "") -> str:
    return render_template(
        "family/class_tasks.html", places=asking.tasks_for_family(g.actor, now()), note=note, words=words,
        done=request.args.get("done", ""),
    )  # fmt: skip
