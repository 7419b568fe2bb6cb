"""Words for the agreed contact form."""

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import ngettext

from scheduling.domain.agreed_rounds import Part, part_in
from scheduling.domain.information_poll import WantedPeriod
from scheduling.domain.plans import (
    AgreedLater,
    ContactForm,
    FamilyNotThere,
    FormNotOffered,
    FormOfMomentMissing,
    HomeVisitNotAsked,
    HomeVisitStillAsked,
    InfoNeed,
    Initiative,
    NeedUnknown,
    NewerVersion,
    NoFormChosen,
    NoSuchHome,
    NotFilledIn,
    NothingChanged,
    NothingSaid,
    PlanChanged,
    PlanState,
    PupilNotAsked,
    ToldBy,
    TooManyMoments,
    TooManyWords,
    Voice,
)
from scheduling.domain.rounds import RoundKind
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


def form_name(form: ContactForm) -> str:
    """ "Bellen", "Op school, overdag"."""
    return {
        ContactForm.CALL: _("Bellen"),
        ContactForm.MAIL: _("Mailen"),
        ContactForm.HOME_VISIT: _("Bij u thuis"),
        ContactForm.SCHOOL_VISIT_DAY: _("Op school, overdag"),
        ContactForm.SCHOOL_VISIT_EVENING: _("Op school, 's avonds"),
        ContactForm.VIDEO: _("Met beeld bellen"),
        ContactForm.WHATSAPP: _("WhatsApp"),
        ContactForm.SMS: _("Sms"),
    }[form]


def form_name_for_staff(form: ContactForm) -> str:
    """As the leader says it: "Thuis"."""
    return _("Thuis") if form is ContactForm.HOME_VISIT else form_name(form)


def period_name(period: str) -> str:
    """When such an evening is welcome: one of the choices there are, else in the words that were kept."""
    named = {
        WantedPeriod.SEPTEMBER: _("september"),
        WantedPeriod.OCTOBER: _("oktober"),
        WantedPeriod.NOVEMBER: _("november"),
        WantedPeriod.AFTER_CHRISTMAS: _("na de kerst"),
    }
    return {key.value: name for key, name in named.items()}.get(period, period)


def period_with_homes(period: str, homes: int) -> str:
    """Such a period, and how many families chose it."""
    return ngettext("%(period)s (%(num)s gezin)", "%(period)s (%(num)s gezinnen)", homes, period=period_name(period))


def need_name(need: InfoNeed) -> str:
    return {InfoNeed.YES: _("Ja"), InfoNeed.MAYBE: _("Misschien"), InfoNeed.NO: _("Nee")}[need]


def evening_line(forms: Collection[ContactForm]) -> str:
    """What a home that agrees on these forms may expect of a contact evening; empty: an invitation, as everybody."""
    return {
        Part.SCHOOL: "",
        Part.PHONE: _("Op een contactavond belt de school u. Liever op school? Dat kiest u dan zelf."),
        Part.VIDEO: _("Op een contactavond ziet u elkaar met beeld, als de school dat dan heeft. Anders op school."),
        Part.NONE: _("U krijgt geen uitnodiging voor een contactavond. Wilt u toch een keer komen? U bent welkom."),
    }[part_in(RoundKind.CONTACT_EVENING, forms)]


def state_name(state: PlanState) -> str:
    """As the leader's lists say it."""
    return {
        PlanState.NONE: _("Nog af te spreken"),
        PlanState.PROPOSED: _("Nog niet bevestigd"),
        PlanState.AGREED: _("Afgesproken"),
    }[state]


def voice_note(voice: Voice) -> str:
    """How a yes came in, where that is not plain."""
    return _("in het gesprek") if voice is Voice.IN_TALK else ""


def field_name(field: str, *, to_pupil: bool = False) -> str:
    """What changed: "Wanneer". A pupil of eighteen is spoken to."""
    if to_pupil and field in ("told_by", "pupil"):
        return _("Als u er niet bij bent") if field == "told_by" else _("Wat u zelf doet")
    return {
        "forms": _("Hoe"),
        "rhythm": _("Wanneer"),
        "goal": _("Waarom"),
        "info": _("Een avond met de hele groep"),
        "moments": _("Momenten"),
        "reason": _("Waarom zo"),
        "initiative": _("Wie begint"),
        "told_by": _("Als de leerling er niet bij is"),
        "pupil": _("Wat de leerling zelf doet"),
    }[field]


