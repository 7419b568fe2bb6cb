"""What the school itself says about a round: per language, looked at with a real family's facts before it is kept."""

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField

from scheduling.domain.errors import Invalid
from scheduling.domain.mailings import Letter
from scheduling.domain.texts import DUTCH, MOST_LINKS, LanguageUnknown, OwnText, ensure_own_text, own_text_faults
from scheduling.mail.delivery import sheet_of, way_of
from scheduling.mail.message import Sheet
from scheduling.queries import letters, mailings, rounds
from scheduling.queries import texts as asking
from scheduling.queries.mailings import Recipient
from scheduling.services import texts
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.security import HEADERS
from scheduling.web.staff.office import pages
from scheduling.wording.mailings import letter_name
from scheduling.wording.names import language_name, language_name_here

TEXTS = "/rounds/<int:round_id>/texts"
POLICY = "Content-Security-Policy"
SHOWN = (Letter.INVITATION, Letter.REMINDER)


class TextsForm(FlaskForm):
    """One language: a paragraph, three links, and whose letter to look at."""

    paragraph = TextAreaField(
        _("Uw eigen alinea"),
        description=_("Waar gaat het gesprek over? Wij zetten de dag, de tijd en de plaats er zelf bij."),
    )
    title_1 = StringField(_("Naam van link 1"), description=_("Bijvoorbeeld: Zo bereidt u zich voor"))
    link_1 = StringField(_("Adres van link 1"), description=_("Het hele adres, met https:// ervoor"))
    title_2 = StringField(_("Naam van link 2"))
    link_2 = StringField(_("Adres van link 2"))
    title_3 = StringField(_("Naam van link 3"))
    link_3 = StringField(_("Adres van link 3"))
    family = SelectField(_("Als brief aan"), choices=[], validate_choice=False)
    letter = RadioField(_("Welke brief?"), choices=[], validate_choice=False)

    def offer(self, people: list[Recipient]) -> "TextsForm":
        """Let the office choose whose letter it looks at."""
        self.family.choices = [(_key(one), f"{one.name.full} ({one.pupil.given}, {one.class_name})") for one in people]
        self.letter.choices = [(letter.value, letter_name(letter)) for letter in SHOWN]
        self.letter.data = self.letter.data or Letter.INVITATION.value
        return self

    @property
    def links(self) -> list[tuple[str, str]]:
        numbers = range(1, MOST_LINKS + 1)
        return [(self[f"title_{number}"].data or "", self[f"link_{number}"].data or "") for number in numbers]


@pages.get(TEXTS, endpoint="round_texts")
def show(round_id: int) -> ResponseReturnValue:
    """The texts of a round in one language."""
    spoken = [one.language for one in asking.spoken_in(round_id)]
    if _language() not in spoken:
        return _to_dutch(None, round_id)
    own = asking.own_texts(round_id).get(_language(), OwnText())
    kept = {"paragraph": own.paragraph}
    for number, link in enumerate(own.links, start=1):
        kept |= {f"title_{number}": link.title, f"link_{number}": link.address}
    return _page(round_id, TextsForm(formdata=None, data=kept))


def _to_dutch(_error: LanguageUnknown | None, round_id: int) -> ResponseReturnValue:
    return redirect(url_for("office.round_texts", round_id=round_id), code=303)


def _refused(error: Invalid, round_id: int) -> ResponseReturnValue:
    """Everything that is wrong at once, each beside its field."""
    form = TextsForm()
    every = own_text_faults(paragraph=form.paragraph.data or "", links=form.links, language=_language())
    for fault in every or [error]:
        faulted(form, fault)
    return _page(round_id, form), 422


@pages.post(TEXTS, endpoint="write_texts")
@answers(Invalid, with_=_refused)
@answers(LanguageUnknown, with_=_to_dutch)
def write(round_id: int) -> ResponseReturnValue:
    """Keep the texts of this language."""
    form = TextsForm()
    texts.write(
        round_id=round_id, language=_language(), paragraph=form.paragraph.data or "", links=form.links, by=g.actor,
        now=now(),
    )  # fmt: skip
    return redirect(url_for("office.round_texts", round_id=round_id, language=_language(), done="kept"), code=303)


@pages.post(f"{TEXTS}/preview", endpoint="preview_texts")
@answers(Invalid, with_=_refused)
def preview(round_id: int) -> ResponseReturnValue:
    """The letter of a real family with what was typed. Nothing is kept and nothing is sent."""
    form = TextsForm()
    text = ensure_own_text(paragraph=form.paragraph.data or "", links=form.links, language=_language())
    people = _people(round_id)
    chosen = next((one for one in people if _key(one) == form.family.data), people[0] if people else None)
    sheet = _sheet(round_id, chosen, form, text) if chosen else None
    # Letters carry their own styles, as mail needs them: only here may they, in a frame without scripts or links.
    policy = HEADERS[POLICY].replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    return _page(round_id, form, sheet), {POLICY: policy}


def _sheet(round_id: int, to: Recipient, form: TextsForm, text: OwnText) -> Sheet:
    reminded = form.letter.data == Letter.REMINDER and to.talk is not None
    letter = Letter.REMINDER if reminded else Letter.INVITATION
    facts = letters.trial_letter(to, round_id, letter, _language(), text, now())
    return sheet_of(facts, way_of(current_app))


def _page(round_id: int, form: TextsForm, sheet: Sheet | None = None) -> str:
    people = _people(round_id)
    return render_template(
        "staff/office/texts.html",
        facts=rounds.round_facts(round_id),
        form=form.offer(people),
        people=people,
        sheet=sheet,
        spoken=asking.spoken_in(round_id),
        chosen=_language(),
        language_name=language_name,
        language_name_here=language_name_here,
        done=request.args.get("done", ""),
    )


def _language() -> str:
    return request.args.get("language", DUTCH)[:8]


def _people(round_id: int) -> list[Recipient]:
    """Whose letters can be looked at: who reads this language, or everybody when nobody has a talk yet."""
    plan = mailings.preview(round_id, Letter.INVITATION, now()).plan
    everybody = [*plan.recipients, *plan.on_paper]
    return [one for one in everybody if one.person.language == _language()] or everybody


def _key(one: Recipient) -> str:
    return f"{one.person.key}.{one.pupil_id}"
