"""What a family follows in its own calendar: what the letters' calendar objects say, under the same identities."""

from flask_babel import gettext as _

from scheduling.domain.single_talks import Medium
from scheduling.mail.agendas import consult_entries
from scheduling.mail.calendar import Entry, WholeDays, feed
from scheduling.mail.contact_agendas import contact_entry, family_summary, place_of
from scheduling.mail.letters import speaking
from scheduling.mail.year_agendas import year_entry
from scheduling.queries.consults import ConsultFacts
from scheduling.queries.family_feeds import FamilyAgenda, FamilyTalk
from scheduling.queries.plans import DatedMoment
from scheduling.queries.school import SchoolFacts
from scheduling.wording.kinds import kind_name
from scheduling.wording.rooms import where
from scheduling.wording.sentences import at_start
from scheduling.wording.single_talks import medium_name


def family_calendar(agenda: FamilyAgenda) -> bytes:
    """The bytes of this agenda: no child's name, no topic, no address of a home and no link of a family."""
    school = agenda.school
    with speaking(agenda.language):
        return feed(
            [
                *(_entry(talk, school) for talk in agenda.talks),
                *(year_entry(moment, school.sector, school.name) for moment in agenda.gatherings),
                *(_contact_entry(dated, school) for dated in agenda.contacts),
                *(entry for consult in agenda.consults for entry in _consult_entries(consult, school)),
            ],
            name=school.name,
        )


def _contact_entry(dated: DatedMoment, school: SchoolFacts) -> Entry | WholeDays:
    form = dated.moment.form
    return contact_entry(dated, family_summary(form, school.name), place_of(form, school.name, school.address))


def _entry(talk: FamilyTalk, school: SchoolFacts) -> Entry:
    at_school = talk.medium is Medium.SCHOOL
    place = ", ".join(part for part in (school.name, where(talk.place), school.address) if part)
    lines = [_("Met %(leader)s", leader=talk.with_whom), school.route if at_school else ""]
    return Entry(
        uid=talk.uid, sequence=talk.sequence, stamp=talk.changed_at, starts_at=talk.starts_at, ends_at=talk.ends_at,
        summary=_summary(talk, school), description="\n".join(line for line in lines if line),
        location=place if at_school else at_start(medium_name(talk.medium)), video=talk.join_link,
    )  # fmt: skip


def _consult_entries(consult: ConsultFacts, school: SchoolFacts) -> list[Entry]:
    """As in the letter: where, and never what it is about."""
    return consult_entries(consult, _("Overleg – %(school)s", school=school.name), school.name)


def _summary(talk: FamilyTalk, school: SchoolFacts) -> str:
    if talk.kind is None:
        return str(_("Gesprek – %(school)s", school=school.name))
    kind = at_start(kind_name(talk.kind, school.sector))
    return str(_("%(kind)s – %(school)s", kind=kind, school=school.name))
