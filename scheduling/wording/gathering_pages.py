"""What the school's own pages say about gatherings, and about how far the year is."""

from flask_babel import gettext as _

from scheduling.domain.year_board import Need, Stage


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


def facilities(held: object) -> list[str]:
    """What there is for who comes, as a poster says it."""
    said = {
        "with_pupils": _("Kinderen zijn ook welkom"),
        "childcare": _("Er is opvang voor kinderen"),
        "parents_cafe": _("Er is een oudercafé"),
        "welcome_desk": _("Bij de ingang heet iemand u welkom"),
    }
    return [text for name, text in said.items() if getattr(held, name)]
