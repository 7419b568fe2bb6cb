"""The school as every page and letter names it."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from scheduling.domain.people import FeedDetail, Sector, SeparatedParents
from scheduling.domain.plans import ContactForm
from scheduling.domain.single_talks import HomeVisits
from scheduling.domain.years import Region
from scheduling.models import School, db
from scheduling.queries.once import once


@dataclass(frozen=True)
class SchoolFacts:
    name: str
    sector: Sector
    region: Region
    phone: str
    email: str
    address: str
    route: str
    separated_parents: SeparatedParents
    feed_detail: FeedDetail
    walking_minutes: int
    apart_minutes: int = 20
    travel_minutes: int = 30
    home_visits: HomeVisits = HomeVisits.AGREED_ONLY
    extra_days: int = 5
    video_template: str = ""
    further_forms: tuple[ContactForm, ...] = ()
    quiet_from: str | None = None
    quiet_until: str | None = None


@once
def the_school(session: Session) -> School | None:
    """All that the school decided for itself; None before `setup`."""
    return session.get(School, 1)


def video_template(session: Session) -> str:
    """Where this school holds video calls; empty: a leader pastes a link."""
    school = the_school(session)
    return school.video_template if school else ""


def further_forms() -> frozenset[ContactForm]:
    """The forms of contact that this school switched on beside those that are always there."""
    school = the_school(db.session())
    return frozenset(ContactForm(form) for form in school.further_forms) if school else frozenset()


def find_school() -> SchoolFacts | None:
    """The one school of this database; None before `setup`, and when the database cannot say."""
    try:
        row = the_school(db.session())
    except SQLAlchemyError:
        return None
    if row is None:
        return None
    return SchoolFacts(
        name=row.name,
        sector=row.sector,
        region=row.region,
        phone=row.phone,
        email=row.email,
        address=row.address,
        route=row.route,
        separated_parents=row.separated_parents,
        feed_detail=row.feed_detail,
        walking_minutes=row.walking_minutes,
        apart_minutes=row.apart_minutes,
        travel_minutes=row.travel_minutes,
        home_visits=row.home_visits,
        extra_days=row.extra_days,
        video_template=row.video_template,
        further_forms=tuple(ContactForm(form) for form in row.further_forms),
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
    )
