"""Talks for one pupil: who asks one, what was proposed and answered, and a new proposal in a few steps."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired, Optional

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.kinds import KINDS, Place, PupilPart
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import (
    BY_LEADER,
    LONGEST_NOTE,
    LONGEST_SUBJECT,
    MOST_QUESTIONS,
    MOST_TIMES,
    AnsweredAlready,
    Details,
    HomeVisits,
    Medium,
    NoLongerOffered,
    VisitReason,
)
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.queries import leaders, new_families, plans, single_interpreters
from scheduling.queries import single_talks as asking
from scheduling.queries.leading import Talk, the_talk
from scheduling.queries.single_talks import Single
from scheduling.services import single_talks
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.kinds import name_here, name_on_page
from scheduling.web.staff.leader.booking import TOGETHER, key_of, label_of
from scheduling.web.staff.leader.desk import Desk, desk_of, page
from scheduling.wording import single_talks as words
from scheduling.wording.dates import day_and_hour
from scheduling.wording.guests import help_name, way_at
from scheduling.wording.refusals import sentence
from scheduling.wording.sentences import at_start

NUMBERS = tuple(range(1, MOST_TIMES + 1))
QUESTIONS = tuple(range(1, MOST_QUESTIONS + 1))
BEFORE, IN_PLACE = "before", "in_place"


class SingleForm(FlaskForm):
    """How the talk will be, and the times to choose from."""

    home = RadioField(_("Met wie?"), validators=[InputRequired(_("Kies met wie het gesprek is."))])
    minutes = IntegerField(_("Hoe lang, in minuten"), validators=[InputRequired(_("Vul een getal in."))])
    medium = RadioField(_("Hoe?"))
    pupil_part = RadioField(_("En de leerling?"))
    reason = RadioField(_("Aanleiding"), validators=[Optional()])
    travel_before = IntegerField(_("Reistijd ervoor, in minuten"), validators=[Optional()], default=0)
    travel_after = IntegerField(_("Reistijd erna, in minuten"), validators=[Optional()], default=0)
    in_place = RadioField(_("En het gezin?"), validators=[Optional()])
    subject = StringField(
        _("Waarover? (mag leeg)"),
        description=_("Hoogstens %(most)s tekens. Het gezin leest dit in de brief.", most=LONGEST_SUBJECT),
    )
    room = StringField(_("Lokaal (mag leeg)"))
    join_link = StringField(
        _("Link voor beeld (mag leeg)"),
        description=_(
            "Alleen voor een gesprek met beeld. Leeg: dit gesprek krijgt een eigen link, als de school dat instelde."
        ),
    )
    slots = SelectMultipleField(_("Uit uw vrije tijden"))
    anyway = BooleanField(_("Ook op een vrije dag"))

    def fit(self, kind: RoundKind, homes: list[leaders.Home | None], leader_id: int) -> "SingleForm":
        """The choices for this kind, this pupil and this leader."""
        defaults = KINDS[kind]
        self.home.choices = [(key_of(home), label_of(home)) for home in homes]
        if len(homes) == 1 and not self.home.data:
            self.home.data = key_of(homes[0])
        self.medium.choices = [(one.value, words.medium_name_for_staff(one)) for one in media_for(kind)]
        self.medium.data = self.medium.data or self.medium.choices[0][0]
        alone = kind is RoundKind.PUPIL_CONVERSATION
        parts = [part for part in PupilPart if part is not PupilPart.ABSENT or not alone]
        self.pupil_part.choices = [(part.value, words.pupil_part_name(part)) for part in parts]
        self.in_place.choices = [(key, words.in_place_name(key == IN_PLACE)) for key in (BEFORE, IN_PLACE)]
        self.in_place.data = self.in_place.data or BEFORE
        self.pupil_part.data = self.pupil_part.data or defaults.pupil.value
        self.reason.choices = [(one.value, words.reason_name(one)) for one in reasons_now()]
        self.slots.choices = [
            (str(int(span.starts_at.timestamp())), day_and_hour(span.starts_at))
            for span in asking.free_times(leader_id, now())
        ]
        if self.minutes.data is None and not self.is_submitted():
            self.minutes.data = defaults.minutes
        return self

    def details(self, kind: RoundKind) -> Details:
        """What was filled in, as the house knows it."""
        return Details(
            kind=kind, minutes=self.minutes.data or 0, medium=Medium(self.medium.data),
            pupil_part=PupilPart(self.pupil_part.data), subject=self.subject.data or "", room=self.room.data or "",
            join_link=self.join_link.data or "",
            questions=tuple(self[f"question_{number}"].data or "" for number in QUESTIONS),
            reason=VisitReason(self.reason.data) if self.reason.data else None,
            travel_before=self.travel_before.data or 0, travel_after=self.travel_after.data or 0,
            in_place=self.in_place.data == IN_PLACE,
        )  # fmt: skip

    def spans(self) -> list[Span]:
        """The times that were ticked, and those that were typed in full."""
        begins = [datetime.fromtimestamp(int(value), UTC) for value in self.slots.data or ()]
        for number in NUMBERS:
            day: date | None = self[f"day_{number}"].data
            clock: time | None = self[f"clock_{number}"].data
            if day and clock:
                begins.append(moment_at(day, clock))
        length = timedelta(minutes=max(self.minutes.data or 0, 1))
        return [Span(starts_at, starts_at + length) for starts_at in begins]


for _number in NUMBERS:
    setattr(SingleForm, f"day_{_number}", DateField(_("Dag"), validators=[Optional()]))
    setattr(SingleForm, f"clock_{_number}", TimeField(_("Tijd"), validators=[Optional()]))
for _number in QUESTIONS:
    setattr(SingleForm, f"question_{_number}", StringField(_("Open vraag (mag leeg)")))


class ChooseForm(FlaskForm):
    """For whom, and what kind of talk."""

    pupil = SelectField(_("Voor wie?"), coerce=int)
    kind = SelectField(_("Wat voor gesprek?"))


class NoteForm(FlaskForm):
    note = StringField(
        _("Korte notitie"),
        description=_(
            "Hoogstens %(most)s tekens, om over te nemen in uw leerlingsysteem. Daarna is zij hier weg.",
            most=LONGEST_NOTE,
        ),
    )
    copied = BooleanField(_("Overgenomen: wis de notitie en het adres"))


def media_for(kind: RoundKind) -> tuple[Medium, ...]:
    """How this kind of talk can be held; what is usual first."""
    place = KINDS[kind].place
    if place is Place.HOME:
        return (Medium.HOME,)
    if place is Place.PHONE:
        return (Medium.PHONE, Medium.VIDEO, Medium.SCHOOL)
    home = place is Place.SCHOOL_OR_HOME and asking.home_visits() is HomeVisits.INTRO_CHOICE
    return (Medium.SCHOOL, Medium.PHONE, Medium.VIDEO, *((Medium.HOME,) if home else ()))


def reasons_now() -> list[VisitReason]:
    """The reasons for a visit that this school's policy knows."""
    first = asking.home_visits() is HomeVisits.FIRST_CHILD
    return [reason for reason in VisitReason if first or reason is not VisitReason.FIRST_CHILD]


