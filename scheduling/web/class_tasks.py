"""Asking help for a class: the same for a contact parent and for the school."""

from flask import g, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, StringField

from scheduling.domain.class_tasks import Asked, NoSuchTask
from scheduling.domain.errors import Refused
from scheduling.queries import class_tasks as asking
from scheduling.queries.class_tasks import Occasion
from scheduling.services import class_tasks
from scheduling.web.clock import now
from scheduling.web.faults import faulted
from scheduling.wording import year_plans as words
from scheduling.wording.dates import day_long

DAY_FORMATS = ["%Y-%m-%d", "%d-%m-%Y"]


class TaskForm(FlaskForm):
    """What, how many, and when."""

    what = StringField(
        _l("Welke hulp vraagt u?"), description=_l("Bijvoorbeeld: rijden, koffie schenken, een nacht mee.")
    )
    wanted = StringField(_l("Hoeveel mensen?"))
    occasion = SelectField(_l("Waarvoor?"), choices=[], validate_choice=False)
    title = StringField(_l("Of schrijf zelf waarvoor"), description=_l("Bijvoorbeeld: schoolreis."))
    day = DateField(_l("En wanneer"), format=DAY_FORMATS)

    def fit(self, occasions: tuple[Occasion, ...]) -> "TaskForm":
        """With the moments of the plan to choose from."""
        self.occasion.choices = [SelectChoice("", _l("iets anders, zie hieronder"))] + [
            SelectChoice(str(one.planned_id), f"{words.kind_name(one.kind)}, {day_long(one.day)}") for one in occasions
        ]
        return self

    @property
    def asked(self) -> Asked:
        occasion, wanted = self.occasion.data or "", (self.wanted.data or "").strip()
        return Asked(
            what=self.what.data or "", wanted=int(wanted) if wanted.isdecimal() and len(wanted) < 4 else 0,
            planned_id=int(occasion) if occasion.isdecimal() and len(occasion) < 10 else None,
            title=self.title.data or "", day=self.day.data,
        )  # fmt: skip


class DayForm(FlaskForm):
    """Another day."""

    day = DateField(_l("Nieuwe dag"), format=DAY_FORMATS)


def ask_page(template: str, class_id: int, error: Refused | None = None) -> str:
    """The form, or what was typed with what is unclear in it."""
    name, occasions = asking.class_to_ask_in(class_id, g.actor, now())
    form: FlaskForm = (TaskForm() if error else TaskForm(formdata=None)).fit(occasions)
    return render_template(
        template, class_id=class_id, class_name=name, form=faulted(form, error) if error else form
    )  # fmt: skip


def ask_posted(class_id: int) -> None:
    """Ask it, for who may ask in this class."""
    asking.class_to_ask_in(class_id, g.actor, now())
    class_tasks.ask(class_id=class_id, asked=TaskForm().asked, by=g.actor, now=now())


def change_posted(class_task_id: int) -> str:
    """Another day, or not needed any more; which of the two."""
    change = request.form.get("change", "")
    if change == "withdraw":
        class_tasks.withdraw(task_id=class_task_id, by=g.actor, now=now())
    elif change == "move":
        class_tasks.move(task_id=class_task_id, day=DayForm().day.data, by=g.actor, now=now())
    else:
        raise NoSuchTask
    return change
