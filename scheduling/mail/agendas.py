"""A leader's agenda as a calendar: for the feed and for the file to download alike."""

from flask_babel import gettext as _

from scheduling.domain.people import FeedDetail
from scheduling.domain.single_talks import Medium
from scheduling.mail.calendar import Entry, WholeDays, feed
from scheduling.mail.contact_agendas import contact_entry
from scheduling.mail.letters import speaking
from scheduling.mail.year_agendas import year_entry
from scheduling.queries.consults import ConsultFacts
from scheduling.queries.feeds import Agenda, AgendaContact, AgendaTalk
from scheduling.wording.plans import form_name_for_staff
from scheduling.wording.sentences import at_start
from scheduling.wording.single_talks import medium_name_for_staff


def calendar_of(agenda: Agenda) -> bytes:
    """The bytes of this agenda. Nobody's mail address, no topic and no link is in them."""
    with speaking(agenda.language):
        return feed(
            [
                *(_entry(talk, agenda) for talk in agenda.talks),
                *(year_entry(moment, agenda.sector, agenda.school) for moment in agenda.moments),
                *(_contact_entry(contact, agenda) for contact in agenda.contacts),
                *(entry for consult in agenda.consults for entry in _consult_entries(consult, agenda)),
            ],
            name=_("Gesprekken %(school)s", school=agenda.school),
        )


def consult_entries(consult: ConsultFacts, summary: str, place: str) -> list[Entry]:
    """Every time of a series that did not fall out, for the calendar of either of the two."""
    return [
        Entry(f"{day.id}.{consult.uid}", consult.sequence, consult.stamp, day.starts_at, day.ends_at, summary,
              location=place)
        for day in consult.days
        if not day.cancelled
    ]  # fmt: skip


def _consult_entries(consult: ConsultFacts, agenda: Agenda) -> list[Entry]:
    """Every time this colleague consults with a contact parent."""
    named = agenda.detail is not FeedDetail.TIME_ONLY
    summary = _("Overleg contactouder (%(group)s)", group=consult.class_name) if named else _("Gesprek")
    return consult_entries(consult, str(summary), agenda.school)


def _contact_entry(contact: AgendaContact, agenda: Agenda) -> Entry | WholeDays:
    """What was agreed with a family, with as much of the pupil as a talk tells."""
    form = contact.dated.moment.form
    how = form_name_for_staff(form) if form else _("Contact")
    if agenda.detail is FeedDetail.TIME_ONLY:
        return contact_entry(contact.dated, str(_("Contact")))
    who = contact.pupil.given if agenda.detail is FeedDetail.GIVEN_NAME else contact.pupil.initials
    summary = _("%(how)s: %(who)s (%(group)s)", how=how, who=who, group=contact.class_name)
    return contact_entry(contact.dated, str(summary))


def _entry(talk: AgendaTalk, agenda: Agenda) -> Entry:
    return Entry(
        uid=talk.uid,
        sequence=talk.sequence,
        stamp=talk.changed_at,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
        summary=_summary(talk, agenda.detail),
        location=_location(talk, agenda),
    )


def _location(talk: AgendaTalk, agenda: Agenda) -> str:
    """Where it is; never anybody's address."""
    if talk.medium is not Medium.SCHOOL:
        return at_start(medium_name_for_staff(talk.medium))
    return ", ".join(part for part in (talk.room, agenda.school) if part)


def _summary(talk: AgendaTalk, detail: FeedDetail) -> str:
    """As much as the school lets a calendar tell: others keep a copy of it."""
    if detail is FeedDetail.TIME_ONLY:
        return str(_("Gesprek"))
    who = talk.pupil.given if detail is FeedDetail.GIVEN_NAME else talk.pupil.initials
    return str(_("Gesprek %(who)s (%(group)s)", who=who, group=talk.class_name))