def _kind(value: str) -> RoundKind:
    if value not in [kind.value for kind in BY_LEADER]:
        raise NotFound
    return RoundKind(value)


def _same_people(talk: Talk) -> dict[str, str]:
    """Who was at this talk, as the form names them; each can still be changed."""
    came = [at.home for at in talk.homes if at.comes]
    earlier = asking.single_of_booking(talk.id, now())
    same = {"home": key_of(came[0]) if len(came) == 1 else TOGETHER} if came else {}
    return same | ({"pupil_part": earlier.details.pupil_part.value} if earlier else {})


def _homes(desk: Desk, pupil_id: int) -> tuple[leaders.PupilFacts, list[leaders.Home | None]]:
    pupil = leaders.the_pupil(pupil_id, desk.year.id, leader_id=desk.leader_id, today=local(now()).date())
    return pupil, [*pupil.tables]


def _new(desk: Desk, pupil_id: int, kind: RoundKind, form: SingleForm, after: int | None) -> str:
    pupil, homes = _homes(desk, pupil_id)
    is_visit, policy = kind is RoundKind.HOME_VISIT, asking.home_visits()
    unagreed = is_visit and not any(plans.may_visit(pupil, home.household_id, policy) for home in pupil.homes)
    return _form_page(
        desk, pupil=pupil, kind=kind, form=form.fit(kind, homes, desk.leader_id), after=after, unagreed=unagreed
    )


