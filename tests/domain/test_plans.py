"""The rules of the agreed contact form."""

from datetime import UTC, date, datetime

import pytest

from scheduling.domain.plans import (
    AgreedLater,
    Agreement,
    ContactForm,
    FamilyNotThere,
    FormTerms,
    InfoNeed,
    NeedUnknown,
    NoFormChosen,
    PlanState,
    TooManyWords,
    ensure_complete,
    homes_to_agree_with,
    state_of,
)

TODAY = date(2027, 8, 31)
YES_AT = datetime(2027, 9, 1, 8, 0, tzinfo=UTC)


def an_agreement(**changed: object) -> Agreement:
    given = {
        "forms": (ContactForm.CALL,), "agreed_on": TODAY, "agreed_with": "Layla", "family_was_there": True,
        "rhythm": "na elk rapport", "info_need": InfoNeed.MAYBE,
    }  # fmt: skip
    return Agreement(**(given | changed))  # type: ignore[arg-type]


def test_an_agreement_with_one_form_is_complete():
    ensure_complete(an_agreement(), today=TODAY)


def test_an_agreement_without_any_dated_moment_is_complete():
    ensure_complete(an_agreement(forms=(ContactForm.MAIL,), rhythm="", goal=""), today=TODAY)


@pytest.mark.parametrize(
    "changed, refusal",
    [
        ({"forms": ()}, NoFormChosen),
        ({"agreed_on": date(2027, 9, 1)}, AgreedLater),
        ({"family_was_there": False}, FamilyNotThere),
        ({"info_need": None}, NeedUnknown),
        ({"goal": "a" * 201}, TooManyWords),
        ({"rhythm": "a" * 201}, TooManyWords),
        ({"info_period": "a" * 81}, TooManyWords),
    ],
)
def test_what_is_missing_in_an_agreement_is_said_at_its_field(changed, refusal):
    with pytest.raises(refusal) as caught:
        ensure_complete(an_agreement(**changed), today=TODAY)
    assert caught.value.field == {"family_was_there": "agreed_with"}.get(next(iter(changed)), next(iter(changed)))


def test_a_home_visit_counts_only_once_the_family_said_yes():
    assert not FormTerms(ContactForm.HOME_VISIT).counts
    assert FormTerms(ContactForm.HOME_VISIT, YES_AT).counts


@pytest.mark.parametrize("form", [form for form in ContactForm if form is not ContactForm.HOME_VISIT])
def test_every_other_form_counts_as_soon_as_it_is_agreed(form):
    assert FormTerms(form).counts


@pytest.mark.parametrize(
    "forms, state",
    [
        ((), PlanState.NONE),
        ((FormTerms(ContactForm.HOME_VISIT),), PlanState.ASKED),
        ((FormTerms(ContactForm.HOME_VISIT, YES_AT),), PlanState.AGREED),
        ((FormTerms(ContactForm.HOME_VISIT), FormTerms(ContactForm.CALL)), PlanState.AGREED),
    ],
)
def test_only_a_form_that_counts_makes_an_agreement(forms, state):
    assert state_of(forms) is state


def test_two_homes_each_agree_for_themselves():
    assert homes_to_agree_with([9, 4, 9], adult=False, parents_permitted=False) == (4, 9)


def test_an_adult_pupil_agrees_himself_unless_the_parents_may_stay_involved():
    assert homes_to_agree_with([4], adult=True, parents_permitted=False) == (None,)
    assert homes_to_agree_with([4], adult=True, parents_permitted=True) == (4,)


def test_a_pupil_without_a_home_in_the_files_still_has_somebody_to_agree_with():
    assert homes_to_agree_with([], adult=False, parents_permitted=False) == (None,)
