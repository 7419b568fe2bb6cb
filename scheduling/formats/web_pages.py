"""Tables in a web page: what some school systems hand out as a spreadsheet, under a name that ends in .xls."""

from collections.abc import Iterator
from html.parser import HTMLParser

from scheduling.formats.tables import MAX_ROWS, IsHeader, Table, decode, squared
from scheduling.formats.unreadable import Unreadable

MAX_BYTES = 8_000_000
CELLS = ("td", "th")


def read_web_page(name: str, data: bytes, is_header: IsHeader | None = None) -> Table:
    """The longest table of the page; raises Unreadable when there is none."""
    if len(data) > MAX_BYTES:
        raise Unreadable("web_page_too_large")
    text, _ = decode(data)
    page = _Page()
    page.feed(text)
    page.close()
    longest = max(page.tables, key=len, default=[])
    if len(longest) < 2:
        raise Unreadable("web_page")
    return squared(name, _numbered(longest), "xlsx", is_header)


def _numbered(rows: list[list[str]]) -> Iterator[tuple[int, list[str]]]:
    yield from enumerate(([" ".join(cell.split()) for cell in row] for row in rows), start=1)


class _Page(HTMLParser):
    """Collects the tables of a page; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
            self._open.append(self.tables[-1])
        elif self._open and tag == "tr":
            if len(self._open[-1]) > MAX_ROWS:
                raise Unreadable("too_many_rows", len(self._open[-1]), limit=str(MAX_ROWS))
            self._open[-1].append([])
        elif self._open and self._open[-1] and tag in CELLS:
            self._open[-1][-1].append("")
            self._in_cell = True
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._open.pop()
        self._in_cell = self._in_cell and tag not in (*CELLS, "tr", "table")

    def handle_data(self, data: str) -> None:
        if self._in_cell and self._open and self._open[-1] and self._open[-1][-1]:
            self._open[-1][-1][-1] += data