def _form_page(desk: Desk, **facts: Any) -> str:
    at_home = Medium.HOME in media_for(facts["kind"])
    single = facts.get("single")
    facts["interpreters"] = (
        single_interpreters.needs_at(single, now()) if single else single_interpreters.needs_of_pupil(facts["pupil"])
    )
    return desk.show(
        "single_form.html", at_home=at_home, numbers=NUMBERS, questions=QUESTIONS, kind_name=name_on_page,
        single=facts.pop("single", None), **facts,
    )  # fmt: skip


def _unclear(
    error: Refused, pupil_id: int | None = None, single_id: int | None = None, leader_id: int | None = None
) -> ResponseReturnValue:
    """What was filled in comes back, with what is the matter."""
    desk, form = desk_of(leader_id), SingleForm()
    status = 422 if isinstance(error, Invalid) else 409
    if pupil_id is not None:
        kind = _kind(request.form.get("kind", ""))
        return _new(desk, pupil_id, kind, faulted(form, error), request.form.get("after", type=int)), status
    single = asking.the_single(single_id or 0, desk.leader_id, now())
    if isinstance(error, AnsweredAlready):
        return _one(desk, single, note=sentence(error)), 409
    return _again(desk, single, faulted(form, error)), status


@page("/singles", "singles")
def singles(desk: Desk) -> str:
    """What asks for an answer first, then what is to come and what was."""
    found = asking.of_leader(desk.leader_id, desk.year.id, now())
    pupils = leaders.pupils_of(desk.year.id, leader_id=desk.leader_id, today=local(now()).date())
    form = ChooseForm(formdata=None)
    form.pupil.choices = [(pupil.id, f"{pupil.name.full} ({pupil.class_name})") for pupil in pupils]
    form.kind.choices = [(kind.value, at_start(name_here(kind))) for kind in BY_LEADER]
    families = new_families.new_families(desk.year.id) if asking.home_visits() is HomeVisits.FIRST_CHILD else ()
    new = [one for one in families or () if one.is_visited_by(desk.leader_id)]
    return desk.show("singles.html", singles=found, form=form, kind_name=name_on_page, names=words, families=new)


@page("/singles/new", "new_single")
def new_single(desk: Desk) -> ResponseReturnValue:
    """The times and the place of a new talk for one pupil."""
    pupil_id, after = request.args.get("pupil", type=int), request.args.get("after", type=int)
    same: dict[str, str] = {}
    if after is not None:
        talk = the_talk(after, desk.leader_id, now=now())
        pupil_id, same = talk.pupil.id, _same_people(talk)
    if pupil_id is None:
        return desk.sends_to("singles")
    kind = _kind(request.args.get("kind", RoundKind.FOLLOW_UP.value))
    return _new(desk, pupil_id, kind, SingleForm(formdata=None, data=same), after)


