"""Words for topics that families bring up for a gathering."""

from flask_babel import gettext as _

from scheduling.domain.gathering_topics import (
    DAYS_AT_MOST,
    NoAgendaHere,
    NoSuchTopics,
    TooManyClassTopics,
    TopicsClosed,
    WhichClass,
    WrongTopicDays,
)
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says


@says(NoSuchTopics)
def _no_such(_error: NoSuchTopics) -> str:
    return _("Hiervoor vraagt de school u nu geen onderwerpen.")


@says(TopicsClosed)
def _closed(error: TopicsClosed) -> str:
    return _(
        "Onderwerpen doorgeven kon tot en met %(day)s. U kunt het op de avond zelf nog noemen.",
        day=day_long(error.last_day),
    )


@says(TooManyClassTopics)
def _too_many(error: TooManyClassTopics) -> str:
    return _("U gaf vandaag al %(most)s onderwerpen door. Morgen kunt u verder.", most=error.most)


@says(WhichClass)
def _which(_error: WhichClass) -> str:
    return _("Kies voor welke klas dit onderwerp is.")


@says(NoAgendaHere)
def _no_agenda(_error: NoAgendaHere) -> str:
    return _("Een ouderkring heeft geen agenda. Wie komt, leest de onderwerpen hier.")


@says(WrongTopicDays)
def _wrong_days(_error: WrongTopicDays) -> str:
    return _("Vul een heel getal in van 0 tot %(most)s, of laat het leeg.", most=DAYS_AT_MOST)
