"""What is said about taking back an import."""

from flask_babel import gettext as _

from scheduling.domain.import_undo import BuiltOn, BuiltOnWith, NothingToUndo
from scheduling.wording.errors import says


@says(NothingToUndo)
def _nothing_to_undo(_error: NothingToUndo) -> str:
    return _("Er is geen inlezen om terug te draaien.")


@says(BuiltOn)
def _built_on(error: BuiltOn) -> str:
    done = {
        BuiltOnWith.TALKS: _("gesprekken"),
        BuiltOnWith.ROSTERS: _("roosters"),
        BuiltOnWith.ROUNDS: _("rondes"),
        BuiltOnWith.LETTERS: _("brieven"),
        BuiltOnWith.LINKS: _("persoonlijke links"),
        BuiltOnWith.AGREEMENTS: _("afspraken over contact"),
        BuiltOnWith.WISHES: _("wensen"),
        BuiltOnWith.ACCOUNTS: _("inloggen van collega's"),
        BuiltOnWith.CHANGES: _("wijzigingen"),
    }
    return _(
        "Terugdraaien kan niet meer: er is al mee gewerkt (%(done)s). Er is niets veranderd. "
        "Lees een verbeterd bestand in; dat zet het ook recht.",
        done=", ".join(done[kind] for kind in error.with_),
    )
