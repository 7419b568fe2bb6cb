"""What the questionnaire asks, and how its totals are called: eleven subjects in our own plain words."""

from collections.abc import Sequence

from flask_babel import gettext as _

from scheduling.domain.people import Sector
from scheduling.domain.questionnaires import (
    HOW_WELL,
    AnsweredBefore,
    Asked,
    Group,
    HeldBefore,
    Item,
    NothingSaid,
    NotOpen,
    Part,
    Side,
)
from scheduling.wording.errors import says
from scheduling.wording.names import leader_title


def question(item: Item, asked: Asked, sector: Sector) -> str:
    """A sentence that somebody recognises, or not."""
    return _asked_of_parents(item, leader_title(sector)) if asked is Asked.PARENT else _asked_of_mentors(item)


def _asked_of_parents(item: Item, leader: str) -> str:
    return {
        Item.HOME: _("De %(leader)s weet hoe het bij ons thuis gaat.", leader=leader),
        Item.ROLE: _("De %(leader)s weet hoe ik mijn kind help met school.", leader=leader),
        Item.AT_HOME: _("In gesprekken gaat het ook over hoe mijn kind zich thuis ontwikkelt."),
        Item.ENCOURAGED: _("De %(leader)s nodigt mij uit om te bellen als ik mij zorgen maak.", leader=leader),
        Item.ATTENTION: _("In gesprekken is er aandacht voor hoe het thuis is."),
        Item.SUPPORT: _("Wij bespreken hoe ik mijn kind thuis kan helpen."),
        Item.OFFER: _("De %(leader)s geeft mij ideeën voor wat ik thuis kan doen.", leader=leader),
        Item.PRACTICAL: _("Wij maken praktische afspraken: mijn kind, ik en de school."),
        Item.FUTURE: _("In gesprekken is de toekomst van mijn kind de leidraad."),
        Item.AGENDA: _("Vooraf is duidelijk waarover een gesprek gaat."),
        Item.TOPICS: _("Mijn kind en ik kunnen zelf onderwerpen noemen voor een gesprek."),
    }[item]


def _asked_of_mentors(item: Item) -> str:
    return {
        Item.HOME: _("Ik weet hoe het bij mijn leerlingen thuis gaat."),
        Item.ROLE: _("Ik weet hoe ouders hun kind helpen met school."),
        Item.ATTENTION: _("In gesprekken heb ik aandacht voor hoe het thuis is."),
        Item.ENCOURAGED: _("Ik nodig ouders uit om te bellen als zij zich zorgen maken."),
        Item.AT_HOME: _("In gesprekken gaat het ook over hoe een leerling zich thuis ontwikkelt."),
        Item.PRACTICAL: _("Ik maak praktische afspraken met leerling en ouders."),
        Item.SUPPORT: _("Ik bespreek met ouders hoe zij hun kind thuis kunnen helpen."),
        Item.OFFER: _("Ik geef ouders ideeën voor wat zij thuis kunnen doen."),
        Item.TOPICS: _("Ouders en leerlingen kunnen zelf onderwerpen noemen voor een gesprek."),
        Item.FUTURE: _("In gesprekken is de toekomst van de leerling de leidraad."),
        Item.AGENDA: _("Vooraf is duidelijk waarover een gesprek gaat."),
    }[item]


def subject_name(item: Item) -> str:
    """A subject beside its totals."""
    return {
        Item.HOME: _("Weten hoe het thuis gaat"),
        Item.ROLE: _("Weten hoe ouders helpen met school"),
        Item.ATTENTION: _("Aandacht voor thuis in gesprekken"),
        Item.ENCOURAGED: _("Uitnodigen om contact te zoeken"),
        Item.AT_HOME: _("Hoe de leerling zich thuis ontwikkelt"),
        Item.PRACTICAL: _("Praktische afspraken met z'n drieën"),
        Item.SUPPORT: _("Bespreken hoe ouders kunnen helpen"),
        Item.OFFER: _("Ideeën voor wat thuis kan"),
        Item.TOPICS: _("Zelf onderwerpen noemen"),
        Item.FUTURE: _("De toekomst als leidraad"),
        Item.AGENDA: _("Vooraf weten waarover het gaat"),
    }[item]


def side_question(side: Side) -> str:
    return _("Hoe is het nu?") if side is Side.EXPERIENCE else _("Hoe belangrijk vindt u dit?")


def answer_names(item: Item, side: Side) -> Sequence[str]:
    """The four answers, from least to most."""
    if side is Side.IMPORTANCE:
        return (_("niet"), _("nauwelijks"), _("redelijk"), _("zeer"))
    if item in HOW_WELL:
        return (_("niet"), _("nauwelijks"), _("redelijk"), _("goed"))
    return (_("nooit"), _("nauwelijks"), _("vaak"), _("altijd"))


def merged_names() -> Sequence[str]:
    """What the three parts of a bar are."""
    return (_("niet of nauwelijks"), _("redelijk of vaak"), _("goed, altijd of zeer"))


def bar_name(asked: Asked, side: Side, sector: Sector) -> str:
    """Whose bar it is, and of what."""
    who = _("ouder") if asked is Asked.PARENT else leader_title(sector)
    return f"{who}: {side_name(side)}"


def side_name(side: Side) -> str:
    return _("zo is het nu") if side is Side.EXPERIENCE else _("zo belangrijk is het")


def group_name(group: Group) -> str:
    """A part of the school."""
    if group.part is Part.SCHOOL:
        return _("hele school")
    return _("leerjaar %(year)s", year=group.name) if group.part is Part.GRADE else group.name


@says(NothingSaid)
def _nothing(_error: NothingSaid) -> str:
    return _("Er is nog niets aangekruist. Eén antwoord is al genoeg; de rest mag open blijven.")


@says(AnsweredBefore)
def _before(_error: AnsweredBefore) -> str:
    return _("Uw antwoord is al binnen. Het staat nergens apart, en kan dus ook niet meer veranderen.")


@says(NotOpen)
def _not_open(_error: NotOpen) -> str:
    return _("De vragenlijst is gesloten. Er is niets bewaard.")


@says(HeldBefore)
def _held(_error: HeldBefore) -> str:
    return _("Dit schooljaar is er al een vragenlijst geweest, of hij loopt nu.")
