"""How the school is reached, and the switches of its policy."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from scheduling.domain.errors import Invalid
from scheduling.domain.extra_persons import MOST_DAYS
from scheduling.domain.people import FeedDetail, SeparatedParents
from scheduling.domain.plans import FURTHER_FORMS, ContactForm
from scheduling.domain.school import LONGEST_JOURNEY, LONGEST_WALK, NAME_LENGTH, SchoolWishes
from scheduling.domain.single_talks import HomeVisits
from scheduling.domain.years import NoSuchYear
from scheduling.queries.school import SchoolFacts, find_school
from scheduling.services import school as keeping
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.faults import faulted
from scheduling.web.staff.office import pages
from scheduling.wording.names import feed_detail_name, separated_parents_name
from scheduling.wording.plans import form_name
from scheduling.wording.single_talks import home_visits_name


class SchoolForm(FlaskForm):
    name = StringField(_("Naam van de school"), validators=[Length(max=NAME_LENGTH)])
    phone = StringField(
        _("Telefoon"), validators=[Length(max=40)], description=_("Staat op elke pagina en in elke brief.")
    )
    email = StringField(_("E-mailadres voor ouders"), validators=[Length(max=254)])
    address = StringField(_("Adres"), validators=[Length(max=200)])
    route = TextAreaField(
        _("De weg naar school"), validators=[Length(max=300)],
        description=_("Bijvoorbeeld: de ingang is aan de kant van het plein."),
    )  # fmt: skip
    separated_parents = RadioField(_("Ouders die apart wonen"))
    feed_detail = RadioField(_("Wat er in de agenda van collega's staat"))
    walking_minutes = IntegerField(
        _("Lopen van lokaal naar lokaal, in minuten"),
        validators=[
            InputRequired(_("Vul een getal in.")),
            NumberRange(0, LONGEST_WALK, _("Vul een getal in van 0 tot en met 60.")),
        ],
        description=_("Zoveel tijd houden wij vrij tussen de gesprekken van broers en zussen."),
    )
    travel_minutes = IntegerField(
        _("Reizen van de ene naar de andere locatie, in minuten"),
        validators=[
            InputRequired(_("Vul een getal in.")),
            NumberRange(0, LONGEST_JOURNEY, _("Vul een getal in van 0 tot en met 240.")),
        ],
        description=_("Voor scholen met meer locaties. Zoveel tijd ligt dan tussen gesprekken van één gezin."),
    )
    apart_minutes = IntegerField(
        _("Tussen gesprekken van twee huizen die elkaar liever niet zien, in minuten"),
        validators=[InputRequired(_("Vul een getal in."))],
        description=_("U kiest per leerling voor wie dit geldt. Dit getal staat daar dan al."),
    )
    home_visits = RadioField(
        _("Huisbezoek"), description=_("Het gezin zegt altijd zelf ja, en mag altijd liever iets anders.")
    )
    extra_days = IntegerField(
        _("Iemand erbij vragen, zoveel schooldagen vooraf"),
        validators=[
            InputRequired(_("Vul een getal in.")),
            NumberRange(0, MOST_DAYS, _("Vul een getal in van 0 tot en met 30.")),
        ],
        description=_("Vraagt een gezin het later? Dat kan. Het leest dan dat het krap is."),
    )
    video_template = StringField(
        _("Waar u met beeld belt (mag leeg)"), validators=[Length(max=200)],
        description=_(
            "Bijvoorbeeld https://beeld.example.org/{code}. Elk gesprek krijgt een eigen code."
        ),
    )  # fmt: skip
    further_forms = SelectMultipleField(
        _("Ook contact houden met (mag leeg)"),
        description=_(
            "Zet u er een uit, dan blijft staan wat al is afgesproken. WhatsApp en sms lopen buiten dit programma om."
        ),
    )
    quiet_from = StringField(
        _("Geen mail vanaf"), description=_("Bijvoorbeeld 21:00. Laat beide leeg als mail altijd weg mag.")
    )
    quiet_until = StringField(_("Geen mail tot"), description=_("Bijvoorbeeld 07:00."))

    @classmethod
    def new(cls, facts: SchoolFacts | None = None) -> "SchoolForm":
        """The form as it was posted, or with what is kept now."""
        form = cls(formdata=None, obj=facts) if facts else cls()
        form.separated_parents.choices = [(one.value, separated_parents_name(one)) for one in SeparatedParents]
        form.feed_detail.choices = [(one.value, feed_detail_name(one)) for one in FeedDetail]
        form.home_visits.choices = [(one.value, home_visits_name(one)) for one in HomeVisits]
        form.further_forms.choices = [(one.value, form_name(one)) for one in FURTHER_FORMS]
        return form

    @property
    def wishes(self) -> SchoolWishes:
        return SchoolWishes(
            name=" ".join((self.name.data or "").split()),
            phone=(self.phone.data or "").strip(),
            email=self.email.data or "",
            address=(self.address.data or "").strip(),
            route=(self.route.data or "").strip(),
            separated_parents=SeparatedParents(self.separated_parents.data),
            feed_detail=FeedDetail(self.feed_detail.data),
            walking_minutes=self.walking_minutes.data or 0,
            travel_minutes=self.travel_minutes.data or 0,
            apart_minutes=self.apart_minutes.data or 0,
            extra_days=self.extra_days.data or 0,
            home_visits=HomeVisits(self.home_visits.data),
            video_template=(self.video_template.data or "").strip(),
            further_forms=tuple(ContactForm(one) for one in self.further_forms.data or ()),
            quiet_from=(self.quiet_from.data or "").strip(),
            quiet_until=(self.quiet_until.data or "").strip(),
        )


def _page(form: SchoolForm) -> str:
    return render_template("staff/office/school.html", form=form, saved="saved" in request.args)


def _bad(error: Invalid) -> ResponseReturnValue:
    return _page(faulted(SchoolForm.new(), error)), 422


@pages.get("/school")
def school() -> str:
    """The school's own settings."""
    facts = find_school()
    if facts is None:
        raise NoSuchYear
    return _page(SchoolForm.new(facts))


@pages.post("/school")
@answers(Invalid, with_=_bad)
def change_school() -> ResponseReturnValue:
    """Keep what was filled in."""
    form = SchoolForm.new()
    if not form.validate():
        return _page(form), 422
    keeping.change(wishes=form.wishes, by=g.actor, now=now())
    return redirect(url_for("office.school", saved=1), code=303)
