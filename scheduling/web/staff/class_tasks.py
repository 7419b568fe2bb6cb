"""Help that classes ask, for who leads them and for the office: what is asked, and who helps."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.people import StaffRole
from scheduling.queries import class_tasks as asking
from scheduling.queries import leaders
from scheduling.queries.contact_parents import classes_of_year
from scheduling.web.class_tasks import ask_page, ask_posted, change_posted
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff import ensure_role, pages
from scheduling.wording import year_plans as words
from scheduling.wording.refusals import sentence

NEW = "staff/new_class_task.html"


def _not_so(error: Refused, **_parts: int) -> ResponseReturnValue:
    return _overview(note=sentence(error)), 422 if isinstance(error, Invalid) else 409


def _unclear(error: Refused, class_id: int) -> ResponseReturnValue:
    return ask_page(NEW, class_id, error), 422 if isinstance(error, Invalid) else 409


@pages.get("/tasks")
def class_tasks_of() -> str:
    """The own classes; the office sees all."""
    ensure_role(StaffRole.LEADER, StaffRole.OFFICE, StaffRole.DIRECTOR)
    return _overview()


@pages.get("/tasks/new/<int:class_id>")
def new_class_task(class_id: int) -> str:
    """Ask the families of a class for help."""
    return ask_page(NEW, class_id)


@pages.post("/tasks/new/<int:class_id>")
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def ask_class_task(class_id: int) -> ResponseReturnValue:
    """Families of the class read it on their page."""
    ask_posted(class_id)
    return redirect(url_for("staff.class_tasks_of", done="asked"), code=303)


@pages.post("/tasks/<int:class_task_id>/change")
@answers(Conflict, with_=_not_so)
@answers(Invalid, with_=_not_so)
def change_class_task(class_task_id: int) -> ResponseReturnValue:
    """Another day, or not needed any more."""
    change_posted(class_task_id)
    return redirect(url_for("staff.class_tasks_of", done="changed"), code=303)


def _overview(note: str = "") -> str:
    every = classes_of_year(leaders.year_at(now()).id)
    return render_template(
        "staff/class_tasks.html", places=asking.tasks_for_staff(g.actor, every, now()), note=note, words=words,
        done=request.args.get("done", ""),
    )  # fmt: skip
