"""What kind of file this is, told by its bytes and never by its name."""

import re
from enum import StrEnum

from scheduling.formats.unreadable import Unreadable
from scheduling.formats.zips import open_zip

ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
LOOKED_AT = 4096

XML_START = re.compile(r"\s*<(\?xml|!DOCTYPE\s+(?!html)|!--|EDEX)", re.IGNORECASE)
WEB_PAGE = re.compile(r"\s*(<!--.*?-->\s*)*<(!DOCTYPE\s+html|html|head|body|table|meta)\b", re.IGNORECASE | re.DOTALL)
OLD_SHEET_IN_XML = re.compile(r"urn:schemas-microsoft-com:office:spreadsheet", re.IGNORECASE)
CALENDAR_START = re.compile(r"\s*BEGIN:VCALENDAR", re.IGNORECASE)

STRANGERS = (
    (b"%PDF", "pdf"),
    (b"{\\rtf", "word"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"Rar!", "other_archive"),
    (b"7z\xbc\xaf", "other_archive"),
    (b"\x1f\x8b", "other_archive"),
)
"""How files begin that are no list, each with the problem that says how to save it well."""

OLD_OFFICE_PARTS = (("EncryptedPackage", "locked"), ("WordDocument", "word"), ("Workbook", "old_excel"))
"""Names of streams in an old Office file; a workbook with a password is kept in one too."""


class Kind(StrEnum):
    """The kinds that can be read."""

    TABLE = "table"
    WORKBOOK = "workbook"
    ARCHIVE = "archive"
    CALENDAR = "calendar"
    WEB_PAGE = "web_page"
    XML = "xml"


def kind_of(data: bytes) -> Kind:
    """The kind of a file; raises Unreadable, which says how to save it well, for what is no list at all."""
    if data.startswith(ZIP_STARTS):
        return _kind_of_archive(data)
    if data.startswith(OLD_OFFICE):
        raise Unreadable(_old_office(data))
    for start, code in STRANGERS:
        if data.startswith(start):
            raise Unreadable(code)
    text = first_text(data)
    if CALENDAR_START.match(text):
        return Kind.CALENDAR
    if WEB_PAGE.match(text):
        return Kind.WEB_PAGE
    if XML_START.match(text):
        if OLD_SHEET_IN_XML.search(text):
            raise Unreadable("old_excel")
        return Kind.XML
    return Kind.TABLE


def first_text(data: bytes) -> str:
    """The first letters of a file, as far as letters tell what it is."""
    start = data[:LOOKED_AT]
    encoding = "utf-16" if start.startswith(BOMS[1:]) else "utf-8-sig" if start.startswith(BOMS[0]) else "latin-1"
    return start.decode(encoding, errors="ignore")


def _kind_of_archive(data: bytes) -> Kind:
    with open_zip(data) as packed:
        names = set(packed.namelist())
    if "xl/workbook.xml" in names:
        return Kind.WORKBOOK
    if "xl/workbook.bin" in names:
        raise Unreadable("old_excel")
    if "word/document.xml" in names:
        raise Unreadable("word")
    if "mimetype" in names and "content.xml" in names:
        raise Unreadable("open_document")
    if "Index/Document.iwa" in names or "Index.zip" in names:
        raise Unreadable("numbers")
    return Kind.ARCHIVE


def _old_office(data: bytes) -> str:
    """Which old Office program made this file: its streams are named in two bytes a letter."""
    return next((code for name, code in OLD_OFFICE_PARTS if name.encode("utf-16-le") in data), "old_excel")
