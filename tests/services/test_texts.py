"""A school says in its own words what a round is for, in the languages its families read, on both databases."""

from types import SimpleNamespace

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundUnknown
from scheduling.domain.texts import LanguageUnknown, LinkBroken, OwnText, PreparationLink, TextCompels
from scheduling.models import JournalLine, Outbox, Round, RoundLink, RoundText, School, db
from scheduling.queries import letters, texts
from scheduling.queries.cards import cards_of
from scheduling.queries.mailings import preview
from scheduling.queries.texts import Spoken
from scheduling.services import mailings
from scheduling.services.texts import write
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    household_of,
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")
PAGE = ("Zo bereidt u zich voor", "https://linde.example.org/voor-ouders")


@pytest.fixture
def school() -> SimpleNamespace:
    """Layla reads Turkish and is Sami's mother; Petra reads Dutch and is Daan's; Mila has Ruud's home and Els's."""
    a_school()
    bas = a_leader("bas")
    three = a_class("3", leaders=[bas])
    sami, daan, mila = a_pupil("Sami", three), a_pupil("Daan", three), a_pupil("Mila", three)
    layla, petra = a_guardian("Layla", sami, language="tr"), a_guardian("Petra", daan, email="")
    ruud, els = a_guardian("Ruud", mila), a_guardian("Els", mila, position=2)
    found = a_round(classes=[three])
    slots = some_slots(found, bas, count=6)
    a_booking(found, sami, slots[0])
    a_booking(found, daan, slots[1])
    a_booking(found, mila, slots[2], household=household_of(ruud))
    a_booking(found, mila, slots[3], household=household_of(els))
    return SimpleNamespace(round_id=found.id, bas=bas, three=three, layla=layla, petra=petra)


def say(school: SimpleNamespace, paragraph: str = "", *links: tuple[str, str], language: str = "nl") -> OwnText:
    return write(
        round_id=school.round_id, language=language, paragraph=paragraph, links=links, by=SYSTEM, now=NOW
    )  # fmt: skip


def letter_to(school: SimpleNamespace, guardian_id: int) -> letters.LetterFacts:
    plan = preview(school.round_id, Letter.INVITATION, NOW).plan
    to = next(one for one in [*plan.recipients, *plan.on_paper] if one.person.guardian_id == guardian_id)
    return letters.paper_letter(to, school.round_id, NOW)


def test_the_languages_are_those_that_families_read_and_dutch_comes_first(school):
    assert texts.spoken_in(school.round_id) == [Spoken("nl", 3, False), Spoken("tr", 1, False)]
    say(school, "Hoş geldiniz.", language="tr")
    assert texts.spoken_in(school.round_id)[1] == Spoken("tr", 1, True)


def test_each_family_reads_its_own_language_and_dutch_where_nothing_else_is_written(school):
    say(school, "Wij lezen samen.", PAGE)
    turkish = letter_to(school, school.layla.id)
    assert (turkish.purpose, turkish.purpose_language) == ("Wij lezen samen.", "nl")
    say(school, "Birlikte okuyoruz.", language="tr")
    turkish, dutch = letter_to(school, school.layla.id), letter_to(school, school.petra.id)
    assert (turkish.purpose, turkish.purpose_language) == ("Birlikte okuyoruz.", "tr")
    assert (turkish.links, turkish.links_language) == ((PreparationLink(*PAGE),), "nl")
    assert (dutch.purpose, dutch.links) == ("Wij lezen samen.", (PreparationLink(*PAGE),))


