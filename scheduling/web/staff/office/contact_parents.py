"""Contact parents of every class, for the office: how many there are, and what waits."""

from flask import render_template

from scheduling.domain.contact_parents import TARGET
from scheduling.queries import contact_parents as asking
from scheduling.queries import leaders
from scheduling.web.clock import now
from scheduling.web.staff.office import pages


@pages.get("/contact-parents")
def contact_parents() -> str:
    """Every class of the year; none yet is as good a line as two."""
    wanted = asking.classes_of_year(leaders.year_at(now()).id)
    return render_template("staff/office/contact_parents.html", classes=asking.of_classes(wanted, now()), target=TARGET)
