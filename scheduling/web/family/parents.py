"""An adult pupil's own page about the parents: they may stay involved, or no longer."""

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from scheduling.domain.links import HolderKind
from scheduling.domain.timeslots import local
from scheduling.queries import people
from scheduling.services import grown_pupils
from scheduling.web.clock import now
from scheduling.web.family import pages


@pages.get("/parents")
def parents() -> str:
    """What they read now, and the one button that changes it."""
    permitted = people.permits_parents(_pupil_id(), today=local(now()).date())
    return render_template("family/parents.html", permitted=permitted, done=request.args.get("done", ""))


@pages.post("/parents")
def change_parents() -> ResponseReturnValue:
    """They may stay involved, or everything stops for them at once."""
    people.permits_parents(_pupil_id(), today=local(now()).date())
    permitted = request.form.get("parents") == "yes"
    grown_pupils.permit_parents(pupil_id=_pupil_id(), permitted=permitted, by=g.actor, now=now())
    return redirect(url_for("family.parents", done="yes" if permitted else "no"), code=303)


def _pupil_id() -> int:
    """Only a pupil has this page; for a parent it is not there."""
    if g.person.kind is not HolderKind.PUPIL:
        abort(404)
    return int(g.person.id)
