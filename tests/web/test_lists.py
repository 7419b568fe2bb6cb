"""Every list on a page of the school can be taken away as CSV and as a workbook, and nothing in it is calculated."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook

from scheduling.models import Pupil, db
from scheduling.web.staff.leader.lists import shelf as desk_shelf
from scheduling.web.staff.office.lists import shelf as office_shelf
from tests.visitor import Visitor
from tests.web.test_doors import address, enter, rules
from tests.worlds import NOW, World, a_world_to_visit

NO_LIST = {
    "leader.roster": "a week as a grid; its talks are the list under `leader.list`",
    "office.leader_roster": "the same of a colleague",
    "leader.sheet": "the list for paper; `leader.list` has the file",
    "office.leader_sheet": "the same of a colleague",
    "office.leader_hours": "a form with the times of one colleague",
    "office.board": "a week to move talks in; the version is the list",
    "office.mailing": "what needs somebody; `office.mailings` has the file",
    "office.compare_rosters": "figures of two versions; the talks that differ have a file",
    "office.draft": "what an import would change; its problems have a file of their own",
}
"""Pages with a table that is not a list to take away, and why."""

NOT_IN_THIS_WORLD = {
    "requests", "needs", "version", "versions_beside", "interpreter_orders", "interpreter", "reminders", "personal",
    "new-families", "practical_needs", "single_interpreters", "questionnaire",
}  # fmt: skip
"""Every letter arrives, nobody is reminded, the only draft is empty, nobody asked for an interpreter, no
earlier year tells which families are new, and there was no questionnaire."""


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    return enter(app, world, "office")


@pytest.fixture
def school_pages(app: Flask, world: World, office: Visitor) -> dict[str, tuple[Visitor, str]]:
    """Every page of the office and of Bas, with who opens it."""
    visitors = {"office": office, "leader": enter(app, world, "Bas")}
    return {
        rule.endpoint: (visitors[door], address(app, rule, world))
        for rule in rules(app)
        if "GET" in rule.methods and (door := rule.endpoint.split(".")[0]) in visitors
    }


def pages_of(found: dict[str, tuple[Visitor, str]]) -> Iterator[tuple[str, Visitor, BeautifulSoup]]:
    for endpoint, (visitor, where) in sorted(found.items()):
        answer = visitor.client.get(where, query_string={"with": 1})
        if answer.status_code == 200 and answer.mimetype == "text/html":
            yield endpoint, visitor, BeautifulSoup(answer.text, "html.parser")


def files_on(page: BeautifulSoup) -> list[str]:
    return [link["href"] for link in page.find_all("a", download=True) if "/lists/" in link["href"]]


def test_every_page_with_a_list_offers_it_as_a_file(school_pages: dict[str, tuple[Visitor, str]]):
    without = [
        endpoint
        for endpoint, _visitor, page in pages_of(school_pages)
        if page.select_one("table tbody tr") and not files_on(page)
    ]
    assert sorted(set(without) - NO_LIST.keys()) == []
    assert sorted(NO_LIST.keys() - set(without)) == [], "these have a file, or no table any more"


def test_every_file_opens_as_csv_and_as_a_workbook_with_the_same_rows(school_pages: dict[str, tuple[Visitor, str]]):
    seen = set()
    for _endpoint, visitor, page in pages_of(school_pages):
        for where in files_on(page):
            answer = visitor.client.get(where)
            assert answer.status_code == 200, where
            assert re.fullmatch(r"attachment; filename=[a-z0-9-]+\.(csv|xlsx)", answer.headers["Content-Disposition"])
            if ".csv" in where:
                rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
                assert {len(row) for row in rows} == {len(rows[0])}, where
                book = load_workbook(io.BytesIO(visitor.client.get(where.replace(".csv", ".xlsx")).data))
                assert book.worksheets[0].max_row == len(rows), where
                assert [cell.value for cell in book.worksheets[0][1]] == rows[0]
                seen.add(re.search(r"/lists/(\w+)\.", where).group(1))
    assert seen == (office_shelf.makers.keys() | desk_shelf.makers.keys()) - NOT_IN_THIS_WORLD


def test_every_list_of_the_office_can_be_made(world: World, office: Visitor):
    about = {
        "round": world.start.id,
        "number": 1,
        "with": 1,
        "letter": "invitation",
        "class": world.three.id,
        "interpreter": world.more["outsider_id"],
        "gathering": world.more["planned_id"],
        "circle": world.more["circle_id"],
    }
    for listing in office_shelf.makers:
        answer = office.client.get(f"/staff/office/lists/{listing}.csv", query_string=about)
        assert answer.status_code == 200, listing
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert all(rows[0]), listing
        assert {len(row) for row in rows} == {len(rows[0])}, listing


def test_nothing_in_a_list_is_calculated(app: Flask, world: World, office: Visitor):
    with app.app_context():
        db.session.get_one(Pupil, world.sami.id).given_name = "=HYPERLINK(1)"
        db.session.commit()
    data = office.client.get("/staff/office/lists/pupils.xlsx").data
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    cells = {cell.value: cell.data_type for row in load_workbook(io.BytesIO(data)).active.iter_rows() for cell in row}
    assert cells["=HYPERLINK(1)"] == "s"
    text = office.client.get("/staff/office/lists/pupils.csv").data.decode("utf-8-sig")
    assert '"\'=HYPERLINK(1)"' in text


def test_the_whole_roster_has_a_sheet_per_colleague_with_real_days_and_times(world: World, office: Visitor):
    answer = office.client.get("/staff/office/lists/roster.xlsx", query_string={"round": world.start.id})
    book = load_workbook(io.BytesIO(answer.data))
    whole, beside, *each = book.worksheets
    assert {sheet.title for sheet in each} == {world.bas.name.full, world.karin.name.full}
    assert [cell.is_date for cell in whole[2][:3]] == [True, True, True]
    talks = [row[4].value for row in whole.iter_rows(min_row=2)]
    assert sorted(talks) == ["Daan", "Mila", "Noor", "Sami"]
    assert beside.max_column == 4, "day, time, Bas, Karin"
    assert sum(sheet.max_row - 1 for sheet in each) == 4


def test_a_list_that_is_not_there_does_not_exist(world: World, office: Visitor):
    for where in ("nothing.csv", "round.csv?round=999", "pupils.csv?class=999", "mailing.csv?round=1&letter=x"):
        assert office.client.get(f"/staff/office/lists/{where}").status_code == 404, where
