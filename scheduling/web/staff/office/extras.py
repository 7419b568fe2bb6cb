"""Who else was asked to the talks of a round."""

from flask import render_template

from scheduling.queries import extra_persons as asking
from scheduling.web.clock import now
from scheduling.web.staff.office import pages


@pages.get("/rounds/<int:round_id>/extras")
def extras(round_id: int) -> str:
    """Per pupil who was asked, and what came of it."""
    return render_template("staff/office/extras.html", page=asking.extras_of_round(round_id, now()))
