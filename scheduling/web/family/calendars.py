"""One talk as a file for the own calendar: without topics, without a link of its own."""

from flask import Response, g
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.single_talks import Medium
from scheduling.mail.calendar import Entry, one_talk
from scheduling.queries import family
from scheduling.queries.school import find_school
from scheduling.web.clock import now
from scheduling.web.family import asked_for, pages
from scheduling.web.kinds import name_here
from scheduling.wording.rooms import where
from scheduling.wording.sentences import at_start
from scheduling.wording.single_talks import medium_name


@pages.get("/talks/<int:round_id>/<int:pupil_id>/calendar.ics")
def calendar(round_id: int, pupil_id: int) -> ResponseReturnValue:
    talk = family.family_of(g.actor, now()).talk(round_id, pupil_id, asked_for())
    facts = family.calendar_facts(talk)
    school = find_school()
    name, street, route = (school.name, school.address, school.route) if school else ("", "", "")
    is_here, at_school = talk.met is Medium.SCHOOL, (name, where(talk.place), street)
    lines = [_("Met %(leader)s", leader=talk.leaders[0].name.full), route if is_here else ""]
    entry = Entry(
        uid=facts.uid,
        sequence=facts.sequence,
        stamp=facts.stamp,
        starts_at=facts.starts_at,
        ends_at=facts.ends_at,
        summary=_("%(kind)s – %(school)s", kind=at_start(name_here(talk.kind)), school=name),
        description="\n".join(line for line in lines if line),
        location=", ".join(part for part in at_school if part) if is_here else at_start(medium_name(talk.met)),
        video=talk.join_link if talk.stands else "",
    )
    answer = Response(one_talk(entry), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = 'attachment; filename="gesprek.ics"'
    return answer