def initiative_name(initiative: Initiative, *, to_pupil: bool = False) -> str:
    """Who begins. A pupil of eighteen is spoken to."""
    if to_pupil and initiative is Initiative.PUPIL:
        return _("U begint")
    return {
        Initiative.SCHOOL: _("De school begint"),
        Initiative.FAMILY: _("Het gezin begint"),
        Initiative.PUPIL: _("De leerling begint"),
        Initiative.EITHER: _("Wie iets heeft, begint"),
    }[initiative]


def told_by_name(told_by: ToldBy) -> str:
    """Who tells a pupil that was not there."""
    return {
        ToldBy.FAMILY: _("Thuis vertelt men het"),
        ToldBy.SCHOOL: _("De school vertelt het"),
        ToldBy.TOGETHER: _("Samen vertellen wij het"),
    }[told_by]


@says(TooManyMoments)
def _too_many_moments(error: TooManyMoments) -> str:
    return _("Spreek hoogstens %(most)s momenten af. Wat vaker is, kan bij Wanneer.", most=error.most)


@says(FormOfMomentMissing)
def _form_of_moment_missing(error: FormOfMomentMissing) -> str:
    return _("Bij een moment staat “%(form)s”. Kies dat ook bij Hoe.", form=form_name_for_staff(error.form))


@says(FormNotOffered)
def _form_not_offered(error: FormNotOffered) -> str:
    return _("De school houdt geen contact via “%(form)s”. Kies een andere vorm.", form=form_name_for_staff(error.form))


@says(NoFormChosen)
def _no_form(_error: NoFormChosen) -> str:
    return _("Kies hoe u contact houdt. Meer dan één vorm mag.")


@says(AgreedLater)
def _agreed_later(error: AgreedLater) -> str:
    return _("%(day)s is nog niet geweest. Kies vandaag of een eerdere dag.", day=day_long(error.day, year=True))


@says(FamilyNotThere)
def _family_not_there(_error: FamilyNotThere) -> str:
    return _("Kies wie er namens het gezin bij was. U spreekt dit samen af.")


@says(NeedUnknown)
def _need_unknown(_error: NeedUnknown) -> str:
    return _("Kies of een avond met de hele groep welkom is: ja, misschien of nee.")


@says(TooManyWords)
def _too_many_words(error: TooManyWords) -> str:
    return _("Maak het iets korter: hoogstens %(most)s letters.", most=error.most)


@says(NoSuchHome)
def _no_such_home(_error: NoSuchHome) -> str:
    return _("Dit is er niet, of het hoort niet bij u.")


@says(PlanChanged)
def _plan_changed(_error: PlanChanged) -> str:
    return _("Deze afspraak is intussen veranderd. Kijk hoe hij nu is en vul hem dan aan. Uw versie is niet bewaard.")


@says(NothingChanged)
def _nothing_changed(_error: NothingChanged) -> str:
    return _("Er is niets veranderd. De afspraak blijft zoals zij is, en het gezin krijgt geen nieuwe vraag.")


@says(HomeVisitNotAsked)
def _home_visit_not_asked(_error: HomeVisitNotAsked) -> str:
    return _("Deze vraag is er niet meer. Hieronder staat wat er nu is afgesproken.")


@says(NotFilledIn)
def _not_filled_in(error: NotFilledIn) -> str:
    return _("Hier staat nog iets open: “%(part)s”. Vul het in of haal het weg.", part=error.part)


@says(NothingSaid)
def _nothing_said(_error: NothingSaid) -> str:
    return _("Schrijf kort wat u anders wilt.")


@says(HomeVisitStillAsked)
def _home_visit_still_asked(_error: HomeVisitStillAsked) -> str:
    return _("Kies ook of een bezoek bij u thuis welkom is.")


@says(NewerVersion)
def _newer_version(_error: NewerVersion) -> str:
    return _("Deze afspraak is intussen veranderd. Hieronder ziet u hoe hij nu is. Klopt het zo?")


@says(PupilNotAsked)
def _pupil_not_asked(_error: PupilNotAsked) -> str:
    return _("Bij deze afspraak staat geen vraag aan de leerling open.")
