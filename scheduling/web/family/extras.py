"""Whom a family would like at its talk: somebody of the school, from outside, or of the family itself."""

from collections.abc import Sequence

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField

from scheduling.domain.errors import NotFound, Refused
from scheduling.domain.extra_persons import ExtraKind, ExtraNeedsName, ExtrasFull
from scheduling.queries import extra_persons as asking
from scheduling.queries import family
from scheduling.services import extra_persons
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.web.faults import faulted
from scheduling.wording import extra_persons as words


class ExtraForm(FlaskForm):
    """Who, and by which name if the family knows one."""

    kind = RadioField(_l("Wie komt er graag bij?"), validate_choice=False, default=ExtraKind.COUNSELLOR.value)
    name = StringField(_l("Naam"), description=_l("Weet u geen naam? Bij iemand van of via de school mag dit leeg."))

    def fit(self, mentors: Sequence[asking.Person]) -> "ExtraForm":
        self.kind.choices = kind_choices(mentors)
        return self


def kind_choices(mentors: Sequence[asking.Person]) -> list[tuple[str, str]]:
    """First the other mentor by name, where the class has one."""
    both = [(f"{ExtraKind.MENTOR}{one.id}", words.both_name(one.name)) for one in mentors]
    return both + [(kind.value, words.extra_name(kind)) for kind in ExtraKind if kind is not ExtraKind.MENTOR]


def kind_of(said: str | None) -> tuple[ExtraKind, int | None]:
    """What was ticked, and which mentor; somebody of the school when nothing was."""
    number = (said or "").removeprefix(ExtraKind.MENTOR)
    if number != said and number.isdecimal() and len(number) < 10:
        return ExtraKind.MENTOR, int(number)
    return (ExtraKind(said), None) if said in set(ExtraKind) else (ExtraKind.COUNSELLOR, None)


def _not_asked(error: Refused, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _extras(round_id, pupil_id, error), 422


@pages.get("/talks/<int:round_id>/<int:pupil_id>/extras")
def show_extras(round_id: int, pupil_id: int) -> str:
    """Who comes as well, and asking for somebody."""
    return _extras(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/extras")
@answers(ExtraNeedsName, with_=_not_asked)
@answers(ExtrasFull, with_=_not_asked)
def ask_extra(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """The school arranges it, or says that it is not possible."""
    form = ExtraForm()
    kind, colleague_id = kind_of(form.kind.data)
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    extra_persons.ask(
        round_id=round_id, pupil_id=pupil_id, request_id=talk.request_id, kind=kind, name=form.name.data or "",
        colleague_id=colleague_id, by=g.actor, now=now(),
    )  # fmt: skip
    return _back(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/extras/<int:extra_id>/remove")
def remove_extra(round_id: int, pupil_id: int, extra_id: int) -> ResponseReturnValue:
    """The family would rather do without."""
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    if extra_id not in [extra.id for extra in talk.extras]:
        raise NotFound
    extra_persons.take_back(extra_id=extra_id, by=g.actor, now=now())
    return _back(round_id, pupil_id)


def _back(round_id: int, pupil_id: int) -> ResponseReturnValue:
    address = url_for("family.show_extras", round_id=round_id, pupil_id=pupil_id, request=asked_for())
    return redirect(address, code=303)


def _extras(round_id: int, pupil_id: int, error: Refused | None = None) -> str:
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    if not talk.stands or talk.booking_id is None:
        raise NotFound
    form = ExtraForm().fit(asking.both_mentors_of(talk.booking_id))
    return render_template(
        "family/extras.html", talk=talk, form=faulted(form, error) if error else form,
        deadline=asking.deadline_of(talk.booking_id, now()), now=now(),
    )  # fmt: skip
