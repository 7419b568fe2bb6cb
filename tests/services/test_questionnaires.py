"""A questionnaire without names: what is kept of it cannot be joined to anybody, whoever holds the database."""

from datetime import time, timedelta

import pytest
from sqlalchemy import delete, select, text

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.questionnaires import (
    FEWEST,
    SCHOOL,
    AnsweredBefore,
    Asked,
    HeldBefore,
    Item,
    NotOpen,
    Said,
    Side,
    Total,
)
from scheduling.domain.retention import terms_of
from scheduling.domain.timeslots import moment_at
from scheduling.models import (
    Base,
    JournalLine,
    Outbox,
    Questionnaire,
    QuestionnaireTally,
    SchoolYear,
    db,
)
from scheduling.queries import questionnaires as asking
from scheduling.queries.letters import find_letter
from scheduling.queries.questionnaires import Choice
from scheduling.services import questionnaires, retention
from tests.builders import NOW, a_guardian
from tests.worlds import World, a_world

HOME, AGENDA = (Item.HOME, Side.EXPERIENCE), (Item.AGENDA, Side.IMPORTANCE)
GLAD, SAD = Said({HOME: 4}, "Fijn zo."), Said({AGENDA: 4, HOME: 1}, "Bel eens vaker.")
OWN = {Questionnaire.__tablename__, QuestionnaireTally.__tablename__}


@pytest.fixture
def world(context) -> World:
    return opened()


def opened(*, send: bool = False) -> World:
    made = a_world()
    office = Actor(ActorKind.STAFF, made.office.id)
    questionnaires.start(year_id=made.start.year_id, send=send, by=office, now=NOW)
    return made


def office(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.office.id)


def about(world: World, level: str = "", grade: str = "3") -> Choice:
    return Choice("3", world.start.year_id, "3", level, grade)


def says(world: World, mark: str, said: Said, *, asked: Asked = Asked.PARENT, grade: str = "3") -> None:
    questionnaires.answer(asked=asked, choice=about(world, grade=grade), said=said, mark=mark, now=NOW)


def closed(world: World) -> asking.Held:
    questionnaires.close(year_id=world.start.year_id, by=office(world), now=NOW + timedelta(days=20))
    return asking.held(world.start.year_id)


