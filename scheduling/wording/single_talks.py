"""Words for talks that are made for one pupil."""

from flask_babel import gettext as _

from scheduling.domain.kinds import PupilPart
from scheduling.domain.single_talks import (
    AnsweredAlready,
    ArrangingAlready,
    DayOff,
    FamilyNotNew,
    HomeVisits,
    JoinLinkNeeded,
    JoinLinkUsed,
    KindNotHere,
    LeaderBusy,
    Medium,
    MediumNotForKind,
    MinutesWrong,
    NoLongerOffered,
    NoTimes,
    NotTheVisitor,
    OutsideYear,
    ProposalChanged,
    PupilNeeded,
    QuestionsNeeded,
    ReasonNotHere,
    SingleRefused,
    SingleState,
    TimesOverlap,
    TooManyTimes,
    TravelWrong,
    VideoTemplateWrong,
    VisitedBefore,
    VisitNotAgreed,
    VisitReason,
    WordsTooLong,
)
from scheduling.wording.dates import day_and_hour, day_long
from scheduling.wording.errors import says


def medium_name(medium: Medium) -> str:
    """How people meet, within a sentence."""
    return {
        Medium.SCHOOL: _("op school"),
        Medium.PHONE: _("aan de telefoon"),
        Medium.VIDEO: _("met beeld, via een eigen link"),
        Medium.HOME: _("bij u thuis"),
    }[medium]


def medium_name_for_staff(medium: Medium) -> str:
    return _("bij het gezin thuis") if medium is Medium.HOME else medium_name(medium)


def pupil_part_name(part: PupilPart) -> str:
    """What the pupil does in the talk."""
    return {
        PupilPart.ABSENT: _("is er niet bij"),
        PupilPart.PRESENT: _("is erbij"),
        PupilPart.ACTIVE: _("vertelt zelf mee"),
        PupilPart.LEADING: _("leidt het gesprek"),
    }[part]


def in_place_name(in_place: bool) -> str:
    """What a talk with the pupil alone is to one with the family, as the leader reads it."""
    return (
        _("dit komt in plaats van een gesprek met het gezin")
        if in_place
        else _("daarna is er een gesprek met het gezin")
    )


def state_name(state: SingleState) -> str:
    """How far it is, as the leader reads it."""
    return {
        SingleState.ASKED: _("een ouder vraagt dit gesprek"),
        SingleState.PROPOSED: _("wacht op antwoord"),
        SingleState.NONE_FITS: _("geen van de tijden past"),
        SingleState.AGREED: _("afgesproken"),
        SingleState.DECLINED: _("het gezin kiest hier niet voor"),
        SingleState.WITHDRAWN: _("ingetrokken"),
        SingleState.EXPIRED: _("geen antwoord gekregen"),
    }[state]


def visit_state_name(state: SingleState | None) -> str:
    """How far the visit of a new family is, in a list."""
    return _("nog niet voorgesteld") if state is None else state_name(state)


def reason_name(reason: VisitReason) -> str:
    return {
        VisitReason.FIRST_CHILD: _("eerste kind van het gezin op school"),
        VisitReason.LONG_ILL: _("lang niet op school door ziekte"),
        VisitReason.REPEATEDLY_ABSENT: _("vaak niet op school"),
        VisitReason.AGREED: _("samen afgesproken"),
    }[reason]


def home_visits_name(policy: HomeVisits) -> str:
    """What the school does with visits at home."""
    return {
        HomeVisits.AGREED_ONLY: _("Alleen als het met het gezin is afgesproken"),
        HomeVisits.FIRST_CHILD: _("Ook bij het eerste kind van een gezin, als het gezin dat wil"),
        HomeVisits.INTRO_CHOICE: _("Ook voor kennismaken: het gezin kiest school of thuis"),
    }[policy]


@says(SingleRefused)
def _single_refused(_error: SingleRefused) -> str:
    return _("Dit gaat niet samen. Kijk het nog eens na.")


@says(KindNotHere)
def _kind_not_here(_error: KindNotHere) -> str:
    return _("Dit gesprek maakt u niet voor één leerling. Kies een ander soort gesprek.")


@says(MinutesWrong)
def _minutes(error: MinutesWrong) -> str:
    return _("Een gesprek duurt %(least)s tot %(most)s minuten.", least=error.least, most=error.most)


@says(TravelWrong)
def _travel(error: TravelWrong) -> str:
    return _("Vul een reistijd in van 0 tot en met %(most)s minuten.", most=error.most)


