"""What the school noted of contact with the own home: the same lines that the leader reads."""

from flask import g, render_template

from scheduling.domain.timeslots import local
from scheduling.queries import contacts as asking
from scheduling.queries.leaders import year_at
from scheduling.web.clock import now
from scheduling.web.family import pages
from scheduling.wording import contacts as words


@pages.get("/contacts")
def contacts() -> str:
    """This year, per child."""
    logs = asking.family_logs(g.person, year_at(now()).id, today=local(now()).date())
    return render_template("family/contacts.html", logs=logs, contact_words=words)
