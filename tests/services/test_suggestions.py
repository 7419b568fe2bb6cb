"""What a talk can be about: suggested by the team per kind and year group, never a list of questions at a start."""

import pytest

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import RoundKind
from scheduling.domain.suggestions import MOST, FixedQuestions, SuggestionTooLong, TooManySuggestions
from scheduling.domain.texts import TextCompels, TextUnfinished
from scheduling.mail.letters import write as write_letter
from scheduling.models import Outbox, db
from scheduling.queries.letters import find_letter
from scheduling.queries.suggestions import agenda_on_page, agendas_by_class, suggestions_of
from scheduling.services import mailings, suggestions
from tests.builders import NOW
from tests.mail.facts import PAPER
from tests.worlds import World, a_world

START = RoundKind.START_CONVERSATION


@pytest.fixture
def world(context) -> World:
    return a_world()


def write(text: str, *, kind: RoundKind = START, level: str = "") -> None:
    suggestions.write(kind=kind, year_level=level, text=text, by=SYSTEM, now=NOW)


def test_a_year_group_has_its_own_list_or_else_that_of_all(world):
    write("Wennen\n\n  Vrienden  \nWennen")
    write("Naar groep 7", level="6")
    write("Iets anders", kind=RoundKind.CONTACT_EVENING)
    assert agenda_on_page(world.start.id, world.sami.id) == ("Wennen", "Vrienden")
    assert agenda_on_page(world.start.id, world.noor.id) == ("Naar groep 7",)
    write("", level="6")
    assert agenda_on_page(world.start.id, world.noor.id) == ("Wennen", "Vrienden")


def test_the_agenda_stands_in_the_invitation_with_room_for_the_family_itself(world):
    write("Wennen\nVrienden")
    mailings.send(round_id=world.start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    row = db.session.query(Outbox).filter_by(letter=Letter.INVITATION, guardian_id=world.petra.id).first()
    sheet = write_letter(find_letter(row.id, NOW), token="t" * 20, paper=PAPER)
    assert "- Wennen\n- Vrienden\n- alles wat u zelf wilt bespreken" in sheet.text
    assert "Wennen</li>" in sheet.html


def test_the_sheet_for_the_evening_has_each_list_once(world):
    write("Wennen")
    write("Naar groep 7", level="6")
    talks = [
        (world.start.id, pupil.id, name) for pupil, name in ((world.sami, "3"), (world.daan, "3"), (world.noor, "6"))
    ]
    assert agendas_by_class(talks) == [(("Wennen",), ("3",)), (("Naar groep 7",), ("6",))]


@pytest.mark.parametrize(
    ("kind", "text", "refusal"),
    [
        (START, "Wennen\nWaar bent u trots op?", FixedQuestions),
        (START, "\n".join(f"onderwerp {n}" for n in range(MOST + 1)), TooManySuggestions),
        (START, "a" * 121, SuggestionTooLong),
        (RoundKind.CONTACT_EVENING, "U moet iets meenemen", TextCompels),
        (RoundKind.CONTACT_EVENING, "Het werk van {naam}", TextUnfinished),
    ],
)
def test_what_does_not_belong_in_a_list_is_named_before_it_is_kept(world, kind, text, refusal):
    with pytest.raises(refusal):
        write(text, kind=kind)
    assert suggestions_of(kind, "") == ()


def test_another_kind_of_talk_may_ask_open_questions(world):
    write("Waar bent u trots op?", kind=RoundKind.REVERSED_CONVERSATION)
    assert suggestions_of(RoundKind.REVERSED_CONVERSATION, "") == ("Waar bent u trots op?",)