@says(MediumNotForKind)
def _medium(_error: MediumNotForKind) -> str:
    return _("Dit gesprek kan niet op deze manier. Kies een andere plaats.")


@says(JoinLinkNeeded)
def _join_link(_error: JoinLinkNeeded) -> str:
    return _("Plak hier de link van dit ene gesprek. Hij begint met https://.")


@says(QuestionsNeeded)
def _questions(_error: QuestionsNeeded) -> str:
    return _("Schrijf één tot vijf open vragen. De ouder leest ze van tevoren.")


@says(PupilNeeded)
def _pupil_needed(_error: PupilNeeded) -> str:
    return _("Dit gesprek is met de leerling zelf. Kies wat de leerling doet.")


@says(ReasonNotHere)
def _reason(_error: ReasonNotHere) -> str:
    return _("Kies een aanleiding die op deze school geldt.")


@says(FamilyNotNew)
def _not_new(_error: FamilyNotNew) -> str:
    return _("Dit gezin kent de school al. Kies een andere aanleiding.")


@says(NotTheVisitor)
def _not_visitor(error: NotTheVisitor) -> str:
    return _(
        "Bij een nieuw gezin komt de leerkracht van het oudste kind: %(names)s.",
        names=", ".join(name.full for name in error.visitors),
    )


@says(VisitNotAgreed)
def _visit_not_agreed(_error: VisitNotAgreed) -> str:
    return _("Met dit gezin is nog geen bezoek thuis afgesproken. Spreek het eerst samen af, bij Afspraken.")


@says(VisitedBefore)
def _visited(_error: VisitedBefore) -> str:
    return _("Dit gezin had al een huisbezoek bij het eerste kind. Kies een andere aanleiding.")


@says(WordsTooLong)
def _too_long(error: WordsTooLong) -> str:
    return _("Er is plaats voor %(most)s tekens. Schrijf het korter.", most=error.most)


@says(NoTimes)
def _no_times(_error: NoTimes) -> str:
    return _("Stel één tot drie tijden voor.")


@says(TooManyTimes)
def _too_many(_error: TooManyTimes) -> str:
    return _("Kies hoogstens drie tijden. Dat kiest makkelijker.")


@says(TimesOverlap)
def _overlap(_error: TimesOverlap) -> str:
    return _("Twee van deze tijden vallen samen. Kies tijden na elkaar.")


@says(LeaderBusy)
def _leader_busy(error: LeaderBusy) -> str:
    return _("Op %(moment)s is de school al bezet. Kies een andere tijd.", moment=day_and_hour(error.starts_at))


@says(DayOff)
def _day_off(error: DayOff) -> str:
    return _("%(day)s is een vrije dag. Bedoelt u die toch? Tik dat dan aan.", day=day_long(error.day, year=True))


@says(OutsideYear)
def _outside_year(_error: OutsideYear) -> str:
    return _("Kies een tijd in dit schooljaar.")


@says(ArrangingAlready)
def _arranging(_error: ArrangingAlready) -> str:
    return _("Zo'n gesprek spreekt u al af met dit gezin. U vindt het bij uw losse gesprekken.")


@says(AnsweredAlready)
def _answered(_error: AnsweredAlready) -> str:
    return _("Hier is intussen op geantwoord, of de tijden zijn veranderd. Kijk opnieuw.")


@says(NoLongerOffered)
def _no_longer(_error: NoLongerOffered) -> str:
    return _("Deze tijd is al begonnen. Kies een tijd die nog komt.")


@says(ProposalChanged)
def _proposal_changed(error: ProposalChanged) -> str:
    how = medium_name_for_staff(error.medium) + (f" ({error.link})" if error.link else "")
    if not error.times:
        return _("Het gezin antwoordde net. Kijk nog eens en bewaar dan opnieuw. Nu staat er: %(how)s.", how=how)
    return _(
        "Iemand anders was net eerder. Nu staat er: %(stands)s. Wat u invulde, is niet bewaard en staat nog hieronder.",
        stands=", ".join([how, *(day_and_hour(time) for time in error.times)]),
    )


@says(JoinLinkUsed)
def _link_used(_error: JoinLinkUsed) -> str:
    return _("Deze link is al van een ander gesprek. Elk gesprek krijgt een eigen link.")


@says(VideoTemplateWrong)
def _template(_error: VideoTemplateWrong) -> str:
    return _("Begin met https:// en zet {code} één keer achter de naam van de site.")
