"""How many families a round reached, per class and whatever the form: for office and director only."""

from flask import render_template

from scheduling.domain.reached import REFERENCE, How
from scheduling.queries import reached
from scheduling.web.clock import now
from scheduling.web.staff.office import pages
from scheduling.wording.reached import how_name


@pages.get("/rounds/<int:round_id>/reached", endpoint="reached")
def show(round_id: int) -> str:
    """The classes in their own order, beside the reference line."""
    page = reached.reached_in(round_id, now())
    return render_template(
        "staff/office/reached.html",
        page=page,
        forms=[how for how in How if page.whole.counts[how]],
        how_name=how_name,
        to_note=page.whole.counts[How.TO_NOTE],
        reference=REFERENCE,
    )
