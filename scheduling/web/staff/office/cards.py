"""Cards for the children: printed four on a sheet, cut, and taken home."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from scheduling.mail.letters import direction_of, speaking
from scheduling.queries import cards
from scheduling.queries.cards import Card, Cards
from scheduling.web.clock import now
from scheduling.web.staff.office import pages


@pages.get("/rounds/<int:round_id>/cards", endpoint="round_cards")
def show(round_id: int) -> ResponseReturnValue:
    """All cards of a round, or those of one class, or those of families whom no mail reaches."""
    chosen, on_paper = request.args.get("class", type=int), "paper" in request.args
    found = cards.cards_of(round_id, now=now(), class_id=chosen, on_paper=on_paper)
    return render_template(
        "print/cards.html", page=found, sheets=sheets(found), chosen=chosen, on_paper=on_paper, desk=None
    )


def sheets(found: Cards) -> list[list[Markup]]:
    """The cards as they are printed, each in its child's language: four on a sheet."""
    return [[_card(one) for one in sheet] for sheet in found.sheets]


def _card(card: Card) -> Markup:
    """Straight from the environment: a card needs nothing that pages are given, above all no query each."""
    with speaking(card.language):
        language = str(getattr(get_locale(), "language", "nl"))
        given = {"card": card, "language": language, "direction": direction_of(language)}
        return Markup(current_app.jinja_env.get_template("print/card.html").render(given))  # noqa: S704 - it escapes
