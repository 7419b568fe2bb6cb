"""A mentor's own checklist: twice a year, in words, with one next step, and for nobody else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.checklists import (
    EVERY,
    Answer,
    Asked,
    Item,
    ItemNeedsWords,
    Kind,
    ListUnreadable,
    Moment,
    NoRows,
    NotAnAnswer,
    NotInThisClass,
    PupilTwice,
    Reading,
    RowsRefused,
    RowTooWide,
    StepTooLong,
    as_pasted,
    changed,
    moment_on,
    pasted,
    rows_of,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.retention import terms_of
from scheduling.domain.rounds import Outcome
from scheduling.domain.texts import TextCompels, TextTooLong
from scheduling.domain.timeslots import moment_at
from scheduling.formats.sheets import csv_sheet, xlsx_sheet
from scheduling.models import Booking, ChecklistMark, ClassLeader, JournalLine, Pupil, SchoolYear, db
from scheduling.queries import checklists as asking
from scheduling.services import checklists, retention
from tests.builders import NOW, a_pupil
from tests.questions import questions
from tests.worlds import World, a_world

LATER = NOW + timedelta(days=150)
HEAD = "Nummer\tNaam\tThuis\tGesprek\tStap\n"


def reading(**pupils: int) -> Reading:
    """Columns in short words; the pupils by number."""
    titles = {"thuis": Asked.BACKGROUND, "gesprek": Asked.TALK, "stap": Asked.STEP}
    degrees = {"goed": Answer.WELL, "nog niet": Answer.NOT_YET}
    answers = {Asked.BACKGROUND: degrees, Asked.TALK: {"ja": Answer.YES, "nee": Answer.NO}}
    return Reading(titles, answers, pupils, frozenset({"naam"}))


@pytest.fixture
def world(context) -> World:
    return a_world()


def by(world: World, who: str = "bas") -> Actor:
    return Actor(ActorKind.STAFF, getattr(world, who).id)


def writes(world: World, moment: Moment = Moment.AUTUMN, *, step: str = "", who: str = "bas", now=NOW, **said: str):
    checklists.write(
        class_id=world.three.id, pupil_id=world.sami.id, moment=moment, answers=said, step=step, by=by(world, who),
        now=now,
    )  # fmt: skip


def sami(world: World, who: str = "bas", now=NOW) -> asking.Row:
    return asking.class_list(world.three.id, by(world, who).id, now).row(world.sami.id)


def test_the_second_moment_shows_what_is_another_answer_now(world: World):
    writes(world, background="2", easy_self="3", step="Bellen na het rapport.")
    writes(world, Moment.WINTER, now=LATER, background="4", easy_self="3", other_adult="yes")
    row = sami(world, now=LATER)
    assert [item.key for item in row.changed] == ["background"], "not what was open, and not what is the same"
    assert row.step == "Bellen na het rapport."
    assert row.value(Moment.AUTUMN, "background") == "2"


def test_what_is_open_again_is_gone(world: World):
    writes(world, background="2", step="Bellen.")
    writes(world, background="", easy_self="9")
    assert not sami(world).is_begun(Moment.AUTUMN)
    assert db.session.scalars(select(ChecklistMark)).all() == []


def came(world: World, outcome: Outcome) -> None:
    talk = db.session.get_one(Booking, world.samis_talk.id)
    talk.outcome, talk.outcome_at = outcome, NOW
    db.session.commit()


def test_who_came_is_known_and_the_mentor_may_say_otherwise(world: World):
    came(world, Outcome.HELD)
    assert sami(world).value(Moment.AUTUMN, Asked.TALK) == "yes"
    writes(world, talk="no")
    assert sami(world).value(Moment.AUTUMN, Asked.TALK) == "no"


def test_what_is_known_follows_who_came_also_after_the_list_was_saved(world: World):
    came(world, Outcome.NO_SHOW)
    writes(world, talk="no", background="2")
    came(world, Outcome.BY_PHONE)
    assert sami(world).value(Moment.AUTUMN, Asked.TALK) == "yes"


def test_who_came_after_the_new_year_says_nothing_of_the_first_moment(world: World):
    came(world, Outcome.NO_SHOW)
    talk = db.session.get_one(Booking, world.samis_talk.id)
    talk.starts_at, talk.ends_at = talk.starts_at + timedelta(days=200), talk.ends_at + timedelta(days=200)
    db.session.commit()
    row = sami(world, now=LATER)
    assert (row.value(Moment.AUTUMN, Asked.TALK), row.value(Moment.WINTER, Asked.TALK)) == ("", "no")
    writes(world, talk="yes")
    assert [item.key for item in sami(world, now=LATER).changed] == [Asked.TALK]


def test_an_answer_of_another_kind_than_the_item_has_now_is_open(world: World):
    for kind, seen in ((Kind.DEGREE, "4"), (Kind.YES_NO, "")):
        own = Item(Asked.OWN1, kind, on=True, words="Wij spraken elkaar bij de deur")
        checklists.change_items(items=[own], by=by(world, "office"), now=NOW)
        if kind is Kind.DEGREE:
            writes(world, own1="4")
        assert sami(world).value(Moment.AUTUMN, Asked.OWN1) == seen


def test_an_item_that_is_off_for_a_while_keeps_what_was_said(world: World):
    writes(world, background="2")
    checklists.change_items(items=[Item(Asked.BACKGROUND, Kind.DEGREE, on=False)], by=by(world, "office"), now=NOW)
    writes(world, easy_self="3")
    checklists.change_items(items=[], by=by(world, "office"), now=NOW)
    assert sami(world).answers[Moment.AUTUMN] == {"background": "2", "easy_self": "3"}


def test_it_is_the_mentors_own(world: World):
    db.session.add(ClassLeader(class_id=world.three.id, staff_id=world.karin.id, position=2))
    db.session.commit()
    writes(world, background="2")
    assert not sami(world, "karin").is_begun(Moment.AUTUMN), "the other of a duo has an own list"
    with pytest.raises(NotFound):
        asking.class_list(world.three.id, world.office.id, NOW)
    with pytest.raises(NotFound):
        writes(world, who="office", background="2")
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "checklists.write")).one()
    assert line.facts == {}, "who wrote about whom, and nothing of what"


def test_nobody_is_put_in_an_order_by_it(world: World):
    writes(world, background="1")
    found = asking.class_list(world.three.id, world.bas.id, NOW)
    assert [row.name.given for row in found.rows] == ["Daan", "Sami"]


def fills_in(world: World, text: str) -> None:
    found = asking.class_list(world.three.id, world.bas.id, NOW)
    read = rows_of(pasted(text), reading(**{row.number: row.pupil_id for row in found.rows}))
    checklists.fill_in(class_id=world.three.id, moment=Moment.AUTUMN, rows=read.rows, by=by(world), now=NOW)


def test_rows_from_a_spreadsheet_come_all_or_none(world: World):
    numbers = {row.name.given: row.number for row in asking.class_list(world.three.id, world.bas.id, NOW).rows}
    fills_in(world, f"{HEAD}{numbers['Sami']}\tSami\tGoed\tja\tBellen\n{numbers['Daan']}\tDaan\t\t\t\n")
    assert (sami(world).answers[Moment.AUTUMN], sami(world).step) == ({"background": "4", "talk": "yes"}, "Bellen")
    with pytest.raises(RowsRefused) as found:
        fills_in(world, f"{HEAD}{numbers['Sami']}\t\tnog niet\t\t\n12\t\tgoed\t\t\n")
    assert [(type(one), one.row, one.found) for one in found.value.faults] == [(NotInThisClass, 3, "12")]
    assert sami(world).value(Moment.AUTUMN, Asked.BACKGROUND) == "4"


def test_a_column_that_is_not_there_leaves_what_stood_and_an_empty_cell_opens_it(world: World):
    writes(world, background="4", easy_self="3", step="Bellen.")
    number = sami(world).number
    fills_in(world, f"Nummer\tThuis\n{number}\t\n")
    assert sami(world).answers[Moment.AUTUMN] == {"easy_self": "3"}
    assert sami(world).step == "Bellen."


def test_a_row_shows_what_it_would_change_before_it_does(world: World):
    writes(world, background="4", step="Bellen.")
    row = sami(world)
    (filled,) = rows_of(
        pasted(f"{HEAD}{row.number}\t\tnog niet\tja\tBellen.\n"), reading(**{row.number: row.pupil_id})
    ).rows
    assert row.differences(Moment.AUTUMN, filled) == ((Asked.BACKGROUND, "4", "1"), (Asked.TALK, "", "yes"))
    assert sami(world).value(Moment.AUTUMN, Asked.BACKGROUND) == "4"


def test_who_left_the_class_meanwhile_stops_all_rows(world: World):
    row = sami(world)
    rows = rows_of(pasted(f"Nummer\tThuis\n{row.number}\tgoed\n"), reading(**{row.number: row.pupil_id})).rows
    db.session.get_one(Pupil, row.pupil_id).left_on = NOW.date()
    db.session.commit()
    with pytest.raises(RowsRefused):
        checklists.fill_in(class_id=world.three.id, moment=Moment.AUTUMN, rows=rows, by=by(world), now=NOW)
    assert db.session.scalars(select(ChecklistMark)).all() == []


def test_everything_that_is_the_matter_with_the_rows_is_named_with_its_line():
    text = (
        "Nummer;Thuis;Stap\n\n1;best wel;\n1;goed;\n2;goed;x;y\n;goed;\n3;Goed;"
        + "x" * 201
        + "\n4;goed;'-1 keer bellen\n"
    )
    with pytest.raises(RowsRefused) as found:
        rows_of(pasted(text), reading(**{"1": 1, "2": 2, "3": 3, "4": 4}))
    assert [(type(one), one.row) for one in found.value.faults] == [
        (NotAnAnswer, 3), (PupilTwice, 4), (RowTooWide, 5), (NotInThisClass, 6), (StepTooLong, 7),
    ]  # fmt: skip
    first = found.value.faults[0]
    assert (first.column, first.found) == ("Thuis", "best wel")
    for nothing in ("", "\n \n", "Nummer;Thuis\n", "Nummer;Naam\n1;Sami\n", '"' + "x" * 140_000):
        with pytest.raises(NoRows):
            rows_of(pasted(nothing), reading(**{"1": 1}))


def test_what_a_spreadsheet_would_calculate_comes_back_as_it_was_written():
    text = "Nummer;Kleur;Stap\n1;rood;'-1 keer bellen\n2;;'s avonds bellen\n"
    found = rows_of(pasted(text), reading(**{"1": 1, "2": 2}))
    assert [row.said for row in found.rows] == [{"step": "-1 keer bellen"}, {"step": "'s avonds bellen"}]
    assert found.unread == ("Kleur",)


def test_rows_as_text_keep_the_numbers_of_their_lines():
    table = pasted('Nummer;Thuis\n\n1;"goed; denk ik"\n')
    assert pasted(as_pasted(table)) == table


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_read_with_columns_of_its_own(form: str):
    header, rows = ("Leerlingnummer", "Thuis"), [("007", "goed"), ("008", "")]
    data = csv_sheet(header, rows) if form == "csv" else xlsx_sheet("Lijst", header, rows)
    found = checklists.read_uploaded(f"lijst.{form}", data)
    assert (found.header, [cells for _row, cells in found.rows]) == (header, rows)
    with pytest.raises(ListUnreadable):
        checklists.read_uploaded("foto.jpg", bytes(range(256)) * 20)


def test_the_school_decides_what_is_asked(world: World):
    usual = {item.key: item for item in asking.every_item()}
    assert "trust" not in [item.key for item in asking.items()], "a judgement of parents is off"
    own = Item(Asked.OWN1, Kind.YES_NO, on=True, words="Wij spraken elkaar bij de deur")
    off = Item(Asked.EVENING, Kind.YES_NO, on=False)
    wanted = [{"own1": own, "evening": off}.get(key, item) for key, item in usual.items()]
    checklists.change_items(items=wanted, by=by(world, "office"), now=NOW)
    assert [item.key for item in asking.items()][-1] == "own1"
    assert "evening" not in [item.key for item in asking.items()]
    for words, refusal in (("", ItemNeedsWords), ("x" * 121, TextTooLong), ("Dit is verplicht", TextCompels)):
        with pytest.raises(refusal):
            checklists.change_items(items=[Item(Asked.OWN1, Kind.DEGREE, True, words)], by=by(world, "office"), now=NOW)
    assert asking.items()[-1] == own


def test_a_full_class_asks_the_database_no_more_than_a_small_one(world: World):
    def asked() -> int:
        db.session.expire_all()
        with questions(db.engine) as found:
            asking.class_list(world.three.id, world.bas.id, NOW)
        return len(found)

    writes(world, background="2")
    few = asked()
    for number in range(26):
        child = a_pupil(f"Kind{number}", world.three)
        by_bas = {"class_id": world.three.id, "moment": Moment.AUTUMN, "step": "", "by": by(world), "now": NOW}
        checklists.write(pupil_id=child.id, answers={"background": "3"}, **by_bas)
    assert asked() == few


def test_it_goes_thirty_days_after_the_year(world: World):
    writes(world, background="2")
    year = db.session.get_one(SchoolYear, world.start.year_id)
    until = moment_at(terms_of(year.ends_on).links, NOW.time())
    assert retention.run(by=SYSTEM, now=until - timedelta(days=1))["checklists"] == 0
    assert retention.run(by=SYSTEM, now=until)["checklists"] == 1


def test_which_moment_is_at_hand():
    starts = date(2027, 8, 1)
    assert moment_on(date(2027, 12, 31), starts) is Moment.AUTUMN
    assert moment_on(date(2028, 1, 1), starts) is Moment.WINTER
    assert changed(EVERY, {"background": "2"}, {}) == ()
