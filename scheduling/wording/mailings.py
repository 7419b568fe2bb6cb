"""What letters and personal links say no to, and how the office reads what became of a letter."""

from datetime import datetime

from flask_babel import gettext as _

from scheduling.domain.links import LinkDead, NoSuchGuardian
from scheduling.domain.mailings import (
    Letter,
    LetterHasLeft,
    NobodyToTry,
    NoOwnAddress,
    NoSuchLetter,
    NotABatch,
    SkipReason,
)
from scheduling.domain.texts import HeaderSmuggled, LetterUnfinished, TextCompels, TextUnfinished
from scheduling.wording.dates import day_and_hour
from scheduling.wording.errors import says


@says(LinkDead)
def _link_dead(_error: LinkDead) -> str:
    return _("Deze link werkt niet meer. Vraag hieronder een nieuwe aan, of bel de school.")


@says(NoSuchGuardian)
def _no_such_guardian(error: NoSuchGuardian) -> str:
    return _("Er is geen ouder met het kenmerk %(external_id)s.", external_id=error.external_id)


@says(LetterUnfinished)
def _letter_unfinished(error: LetterUnfinished) -> str:
    return _("In deze brief staat nog een open plek: %(found)s. Maak de tekst eerst af.", found=error.found)


@says(TextUnfinished)
def _text_unfinished(error: TextUnfinished) -> str:
    return _(
        "In deze tekst staat een open plek: %(found)s. Die vult niemand in. Schrijf de tekst af.", found=error.found
    )


@says(TextCompels)
def _text_compels(error: TextCompels) -> str:
    return _("Hier staat “%(word)s”. Een brief nodigt uit. Schrijf het vriendelijk, zonder dat woord.", word=error.word)


@says(HeaderSmuggled)
def _header_smuggled(_error: HeaderSmuggled) -> str:
    return _("In een naam of adres staan tekens die in een mail niet kunnen. Verbeter ze eerst.")


@says(NotABatch)
def _not_a_batch(_error: NotABatch) -> str:
    return _(
        "Naar een hele ronde gaat een vraag om wensen (wishes), een uitnodiging (invitation) of een herinnering"
        " (reminder)."
    )


@says(NoSuchLetter)
def _no_such_letter(_error: NoSuchLetter) -> str:
    return _("Dit bericht is er niet.")


@says(LetterHasLeft)
def _letter_has_left(_error: LetterHasLeft) -> str:
    return _("Over dit bericht is al beslist. Kijk op de pagina hoe het er nu mee staat.")


@says(NobodyToTry)
def _nobody_to_try(_error: NobodyToTry) -> str:
    return _("Een proef laat een gesprek uit de ronde zien. Er is nog geen gesprek.")


@says(NoOwnAddress)
def _no_own_address(_error: NoOwnAddress) -> str:
    return _("Een proef gaat naar uw eigen mailadres. Wij kennen nog geen adres van u.")


def skip_reason(reason: SkipReason) -> str:
    """Why somebody gets no letter of his own, as the office reads it."""
    return {
        SkipReason.INACTIVE: _("Deze ouder staat niet meer in het bestand van de school."),
        SkipReason.NO_AUTHORITY: _("Zonder gezag: krijgt informatie op verzoek."),
        SkipReason.ADULT_PUPIL: _("De leerling is 18 en krijgt zelf bericht."),
        SkipReason.NO_POST: _("Krijgt volgens het schoolbestand geen post."),
        SkipReason.NO_ADDRESS: _("Er is geen mailadres."),
        SkipReason.BOUNCED: _("Het mailadres werkt niet."),
        SkipReason.SAME_MAILBOX: _("Deelt de mailbox met de andere ouder thuis."),
        SkipReason.STAYS_AWAY: _("Komt niet naar dit gesprek."),
    }[reason]


