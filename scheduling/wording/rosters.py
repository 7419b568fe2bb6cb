"""Why a talk has no time, by the optimiser's own word for it, and what would solve it."""

from collections.abc import Callable, Sequence

from flask_babel import gettext as _

from scheduling.domain.rosters import VersionStatus


def why_not(reason: str, leader: str) -> str:
    """The true reason why a talk has no time."""
    say = WHY_NOT.get(reason)
    return say(leader) if say else _("Voor dit gesprek is geen plaats.")


def what_helps(reason: str, leader: str) -> str:
    """What the office can do about it."""
    say = WHAT_HELPS.get(reason)
    return say(leader) if say else _("Voeg tijden toe en maak een nieuw concept.")


def status_name(status: VersionStatus) -> str:
    """The state of a version, in one word."""
    return {
        VersionStatus.REQUESTED: _("in de wachtrij"),
        VersionStatus.RUNNING: _("in de maak"),
        VersionStatus.DRAFT: _("concept"),
        VersionStatus.PUBLISHED: _("gepubliceerd"),
        VersionStatus.FAILED: _("mislukt"),
        VersionStatus.DISCARDED: _("weggelegd"),
    }[status]


def left_out_sentence(codes: Sequence[str], name: str) -> str:
    """What to do for leaders whose families got no time, because the slots changed meanwhile."""
    return _(
        "Bij %(codes)s veranderden de tijden intussen. Hun gezinnen kregen nog geen tijd. "
        "Maak een nieuw concept: rosters generate “%(name)s”. Wie een tijd heeft, houdt die. Maak het daarna bekend.",
        codes=", ".join(codes),
        name=name,
    )


WHY_NOT: dict[str, Callable[[str], str]] = {
    "no_leader": lambda _leader: _("De klas heeft niemand die de gesprekken leidt."),
    "parked": lambda _leader: _("Dit gesprek staat apart: op het bord kiest u een tijd."),
    "no_slots": lambda leader: _("%(leader)s heeft nog geen tijden.", leader=leader),
    "no_possible_time": lambda leader: _("Geen enkele tijd van %(leader)s past bij dit gesprek.", leader=leader),
    "leader_full": lambda leader: _("Alle tijden van %(leader)s zijn vol.", leader=leader),
    "family_times": lambda leader: _(
        "%(leader)s heeft nog plaats, maar niet op een tijd die dit gezin kan.", leader=leader
    ),
    "interpreter": lambda leader: _(
        "De tolk van dit gezin heeft geen tijd meer op de vrije tijden van %(leader)s.", leader=leader
    ),
    "travel": lambda leader: _(
        "Op de vrije tijden van %(leader)s is dit gezin op weg van of naar een andere locatie.", leader=leader
    ),
    "break": lambda leader: _("De tijden die %(leader)s nog heeft, zijn pauzes.", leader=leader),
    "sibling_conflict": lambda leader: _(
        "Op de vrije tijden van %(leader)s is er al een gesprek over een broer of zus.", leader=leader
    ),
    "guardian_leads": lambda leader: _(
        "Op de vrije tijden van %(leader)s leidt een ouder zelf een gesprek.", leader=leader
    ),
    "own_parent": lambda leader: _("%(leader)s is zelf ouder van deze leerling.", leader=leader),
    "teacher_full": lambda leader: _(
        "%(leader)s heeft geen tijd meer vrij op de avonden die dit gezin kan.", leader=leader
    ),
    "other_evening": lambda leader: _(
        "%(leader)s heeft alleen nog plaats op een andere avond dan waarop dit gezin komt.", leader=leader
    ),
    "evening_too_short": lambda _leader: _("De andere gesprekken van dit gezin vullen alle tijd die het heeft."),
    "own_talks": lambda leader: _(
        "%(leader)s heeft alleen nog plaats terwijl dit gezin een ander gesprek heeft.", leader=leader
    ),
    "costs_more": lambda leader: _(
        "Er is wel plaats bij %(leader)s, maar alleen ten koste van andere gezinnen.", leader=leader
    ),
}

WHAT_HELPS: dict[str, Callable[[str], str]] = {
    "no_leader": lambda _leader: _("Zet een collega bij de klas en maak een nieuw concept."),
    "parked": lambda _leader: _("Kies op het bord een tijd, of laat het bord zoeken."),
    "no_slots": lambda leader: _("Vul tijden in voor %(leader)s.", leader=leader),
    "no_possible_time": lambda leader: _("Geef %(leader)s tijden die lang genoeg op elkaar aansluiten.", leader=leader),
    "leader_full": lambda leader: _("Voeg tijden toe voor %(leader)s.", leader=leader),
    "interpreter": lambda _leader: _("Boek een tweede tolk, of voeg tijden toe."),
    "travel": lambda leader: _("Voeg voor %(leader)s tijden toe op een ander moment.", leader=leader),
    "family_times": lambda leader: _("Voeg voor %(leader)s tijden toe op een ander moment.", leader=leader),
    "break": lambda leader: _(
        "Voeg voor %(leader)s een tijd toe, of sta meer gesprekken achter elkaar toe.", leader=leader
    ),
    "sibling_conflict": lambda leader: _("Voeg voor %(leader)s een andere tijd toe.", leader=leader),
    "guardian_leads": lambda leader: _("Voeg voor %(leader)s een andere tijd toe.", leader=leader),
    "own_parent": lambda _leader: _("Spreek met een andere collega af wie dit gesprek voert."),
    "teacher_full": lambda leader: _("Voeg tijden toe voor %(leader)s.", leader=leader),
    "other_evening": lambda leader: _("Voeg voor %(leader)s een andere tijd toe.", leader=leader),
    "evening_too_short": lambda _leader: _("Een telefoontje of een gesprek op een andere dag helpt dit gezin verder."),
    "own_talks": lambda leader: _("Voeg voor %(leader)s een andere tijd toe.", leader=leader),
    "costs_more": lambda leader: _("Voeg voor %(leader)s een tijd toe.", leader=leader),
}
