"""What parents want to have corrected, and mailboxes that two homes share: the office decides."""

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.people import NoSuchGuardian
from scheduling.domain.timeslots import local
from scheduling.queries import people, two_homes, years
from scheduling.services import corrections as deciding
from scheduling.services import people as keeping
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.office import pages


@pages.get("/corrections")
def corrections() -> str:
    """Everything that waits for a decision."""
    year = years.year_in_use(local(now()).date())
    return render_template(
        "staff/office/corrections.html", lines=people.open_corrections(), done=request.args,
        wishes=two_homes.wishes_of(year.id) if year else (),
    )  # fmt: skip


@pages.post("/corrections/<int:correction_id>")
def decide_correction(correction_id: int) -> ResponseReturnValue:
    """Take it over, or leave things as they are."""
    accept = "accept" in request.form
    deciding.decide(correction_id=correction_id, accept=accept, by=g.actor, now=now())
    return redirect(url_for("office.corrections", done="accepted" if accept else "declined"), code=303)


def _mailboxes_page(*, nobody: bool = False) -> str:
    return render_template(
        "staff/office/mailboxes.html", boxes=people.shared_mailboxes(), done=request.args, nobody=nobody
    )


def _nobody_chosen(_error: NoSuchGuardian) -> ResponseReturnValue:
    return _mailboxes_page(nobody=True), 422


@pages.get("/mailboxes")
def mailboxes() -> str:
    """Addresses that belong to two homes."""
    return _mailboxes_page()


@pages.post("/mailboxes")
@answers(NoSuchGuardian, with_=_nobody_chosen)
def keep_mailbox() -> ResponseReturnValue:
    """Whose address it is; the others are reached on paper."""
    chosen = request.form.getlist("guardian", type=int)
    keeping.keep_mailbox(email=request.form.get("email", ""), guardian_ids=chosen, by=g.actor, now=now())
    return redirect(url_for("office.mailboxes", kept=1), code=303)
