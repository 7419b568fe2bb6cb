"""What the school's own pages say about gatherings, and about how far the year is."""

from datetime import date
from typing import Literal

from flask_babel import gettext as _

from scheduling.domain.year_board import Need, Stage
from scheduling.wording.dates import day_long


def stage_name(stage: Stage) -> str:
    """How far a moment is."""
    return {
        Stage.PLANNED: _("gepland"),
        Stage.KNOWN: _("bekend"),
        Stage.INVITED: _("uitgenodigd"),
        Stage.HELD: _("geweest"),
        Stage.OFF: _("gaat niet door"),
    }[stage]


def need_sentence(need: Need) -> str:
    """What asks for somebody."""
    return {
        Need.TODAY: _("Dit is vandaag. De lijst voor de deur staat klaar."),
        Need.ROUND: _("De gesprekken zijn nog niet ingedeeld."),
        Need.PLACE: _("Er is nog geen plaats gekozen."),
        Need.INVITE: _("De gezinnen zijn nog niet uitgenodigd."),
        Need.REMIND: _("Nog niet ieder gezin antwoordde. U kunt één keer herinneren."),
        Need.COUNT: _("Het is geweest. Met hoeveel mensen was u?"),
        Need.NOTE: _("De gesprekken zijn geweest. Nog niet van elk gesprek is genoteerd of het doorging."),
    }[need]


def need_button(need: Need) -> str:
    """What to press then."""
    return {
        Need.TODAY: _("Open de deurlijst"),
        Need.ROUND: _("Deel de gesprekken in"),
        Need.PLACE: _("Kies een plaats"),
        Need.INVITE: _("Nodig uit"),
        Need.REMIND: _("Herinner"),
        Need.COUNT: _("Vul het aantal in"),
        Need.NOTE: _("Bekijk wie er waren"),
    }[need]


def kept_as(value: object) -> str:
    """What is kept of how it is held, beside a field in which something else was typed."""
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if isinstance(value, date):
        return day_long(value)
    return str(value) if value not in (None, "") else _("leeg")


def facilities(held: object, *, to: Literal["everybody", "parent", "pupil"] = "everybody") -> list[str]:
    """What there is for who comes: on a poster to everybody, or to who is invited."""
    if to == "everybody":
        said = {
            "with_pupils": _("Kinderen zijn ook welkom"),
            "childcare": _("Er is opvang voor kinderen"),
            "parents_cafe": _("Er is een oudercafé"),
            "welcome_desk": _("Bij de ingang heet iemand u welkom"),
        }
    else:
        said = {
            "with_pupils": _("Uw kind is ook welkom.") if to == "parent" else "",
            "childcare": _("Er is opvang voor kinderen. Geef door met hoeveel kinderen u komt."),
            "parents_cafe": _("De koffie staat klaar in het oudercafé."),
            "welcome_desk": _("Bij de deur wijst iemand u de weg."),
        }
    return [text for name, text in said.items() if text and getattr(held, name)]