def all_rows() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table with all that the database itself adds, in the order in which it laid them down.

    On SQLite the hidden number of the row; on PostgreSQL its place in the file.
    """
    hidden = "rowid" if db.engine.dialect.name == "sqlite" else "ctid"
    return {
        table.name: [
            tuple(map(str, row))
            for row in db.session.execute(text(f'SELECT {hidden}, * FROM "{table.name}" ORDER BY {hidden}'))
        ]
        for table in Base.metadata.sorted_tables
    }  # fmt: skip


def kept_when(world: World, *said: tuple[str, Said, str]) -> dict[str, list[tuple[object, ...]]]:
    """What parents leave behind who answer one after the other: who, what, and about which year."""
    for table in (QuestionnaireTally, Questionnaire):
        if db.engine.dialect.name == "sqlite":
            db.session.execute(delete(table))
        else:
            db.session.execute(text(f"TRUNCATE {table.__tablename__} CASCADE"))  # so that rows lie from the start again
    db.session.commit()
    questionnaires.start(year_id=world.start.year_id, send=False, by=office(world), now=NOW)
    for who, what, grade in said:
        says(world, f"mark of {who}", what, grade=grade)
    return {name: rows for name, rows in all_rows().items() if name in OWN}


@pytest.mark.usefixtures("any_context")
def test_parents_who_give_each_others_answers_leave_the_same_database():
    """So nothing in it tells who said what: no key, no moment, no sum, no place of a row, no order of keys."""
    world = opened()
    layla, petra, els = (("Layla", "3"), ("Petra", "3"), ("Els", "6"))
    kept = {
        str(kept_when(world, *((who, what, grade) for (who, grade), what in zip(people, said, strict=True))))
        for people in ((layla, petra, els), (petra, layla, els))
        for said in ((GLAD, SAD, GLAD), (SAD, GLAD, GLAD))
    }
    assert len(kept) == 1, "neither who said what, nor who came first"
    other = kept_when(world, ("Layla", GLAD, "3"), ("Petra", GLAD, "3"), ("Els", GLAD, "6"))
    assert str(other) not in kept, "what was said does count"


@pytest.mark.usefixtures("any_context")
def test_only_sums_lie_in_the_order_in_which_parts_of_the_school_were_last_added_to():
    """What the order of rows can tell at most: never a person, and not which answer."""
    world = opened()
    one = kept_when(world, ("Layla", GLAD, "3"), ("Els", SAD, "6"))
    other = kept_when(world, ("Els", SAD, "6"), ("Layla", GLAD, "3"))
    assert {str(sorted(row[1:] for row in rows)) for rows in one.values()} == {
        str(sorted(row[1:] for row in rows)) for rows in other.values()
    }


@pytest.mark.usefixtures("any_context")
def test_an_answer_is_written_nowhere_but_in_the_sums():
    world = opened()
    before = all_rows()
    says(world, "a mark", GLAD)
    after = all_rows()
    assert {name for name in after if after[name] != before[name]} == OWN, "no journal line, no letter, no visit"
    assert "Layla" not in str([after[name] for name in OWN])


def test_the_tables_point_at_no_person_and_keep_no_moment():
    for name in OWN:
        table = Base.metadata.tables[name]
        assert {key.column.table.name for key in table.foreign_keys} <= {"school_year", "questionnaire"}
        moments = {column.name for column in table.c if "DATETIME" in str(column.type).upper()}
        assert moments == set()


def test_who_answered_counts_once(world: World):
    says(world, "the same", GLAD)
    with pytest.raises(AnsweredBefore):
        says(world, "the same", SAD)
    assert asking.held(world.start.year_id).people == {Asked.PARENT: 1, Asked.MENTOR: 0}


def test_totals_come_after_closing_and_from_ten_answers(world: World):
    for number in range(FEWEST - 1):
        says(world, f"p{number}", GLAD)
        says(world, f"m{number}", SAD, asked=Asked.MENTOR)
    says(world, "p9", Said({HOME: 2}, "Nog een."), grade="6")
    assert asking.held(world.start.year_id).lines == {}, "not while somebody may still join in"
    found = closed(world)
    assert list(found.lines) == [SCHOOL], "a year of nine, or the school without it, would tell of one"
    line = next(one for one in found.lines[SCHOOL] if one.item is Item.HOME)
    assert line.totals[Asked.PARENT, Side.EXPERIENCE] == Total(1, 0, 9)
    assert line.totals[Asked.MENTOR, Side.EXPERIENCE] is None, "nine mentors"
    agenda = next(one for one in found.lines[SCHOOL] if one.item is Item.AGENDA)
    assert agenda.totals[Asked.PARENT, Side.IMPORTANCE] is None, "nobody answered this one"
    assert found.remarks == {Asked.PARENT: (*["Fijn zo."] * 9, "Nog een.")}


def test_closing_forgets_who_answered_and_nobody_answers_any_more(world: World):
    says(world, "a mark", GLAD)
    closed(world)
    assert db.session.get_one(Questionnaire, world.start.year_id).marks == []
    with pytest.raises(NotOpen):
        says(world, "another", GLAD)
    assert asking.held(world.start.year_id).remarks == {}, "one remark is not shown"
    with pytest.raises(HeldBefore):
        questionnaires.start(year_id=world.start.year_id, send=False, by=office(world), now=NOW)


def test_the_journal_knows_of_the_office_alone(world: World):
    says(world, "a mark", GLAD)
    closed(world)
    rows = db.session.scalars(select(JournalLine).where(JournalLine.action.like("questionnaires.%"))).all()
    assert [(row.action, row.actor_id) for row in rows] == [
        ("questionnaires.start", world.office.id), ("questionnaires.close", world.office.id),
    ]  # fmt: skip


def test_every_mailbox_gets_one_letter_and_none_leaves_after_closing(context):
    made = opened(send=True)
    a_guardian("Oma", made.daan, email=made.petra.email, position=2)
    rows = db.session.scalars(select(Outbox).where(Outbox.letter == Letter.QUESTIONNAIRE)).all()
    wanted = {made.layla.email, made.omar.email, made.petra.email, made.ruud.email, made.els.email}
    assert sorted(row.address for row in rows) == sorted(wanted)
    assert find_letter(rows[0].id, NOW).stop is None
    closed(made)
    assert find_letter(rows[0].id, NOW).stop.reason == "questionnaire_over"


def test_who_may_answer(world: World):
    year = world.start.year_id
    layla = asking.turn_of(Actor(ActorKind.GUARDIAN, world.layla.id), year, "x", NOW)
    assert [one.class_name for one in layla.choices] == ["3", "6"]
    assert layla.asks
    says(world, "x", GLAD)
    assert not asking.turn_of(Actor(ActorKind.GUARDIAN, world.layla.id), year, "x", NOW).asks
    assert [one.class_name for one in asking.turn_of(Actor(ActorKind.STAFF, world.bas.id), year, "y", NOW).choices] == [
        "3"
    ]
    assert not asking.turn_of(office(world), year, "z", NOW).asks
    assert not asking.turn_of(Actor(ActorKind.PUPIL, world.sami.id), year, "z", NOW).asks


def test_remarks_go_a_year_after_the_school_year_and_the_totals_stay(world: World):
    for number in range(FEWEST):
        says(world, f"p{number}", GLAD)
    year_id = world.start.year_id
    year = db.session.get_one(SchoolYear, year_id)
    until = moment_at(terms_of(year.ends_on).talks, time(4))
    closed(world)
    assert retention.run(by=SYSTEM, now=until - timedelta(days=1))["remarks"] == 0
    assert retention.run(by=SYSTEM, now=until)["remarks"] == FEWEST
    found = asking.held(year_id)
    assert (found.remarks, found.people[Asked.PARENT]) == ({}, FEWEST)
    assert SCHOOL in found.lines
