"""The questionnaire as parents and mentors fill it in: the same form behind two doors."""

from flask import g, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, TextAreaField

from scheduling.domain.journal import ActorKind
from scheduling.domain.questionnaires import ORDER, Asked, Item, NotOpen, Said, Side, key_of
from scheduling.queries import questionnaires as asking
from scheduling.queries.leaders import year_at
from scheduling.queries.questionnaires import Turn
from scheduling.services import questionnaires
from scheduling.web.clock import now
from scheduling.web.security import keyed
from scheduling.wording import questionnaires as words


class OpinionForm(FlaskForm):
    """About which class, and a remark; the questions themselves are read by `said`."""

    about = SelectField(_l("Over welke klas vult u dit in?"), choices=[], validate_choice=False)
    remark = TextAreaField(
        _l("Wilt u er iets bij zeggen?"),
        description=_l("Mag leeg. Noem geen namen: dan weet niemand van wie het is."),
    )

    def fit(self, turn: Turn) -> "OpinionForm":
        """With the classes that it can be about."""
        self.about.choices = [SelectChoice(one.key, one.class_name) for one in turn.choices]
        return self


def turn(year_id: int | None = None) -> Turn:
    """Whether this person is asked, and has answered."""
    year = year_at(now()).id if year_id is None else year_id
    return asking.turn_of(g.actor, year, _mark(year), now())


def count_in(asked: Asked) -> None:
    """What was filled in goes to the sums."""
    mine, form = turn(), OpinionForm()
    if not mine.choices:
        raise NotOpen
    choice = next((one for one in mine.choices if one.key == form.about.data), mine.choices[0])
    said = Said(_ticked(), form.remark.data or "")
    questionnaires.answer(asked=asked, choice=choice, said=said, mark=_mark(choice.year_id), now=now())


def facts(asked: Asked, form: OpinionForm, mine: Turn) -> dict[str, object]:
    """What both pages show."""
    return {
        "turn": mine, "form": form.fit(mine), "items": ORDER[asked], "asked": asked, "sides": list(Side),
        "words": words, "key_of": key_of, "ticked": {key_of(*one): answer for one, answer in _ticked().items()},
        "done": request.args.get("done", ""),
    }  # fmt: skip


def _ticked() -> dict[tuple[Item, Side], int]:
    found = {
        (item, side): request.form.get(key_of(item, side), 0, type=int) for item in ORDER[Asked.PARENT] for side in Side
    }
    return {asked: answer for asked, answer in found.items() if answer}


def _mark(year_id: int) -> str:
    """Of this person in this year; who has only the database cannot make it again. Short: all marks stand together."""
    kind: ActorKind = g.actor.kind
    return keyed(f"questionnaire:{year_id}:{kind.value}:{g.actor.id}")[:24]