def letter_name(letter: Letter) -> str:
    """What a letter is called."""
    return {
        Letter.WISHES: _("Wensen vragen"),
        Letter.WISHES_SAID: _("Wensen bewaard"),
        Letter.REQUESTS_SAID: _("Gevraagde gesprekken"),
        Letter.TIME_FREED: _("Er is een tijd vrij"),
        Letter.INVITATION: _("Uitnodiging"),
        Letter.REMINDER: _("Herinnering"),
        Letter.ASK_AGAIN: _("Vraag om antwoord"),
        Letter.SEE_YOU: _("Tot morgen"),
        Letter.CONFIRMED: _("Bevestiging"),
        Letter.CHANGED: _("Nieuwe tijd"),
        Letter.CANCELLED: _("Annulering"),
        Letter.ELSEWHERE: _("Uit de oude agenda"),
        Letter.SWAP_ASKED: _("Vraag om te ruilen"),
        Letter.SWAP_ACCEPTED: _("Ruil: iemand zei ja"),
        Letter.SWAP_DECLINED: _("Ruil gaat niet door"),
        Letter.SWAP_EXPIRED: _("Ruil verlopen"),
        Letter.SWAP_NOTICE: _("Bericht over een ruil"),
        Letter.PLAN_PROPOSED: _("Afspraak over contact"),
        Letter.PLAN_ANSWERED: _("Antwoord op de afspraak"),
        Letter.PLAN_AGREED: _("Afgesproken over contact"),
        Letter.PLAN_NOTICE: _("Bericht over een afspraak"),
        Letter.PLAN_DATES: _("Momenten voor de agenda"),
        Letter.PLAN_DATES_OFF: _("Momenten uit de agenda"),
        Letter.PLAN_DATES_ELSEWHERE: _("Momenten uit een oud postvak"),
        Letter.PLAN_MOVED_NOTICE: _("Bericht over andere dagen"),
        Letter.CONTACT_LATE: _("Herinnering aan contact"),
        Letter.AFTERWARDS: _("Na het gesprek"),
        Letter.SINGLE_PROPOSED: _("Voorstel voor een gesprek"),
        Letter.SINGLE_NOTICE: _("Antwoord op een voorstel"),
        Letter.HELP_SAID: _("Over de tolk"),
        Letter.ON_REQUEST: _("Op verzoek: bericht aan een ouder zonder gezag"),
        Letter.EXTRA_NOTICE: _("Iemand erbij"),
        Letter.GUEST: _("Aan de tolk: een gesprek"),
        Letter.GUEST_OFF: _("Aan de tolk: afgezegd"),
        Letter.GUEST_EXTRA: _("Aan wie erbij komt: een gesprek"),
        Letter.GUEST_EXTRA_OFF: _("Aan wie erbij kwam: afgezegd"),
        Letter.EXTRA_SAID: _("Over wie erbij komt"),
        Letter.GATHERING: _("Uitnodiging voor een bijeenkomst"),
        Letter.GATHERING_CHANGED: _("Bijeenkomst veranderd"),
        Letter.GATHERING_OFF: _("Bijeenkomst gaat niet door"),
        Letter.GATHERING_ELSEWHERE: _("Bijeenkomst uit de oude agenda"),
        Letter.GATHERING_REMINDER: _("Vraag of u komt"),
        Letter.TASK_CHANGED: _("Over hulp aan de klas"),
        Letter.CIRCLE_NOTICE: _("Wie komt er naar de ouderkring?"),
        Letter.MESSAGE: _("Bericht van een gezin"),
        Letter.SUPPORT_INVITED: _("Bericht over een gesprek"),
        Letter.SUPPORT_CANCELLED: _("Bericht dat een gesprek niet doorgaat"),
        Letter.SUPPORT_NOTICE: _("Antwoord over een gesprek"),
        Letter.STAND_IN: _("Overgenomen gesprekken"),
        Letter.CONTACT_ASKED: _("Vraag: contactouder worden"),
        Letter.CONTACT_SAID: _("Aan de contactouder: over het bericht"),
        Letter.CONTACT_NOTICE: _("Over de contactouders"),
        Letter.CONTACT_MESSAGE: _("Bericht aan een contactouder"),
        Letter.CLASS_MESSAGE: _("Bericht van een contactouder"),
        Letter.CONSULT: _("Overleg van een contactouder"),
        Letter.CONSULT_ELSEWHERE: _("Overleg uit de oude agenda"),
        Letter.CONSULT_OFF: _("Overleg van een contactouder gestopt"),
        Letter.BUDDY_ASKED: _("Vraag: kennismaken met een andere ouder"),
        Letter.BUDDY_FOUND: _("Twee ouders zeiden ja"),
        Letter.QUESTIONNAIRE: _("Vragenlijst zonder namen"),
        Letter.LINK: _("Nieuwe link"),
        Letter.SET_PASSWORD: _("Wachtwoord kiezen"),
        Letter.TRIAL: _("Proef"),
    }[letter]


def what_happened(code: int | None, text: str) -> str:
    """Why a letter did not arrive, for somebody who does not speak SMTP."""
    stayed = {
        "over": _("Het gesprek was al voorbij."),
        "cancelled": _("Het gesprek was al geannuleerd."),
        "newer": _("Er kwam een nieuwer bericht voor in de plaats."),
        "wishes_over": _("De wensen waren niet meer nodig: de tijden waren er al, of de datum was voorbij."),
        "reminder_off": _("De herinnering is uitgezet."),
        "too_late": _("De herinnering kwam te laat om nog te helpen."),
        "contact_over": _("De contactouder stopte intussen, of er was iets nieuws."),
        "no_class_messages": _("Deze ouder wil geen berichten van contactouders."),
        "buddy_over": _("Een van de twee ouders stopte intussen, of antwoordde al."),
        "questionnaire_over": _("De vragenlijst was al gesloten."),
        "answered": _("Het gezin gaf intussen antwoord."),
        "not_invited": _("Deze ouder hoort niet meer bij dit gesprek."),
    }
    if code is None and text in {reason.value for reason in SkipReason}:
        return skip_reason(SkipReason(text))
    if code is None:
        return stayed.get(text, _("Het bericht kon niet worden gemaakt of verstuurd."))
    if "5.2.2" in text or code == 452:
        return _("De mailbox is vol.")
    if "5.1." in text or code in (550, 551, 553):
        return _("Dit adres bestaat niet, zegt de mailserver.")
    return _("De mailserver weigerde het bericht (code %(code)s).", code=code)


def late_sentence(first_talk_at: datetime) -> str:
    """A warning: families hear of their talk later than is kind."""
    return _(
        "Het eerste gesprek is al op %(moment)s. Een uitnodiging komt liefst zeven dagen vooruit.",
        moment=day_and_hour(first_talk_at),
    )
