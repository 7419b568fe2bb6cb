"""Words for contact with families: what was, and what is due."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from scheduling.domain.contacts import (
    AlreadyDone,
    Channel,
    ContactLater,
    ContactOutsideYear,
    Group,
    MinutesWrong,
    MovedInAgreement,
    MovedNowhere,
    NoSuchContact,
    Went,
)
from scheduling.domain.plans import Initiative
from scheduling.wording.dates import day_long
from scheduling.wording.errors import says

LINE_HINT = _l("Alleen wat u samen afsprak. Niets over ziekte of hoe het thuis is. Het gezin leest dit ook.")


def channel_name(channel: Channel) -> str:
    """ "Bellen"."""
    return {
        Channel.CALL: _("Bellen"),
        Channel.MAIL: _("Mailen"),
        Channel.VISIT: _("Thuis"),
        Channel.SCHOOL: _("Gesprek op school"),
        Channel.VIDEO: _("Met beeld bellen"),
        Channel.WHATSAPP: _("WhatsApp"),
        Channel.SMS: _("Sms"),
    }[channel]


def began_name(began: Initiative) -> str:
    """Who took the initiative, as both sides read it afterwards."""
    return {
        Initiative.SCHOOL: _("de school begon"),
        Initiative.FAMILY: _("het gezin begon"),
        Initiative.PUPIL: _("de leerling begon"),
        Initiative.EITHER: _("samen begonnen"),
    }[began]


def went_name(went: Went) -> str:
    return {Went.DONE: _("gelukt"), Went.NOT_REACHED: _("niet bereikt"), Went.MOVED: _("verzet")}[went]


def group_name(group: Group) -> str:
    """A heading of the week."""
    return {Group.LATE: _("Dag is voorbij"), Group.TODAY: _("Vandaag"), Group.WEEK: _("Deze week")}[group]


@says(ContactLater)
def _later(error: ContactLater) -> str:
    return _("%(day)s is nog niet geweest. Kies vandaag of een eerdere dag.", day=day_long(error.day, year=True))


@says(ContactOutsideYear)
def _outside_year(error: ContactOutsideYear) -> str:
    return _("%(day)s valt niet in dit schooljaar. Kies een andere dag.", day=day_long(error.day, year=True))


@says(MinutesWrong)
def _minutes(error: MinutesWrong) -> str:
    return _("Vul 1 tot %(most)s minuten in, of laat dit leeg.", most=error.most)


@says(MovedNowhere)
def _moved(_error: MovedNowhere) -> str:
    return _("Kies de nieuwe dag: vandaag of later.")


@says(MovedInAgreement)
def _moved_in_agreement(_error: MovedInAgreement) -> str:
    return _("Dit moment staat met dag en tijd in de agenda van het gezin. Kies de nieuwe tijd in de afspraak.")


@says(AlreadyDone)
def _done(_error: AlreadyDone) -> str:
    return _("Dit is intussen al genoteerd. Hieronder leest u hoe het ging. Uw regel is niet bewaard.")


@says(NoSuchContact)
def _nothing(_error: NoSuchContact) -> str:
    return _("Dit is er niet, of het hoort niet bij uw groep.")
