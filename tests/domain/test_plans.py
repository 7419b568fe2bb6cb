"""The rules of the agreed contact form."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.moments import Anchor, MomentKind, MomentOutsideYear, Timing
from scheduling.domain.plans import (
    MOMENTS_AT_MOST,
    AgreedLater,
    AgreedMoment,
    Agreement,
    Answer,
    ContactForm,
    FamilyNotThere,
    FormOfMomentMissing,
    FormTerms,
    InfoNeed,
    Initiative,
    NeedUnknown,
    NoFormChosen,
    NotFilledIn,
    NothingSaid,
    PlanState,
    Said,
    Terms,
    ToldBy,
    TooManyMoments,
    TooManyWords,
    Voice,
    agreed_at,
    changed_fields,
    ensure_complete,
    ensure_worded,
    homes_to_agree_with,
    state_of,
    without_visits,
)
from scheduling.domain.years import Period

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
        ({"goal": "lezen met {naam}"}, NotFilledIn),
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
        ((FormTerms(ContactForm.HOME_VISIT),), PlanState.PROPOSED),
        ((FormTerms(ContactForm.HOME_VISIT, YES_AT),), PlanState.AGREED),
        ((FormTerms(ContactForm.HOME_VISIT), FormTerms(ContactForm.CALL)), PlanState.AGREED),
    ],
)
def test_only_a_form_that_counts_makes_an_agreement(forms, state):
    assert state_of(forms, [said(Voice.GUARDIAN)]) is state


def said(voice: Voice, what: Said = Said.YES, hour: int = 0) -> Answer:
    return Answer(voice, what, YES_AT + timedelta(hours=hour))


@pytest.mark.parametrize(
    "answers, pupil_asked, agreed",
    [
        ([], False, False),
        ([said(Voice.GUARDIAN)], False, True),
        ([said(Voice.PUPIL)], False, True),
        ([said(Voice.IN_TALK)], False, False),
        ([said(Voice.GUARDIAN)], True, False),
        ([said(Voice.IN_TALK)], True, False),
        ([said(Voice.GUARDIAN), said(Voice.IN_TALK)], True, True),
        ([said(Voice.GUARDIAN), said(Voice.PUPIL)], True, True),
        ([said(Voice.PUPIL)], True, True),
        ([said(Voice.GUARDIAN), said(Voice.GUARDIAN, Said.OTHER)], False, False),
        ([said(Voice.GUARDIAN, Said.OTHER), said(Voice.GUARDIAN)], False, True),
        ([said(Voice.GUARDIAN), said(Voice.PUPIL, Said.OTHER)], True, False),
    ],
)
def test_an_agreement_stands_when_everybody_who_is_asked_said_yes(answers, pupil_asked, agreed):
    wanted = PlanState.AGREED if agreed else PlanState.PROPOSED
    assert state_of([FormTerms(ContactForm.CALL)], answers, pupil_asked=pupil_asked) is wanted


def test_an_agreement_is_of_the_day_of_the_last_yes():
    answers = [said(Voice.IN_TALK), said(Voice.GUARDIAN, hour=30)]
    assert agreed_at(answers, pupil_asked=True) == YES_AT + timedelta(hours=30)


def test_what_changed_is_told_per_field():
    old = Terms((ContactForm.CALL,), "na elk rapport", "", InfoNeed.YES, "")
    new = Terms((ContactForm.MAIL,), "na elk rapport", "lezen", InfoNeed.YES, "oktober")
    assert changed_fields(old, new) == ("forms", "goal", "info")
    assert changed_fields(old, old) == ()


@pytest.mark.parametrize("words, refusal", [("", NothingSaid), ("a" * 301, TooManyWords)])
def test_a_wish_for_something_else_is_said_in_a_few_words(words, refusal):
    with pytest.raises(refusal):
        ensure_worded(words)


def test_a_proposal_of_the_leader_alone_needs_nobody_there():
    ensure_complete(an_agreement(family_was_there=False, together=False), today=TODAY)


def test_two_homes_each_agree_for_themselves():
    assert homes_to_agree_with([9, 4, 9], adult=False, parents_permitted=False) == (4, 9)


def test_an_adult_pupil_agrees_himself_unless_the_parents_may_stay_involved():
    assert homes_to_agree_with([4], adult=True, parents_permitted=False) == (None,)
    assert homes_to_agree_with([4], adult=True, parents_permitted=True) == (4,)


def test_a_pupil_without_a_home_in_the_files_still_has_somebody_to_agree_with():
    assert homes_to_agree_with([], adult=False, parents_permitted=False) == (None,)


MOMENTS = (
    AgreedMoment(Timing(MomentKind.ON_DEMAND), ContactForm.MAIL),
    AgreedMoment(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), ContactForm.CALL, purpose="hoe het gaat"),
    AgreedMoment(Timing(MomentKind.IN_MONTH, month=11), with_pupil=True, is_review=True),
    AgreedMoment(Timing(MomentKind.FIXED, day=date(2027, 9, 28), begins=time(16, 5), minutes=20)),
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_of_an_earlier_version_reads_back_as_it_was_said(moment):
    assert AgreedMoment.of(moment.document()) == moment


@pytest.mark.parametrize(
    "changed, refusal",
    [
        ({"moments": (AgreedMoment(MOMENTS[2].timing, ContactForm.MAIL),)}, FormOfMomentMissing),
        ({"moments": (MOMENTS[2],) * (MOMENTS_AT_MOST + 1)}, TooManyMoments),
        ({"moments": (MOMENTS[3],)}, MomentOutsideYear),
        ({"moments": (replace(MOMENTS[2], purpose="a" * 121),)}, TooManyWords),
        ({"reason": "a" * 201}, TooManyWords),
        ({"pupil_does": "belt {wie}"}, NotFilledIn),
    ],
)
def test_a_moment_or_a_line_that_does_not_fit_is_refused(changed, refusal):
    year = Period(date(2028, 8, 1), date(2029, 7, 31))
    with pytest.raises(refusal):
        ensure_complete(an_agreement(**changed), today=TODAY, year=year)


@pytest.mark.parametrize(
    "changed, named",
    [
        ({"moments": MOMENTS[:1]}, "moments"),
        ({"reason": "werkt het best"}, "reason"),
        ({"initiative": Initiative.PUPIL}, "initiative"),
        ({"told_by": ToldBy.FAMILY}, "told_by"),
        ({"self_managed": True}, "pupil"),
        ({"pupil_does": "belt zelf"}, "pupil"),
    ],
)
def test_everything_that_can_change_is_named(changed, named):
    before = an_agreement().terms
    assert changed_fields(before, replace(before, **changed)) == (named,)


def test_a_moment_at_home_takes_the_other_form_when_a_visit_is_not_wanted():
    visit = AgreedMoment(MOMENTS[2].timing, ContactForm.HOME_VISIT)
    assert [one.form for one in without_visits((visit, MOMENTS[1]), ContactForm.MAIL)] == [
        ContactForm.MAIL, ContactForm.CALL
    ]  # fmt: skip
    assert without_visits((visit,), None)[0].form is None
