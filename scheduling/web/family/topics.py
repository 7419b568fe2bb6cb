"""What a family wants to bring up, and the interpreter it needs."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, StringField

from scheduling.domain.errors import Invalid, NotFound
from scheduling.domain.guests import Way
from scheduling.domain.rounds import TopicAuthor
from scheduling.domain.topics import SEE_THE_FILE, LanguageTooLong, NeedTooLong, TopicEmpty, TopicTooLong
from scheduling.queries import family, guests, suggestions
from scheduling.services import topics
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.family import asked_for, pages
from scheduling.wording.refusals import sentence


class TopicForm(FlaskForm):
    text = StringField(
        _l("Wat wilt u bespreken?"), description=_l("In een paar woorden. De school weet dan wat eraan komt.")
    )
    author = RadioField(
        _l("Wie bedacht dit?"),
        choices=[
            SelectChoice(TopicAuthor.GUARDIAN.value, _l("Ik")),
            SelectChoice(TopicAuthor.PUPIL.value, _l("Mijn kind")),
        ],
        default=TopicAuthor.GUARDIAN.value,
        validate_choice=False,
    )


class InterpreterForm(FlaskForm):
    language = StringField(
        _l("Welke taal spreekt de tolk?"), description=_l("Bijvoorbeeld Tigrinya, Pools of gebarentaal.")
    )
    way = RadioField(
        _l("Hoe wilt u de tolk erbij hebben?"),
        choices=[
            SelectChoice(Way.ON_SITE.value, _l("Op school")),
            SelectChoice(Way.PHONE.value, _l("Aan de telefoon")),
            SelectChoice(Way.VIDEO.value, _l("Met beeld")),
        ],
        default=Way.ON_SITE.value,
        validate_choice=False,
    )


class NeedForm(FlaskForm):
    ground_floor = BooleanField(_l("Een lokaal op de begane grond"))
    need = StringField(
        _l("Iets anders wat praktisch nodig is"),
        description=_l("In een paar woorden, bijvoorbeeld: een rustige plek. Waarom vragen wij niet."),
    )


def unclear_need(error: Invalid, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _needs(round_id, pupil_id, error), 422


def unclear_topic(error: Invalid, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _topics(round_id, pupil_id, error), 422


def unclear_language(error: Invalid, round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _interpreter(round_id, pupil_id, error), 422


@pages.get("/talks/<int:round_id>/<int:pupil_id>/topics")
def show_topics(round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _topics(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/topics")
@answers(TopicEmpty, with_=unclear_topic)
@answers(TopicTooLong, with_=unclear_topic)
def add_topic(round_id: int, pupil_id: int) -> ResponseReturnValue:
    form = TopicForm()
    text = SEE_THE_FILE if "file" in request.form else form.text.data or ""
    topics.add(
        round_id=round_id, pupil_id=pupil_id, text=text, by=g.actor, now=now(),
        request_id=asked_for(), from_pupil=form.author.data == TopicAuthor.PUPIL.value,
    )  # fmt: skip
    return redirect(url_for("family.show_topics", round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/topics/<int:topic_id>/remove")
def remove_topic(round_id: int, pupil_id: int, topic_id: int) -> ResponseReturnValue:
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    if topic_id not in [topic.id for topic in talk.topics]:
        raise NotFound
    topics.remove(topic_id=topic_id, by=g.actor, now=now())
    return redirect(url_for("family.show_topics", round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)


@pages.get("/talks/<int:round_id>/<int:pupil_id>/interpreter")
def show_interpreter(round_id: int, pupil_id: int) -> ResponseReturnValue:
    return _interpreter(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/interpreter")
@answers(LanguageTooLong, with_=unclear_language)
def ask_interpreter(round_id: int, pupil_id: int) -> ResponseReturnValue:
    form = InterpreterForm()
    topics.ask_interpreter(
        round_id=round_id, pupil_id=pupil_id, language=form.language.data or "", way=way_of(form.way.data),
        by=g.actor, now=now(),
    )  # fmt: skip
    return _back(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/interpreter/none")
def no_interpreter(round_id: int, pupil_id: int) -> ResponseReturnValue:
    topics.ask_interpreter(round_id=round_id, pupil_id=pupil_id, language="", by=g.actor, now=now())
    return _back(round_id, pupil_id)


def _back(round_id: int, pupil_id: int, page: str = "family.show_interpreter") -> ResponseReturnValue:
    """To the talk; before there is a roster, to this page, that tells what is kept."""
    if _find_talk(round_id, pupil_id):
        return redirect(url_for("family.talk", round_id=round_id, pupil_id=pupil_id, request=asked_for()), code=303)
    return redirect(url_for(page, round_id=round_id, pupil_id=pupil_id, done="saved"), code=303)


def _find_talk(round_id: int, pupil_id: int) -> family.Talk | None:
    for talk in family.family_of(g.actor, now()).talks:
        if (talk.round_id, talk.pupil_id) == (round_id, pupil_id) and asked_for() in (None, talk.request_id):
            return talk
    return None


def way_of(said: str | None) -> Way:
    """What was ticked; on the spot when nothing was."""
    return Way(said) if said in set(Way) else Way.ON_SITE


@pages.get("/talks/<int:round_id>/<int:pupil_id>/needs")
def show_needs(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """What this family needs to be able to come."""
    return _needs(round_id, pupil_id)


@pages.post("/talks/<int:round_id>/<int:pupil_id>/needs")
@answers(NeedTooLong, with_=unclear_need)
def say_needs(round_id: int, pupil_id: int) -> ResponseReturnValue:
    """Keep it; nothing at all takes it back."""
    form = NeedForm()
    topics.say_need(
        round_id=round_id, pupil_id=pupil_id, ground_floor=bool(form.ground_floor.data), words=form.need.data or "",
        by=g.actor, now=now(),
    )  # fmt: skip
    return _back(round_id, pupil_id, "family.show_needs")


def _needs(round_id: int, pupil_id: int, error: Invalid | None = None) -> str:
    talk = _find_talk(round_id, pupil_id) or guests.asked_beforehand(g.actor, round_id, pupil_id, now())
    ground_floor, words = guests.own_need(g.actor, round_id, pupil_id, now())
    form = NeedForm() if error else NeedForm(formdata=None, data={"ground_floor": ground_floor, "need": words})
    return render_template(
        "family/needs.html", talk=talk, form=_with(form, "need", error), needed=ground_floor or words, now=now(),
        done=request.args.get("done", ""),
    )  # fmt: skip


def _topics(round_id: int, pupil_id: int, error: Invalid | None = None) -> str:
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    agenda = suggestions.agenda_on_page(round_id, pupil_id)
    return render_template(
        "family/topics.html",
        talk=talk,
        agenda=agenda,
        see_the_file=SEE_THE_FILE,
        form=_with(TopicForm(), "text", error),
        now=now(),
    )


def _interpreter(round_id: int, pupil_id: int, error: Invalid | None = None) -> str:
    talk = _find_talk(round_id, pupil_id) or guests.asked_beforehand(g.actor, round_id, pupil_id, now())
    form = _with(InterpreterForm(data={"language": talk.interpreter, "way": talk.way.value}), "language", error)
    return render_template(
        "family/interpreter.html", talk=talk, form=form, now=now(), done=request.args.get("done", "")
    )


def _with(form: FlaskForm, field: str, error: Invalid | None) -> FlaskForm:
    """The form with what was typed, and the sentence beside the field."""
    if error:
        form[field].errors = [sentence(error)]
    return form
