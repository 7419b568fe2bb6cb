"""An agreement of an earlier schema: what the family said so far still counts."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from scheduling.domain.plans import ContactForm, PlanState, Voice
from scheduling.models import CommunicationPlan, PlanForm, db, schema
from scheduling.queries.plans import plans_of
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_school, a_year, household_of
from tests.models.test_round_period import go_back_to

pytestmark = pytest.mark.usefixtures("any_context")


def test_a_family_that_welcomed_a_visit_is_not_asked_again_and_any_other_is():
    a_school()
    year, bas = a_year().id, a_leader("bas")
    three = a_class("3", leaders=[bas])
    said, unsaid = [a_pupil(name, three) for name in ("Sami", "Daan")]
    layla, petra = a_guardian("Layla", said), a_guardian("Petra", unsaid)
    for pupil, parent, yes in ((said, layla, NOW + timedelta(days=1)), (unsaid, petra, None)):
        visit = PlanForm(
            form=ContactForm.HOME_VISIT, family_said_yes_at=yes, family_said_yes_by=parent.id if yes else None
        )
        forms = [visit, PlanForm(form=ContactForm.CALL)]
        db.session.add(
            CommunicationPlan(
                year_id=year, pupil_id=pupil.id, household_id=household_of(parent).id, agreed_on=NOW.date(),
                recorded_by=bas.id, recorded_at=NOW, forms=forms, version=3,
            )
        )  # fmt: skip
    db.session.commit()
    here = (said.id, household_of(layla).id), (unsaid.id, household_of(petra).id)
    go_back_to("0009")
    schema.upgrade(db.engine)
    agreed, proposed = (plans_of([key[0]], year)[key] for key in here)
    [answer] = agreed.answers
    assert (agreed.state, answer.voice, answer.by.given, agreed.version) == (
        PlanState.AGREED, Voice.GUARDIAN, "Layla", 3
    )  # fmt: skip
    assert (proposed.state, proposed.answers, proposed.together) == (PlanState.PROPOSED, (), True)


def test_what_was_agreed_before_there_were_further_forms_stays_and_another_form_fits_beside_it():
    a_school()
    year, bas = a_year().id, a_leader("bas")
    sami = a_pupil("Sami", a_class("3", leaders=[bas]))
    layla = a_guardian("Layla", sami)
    db.session.add(
        CommunicationPlan(
            year_id=year, pupil_id=sami.id, household_id=household_of(layla).id, agreed_on=NOW.date(),
            recorded_by=bas.id, recorded_at=NOW, forms=[PlanForm(form=ContactForm.CALL)],
        )
    )  # fmt: skip
    db.session.commit()
    go_back_to("0059")
    schema.upgrade(db.engine)
    plan = db.session.query(CommunicationPlan).one()
    assert [row.form for row in plan.forms] == [ContactForm.CALL]
    plan.forms.append(PlanForm(form=ContactForm.VIDEO))
    db.session.commit()
    db.session.add(PlanForm(plan_id=plan.id, form=ContactForm.CALL))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    go_back_to("0059")
    schema.upgrade(db.engine)
    assert [form for (form,) in db.session.query(PlanForm.form)] == [ContactForm.CALL]
