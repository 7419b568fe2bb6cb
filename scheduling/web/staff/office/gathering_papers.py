"""What is printed for a gathering: lists for the door and the kitchen, a poster, flyers, and the letter."""

from flask import current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from scheduling.domain.errors import Conflict
from scheduling.mail.delivery import sheet_of, way_of
from scheduling.queries import gathering_lists as lists
from scheduling.queries import letters, public_gatherings
from scheduling.services import gathering_papers
from scheduling.web.clock import now
from scheduling.web.errors import answers
from scheduling.web.staff.codes import own_page_code, qr_code
from scheduling.web.staff.office import pages
from scheduling.web.staff.office.gatherings import ONE, second, show
from scheduling.wording import gathering_pages as own_words
from scheduling.wording import year_plans as words


@pages.get(f"{ONE}/letter")
def gathering_letter(planned_id: int) -> str:
    """The invitation as the first family will read it."""
    found = lists.office_gathering(planned_id, now())
    sheet = sheet_of(letters.example_gathering(planned_id, now()), way_of(current_app))
    return show("staff/office/gathering_letter.html", found, sheet=sheet)


@pages.post(f"{ONE}/paper")
@answers(Conflict, with_=second)
def gathering_paper(planned_id: int) -> ResponseReturnValue:
    """The invitations on paper. They are the answer itself: their codes are shown once and kept nowhere."""
    printed = gathering_papers.print_out(planned_id=planned_id, by=g.actor, now=now())
    people = letters.paper_gathering(planned_id, [one.person for one in printed], now())
    links = [f"{current_app.config['BASE_URL']}/g/{one.token}" for one in printed]
    return render_template(
        "print/gathering_letters.html", sheets=list(zip(people, links, strict=True)), planned_id=planned_id,
        code=own_page_code, words=words, own=own_words, today=now(),
    )  # fmt: skip


@pages.get(f"{ONE}/door")
def gathering_door(planned_id: int) -> str:
    """The list for the door: children's first names and how many come, nobody's surname."""
    found = lists.office_gathering(planned_id, now())
    return show("print/gathering_door.html", found, doors=lists.doors_of(found.page.homes))


@pages.get(f"{ONE}/kitchen")
def gathering_kitchen(planned_id: int) -> str:
    """How many people, for who makes coffee: of all gatherings of this kind on that day."""
    found = lists.office_gathering(planned_id, now())
    return show("print/gathering_kitchen.html", found, lines=lists.kitchen_of(found))


@pages.get(f"{ONE}/<any(poster,flyer):paper>")
def gathering_poster(planned_id: int, paper: str) -> str:
    """A poster for the wall, or two flyers on a sheet; their code leads to the public page."""
    shown = public_gatherings.gathering_of(planned_id)
    address = current_app.config["BASE_URL"].rstrip("/") + url_for("school_year.gathering", planned_id=planned_id)
    return render_template(
        "print/gathering_poster.html", shown=shown, words=words, own=own_words, paper=paper, planned_id=planned_id,
        big="a3" in request.args, address=address, code=qr_code(address, _("QR-code naar deze bijeenkomst")),
    )  # fmt: skip