@page("/pupils/<int:pupil_id>/singles", "arrange_single", methods=("POST",))
@answers(NoLongerOffered, with_=_unclear)
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def arrange_single(desk: Desk, pupil_id: int) -> ResponseReturnValue:
    """Propose it to the family."""
    kind, after = _kind(request.form.get("kind", "")), request.form.get("after", type=int)
    _pupil, homes = _homes(desk, pupil_id)
    form = SingleForm().fit(kind, homes, desk.leader_id)
    if not form.validate_on_submit():
        return _new(desk, pupil_id, kind, form, after), 422
    made = single_talks.arrange(
        details=form.details(kind), pupil_id=pupil_id,
        household_id=None if form.home.data == TOGETHER else int(form.home.data), spans=form.spans(),
        anyway=form.anyway.data, after_id=after, leader_id=desk.leader_id, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("single", single_id=made, done="proposed")


@page("/singles/<int:single_id>", "single")
def single(desk: Desk, single_id: int) -> str:
    """How far one such talk is."""
    return _one(desk, asking.the_single(single_id, desk.leader_id, now()))


@page("/singles/<int:single_id>/times", "propose_again")
def propose_again(desk: Desk, single_id: int) -> ResponseReturnValue:
    """Other times, or another way to meet."""
    found = asking.the_single(single_id, desk.leader_id, now())
    if not found.is_open:
        return desk.sends_to("single", single_id=single_id)
    details = found.details
    data: dict[str, Any] = {
        "minutes": details.minutes, "medium": (found.rather or details.medium).value,
        "pupil_part": details.pupil_part.value, "subject": details.subject, "room": details.room,
        "join_link": details.join_link,
        "reason": details.reason.value if details.reason else None,
        "travel_before": details.travel_before, "travel_after": details.travel_after,
        "in_place": IN_PLACE if details.in_place else BEFORE,
    }  # fmt: skip
    data |= {f"question_{number}": text for number, text in enumerate(details.questions, 1)}
    return _again(desk, found, SingleForm(formdata=None, data=data))


@page("/singles/<int:single_id>/times", "propose_now", methods=("POST",))
@answers(NoLongerOffered, with_=_unclear)
@answers(Invalid, with_=_unclear)
@answers(Conflict, with_=_unclear)
def propose_now(desk: Desk, single_id: int) -> ResponseReturnValue:
    """Propose these."""
    found = asking.the_single(single_id, desk.leader_id, now())
    form = _fitted(desk, found, SingleForm())
    if not form.validate_on_submit():
        return _again(desk, found, form), 422
    single_talks.propose(
        single_id=single_id, details=form.details(found.kind), spans=form.spans(), anyway=form.anyway.data,
        seen_version=request.form.get("seen", 0, type=int), leader_id=desk.leader_id, by=g.actor, now=now(),
    )  # fmt: skip
    return desk.sends_to("single", single_id=single_id, done="proposed")


@page("/singles/<int:single_id>/withdraw", "withdraw_single", methods=("POST",))
@answers(AnsweredAlready, with_=_unclear)
def withdraw_single(desk: Desk, single_id: int) -> ResponseReturnValue:
    """Take it back, or it was arranged in another way."""
    single_talks.withdraw(single_id=single_id, leader_id=desk.leader_id, by=g.actor, now=now())
    return desk.sends_to("singles", done="withdrawn")


@page("/singles/<int:single_id>/visited", "visited", methods=("POST",))
@answers(Invalid, with_=_unclear)
def visited(desk: Desk, single_id: int) -> ResponseReturnValue:
    """A short note on a visit, until it stands in the pupil system."""
    form = NoteForm()
    single_talks.visited(
        single_id=single_id, note=form.note.data or "", copied=form.copied.data, leader_id=desk.leader_id, by=g.actor,
        now=now(),
    )  # fmt: skip
    return desk.sends_to("single", single_id=single_id, done="marked")


def _fitted(desk: Desk, found: Single, form: SingleForm) -> SingleForm:
    """With whom it is, stands since it was asked; everything else may change."""
    pupil = _homes(desk, found.pupil_id)[0]
    home = None if found.household_id is None and len(pupil.homes) > 1 else pupil.home(found.household_id)
    form.home.data = key_of(home)
    return form.fit(found.kind, [home], desk.leader_id)


def _again(desk: Desk, found: Single, form: SingleForm) -> str:
    pupil = _homes(desk, found.pupil_id)[0]
    return _form_page(desk, pupil=pupil, kind=found.kind, form=_fitted(desk, found, form), after=None, single=found)


def _one(desk: Desk, found: Single, note: str = "") -> str:
    at_home = found.medium is Medium.HOME
    secret = at_home and asking.has_secret_address(found.pupil_id, found.household_id)
    form = NoteForm(formdata=None, data={"note": found.note})
    return desk.show(
        "single.html", single=found, note=note, form=form, kind_name=name_on_page, names=words, secret=secret,
        interpreters=single_interpreters.needs_at(found, now()), way_at=way_at, help_name=help_name,
    )  # fmt: skip
