"""Tables in a web page: what some school systems hand out as a spreadsheet, under a name that ends in .xls."""

import re
from collections.abc import Iterator
from html import unescape

from scheduling.formats.tables import MAX_COLUMNS, MAX_ROWS, IsHeader, Table, decode, squared
from scheduling.formats.unreadable import Unreadable

TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9]*")
COMMENT, END_OF_COMMENT = "<!--", "-->"
CELLS = ("td", "th")
CLOSING = ("/td", "/th", "/tr")

Row = list[list[str]]


def read_web_page(name: str, data: bytes, is_header: IsHeader | None = None) -> Table:
    """The longest table of the page; raises Unreadable when there is none."""
    text, _ = decode(data)
    longest = max(_tables(text), key=len, default=[])
    if len(longest) < 2:
        raise Unreadable("web_page")
    rows = ([" ".join(unescape("".join(cell)).split()) for cell in row] for row in longest)
    return squared(name, enumerate(rows, start=1), "xlsx", is_header)


def _tables(text: str) -> list[list[Row]]:
    """The tables of a page; one within a cell is a table of its own. Shape: [table[row[cell[piece of text]]]]."""
    tables: list[list[Row]] = []
    within: list[list[Row]] = []
    cell: list[str] | None = None
    for said, tag in _tags(text):
        if cell is not None and said:
            cell.append(said)
        if tag == "table":
            tables.append([])
            within.append(tables[-1])
            cell = None
        elif tag == "/table" and within:
            within.pop()
            cell = None
        elif tag == "tr" and within:
            if len(within[-1]) > MAX_ROWS:
                raise Unreadable("too_many_rows", len(within[-1]), limit=str(MAX_ROWS))
            within[-1].append([])
            cell = None
        elif tag in CELLS and within and within[-1]:
            if len(within[-1][-1]) > MAX_COLUMNS:
                raise Unreadable("too_many_columns", len(within[-1]), limit=str(MAX_COLUMNS))
            cell = []
            within[-1][-1].append(cell)
        elif tag in CLOSING:
            cell = None
        elif tag == "br" and cell is not None:
            cell.append(" ")
    return tables


def _tags(text: str) -> Iterator[tuple[str, str]]:
    """Each tag with the text before it; a comment or tag that never closes ends the page."""
    place = 0
    while (start := text.find("<", place)) >= 0:
        if text.startswith(COMMENT, start):
            end = text.find(END_OF_COMMENT, start) + len(END_OF_COMMENT)
            tag = ""
        else:
            end = text.find(">", start) + 1
            found = TAG.match(text, start + 1)
            tag = found.group().casefold() if found else ""
        yield text[place:start], tag
        if end <= start:
            return
        place = end
