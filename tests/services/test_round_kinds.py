"""What a round says ahead: what the pupil does, and the open questions of a reversed talk; on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.kinds import FOR_CLASSES, KINDS, PupilPart, parts_in
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import NeverWithoutPupil, RoundKind, RoundMode, ToldAlready
from scheduling.domain.single_talks import QuestionsNeeded, WordsTooLong
from scheduling.domain.texts import TextCompels
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper, Sheet, write
from scheduling.models import Booking, Mailing, Outbox, Round, db
from scheduling.queries import family
from scheduling.queries.cards import cards_of
from scheduling.queries.leading import the_talk
from scheduling.queries.letters import LetterFacts, example_letter, find_letter
from scheduling.queries.rounds import round_facts
from scheduling.services import mailings, rounds
from scheduling.services.rounds import Plan
from tests.builders import (
    NOW,
    START_WINDOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_school,
    a_year,
    an_office_worker,
    household_of,
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")

PROUD, HARD = "Waar bent u trots op?", "Wat valt thuis niet mee?"
REVERSED = Plan(
    "Omgekeerd", RoundKind.REVERSED_CONVERSATION, questions=(PROUD, " ", HARD), period=START_WINDOW
)  # fmt: skip


class School:
    """Bas leads class 3; Layla is Sami's mother."""

    def __init__(self) -> None:
        a_school()
        a_year()
        self.bas = a_leader("bas")
        self.three = a_class("3", leaders=[self.bas])
        self.sami = a_pupil("Sami", self.three)
        self.layla = a_guardian("Layla", self.sami)
        self.office = Actor(ActorKind.STAFF, an_office_worker().id)

    def makes(self, plan: Plan = REVERSED) -> Round:
        made = rounds.create(plan=plan, classes=["3"], by=self.office, now=NOW)
        return db.session.get_one(Round, made.id)

    def plans(self, found: Round) -> Booking:
        """Sami's talk, of which the family has no letter yet."""
        return a_booking(found, self.sami, some_slots(found, self.bas)[0], household=household_of(self.layla))

    def page(self) -> family.Talk:
        return family.family_of(Actor(ActorKind.GUARDIAN, self.layla.id), NOW).talks[0]


@pytest.fixture
def school() -> School:
    return School()


def written(found: Round) -> Sheet:
    return on_paper(example_letter(found.id, Letter.INVITATION, NOW))


def on_paper(facts: LetterFacts | None) -> Sheet:
    assert facts is not None
    return write(facts, token="t", paper=Paper(Mailbox("De Linde", "post@linde.example.org"), "https://x.example.org"))


def changed(found: Round, **facts: object) -> None:
    plan = replace(Plan(found.name, mode=found.mode), **facts)  # type: ignore[arg-type]
    rounds.change(round_id=found.id, plan=plan, by=SYSTEM, now=NOW)


def test_a_reversed_conversation_is_a_round_whose_questions_stand_in_the_invitation_and_on_the_page(school: School):
    assert RoundKind.REVERSED_CONVERSATION in FOR_CLASSES
    found = school.makes()
    assert found.open_questions == (PROUD, HARD)
    talk = school.plans(found)
    assert school.page().questions == (PROUD, HARD)
    assert the_talk(talk.id, school.bas.id, now=NOW).questions == (PROUD, HARD)
    sheet = written(found)
    for text in (sheet.text, sheet.html):
        assert PROUD in text
        assert HARD in text
    assert PROUD not in (sheet.calendar or b"").decode()


@pytest.mark.parametrize(
    ("questions", "refusal"),
    [
        ((), QuestionsNeeded), ((" ",), QuestionsNeeded), (("Hoe?",) * 6, QuestionsNeeded),
        (("a" * 201,), WordsTooLong), (("U bent verplicht te antwoorden?",), TextCompels),
    ],
)  # fmt: skip
def test_one_to_five_questions_that_invite(school: School, questions: tuple[str, ...], refusal: type[Exception]):
    with pytest.raises(refusal):
        school.makes(replace(REVERSED, questions=questions))
    assert db.session.query(Round).count() == 0


