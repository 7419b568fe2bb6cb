"""Which families are new to the school, and who visits them."""

from flask import render_template

from scheduling.domain.single_talks import HomeVisits
from scheduling.queries.leaders import year_at
from scheduling.queries.new_families import new_families as asking
from scheduling.queries.single_talks import home_visits
from scheduling.web.clock import now
from scheduling.web.staff.office import pages
from scheduling.wording.single_talks import visit_state_name


@pages.get("/new-families")
def new_families() -> str:
    """One visit per family, by the teacher of the oldest child that begins here."""
    year = year_at(now())
    return render_template(
        "staff/office/new_families.html", families=asking(year.id), year=year, state_name=visit_state_name,
        visits=home_visits() is HomeVisits.FIRST_CHILD,
    )  # fmt: skip
