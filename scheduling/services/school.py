"""The office changes how the school is reached, and the switches of its policy."""

from datetime import datetime

from scheduling.domain.journal import Actor
from scheduling.domain.plans import FURTHER_FORMS
from scheduling.domain.school import SchoolWishes, ensure_wishes
from scheduling.domain.staff import ensure_email, tidy_email
from scheduling.domain.years import NoSuchYear
from scheduling.models import School
from scheduling.services.journal import record
from scheduling.services.transaction import transaction

SWITCHES = (
    "separated_parents", "feed_detail", "walking_minutes", "travel_minutes", "apart_minutes",
    "home_visits", "extra_days", "video_template", "further_forms", "quiet_from", "quiet_until",
)  # fmt: skip


def change(*, wishes: SchoolWishes, by: Actor, now: datetime) -> None:
    """Keep what the office filled in; the policy's old and new switches go into the journal."""
    ensure_wishes(wishes)
    email = tidy_email(wishes.email)
    if email:
        ensure_email(email)
    with transaction() as session:
        row = session.get(School, 1)
        if row is None:
            raise NoSuchYear
        before = {name: getattr(row, name) for name in SWITCHES}
        row.name, row.email, row.phone = wishes.name, email, wishes.phone
        row.address, row.route = wishes.address, wishes.route
        row.separated_parents, row.feed_detail = wishes.separated_parents, wishes.feed_detail
        row.walking_minutes, row.apart_minutes = wishes.walking_minutes, wishes.apart_minutes
        row.travel_minutes, row.home_visits = wishes.travel_minutes, wishes.home_visits
        row.extra_days = wishes.extra_days
        row.video_template = wishes.video_template
        row.further_forms = [form.value for form in FURTHER_FORMS if form in wishes.further_forms]
        row.quiet_from, row.quiet_until = wishes.quiet_from or None, wishes.quiet_until or None
        after = {name: getattr(row, name) for name in SWITCHES}
        changed = {name: [before[name], after[name]] for name in SWITCHES if before[name] != after[name]}
        record(session, by=by, action="school.change", subject="school", subject_id=1, now=now, changed=changed)
