"""Words for parents who can mean something to each other."""

from flask_babel import gettext as _

from scheduling.domain.buddies import (
    BuddyKind,
    BuddyState,
    ContactMissing,
    EnoughLines,
    NoPair,
    NotAskedAnyMore,
    ParentMissing,
    Shown,
    TopicMissing,
    Wish,
)
from scheduling.wording.errors import says
from scheduling.wording.sentences import at_start


def kind_name(kind: BuddyKind) -> str:
    return {
        BuddyKind.LANGUAGE: _("taal"),
        BuddyKind.NEW: _("nieuw op school"),
        BuddyKind.EXPERIENCE: _("ervaring"),
        BuddyKind.OTHER: _("iets anders"),
    }[kind]


def about(wish: Wish) -> str:
    """What it is about, in one go."""
    return f"{kind_name(wish.kind)} ({wish.topic})" if wish.topic else kind_name(wish.kind)


def title(wish: Wish) -> str:
    """The same, to begin a line with."""
    return at_start(about(wish))


def side_name(*, offers: bool) -> str:
    return _("helpt graag een andere ouder") if offers else _("zoekt een andere ouder")


def state_name(state: BuddyState) -> str:
    return {
        BuddyState.ASKED: _("allebei gevraagd"),
        BuddyState.FOUND: _("allebei zeiden ja"),
        BuddyState.OFF: _("gaat niet door"),
    }[state]


def shown_name(shown: Shown) -> str:
    return _("mijn e-mailadres") if shown is Shown.MAIL else _("mijn telefoonnummer")


@says(TopicMissing)
def _topic(_error: TopicMissing) -> str:
    return _("Vul in een paar woorden in waar het over gaat, bijvoorbeeld: Pools.")


@says(ParentMissing)
def _parent(_error: ParentMissing) -> str:
    return _("Kies een ouder uit de lijst.")


@says(ContactMissing)
def _contact(_error: ContactMissing) -> str:
    return _("Kies wat de andere ouder van u ziet als u allebei ja zegt.")


@says(EnoughLines)
def _enough(error: EnoughLines) -> str:
    return _("Er staan al %(most)s regels. Haal er eerst een weg.", most=error.most)


@says(NoPair)
def _no_pair(_error: NoPair) -> str:
    return _("Deze twee passen niet bij elkaar, of wij vroegen het hun al. Er is niets veranderd.")


@says(NotAskedAnyMore)
def _over(_error: NotAskedAnyMore) -> str:
    return _("Deze vraag is intussen voorbij. Er is niets veranderd.")
