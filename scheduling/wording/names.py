"""How people and roles are called."""

from babel import Locale, UnknownLocaleError
from flask_babel import get_locale
from flask_babel import gettext as _

from scheduling.domain.people import Authority, FeedDetail, Sector, SeparatedParents, StaffRole
from scheduling.domain.years import DayKind, Region


def leader_title(sector: Sector) -> str:
    """Who leads a talk, in this sector's own word."""
    return {
        Sector.PRIMARY: _("leerkracht"),
        Sector.SECONDARY: _("mentor"),
        Sector.VOCATIONAL: _("studieloopbaanbegeleider"),
    }[sector]


def leader_titles(sector: Sector) -> str:
    """The same, for several."""
    return {
        Sector.PRIMARY: _("leerkrachten"),
        Sector.SECONDARY: _("mentoren"),
        Sector.VOCATIONAL: _("studieloopbaanbegeleiders"),
    }[sector]


def some_parent() -> str:
    """A guardian whose name the school's files do not say."""
    return _("ouder")


def class_word(sector: Sector) -> str:
    """What a class is called in this sector."""
    return _("groep") if sector is Sector.PRIMARY else _("klas")


def sector_name(sector: Sector) -> str:
    return {
        Sector.PRIMARY: _("basisonderwijs"),
        Sector.SECONDARY: _("voortgezet onderwijs"),
        Sector.VOCATIONAL: _("mbo"),
    }[sector]


def region_name(region: Region) -> str:
    return {
        Region.NORTH: _("Nederland, regio Noord"),
        Region.MIDDLE: _("Nederland, regio Midden"),
        Region.SOUTH: _("Nederland, regio Zuid"),
        Region.FLANDERS: _("Vlaanderen"),
    }[region]


def role_name(role: StaffRole) -> str:
    """A colleague's role, as the school says it."""
    return {
        StaffRole.OFFICE: _("administratie"),
        StaffRole.LEADER: _("leidt gesprekken"),
        StaffRole.INTERNAL_SUPERVISOR: _("intern begeleider"),
        StaffRole.DIRECTOR: _("directie"),
    }[role]


def day_kind_name(kind: DayKind) -> str:
    return {
        DayKind.HOLIDAY: _("vakantie"),
        DayKind.PUBLIC_HOLIDAY: _("feestdag"),
        DayKind.CLOSED_DAY: _("studiedag of vrije dag"),
        DayKind.REPORT_1: _("eerste rapport"),
        DayKind.REPORT_2: _("tweede rapport"),
    }[kind]


def authority_name(authority: Authority) -> str:
    """Parental authority, said neutrally."""
    return {
        Authority.YES: _("heeft gezag"),
        Authority.NO: _("zonder gezag: krijgt informatie op verzoek"),
        Authority.LEGAL_GUARDIAN: _("voogd"),
        Authority.UNKNOWN: _("gezag niet bekend"),
    }[authority]


def separated_parents_name(policy: SeparatedParents) -> str:
    """What the school does for a pupil with two homes."""
    return {
        SeparatedParents.ONE_JOINT: _("altijd één gesprek samen"),
        SeparatedParents.SEPARATE_ON_REQUEST: _("één gesprek samen, apart als iemand dat vraagt"),
        SeparatedParents.ALWAYS_TWO: _("altijd twee gesprekken"),
    }[policy]


def feed_detail_name(detail: FeedDetail) -> str:
    """How much a colleague's calendar shows."""
    return {
        FeedDetail.TIME_ONLY: _("alleen de tijd"),
        FeedDetail.INITIALS: _("de tijd en de initialen van de leerling"),
        FeedDetail.GIVEN_NAME: _("de tijd en de roepnaam van de leerling"),
    }[detail]


def language_name(code: str) -> str:
    """A language in its own words."""
    known = _locale(code)
    own = {
        "nl": "Nederlands", "en": "English", "tr": "Türkçe", "ar": "العربية", "pl": "Polski", "uk": "Українська",
    }.get(code)  # fmt: skip
    return own or (known.get_display_name(code) if known else None) or code


def language_name_here(code: str) -> str:
    """A language in the words of who reads the page; empty when those are its own."""
    known, here = _locale(code), get_locale()
    ours = known.get_display_name(here) if known and here else None
    return ours if ours and ours.lower() != language_name(code).lower() else ""


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return None