def test_a_letter_that_waits_leaves_with_the_text_as_it_is_then(school):
    mailings.send(round_id=school.round_id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
    say(school, "Birlikte okuyoruz.", PAGE, language="tr")
    row = db.session.query(Outbox).filter_by(guardian_id=school.layla.id).one()
    found = letters.find_letter(row.id, NOW)
    assert (found.purpose, found.links) == ("Birlikte okuyoruz.", (PreparationLink(*PAGE),))


def test_what_is_written_anew_takes_the_place_of_what_stood_there(school):
    say(school, "Een.", PAGE, ("Nog iets", "https://linde.example.org/b"), language="tr")
    say(school, "", ("Anders", "https://linde.example.org/c"), language="tr")
    assert db.session.query(RoundText).all() == []
    kept = [(link.position, link.title) for link in db.session.query(RoundLink)]
    assert kept == [(1, "Anders")]
    say(school, language="tr")
    assert texts.own_texts(school.round_id) == {"nl": OwnText()}


def test_dutch_is_the_text_that_stands_in_the_rounds_own_settings(school):
    say(school, " Wij lezen samen. ")
    assert db.session.get(Round, school.round_id).purpose == "Wij lezen samen."
    assert db.session.query(RoundText).count() == 0


@pytest.mark.parametrize(
    "language, paragraph, links, kind",
    [
        ("tr", "Gelmek zorunludur.", (), TextCompels), ("nl", "Goed.", [("Zo", "javascript:alert(1)")], LinkBroken),
        ("pl", "Witamy.", (), LanguageUnknown),
    ],
)  # fmt: skip
def test_a_text_that_is_refused_leaves_everything_as_it_was(school, language, paragraph, links, kind):
    say(school, "Wij lezen samen.", PAGE)
    before = texts.own_texts(school.round_id)
    with pytest.raises(kind):
        say(school, paragraph, *links, language=language)
    assert texts.own_texts(school.round_id) == before
    assert db.session.query(JournalLine).filter_by(action="texts.write").count() == 1


def test_a_round_that_is_not_there_has_no_texts(school):
    with pytest.raises(RoundUnknown):
        write(round_id=987_654, language="nl", paragraph="", links=(), by=SYSTEM, now=NOW)
    with pytest.raises(RoundUnknown):
        texts.own_texts(987_654)


def test_the_journal_remembers_that_a_text_changed_and_not_its_words(school):
    say(school, "Wij lezen samen.", PAGE)
    line = db.session.query(JournalLine).filter_by(action="texts.write").one()
    assert line.facts == {"language": "nl", "links": 1}


def test_a_trial_shows_what_was_typed_and_keeps_nothing(school):
    say(school, "Wij lezen samen.", PAGE)
    plan = preview(school.round_id, Letter.INVITATION, NOW).plan
    to = next(one for one in plan.recipients if one.person.guardian_id == school.layla.id)
    trial = letters.trial_letter(to, school.round_id, Letter.REMINDER, "tr", OwnText("Merhaba."), NOW)
    assert (trial.purpose, trial.purpose_language, trial.letter) == ("Merhaba.", "tr", Letter.REMINDER)
    assert (trial.links_language, trial.pupil, trial.addressee) == ("nl", "Sami", "Layla Yilmaz")
    assert "tr" not in texts.own_texts(school.round_id)
    assert db.session.query(Outbox).count() == 0


def test_every_child_with_a_time_gets_a_card_with_it(school):
    cards = cards_of(school.round_id, now=NOW)
    assert [(card.pupil, card.starts_at, card.place.room) for card in cards.cards][:2] == [
        ("Daan", TUESDAY.replace(minute=20), "lokaal 3"), ("Mila", TUESDAY.replace(minute=40), "lokaal 3")
    ]  # fmt: skip
    assert [len(sheet) for sheet in cards.sheets] == [4]


def test_a_card_for_one_of_two_homes_names_only_that_home(school):
    homes = {card.pupil: [one.home for one in cards_of(school.round_id, now=NOW).cards if one.pupil == card.pupil]
             for card in cards_of(school.round_id, now=NOW).cards}  # fmt: skip
    assert homes == {"Daan": [()], "Mila": [("Ruud",), ("Els",)], "Sami": [()]}


def test_cards_can_be_those_of_one_leader_one_class_or_the_families_without_mail(school):
    karin = a_leader("karin")
    assert [card.pupil for card in cards_of(school.round_id, now=NOW, on_paper=True).cards] == ["Daan"]
    assert len(cards_of(school.round_id, now=NOW, leader_id=school.bas.id).cards) == 4
    assert cards_of(school.round_id, now=NOW, leader_id=karin.id).cards == ()
    assert len(cards_of(school.round_id, now=NOW, class_id=school.three.id).cards) == 4
    assert cards_of(school.round_id, now=NOW, class_id=987_654).cards == ()


def test_only_a_primary_school_has_cards(school):
    db.session.get(School, 1).sector = Sector.SECONDARY
    db.session.commit()
    with pytest.raises(NotFound):
        cards_of(school.round_id, now=NOW)