def test_no_other_round_has_questions_ahead(school: School):
    found = school.makes(Plan("Start", questions=(PROUD,)))
    assert found.open_questions == ()
    school.plans(found)
    assert "na te denken" not in written(found).text


def test_the_questions_change_until_the_letters_went(school: School):
    found = school.makes()
    changed(found, questions=(HARD,))
    assert round_facts(found.id).questions == (HARD,)
    with pytest.raises(QuestionsNeeded):
        changed(found, questions=("",))
    school.plans(found)
    mailings.send(round_id=found.id, letter=Letter.INVITATION, by=school.office, now=NOW)
    assert round_facts(found.id).told
    with pytest.raises(ToldAlready) as refusal:
        changed(found, questions=(PROUD,))
    assert refusal.value.field == "questions"
    changed(found, questions=(HARD,), purpose="Wij luisteren.")
    assert (found.open_questions, found.purpose) == ((HARD,), "Wij luisteren.")
    assert HARD in on_paper(find_letter(db.session.query(Outbox.id).scalar(), NOW)).text


@pytest.mark.parametrize("kind", [kind for kind in RoundKind if KINDS[kind].in_rounds])
def test_the_pupil_is_there_as_usual_in_the_kind_until_the_office_says_otherwise(school: School, kind: RoundKind):
    plan = Plan("Ronde", kind, questions=(PROUD,), period=START_WINDOW)
    found = school.makes(plan)
    assert found.pupil is KINDS[kind].pupil
    changed(found, pupil_part=PupilPart.LEADING)
    assert round_facts(found.id).pupil_part is PupilPart.LEADING
    changed(found, name="Anders")
    assert found.pupil is PupilPart.LEADING, "what is not said stays"
    assert (PupilPart.ABSENT in parts_in(kind)) is (kind is not RoundKind.START_CONVERSATION)


def test_a_start_conversation_is_never_without_the_pupil(school: School):
    with pytest.raises(NeverWithoutPupil):
        school.makes(Plan("Start", pupil_part=PupilPart.ABSENT))
    found = school.makes(Plan("Start", pupil_part=PupilPart.ACTIVE))
    with pytest.raises(NeverWithoutPupil):
        changed(found, pupil_part=PupilPart.ABSENT)
    assert found.pupil is PupilPart.ACTIVE


def test_letters_and_pages_say_what_the_pupil_does(school: School):
    found = school.makes(replace(REVERSED, pupil_part=PupilPart.LEADING))
    talk = school.plans(found)
    assert "Sami leidt het gesprek." in written(found).text
    assert school.page().pupil_part is PupilPart.LEADING
    changed(found, pupil_part=PupilPart.ABSENT)
    sheet = written(found)
    assert "Met: Bas Jansen en u" in sheet.text
    assert "Welkom op het omgekeerd gesprek over Sami." in sheet.text
    assert [name.given for name in the_talk(talk.id, school.bas.id, now=NOW).expected] == ["Layla"]
    assert cards_of(found.id, now=NOW).cards == (), "there is no card for a child that does not come"


def test_who_chooses_a_time_reads_what_the_pupil_does_before_there_is_one(school: School):
    found = school.makes(replace(REVERSED, mode=RoundMode.PICK, pupil_part=PupilPart.ACTIVE))
    some_slots(found, school.bas)
    rounds.open_for_picking(round_id=found.id, by=school.office, now=NOW)
    mailings.send(round_id=found.id, letter=Letter.INVITATION, by=school.office, now=NOW)
    sheet = on_paper(find_letter(db.session.query(Outbox.id).scalar(), NOW))
    assert "Sami vertelt zelf mee." in sheet.text
    assert PROUD in sheet.text
    assert (school.page().pupil_part, school.page().questions) == (PupilPart.ACTIVE, (PROUD, HARD))


def test_once_the_letters_say_what_the_pupil_does_it_stays(school: School):
    found = school.makes()
    school.plans(found)
    db.session.add(Mailing(round_id=found.id, letter=Letter.INVITATION, created_at=NOW - timedelta(days=1)))
    db.session.commit()
    with pytest.raises(ToldAlready) as refusal:
        changed(found, pupil_part=PupilPart.ABSENT)
    assert refusal.value.field == "pupil_part"
