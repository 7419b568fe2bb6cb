"""The file of one person in words: what kind of thing is kept, and what each column says."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scheduling.domain.aftercare import ActionBy
from scheduling.domain.buddies import BuddyKind
from scheduling.domain.checklists import Answer as ChecklistAnswer
from scheduling.domain.checklists import Asked as ChecklistAsked
from scheduling.domain.checklists import Moment as ChecklistMoment
from scheduling.domain.consults import ConsultState
from scheduling.domain.contact_parents import ContactState, MessageState, Reach
from scheduling.domain.contacts import Channel, Went
from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.domain.gatherings import Coming
from scheduling.domain.guests import HelpState, Way
from scheduling.domain.homes import HomeTalks
from scheduling.domain.informal_meetings import MeetingState
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.moments import Anchor, MomentKind
from scheduling.domain.people import Authority, OnRequest, StaffRole
from scheduling.domain.personal_data import PersonFile
from scheduling.domain.plans import ContactForm, InfoNeed, Initiative, Said, ToldBy
from scheduling.domain.reminders import NextStep, Occasion
from scheduling.domain.requests import FreedState
from scheduling.domain.rounds import BookingStatus, Outcome
from scheduling.domain.single_talks import Medium
from scheduling.domain.support import FamilySaid
from scheduling.domain.swaps import OfferState, ProposalState
from scheduling.domain.wishes import Answer, PartOfDay, SiblingWish
from scheduling.domain.year_plans import PlannedKind
from scheduling.wording.aftercare import action_by
from scheduling.wording.buddies import kind_name as buddy_kind_name
from scheduling.wording.checklists import any_answer_name, asked_name, moment_name
from scheduling.wording.consults import consult_state_name
from scheduling.wording.contact_parents import message_state_name, reach_name
from scheduling.wording.contact_parents import state_name as contact_state
from scheduling.wording.contacts import channel_name, went_name
from scheduling.wording.extra_persons import extra_name, extra_state
from scheduling.wording.gatherings import coming_name
from scheduling.wording.guests import help_name, way_name
from scheduling.wording.homes import home_talks_name
from scheduling.wording.informal_meetings import meeting_state_name
from scheduling.wording.leading import outcome_name
from scheduling.wording.mailings import letter_name
from scheduling.wording.moments import anchor_name, moment_kind_name
from scheduling.wording.names import authority_name, role_name
from scheduling.wording.on_request import on_request_name
from scheduling.wording.plans import form_name_for_staff, initiative_name, need_name, told_by_name
from scheduling.wording.reminders import occasion_name, step_name
from scheduling.wording.rounds import status_name
from scheduling.wording.single_talks import medium_name_for_staff
from scheduling.wording.support import said_name
from scheduling.wording.swaps import state_name
from scheduling.wording.wishes import answer_name, sibling_wish
from scheduling.wording.year_plans import kind_name

PARTS = {
    "person": _l("Wie"),
    "children": _l("Kinderen"),
    "relations": _l("Ouders en verzorgers"),
    "classes": _l("Klassen"),
    "lessons": _l("Lessen"),
    "roles": _l("Taken"),
    "times": _l("Tijden voor gesprekken"),
    "opened": _l("Wanneer gezinnen de tijden zagen"),
    "talks": _l("Gesprekken"),
    "absences": _l("Wie niet kwam"),
    "by_phone": _l("Wie aan de telefoon meedeed"),
    "not_taking_part": _l("Doet niet mee"),
    "two_homes": _l("Eén gesprek of twee"),
    "own_talk": _l("Vraag om een eigen gesprek"),
    "conclusions": _l("Na het gesprek"),
    "actions": _l("Wie doet wat"),
    "topics": _l("Onderwerpen"),
    "wishes": _l("Wensen"),
    "asked_talks": _l("Gevraagde gesprekken"),
    "kept_times": _l("Tijden die wij vasthielden"),
    "no_talk_needed": _l("Geen gesprek nodig"),
    "reminders": _l("Herinneringen"),
    "personal_approaches": _l("Persoonlijk benaderd"),
    "swap_offers": _l("Aangeboden tijden"),
    "swaps": _l("Ruilen"),
    "calls": _l("Vraag om te bellen"),
    "interpreters": _l("Tolk"),
    "practical_needs": _l("Praktisch nodig"),
    "extra_persons": _l("Wie erbij komt"),
    "joined": _l("Gesprekken van anderen"),
    "agreements": _l("Afspraken over contact"),
    "agreements_before": _l("Eerdere afspraken"),
    "answers_to_agreements": _l("Antwoorden op afspraken"),
    "agreed_moments": _l("Momenten van contact"),
    "contact_log": _l("Contact met de school"),
    "due_contact": _l("Contact dat nog komt"),
    "contact_parent": _l("Contactouder"),
    "agreed_moments_told": _l("Momenten van contact, voor de agenda"),
    "gatherings": _l("Uitgenodigd voor bijeenkomsten"),
    "gathering_answers": _l("Antwoorden op uitnodigingen"),
    "class_tasks": _l("Hulp die u vroeg"),
    "class_help": _l("Hulp die u gaf"),
    "parent_circles": _l("Ouderkring namens een klas"),
    "contact_parent_said": _l("Contactouder, naar eigen zeggen"),
    "class_messages": _l("Berichten aan de klas"),
    "consults": _l("Overleg als contactouder"),
    "class_meetings": _l("Voorstellen voor een bijeenkomst van de klas"),
    "no_class_messages": _l("Liever geen berichten van contactouders"),
    "buddies": _l("Ouders die elkaar helpen"),
    "checklist": _l("Checklist van de mentor"),
    "corrections": _l("Verbeteringen"),
    "letters": _l("Brieven"),
    "support": _l("Ondersteuningsteam"),
    "links": _l("Persoonlijke links"),
    "visits": _l("Bezoeken"),
    "calendars": _l("Agenda's"),
    "passwords": _l("Links voor een wachtwoord"),
    "journal": _l("Logboek"),
}

COLUMNS = {
    "began": _l("Wie begon"),
    "channel": _l("Hoe"),
    "good_news": _l("Goed nieuws"),
    "line": _l("Eén regel"),
    "minutes": _l("Minuten"),
    "moved_to": _l("Verzet naar"),
    "went": _l("Hoe het ging"),
    "about": _l("Waarover"),
    "after": _l("Na"),
    "initiative": _l("Wie begint"),
    "is_review": _l("Terugblik"),
    "lasts": _l("Minuten"),
    "opens_on": _l("Van"),
    "closes_on": _l("Tot en met"),
    "pupil_does": _l("Wat de leerling zelf doet"),
    "purpose": _l("Waarvoor"),
    "self_managed": _l("De leerling regelt het zelf"),
    "told_by": _l("Wie het de leerling vertelt"),
    "with_pupil": _l("Met de leerling"),
    "at_clock": _l("Hoe laat"),
    "in_month": _l("Maand"),
    "accepted": _l("Overgenomen"),
    "accepted_at": _l("Zei ja"),
    "action": _l("Wat"),
    "active": _l("Contactpersoon"),
    "address": _l("Adres"),
    "adults": _l("Volwassenen"),
    "agreed_on": _l("Afgesproken"),
    "agreed_with": _l("Met wie"),
    "answer": _l("Antwoord"),
    "answered_at": _l("Geantwoord"),
    "apart_minutes": _l("Minuten ertussen"),
    "asked_at": _l("Gevraagd"),
    "asked_on": _l("Gevraagd"),
    "at": _l("Wanneer"),
    "at_home": _l("Liever thuis"),
    "both_mentors": _l("Met allebei, in één gesprek"),
    "authority": _l("Gezag"),
    "begins_on": _l("Eerste dag"),
    "birth_date": _l("Geboren"),
    "bounced_at": _l("Mail kwam terug"),
    "cancelled_at": _l("Afgezegd"),
    "children": _l("Kinderen"),
    "came": _l("Was er"),
    "class_name": _l("Klas"),
    "code": _l("Code"),
    "coming": _l("Komt"),
    "conclusion": _l("Wat wij afspraken"),
    "confirmed_at": _l("Bevestigd"),
    "consent": _l("Toestemming"),
    "created_at": _l("Gemaakt"),
    "day": _l("Dag"),
    "decided_at": _l("Besloten"),
    "declined_at": _l("Zei nee"),
    "done_at": _l("Gedaan"),
    "due_on": _l("Klaar op"),
    "email": _l("Mailadres"),
    "ended_at": _l("Geëindigd"),
    "ends_at": _l("Tot"),
    "ends_on": _l("Tot"),
    "excluded_at": _l("Sinds"),
    "expires_at": _l("Werkt tot"),
    "external_id": _l("Code van de ouder"),
    "field": _l("Wat"),
    "form": _l("Hoe"),
    "forms": _l("Hoe"),
    "from_starts_at": _l("Van"),
    "gathering": _l("Bijeenkomst"),
    "given_name": _l("Roepnaam"),
    "goal": _l("Doel"),
    "ground_floor": _l("Begane grond"),
    "group_name": _l("Groep"),
    "in_childcare": _l("Naar de opvang"),
    "info_need": _l("Avond met de hele groep"),
    "info_period": _l("Liefst in"),
    "initials": _l("Voorletters"),
    "interpreter": _l("Tolk"),
    "invited_at": _l("Uitgenodigd"),
    "item": _l("Onderdeel"),
    "join_link": _l("Link voor beeld"),
    "kept_until": _l("Vastgehouden tot"),
    "kind": _l("Wie"),
    "language": _l("Taal"),
    "left_on": _l("Weg vanaf"),
    "letter": _l("Brief"),
    "moment": _l("Wanneer"),
    "new_value": _l("Nieuw"),
    "next_step": _l("En dan?"),
    "note": _l("Woord erbij"),
    "number": _l("Nummer"),
    "obligatory": _l("School wil u graag spreken"),
    "occasion": _l("Waarover"),
    "offers": _l("Helpt graag"),
    "offered_at": _l("Aangeboden"),
    "old_value": _l("Was"),
    "on_request": _l("Op verzoek"),
    "opened_at": _l("Sinds"),
    "outcome": _l("Hoe het ging"),
    "parents_permitted": _l("Toestemming voor ouders"),
    "part": _l("Deel van de dag"),
    "permission_said_at": _l("Toestemming gezegd op"),
    "phone": _l("Telefoon"),
    "place": _l("Plaats in de volgorde"),
    "present": _l("Op school"),
    "proposed_at": _l("Gevraagd"),
    "pupil": _l("Leerling"),
    "reach": _l("Bereikbaar via"),
    "reason": _l("Reden"),
    "receives_post": _l("Krijgt brieven"),
    "recorded_at": _l("Vastgelegd"),
    "relation": _l("Relatie"),
    "revoked_at": _l("Gestopt"),
    "rhythm": _l("Hoe vaak"),
    "role": _l("Taak"),
    "room": _l("Lokaal"),
    "theme": _l("Thema"),
    "round": _l("Ronde"),
    "said": _l("Antwoord"),
    "said_at": _l("Gezegd"),
    "salutation": _l("Aanhef"),
    "secret_address": _l("Geheim adres"),
    "sent_at": _l("Verstuurd"),
    "sent_to": _l("Naar hoeveel mailboxen"),
    "shown_as": _l("Naam voor ouders"),
    "shows_names": _l("Toont voornamen"),
    "siblings": _l("Broers en zussen"),
    "spoken_on": _l("Gesproken"),
    "started_at": _l("Begonnen"),
    "starts_at": _l("Begin"),
    "state": _l("Stand"),
    "status": _l("Antwoord"),
    "subject": _l("Vak"),
    "surname": _l("Achternaam"),
    "surname_prefix": _l("Tussenvoegsel"),
    "talks": _l("Gesprekken"),
    "text": _l("Tekst"),
    "to_starts_at": _l("Naar"),
    "told_at": _l("Bericht gekregen"),
    "told_beforehand": _l("Vooraf afgemeld"),
    "used_at": _l("Gebruikt"),
    "version": _l("Versie"),
    "wanted": _l("Door het gezin gevraagd"),
    "way": _l("Hoe"),
    "what": _l("Wat"),
    "who": _l("Wie"),
    "wish": _l("Wie het gezin bedoelt"),
    "withdrawn_at": _l("Ingetrokken"),
    "words": _l("Woorden"),
    "workdays": _l("Werkdagen"),
    "written_at": _l("Geschreven"),
    "written_on": _l("Geschreven"),
    "year": _l("Schooljaar"),
    "year_level": _l("Leerjaar"),
}


def part_name(part: str) -> str:
    return str(PARTS[part])


def column_name(column: str) -> str:
    return str(COLUMNS[column])


def cell_text(value: object) -> object:
    """A value as a person reads it; days and moments stay what they are."""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, list):
        return ", ".join(str(cell_text(one)) for one in value)
    if isinstance(value, Enum):
        return _word(value)
    return "" if value is None else value


def as_document(found: PersonFile) -> dict[str, Any]:
    """The file for another program: names of kinds and columns as they are, moments with their offset."""
    return {
        "kind": found.kind.value,
        "id": found.external_id,
        "name": found.name.full,
        "kept": {part.name: [{name: plain(value) for name, value in row.items()} for row in part.as_dicts]
                 for part in found.parts},
    }  # fmt: skip


def as_lines(found: PersonFile) -> list[str]:
    """The file to read: a heading per kind, a line per row, and what is empty left out."""
    lines = [f"{found.name.full} ({found.external_id})"]
    for part in found.parts:
        lines += ["", part_name(part.name)]
        for row in part.as_dicts:
            told = [(name, cell_text(value)) for name, value in row.items()]
            lines.append("- " + "; ".join(f"{column_name(name)}: {value}" for name, value in told if value != ""))
    return lines


def plain(value: object) -> object:
    """The same for a document: moments as text with their offset."""
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _word(value: Enum) -> str:
    name = NAMES.get(type(value))
    return str(name(value)) if name else str(value.value)


def _part_of_day(part: PartOfDay) -> str:
    return {
        PartOfDay.MORNING: _("ochtend"),
        PartOfDay.EARLY_AFTERNOON: _("begin van de middag"),
        PartOfDay.LATE_AFTERNOON: _("einde van de middag"),
        PartOfDay.EARLY_EVENING: _("begin van de avond"),
        PartOfDay.EVENING: _("avond"),
    }[part]


def _went(state: OutboxState) -> str:
    settled = {
        OutboxState.SENT: _("verstuurd"),
        OutboxState.FAILED: _("geweigerd"),
        OutboxState.UNCERTAIN: _("onzeker"),
        OutboxState.SUPERSEDED: _("vervangen door een nieuwere"),
        OutboxState.SUPPRESSED: _("niet verstuurd"),
    }
    return settled.get(state, _("onderweg"))


def _freed(state: FreedState) -> str:
    return {
        FreedState.OPEN: _("gevraagd"),
        FreedState.TAKEN: _("ja"),
        FreedState.DECLINED: _("nee"),
        FreedState.EXPIRED: _("geen antwoord"),
        FreedState.OFF: _("vervallen"),
    }[state]


def _offer(state: OfferState) -> str:
    return {
        OfferState.OPEN: _("onderweg"),
        OfferState.DONE: _("gelukt"),
        OfferState.WITHDRAWN: _("teruggenomen"),
        OfferState.EXPIRED: _("te laat"),
        OfferState.ENDED: _("vervallen"),
    }[state]


def _said(said: Said) -> str:
    return {Said.YES: _("ja"), Said.OTHER: _("liever anders")}[said]


NAMES: Mapping[type, Callable[[Any], str]] = {
    ActionBy: action_by,
    Anchor: anchor_name,
    Answer: answer_name,
    Authority: authority_name,
    BookingStatus: status_name,
    Channel: channel_name,
    BuddyKind: buddy_kind_name,
    ChecklistAnswer: any_answer_name,
    ChecklistAsked: asked_name,
    ChecklistMoment: moment_name,
    Coming: coming_name,
    ConsultState: consult_state_name,
    MeetingState: meeting_state_name,
    ContactForm: form_name_for_staff,
    ContactState: contact_state,
    FamilySaid: said_name,
    FreedState: _freed,
    HelpState: help_name,
    HomeTalks: home_talks_name,
    ExtraKind: extra_name,
    ExtraState: lambda state: extra_state(ExtraKind.EXTERNAL, state),
    InfoNeed: need_name,
    Initiative: initiative_name,
    Letter: letter_name,
    Medium: medium_name_for_staff,
    MessageState: message_state_name,
    MomentKind: moment_kind_name,
    NextStep: step_name,
    Occasion: occasion_name,
    OnRequest: on_request_name,
    OfferState: _offer,
    Outcome: outcome_name,
    OutboxState: _went,
    PartOfDay: _part_of_day,
    PlannedKind: kind_name,
    ProposalState: state_name,
    Reach: reach_name,
    Said: _said,
    SiblingWish: sibling_wish,
    StaffRole: role_name,
    ToldBy: told_by_name,
    Way: way_name,
    Went: went_name,
}
